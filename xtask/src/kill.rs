//! `cargo xtask kill`: the test of sudden death, as often as one likes.

use crate::Outcome;
use crate::shell::{cargo, run};
use crate::steps::say;

pub(crate) fn kill(arguments: &[String]) -> Outcome {
    let mut times = "1000";
    let mut seed = "1";
    let mut rest = arguments.iter();
    while let Some(option) = rest.next() {
        let value = rest.next().filter(|value| value.parse::<u64>().is_ok());
        let value = value.ok_or_else(|| format!("{option} needs a number"))?;
        match option.as_str() {
            "--times" => times = value,
            "--from" => seed = value,
            _ => return Err(format!("unknown option {option}; there are --times N and --from SEED")),
        }
    }
    say(&format!("Killing {times} times, from seed {seed}"));
    let mut test = cargo(&["test", "--package", "galley", "--test", "it", "--"]);
    test.args(["--exact", "sudden_death::nothing_acknowledged_is_lost_when_galley_is_killed", "--nocapture"]);
    test.env("GALLEY_KILL_TIMES", times).env("GALLEY_KILL_FROM", seed);
    run(test)
}
