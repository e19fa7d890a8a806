// Every command of the editor by its id, and which of them are on at the caret.
//
// Keys for them are the window's affair: it has one table for toolbar, menu and keys.
import { redo, undo } from '@codemirror/commands';
import type { EditorState } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import type { SyntaxNode } from '@lezer/common';
import { makeParagraph, toggleBulletList, toggleHeading, toggleOrderedList, toggleQuote } from './blocks';
import { galleryMarkdown, galleryOfSelection, insertFootnote, insertRuby, togglePullQuote } from './dialect';
import { openFind } from './find';
import { EMPHASIS, STRIKE, STRONG, toggleInline } from './inline';
import { insertRule } from './insert';
import { editLink } from './link';
import { treeUpTo } from './markdown';
import { insertTable } from './table';
import { tidy } from './tidy';
import type { CommandId } from './types';

/** What some commands need from the window. */
export interface CommandHost {
  words(key: string): string;
  /** `join` makes their marks; by themselves each stands alone. */
  choosePhotos(view: EditorView, join?: (ids: readonly string[]) => string): void;
  pastePlain(view: EditorView): void;
}

/** The commands; each answers whether it did something. */
export function commandTable(host: CommandHost): Record<CommandId, (view: EditorView) => boolean> {
  return {
    bold: (view) => toggleInline(view, STRONG),
    italic: (view) => toggleInline(view, EMPHASIS),
    strike: (view) => toggleInline(view, STRIKE),
    'heading-2': (view) => toggleHeading(view, 2),
    'heading-3': (view) => toggleHeading(view, 3),
    'heading-4': (view) => toggleHeading(view, 4),
    paragraph: makeParagraph,
    'bullet-list': toggleBulletList,
    'ordered-list': toggleOrderedList,
    quote: toggleQuote,
    link: editLink,
    photo: (view) => unlessReadOnly(view, (target) => host.choosePhotos(target)),
    table: (view) => insertTable(view, host.words('editor.table_header')),
    footnote: insertFootnote,
    'pull-quote': togglePullQuote,
    gallery: (view) =>
      galleryOfSelection(view) || unlessReadOnly(view, (target) => host.choosePhotos(target, galleryOrPhoto)),
    ruby: insertRuby,
    rule: insertRule,
    undo,
    redo,
    find: (view) => openFind(view, 'find'),
    replace: (view) => openFind(view, 'replace'),
    tidy,
    'paste-plain': (view) => unlessReadOnly(view, host.pastePlain),
  };
}

/** One photo is no gallery. */
const galleryOrPhoto = (ids: readonly string[]) =>
  ids.length > 1 ? galleryMarkdown(ids) : ids.map((id) => `![](photo:${id})`).join('');

function unlessReadOnly(view: EditorView, run: (view: EditorView) => void): boolean {
  if (view.state.readOnly) return false;
  run(view);
  return true;
}

const ACTIVE: Record<string, CommandId> = {
  StrongEmphasis: 'bold',
  Emphasis: 'italic',
  Strikethrough: 'strike',
  ATXHeading1: 'heading-2',
  ATXHeading2: 'heading-2',
  ATXHeading3: 'heading-3',
  ATXHeading4: 'heading-4',
  BulletList: 'bullet-list',
  OrderedList: 'ordered-list',
  Blockquote: 'quote',
  Link: 'link',
  Table: 'table',
};

/** The toggles that are on for the whole selection. */
export function activeCommands(state: EditorState): CommandId[] {
  const { from, to } = state.selection.main;
  const found = new Set<CommandId>();
  const tree = treeUpTo(state, to);
  for (const side of [1, -1] as const) {
    const start = tree.resolveInner(side > 0 ? from : to, side);
    for (let node: SyntaxNode | null = start; node; node = node.parent) {
      const id = ACTIVE[node.name];
      if (id && node.from <= from && node.to >= to) found.add(id);
    }
  }
  return [...found].sort();
}
