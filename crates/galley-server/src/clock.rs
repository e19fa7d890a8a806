//! The server's clock. Nothing is ordered by it: it makes labels, and says when codes and uploads expire.

use std::cell::Cell;
use std::time::SystemTime;

use galley_model::Instant;

thread_local! {
    static OFF_BY_MS: Cell<i64> = const { Cell::new(0) };
}

/// Now, in milliseconds.
pub(crate) fn now() -> Instant {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    let right = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    Instant(right.saturating_add(OFF_BY_MS.get()).max(0))
}

/// Has this thread read a clock that is wrong by so much from now on. For tests that play devices and a server on one
/// thread.
pub fn set_wrong_by(milliseconds: i64) {
    OFF_BY_MS.set(milliseconds);
}
