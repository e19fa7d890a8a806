import { beforeAll, expect, test } from 'vitest';
import { setLanguage } from '../words/index.svelte';
import { shownDifferences } from './differences';

beforeAll(() => setLanguage('zh-Hans'));

const facts = {
  'photo/p/sha': 'f'.repeat(64),
  'photo/p/caption': '步道',
  'contributor/c/name': '林一舟',
  'contributor/c/removed': '1',
};
const settings = { sections: [{ path: ['新闻中心', '图片新闻'], slug: 'photos' }] } as never;

test('facts that differ are told in words, and bytes are not told', () => {
  const check = (key: string, before: string, after: string, told: string) => {
    const shown = shownDifferences([{ key, before, after }], facts, settings);
    expect(shown.map((one) => `${one.label}: ${one.before} → ${one.after}`).join()).toBe(told);
  };
  check('headline', '甲', '乙', '标题: 甲 → 乙');
  check('photo/p/sha', '', 'f'.repeat(64), '');
  check('contributor/c/order', 'a0', 'a1', '');
  check('section', '', 'photos', '栏目:  → 新闻中心 › 图片新闻');
  check('source_category', 'staff', 'reprint', '来源类别: 自采 → 转载');
  check('lead_photo', '', 'p', '题图:  → 步道');
  check('keyword/无障碍', '', 'a0', '关键词:  → 无障碍');
  check('contributor/c/removed', '', '1', '作者: 林一舟 → ');
  check('photo/p/caption', '', '步道', '图片说明:  → 步道');
});
