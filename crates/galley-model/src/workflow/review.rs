//! The guards of review: who may read, write, submit, claim, judge and publish, from what is on record. Pure; each
//! gathers every finding at once.

use std::collections::BTreeSet;

use super::{Actor, Finding, ItemStatus, Policy, Reason, ReasonCode, Role, SignOff, Stage, Verdict};
use crate::checks::Problem;
use crate::hash::Sha256;
use crate::id::PersonId;

mod hand_in;
mod judgement;

pub use hand_in::{claim_findings, release_findings, submit_findings, withdraw_findings};
pub use judgement::{
    Judgement, no_effect, resume_findings, sign_off_findings, stage_after, stage_after_resume,
};

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

fn hard(reason: Reason) -> Finding {
    Finding { reason, hard: true }
}

#[cfg(test)]
mod tests;
