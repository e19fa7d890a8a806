import { test } from 'vitest';
import { makeParagraph, toggleBulletList, toggleHeading, toggleOrderedList, toggleQuote } from './blocks';
import { check } from './editor.fixture';

test('a line becomes a heading, another heading, and plain again', () => {
  check(
    (view) => toggleHeading(view, 2),
    [
      ['小标|题', '## 小标|题'],
      ['|', '## |'],
      ['### 小标|题', '## 小标|题'],
      ['## 小标|题', '小标|题'],
      ['- 项|目', '## 项|目'],
      ['> 引|文', '> ## 引|文'],
    ],
  );
});

test('a heading taken off does not flow into its neighbours', () => {
  check((view) => toggleHeading(view, 2), [['前文\n## 标|题\n后文', '前文\n\n标|题\n\n后文']]);
});

test('lines become a bullet list, close together, and paragraphs again', () => {
  check(toggleBulletList, [
    ['甲|', '- 甲|'],
    ['[甲\n\n乙\n\n丙]', '- [甲\n- 乙\n- 丙]'],
    ['- [甲\n- 乙]', '[甲\n\n乙]'],
    ['1. [甲\n2. 乙]', '- [甲\n- 乙]'],
    ['前文\n甲|', '前文\n\n- 甲|'],
    ['## 甲|', '- 甲|'],
  ]);
});

test('an ordered list counts, and goes on from the list above', () => {
  check(toggleOrderedList, [
    ['[甲\n\n乙\n\n丙]', '1. [甲\n2. 乙\n3. 丙]'],
    ['- [甲\n- 乙]', '1. [甲\n2. 乙]'],
    ['1. 甲\n乙|', '1. 甲\n2. 乙|'],
    ['1. [甲\n2. 乙]', '[甲\n\n乙]'],
  ]);
});

test('a quote takes the blank lines between along', () => {
  check(toggleQuote, [
    ['甲|', '> 甲|'],
    ['[甲\n\n乙]', '> [甲\n>\n> 乙]'],
    ['> [甲\n>\n> 乙]', '[甲\n\n乙]'],
    ['- 甲|', '> - 甲|'],
    ['前文\n甲|\n后文', '前文\n\n> 甲|\n\n后文'],
  ]);
});

test('a plain paragraph has no marks', () => {
  check(makeParagraph, [
    ['## 甲|', '甲|'],
    ['> - 甲|', '甲|'],
    ['1. [甲\n2. 乙]', '[甲\n\n乙]'],
    ['甲|', '甲|'],
  ]);
});
