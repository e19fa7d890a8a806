// From the text to its page, in the whole window over the fake core.
import { flushSync } from 'svelte';
import { expect, test } from 'vitest';
import { app } from '../../src/state/app.svelte';
import { applies, run } from '../../src/state/commands.svelte';
import { dialogs, openDialog } from '../../src/state/dialogs.svelte';
import { showList } from '../../src/state/lists.svelte';
import { open } from '../../src/state/open.svelte';
import { showPane } from '../../src/state/preview-pane.svelte';
import { tell, tellError, toasts } from '../../src/state/toasts.svelte';
import { calls, refusals } from '../fake/core';
import { all, find, nameOf, type, until } from '../roles';
import { enabled, start } from './start';

test('publishing asks first, carries the hash of the proof, and gives the address', async () => {
  await start();
  find('button', '发布').click();
  const dialog = await until(() => find('dialog', '发布这篇稿件？'));
  (await enabled('发布', dialog)).click();
  await until(() => find('button', 'http://127.0.0.1:4080/articles/7k2m9q4xw8tz.html'));
  expect(calls.find((call) => call.command === 'publish')?.request).toMatchObject({
    page_hash: 'f'.repeat(64),
  });
});

test('publishing that fails says why in its dialog, and can be tried again', async () => {
  await start();
  const values = { folder: '/mnt/site', reason: 'vanished' };
  refusals.set('publish', { code: 'site_folder', values, retry: true });
  run('publish');
  const dialog = await until(() => find('dialog', '发布这篇稿件？'));
  (await enabled('发布', dialog)).click();
  const alert = await until(() => all('alert', dialog).find((one) => one.textContent?.includes('/mnt/site')));
  expect(alert.textContent).toContain('不见了');
  expect(toasts).toEqual([]);
  refusals.clear();
  find('button', '发布', dialog).click();
  await until(() => find('dialog', '已发布'));
  expect(all('alert', dialog)).toEqual([]);
});

test('an article without a section asks for one only until it is out', async () => {
  await start();
  open.facts['section'] = '';
  flushSync();
  const section = find('combobox', '栏目') as HTMLSelectElement;
  const shown = () => section.selectedOptions[0]?.textContent;
  expect([shown(), section.matches('.wanted')]).toEqual(['未定', true]);
  open.authority.publication = 'live';
  flushSync();
  expect([shown(), section.matches('.wanted')]).toEqual(['无', false]);
});

test('a take-down or a named version that fails says why in its dialog', async () => {
  await start();
  const check = async (kind: 'take-down' | 'name-version', command: string, button: string) => {
    refusals.set(command, { code: 'disk_full', values: {}, retry: true });
    openDialog({ kind });
    flushSync();
    const dialog = all('dialog')[0] as HTMLElement;
    type(all('textbox', dialog)[0] as HTMLElement, '失实');
    flushSync();
    find('button', button, dialog).click();
    const alert = await until(() => all('alert', dialog)[0]);
    expect(alert.textContent).toContain('磁盘满了');
    dialogs.length = 0;
    flushSync();
  };
  await check('take-down', 'take_down', '撤稿');
  await check('name-version', 'name_revision', '保存');
});

test('what is told while a dialog is open stands in the dialog, and can be dismissed there', async () => {
  await start();
  tell('version', '版本已保存');
  openDialog({ kind: 'settings' });
  openDialog({ kind: 'confirm', title: '问', text: '', confirm: '好', danger: false, run: () => {} });
  tellError({ code: 'disk_full', values: {}, retry: true }, 'save');
  flushSync();
  const told = all('alert').filter((one) => all('button', one).length > 0);
  expect(told.map((one) => one.closest('dialog'))).toEqual([find('dialog', '问')]);
  expect(find('dialog', '问').textContent).not.toContain('版本已保存');
  find('button', '关闭提示', find('dialog', '问')).click();
  flushSync();
  expect(toasts.map(({ topic }) => topic)).toEqual(['version']);
});

test('a rebuilt site takes back what was told about its folder', async () => {
  await start('notice=site_folder');
  expect(app.notices).toHaveLength(1);
  tellError({ code: 'site_folder', values: {}, retry: true }, 'publish');
  run('rebuild-site');
  await until(() => toasts.some(({ text }) => text === '网站已重建'));
  expect(toasts).toHaveLength(1);
  expect(app.notices).toEqual([]);
});

test('a correction is seen on the page before it is published with it', async () => {
  await start('open=4');
  run('correct');
  const text = await until(() => find('textbox', '更正内容'));
  type(text, '全长应为三公里。');
  const asked = await until(() =>
    calls.findLast(
      ({ command, request }) => command === 'preview' && (request as { correction: unknown }).correction,
    ),
  );
  expect(asked.request).toMatchObject({ correction: { kind: 'correction', text: '全长应为三公里。' } });
  find('button', '更正并发布').click();
  const dialog = await until(() => find('dialog', '更新已发布的网页？'));
  expect(dialog.textContent).toContain('全长应为三公里。');
  (await enabled('更新发布', dialog)).click();
  const published = await until(() => calls.find(({ command }) => command === 'publish'));
  expect(published.request).toMatchObject({ correction: { text: '全长应为三公里。' } });
  await until(() => (all('textbox').some((one) => nameOf(one) === '更正内容') ? undefined : true));
  showList('drafts');
});

test('a retraction is asked twice, and never stands in the menu of taking down', async () => {
  await start('open=4');
  find('button', '更多操作').click();
  flushSync();
  const menu = all('menuitem').map(nameOf);
  expect(menu.some((name) => name.startsWith('撤稿'))).toBe(true);
  expect(menu.some((name) => name.includes('声明撤稿'))).toBe(false);
  showPane('info');
  flushSync();
  find('button', '声明撤稿…').click();
  const first = await until(() => find('dialog', '声明撤稿'));
  type(find('textbox', '声明', first), '本文内容失实，现予撤回。');
  type(find('textbox', '内部原因', first), '失实');
  flushSync();
  find('button', '下一步', first).click();
  const second = await until(() => find('dialog', '确定声明撤稿？'));
  const confirm = find('button', '声明撤稿', second) as HTMLButtonElement;
  expect(confirm.disabled).toBe(true);
  find('checkbox', '我明白：这篇稿件以后不能再发布', second).click();
  flushSync();
  confirm.click();
  const asked = await until(() => calls.find(({ command }) => command === 'retract'));
  expect(asked.request).toMatchObject({ reason: '失实', notice: '本文内容失实，现予撤回。' });
  // The end: the notice can be read, and nothing else be done with the article.
  await until(() => (open.authority.publication === 'retracted' ? true : undefined));
  flushSync();
  expect(document.body.textContent).toContain('已声明撤稿');
  expect(all('button').map(nameOf)).toContain('打开网页');
  find('button', '更多操作').click();
  flushSync();
  const left = all('menuitem').map(nameOf);
  for (const name of ['发布', '更正', '恢复上线', '撤稿'])
    expect(left.some((one) => one.startsWith(name))).toBe(false);
  for (const id of ['publish', 'correct', 'put-back', 'take-down']) expect(applies(id)).toBe(false);
  expect(all('button').map(nameOf)).not.toContain('声明撤稿…');
  showPane('preview');
  showList('drafts');
});
