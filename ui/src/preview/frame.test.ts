import { expect, test } from 'vitest';
import type { Preview } from '../host/generated';
import { blockOf, runFrame } from './frame';

const preview = (part: Partial<Preview>): Preview => ({
  version: 1,
  page: null,
  head: null,
  foot: null,
  patch: null,
  block_starts: null,
  page_hash: '',
  counts: { words: 0, characters: 0, characters_without_spaces: 0, han: 0, latin_words: 0, paragraphs: 0 },
  problems: [],
  ...part,
});
const PAGE = '<!doctype html><head></head><article><div class="article-body"><p>1</p></div></article>';

/** An iframe whose loading the test decides. */
function desk() {
  const inner = new DOMParser().parseFromString(PAGE, 'text/html');
  Object.defineProperty(inner, 'URL', { value: 'about:srcdoc' });
  const iframe = document.createElement('iframe');
  Object.defineProperty(iframe, 'contentDocument', { value: inner });
  const frame = runFrame(iframe, 'galley://localhost/', () => {});
  return { iframe, inner, frame, load: () => iframe.dispatchEvent(new Event('load')) };
}

test('a patch that comes while the page loads is applied once it is there', () => {
  const { frame, inner, load } = desk();
  expect(frame.show(preview({ page: PAGE }))).toBe(true);
  expect(frame.show(preview({ patch: { at: 1, remove: 0, insert: ['<p>2</p>'] } }))).toBe(true);
  expect(inner.querySelectorAll('p')).toHaveLength(1);
  load();
  expect(inner.querySelectorAll('p')).toHaveLength(2);
});

test('a patch without a page asks for the page', () => {
  const { frame } = desk();
  expect(frame.show(preview({ patch: { at: 0, remove: 0, insert: [] } }))).toBe(false);
});

test('a second page is morphed into the first, without loading again', () => {
  const { frame, iframe, inner, load } = desk();
  frame.show(preview({ page: PAGE }));
  load();
  const before = iframe.srcdoc;
  frame.show(preview({ page: PAGE.replace('1', 'another') }));
  expect(iframe.srcdoc).toBe(before);
  expect(inner.querySelector('p')?.textContent).toBe('another');
});

test('the caret finds its block', () => {
  const check = (starts: number[], offset: number, block: number | undefined) =>
    expect(blockOf(starts, offset)).toBe(block);
  check([0, 10, 25], 0, 0);
  check([0, 10, 25], 9, 0);
  check([0, 10, 25], 10, 1);
  check([0, 10, 25], 99, 2);
  check([5, 10], 2, 0);
  check([], 3, undefined);
});
