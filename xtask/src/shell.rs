//! Runs other programs, in the project's folder and with nothing to read.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::steps::say;
use crate::{Outcome, root};

/// A program with its arguments.
pub(crate) fn program(name: &str, arguments: &[&str]) -> Command {
    let mut command = Command::new(name);
    command.args(arguments).current_dir(root()).stdin(Stdio::null());
    command
}

/// The cargo that runs this task.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    let mut command = program(&cargo, arguments);
    // Set by the cargo that runs this task; what is built must not depend on them.
    for name in ["CARGO_MANIFEST_DIR", "CARGO_PKG_NAME", "CARGO_PKG_VERSION", "CARGO_MANIFEST_PATH"] {
        command.env_remove(name);
    }
    command
}

/// npm, in the front end's folder.
pub(crate) fn npm(arguments: &[&str]) -> Command {
    let mut command = program(if cfg!(windows) { "npm.cmd" } else { "npm" }, arguments);
    command.current_dir(root().join("ui")).env("CI", "true");
    command
}

/// Runs it; what it says is seen, and failing is an error.
pub(crate) fn run(mut command: Command) -> Outcome {
    let said = line_of(&command);
    let status = command.status().map_err(|error| format!("`{said}` was not started: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{said}` failed ({status})")) }
}

/// Runs it quietly; what it said is shown only when it fails.
pub(crate) fn run_quietly(mut command: Command) -> Outcome {
    let said = line_of(&command);
    let output = command.output().map_err(|error| format!("`{said}` was not started: {error}"))?;
    if output.status.success() {
        return Ok(());
    }
    let told =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    Err(format!("`{said}` failed ({})\n{}", output.status, told.trim_end()))
}

/// Runs it, passing on what it says line by line, which `hear` hears too.
pub(crate) fn run_hearing(mut command: Command, mut hear: impl FnMut(&str)) -> Outcome {
    let said = line_of(&command);
    let not_started = |error: std::io::Error| format!("`{said}` was not started: {error}");
    let (reader, writer) = std::io::pipe().map_err(not_started)?;
    let second = writer.try_clone().map_err(not_started)?;
    let mut child = command.stdout(writer).stderr(second).spawn().map_err(not_started)?;
    // The command holds its ends of the pipe, and would keep it open.
    drop(command);
    let mut reader = BufReader::new(reader);
    let mut line = Vec::new();
    while reader.read_until(b'\n', &mut line).is_ok_and(|length| length > 0) {
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\n', '\r']);
        hear(text);
        say(text);
        line.clear();
    }
    let status = child.wait().map_err(|error| format!("`{said}`: {error}"))?;
    if status.success() { Ok(()) } else { Err(format!("`{said}` failed ({status})")) }
}

/// What it prints, or none when it is not there or fails.
pub(crate) fn output(name: &str, arguments: &[&str]) -> Option<String> {
    let output = program(name, arguments).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// What it prints; failing is an error.
pub(crate) fn output_of(mut command: Command) -> Result<String, String> {
    let said = line_of(&command);
    let output = command.output().map_err(|error| format!("`{said}` was not started: {error}"))?;
    if !output.status.success() {
        return Err(format!(
            "`{said}` failed ({})\n{}",
            output.status,
            String::from_utf8_lossy(&output.stderr)
        ));
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a program of this name is on the path.
pub(crate) fn is_there(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let file = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    std::env::split_paths(&path).any(|folder: std::path::PathBuf| is_file(&folder.join(&file)))
}

fn is_file(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| found.is_file())
}

fn line_of(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}
