//! `cargo xtask test`: every check and every test, on one build.

use crate::packages::{self, Purpose};
use crate::shell::{cargo, npm, output, run, run_hearing, run_quietly};
use crate::steps::{Steps, say};
use crate::{Outcome, front_end, generate, tools};

pub(crate) fn test(arguments: &[String]) -> Outcome {
    if let Some(unknown) = arguments.first() {
        return Err(format!("unknown option {unknown}; `cargo xtask test` takes none"));
    }
    let mut steps = Steps::new(13);
    steps.step("System packages", || packages::see_to(Purpose::Test))?;
    steps.step("Formatting (cargo fmt)", || run_quietly(cargo(&["fmt", "--all", "--check"])))?;
    steps.step("Front end: its packages (npm ci)", front_end::packages)?;
    steps.step("Front end: types (svelte-check, tsc)", || run_quietly(npm(&["run", "check"])))?;
    steps.step("Front end: formatting (prettier)", || run_quietly(npm(&["run", "lint"])))?;
    steps.step("Front end: tests (vitest)", || run(npm(&["run", "test"])))?;
    steps.step("Front end: build (vite)", front_end::build)?;
    // The whole workspace each time, so that no crate is built twice with other features.
    steps.step("Lints (cargo clippy)", || {
        run(cargo(&["clippy", "--quiet", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"]))
    })?;
    steps.step("Build (cargo)", || {
        run(cargo(&["build", "--quiet", "--workspace", "--all-targets", "--locked"]))
    })?;
    steps.step("The window's types are the core's", generate::check_built)?;
    steps.step("tauri-driver", tools::tauri_driver)?;
    steps.step("moto (an object store)", tools::object_store)?;
    steps.step("Tests", tests)
}

fn tests() -> Outcome {
    let nextest = output("cargo-nextest", &["nextest", "--version"]).is_some();
    if !nextest {
        return run(cargo(&["test", "--workspace", "--all-targets", "--locked", "--no-fail-fast"]));
    }
    let mut slowest: Vec<(f64, String)> = Vec::new();
    let nextest =
        ["nextest", "run", "--workspace", "--all-targets", "--locked", "--no-fail-fast", "--color", "never"];
    let outcome = run_hearing(cargo(&nextest), |line| slowest.extend(timed(line)));
    slowest.sort_by(|one, other| other.0.total_cmp(&one.0));
    say("The slowest tests:");
    for (seconds, name) in slowest.iter().take(10) {
        say(&format!("  {seconds:8.2} s  {name}"));
    }
    outcome
}

/// Reads nextest's line of a test that passed: `PASS [   0.012s] (3/9) galley-text it::paste`.
fn timed(line: &str) -> Option<(f64, String)> {
    let (time, name) = line.trim_start().strip_prefix("PASS [")?.split_once("s]")?;
    let name = name.trim_start();
    let name = match name.strip_prefix('(').and_then(|rest| rest.split_once(')')) {
        Some((_, name)) => name.trim_start(),
        None => name,
    };
    Some((time.trim().parse().ok()?, name.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_a_test_is_read_from_its_line() {
        let check = |line: &str, expected: Option<(f64, &str)>| {
            assert_eq!(timed(line), expected.map(|(time, name)| (time, name.to_owned())), "{line}");
        };
        check(
            "        PASS [   0.012s] (3/9) galley-text diff::runs",
            Some((0.012, "galley-text diff::runs")),
        );
        check("        PASS [  61.500s] galley::it e2e::window", Some((61.5, "galley::it e2e::window")));
        check("        FAIL [   0.012s] (3/9) galley-text diff::runs", None);
        check("     Summary [   0.012s] 3 tests run: 3 passed, 0 skipped", None);
    }
}
