import { expect, test } from 'vitest';
import {
  addKeyword,
  composedByline,
  contributors,
  findSection,
  keywords,
  moveEntry,
  newContributor,
  photos,
  type Facts,
} from './facts';

const people: Facts = {
  'contributor/p2/name': '何敏',
  'contributor/p2/role': '通讯员',
  'contributor/p2/order': 'a1',
  'contributor/p1/name': '林一舟',
  'contributor/p1/role': '记者',
  'contributor/p1/order': 'a0',
  'contributor/p3/name': '走了',
  'contributor/p3/order': 'a2',
  'contributor/p3/removed': '1',
};

test('contributors are read in their order, without the removed', () => {
  expect(contributors(people).map((person) => person.name)).toEqual(['林一舟', '何敏']);
});

test('a byline names a role once for its neighbours', () => {
  const person = (name: string, role: string) => ({ id: name, name, role, unit: '', order: '' });
  const check = (list: ReturnType<typeof person>[], byline: string) =>
    expect(composedByline(list)).toBe(byline);
  check(contributors(people), '记者 林一舟 通讯员 何敏');
  check([person('甲', '记者'), person('乙', '记者'), person('丙', '通讯员')], '记者 甲 乙 通讯员 丙');
  check([person('甲', ''), person(' ', '记者')], '甲');
  check([], '');
});

test('a new contributor stands last, and can be moved first', () => {
  const facts = { ...people, ...newContributor(people, 'p4', '摄影'), 'contributor/p4/name': '陈光' };
  expect(contributors(facts).at(-1)?.id).toBe('p4');
  let moved = facts;
  moved = { ...moved, ...moveEntry('contributor', contributors(moved), 'p4', -1) };
  moved = { ...moved, ...moveEntry('contributor', contributors(moved), 'p4', -1) };
  expect(contributors(moved).map((person) => person.id)).toEqual(['p4', 'p1', 'p2']);
  expect(moveEntry('contributor', contributors(moved), 'p4', -1)).toEqual({});
});

test('keywords keep their order and are not added twice', () => {
  let facts: Facts = {};
  for (const word of ['无障碍', ' 城市更新 ', '无障碍', '']) facts = { ...facts, ...addKeyword(facts, word) };
  expect(keywords(facts)).toEqual(['无障碍', '城市更新']);
  expect(keywords({ ...facts, 'keyword/无障碍': '' })).toEqual(['城市更新']);
});

test('a photo needs its bytes to be one', () => {
  const facts = { 'photo/a/sha': 'f'.repeat(64), 'photo/a/caption': '步道', 'photo/b/caption': '没有图' };
  expect(photos(facts).map((photo) => [photo.id, photo.caption, photo.creditKind])).toEqual([
    ['a', '步道', 'photo'],
  ]);
});

test('a section is found by its slug and by its path', () => {
  const sections = [{ path: ['新闻中心', '图片新闻'], slug: 'photos' }];
  expect(findSection(sections, 'photos')).toBe(sections[0]);
  expect(findSection(sections, '新闻中心/图片新闻')).toBe(sections[0]);
  expect(findSection(sections, '别的')).toBeUndefined();
});
