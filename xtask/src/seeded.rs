//! `cargo xtask kill`, `mutate`, `simulate`, `fuzz`: the tests that make their cases from seeds, as often as one likes.

use std::process::Command;

use crate::Outcome;
use crate::shell::{cargo, run};
use crate::steps::say;

/// A test that goes through seeds one after another, from a first one on.
#[derive(Debug)]
pub(crate) struct Seeded {
    /// What is told at the beginning; `{}` stands where the number of cases comes.
    begins: &'static str,
    /// The option that says how many cases, and how many without it.
    count: (&'static str, u64),
    /// What cargo is told before the name of the test.
    build: &'static [&'static str],
    /// What the test's program is told to run it alone.
    test: &'static [&'static str],
    /// The variables by which the test hears the number of cases and the first seed.
    variables: [&'static str; 2],
    /// The variable by which it hears that a single case is to be looked at: everything that happens is told.
    tell: Option<&'static str>,
}

/// Galley's core is killed while somebody types.
pub(crate) const KILL: Seeded = Seeded {
    begins: "Killing {} times",
    count: ("--times", 1000),
    build: &["--package", "galley"],
    test: &["--exact", "sudden_death::nothing_acknowledged_is_lost_when_galley_is_killed"],
    variables: ["GALLEY_KILL_TIMES", "GALLEY_KILL_FROM"],
    tell: None,
};

/// Damaged updates over HTTP.
pub(crate) const MUTATE: Seeded = Seeded {
    begins: "Sending {} damaged updates",
    count: ("--times", 1_000_000),
    build: &["--workspace"],
    test: &["mutated_updates_are_refused_one_by_one_and_other_articles_go_on"],
    variables: ["GALLEY_HOSTILE_CASES", "GALLEY_HOSTILE_FROM"],
    tell: None,
};

/// The simulated newsroom.
pub(crate) const SIMULATE: Seeded = Seeded {
    begins: "Simulating {} newsrooms",
    count: ("--seeds", 1000),
    build: &["--workspace"],
    test: &["a_newsroom_loses_nothing_and_publishes_nothing_unsigned"],
    variables: ["GALLEY_SIMULATE_SEEDS", "GALLEY_SIMULATE_FROM"],
    tell: Some("GALLEY_SIMULATE_TELL"),
};

/// Hostile texts, mutated and rendered. (With a nightly compiler, `cargo +nightly fuzz run render` lets libFuzzer look
/// for them.)
pub(crate) const FUZZ: Seeded = Seeded {
    begins: "Rendering {} mutated texts",
    count: ("--times", 100_000),
    build: &["--workspace"],
    test: &["mutated_texts_are_safe"],
    variables: ["GALLEY_FUZZ_TIMES", "GALLEY_FUZZ_FROM"],
    tell: None,
};

/// Runs the test as often, and from the seed, that the arguments say.
pub(crate) fn repeat(seeded: &Seeded, arguments: &[String]) -> Outcome {
    let (count, from) = seeded.asked(arguments)?;
    say(&format!("{}, from seed {from}", seeded.begins.replace("{}", &count.to_string())));
    run(seeded.command(count, from))
}

impl Seeded {
    /// How many cases are asked for, and the first seed.
    fn asked(&self, arguments: &[String]) -> Result<(u64, u64), String> {
        let (name, mut count) = self.count;
        let mut from = 1;
        let mut rest = arguments.iter();
        while let Some(option) = rest.next() {
            let told = if option == name {
                &mut count
            } else if option == "--from" {
                &mut from
            } else {
                return Err(format!("unknown option {option}; there are {name} N and --from SEED"));
            };
            let number = rest.next().and_then(|value| value.parse().ok());
            *told = number.ok_or_else(|| format!("{option} needs a number"))?;
        }
        Ok((count, from))
    }

    fn command(&self, count: u64, from: u64) -> Command {
        let mut test = cargo(&["test"]);
        test.args(self.build).args(["--test", "it", "--"]).args(self.test).arg("--nocapture");
        for (variable, number) in self.variables.iter().zip([count, from]) {
            test.env(variable, number.to_string());
        }
        if let Some(tell) = self.tell.filter(|_| count == 1) {
            test.env(tell, "1");
        }
        test
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_arguments_say_how_often_and_from_which_seed() {
        let check = |arguments: &str, expected: Result<(u64, u64), &str>| {
            let split: Vec<String> = arguments.split_whitespace().map(str::to_owned).collect();
            assert_eq!(SIMULATE.asked(&split), expected.map_err(str::to_owned), "{arguments}");
        };
        check("", Ok((1000, 1)));
        check("--seeds 5", Ok((5, 1)));
        check("--from 7 --seeds 5", Ok((5, 7)));
        check("--seeds", Err("--seeds needs a number"));
        check("--seeds five", Err("--seeds needs a number"));
        check("--from -1", Err("--from needs a number"));
        check("--times 5", Err("unknown option --times; there are --seeds N and --from SEED"));
    }

    #[test]
    fn a_single_newsroom_tells_all_it_does() {
        let tells = |seeded: &Seeded, count| {
            let command = seeded.command(count, 1);
            command.get_envs().any(|(name, value)| name == "GALLEY_SIMULATE_TELL" && value.is_some())
        };
        assert!(tells(&SIMULATE, 1));
        assert!(!tells(&SIMULATE, 2));
        assert!(!tells(&KILL, 1));
    }
}
