//! `cargo xtask fuzz`: hostile texts, mutated from seeds and rendered, as many as one likes. (With a nightly compiler,
//! `cargo +nightly fuzz run render` lets libFuzzer look for them.)

use crate::Outcome;
use crate::shell::{cargo, run};
use crate::steps::say;

pub(crate) fn fuzz(arguments: &[String]) -> Outcome {
    let mut times = "100000";
    let mut from = "1";
    let mut rest = arguments.iter();
    while let Some(option) = rest.next() {
        let value = rest.next().filter(|value| value.parse::<u64>().is_ok());
        let value = value.ok_or_else(|| format!("{option} needs a number"))?;
        match option.as_str() {
            "--times" => times = value,
            "--from" => from = value,
            _ => return Err(format!("unknown option {option}; there are --times N and --from SEED")),
        }
    }
    say(&format!("Rendering {times} mutated texts, from seed {from}"));
    let mut test = cargo(&["test", "--workspace", "--test", "it", "--"]);
    test.args(["mutated_texts_are_safe", "--nocapture"]);
    test.env("GALLEY_FUZZ_TIMES", times).env("GALLEY_FUZZ_FROM", from);
    run(test)
}
