// Who may import whom in the window.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Paths and texts of the product's own modules under a folder. */
function modules(folder: string): { path: string; code: string }[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return modules(path);
    const isCode = /\.(ts|svelte)$/.test(path) && !/\.(test|fixture)\.ts$/.test(path);
    return isCode ? [{ path, code: readFileSync(path, 'utf8') }] : [];
  });
}

const importers = (what: RegExp, folder = 'src') =>
  modules(folder)
    .filter(({ code }) => what.test(code))
    .map(({ path }) => path);

test('only the host module talks to the shell', () => {
  const talking = importers(/from '@tauri-apps\//);
  expect(talking).toEqual(['src/host/index.ts']);
});

test('the editor knows neither Svelte nor the host, but for its plain types', () => {
  expect(importers(/from '(svelte|\.\.\/(host(?!\/generated)|state|parts))|\$state\b/, 'src/editor')).toEqual(
    [],
  );
});

test('what is plain stays free of parts and state', () => {
  for (const folder of ['src/article', 'src/preview', 'src/host']) {
    expect(importers(/from '\.\.\/(parts|state)\//, folder)).toEqual([]);
  }
});

test('nothing of the product reaches into the tests', () => {
  expect(importers(/from '.*\/test\//)).toEqual([]);
});

test('styles name logical sides only, and colours only by token', () => {
  const physical =
    /\b(margin|padding|border)-(left|right|top|bottom)\b|\btext-align: (left|right)\b|^\s*(left|right|top|bottom|width|height):/m;
  const colour = /#[0-9a-f]{3,8}\b|\brgb\(|\bhsl\(/i;
  const styles = modules('src/parts').map(({ path, code }) => ({
    path,
    css: /<style>[^]*<\/style>/.exec(code)?.[0] ?? '',
  }));
  expect(styles.filter(({ css }) => physical.test(css)).map(({ path }) => path)).toEqual([]);
  // The paper of the proof is white, whatever the theme.
  const coloured = styles.filter(({ css }) => colour.test(css.replace('background: #fff;', '')));
  expect(coloured.map(({ path }) => path)).toEqual([]);
});
