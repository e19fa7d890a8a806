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

test('every code that a row of the outbox may carry has a sentence', () => {
  const read = (path: string) => readFileSync(`../crates/${path}`, 'utf8');
  const hits = (text: string, pattern: RegExp) => [...text.matchAll(pattern)].map((hit) => hit[1] ?? '');
  const constants = (text: string, module: string) =>
    hits((text.split(`pub mod ${module} {`)[1] ?? '').split('\n}')[0] ?? '', /: &str = "([a-z_]+)"/g);
  const outcomes = read('galley-sync/src/engine/outcomes.rs');
  // No code of the engine's own stands outside its list.
  expect(hits(outcomes, /\b(?:code|reason): "([a-z_]+)"/g)).toEqual([]);
  const ofDevice = constants(outcomes, 'row_code');
  const ofServer = constants(read('galley-sync/src/wire/content.rs'), 'refusal');
  const ofRequests = hits(
    read('galley-sync/src/engine/classes.rs'),
    /Class::Permanent \{ code: code::([A-Z_]+) \}/g,
  );
  const ofLibrary = [
    ...hits(read('galley-store/src/sync/settle.rs'), /"refused", "([a-z_]+)"/g),
    ...hits(read('galley-store/src/sync/content.rs'), /pub const DAMAGED: &str = "([a-z_]+)"/g),
  ];
  expect([ofDevice.length, ofServer.length, new Set(ofRequests).size, ofLibrary.length]).toEqual([
    8, 6, 3, 2,
  ]);
  const codes = [...ofDevice, ...ofServer, ...ofRequests.map((code) => code.toLowerCase()), ...ofLibrary];
  expect(codes.filter((code) => !keys.includes(`reason.${code}`))).toEqual([]);
  // A code is shown without values.
  for (const words of Object.values(files))
    expect(keys.filter((key) => key.startsWith('reason.') && words[key]?.includes('{'))).toEqual([]);
});
