// Bold, italic and struck-through, switched on and off where there may be no spaces to go by.
//
// A selection is taken line by line, without the marks a line starts with and the blanks at its ends; marks that
// a range cuts through are moved to its edge. Not here: links.
import { EditorSelection, type ChangeSpec, type EditorState, type SelectionRange } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import type { SyntaxNode } from '@lezer/common';
import { isCjk } from './cjk';
import { lineMarks } from './line';
import { enclosing, markdownParser, photoLinePattern, treeUpTo } from './markdown';

/** A way of setting words off. */
export interface InlineStyle {
  node: 'StrongEmphasis' | 'Emphasis' | 'Strikethrough';
  mark: string;
}

export const STRONG: InlineStyle = { node: 'StrongEmphasis', mark: '**' };
export const EMPHASIS: InlineStyle = { node: 'Emphasis', mark: '*' };
export const STRIKE: InlineStyle = { node: 'Strikethrough', mark: '~~' };

interface Span {
  from: number;
  to: number;
}

/** Switches a style for every range of the selection. */
export function toggleInline(view: EditorView, style: InlineStyle): boolean {
  const { state } = view;
  if (state.readOnly) return false;
  const spec = state.changeByRange((range) =>
    range.empty ? toggleAtCaret(state, range, style) : toggleRange(state, range, style),
  );
  view.dispatch(state.update(spec, { scrollIntoView: true, userEvent: 'input.format' }));
  return true;
}

function toggleAtCaret(state: EditorState, range: SelectionRange, style: InlineStyle) {
  const at = range.head;
  const { mark } = style;
  const size = mark.length;
  const node = enclosing(state, at, at, [style.node]);
  if (node) {
    const content = contentOf(node);
    // At its end the writer goes on behind it; in its midst it is taken off.
    if (at >= content.to) return { range: EditorSelection.cursor(node.to) };
    if (at > node.from) {
      const changes = unmark(node);
      return { changes, range: EditorSelection.cursor(state.changes(changes).mapPos(at)) };
    }
  }
  if (insideEmptyPair(state, at, mark)) {
    return { changes: { from: at - size, to: at + size }, range: EditorSelection.cursor(at - size) };
  }
  const word = state.wordAt(at);
  if (word && word.from < at && at < word.to && ![...state.sliceDoc(word.from, word.to)].some(isCjk)) {
    const { changes } = toggleRange(state, word, style);
    return { changes: changes ?? [], range: EditorSelection.cursor(state.changes(changes ?? []).mapPos(at)) };
  }
  return { changes: { from: at, insert: mark + mark }, range: EditorSelection.cursor(at + size) };
}

/** True between two marks with nothing in them and nothing of the same kind around them. */
function insideEmptyPair(state: EditorState, at: number, mark: string): boolean {
  const size = mark.length;
  const around = state.sliceDoc(Math.max(0, at - size - 1), at + size + 1);
  const start = at - size - Math.max(0, at - size - 1);
  const pair = around.slice(start, start + 2 * size);
  return pair === mark + mark && around[start - 1] !== mark[0] && around[start + 2 * size] !== mark[0];
}

function toggleRange(
  state: EditorState,
  range: SelectionRange,
  style: InlineStyle,
): { changes?: ChangeSpec[]; range: SelectionRange } {
  const spans = spansOf(state, range);
  const first = spans[0];
  const last = spans.at(-1);
  if (!first || !last) return { range };
  const on = spans.every((span) => isCovered(state, span, style));
  const changes = spans.flatMap((span) => (on ? takeOff(state, span, style) : putOn(state, span, style)));
  const set = state.changes(changes);
  const from = set.mapPos(first.from, 1);
  const to = Math.max(from, set.mapPos(last.to, -1));
  const backwards = range.anchor > range.head;
  return { changes, range: backwards ? EditorSelection.range(to, from) : EditorSelection.range(from, to) };
}

/** The words of a range, line by line. */
function spansOf(state: EditorState, range: Span): Span[] {
  const spans: Span[] = [];
  const tree = treeUpTo(state, range.to);
  for (
    let line = state.doc.lineAt(range.from);
    line.from <= range.to;
    line = state.doc.line(line.number + 1)
  ) {
    const from = Math.max(range.from, line.from + lineMarks(line.text).length);
    const to = Math.min(range.to, line.to);
    const text = state.sliceDoc(from, Math.max(from, to));
    const start = from + (/^[\s\u3000]*/.exec(text)?.[0].length ?? 0);
    const end = from + text.replace(/[\s\u3000]+$/, '').length;
    const kind = tree.resolveInner(start, 1);
    const isCode = ['FencedCode', 'CodeBlock', 'CodeText', 'HorizontalRule'].includes(kind.name);
    if (start < end && !isCode && !photoLinePattern.test(line.text)) spans.push({ from: start, to: end });
    if (line.number === state.doc.lines) break;
  }
  return spans;
}

/** The nodes of a style that overlap or touch a span. */
function nodesIn(state: EditorState, span: Span, names: readonly string[]): SyntaxNode[] {
  const nodes: SyntaxNode[] = [];
  treeUpTo(state, span.to).iterate({
    from: span.from,
    to: span.to,
    enter: (node) => {
      if (names.includes(node.name)) nodes.push(node.node);
    },
  });
  return nodes;
}

/** True when every word of the span has the style. */
function isCovered(state: EditorState, span: Span, style: InlineStyle): boolean {
  let rest = '';
  let at = span.from;
  const nodes = nodesIn(state, span, [style.node]);
  for (const node of nodes) {
    if (node.to <= at) continue;
    rest += state.sliceDoc(at, Math.max(at, Math.min(node.from, span.to)));
    at = node.to;
  }
  if (at < span.to) rest += state.sliceDoc(at, span.to);
  // Punctuation may have been left outside, where marks would not work.
  return nodes.length > 0 && !/[\p{L}\p{N}]/u.test(rest);
}

function takeOff(state: EditorState, span: Span, style: InlineStyle): ChangeSpec[] {
  return nodesIn(state, span, [style.node]).flatMap((node) => {
    const content = contentOf(node);
    const before = trimmed(state, {
      from: content.from,
      to: Math.max(content.from, Math.min(span.from, content.to)),
    });
    const after = trimmed(state, {
      from: Math.min(content.to, Math.max(span.to, content.from)),
      to: content.to,
    });
    const kept = [before, after].filter((part) => part.from < part.to);
    const whole = unmark(node);
    if (!kept.length) return whole;
    const split = [...whole, ...kept.flatMap((part) => marksAround(part, style))];
    return splitsNothing(state, node, kept) ? split : whole;
  });
}

/** False when a part would end inside other marks, which would then cross. */
function splitsNothing(state: EditorState, node: SyntaxNode, parts: readonly Span[]): boolean {
  return parts.every(({ from, to }) =>
    nodesIn(state, node, INLINE).every((inner) => {
      const inside = inner.from > node.from && inner.to < node.to;
      return !inside || inner.to <= from || inner.from >= to || (inner.from >= from && inner.to <= to);
    }),
  );
}

const INLINE = ['StrongEmphasis', 'Emphasis', 'Strikethrough', 'Link', 'InlineCode', 'Image', 'Autolink'];

function putOn(state: EditorState, span: Span, style: InlineStyle): ChangeSpec[] {
  let { from, to } = span;
  for (const node of nodesIn(state, span, INLINE)) {
    const same = node.name === style.node;
    const overlaps = node.from < to && node.to > from;
    const contains = node.from < from && node.to > to;
    // Marks of this style are taken in with what they mark; others only when they would be cut.
    if (same || (overlaps && !contains && !isContent(node, { from, to }))) {
      from = Math.min(from, node.from);
      to = Math.max(to, node.to);
    }
  }
  const inner = nodesIn(state, { from, to }, [style.node]).flatMap(unmark);
  const candidates = [{ from, to }, withoutPunctuation(state, { from, to })];
  const found = candidates.find((part) => works(state, part, style, inner)) ?? { from, to };
  return [...inner, ...marksAround(found, style)];
}

/** True when a span is all that a node marks, or within it: marks can stand inside the node's own. */
function isContent(node: SyntaxNode, span: Span): boolean {
  const content = contentOf(node);
  return content.from <= span.from && span.to <= content.to;
}

/** Tries marks out: beside a Latin letter, punctuation keeps them from working. */
function works(state: EditorState, span: Span, style: InlineStyle, changes: ChangeSpec[]): boolean {
  const words = state.sliceDoc(span.from, span.to);
  if (!/^[\p{P}\p{S}]|[\p{P}\p{S}]$/u.test(words)) return true;
  const first = state.doc.lineAt(span.from);
  const set = state.changes([...changes, ...marksAround(span, style)]);
  const after = set.apply(state.doc);
  const text = after.sliceString(set.mapPos(first.from, -1), set.mapPos(state.doc.lineAt(span.to).to, 1));
  const at = set.mapPos(span.from, 1) - set.mapPos(first.from, -1);
  for (
    let node: SyntaxNode | null = markdownParser.parse(text).resolveInner(at, 1);
    node;
    node = node.parent
  ) {
    if (node.name === style.node) return true;
  }
  return false;
}

function withoutPunctuation(state: EditorState, span: Span): Span {
  const text = state.sliceDoc(span.from, span.to);
  const start = /^[\p{P}\p{S}\s]*/u.exec(text)?.[0].length ?? 0;
  const end = text.replace(/[\p{P}\p{S}\s]+$/u, '').length;
  return start < end ? { from: span.from + start, to: span.from + end } : span;
}

function marksAround(span: Span, style: InlineStyle): ChangeSpec[] {
  return [
    { from: span.from, insert: style.mark },
    { from: span.to, insert: style.mark },
  ];
}

function unmark(node: SyntaxNode): { from: number; to: number }[] {
  const content = contentOf(node);
  return [
    { from: node.from, to: content.from },
    { from: content.to, to: node.to },
  ];
}

/** What stands between a node's marks. */
function contentOf(node: SyntaxNode): Span {
  const marks = [node.firstChild, node.lastChild];
  const [open, close] = marks.map((mark) => (mark && /Mark$/.test(mark.name) ? mark : undefined));
  return { from: open?.to ?? node.from, to: close?.from ?? node.to };
}

function trimmed(state: EditorState, span: Span): Span {
  const text = state.sliceDoc(span.from, span.to);
  const start = /^[\s\u3000]*/.exec(text)?.[0].length ?? 0;
  const end = text.replace(/[\s\u3000]+$/, '').length;
  return { from: span.from + Math.min(start, end), to: span.from + end };
}
