//! The simulated newsroom: reporters and editors with real libraries, the real core, the real engine and the
//! server's real router in one process; random edits and wishes, a network that loses, doubles, delays, reorders
//! and cuts, crashes of either side at any step, all from a seed.
//!
//! What is drawn follows from the seed and from where it is drawn (the step, the device, what for, as the how-many-th),
//! so that a seed plays nearly the same again: one difference, as of a thread that was faster, moves nothing else.
//!
//! At the end every device and the server are equal, every acknowledged character is there or was deleted by
//! somebody, no article is there twice, and nothing is live that was not signed as it stands.
//! `cargo xtask simulate --seeds N --from SEED` plays more.

mod check;
pub mod network;
mod person;
mod steps;
mod wishes;
pub mod world;

use std::collections::BTreeMap;

use world::World;

/// Seeds of one run of the tests, in so many tests that run side by side.
const SEEDS: u64 = 1_000;
const TESTS: u64 = 4;
/// What seeds have to come to see, and at least how many of a thousand: a simulation in which nothing happens
/// would pass for ever.
const REACHED: [(&str, usize); 13] = [
    ("handed in", 800),
    ("approved", 200),
    ("live", 100),
    ("taken down", 20),
    ("put back", 10),
    ("contest", 300),
    ("late", 150),
    ("profile copied", 40),
    ("clock jumped", 100),
    ("co-author", 20),
    ("library rolled back", 10),
    ("server restored", 20),
    ("crash in a cycle", 300),
];

/// Says what happens, where one seed is looked at: set `GALLEY_SIMULATE_TELL`, to `texts` to see after each step what
/// everybody has, which opens the articles.
fn told(line: impl FnOnce() -> String) {
    if std::env::var_os("GALLEY_SIMULATE_TELL").is_some() {
        eprintln!("{}", line());
    }
}

/// Plays seeds; answers in how many of them something was seen.
fn play(seeds: impl Iterator<Item = u64>) -> (usize, BTreeMap<&'static str, usize>) {
    // One thread, so that a seed plays nearly the same again.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (mut failed, mut reached, mut n_seeds) = (Vec::new(), BTreeMap::new(), 0);
    for seed in seeds {
        n_seeds += 1;
        let played = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
            runtime.block_on(async { World::new(seed).await.play().await })
        }));
        match played {
            Ok(seen) => seen.into_iter().for_each(|what| *reached.entry(what).or_default() += 1),
            Err(_) => failed.push(seed),
        }
    }
    let first = failed.first().copied().unwrap_or_default();
    assert!(
        failed.is_empty(),
        "seeds {failed:?} fail; replay with `cargo xtask simulate --seeds 1 --from {first}`"
    );
    (n_seeds, reached)
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|value| value.parse().ok())
}

fn part(part: u64) {
    let (from, seeds) =
        (number("GALLEY_SIMULATE_FROM").unwrap_or(1), number("GALLEY_SIMULATE_SEEDS").unwrap_or(SEEDS));
    let (n_seeds, reached) = play((from..from + seeds).filter(|seed| seed % TESTS == part));
    eprintln!("of {n_seeds} seeds: {reached:?}");
    // Where few are expected, none may be chance.
    for (what, least) in REACHED.into_iter().filter(|(_, least)| least * n_seeds >= 5_000) {
        let n = reached.get(what).copied().unwrap_or_default();
        assert!(n * 1_000 >= least * n_seeds, "only {n} of {n_seeds} seeds saw {what}: {reached:?}");
    }
}

#[test]
fn a_newsroom_loses_nothing_and_publishes_nothing_unsigned_part_1() {
    part(0);
}

#[test]
fn a_newsroom_loses_nothing_and_publishes_nothing_unsigned_part_2() {
    part(1);
}

#[test]
fn a_newsroom_loses_nothing_and_publishes_nothing_unsigned_part_3() {
    part(2);
}

#[test]
fn a_newsroom_loses_nothing_and_publishes_nothing_unsigned_part_4() {
    part(3);
}
