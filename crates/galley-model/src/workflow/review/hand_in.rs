//! Handing in, and taking over what was handed in: 提交, 撤回, 认领, 放回.

use super::{DESK, Findings, ReviewCase, hard, problem_findings};
use crate::checks::Problem;
use crate::workflow::{Finding, Reason, ReasonCode, Stage};

/// 提交: by its author, from draft or returned, with nothing that would keep it from being published. Whatever its writers
/// typed since, it is handed in as it stands: a review judges what it then reads.
pub fn submit_findings(case: &ReviewCase<'_>, problems: &[Problem]) -> Vec<Finding> {
    let mut findings = Findings::default();
    findings.when(case.actor.person != case.author, ReasonCode::NotPermitted);
    if case.policy.is_solo() || !matches!(case.stage, Stage::Draft | Stage::Returned) {
        findings.0.push(case.wrong_stage());
    }
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
