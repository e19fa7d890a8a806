import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ArticleRow } from '../host/generated';
import { indexOf, noRows, PAGE, pagesOf, rowAt, withPage } from './paging';

const row = (n: number) => ({ id: `a${n}` }) as ArticleRow;
const answer = (page: number, total: number) => ({
  total,
  more: false,
  rows: Array.from({ length: Math.min(PAGE, total - page * PAGE) }, (_, i) => row(page * PAGE + i)),
});

test('a run of rows needs the pages it touches', () => {
  const check = (first: number, last: number, pages: number[]) => expect(pagesOf(first, last)).toEqual(pages);
  check(0, 20, [0]);
  check(95, 105, [0, 1]);
  check(99_900, 99_999, [999]);
  check(0, -1, [0]);
});

test('rows stand where they were asked for, and a page that is not there is missing', () => {
  const rows = withPage(noRows(), 3, answer(3, 1000));
  expect(rowAt(rows, 3 * PAGE + 7)?.id).toBe('a307');
  expect(rowAt(rows, 0)).toBeUndefined();
  expect(indexOf(rows, 'a307')).toBe(307);
  expect(indexOf(rows, 'a1')).toBe(-1);
  expect(rows.total).toBe(1000);
});

test('only a few pages are kept, and those around the last one always', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 999 }), { minLength: 1, maxLength: 60 }), (visited) => {
      let rows = noRows();
      for (const page of visited) rows = withPage(rows, page, answer(page, 100_000));
      expect(rows.pages.size).toBeLessThanOrEqual(12);
      expect(rows.pages.has(visited.at(-1) ?? 0)).toBe(true);
    }),
  );
});
