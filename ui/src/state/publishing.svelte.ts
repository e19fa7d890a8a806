// From the article to its page: publishing what was previewed, taking it down, putting it back, the trash.
import * as host from '../host';
import type { Authority } from '../host';
import { t } from '../words/index.svelte';
import { forgetPlaceNotices } from './app.svelte';
import { endCorrection, pendingCorrection } from './correction.svelte';
import { ask } from './dialogs.svelte';
import { refreshLists } from './lists.svelte';
import { closeArticle, flush, open, openArticle, refreshArticle } from './open.svelte';
import { proof } from './proof.svelte';
import { tell, tellError, told, tried, type Tried } from './toasts.svelte';

export const isLive = (): boolean =>
  open.authority.publication === 'live' || open.authority.publication === 'live_changed';

/** 声明撤稿: its notice stands at the address, and nothing more can be done. */
export const isRetracted = (): boolean => open.authority.publication === 'retracted';

/** Something of the article stands at its address: the page, or the notice in its place. */
export const hasPage = (): boolean => isLive() || isRetracted();

/** The page is there and says what the draft says: nothing to publish. */
export const isUpToDate = (): boolean => open.authority.publication === 'live';

/** Brings the text to the disk and the proof up to it, so that what is published is what is seen. */
export async function prepare(): Promise<boolean> {
  return (await flush()) && (await proof.fresh());
}

/** Publishes the proof. `intent` names this press of the button, also when it is sent again. */
export async function publish(intent: string): Promise<Tried<Authority> | undefined> {
  const article = open.article?.id;
  if (!article) return undefined;
  const correction = pendingCorrection();
  const done = await tried(host.publish({ article, page_hash: proof.pageHash, intent, correction }));
  if ('answer' in done) {
    if (correction) endCorrection();
    took(article, done.answer);
    return done;
  }
  if (done.fault.code === 'page_changed' || done.fault.code === 'not_ready') await proof.fresh();
  await refreshArticle();
  return done;
}

export async function takeDown(reason: string): Promise<Tried<Authority> | undefined> {
  const article = open.article?.id;
  if (!article) return undefined;
  const done = await tried(host.takeDown(article, reason));
  if ('fault' in done) return done;
  took(article, done.answer);
  tell('publish', t('takedown.done'), [{ label: t('command.put-back'), run: () => void putBack(article) }]);
  return done;
}

/** 声明撤稿: for good. */
export async function retract(reason: string, notice: string): Promise<Tried<Authority> | undefined> {
  const article = open.article?.id;
  if (!article) return undefined;
  const done = await tried(host.retract(article, reason, notice));
  if ('fault' in done) return done;
  took(article, done.answer);
  tell('publish', t('retract.done'), pageActions(done.answer));
  return done;
}

export async function putBack(article = open.article?.id): Promise<void> {
  const authority = article && (await told(host.putBack(article), 'publish'));
  if (!article || !authority) return;
  took(article, authority);
  tell('publish', t('putback.done'), pageActions(authority));
}

/** Writes the whole site again; what was told about its folder is over. */
export async function rebuildSite(): Promise<void> {
  tell('publish', t('site.rebuilding'));
  if ((await told(host.rebuildSite(), 'publish')) === undefined) return;
  forgetPlaceNotices();
  tell('publish', t('site.rebuilt'));
  await refreshArticle();
}

export function pageActions(authority: Authority): { label: string; run: () => void }[] {
  const url = authority.address;
  return url ? [{ label: t('publish.open'), run: () => void openPage(url) }] : [];
}

export async function openPage(url = open.authority.address): Promise<void> {
  if (url) await told(host.openAddress(url), 'publish');
}

export async function copyAddress(): Promise<void> {
  const url = open.authority.address;
  if (!url) return;
  await navigator.clipboard.writeText(url).then(
    () => tell('copy', t('info.copied')),
    (thrown: unknown) => tellError(thrown, 'copy'),
  );
}

export async function assignEditor(name: string): Promise<void> {
  const article = open.article?.id;
  if (!article || name.trim() === open.authority.responsible_editor) return;
  const authority = await told(host.assignResponsibleEditor(article, name.trim()), 'editor');
  if (authority) took(article, authority);
}

export async function moveToTrash(article = open.article?.id): Promise<void> {
  if (!article) return;
  if (open.article?.id === article && !(await flush())) return;
  if ((await told(host.trash(article), 'trash')) === undefined) return;
  if (open.article?.id === article) await closeArticle();
  refreshLists();
  tell('trash', t('trash.done'), [{ label: t('trash.undo'), run: () => void restoreFromTrash(article) }]);
}

export async function restoreFromTrash(article = open.article?.id): Promise<void> {
  if (!article || (await told(host.putBackFromTrash(article), 'trash')) === undefined) return;
  refreshLists();
  tell('trash', t('trash.restored'));
  if (open.article?.id === article) await refreshArticle();
  else await openArticle(article);
}

export function deleteForGood(article = open.article?.id, headline = open.facts['headline']): void {
  if (!article) return;
  ask({
    title: t('trash.delete_title', { headline: headline || t('list.no_headline') }),
    text: t('trash.delete_body'),
    confirm: t('command.delete-for-good'),
    danger: true,
    run: () => void deleteNow(article),
  });
}

async function deleteNow(article: string): Promise<void> {
  if (open.article?.id === article) await closeArticle();
  if ((await told(host.deleteForGood(article), 'trash')) === undefined) return;
  refreshLists();
  tell('trash', t('trash.deleted'));
}

/** The newsroom answered: the open article shows it, and its page is drawn anew. */
function took(article: string, authority: Authority): void {
  if (open.article?.id !== article) return;
  open.authority = authority;
  refreshLists();
  proof.ask();
}
