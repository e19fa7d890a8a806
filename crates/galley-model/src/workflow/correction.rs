//! What is said to readers about an article that was wrong: a correction in its page, or a notice in its place.

use serde::{Deserialize, Serialize};

use super::guard::hard;
use super::{Actor, Finding, ItemStatus, Policy, Reason, ReasonCode, Role, may_publish};

/// Longest text that stands on the page, in characters.
pub(super) const MAX_CHARS: usize = 2_000;

/// What kind of note stands with a corrected article.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum CorrectionKind {
    /// 更正: something was wrong.
    #[default]
    Correction,
    /// 说明: something was right and could be misread.
    Clarification,
    /// 编者按: the newsroom says something about the article.
    EditorsNote,
    /// 更新: something happened since.
    Update,
}

/// A note as it is asked for with a publication; the newsroom dates it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct CorrectionNote {
    /// What kind.
    pub kind: CorrectionKind,
    /// For readers: what was wrong and is right now.
    pub text: String,
}

/// Whether this note may be published with an article: it says something, and readers have the article.
pub fn correction_findings(note: &CorrectionNote, is_live: bool) -> Vec<Finding> {
    let mut findings = Vec::new();
    if !is_live {
        findings.push(hard(Reason::new(ReasonCode::NotLive)));
    }
    findings.extend(text_finding(&note.text, "correction", ReasonCode::CorrectionMissing));
    findings
}

/// Whether an article may be retracted for good, for this private reason and with this public notice.
pub fn retract_findings(
    was_published: bool,
    item_status: ItemStatus,
    reason: &str,
    notice: &str,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if item_status == ItemStatus::Canceled {
        findings.push(hard(Reason::new(ReasonCode::Canceled)));
    } else if !was_published {
        findings.push(hard(Reason::new(ReasonCode::NotLive)));
    }
    if reason.trim().is_empty() {
        findings.push(hard(Reason::new(ReasonCode::ReasonMissing).at("reason")));
    }
    findings.extend(text_finding(notice, "notice", ReasonCode::NoticeMissing));
    findings
}

/// Whether this person may retract under this policy: alone whoever writes, with reviews the final role.
pub fn may_retract(actor: &Actor, policy: &Policy) -> bool {
    if policy.is_solo() { may_publish(actor, policy) } else { actor.has_any(&[Role::EditorInChief]) }
}

fn text_finding(text: &str, field: &str, missing: ReasonCode) -> Option<Finding> {
    let text = text.trim();
    if text.is_empty() {
        return Some(hard(Reason::new(missing).at(field)));
    }
    let is_long = text.chars().count() > MAX_CHARS;
    is_long.then(|| hard(Reason::new(ReasonCode::TooLong).at(field).with("max", MAX_CHARS)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::PersonId;
    use uuid::Uuid;

    fn codes(findings: &[Finding]) -> Vec<ReasonCode> {
        findings.iter().map(|found| found.reason.code).collect()
    }

    #[test]
    fn a_correction_says_something_about_what_readers_have() {
        let long = "长".repeat(MAX_CHARS + 1);
        for (text, is_live, expected) in [
            ("水位应为 27.4 米。", true, &[][..]),
            ("水位应为 27.4 米。", false, &[ReasonCode::NotLive]),
            (" \u{3000}", true, &[ReasonCode::CorrectionMissing]),
            (&long, true, &[ReasonCode::TooLong]),
        ] {
            let note = CorrectionNote { kind: CorrectionKind::Correction, text: text.to_owned() };
            assert_eq!(codes(&correction_findings(&note, is_live)), expected);
        }
    }

    #[test]
    fn what_was_published_is_retracted_once_with_a_reason_and_a_notice() {
        use ItemStatus::{Canceled, Usable, Withheld};
        for (was_published, status, reason, notice, expected) in [
            (true, Usable, "失实", "本文内容失实，现予撤回。", &[][..]),
            (true, Withheld, "失实", "本文内容失实，现予撤回。", &[]),
            (true, Canceled, "失实", "本文内容失实，现予撤回。", &[ReasonCode::Canceled]),
            (false, Usable, "失实", "本文内容失实，现予撤回。", &[ReasonCode::NotLive]),
            (true, Usable, " ", "\n", &[ReasonCode::ReasonMissing, ReasonCode::NoticeMissing]),
        ] {
            assert_eq!(codes(&retract_findings(was_published, status, reason, notice)), expected);
        }
    }

    #[test]
    fn alone_the_writer_retracts_and_with_reviews_the_final_role() {
        let actor = |roles: &[Role]| Actor {
            person: PersonId(Uuid::from_u128(1)),
            name: "王记者".to_owned(),
            roles: roles.iter().copied().collect(),
        };
        for (roles, solo, reviewed) in [
            (&[Role::Reporter][..], true, false),
            (&[Role::Publisher], true, false),
            (&[Role::Observer], false, false),
            (&[Role::EditorInChief], true, true),
        ] {
            assert_eq!(may_retract(&actor(roles), &Policy::solo()), solo, "{roles:?}");
            for policy in [Policy::two_eyes(), Policy::three_reviews()] {
                assert_eq!(may_retract(&actor(roles), &policy), reviewed, "{roles:?}");
            }
        }
    }
}
