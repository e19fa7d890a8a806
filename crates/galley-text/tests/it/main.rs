//! The crate as its callers see it: whole documents, several writers, real sizes.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that panics has failed, as it should"
)]

mod anchors;
mod conflicts;
mod convergence;
mod foreign;
mod fuzz;
mod golden;
mod history;
mod paste;
mod prose;
mod verdicts;
