import { expect, test } from 'vitest';
import { toolsAway } from './tool-line';

const GROUPS = [['heading', 'bold'], ['quote'], ['insert'], ['tidy']];
const WIDTHS = new Map(GROUPS.flat().map((tool) => [tool, 50]));
const SPACES = { gap: 2, line: 13, more: 30 };
const YIELDING = ['tidy', 'quote', 'bold'];

const away = (room: number) => [...toolsAway(GROUPS, WIDTHS, room, SPACES, YIELDING)];

test('what fits stays, and what does not goes in the order it was given', () => {
  // Five tools, three lines between the groups, seven gaps.
  const all = 5 * 50 + 3 * 13 + 7 * 2;
  expect(away(all)).toEqual([]);
  expect(away(all - 1)).toEqual(['tidy']);
  // Four tools, two lines and the menu.
  expect(away(4 * 50 + 2 * 13 + 30 + 6 * 2)).toEqual(['tidy']);
  // The menu's button needs room too.
  expect(away(4 * 50 + 2 * 13 + 30 + 6 * 2 - 1)).toEqual(['tidy', 'quote']);
  // A group without tools has no line either.
  expect(away(3 * 50 + 13 + 30 + 4 * 2)).toEqual(['tidy', 'quote']);
});

test('however narrow it gets, what never yields stays', () => {
  expect(away(0)).toEqual(YIELDING);
});

test('before anything was measured nothing goes', () => {
  expect([...toolsAway(GROUPS, new Map(), 0, { gap: 0, line: 0, more: 0 }, YIELDING)]).toEqual([]);
});
