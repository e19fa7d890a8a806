// Rows of a long list, read page by page as they come into view. Plain data; tests hold the clock.
import type { ArticleRow, ArticleRows } from '../host/generated';

export const PAGE = 100;
/** Pages kept; those farthest from what is shown go first. */
const KEPT = 12;

export interface PagedRows {
  total: number;
  /** True when `total` is where counting stopped. */
  more: boolean;
  /** Rows by page number; a page that is not there is being read. */
  pages: Map<number, ArticleRow[]>;
}

export const noRows = (): PagedRows => ({ total: 0, more: false, pages: new Map() });

export function rowAt(rows: PagedRows, index: number): ArticleRow | undefined {
  return rows.pages.get(Math.floor(index / PAGE))?.[index % PAGE];
}

/** The pages that a run of rows needs. */
export function pagesOf(first: number, last: number): number[] {
  const from = Math.floor(Math.max(0, first) / PAGE);
  const to = Math.floor(Math.max(0, last) / PAGE);
  return Array.from({ length: to - from + 1 }, (_, i) => from + i);
}

/** Takes an answer for a page; a list that grew or shrank gets its new length with it. */
export function withPage(rows: PagedRows, page: number, answer: ArticleRows): PagedRows {
  const pages = new Map(rows.pages).set(page, answer.rows);
  const far = [...pages.keys()].sort((a, b) => Math.abs(b - page) - Math.abs(a - page));
  for (const gone of far.slice(0, Math.max(0, pages.size - KEPT))) pages.delete(gone);
  return { total: answer.total, more: answer.more, pages };
}

/** Where an article stands among the rows that were read, or -1. */
export function indexOf(rows: PagedRows, id: string): number {
  for (const [page, list] of rows.pages) {
    const at = list.findIndex((row) => row.id === id);
    if (at >= 0) return page * PAGE + at;
  }
  return -1;
}
