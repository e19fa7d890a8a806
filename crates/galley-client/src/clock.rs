//! The one place that reads the wall clock. Nothing is ordered by it: it makes labels.

use std::cell::Cell;
use std::time::{SystemTime, UNIX_EPOCH};

use galley_model::Instant;

thread_local! {
    static OFF_BY_MS: Cell<i64> = const { Cell::new(0) };
}

/// Now, in milliseconds since the epoch; a clock set before 1970 reads as 0.
pub(crate) fn now() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let right = i64::try_from(since.as_millis()).unwrap_or(i64::MAX);
    Instant(right.saturating_add(OFF_BY_MS.get()).max(0))
}

/// Has this thread read a clock that is wrong by so much from now on, as that of a computer may be. For tests that play
/// several computers on one thread.
pub fn set_wrong_by(milliseconds: i64) {
    OFF_BY_MS.set(milliseconds);
}
