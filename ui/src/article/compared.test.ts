import fc from 'fast-check';
import { beforeAll, expect, test } from 'vitest';
import type { DiffRun } from '../host/generated';
import { setLanguage } from '../words/index.svelte';
import { comparedPieces } from './compared';

beforeAll(() => setLanguage('zh-Hans'));

const run = (kind: string, text: string): DiffRun => ({ kind, text, author: '' });
/** `[strong:全程]` for words with a look, `+…+` and `-…-` for what came and went. */
const shown = (...runs: DiffRun[]) =>
  comparedPieces(runs)
    .map(({ kind, text, looks }) => {
      const words = looks.length > 0 ? `[${looks.join(' ')}:${text}]` : text;
      return kind === 'same' ? words : kind === 'inserted' ? `+${words}+` : `-${words}-`;
    })
    .join('');

test('what both versions have shows its look and no marks', () => {
  const check = (text: string, expected: string) => expect(shown(run('same', text))).toBe(expected);
  check('新步道，**“全程无障碍”**是', '新步道，[strong:“全程无障碍”]是');
  check('## 写稿时\n\n正文', '[heading:写稿时]\n\n正文');
  check('- 甲\n- 乙', '[mark:•] 甲\n[mark:•] 乙');
  check('> 引语', '[quote mark:▎][quote: 引语]');
  check('*斜* ~~删~~', '[em:斜] [strike:删]');
  check('见[公告](https://news.example)。', '见[link:公告]。');
  check('前\n\n![](photo:0190a1b2-0000-7000-8000-00000000aaaa)\n\n后', '前\n\n〔图片〕\n\n后');
  check('三 * 四 # 五', '三 * 四 # 五');
});

test('a mark that came or went is to be seen', () => {
  expect(shown(run('inserted', '## '), run('same', '写稿时'))).toBe(
    '+[heading mark:〔小标题〕]+[heading:写稿时]',
  );
  expect(shown(run('inserted', '**'), run('same', '全程'), run('inserted', '**'))).toBe(
    '+[strong mark:**]+[strong:全程]+[strong mark:**]+',
  );
  expect(shown(run('deleted', '> '), run('same', '引语'))).toBe('-[quote mark:▎]--[quote: ]-引语');
  expect(
    shown(run('same', '前\n\n'), run('deleted', '![](photo:0190a1b2-0000-7000-8000-00000000aaaa)')),
  ).toBe('前\n\n-〔图片〕-');
});

test('words are neither lost nor doubled', () => {
  const words = fc.array(
    fc.record({ kind: fc.constantFrom('same', 'deleted', 'inserted'), text: fc.string() }),
  );
  fc.assert(
    fc.property(words, (runs) => {
      const letters = (text: string) => text.replace(/[^a-zA-Z]/g, '');
      const pieces = comparedPieces(runs.map(({ kind, text }) => run(kind, letters(text))));
      expect(pieces.map(({ text }) => text).join('')).toBe(runs.map(({ text }) => letters(text)).join(''));
    }),
  );
});
