//! Every text renders to a safe page: the property of `galley-page`'s tests, for libFuzzer.

#![no_main]
#![allow(dead_code, reason = "the tests use more of the shared modules")]

#[path = "../crates/galley-page/tests/hostile/corpus.rs"]
mod corpus;
#[path = "../crates/galley-page/tests/hostile/property.rs"]
mod property;

libfuzzer_sys::fuzz_target!(|text: &str| property::hold(text));
