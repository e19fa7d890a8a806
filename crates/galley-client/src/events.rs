//! What the core tells the window without being asked.

use galley_model::ArticleId;
use serde::Serialize;

use crate::api::{AccountState, CoreUpdate, Notice, SyncState};

/// An event and its payload. The name is the variant in lower case.
#[derive(Clone, Debug, Serialize)]
#[serde(untagged)]
pub enum Event {
    /// Lists, or the facts of an article, moved: read them again.
    Changed {
        /// Which article, when it is one.
        article: Option<ArticleId>,
        /// Whether lists and their counts moved.
        lists: bool,
    },
    /// The core itself changed an open text (a restore).
    Updates {
        /// Which article.
        article: ArticleId,
        /// The core's revision after them.
        rev: u32,
        /// In order.
        updates: Vec<CoreUpdate>,
    },
    /// Something to tell once.
    Notice(Notice),
    /// How the sync stands.
    Sync(SyncState),
    /// Who is signed in, or what that person may do, is another.
    Account(AccountState),
    /// What became of a row of the outbox; the outbox says more.
    Outbox {
        /// Which, 0 for the sync as a whole.
        row: i64,
        /// `late`, `gone`, `refused`, `rejected`, `stale`, `text_refused`, `quota`, or a failure's code.
        code: String,
    },
    /// Another start of Galley asks for the window.
    Raise {},
}

impl Event {
    /// The name under which the window listens.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Changed { .. } => "changed",
            Self::Updates { .. } => "updates",
            Self::Notice(_) => "notice",
            Self::Sync(_) => "sync",
            Self::Account(_) => "account",
            Self::Outbox { .. } => "outbox",
            Self::Raise {} => "raise",
        }
    }
}
