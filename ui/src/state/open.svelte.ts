// The article that is open: its facts as the form shows them, what the newsroom says of it, and whether all of
// it is on the disk. The body is the editor's own; here is only the handle to it.
import { tick } from 'svelte';
import { FieldWriter } from '../article/field-writer';
import { photos, type Facts } from '../article/facts';
import type { CommandId, Editor, PhotoCard, SelectionReport } from '../editor/types';
import * as host from '../host';
import type { ApiError, Authority, OpenArticle, SiteSettings } from '../host';
import { t } from '../words/index.svelte';
import { followList } from './lists.svelte';
import { proof } from './proof.svelte';
import { app } from './app.svelte';
import { dismissTopic, tellError, told, warn } from './toasts.svelte';

const NOBODY: Authority = {
  responsible_editor: '',
  publication: 'none',
  address: null,
  published_at: null,
  modified_at: null,
  failure: null,
};

export const open = $state<{
  /** As the core gave it when it was opened; `facts` and `authority` move on from there. */
  article: OpenArticle | undefined;
  /** Grows with each opening: a new editor is made. */
  session: number;
  /** The one that is being opened. */
  loading: string | undefined;
  facts: Facts;
  authority: Authority;
  selection: SelectionReport;
  /** What the writer is at, for the proof to show. */
  attention: 'body' | 'head';
  savedAt: number | undefined;
  bodyUnsaved: boolean;
  fieldsUnsaved: boolean;
  failure: ApiError | undefined;
  composing: boolean;
}>({
  article: undefined,
  session: 0,
  loading: undefined,
  facts: {},
  authority: NOBODY,
  selection: { chars: 0, words: 0, caret: 0, active: [] },
  attention: 'body',
  savedAt: undefined,
  bodyUnsaved: false,
  fieldsUnsaved: false,
  failure: undefined,
  composing: false,
});

/** The running editor, set by the part that made it. */
let editor: Editor | undefined;
let writer: FieldWriter | undefined;
/** Grows with everything typed into fields, so that an older answer never lands on newer text. */
let typed = 0;
let typedAt = 0;

export const currentEditor = (): Editor | undefined => editor;
export const isActive = (command: CommandId): boolean => open.selection.active.includes(command);

export function adoptEditor(made: Editor | undefined): void {
  editor = made;
  proof.ask();
}

/** Opens an article in place of the one that is open, once all of that is on the disk. */
export async function openArticle(id: string): Promise<void> {
  if (open.article?.id === id || open.loading === id) return;
  open.loading = id;
  if (await leave()) {
    const article = await told(host.openArticle(id), 'open');
    if (article && open.loading === id) adopt(article);
  }
  if (open.loading === id) open.loading = undefined;
}

export async function createArticle(): Promise<void> {
  if (!(await leave())) return;
  const article = await told(host.createArticle(), 'open');
  if (!article) return;
  app.newcomer = false;
  adopt(article);
  await tick();
  document.getElementById('field-headline')?.focus();
}

/** The editor and the core fell out of step: the article is opened again as the core holds it. */
export async function reopen(): Promise<void> {
  const id = open.article?.id;
  if (!id) return;
  const article = await told(host.openArticle(id), 'open');
  if (article) adopt(article);
}

/** Makes an article the one that is open. */
export function adopt(article: OpenArticle): void {
  const same = open.article?.id === article.id;
  if (!same) {
    writer = new FieldWriter(article.id, host, {
      unsaved: () => unsaved('fieldsUnsaved'),
      saved: (at) => {
        open.fieldsUnsaved = false;
        saved(at);
      },
      failed: (thrown) => failed(host.toApiError(thrown)),
      applied: () => proof.ask(),
    });
    open.savedAt = article.saved_at;
    open.bodyUnsaved = open.fieldsUnsaved = false;
    open.failure = undefined;
    proof.reset(article.id);
  }
  open.selection = { chars: 0, words: 0, caret: article.caret, active: [] };
  open.article = article;
  takeFacts(article);
  open.session++;
  for (const notice of article.notices) app.notices.push(notice);
}

/** A command answered with the open article: the running editor stays when it says the same. */
export function keepUp(article: OpenArticle): void {
  if (open.article?.id !== article.id || editor?.view.state.doc.toString() !== article.body) adopt(article);
  else takeFacts(article);
}

/** Leaves nothing open (the article went to the trash, or was deleted). */
export async function closeArticle(): Promise<void> {
  const id = open.article?.id;
  if (!id) return;
  await writer?.flush();
  open.article = undefined;
  open.facts = {};
  open.authority = NOBODY;
  proof.reset(undefined);
  await told(host.closeArticle(id), 'open');
}

/** Sends all that waits. False, and told, when it is not on the disk. */
async function leave(): Promise<boolean> {
  const article = open.article;
  if (!article || article.read_only) return true;
  if (!(await flush())) {
    warn('unsaved', t('error.unsaved_switch'));
    return false;
  }
  dismissTopic('unsaved');
  void host.closeArticle(article.id).catch(() => undefined);
  return true;
}

/** Brings everything typed to the disk. */
export async function flush(): Promise<boolean> {
  const [body, fields] = await Promise.all([editor?.flush() ?? true, writer?.flush() ?? true]);
  return body && fields;
}

/** Fields that stand above the body on the page. */
const HEAD = new Set(['headline', 'kicker', 'subheadline', 'source', 'byline']);

/** The settings of the site that the open article is for: the server's for one of its own. */
export const siteSettings = (): SiteSettings | undefined =>
  (open.article?.is_servers ? app.server?.settings : undefined) ?? app.settings;

export const fact = (key: string): string => open.facts[key] ?? '';

/** Takes a field's text as it is being typed. */
export function typeFact(key: string, text: string): void {
  typed++;
  if (HEAD.has(key)) open.attention = 'head';
  open.facts[key] = text;
  writer?.type(key, text);
}

/** Sets what waits in the fields: focus left one. */
export function settleFacts(): void {
  void writer?.flush();
}

/** Sets facts at once: a choice, an addition, a removal. */
export async function setFacts(fields: Facts): Promise<void> {
  if (Object.keys(fields).length === 0) return;
  typed++;
  Object.assign(open.facts, fields);
  await writer?.set(fields);
  if (Object.keys(fields).some((key) => key.startsWith('photo/') || key === 'lead_photo'))
    editor?.photosChanged();
}

/** Facts that the core already set itself (a photo was added). */
export function adoptFacts(fields: Facts): void {
  Object.assign(open.facts, fields);
}

/** Reads facts and the newsroom's word again, without touching what is being typed. */
export async function refreshArticle(): Promise<void> {
  const id = open.article?.id;
  if (!id) return;
  const before = typed;
  const article = await host.openArticle(id).catch(() => undefined);
  if (!article || open.article?.id !== id) return;
  if (article.read_only !== open.article.read_only || article.list !== open.article.list) {
    followList(open.article.list, article.list);
    open.article.read_only = article.read_only;
    open.article.list = article.list;
    editor?.setReadOnly(article.read_only);
  }
  open.article.is_servers = article.is_servers;
  open.authority = article.authority;
  if (before === typed) takeFacts(article);
  proof.ask();
}

function takeFacts(article: OpenArticle): void {
  const dirty = (key: string) => writer?.isDirty(key) ?? false;
  for (const key of Object.keys(open.facts))
    if (!(key in article.meta) && !dirty(key)) delete open.facts[key];
  for (const [key, text] of Object.entries(article.meta)) {
    if (open.facts[key] !== text && !dirty(key)) open.facts[key] = text;
  }
  open.authority = article.authority;
}

/** Something waits to be saved: the status line says so until it is. */
export function unsaved(part: 'bodyUnsaved' | 'fieldsUnsaved'): void {
  typedAt = Date.now();
  open[part] = true;
}

export const typedLately = (ms: number): boolean => Date.now() - typedAt < ms;

export function saved(at: number): void {
  open.savedAt = Math.max(open.savedAt ?? 0, at);
  if (!open.fieldsUnsaved && !open.bodyUnsaved) failed(undefined);
}

export function failed(error: ApiError | undefined): void {
  const news = error && error.code !== open.failure?.code;
  open.failure = error;
  if (news) tellError(error, 'save');
  if (!error) dismissTopic('save');
}

export function photoCard(id: string): PhotoCard | undefined {
  const photo = photos(open.facts).find((one) => one.id === id);
  if (!photo) return undefined;
  const { sha256, caption, credit } = photo;
  return { sha256, caption, credit, isLead: open.facts['lead_photo'] === id };
}
