// Tables: Tab goes from cell to cell, Enter to the row below; past the last cell a row is added.
//
// The table stays Markdown in the text; only its look is calmed. Not here: merging cells, which the page has not.
import { EditorSelection, type EditorState, type Line } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import type { SyntaxNode } from '@lezer/common';
import { enclosing } from './markdown';
import { insertBlock } from './insert';

/** Puts an empty table behind the paragraph of the caret. */
export function insertTable(view: EditorView, header: string): boolean {
  const cell = `| ${header} `.repeat(3);
  const table = `${cell}|\n${'| --- '.repeat(3)}|\n${'|   '.repeat(3)}|`;
  return insertBlock(view, table, { from: 2, to: 2 + header.length });
}

interface Cell {
  from: number;
  to: number;
}

/** Tab in a table. */
export function tableKey(view: EditorView, direction: 1 | -1): boolean {
  const { state } = view;
  const at = state.selection.main.head;
  const table = tableAt(state, at);
  if (!table || state.readOnly) return false;
  const cells = cellsOf(state, table);
  const here = cells.findIndex((cell) => at >= cell.from && at <= cell.to);
  const next = cells[here < 0 ? 0 : here + direction];
  if (next) return choose(view, next);
  return direction > 0 ? addRow(view, state.doc.lineAt(table.to)) : true;
}

/** Enter in a table: the row below, a new row at the end, and out of it from an empty last row. */
export function leaveTable(view: EditorView): boolean {
  const { state } = view;
  const at = state.selection.main.head;
  const table = tableAt(state, at);
  if (!table) return false;
  const line = state.doc.lineAt(at);
  const last = state.doc.lineAt(table.to);
  const first = state.doc.lineAt(table.from);
  if (line.number === last.number && line.number > first.number + 1 && /^[\s|]*$/.test(line.text)) {
    view.dispatch({
      changes: { from: line.from, to: line.to, insert: '\n' },
      selection: EditorSelection.cursor(line.from + 1),
      scrollIntoView: true,
      userEvent: 'input',
    });
    return true;
  }
  const below = line.number + (line.number === first.number ? 2 : 1);
  if (below > last.number) return addRow(view, last);
  const cell = rowCells(state.doc.line(below))[0];
  return cell ? choose(view, cell) : false;
}

function tableAt(state: EditorState, at: number): SyntaxNode | undefined {
  return enclosing(state, at, at, ['Table']);
}

/** The cells of all rows but the one of dashes. */
function cellsOf(state: EditorState, table: SyntaxNode): Cell[] {
  const cells: Cell[] = [];
  const first = state.doc.lineAt(table.from).number;
  const last = state.doc.lineAt(table.to).number;
  for (let n = first; n <= last; n++) if (n !== first + 1) cells.push(...rowCells(state.doc.line(n)));
  return cells;
}

function rowCells(line: Line): Cell[] {
  const bars = [...line.text.matchAll(/(?<!\\)\|/g)].map((match) => match.index);
  const edges = [
    line.text.trimStart().startsWith('|') ? [] : [-1],
    bars,
    line.text.trimEnd().endsWith('|') ? [] : [line.length],
  ].flat();
  return edges.slice(0, -1).map((edge, n) => {
    const text = line.text.slice(edge + 1, edges[n + 1]);
    const start = line.from + edge + 1;
    if (!text.trim()) return { from: start + Math.min(1, text.length), to: start + Math.min(1, text.length) };
    return { from: start + text.length - text.trimStart().length, to: start + text.trimEnd().length };
  });
}

function addRow(view: EditorView, after: Line): boolean {
  const columns = Math.max(1, rowCells(after).length);
  view.dispatch({
    changes: { from: after.to, insert: `\n${'|   '.repeat(columns)}|` },
    selection: EditorSelection.cursor(after.to + 3),
    scrollIntoView: true,
    userEvent: 'input',
  });
  return true;
}

function choose(view: EditorView, cell: Cell): boolean {
  view.dispatch({
    selection: EditorSelection.range(cell.from, cell.to),
    scrollIntoView: true,
    userEvent: 'select',
  });
  return true;
}
