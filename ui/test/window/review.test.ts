// Review and sign-off, in the whole window over the fake core.
import { flushSync } from 'svelte';
import { expect, test } from 'vitest';
import { app } from '../../src/state/app.svelte';
import { dialogs, openDialog } from '../../src/state/dialogs.svelte';
import { open } from '../../src/state/open.svelte';
import { showPane } from '../../src/state/preview-pane.svelte';
import { steps } from '../../src/state/standing.svelte';
import { calls, refusals } from '../fake/core';
import { all, find, nameOf, type, until } from '../roles';
import { start } from './start';

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

test('a comment that is too long is told, stays as it was typed, and is not sent', async () => {
  await start('newsroom=review');
  await until(() => steps().length > 0);
  openDialog({ kind: 'judge', verdict: 'return' });
  flushSync();
  const dialog = find('dialog', '退回修改');
  const comment = find('textbox', '意见', dialog) as HTMLTextAreaElement;
  const send = find('button', '退回修改', dialog) as HTMLButtonElement;
  const why = () => document.getElementById(send.getAttribute('aria-describedby') ?? '')?.textContent;
  expect([why(), send.title]).toEqual(['请先写明要改什么。', '请先写明要改什么。']);
  const typed = (n: number) => {
    type(comment, '长'.repeat(n));
    flushSync();
    return all('status', dialog).map(nameOf).join('');
  };
  expect(typed(1_799)).toBe('');
  expect(typed(1_800)).toBe('已写 1,800 个字符，最多 2,000 个');
  expect([send.disabled, comment.getAttribute('aria-invalid')]).toEqual([false, null]);
  expect(typed(2_013)).toContain('请删去 13 个再发');
  expect([comment.value.length, comment.getAttribute('aria-invalid')]).toEqual([2_013, 'true']);
  expect([send.disabled, why()]).toEqual([true, expect.stringContaining('请删去 13 个再发')]);
  (dialog.querySelector('form') as HTMLFormElement).requestSubmit();
  expect(calls.some(({ command }) => command === 'sign_off')).toBe(false);
});

test('what was typed into a dialog of a judgement is there when it is opened again, until it is sent', async () => {
  await start('newsroom=review');
  await until(() => steps().length > 0);
  const comment = () => {
    openDialog({ kind: 'judge', verdict: 'reject' });
    flushSync();
    return find('textbox', '原因', find('dialog', '不采用')) as HTMLTextAreaElement;
  };
  type(comment(), '与昨日消息重复');
  flushSync();
  find('dialog', '不采用').dispatchEvent(new Event('cancel'));
  flushSync();
  expect(dialogs).toEqual([]);
  expect(comment().value).toBe('与昨日消息重复');
  find('button', '不采用', find('dialog', '不采用')).click();
  await until(() => dialogs.length === 0);
  expect(comment().value).toBe('');
});

test('above a narrow text stands who has claimed an article, and the whole is heard', async () => {
  await start('newsroom=review');
  const note = await until(() =>
    [...document.querySelectorAll<HTMLElement>('[title]')].find((one) => one.title.endsWith('您已认领')),
  );
  expect(note.title).toBe('作者 林一舟 · 您已认领');
  const heard = note.cloneNode(true) as HTMLElement;
  heard.querySelectorAll('[aria-hidden]').forEach((one) => one.remove());
  expect(heard.textContent?.trim()).toBe(note.title);
  expect(note.querySelector('[aria-hidden]')?.textContent?.trim()).toBe('您');
});

test('what readers have is sent back from the menu, and it is said that the page stays', async () => {
  await start('newsroom=approved');
  const text = () => document.getElementById('region-text') ?? document;
  await until(() => find('button', '退回修改', text()));
  open.authority.publication = 'live';
  flushSync();
  expect(all('button', text()).map(nameOf)).not.toContain('退回修改');
  find('button', '更多操作', text()).click();
  flushSync();
  find('menuitem', '退回修改', text()).click();
  const dialog = await until(() => find('dialog', '退回修改'));
  expect(dialog.textContent).toContain('读者看到的网页不变');
});

test('publication and sign-offs are told by the clocks of the site, which are named where they differ', async () => {
  await start('newsroom=returned');
  open.authority.published_at = Date.UTC(2026, 10, 24, 6, 2);
  if (app.server) app.server.settings.time_zone = 'Pacific/Auckland';
  showPane('info');
  flushSync();
  const details = document.getElementById('region-preview') as HTMLElement;
  await until(() => details.textContent?.match(/GMT\+13/g)?.length === 2);
  expect(details.querySelector('dd time, dl')?.textContent).toContain('19:02');
  const records = details.querySelector('section[aria-label="审签记录"]');
  expect(records?.textContent).toMatch(/2026年11月2\d日.*GMT\+13/);
  showPane('preview');
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
