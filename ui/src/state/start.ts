// Starts the window's projections: what there is, the list, the last article; and follows what the core tells.
import { tick } from 'svelte';
import * as host from '../host';
import { app, boot, hearNotice, loadServerSettings } from './app.svelte';
import { runChosen } from './commands.svelte';
import { followList, lists, refreshLists, startWith } from './lists.svelte';
import { adopt, currentEditor, open, openArticle, refreshArticle, typedLately } from './open.svelte';
import { retryPictures } from './pictures';
import { proof } from './proof.svelte';
import { loadStanding } from './standing.svelte';
import { heardSync, isSignedIn, loadAccount, refreshOutbox, sync, watchComputer } from './sync.svelte';
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
      if (article === null) {
        proof.ask();
        void loadServerSettings();
      } else if (article === open.article?.id) {
        refreshSoon();
        if (!own) void loadStanding();
      }
    }),
    host.on('updates', ({ article, rev, updates }) => {
      if (article !== open.article?.id) return;
      currentEditor()?.applyCore(rev, updates);
      proof.ask();
    }),
    host.on('notice', hearNotice),
    host.on('sync', (state) => {
      const before = sync.state.state;
      heardSync(state);
      // Reached again, the server gives the pictures that could not be fetched before.
      if (state.state !== before && state.state !== 'offline') retryPictures();
      // The server may have ended it: who was signed in is not any more.
      if (state.state === 'signed_out' && isSignedIn()) void loadAccount();
      void loadStanding();
    }),
    host.on('account', (account) => {
      // What this person may do is another: the lists, the steps and the settings follow.
      sync.account = account;
      refreshLists('all');
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
  const start = await boot();
  if (!start) return;
  // All of it before the first drawing, which is then the only one.
  lists.counts = start.lists;
  startWith(start.rows);
  if (start.article) adopt(start.article);
  app.start = start;
  if (app.preferences.layout['zoom']) applyZoom();
  await tick();
  requestAnimationFrame(() => requestAnimationFrame(() => (app.painted = true)));
  if (!start.article && start.last_article) await openArticle(start.last_article).then(tick);
  // The article that was left open is found in its list, unless another was chosen meanwhile.
  if (open.article) followList('drafts', open.article.list);
  // Who is signed in stands in nobody's way of writing.
  void loadAccount();
  // Where the writer left off, the next key goes on.
  if (document.activeElement === document.body) currentEditor()?.focus();
}
