//! What devices wrote: each item is answered for itself, and everything of a request is one transaction.
//!
//! An item is planned on what is on record, looked at, and then answered; when another request was faster, all of
//! it is done again.

use std::collections::BTreeMap;

use galley_model::workflow::review::{Writing, may_begin};
use galley_model::workflow::{PolicyRef, Stage};
use galley_model::{ArticleId, Instant, Sha256};
use galley_sync::wire::{
    self, ContentAnswer, ContentRequest, ContentResult, MAX_SPAN, MAX_UPDATE_BYTES, Push, refusal,
};

use crate::caller::Caller;
use crate::decoder::{Run, Step, Stepped, Taken, Written};
use crate::error::NewsroomError;
use crate::newsroom::{Newsroom, policy};
use crate::storage::{
    ArticleFile, ArticleRecord, Commit, Committed, DocumentEffect, DocumentRecord, Effect, Known, LateRecord,
    OpenLate, RunRecord, Sent, Storage,
};
use crate::text::{Basis, Looked, SNAPSHOT_EVERY, Wanted, asked, contests, head, person};

/// Most peers of an article.
const MAX_PEERS: usize = 20_000;
/// Open late updates that are kept of one person on one article: each is a whole text that somebody has to decide about.
pub(crate) const LATE_OF_ONE: usize = 16;
/// With so many open contests of an article nothing more is merged into it until some of them are decided.
pub(crate) const MAX_CONTESTS: usize = 200;

/// What is to be done with an item.
enum Line {
    /// Answered without looking at it.
    Answer(ContentResult),
    /// To be taken in.
    Take,
    /// To be kept for somebody's decision, in place of one that it contains.
    Late(Option<uuid::Uuid>),
    /// The same as an item before it.
    Same(usize),
}

/// One article of a request.
struct Planned<'a> {
    article: ArticleId,
    file: ArticleFile,
    /// Under which policy it is to be made.
    is_new: Option<PolicyRef>,
    /// What of its record was wrong.
    put_right: Vec<Effect>,
    /// The change that the first of what is taken in goes on with.
    run: Option<RunRecord>,
    /// Place in the request, item, and what is to be done.
    lines: Vec<(usize, &'a Push, Line)>,
}

impl<S: Storage> Newsroom<S> {
    /// Takes in what a device wrote. Items are answered in order; those of one article build on each other.
    ///
    /// # Errors
    /// `Storage`; nothing of the request was stored then.
    pub async fn content(
        &self,
        caller: &Caller,
        request: ContentRequest,
        now: Instant,
    ) -> Result<ContentAnswer, NewsroomError> {
        let mut by_article: BTreeMap<ArticleId, Vec<(usize, &Push)>> = BTreeMap::new();
        for (index, push) in request.items.iter().enumerate() {
            by_article.entry(push.article).or_default().push((index, push));
        }
        loop {
            let known = self.0.storage.files(by_article.keys().copied().collect()).await?;
            let new_policy = self.0.storage.new_policy().await?;
            let mut plans = Vec::with_capacity(by_article.len());
            for ((article, items), known) in by_article.iter().zip(known) {
                plans.push(self.plan(caller, *article, items, known, &new_policy).await?);
            }
            let looked = self.look(plans.iter().map(Planned::wanted).collect()).await?;
            let mut answers = BTreeMap::new();
            let mut commits = Vec::new();
            for (plan, (looked, snapshot)) in plans.into_iter().zip(looked) {
                let written = plan.written(caller, looked, snapshot.map(|bytes| bytes.0), now);
                answers.extend(written.answers);
                commits.extend(written.commit);
            }
            if !commits.is_empty() && !self.is_known(caller).await? {
                let known = Effect::Document(DocumentEffect::Person(person(&caller.actor), true));
                commits.push(Commit { at: now, article: None, answer: None, effects: vec![known] });
            }
            if commits.is_empty() || self.commit(commits).await? != Committed::Moved {
                return Ok(ContentAnswer { results: answers.into_values().collect() });
            }
        }
    }

    pub(crate) async fn is_known(&self, caller: &Caller) -> Result<bool, NewsroomError> {
        let known = self.0.storage.known_person(caller.actor.person).await?;
        Ok(known.is_some_and(|(name, is_active)| is_active && name == caller.actor.name))
    }

    async fn plan<'a>(
        &self,
        caller: &Caller,
        article: ArticleId,
        items: &[(usize, &'a Push)],
        known: Known,
        new_policy: &PolicyRef,
    ) -> Result<Planned<'a>, NewsroomError> {
        let said = self.author_said(article, items).await?;
        let (mut file, is_new) = match known {
            Known::File(file) => (*file, None),
            Known::Bare(record) => {
                let (author, since) =
                    said.clone().unwrap_or_else(|| (person(&caller.actor), self.0.seal.now()));
                (begun(article, author, since, *record, new_policy.clone()), Some(new_policy.clone()))
            }
        };
        let put_right = said.as_ref().map_or_else(Vec::new, |said| put_right(&mut file, said));
        // With the newsroom's own word anybody may bring back an article that it does not know any more.
        let is_back = is_new.is_some() && said.is_some();
        let basis = Basis::of(&file);
        let writing = if is_back { Writing::Merges } else { basis.case(&caller.actor, &file).writing() };
        let is_refused = is_new.is_some() && !is_back && !may_begin(&caller.actor);
        let mut have = file.have();
        let of_theirs = |late: &&OpenLate| late.person.id == caller.actor.person;
        let mut n_late = file.late.iter().filter(of_theirs).count();
        let mut lines: Vec<(usize, &'a Push, Line)> = Vec::with_capacity(items.len());
        for (index, push) in items {
            let same = lines
                .iter()
                .find(|(_, before, line)| !matches!(line, Line::Answer(_)) && is_same(before, push));
            let line = match same {
                Some((first, _, _)) => Line::Same(*first),
                None if is_refused => Line::Answer(ContentResult::NotYours),
                None => self.line(caller, &file, &have, writing, push).await?,
            };
            let line = match line {
                Line::Late(None) if n_late >= LATE_OF_ONE => Line::Answer(refused(refusal::TOO_MANY_LATE)),
                line => line,
            };
            n_late += usize::from(matches!(line, Line::Late(None)));
            if matches!(line, Line::Take) {
                have.insert(push.peer.0, push.end);
            }
            lines.push((*index, push, line));
        }
        let first = lines.iter().find(|(_, _, line)| matches!(line, Line::Take)).map(|(_, push, _)| *push);
        let run = match first.filter(|push| push.start > 0) {
            Some(push) => self.0.storage.run(article, push.peer.0, push.start).await?,
            None => None,
        };
        Ok(Planned { article, file, is_new, put_right, run, lines })
    }

    /// Whose the article is, by the newsroom's own word that these items show, and since which epoch. Only after
    /// the records were replaced, and only of somebody who is known here: a draft of nobody would be lost to all.
    async fn author_said(
        &self,
        article: ArticleId,
        items: &[(usize, &Push)],
    ) -> Result<Option<(wire::Person, i64)>, NewsroomError> {
        if !self.0.identity.was_restored {
            return Ok(None);
        }
        let words = items.iter().filter_map(|(_, push)| push.author.as_ref());
        let Some(word) = self.0.seal.read(self.0.identity.newsroom, article, words) else { return Ok(None) };
        let known = self.0.storage.known_person(word.author.id).await?;
        let since = self.0.seal.number(word.epoch).unwrap_or_else(|| self.0.seal.now());
        Ok(known.map(|(name, _)| (wire::Person { id: word.author.id, name }, since)))
    }

    /// What is to be done with an item, when this is had of each peer.
    async fn line(
        &self,
        caller: &Caller,
        file: &ArticleFile,
        have: &BTreeMap<u64, i32>,
        writing: Writing,
        push: &Push,
    ) -> Result<Line, NewsroomError> {
        if file.document.is_deleted {
            return Ok(Line::Answer(ContentResult::Gone));
        }
        let peer = file.peer(push.peer.0);
        let is_others = peer.is_some_and(|peer| match peer.device {
            Some(device) => device != caller.device,
            // What was brought back waits for its own device; what the newsroom wrote itself is nobody's.
            None => !peer.recovered,
        });
        let before = match peer {
            Some(_) => self.0.storage.update_from(file.article, push.peer.0, push.start).await?,
            None => None,
        };
        if let Some(before) = &before
            && !is_others
            && before.end == push.end
            && before.sha_in == push.sha256
        {
            return Ok(Line::Answer(ContentResult::Known { seq: before.seq }));
        }
        if writing == Writing::Hidden {
            return Ok(Line::Answer(ContentResult::NotYours));
        }
        let end = have.get(&push.peer.0).copied().unwrap_or(0);
        let is_back = push.recovered && self.0.identity.was_restored;
        Ok(match () {
            // Whoever brings something back does not know in which pieces it was stored.
            () if is_back && push.end <= end => {
                Line::Answer(ContentResult::Known { seq: file.document.last_seq })
            }
            () if is_back && push.start < end => Line::Answer(ContentResult::Gap { expect: end }),
            () if is_others && !is_back => Line::Answer(ContentResult::Forked),
            () if push.start < end => Line::Answer(ContentResult::Forked),
            () if push.start > end => Line::Answer(ContentResult::Gap { expect: end }),
            () if is_too_large(push) || (peer.is_none() && file.peers.len() >= MAX_PEERS) => {
                Line::Answer(refused(refusal::TOO_LARGE))
            }
            () if Sha256::of(&push.bytes.0) != push.sha256 => Line::Answer(refused(refusal::UNREADABLE)),
            () if writing == Writing::Merges && file.contests.len() >= MAX_CONTESTS => {
                Line::Answer(refused(refusal::TOO_MANY_CONTESTS))
            }
            () if writing == Writing::Merges => Line::Take,
            () => {
                let of_peer = |late: &&OpenLate| late.peer == push.peer.0 && late.start == push.start;
                match file.late.iter().find(of_peer) {
                    Some(late) if late.sha_in == push.sha256 && late.end == push.end => {
                        Line::Answer(ContentResult::Late { id: late.id })
                    }
                    late => Line::Late(late.map(|late| late.id)),
                }
            }
        })
    }
}

/// What became of one article of a request.
struct WrittenPlan {
    answers: Vec<(usize, ContentResult)>,
    commit: Option<Commit>,
}

impl Planned<'_> {
    fn wanted(&self) -> Wanted {
        let step = |(_, push, line): &(usize, &Push, Line)| match line {
            Line::Take => Some(Step::Take(written(push))),
            Line::Late(_) => Some(Step::TryOn(written(push))),
            Line::Answer(_) | Line::Same(_) => None,
        };
        let steps: Vec<Step> = self.lines.iter().filter_map(step).collect();
        let document = &self.file.document;
        let n = i64::try_from(steps.len()).unwrap_or_default();
        let wants_snapshot = document.last_seq + n - document.snapshot_upto >= SNAPSHOT_EVERY;
        let run = self.run.as_ref().map(|record| record.run);
        Wanted { article: self.article, run, steps, wants_snapshot, is_empty: document.last_seq == 0 }
    }

    fn written(
        self,
        caller: &Caller,
        looked: Vec<Looked>,
        snapshot: Option<Vec<u8>>,
        now: Instant,
    ) -> WrittenPlan {
        let mut looked = looked.into_iter();
        let mut answers: Vec<(usize, ContentResult)> = Vec::with_capacity(self.lines.len());
        let (mut effects, mut refusals) = (self.put_right, Vec::new());
        let mut have = self.file.have();
        let mut seq = self.file.document.last_seq;
        let mut newest: Option<Box<Taken>> = None;
        let mut judged: Vec<(&Push, Option<Run>, Vec<wire::Contest>)> = Vec::new();
        for (index, push, line) in &self.lines {
            let result = match line {
                Line::Answer(result) => {
                    if let ContentResult::Refused { reason } = result {
                        refusals.push((word(reason), Sent { bytes: Vec::new(), ..sent(caller, push) }));
                    }
                    result.clone()
                }
                Line::Same(first) => {
                    let of_first = answers.iter().find(|(index, _)| index == first);
                    known(of_first.map_or(ContentResult::Other, |(_, result)| result.clone()))
                }
                Line::Take | Line::Late(_) => match looked.next() {
                    Some(Looked::Stepped(Stepped::Taken(taken))) => match line {
                        Line::Late(replaced) => {
                            let late = late_of(caller, push, &taken, now);
                            let id = late.id;
                            effects.extend(
                                replaced
                                    .map(|id| DocumentEffect::CloseLate(id, "replaced"))
                                    .map(Effect::Document),
                            );
                            effects.push(Effect::Document(DocumentEffect::Late(Box::new(late))));
                            ContentResult::Late { id }
                        }
                        _ => {
                            seq += 1;
                            have.insert(push.peer.0, push.end);
                            let stored = Sent { bytes: taken.bytes.0.clone(), ..sent(caller, push) };
                            let run = taken.run(push.peer);
                            let since = run.map(|run| run.since);
                            let update = DocumentEffect::Update(seq, Box::new(stored), since);
                            effects.push(Effect::Document(update));
                            // Typed on and sent in pieces: what the whole of it contests is asked, not a part.
                            if let Some(since) = since {
                                judged
                                    .retain(|(before, ..)| before.peer != push.peer || before.start < since);
                            }
                            judged.push((push, run, contests(&self.file, &taken, &caller.actor.name, now)));
                            newest = Some(taken);
                            ContentResult::Stored { seq }
                        }
                    },
                    Some(Looked::Stepped(Stepped::Missing { have: there })) => {
                        let end = have.get(&push.peer.0).copied().unwrap_or(0);
                        if end == push.start {
                            ContentResult::Missing { have: there }
                        } else {
                            ContentResult::Gap { expect: end }
                        }
                    }
                    Some(Looked::Stepped(Stepped::Refused { reason })) => {
                        let set_aside = Sent { bytes: Vec::new(), ..sent(caller, push) };
                        refusals.push((word(&reason), set_aside));
                        refused(word(&reason))
                    }
                    // What is taken in has no place that could have moved.
                    Some(Looked::Stepped(Stepped::Moved { .. }) | Looked::Killed) | None => {
                        refusals.push(("killed", sent(caller, push)));
                        refused(refusal::UNREADABLE)
                    }
                },
            };
            answers.push((*index, result));
        }
        for (_, run, contests) in judged {
            effects.extend(asked(run, contests, self.run.as_ref()));
        }
        if let Some(taken) = newest {
            effects.extend(head(&self.file, &taken.body, &taken.meta));
            let snapshot = snapshot.map(|bytes| DocumentEffect::Snapshot(seq, bytes));
            effects.extend(snapshot.map(Effect::Document));
        }
        // An article begins with its first text that was taken in.
        if let Some(policy) = self.is_new.filter(|_| !effects.is_empty()) {
            let document = &self.file.document;
            let new = DocumentEffect::New(document.author.clone(), document.author_since, policy);
            effects.insert(0, Effect::Document(new));
        }
        let article = (!effects.is_empty()).then_some((self.article, self.file.record.wf_rev));
        let set_aside = |(reason, sent)| {
            Effect::Document(DocumentEffect::Quarantine(self.article, reason, Box::new(sent)))
        };
        effects.extend(refusals.into_iter().map(set_aside));
        let commit = (!effects.is_empty()).then_some(Commit { at: now, article, answer: None, effects });
        WrittenPlan { answers, commit }
    }
}

/// An article as it stands before its first text.
fn begun(
    article: ArticleId,
    author: wire::Person,
    author_since: i64,
    record: ArticleRecord,
    policy: PolicyRef,
) -> ArticleFile {
    ArticleFile {
        article,
        record: ArticleRecord { policy, ..record },
        document: DocumentRecord {
            author,
            author_since,
            co_authors: Vec::new(),
            former_co_authors: Vec::new(),
            claimed_by: None,
            was_handed_in: false,
            is_deleted: false,
            last_seq: 0,
            snapshot_upto: 0,
            content_hash: galley_model::content_hash(&galley_model::Content::default()),
            feed: 0,
        },
        sign_offs: Vec::new(),
        opinions: Vec::new(),
        contests: Vec::new(),
        late: Vec::new(),
        peers: Vec::new(),
        corrections: Vec::new(),
    }
}

/// Gives an article back to the person whose it was before somebody else began it anew. What was judged of it since
/// then was perhaps judged by that person, so it is to be judged again.
fn put_right(file: &mut ArticleFile, (author, since): &(wire::Person, i64)) -> Vec<Effect> {
    let document = &mut file.document;
    if *since >= document.author_since || document.author.id == author.id || document.is_deleted {
        return Vec::new();
    }
    (document.author, document.author_since) = (author.clone(), *since);
    let mut effects = vec![Effect::Document(DocumentEffect::Author(author.clone(), *since))];
    let is_judged = matches!(file.record.stage, Stage::Review(_) | Stage::Approved | Stage::Held);
    if is_judged && !policy(&file.record.policy).is_solo() {
        (file.record.stage, document.claimed_by) = (Stage::Submitted, None);
        effects.push(Effect::Standing(Stage::Submitted, file.record.item_status));
        effects.push(Effect::Document(DocumentEffect::Claim(None)));
    }
    effects
}

fn is_same(one: &Push, other: &Push) -> bool {
    (one.peer, one.start, one.end, one.sha256) == (other.peer, other.start, other.end, other.sha256)
}

fn is_too_large(push: &Push) -> bool {
    let span = i64::from(push.end) - i64::from(push.start);
    push.bytes.0.len() > MAX_UPDATE_BYTES || span > i64::from(MAX_SPAN)
}

fn known(result: ContentResult) -> ContentResult {
    match result {
        ContentResult::Stored { seq } => ContentResult::Known { seq },
        other => other,
    }
}

fn refused(reason: &str) -> ContentResult {
    ContentResult::Refused { reason: reason.to_owned() }
}

/// A reason as it is recorded and answered.
fn word(reason: &str) -> &'static str {
    refusal::ALL.into_iter().find(|known| *known == reason).unwrap_or(refusal::UNREADABLE)
}

fn written(push: &Push) -> Written {
    Written { peer: push.peer, start: push.start, end: push.end, bytes: push.bytes.clone() }
}

fn sent(caller: &Caller, push: &Push) -> Sent {
    Sent {
        peer: push.peer.0,
        start: push.start,
        end: push.end,
        sha_in: push.sha256,
        bytes: push.bytes.0.clone(),
        device: Some(caller.device),
        person: person(&caller.actor),
        at: push.at,
        recovered: push.recovered,
    }
}

fn late_of(caller: &Caller, push: &Push, taken: &Taken, now: Instant) -> LateRecord {
    LateRecord {
        id: crate::new_id(now),
        article: push.article,
        sent: sent(caller, push),
        received_at: now,
        body: taken.body.clone(),
        meta: taken.meta.clone(),
        is_open: true,
    }
}

/// The peer as the protocol names it.
pub(crate) fn have_of(file: &ArticleFile) -> wire::Have {
    file.have().into_iter().map(|(peer, end)| (wire::Peer(peer), end)).collect()
}
