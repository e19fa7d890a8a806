//! `cargo xtask server`: a publishing server on this computer, with a newsroom to try things in.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};

use crate::shell::{cargo, output, program, run};
use crate::steps::{Steps, say};
use crate::{Outcome, built, target};

/// Who may let others in.
const ADMINISTRATOR: &str = "管理员";

pub(crate) fn server(arguments: &[String]) -> Outcome {
    let fresh = match arguments {
        [] => false,
        [only] if only == "--fresh" => true,
        _ => return Err("`cargo xtask server` takes --fresh or nothing".to_owned()),
    };
    let data = target().join("server");
    if fresh && data.exists() {
        std::fs::remove_dir_all(&data).map_err(|error| format!("{}: {error}", data.display()))?;
    }
    let data = data.to_string_lossy().into_owned();
    let mut steps = Steps::new(3);
    let build = ["build", "--locked", "--package", "galley-server", "--bin", "galley-server"];
    steps.step("Galley's server: build (cargo; minutes the first time)", || run(cargo(&build)))?;
    let binary = built("debug", "galley-server").to_string_lossy().into_owned();
    let mut serve = program(&binary, &["serve", "--data", &data, "--listen", "127.0.0.1:0"]);
    let (child, address) = steps.step("Starting it", || started(&mut serve))?;
    let code = steps.step("The first administrator", || code(&binary, &data));
    // Without a code nobody could sign in; there is nothing to keep running for.
    let code = code.inspect_err(|_| stop(child.id()))?;
    say(&format!("\n  Address        {address}"));
    say(&format!("  Name           {ADMINISTRATOR}"));
    say(&format!("  One-time code  {code}"));
    say(&format!("  Data           {data}\n\nOthers are added with\n"));
    say(&format!("  {binary} person add NAME --role reporter --data {data}\n\nCtrl+C ends the server."));
    ended(child)
}

/// Starts the server, and waits until it says where it listens.
fn started(serve: &mut Command) -> Result<(Child, String), String> {
    let mut child = serve.stdout(Stdio::piped()).spawn().map_err(|error| format!("not started: {error}"))?;
    let mut line = String::new();
    if let Some(out) = child.stdout.take() {
        BufReader::new(out).read_line(&mut line).map_err(|error| error.to_string())?;
    }
    let address = line.trim().strip_prefix("listening on ").map(str::to_owned);
    address.map(|address| (child, address)).ok_or_else(|| "it ended before it listened".to_owned())
}

/// A new code for the administrator, who is added the first time.
fn code(binary: &str, data: &str) -> Result<String, String> {
    let add =
        ["person", "add", ADMINISTRATOR, "--role", "admin", "--role", "editor_in_chief", "--data", data];
    let told = output(binary, &add)
        .or_else(|| output(binary, &["person", "code", ADMINISTRATOR, "--data", data]))
        .ok_or("the administrator cannot be added")?;
    told.lines().last().map(str::to_owned).ok_or_else(|| "no code was printed".to_owned())
}

fn ended(mut child: Child) -> Outcome {
    let status = child.wait().map_err(|error| error.to_string())?;
    if status.success() { Ok(()) } else { Err(format!("the server failed ({status})")) }
}

fn stop(id: u32) {
    output("kill", &[&id.to_string()]);
}
