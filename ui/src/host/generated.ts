// Written from the Rust types by `cargo xtask generate`. Do not edit.

export type AddedPhoto = {
  /**
   * Which.
   */
  id: PhotoId;
  /**
   * Of its stripped bytes; `galley://localhost/media/<sha256>` shows it, `/thumb/<sha256>` its thumbnail.
   */
  sha256: Sha256;
  /**
   * Facts set for it (`photo/<id>/…`), caption and credit taken from the file where it has them.
   */
  fields: { [key in string]: string };
};

export type ApiError = {
  /**
   * Which.
   */
  code: ErrorCode;
  /**
   * Values for the window's sentence.
   */
  values: { [key in string]: string };
  /**
   * Whether the same call may succeed later.
   */
  retry: boolean;
};

export type ArticleId = string;

export type ArticleRow = {
  /**
   * Which.
   */
  id: ArticleId;
  /**
   * May be empty.
   */
  headline: string;
  /**
   * Beginning of the text, or the text around the hit.
   */
  excerpt: string;
  /**
   * Where it stands.
   */
  list: ListName;
  /**
   * Publication on this computer's site.
   */
  publication: PublicationState;
  /**
   * Last change.
   */
  updated_at: Instant;
  /**
   * 字数
   */
  words: number;
};

export type ArticleRows = {
  /**
   * How many there are in all; for a search at least this many.
   */
  total: number;
  /**
   * True when `total` is where counting stopped.
   */
  more: boolean;
  /**
   * The rows asked for.
   */
  rows: Array<ArticleRow>;
};

export type Authority = {
  /**
   * 责任编辑
   */
  responsible_editor: string;
  /**
   * Publication on this computer's site.
   */
  publication: PublicationState;
  /**
   * The page's address when it is or was live.
   */
  address: string | null;
  /**
   * When it first went live.
   */
  published_at: Instant | null;
  /**
   * When it last changed for readers.
   */
  modified_at: Instant | null;
  /**
   * Why the last try failed.
   */
  failure: ApiError | null;
};

export type BlockPatch = {
  /**
   * First block.
   */
  at: number;
  /**
   * How many go.
   */
  remove: number;
  /**
   * What comes: each is one element.
   */
  insert: Array<string>;
};

export type CompareRequest = {
  /**
   * Which article.
   */
  article: ArticleId;
  /**
   * The older.
   */
  from: RevisionId | null;
  /**
   * The newer.
   */
  to: RevisionId | null;
};

export type Comparison = {
  /**
   * The whole text in runs: kept, deleted, inserted.
   */
  body: Array<DiffRun>;
  /**
   * Facts that differ: key, before, after.
   */
  fields: Array<FieldDiff>;
};

export type CoreUpdate = {
  /**
   * The view it came from, empty for the core's own (a restore, another device).
   */
  view: string;
  /**
   * Its number in that view, 0 for the core's own.
   */
  view_seq: number;
  /**
   * What changed.
   */
  splices: Array<Splice>;
};

export type Counts = {
  /**
   * 字数 by the rule of Word and WPS.
   */
  words: number;
  /**
   * 字符数（计空格）
   */
  characters: number;
  /**
   * 字符数（不计空格）
   */
  characters_without_spaces: number;
  /**
   * 汉字
   */
  han: number;
  /**
   * Words of spaced scripts by UAX #29.
   */
  latin_words: number;
  /**
   * Paragraphs that are not empty.
   */
  paragraphs: number;
};

export type CreditFrom = 'responsible_editor' | 'contributors' | { stage: number } | 'fixed';

export type DiffRun = {
  /**
   * `same`, `deleted` or `inserted`.
   */
  kind: string;
  /**
   * The characters.
   */
  text: string;
  /**
   * Who wrote (inserted) it, or empty when not known.
   */
  author: string;
};

export type ErrorCode =
  | 'disk_full'
  | 'read_only'
  | 'library_in_use'
  | 'library_too_new'
  | 'library_damaged'
  | 'library_foreign'
  | 'article_missing'
  | 'article_damaged'
  | 'out_of_step'
  | 'too_long'
  | 'photo_unreadable'
  | 'photo_too_large'
  | 'photo_format'
  | 'page_changed'
  | 'not_ready'
  | 'slug_taken'
  | 'site_folder'
  | 'template'
  | 'invalid_setting'
  | 'revision_missing'
  | 'internal';

export type FieldDiff = {
  /**
   * Key of the meta map.
   */
  key: string;
  /**
   * In the older.
   */
  before: string;
  /**
   * In the newer.
   */
  after: string;
};

export type FieldsRequest = {
  /**
   * Which article.
   */
  article: ArticleId;
  /**
   * Key of the meta map to its new text; an empty text clears it.
   */
  fields: { [key in string]: string };
};

export type FootCredit = {
  /**
   * The printed label, such as 责编 or 审核.
   */
  label: string;
  /**
   * Who fills it.
   */
  from: CreditFrom;
  /**
   * The printed name when `from` is `fixed`.
   */
  name: string;
};

export type FootCreditStyle = 'plain' | 'bracketed';

export type FooterItem = {
  /**
   * What it is.
   */
  label: string;
  /**
   * Its number or text.
   */
  number: string;
  /**
   * Where it links; only http, https, mailto and tel are printed as links.
   */
  link: string;
};

export type Instant = number;

export type ListCount = {
  /**
   * Which list.
   */
  list: ListName;
  /**
   * Its length.
   */
  count: number;
};

export type ListName = 'drafts' | 'published' | 'trash';

export type ListRequest = {
  /**
   * Which list.
   */
  list: ListName;
  /**
   * First row, from 0, newest first.
   */
  offset: number;
  /**
   * At most 200.
   */
  limit: number;
};

export type MetaItem = 'source' | 'byline' | 'date' | 'time' | 'editor' | 'hotline' | 'text_size';

export type Notice = {
  /**
   * Names the sentence in the window's language: `library_salvaged`, `library_replayed`, `library_damaged`,
   * `article_damaged`, `site_folder`, `site_not_served`, `template_broken`, `template_unreadable`, `backup_failed`,
   * `not_saved_at_exit`, `newsroom_restored`.
   */
  code: string;
  /**
   * Values for the sentence.
   */
  values: { [key in string]: string };
};

export type OpenArticle = {
  /**
   * Which.
   */
  id: ArticleId;
  /**
   * Number of the core's last accepted update in this run; the base of the window's next push.
   */
  rev: number;
  /**
   * The text, lines joined by `\n`.
   */
  body: string;
  /**
   * The facts, with what was typed and not yet set laid over them.
   */
  meta: { [key in string]: string };
  /**
   * Text of a composition that was cut off by a crash, to be offered again; empty when none.
   */
  unfinished_composition: string;
  /**
   * Where the caret stood, UTF-16.
   */
  caret: number;
  /**
   * First visible pixel.
   */
  scroll: number;
  /**
   * When its last change reached the disk.
   */
  saved_at: Instant;
  /**
   * Where it stands.
   */
  list: ListName;
  /**
   * The newsroom's facts.
   */
  authority: Authority;
  /**
   * True while the article is only shown: trash, or a damaged article.
   */
  read_only: boolean;
  /**
   * What could not be read of this article, if anything.
   */
  notices: Array<Notice>;
};

export type PhotoId = string;

export type Preferences = {
  /**
   * `system`, `zh-Hans` or `en`.
   */
  language: string;
  /**
   * `system`, `light` or `dark`.
   */
  theme: string;
  /**
   * The writer's own name, put into a new article's first contributor.
   */
  author_name: string;
  /**
   * The writer's role, one of the site's contributor roles.
   */
  author_role: string;
  /**
   * The source a new article starts with.
   */
  default_source: string;
  /**
   * Folder the site is published to; empty means `site` in the library.
   */
  site_folder: string;
  /**
   * Layout of the window: widths and which columns are folded, by name, as the window likes.
   */
  layout: { [key in string]: string };
};

export type Preview = {
  /**
   * Number of this rendering.
   */
  version: number;
  /**
   * The page exactly as it will be published, when the window shows none or the frame changed.
   */
  page: string | null;
  /**
   * The article block before the body's first block, when it changed.
   */
  head: string | null;
  /**
   * The article block after the body's last block, when it changed.
   */
  foot: string | null;
  /**
   * Blocks of the body that changed: `remove` blocks at `at` make way for `insert`.
   */
  patch: BlockPatch | null;
  /**
   * For every block of the body, the first UTF-16 offset of its source, when it changed.
   */
  block_starts: Array<number> | null;
  /**
   * The hash *Publish* carries.
   */
  page_hash: Sha256;
  /**
   * Counts of the body.
   */
  counts: Counts;
  /**
   * What would keep this article from being published, in the order of the fields.
   */
  problems: Array<Problem>;
};

export type PreviewRequest = {
  /**
   * Which article.
   */
  article: ArticleId;
  /**
   * Wait until the core has applied this update of this view; empty and 0 for none.
   */
  view: string;
  /**
   * See `view`.
   */
  view_seq: number;
  /**
   * `version` of the preview the window shows, 0 for none.
   */
  have: number;
};

export type Problem = {
  /**
   * Names the sentence in the window's language, such as `headline_missing`.
   */
  code: string;
  /**
   * The field or photo it points at.
   */
  field: string;
  /**
   * True: *Publish* refuses. False: told, and the writer decides.
   */
  hard: boolean;
  /**
   * Values for the sentence.
   */
  values: { [key in string]: string };
};

export type PublicationState = 'none' | 'sending' | 'live' | 'live_changed' | 'failed' | 'taken_down';

export type PublishRequest = {
  /**
   * Which article.
   */
  article: ArticleId;
  /**
   * The hash of the preview the writer saw.
   */
  page_hash: Sha256;
  /**
   * Made anew for each press of the button, kept when it is sent again.
   */
  intent: string;
};

export type PushAnswer =
  | {
      kind: 'accepted';
      /**
       * The core's revision after them.
       */
      rev: number;
      /**
       * When the commit returned.
       */
      saved_at: Instant;
    }
  | {
      kind: 'stale';
      /**
       * The core's revision.
       */
      rev: number;
      /**
       * What the window has not seen, in order from `base_rev`.
       */
      updates: Array<CoreUpdate>;
    };

export type PushRequest = {
  /**
   * Which article.
   */
  article: ArticleId;
  /**
   * Random name of the view (one per opened editor), so that an update sent again is known.
   */
  view: string;
  /**
   * The revision the first update was made on.
   */
  base_rev: number;
  /**
   * In order.
   */
  updates: Array<ViewUpdate>;
  /**
   * Caret after them, UTF-16.
   */
  caret: number;
};

export type RevisionId = string;

export type RevisionRow = {
  /**
   * Which.
   */
  id: RevisionId;
  /**
   * When.
   */
  at: Instant;
  /**
   * `opened`, `named`, `pause`, `restore`, `publish`, `replace`.
   */
  reason: string;
  /**
   * The writer's own name for it, or empty.
   */
  label: string;
  /**
   * Who, or empty.
   */
  author: string;
  /**
   * 字数
   */
  words: number;
  /**
   * The headline then.
   */
  headline: string;
};

export type Saved = {
  /**
   * When the commit returned.
   */
  saved_at: Instant;
};

export type SearchRequest = {
  /**
   * Words; all must occur. One Han character is enough; a Latin word matches by its beginning.
   */
  query: string;
  /**
   * First hit.
   */
  offset: number;
  /**
   * At most 200.
   */
  limit: number;
};

export type Section = {
  /**
   * Names from the root, such as 新闻中心, 图片新闻.
   */
  path: Array<string>;
  /**
   * The last part of its address, `/sections/{slug}.html`, and what its articles hold: it stays when the
   * section is renamed, and is never given to another. Lower-case ASCII letters, digits and hyphens.
   */
  slug: string;
};

export type Sha256 = string;

export type SiteSettings = {
  /**
   * Name of the publication.
   */
  name: string;
  /**
   * The site's own address without a trailing slash, such as `https://news.example`; the loopback address
   * of this computer until someone sets another.
   */
  base_url: string;
  /**
   * BCP 47 (`zh-Hans` or `en`): the language of the page's own words and of articles that name none.
   */
  language: string;
  /**
   * IANA zone in which times are printed, such as `Asia/Shanghai`.
   */
  time_zone: string;
  /**
   * The sections of the site, as paths of names in their order.
   */
  sections: Array<Section>;
  /**
   * 报料热线
   */
  hotline: string;
  /**
   * Items of the meta line under the headline, in order.
   */
  meta_line: Array<MetaItem>;
  /**
   * Credits under the body, in order.
   */
  foot_credits: Array<FootCredit>;
  /**
   * How the foot credits are set.
   */
  foot_credit_style: FootCreditStyle;
  /**
   * Template of the dateline: `{source}`, `{reporters}` and `{stringers}` are replaced, and a bracket left
   * empty vanishes. Empty means that no dateline is composed.
   */
  dateline_template: string;
  /**
   * Footer lines: licences, filings, holders, telephone.
   */
  footer: Array<FooterItem>;
  /**
   * Copyright line of the footer.
   */
  copyright: string;
  /**
   * 灰度模式: the whole site in grey on days of mourning.
   */
  grey: boolean;
  /**
   * Genres offered in the window.
   */
  genres: Array<string>;
  /**
   * Roles offered for contributors.
   */
  contributor_roles: Array<string>;
};

export type SiteSettingsVersion = {
  /**
   * Grows by one with each change.
   */
  version: number;
  /**
   * The settings.
   */
  settings: SiteSettings;
};

export type Splice = {
  /**
   * UTF-16, inclusive.
   */
  from: number;
  /**
   * UTF-16, exclusive.
   */
  to: number;
  /**
   * What stands there now.
   */
  insert: string;
};

export type StartState = {
  /**
   * Version of Galley.
   */
  version: string;
  /**
   * The window's language: `zh-Hans` or `en`.
   */
  language: string;
  /**
   * Choices of this computer.
   */
  preferences: Preferences;
  /**
   * Where the library lives.
   */
  data_dir: string;
  /**
   * Length of each list.
   */
  lists: Array<ListCount>;
  /**
   * The first rows of the drafts, as many as the window reads at a time.
   */
  rows: ArticleRows;
  /**
   * The site's settings; none when they could not be read, which keeps nobody from writing.
   */
  settings: SiteSettingsVersion | null;
  /**
   * The article that was open when the app last stopped.
   */
  last_article: ArticleId | null;
  /**
   * The same, opened; none when it could not be.
   */
  article: OpenArticle | null;
  /**
   * True until the first article of the writer's own was made: shows the guide.
   */
  newcomer: boolean;
  /**
   * What happened while the library was opened, for the banner.
   */
  notices: Array<Notice>;
  /**
   * The site's address on this computer, when it is being served.
   */
  site_address: string | null;
};

export type ViewUpdate = {
  /**
   * Number of this update among those of its view, from 1, kept when it is sent again.
   */
  view_seq: number;
  /**
   * What changed.
   */
  splices: Array<Splice>;
};
