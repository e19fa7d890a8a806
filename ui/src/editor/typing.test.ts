import { EditorSelection } from '@codemirror/state';
import { type EditorView, keymap, runScopeHandlers } from '@codemirror/view';
import { expect, test } from 'vitest';
import { check, marked, viewOf } from './editor.fixture';
import { photoSource } from './photo';
import { offSeparators, typingKeys } from './typing';

const keys = [keymap.of(typingKeys), offSeparators];

function press(key: string, shiftKey = false) {
  return (view: EditorView) => {
    runScopeHandlers(view, new KeyboardEvent('keydown', { key, shiftKey }), 'editor');
  };
}

test('Enter makes a paragraph', () => {
  check(
    press('Enter'),
    [
      ['甲|', '甲\n\n|'],
      ['甲|乙', '甲\n\n|乙'],
      ['甲 | 乙', '甲\n\n|乙'],
      ['|甲', '\n\n|甲'],
      ['甲|\n\n乙', '甲\n\n|\n\n乙'],
      ['甲|\n乙', '甲\n\n|\n\n乙'],
      ['甲\n\n|', '甲\n\n\n|'],
      ['## 题|', '## 题\n\n|'],
      ['甲[乙]丙', '甲\n\n|丙'],
    ].map(([a = '', b = '']): [string, string] => [a, b]),
    keys,
  );
});

test('Enter goes on with a list and counts, and an empty item ends it', () => {
  check(
    press('Enter'),
    [
      ['- 甲|', '- 甲\n- |'],
      ['- 甲|乙', '- 甲\n- |乙'],
      ['* 甲|', '* 甲\n* |'],
      ['1. 甲|\n2. 乙\n3. 丙', '1. 甲\n2. |\n3. 乙\n4. 丙'],
      ['  - 甲|', '  - 甲\n  - |'],
      ['- 甲\n  - |', '- 甲\n- |'],
      ['- 甲\n- |', '- 甲\n\n|'],
      ['- 甲\n- |\n后文', '- 甲\n\n|\n\n后文'],
      ['> - 甲|', '> - 甲\n> - |'],
    ],
    keys,
  );
});

test('Enter goes on with a quote, and an empty line ends it', () => {
  check(
    press('Enter'),
    [
      ['> 甲|', '> 甲\n>\n> |'],
      ['> 甲\n>\n> |', '> 甲\n\n|'],
      ['> 甲\n> |', '> 甲\n\n|'],
    ],
    keys,
  );
});

test('Shift and Enter break the line within the paragraph', () => {
  check(
    press('Enter', true),
    [
      ['甲|乙', '甲\n|乙'],
      ['- 甲|', '- 甲\n  |'],
      ['> 甲|', '> 甲\n> |'],
    ],
    keys,
  );
});

test('Backspace at the start of a paragraph joins it with the one before, in one go', () => {
  check(
    press('Backspace'),
    [
      ['甲\n\n|乙', '甲|乙'],
      ['甲\n\n|', '甲|'],
      ['甲\n\n|\n\n乙', '甲|\n\n乙'],
    ],
    keys,
  );
});

test('Backspace after the marks of a line takes them off first', () => {
  check(
    press('Backspace'),
    [
      ['## |题', '|题'],
      ['- |甲', '|甲'],
      ['- 甲\n- |乙', '- 甲\n\n|乙'],
      ['> |甲', '|甲'],
      ['> - |甲', '> |甲'],
    ],
    keys,
  );
});

test('Delete at the end of a paragraph draws the next one up', () => {
  check(
    press('Delete'),
    [
      ['甲|\n\n乙', '甲|乙'],
      ['甲|\n\n## 乙', '甲|乙'],
    ],
    keys,
  );
});

const PHOTO = '![](photo:0198f3c2-5d5e-7abc-8def-0123456789ab)';

test('a photo is selected before it is taken away', () => {
  check(press('Backspace'), [[`甲\n\n${PHOTO}\n\n│乙`, `甲\n\n⟦${PHOTO}⟧\n\n乙`]], keys);
  check(press('Delete'), [[`甲│\n\n${PHOTO}\n\n乙`, `甲\n\n⟦${PHOTO}⟧\n\n乙`]], keys);
});

test('Enter on a selected photo opens it, at its end makes a paragraph', () => {
  const opened: string[] = [];
  const source = photoSource.of({
    photo: () => undefined,
    thumbnail: () => '',
    open: (id) => opened.push(id),
    words: (key) => key,
  });
  check(press('Enter'), [[`⟦${PHOTO}⟧`, `⟦${PHOTO}⟧`]], [keys, source]);
  expect(opened).toEqual(['0198f3c2-5d5e-7abc-8def-0123456789ab']);
  check(press('Enter'), [[`${PHOTO}│`, `${PHOTO}\n\n│`]], [keys, source]);
  expect(opened).toHaveLength(1);
});

test('the caret goes over the line between two paragraphs', () => {
  const go = (to: number) => (view: EditorView) => view.dispatch({ selection: EditorSelection.cursor(to) });
  check(go(2), [['甲|\n\n乙', '甲\n\n|乙']], keys);
  check(go(2), [['甲\n\n|乙', '甲|\n\n乙']], keys);
  // An empty paragraph of its own is a place to write.
  check(go(3), [['甲|\n\n\n\n乙', '甲\n\n|\n\n乙']], keys);
});

test('Tab goes through the cells of a table and adds a row at its end', () => {
  const table = '| 甲 | 乙 |\n| --- | --- |\n| 一 | 二 |';
  const view = viewOf(`│${table}`, keys);
  press('Tab')(view);
  expect(marked(view)).toBe('| ⟦甲⟧ | 乙 |\n| --- | --- |\n| 一 | 二 |');
  press('Tab')(view);
  press('Tab')(view);
  press('Tab')(view);
  expect(marked(view)).toBe('| 甲 | 乙 |\n| --- | --- |\n| 一 | ⟦二⟧ |');
  press('Tab')(view);
  expect(marked(view)).toBe(`${table}\n| │  |   |`);
  press('Tab', true)(view);
  expect(marked(view)).toBe('| 甲 | 乙 |\n| --- | --- |\n| 一 | ⟦二⟧ |\n|   |   |');
});

test('Enter in a table goes to the row below, and from an empty row out of the table', () => {
  check(
    press('Enter'),
    [
      ['| 甲│ | 乙 |\n| --- | --- |\n| 一 | 二 |', '| 甲 | 乙 |\n| --- | --- |\n| ⟦一⟧ | 二 |'],
      ['| 甲 | 乙 |\n| --- | --- |\n| 一│ | 二 |', '| 甲 | 乙 |\n| --- | --- |\n| 一 | 二 |\n| │  |   |'],
      ['| 甲 | 乙 |\n| --- | --- |\n| │  |   |', '| 甲 | 乙 |\n| --- | --- |\n\n│'],
    ],
    keys,
  );
});

test('Tab moves the items of a list in and out, and elsewhere leaves the text', () => {
  check(press('Tab'), [['- 甲\n- 乙|', '- 甲\n  - 乙|']], keys);
  check(press('Tab', true), [['- 甲\n  - 乙|', '- 甲\n- 乙|']], keys);
  check(press('Tab'), [['甲|', '甲|']], keys);
});
