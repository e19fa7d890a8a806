//! The store on real files: one module per promise.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "helpers of tests fail by panicking, and a child process speaks through its output"
)]

mod backup;
mod child;
mod common;
mod damage;
mod full;
mod journal;
mod kill;
mod list;
mod lock;
mod media;
mod open;
mod replay;
mod salvage;
mod search;
mod sync;
