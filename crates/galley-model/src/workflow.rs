//! How an article is judged and published: three axes that are never one status, the policies, the sign-off
//! record, what a device may ask for, and the guards of each transition as pure functions.
//!
//! Not here: who holds which sign-off, storage, rendering, the clock. The caller gathers a [`PublishCase`] and
//! gets back every finding at once, in the order of the fields.

mod correction;
mod guard;
mod intent;
mod opinion;
mod policy;
pub mod review;
mod sign_off;

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

pub use correction::{CorrectionKind, CorrectionNote, correction_findings, may_retract, retract_findings};
pub use guard::{
    Finding, PublishCase, is_valid_slug, may_publish, proposed_slug, publish_findings, put_back_findings,
    responsible_editor_findings, take_down_findings,
};
pub use intent::{Actor, Intent, IntentId, IntentKind, Outcome, Reason, ReasonCode};
pub use opinion::{NoEffect, Opinion};
pub use policy::{AfterSignOff, Policy, PolicyRef, ResponsibleEditorRule, Review, Role};
pub use sign_off::{Method, OutsideApprover, SignOff, SignOffId, Verdict};

/// First axis: where an article stands in the newsroom. The kernel's stages are fixed; only the number, names
/// and rules of the review stages are a policy's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Stage {
    /// Being written.
    #[default]
    Draft,
    /// Handed in, unclaimed.
    Submitted,
    /// In review stage 1 to n.
    Review(u8),
    /// Signed to be published.
    Approved,
    /// 退回修改
    Returned,
    /// 待用
    Held,
    /// 未采用
    Spiked,
}

/// Second axis: publication on one destination.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Publication {
    /// Never published there.
    #[default]
    None,
    /// Will be sent at an instant.
    Scheduled,
    /// Accepted and being sent; a crash leaves it here, and the next start looks.
    Sending,
    /// Readers have it.
    Live,
    /// The last send failed; readers have what they had before.
    Failed,
    /// The answer of a send was lost; resolved by looking, never by sending again.
    Unknown,
    /// 撤稿: gone for readers, the record stays.
    TakenDown,
    /// 声明撤稿: a public notice stands at the address. Terminal.
    Retracted,
}

/// Third axis, as IPTC has it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ItemStatus {
    /// May be published.
    #[default]
    Usable,
    /// Taken down.
    Withheld,
    /// Retracted. Terminal.
    Canceled,
}

/// What was not the name of a stage, publication or item status.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a {what}: {text}")]
pub struct UnknownWord {
    /// What was expected.
    pub what: &'static str,
    /// What was read.
    pub text: String,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Draft => f.write_str("draft"),
            Self::Submitted => f.write_str("submitted"),
            Self::Review(k) => write!(f, "review[{k}]"),
            Self::Approved => f.write_str("approved"),
            Self::Returned => f.write_str("returned"),
            Self::Held => f.write_str("held"),
            Self::Spiked => f.write_str("spiked"),
        }
    }
}

impl FromStr for Stage {
    type Err = UnknownWord;

    fn from_str(text: &str) -> Result<Self, UnknownWord> {
        let review = || text.strip_prefix("review[")?.strip_suffix(']')?.parse().ok().filter(|k| *k > 0);
        match text {
            "draft" => Ok(Self::Draft),
            "submitted" => Ok(Self::Submitted),
            "approved" => Ok(Self::Approved),
            "returned" => Ok(Self::Returned),
            "held" => Ok(Self::Held),
            "spiked" => Ok(Self::Spiked),
            _ => {
                review().map(Self::Review).ok_or_else(|| UnknownWord { what: "stage", text: text.to_owned() })
            }
        }
    }
}

impl Serialize for Stage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Stage {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// Words that databases and records hold, the same as serde's.
macro_rules! words {
    ($type:ty, $what:literal, $($variant:ident = $word:literal),+ $(,)?) => {
        impl $type {
            /// The word that records hold.
            pub fn word(self) -> &'static str {
                match self { $(Self::$variant => $word),+ }
            }
        }

        impl FromStr for $type {
            type Err = UnknownWord;

            fn from_str(text: &str) -> Result<Self, UnknownWord> {
                match text {
                    $($word => Ok(Self::$variant),)+
                    _ => Err(UnknownWord { what: $what, text: text.to_owned() }),
                }
            }
        }
    };
}

words!(
    Publication,
    "publication",
    None = "none",
    Scheduled = "scheduled",
    Sending = "sending",
    Live = "live",
    Failed = "failed",
    Unknown = "unknown",
    TakenDown = "taken_down",
    Retracted = "retracted",
);

words!(ItemStatus, "item status", Usable = "usable", Withheld = "withheld", Canceled = "canceled");

#[cfg(feature = "openapi")]
impl utoipa::PartialSchema for Stage {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        let words = utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("Where an article stands: `draft`, `submitted`, `review[1]` …, `approved`, `returned`, `held`, `spiked`"));
        words.build().into()
    }
}

#[cfg(feature = "openapi")]
impl utoipa::ToSchema for Stage {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_stage_reads_back_from_its_word() {
        let stages = [
            (Stage::Draft, "draft"),
            (Stage::Submitted, "submitted"),
            (Stage::Review(1), "review[1]"),
            (Stage::Review(3), "review[3]"),
            (Stage::Approved, "approved"),
            (Stage::Returned, "returned"),
            (Stage::Held, "held"),
            (Stage::Spiked, "spiked"),
        ];
        for (stage, word) in stages {
            assert_eq!(stage.to_string(), word);
            assert_eq!(word.parse(), Ok(stage));
            assert_eq!(serde_json::to_value(stage).unwrap(), word);
        }
    }

    #[test]
    fn what_is_no_stage_is_refused() {
        for word in ["", "review", "review[0]", "review[x]", "review[1", "review[256]", "Draft"] {
            assert!(word.parse::<Stage>().is_err(), "{word}");
        }
    }

    #[test]
    fn words_of_records_are_those_of_the_wire() {
        for word in ["none", "scheduled", "sending", "live", "failed", "unknown", "taken_down", "retracted"] {
            let state: Publication = word.parse().unwrap();
            assert_eq!(state.word(), word);
            assert_eq!(serde_json::to_value(state).unwrap(), word);
        }
        for word in ["usable", "withheld", "canceled"] {
            let status: ItemStatus = word.parse().unwrap();
            assert_eq!(status.word(), word);
            assert_eq!(serde_json::to_value(status).unwrap(), word);
        }
    }
}
