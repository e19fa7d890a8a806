//! All set-up and every routine of the project: `cargo xtask run`, `test`, `bench`, `generate`, `kill`, `mutate`,
//! `server`, `simulate`, `fuzz`.
//!
//! Standard library only. Nothing here is needed to use Galley, and nothing of Galley is built into it.

mod bench;
mod front_end;
mod generate;
mod packages;
mod run;
mod seeded;
mod server;
mod shell;
mod steps;
mod test;
mod tools;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

/// What went wrong, as it is told to whoever ran the task.
type Outcome = Result<(), String>;

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (task, rest) = match arguments.split_first() {
        Some((task, rest)) => (task.as_str(), rest),
        None => ("help", &[][..]),
    };
    let outcome = match task {
        "run" => run::run(rest),
        "test" => test::test(rest),
        "bench" => bench::bench(rest),
        "generate" => generate::generate(rest),
        "server" => server::server(rest),
        "kill" => seeded::repeat(&seeded::KILL, rest),
        "mutate" => seeded::repeat(&seeded::MUTATE, rest),
        "simulate" => seeded::repeat(&seeded::SIMULATE, rest),
        "fuzz" => seeded::repeat(&seeded::FUZZ, rest),
        "help" | "--help" | "-h" => {
            steps::say(USAGE);
            Ok(())
        }
        other => Err(format!("there is no task `{other}`\n\n{USAGE}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(problem) => {
            steps::complain(&problem);
            ExitCode::FAILURE
        }
    }
}

const USAGE: &str = "\
cargo xtask run [--release] [-- ARGUMENTS]   set up what is missing, build Galley and open its window
cargo xtask test                             set up what is missing and run every check and test
cargo xtask bench [NAME…]                    print the figures, each beside its peer and its aim
cargo xtask server [--fresh]                 start a publishing server here, with a code for its first person
cargo xtask generate [--check]               write the window's types from the core's, or check them
cargo xtask kill [--times N] [--from SEED]   kill Galley's core at random moments of typing and look what is left
cargo xtask mutate [--times N] [--from SEED]   send updates that were damaged on purpose to a real server
cargo xtask simulate [--seeds N] [--from SEED]   play newsrooms over bad networks; one seed alone tells all it does
cargo xtask fuzz [--times N] [--from SEED]   render texts that want to harm, mutated from seeds";

/// The project's folder.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap_or(Path::new("."))
}

/// Where cargo puts what it builds.
fn target() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

/// A program among what cargo built.
fn built(profile: &str, name: &str) -> PathBuf {
    target().join(profile).join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
}
