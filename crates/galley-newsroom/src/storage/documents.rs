//! What the newsroom remembers of the text and of who writes it.

pub(crate) mod read;
pub(crate) mod write;

use std::collections::BTreeMap;
use std::future::Future;

use galley_model::workflow::{Opinion, PolicyRef, SignOff};
use galley_model::{ArticleId, Instant, Meta, PersonId, RevisionId, Sha256};
use galley_sync::wire;
use uuid::Uuid;

use super::{ArticleRecord, Commit, Committed, SqliteStorage, StorageError};
use crate::authorship::Seal;
use crate::decoder::Run;

/// Questions about the text, and the transaction of several articles.
pub trait Documents: Send + Sync + 'static {
    /// Everything that is decided on, of an article whose text is here; all of one moment.
    fn file(
        &self,
        article: ArticleId,
    ) -> impl Future<Output = Result<Option<ArticleFile>, StorageError>> + Send;
    /// Several articles at one moment, in their order.
    fn files(
        &self,
        articles: Vec<ArticleId>,
    ) -> impl Future<Output = Result<Vec<Known>, StorageError>> + Send;
    /// Its text and facts.
    fn text(
        &self,
        article: ArticleId,
    ) -> impl Future<Output = Result<Option<(String, Meta)>, StorageError>> + Send;
    /// A snapshot and the updates since it, or all updates.
    fn bytes(
        &self,
        article: ArticleId,
        with_snapshot: bool,
    ) -> impl Future<Output = Result<StoredBytes, StorageError>> + Send;
    /// Updates after a number, within so many bytes but at least one; a snapshot where many are missing.
    fn updates_after(
        &self,
        article: ArticleId,
        after: i64,
        budget: usize,
    ) -> impl Future<Output = Result<UpdatesAfter, StorageError>> + Send;
    /// The stored update of this peer that begins here.
    fn update_from(
        &self,
        article: ArticleId,
        peer: u64,
        start: i32,
    ) -> impl Future<Output = Result<Option<StoredUpdate>, StorageError>> + Send;
    /// The run that the article's last update is part of, when this peer wrote it and would go on with this operation.
    fn run(
        &self,
        article: ArticleId,
        peer: u64,
        start: i32,
    ) -> impl Future<Output = Result<Option<RunRecord>, StorageError>> + Send;
    /// How far what arrived of this peer goes, in whatever form: stored, late or refused.
    fn arrived(
        &self,
        article: ArticleId,
        peer: u64,
    ) -> impl Future<Output = Result<i32, StorageError>> + Send;
    /// The text of an article with this content, where a judgement is of it.
    fn judged_text(
        &self,
        article: ArticleId,
        content_hash: Sha256,
    ) -> impl Future<Output = Result<Option<JudgedText>, StorageError>> + Send;
    /// A contest's article and place, and whether it is open.
    fn contest(
        &self,
        id: Uuid,
    ) -> impl Future<Output = Result<Option<(ArticleId, wire::Contest, bool)>, StorageError>> + Send;
    /// A late update with its bytes.
    fn late(&self, id: Uuid) -> impl Future<Output = Result<Option<LateRecord>, StorageError>> + Send;
    /// Text and facts of an article with a late update.
    fn late_text(
        &self,
        id: Uuid,
    ) -> impl Future<Output = Result<Option<(String, Meta)>, StorageError>> + Send;
    /// Articles that moved after a number, in the order of their newest; and the feed's number now.
    fn moved(
        &self,
        after: i64,
        limit: u32,
    ) -> impl Future<Output = Result<(Vec<(ArticleId, i64)>, i64), StorageError>> + Send;
    /// A person by their name here, and whether they are still of the newsroom.
    fn known_person(
        &self,
        id: PersonId,
    ) -> impl Future<Output = Result<Option<(String, bool)>, StorageError>> + Send;
    /// What the word on an author is made and read with.
    fn seal(&self) -> impl Future<Output = Result<Seal, StorageError>> + Send;
    /// The next number of a device's wishes.
    fn next_intent(&self, device: Uuid) -> impl Future<Output = Result<u64, StorageError>> + Send;
    /// What new articles pass.
    fn new_policy(&self) -> impl Future<Output = Result<PolicyRef, StorageError>> + Send;
    /// Writes several commits as one transaction: all or none.
    fn commit_all(
        &self,
        commits: Vec<Commit>,
    ) -> impl Future<Output = Result<Committed, StorageError>> + Send;
}

/// What there is of an article.
#[derive(Clone, Debug)]
pub enum Known {
    /// Its file.
    File(Box<ArticleFile>),
    /// Nothing of its text was ever sent; its record, which may be a new one.
    Bare(Box<ArticleRecord>),
}

impl Known {
    /// The file of an article that was sent.
    pub(crate) fn file(self) -> Option<ArticleFile> {
        match self {
            Self::File(file) => Some(*file),
            Self::Bare(_) => None,
        }
    }
}

/// Everything that is decided on.
#[derive(Clone, Debug)]
pub struct ArticleFile {
    /// Which.
    pub article: ArticleId,
    /// Stage, policy, publication.
    pub record: ArticleRecord,
    /// Whose it is, and how far its text goes.
    pub document: DocumentRecord,
    /// Judgements, oldest first.
    pub sign_offs: Vec<SignOff>,
    /// Those that have no effect, oldest first.
    pub opinions: Vec<Opinion>,
    /// Open ones, oldest first.
    pub contests: Vec<wire::Contest>,
    /// Undecided ones, oldest first. Their texts are asked for one by one: a request may be about many articles, each
    /// with a whole text in every one of these.
    pub late: Vec<OpenLate>,
    /// In the order in which they first wrote.
    pub peers: Vec<PeerRecord>,
    /// What was said to readers, oldest first.
    pub corrections: Vec<galley_page::Correction>,
}

/// Whose an article is, and how far its text goes.
#[derive(Clone, Debug, PartialEq)]
pub struct DocumentRecord {
    /// Whose it is.
    pub author: wire::Person,
    /// The number of the epoch since which that is on record.
    pub author_since: i64,
    /// Who writes with them.
    pub co_authors: Vec<wire::Person>,
    /// Who did once.
    pub former_co_authors: Vec<PersonId>,
    /// Who reviews it now.
    pub claimed_by: Option<wire::Person>,
    /// It was handed in at some time.
    pub was_handed_in: bool,
    /// It was deleted: nothing of its text is here any more.
    pub is_deleted: bool,
    /// The number of its last update.
    pub last_seq: i64,
    /// The number that its snapshot goes up to; 0 without one.
    pub snapshot_upto: i64,
    /// Of its text.
    pub content_hash: Sha256,
    /// Its newest number in the feed.
    pub feed: i64,
}

/// Who sits behind a peer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PeerRecord {
    /// Which.
    pub peer: u64,
    /// Whose it is; none while it was only brought back by others.
    pub device: Option<Uuid>,
    /// Their name then.
    pub name: String,
    /// Brought back by them.
    pub recovered: bool,
    /// One past its last operation.
    pub end: i32,
}

/// Bytes for the engine, all of our own making.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoredBytes {
    /// Everything up to some number.
    pub snapshot: Option<Vec<u8>>,
    /// Everything since, in order.
    pub updates: Vec<Vec<u8>>,
}

/// Updates for a device.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UpdatesAfter {
    /// What it may read.
    pub bytes: StoredBytes,
    /// The number it has then.
    pub upto: i64,
    /// There is more.
    pub more: bool,
}

/// An update that was stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredUpdate {
    /// Its number in the article.
    pub seq: i64,
    /// One past its last operation.
    pub end: i32,
    /// Of the bytes as they came.
    pub sha_in: Sha256,
}

/// A change of the article that its writer may go on with.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRecord {
    /// Whose, and since when.
    pub run: Run,
    /// What it contests, oldest first, and whether that is still open. None was replaced by another since.
    pub contests: Vec<(wire::Contest, bool)>,
}

/// What came too late to merge.
#[derive(Clone, Debug, PartialEq)]
pub struct LateRecord {
    /// Which.
    pub id: Uuid,
    /// Of which article.
    pub article: ArticleId,
    /// As it was sent.
    pub sent: Sent,
    /// When it arrived.
    pub received_at: Instant,
    /// The text with it.
    pub body: String,
    /// The facts with it.
    pub meta: Meta,
    /// Nobody has decided yet.
    pub is_open: bool,
}

/// A late update that nobody has decided yet, without its bytes and without the text that it makes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenLate {
    /// Which.
    pub id: Uuid,
    /// Who wrote.
    pub peer: u64,
    /// First operation.
    pub start: i32,
    /// One past the last.
    pub end: i32,
    /// Of the bytes as they came.
    pub sha_in: Sha256,
    /// By whom.
    pub person: wire::Person,
    /// When it arrived.
    pub received_at: Instant,
}

/// A text that somebody judged.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JudgedText {
    /// As sign-offs name it.
    pub id: RevisionId,
    /// Of which article.
    pub article: ArticleId,
    /// Of body and facts.
    pub content_hash: Sha256,
    /// The text.
    pub body: String,
    /// The facts.
    pub meta: Meta,
}

/// What a device sent of one peer.
#[derive(Clone, Debug, PartialEq)]
pub struct Sent {
    /// Who wrote.
    pub peer: u64,
    /// First operation.
    pub start: i32,
    /// One past the last.
    pub end: i32,
    /// Of the bytes as they came.
    pub sha_in: Sha256,
    /// As they came where they were not taken in, else our own.
    pub bytes: Vec<u8>,
    /// From where; none for what the newsroom wrote itself.
    pub device: Option<Uuid>,
    /// By whom.
    pub person: wire::Person,
    /// The device's clock.
    pub at: Instant,
    /// Given back after the records were replaced by a copy.
    pub recovered: bool,
}

/// One change of the records of the text.
#[derive(Clone, Debug)]
pub enum DocumentEffect {
    /// The article is here from now on, as a draft of this person since an epoch, under this policy.
    New(wire::Person, i64, PolicyRef),
    /// Whose it is after all, since an earlier epoch.
    Author(wire::Person, i64),
    /// Handed in under this policy.
    HandedIn(PolicyRef),
    /// Who reviews it now.
    Claim(Option<wire::Person>),
    /// Somebody writes with the author.
    CoAuthor(wire::Person),
    /// Somebody does not any more.
    NoCoAuthor(PersonId),
    /// An update with its number, in our own bytes, and the first operation of the run that it is part of.
    Update(i64, Box<Sent>, Option<i32>),
    /// How the article reads with everything.
    Head {
        /// Of the content.
        content_hash: Sha256,
        /// The text.
        body: String,
        /// The facts.
        meta: Meta,
    },
    /// Everything up to a number at once.
    Snapshot(i64, Vec<u8>),
    /// A person has to choose, for what this run made of the text.
    OpenContest(Box<wire::Contest>, Option<Run>),
    /// A person has chosen.
    SettleContest(Uuid),
    /// The run that opened it reads otherwise by now: nobody has to choose this any more.
    WithdrawContest(Uuid),
    /// Something else stands at its place by now: another takes the place of this one, of the same run.
    AskAnew(Uuid, Box<wire::Contest>),
    /// Somebody wrote who may not.
    Late(Box<LateRecord>),
    /// It was decided; `accepted`, `refused` or `replaced`.
    CloseLate(Uuid, &'static str),
    /// Refused for good.
    Quarantine(ArticleId, &'static str, Box<Sent>),
    /// Deleted for good.
    Delete,
    /// The number of a device's wish; nothing of the commit happens when it is not the next.
    Count(Uuid, u64),
    /// Somebody's name, and whether they are of the newsroom.
    Person(wire::Person, bool),
    /// What new articles pass.
    NewPolicy(PolicyRef),
}

impl ArticleFile {
    /// What there is of each peer.
    pub fn have(&self) -> BTreeMap<u64, i32> {
        self.peers.iter().map(|peer| (peer.peer, peer.end)).collect()
    }

    /// Who sits behind this peer.
    pub fn peer(&self, peer: u64) -> Option<&PeerRecord> {
        self.peers.iter().find(|record| record.peer == peer)
    }
}

impl Documents for SqliteStorage {
    async fn file(&self, article: ArticleId) -> Result<Option<ArticleFile>, StorageError> {
        self.read(move |connection| read::file(connection, article)).await
    }

    async fn files(&self, articles: Vec<ArticleId>) -> Result<Vec<Known>, StorageError> {
        self.read(move |connection| read::files(connection, &articles)).await
    }

    async fn text(&self, article: ArticleId) -> Result<Option<(String, Meta)>, StorageError> {
        self.read(move |connection| read::text(connection, article)).await
    }

    async fn bytes(&self, article: ArticleId, with_snapshot: bool) -> Result<StoredBytes, StorageError> {
        self.read(move |connection| read::bytes(connection, article, with_snapshot)).await
    }

    async fn updates_after(
        &self,
        article: ArticleId,
        after: i64,
        budget: usize,
    ) -> Result<UpdatesAfter, StorageError> {
        self.read(move |connection| read::updates_after(connection, article, after, budget)).await
    }

    async fn update_from(
        &self,
        article: ArticleId,
        peer: u64,
        start: i32,
    ) -> Result<Option<StoredUpdate>, StorageError> {
        self.read(move |connection| read::update_from(connection, article, peer, start)).await
    }

    async fn run(
        &self,
        article: ArticleId,
        peer: u64,
        start: i32,
    ) -> Result<Option<RunRecord>, StorageError> {
        self.read(move |connection| read::run(connection, article, peer, start)).await
    }

    async fn arrived(&self, article: ArticleId, peer: u64) -> Result<i32, StorageError> {
        self.read(move |connection| read::arrived(connection, article, peer)).await
    }

    async fn judged_text(
        &self,
        article: ArticleId,
        content_hash: Sha256,
    ) -> Result<Option<JudgedText>, StorageError> {
        self.read(move |connection| read::judged_text(connection, article, content_hash)).await
    }

    async fn contest(&self, id: Uuid) -> Result<Option<(ArticleId, wire::Contest, bool)>, StorageError> {
        self.read(move |connection| read::contest(connection, id)).await
    }

    async fn late(&self, id: Uuid) -> Result<Option<LateRecord>, StorageError> {
        self.read(move |connection| read::late(connection, id)).await
    }

    async fn late_text(&self, id: Uuid) -> Result<Option<(String, Meta)>, StorageError> {
        self.read(move |connection| read::late_text(connection, id)).await
    }

    async fn moved(&self, after: i64, limit: u32) -> Result<(Vec<(ArticleId, i64)>, i64), StorageError> {
        self.read(move |connection| read::moved(connection, after, limit)).await
    }

    async fn known_person(&self, id: PersonId) -> Result<Option<(String, bool)>, StorageError> {
        self.read(move |connection| read::known_person(connection, id)).await
    }

    async fn seal(&self) -> Result<Seal, StorageError> {
        self.read(read::seal).await
    }

    async fn next_intent(&self, device: Uuid) -> Result<u64, StorageError> {
        self.read(move |connection| read::next_intent(connection, device)).await
    }

    async fn new_policy(&self) -> Result<PolicyRef, StorageError> {
        self.read(read::new_policy).await
    }

    async fn commit_all(&self, commits: Vec<Commit>) -> Result<Committed, StorageError> {
        self.share(move |transaction| super::write::commit_all(transaction, &commits)).await
    }
}
