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

test('every code that the core may answer with has a sentence', () => {
  const errors = readFileSync('src/host/generated.ts', 'utf8')
    .split('export type ErrorCode =')[1]
    ?.split(';')[0];
  const codes = [...(errors ?? '').matchAll(/'([a-z_]+)'/g)].map((hit) => `error.${hit[1]}`);
  expect(codes.length).toBeGreaterThan(25);
  expect(codes.filter((key) => !keys.includes(key))).toEqual([]);
});

test('every reason of a refusal and every wish has its words', () => {
  const model = readFileSync('../crates/galley-model/src/workflow/intent.rs', 'utf8');
  const body = model.split('pub fn word(self)')[1] ?? '';
  const reasons = [...body.matchAll(/=> "([a-z_]+)"/g)].map((hit) => `reason.${hit[1]}`);
  expect(reasons.length).toBeGreaterThan(25);
  const kinds = (model.split('pub enum IntentKind {')[1] ?? '').split('\n}')[0] ?? '';
  const snake = (name: string) => name.replace(/[A-Z]/g, (c, at) => (at ? '_' : '') + c.toLowerCase());
  const wishes = [...kinds.matchAll(/^ {4}([A-Z]\w+)/gm)].map((hit) => `intent.${snake(hit[1] ?? '')}`);
  expect(wishes.length).toBeGreaterThan(12);
  expect([...reasons, ...wishes].filter((key) => !keys.includes(key))).toEqual([]);
});
