//! `cargo xtask simulate`: the simulated newsroom, over as many seeds as one likes.

use crate::Outcome;
use crate::shell::{cargo, run};
use crate::steps::say;

pub(crate) fn simulate(arguments: &[String]) -> Outcome {
    let mut seeds = "1000";
    let mut from = "1";
    let mut rest = arguments.iter();
    while let Some(option) = rest.next() {
        let value = rest.next().filter(|value| value.parse::<u64>().is_ok());
        let value = value.ok_or_else(|| format!("{option} needs a number"))?;
        match option.as_str() {
            "--seeds" => seeds = value,
            "--from" => from = value,
            _ => return Err(format!("unknown option {option}; there are --seeds N and --from SEED")),
        }
    }
    say(&format!("Simulating {seeds} newsrooms, from seed {from}"));
    let mut test = cargo(&["test", "--workspace", "--test", "it", "--"]);
    test.args(["a_newsroom_loses_nothing_and_publishes_nothing_unsigned", "--nocapture"]);
    test.env("GALLEY_SIMULATE_SEEDS", seeds).env("GALLEY_SIMULATE_FROM", from);
    // A single seed is to be looked at: everything that happens is told.
    if seeds == "1" {
        test.env("GALLEY_SIMULATE_TELL", "1");
    }
    run(test)
}
