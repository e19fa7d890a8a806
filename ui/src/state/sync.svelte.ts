// The account, how the sync stands, and the outbox: projections of the core, read again when it says so.
import * as host from '../host';
import type { AccountState, ApiError, ArticleRow, OutboxRow, SignIn, SyncState } from '../host';
import { t } from '../words/index.svelte';
import { app } from './app.svelte';
import { tell, told } from './toasts.svelte';

/** Rows of the outbox that are shown. */
const SHOWN = 200;
const REFRESH_AFTER_MS = 120;
/** A window that comes back after this long may have slept. */
const SLEPT_MS = 60_000;

export const sync = $state<{
  account: AccountState | undefined;
  state: SyncState;
  /** When everything was last on the server, as seen by this window. */
  at: number | undefined;
  outbox: OutboxRow[];
}>({ account: undefined, state: { state: 'signed_out', reason: '' }, at: undefined, outbox: [] });

let refreshTimer: ReturnType<typeof setTimeout> | undefined;
let hiddenAt: number | undefined;

export const isSignedIn = (): boolean => sync.account?.signed_in ?? false;

/** Articles of which something waits. */
export const waitingArticles = (): number =>
  new Set(sync.outbox.filter((row) => row.state === 'waiting').map((row) => row.article)).size;

/** A wish that another one about the same article came after: what became of the first is past. */
export const isOvertaken = (row: OutboxRow): boolean =>
  row.kind === 'intent' &&
  sync.outbox.some(({ kind, article, id }) => kind === 'intent' && article === row.article && id > row.id);

/** What was refused, and is still to be seen to. */
export const refusedRows = (): OutboxRow[] =>
  sync.outbox.filter((row) => row.state === 'refused' && !isOvertaken(row));

export async function loadAccount(): Promise<void> {
  const account = await told(host.account(), 'account');
  if (account === undefined) return;
  sync.account = account ?? undefined;
  if (account) heardSync(account.sync);
}

export function heardSync(state: SyncState): void {
  // What it says of itself while it is being asked is no news for an account that never was.
  sync.state = state;
  if (state.state === 'up_to_date') sync.at = Date.now();
  // It goes on, so what stopped it is over.
  if (!['stopped', 'signed_out'].includes(state.state))
    app.notices = app.notices.filter((one) => one.code !== 'sync_stopped');
  refreshOutbox();
}

/** Reads the outbox again, soon: several events come with one round. */
export function refreshOutbox(): void {
  if (!sync.account) return;
  refreshTimer ??= setTimeout(() => {
    refreshTimer = undefined;
    void loadOutbox();
  }, REFRESH_AFTER_MS);
}

export async function loadOutbox(): Promise<void> {
  const rows = await told(host.outbox(0, SHOWN), 'outbox');
  if (rows) sync.outbox = rows;
}

/** Signs in; the error when it did not come to that, for the dialog to show. */
export async function signIn(request: SignIn): Promise<ApiError | undefined> {
  try {
    const before = sync.state;
    sync.account = await host.signIn(request);
    const { state, reason } = sync.account.sync;
    // The sync has just begun, and on a slow line says nothing of itself for a while; what it said meanwhile is newer.
    if (sync.state === before) heardSync({ state: state === 'signed_out' ? 'syncing' : state, reason });
    app.notices = app.notices.filter((one) => !['sync_stopped', 'sign_in_again'].includes(one.code));
    return undefined;
  } catch (thrown) {
    return host.toApiError(thrown);
  }
}

export async function signOut(): Promise<boolean> {
  if ((await told(host.signOut(), 'account')) === undefined) return false;
  await loadAccount();
  tell('account', t('account.signed_out'));
  return true;
}

/** Drafts that are on this computer only. */
export async function privateDrafts(): Promise<ArticleRow[]> {
  const answer = await host.listArticles({ list: 'drafts', offset: 0, limit: SHOWN }).catch(() => undefined);
  const rows = answer?.rows.filter((row) => row.publication === 'none' && !row.standing) ?? [];
  const here = await Promise.all(rows.map((row) => host.standing(row.id).catch(() => undefined)));
  return rows.filter((_, i) => here[i]?.upload === 'private');
}

export async function sendUp(drafts: string[]): Promise<boolean> {
  if (drafts.length === 0) return true;
  const done = (await told(host.letDraftsUp(drafts), 'account')) !== undefined;
  refreshOutbox();
  return done;
}

export async function syncNow(): Promise<void> {
  if (isSignedIn()) await told(host.syncNow(), 'sync');
}

export async function retry(article: string): Promise<void> {
  await told(host.retry(article), 'sync');
  refreshOutbox();
}

/** Tells the core when the computer may have slept, and when a network is back. */
export function watchComputer(): void {
  window.addEventListener('online', () => isSignedIn() && void host.networkReturned().catch(() => undefined));
  window.addEventListener('blur', () => (hiddenAt = Date.now()));
  window.addEventListener('focus', () => {
    const slept = hiddenAt !== undefined && Date.now() - hiddenAt > SLEPT_MS;
    hiddenAt = undefined;
    if (slept && isSignedIn()) void host.wokeUp().catch(() => undefined);
  });
}
