import { describe, expect, test } from 'vitest';
import {
  embedMarkdown,
  galleryItem,
  galleryOfSelection,
  insertFootnote,
  insertRuby,
  isAllowedHost,
  isWebAddress,
  togglePullQuote,
} from './dialect';
import { check } from './editor.fixture';

const [ONE, TWO] = ['0198f3c2-5d5e-7abc-8def-0123456789ab', '0198f3c2-5d5e-7abc-8def-0123456789ac'];

describe('footnotes', () => {
  test('a mark stands at the caret, and the note is written at the end', () => {
    check(insertFootnote, [
      ['水位│上涨。', '水位[^1]上涨。\n\n[^1]: │'],
      ['水位[^1]上涨│。\n\n[^1]: 据水文站。', '水位[^1]上涨[^2]。\n\n[^1]: 据水文站。\n[^2]: │'],
      ['一[^b]二│', '一[^b]二[^1]\n\n[^1]: │'],
    ]);
  });
});

describe('pull quotes', () => {
  test('a paragraph becomes one and plain again, its marks and its speaker with it', () => {
    check(togglePullQuote, [
      ['走得顺│，才算修好了路。', '> **走得顺，才算修好了路。**│'],
      ['> **走得顺，│才算修好了路。**', '走得顺，才算修好了路。│'],
      ['> 走得│顺\n> —— 周晓河', '> **走得顺**\n> —— 周晓河│'],
      ['上\n\n走得**顺**│\n\n下', '上\n\n> **走得顺**│\n\n下'],
      ['│', '> **│**'],
    ]);
  });
});

describe('galleries', () => {
  test('photos that are selected become one, and nothing else does', () => {
    check(galleryOfSelection, [
      [`⟦![](photo:${ONE})\n\n![](photo:${TWO})⟧`, `- ![](photo:${ONE})\n- ![](photo:${TWO})│`],
      [`⟦![](photo:${ONE})\n\n文字⟧`, `⟦![](photo:${ONE})\n\n文字⟧`],
    ]);
    expect(galleryItem(`- ![说明](photo:${ONE})`)).toBe(ONE);
    expect(galleryItem(`- ![](photo:${ONE}) 后`)).toBeUndefined();
  });
});

describe('readings', () => {
  test('the selected characters get one, and without any they are typed first', () => {
    check(insertRuby, [
      ['⟦湖心⟧岛', '{湖心|│}岛'],
      ['岛│', '岛{│|}'],
    ]);
  });
});

describe('players and maps', () => {
  test('an address becomes a link that says what it is', () => {
    const address = 'https://media.example/a (1).mp4';
    expect(embedMarkdown({ kind: 'video', address, caption: '步道[全程]', poster: ONE })).toBe(
      `[步道\\[全程\\]](https://media.example/a%20%281%29.mp4 "video photo:${ONE}")`,
    );
    expect(embedMarkdown({ kind: 'map', address: 'https://map.example/x', caption: ' ' })).toBe(
      '[map.example](https://map.example/x "map")',
    );
  });

  test('only whole addresses of the web are taken, and hosts by their whole names', () => {
    expect(['https://a.example/x', 'http://a.example'].every(isWebAddress)).toBe(true);
    expect(['a.example', 'javascript:alert(1)', 'data:text/html,x', ''].some(isWebAddress)).toBe(false);
    expect(isAllowedHost('media.example', ['Media.example '])).toBe(true);
    expect(isAllowedHost('evil-media.example', ['media.example'])).toBe(false);
  });
});
