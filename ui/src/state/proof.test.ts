import { mockIPC } from '@tauri-apps/api/mocks';
import { beforeEach, expect, test, vi } from 'vitest';
import type { Preview, PreviewRequest } from '../host/generated';
import { proof } from './proof.svelte';

const preview = (version: number, part: Partial<Preview> = {}): Preview => ({
  version,
  page: null,
  head: null,
  foot: null,
  patch: null,
  block_starts: null,
  page_hash: `hash ${version}`,
  counts: {
    words: version,
    characters: 0,
    characters_without_spaces: 0,
    han: 0,
    latin_words: 0,
    paragraphs: 0,
  },
  problems: [],
  ...part,
});

let asked: PreviewRequest[] = [];
let answers: ((answer: Preview | { code: string }) => void)[] = [];
const shown: number[] = [];

/** Answers the oldest open question, and lets the window take it in. */
async function answer(with_: Preview | { code: string }): Promise<void> {
  await vi.waitFor(() => expect(answers.length).toBeGreaterThan(0));
  answers.shift()?.(with_);
  await new Promise((resolve) => setTimeout(resolve));
}

beforeEach(async () => {
  proof.reset(undefined);
  asked = [];
  answers = [];
  shown.length = 0;
  mockIPC((command, payload) => {
    if (command !== 'preview') return null;
    asked.push((payload as { request: PreviewRequest }).request);
    return new Promise((resolve, reject) =>
      answers.push((with_) =>
        'code' in with_ ? reject({ ...with_, values: {}, retry: false }) : resolve(with_),
      ),
    );
  });
  proof.reset('article');
  proof.attach((one) => {
    shown.push(one.version);
    return one.page !== null || shown.length > 1;
  });
});

test('wishes that come while a question is open become one more question', async () => {
  proof.ask();
  proof.ask();
  proof.ask();
  await answer(preview(1, { page: '<p>' }));
  await answer(preview(2));
  expect(asked.map((request) => request.have)).toEqual([0, 1]);
  expect(shown).toEqual([1, 2]);
  expect(proof.pageHash).toBe('hash 2');
});

test('counts come with the first page, then at their own pace, and at once where they are asked for', async () => {
  await answer(preview(1, { page: '<p>' }));
  expect(proof.counts?.words).toBe(1);
  proof.ask();
  await answer(preview(2));
  expect([proof.pageHash, proof.counts?.words]).toEqual(['hash 2', 1]);
  await vi.waitFor(() => expect(proof.counts?.words).toBe(2));
  proof.ask();
  await answer(preview(3));
  const fresh = proof.fresh();
  await answer(preview(4));
  await fresh;
  expect(proof.counts?.words).toBe(4);
});

test('a patch that does not fit asks for the whole page', async () => {
  await answer(preview(7));
  await answer(preview(8, { page: '<p>' }));
  expect(asked.map((request) => request.have)).toEqual([0, 0]);
  expect(proof.drawn).toBe(true);
});

test('an answer about an article that was left is not shown', async () => {
  proof.reset('another');
  proof.ask();
  await answer(preview(1, { page: '<p>' }));
  expect(shown).toEqual([]);
  await answer(preview(2, { page: '<p>' }));
  expect(asked.at(-1)?.article).toBe('another');
  expect(shown).toEqual([2]);
});

test('a broken template is told, and the last good page stays', async () => {
  await answer(preview(1, { page: '<p>' }));
  proof.ask();
  await answer({ code: 'template' });
  expect(proof.fault?.code).toBe('template');
  expect(proof.drawn).toBe(true);
  expect(proof.pageHash).toBe('hash 1');
});

test('what is asked for now is answered anew, not by a question on its way', async () => {
  const fresh = proof.fresh();
  await answer(preview(1, { page: '<p>' }));
  await answer(preview(2));
  expect(await fresh).toBe(true);
  expect(proof.pageHash).toBe('hash 2');
});
