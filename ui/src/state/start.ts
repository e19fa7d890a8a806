// Starts the window's projections: what there is, the list, the last article; and follows what the core tells.
import { tick } from 'svelte';
import * as host from '../host';
import { app, boot, loadSettings } from './app.svelte';
import { runChosen } from './commands.svelte';
import { lists, refreshLists, turnTo } from './lists.svelte';
import { currentEditor, open, openArticle, refreshArticle, typedLately } from './open.svelte';
import { proof } from './proof.svelte';
import { loadStanding } from './standing.svelte';
import { heardSync, loadAccount, refreshOutbox, watchComputer } from './sync.svelte';
import { applyZoom } from './zoom.svelte';

/** What the core reports of the open article is read at the first pause. */
const REFRESH_AFTER_MS = 700;
/** Its reports of what is being typed here say nothing new, but for a page that is live: they can wait. */
const REFRESH_WHILE_TYPING_MS = 5000;
let refreshTimer: ReturnType<typeof setTimeout> | undefined;

function refreshSoon(): void {
  clearTimeout(refreshTimer);
  const typing = typedLately(REFRESH_WHILE_TYPING_MS) && open.authority.publication !== 'live';
  const after = typing ? REFRESH_WHILE_TYPING_MS : REFRESH_AFTER_MS;
  refreshTimer = setTimeout(() => {
    if (open.composing) refreshSoon();
    else void refreshArticle();
  }, after);
}

/** Follows the core's events. */
export function listen(): Promise<unknown> {
  return Promise.all([
    host.on('changed', ({ article, lists: moved }) => {
      // What is typed here moves its own row, and no list's length.
      const own = article === open.article?.id && typedLately(REFRESH_WHILE_TYPING_MS);
      if (moved) refreshLists(own ? 'rows' : 'all');
      if (article === null) proof.ask();
      else if (article === open.article?.id) {
        refreshSoon();
        if (!own) void loadStanding();
      }
    }),
    host.on('updates', ({ article, rev, updates }) => {
      if (article !== open.article?.id) return;
      currentEditor()?.applyCore(rev, updates);
      proof.ask();
    }),
    host.on('notice', (notice) => void app.notices.push(notice)),
    host.on('sync', (state) => {
      heardSync(state);
      void loadStanding();
    }),
    host.on('outbox', () => {
      refreshOutbox();
      void loadStanding();
    }),
    host.on('menu', ({ command }) => runChosen(command)),
  ]);
}

watchComputer();

/** Asks the core for everything; also again after it could not start. */
export async function begin(): Promise<void> {
  await boot();
  if (!app.start) return;
  lists.counts = app.start.lists;
  turnTo();
  if (app.preferences.layout['zoom']) applyZoom();
  const last = app.start.last_article;
  await Promise.all([loadSettings(), loadAccount(), last ? openArticle(last).then(tick) : undefined]);
  // Where the writer left off, the next key goes on.
  if (document.activeElement === document.body) currentEditor()?.focus();
}
