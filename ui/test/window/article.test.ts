// Writing in the whole window, over the fake core.
import { flushSync, tick } from 'svelte';
import { expect, test } from 'vitest';
import { run } from '../../src/state/commands.svelte';
import { dialogs } from '../../src/state/dialogs.svelte';
import { more } from '../../src/state/fields.svelte';
import { lists, showList } from '../../src/state/lists.svelte';
import { currentEditor, open } from '../../src/state/open.svelte';
import { insertPhotos } from '../../src/state/photos.svelte';
import { toasts } from '../../src/state/toasts.svelte';
import { calls, refusals } from '../fake/core';
import { all, find, nameOf, press, type, until } from '../roles';
import { start } from './start';

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
