import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { NOTE_MAX, noteLength } from './note';

test('a note is counted when its limit is near, and every character past it', () => {
  const check = (text: string, count: number, over: number, isNear: boolean) =>
    expect(noteLength(text)).toEqual({ count, over, isNear });
  check('', 0, 0, false);
  check('长'.repeat(1_799), 1_799, 0, false);
  check('长'.repeat(1_800), 1_800, 0, true);
  check('长'.repeat(2_000), 2_000, 0, true);
  check('长'.repeat(2_003), 2_003, 3, true);
  check(` \n${'长'.repeat(2_000)}\n`, 2_000, 0, true);
  // One character each, though two units of UTF-16.
  check('𠮷'.repeat(2_000), 2_000, 0, true);
});

test('the limit is the newsroom’s', () => {
  const rule = readFileSync('../crates/galley-model/src/workflow/correction.rs', 'utf8');
  expect(rule).toContain(`const MAX_CHARS: usize = ${NOTE_MAX.toLocaleString('en').replace(',', '_')};`);
});
