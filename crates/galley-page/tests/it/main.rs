//! What pages promise: safe, one element per block, the same bytes for the same article, nothing private.

#![expect(
    clippy::unwrap_used,
    clippy::string_slice,
    reason = "a test that cannot go on says so by panicking"
)]

#[path = "../hostile/corpus.rs"]
mod corpus;
mod dialect;
mod emphasis;
mod emphasis_examples;
mod feeds;
mod generated;
mod golden;
mod hostile;
mod kinds;
mod looks;
mod ninjs;
mod pages;
mod privacy;
#[path = "../hostile/property.rs"]
mod property;
mod schema_org;
mod sitemaps;
mod structure;
mod support;
mod themes;
mod wording;
