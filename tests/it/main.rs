//! The one integration binary: whoever links the shell links WebKit, so everything that does stands here.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test fails by panicking"
)]
#![expect(unreachable_pub, reason = "nothing here is a library")]

mod commands;
#[cfg(target_os = "linux")]
#[path = "../e2e/mod.rs"]
mod e2e;
mod house;
mod layering;
#[cfg(target_os = "linux")]
mod over_the_wire;
#[cfg(target_os = "linux")]
mod preview_over_http;
mod servers_word;
mod shell;
mod simulated_newsroom;
mod sudden_death;
mod theme_on_server;
mod unreadable;
mod wrong_clocks;
