import fc from 'fast-check';
import { expect, test } from 'vitest';
import { orderBetween } from './order';

test('a place stands between its neighbours, wherever it is asked for', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(), { maxLength: 300 }), (picks) => {
      const places: string[] = [];
      for (const pick of picks) {
        const at = pick % (places.length + 1);
        places.splice(at, 0, orderBetween(places[at - 1], places[at]));
      }
      expect(places).toEqual([...places].sort((a, b) => (a < b ? -1 : 1)));
      expect(new Set(places).size).toBe(places.length);
      expect(places.every((place) => /^[a-zA-Z][0-9a-zA-Z]+$/.test(place))).toBe(true);
    }),
  );
});

test('either end of a list of a thousand stays short', () => {
  let [first, last] = [orderBetween(undefined, undefined), orderBetween(undefined, undefined)];
  for (let i = 0; i < 1000; i++) {
    const [ahead, behind] = [orderBetween(undefined, first), orderBetween(last, undefined)];
    expect(ahead < first && behind > last).toBe(true);
    [first, last] = [ahead, behind];
  }
  expect(first.length).toBeLessThan(5);
  expect(last.length).toBeLessThan(5);
});

test('what is no place counts as the end of the list', () => {
  expect(orderBetween('#', undefined)).toBe('a0');
  expect(orderBetween('a5', 'a5') > 'a5').toBe(true);
  expect(orderBetween('a9', 'a2') > 'a9').toBe(true);
});
