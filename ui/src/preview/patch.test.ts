import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { BlockPatch, Preview } from '../host/generated';
import { applyPreview, bodyContainer, withBase } from './patch';

const BASE = 'galley://localhost/';

interface Page {
  section: string;
  headline: string;
  meta: string[];
  photo: string;
  blocks: string[];
  credits: string[];
}

const head = (page: Page) =>
  `<article class="article" lang="zh-Hans">` +
  (page.section ? `<nav class="crumbs"><a href="/s/${page.section}.html">${page.section}</a></nav>\n` : '') +
  `<header><h1>${page.headline}</h1><p class="meta">${page.meta.map((m) => `<span>${m}</span>`).join(' ')}</p></header>` +
  (page.photo ? `<figure class="lead"><img src="/media/${page.photo}.jpg" alt=""></figure>` : '') +
  `<div class="article-body">`;
const foot = (page: Page) =>
  `</div>` +
  (page.credits.length
    ? `<footer class="credits">${page.credits.map((c) => `<p>${c}<br></p>`).join('')}</footer>`
    : '') +
  `</article>`;
const whole = (page: Page) =>
  `<!doctype html><html lang="zh-Hans"><head><meta charset="utf-8"><title>${page.headline}</title></head><body>` +
  `<header class="site">Site</header><main>\n${head(page)}${page.blocks.join('')}${foot(page)}\n</main>` +
  `<footer class="site">© 1</footer></body></html>`;

const parsed = (page: Page) => new DOMParser().parseFromString(withBase(whole(page), BASE), 'text/html');

/** What the core sends: only what differs. */
function difference(old: Page, next: Page): Preview {
  let at = 0;
  while (at < old.blocks.length && at < next.blocks.length && old.blocks[at] === next.blocks[at]) at++;
  let end = 0;
  const most = Math.min(old.blocks.length, next.blocks.length) - at;
  while (end < most && old.blocks.at(-1 - end) === next.blocks.at(-1 - end)) end++;
  const patch: BlockPatch = {
    at,
    remove: old.blocks.length - end - at,
    insert: next.blocks.slice(at, next.blocks.length - end),
  };
  return {
    ...nothing,
    head: head(old) === head(next) ? null : head(next),
    foot: foot(old) === foot(next) ? null : foot(next),
    patch: patch.remove || patch.insert.length ? patch : null,
  };
}

const nothing: Preview = {
  version: 1,
  page: null,
  head: null,
  foot: null,
  patch: null,
  block_starts: null,
  page_hash: '',
  counts: { words: 0, characters: 0, characters_without_spaces: 0, han: 0, latin_words: 0, paragraphs: 0 },
  problems: [],
};

const word = fc.constantFrom('湖心岛', '步道', 'galley', '“全程无障碍”', '3&lt;4', '');
const block = fc.oneof(
  word.map((w) => `<p>${w}</p>`),
  word.map((w) => `<p>${w}<strong>${w}</strong>。</p>`),
  word.map((w) => `<h2>${w}</h2>`),
  word.map((w) => `<figure><img src="/media/${w.length}.jpg" alt=""><figcaption>${w}</figcaption></figure>`),
  fc
    .array(word, { maxLength: 3 })
    .map((items) => `<ul>\n${items.map((i) => `<li>${i}</li>\n`).join('')}</ul>`),
);
const page: fc.Arbitrary<Page> = fc.record({
  section: fc.constantFrom('', 'news', 'life'),
  headline: word,
  meta: fc.array(word, { maxLength: 4 }),
  photo: fc.constantFrom('', 'aa', 'bb'),
  blocks: fc.array(block, { maxLength: 8 }),
  credits: fc.array(word, { maxLength: 3 }),
});
/** A page after a while: some parts anew, some kept. */
const edit = fc.tuple(
  page,
  fc.subarray(['section', 'headline', 'meta', 'photo', 'blocks', 'credits'] as const),
);

/** The frame's document after patches must say, node by node, what a fresh parse says. */
function expectSame(live: Document, wanted: Document): void {
  expect(live.documentElement.outerHTML).toBe(wanted.documentElement.outerHTML);
  expect(live.documentElement.isEqualNode(wanted.documentElement)).toBe(true);
}

test('a patched page equals a fresh parse, whatever changed', () => {
  fc.assert(
    fc.property(page, fc.array(edit, { maxLength: 5 }), (first, edits) => {
      const live = parsed(first);
      let now = first;
      for (const [fresh, parts] of edits) {
        const next = { ...now, ...Object.fromEntries(parts.map((part) => [part, fresh[part]])) };
        expect(applyPreview(live, difference(now, next), BASE)).toBe(true);
        const wanted = parsed(next);
        // The title stands outside the article, and is not shown.
        live.title = wanted.title;
        expectSame(live, wanted);
        now = next;
      }
    }),
    { numRuns: 80 },
  );
});

test('a whole page turns any document into it', () => {
  fc.assert(
    fc.property(page, page, (first, second) => {
      const live = parsed(first);
      expect(applyPreview(live, { ...nothing, page: whole(second) }, BASE)).toBe(true);
      expectSame(live, parsed(second));
    }),
    { numRuns: 60 },
  );
});

test('blocks and pictures that stay are the same elements', () => {
  const first: Page = {
    section: 'news',
    headline: '一',
    meta: ['a'],
    photo: 'aa',
    blocks: ['<p>1</p>', '<p>2</p>', '<p>3</p>'],
    credits: ['责编'],
  };
  const live = parsed(first);
  const [picture, kept] = [live.querySelector('.lead img'), bodyContainer(live)?.children[2]];
  const next = {
    ...first,
    headline: '二',
    section: '',
    meta: [],
    blocks: ['<p>1</p>', '<p>2!</p>', '<p>3</p>'],
  };
  applyPreview(live, difference(first, next), BASE);
  expect(live.querySelector('.lead img')).toBe(picture);
  expect(bodyContainer(live)?.children[2]).toBe(kept);
});

test('a patch that does not fit asks for the whole page', () => {
  const live = new DOMParser().parseFromString('<p>nothing yet</p>', 'text/html');
  const patch = { at: 0, remove: 0, insert: ['<p>1</p>'] };
  expect(applyPreview(live, { ...nothing, patch }, BASE)).toBe(false);
  live.body.innerHTML = '<div class="article-body"></div>';
  expect(applyPreview(live, { ...nothing, patch: { ...patch, remove: 1 } }, BASE)).toBe(false);
});

test('the base is added once, at the start of the head', () => {
  expect(withBase('<html><head lang="a"><title>x</title>', BASE)).toBe(
    `<html><head lang="a"><base href="${BASE}" target="_blank"><title>x</title>`,
  );
});
