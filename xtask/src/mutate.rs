//! `cargo xtask mutate`: damaged updates over HTTP, as many as one likes.

use crate::Outcome;
use crate::shell::{cargo, run};
use crate::steps::say;

pub(crate) fn mutate(arguments: &[String]) -> Outcome {
    let mut times = "1000000";
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
    say(&format!("Sending {times} damaged updates, from seed {seed}"));
    let mut test = cargo(&["test", "--workspace", "--test", "it", "--"]);
    test.args(["mutated_updates_are_refused_one_by_one_and_other_articles_go_on", "--nocapture"]);
    test.env("GALLEY_HOSTILE_CASES", times).env("GALLEY_HOSTILE_FROM", seed);
    run(test)
}
