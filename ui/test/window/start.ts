// The whole window over the fake core, for tests that find what they need by role and name.
import { flushSync, mount, tick, unmount } from 'svelte';
import { afterEach } from 'vitest';
import Window from '../../src/parts/Window.svelte';
import { dialogs, openDialog } from '../../src/state/dialogs.svelte';
import { currentEditor, open } from '../../src/state/open.svelte';
import { begin } from '../../src/state/start';
import { toasts } from '../../src/state/toasts.svelte';
import { installFakeCore } from '../fake/core';
import { find, until } from '../roles';

let window_: Record<string, unknown> | undefined;

/** Opens the window; `query` says what the fake core holds. */
export async function start(query = ''): Promise<void> {
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

/** The settings, at one of their pages. */
export function openSettings(tab?: string): HTMLElement {
  openDialog({ kind: 'settings' });
  flushSync();
  const dialog = find('dialog', '设置');
  if (tab) find('tab', tab, dialog).click();
  flushSync();
  return dialog;
}

/** From this computer's site to that of the newsroom's server. */
export function chooseServersSite(dialog: HTMLElement): void {
  find('radio', '“本地融媒体中心”网站', dialog).click();
  flushSync();
}

/** A button, once it can be pressed. */
export const enabled = (name: string, root: ParentNode): Promise<HTMLButtonElement> =>
  until(() => {
    const button = find('button', name, root) as HTMLButtonElement;
    return button.disabled ? undefined : button;
  });
