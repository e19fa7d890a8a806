//! How an article stands with the newsroom, as the window shows it: what was said of it last, what this person may
//! do next, and what they asked for that was not answered yet.
//!
//! The guards are those of the newsroom, run on what it said last: they choose the buttons, and decide nothing.

use std::collections::BTreeMap;

use galley_model::workflow::review::{self, Judgement, ReviewCase, Writing};
use galley_model::workflow::{
    Finding, ItemStatus, NoEffect, Opinion, Publication as Axis, ReasonCode, SignOff, SignOffId, Stage,
    Verdict, may_publish,
};
use galley_model::{ArticleId, Meta, PersonId, Sha256, content_hash};
use galley_store::{Account, List, OutboxKind, Publication};
use galley_sync::wire::{Contest, ContestPlace, Late, PublicationStanding, Standing};

use crate::Galley;
use crate::api::{
    ApiError, ArticleStanding, Colleague, ContestRow, LateRow, NewsroomWord, NextStep, OutboxRow, SignOffRow,
};
use crate::history::difference;
use crate::lists::{actor, co_authors, known_policy, review_case};
use crate::session::Session;

/// Rows of the outbox that are looked through for those of one article.
const LOOKED_AT: u32 = 200;

impl Galley {
    /// How an article stands with the newsroom.
    pub async fn article_standing(&self, article: ArticleId) -> Result<ArticleStanding, ApiError> {
        let mut answer = self.standing(article)?;
        let Some(account) = self.library().account()? else { return Ok(answer) };
        answer.wishes = self.wishes(article)?;
        let said = answer.standing.as_deref().and_then(|json| serde_json::from_str::<Standing>(json).ok());
        if let Some(said) = said {
            let session = self.open_session(article).await?;
            answer.word = Some(word(&account, said, &session)?);
        } else if account.is_signed_in() && self.may_go_up(article)? {
            let policy = account.policy.as_ref().and_then(known_policy);
            let step = match policy {
                Some(policy) if policy.is_solo() => "publish",
                _ => "submit",
            };
            answer.first_step = step.to_owned();
        }
        Ok(answer)
    }

    /// Published on this computer, it stays here; a copy of it can go up.
    fn may_go_up(&self, article: ArticleId) -> Result<bool, ApiError> {
        let row = self.library().list_row(article)?;
        Ok(row.list == List::Drafts && row.publication == Publication::None)
    }

    /// What was asked for about an article and not answered yet, or refused as the last thing.
    fn wishes(&self, article: ArticleId) -> Result<Vec<OutboxRow>, ApiError> {
        let rows = self.library().outbox(0, LOOKED_AT)?;
        let of_article =
            rows.into_iter().filter(|row| row.article == article && row.kind == OutboxKind::Intent);
        let rows: Vec<_> = of_article.map(|row| self.outbox_row(row)).collect();
        let newest = rows.first().map(|row| row.id);
        Ok(rows
            .into_iter()
            .filter(|row| row.state == "waiting" || (row.state == "refused" && Some(row.id) == newest))
            .collect())
    }
}

fn word(account: &Account, said: Standing, session: &Session) -> Result<NewsroomWord, ApiError> {
    let policy = known_policy(&said.policy);
    let hash = content_hash(&session.content()?);
    let (actor, co_authors) = (actor(account), co_authors(&said));
    let (steps, may_settle, may_name_co_authors) = match policy.as_ref().filter(|_| account.is_signed_in()) {
        None => (Vec::new(), false, false),
        Some(policy) => {
            let case = ReviewCase { content_hash: hash, ..review_case(&said, &actor, policy, &co_authors) };
            let may_name = review::co_author_findings(&case, true).is_empty();
            (steps(&case, &said.publication), case.writing() == Writing::Merges, may_name)
        }
    };
    let is_own = said.author.id == account.person || co_authors.contains(&account.person);
    let (body, meta) = session.text(&mut session.state())?;
    let contests = said.contests.into_iter().map(|contest| contest_row(session, contest)).collect();
    let late = said.late.into_iter().map(|late| late_row(&body, &meta, late)).collect();
    let (person, steps_now) = (account.person, &steps);
    let newest = newest_of(person, &said.sign_offs, &said.opinions);
    let judged = Judged { hash, steps: steps_now, person, newest };
    let sign_offs = said.sign_offs.into_iter().map(|record| judged.row(record, None)).collect();
    let opinions = said.opinions.into_iter().map(|kept| judged.row(kept.record, Some(kept.why))).collect();
    Ok(NewsroomWord {
        stage: said.stage.to_string(),
        reviews: policy.map_or(0, |policy| u32::try_from(policy.reviews.len()).unwrap_or_default()),
        author: said.author.name,
        co_authors: said
            .co_authors
            .into_iter()
            .map(|person| Colleague { id: person.id, name: person.name, roles: Vec::new() })
            .collect(),
        may_name_co_authors,
        is_claimed_here: said.claimed_by.as_ref().is_some_and(|person| person.id == account.person),
        claimed_by: said.claimed_by.map(|person| person.name).unwrap_or_default(),
        is_own,
        sign_offs,
        opinions,
        contests,
        late,
        may_settle,
        steps,
    })
}

/// The newest judgement of a person, whether or not it counts.
fn newest_of(person: PersonId, sign_offs: &[SignOff], opinions: &[Opinion]) -> Option<SignOffId> {
    let all = sign_offs.iter().chain(opinions.iter().map(|kept| &kept.record));
    let own = all.filter(|record| record.person == person);
    own.max_by_key(|record| record.server_time).map(|record| record.id)
}

/// What a judgement is told beside.
struct Judged<'a> {
    /// Of the text here.
    hash: Sha256,
    /// What this person may do.
    steps: &'a [NextStep],
    /// Who reads it.
    person: PersonId,
    /// Their newest judgement.
    newest: Option<SignOffId>,
}

impl Judged<'_> {
    fn row(&self, record: SignOff, why: Option<NoEffect>) -> SignOffRow {
        let verdict = verdict_word(record.verdict);
        let is_stale = record.content_hash != self.hash;
        let is_left_behind = match why {
            None => is_stale,
            Some(why) => matches!(why, NoEffect::ContentChanged | NoEffect::PageChanged),
        };
        let may = self.steps.iter().any(|step| step.step == verdict && step.waits_for.is_empty());
        SignOffRow {
            stage: record.stage.to_string(),
            verdict: verdict.to_owned(),
            name: record.name,
            comment: record.comment,
            at: record.server_time,
            is_stale,
            content_hash: record.content_hash,
            is_mine: record.person == self.person,
            offline: record.offline,
            no_effect: why.map(NoEffect::word).unwrap_or_default().to_owned(),
            may_sign_again: is_left_behind && may && self.newest == Some(record.id),
        }
    }
}

/// What this person may do next, the step that leads on first. A step that only waits for something says for what.
/// After a retraction there is none.
fn steps(case: &ReviewCase<'_>, on_site: &PublicationStanding) -> Vec<NextStep> {
    if case.item_status == ItemStatus::Canceled {
        return Vec::new();
    }
    let judge = |verdict| {
        // Whether a comment is there and the page is the one that was seen is known when it is sent.
        let judged = Judgement {
            content_hash: case.content_hash,
            page_hash: None,
            verdict,
            comment: "given later",
            stage: None,
        };
        review::sign_off_findings(case, &judged, case.content_hash)
    };
    let is_ready = case.policy.is_solo() || case.stage == Stage::Approved;
    let publish = || {
        let may = is_ready && !is_up_to_date(case, on_site) && may_publish(case.actor, case.policy);
        may.then(|| review::review_publish_findings(case, case.content_hash, case.content_hash))
    };
    let asked = [
        ("publish", publish()),
        ("submit", Some(review::submit_findings(case, &[]))),
        ("claim", Some(review::claim_findings(case)).filter(|_| !is_mine(case))),
        ("resume", Some(review::resume_findings(case))),
        ("adopt", Some(judge(Verdict::Adopt))),
        ("advance", Some(judge(Verdict::Advance))),
        ("return", Some(judge(Verdict::Return))),
        ("hold", Some(judge(Verdict::Hold))),
        ("reject", Some(judge(Verdict::Reject))),
        ("release", Some(review::release_findings(case))),
        ("withdraw", Some(review::withdraw_findings(case))),
    ];
    asked.into_iter().filter_map(|(step, findings)| next_step(step, &findings?)).collect()
}

/// Readers have this text, and nothing was signed since: what else stands on the page, such as the responsible editor,
/// only changes with a new signature.
fn is_up_to_date(case: &ReviewCase<'_>, on_site: &PublicationStanding) -> bool {
    let since = on_site.modified_at.or(on_site.published_at);
    let signed_since = case.sign_offs.iter().any(|record| {
        record.verdict == Verdict::Adopt && since.is_none_or(|published| record.server_time > published)
    });
    on_site.state == Axis::Live && on_site.live_content_hash == Some(case.content_hash) && !signed_since
}

fn is_mine(case: &ReviewCase<'_>) -> bool {
    case.claimed_by.is_some_and(|(holder, _)| holder == case.actor.person)
}

/// None when the step is not this person's, or not one from here.
fn next_step(step: &str, findings: &[Finding]) -> Option<NextStep> {
    const NOT_THEIRS: [ReasonCode; 4] =
        [ReasonCode::NotPermitted, ReasonCode::WrongStage, ReasonCode::OwnArticle, ReasonCode::Claimed];
    // The page is compared when the judgement is sent, with the one that was seen.
    let hard = || findings.iter().filter(|found| found.hard && found.reason.code != ReasonCode::PageChanged);
    if hard().any(|found| NOT_THEIRS.contains(&found.reason.code)) {
        return None;
    }
    let waits_for = hard().map(|found| found.reason.code.word().to_owned()).collect();
    Some(NextStep { step: step.to_owned(), waits_for })
}

fn contest_row(session: &Session, contest: Contest) -> ContestRow {
    let place = |mark: &[u8]| {
        let mut state = session.state();
        let place = session.with_document(&mut state, |document| document.place_of(mark)).ok();
        place.and_then(|place| u32::try_from(place).ok())
    };
    let (field, from) = match &contest.place {
        // A place that the text here does not have yet is told without one.
        ContestPlace::Body { from, .. } => (String::new(), place(&from.0)),
        ContestPlace::Field { key } => (key.clone(), None),
    };
    ContestRow {
        id: contest.id,
        field,
        from,
        base: contest.base,
        mine: contest.mine,
        theirs: contest.theirs,
        result: contest.result,
        suggestion: contest.suggestion,
        mine_by: contest.mine_by,
        theirs_by: contest.theirs_by,
    }
}

fn late_row(body: &str, meta: &Meta, late: Late) -> LateRow {
    let comparison = difference((body, meta), (&late.body, &late.meta), &[], &BTreeMap::new());
    LateRow { id: late.id, by: late.by.name, at: late.at, comparison }
}

/// The word of a verdict, as the wire has it.
pub(crate) fn verdict_word(verdict: Verdict) -> &'static str {
    match verdict {
        Verdict::Advance => "advance",
        Verdict::Adopt => "adopt",
        Verdict::Hold => "hold",
        Verdict::Return => "return",
        Verdict::Reject => "reject",
    }
}
