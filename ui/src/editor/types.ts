// What the editor asks of the window and what it gives back: plain data and plain functions.
//
// The editor owns its text. Changes flow out through `host.push`, come in through `applyCore`, and nothing else
// ever writes it. Not here: Svelte, Tauri, and everything about an article that is not its body.
import type { EditorView } from '@codemirror/view';
import type {
  AddedPhoto,
  ApiError as CoreError,
  CoreUpdate,
  OpenArticle,
  PushAnswer,
  PushRequest,
  Splice,
  ViewUpdate,
} from '../host/generated';

export type { AddedPhoto, CoreUpdate, PushAnswer, PushRequest, Splice, ViewUpdate };

/** A failure as commands of the core report it; the editor itself reports `too_long` and `internal` in this form. */
export type ApiError = CoreError;

/** The part of an `OpenArticle` that the editor needs. */
export type ArticleText = Pick<OpenArticle, 'id' | 'rev' | 'body' | 'caret'>;

/** What a photo's card shows. */
export interface PhotoCard {
  sha256: string;
  caption: string;
  credit: string;
  isLead: boolean;
}

/** What the editor may ask for. */
export interface EditorHost {
  push(request: PushRequest): Promise<PushAnswer>;
  /** Keeps what is being composed; an empty text clears it. */
  draftComposition(text: string): void | Promise<unknown>;
  /** Brings files into the library and the article's facts; `at` is where they will stand in the text. */
  addPhotos(files: File[], at: number): Promise<Pick<AddedPhoto, 'id'>[]>;
  photo(id: string): PhotoCard | undefined;
  openPhoto(id: string): void;
  /** Text of the system's clipboard, where the engine does not give it out. */
  readClipboard?(): Promise<string>;
  /** Hosts from which the site's pages may play or show something; without it nothing is offered. */
  embedHosts?(): readonly string[];
  /** Address of a photo's thumbnail; without it `galley://localhost/thumb/<sha256>`. */
  thumbnail?(sha256: string): string;
}

/** What the caret or the selection covers. */
export interface SelectionReport {
  /** Characters selected, 0 when nothing is. */
  chars: number;
  /** 字数 of the selection, 0 when nothing is selected. */
  words: number;
  /** Head of the selection, UTF-16. */
  caret: number;
  /** Ids of the toggles that are on here, for the toolbar (`bold`, `heading-2`, …). */
  active: CommandId[];
}

/** What the editor tells. */
export interface EditorEvents {
  /** Everything typed so far is on the disk since this time (milliseconds). */
  saved(at: number): void;
  /** Something is not on the disk yet. */
  unsaved(): void;
  /** A push, a paste or a photo failed; `undefined` when pushing works again. */
  failed(error: ApiError | undefined): void;
  /** A push up to this `view_seq` was sent just now: ask for the preview in parallel. */
  applied(viewSeq: number): void;
  /** The window's text and the core's differ: open the article again and create a new editor. Nothing is lost. */
  outOfStep(): void;
  selection(report: SelectionReport): void;
  composing(now: boolean): void;
  /** Files were dropped or pasted that are no pictures, and not taken. */
  notTaken(names: string[]): void;
  /** Words of an earlier view for which no place could be found any more: show them, to be copied. */
  stranded?(text: string): void;
}

/** Everything that `createEditor` takes. */
export interface EditorOptions {
  /** The editor has no scroller of its own: it grows, and the nearest scrolling ancestor scrolls it. */
  parent: HTMLElement;
  article: ArticleText;
  host: EditorHost;
  /** The sentence for a key, in the window's language; see `EDITOR_WORDS`. */
  words: (key: string) => string;
  on: EditorEvents;
  readOnly: boolean;
}

/** Every command of the editor, as toolbar, menu and keys name them; the editor binds the keys of `commands.json`. */
export const COMMAND_IDS = [
  'bold',
  'italic',
  'strike',
  'heading-2',
  'heading-3',
  'heading-4',
  'paragraph',
  'bullet-list',
  'ordered-list',
  'quote',
  'link',
  'photo',
  'table',
  'footnote',
  'pull-quote',
  'gallery',
  'ruby',
  'rule',
  'undo',
  'redo',
  'find',
  'replace',
  'tidy',
  'paste-plain',
] as const;

export type CommandId = (typeof COMMAND_IDS)[number];

/** The keys of all words the editor shows, for the word files. */
export const EDITOR_WORDS = [
  'article.body',
  'editor.find',
  'editor.replace',
  'editor.find_text',
  'editor.replace_text',
  'editor.find_next',
  'editor.find_previous',
  'editor.replace_one',
  'editor.replace_all',
  'editor.match_case',
  'editor.no_match',
  'editor.close',
  'editor.link_text',
  'editor.link_address',
  'editor.link_apply',
  'editor.link_remove',
  'editor.cancel',
  'editor.link',
  'editor.photo',
  'editor.photo_missing',
  'editor.photo_adding',
  'editor.photo_lead',
  'editor.table_header',
  'editor.video',
  'editor.audio',
  'editor.map',
  'editor.offer_video',
  'editor.offer_audio',
  'editor.offer_map',
] as const;

/** A running editor. */
export interface Editor {
  readonly view: EditorView;
  /** Random name of this view, for `PreviewRequest`. */
  readonly viewName: string;
  /** Number of the last update that was sent, 0 for none. */
  lastViewSeq(): number;
  /** Runs a command; false when it does not apply, and always while composing. */
  run(command: CommandId): boolean;
  focus(): void;
  /** Takes in the event `updates`: `rev` is the core's revision after them. */
  applyCore(rev: number, updates: CoreUpdate[]): void;
  /** Draws the photo cards anew after facts of photos changed. */
  photosChanged(): void;
  setReadOnly(readOnly: boolean): void;
  /** Puts a block behind the paragraph of the caret. */
  insertBlock(block: string): boolean;
  /** Inserts text at the caret as if it were typed (an unfinished composition that is offered again). */
  insert(text: string): void;
  /** Resolves when nothing is waiting to be sent (true) or sending does not work just now (false). */
  flush(): Promise<boolean>;
  destroy(): void;
}
