//! What the server's word on each item means for its row of the outbox.

use galley_model::workflow::Outcome;
use uuid::Uuid;

use super::Item;
use crate::wire::{ContentResult, Have, IntentResult};

/// The codes that a device gives a row of the outbox, beside the newsroom's reasons for a wish, a server's
/// [`refusal`](crate::wire::refusal)s of a text, and its word on a whole request ([`classify`](super::classify)).
pub mod row_code {
    /// A wish that waits for the text that it is about.
    pub const TEXT_FIRST: &str = "text_first";
    /// A wish about text that was refused: it made way.
    pub const TEXT_REFUSED: &str = "text_refused";
    /// A wish of a kind that the server does not know.
    pub const UNKNOWN: &str = "unknown";
    /// Text in somebody else's draft.
    pub const NOT_YOURS: &str = "not_yours";
    /// Sent anew again and again; the next cycle goes on.
    pub const IN_CIRCLES: &str = "in_circles";
    /// Answered with a word of a newer server.
    pub const UNKNOWN_ANSWER: &str = "unknown_answer";
    /// Kept by the newsroom as a late update; here it is a private draft.
    pub const LATE: &str = "late";
    /// Written under a peer that is another device's; here it goes on under another.
    pub const FORKED: &str = "forked";
}

/// What becomes of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ItemVerdict {
    /// The server has it.
    Arrived {
        /// Which row.
        row: i64,
    },
    /// The server has it, as this update of the article: who sent it need not ask for it.
    Stored {
        /// Which row.
        row: i64,
        /// Its number in the article.
        seq: i64,
    },
    /// The server has less of the peer: exported anew from `expect`.
    Rewind {
        /// Which row.
        row: i64,
        /// What the server has.
        expect: i32,
    },
    /// The server lacks what it builds on: that is sent first.
    SendFirst {
        /// Which row.
        row: i64,
        /// What the server has.
        have: Have,
    },
    /// Recovered as a forked peer.
    Recover {
        /// Which row.
        row: i64,
    },
    /// The newsroom keeps it as a late update: the text becomes a private draft, the article the server's.
    Late {
        /// Which row.
        row: i64,
        /// The server's name of it.
        id: Uuid,
    },
    /// The article was deleted: its text becomes a private draft.
    KeepPrivate {
        /// Which row.
        row: i64,
    },
    /// Set aside and told.
    Refused {
        /// Which row.
        row: i64,
        /// A code.
        reason: String,
    },
    /// A wish was answered.
    Answered {
        /// Which row.
        row: i64,
        /// The newsroom's word.
        outcome: Outcome,
    },
    /// A wish that can never be answered makes way for those behind it.
    GivenUp {
        /// Which row.
        row: i64,
        /// A code.
        code: &'static str,
    },
    /// Waiting wishes are numbered from here.
    Renumber {
        /// The server's next.
        next: u64,
    },
    /// Stays as it is until a later cycle.
    Later {
        /// Which row.
        row: i64,
        /// Why.
        code: &'static str,
    },
}

impl ItemVerdict {
    /// Whether the same step has to be entered again because of it.
    pub fn goes_round(&self) -> bool {
        matches!(
            self,
            Self::Rewind { .. } | Self::SendFirst { .. } | Self::Recover { .. } | Self::Renumber { .. }
        )
    }

    /// What a person should know of it, with the row.
    pub fn told(&self) -> Option<(i64, &'static str)> {
        match self {
            Self::Late { row, .. } => Some((*row, "late")),
            Self::KeepPrivate { row } => Some((*row, "gone")),
            Self::Refused { row, .. } => Some((*row, "refused")),
            Self::GivenUp { row, code } => Some((*row, code)),
            Self::Answered { row, outcome: Outcome::Rejected { .. } } => Some((*row, "rejected")),
            Self::Answered { row, outcome: Outcome::Stale { .. } } => Some((*row, "stale")),
            _ => None,
        }
    }
}

/// Answers to texts, in their order; what has no answer waits. Without patience nothing goes round again.
pub fn content_verdicts(sent: &[Item], results: &[ContentResult], patient: bool) -> Vec<ItemVerdict> {
    let judged = sent.iter().zip(results).map(|(item, result)| {
        let row = item.id;
        let round = |verdict: ItemVerdict| {
            if patient { verdict } else { ItemVerdict::Later { row, code: row_code::IN_CIRCLES } }
        };
        match result {
            ContentResult::Stored { seq } => ItemVerdict::Stored { row, seq: *seq },
            // Who brings something back is told the last number, whatever it was stored as.
            ContentResult::Known { .. } => ItemVerdict::Arrived { row },
            // The server has it and more: nothing is missing.
            ContentResult::Gap { expect } if *expect >= item.end => ItemVerdict::Arrived { row },
            ContentResult::Gap { expect } => round(ItemVerdict::Rewind { row, expect: (*expect).max(0) }),
            ContentResult::Missing { have } => round(ItemVerdict::SendFirst { row, have: have.clone() }),
            ContentResult::Forked => round(ItemVerdict::Recover { row }),
            ContentResult::Refused { reason } => ItemVerdict::Refused { row, reason: reason.clone() },
            ContentResult::Late { id } => ItemVerdict::Late { row, id: *id },
            ContentResult::NotYours => ItemVerdict::Refused { row, reason: row_code::NOT_YOURS.to_owned() },
            ContentResult::Gone => ItemVerdict::KeepPrivate { row },
            ContentResult::Other => ItemVerdict::Later { row, code: row_code::UNKNOWN_ANSWER },
        }
    });
    let unanswered =
        sent.iter().skip(results.len()).map(|item| ItemVerdict::Later { row: item.id, code: "" });
    judged.chain(unanswered).collect()
}

/// Answers to wishes, in their order. Behind a wish that waits nothing is answered, so what will never arrive makes
/// way.
pub fn intent_verdicts(sent: &[Item], results: &[IntentResult], patient: bool) -> Vec<ItemVerdict> {
    let mut verdicts = Vec::new();
    for (item, result) in sent.iter().zip(results) {
        let row = item.id;
        match result {
            IntentResult::Done { outcome } => {
                verdicts.push(ItemVerdict::Answered { row, outcome: outcome.clone() });
            }
            IntentResult::Unknown => {
                verdicts.push(ItemVerdict::Refused { row, reason: row_code::UNKNOWN.to_owned() })
            }
            IntentResult::Wait if item.stuck => {
                verdicts.push(ItemVerdict::GivenUp { row, code: row_code::TEXT_REFUSED });
                return verdicts;
            }
            IntentResult::Wait => {
                verdicts.push(ItemVerdict::Later { row, code: row_code::TEXT_FIRST });
                return verdicts;
            }
            IntentResult::Renumber { next } if patient => {
                verdicts.push(ItemVerdict::Renumber { next: *next });
                return verdicts;
            }
            IntentResult::Renumber { .. } => {
                verdicts.push(ItemVerdict::Later { row, code: row_code::IN_CIRCLES });
                return verdicts;
            }
        }
    }
    verdicts
}
