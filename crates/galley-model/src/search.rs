//! What searching a text means, for every index of ours: exact for Chinese, and by the beginnings of words in spaced
//! scripts; width, case and diacritics do not matter.
//!
//! An index of terms only proposes; every hit is read and compared in full, by the same [`Query`]. Not here: the
//! indexes themselves.

mod excerpt;
mod fold;
mod terms;

pub use excerpt::excerpt;
pub use fold::fold;
pub use terms::{Query, terms};
