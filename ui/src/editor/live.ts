// Shows Markdown as it will look: marks are hidden except on the lines with the caret or the selection.
//
// Looks at what is visible only. While an input method composes nothing is recomputed, what is there is moved
// along with the text; nor while a mouse button is down, or the text would move away under the pointer.
// Not here: what the marks mean (`markdown.ts`), colours (`theme.ts`), cards of photos (`photo.ts`).
import { syntaxTree } from '@codemirror/language';
import { searchPanelOpen } from '@codemirror/search';
import { StateEffect, type EditorState, type Line, type Range } from '@codemirror/state';
import {
  Decoration,
  ViewPlugin,
  WidgetType,
  type DecorationSet,
  type EditorView,
  type ViewUpdate,
} from '@codemirror/view';
import type { SyntaxNodeRef } from '@lezer/common';
import { decorateDialect, galleryItem } from './dialect';
import { PhotoWidget, photoOfLine, photoSource, photosChanged } from './photo';

/** Asks for a new look after a composition or a drag. */
export const lookAgain = StateEffect.define<null>();

/** The plugin; `composing` tells whether to keep still. */
export function liveMarkdown(composing: () => boolean) {
  return ViewPlugin.fromClass(
    class {
      decorations: DecorationSet;
      private pointerDown = false;

      constructor(readonly view: EditorView) {
        this.decorations = decorate(view);
      }

      update(update: ViewUpdate): void {
        if (composing() || this.pointerDown) {
          this.decorations = this.decorations.map(update.changes);
          return;
        }
        const asked = update.transactions.some((tr) =>
          tr.effects.some((e) => e.is(lookAgain) || e.is(photosChanged)),
        );
        const parsed = syntaxTree(update.startState) !== syntaxTree(update.state);
        const searching = searchPanelOpen(update.startState) !== searchPanelOpen(update.state);
        if (
          asked ||
          parsed ||
          searching ||
          update.docChanged ||
          update.selectionSet ||
          update.viewportChanged ||
          update.focusChanged
        ) {
          this.decorations = decorate(update.view);
        }
      }

      press(): void {
        this.pointerDown = true;
        const over = new AbortController();
        const release = () => {
          over.abort();
          this.pointerDown = false;
          if (this.view.dom.isConnected) this.view.dispatch({ effects: lookAgain.of(null) });
        };
        // A drag of selected text ends without the button's own event.
        for (const event of ['mouseup', 'dragend', 'drop']) {
          this.view.dom.ownerDocument.addEventListener(event, release, { signal: over.signal });
        }
      }
    },
    {
      decorations: (plugin) => plugin.decorations,
      eventObservers: {
        mousedown(event) {
          if (event.button === 0) this.press();
        },
      },
    },
  );
}

const hidden = Decoration.replace({});
const mark = Decoration.mark({ class: 'cm-mark' });
const styles: Record<string, Decoration> = {
  Emphasis: Decoration.mark({ class: 'cm-em', inclusive: false }),
  StrongEmphasis: Decoration.mark({ class: 'cm-strong', inclusive: false }),
  Strikethrough: Decoration.mark({ class: 'cm-strike', inclusive: false }),
  InlineCode: Decoration.mark({ class: 'cm-code', inclusive: false }),
};
const lineStyles: Record<string, Decoration> = {
  ATXHeading1: Decoration.line({ class: 'cm-heading cm-heading-2' }),
  ATXHeading2: Decoration.line({ class: 'cm-heading cm-heading-2' }),
  ATXHeading3: Decoration.line({ class: 'cm-heading cm-heading-3' }),
  ATXHeading4: Decoration.line({ class: 'cm-heading cm-heading-4' }),
  ATXHeading5: Decoration.line({ class: 'cm-heading cm-heading-4' }),
  ATXHeading6: Decoration.line({ class: 'cm-heading cm-heading-4' }),
  SetextHeading1: Decoration.line({ class: 'cm-heading cm-heading-2' }),
  SetextHeading2: Decoration.line({ class: 'cm-heading cm-heading-2' }),
  Blockquote: Decoration.line({ class: 'cm-quote' }),
  FencedCode: Decoration.line({ class: 'cm-code-line' }),
  CodeBlock: Decoration.line({ class: 'cm-code-line' }),
  Table: Decoration.line({ class: 'cm-table' }),
  TableHeader: Decoration.line({ class: 'cm-table-header' }),
};
const listLines = [1, 2, 3, 4].map((depth) => Decoration.line({ class: `cm-list cm-list-${depth}` }));
const gap = Decoration.line({ class: 'cm-gap' });
const photoLine = Decoration.line({ class: 'cm-photo-line' });
const galleryLine = Decoration.line({ class: 'cm-photo-line cm-gallery-line' });
const photoMark = Decoration.mark({ class: 'cm-mark cm-photo-mark' });
const tableRule = Decoration.line({ class: 'cm-table-rule' });

class BulletWidget extends WidgetType {
  override eq(): boolean {
    return true;
  }
  override toDOM(): HTMLElement {
    const bullet = document.createElement('span');
    bullet.className = 'cm-bullet';
    return bullet;
  }
}

class RuleWidget extends WidgetType {
  override eq(): boolean {
    return true;
  }
  override toDOM(): HTMLElement {
    const rule = document.createElement('span');
    rule.className = 'cm-rule';
    return rule;
  }
}

const bullet = Decoration.replace({ widget: new BulletWidget() });
const rule = Decoration.replace({ widget: new RuleWidget() });

/** Decorations of what is visible. */
function decorate(view: EditorView): DecorationSet {
  const { state } = view;
  const ranges: Range<Decoration>[] = [];
  const shown = view.hasFocus || searchPanelOpen(state);
  const isActive = (line: Line) =>
    shown && state.selection.ranges.some((range) => range.from <= line.to && range.to >= line.from);
  for (const { from, to } of view.visibleRanges) {
    syntaxTree(state).iterate({
      from,
      to,
      enter: (node) => decorateNode(state, node, from, to, isActive, ranges),
    });
    for (let line = state.doc.lineAt(from); ; line = state.doc.line(line.number + 1)) {
      decorateLine(state, line, isActive(line), ranges);
      if (line.to >= to || line.number === state.doc.lines) break;
    }
  }
  return Decoration.set(ranges, true);
}

function decorateNode(
  state: EditorState,
  node: SyntaxNodeRef,
  from: number,
  to: number,
  isActive: (line: Line) => boolean,
  ranges: Range<Decoration>[],
): boolean | void {
  const hide = (start: number, end: number) => {
    if (start < end) ranges.push((isActive(state.doc.lineAt(start)) ? mark : hidden).range(start, end));
  };
  const style = styles[node.name];
  if (style) ranges.push(style.range(node.from, node.to));
  const lineStyle = lineStyles[node.name];
  if (lineStyle) eachLine(state, Math.max(node.from, from), Math.min(node.to, to), lineStyle, ranges);

  switch (node.name) {
    case 'Image':
      // A photo alone on its line is the line's affair, whatever is in its alternative text.
      return photoAt(state.doc.lineAt(node.from).text) === undefined;
    case 'HeaderMark':
    case 'QuoteMark':
      return hide(node.from, withBlanks(state, node));
    case 'EmphasisMark':
    case 'StrikethroughMark':
      return hide(node.from, node.to);
    case 'CodeMark':
      if (node.node.parent?.name === 'InlineCode') hide(node.from, node.to);
      else ranges.push(mark.range(node.from, node.to));
      return;
    case 'Escape':
      return hide(node.from, node.from + 1);
    case 'Link': {
      // Marks of notes are the dialect's affair.
      if (/^\[\^/.test(state.sliceDoc(node.from, node.from + 2))) return false;
      const address = node.node.getChild('URL');
      const marks = node.node.getChildren('LinkMark');
      const closing = marks[1];
      // Without an address it is a footnote or words in brackets: left as it is.
      if (!address || !closing) return;
      const title = state.sliceDoc(address.from, address.to);
      ranges.push(Decoration.mark({ class: 'cm-link', attributes: { title } }).range(node.from, node.to));
      hide(node.from, node.from + 1);
      // The mark may reach over a line break: a replacement must not.
      return hide(closing.from, Math.min(node.to, state.doc.lineAt(closing.from).to));
    }
    case 'Autolink':
      ranges.push(Decoration.mark({ class: 'cm-link' }).range(node.from, node.to));
      hide(node.from, node.from + 1);
      return hide(node.to - 1, node.to);
    case 'ListItem': {
      let depth = 0;
      for (let up = node.node.parent; up; up = up.parent) if (/List$/.test(up.name)) depth++;
      const decoration = listLines[Math.min(depth, listLines.length) - 1];
      const line = state.doc.lineAt(node.from);
      if (decoration) ranges.push(decoration.range(line.from));
      return;
    }
    case 'ListMark': {
      if (galleryItem(state.doc.lineAt(node.from).text) !== undefined) return;
      const isBullet = node.node.parent?.parent?.name === 'BulletList';
      if (!isBullet || isActive(state.doc.lineAt(node.from))) ranges.push(mark.range(node.from, node.to));
      else ranges.push(bullet.range(node.from, node.to));
      return;
    }
    case 'HorizontalRule':
      ranges.push((isActive(state.doc.lineAt(node.from)) ? mark : rule).range(node.from, node.to));
      return;
    case 'TableDelimiter': {
      const line = state.doc.lineAt(node.from);
      ranges.push(mark.range(node.from, node.to));
      if (node.node.parent?.name === 'Table') ranges.push(tableRule.range(line.from));
      return;
    }
  }
}

function decorateLine(state: EditorState, line: Line, active: boolean, ranges: Range<Decoration>[]): void {
  if (/^(?: {0,3}>[ \t]?)*$/.test(line.text)) {
    if (!active && state.doc.lines > 1) ranges.push(gap.range(line.from));
    return;
  }
  decorateDialect(state, line, active, ranges);
  const id = photoAt(line.text);
  const source = state.facet(photoSource);
  if (id === undefined || !source) return;
  const widget = new PhotoWidget(id, source.photo(id), source);
  ranges.push((galleryItem(line.text) === undefined ? photoLine : galleryLine).range(line.from));
  if (active) {
    ranges.push(photoMark.range(line.from, line.to));
    ranges.push(Decoration.widget({ widget, side: 1 }).range(line.to));
  } else ranges.push(Decoration.replace({ widget }).range(line.from, line.to));
}

/** The photo of a line, alone or as an item of a gallery. */
const photoAt = (text: string) => photoOfLine(text) ?? galleryItem(text);

function eachLine(
  state: EditorState,
  from: number,
  to: number,
  decoration: Decoration,
  ranges: Range<Decoration>[],
): void {
  for (let line = state.doc.lineAt(from); ; line = state.doc.line(line.number + 1)) {
    ranges.push(decoration.range(line.from));
    if (line.to >= to || line.number === state.doc.lines) return;
  }
}

/** The end of a mark with the blanks after it, on its line. */
function withBlanks(state: EditorState, node: SyntaxNodeRef): number {
  const line = state.doc.lineAt(node.from);
  // A closing run of `#` takes the blanks before it along instead; those do not show.
  if (node.to >= line.to) return node.to;
  let end = node.to;
  while (end < line.to && /[ \t]/.test(state.sliceDoc(end, end + 1))) end++;
  return end;
}
