// The whole window over the fake core, found by role and name in both languages.
import { emit } from '@tauri-apps/api/event';
import { flushSync, mount, tick, unmount } from 'svelte';
import { afterEach, expect, test } from 'vitest';
import Window from '../src/parts/Window.svelte';
import { currentEditor, open } from '../src/state/open.svelte';
import { dialogs, openDialog, type DialogState } from '../src/state/dialogs.svelte';
import { more } from '../src/state/fields.svelte';
import { lists, showList } from '../src/state/lists.svelte';
import { app, hearNotice } from '../src/state/app.svelte';
import { applies, run } from '../src/state/commands.svelte';
import { insertPhotos } from '../src/state/photos.svelte';
import { begin, listen } from '../src/state/start';
import { isSignedIn, sync } from '../src/state/sync.svelte';
import { tell, tellError, toasts } from '../src/state/toasts.svelte';
import { showPane } from '../src/state/preview-pane.svelte';
import { calls, installFakeCore, refusals } from './fake/core';
import { all, find, nameOf, press, type, until } from './roles';

let window_: Record<string, unknown> | undefined;

async function start(query = ''): Promise<void> {
  installFakeCore(new URLSearchParams(query));
  window_ = mount(Window, { target: document.body });
  await begin();
  if (!query.includes('open=none')) await until(() => currentEditor());
  await tick();
}

afterEach(async () => {
  dialogs.length = 0;
  toasts.length = 0;
  if (window_) await unmount(window_);
  window_ = undefined;
  open.article = undefined;
  document.body.innerHTML = '';
});

test('the last article is open, its facts in fields of their names', async () => {
  await start();
  const check = (name: string, value: string) =>
    expect((find('textbox', name) as HTMLInputElement).value).toBe(value);
  check('标题', '湖心岛步道今日开放 三公里全程无障碍');
  check('引题', '城市更新进行时');
  check('来源', '本地晚报');
  expect((find('combobox', '栏目') as HTMLSelectElement).value).toBe('photos');
  expect(nameOf(find('textbox', '正文'))).toBe('正文');
  await until(() => find('option', '湖心岛步道今日开放 三公里全程无障碍'));
});

test('what is typed into a field is a draft at once and set when the field is left', async () => {
  await start();
  const headline = find('textbox', '标题');
  headline.focus();
  type(headline, '湖心岛步道开放');
  headline.blur();
  const set = await until(() => calls.find((call) => call.command === 'set_fields'));
  expect(set.request).toMatchObject({ fields: { headline: '湖心岛步道开放' } });
});

test('nothing is sent while an input method is composing', async () => {
  await start();
  const headline = find('textbox', '标题') as HTMLTextAreaElement;
  const before = calls.length;
  headline.value = 'hu xin';
  headline.dispatchEvent(new InputEvent('input', { bubbles: true, isComposing: true }));
  press({ key: 'n', ctrlKey: true, isComposing: true }, headline);
  await tick();
  expect(calls.slice(before).filter((call) => /fields|create/.test(call.command))).toEqual([]);
});

test('a note to editors is sent when its words are chosen, and not before', async () => {
  await start();
  more.open = true;
  flushSync();
  const note = find('textbox', '稿件备注（不发布）') as HTMLTextAreaElement;
  note.value = 'he dui';
  note.dispatchEvent(new InputEvent('input', { bubbles: true, isComposing: true }));
  expect(open.facts['editor_note'] ?? '').toBe('');
  note.value = '核对';
  note.dispatchEvent(new CompositionEvent('compositionend', { bubbles: true }));
  expect(open.facts['editor_note']).toBe('核对');
  more.open = false;
});

test('a new article is made with its key, and the headline waits for words', async () => {
  await start();
  press({ key: 'n', ctrlKey: true });
  await until(() => (find('textbox', '标题') as HTMLInputElement).value === '');
  await until(() => document.activeElement === find('textbox', '标题'));
});

test('publishing asks first, carries the hash of the proof, and gives the address', async () => {
  await start();
  find('button', '发布').click();
  const dialog = await until(() => find('dialog', '发布这篇稿件？'));
  const confirm = await until(() => {
    const button = find('button', '发布', dialog) as HTMLButtonElement;
    return button.disabled ? undefined : button;
  });
  confirm.click();
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
  const confirm = await until(() => {
    const button = find('button', '发布', dialog) as HTMLButtonElement;
    return button.disabled ? undefined : button;
  });
  confirm.click();
  const alert = await until(() => all('alert', dialog).find((one) => one.textContent?.includes('/mnt/site')));
  expect(alert.textContent).toContain('不见了');
  expect(toasts).toEqual([]);
  refusals.clear();
  find('button', '发布', dialog).click();
  await until(() => find('dialog', '已发布'));
  expect(all('alert', dialog)).toEqual([]);
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

test('photos that cannot be taken are told together, by name; what is no picture too', async () => {
  await start();
  refusals.set('add_photo', { code: 'photo_format', values: { format: 'HEIC' }, retry: false });
  const photo = (name: string) => new File(['x'], name, { type: 'image/heic' });
  await insertPhotos([photo('a.heic'), photo('b.heic'), new File(['x'], '稿件.docx')]);
  expect(toasts.map(({ text }) => text)).toEqual([
    expect.stringContaining('没有放进来：稿件.docx'),
    expect.stringContaining('有 2 张图片没有添加'),
  ]);
  expect(toasts[1]?.lines).toEqual([expect.stringMatching(/^a\.heic、b\.heic：不支持 HEIC/)]);
  await insertPhotos([photo('c.heic')]);
  expect(toasts[2]?.text).toMatch(/^“c\.heic”没有添加：不支持 HEIC/);
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

test('a setting that cannot be is told before anything is saved, in its pane and at its field', async () => {
  await start();
  openDialog({ kind: 'settings' });
  flushSync();
  const dialog = find('dialog', '设置');
  find('tab', '栏目', dialog).click();
  flushSync();
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
  openDialog({ kind: 'settings' });
  flushSync();
  const dialog = find('dialog', '设置');
  find('tab', '发布位置', dialog).click();
  flushSync();
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
  openDialog({ kind: 'settings' });
  flushSync();
  const dialog = find('dialog', '设置');
  find('tab', '发布位置', dialog).click();
  flushSync();
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

test('tools that have no room wait in a menu that the arrow keys reach', async () => {
  // A line of 320 pixels, and tools of 60.
  const [client, offset] = ['clientWidth', 'offsetWidth'].map((name) =>
    Object.getOwnPropertyDescriptor(HTMLElement.prototype, name),
  );
  Object.defineProperty(HTMLElement.prototype, 'clientWidth', { value: 320, configurable: true });
  Object.defineProperty(HTMLElement.prototype, 'offsetWidth', { value: 60, configurable: true });
  try {
    await start();
    flushSync();
    const bar = document.querySelector('[role=toolbar]') as HTMLElement;
    const heading = find('button', '小标题', bar);
    heading.focus();
    press({ key: 'ArrowLeft' }, heading);
    const more = find('button', '更多工具', bar);
    expect(document.activeElement).toBe(more);
    more.click();
    flushSync();
    const waiting = all('menuitem', bar).map(nameOf);
    expect(waiting.some((name) => name.startsWith('一键排版'))).toBe(true);
    expect(waiting.some((name) => name.startsWith('小标题'))).toBe(false);
    const italic = all('menuitemcheckbox', bar).find((one) => nameOf(one).startsWith('斜体'));
    expect(italic?.getAttribute('aria-checked')).toBe('false');
  } finally {
    for (const [name, before] of Object.entries({ clientWidth: client, offsetWidth: offset })) {
      if (before) Object.defineProperty(HTMLElement.prototype, name, before);
      else Reflect.deleteProperty(HTMLElement.prototype, name);
    }
  }
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
  const confirm = await until(() => {
    const button = find('button', '更新发布', dialog) as HTMLButtonElement;
    return button.disabled ? undefined : button;
  });
  confirm.click();
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

test('the theme is chosen with its options, and what the other one does not know is forgotten', async () => {
  await start();
  openDialog({ kind: 'settings' });
  flushSync();
  const dialog = find('dialog', '设置');
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

test('an embed asks for a whole address, and says when it will be a plain link', async () => {
  await start();
  run('video');
  const dialog = await until(() => find('dialog', '插入视频'));
  const address = find('textbox', '网址', dialog);
  type(address, 'media.example/a.mp4');
  flushSync();
  find('button', '插入', dialog).click();
  expect((await until(() => all('alert', dialog)[0])).textContent).toContain('https://');
  type(address, 'https://elsewhere.example/a.mp4');
  flushSync();
  expect(dialog.textContent).toContain('elsewhere.example 不在允许的网站里');
  type(address, 'https://media.example/a.mp4');
  type(find('textbox', '说明', dialog), '步道');
  flushSync();
  find('button', '插入', dialog).click();
  await until(
    () =>
      currentEditor()?.view.state.doc.toString().includes('[步道](https://media.example/a.mp4 "video")') ||
      undefined,
  );
});

test('another page of the site is shown as it will be', async () => {
  await start();
  (await until(() => find('button', '看哪一页'))).click();
  flushSync();
  const home = all('menuitemradio').find((one) => nameOf(one) === '首页');
  home?.click();
  await until(() =>
    calls.find(
      ({ command, request }) =>
        command === 'preview_index' && (request as { address: string }).address === '/',
    ),
  );
  find('button', '看哪一页').click();
  flushSync();
  all('menuitemradio')
    .find((one) => nameOf(one) === '稿件页')
    ?.click();
});

test('an article that is published is found in its list at the start', async () => {
  await start('open=4');
  expect(open.article?.list).toBe('published');
  await until(() => find('button', '已发').getAttribute('aria-current') === 'page');
  expect(lists.rows.total).toBeGreaterThan(0);
  showList('drafts');
});

test('an embargo is entered and shown by the clocks of the site, and says so', async () => {
  await start();
  more.open = true;
  flushSync();
  find('button', '解禁时间').click();
  const field = await until(
    () => document.querySelector<HTMLInputElement>('input[type="datetime-local"]') ?? undefined,
  );
  expect(document.getElementById(field.getAttribute('aria-describedby') ?? '')?.textContent).toBe(
    '中国标准时间',
  );
  field.value = '2026-11-25T08:00';
  field.dispatchEvent(new Event('change', { bubbles: true }));
  // What an earlier test typed may still be on its way.
  const isEmbargo = ({ command, request }: (typeof calls)[number]) =>
    command === 'set_fields' && 'embargo' in ((request as { fields?: object }).fields ?? {});
  const set = await until(() => calls.find(isEmbargo));
  expect(set.request).toMatchObject({ fields: { embargo: String(Date.UTC(2026, 10, 25, 0, 0)) } });
  flushSync();
  expect(field.value).toBe('2026-11-25T08:00');
  more.open = false;
});

test('the key of links finds commands where nothing is selected', async () => {
  await start();
  const editor = currentEditor();
  if (!editor) throw new Error('no editor');
  const ctrlK = { key: 'k', code: 'KeyK', keyCode: 75, ctrlKey: true };
  editor.focus();
  editor.view.dispatch({ selection: { anchor: 0, head: 2 } });
  press(ctrlK, editor.view.contentDOM);
  await until(() => find('textbox', '链接地址'));
  expect(dialogs).toEqual([]);
  editor.view.dispatch({ selection: { anchor: 0 } });
  press(ctrlK, editor.view.contentDOM);
  expect(dialogs.map(({ kind }) => kind)).toEqual(['palette']);
  dialogs.length = 0;
  press(ctrlK, find('textbox', '标题'));
  expect(dialogs.map(({ kind }) => kind)).toEqual(['palette']);
});

test('F6 goes round the columns', async () => {
  await start();
  const at = () => document.activeElement?.closest('[id^="region-"]')?.id;
  const seen: (string | undefined)[] = [];
  for (let i = 0; i < 4; i++) {
    press({ key: 'F6' });
    seen.push(at());
  }
  expect(new Set(seen)).toEqual(
    new Set(['region-lists', 'region-articles', 'region-text', 'region-preview']),
  );
});

test('a library that cannot be opened says what to do', async () => {
  await start('fault=library_in_use&open=none');
  const alert = await until(() => all('alert')[0]);
  expect(alert.textContent).toContain('Another Galley has this library open');
});

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
  const alert = await until(() => all('alert', dialog)[0]);
  expect(alert.textContent).toContain('密码或登录码不对');
  type(password, 'right');
  find('button', '登录', dialog).click();
  const asked = await until(() => calls.findLast((call) => call.command === 'sign_in'));
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

test('the next step is one button, asks for a comment where one is due, and then waits', async () => {
  await start('newsroom=review');
  // The list of what was sent back is called so too.
  (await until(() => find('button', '退回修改', document.getElementById('region-text') ?? document))).click();
  const dialog = await until(() => find('dialog', '退回修改'));
  const send = find('button', '退回修改', dialog) as HTMLButtonElement;
  expect(send.disabled).toBe(true);
  type(find('textbox', '意见', dialog), '请核实长度');
  flushSync();
  send.click();
  const asked = await until(() => calls.find((call) => call.command === 'sign_off'));
  expect(asked.request).toMatchObject({ verdict: 'return', comment: '请核实长度' });
  await until(() => all('status').some((one) => one.textContent?.includes('等服务器答复')));
});

test('rows say where articles stand and whose they are, and a newsroom has its lists', async () => {
  await start('newsroom=review');
  const row = await until(() => find('option', '湖心岛步道今日开放 三公里全程无障碍'));
  await until(() => row.textContent?.includes('审核中'));
  expect(row.textContent).toContain('林一舟');
  const names = all('button', find('navigation', '分类')).map((one) => nameOf(one));
  for (const name of ['退回修改', '审核中', '待我审', '待发', '待用', '未采用'])
    expect(names, name).toContain(name);
});

test('who reviews nothing has no list of what waits for it, and who works alone has three lists', async () => {
  await start('newsroom=draft');
  const names = () => all('button', find('navigation', '分类')).map((one) => nameOf(one));
  await until(() => names().includes('审核中') && !names().includes('待我审'));
  sync.account = undefined;
  flushSync();
  expect(names()).not.toContain('审核中');
});

test('an article is held with or without a word, and goes on again', async () => {
  await start('newsroom=review');
  (await until(() => find('button', '更多操作'))).click();
  (await until(() => find('menuitem', '待用'))).click();
  const dialog = await until(() => find('dialog', '待用'));
  find('button', '待用', dialog).click();
  const asked = await until(() => calls.find((call) => call.command === 'sign_off'));
  expect(asked.request).toMatchObject({ verdict: 'hold', comment: '' });
});

test('what is held says by whom, and is resumed with one button', async () => {
  await start('newsroom=held');
  (await until(() => find('button', '结束待用'))).click();
  await until(() => calls.find((call) => call.command === 'resume'));
  expect(all('note').some((one) => one.textContent?.includes('周小禾留着待用'))).toBe(true);
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

test('while a conflict is open the sign-off waits and says why, and choosing sends the text', async () => {
  await start('newsroom=review&choices');
  const adopt = (await until(() => find('button', '签发'))) as HTMLButtonElement;
  expect(adopt.disabled).toBe(true);
  expect(adopt.title).toContain('改动冲突');
  (await until(() => find('button', '去选择'))).click();
  (await until(() => find('button', '用这个：林一舟改成'))).click();
  const asked = await until(() => calls.find((call) => call.command === 'resolve_contest'));
  expect(asked.request).toMatchObject({ text: '全长三公里' });
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

test('an administrator edits the site of the server, and keeps what was typed when somebody else saved', async () => {
  await start('newsroom=draft&role=admin&conflict');
  await until(() => sync.account?.roles.includes('admin'));
  openDialog({ kind: 'settings' });
  flushSync();
  const dialog = find('dialog', '设置');
  find('tab', '站点', dialog).click();
  flushSync();
  find('radio', '“本地融媒体中心”网站', dialog).click();
  flushSync();
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
  openDialog({ kind: 'settings' });
  flushSync();
  const dialog = find('dialog', '设置');
  find('tab', '栏目', dialog).click();
  flushSync();
  find('radio', '“本地融媒体中心”网站', dialog).click();
  flushSync();
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
  openDialog({ kind: 'settings' });
  flushSync();
  const dialog = find('dialog', '设置');
  find('tab', '站点', dialog).click();
  flushSync();
  find('radio', '“本地融媒体中心”网站', dialog).click();
  flushSync();
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
  openDialog({ kind: 'settings' });
  flushSync();
  const dialog = find('dialog', '设置');
  find('tab', '站点', dialog).click();
  flushSync();
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

test('the file of a footer icon can be typed letter by letter', async () => {
  await start();
  openDialog({ kind: 'settings' });
  flushSync();
  const dialog = find('dialog', '设置');
  find('tab', '页脚', dialog).click();
  flushSync();
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
  openDialog({ kind: 'settings' });
  flushSync();
  const dialog = find('dialog', '设置');
  find('tab', '站点', dialog).click();
  flushSync();
  expect(dialog.textContent).toContain('这里改的是本机网站');
  expect(all('radio', dialog)).toEqual([]);
});

test('a signature of an older text shows what changed, and is given again with one key', async () => {
  await start('newsroom=review&opinion=content_changed');
  const strip = await until(() => all('note').find((one) => one.textContent?.includes('您签过（签发）之后')));
  find('button', '看改动', strip).click();
  const dialog = await until(() => find('dialog', '签后的改动'));
  const again = await until(() => find('button', '按现在这一版：签发', dialog) as HTMLButtonElement);
  await until(() => !again.disabled);
  expect(dialog.textContent).toContain('十二处');
  expect(dialog.textContent).toContain('“数字已核”');
  refusals.set('sign_off', { code: 'text_moved', values: {}, retry: true });
  again.click();
  const shownAgain = () => calls.filter(({ command }) => command === 'difference_since').length === 2;
  await until(() => shownAgain() && !again.disabled);
  expect(all('status', dialog).concat(all('alert', dialog)).map(nameOf).join()).toContain('没有签');
  refusals.clear();
  again.click();
  const asked = await until(() => calls.filter(({ command }) => command === 'sign_off')[1]);
  expect(asked.request).toMatchObject({ verdict: 'adopt', shown: 'c'.repeat(64) });
  await until(() => !dialogs.some(({ kind }) => kind === 'since'));
});

test('a judgement that came too late is told as an opinion, with why', async () => {
  await start('newsroom=returned&opinion=returned');
  await until(() =>
    all('note').find((one) => one.textContent?.includes('留作意见，不起作用：稿件在这之前已退回作者')),
  );
  showPane('info');
  flushSync();
  await until(() =>
    document.querySelector('section[aria-label="审签记录"]')?.textContent?.includes('离线签的'),
  );
  showPane('preview');
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

const DIALOGS: DialogState['kind'][] = [
  'settings',
  'history',
  'publish',
  'take-down',
  'retract',
  'name-version',
  'palette',
  'shortcuts',
  'guide',
  'about',
  'sign-in',
  'account',
  'outbox',
];

for (const language of ['zh-Hans', 'en']) {
  test(`no two fields of a pane of the settings are called the same (${language})`, async () => {
    await start(`lang=${language === 'en' ? 'en' : ''}`);
    openDialog({ kind: 'settings' });
    flushSync();
    const tabs = all('tab', all('dialog')[0]).filter((tab) => tab.id.startsWith('settings-tab-'));
    expect(tabs).toHaveLength(8);
    for (const tab of tabs) {
      tab.click();
      flushSync();
      const labels = document.querySelectorAll('#settings-pane label[for]');
      const names = [...labels].map((label) => label.textContent?.trim());
      expect([...new Set(names)], tab.id).toEqual(names);
    }
  });

  test(`every control has a name (${language})`, async () => {
    await start(`lang=${language === 'en' ? 'en' : ''}`);
    more.open = true;
    for (const pane of ['info', 'checks', 'preview'] as const) {
      showPane(pane);
      flushSync();
      expectNames();
    }
    for (const kind of DIALOGS) {
      openDialog({ kind } as DialogState);
      flushSync();
      await tick();
      expectNames();
      if (kind === 'settings') {
        for (const tab of all('tab', find('dialog', language === 'en' ? 'Settings' : '设置'))) {
          tab.click();
          flushSync();
          expectNames();
        }
      }
      dialogs.length = 0;
      flushSync();
    }
    more.open = false;
  });
}

function expectNames(): void {
  const controls = document.querySelectorAll(
    'button, input, select, textarea, iframe, [tabindex="0"], dialog',
  );
  const nameless = [...controls]
    .filter((control) => !nameOf(control))
    .map((control) => control.outerHTML.slice(0, 120));
  expect(nameless).toEqual([]);
}
