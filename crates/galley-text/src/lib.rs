//! The text of an article: one document of body and facts, its edits in UTF-16 offsets, its history, the
//! differences between versions, and the judgement of merges.
//!
//! Invariants:
//! - An offset is checked before the text is touched: out of range, inside a surrogate pair, out of order, and
//!   nothing has changed.
//! - A replacement is applied as the difference of its words, never as delete-all and insert-all.
//! - A peer id is used in one process session only; a document that already knows the given one does not open.
//! - A panic of the engine is caught; the document then answers [`TextError::Poisoned`] for ever, and its owner
//!   loads it again from the store.
//! - Nothing here merges by opinion: a suggestion is shown, a person applies it.
//!
//! Not here: clocks, files, sockets, randomness (peer ids are given), Markdown, undo (the editor's), comments (only
//! where they stand), and shallow snapshots (history stays whole).

pub mod anchor;
mod branch;
pub mod contest;
pub mod diff;
mod document;
mod engine;
mod error;
mod exchange;
pub mod foreign;
mod import;
mod merge;
pub mod splice;
mod token;

pub use branch::{Span, common};
pub use document::{Authored, Document, Imported, Update, Version};
pub use error::TextError;
pub use exchange::{Have, MarkSide, is_same_mark};
pub use splice::Splice;

/// Names the engine and the version of its format, for whoever keeps its bytes.
pub const ENGINE: &str = "loro-1.17";
