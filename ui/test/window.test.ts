// The whole window over the fake core, found by role and name in both languages.
import { flushSync, mount, tick, unmount } from 'svelte';
import { afterEach, expect, test } from 'vitest';
import Window from '../src/parts/Window.svelte';
import { currentEditor } from '../src/state/open.svelte';
import { dialogs, openDialog, type DialogState } from '../src/state/dialogs.svelte';
import { more } from '../src/state/fields.svelte';
import { begin } from '../src/state/start';
import { showPane } from '../src/state/preview-pane.svelte';
import { calls, installFakeCore } from './fake/core';
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
  if (window_) await unmount(window_);
  window_ = undefined;
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
  (await until(() => find('button', '退回修改'))).click();
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
  'sign-in',
  'account',
  'outbox',
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
