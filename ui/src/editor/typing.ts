// Keys that know paragraphs: Enter, Backspace, Delete, Tab and the arrows.
//
// A paragraph of an article ends with a blank line. The writer does not see that line as one: Enter makes it, one
// Backspace takes it away, and the caret never stands on it. Not here: keys of commands; the window has those.
import { EditorSelection, EditorState, type ChangeSpec, type Line } from '@codemirror/state';
import type { EditorView, KeyBinding } from '@codemirror/view';
import { isBlank, itemNumber, lineMarks, type LineMarks } from './line';
import { enclosing } from './markdown';
import { photoOfLine, photoSource } from './photo';
import { leaveTable, tableKey } from './table';

/** Bindings with more weight than CodeMirror's own. */
export const typingKeys: readonly KeyBinding[] = [
  { key: 'Enter', run: enter, shift: breakLine },
  { key: 'Backspace', run: backspace },
  { key: 'Delete', run: deleteForward },
  { key: 'ArrowUp', run: (view) => moveByLine(view, false) },
  { key: 'ArrowDown', run: (view) => moveByLine(view, true) },
  {
    key: 'Tab',
    run: (view) => tableKey(view, 1) || indent(view, 1),
    shift: (view) => tableKey(view, -1) || indent(view, -1),
  },
];

/** A blank line between two paragraphs, which only separates them. */
export function isSeparator(state: EditorState, line: Line): boolean {
  if (line.length || line.number === 1 || line.number === state.doc.lines) return false;
  const { doc } = state;
  return (
    !isBlank(doc.line(line.number - 1).text) &&
    !isBlank(doc.line(line.number + 1).text) &&
    !enclosing(state, line.from, line.from, ['FencedCode', 'CodeBlock'])
  );
}

/** Keeps the caret off separators: it goes on in the direction it came. */
export const offSeparators = EditorState.transactionFilter.of((tr) => {
  const range = tr.selection?.main;
  if (!range?.empty || tr.docChanged || tr.newSelection.ranges.length > 1) return tr;
  const line = tr.startState.doc.lineAt(range.head);
  if (!isSeparator(tr.startState, line)) return tr;
  const forward = range.head > tr.startState.selection.main.head;
  const at = forward ? line.to + 1 : line.from - 1;
  return [tr, { selection: EditorSelection.cursor(at) }];
});

function enter(view: EditorView): boolean {
  const { state } = view;
  const { main } = state.selection;
  if (state.readOnly) return false;
  const first = state.doc.lineAt(main.from);
  const photo = photoOfLine(first.text);
  if (photo !== undefined && main.to <= first.to) {
    const atEdge = main.empty && (main.head === first.from || main.head === first.to);
    if (!atEdge) {
      state.facet(photoSource)?.open(photo);
      return true;
    }
  }
  if (state.selection.ranges.length > 1) return false;
  if (enclosing(state, main.from, main.to, ['FencedCode', 'CodeBlock'])) return false;
  if (main.empty && leaveTable(view)) return true;
  return insert(
    view,
    main.empty ? afterEnter(state, first, main.head) : paragraphBreak(state, main.from, main.to),
  );
}

interface Edit {
  changes: ChangeSpec[];
  /** Caret in the text after. */
  caret: number;
}

function afterEnter(state: EditorState, line: Line, at: number): Edit {
  const marks = lineMarks(line.text);
  const isEmpty = isBlank(line.text.slice(marks.length));
  if (at < line.from + marks.length) return paragraphBreak(state, at, at);
  if (marks.list) return isEmpty ? endOfList(state, line, marks) : nextItem(state, line, marks, at);
  if (marks.quote) return isEmpty ? endOfQuote(state, line) : nextOfQuote(marks, at);
  if (!line.length) return { changes: [{ from: at, insert: '\n' }], caret: at + 1 };
  return paragraphBreak(state, at, at);
}

function paragraphBreak(state: EditorState, from: number, to: number): Edit {
  const first = state.doc.lineAt(from);
  const last = state.doc.lineAt(to);
  // Blanks around the break would show at the page's edge or, four of them, turn a paragraph into code.
  const start = from - (/[ \t]*$/.exec(first.text.slice(0, from - first.from))?.[0].length ?? 0);
  const end = to + (/^[ \t]*/.exec(last.text.slice(to - last.from))?.[0].length ?? 0);
  const below = last.number < state.doc.lines ? state.doc.line(last.number + 1) : undefined;
  const joins = end === last.to && below !== undefined && !isBlank(below.text);
  return { changes: [{ from: start, to: end, insert: joins ? '\n\n\n' : '\n\n' }], caret: start + 2 };
}

function nextItem(state: EditorState, line: Line, marks: LineMarks, at: number): Edit {
  const number = itemNumber(marks);
  const list = number === undefined ? marks.list : marks.list.replace(/\d+/, String(number + 1));
  const insert = `\n${marks.quote}${marks.indent}${list}`;
  const changes: ChangeSpec[] = [{ from: at, insert }];
  if (number !== undefined) changes.push(...renumbered(state, line, marks, number + 2));
  return { changes, caret: at + insert.length };
}

/** The items below, counted on from a number. */
function renumbered(state: EditorState, line: Line, marks: LineMarks, first: number): ChangeSpec[] {
  const changes: ChangeSpec[] = [];
  let next = first;
  for (let n = line.number + 1; n <= state.doc.lines; n++) {
    const below = state.doc.line(n);
    const other = lineMarks(below.text);
    const number = itemNumber(other);
    if (other.quote !== marks.quote || other.indent !== marks.indent || number === undefined) break;
    const from = below.from + other.quote.length + other.indent.length;
    const to = from + String(number).length;
    if (number !== next) changes.push({ from, to, insert: String(next) });
    next++;
  }
  return changes;
}

/** Enter on an empty item: one level out, or out of the list. */
function endOfList(state: EditorState, line: Line, marks: LineMarks): Edit {
  const from = line.from + marks.quote.length;
  if (marks.indent) {
    const shorter = marks.indent.slice(0, -Math.min(2, marks.indent.length));
    return {
      changes: [{ from, to: from + marks.indent.length, insert: shorter }],
      caret: line.to - (marks.indent.length - shorter.length),
    };
  }
  const above = line.number > 1 ? state.doc.line(line.number - 1) : undefined;
  const insert = above && !isBlank(above.text) ? `${marks.quote.trimEnd()}\n${marks.quote}` : marks.quote;
  const below = line.number < state.doc.lines ? state.doc.line(line.number + 1) : undefined;
  const after = below && !isBlank(below.text) ? '\n' : '';
  return {
    changes: [{ from: line.from, to: line.to, insert: insert + after }],
    caret: line.from + insert.length,
  };
}

function nextOfQuote(marks: LineMarks, at: number): Edit {
  const insert = `\n${marks.quote.trimEnd()}\n${marks.quote}`;
  return { changes: [{ from: at, insert }], caret: at + insert.length };
}

/** Enter on an empty line of a quote: out of it, with a blank line between. */
function endOfQuote(state: EditorState, line: Line): Edit {
  const above = line.number > 1 ? state.doc.line(line.number - 1) : undefined;
  const marks = lineMarks(above?.text ?? '');
  const isOpen = above && marks.quote && isBlank(above.text.slice(marks.length));
  const from = isOpen ? above.from : line.from;
  const insert = above ? '\n' : '';
  return { changes: [{ from, to: line.to, insert }], caret: from + insert.length };
}

/** A new line in the same paragraph. */
function breakLine(view: EditorView): boolean {
  const { state } = view;
  const { main } = state.selection;
  if (state.readOnly) return false;
  const marks = lineMarks(state.doc.lineAt(main.from).text);
  const insert_ = `\n${marks.quote}${' '.repeat(marks.indent.length + marks.list.length)}`;
  return insert(view, {
    changes: [{ from: main.from, to: main.to, insert: insert_ }],
    caret: main.from + insert_.length,
  });
}

function backspace(view: EditorView): boolean {
  const { state } = view;
  const { main } = state.selection;
  if (state.readOnly || !main.empty || state.selection.ranges.length > 1) return false;
  const line = state.doc.lineAt(main.head);
  const marks = lineMarks(line.text);
  if (marks.length && main.head === line.from + marks.length) return takeOffMark(view, line, marks);
  if (main.head !== line.from || line.number < 3) return false;
  const blank = state.doc.line(line.number - 1);
  const above = state.doc.line(line.number - 2);
  if (blank.length || isBlank(above.text)) return false;
  if (isSolid(state, above)) return choose(view, above);
  return insert(view, { changes: [{ from: above.to, to: line.from }], caret: above.to }, 'delete.backward');
}

/** The innermost mark a line starts with goes first. */
function takeOffMark(view: EditorView, line: Line, marks: LineMarks): boolean {
  const { quote, indent, list, heading } = marks;
  const rest = heading ? quote + indent + list : list ? quote : quote.replace(/ {0,3}>[ \t]?$/, '');
  const changes: ChangeSpec[] = [{ from: line.from, to: line.from + marks.length, insert: rest }];
  const above = line.number > 1 ? view.state.doc.line(line.number - 1) : undefined;
  const flows = above && !isBlank(above.text) && !heading;
  if (flows) changes.unshift({ from: line.from, insert: '\n' });
  return insert(view, { changes, caret: line.from + rest.length + (flows ? 1 : 0) }, 'delete.backward');
}

function deleteForward(view: EditorView): boolean {
  const { state } = view;
  const { main } = state.selection;
  if (state.readOnly || !main.empty || state.selection.ranges.length > 1) return false;
  const line = state.doc.lineAt(main.head);
  if (main.head !== line.to || line.number + 2 > state.doc.lines) return false;
  const blank = state.doc.line(line.number + 1);
  const below = state.doc.line(line.number + 2);
  if (blank.length || isBlank(below.text)) return false;
  if (isSolid(state, below)) return choose(view, below);
  const to = line.length ? below.from + lineMarks(below.text).length : below.from;
  return insert(view, { changes: [{ from: main.head, to }], caret: main.head }, 'delete.forward');
}

/** A line that cannot be joined with text: a photo, a rule, a row of a table. */
function isSolid(state: EditorState, line: Line): boolean {
  return (
    photoOfLine(line.text) !== undefined ||
    enclosing(state, line.from, line.to, ['HorizontalRule', 'Table', 'FencedCode']) !== undefined
  );
}

/** Selects a whole line, so that the next key takes it away. */
function choose(view: EditorView, line: Line): boolean {
  view.dispatch({
    selection: EditorSelection.range(line.from, line.to),
    scrollIntoView: true,
    userEvent: 'select',
  });
  return true;
}

/** Up and down pass over separators and choose photos whole. */
function moveByLine(view: EditorView, forward: boolean): boolean {
  const { state } = view;
  if (state.selection.ranges.length > 1) return false;
  const { main } = state.selection;
  const start = main.empty ? main : EditorSelection.cursor(forward ? main.to : main.from);
  const chosen = !main.empty && photoOfLine(state.doc.lineAt(main.from).text) !== undefined;
  if (!main.empty && !chosen) return false;
  let target = view.moveVertically(start, forward);
  let line = state.doc.lineAt(target.head);
  if (isSeparator(state, line)) {
    target = view.moveVertically(target, forward);
    line = state.doc.lineAt(target.head);
  }
  if (photoOfLine(line.text) !== undefined && line.number !== state.doc.lineAt(start.head).number) {
    return choose(view, line);
  }
  view.dispatch({ selection: EditorSelection.create([target]), scrollIntoView: true, userEvent: 'select' });
  return true;
}

/** Moves the items of a list one level in or out. */
function indent(view: EditorView, direction: 1 | -1): boolean {
  const { state } = view;
  const { main } = state.selection;
  if (state.readOnly) return false;
  const changes: ChangeSpec[] = [];
  for (let line = state.doc.lineAt(main.from); ; line = state.doc.line(line.number + 1)) {
    const marks = lineMarks(line.text);
    const at = line.from + marks.quote.length;
    const width = itemNumber(marks) === undefined ? 2 : 3;
    if (marks.list && direction > 0 && line.number > 1) changes.push({ from: at, insert: ' '.repeat(width) });
    if (marks.list && direction < 0 && marks.indent) {
      changes.push({ from: at, to: at + Math.min(width, marks.indent.length) });
    }
    if (line.to >= main.to || line.number === state.doc.lines) break;
  }
  if (!changes.length) return false;
  view.dispatch({ changes, userEvent: 'input.indent' });
  return true;
}

function insert(view: EditorView, edit: Edit, userEvent = 'input'): boolean {
  view.dispatch({
    changes: edit.changes,
    selection: EditorSelection.cursor(edit.caret),
    scrollIntoView: true,
    userEvent,
  });
  return true;
}
