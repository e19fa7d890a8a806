//! What a decision about an article's text rests on, and having its bytes looked at.

use std::collections::BTreeSet;

use galley_model::workflow::review::{ReviewCase, stage_after_change};
use galley_model::workflow::{Actor, Policy};
use galley_model::{ArticleId, Content, Instant, Meta, PersonId, content_hash};
use galley_sync::wire::{self, Bytes, ContestPlace};
use serde::Serialize;

use crate::decoder::{Decoded, Done, Job, Run, Step, Stepped, Taken};
use crate::error::NewsroomError;
use crate::newsroom::{Newsroom, policy};
use crate::storage::{ArticleFile, DocumentEffect, Effect, RunRecord, Storage, StorageError};

/// So many updates after a snapshot, and a new one is made.
pub(crate) const SNAPSHOT_EVERY: i64 = 64;
/// Bytes of JSON that an article's contests and late updates have together in an answer.
pub(crate) const MAX_TOLD: usize = 4 << 20;

/// What the guards ask of an article, kept beside its file.
pub(crate) struct Basis {
    pub(crate) policy: Policy,
    co_authors: BTreeSet<PersonId>,
}

impl Basis {
    pub(crate) fn of(file: &ArticleFile) -> Self {
        let co_authors = file.document.co_authors.iter().map(|person| person.id).collect();
        Self { policy: policy(&file.record.policy), co_authors }
    }

    pub(crate) fn case<'a>(&'a self, actor: &'a Actor, file: &'a ArticleFile) -> ReviewCase<'a> {
        ReviewCase {
            actor,
            policy: &self.policy,
            stage: file.record.stage,
            item_status: file.record.item_status,
            author: file.document.author.id,
            co_authors: &self.co_authors,
            claimed_by: file.document.claimed_by.as_ref().map(|person| (person.id, person.name.as_str())),
            sign_offs: &file.sign_offs,
            content_hash: file.document.content_hash,
            n_contests: file.contests.len(),
            was_handed_in: file.document.was_handed_in,
            is_live: file.record.publication.live.is_some(),
        }
    }
}

/// The person as others see them.
pub(crate) fn person(actor: &Actor) -> wire::Person {
    wire::Person { id: actor.person, name: actor.name.clone() }
}

/// The article reads so from now on; when that changes what was approved, it is to be judged again.
pub(crate) fn head(file: &ArticleFile, body: &str, meta: &Meta) -> Vec<Effect> {
    let hash = content_hash(&Content::from_parts(body, meta));
    let document = DocumentEffect::Head { content_hash: hash, body: body.to_owned(), meta: meta.clone() };
    let mut effects = vec![Effect::Document(document)];
    let stage = stage_after_change(&policy(&file.record.policy), file.record.stage);
    if hash != file.document.content_hash && stage != file.record.stage {
        effects.push(Effect::Standing(stage, file.record.item_status));
    }
    effects
}

/// Bytes of JSON.
pub(crate) fn json_len(value: &impl Serialize) -> usize {
    serde_json::to_vec(value).map_or(0, |json| json.len())
}

/// What an update, or the run that it is part of, contests. A place of several megabytes could be told to nobody who
/// would decide, so it is not asked: both texts stay in the article's history.
pub(crate) fn contests(file: &ArticleFile, taken: &Taken, by: &str, now: Instant) -> Vec<wire::Contest> {
    let mut names: Vec<&str> = Vec::new();
    for peer in &taken.unknown_to_writer {
        let name = file.peer(peer.0).map_or(by, |record| record.name.as_str());
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let theirs_by = names.join("、");
    let open =
        |place, [base, mine, theirs, result]: [&String; 4], suggestion: &Option<String>| wire::Contest {
            id: crate::new_id(now),
            place,
            base: base.clone(),
            mine: mine.clone(),
            theirs: theirs.clone(),
            result: result.clone(),
            suggestion: suggestion.clone(),
            mine_by: by.to_owned(),
            theirs_by: theirs_by.clone(),
        };
    let body = taken.contests.iter().map(|contest| {
        let place = ContestPlace::Body { from: contest.from.clone(), to: contest.to.clone() };
        let texts = [&contest.base, &contest.mine, &contest.theirs, &contest.result];
        open(place, texts, &contest.suggestion)
    });
    let fields = taken.fields.iter().map(|field| {
        let place = ContestPlace::Field { key: field.key.clone() };
        open(place, [&field.base, &field.mine, &field.theirs, &field.result], &field.suggestion)
    });
    let can_be_told = |contest: &wire::Contest| {
        let len = json_len(contest);
        if len > MAX_TOLD {
            tracing::warn!(article = %file.article, len, "a contest that nobody could be told is not asked");
        }
        len <= MAX_TOLD
    };
    body.chain(fields).filter(can_be_told).collect()
}

/// Asks what a run contests. Where earlier pieces of it contested something already, what the whole run contests takes
/// the place of that: what reads as before at the same place is not asked a second time, be it open or decided, and what
/// nobody contests any more need not be decided.
pub(crate) fn asked(
    run: Option<Run>,
    contests: Vec<wire::Contest>,
    before: Option<&RunRecord>,
) -> Vec<Effect> {
    let mut contests = contests;
    let mut effects = Vec::new();
    let before = before.filter(|before| Some(before.run) == run).map_or(&[][..], |before| &before.contests);
    let (open, decided): (Vec<_>, Vec<_>) = before.iter().partition(|(_, is_open)| *is_open);
    for (asked, is_open) in open.into_iter().chain(decided) {
        match contests.iter().position(|contest| is_same(asked, contest)) {
            Some(again) => drop(contests.remove(again)),
            None if *is_open => effects.push(DocumentEffect::WithdrawContest(asked.id)),
            None => {}
        }
    }
    effects.extend(contests.into_iter().map(|contest| DocumentEffect::OpenContest(Box::new(contest), run)));
    effects.into_iter().map(Effect::Document).collect()
}

/// Whether two ask the same: at the same place the same stands against the same.
fn is_same(one: &wire::Contest, other: &wire::Contest) -> bool {
    let is_same_place = match (&one.place, &other.place) {
        (ContestPlace::Body { from, .. }, ContestPlace::Body { from: other, .. }) => {
            // Where it begins alone: what was written behind it is no other place.
            galley_text::is_same_mark(&from.0, &other.0)
        }
        (ContestPlace::Field { key }, ContestPlace::Field { key: other }) => key == other,
        (ContestPlace::Body { .. }, ContestPlace::Field { .. })
        | (ContestPlace::Field { .. }, ContestPlace::Body { .. }) => false,
    };
    fn texts(contest: &wire::Contest) -> [&String; 4] {
        [&contest.base, &contest.mine, &contest.theirs, &contest.result]
    }
    is_same_place && texts(one) == texts(other)
}

/// Steps of one article that are to be looked at.
pub(crate) struct Wanted {
    pub(crate) article: ArticleId,
    /// What the first step goes on with.
    pub(crate) run: Option<Run>,
    pub(crate) steps: Vec<Step>,
    pub(crate) wants_snapshot: bool,
    /// Nothing of its text is here yet.
    pub(crate) is_empty: bool,
}

/// What became of a step.
pub(crate) enum Looked {
    Stepped(Stepped),
    /// Whoever looked died of it, or it took too long.
    Killed,
}

impl<S: Storage> Newsroom<S> {
    /// Text and facts as they stand; empty for an article that was never sent.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn text_of(&self, article: ArticleId) -> Result<Content, NewsroomError> {
        let (body, meta) = self.0.storage.text(article).await?.unwrap_or_default();
        Ok(Content::from_parts(&body, &meta))
    }

    /// Has steps of several articles looked at. What kills whoever looks is found by looking one by one.
    pub(crate) async fn look(
        &self,
        wanted: Vec<Wanted>,
    ) -> Result<Vec<(Vec<Looked>, Option<Bytes>)>, NewsroomError> {
        let is_asked: Vec<bool> = wanted.iter().map(|one| !one.steps.is_empty()).collect();
        let mut jobs = Vec::with_capacity(wanted.len());
        for Wanted { article, run, steps, wants_snapshot, is_empty } in wanted {
            if is_empty && !steps.is_empty() {
                let (snapshot, updates) = (None, Vec::new());
                jobs.push(Job { article, snapshot, updates, run, steps, wants_snapshot });
            } else if !steps.is_empty() {
                jobs.push(self.job(article, (run, steps), wants_snapshot, true).await?);
            }
        }
        let mut answers = self.look_at_jobs(jobs).await?.into_iter();
        let answer =
            |is_asked| if is_asked { answers.next().unwrap_or_default() } else { Default::default() };
        Ok(is_asked.into_iter().map(answer).collect())
    }

    async fn look_at_jobs(&self, jobs: Vec<Job>) -> Result<Vec<(Vec<Looked>, Option<Bytes>)>, NewsroomError> {
        if jobs.is_empty() {
            return Ok(Vec::new());
        }
        let decoded = self.0.decoder.decode(jobs.clone()).await;
        let mut looked = Vec::with_capacity(jobs.len());
        for (job, decoded) in jobs.into_iter().zip(decoded) {
            looked.push(match decoded {
                Decoded::Done(done) => all_stepped(done),
                Decoded::Damaged => self.look_without_snapshot(job).await?,
                Decoded::Died | Decoded::TimedOut => self.look_one_by_one(job).await?,
                Decoded::Unavailable => return Err(NewsroomError::NoDecoder),
            });
        }
        Ok(looked)
    }

    async fn job(
        &self,
        article: ArticleId,
        (run, steps): (Option<Run>, Vec<Step>),
        wants_snapshot: bool,
        with_snapshot: bool,
    ) -> Result<Job, NewsroomError> {
        let stored = self.0.storage.bytes(article, with_snapshot).await?;
        Ok(Job {
            article,
            snapshot: stored.snapshot.map(Bytes),
            updates: stored.updates.into_iter().map(Bytes).collect(),
            run,
            steps,
            wants_snapshot,
        })
    }

    async fn look_without_snapshot(&self, job: Job) -> Result<(Vec<Looked>, Option<Bytes>), NewsroomError> {
        let article = job.article;
        tracing::error!(%article, "the article's snapshot cannot be read");
        let job = self.job(article, (job.run, job.steps), true, false).await?;
        match self.one(job.clone()).await {
            Decoded::Done(done) => Ok(all_stepped(done)),
            Decoded::Damaged => Err(StorageError::Damaged(format!("the text of {article}")).into()),
            Decoded::Died | Decoded::TimedOut => self.look_one_by_one(job).await,
            Decoded::Unavailable => Err(NewsroomError::NoDecoder),
        }
    }

    async fn look_one_by_one(&self, job: Job) -> Result<(Vec<Looked>, Option<Bytes>), NewsroomError> {
        let article = job.article;
        let (mut snapshot, mut updates, mut run) = (job.snapshot, job.updates, job.run);
        let mut looked = Vec::with_capacity(job.steps.len());
        for step in job.steps {
            let peer = match &step {
                Step::Take(written) => Some(written.peer),
                _ => None,
            };
            let adds = !matches!(step, Step::TryOn(_) | Step::Read { .. });
            let alone = Job {
                article,
                snapshot: snapshot.clone(),
                updates: updates.clone(),
                run,
                steps: vec![step],
                wants_snapshot: true,
            };
            match self.one(alone).await {
                Decoded::Done(done) => {
                    match (done.snapshot, done.steps.as_slice()) {
                        (Some(whole), _) => (snapshot, updates) = (Some(whole), Vec::new()),
                        // Taken in, though no snapshot of it can be made.
                        (None, [Stepped::Taken(taken)]) if adds && !taken.bytes.0.is_empty() => {
                            updates.push(taken.bytes.clone());
                        }
                        (None, _) => {}
                    }
                    // The next one knows nothing of this one.
                    if let (Some(peer), [Stepped::Taken(taken)]) = (peer, done.steps.as_slice()) {
                        run = taken.run(peer);
                    }
                    looked.extend(done.steps.into_iter().map(Looked::Stepped));
                }
                Decoded::Damaged => {
                    return Err(StorageError::Damaged(format!("the text of {article}")).into());
                }
                Decoded::Unavailable => return Err(NewsroomError::NoDecoder),
                Decoded::Died | Decoded::TimedOut => {
                    tracing::warn!(%article, "an update killed whoever looked at it");
                    looked.push(Looked::Killed);
                }
            }
        }
        Ok((looked, snapshot.filter(|_| job.wants_snapshot && updates.is_empty())))
    }

    async fn one(&self, job: Job) -> Decoded {
        self.0.decoder.decode(vec![job]).await.pop().unwrap_or(Decoded::Died)
    }
}

fn all_stepped(done: Done) -> (Vec<Looked>, Option<Bytes>) {
    (done.steps.into_iter().map(Looked::Stepped).collect(), done.snapshot)
}
