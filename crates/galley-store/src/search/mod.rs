//! Full-text search that is exact for Chinese and finds the beginnings of Latin words.
//!
//! The index is a file of its own that follows the library: it can be thrown away, no keystroke waits for it,
//! and no backup holds it. It only proposes; every hit is read in the stored text. What it has not seen yet is
//! read directly, so a search is never behind.

mod build;
mod hits;
mod index;

pub(crate) use index::{Bell, Index};

use crate::list::ListRow;

/// Hits of a search.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SearchResults {
    /// How many were counted.
    pub total: u32,
    /// True when counting stopped there because the work of a search is bounded.
    pub more: bool,
    /// How many texts were read for it: the measure of its work.
    pub texts_read: u32,
    /// The hits asked for, newest change first; the excerpt is the text around the hit.
    pub rows: Vec<ListRow>,
}
