//! What can go wrong with an article's text, by what the caller does about it.

use loro::LoroError;

/// Why a call did nothing.
#[derive(Debug, thiserror::Error)]
pub enum TextError {
    /// The window's text and the document's differ; the window must load again.
    #[error("offset {offset} is beyond the text of {len} UTF-16 units")]
    OutOfRange {
        /// UTF-16, as given.
        offset: usize,
        /// UTF-16 length of the text.
        len: usize,
    },
    /// See [`TextError::OutOfRange`]; a character must never be torn.
    #[error("offset {offset} is inside a character of two UTF-16 units")]
    InsidePair {
        /// UTF-16, as given.
        offset: usize,
    },
    /// The splices of one edit are sorted and do not overlap; these are not.
    #[error("splice {index} ends before it starts, or starts before the one before it ends")]
    Disordered {
        /// Which of the splices given, from 0.
        index: usize,
    },
    /// The engine panicked, now or earlier. Forget this document and load it again from the store.
    #[error("the document engine failed; the article must be loaded again")]
    Poisoned,
    /// The stored snapshot cannot be read; an older one with its updates may.
    #[error("the snapshot cannot be read")]
    DamagedSnapshot(#[source] LoroError),
    /// One update cannot be read; nothing of the batch was applied.
    #[error("update {index} cannot be read")]
    DamagedUpdate {
        /// Which of the updates given, from 0.
        index: usize,
        /// What the engine said.
        #[source]
        source: LoroError,
    },
    /// Written by a newer Galley.
    #[error("written by a newer version")]
    TooNew,
    /// The peer id is already part of the document's history, or someone else wrote under it. Draw another: a
    /// reused one loses text silently.
    #[error("peer {peer} is already in use")]
    PeerInUse {
        /// The id given, or the document's own.
        peer: u64,
    },
    /// Not a version of this document.
    #[error("no such version of this document")]
    UnknownVersion,
    /// Updates wait for others that are missing, and a snapshot would leave them out.
    #[error("updates are missing")]
    Incomplete,
}
