// The settings, in the whole window over the fake core.
import { flushSync } from 'svelte';
import { expect, test } from 'vitest';
import { app, hearNotice } from '../../src/state/app.svelte';
import { dialogs } from '../../src/state/dialogs.svelte';
import { sync } from '../../src/state/sync.svelte';
import { calls, refusals } from '../fake/core';
import { all, find, nameOf, type, until } from '../roles';
import { chooseServersSite, openSettings, start } from './start';

test('a setting that cannot be is told before anything is saved, in its pane and at its field', async () => {
  await start();
  const dialog = openSettings('栏目');
  find('button', '添加栏目', dialog).click();
  await until(() => document.activeElement?.id.startsWith('set-sections-'));
  const [path, slug] = all('textbox', dialog).slice(-2) as HTMLInputElement[];
  if (!path || !slug) throw new Error('no fields of a section');
  path.value = '乡村振兴';
  path.dispatchEvent(new Event('change', { bubbles: true }));
  flushSync();
  expect(slug.value).toBe('section-1');
  type(slug, 'Village News');
  find('tab', '站点', dialog).click();
  flushSync();
  find('button', '保存', dialog).click();
  await until(() => document.activeElement?.id.endsWith('-slug'));
  expect(document.activeElement?.getAttribute('aria-invalid')).toBe('true');
  expect(all('alert', dialog)[0]?.textContent).toContain('小写字母');
  expect(calls.some(({ command }) => command.startsWith('save_'))).toBe(false);
});

test('settings that were saved in part say which part', async () => {
  await start();
  const values = { folder: '/mnt/photos', reason: 'foreign' };
  refusals.set('save_preferences', { code: 'site_folder', values, retry: true });
  const dialog = openSettings('发布位置');
  type(find('textbox', '网站文件夹', dialog), '/mnt/photos');
  find('tab', '站点', dialog).click();
  flushSync();
  type(find('textbox', '网站名称', dialog), '本地晨报');
  find('button', '保存', dialog).click();
  const alert = await until(() => all('alert', dialog)[0]);
  expect(alert.textContent).toContain('已保存：本机网站。没有保存的：');
  expect(alert.textContent).toContain('里有别的文件');
  await until(() => document.activeElement === find('textbox', '网站文件夹', dialog));
  expect(app.settings?.name).toBe('本地晨报');
});

test('a bucket is tried out from the settings, and its secret travels apart from the choices', async () => {
  await start();
  const dialog = openSettings('发布位置');
  find('radio', '对象存储（S3）', dialog).click();
  flushSync();
  type(find('textbox', '存储桶', dialog), 'county-news');
  const secret = dialog.querySelector('input[type=password]') as HTMLInputElement;
  expect(nameOf(secret)).toBe('密钥');
  type(secret, 'a/b=c');
  const values = { reason: 'denied', place: 's3://county-news/www' };
  refusals.set('try_site_store', { code: 'site_store', values, retry: true });
  find('button', '测试', dialog).click();
  const told = await until(() => all('alert', dialog)[0]);
  expect(told.textContent).toContain('密钥不对');
  refusals.clear();
  find('button', '测试', dialog).click();
  await until(() => all('status', dialog).find((one) => one.textContent?.includes('可以发布到这里')));
  expect(calls.findLast(({ command }) => command === 'try_site_store')?.request).toMatchObject({
    store: { bucket: 'county-news', used: true },
    secret: 'a/b=c',
  });
  // Saved, it is what the core refuses: told at the field.
  const missing = { field: 'base_url_of_store' };
  refusals.set('save_preferences', { code: 'invalid_setting', values: missing, retry: false });
  find('button', '保存', dialog).click();
  await until(() => document.activeElement === find('textbox', '网站地址', dialog));
  refusals.clear();
  find('button', '保存', dialog).click();
  await until(() => (dialogs.length === 0 ? true : undefined));
  const saved = calls.findLast(({ command }) => command === 'save_preferences')?.request;
  expect(saved).toMatchObject({ store_secret: 'a/b=c', preferences: { site_store: { used: true } } });
  expect(JSON.stringify((saved as { preferences: unknown }).preferences)).not.toContain('a/b=c');
  await until(() => (app.preferences.site_store.used ? true : undefined));
  expect(JSON.stringify(app.preferences)).not.toContain('a/b=c');
});

test('the theme is chosen with its options, and what the other one does not know is forgotten', async () => {
  await start();
  const dialog = openSettings();
  find('tab', '主题', dialog).click();
  (await until(() => find('checkbox', '显示二维码', dialog))).click();
  flushSync();
  find('button', '保存', dialog).click();
  const saved = await until(() => calls.find(({ command }) => command === 'save_site_settings'));
  expect(saved.request).toMatchObject({ settings: { theme: 'county', theme_options: { code: 'false' } } });
});

test('a theme that breaks is told once, and taken back when it is mended', async () => {
  await start();
  const broken = (line: string) => ({
    code: 'template_broken',
    values: { file: 'page.html', line, detail: '…' },
  });
  hearNotice(broken('3'));
  hearNotice(broken('7'));
  flushSync();
  const banner = await until(() => all('status').find((one) => one.textContent?.includes('page.html')));
  expect(banner.textContent).toContain('第 7 行');
  find('button', '打开主题文件夹').click();
  await until(() => calls.find(({ command }) => command === 'show_theme_folder'));
  hearNotice({ code: 'theme_mended', values: {} });
  expect(app.notices).toEqual([]);
});

test('an administrator edits the site of the server, and keeps what was typed when somebody else saved', async () => {
  await start('newsroom=draft&role=admin&conflict');
  await until(() => sync.account?.roles.includes('admin'));
  const dialog = openSettings('站点');
  chooseServersSite(dialog);
  type(find('textbox', '报料热线', dialog), '12345');
  type(find('textbox', '网站名称', dialog), '都市新闻网');
  flushSync();
  const save = () => find('button', '保存', dialog) as HTMLButtonElement;
  save().click();
  const keep = await until(() => find('button', '载入最新的，保留我改的', dialog));
  expect(all('alert', dialog)[0]?.textContent).toContain('“程总编”刚刚保存过');
  expect((find('textbox', '网站名称', dialog) as HTMLInputElement).value).toBe('都市新闻网');
  expect(save().disabled).toBe(true);
  await until(() => document.activeElement === keep);
  keep.click();
  flushSync();
  await until(() => document.activeElement === save());
  expect(all('alert', dialog)[0]?.textContent).toContain('留的是您填的：报料热线');
  save().click();
  const saved = await until(() => calls.filter(({ command }) => command === 'save_server_settings')[1]);
  expect(saved.request).toMatchObject({
    version: 2,
    settings: { name: '都市新闻网', hotline: '12345', copyright: '© 2026' },
  });
  expect(calls.some(({ command }) => command === 'save_site_settings')).toBe(false);
});

test('a section of the server’s site keeps its address when it is renamed', async () => {
  await start('newsroom=draft&role=admin');
  await until(() => sync.account?.roles.includes('admin'));
  // As it would be proposed for its name.
  if (app.server) app.server.settings.sections = [{ path: ['都市'], slug: 'section-1' }];
  const dialog = openSettings('栏目');
  chooseServersSite(dialog);
  const [path, slug] = all('textbox', dialog) as HTMLInputElement[];
  if (!path || !slug) throw new Error('no fields of a section');
  path.value = 'Town';
  path.dispatchEvent(new Event('change', { bubbles: true }));
  flushSync();
  expect(slug.value).toBe('section-1');
});

test('settings that nobody touched follow what somebody else saves, and what was typed stays', async () => {
  await start('newsroom=draft&role=admin');
  await until(() => sync.account?.roles.includes('admin'));
  const dialog = openSettings('站点');
  chooseServersSite(dialog);
  const name = () => find('textbox', '网站名称', dialog) as HTMLInputElement;
  const theirs = (version: number, name: string) => {
    if (app.server) app.server = { version, settings: { ...app.server.settings, name } };
    flushSync();
  };
  theirs(2, '都市新闻网');
  expect(name().value).toBe('都市新闻网');
  type(name(), '晨报');
  theirs(3, '晚报');
  expect(name().value).toBe('晨报');
});

test('while settings are saved nothing can be typed that would be lost', async () => {
  await start();
  const dialog = openSettings('站点');
  type(find('textbox', '网站名称', dialog), '本地晨报');
  refusals.set('save_site_settings', { code: 'disk_full', values: {}, retry: true });
  const form = dialog.querySelector('form') as HTMLFormElement;
  find('button', '保存', dialog).click();
  flushSync();
  expect(form.inert).toBe(true);
  expect(all('status', dialog).map(nameOf)).toContain('正在保存…');
  await until(() => all('alert', dialog)[0]);
  flushSync();
  expect(form.inert).toBe(false);
});

test('a logo that is removed leaves the focus where another is chosen', async () => {
  await start();
  const dialog = openSettings('站点');
  const file = find('file', '选择图片…', dialog) as HTMLInputElement;
  const picture = new File(['\x89PNG'], 'logo.png', { type: 'image/png' });
  Object.defineProperty(file, 'files', { value: [picture], configurable: true });
  Object.defineProperty(file, 'value', { value: '', writable: true, configurable: true });
  file.dispatchEvent(new Event('change', { bubbles: true }));
  const remove = await until(() => find('button', '移除标志', dialog));
  remove.focus();
  remove.click();
  await until(() => document.activeElement === file);
  expect(file.isConnected).toBe(true);
  expect(all('button', dialog).map(nameOf)).not.toContain('移除标志');
});

test('the file of a footer icon can be typed letter by letter', async () => {
  await start();
  const dialog = openSettings('页脚');
  const icon = all('combobox', dialog).find((one) => nameOf(one) === '图标') as HTMLSelectElement;
  icon.value = 'file';
  icon.dispatchEvent(new Event('change', { bubbles: true }));
  flushSync();
  const file = find('textbox', '主题 assets 中的文件名', dialog) as HTMLInputElement;
  for (const text of ['', 'm', 'mail', 'mail.png']) {
    type(file, text);
    flushSync();
    expect(file.isConnected, text).toBe(true);
  }
});

test('who administers nothing is told whose settings these are', async () => {
  await start('newsroom=draft');
  await until(() => sync.account?.roles.join() === 'reporter');
  const dialog = openSettings('站点');
  expect(dialog.textContent).toContain('这里改的是本机网站');
  expect(all('radio', dialog)).toEqual([]);
});
