// Brings the window into a state worth looking at: `?scene=publish` and so on.
import { run, runChosen } from '../../src/state/commands.svelte';
import { openDialog } from '../../src/state/dialogs.svelte';
import { more } from '../../src/state/fields.svelte';
import { search } from '../../src/state/lists.svelte';
import { open } from '../../src/state/open.svelte';
import { photos } from '../../src/article/facts';
import { toggleColumn } from '../../src/state/columns.svelte';
import { showPane } from '../../src/state/preview-pane.svelte';

const scene = new URLSearchParams(location.search).get('scene');

const until = (done: () => boolean) =>
  new Promise<void>((resolve) => {
    const look = () => (done() ? resolve() : setTimeout(look, 30));
    look();
  });

const scenes: Record<string, () => unknown> = {
  more: () => (more.open = true),
  info: () => showPane('info'),
  checks: () => showPane('checks'),
  judge: () => openDialog({ kind: 'judge', verdict: 'return' }),
  'sign-in': () => openDialog({ kind: 'sign-in' }),
  'take-down': () => openDialog({ kind: 'take-down' }),
  photo: () => openDialog({ kind: 'photo', id: photos(open.facts)[0]?.id ?? '' }),
  search: () => search('步道'),
  nothing: () => search('没有这样的词'),
  'drawer-articles': () => toggleColumn('articles'),
  'drawer-lists': () => toggleColumn('lists'),
  'drawer-preview': () => toggleColumn('preview'),
  trash: () => run('trash'),
  async published() {
    runChosen('publish');
    await until(() => document.querySelector('dialog .button.accent:not(:disabled)') !== null);
    document.querySelector<HTMLButtonElement>('dialog .button.accent')?.click();
  },
  async type() {
    const content = document.querySelector<HTMLElement>('.cm-content');
    content?.focus();
    document.execCommand('insertText', false, '清样');
  },
  async theme() {
    openDialog({ kind: 'settings' });
    await until(() => document.querySelectorAll('dialog [role=tab]').length > 0);
    document.querySelectorAll<HTMLElement>('dialog [role=tab]')[3]?.click();
  },
  async place() {
    openDialog({ kind: 'settings' });
    await until(() => document.querySelectorAll('dialog [role=tab]').length > 0);
    document.querySelectorAll<HTMLElement>('dialog [role=tab]')[1]?.click();
  },
  retract: () => openDialog({ kind: 'retract' }),
  embed: () => openDialog({ kind: 'embed', what: 'video' }),
  insert: () => document.querySelector<HTMLElement>('[role=toolbar] .menu > button')?.click(),
  pages: () => document.querySelector<HTMLElement>('#region-preview .menu > button')?.click(),
  async site() {
    openDialog({ kind: 'settings' });
    await until(() => document.querySelectorAll('dialog [role=tab]').length > 0);
    document.querySelectorAll<HTMLElement>('dialog [role=tab]')[5]?.click();
  },
};

if (scene) {
  await until(() => document.querySelector('#region-text') !== null);
  if (new URLSearchParams(location.search).get('open') !== 'none')
    await until(() => open.article !== undefined);
  await new Promise((resolve) => setTimeout(resolve, 300));
  await (scenes[scene] ?? (() => runChosen(scene)))();
}
