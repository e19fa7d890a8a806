//! What was written, on its way to the server.

use galley_model::{ArticleId, Instant, Sha256};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Bytes, Have, Peer, Person};

/// Largest update of one [`Push`], in bytes before base64.
pub const MAX_UPDATE_BYTES: usize = 1 << 20;
/// Most operations of one [`Push`].
pub const MAX_SPAN: i32 = 300_000;

/// `POST /content`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContentRequest {
    /// In order.
    pub items: Vec<Push>,
}

/// What one peer wrote into one article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Push {
    /// Into which.
    pub article: ArticleId,
    /// Who.
    pub peer: Peer,
    /// First operation, counted from 0.
    pub start: i32,
    /// One past the last.
    pub end: i32,
    /// Of the bytes.
    pub sha256: Sha256,
    /// As the text engine exported them.
    pub bytes: Bytes,
    /// The device's clock: a label.
    pub at: Instant,
    /// Given back after the server's records were replaced by an older copy.
    #[serde(default)]
    pub recovered: bool,
    /// The newsroom's word on whose the article is, as a standing of an earlier epoch carried it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<AuthorWord>,
}

/// The newsroom's word on whose an article is. It is the newsroom's alone to make and to read; a device keeps it and
/// shows it when the newsroom lost its records.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuthorWord {
    /// Of the records that gave it.
    pub epoch: Uuid,
    /// Whose it is, by their name then.
    pub author: Person,
    /// Proves that the newsroom said so, of this article.
    pub mac: Sha256,
}

/// Answers, one for each [`Push`], in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ContentAnswer {
    /// In the order of the items.
    pub results: Vec<ContentResult>,
}

/// The reasons of [`ContentResult::Refused`]. A newer server may have others.
pub mod refusal {
    /// Not what its hash says, no text, or it killed who read it.
    pub const UNREADABLE: &str = "unreadable";
    /// More bytes or operations than one [`Push`](super::Push) may have, or too many writers of one article.
    pub const TOO_LARGE: &str = "too_large";
    /// A kind of change that articles have not.
    pub const OPERATION: &str = "operation";
    /// The body or the facts would be longer than they may be.
    pub const TOO_LONG: &str = "too_long";
    /// Too many late updates of this person wait for somebody to decide.
    pub const TOO_MANY_LATE: &str = "too_many_late";
    /// Too many contests of the article wait for somebody to choose.
    pub const TOO_MANY_CONTESTS: &str = "too_many_contests";
    /// All of them.
    pub const ALL: [&str; 6] = [UNREADABLE, TOO_LARGE, OPERATION, TOO_LONG, TOO_MANY_LATE, TOO_MANY_CONTESTS];
}

/// What became of one [`Push`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "result", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ContentResult {
    /// It is in the article now.
    Stored {
        /// Its number in the article.
        seq: i64,
    },
    /// It was stored before, byte for byte.
    Known {
        /// Its number in the article.
        seq: i64,
    },
    /// Something of this peer is missing before it.
    Gap {
        /// What the server has of the peer.
        expect: i32,
    },
    /// It builds on operations that the server has not.
    Missing {
        /// What the server has.
        have: Have,
    },
    /// The peer is another device's, or the same range came with other bytes.
    Forked,
    /// Not a text that an article can have.
    Refused {
        /// One of [`refusal`]: `unreadable`, `too_large`, `operation`, `too_long`, `too_many_late`, `too_many_contests`.
        reason: String,
    },
    /// Kept as a late update.
    Late {
        /// Which.
        id: Uuid,
    },
    /// A draft of somebody else.
    NotYours,
    /// The article was deleted.
    Gone,
    /// A word of a newer server: try again after an update of the app.
    #[serde(other)]
    Other,
}
