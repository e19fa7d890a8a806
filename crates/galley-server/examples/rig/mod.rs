//! What the figures of the sync run against: the real server in a process of its own, real cores of devices, and the
//! peer.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a measurement fails by panicking, and the figures are what is printed"
)]
#![allow(
    dead_code,
    unused_imports,
    clippy::allow_attributes,
    reason = "each of the programs uses a part of it"
)]

mod device;
mod pouch;
mod server;
mod writer;

use std::time::Duration;

pub(crate) use device::{Device, library_of};
pub(crate) use pouch::Pouch;
pub(crate) use server::{Server, memory_mb};
pub(crate) use writer::Writer;

/// Everybody's.
const PASSWORD: &str = "correct horse battery";

/// One figure, as `cargo xtask bench` reads it: the value against the peer or limit.
pub(crate) fn figure(name: &str, value: f64, peer: f64, aim: f64, told: &str) {
    println!("{name}\t{:.2}\taim {aim:.1}\t{told}", value / peer);
}

pub(crate) fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}

pub(crate) fn quantile(values: &mut [f64], of_100: usize) -> f64 {
    values.sort_by(f64::total_cmp);
    let at = (values.len() * of_100 / 100).min(values.len().saturating_sub(1));
    values.get(at).copied().unwrap_or_default()
}
