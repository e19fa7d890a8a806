// Written from the Rust types by `cargo xtask generate`. Do not edit.

export type AccountState = {
  /**
   * Address of the server.
   */
  server: string;
  /**
   * The newsroom's name.
   */
  newsroom: string;
  /**
   * The person's name.
   */
  name: string;
  /**
   * What they may do, by the words of the model.
   */
  roles: Array<string>;
  /**
   * False after signing out: the text stays, and nothing is sent.
   */
  signed_in: boolean;
  /**
   * Where the token lies: `keychain` or `file`; the window says so when it is a file.
   */
  token_in: string;
  /**
   * How the sync stands.
   */
  sync: SyncState;
};

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
  /**
   * How it stands in the newsroom; none for an article of this computer alone.
   */
  standing: RowStanding | null;
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

export type ArticleStanding = {
  /**
   * `private`, `sent`, `waiting`, `stuck`, `withdrawn` or `deleted`.
   */
  upload: string;
  /**
   * Why it is stuck.
   */
  reason: string;
  /**
   * The newsroom's word (`Standing` of the protocol) as JSON; none before the first.
   */
  standing: string | null;
  /**
   * The article that this one is a private copy of.
   */
  copy_of: ArticleId | null;
  /**
   * The same word as the window shows it.
   */
  word: NewsroomWord | null;
  /**
   * `submit` or `publish` for a draft of which the newsroom does not know yet; empty otherwise.
   */
  first_step: string;
  /**
   * What was asked for and not answered yet, or refused as the last thing, newest first.
   */
  wishes: Array<OutboxRow>;
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

export type ChangesSince = {
  /**
   * From what was judged to the text here.
   */
  comparison: Comparison;
  /**
   * Of the text here as the comparison shows it: who signs it again signs this and nothing newer.
   */
  content_hash: Sha256;
};

export type Colleague = {
  /**
   * Who.
   */
  id: PersonId;
  /**
   * By name.
   */
  name: string;
  /**
   * What they may do, by the words of the model; of a co-author nothing is said.
   */
  roles: Array<string>;
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

export type ContestRow = {
  /**
   * Which.
   */
  id: string;
  /**
   * The fact's key; empty for the body.
   */
  field: string;
  /**
   * Where it begins in the body, UTF-16, as far as the text here has it.
   */
  from: number | null;
  /**
   * What stood there when both began.
   */
  base: string;
  /**
   * What the writer made of it whose text arrived later.
   */
  mine: string;
  /**
   * What the text said that the server had.
   */
  theirs: string;
  /**
   * What the document says.
   */
  result: string;
  /**
   * What it should probably say.
   */
  suggestion: string | null;
  /**
   * Who wrote `mine`.
   */
  mine_by: string;
  /**
   * Who wrote `theirs`.
   */
  theirs_by: string;
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

export type CorrectionKind = 'correction' | 'clarification' | 'editors_note' | 'update';

export type CorrectionNote = {
  /**
   * What kind.
   */
  kind: CorrectionKind;
  /**
   * For readers: what was wrong and is right now.
   */
  text: string;
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
  | 'site_store'
  | 'template'
  | 'theme_too_large'
  | 'theme_exists'
  | 'invalid_setting'
  | 'settings_moved'
  | 'text_moved'
  | 'revision_missing'
  | 'signed_out'
  | 'wrong_secret'
  | 'slow_down'
  | 'other_newsroom'
  | 'offline'
  | 'too_old'
  | 'server'
  | 'not_permitted'
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
  /**
   * What stands before it: one of [`FOOTER_ICONS`], or a picture among the theme's assets by its name, such as
   * `beian.png`. Empty, and what is neither, is none.
   */
  icon: string;
};

export type Instant = number;

export type LateRow = {
  /**
   * Which.
   */
  id: string;
  /**
   * Who wrote it.
   */
  by: string;
  /**
   * When it arrived, by the server's clock.
   */
  at: Instant;
  /**
   * How the text with it differs from the text as it stands here.
   */
  comparison: Comparison;
};

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

export type ListName =
  'drafts' | 'sent_back' | 'in_review' | 'for_me' | 'approved' | 'held' | 'published' | 'declined' | 'trash';

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

export type NewsroomWord = {
  /**
   * `draft`, `submitted`, `review[1]` …, `approved`, `returned`, `held`, `spiked`.
   */
  stage: string;
  /**
   * How many reviews the article passes.
   */
  reviews: number;
  /**
   * Whose it is.
   */
  author: string;
  /**
   * 合作者
   */
  co_authors: Array<Colleague>;
  /**
   * Whether this person may say who else writes.
   */
  may_name_co_authors: boolean;
  /**
   * Who reviews it now, empty for nobody.
   */
  claimed_by: string;
  /**
   * That is this person.
   */
  is_claimed_here: boolean;
  /**
   * This person writes it.
   */
  is_own: boolean;
  /**
   * Judgements, oldest first.
   */
  sign_offs: Array<SignOffRow>;
  /**
   * Judgements that came too late to have an effect, oldest first.
   */
  opinions: Array<SignOffRow>;
  /**
   * Places where somebody has to choose.
   */
  contests: Array<ContestRow>;
  /**
   * What came too late to merge by itself.
   */
  late: Array<LateRow>;
  /**
   * Whether this person may choose and decide about the two above.
   */
  may_settle: boolean;
  /**
   * What this person may do next, the step that leads on first.
   */
  steps: Array<NextStep>;
};

export type NextStep = {
  /**
   * `publish`, `submit`, `claim`, `resume`, `adopt`, `advance`, `return`, `hold`, `reject`, `release` or
   * `withdraw`.
   */
  step: string;
  /**
   * Why it has to wait, by the words of the model; empty when it may be done now.
   */
  waits_for: Array<string>;
};

export type Notice = {
  /**
   * Names the sentence in the window's language: `library_salvaged`, `library_replayed`, `library_damaged`,
   * `article_damaged`, `site_folder`, `site_store`, `site_not_served`, `template_broken`, `template_file`,
   * `template_unreadable`, `theme_missing`, `theme_too_many`, `theme_mended` (takes those five back),
   * `page_look_differs`, `backup_failed`, `roles_taken`, `roles_given` (`newsroom`, `roles` by the words of the
   * model, with blanks between), `not_saved_at_exit`, `newsroom_restored`, `sync_stopped`, `token_in_file`,
   * `sign_in_again`, `update_unreadable`.
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
   * It is the server's: sections, language and everything else of the site are those of the server's site.
   */
  is_servers: boolean;
  /**
   * True while the article is only shown: trash, or a damaged article.
   */
  read_only: boolean;
  /**
   * What could not be read of this article, if anything.
   */
  notices: Array<Notice>;
};

export type OutboxRow = {
  /**
   * Its number.
   */
  id: number;
  /**
   * `photo`, `content` or `intent`.
   */
  kind: string;
  /**
   * The kind of an intent, such as `submit`; empty otherwise.
   */
  intent: string;
  /**
   * About which article.
   */
  article: ArticleId;
  /**
   * Its headline here; empty when it is not here any more.
   */
  headline: string;
  /**
   * `waiting`, `sent` or `refused`.
   */
  state: string;
  /**
   * Why it was refused or last failed: codes, joined with blanks.
   */
  reason: string;
  /**
   * What can be done: `nothing`, `wait`, `look_again`, `retry`, or `see_copy`.
   */
  advice: string;
  /**
   * How often it was sent in vain.
   */
  attempts: number;
  /**
   * When it was put in.
   */
  created: Instant;
};

export type PersonId = string;

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
   * The bucket that it is published to in place of the folder.
   */
  site_store: SiteBucket;
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
  /**
   * A correction that the page is to be shown with, as *Publish* would add it.
   */
  correction: CorrectionNote | null;
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

export type PublicationState =
  'none' | 'sending' | 'live' | 'live_changed' | 'failed' | 'taken_down' | 'retracted';

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
  /**
   * 更正: a note that stands with the article from this publication on.
   */
  correction: CorrectionNote | null;
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
   * `opened`, `named`, `pause`, `restore`, `publish`, `signed`, `replace`.
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

export type RowStanding = {
  /**
   * `draft`, `submitted`, `review[1]` …, `approved`, `returned`, `held`, `spiked`.
   */
  stage: string;
  /**
   * How many reviews the article passes.
   */
  reviews: number;
  /**
   * Whose it is, empty for this person's own.
   */
  author: string;
  /**
   * Who reviews it now, empty for nobody.
   */
  claimed_by: string;
  /**
   * `withdrawn`, `deleted`, or empty while the newsroom shows it.
   */
  access: string;
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

export type SignIn = {
  /**
   * Address of the server.
   */
  server: string;
  /**
   * The person's name.
   */
  name: string;
  /**
   * The password; with a code, the one to be set.
   */
  password: string;
  /**
   * The one-time code, empty to sign in by the password.
   */
  code: string;
  /**
   * What people call this computer.
   */
  device_name: string;
  /**
   * The drafts that go up. Others stay private.
   */
  drafts: Array<ArticleId>;
};

export type SignOffRow = {
  /**
   * The stage it was given at.
   */
  stage: string;
  /**
   * `advance`, `adopt`, `hold`, `return` or `reject`.
   */
  verdict: string;
  /**
   * Who, as shown then.
   */
  name: string;
  /**
   * In the signer's words.
   */
  comment: string;
  /**
   * By the newsroom's clock.
   */
  at: Instant;
  /**
   * The text says something else now.
   */
  is_stale: boolean;
  /**
   * Of the text that was judged; what was changed since is asked for by it.
   */
  content_hash: Sha256;
  /**
   * It is this person's.
   */
  is_mine: boolean;
  /**
   * Given without the newsroom in reach.
   */
  offline: boolean;
  /**
   * Why it has no effect: `content_changed`, `page_changed`, `passed`, `returned`, `spiked`, `retracted`, `other`;
   * empty for one that counts.
   */
  no_effect: string;
  /**
   * It is this person's newest, and can be given anew for the text as it stands.
   */
  may_sign_again: boolean;
};

export type SiteBucket = {
  /**
   * The site is published there; otherwise the rest is only remembered.
   */
  used: boolean;
  /**
   * `https://…` of a store that is not AWS; empty for AWS.
   */
  endpoint: string;
  /**
   * Which part of the world; empty where there is only one.
   */
  region: string;
  /**
   * The bucket's name.
   */
  bucket: string;
  /**
   * The part of the bucket that is the site; empty is all of it.
   */
  prefix: string;
  /**
   * Who asks.
   */
  key_id: string;
  /**
   * Where the secret lies: `keychain`, `file`, or empty while there is none. The core alone says it.
   */
  secret_in: string;
};

export type SiteLogo = {
  /**
   * `image/png`, `image/jpeg` or `image/webp`.
   */
  mime: string;
  /**
   * Pixels.
   */
  width: number;
  /**
   * Pixels.
   */
  height: number;
  /**
   * The file, as standard base64; without metadata.
   */
  bytes: string;
};

export type SitePage = {
  /**
   * Where it stands: `/sections/news.html`.
   */
  address: string;
  /**
   * Of what it is the page.
   */
  kind: SitePageKind;
  /**
   * Of the section or the person; empty for the home page.
   */
  name: string;
};

export type SitePageKind = 'home' | 'section' | 'author' | 'editor' | 'corrections';

export type SiteSettings = {
  /**
   * Name of the publication.
   */
  name: string;
  /**
   * The publisher's logo; none until somebody gives one.
   */
  logo: SiteLogo | null;
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
   * 转载须知: terms of use of what is the site's own, such as 未经授权不得转载.
   */
  usage_terms: string;
  /**
   * Where the whole terms stand: an address of the web, or empty.
   */
  rights_page: string;
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
  /**
   * Name of the theme the pages are set in: one that Galley brings, or the newsroom's own.
   */
  theme: string;
  /**
   * The theme's options that were set, by their ids; what is not named takes the theme's default.
   */
  theme_options: { [key in string]: string };
  /**
   * Hosts from which video and sound may be played and on which maps may be linked, such as
   * `media.example`; what names another host is printed as a plain link.
   */
  embed_hosts: Array<string>;
  /**
   * Photos are also published in the size they were handed in; otherwise readers get renditions alone.
   */
  publish_originals: boolean;
  /**
   * 头条: the article that leads the home page while it is live; without one the newest with a photo does.
   */
  home_lead: ArticleId | null;
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
   * Those of the server's site, which hold for its articles; none before it said them.
   */
  server_settings: SiteSettingsVersion | null;
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

export type SyncState = {
  /**
   * `signed_out`, `offline`, `waiting`, `syncing`, `up_to_date`, or `stopped`.
   */
  state: string;
  /**
   * Why it stopped: `other_newsroom`, `too_old`, `not_permitted`; empty otherwise.
   */
  reason: string;
};

export type ThemeInfo = {
  /**
   * What the settings name it by.
   */
  name: string;
  /**
   * Its name for people.
   */
  title: { [key in string]: string };
  /**
   * As its makers count.
   */
  version: string;
  /**
   * It lies in the library's folder.
   */
  is_own: boolean;
  /**
   * What can be set about it.
   */
  options: Array<ThemeOptionInfo>;
};

export type ThemeList = {
  /**
   * Those that Galley brings, then the newsroom's own, as it worked last.
   */
  themes: Array<ThemeInfo>;
  /**
   * Where the files of the newsroom's own are, or would be.
   */
  folder: string;
  /**
   * What is wrong with them now.
   */
  problem: Notice | null;
};

export type ThemeOptionInfo = {
  /**
   * The key in the settings.
   */
  id: string;
  /**
   * What its values are.
   */
  kind: ThemeOptionKind;
  /**
   * What it is while nothing is set.
   */
  default: string;
  /**
   * What a choice may be, and what each is called by language.
   */
  choices: Array<[string, { [key in string]: string }]>;
  /**
   * Bounds of a number, both included.
   */
  min: number | null;
  /**
   * Bounds of a number, both included.
   */
  max: number | null;
  /**
   * What it is called.
   */
  label: { [key in string]: string };
};

export type ThemeOptionKind = 'bool' | 'choice' | 'colour' | 'text' | 'number';

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
