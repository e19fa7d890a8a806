//! The guards of review: who may read, write, submit, claim, judge and publish, from what is on record. Pure; each
//! gathers every finding at once.

use std::collections::BTreeSet;

use super::correction::MAX_CHARS;
use super::{
    Actor, Finding, ItemStatus, NoEffect, Policy, Reason, ReasonCode, Role, SignOff, Stage, Verdict,
};
use crate::checks::Problem;
use crate::hash::Sha256;
use crate::id::PersonId;

/// What is on record about an article, and who asks.
#[derive(Clone, Copy, Debug)]
pub struct ReviewCase<'a> {
    /// Who asks.
    pub actor: &'a Actor,
    /// The reviews that the article passes.
    pub policy: &'a Policy,
    /// Where it stands.
    pub stage: Stage,
    /// Whether it may be used at all.
    pub item_status: ItemStatus,
    /// Whose it is.
    pub author: PersonId,
    /// Who writes with them.
    pub co_authors: &'a BTreeSet<PersonId>,
    /// Who reviews it now, with their name.
    pub claimed_by: Option<(PersonId, &'a str)>,
    /// Judgements so far, oldest first.
    pub sign_offs: &'a [SignOff],
    /// Of the text as it stands.
    pub content_hash: Sha256,
    /// Places where a merge waits for somebody's choice.
    pub n_contests: usize,
    /// It was handed in at some time.
    pub was_handed_in: bool,
    /// Readers have it.
    pub is_live: bool,
}

/// What becomes of what a person writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Writing {
    /// It merges.
    Merges,
    /// It is kept, and somebody entitled decides.
    Late,
    /// The person may not even read the article.
    Hidden,
}

/// Who reads everything from submission on.
const EDITORIAL: [Role; 6] = [
    Role::ResponsibleEditor,
    Role::DeskEditor,
    Role::EditorInChief,
    Role::Proofreader,
    Role::Publisher,
    Role::Observer,
];
/// Who reviews where the policy names no role.
const EDITORS: [Role; 3] = [Role::ResponsibleEditor, Role::DeskEditor, Role::EditorInChief];
/// Who decides about people.
const DESK: [Role; 2] = [Role::DeskEditor, Role::EditorInChief];

impl ReviewCase<'_> {
    /// Whether the person wrote it.
    pub fn is_own(&self) -> bool {
        self.actor.person == self.author || self.co_authors.contains(&self.actor.person)
    }

    /// Drafts are their writers'; from submission on everybody with an editorial role reads.
    pub fn may_read(&self) -> bool {
        self.is_own() || (self.stage != Stage::Draft && self.actor.has_any(&EDITORIAL))
    }

    /// Whether the person may have read it before, though not now.
    pub fn may_have_read(&self) -> bool {
        self.is_own() || (self.was_handed_in && self.actor.has_any(&EDITORIAL))
    }

    /// What becomes of what the person writes into it now.
    pub fn writing(&self) -> Writing {
        let merges = match self.stage {
            Stage::Draft => self.is_own(),
            Stage::Submitted | Stage::Returned => self.is_own() || self.reviews_from(1),
            Stage::Review(stage) => self.is_own() || self.reviews_from(stage),
            Stage::Approved | Stage::Held if self.policy.is_solo() => {
                self.is_own() || self.actor.has_any(&EDITORS)
            }
            Stage::Approved | Stage::Held => self.may_judge_as_other() && self.reviews_from(self.last()),
            Stage::Spiked => false,
        };
        match (merges, self.may_read()) {
            (true, _) => Writing::Merges,
            (false, true) => Writing::Late,
            (false, false) => Writing::Hidden,
        }
    }

    /// The role in which the person may judge at a review stage, from 1.
    pub fn role_at(&self, stage: u8) -> Option<Role> {
        let review = self.policy.reviews.get(usize::from(stage).checked_sub(1)?)?;
        let roles = review.role.as_ref().map_or(&EDITORS[..], std::slice::from_ref);
        roles.iter().rev().find(|role| self.actor.roles.contains(role)).copied()
    }

    fn reviews_from(&self, stage: u8) -> bool {
        (stage..=self.last()).any(|stage| self.role_at(stage).is_some())
    }

    /// The number of the last review; 0 under *solo*.
    fn last(&self) -> u8 {
        u8::try_from(self.policy.reviews.len()).unwrap_or(u8::MAX)
    }

    fn may_judge_as_other(&self) -> bool {
        !(self.policy.distinct_people && self.is_own())
    }

    /// The review that waits for a judgement; what is held waits for the last again.
    pub fn review(&self) -> Option<u8> {
        match self.stage {
            Stage::Review(stage) => Some(stage),
            Stage::Held => Some(self.last()),
            _ => None,
        }
    }

    /// Whether the person may judge it as it stands: handed in or in review, by the stage's role, by nobody who wrote
    /// it or judged an earlier stage of the same text.
    pub fn may_judge_now(&self) -> bool {
        let stage = match self.stage {
            Stage::Submitted => 1,
            Stage::Review(stage) => stage,
            _ => return false,
        };
        let mut findings = Findings::default();
        findings.may_judge(self, stage);
        !self.policy.is_solo() && findings.0.is_empty()
    }

    fn wrong_stage(&self) -> Finding {
        hard(Reason::new(ReasonCode::WrongStage).with("stage", self.stage))
    }
}

/// Whether a person may begin articles.
pub fn may_begin(actor: &Actor) -> bool {
    actor.has_any(&EDITORS) || actor.has_any(&[Role::Reporter, Role::Contributor])
}

/// 提交: by its author, from draft or returned, as it stands, with nothing that would keep it from being published.
pub fn submit_findings(case: &ReviewCase<'_>, seen: Sha256, problems: &[Problem]) -> Vec<Finding> {
    let mut findings = Findings::default();
    findings.when(case.actor.person != case.author, ReasonCode::NotPermitted);
    if case.policy.is_solo() || !matches!(case.stage, Stage::Draft | Stage::Returned) {
        findings.0.push(case.wrong_stage());
    }
    findings.when(seen != case.content_hash, ReasonCode::ContentChanged);
    // A name and a time may still be missing when it is handed in.
    let waits = [ReasonCode::ResponsibleEditorMissing, ReasonCode::Embargoed];
    findings
        .0
        .extend(problem_findings(problems).into_iter().filter(|found| !waits.contains(&found.reason.code)));
    findings.0
}

/// 撤回: by its author, while nobody has claimed it.
pub fn withdraw_findings(case: &ReviewCase<'_>) -> Vec<Finding> {
    let mut findings = Findings::default();
    findings.when(case.actor.person != case.author, ReasonCode::NotPermitted);
    if let Some((_, name)) = case.claimed_by {
        findings.0.push(hard(Reason::new(ReasonCode::Claimed).with("name", name)));
    } else if case.stage != Stage::Submitted {
        findings.0.push(case.wrong_stage());
    }
    findings.0
}

/// 认领: by who may judge there; a lease of somebody else is taken over by the desk alone.
pub fn claim_findings(case: &ReviewCase<'_>) -> Vec<Finding> {
    let mut findings = Findings::default();
    let stage = match case.stage {
        Stage::Submitted => Some(1),
        Stage::Review(stage) => Some(stage),
        _ => None,
    };
    findings.may_judge(case, stage.unwrap_or(1));
    if stage.is_none() {
        findings.0.push(case.wrong_stage());
    }
    if let Some((holder, name)) = case.claimed_by
        && holder != case.actor.person
        && !case.actor.has_any(&DESK)
    {
        findings.0.push(hard(Reason::new(ReasonCode::Claimed).with("name", name)));
    }
    findings.0
}

/// 放回: by who holds it, or by the desk.
pub fn release_findings(case: &ReviewCase<'_>) -> Vec<Finding> {
    let mut findings = Findings::default();
    match case.claimed_by {
        None => findings.0.push(case.wrong_stage()),
        Some((holder, name)) if holder != case.actor.person && !case.actor.has_any(&DESK) => {
            findings.0.push(hard(Reason::new(ReasonCode::Claimed).with("name", name)));
        }
        Some(_) => {}
    }
    findings.0
}

/// A judgement as it is asked for.
#[derive(Clone, Copy, Debug)]
pub struct Judgement<'a> {
    /// Of the content that was judged.
    pub content_hash: Sha256,
    /// Of the page that was seen.
    pub page_hash: Option<Sha256>,
    /// What was decided.
    pub verdict: Verdict,
    /// Why.
    pub comment: &'a str,
    /// The stage that was judged, as the device knew it: a review, or *approved* or *held* where that is taken back;
    /// none before the article was in review there.
    pub stage: Option<Stage>,
}

impl Judgement<'_> {
    /// The stage that was judged, when it is not the one that the article is at now.
    fn of_other_stage(&self, case: &ReviewCase<'_>) -> Option<Stage> {
        self.stage.filter(|stage| *stage != case.stage)
    }

    /// The number of the review whose judges may judge at the stage that the device knew; the last one's may judge
    /// what is approved or held.
    fn review_of(stage: Stage, case: &ReviewCase<'_>) -> u8 {
        match stage {
            Stage::Review(stage) => stage,
            Stage::Approved | Stage::Held => case.last(),
            Stage::Draft | Stage::Submitted | Stage::Returned | Stage::Spiked => 1,
        }
    }

    fn was_in_review(&self) -> bool {
        matches!(self.stage, Some(Stage::Review(_) | Stage::Approved | Stage::Held))
    }

    fn has_long_comment(&self) -> bool {
        self.comment.chars().count() > MAX_CHARS
    }

    fn lacks_comment(&self) -> bool {
        matches!(self.verdict, Verdict::Return | Verdict::Reject) && self.comment.trim().is_empty()
    }
}

/// A judgement by somebody else than the writers, of exactly what stands now.
pub fn sign_off_findings(case: &ReviewCase<'_>, judged: &Judgement<'_>, page_now: Sha256) -> Vec<Finding> {
    let mut findings = Findings::default();
    if judged.has_long_comment() {
        findings.0.push(hard(Reason::new(ReasonCode::TooLong).at("comment").with("max", MAX_CHARS)));
    }
    if let Some(stage) = judged.of_other_stage(case) {
        findings.may_judge(case, Judgement::review_of(stage, case));
        findings.0.push(case.wrong_stage());
        return findings.0;
    }
    // What is approved can still be given back, and be held while no reader has it, by who may judge last.
    let taken_back = case.stage == Stage::Approved
        && match judged.verdict {
            Verdict::Return => true,
            Verdict::Hold => !case.is_live,
            Verdict::Advance | Verdict::Adopt | Verdict::Reject => false,
        };
    let stage = if taken_back { Some(case.last()) } else { case.review() };
    findings.may_judge(case, stage.unwrap_or(1));
    let is_last = stage == Some(case.last());
    let fits = match judged.verdict {
        Verdict::Advance => stage.is_some() && !is_last,
        Verdict::Adopt => is_last,
        Verdict::Hold => is_last && case.stage != Stage::Held,
        Verdict::Return | Verdict::Reject => stage.is_some(),
    };
    if case.policy.is_solo() || !fits {
        findings.0.push(case.wrong_stage());
    }
    findings.when(judged.content_hash != case.content_hash, ReasonCode::ContentChanged);
    let sees_page = stage.and_then(|stage| case.policy.reviews.get(usize::from(stage).checked_sub(1)?));
    let approves = matches!(judged.verdict, Verdict::Advance | Verdict::Adopt);
    if approves && sees_page.is_some_and(|review| review.sees_page) {
        findings.when(judged.page_hash != Some(page_now), ReasonCode::PageChanged);
    }
    if approves {
        findings.contests(case);
    }
    if judged.verdict == Verdict::Adopt {
        findings.0.extend((1..case.last()).filter_map(|stage| unsigned(case, stage)));
    }
    if judged.lacks_comment() {
        findings.0.push(hard(Reason::new(ReasonCode::CommentMissing).at("comment")));
    }
    findings.0
}

/// Why a judgement that was refused is kept as an opinion: it came too late, by somebody who could have given it.
/// None for one that could not have been given at all, or that has another fault.
pub fn no_effect(case: &ReviewCase<'_>, judged: &Judgement<'_>, refused: &[Finding]) -> Option<NoEffect> {
    let could_judge = match judged.stage {
        Some(stage) if judged.was_in_review() => case.role_at(Judgement::review_of(stage, case)).is_some(),
        _ => case.reviews_from(1),
    };
    let is_refused_for = |code| refused.iter().any(|found| found.hard && found.reason.code == code);
    let has_other_fault = judged.lacks_comment() || judged.has_long_comment();
    if refused.is_empty() || !could_judge || !case.may_judge_as_other() || has_other_fault {
        return None;
    }
    let moved = if judged.content_hash == case.content_hash { None } else { Some(NoEffect::ContentChanged) };
    let was_in_review = judged.was_in_review();
    let of_other = judged.of_other_stage(case).map(|stage| Judgement::review_of(stage, case));
    match case.stage {
        _ if case.policy.is_solo() => None,
        _ if case.item_status == ItemStatus::Canceled => Some(NoEffect::Retracted),
        Stage::Spiked => Some(NoEffect::Spiked),
        Stage::Returned => Some(NoEffect::Returned),
        // Handed in again, and not claimed yet.
        Stage::Submitted if was_in_review => moved.or(Some(NoEffect::Returned)),
        // Taken back by its author, or returned and begun anew.
        Stage::Draft if was_in_review || case.was_handed_in => Some(NoEffect::Returned),
        // Not yet in review: it came too early.
        Stage::Draft | Stage::Submitted => None,
        // A change of the text began the reviews anew.
        Stage::Review(now) if of_other.is_some_and(|stage| now <= stage) => moved.or(Some(NoEffect::Passed)),
        Stage::Review(_) if of_other.is_some() => Some(NoEffect::Passed),
        Stage::Review(_) if is_refused_for(ReasonCode::WrongStage) => None,
        Stage::Approved | Stage::Held if is_refused_for(ReasonCode::WrongStage) => Some(NoEffect::Passed),
        Stage::Review(_) | Stage::Approved | Stage::Held => {
            moved.or(is_refused_for(ReasonCode::PageChanged).then_some(NoEffect::PageChanged))
        }
    }
}

/// Where a judgement leads.
pub fn stage_after(case: &ReviewCase<'_>, verdict: Verdict) -> Stage {
    match verdict {
        Verdict::Advance => Stage::Review(case.review().unwrap_or_default().saturating_add(1)),
        Verdict::Adopt => Stage::Approved,
        Verdict::Hold => Stage::Held,
        Verdict::Return => Stage::Returned,
        Verdict::Reject => Stage::Spiked,
    }
}

/// Ends 待用: by who may judge last or decides about people, never by who wrote it where another has to judge.
pub fn resume_findings(case: &ReviewCase<'_>) -> Vec<Finding> {
    let mut findings = Findings::default();
    let may = case.role_at(case.last()).is_some() || case.actor.has_any(&DESK);
    findings.when(!may, ReasonCode::NotPermitted);
    findings.when(!case.may_judge_as_other(), ReasonCode::OwnArticle);
    if case.policy.is_solo() || case.stage != Stage::Held {
        findings.0.push(case.wrong_stage());
    }
    findings.0
}

/// The stage that a held article goes back to: the one it was held at, as the record of that says.
pub fn stage_after_resume(case: &ReviewCase<'_>) -> Stage {
    let held_at = case.sign_offs.iter().rfind(|record| record.verdict == Verdict::Hold);
    held_at.map_or(Stage::Review(case.last()), |record| record.stage)
}

/// Where an article stands once its publishable text changed: what was approved is to be judged again.
pub fn stage_after_change(policy: &Policy, stage: Stage) -> Stage {
    match stage {
        Stage::Approved | Stage::Held if !policy.is_solo() => Stage::Review(1),
        stage => stage,
    }
}

/// What of the reviews stands in the way of publishing, on top of [`super::publish_findings`].
pub fn review_publish_findings(case: &ReviewCase<'_>, seen: Sha256, page_now: Sha256) -> Vec<Finding> {
    let mut findings = Findings::default();
    findings.when(seen != case.content_hash, ReasonCode::ContentChanged);
    findings.contests(case);
    let adopts =
        |record: &&SignOff| record.verdict == Verdict::Adopt && record.content_hash == case.content_hash;
    if !case.policy.is_solo() && case.stage == Stage::Approved {
        let mut signed = case.sign_offs.iter().filter(adopts).peekable();
        if signed.peek().is_none() {
            findings.0.push(hard(Reason::new(ReasonCode::NotApproved).with("stage", case.stage)));
        } else if !signed.any(|record| record.is_valid_for(case.content_hash, page_now)) {
            findings.0.push(hard(Reason::new(ReasonCode::PageChanged)));
        }
    }
    findings.0
}

/// Who may name the responsible editor: the desk or the first reviewer, before it is approved.
pub fn assign_findings(case: &ReviewCase<'_>) -> Vec<Finding> {
    let mut findings = Findings::default();
    let may = case.actor.has_any(&DESK) || (case.role_at(1).is_some() && case.may_judge_as_other());
    findings.when(!may, ReasonCode::NotPermitted);
    if matches!(case.stage, Stage::Approved | Stage::Spiked) {
        findings.0.push(case.wrong_stage());
    }
    findings.0
}

/// Who may say who else writes: the author, or the desk.
pub fn co_author_findings(case: &ReviewCase<'_>, is_known: bool) -> Vec<Finding> {
    let mut findings = Findings::default();
    let may = case.actor.person == case.author || (case.may_read() && case.actor.has_any(&DESK));
    findings.when(!may, ReasonCode::NotPermitted);
    findings.when(!is_known, ReasonCode::NoSuchPerson);
    findings.0
}

/// Choosing in a contest and deciding about a late update is writing: whoever's text merges may do it.
pub fn settle_findings(case: &ReviewCase<'_>, is_open: bool, settled: ReasonCode) -> Vec<Finding> {
    let mut findings = Findings::default();
    findings.when(case.writing() != Writing::Merges, ReasonCode::NotPermitted);
    findings.when(!is_open, settled);
    findings.0
}

/// A draft that was never handed in and that no reader has, by its author.
pub fn delete_findings(case: &ReviewCase<'_>) -> Vec<Finding> {
    let mut findings = Findings::default();
    findings.when(case.actor.person != case.author, ReasonCode::NotPermitted);
    if case.stage != Stage::Draft || case.was_handed_in || case.is_live {
        findings.0.push(case.wrong_stage());
    }
    findings.0
}

/// The hard problems of the article itself, as the newsroom refuses them.
pub fn problem_findings(problems: &[Problem]) -> Vec<Finding> {
    let of = |problem: &Problem| {
        let code = match problem.code {
            "headline_missing" => ReasonCode::HeadlineMissing,
            "too_long" => ReasonCode::TooLong,
            "slug_invalid" | "slug_too_long" | "slug_reserved" => ReasonCode::SlugInvalid,
            "responsible_editor_missing" => ReasonCode::ResponsibleEditorMissing,
            "body_empty" => ReasonCode::BodyMissing,
            "embargoed" => ReasonCode::Embargoed,
            // A problem that became hard without a word here must not pass.
            _ => ReasonCode::NotApproved,
        };
        let reason = Reason { code, field: problem.field.clone(), values: problem.values.clone() };
        Finding { reason, hard: true }
    };
    problems.iter().filter(|problem| problem.hard).map(of).collect()
}

/// Findings as they are gathered.
#[derive(Default)]
struct Findings(Vec<Finding>);

impl Findings {
    fn when(&mut self, is_wrong: bool, code: ReasonCode) {
        if is_wrong {
            self.0.push(hard(Reason::new(code)));
        }
    }

    /// The stage's role, and nobody who wrote it or judged an earlier stage.
    fn may_judge(&mut self, case: &ReviewCase<'_>, stage: u8) {
        self.when(case.role_at(stage).is_none(), ReasonCode::NotPermitted);
        let judged_before = || {
            let earlier = |record: &&SignOff| matches!(record.stage, Stage::Review(at) if at < stage);
            let of_this = |record: &&SignOff| record.content_hash == case.content_hash;
            let mut records = case.sign_offs.iter().filter(earlier).filter(of_this);
            case.policy.distinct_people && records.any(|record| record.person == case.actor.person)
        };
        self.when(!case.may_judge_as_other() || judged_before(), ReasonCode::OwnArticle);
    }

    fn contests(&mut self, case: &ReviewCase<'_>) {
        if case.n_contests > 0 {
            self.0.push(hard(Reason::new(ReasonCode::ContestOpen).with("n", case.n_contests)));
        }
    }
}

/// A stage without a judgement of exactly this content.
fn unsigned(case: &ReviewCase<'_>, stage: u8) -> Option<Finding> {
    let passed = case.sign_offs.iter().any(|record| {
        record.stage == Stage::Review(stage)
            && record.verdict == Verdict::Advance
            && record.content_hash == case.content_hash
    });
    (!passed).then(|| hard(Reason::new(ReasonCode::NotApproved).with("stage", Stage::Review(stage))))
}

fn hard(reason: Reason) -> Finding {
    Finding { reason, hard: true }
}

#[cfg(test)]
mod tests;
