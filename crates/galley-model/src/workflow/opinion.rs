//! A judgement that came too late to have an effect: it is kept as what its signer thought, and decides nothing.

use serde::{Deserialize, Serialize};

use super::SignOff;

/// A judgement without effect, and why. Append-only, as a sign-off is; never among the sign-offs that count.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Opinion {
    /// What a sign-off holds.
    pub record: SignOff,
    /// Why it has no effect.
    pub why: NoEffect,
}

/// Why a judgement has no effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum NoEffect {
    /// The text is not the one that was judged: it can be judged again.
    ContentChanged,
    /// The page is not the one that was seen: it can be judged again.
    PageChanged,
    /// Somebody else judged the stage meanwhile.
    Passed,
    /// It was returned to its author meanwhile, or taken back by them.
    Returned,
    /// It was declined meanwhile.
    Spiked,
    /// It was retracted meanwhile.
    Retracted,
    /// A word of a newer server.
    #[serde(other)]
    Other,
}

impl NoEffect {
    /// The word that records and windows hold.
    pub fn word(self) -> &'static str {
        match self {
            Self::ContentChanged => "content_changed",
            Self::PageChanged => "page_changed",
            Self::Passed => "passed",
            Self::Returned => "returned",
            Self::Spiked => "spiked",
            Self::Retracted => "retracted",
            Self::Other => "other",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reason_has_one_word_and_a_newer_one_is_read() {
        for why in [
            NoEffect::ContentChanged,
            NoEffect::PageChanged,
            NoEffect::Passed,
            NoEffect::Returned,
            NoEffect::Spiked,
            NoEffect::Retracted,
        ] {
            assert_eq!(serde_json::to_value(why).unwrap(), why.word());
        }
        assert_eq!(serde_json::from_str::<NoEffect>("\"overruled\"").unwrap(), NoEffect::Other);
    }

    #[test]
    fn the_frozen_form_of_an_opinion_is_read() {
        let frozen = include_str!("../../tests/fixtures/workflow_opinion.json");
        let opinion: Opinion = serde_json::from_str(frozen).unwrap();
        assert_eq!((opinion.why, opinion.record.offline), (NoEffect::Passed, true));
        assert_eq!(opinion.record.name, "陈总编");
    }
}
