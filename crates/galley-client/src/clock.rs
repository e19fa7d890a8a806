//! The one place that reads the wall clock.

use std::time::{SystemTime, UNIX_EPOCH};

use galley_model::Instant;

/// Now, in milliseconds since the epoch; a clock set before 1970 reads as 0.
pub(crate) fn now() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Instant(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
}
