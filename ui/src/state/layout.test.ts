import fc from 'fast-check';
import { expect, test } from 'vitest';
import { arrange, besideText, TEXT_WIDTH, WIDTHS, type Column, type Wishes } from './layout';

const usual: Wishes = {
  folded: { lists: false, articles: false, preview: false },
  drawer: undefined,
  articlesWidth: WIDTHS.articles.usual,
  previewWidth: WIDTHS.preview.usual,
  focus: false,
};

const shown = (width: number, wishes: Partial<Wishes> = {}) => {
  const { place } = arrange(width, { ...usual, ...wishes });
  return (['lists', 'articles', 'preview'] as const).filter((column) => place[column] !== 'away');
};

test('columns give way to the text as the window narrows, the preview last', () => {
  const check = (width: number, columns: Column[]) => expect(shown(width), `${width}`).toEqual(columns);
  check(1440, ['lists', 'articles', 'preview']);
  check(1280, ['articles', 'preview']);
  check(1024, ['preview']);
  check(800, []);
});

test('at 1440 every column has its usual width and the text its 32 characters', () => {
  const { width } = arrange(1440, usual);
  expect(width).toEqual({ lists: 176, articles: 260, preview: 404 });
});

test('a drawer comes where there is no room, and only then', () => {
  expect(arrange(800, { ...usual, drawer: 'articles' }).place.articles).toBe('drawer');
  expect(arrange(1440, { ...usual, drawer: 'articles' }).place.articles).toBe('column');
});

test('the text keeps its 32 characters whatever the writer asks for', () => {
  const wishes = fc.record({
    folded: fc.record({ lists: fc.boolean(), articles: fc.boolean(), preview: fc.boolean() }),
    drawer: fc.constantFrom<Column | undefined>('lists', 'articles', 'preview', undefined),
    articlesWidth: fc.integer({ min: 0, max: 5000 }),
    previewWidth: fc.integer({ min: 0, max: 5000 }),
    focus: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.integer({ min: TEXT_WIDTH, max: 4000 }), wishes, (windowWidth, asked) => {
      const { place, width } = arrange(windowWidth, asked);
      const columns = (['lists', 'articles', 'preview'] as const).filter((c) => place[c] === 'column');
      const taken = columns.reduce((sum, column) => sum + width[column], 0);
      expect(windowWidth - taken).toBeGreaterThanOrEqual(TEXT_WIDTH);
    }),
  );
});

test('focus mode leaves nothing but the text', () => {
  expect(shown(2000, { focus: true })).toEqual([]);
});

test('what floats over the text is clear of columns and drawers', () => {
  const check = (width: number, drawer: Column | undefined, beside: [start: number, end: number]) => {
    const wishes = { ...usual, drawer };
    const { start, end } = besideText(arrange(width, wishes), width);
    expect([start, end], `${width} ${drawer}`).toEqual(beside);
  };
  check(1440, undefined, [436, 404]);
  check(800, undefined, [0, 0]);
  check(800, 'lists', [220, 0]);
  check(800, 'articles', [260, 0]);
  check(800, 'preview', [0, 404]);
  // A drawer as wide as the window would leave no room to read.
  const wide = arrange(800, { ...usual, drawer: 'preview', previewWidth: 1100 });
  expect(besideText(wide, 800)).toEqual({ start: 0, end: 0 });
});
