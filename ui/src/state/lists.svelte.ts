// The lists, the one that is shown, and the search: projections of the core, read again when it says so.
import * as host from '../host';
import type { ApiError, ArticleRows, ListCount, ListName } from '../host';
import { sync } from './sync.svelte';
import { noRows, PAGE, pagesOf, withPage, type PagedRows } from './paging';

/** Those of somebody who works alone. */
const OWN: ListName[] = ['drafts', 'published', 'trash'];
/** Those of a newsroom, along the way of an article. */
const NEWSROOM: ListName[] = [
  'drafts',
  'sent_back',
  'in_review',
  'for_me',
  'approved',
  'held',
  'published',
  'declined',
  'trash',
];
/** Whoever reviews nothing has no list of what waits for it. */
const REVIEWERS = ['responsible_editor', 'desk_editor', 'editor_in_chief'];

/** The lists that this window shows. */
export function shownLists(): ListName[] {
  if (!sync.account) return OWN;
  const reviews = sync.account.roles.some((role) => REVIEWERS.includes(role));
  return reviews ? NEWSROOM : NEWSROOM.filter((list) => list !== 'for_me');
}
const SEARCH_AFTER_MS = 90;

export const lists = $state<{
  counts: ListCount[];
  shown: ListName;
  /** What is typed into the search box; the rows are its hits while it is not empty. */
  query: string;
  rows: PagedRows;
  /** Number of the list or search that `rows` belong to; 0 until the first were read. */
  turn: number;
  fault: ApiError | undefined;
}>({ counts: [], shown: 'drafts', query: '', rows: noRows(), turn: 0, fault: undefined });

/** Each change of what is shown gets a number, so that answers to an earlier question are dropped. */
let question = 0;
/** True while `rows` still belong to what was shown before. */
let turning = false;
let range = { first: 0, last: 0 };
const reading = new Set<number>();
let searchTimer: ReturnType<typeof setTimeout> | undefined;
let countsToo = false;
let refreshTimer: ReturnType<typeof setTimeout> | undefined;

export const countOf = (list: ListName): number =>
  lists.counts.find((count) => count.list === list)?.count ?? 0;

export function showList(list: ListName): void {
  lists.shown = list;
  lists.query = '';
  turnTo();
}

/** The open article went from one list to another: the list that is shown goes with it. */
export function followList(from: ListName, to: ListName): void {
  if (from !== to && lists.shown === from && !lists.query.trim()) showList(to);
}

export function search(query: string): void {
  lists.query = query;
  clearTimeout(searchTimer);
  searchTimer = setTimeout(() => turnTo(), query.trim() ? SEARCH_AFTER_MS : 0);
}

/** Tells which rows are in view; what is missing of them is read. */
export function inView(first: number, last: number): void {
  if (turning) return;
  range = { first, last };
  for (const page of pagesOf(first, last)) if (!lists.rows.pages.has(page)) void read(page);
}

/** The core said that lists moved: what is in view is read again, while the old rows stay until then. */
export function refreshLists(what: 'rows' | 'all' = 'all'): void {
  countsToo ||= what === 'all';
  refreshTimer ??= setTimeout(() => {
    refreshTimer = undefined;
    question++;
    reading.clear();
    const shown = pagesOf(range.first, range.last);
    for (const page of lists.rows.pages.keys()) if (!shown.includes(page)) lists.rows.pages.delete(page);
    for (const page of shown) void read(page);
    if (countsToo) void count();
    countsToo = false;
  }, 60);
}

/** The drafts, whose first rows came with the start. */
export function startWith(rows: ArticleRows): void {
  question++;
  reading.clear();
  turning = false;
  lists.rows = withPage(noRows(), 0, rows);
  lists.turn++;
}

/** Starts over with what is chosen now. The rows of before stay until the first of it are there. */
export function turnTo(): void {
  question++;
  reading.clear();
  turning = true;
  lists.fault = undefined;
  range = { first: 0, last: 0 };
  void read(0);
}

async function read(page: number): Promise<void> {
  if (reading.has(page)) return;
  reading.add(page);
  const asked = question;
  try {
    const answer = await ask(page);
    if (asked !== question) return;
    lists.rows = withPage(turning ? noRows() : lists.rows, page, answer);
    if (turning) lists.turn++;
    turning = false;
    lists.fault = undefined;
    if (!lists.query.trim()) setCount(lists.shown, answer.total);
  } catch (thrown) {
    if (asked !== question) return;
    lists.fault = host.toApiError(thrown);
    if (turning) lists.rows = noRows();
  } finally {
    if (asked === question) reading.delete(page);
  }
}

function ask(page: number): Promise<ArticleRows> {
  const [offset, limit] = [page * PAGE, PAGE];
  const query = lists.query.trim();
  return query
    ? host.searchArticles({ query, offset, limit })
    : host.listArticles({ list: lists.shown, offset, limit });
}

/** How long each list is, without its rows. */
async function count(): Promise<void> {
  const answer = await host.listCounts().catch(() => undefined);
  if (answer) lists.counts = answer;
}

function setCount(list: ListName, total: number): void {
  const known = lists.counts.find((one) => one.list === list);
  if (known) known.count = total;
  else lists.counts.push({ list, count: total });
}
