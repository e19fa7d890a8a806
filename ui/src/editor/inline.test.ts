import { EditorState } from '@codemirror/state';
import { test } from 'vitest';
import { check } from './editor.fixture';
import { EMPHASIS, STRIKE, STRONG, toggleInline } from './inline';

const bold = (view: Parameters<typeof toggleInline>[0]) => toggleInline(view, STRONG);
const italic = (view: Parameters<typeof toggleInline>[0]) => toggleInline(view, EMPHASIS);
const strike = (view: Parameters<typeof toggleInline>[0]) => toggleInline(view, STRIKE);

test('a selection in Chinese text becomes bold without spaces around it', () => {
  check(bold, [
    ['今天[开放]了', '今天**[开放]**了'],
    ['设计[“全程无障碍”]的步道', '设计**[“全程无障碍”]**的步道'],
    ['[全文]', '**[全文]**'],
    ['前[ 中间 ]后', '前 **[中间]** 后'],
    ['前[\u3000中间]后', '前\u3000**[中间]**后'],
  ]);
});

test('the same command takes bold off again', () => {
  check(bold, [
    ['今天**[开放]**了', '今天[开放]了'],
    ['今天[**开放**]了', '今天[开放]了'],
    ['设计**“全程[无]障碍”**的', '设计**“全程**[无]**障碍”**的'],
    ['**[甲]乙丙**', '[甲]**乙丙**'],
    ['**甲乙[丙]**', '**甲乙**[丙]'],
    ['**one [two] three**', '**one** [two] **three**'],
  ]);
});

test('bold grows over what it touches instead of standing beside it', () => {
  check(bold, [
    ['**甲乙**[丙丁]', '**甲乙[丙丁]**'],
    ['[甲**乙**丙]', '**[甲乙丙]**'],
    ['**甲[乙**丙]', '**甲[乙丙]**'],
  ]);
});

test('marks do not cross others', () => {
  check(bold, [
    ['甲*乙[丙*丁]', '甲***乙[丙*丁]**'],
    ['*[甲乙]*', '***[甲乙]***'],
    ['见⟦[链接](https://example.org)后⟧文', '见**⟦[链接](https://example.org)后⟧**文'],
  ]);
});

test('bold beside a Latin letter leaves punctuation outside, where it would not work', () => {
  check(bold, [
    ['say[“x”]now', 'say[“**x**”]now'],
    ['say[“**x**”]now', 'say[“x”]now'],
  ]);
});

test('a selection over several lines is set line by line, without the marks that lines start with', () => {
  check(bold, [
    ['[甲\n\n乙]', '**[甲**\n\n**乙]**'],
    ['- [甲\n- 乙]', '- **[甲**\n- **乙]**'],
    ['[## 标题\n\n> 引文]', '## **[标题**\n\n> **引文]**'],
    ['**[甲**\n\n**乙]**', '[甲\n\n乙]'],
    ['**[甲**\n\n乙]', '**[甲**\n\n**乙]**'],
  ]);
});

test('with nothing selected the next words are bold, and a second time ends it', () => {
  check(bold, [
    ['今天|', '今天**|**'],
    ['今天**|**', '今天|'],
    ['今天**开放|**了', '今天**开放**|了'],
    ['今天**开|放**了', '今天开|放了'],
    ['one tw|o three', 'one **tw|o** three'],
    ['今|天', '今**|**天'],
  ]);
});

test('italic and struck-through do the same', () => {
  check(italic, [
    ['今天[开放]了', '今天*[开放]*了'],
    ['今天*[开放]*了', '今天[开放]了'],
    ['今天**[开放]**了', '今天***[开放]***了'],
    ['今天**|**', '今天***|***'],
  ]);
  check(strike, [
    ['今天[开放]了', '今天~~[开放]~~了'],
    ['今天~~[开放]~~了', '今天[开放]了'],
  ]);
});

test('code, rules and photos are left alone', () => {
  const photo = '![](photo:0198f3c2-5d5e-7abc-8def-0123456789ab)';
  check(bold, [
    ['⟦---⟧', '⟦---⟧'],
    [`⟦${photo}⟧`, `⟦${photo}⟧`],
    ['```\n⟦code⟧\n```', '```\n⟦code⟧\n```'],
  ]);
});

test('a read-only text stays as it is', () => {
  check(bold, [['今天[开放]了', '今天[开放]了']], EditorState.readOnly.of(true));
});
