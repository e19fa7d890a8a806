import { ChangeSet, Text } from '@codemirror/state';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fingerprint } from './fingerprint';

const of = (text: string) => fingerprint(Text.of(text.split('\n')));

test('a text has the same name whether it was typed or read', () => {
  const lines = fc.array(fc.constantFrom('今天', '开放\n', '😀', '\n', 'abc'), { maxLength: 300 });
  fc.assert(
    fc.property(
      lines,
      fc.array(fc.tuple(fc.nat(), fc.nat(8), fc.constantFrom('', '字', '\n\n', '长'.repeat(700))), {
        maxLength: 20,
      }),
      (pieces, edits) => {
        let doc = Text.of(pieces.join('').repeat(20).split('\n'));
        for (const [at, length, insert] of edits) {
          const from = at % (doc.length + 1);
          doc = ChangeSet.of({ from, to: Math.min(doc.length, from + length), insert }, doc.length).apply(
            doc,
          );
          expect(fingerprint(doc)).toBe(of(doc.toString()));
        }
      },
    ),
    { numRuns: 60 },
  );
});

test('texts that differ have different names', () => {
  const texts = ['', '\n', '\n\n', '甲', '乙', '甲乙', '乙甲', '甲\n乙', '甲乙\n', '\n甲乙', '\0', '\0\0'];
  expect(new Set(texts.map(of)).size).toBe(texts.length);
});
