import { expect, test } from 'vitest';
import { markdownParser } from './markdown';

/** The text with what is emphasised in brackets: 【strong】, 〖emphasis〗, ⟦struck⟧. */
function shown(text: string): string {
  const open: Record<string, string> = { StrongEmphasis: '【', Emphasis: '〖', Strikethrough: '⟦' };
  const close: Record<string, string> = { StrongEmphasis: '】', Emphasis: '〗', Strikethrough: '⟧' };
  let out = '';
  let at = 0;
  const upto = (to: number) => {
    out += text.slice(at, to);
    at = to;
  };
  markdownParser.parse(text).iterate({
    enter(node) {
      if (open[node.name]) {
        upto(node.from);
        out += open[node.name];
      } else if (/^(Emphasis|Strikethrough)Mark$/.test(node.name)) {
        upto(node.from);
        at = node.to;
      }
    },
    leave(node) {
      if (!close[node.name]) return;
      upto(node.to);
      out += close[node.name];
    },
  });
  upto(text.length);
  return out;
}

function check(cases: [string, string][]): void {
  expect(cases.map(([text]) => [text, shown(text)])).toEqual(cases);
}

test('quotation marks and full stops beside the marks do not break Chinese emphasis', () => {
  check([
    ['设计**“全程无障碍”**的步道', '设计【“全程无障碍”】的步道'],
    ['这是**重点。**后文照旧', '这是【重点。】后文照旧'],
    ['他说**（现场回应）**已经办妥', '他说【（现场回应）】已经办妥'],
    ['**《江城晚报》**今日刊发', '【《江城晚报》】今日刊发'],
    ['**真的开放了吗？**市民问', '【真的开放了吗？】市民问'],
    ['票价*（含保险）*未变', '票价〖（含保险）〗未变'],
    ['原定~~“九月底”~~改为十月', '原定⟦“九月底”⟧改为十月'],
    ['全长**3.2%**左右', '全长【3.2%】左右'],
    ['运行`step-1`**`step-2`**即可', '运行`step-1`【`step-2`】即可'],
    ['**[链接](https://example.org/)**之后', '【[链接](https://example.org/)】之后'],
  ]);
});

test('Japanese and Korean follow the same rule', () => {
  check([
    ['今日は**「祝日」**です', '今日は【「祝日」】です'],
    ['**駅前（北口）**に集合', '【駅前（北口）】に集合'],
    ['**약속(約束)**은 지킨다', '【약속(約束)】은 지킨다'],
  ]);
});

test('a Latin neighbour keeps the rule of CommonMark', () => {
  check([
    ['a**"b"**c', 'a**"b"**c'],
    ['say **"b"** now', 'say 【"b"】 now'],
    ['snake_case_name', 'snake_case_name'],
    ['_one_ and __two__', '〖one〗 and 【two】'],
    ['5 * 3 * 2', '5 * 3 * 2'],
    ['2**3**4', '2【3】4'],
    ['price~~$5~~off', 'price~~$5~~off'],
  ]);
});

test('the underscore stays a letter inside words of Chinese text', () => {
  check([
    ['文件_甲_乙', '文件_甲_乙'],
    ['（_甲_）', '（〖甲〗）'],
    ['甲 __乙__ 丙', '甲 【乙】 丙'],
  ]);
});

test('rare characters outside the basic plane count as Chinese, emoji do not', () => {
  check([
    ['𠮷**“野家”**𠮷', '𠮷【“野家”】𠮷'],
    ['😀**"x"**😀', '😀【"x"】😀'],
    ['a**“x”**😀', 'a**“x”**😀'],
    ['葛\u{E0100}**(注)**后', '葛\u{E0100}【(注)】后'],
    ['〽\uFE0E**(记)**后', '〽\uFE0E【(记)】后'],
  ]);
});

test('nesting and triple marks come out as CommonMark says', () => {
  check([
    ['**甲*乙*丙**', '【甲〖乙〗丙】'],
    ['***甲乙***丙', '〖【甲乙】〗丙'],
    ['**甲~~乙~~丙**丁', '【甲⟦乙⟧丙】丁'],
    ['甲*[乙*丙](u)*丁', '甲〖[乙*丙](u)〗丁'],
  ]);
});
