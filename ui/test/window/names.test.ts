// Names and labels of the whole window, in both languages.
import { flushSync, tick } from 'svelte';
import { expect, test } from 'vitest';
import { dialogs, openDialog, type DialogState } from '../../src/state/dialogs.svelte';
import { more } from '../../src/state/fields.svelte';
import { showPane } from '../../src/state/preview-pane.svelte';
import { all, find, nameOf } from '../roles';
import { start } from './start';

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
