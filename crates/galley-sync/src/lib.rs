//! What a device and a publishing server say to each other, and the device's side of it as a state machine.
//!
//! Not here: sockets, files, clocks, randomness, threads, and the article's text. Time and randomness are passed
//! in; everything that has to happen is returned as an effect. `docs/PROTOCOL.md` says what the words mean.

pub mod engine;
pub mod wire;
