// 字数 of a selection, by the rule of Word and WPS: each East Asian character or mark is one, and so is each run
// of other characters. The counts of the article itself come from the core; the rule is told in `galley-model`.
import { syntaxTree } from '@codemirror/language';
import type { EditorState } from '@codemirror/state';
import { isCjk } from './cjk';

/** Words of a plain text. */
export function countWords(text: string): number {
  let words = 0;
  let inRun = false;
  let afterCjk = false;
  const points = [...text];
  points.forEach((point, at) => {
    if (/\s/.test(point)) {
      inRun = afterCjk = false;
      return;
    }
    if (/\p{M}|\p{Cf}/u.test(point)) return;
    // Marks that both scripts use are full-width when an East Asian character touches them.
    const shared = /[‘’“”…—–·]/.test(point);
    const touches =
      shared && (afterCjk || isCjk(points.slice(at + 1).find((next) => !/[‘’“”…—–·]/.test(next)) ?? ''));
    const isHangul = /\p{Script=Hangul}/u.test(point);
    if ((isCjk(point) && !isHangul) || touches || /\p{Emoji_Presentation}/u.test(point)) {
      words++;
      inRun = false;
      afterCjk = true;
    } else {
      if (!inRun) words++;
      inRun = true;
      afterCjk = false;
    }
  });
  return words;
}

const MARKS = /Mark$|^(URL|LinkTitle|TableDelimiter|HorizontalRule|Image)$/;

/** The text of a range as a reader sees it, without marks. */
export function visibleText(state: EditorState, from: number, to: number): string {
  let text = '';
  let at = from;
  syntaxTree(state).iterate({
    from,
    to,
    enter(node) {
      if (!MARKS.test(node.name)) return true;
      if (node.from > at) text += state.sliceDoc(at, Math.min(node.from, to));
      at = Math.max(at, Math.min(node.to, to));
      return false;
    },
  });
  return text + state.sliceDoc(at, Math.max(at, to));
}
