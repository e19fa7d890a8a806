//! What is typed: the pushes of the collaboration protocol, and the fields of the form.

use std::collections::BTreeMap;

use galley_model::{ArticleId, Instant};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A window's push of what was typed.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct PushRequest {
    /// Which article.
    pub article: ArticleId,
    /// Random name of the view (one per opened editor), so that an update sent again is known.
    pub view: String,
    /// The revision the first update was made on.
    pub base_rev: u32,
    /// In order.
    pub updates: Vec<ViewUpdate>,
    /// Caret after them, UTF-16.
    pub caret: u32,
}

/// One update of the collaboration protocol, made by a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ViewUpdate {
    /// Number of this update among those of its view, from 1, kept when it is sent again.
    pub view_seq: u32,
    /// What changed.
    pub splices: Vec<Splice>,
}

/// One replacement in the coordinates of the text before the update it belongs to. The splices of one update
/// are sorted and do not overlap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Splice {
    /// UTF-16, inclusive.
    pub from: u32,
    /// UTF-16, exclusive.
    pub to: u32,
    /// What stands there now.
    pub insert: String,
}

/// The core's answer to a push.
#[derive(Clone, Debug, PartialEq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PushAnswer {
    /// All are in the store, committed and synced.
    Accepted {
        /// The core's revision after them.
        rev: u32,
        /// When the commit returned.
        saved_at: Instant,
    },
    /// Made on an older revision: apply these, rebase, send again under the same numbers.
    Stale {
        /// The core's revision.
        rev: u32,
        /// What the window has not seen, in order from `base_rev`.
        updates: Vec<CoreUpdate>,
    },
}

/// An update as the core accepted it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct CoreUpdate {
    /// The view it came from, empty for the core's own (a restore, another device).
    pub view: String,
    /// Its number in that view, 0 for the core's own.
    pub view_seq: u32,
    /// What changed.
    pub splices: Vec<Splice>,
}

/// Fields of the form: `set` at blur, at one idle second, or before a revision; `draft` while typing.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct FieldsRequest {
    /// Which article.
    pub article: ArticleId,
    /// Key of the meta map to its new text; an empty text clears it.
    pub fields: BTreeMap<String, String>,
}

/// Something is on this computer's disk.
#[derive(Clone, Copy, Debug, Serialize, TS)]
pub struct Saved {
    /// When the commit returned.
    pub saved_at: Instant,
}
