// Carries out a command of the table, from wherever it came: a key, the menu bar, the palette, a button.
import { tick } from 'svelte';
import type { CommandId } from '../editor/types';
import { COMMAND_IDS } from '../editor/types';
import * as host from '../host';
import { keepLayout } from './app.svelte';
import { cycleColumn, toggleColumn, toggleFocusMode, unfold } from './columns.svelte';
import { openDialog } from './dialogs.svelte';
import { beginCorrection } from './correction.svelte';
import { goToBody, goToField } from './fields.svelte';
import { createArticle, currentEditor, open } from './open.svelte';
import { choosePhotos } from './photos.svelte';
import {
  copyAddress,
  deleteForGood,
  hasPage,
  isLive,
  isRetracted,
  moveToTrash,
  openPage,
  putBack,
  rebuildSite,
  restoreFromTrash,
} from './publishing.svelte';
import { isNewsrooms, mayTake, take, word } from './standing.svelte';
import { isSignedIn, sync, syncNow } from './sync.svelte';
import { told } from './toasts.svelte';
import { pageShade, showPane, showShade, showView } from './preview-pane.svelte';
import { zoomBy } from './zoom.svelte';

const inTrash = () => open.article?.list === 'trash';
const writable = () => open.article !== undefined && !open.article.read_only;
const always = () => true;
/** What colleagues work on is nobody's to throw away. */
const isHandedIn = () => (word()?.stage ?? 'draft') !== 'draft';

interface Handler {
  run: () => unknown;
  /** Whether it applies now; what does not is left out of the palette and does nothing. */
  when: () => boolean;
}

const handlers: Record<string, Handler> = {
  'new-article': { run: createArticle, when: always },
  'quick-open': { run: focusSearch, when: always },
  search: { run: focusSearch, when: always },
  'add-photo': { run: choosePhotos, when: writable },
  video: { run: () => openDialog({ kind: 'embed', what: 'video' }), when: writable },
  audio: { run: () => openDialog({ kind: 'embed', what: 'audio' }), when: writable },
  map: { run: () => openDialog({ kind: 'embed', what: 'map' }), when: writable },
  'save-version': { run: saveVersion, when: writable },
  'sync-now': { run: syncNow, when: isSignedIn },
  outbox: { run: () => openDialog({ kind: 'outbox' }), when: () => sync.account !== undefined },
  account: { run: () => openDialog({ kind: sync.account ? 'account' : 'sign-in' }), when: always },
  'rebuild-site': { run: rebuildSite, when: always },
  'show-data-folder': { run: () => told(host.showDataFolder()), when: always },
  settings: { run: () => openDialog({ kind: 'settings' }), when: always },
  palette: { run: () => openDialog({ kind: 'palette' }), when: always },
  'toggle-lists': { run: () => toggleColumn('lists'), when: always },
  'toggle-articles': { run: () => toggleColumn('articles'), when: always },
  'toggle-preview': { run: () => toggleColumn('preview'), when: always },
  'next-column': { run: () => cycleColumn(1), when: always },
  'previous-column': { run: () => cycleColumn(-1), when: always },
  'preview-phone': { run: () => showView('phone'), when: always },
  'preview-desktop': { run: () => showView('desktop'), when: always },
  'preview-print': { run: () => showView('print'), when: always },
  'preview-card': { run: () => showView('card'), when: always },
  'preview-dark': { run: () => showShade(pageShade() === 'dark' ? 'light' : 'dark'), when: always },
  'focus-mode': { run: toggleFocusMode, when: always },
  'zoom-in': { run: () => zoomBy(1), when: always },
  'zoom-out': { run: () => zoomBy(-1), when: always },
  'zoom-reset': { run: () => zoomBy(0), when: always },
  'full-screen': { run: () => told(host.toggleFullScreen()), when: always },
  submit: { run: () => take('submit'), when: () => mayTake('submit') },
  claim: { run: () => take('claim'), when: () => mayTake('claim') },
  adopt: { run: () => take('adopt'), when: () => mayTake('adopt') },
  return: { run: () => take('return'), when: () => mayTake('return') },
  publish: {
    run: () => openDialog({ kind: 'publish' }),
    when: () => writable() && !isRetracted() && (!isNewsrooms() || mayTake('publish')),
  },
  'open-page': { run: () => openPage(), when: hasPage },
  'copy-address': { run: copyAddress, when: hasPage },
  correct: { run: beginCorrection, when: () => writable() && isLive() },
  'take-down': { run: () => openDialog({ kind: 'take-down' }), when: isLive },
  'put-back': { run: () => putBack(), when: () => open.authority.publication === 'taken_down' },
  history: { run: () => openDialog({ kind: 'history' }), when: () => open.article !== undefined },
  'article-info': { run: () => showPane('info'), when: () => open.article !== undefined },
  checks: { run: () => showPane('checks'), when: () => open.article !== undefined },
  'go-to-headline': { run: () => goToField('headline'), when: () => open.article !== undefined },
  'go-to-body': { run: () => goToBody(), when: () => open.article !== undefined },
  trash: {
    run: () => moveToTrash(),
    when: () => open.article !== undefined && !inTrash() && !isLive() && !isHandedIn(),
  },
  'restore-from-trash': { run: () => restoreFromTrash(), when: inTrash },
  'delete-for-good': { run: () => deleteForGood(), when: inTrash },
  guide: { run: openGuide, when: always },
  shortcuts: { run: () => openDialog({ kind: 'shortcuts' }), when: always },
  about: { run: () => openDialog({ kind: 'about' }), when: always },
};

const isEditorCommand = (id: string): id is CommandId => (COMMAND_IDS as readonly string[]).includes(id);

/** Whether a command can be carried out now. */
export function applies(id: string): boolean {
  const handler = handlers[id];
  if (handler) return handler.when();
  return isEditorCommand(id) && writable();
}

/** Carries out a command; false when it does not apply. */
export function run(id: string): boolean {
  if (open.composing) return false;
  const handler = handlers[id];
  if (handler) {
    if (!handler.when()) return false;
    void handler.run();
    return true;
  }
  const editor = currentEditor();
  return isEditorCommand(id) && editor !== undefined && editor.run(id);
}

/** From a menu or a palette, where focus stood elsewhere: the editor gets it back. */
export function runChosen(id: string): void {
  if (handlers[id]) return void run(id);
  if (undoInField(id)) return;
  if (run(id)) currentEditor()?.focus();
}

/** Undo and redo belong to the field that has the focus. */
function undoInField(id: string): boolean {
  const inField =
    document.activeElement instanceof HTMLInputElement ||
    document.activeElement instanceof HTMLTextAreaElement;
  if (!inField || (id !== 'undo' && id !== 'redo')) return false;
  document.execCommand(id);
  return true;
}

/** Every key is on the disk already: a version gets a name, and what waits goes at once. */
function saveVersion(): void {
  void syncNow();
  openDialog({ kind: 'name-version' });
}

async function focusSearch(): Promise<void> {
  await unfold('articles');
  const search = document.getElementById('search');
  if (search instanceof HTMLInputElement) {
    search.focus();
    search.select();
  }
}

async function openGuide(): Promise<void> {
  keepLayout('guide', 'open');
  openDialog({ kind: 'guide' });
  await tick();
}
