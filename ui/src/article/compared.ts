// The text of a comparison as a reader knows it: marks are shown as what they mean.
//
// What both versions have is set as the page sets it, without its marks. A mark that came or went is the change
// itself, so it stays to be seen: as the word or sign for it where there is one. Not here: which runs there are.
import { markdownParser } from '../editor/markdown';
import type { DiffRun } from '../host/generated';
import { t } from '../words/index.svelte';

/** How a piece looks; `mark` is a sign of the markup itself. */
export type Look = 'strong' | 'em' | 'strike' | 'heading' | 'quote' | 'code' | 'link' | 'mark';

export interface Piece {
  kind: string;
  text: string;
  looks: Look[];
}

/** What stands at a position: words, or marks of some kind. */
type Sign = 'hidden' | 'quote' | 'bullet' | 'heading' | 'photo';

interface Looked {
  looks: Set<Look>[];
  signs: (Sign | undefined)[];
  photos: Set<number>;
}

const LOOKS: Record<string, Look> = {
  StrongEmphasis: 'strong',
  Emphasis: 'em',
  Strikethrough: 'strike',
  Blockquote: 'quote',
  InlineCode: 'code',
  FencedCode: 'code',
  Link: 'link',
  TableDelimiter: 'mark',
  HorizontalRule: 'mark',
};
const SIGNS: Record<string, Sign> = {
  EmphasisMark: 'hidden',
  StrikethroughMark: 'hidden',
  CodeMark: 'hidden',
  LinkMark: 'hidden',
  HeaderMark: 'heading',
  QuoteMark: 'quote',
  Image: 'photo',
};

/** The pieces of a comparison, in order. */
export function comparedPieces(runs: readonly DiffRun[]): Piece[] {
  const textOf = (gone: string) =>
    runs
      .filter(({ kind }) => kind !== gone)
      .map(({ text }) => text)
      .join('');
  const [before, after] = [looked(textOf('inserted')), looked(textOf('deleted'))];
  let [atBefore, atAfter] = [0, 0];
  return runs.flatMap((run) => {
    const pieces = run.kind === 'deleted' ? piecesOf(run, before, atBefore) : piecesOf(run, after, atAfter);
    if (run.kind !== 'inserted') atBefore += run.text.length;
    if (run.kind !== 'deleted') atAfter += run.text.length;
    return pieces;
  });
}

function piecesOf({ kind, text }: DiffRun, { looks, signs, photos }: Looked, start: number): Piece[] {
  const pieces: Piece[] = [];
  for (let from = 0, to = 0; from < text.length; from = to) {
    const [sign, look] = [signs[start + from], looks[start + from]];
    const isSame = (at: number) =>
      signs[start + at] === sign && sameLooks(looks[start + at], look) && !photos.has(start + at);
    for (to = from + 1; to < text.length && isSame(to);) to++;
    const isBegun = kind === 'same' && !photos.has(start + from);
    const shown = sign
      ? signText(sign, text.slice(from, to), kind === 'same', isBegun)
      : text.slice(from, to);
    const own: Look[] = sign && sign !== 'photo' ? ['mark'] : [];
    if (shown) pieces.push({ kind, text: shown, looks: [...(look ?? []), ...own] });
  }
  return pieces;
}

/** What a mark is shown as. */
function signText(sign: Sign, marks: string, kept: boolean, isBegun: boolean): string {
  if (sign === 'quote') return '▎';
  if (sign === 'bullet') return '•';
  if (sign === 'photo') return isBegun ? '' : `〔${t('photo.title')}〕`;
  if (kept) return '';
  return sign === 'heading' ? `〔${t('command.heading-2')}〕` : marks;
}

function looked(text: string): Looked {
  const looks = Array.from({ length: text.length }, () => none);
  const signs = new Array<Sign | undefined>(text.length).fill(undefined);
  const photos = new Set<number>();
  const lay = (from: number, to: number, look: Look) => {
    for (let at = from; at < to; at++) looks[at] = new Set(looks[at]).add(look);
  };
  const sign = (from: number, to: number, what: Sign) => signs.fill(what, from, to);
  markdownParser.parse(text).iterate({
    enter(node) {
      const { name, from, to } = node;
      const look = /Heading\d$/.test(name) ? 'heading' : LOOKS[name];
      if (look) lay(from, to, look);
      if (name === 'Image') photos.add(from);
      if (name === 'ListMark' && /[-*+]/.test(text.charAt(from))) sign(from, to, 'bullet');
      // An address that stands for itself is what one reads.
      if ((name === 'URL' || name === 'LinkTitle') && node.node.parent?.name === 'Link')
        sign(from, to, 'hidden');
      const what = SIGNS[name];
      if (what === 'heading') sign(from, to + spaces(text, to), what);
      else if (what) sign(from, to, what);
      return name !== 'Image';
    },
  });
  return { looks, signs, photos };
}

const none: Set<Look> = new Set();
const spaces = (text: string, at: number): number => /^[ \t]*/.exec(text.slice(at, at + 20))?.[0].length ?? 0;

function sameLooks(a: Set<Look> | undefined, b: Set<Look> | undefined): boolean {
  return a === b || (a?.size === b?.size && [...(a ?? [])].every((look) => b?.has(look)));
}
