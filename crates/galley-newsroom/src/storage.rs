//! What the newsroom remembers, behind one async trait.
//!
//! Reads answer single questions; every write is one [`Commit`], one transaction: the intent with its outcome,
//! its effects, and the feed number, all or nothing. Nothing here decides anything.

mod accounts;
mod backup;
mod documents;
mod lane;
mod lists;
mod read;
mod schema;
mod search;
mod sqlite;
mod verify;
mod write;

use std::future::Future;

use galley_model::site::SiteSettings;
use galley_model::workflow::{
    Intent, IntentId, ItemStatus, Opinion, Outcome, PolicyRef, Publication, SignOff, Stage,
};
use galley_model::{ArticleId, Instant, PersonId, PhotoId, RevisionId, Sha256};
use galley_page::{Correction, PageFacts};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

pub use accounts::{AccountStorage, Attempt, DeviceRecord, NewSignIn, PersonRecord, SignedInDevice};
pub use backup::Recovery;
pub use documents::{
    ArticleFile, DocumentEffect, DocumentRecord, Documents, JudgedText, Known, LateRecord, OpenLate,
    PeerRecord, RunRecord, Sent, StoredBytes, StoredUpdate, UpdatesAfter,
};
pub use lists::{
    Corrected, Entry, ListRecord, Listed, ListedPhoto, Listing, Lists, PageRecord, Places, RawRevision, Stand,
};
#[cfg(test)]
pub(crate) fn questions() -> Vec<&'static str> {
    [read::questions(), documents::read::questions(), lists::read::questions()].concat()
}
pub use search::Found;
pub(crate) use search::MOST_HITS;
#[cfg(test)]
pub(crate) use search::questions as search_questions;
pub use sqlite::SqliteStorage;
pub(crate) use verify::Head;
#[cfg(test)]
pub(crate) use write::ADVANCE_FEED;

/// Where records lie. SQLite first; every method is one statement or one transaction, so that another database
/// can stand behind it.
pub trait Storage: Documents + Lists {
    /// Who this newsroom is.
    fn identity(&self) -> impl Future<Output = Result<Identity, StorageError>> + Send;
    /// The newest settings of the site.
    fn settings(&self) -> impl Future<Output = Result<(u32, SiteSettings), StorageError>> + Send;
    /// Who saved this version of the settings; none when nobody was on record.
    fn settings_saved_by(
        &self,
        version: u32,
    ) -> impl Future<Output = Result<Option<SavedBy>, StorageError>> + Send;
    /// What the newsroom knows of an article; of one it never heard of, what every article starts with.
    fn article(&self, id: ArticleId) -> impl Future<Output = Result<ArticleRecord, StorageError>> + Send;
    /// The stored answer to an intent.
    fn answer(&self, id: IntentId) -> impl Future<Output = Result<Option<Answer>, StorageError>> + Send;
    /// Who has this slug.
    fn slug_holder(
        &self,
        slug: String,
    ) -> impl Future<Output = Result<Option<ArticleId>, StorageError>> + Send;
    /// A published version.
    fn revision(&self, id: RevisionId)
    -> impl Future<Output = Result<Option<Revision>, StorageError>> + Send;
    /// Photos that no live page but this article's uses, as paths on the site.
    fn media_only_of(
        &self,
        article: ArticleId,
    ) -> impl Future<Output = Result<Vec<String>, StorageError>> + Send;
    /// Which of these photos live pages use.
    fn media_in_use(
        &self,
        paths: Vec<String>,
    ) -> impl Future<Output = Result<Vec<String>, StorageError>> + Send;
    /// The photos of all live pages, as paths on the site.
    fn live_media(&self) -> impl Future<Output = Result<Vec<String>, StorageError>> + Send;
    /// What readers find by this query, `limit` of it after `offset`. Waits for no other question.
    fn search(
        &self,
        query: String,
        offset: u32,
        limit: u32,
    ) -> impl Future<Output = Result<Found, StorageError>> + Send;
    /// What waits to be done on the site, take-downs first, then in the order it was asked for.
    fn jobs(&self) -> impl Future<Output = Result<Vec<Job>, StorageError>> + Send;
    /// Of these last parts of article addresses, those where nothing of the site stands.
    fn strangers(
        &self,
        files: Vec<String>,
        knows_all: bool,
    ) -> impl Future<Output = Result<Vec<String>, StorageError>> + Send;
    /// What was said to readers about an article, oldest first.
    fn corrections(
        &self,
        article: ArticleId,
    ) -> impl Future<Output = Result<Vec<Correction>, StorageError>> + Send;
    /// The notice in an article's place.
    fn retraction(
        &self,
        article: ArticleId,
    ) -> impl Future<Output = Result<Option<RetractionRecord>, StorageError>> + Send;
    /// The site that was set up.
    fn site(&self) -> impl Future<Output = Result<Option<SiteRecord>, StorageError>> + Send;
    /// Writes one transaction.
    fn commit(&self, commit: Commit) -> impl Future<Output = Result<Committed, StorageError>> + Send;
    /// Waits until everything is on the disk and lets go of it.
    fn close(&self) -> impl Future<Output = ()> + Send;
}

/// Who a newsroom is. A cursor into its feed is trusted only together with both.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Which newsroom.
    pub newsroom: Uuid,
    /// Changes when a backup is restored.
    pub epoch: Uuid,
    /// The person of this computer, while there are no accounts.
    pub local_person: PersonId,
    /// The records are a restored copy: readers may have pages that they do not know.
    pub was_restored: bool,
}

/// Who saved settings over the network.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedBy {
    /// Who.
    pub person: PersonId,
    /// Their name then.
    pub name: String,
    /// On which library; none for one that is not known.
    pub device: Option<Uuid>,
}

/// What the newsroom knows of an article beside its text.
#[derive(Clone, Debug, PartialEq)]
pub struct ArticleRecord {
    /// Grows with each change of this record or of the text; a commit names the one it was decided on.
    pub wf_rev: i64,
    /// First axis.
    pub stage: Stage,
    /// Third axis.
    pub item_status: ItemStatus,
    /// Fixed at submission.
    pub policy: PolicyRef,
    /// 责任编辑
    pub responsible_editor: String,
    /// The slug that is held, and whether a first publication froze it.
    pub slug: Option<(String, bool)>,
    /// Second axis, on the site.
    pub publication: PublicationRecord,
}

/// Publication on one destination.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PublicationRecord {
    /// Where it stands.
    pub state: Publication,
    /// What was last accepted to be published.
    pub wanted: Option<RevisionId>,
    /// What readers have.
    pub live: Option<RevisionId>,
    /// When readers first had it.
    pub published_at: Option<Instant>,
    /// When it last changed for readers, none before the first change.
    pub modified_at: Option<Instant>,
    /// Content of what readers have.
    pub live_content_hash: Option<Sha256>,
    /// Why the last try failed.
    pub failure: Option<Failure>,
}

/// Why a try failed, in words a window can turn into a sentence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// `site_folder`, `disk_full`, `photo`, `template`, `internal`, or `site_store_` and
    /// the word of a store's problem.
    pub code: String,
    /// For people who mend it.
    pub detail: String,
    /// The folder, file or photo it is about, or empty.
    #[serde(default)]
    pub place: String,
}

/// An intent and what was answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// As it was asked.
    pub intent: Intent,
    /// As it was answered.
    pub outcome: Outcome,
    /// Who asked.
    pub person: PersonId,
    /// Their name then.
    pub name: String,
}

/// What was published: enough to write the same page again, and never changed.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    /// Which.
    pub id: RevisionId,
    /// Of what.
    pub article: ArticleId,
    /// The whole content.
    pub content: galley_model::Content,
    /// What sign-offs are bound to.
    pub content_hash: Sha256,
    /// The facts it was rendered from, with both times.
    pub facts: PageFacts,
    /// The article block, byte for byte.
    pub block: String,
    /// The photos it shows.
    pub photos: Vec<PhotoId>,
    /// What was previewed and signed.
    pub page_hash: Sha256,
    /// When it was accepted.
    pub made_at: Instant,
}

/// Something to be done on the site. Doing it twice changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Job {
    /// In the order they were asked for.
    pub id: i64,
    /// What.
    pub work: Work,
}

/// What a job does.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "work", rename_all = "snake_case")]
pub enum Work {
    /// Remove an article's page and the photos that only it shows.
    TakeDown {
        /// Which.
        article: ArticleId,
    },
    /// Write a revision's page with what it needs.
    Page {
        /// Which.
        revision: RevisionId,
        /// Of what.
        article: ArticleId,
    },
    /// Put the notice of a retraction in the place of an article's page.
    Retract {
        /// Which.
        article: ArticleId,
    },
    /// Write again what shows an article that went live, changed or went down.
    Follow {
        /// Which.
        article: ArticleId,
        /// What of it moved.
        moved: Moved,
        /// Photos that its page does not show any more, as paths on the site.
        dropped: Vec<String>,
    },
    /// Write the home page again.
    Home,
    /// List every live article by the settings of now, from the one after this.
    Relist {
        /// The last that was listed, and when it was published.
        after: Option<(Instant, ArticleId)>,
    },
    /// Write everything again: the pages after this article, then the lists after this one.
    Site {
        /// The last article that was written.
        after: Option<ArticleId>,
        /// The list that was written last, once all pages were, and up to which of its numbered pages.
        #[serde(default)]
        list: Option<(String, u32)>,
    },
}

/// What of an article's place on the site moved with a change.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moved {
    /// Places in lists that are other than before, or show it otherwise.
    pub entries: Vec<(String, Instant)>,
    /// Those of them where it did not stand before.
    pub joined: Vec<(String, Instant)>,
    /// Words under which it is found otherwise than before.
    pub keywords: Vec<String>,
    /// How lists show it.
    pub card: bool,
    /// Readers have it since, or have it no more.
    pub went: bool,
}

/// A retraction as it was asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetractionRecord {
    /// When.
    pub at: Instant,
    /// Private.
    pub reason: String,
    /// For readers.
    pub notice: String,
    /// Who retracted it.
    pub person: PersonId,
    /// Their name then.
    pub name: String,
}

/// The site that was set up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteRecord {
    /// Its place by name: a folder, or `s3://bucket/prefix`.
    pub folder: String,
    /// Names the renderer and theme its pages were written with.
    pub look: String,
}

/// One transaction.
#[derive(Clone, Debug)]
pub struct Commit {
    /// The newsroom's clock.
    pub at: Instant,
    /// The article it is about and the `wf_rev` it was decided on.
    pub article: Option<(ArticleId, i64)>,
    /// The intent it answers.
    pub answer: Option<Answer>,
    /// What changes.
    pub effects: Vec<Effect>,
}

/// One change of the records.
#[derive(Clone, Debug)]
pub enum Effect {
    /// A new version of the site's settings, by whom; the number is the newest plus one.
    Settings(u32, Box<SiteSettings>, Option<SavedBy>),
    /// 责任编辑
    ResponsibleEditor(String),
    /// First and third axis.
    Standing(Stage, ItemStatus),
    /// Holds a slug for the article, instead of one that was never frozen.
    HoldSlug(String),
    /// The slug stays for good.
    FreezeSlug,
    /// Gives up a slug that was never frozen.
    ReleaseSlug,
    /// A judgement.
    SignOff(Box<SignOff>),
    /// A judgement that has no effect.
    Opinion(Box<Opinion>),
    /// The text that a judgement is of.
    JudgedText(Box<JudgedText>),
    /// A published version.
    Revision(Box<Revision>),
    /// Second axis.
    Publication(PublicationRecord),
    /// Where the article stands on the site from now on: in these places, with these photos, and nowhere else.
    List {
        /// As lists show it; as before when none is given.
        listed: Option<Box<Listed>>,
        /// Its places; none when it is gone.
        places: Places,
        /// Photos of its page, as paths on the site.
        media: Vec<String>,
    },
    /// The settings that articles are listed by.
    ListedBy(String),
    /// The article was shown under this slug.
    ShownAt(String),
    /// 更正
    Correct(Correction, PersonId, String),
    /// 声明撤稿
    Retract(Box<RetractionRecord>),
    /// The text, and who writes it.
    Document(DocumentEffect),
    /// The site was set up.
    Site(SiteRecord),
    /// Something to do.
    Queue(Work),
    /// A job got this far.
    Progress(i64, Work),
    /// A job is done.
    Done(i64),
    /// All jobs of this article's page and take-down are void: a newer one comes.
    Void,
}

/// What became of a commit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Committed {
    /// It is on the disk, under this number.
    At(i64),
    /// The intent was answered before; nothing was changed.
    Answered(Box<Answer>),
    /// The article's record or the address it wants moved since they were read; nothing was changed.
    Moved,
}

/// Why records could not be read or written.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// Made by a newer Galley.
    #[error("the newsroom's records are of version {found}, this Galley knows {known}")]
    TooNew {
        /// In the file.
        found: u32,
        /// Of this program.
        known: u32,
    },
    /// Not a database, not a newsroom's, or damaged.
    #[error("the newsroom's records are damaged: {0}")]
    Damaged(String),
    /// The file or its folder cannot be written.
    #[error("the newsroom's records cannot be written: {0}")]
    ReadOnly(String),
    /// No room on the disk.
    #[error("no room on the disk for the newsroom's records")]
    DiskFull,
    /// Another program holds the file.
    #[error("the newsroom's records are in use")]
    Busy,
    /// The newsroom was closed.
    #[error("the newsroom is closed")]
    Closed,
    /// Another writer saved the settings under this version meanwhile.
    #[error("the settings were saved by another writer meanwhile")]
    SettingsTaken,
    /// Anything else the database said.
    #[error("the newsroom's records: {0}")]
    Other(String),
}
