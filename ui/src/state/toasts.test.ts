import { beforeEach, expect, test } from 'vitest';
import { toasts, tell, tellError, warn } from './toasts.svelte';

beforeEach(() => void toasts.splice(0));

test('the word about a full disk is never pushed out', () => {
  tellError({ code: 'disk_full', values: {}, retry: true }, 'save');
  for (let n = 1; n <= 9; n++) warn(`photos ${n}`, `photo ${n}`);
  tell('copy', 'copied');
  expect(toasts.map(({ topic }) => topic)).toEqual(['save', 'photos 9', 'copy']);
});
