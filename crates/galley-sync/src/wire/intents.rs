//! What a device asks the newsroom to do.

use galley_model::workflow::{Intent, Outcome};
use serde::{Deserialize, Serialize};

use super::Have;

/// `POST /intents`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IntentsRequest {
    /// In the order of their numbers.
    pub items: Vec<IntentItem>,
}

/// One wish in the device's sequence.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IntentItem {
    /// From 1, without gaps, per device.
    pub no: u64,
    /// The wish.
    pub intent: Intent,
    /// What must have arrived of the article for it to make sense.
    #[serde(default)]
    pub needs: Have,
    /// The version of the text that a judgement is of, so that the newsroom can keep that text.
    #[serde(default, skip_serializing_if = "Have::is_empty")]
    pub seen: Have,
}

/// Answers to the first items, in order; what has none is sent again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct IntentsAnswer {
    /// In the order of the items.
    pub results: Vec<IntentResult>,
}

/// What became of one wish.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum IntentResult {
    /// Answered, now or before.
    Done {
        /// For ever the same.
        #[serde(flatten)]
        outcome: Outcome,
    },
    /// What it needs has not arrived.
    Wait,
    /// The number is not the next of this device.
    Renumber {
        /// The next.
        next: u64,
    },
    /// A kind of wish that this server does not know.
    Unknown,
}
