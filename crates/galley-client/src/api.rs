//! What the window and the core say to each other: plain data, one struct per answer.
//!
//! `ui/src/host/generated.ts` is written from these types by `cargo xtask generate`; positions are UTF-16
//! offsets, times are milliseconds since the epoch, ids are UUIDs as text.

use std::collections::BTreeMap;

use galley_model::site::SiteSettings;
pub use galley_model::workflow::CorrectionNote;
use galley_model::{ArticleId, Instant, Meta, PersonId, PhotoId, RevisionId, Sha256};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The lists of the window's first column. Without a newsroom's server only drafts, published and trash hold
/// anything. An article stands in one: what waits for this person's judgement in that of theirs, what readers have,
/// be it the notice of a retraction, among the published, everything else by its stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ListName {
    /// 草稿
    Drafts,
    /// 退回修改
    SentBack,
    /// 审核中
    InReview,
    /// 待我审
    ForMe,
    /// 待发
    Approved,
    /// 待用
    Held,
    /// 已发
    Published,
    /// 未采用
    Declined,
    /// 回收站
    Trash,
}

/// How many articles a list holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ListCount {
    /// Which list.
    pub list: ListName,
    /// Its length.
    pub count: u32,
}

/// The first answer after start: enough to draw the window at once.
#[derive(Clone, Debug, Serialize, TS)]
pub struct StartState {
    /// Version of Galley.
    pub version: String,
    /// The window's language: `zh-Hans` or `en`.
    pub language: String,
    /// Choices of this computer.
    pub preferences: Preferences,
    /// Where the library lives.
    pub data_dir: String,
    /// Length of each list.
    pub lists: Vec<ListCount>,
    /// The first rows of the drafts, as many as the window reads at a time.
    pub rows: ArticleRows,
    /// The site's settings; none when they could not be read, which keeps nobody from writing.
    pub settings: Option<SiteSettingsVersion>,
    /// Those of the server's site, which hold for its articles; none before it said them.
    pub server_settings: Option<SiteSettingsVersion>,
    /// The article that was open when the app last stopped.
    pub last_article: Option<ArticleId>,
    /// The same, opened; none when it could not be.
    pub article: Option<OpenArticle>,
    /// True until the first article of the writer's own was made: shows the guide.
    pub newcomer: bool,
    /// What happened while the library was opened, for the banner.
    pub notices: Vec<Notice>,
    /// The site's address on this computer, when it is being served.
    pub site_address: Option<String>,
}

/// Something the window tells once, at the top, until it is dismissed.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Notice {
    /// Names the sentence in the window's language: `library_salvaged`, `library_replayed`, `library_damaged`,
    /// `article_damaged`, `site_folder`, `site_store`, `site_not_served`, `template_broken`, `template_file`, `template_unreadable`,
    /// `theme_missing`,
    /// `theme_too_many`, `theme_mended` (takes those five back), `backup_failed`,
    /// `roles_taken`, `roles_given` (`newsroom`, `roles` by the words of the model, with blanks between),
    /// `not_saved_at_exit`, `newsroom_restored`, `sync_stopped`, `token_in_file`, `sign_in_again`,
    /// `update_unreadable`.
    pub code: String,
    /// Values for the sentence.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
}

/// Choices of this computer, not of the newsroom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Preferences {
    /// `system`, `zh-Hans` or `en`.
    pub language: String,
    /// `system`, `light` or `dark`.
    pub theme: String,
    /// The writer's own name, put into a new article's first contributor.
    pub author_name: String,
    /// The writer's role, one of the site's contributor roles.
    pub author_role: String,
    /// The source a new article starts with.
    pub default_source: String,
    /// Folder the site is published to; empty means `site` in the library.
    pub site_folder: String,
    /// The bucket that it is published to in place of the folder.
    pub site_store: SiteBucket,
    /// Layout of the window: widths and which columns are folded, by name, as the window likes.
    pub layout: BTreeMap<String, String>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            language: "system".to_owned(),
            theme: "system".to_owned(),
            author_name: String::new(),
            author_role: String::new(),
            default_source: String::new(),
            site_folder: String::new(),
            site_store: SiteBucket::default(),
            layout: BTreeMap::new(),
        }
    }
}

/// A bucket of an object store that speaks S3, as the place of this computer's site. The secret of the key is not
/// among the choices: it lies where this device's token lies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct SiteBucket {
    /// The site is published there; otherwise the rest is only remembered.
    pub used: bool,
    /// `https://…` of a store that is not AWS; empty for AWS.
    pub endpoint: String,
    /// Which part of the world; empty where there is only one.
    pub region: String,
    /// The bucket's name.
    pub bucket: String,
    /// The part of the bucket that is the site; empty is all of it.
    pub prefix: String,
    /// Who asks.
    pub key_id: String,
    /// Where the secret lies: `keychain`, `file`, or empty while there is none. The core alone says it.
    pub secret_in: String,
}

/// Which rows of a list to read.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct ListRequest {
    /// Which list.
    pub list: ListName,
    /// First row, from 0, newest first.
    pub offset: u32,
    /// At most 200.
    pub limit: u32,
}

/// Search in all articles.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct SearchRequest {
    /// Words; all must occur. One Han character is enough; a Latin word matches by its beginning.
    pub query: String,
    /// First hit.
    pub offset: u32,
    /// At most 200.
    pub limit: u32,
}

/// Rows of a list or hits of a search.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ArticleRows {
    /// How many there are in all; for a search at least this many.
    pub total: u32,
    /// True when `total` is where counting stopped.
    pub more: bool,
    /// The rows asked for.
    pub rows: Vec<ArticleRow>,
}

/// One article in a list.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ArticleRow {
    /// Which.
    pub id: ArticleId,
    /// May be empty.
    pub headline: String,
    /// Beginning of the text, or the text around the hit.
    pub excerpt: String,
    /// Where it stands.
    pub list: ListName,
    /// Publication on this computer's site.
    pub publication: PublicationState,
    /// Last change.
    pub updated_at: Instant,
    /// 字数
    pub words: u32,
    /// How it stands in the newsroom; none for an article of this computer alone.
    pub standing: Option<RowStanding>,
}

/// How an article of the newsroom stands, as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct RowStanding {
    /// `draft`, `submitted`, `review[1]` …, `approved`, `returned`, `held`, `spiked`.
    pub stage: String,
    /// How many reviews the article passes.
    pub reviews: u32,
    /// Whose it is, empty for this person's own.
    pub author: String,
    /// Who reviews it now, empty for nobody.
    pub claimed_by: String,
    /// `withdrawn`, `deleted`, or empty while the newsroom shows it.
    pub access: String,
}

/// Publication on one destination: an axis of its own, never a stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PublicationState {
    /// Never published.
    #[default]
    None,
    /// The page is being written.
    Sending,
    /// Anyone who has the address can read it.
    Live,
    /// Live, and the draft has changed since.
    LiveChanged,
    /// Writing failed; nothing changed for readers.
    Failed,
    /// Taken down.
    TakenDown,
    /// Retracted for good: a notice stands at its address, and nothing more can be done with it.
    Retracted,
}

/// An article as the editor opens it.
#[derive(Clone, Debug, Serialize, TS)]
pub struct OpenArticle {
    /// Which.
    pub id: ArticleId,
    /// Number of the core's last accepted update in this run; the base of the window's next push.
    pub rev: u32,
    /// The text, lines joined by `\n`.
    pub body: String,
    /// The facts, with what was typed and not yet set laid over them.
    pub meta: Meta,
    /// Text of a composition that was cut off by a crash, to be offered again; empty when none.
    pub unfinished_composition: String,
    /// Where the caret stood, UTF-16.
    pub caret: u32,
    /// First visible pixel.
    pub scroll: u32,
    /// When its last change reached the disk.
    pub saved_at: Instant,
    /// Where it stands.
    pub list: ListName,
    /// The newsroom's facts.
    pub authority: Authority,
    /// It is the server's: sections, language and everything else of the site are those of the server's site.
    pub is_servers: bool,
    /// True while the article is only shown: trash, or a damaged article.
    pub read_only: bool,
    /// What could not be read of this article, if anything.
    pub notices: Vec<Notice>,
}

/// What belongs to the newsroom and not to the text.
#[derive(Clone, Debug, Default, Serialize, TS)]
pub struct Authority {
    /// 责任编辑
    pub responsible_editor: String,
    /// Publication on this computer's site.
    pub publication: PublicationState,
    /// The page's address when it is or was live.
    pub address: Option<String>,
    /// When it first went live.
    pub published_at: Option<Instant>,
    /// When it last changed for readers.
    pub modified_at: Option<Instant>,
    /// Why the last try failed.
    pub failure: Option<ApiError>,
}

/// One replacement in the coordinates of the text before the update it belongs to. The splices of one update
/// are sorted and do not overlap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Splice {
    /// UTF-16, inclusive.
    pub from: u32,
    /// UTF-16, exclusive.
    pub to: u32,
    /// What stands there now.
    pub insert: String,
}

/// One update of the collaboration protocol, made by a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ViewUpdate {
    /// Number of this update among those of its view, from 1, kept when it is sent again.
    pub view_seq: u32,
    /// What changed.
    pub splices: Vec<Splice>,
}

/// A window's push of what was typed.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct PushRequest {
    /// Which article.
    pub article: ArticleId,
    /// Random name of the view (one per opened editor), so that an update sent again is known.
    pub view: String,
    /// The revision the first update was made on.
    pub base_rev: u32,
    /// In order.
    pub updates: Vec<ViewUpdate>,
    /// Caret after them, UTF-16.
    pub caret: u32,
}

/// The core's answer to a push.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PushAnswer {
    /// All are in the store, committed and synced.
    Accepted {
        /// The core's revision after them.
        rev: u32,
        /// When the commit returned.
        saved_at: Instant,
    },
    /// Made on an older revision: apply these, rebase, send again under the same numbers.
    Stale {
        /// The core's revision.
        rev: u32,
        /// What the window has not seen, in order from `base_rev`.
        updates: Vec<CoreUpdate>,
    },
}

/// An update as the core accepted it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct CoreUpdate {
    /// The view it came from, empty for the core's own (a restore, another device).
    pub view: String,
    /// Its number in that view, 0 for the core's own.
    pub view_seq: u32,
    /// What changed.
    pub splices: Vec<Splice>,
}

/// Fields of the form: `set` at blur, at one idle second, or before a revision; `draft` while typing.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct FieldsRequest {
    /// Which article.
    pub article: ArticleId,
    /// Key of the meta map to its new text; an empty text clears it.
    pub fields: BTreeMap<String, String>,
}

/// Something is on this computer's disk.
#[derive(Clone, Copy, Debug, Serialize, TS)]
pub struct Saved {
    /// When the commit returned.
    pub saved_at: Instant,
}

/// Asks for the preview of what the core holds.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct PreviewRequest {
    /// Which article.
    pub article: ArticleId,
    /// Wait until the core has applied this update of this view; empty and 0 for none.
    pub view: String,
    /// See `view`.
    pub view_seq: u32,
    /// `version` of the preview the window shows, 0 for none.
    pub have: u32,
    /// A correction that the page is to be shown with, as *Publish* would add it.
    #[serde(default)]
    pub correction: Option<CorrectionNote>,
}

/// The preview: a whole page, or what changed since the one the window shows.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Preview {
    /// Number of this rendering.
    pub version: u32,
    /// The page exactly as it will be published, when the window shows none or the frame changed.
    pub page: Option<String>,
    /// The article block before the body's first block, when it changed.
    pub head: Option<String>,
    /// The article block after the body's last block, when it changed.
    pub foot: Option<String>,
    /// Blocks of the body that changed: `remove` blocks at `at` make way for `insert`.
    pub patch: Option<BlockPatch>,
    /// For every block of the body, the first UTF-16 offset of its source, when it changed.
    pub block_starts: Option<Vec<u32>>,
    /// The hash *Publish* carries.
    pub page_hash: Sha256,
    /// Counts of the body.
    pub counts: Counts,
    /// What would keep this article from being published, in the order of the fields.
    pub problems: Vec<Problem>,
}

/// A page of the site that a publication of an article changes, beside the article's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct SitePage {
    /// Where it stands: `/sections/news.html`.
    pub address: String,
    /// Of what it is the page.
    pub kind: SitePageKind,
    /// Of the section or the person; empty for the home page.
    pub name: String,
}

/// Of what a page of the site is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SitePageKind {
    /// 首页
    Home,
    /// 栏目
    Section,
    /// 作者
    Author,
    /// 责任编辑
    Editor,
    /// 更正
    Corrections,
}

/// One contiguous change of the list of body blocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct BlockPatch {
    /// First block.
    pub at: u32,
    /// How many go.
    pub remove: u32,
    /// What comes: each is one element.
    pub insert: Vec<String>,
}

/// Something to mend before publishing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Problem {
    /// Names the sentence in the window's language, such as `headline_missing`.
    pub code: String,
    /// The field or photo it points at.
    pub field: String,
    /// True: *Publish* refuses. False: told, and the writer decides.
    pub hard: bool,
    /// Values for the sentence.
    pub values: BTreeMap<String, String>,
}

/// Counts of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct Counts {
    /// 字数 by the rule of Word and WPS.
    pub words: u32,
    /// 字符数（计空格）
    pub characters: u32,
    /// 字符数（不计空格）
    pub characters_without_spaces: u32,
    /// 汉字
    pub han: u32,
    /// Words of spaced scripts by UAX #29.
    pub latin_words: u32,
    /// Paragraphs that are not empty.
    pub paragraphs: u32,
}

/// A photo that is now in the library and in the article.
#[derive(Clone, Debug, Serialize, TS)]
pub struct AddedPhoto {
    /// Which.
    pub id: PhotoId,
    /// Of its stripped bytes; `galley://localhost/media/<sha256>` shows it, `/thumb/<sha256>` its thumbnail.
    pub sha256: Sha256,
    /// Facts set for it (`photo/<id>/…`), caption and credit taken from the file where it has them.
    pub fields: BTreeMap<String, String>,
}

/// A version of an article.
#[derive(Clone, Debug, Serialize, TS)]
pub struct RevisionRow {
    /// Which.
    pub id: RevisionId,
    /// When.
    pub at: Instant,
    /// `opened`, `named`, `pause`, `restore`, `publish`, `signed`, `replace`.
    pub reason: String,
    /// The writer's own name for it, or empty.
    pub label: String,
    /// Who, or empty.
    pub author: String,
    /// 字数
    pub words: u32,
    /// The headline then.
    pub headline: String,
}

/// Which two versions to compare; none stands for the text as it is now.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct CompareRequest {
    /// Which article.
    pub article: ArticleId,
    /// The older.
    pub from: Option<RevisionId>,
    /// The newer.
    pub to: Option<RevisionId>,
}

/// What differs between two versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Comparison {
    /// The whole text in runs: kept, deleted, inserted.
    pub body: Vec<DiffRun>,
    /// Facts that differ: key, before, after.
    pub fields: Vec<FieldDiff>,
}

/// What was changed since somebody judged a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ChangesSince {
    /// From what was judged to the text here.
    pub comparison: Comparison,
    /// Of the text here as the comparison shows it: who signs it again signs this and nothing newer.
    pub content_hash: Sha256,
}

/// A run of a comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct DiffRun {
    /// `same`, `deleted` or `inserted`.
    pub kind: String,
    /// The characters.
    pub text: String,
    /// Who wrote (inserted) it, or empty when not known.
    pub author: String,
}

/// A fact that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct FieldDiff {
    /// Key of the meta map.
    pub key: String,
    /// In the older.
    pub before: String,
    /// In the newer.
    pub after: String,
}

/// Publishes what was previewed.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct PublishRequest {
    /// Which article.
    pub article: ArticleId,
    /// The hash of the preview the writer saw.
    pub page_hash: Sha256,
    /// Made anew for each press of the button, kept when it is sent again.
    pub intent: String,
    /// 更正: a note that stands with the article from this publication on.
    #[serde(default)]
    pub correction: Option<CorrectionNote>,
}

/// The site's settings with their version.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct SiteSettingsVersion {
    /// Grows by one with each change.
    pub version: u32,
    /// The settings.
    pub settings: SiteSettings,
}

/// The themes that a site can be set in.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ThemeList {
    /// Those that Galley brings, then the newsroom's own, as it worked last.
    pub themes: Vec<ThemeInfo>,
    /// Where the files of the newsroom's own are, or would be.
    pub folder: String,
    /// What is wrong with them now.
    pub problem: Option<Notice>,
}

/// What a theme says of itself. Texts are by language: `zh-Hans`, `en`.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ThemeInfo {
    /// What the settings name it by.
    pub name: String,
    /// Its name for people.
    pub title: BTreeMap<String, String>,
    /// As its makers count.
    pub version: String,
    /// It lies in the library's folder.
    pub is_own: bool,
    /// What can be set about it.
    pub options: Vec<ThemeOptionInfo>,
}

/// Something that can be set about a theme. Values are texts.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ThemeOptionInfo {
    /// The key in the settings.
    pub id: String,
    /// What its values are.
    pub kind: ThemeOptionKind,
    /// What it is while nothing is set.
    pub default: String,
    /// What a choice may be, and what each is called by language.
    pub choices: Vec<(String, BTreeMap<String, String>)>,
    /// Bounds of a number, both included.
    pub min: Option<i32>,
    /// Bounds of a number, both included.
    pub max: Option<i32>,
    /// What it is called.
    pub label: BTreeMap<String, String>,
}

/// What values an option of a theme takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ThemeOptionKind {
    /// `true` or `false`.
    Bool,
    /// One of the choices.
    Choice,
    /// `#rrggbb`
    Colour,
    /// A line of text.
    Text,
    /// A whole number.
    Number,
}

impl From<galley_page::OptionKind> for ThemeOptionKind {
    fn from(kind: galley_page::OptionKind) -> Self {
        match kind {
            galley_page::OptionKind::Bool => Self::Bool,
            galley_page::OptionKind::Choice => Self::Choice,
            galley_page::OptionKind::Colour => Self::Colour,
            galley_page::OptionKind::Text => Self::Text,
            galley_page::OptionKind::Number => Self::Number,
        }
    }
}

/// The status line of the sync.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct SyncState {
    /// `signed_out`, `offline`, `waiting`, `syncing`, `up_to_date`, or `stopped`.
    pub state: String,
    /// Why it stopped: `other_newsroom`, `too_old`, `not_permitted`; empty otherwise.
    pub reason: String,
}

/// Who is signed in where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct AccountState {
    /// Address of the server.
    pub server: String,
    /// The newsroom's name.
    pub newsroom: String,
    /// The person's name.
    pub name: String,
    /// What they may do, by the words of the model.
    pub roles: Vec<String>,
    /// False after signing out: the text stays, and nothing is sent.
    pub signed_in: bool,
    /// Where the token lies: `keychain` or `file`; the window says so when it is a file.
    pub token_in: String,
    /// How the sync stands.
    pub sync: SyncState,
}

/// Signs in.
#[derive(Clone, Deserialize, TS)]
pub struct SignIn {
    /// Address of the server.
    pub server: String,
    /// The person's name.
    pub name: String,
    /// The password; with a code, the one to be set.
    pub password: String,
    /// The one-time code, empty to sign in by the password.
    pub code: String,
    /// What people call this computer.
    pub device_name: String,
    /// The drafts that go up. Others stay private.
    pub drafts: Vec<ArticleId>,
}

impl std::fmt::Debug for SignIn {
    /// Never a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn")
            .field("server", &self.server)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// A row of the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct OutboxRow {
    /// Its number.
    pub id: i64,
    /// `photo`, `content` or `intent`.
    pub kind: String,
    /// The kind of an intent, such as `submit`; empty otherwise.
    pub intent: String,
    /// About which article.
    pub article: ArticleId,
    /// Its headline here; empty when it is not here any more.
    pub headline: String,
    /// `waiting`, `sent` or `refused`.
    pub state: String,
    /// Why it was refused or last failed: codes, joined with blanks.
    pub reason: String,
    /// What can be done: `nothing`, `wait`, `look_again`, `retry`, or `see_copy`.
    pub advice: String,
    /// How often it was sent in vain.
    pub attempts: u32,
    /// When it was put in.
    pub created: Instant,
}

/// How an article stands with the newsroom, beside its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ArticleStanding {
    /// `private`, `sent`, `waiting`, `stuck`, `withdrawn` or `deleted`.
    pub upload: String,
    /// Why it is stuck.
    pub reason: String,
    /// The newsroom's word (`Standing` of the protocol) as JSON; none before the first.
    pub standing: Option<String>,
    /// The article that this one is a private copy of.
    pub copy_of: Option<ArticleId>,
    /// The same word as the window shows it.
    pub word: Option<NewsroomWord>,
    /// `submit` or `publish` for a draft of which the newsroom does not know yet; empty otherwise.
    pub first_step: String,
    /// What was asked for and not answered yet, or refused as the last thing, newest first.
    pub wishes: Vec<OutboxRow>,
}

/// What the newsroom said last of an article, and what this person may do about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct NewsroomWord {
    /// `draft`, `submitted`, `review[1]` …, `approved`, `returned`, `held`, `spiked`.
    pub stage: String,
    /// How many reviews the article passes.
    pub reviews: u32,
    /// Whose it is.
    pub author: String,
    /// 合作者
    pub co_authors: Vec<Colleague>,
    /// Whether this person may say who else writes.
    pub may_name_co_authors: bool,
    /// Who reviews it now, empty for nobody.
    pub claimed_by: String,
    /// That is this person.
    pub is_claimed_here: bool,
    /// This person writes it.
    pub is_own: bool,
    /// Judgements, oldest first.
    pub sign_offs: Vec<SignOffRow>,
    /// Judgements that came too late to have an effect, oldest first.
    pub opinions: Vec<SignOffRow>,
    /// Places where somebody has to choose.
    pub contests: Vec<ContestRow>,
    /// What came too late to merge by itself.
    pub late: Vec<LateRow>,
    /// Whether this person may choose and decide about the two above.
    pub may_settle: bool,
    /// What this person may do next, the step that leads on first.
    pub steps: Vec<NextStep>,
}

/// Somebody of the newsroom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Colleague {
    /// Who.
    pub id: PersonId,
    /// By name.
    pub name: String,
    /// What they may do, by the words of the model; of a co-author nothing is said.
    #[serde(default)]
    pub roles: Vec<String>,
}

/// A judgement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct SignOffRow {
    /// The stage it was given at.
    pub stage: String,
    /// `advance`, `adopt`, `hold`, `return` or `reject`.
    pub verdict: String,
    /// Who, as shown then.
    pub name: String,
    /// In the signer's words.
    pub comment: String,
    /// By the newsroom's clock.
    pub at: Instant,
    /// The text says something else now.
    pub is_stale: bool,
    /// Of the text that was judged; what was changed since is asked for by it.
    pub content_hash: Sha256,
    /// It is this person's.
    pub is_mine: bool,
    /// Given without the newsroom in reach.
    pub offline: bool,
    /// Why it has no effect: `content_changed`, `page_changed`, `passed`, `returned`, `spiked`, `retracted`, `other`;
    /// empty for one that counts.
    pub no_effect: String,
    /// It is this person's newest, and can be given anew for the text as it stands.
    pub may_sign_again: bool,
}

/// A place where a person has to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ContestRow {
    /// Which.
    pub id: uuid::Uuid,
    /// The fact's key; empty for the body.
    pub field: String,
    /// Where it begins in the body, UTF-16, as far as the text here has it.
    pub from: Option<u32>,
    /// What stood there when both began.
    pub base: String,
    /// What the writer made of it whose text arrived later.
    pub mine: String,
    /// What the text said that the server had.
    pub theirs: String,
    /// What the document says.
    pub result: String,
    /// What it should probably say.
    pub suggestion: Option<String>,
    /// Who wrote `mine`.
    pub mine_by: String,
    /// Who wrote `theirs`.
    pub theirs_by: String,
}

/// An edit that came too late to merge by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct LateRow {
    /// Which.
    pub id: uuid::Uuid,
    /// Who wrote it.
    pub by: String,
    /// When it arrived, by the server's clock.
    pub at: Instant,
    /// How the text with it differs from the text as it stands here.
    pub comparison: Comparison,
}

/// Something a person may do next.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct NextStep {
    /// `publish`, `submit`, `claim`, `resume`, `adopt`, `advance`, `return`, `hold`, `reject`, `release` or
    /// `withdraw`.
    pub step: String,
    /// Why it has to wait, by the words of the model; empty when it may be done now.
    pub waits_for: Vec<String>,
}

/// Every way a command may fail. A code exists only if someone acts on it; the window holds the sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// No room on the disk. Nothing typed is lost while the window stays open; free space.
    DiskFull,
    /// The library cannot be written.
    ReadOnly,
    /// Another Galley has this library open.
    LibraryInUse,
    /// The library was made by a newer Galley.
    LibraryTooNew,
    /// The library cannot be read, and could not be rebuilt.
    LibraryDamaged,
    /// Something else lies where the library should be (`path`).
    LibraryForeign,
    /// No such article.
    ArticleMissing,
    /// The article cannot be read; what could be saved is shown.
    ArticleDamaged,
    /// The window's text and the core's differ; the window must load again. Nothing is lost.
    OutOfStep,
    /// A text over the limit of the field (`max`, `field`).
    TooLong,
    /// The photo cannot be read.
    PhotoUnreadable,
    /// The photo is too large (`megapixels`, `max`).
    PhotoTooLarge,
    /// The photo's format is not supported (`format`).
    PhotoFormat,
    /// The page changed since it was previewed; look again.
    PageChanged,
    /// Something is missing; `problems` of the preview say what.
    NotReady,
    /// The address is taken (`slug`, `proposal`).
    SlugTaken,
    /// The site folder is gone or cannot be written (`folder`).
    SiteFolder,
    /// The object store of the site did not do what was asked (`place`, `detail`; `reason`: `no_bucket`, `denied`,
    /// `full`, `busy`, `unreachable`, `refused`, `foreign`, `other_newsroom`, `vanished`, `no_secret`).
    SiteStore,
    /// A template of the page is broken (`file`, `line`, `detail`).
    Template,
    /// The theme is larger than a server takes (`max`, bytes).
    ThemeTooLarge,
    /// Something lies in the folder of the newsroom's own theme already (`folder`).
    ThemeExists,
    /// The setting cannot be (`field`).
    InvalidSetting,
    /// Somebody else saved the site's settings meanwhile (`current`, `name`, which may be empty); nothing was changed.
    SettingsMoved,
    /// The text is not the one that was shown any more; nothing was signed.
    TextMoved,
    /// The version is not there any more.
    RevisionMissing,
    /// Nobody is signed in, or not any more; everything is kept.
    SignedOut,
    /// No such name, or not its code or password.
    WrongSecret,
    /// Too many tries; wait (`seconds`).
    SlowDown,
    /// The library belongs to another newsroom (`newsroom`); a new library can be made for this one.
    OtherNewsroom,
    /// The server was not reached.
    Offline,
    /// The server asks for a newer Galley (`min`), or is older than this one can use.
    TooOld,
    /// The server does not answer as a publishing server does (`detail`).
    Server,
    /// The person may not do this.
    NotPermitted,
    /// A fault of Galley's own (`detail`).
    Internal,
}

/// What went wrong, what to do, and whether a retry can help.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ApiError {
    /// Which.
    pub code: ErrorCode,
    /// Values for the window's sentence.
    pub values: BTreeMap<String, String>,
    /// Whether the same call may succeed later.
    pub retry: bool,
}

impl Notice {
    /// A notice without values.
    pub fn new(code: &str) -> Self {
        Self { code: code.to_owned(), values: BTreeMap::new() }
    }

    /// Adds a value for the sentence.
    pub fn with(mut self, name: &str, value: &str) -> Self {
        self.values.insert(name.to_owned(), value.to_owned());
        self
    }
}
