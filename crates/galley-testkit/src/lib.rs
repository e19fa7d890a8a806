//! What tests and benchmarks are made of: articles, typing, hostile text and photos, each from a seed.
//!
//! A dev-dependency only. The plain parts know the model alone, so that any crate may use them in its tests;
//! photos stand behind the feature `photos`, because they bring an image encoder, and whole libraries behind
//! `library`, because they bring the store.

pub mod articles;
#[expect(clippy::expect_used, reason = "a store that does not answer fails the test by panicking")]
pub mod buckets;
pub mod hostile;
#[cfg(feature = "library")]
pub mod library;
#[cfg(feature = "photos")]
pub mod photos;
#[cfg(unix)]
#[expect(clippy::expect_used, reason = "a server that does not answer fails the test by panicking")]
pub mod postgres;
pub mod proxy;
pub mod random;
pub mod typing;
