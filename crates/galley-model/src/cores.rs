//! Work that is shared out among the cores of the machine. What comes of it does not depend on how many there are.

use std::num::NonZero;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;

/// Does something with each, shared out among the cores, and answers in their order. None for one on which it panics:
/// that takes nothing of the others with it.
///
/// Blocks until all is done. One alone has no thread of its own.
pub fn on_all_cores<T: Send, A: Send>(all: Vec<T>, each: impl Fn(T) -> A + Sync) -> Vec<Option<A>> {
    let n_cores = thread::available_parallelism().map_or(1, NonZero::get);
    let share = all.len().div_ceil(n_cores).max(1);
    let each = |one: T| catch_unwind(AssertUnwindSafe(|| each(one))).ok();
    if all.len() <= share {
        return all.into_iter().map(each).collect();
    }
    let mut all = all.into_iter();
    let parts = std::iter::from_fn(|| {
        Some(all.by_ref().take(share).collect()).filter(|part: &Vec<T>| !part.is_empty())
    });
    let parts: Vec<Vec<T>> = parts.collect();
    let each = &each;
    thread::scope(|scope| {
        let some_of = |part: Vec<T>| part.into_iter().map(each).collect::<Vec<_>>();
        let threads: Vec<_> =
            parts.into_iter().map(|part| (part.len(), scope.spawn(move || some_of(part)))).collect();
        let joined = threads.into_iter().map(|(n, thread)| {
            // Only what a panic leaves behind can still break a thread.
            thread.join().unwrap_or_else(|_| (0..n).map(|_| None).collect())
        });
        joined.flatten().collect()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_come_in_order_however_many_there_are() {
        for n in [0_u32, 1, 2, 3, 7, 1_000] {
            let done = on_all_cores((0..n).collect(), |one| one * 2);
            assert_eq!(done, (0..n).map(|one| Some(one * 2)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn one_that_breaks_takes_nothing_else_with_it() {
        for n in [1_u32, 40] {
            let all: Vec<u32> = (0..n).collect();
            let done = on_all_cores(all.iter().collect(), |one| {
                assert!(*one != n / 2, "as a fault of the engine");
                one * 2
            });
            let expected = all.iter().map(|one| (*one != n / 2).then_some(one * 2));
            assert_eq!(done, expected.collect::<Vec<_>>());
        }
    }
}
