//! Says what is being done and how far it is.

use std::io::Write;
use std::time::{Duration, Instant};

/// The steps of one task.
pub(crate) struct Steps {
    number: usize,
    of: usize,
    begun: Instant,
}

impl Steps {
    pub(crate) fn new(of: usize) -> Self {
        Self { number: 0, of, begun: Instant::now() }
    }

    /// Carries one step out, saying so before and how long it took after.
    pub(crate) fn step<T>(
        &mut self,
        what: &str,
        work: impl FnOnce() -> Result<T, String>,
    ) -> Result<T, String> {
        self.number += 1;
        let place = format!("[{}/{}]", self.number, self.of);
        say(&format!("{place} {what} …"));
        let begun = Instant::now();
        let done = work().map_err(|problem| format!("{place} {what}: {problem}"))?;
        let (took, so_far) = (read(begun.elapsed()), read(self.begun.elapsed()));
        say(&format!("{place} {what}: done in {took} ({so_far} so far)"));
        Ok(done)
    }
}

/// Prints a line at once.
pub(crate) fn say(line: &str) {
    let mut out = std::io::stdout();
    // Whoever reads may be gone; the work goes on.
    writeln!(out, "{line}").and_then(|()| out.flush()).ok();
}

/// Prints what went wrong.
pub(crate) fn complain(problem: &str) {
    writeln!(std::io::stderr(), "\nxtask: {problem}").ok();
}

fn read(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..=9 => format!("{:.1} s", time.as_secs_f64()),
        10..=59 => format!("{seconds} s"),
        _ => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_said_as_a_person_reads_them() {
        for (milliseconds, said) in [(140, "0.1 s"), (12_400, "12 s"), (184_000, "3 min 4 s")] {
            assert_eq!(read(Duration::from_millis(milliseconds)), said);
        }
    }
}
