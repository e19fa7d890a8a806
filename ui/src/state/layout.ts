// Which columns stand beside the text, from the width of the window and what the writer folded away.
//
// The text is never narrower than 32 characters: where there is no room, a column comes as a drawer over the
// text instead. The preview goes last, since to write beside the proof is the main job.
export type Column = 'lists' | 'articles' | 'preview';
export type Place = 'column' | 'drawer' | 'away';

export interface Wishes {
  /** Folded away by the writer. */
  folded: Record<Column, boolean>;
  /** Asked for where there is no room; at most one. */
  drawer: Column | undefined;
  articlesWidth: number;
  previewWidth: number;
  /** Nothing but the text. */
  focus: boolean;
}

export interface Arrangement {
  place: Record<Column, Place>;
  width: Record<Column, number>;
}

/** 32 characters of the body's 17 px, with its margins. */
export const TEXT_WIDTH = 32 * 17 + 2 * 28;
export const WIDTHS: Record<Column, { least: number; usual: number; most: number }> = {
  lists: { least: 176, usual: 176, most: 176 },
  articles: { least: 244, usual: 260, most: 460 },
  preview: { least: 330, usual: 404, most: 1100 },
};

/** The widest drawer leaves this much of what it lies over. */
const DRAWER_SHARE = 0.86;
/** As a drawer, lists are wider than as a column: a finger's more. */
const LISTS_DRAWER = 220;
/** Narrower than this, what floats over the text could not be read. */
const FLOATING_LEAST = 300;

export function drawerWidth(column: Column, { width }: Arrangement, windowWidth: number): number {
  const wanted = column === 'lists' ? LISTS_DRAWER : width[column];
  return Math.min(wanted, Math.floor(windowWidth * DRAWER_SHARE));
}

/** What columns and drawers take at both sides of the text, for what floats over it; a drawer that leaves no room is lain over. */
export function besideText(now: Arrangement, windowWidth: number): { start: number; end: number } {
  const column = (one: Column) => (now.place[one] === 'column' ? now.width[one] : 0);
  const drawer = (one: Column) => (now.place[one] === 'drawer' ? drawerWidth(one, now, windowWidth) : 0);
  const [start, end] = [column('lists') + column('articles'), column('preview')];
  const clear = {
    start: Math.max(start, drawer('lists'), drawer('articles')),
    end: Math.max(end, drawer('preview')),
  };
  return windowWidth - clear.start - clear.end < FLOATING_LEAST ? { start, end } : clear;
}

const clamp = (value: number, least: number, most: number) => Math.max(least, Math.min(most, value));

export function arrange(windowWidth: number, wishes: Wishes): Arrangement {
  const place: Record<Column, Place> = { lists: 'away', articles: 'away', preview: 'away' };
  const wanted: Record<Column, number> = {
    lists: WIDTHS.lists.usual,
    articles: clamp(wishes.articlesWidth, WIDTHS.articles.least, WIDTHS.articles.most),
    preview: clamp(wishes.previewWidth, WIDTHS.preview.least, WIDTHS.preview.most),
  };
  let room = windowWidth - TEXT_WIDTH;
  for (const column of ['preview', 'articles', 'lists'] as const) {
    if (wishes.focus || wishes.folded[column] || WIDTHS[column].least > room) continue;
    // Lists without the articles they list would be a poor use of the room.
    if (column === 'lists' && place.articles === 'away' && !wishes.folded.articles) continue;
    place[column] = 'column';
    room -= WIDTHS[column].least;
  }
  // What is left over brings the columns from their least to the width the writer gave them.
  const width = { lists: wanted.lists, articles: wanted.articles, preview: wanted.preview };
  for (const column of ['preview', 'articles'] as const) {
    if (place[column] !== 'column') continue;
    const more = Math.min(Math.max(0, room), wanted[column] - WIDTHS[column].least);
    width[column] = WIDTHS[column].least + more;
    room -= more;
  }
  const drawer = wishes.drawer;
  if (drawer && place[drawer] === 'away' && (!wishes.folded[drawer] || wishes.focus))
    place[drawer] = 'drawer';
  return { place, width };
}
