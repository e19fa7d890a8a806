//! A newsroom in memory: it keeps texts, numbers and wishes as the protocol says, and its weather makes the way to
//! it bad. The real authority takes its place in the simulations.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use galley_model::workflow::{IntentKind, ItemStatus, Outcome, PolicyRef, Publication, Stage};
use galley_model::{ArticleId, Instant, PersonId, Sha256};
use galley_sync::wire::*;
use galley_text::Document;
use serde::Serialize;
use uuid::Uuid;

use crate::sync::{Answering, HttpRequest, HttpResponse, Transport, TransportError};

/// What happens on the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Weather {
    Fair,
    /// No request arrives.
    Deaf,
    /// Requests arrive, answers do not.
    Mute,
    /// No request to this path arrives.
    DeafTo(&'static str),
    /// Any of it, or twice.
    Storm(u64),
}

#[derive(Clone)]
pub(super) struct Newsroom(Arc<Mutex<Records>>);

#[derive(Clone)]
pub(super) struct Records {
    newsroom: Uuid,
    epoch: Uuid,
    n: i64,
    articles: BTreeMap<ArticleId, Article>,
    intents: BTreeMap<Uuid, Outcome>,
    next_intent: BTreeMap<String, u64>,
    /// Who is signed in, by their tokens.
    tokens: BTreeSet<String>,
    submitted: Vec<ArticleId>,
    refused: Option<ArticleId>,
    /// Answers text of these with a word that no app knows yet.
    puzzled_by: BTreeSet<ArticleId>,
    gives_no_updates: bool,
    /// Updates of an article in one answer.
    page: usize,
    /// Refuses everything of an app that is too old.
    wants_newer: bool,
    fork_next: Option<ArticleId>,
    recovered: usize,
    hashes: BTreeMap<(ArticleId, Peer, i32), Sha256>,
    different: usize,
    requests: usize,
    weather: Weather,
}

#[derive(Clone, Default)]
struct Article {
    updates: Vec<Vec<u8>>,
    n: i64,
    approved: bool,
    forked: BTreeSet<Peer>,
}

impl Article {
    fn document(&self) -> Document {
        Document::load(None, &self.updates, u64::from(rand())).unwrap()
    }
}

fn rand() -> u32 {
    Uuid::new_v4().as_fields().0
}

impl Newsroom {
    pub(super) fn new() -> Self {
        Self(Arc::new(Mutex::new(Records {
            newsroom: Uuid::new_v4(),
            epoch: Uuid::new_v4(),
            n: 0,
            articles: BTreeMap::new(),
            intents: BTreeMap::new(),
            next_intent: BTreeMap::new(),
            tokens: BTreeSet::new(),
            submitted: Vec::new(),
            refused: None,
            puzzled_by: BTreeSet::new(),
            gives_no_updates: false,
            page: 3,
            wants_newer: false,
            fork_next: None,
            recovered: 0,
            hashes: BTreeMap::new(),
            different: 0,
            requests: 0,
            weather: Weather::Fair,
        })))
    }

    fn records(&self) -> std::sync::MutexGuard<'_, Records> {
        self.0.lock().unwrap()
    }

    pub(super) fn weather(&self, weather: Weather) {
        self.records().weather = weather;
    }

    pub(super) fn text(&self, article: ArticleId) -> Option<String> {
        self.records().articles.get(&article).map(|article| article.document().body().unwrap())
    }

    pub(super) fn submitted(&self, article: ArticleId) -> usize {
        self.records().submitted.iter().filter(|one| **one == article).count()
    }

    pub(super) fn refuse(&self, article: ArticleId) {
        self.records().refused = Some(article);
    }

    pub(super) fn is_puzzled_by(&self, articles: &[ArticleId]) {
        self.records().puzzled_by = articles.iter().copied().collect();
    }

    pub(super) fn give_updates(&self, gives: bool) {
        self.records().gives_no_updates = !gives;
    }

    pub(super) fn page(&self, page: usize) {
        self.records().page = page;
    }

    pub(super) fn want_newer(&self, wants: bool) {
        self.records().wants_newer = wants;
    }

    /// Others wrote so many updates into an article, and nobody heard of them.
    pub(super) fn others_write(&self, article: ArticleId, n: usize) -> String {
        let mut records = self.records();
        let kept = records.articles.get_mut(&article).unwrap();
        let mut document = kept.document();
        for at in 0..n {
            let splice = galley_text::Splice::new(at % 200, at % 200, "字");
            kept.updates.push(document.edit(&[splice]).unwrap().unwrap().bytes);
        }
        let body = document.body().unwrap();
        records.n += 1;
        let n = records.n;
        records.articles.get_mut(&article).unwrap().n = n;
        body
    }

    pub(super) fn approve(&self, article: ArticleId) {
        self.records().articles.get_mut(&article).unwrap().approved = true;
    }

    pub(super) fn fork_next(&self, article: ArticleId) {
        self.records().fork_next = Some(article);
    }

    pub(super) fn recovered(&self) -> usize {
        self.records().recovered
    }

    pub(super) fn different_bytes(&self) -> usize {
        self.records().different
    }

    pub(super) fn requests(&self) -> usize {
        self.records().requests
    }

    /// Each stands at the other's address from now on.
    pub(super) fn trade_places(&self, other: &Self) {
        std::mem::swap(&mut *self.records(), &mut *other.records());
    }

    /// Every device is revoked.
    pub(super) fn revoke_all(&self) {
        self.records().tokens.clear();
    }

    pub(super) fn copy(&self) -> Records {
        self.records().clone()
    }

    pub(super) fn restore(&self, copy: Records) {
        *self.records() = Records { epoch: Uuid::new_v4(), ..copy };
    }
}

impl Transport for Newsroom {
    fn send(&self, request: HttpRequest) -> Answering<'_, HttpResponse> {
        Box::pin(async move {
            let luck = {
                let mut records = self.records();
                match &mut records.weather {
                    Weather::Fair => 9,
                    Weather::Deaf => 0,
                    Weather::DeafTo(path) => {
                        if request.path == *path {
                            0
                        } else {
                            9
                        }
                    }
                    Weather::Mute => 1,
                    Weather::Storm(seed) => {
                        *seed = seed
                            .wrapping_mul(6_364_136_223_846_793_005)
                            .wrapping_add(1_442_695_040_888_963_407);
                        (*seed >> 33) % 8
                    }
                }
            };
            match luck {
                0 => Err(TransportError::NoNetwork),
                1 => {
                    self.records().answer(&request);
                    Err(TransportError::Timeout)
                }
                2 => {
                    self.records().answer(&request);
                    Ok(self.records().answer(&request))
                }
                3 => Ok(portal()),
                _ => Ok(self.records().answer(&request)),
            }
        })
    }
}

fn portal() -> HttpResponse {
    HttpResponse { status: 200, is_json: false, retry_after_ms: None, body: b"<html>".to_vec() }
}

fn json(status: u16, body: &impl Serialize) -> HttpResponse {
    HttpResponse { status, is_json: true, retry_after_ms: None, body: serde_json::to_vec(body).unwrap() }
}

fn failure(status: u16, code: &str) -> HttpResponse {
    json(status, &Failure { code: code.to_owned(), message: String::new(), values: BTreeMap::new() })
}

fn policy() -> PolicyRef {
    PolicyRef { id: "two_eyes".to_owned(), version: 1 }
}

impl Records {
    fn answer(&mut self, request: &HttpRequest) -> HttpResponse {
        self.requests += 1;
        let body = request.body.as_slice();
        let device = request.token.clone().unwrap_or_default();
        if self.wants_newer && request.path != "/sign-in" {
            return failure(426, code::TOO_OLD);
        }
        let is_open = matches!(request.path.as_str(), "/hello" | "/sign-in");
        if !is_open && !self.tokens.contains(&device) {
            return failure(401, code::SIGNED_OUT);
        }
        match request.path.as_str() {
            "/hello" => json(200, &self.hello()),
            "/sign-in" if body.is_empty() => json(200, &()),
            "/sign-in" => {
                let asked: SignInRequest = serde_json::from_slice(body).unwrap();
                let device = asked.device.unwrap_or_else(Uuid::new_v4);
                self.tokens.insert(device.to_string());
                let me = Me {
                    newsroom: self.newsroom,
                    epoch: self.epoch,
                    newsroom_name: "日报".to_owned(),
                    person: PersonId(Uuid::new_v4()),
                    name: asked.name,
                    roles: Vec::new(),
                    policy: policy(),
                    next_intent: 1,
                };
                json(200, &SignedIn { device, token: device.to_string(), me })
            }
            "/content" => {
                let request: ContentRequest = serde_json::from_slice(body).unwrap();
                let results = request.items.into_iter().map(|push| self.push(push)).collect();
                json(200, &ContentAnswer { results })
            }
            "/intents" => {
                let request: IntentsRequest = serde_json::from_slice(body).unwrap();
                json(200, &self.intents(&device, request))
            }
            "/changes" => {
                let request: ChangesRequest = serde_json::from_slice(body).unwrap();
                if request.cursor.epoch != self.epoch {
                    return failure(409, code::OTHER_EPOCH);
                }
                let mut moved: Vec<_> =
                    self.articles.iter().filter(|(_, article)| article.n > request.cursor.n).collect();
                moved.sort_by_key(|(_, article)| article.n);
                let more = moved.len() > 2;
                moved.truncate(2);
                let n = moved.last().map_or(request.cursor.n, |(_, article)| article.n);
                let articles = moved.into_iter().map(|(id, article)| standing(*id, article)).collect();
                json(
                    200,
                    &ChangesAnswer {
                        articles,
                        cursor: Cursor { n, ..request.cursor },
                        more,
                        site: None,
                        you: None,
                    },
                )
            }
            "/updates" if self.gives_no_updates => failure(503, code::UNAVAILABLE),
            "/updates" => {
                let request: UpdatesRequest = serde_json::from_slice(body).unwrap();
                let answers = request.wants.into_iter().filter_map(|want| {
                    let article = self.articles.get(&want.article)?;
                    let after = usize::try_from(want.after).unwrap();
                    let updates: Vec<Bytes> = article
                        .updates
                        .iter()
                        .skip(after)
                        .take(self.page)
                        .map(|bytes| Bytes(bytes.clone()))
                        .collect();
                    let upto = want.after + updates.len() as i64;
                    let more = (upto as usize) < article.updates.len();
                    Some(ArticleUpdates { article: want.article, snapshot: None, updates, upto, more })
                });
                json(200, &UpdatesAnswer { articles: answers.collect() })
            }
            "/versions" => {
                let request: VersionsRequest = serde_json::from_slice(body).unwrap();
                let have = |id: ArticleId| Some((id, have(&self.articles.get(&id)?.document())));
                json(
                    200,
                    &VersionsAnswer { articles: request.articles.into_iter().filter_map(have).collect() },
                )
            }
            _ => failure(404, code::NOT_FOUND),
        }
    }

    fn hello(&self) -> Hello {
        Hello {
            newsroom: self.newsroom,
            epoch: self.epoch,
            name: "日报".to_owned(),
            api: 1,
            api_min: 1,
            engine: galley_text::ENGINE.to_owned(),
            server_time: Instant(0),
        }
    }

    fn push(&mut self, push: Push) -> ContentResult {
        if self.puzzled_by.contains(&push.article) {
            return ContentResult::Other;
        }
        if self.refused == Some(push.article) {
            return ContentResult::Refused { reason: "operation".to_owned() };
        }
        assert_eq!(Sha256::of(&push.bytes.0), push.sha256);
        let key = (push.article, push.peer, push.start);
        if *self.hashes.entry(key).or_insert(push.sha256) != push.sha256 {
            self.different += 1;
        }
        let article = self.articles.entry(push.article).or_default();
        if article.approved {
            return ContentResult::Late { id: Uuid::new_v4() };
        }
        if self.fork_next == Some(push.article) {
            self.fork_next = None;
            article.forked.insert(push.peer);
        }
        if article.forked.contains(&push.peer) {
            return ContentResult::Forked;
        }
        let mut document = article.document();
        let known = document.have().unwrap().get(&push.peer.0).copied().unwrap_or_default();
        if known >= push.end {
            return ContentResult::Known { seq: article.updates.len() as i64 };
        }
        if push.start > known {
            return ContentResult::Gap { expect: known };
        }
        let before = have(&document);
        document.import(std::slice::from_ref(&push.bytes.0)).unwrap();
        if document.is_incomplete() {
            return ContentResult::Missing { have: before };
        }
        self.recovered += usize::from(push.recovered);
        article.updates.push(document.export_range(push.peer.0, known, push.end).unwrap());
        self.n += 1;
        article.n = self.n;
        ContentResult::Stored { seq: article.updates.len() as i64 }
    }

    fn intents(&mut self, device: &str, request: IntentsRequest) -> IntentsAnswer {
        let mut results = Vec::new();
        for item in request.items {
            let id = item.intent.id.0;
            if let Some(outcome) = self.intents.get(&id) {
                results.push(IntentResult::Done { outcome: outcome.clone() });
                continue;
            }
            let next = self.next_intent.entry(device.to_owned()).or_insert(1);
            if item.no != *next {
                results.push(IntentResult::Renumber { next: *next });
                break;
            }
            let there = self.articles.get(&item.intent.article).map(|article| have(&article.document()));
            let there = there.unwrap_or_default();
            if item.needs.iter().any(|(peer, end)| there.get(peer).is_none_or(|has| has < end)) {
                results.push(IntentResult::Wait);
                break;
            }
            *next += 1;
            if matches!(item.intent.kind, IntentKind::Submit { .. }) {
                self.submitted.push(item.intent.article);
            }
            self.intents.insert(id, Outcome::Accepted);
            results.push(IntentResult::Done { outcome: Outcome::Accepted });
        }
        IntentsAnswer { results }
    }
}

fn have(document: &Document) -> Have {
    document.have().unwrap().into_iter().map(|(peer, end)| (Peer(peer), end)).collect()
}

fn standing(id: ArticleId, article: &Article) -> Change {
    Change::Standing(Box::new(Standing {
        author_word: None,
        article: id,
        n: article.n,
        wf_rev: 1,
        last_seq: article.updates.len() as i64,
        content_hash: Sha256::of(b""),
        stage: Stage::Draft,
        item_status: ItemStatus::Usable,
        policy: policy(),
        author: Person { id: PersonId(Uuid::nil()), name: "王记者".to_owned() },
        co_authors: Vec::new(),
        claimed_by: None,
        responsible_editor: String::new(),
        publication: PublicationStanding {
            state: Publication::None,
            is_live: false,
            address: None,
            published_at: None,
            modified_at: None,
            live_content_hash: None,
            failure: None,
            corrections: Vec::new(),
        },
        sign_offs: Vec::new(),
        opinions: Vec::new(),
        contests: Vec::new(),
        late: Vec::new(),
        peers: Vec::new(),
    }))
}
