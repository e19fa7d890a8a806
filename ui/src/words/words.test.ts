import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import table from '../commands.json';
import { EDITOR_WORDS } from '../editor/types';
import en from './en.json';
import zhHans from './zh-Hans.json';

const files: Record<string, Record<string, string>> = { en, 'zh-Hans': zhHans };
const keys = Object.keys(en);

/** All of the window's own code, tests left out. */
function sources(folder = 'src'): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sources(path);
    return /\.(ts|svelte)$/.test(path) && !/\.(test|fixture)\.ts$/.test(path)
      ? [readFileSync(path, 'utf8')]
      : [];
  });
}

test('both languages have the same keys', () => {
  expect(Object.keys(zhHans)).toEqual(keys);
});

test('both languages fill the same places, and no words are empty', () => {
  const places = (words: string | undefined) =>
    [...(words ?? '').matchAll(/\{(\w+)\}/g)].map((hit) => hit[1]).sort();
  for (const key of keys) {
    expect(places(files['zh-Hans']?.[key]), key).toEqual(places(files['en']?.[key]));
    for (const words of Object.values(files)) expect(words[key]?.trim(), key).toBeTruthy();
  }
});

test('every command and every menu has its words', () => {
  const wanted = [...table.commands, ...table.menus].map((one) => one.word);
  expect(wanted.filter((word) => !keys.includes(word))).toEqual([]);
});

test('every word of the editor is there', () => {
  expect(EDITOR_WORDS.filter((word) => !keys.includes(word))).toEqual([]);
});

test('every key that the code names is there, and none is left over', () => {
  const code = sources().join('\n');
  const named = new Set([...code.matchAll(/['"`]([a-z_]+\.[\w.-]+)['"`]/g)].map((hit) => hit[1] ?? ''));
  const missing = [...code.matchAll(/\bt\(\s*['"]([\w.-]+)['"]/g)]
    .map((hit) => hit[1] ?? '')
    .filter((key) => !keys.includes(key));
  expect(missing).toEqual([]);
  /** Keys put together at run time: all of a group's words are used. */
  const puzzled = [...code.matchAll(/`([a-z_]+(?:\.[a-z_]+)*\.)\$\{/g)].map((hit) => hit[1] ?? '');
  const fromTable = new Set([...table.commands, ...table.menus].map((one) => one.word));
  const unused = keys.filter(
    (key) => !named.has(key) && !fromTable.has(key) && !puzzled.some((start) => key.startsWith(start)),
  );
  expect(unused).toEqual([]);
});
