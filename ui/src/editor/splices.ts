// CodeMirror's changes as the core's splices and back.
//
// Offsets are UTF-16 on both sides, but the core refuses one inside a surrogate pair, while an input method that
// turns one emoji into another with the same first half changes the second half only. Not here: sending.
import { ChangeSet, EditorState, type ChangeSpec, type Text, type TransactionSpec } from '@codemirror/state';
import type { Splice } from './types';

/** The splices of a change of `before`, widened where they would cut a surrogate pair. */
export function toSplices(changes: ChangeSet, before: Text): Splice[] {
  const splices: Splice[] = [];
  changes.iterChanges((fromA, toA, _fromB, _toB, inserted) => {
    const head = cutsPair(before, fromA) ? 1 : 0;
    const tail = cutsPair(before, toA) ? 1 : 0;
    const from = fromA - head;
    const to = toA + tail;
    const insert = before.sliceString(from, fromA) + inserted.toString() + before.sliceString(toA, to);
    splices.push({ from, to, insert });
  });
  return splices;
}

/**
 * The change that splices make of a text of this length; throws when they do not fit it.
 * @param lineSeparator set for texts that keep their carriage returns
 */
export function toChanges(splices: readonly Splice[], length: number, lineSeparator?: string): ChangeSet {
  const specs: ChangeSpec[] = splices.map(({ from, to, insert }) => {
    // CodeMirror would take it for a line break and count it differently from the core.
    if (!lineSeparator && insert.includes('\r')) throw new RangeError('a carriage return from the core');
    return { from, to, insert };
  });
  return ChangeSet.of(specs, length, lineSeparator);
}

/** True when an offset lies between the two halves of a character. */
export function cutsPair(text: Text, at: number): boolean {
  if (at <= 0 || at >= text.length) return false;
  const around = text.sliceString(at - 1, at + 1);
  return isHigh(around.charCodeAt(0)) && isLow(around.charCodeAt(1));
}

/** Takes half characters out of every local change, so that the text is always well-formed. */
export const wholeCharacters = EditorState.transactionFilter.of((tr) => {
  if (!tr.docChanged) return tr;
  let suspicious = false;
  tr.changes.iterChanges((fromA, toA, _fromB, _toB, inserted) => {
    suspicious ||= cutsPair(tr.startState.doc, fromA) || cutsPair(tr.startState.doc, toA);
    suspicious ||= loneHalves(inserted.toString()).length > 0;
  });
  if (!suspicious) return tr;
  const repair: { from: number; to: number }[] = [];
  tr.changes.iterChanges((_fromA, _toA, fromB, toB) => {
    const start = Math.max(0, fromB - 1);
    const around = tr.newDoc.sliceString(start, Math.min(tr.newDoc.length, toB + 1));
    for (const at of loneHalves(around)) {
      const from = start + at;
      // The slice itself may have cut a whole character at its edges.
      if (cutsPair(tr.newDoc, from) || cutsPair(tr.newDoc, from + 1)) continue;
      if (from >= (repair.at(-1)?.to ?? 0)) repair.push({ from, to: from + 1 });
    }
  });
  const spec: TransactionSpec = { changes: repair, sequential: true };
  return repair.length ? [tr, spec] : tr;
});

function loneHalves(text: string): number[] {
  const found: number[] = [];
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (isHigh(unit) && isLow(text.charCodeAt(at + 1))) at++;
    else if (isHigh(unit) || isLow(unit)) found.push(at);
  }
  return found;
}

function isHigh(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

function isLow(unit: number): boolean {
  return unit >= 0xdc00 && unit < 0xe000;
}
