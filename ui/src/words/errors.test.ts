import { afterEach, expect, test } from 'vitest';
import type { ErrorCode } from '../host/generated';
import { describeError } from './errors';
import { setLanguage } from './index.svelte';

const error = (code: ErrorCode, values: Record<string, string> = {}) => ({ code, values, retry: false });
const folder = '/mnt/site';
const size = { megapixels: '12', max_megapixels: '80', megabytes: '5', max_megabytes: '60' };

/** Every error as the core sends it, with all values it may have. */
const SENT = [
  error('disk_full'),
  error('disk_full', { folder, detail: 'no space left' }),
  error('read_only'),
  error('library_in_use', { raised: 'true' }),
  error('library_too_new'),
  error('library_too_new', { found: '9', known: '1' }),
  error('library_foreign', { path: '/home/lin/galley' }),
  error('library_damaged', { detail: 'malformed' }),
  error('library_damaged', { folder, detail: 'malformed' }),
  error('article_missing'),
  error('article_damaged'),
  error('out_of_step'),
  error('too_long', { max: '20000', field: 'summary' }),
  error('too_long', { max: '20000', field: 'contributor/0190a1b2/name' }),
  error('too_long', { max: '200000', field: 'body' }),
  error('too_long', { max: '200000', field: 'body', length: '5000000', from: 'clipboard' }),
  error('photo_unreadable'),
  error('photo_unreadable', { folder: 'ab12', detail: 'the photo is gone' }),
  error('photo_too_large', { ...size, megapixels: '100' }),
  error('photo_too_large', { ...size, megabytes: '61' }),
  error('photo_format', { format: 'HEIC' }),
  error('page_changed'),
  error('not_ready'),
  error('not_ready', { reason: 'in_trash' }),
  error('not_ready', { reason: 'live' }),
  error('not_ready', { reason: 'not_in_trash' }),
  error('not_ready', { reason: 'reason_missing' }),
  error('not_ready', { reason: 'not_live' }),
  error('not_ready', { reason: 'not_taken_down' }),
  error('not_ready', { reason: 'canceled' }),
  error('not_ready', { reason: 'not_permitted' }),
  error('not_ready', { reason: 'not_approved', stage: '1' }),
  error('not_ready', { reason: 'name_invalid', max: '40' }),
  error('not_ready', { reason: 'photo_missing', sha256: 'ab12' }),
  error('not_ready', { reason: 'photo_unknown', n: '2' }),
  error('not_ready', { reason: 'embargoed', until: '1795000000000' }),
  error('not_ready', { reason: 'slug_invalid', slug: 'A', proposal: 'a' }),
  error('not_ready', { reason: 'headline_missing section_missing' }),
  error('not_ready', { reason: 'too_long placeholder address_invalid' }),
  error('slug_taken', { slug: 'lake', proposal: 'lake-2', reason: 'slug_taken' }),
  error('invalid_setting', { field: 'server' }),
  error('offline'),
  error('site_folder'),
  error('site_folder', { folder, reason: 'vanished' }),
  error('site_folder', { folder, reason: 'foreign' }),
  error('site_folder', { folder, reason: 'unwritable' }),
  error('site_folder', { folder }),
  error('site_folder', { detail: 'a page reads back otherwise' }),
  error('site_folder', { folder, detail: 'a page reads back otherwise' }),
  error('site_store', { place: 's3://county-news/www', reason: 'of a newer core' }),
  ...[
    'no_bucket',
    'denied',
    'full',
    'busy',
    'unreachable',
    'refused',
    'foreign',
    'other_newsroom',
    'vanished',
    'no_secret',
  ].map((reason) =>
    error('site_store', { place: 's3://county-news/www', reason, detail: '400 Bad Request' }),
  ),
  error('template', { file: 'article.html', line: '3', detail: 'unexpected end' }),
  error('template', { folder: '', detail: 'article.html: unexpected end' }),
  error('invalid_setting', { field: 'name' }),
  error('invalid_setting', { field: 'base_url' }),
  error('invalid_setting', { field: 'time_zone' }),
  error('invalid_setting', { field: 'sections.4.path' }),
  error('invalid_setting', { field: 'sections.4.slug' }),
  error('invalid_setting', { field: 'site_folder' }),
  error('invalid_setting', { field: 'logo' }),
  error('invalid_setting', { field: 'rights_page' }),
  error('invalid_setting', { field: 'base_url_of_store' }),
  ...['endpoint', 'bucket', 'prefix', 'key_id'].map((field) =>
    error('invalid_setting', { field: `site_store.${field}` }),
  ),
  error('invalid_setting', { field: 'version', current: '7' }),
  error('text_moved'),
  error('revision_missing'),
  error('internal', { detail: 'the library: locked' }),
];

afterEach(() => setLanguage('zh-Hans'));

test.each(['zh-Hans', 'en'] as const)('every error the core sends is a whole sentence (%s)', (language) => {
  setLanguage(language);
  for (const sent of SENT) {
    const sentence = describeError(sent);
    const what = `${sent.code} ${JSON.stringify(sent.values)}: ${sentence}`;
    expect(sentence, what).not.toMatch(/[{}]|undefined|NaN/);
    expect(sentence, what).not.toContain(`(${sent.code})`);
    expect(sentence, what).not.toContain(`（${sent.code}）`);
    expect(sentence, what).not.toMatch(/sections\.\d|site_folder|site_store|base_url/);
  }
});

test('causes of one code are told apart', () => {
  const check = (sent: Parameters<typeof describeError>[0], ...words: (string | RegExp)[]) => {
    for (const word of words) expect(describeError(sent)).toMatch(word);
  };
  check(error('photo_too_large', { ...size, megabytes: '61' }), '61 MB', '最多 60 MB');
  check(error('photo_too_large', { ...size, megapixels: '100' }), '100 百万像素', '最多 80 百万像素');
  check(error('site_folder', { folder, reason: 'foreign' }), '里有别的文件', '空文件夹');
  check(error('site_folder', { folder, reason: 'vanished' }), '不见了');
  check(error('site_folder', { folder, reason: 'unwritable' }), '不能写入');
  const store = (reason: string) => error('site_store', { place: 's3://county-news/www', reason });
  check(store('denied'), '密钥不对');
  check(store('no_bucket'), '没有这个存储桶');
  check(store('unreachable'), '连不上');
  check(store('other_newsroom'), '另一个编辑部的网站');
  check(error('invalid_setting', { field: 'sections.4.slug' }), '第 5 个栏目', '小写字母');
  check(error('settings_moved', { name: '程总编', current: '7' }), '“程总编”刚刚保存过');
  check(error('settings_moved', { name: '', current: '7' }), '在别处保存过');
  check(error('not_ready', { reason: 'in_trash' }), '在回收站里');
  check(error('not_ready', { reason: 'reason_missing' }), '撤稿要写明原因');
  check(error('not_ready', { reason: 'headline_missing section_missing' }), '还没有标题；还没有选栏目');
  check(error('too_long', { max: '200000', field: 'body', length: '5000000', from: 'clipboard' }), /200,000/);
  check(error('too_long', { max: '20000', field: 'summary' }), '“摘要”太长');
  check(error('disk_full', { folder, detail: '' }), '放网站的磁盘满了');
});
