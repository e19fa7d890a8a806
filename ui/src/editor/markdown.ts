// The Markdown of an article: CommonMark with tables and strikethrough, emphasis as Chinese needs it.
//
// `@lezer/markdown` is used directly: the package that wraps it brings the HTML, CSS and JavaScript languages
// along, which an article never shows. Footnotes are left as they are typed.
import { Language, defineLanguageFacet, ensureSyntaxTree, syntaxTree } from '@codemirror/language';
import type { EditorState } from '@codemirror/state';
import type { SyntaxNode, Tree } from '@lezer/common';
import { Strikethrough, Table, parser } from '@lezer/markdown';
import { cjkEmphasis } from './cjk';

/** The parser alone, for tests and for trying out a change before it is made. */
export const markdownParser = parser.configure([Table, Strikethrough, cjkEmphasis]);

/** The language of the editor. */
export const markdown = new Language(defineLanguageFacet(), markdownParser, [], 'markdown');

/** The syntax tree as far as `upto`; parsing what is missing takes at most a few frames. */
export function treeUpTo(state: EditorState, upto: number): Tree {
  return ensureSyntaxTree(state, upto, 100) ?? syntaxTree(state);
}

/** The innermost node of one of these names around a range. */
export function enclosing(
  state: EditorState,
  from: number,
  to: number,
  names: readonly string[],
): SyntaxNode | undefined {
  const tree = treeUpTo(state, to);
  for (const side of [1, -1] as const) {
    for (let node: SyntaxNode | null = tree.resolveInner(from, side); node; node = node.parent) {
      if (node.from <= from && node.to >= to && names.includes(node.name)) return node;
    }
  }
  return undefined;
}

/** A photo that stands alone on its line. */
export const photoLinePattern = /^ {0,3}!\[(?:[^\]\\]|\\.)*\]\(photo:([0-9a-f-]{36})\)\s*$/i;
