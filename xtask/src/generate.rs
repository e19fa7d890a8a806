//! `cargo xtask generate`: the window's types, written from the core's.

use std::fs;
use std::path::PathBuf;

use crate::shell::{cargo, npm, output, output_of, run};
use crate::steps::say;
use crate::{Outcome, built, front_end, root, target};

pub(crate) fn generate(arguments: &[String]) -> Outcome {
    let check = match arguments {
        [] => false,
        [only] if only == "--check" => true,
        _ => return Err("`cargo xtask generate` takes --check or nothing".to_owned()),
    };
    front_end::packages()?;
    run(cargo(&["build", "--quiet", "--package", "galley-client", "--example", "typescript"]))?;
    if check { check_built() } else { write() }
}

/// Holds the file against the program that the build left.
pub(crate) fn check_built() -> Outcome {
    let written = fs::read_to_string(file()).map_err(|error| format!("{}: {error}", file().display()))?;
    if written == types()? {
        return Ok(());
    }
    Err("ui/src/host/generated.ts is not what the core says now; run `cargo xtask generate`".to_owned())
}

fn write() -> Outcome {
    fs::write(file(), types()?).map_err(|error| format!("{}: {error}", file().display()))?;
    say("ui/src/host/generated.ts is written.");
    Ok(())
}

/// What the core says, set as the front end's other sources are.
fn types() -> Result<String, String> {
    let program = built("debug/examples", "typescript");
    let types =
        output(&program.to_string_lossy(), &[]).ok_or_else(|| format!("{} failed", program.display()))?;
    let raw = target().join("generated.ts");
    fs::write(&raw, types).map_err(|error| format!("{}: {error}", raw.display()))?;
    let raw = raw.to_string_lossy().into_owned();
    output_of(npm(&["exec", "--no", "--", "prettier", "--config", ".prettierrc.json", &raw]))
}

fn file() -> PathBuf {
    root().join("ui/src/host/generated.ts")
}
