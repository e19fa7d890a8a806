//! The authority as devices meet it: several people with documents of their own, over real records.

mod content;
mod feed;
mod judged;
mod older;
mod pull;
mod restored;
mod review;
mod settings;
mod wishes;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use galley_model::workflow::{
    Actor, Intent, IntentId, IntentKind, Outcome, Policy, ReasonCode, Role, Stage, Verdict,
};
use galley_model::{ArticleId, Content, Instant, PersonId, Sha256, content_hash};
use galley_sync::wire::{
    Bytes, Change, ChangesRequest, ContentRequest, ContentResult, Cursor, Have, IntentItem, IntentResult,
    IntentsRequest, Peer, Push, Standing,
};
use galley_text::{Document, Splice};
use uuid::Uuid;

use super::desk::{Desk, article};
use crate::{Caller, Newsroom, SqliteStorage};

/// A newsroom under *two eyes* with its site.
struct Room {
    desk: Desk,
    ids: AtomicU64,
}

/// One person at one computer.
struct Person {
    caller: Caller,
    next: AtomicU64,
}

/// An article as it lies on a device.
struct Copy {
    article: ArticleId,
    document: Document,
    acknowledged: i32,
}

impl Room {
    async fn new() -> Self {
        let desk = Desk::new().await;
        desk.newsroom.set_new_policy(Policy::two_eyes().reference(), Instant(1)).await.unwrap();
        Self { desk, ids: AtomicU64::new(1) }
    }

    fn newsroom(&self) -> &Newsroom<SqliteStorage> {
        &self.desk.newsroom
    }

    async fn push(&self, person: &Person, items: Vec<Push>) -> Vec<ContentResult> {
        self.desk.minutes_pass(1);
        let request = ContentRequest { items };
        self.newsroom().content(&person.caller, request, self.desk.now()).await.unwrap().results
    }

    /// Sends what a copy has that was not acknowledged.
    async fn send(&self, person: &Person, copy: &mut Copy) -> ContentResult {
        let push = copy.push();
        let end = push.end;
        let result = self.push(person, vec![push]).await.remove(0);
        if matches!(result, ContentResult::Stored { .. } | ContentResult::Known { .. }) {
            copy.acknowledged = end;
        }
        result
    }

    /// A copy of what the newsroom has.
    async fn copy(&self, article: ArticleId, peer: u64) -> Copy {
        use crate::Documents as _;
        let stored = self.newsroom().0.storage.bytes(article, true).await.unwrap();
        let document = Document::load(stored.snapshot.as_deref(), &stored.updates, peer).unwrap();
        Copy { article, document, acknowledged: 0 }
    }

    fn intent(&self, article: ArticleId, kind: IntentKind) -> Intent {
        let id =
            IntentId(Uuid::from_u128(0xabc0_0000 + u128::from(self.ids.fetch_add(1, Ordering::Relaxed))));
        Intent { id, article, kind, policy: None, at: Instant(5) }
    }

    async fn results(&self, person: &Person, items: Vec<IntentItem>) -> Vec<IntentResult> {
        self.desk.minutes_pass(1);
        let request = IntentsRequest { items };
        self.newsroom().intents(&person.caller, request, self.desk.now()).await.unwrap().results
    }

    /// One wish with the next number.
    async fn wish(&self, person: &Person, article: ArticleId, kind: IntentKind) -> Outcome {
        let no = person.next.fetch_add(1, Ordering::Relaxed);
        let item =
            IntentItem { no, intent: self.intent(article, kind), needs: Have::new(), seen: Have::new() };
        match self.results(person, vec![item]).await.remove(0) {
            IntentResult::Done { outcome } => outcome,
            other => panic!("{other:?}"),
        }
    }

    /// One judgement with the next number, of a version of the text.
    async fn judges(&self, person: &Person, article: ArticleId, kind: IntentKind, copy: &Copy) -> Outcome {
        let no = person.next.fetch_add(1, Ordering::Relaxed);
        let have = copy.document.have().unwrap().into_iter();
        let seen = have.map(|(peer, end)| (Peer(peer), end)).collect();
        let item = IntentItem { no, intent: self.intent(article, kind), needs: Have::new(), seen };
        match self.results(person, vec![item]).await.remove(0) {
            IntentResult::Done { outcome } => outcome,
            other => panic!("{other:?}"),
        }
    }

    #[track_caller]
    fn accepted(outcome: Outcome) {
        assert_eq!(outcome, Outcome::Accepted);
    }

    async fn changes(&self, person: &Person, n: i64) -> Vec<Change> {
        let request = ChangesRequest { cursor: self.cursor(n), limit: 500, site: 0, look: None };
        self.newsroom().changes(&person.caller, request).await.unwrap().articles
    }

    fn cursor(&self, n: i64) -> Cursor {
        let identity = self.newsroom().identity();
        Cursor { newsroom: identity.newsroom, epoch: identity.epoch, n }
    }

    async fn standing(&self, person: &Person, article: ArticleId) -> Standing {
        let changes = self.changes(person, 0).await;
        let of = |change: Change| match change {
            Change::Standing(standing) if standing.article == article => Some(*standing),
            _ => None,
        };
        changes.into_iter().find_map(of).unwrap()
    }

    async fn content(&self, article: ArticleId) -> Content {
        self.newsroom().text_of(article).await.unwrap()
    }

    async fn hash(&self, article: ArticleId) -> Sha256 {
        content_hash(&self.content(article).await)
    }

    async fn page_hash(&self, article: ArticleId) -> Sha256 {
        let content = self.content(article).await;
        self.desk.previewed(article, &content).await
    }

    async fn stage(&self, article: ArticleId) -> Stage {
        self.newsroom().authority(article).await.unwrap().stage
    }

    /// A draft of the reporter, sent.
    async fn draft(&self, reporter: &Person, n: u128) -> Copy {
        let mut copy = Copy::new(article(n), 100 + u64::try_from(n).unwrap());
        copy.fact("headline", "桥通车");
        copy.fact("slug", &format!("bridge-{n}"));
        copy.write(0, 0, "昨日七时，桥下积水约三十厘米，车辆绕行。\n今晨退去。\n");
        assert_eq!(self.send(reporter, &mut copy).await, ContentResult::Stored { seq: 1 });
        copy
    }

    async fn submit(&self, reporter: &Person, article: ArticleId) {
        let content_hash = self.hash(article).await;
        Self::accepted(self.wish(reporter, article, IntentKind::Submit { content_hash }).await);
    }

    async fn judgement(&self, article: ArticleId, verdict: Verdict) -> IntentKind {
        IntentKind::SignOff {
            content_hash: self.hash(article).await,
            page_hash: Some(self.page_hash(article).await),
            verdict,
            comment: "请改导语".to_owned(),
            stage: None,
            offline: false,
        }
    }

    /// Up to the editor's signature.
    async fn approved(&self, reporter: &Person, editor: &Person, n: u128) -> Copy {
        let copy = self.draft(reporter, n).await;
        self.submit(reporter, copy.article).await;
        Self::accepted(self.wish(editor, copy.article, IntentKind::Claim).await);
        let judgement = self.judgement(copy.article, Verdict::Adopt).await;
        Self::accepted(self.wish(editor, copy.article, judgement).await);
        copy
    }

    async fn publication(&self, article: ArticleId) -> IntentKind {
        let (content_hash, page_hash) = (self.hash(article).await, self.page_hash(article).await);
        IntentKind::Publish { content_hash, page_hash, correction: None }
    }
}

impl Person {
    fn new(n: u128, name: &str, roles: &[Role]) -> Self {
        let actor = Actor {
            person: PersonId(Uuid::from_u128(n)),
            name: name.to_owned(),
            roles: roles.iter().copied().collect(),
        };
        Self { caller: Caller { device: Uuid::from_u128(1_000 + n), actor }, next: AtomicU64::new(1) }
    }

    fn reporter() -> Self {
        Self::new(1, "王记者", &[Role::Reporter])
    }

    fn colleague() -> Self {
        Self::new(2, "赵记者", &[Role::Reporter])
    }

    fn editor() -> Self {
        Self::new(3, "李编辑", &[Role::ResponsibleEditor])
    }

    fn chief() -> Self {
        Self::new(4, "陈总编", &[Role::EditorInChief, Role::Publisher])
    }
}

impl Copy {
    fn new(article: ArticleId, peer: u64) -> Self {
        Self { article, document: Document::new(peer).unwrap(), acknowledged: 0 }
    }

    fn write(&mut self, from: usize, to: usize, text: &str) {
        self.document.edit(&[Splice::new(from, to, text)]).unwrap();
    }

    fn fact(&mut self, key: &str, value: &str) {
        self.document.set_meta(&[(key.to_owned(), value.to_owned())].into()).unwrap();
    }

    /// Writes over the first place where this stands.
    fn replace(&mut self, old: &str, new: &str) {
        let body = self.document.body().unwrap();
        let from = galley_text::splice::len_utf16(body.split_once(old).unwrap().0);
        self.write(from, from + galley_text::splice::len_utf16(old), new);
    }

    fn end(&self) -> i32 {
        self.document.have().unwrap().get(&self.document.peer()).copied().unwrap_or(0)
    }

    fn push(&self) -> Push {
        self.push_of(self.acknowledged, self.end())
    }

    fn push_of(&self, start: i32, end: i32) -> Push {
        let bytes = self.document.export_range(self.document.peer(), start, end).unwrap();
        Push {
            article: self.article,
            peer: Peer(self.document.peer()),
            start,
            end,
            sha256: Sha256::of(&bytes),
            bytes: Bytes(bytes),
            at: Instant(7),
            recovered: false,
            author: None,
        }
    }
}

/// The codes of an outcome.
fn codes(outcome: &Outcome) -> Vec<ReasonCode> {
    match outcome {
        Outcome::Accepted => Vec::new(),
        Outcome::Rejected { reasons } | Outcome::Stale { reasons } => {
            reasons.iter().map(|reason| reason.code).collect()
        }
    }
}

/// A newsroom whose records others hold.
async fn with_decoder(decoder: impl crate::decoder::Decoder) -> (tempfile::TempDir, Newsroom) {
    let place = tempfile::tempdir().unwrap();
    let storage = SqliteStorage::open(place.path(), Instant(1)).unwrap();
    (place, Newsroom::with_decoder(storage, Arc::new(decoder)).await.unwrap())
}
