import { history, undo } from '@codemirror/commands';
import { EditorState } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { expect, test } from 'vitest';
import './jsdom.fixture';
import { markdown } from './markdown';
import { tidied, tidy, wide } from './tidy';

function done(text: string): string {
  const state = EditorState.create({ doc: text, extensions: markdown.extension });
  return state
    .changes(tidied(state, 0, text.length))
    .apply(state.doc)
    .toString();
}

function check(cases: [string, string][]): void {
  expect(cases.map(([text]) => [text, done(text)])).toEqual(cases);
  // Tidying a tidy text changes nothing.
  expect(cases.map(([, after]) => [after, done(after)])).toEqual(cases.map(([, after]) => [after, after]));
}

test('indents of paragraphs go, full-width or not', () => {
  check([
    ['\u3000\u3000今天开放。', '今天开放。'],
    ['    今天开放。', '今天开放。'],
    ['今天开放。  ', '今天开放。'],
    ['\u3000\u3000甲说。\n\u3000\u3000乙说。', '甲说。\n\n乙说。'],
    ['- 甲\n  - 乙', '- 甲\n  - 乙'],
  ]);
});

test('blank lines become one paragraph break', () => {
  check([
    ['甲\n\n\n\n乙', '甲\n\n乙'],
    ['甲\n\u3000\n乙', '甲\n\n乙'],
    ['\n\n甲\n\n乙\n\n\n', '甲\n\n乙'],
    ['甲说完了。\n乙接着说。', '甲说完了。\n\n乙接着说。'],
    ['床前明月光，\n疑是地上霜。', '床前明月光，\n疑是地上霜。'],
    ['First line\nsecond line', 'First line\nsecond line'],
  ]);
});

test('punctuation between Han characters becomes full-width', () => {
  check([
    ['今天,我们开放', '今天，我们开放'],
    ['今天, 我们开放', '今天，我们开放'],
    ['记者:何敏', '记者：何敏'],
    ['开放了吗?开放了!', '开放了吗？开放了！'],
    ['今天开放.明天关闭.', '今天开放。明天关闭。'],
    ['步道(全长三公里)开放', '步道（全长三公里）开放'],
    ['他说"已经开放"了', '他说“已经开放”了'],
    ['等等...再说', '等等……再说'],
    ['等等。。。', '等等……'],
    ['他--何敏--说', '他——何敏——说'],
    ['**重点**,后文', '**重点**，后文'],
  ]);
});

test('numbers, Latin words, code, addresses and photos stay', () => {
  const photo = '![](photo:0198f3c2-5d5e-7abc-8def-0123456789ab)';
  const same = [
    '全长3.2公里, 6:00开放',
    '3,000人',
    'Hello, world. (yes)',
    '使用 v1.2, 见 a.b',
    '运行`甲,乙`即可',
    '```\n甲,乙\n\n\n丙\n```',
    '见[说明](https://example.org/甲,乙)后',
    '<https://example.org/甲,乙>',
    photo,
    '比分3:2',
    '| 甲,乙 | 丙 |\n| --- | --- |',
  ];
  check(same.map((text): [string, string] => [text, text.replace('| 甲,乙 |', '| 甲，乙 |')]));
});

test('the splices are as small as they can be', () => {
  expect(wide('今天,我们')).toEqual([{ from: 2, to: 3, insert: '，' }]);
});

test('it is one change, which one undo takes back', () => {
  const text = '\u3000\u3000今天,开放。\n\n\n\u3000\u3000明天,关闭。';
  const view = new EditorView({ doc: text, extensions: [markdown.extension, history()] });
  tidy(view);
  expect(view.state.doc.toString()).toBe('今天，开放。\n\n明天，关闭。');
  undo(view);
  expect(view.state.doc.toString()).toBe(text);
});
