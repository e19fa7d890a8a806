// The whole window over the fake core, found by role and name in both languages.
import { flushSync, mount, tick, unmount } from 'svelte';
import { afterEach, expect, test } from 'vitest';
import Window from '../src/parts/Window.svelte';
import { currentEditor, open } from '../src/state/open.svelte';
import { dialogs, openDialog, type DialogState } from '../src/state/dialogs.svelte';
import { more } from '../src/state/fields.svelte';
import { lists, showList } from '../src/state/lists.svelte';
import { app } from '../src/state/app.svelte';
import { run } from '../src/state/commands.svelte';
import { insertPhotos } from '../src/state/photos.svelte';
import { begin } from '../src/state/start';
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
  type(find('textbox', '网站文件夹', dialog), '/mnt/photos');
  find('tab', '站点', dialog).click();
  flushSync();
  type(find('textbox', '网站名称', dialog), '本地晨报');
  find('button', '保存', dialog).click();
  const alert = await until(() => all('alert', dialog)[0]);
  expect(alert.textContent).toContain('网站的设置已保存');
  expect(alert.textContent).toContain('里有别的文件');
  await until(() => document.activeElement === find('textbox', '网站文件夹', dialog));
  expect(app.settings?.name).toBe('本地晨报');
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

const DIALOGS: DialogState['kind'][] = [
  'settings',
  'history',
  'publish',
  'take-down',
  'name-version',
  'palette',
  'shortcuts',
  'guide',
  'about',
];

for (const language of ['zh-Hans', 'en']) {
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
