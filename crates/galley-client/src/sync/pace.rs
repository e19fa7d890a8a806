//! How much of the text one request carries: little on a slow line, so that what arrived is not sent again and again,
//! and much on a fast one, where each request costs its way.

use std::time::Duration;

use galley_sync::engine::Fault;

/// With what a line that is not known yet begins.
const FIRST: usize = 350_000;
/// Where halving ends: some hundred paragraphs.
const LEAST: usize = 32_000;
/// Answers that come sooner than this let the next request be twice as large.
const QUICK: Duration = Duration::from_secs(1);
/// Answers that take longer make the next one half as large: a server gives up a request after a minute.
const SLOW: Duration = Duration::from_secs(15);

/// The pace of one way to a server. Bytes are those of updates, before base64 and names make them longer.
#[derive(Clone, Debug)]
pub(super) struct Pace {
    bytes: usize,
    most: usize,
}

impl Pace {
    /// A line that is not known yet, on which no request is to be larger than so many bytes.
    pub(super) fn new(most: usize) -> Self {
        Self { bytes: FIRST.min(most), most }
    }

    /// Bytes of the next request; one item is sent even where it alone has more.
    pub(super) fn bytes(&self) -> usize {
        self.bytes
    }

    /// Whether the line carries as much as a request may have: the next may follow before the answer.
    pub(super) fn is_full(&self) -> bool {
        self.bytes == self.most
    }

    /// What became of a request, after so long.
    pub(super) fn note<A>(&mut self, outcome: &Result<A, Fault>, after: Duration) {
        match outcome {
            Ok(_) if after < QUICK => self.bytes = (self.bytes * 2).min(self.most),
            Err(Fault::Timeout | Fault::NoNetwork) => self.halve(),
            // A server that gave up says so, in the end.
            _ if after > SLOW => self.halve(),
            // A refusal at once says nothing of the line.
            Ok(_) | Err(Fault::Refused { .. } | Fault::Unreadable) => {}
        }
    }

    fn halve(&mut self) {
        self.bytes = (self.bytes / 2).max(LEAST.min(self.most));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn after(pace: &mut Pace, outcome: Result<(), Fault>, ms: u64) -> usize {
        pace.note(&outcome, Duration::from_millis(ms));
        pace.bytes()
    }

    #[test]
    fn a_fast_line_is_soon_full_and_a_slow_one_gets_less_and_less() {
        let mut pace = Pace::new(2_800_000);
        assert!(!pace.is_full());
        let sizes: Vec<usize> = (0..4).map(|_| after(&mut pace, Ok(()), 80)).collect();
        assert_eq!(sizes, [700_000, 1_400_000, 2_800_000, 2_800_000]);
        assert!(pace.is_full());
        assert_eq!(after(&mut pace, Ok(()), 5_000), 2_800_000, "neither quick nor slow");
        let refused = Fault::Refused { status: 503, code: String::new(), retry_after_ms: None };
        assert_eq!(after(&mut pace, Err(refused.clone()), 100), 2_800_000, "no word on the line");
        assert_eq!(after(&mut pace, Err(refused), 60_000), 1_400_000, "the server gave up");
        assert_eq!(after(&mut pace, Ok(()), 40_000), 700_000);
        assert_eq!(after(&mut pace, Err(Fault::Timeout), 60_000), 350_000);
        let least = (0..20).map(|_| after(&mut pace, Err(Fault::NoNetwork), 10)).min();
        assert_eq!(least, Some(LEAST));
    }

    #[test]
    fn a_small_bound_holds_from_the_beginning() {
        let mut pace = Pace::new(600);
        assert!(pace.is_full());
        assert_eq!(after(&mut pace, Err(Fault::Timeout), 60_000), 600);
    }
}
