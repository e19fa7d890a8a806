// 一键排版: takes indents and spare blank lines out and makes punctuation between Han characters full-width.
//
// One change of many small splices, so that one undo takes it back and what others type beside them stays.
// Code, addresses, photos and numbers are never touched; what is not sure is left as it is.
import type { ChangeSpec, EditorState, Line } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import { isBlank, lineMarks } from './line';
import { enclosing, treeUpTo } from './markdown';

interface Splice {
  from: number;
  to: number;
  insert: string;
}

/** Tidies the selection, or the whole article when nothing is selected. */
export function tidy(view: EditorView): boolean {
  const { state } = view;
  if (state.readOnly) return false;
  const { main } = state.selection;
  const changes = tidied(state, main.empty ? 0 : main.from, main.empty ? state.doc.length : main.to);
  if (!changes.length) return false;
  view.dispatch({ changes: changes as ChangeSpec[], scrollIntoView: true, userEvent: 'input.tidy' });
  return true;
}

/** The splices that tidy the lines of a range. */
export function tidied(state: EditorState, from: number, to: number): Splice[] {
  const first = state.doc.lineAt(from).number;
  const last = state.doc.lineAt(to).number;
  treeUpTo(state, to);
  const splices: Splice[] = [];
  /** Line breaks between the last line with words and this one, for the paragraph break. */
  let above: Line | undefined;
  for (let n = first; n <= last; n++) {
    const line = state.doc.line(n);
    if (isBlank(line.text) && !inCode(state, line)) continue;
    splices.push(...beforeLine(state, above, line, first));
    if (!inCode(state, line)) splices.push(...inLine(state, line));
    above = line;
  }
  const end = state.doc.line(last).to;
  // Blank lines behind the last words.
  if (above && last === state.doc.lines && above.to < end)
    splices.push({ from: above.to, to: end, insert: '' });
  return merged(splices);
}

/** The break before a line: one blank line between paragraphs, and none before the first. */
function beforeLine(state: EditorState, above: Line | undefined, line: Line, first: number): Splice[] {
  if (!above) {
    const start = state.doc.line(first).from;
    return first === 1 && line.from > start ? [{ from: start, to: line.from, insert: '' }] : [];
  }
  if (inCode(state, above) && inCode(state, line)) return [];
  const breaks = line.number - above.number;
  if (breaks > 1) {
    const hasBlanks = state.sliceDoc(above.to, line.from) !== '\n\n';
    return hasBlanks ? [{ from: above.to, to: line.from, insert: '\n\n' }] : [];
  }
  return endsParagraph(above, line) && isPlain(state, above) && isPlain(state, line)
    ? [{ from: above.to, to: above.to, insert: '\n' }]
    : [];
}

/** A line that ends a sentence, before one that is indented or starts afresh: two paragraphs, not one. */
function endsParagraph(above: Line, line: Line): boolean {
  const ends = /[。！？…][”’」』）》]*[\s\u3000*_~]*$/.test(above.text);
  const indented = /^(?:\u3000|[ \t]{2})/.test(line.text);
  return (ends || indented) && /\p{Script=Han}/u.test(above.text) && /\p{Script=Han}/u.test(line.text);
}

function isPlain(state: EditorState, line: Line): boolean {
  return (
    lineMarks(line.text).length === 0 &&
    !enclosing(state, line.from, line.to, ['Table', 'HTMLBlock', 'ListItem'])
  );
}

function inLine(state: EditorState, line: Line): Splice[] {
  const splices: Splice[] = [];
  const indent = /^[ \t\u00A0\u3000]+/.exec(line.text)?.[0] ?? '';
  const isItem = lineMarks(line.text).list || enclosing(state, line.to, line.to, ['ListItem', 'Table']);
  if (indent && !isItem) splices.push({ from: line.from, to: line.from + indent.length, insert: '' });
  const trailing = /[ \t\u00A0\u3000]+$/.exec(line.text)?.[0] ?? '';
  if (trailing && !isItem) splices.push({ from: line.to - trailing.length, to: line.to, insert: '' });
  return [...splices, ...punctuation(state, line)];
}

/** Code is left alone; lines with Han that only look like code by their indent are paragraphs. */
function inCode(state: EditorState, line: Line): boolean {
  if (enclosing(state, line.from, line.to, ['FencedCode'])) return true;
  const block = enclosing(state, line.to, line.to, ['CodeBlock']);
  return block !== undefined && !/\p{Script=Han}/u.test(line.text);
}

const KEPT = [
  'InlineCode',
  'URL',
  'Autolink',
  'Image',
  'LinkTitle',
  'HTMLTag',
  'HTMLBlock',
  'Escape',
  'Entity',
  'TableDelimiter',
];
const MARK = /^(EmphasisMark|StrikethroughMark|LinkMark)$/;

/** Half-width punctuation with Han on both sides, seen without the marks between. */
function punctuation(state: EditorState, line: Line): Splice[] {
  let text = '';
  const places: number[] = [];
  let at = line.from;
  const see = (to: number) => {
    for (; at < to; at++) {
      text += state.sliceDoc(at, at + 1);
      places.push(at);
    }
  };
  const tree = treeUpTo(state, line.to);
  const start = line.from + lineMarks(line.text).length;
  at = start;
  tree.iterate({
    from: start,
    to: line.to,
    enter(node) {
      const isMark = MARK.test(node.name);
      if (!isMark && !KEPT.includes(node.name)) return true;
      if (node.from >= at) see(Math.min(node.from, line.to));
      if (!isMark && node.to > at) {
        // Stands for something that is not touched, and is no Han either.
        text += '\u0001';
        places.push(at);
      }
      at = Math.max(at, Math.min(node.to, line.to));
      return false;
    },
  });
  see(line.to);
  return wide(text).map(({ from, to, insert }) => {
    const first = places[from] ?? line.to;
    return { from: first, to: (places[to - 1] ?? first) + 1, insert };
  });
}

const HAN = '[\\p{Script=Han}\\u3000-\\u303F\\uFF01-\\uFF65“”‘’—…]';
const WIDE: Record<string, string> = { ',': '，', ';': '；', ':': '：', '?': '？', '!': '！', '.': '。' };

/** The splices that make a line of visible text full-width where it is sure. */
export function wide(text: string): Splice[] {
  const splices: Splice[] = [];
  const replace = (pattern: RegExp, insert: (match: RegExpExecArray) => string | undefined) => {
    for (const match of text.matchAll(pattern)) {
      const wanted = insert(match);
      if (wanted !== undefined)
        splices.push({ from: match.index, to: match.index + match[0].length, insert: wanted });
    }
  };
  replace(
    new RegExp(`(?<=${HAN})[,;:?!.](?![.?!])(?: +(?=${HAN})|(?=${HAN}|$))`, 'gu'),
    (m) => WIDE[m[0].trim()],
  );
  replace(new RegExp(`(?<=${HAN})(?:\\.{3,6}|。{2,6})(?=${HAN}|$)`, 'gu'), () => '……');
  replace(new RegExp(`(?<=${HAN})-{2,3}(?=${HAN})`, 'gu'), () => '——');
  for (const match of text.matchAll(/\(([^()]*)\)/gu)) {
    const inside = match[1] ?? '';
    const before = text.slice(0, match.index);
    if (!/\p{Script=Han}/u.test(inside) || !new RegExp(`(^|${HAN}|\\p{L}|\\p{N})$`, 'u').test(before))
      continue;
    splices.push({ from: match.index, to: match.index + 1, insert: '（' });
    splices.push({
      from: match.index + match[0].length - 1,
      to: match.index + match[0].length,
      insert: '）',
    });
  }
  for (const match of text.matchAll(/"([^"\u0001]*)"/gu)) {
    if (!new RegExp(`^${HAN}`, 'u').test(match[1] ?? '')) continue;
    splices.push({ from: match.index, to: match.index + 1, insert: '“' });
    splices.push({ from: match.index + match[0].length - 1, to: match.index + match[0].length, insert: '”' });
  }
  return merged(splices);
}

/** Sorted; of two that overlap the first stays. */
function merged(splices: Splice[]): Splice[] {
  const sorted = splices.toSorted((a, b) => a.from - b.from || a.to - b.to);
  const kept: Splice[] = [];
  for (const splice of sorted) if (splice.from >= (kept.at(-1)?.to ?? 0)) kept.push(splice);
  return kept;
}
