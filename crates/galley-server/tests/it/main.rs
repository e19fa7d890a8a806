//! The publishing server over real HTTP, and its program.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    reason = "a test that cannot go on has failed"
)]

#[cfg(target_os = "linux")]
mod content;
mod events;
#[cfg(target_os = "linux")]
mod hostile;
mod house;
mod media;
mod openapi;
mod program;
mod session;
mod site;
mod store;
mod tls;
