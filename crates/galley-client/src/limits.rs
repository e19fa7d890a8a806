//! Limits of the operating system that would end the process, and with it what is not yet on the disk.

use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// A file that may not grow any more (`RLIMIT_FSIZE`) answers the write with an error, like a full disk; the
/// signal that comes first, and that nobody needs, would end the process.
#[cfg(unix)]
pub(crate) fn answer_instead_of_ending() {
    const SIGXFSZ: i32 = signal_hook::consts::SIGXFSZ;
    if let Err(error) = signal_hook::flag::register(SIGXFSZ, Arc::new(AtomicBool::new(false))) {
        tracing::warn!(%error, "a limit on the size of files would end the app");
    }
}

/// No such signal here.
#[cfg(not(unix))]
pub(crate) fn answer_instead_of_ending() {}
