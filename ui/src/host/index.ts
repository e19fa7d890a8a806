// The window's side of everything the core offers: one function per command, one listener per event.
//
// The only module that imports `@tauri-apps`. A rejected promise carries an `ApiError`. Not here: state, words,
// and anything that decides when a command is called.
import { convertFileSrc, invoke } from '@tauri-apps/api/core';
import { listen, type UnlistenFn } from '@tauri-apps/api/event';
import { getCurrentWebview } from '@tauri-apps/api/webview';
import { getCurrentWindow } from '@tauri-apps/api/window';

import { toApiError } from './errors';
import type {
  AccountState,
  AddedPhoto,
  ArticleRows,
  ArticleStanding,
  Authority,
  ChangesSince,
  Colleague,
  CompareRequest,
  Comparison,
  CorrectionNote,
  CoreUpdate,
  FieldsRequest,
  ListCount,
  ListRequest,
  Notice,
  OpenArticle,
  OutboxRow,
  Preferences,
  Preview,
  PreviewRequest,
  PublishRequest,
  PushAnswer,
  PushRequest,
  RevisionRow,
  Saved,
  SearchRequest,
  SignIn,
  SiteBucket,
  SitePage,
  SiteSettingsVersion,
  StartState,
  SyncState,
  ThemeList,
} from './generated';

export * from './errors';
export type * from './generated';

async function call<T>(command: string, request?: unknown): Promise<T> {
  try {
    return await invoke<T>(command, request === undefined ? undefined : { request });
  } catch (thrown) {
    throw toApiError(thrown);
  }
}

export const start = () => call<StartState>('start');

export const listArticles = (request: ListRequest) => call<ArticleRows>('list_articles', request);
export const listCounts = () => call<ListCount[]>('list_counts');
export const searchArticles = (request: SearchRequest) => call<ArticleRows>('search_articles', request);
export const createArticle = () => call<OpenArticle>('create_article');
export const openArticle = (article: string) => call<OpenArticle>('open_article', { article });
export const closeArticle = (article: string) => call<null>('close_article', { article });

export const pushEdits = (request: PushRequest) => call<PushAnswer>('push_edits', request);
export const draftFields = (request: FieldsRequest) => call<Saved>('draft_fields', request);
export const setFields = (request: FieldsRequest) => call<Saved>('set_fields', request);
export const draftComposition = (article: string, text: string) =>
  call<Saved>('draft_composition', { article, text });
export const saveView = (article: string, caret: number, scroll: number) =>
  call<null>('save_view', { article, caret, scroll });
export const preview = (request: PreviewRequest) => call<Preview>('preview', request);

/** Pages of the site that a publication of the article would change, beside its own. */
export const sitePages = (article: string) => call<SitePage[]>('site_pages', { article });
/** Such a page as it would be after the publication. */
export const previewIndex = (article: string, address: string, correction: CorrectionNote | null) =>
  call<string>('preview_index', { article, address, correction });

export const revisions = (article: string) => call<RevisionRow[]>('revisions', { article });
export const nameRevision = (article: string, label: string) =>
  call<RevisionRow>('name_revision', { article, label });
export const compare = (request: CompareRequest) => call<Comparison>('compare', request);
export const restore = (article: string, revision: string) =>
  call<OpenArticle>('restore', { article, revision });

export const assignResponsibleEditor = (article: string, name: string) =>
  call<Authority>('assign_responsible_editor', { article, name });
export const publish = (request: PublishRequest) => call<Authority>('publish', request);
export const takeDown = (article: string, reason: string) =>
  call<Authority>('take_down', { article, reason });
/** 声明撤稿: a public notice stands at the address from now on, for good. */
export const retract = (article: string, reason: string, notice: string) =>
  call<Authority>('retract', { article, reason, notice });
export const putBack = (article: string) => call<Authority>('put_back', { article });
/** Writes the whole site again, into its folder or a new one where that vanished. */
export const rebuildSite = () => call<null>('rebuild_site');

export const trash = (article: string) => call<null>('trash', { article });
export const putBackFromTrash = (article: string) => call<null>('put_back_from_trash', { article });
export const deleteForGood = (article: string) => call<null>('delete_for_good', { article });

export const siteSettings = () => call<SiteSettingsVersion>('site_settings');
export const saveSiteSettings = (next: SiteSettingsVersion) =>
  call<SiteSettingsVersion>('save_site_settings', next);
/** Those of the server's site, as it said them last; none before that. */
export const serverSettings = () => call<SiteSettingsVersion | null>('server_settings');
export const saveServerSettings = (next: SiteSettingsVersion) =>
  call<SiteSettingsVersion>('save_server_settings', next);
export const themes = () => call<ThemeList>('themes');
/** The themes that the server's site can be set in. */
export const serverThemes = () => call<ThemeList>('server_themes');
/** Writes a built-in theme into the library's folder to be edited; answers its name. */
export const copyTheme = (name: string) => call<string>('copy_theme', { name });
export const showThemeFolder = () => call<null>('show_theme_folder');
/** Sets the server's site in this computer's theme. */
export const sendTheme = () => call<null>('send_theme');
/** An empty secret leaves the one that is kept for the site's bucket. */
export const savePreferences = (preferences: Preferences, store_secret = '') =>
  call<Preferences>('save_preferences', { preferences, store_secret });
/** Writes a small object to a bucket and removes it. An empty secret stands for the one that is kept. */
export const trySiteStore = (store: SiteBucket, secret: string) =>
  call<null>('try_site_store', { store, secret });

export const account = () => call<AccountState | null>('account');
export const signIn = (request: SignIn) => call<AccountState>('sign_in', request);
export const signOut = () => call<null>('sign_out');
/** Sends drafts of this computer up from now on. */
export const letDraftsUp = (drafts: string[]) => call<null>('let_drafts_up', { drafts });
/** Who else is of the newsroom. */
export const colleagues = () => call<Colleague[]>('colleagues');
export const copyAsDraft = (article: string) => call<OpenArticle>('copy_as_draft', { article });
export const syncNow = () => call<null>('sync_now');
export const syncState = () => call<SyncState>('sync_state');
export const wokeUp = () => call<null>('woke_up');
export const networkReturned = () => call<null>('network_returned');
export const outbox = (offset: number, limit: number) => call<OutboxRow[]>('outbox', { offset, limit });
export const retry = (article: string) => call<null>('retry', { article });
export const standing = (article: string) => call<ArticleStanding>('standing', { article });

/** Wishes: each answers the row of the outbox it waits in. */
export const submit = (article: string) => call<number>('submit', { article });
export const withdraw = (article: string) => call<number>('withdraw', { article });
export const claim = (article: string) => call<number>('claim', { article });
export const release = (article: string) => call<number>('release', { article });
export const resume = (article: string) => call<number>('resume', { article });
export const addCoAuthor = (article: string, person: string) =>
  call<number>('add_co_author', { article, person });
export const removeCoAuthor = (article: string, person: string) =>
  call<number>('remove_co_author', { article, person });
export type Verdict = 'advance' | 'adopt' | 'hold' | 'return' | 'reject';
/** `shown` is the text that the person was shown, where that was not the editor's. */
export const signOff = (
  article: string,
  verdict: Verdict,
  comment: string,
  pageHash: string | null,
  shown: string | null,
) => call<number>('sign_off', { article, verdict, comment, page_hash: pageHash, shown });
export const resolveContest = (article: string, contest: string, text: string) =>
  call<number>('resolve_contest', { article, contest, text });
export const acceptLate = (article: string, late: string) => call<number>('accept_late', { article, late });
export const refuseLate = (article: string, late: string) => call<number>('refuse_late', { article, late });

/** What was changed since somebody judged the text of this hash, and which text it was compared to. */
export const differenceSince = (article: string, contentHash: string) =>
  call<ChangesSince>('difference_since', { article, content_hash: contentHash });

export const openAddress = (url: string) => call<null>('open_address', { url });
export const showDataFolder = () => call<null>('show_data_folder');

/** Takes a photo's bytes into the library and the article. They travel raw, never as JSON. */
export async function addPhoto(article: string, file: File): Promise<AddedPhoto> {
  try {
    const bytes = new Uint8Array(await file.arrayBuffer());
    return await invoke<AddedPhoto>('add_photo', bytes, {
      headers: { 'x-article': article, 'x-name': encodeURIComponent(file.name) },
    });
  } catch (thrown) {
    throw toApiError(thrown);
  }
}

/** What the core tells without being asked. */
export interface CoreEvents {
  changed: { article: string | null; lists: boolean };
  updates: { article: string; rev: number; updates: CoreUpdate[] };
  notice: Notice;
  sync: SyncState;
  account: AccountState;
  outbox: { row: number; code: string };
  menu: { command: string };
  raise: Record<string, never>;
}

export function on<Name extends keyof CoreEvents>(
  name: Name,
  heard: (payload: CoreEvents[Name]) => void,
): Promise<UnlistenFn> {
  return listen<CoreEvents[Name]>(name, (event) => heard(event.payload));
}

/** Where the core serves photos and the page's style sheet; ends in a slash. */
export const resourceBase = (): string => convertFileSrc('', 'galley');
export const thumbnailAddress = (sha256: string): string => `${resourceBase()}thumb/${sha256}`;
export const mediaAddress = (sha256: string): string => `${resourceBase()}media/${sha256}`;

export const setZoom = (factor: number): Promise<void> => getCurrentWebview().setZoom(factor);

export async function toggleFullScreen(): Promise<void> {
  const shell = getCurrentWindow();
  await shell.setFullscreen(!(await shell.isFullscreen()));
}
