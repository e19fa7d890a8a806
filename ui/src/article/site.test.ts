import { expect, test } from 'vitest';
import type { SiteSettings } from '../host/generated';
import { invalidSetting, isFolder, isSame, isSlug, mergeSettings, proposeSlug } from './site';

const site = (part: Partial<SiteSettings>) =>
  ({
    name: '本地晚报',
    base_url: '',
    time_zone: 'Asia/Shanghai',
    rights_page: '',
    sections: [],
    ...part,
  }) as SiteSettings;
const section = (path: string, slug: string) => ({ path: path.split(' › '), slug });

test('the first setting that the core would refuse is named', () => {
  const check = (part: Partial<SiteSettings>, field: string | undefined) =>
    expect(invalidSetting(site(part)), JSON.stringify(part)).toBe(field);
  check({}, undefined);
  check({ name: ' ' }, 'name');
  for (const base_url of ['', 'https://news.example', 'http://127.0.0.1:4080', 'https://news.example/a'])
    check({ base_url }, undefined);
  for (const base_url of ['news.example', 'https://', 'https://news.example/', 'https://a b', 'https://a?b'])
    check({ base_url }, 'base_url');
  check({ time_zone: '北京' }, 'time_zone');
  for (const rights_page of [' ', 'https://news.example/terms?lang=zh#1']) check({ rights_page }, undefined);
  for (const rights_page of ['terms.html', 'https://', 'https://a b']) check({ rights_page }, 'rights_page');
  const logo = (n: number) => ({ mime: 'image/png', width: 0, height: 0, bytes: 'A'.repeat(n) });
  check({ logo: logo(130_000) }, undefined);
  check({ logo: logo(1_000_001) }, 'logo');
  check({ sections: [section('新闻', 'news'), section('', 'a')] }, 'sections.1.path');
  check({ sections: [section('新闻', '')] }, 'sections.0.slug');
  check({ sections: [section('新闻', 'News')] }, 'sections.0.slug');
  check({ sections: [section('新闻', 'news'), section('公告', 'news')] }, 'sections.1.slug');
  check({ sections: [section('新闻', 'news'), section('新闻', 'news-2')] }, 'sections.1.path');
});

test('a slug is what an address and a file name can hold', () => {
  for (const slug of ['news', '2026', 'com10', 'com0', 'a-b', 'a'.repeat(80)])
    expect(isSlug(slug)).toBe(true);
  for (const slug of ['', '-a', 'a-', 'a--b', 'A', '新闻', 'index', 'con', 'lpt1', 'a'.repeat(81)])
    expect(isSlug(slug), slug).toBe(false);
});

test('a new section gets a slug that can be', () => {
  const check = (path: string, taken: string[], slug: string) =>
    expect(proposeSlug({ path: path.split(' › ') }, taken)).toBe(slug);
  check('News › Local Sport 2', [], 'local-sport-2');
  check('Société', [], 'societe');
  check('AI 前沿', ['news'], 'ai');
  check('News', ['news'], 'news-2');
  check('News', ['news', 'news-2'], 'news-3');
  check('乡村振兴', ['news'], 'section-1');
  check('乡村振兴', ['section-1', 'section-2'], 'section-3');
  check('Index', [], 'section-1');
});

test('a folder is a whole path, or none', () => {
  for (const path of ['', ' ', '/home/news/site', 'D:\\site', 'd:/site', '\\\\server\\site'])
    expect(isFolder(path), path).toBe(true);
  for (const path of ['site', './site', '~/site', 'D:']) expect(isFolder(path), path).toBe(false);
});

test('what was typed is laid over what somebody else saved, and what both changed is named', () => {
  const options = (size: string) => ({ size, code: 'true' });
  const base = site({ hotline: '1', copyright: 'a', grey: false, theme_options: options('l') });
  const mine = { ...base, hotline: '2', grey: true, name: '都市', theme_options: options('l') };
  const theirs = {
    ...base,
    hotline: '3',
    grey: true,
    copyright: 'b',
    theme_options: { code: 'true', size: 'm' },
  };
  const merged = mergeSettings(base, mine, theirs);
  expect(merged.settings).toEqual({ ...theirs, hotline: '2', name: '都市' });
  expect(merged.both).toEqual(['hotline']);
});

test('two settings are the same in whatever order their parts are named', () => {
  expect(isSame({ a: 1, b: [{ c: 2, d: 3 }] }, { b: [{ d: 3, c: 2 }], a: 1 })).toBe(true);
  expect(isSame([1, 2], [2, 1])).toBe(false);
});
