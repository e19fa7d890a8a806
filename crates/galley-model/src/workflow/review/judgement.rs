//! Judging: what a judgement needs to count, where it leads, and why one that came too late has no effect.

use super::{DESK, Findings, ReviewCase, hard};
use crate::hash::Sha256;
use crate::workflow::correction::MAX_CHARS;
use crate::workflow::{Finding, ItemStatus, NoEffect, Reason, ReasonCode, Stage, Verdict};

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

/// A stage without a judgement of exactly this content.
fn unsigned(case: &ReviewCase<'_>, stage: u8) -> Option<Finding> {
    let passed = case.sign_offs.iter().any(|record| {
        record.stage == Stage::Review(stage)
            && record.verdict == Verdict::Advance
            && record.content_hash == case.content_hash
    });
    (!passed).then(|| hard(Reason::new(ReasonCode::NotApproved).with("stage", Stage::Review(stage))))
}
