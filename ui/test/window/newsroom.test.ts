// A newsroom: signing in, lists, colleagues and the sync, in the whole window over the fake core.
import { emit } from '@tauri-apps/api/event';
import { flushSync } from 'svelte';
import { expect, test } from 'vitest';
import { app, hearNotice, siteZone } from '../../src/state/app.svelte';
import { openDialog } from '../../src/state/dialogs.svelte';
import { currentEditor, open } from '../../src/state/open.svelte';
import { showPane } from '../../src/state/preview-pane.svelte';
import { listen } from '../../src/state/start';
import { heardSync, isSignedIn, signIn, sync } from '../../src/state/sync.svelte';
import { calls } from '../fake/core';
import { all, find, nameOf, type, until } from '../roles';
import { enabled, start } from './start';

test('signing in says in the dialog what was wrong, then asks which drafts go up and ticks none', async () => {
  await start();
  find('button', '林一舟 · 记者 登录').click();
  const dialog = await until(() => find('dialog', '登录编辑部'));
  type(find('textbox', '服务器地址', dialog), 'news.example');
  const password = document.querySelector<HTMLInputElement>('input[type="password"]');
  if (!password) throw new Error('no field for the password');
  type(password, 'wrong');
  flushSync();
  find('button', '登录', dialog).click();
  // No password is that short: nobody is asked.
  expect((await until(() => all('alert', dialog)[0])).textContent).toContain('密码或登录码不对');
  expect(calls.some(({ command }) => command === 'sign_in')).toBe(false);
  type(password, 'wrong password');
  flushSync();
  find('button', '登录', dialog).click();
  await until(() => calls.find((call) => call.command === 'sign_in'));
  const again = await enabled('登录', dialog);
  expect(all('alert', dialog)[0]?.textContent).toContain('密码或登录码不对');
  type(password, 'the right one');
  again.click();
  const asked = await until(() => calls.filter((call) => call.command === 'sign_in')[1]);
  expect(asked.request).toMatchObject({ server: 'https://news.example', name: '林一舟', drafts: [] });
  const drafts = await until(() => find('dialog', '已登录'));
  await until(() => find('button', '先都不传', drafts));
  const boxes = await until(() => {
    const found = all('checkbox', drafts) as HTMLInputElement[];
    return found.length > 1 ? found : undefined;
  });
  expect(boxes.some((box) => box.checked)).toBe(false);
  boxes[1]?.click();
  flushSync();
  find('button', '上传 1 篇', drafts).click();
  const up = await until(() => calls.find((call) => call.command === 'let_drafts_up'));
  expect((up.request as { drafts: string[] }).drafts).toHaveLength(1);
});

test('rows say where articles stand and whose they are, and a newsroom has its lists', async () => {
  await start('newsroom=review');
  const row = await until(() => find('option', '湖心岛步道今日开放 三公里全程无障碍'));
  await until(() => row.textContent?.includes('审核中'));
  expect(row.textContent).toContain('林一舟');
  const names = () => all('button', find('navigation', '分类')).map((one) => nameOf(one));
  for (const name of ['退回修改', '审核中', '待我审', '待发', '待用', '未采用'])
    await until(() => names().includes(name));
});

test('who reviews nothing has no list of what waits for it, and who works alone has three lists', async () => {
  await start('newsroom=draft');
  const names = () => all('button', find('navigation', '分类')).map((one) => nameOf(one));
  await until(() => names().includes('审核中') && !names().includes('待我审'));
  sync.account = undefined;
  flushSync();
  expect(names()).not.toContain('审核中');
});

test('a co-author is chosen by name among the newsroom, and taken out again', async () => {
  await start('newsroom=draft');
  showPane('info');
  flushSync();
  const select = (await until(() => find('combobox', '选择同事'))) as HTMLSelectElement;
  await until(() => select.options.length > 1);
  // The author and who writes already are not offered again.
  expect([...select.options].map((one) => one.label)).toEqual(['选择同事', '周小禾']);
  select.value = 'person-3';
  select.dispatchEvent(new Event('change', { bubbles: true }));
  flushSync();
  find('button', '添加合作者').click();
  const added = await until(() => calls.find((call) => call.command === 'add_co_author'));
  expect(added.request).toMatchObject({ person: 'person-3' });
});

test('the system says that a network is back, and the sync hears it', async () => {
  await start('newsroom=draft&sync=offline');
  await until(() => isSignedIn());
  window.dispatchEvent(new Event('online'));
  await until(() => calls.find((call) => call.command === 'network_returned'));
  sync.account = undefined;
  calls.length = 0;
  window.dispatchEvent(new Event('online'));
  expect(calls).toEqual([]);
});

test('the status line opens the outbox, which says why and what to do', async () => {
  await start('newsroom=draft&outbox&sync=offline');
  const line = await until(() =>
    all('button').find((one) => /离线 · 待上传 1 篇.*2 项没有送成/.test(nameOf(one))),
  );
  line.click();
  const dialog = await until(() => find('dialog', '发件箱'));
  expect(dialog.textContent).toContain('网页在您看过之后又变了');
  find('button', '再试一次', dialog).click();
  await until(() => calls.find((call) => call.command === 'retry'));
});

test('a new password that is too short is told at its field, and nobody is asked', async () => {
  await start();
  openDialog({ kind: 'sign-in' });
  flushSync();
  const dialog = find('dialog', '登录编辑部');
  find('radio', '一次性登录码', dialog).click();
  flushSync();
  type(find('textbox', '服务器地址', dialog), 'news.example');
  type(find('textbox', '一次性登录码', dialog), 'K7QM-2XNB');
  const password = dialog.querySelector('input[type=password]') as HTMLInputElement;
  expect(document.getElementById(password.getAttribute('aria-describedby') ?? '')?.textContent).toContain(
    '至少 10 个字符',
  );
  type(password, '短密码');
  flushSync();
  find('button', '登录', dialog).click();
  const told = await until(() => all('alert', dialog)[0]);
  expect(told.textContent).toContain('现在是 3 个');
  expect(document.activeElement).toBe(password);
  expect(calls.some(({ command }) => command === 'sign_in')).toBe(false);
});

test('a sync that stops says for each reason what to do', async () => {
  await start('newsroom=draft');
  const check = (reason: string, todo: string) => {
    hearNotice({ code: 'sync_stopped', values: { reason } });
    flushSync();
    const told = all('status').find((one) => one.textContent?.includes('都在本机'));
    expect(told?.textContent, reason).toContain(todo);
    app.notices.length = 0;
    flushSync();
  };
  check('signed_out', '请重新登录');
  check('other_newsroom', '请向管理员核对服务器');
  check('not_permitted', '请找管理员');
  check('too_old', '请升级清样');
  check('of a newer core', '请找管理员');
});

test('who is off line is told in the outbox what happens by itself, and what to do', async () => {
  await start('newsroom=draft&sync=offline');
  await until(() => sync.state.state === 'offline');
  openDialog({ kind: 'outbox' });
  flushSync();
  expect(find('dialog', '发件箱').textContent).toContain('网络一通就自动上传');
  heardSync({ state: 'up_to_date', reason: '' });
  flushSync();
  expect(find('dialog', '发件箱').textContent).not.toContain('网络一通就自动上传');
});

test('who has just signed in on a slow line is not told to be signed out, and who was signed out is', async () => {
  await start('after=signed_out');
  const request = { server: 'https://news.example', name: '林一舟', password: 'the right one', code: '' };
  expect(await signIn({ ...request, device_name: '这台电脑', drafts: [] })).toBeUndefined();
  flushSync();
  const footer = () => document.querySelector('footer')?.textContent;
  expect(footer()).toContain('同步中');
  heardSync({ state: 'signed_out', reason: '' });
  flushSync();
  expect(footer()).toContain('未登录');
});

test('an article of the server takes sections and language from its site, and one of this computer from its own', async () => {
  await start('newsroom=draft');
  const labels = () => [...(find('combobox', '栏目') as HTMLSelectElement).options].map((one) => one.label);
  await until(() => labels().includes('都市'));
  expect(document.querySelector('.cm-content')?.closest('[lang]')?.getAttribute('lang')).toBe('en');
  if (open.article) open.article.is_servers = false;
  flushSync();
  expect(labels()).not.toContain('都市');
  expect(labels().some((label) => label.includes('图片新闻'))).toBe(true);
});

test('what is pasted into an article of the server is offered by what its site may play', async () => {
  await start('newsroom=draft');
  const { view } = await until(() => currentEditor());
  const end = view.state.doc.length;
  view.dispatch({ changes: { from: end, insert: '\n\n' }, selection: { anchor: end + 2 } });
  view.dispatch({
    ...view.state.replaceSelection('https://city.example/lake.mp4'),
    userEvent: 'input.paste',
  });
  await until(() => document.querySelector('.cm-offer button'));
});

test('a role that was taken away is told, and what the window offers follows at once', async () => {
  await start('newsroom=review');
  const names = () => all('button', find('navigation', '分类')).map((one) => nameOf(one));
  await until(() => names().includes('待我审'));
  await listen();
  const account = { ...sync.account, roles: ['reporter'] };
  await emit('account', account);
  hearNotice({
    code: 'roles_taken',
    values: { newsroom: '本地融媒体中心', roles: 'responsible_editor publisher' },
  });
  await until(() => !names().includes('待我审'));
  expect(all('status').some((one) => one.textContent?.includes('责任编辑、发布员'))).toBe(true);
  app.notices.length = 0;
});

test('times are told by the clocks of the site that the article is for', async () => {
  await start('newsroom=draft');
  if (!app.settings || !app.server) throw new Error('both sites have settings');
  app.settings.time_zone = 'Asia/Urumqi';
  app.server.settings.time_zone = 'Asia/Shanghai';
  expect([siteZone(false), siteZone(true)]).toEqual(['Asia/Urumqi', 'Asia/Shanghai']);
  app.server = undefined;
  expect(siteZone(true)).toBe('Asia/Urumqi');
});
