// Headings, lists, quotes and plain paragraphs: what a line starts with, switched for the lines of the selection.
//
// Each change touches the marks only, so that what others type in the same lines stays. Where plain text would
// flow into its neighbour, a blank line is put between.
import type { ChangeSpec, EditorState, Line } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import { headingLevel, isBlank, itemNumber, lineMarks, type LineMarks } from './line';

/** Makes the lines headings of a level, or plain again when all are that already. */
export function toggleHeading(view: EditorView, level: number): boolean {
  const lines = filledLines(view.state);
  const on = lines.every((line) => headingLevel(lineMarks(line.text)) === level);
  const heading = on ? '' : `${'#'.repeat(level)} `;
  return rewrite(view, lines, (marks) => ({ ...marks, indent: '', list: '', heading }));
}

/** Takes headings, lists and quotes off. */
export function makeParagraph(view: EditorView): boolean {
  const plain = { quote: '', indent: '', list: '', heading: '' };
  return rewrite(view, filledLines(view.state), () => plain);
}

/** Makes the lines items of a bullet list, or plain again. */
export function toggleBulletList(view: EditorView): boolean {
  const lines = filledLines(view.state);
  const on = lines.every((line) => isBullet(lineMarks(line.text)));
  if (on) return rewrite(view, lines, (marks) => ({ ...marks, indent: '', list: '' }));
  return rewrite(view, lines, (marks) => ({ ...marks, heading: '', list: '- ' }));
}

/** Makes the lines items of an ordered list, or plain again. */
export function toggleOrderedList(view: EditorView): boolean {
  const lines = filledLines(view.state);
  const on = lines.every((line) => itemNumber(lineMarks(line.text)) !== undefined);
  if (on) return rewrite(view, lines, (marks) => ({ ...marks, indent: '', list: '' }));
  let next = 1;
  const above = lines[0] && lines[0].number > 1 ? view.state.doc.line(lines[0].number - 1) : undefined;
  const before = above && itemNumber(lineMarks(above.text));
  if (before !== undefined) next = before + 1;
  return rewrite(view, lines, (marks) => ({ ...marks, heading: '', list: `${next++}. ` }));
}

/** Makes the lines a quote, or takes one level of quoting off. */
export function toggleQuote(view: EditorView): boolean {
  const { state } = view;
  const lines = filledLines(state);
  const on = lines.every((line) => lineMarks(line.text).quote);
  if (!on) return rewrite(view, lines, (marks) => ({ ...marks, quote: `> ${marks.quote}` }));
  return rewrite(view, lines, (marks) => ({ ...marks, quote: marks.quote.replace(/^ {0,3}>[ \t]?/, '') }));
}

type Marks = Pick<LineMarks, 'quote' | 'indent' | 'list' | 'heading'>;

/** Gives lines new marks, and their surroundings the blank lines that these need. */
function rewrite(view: EditorView, lines: readonly Line[], change: (marks: LineMarks) => Marks): boolean {
  const { state } = view;
  if (state.readOnly || !lines.length) return false;
  const changes: ChangeSpec[] = [];
  let above: { line: Line; old: Kind; now: Kind } | undefined;
  for (const line of lines) {
    const marks = lineMarks(line.text);
    const wanted = change(marks);
    const old = kindOf(marks);
    const now = kindOf(wanted);
    const text = wanted.quote + wanted.indent + wanted.list + wanted.heading;
    if (!above) changes.push(...blankBetween(neighbour(state, line, -1), line.from, old, now));
    else if (old !== now || above.old !== above.now) {
      const gap = { from: above.line.to, to: line.from };
      const insert = separator(above.now, now, wanted.quote);
      if (state.sliceDoc(gap.from, gap.to) !== insert) changes.push({ ...gap, insert });
    }
    if (text !== line.text.slice(0, marks.length)) {
      changes.push({ from: line.from, to: line.from + marks.length, insert: text });
    }
    above = { line, old, now };
  }
  if (above?.line.length)
    changes.push(...blankBetween(neighbour(state, above.line, 1), above.line.to, above.old, above.now));
  const set = state.changes(changes);
  // A caret at the start of the words stands behind the new marks, one at their end before a new blank line.
  const place = (at: number) => {
    const line = state.doc.lineAt(at);
    return set.mapPos(at, at <= line.from + lineMarks(line.text).length ? 1 : -1);
  };
  const { anchor, head } = state.selection.main;
  view.dispatch({
    changes: set,
    selection: { anchor: place(anchor), head: place(head) },
    scrollIntoView: true,
    userEvent: 'input.format',
  });
  return true;
}

/** What stands between two lines of these kinds. */
function separator(above: Kind, below: Kind, quote: string): string {
  if (above === 'item' && below === 'item') return '\n';
  return above === 'quote' && below === 'quote' ? `\n${quote.trimEnd()}\n` : '\n\n';
}

function neighbour(state: EditorState, line: Line, step: 1 | -1): Line | undefined {
  const number = line.number + step;
  return number < 1 || number > state.doc.lines ? undefined : state.doc.line(number);
}

/** A blank line beside a line that stays, where the changed one would be read as part of it. */
function blankBetween(beside: Line | undefined, at: number, old: Kind, now: Kind): ChangeSpec[] {
  if (!beside || old === now || now === 'heading' || isBlank(beside.text)) return [];
  const kind = kindOf(lineMarks(beside.text));
  const same = kind === now && now !== 'paragraph';
  return same || kind === 'heading' ? [] : [{ from: at, insert: '\n' }];
}

type Kind = 'item' | 'heading' | 'quote' | 'paragraph';

function kindOf(marks: Marks): Kind {
  if (marks.list) return 'item';
  if (marks.heading) return 'heading';
  return marks.quote ? 'quote' : 'paragraph';
}

function isBullet(marks: LineMarks): boolean {
  return marks.list !== '' && itemNumber(marks) === undefined;
}

/** True unless there is nothing on the line but the marks of a quote. */
function isFilled(text: string): boolean {
  return !isBlank(text.replace(/^(?: {0,3}>[ \t]?)+/, ''));
}

/** The lines of the selection that hold something; the caret's own line if none does. */
function filledLines(state: EditorState): Line[] {
  const lines: Line[] = [];
  for (const range of state.selection.ranges) {
    for (let line = state.doc.lineAt(range.from); ; line = state.doc.line(line.number + 1)) {
      const reaches = line.from < range.to || line.from === state.doc.lineAt(range.from).from;
      if (reaches && isFilled(line.text) && lines.at(-1)?.number !== line.number) lines.push(line);
      if (line.to >= range.to || line.number === state.doc.lines) break;
    }
  }
  return lines.length ? lines : [state.doc.lineAt(state.selection.main.head)];
}
