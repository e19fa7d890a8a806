//! `cargo xtask run`: from a fresh machine to the open window.

use crate::packages::{self, Purpose};
use crate::shell::{cargo, run as shell_run};
use crate::steps::Steps;
use crate::{Outcome, built, front_end, root};

pub(crate) fn run(arguments: &[String]) -> Outcome {
    let (own, passed_on) = match arguments.iter().position(|argument| argument == "--") {
        Some(place) => (arguments.get(..place), arguments.get(place + 1..)),
        None => (Some(arguments), None),
    };
    let (own, passed_on) = (own.unwrap_or_default(), passed_on.unwrap_or_default());
    let release = own.iter().any(|argument| argument == "--release");
    if let Some(unknown) = own.iter().find(|argument| *argument != "--release") {
        return Err(format!("unknown option {unknown}; what Galley itself is to be told follows `--`"));
    }
    check_display()?;
    let mut steps = Steps::new(5);
    steps.step("System packages", || packages::see_to(Purpose::Run))?;
    steps.step("Front end: its packages (npm ci)", front_end::packages)?;
    steps.step("Front end: build (vite)", front_end::build)?;
    let build = ["build", "--locked", "--package", "galley", "--bin", "galley"];
    let build = [&build[..], if release { &["--release"] } else { &[] }].concat();
    steps.step("Galley: build (cargo; minutes the first time)", || shell_run(cargo(&build)))?;
    let program = built(if release { "release" } else { "debug" }, "galley");
    steps.step("Galley is open, until its window is closed", || {
        let mut galley = std::process::Command::new(&program);
        galley.args(passed_on).current_dir(root());
        shell_run(galley)
    })
}

/// Better told before a build of minutes than after.
fn check_display() -> Outcome {
    let said = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    if !cfg!(target_os = "linux") || said("DISPLAY") || said("WAYLAND_DISPLAY") {
        return Ok(());
    }
    Err("there is no display, so Galley cannot open its window. Run this in a desktop session, or set DISPLAY \
         (X11) or WAYLAND_DISPLAY (Wayland) first. `cargo xtask test` needs no display."
        .to_owned())
}
