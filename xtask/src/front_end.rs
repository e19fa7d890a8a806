//! The window's front end: its packages and its bundle, made only when something they are made from changed.

use std::fs;
use std::path::{Path, PathBuf};

use crate::shell::{npm, run_quietly};
use crate::steps::say;
use crate::{Outcome, root};

/// Installs the packages that `package-lock.json` names.
pub(crate) fn packages() -> Outcome {
    let made_from = hash(&[folder().join("package-lock.json"), folder().join("package.json")])?;
    unless_made("packages", made_from, &folder().join("node_modules"), || {
        run_quietly(npm(&["ci", "--no-audit", "--no-fund"]))
    })
}

/// Builds `ui/dist`.
pub(crate) fn build() -> Outcome {
    let made_from = hash(&sources()?)?;
    unless_made("bundle", made_from, &folder().join("dist/index.html"), || {
        run_quietly(npm(&["run", "build"]))
    })
}

fn folder() -> PathBuf {
    root().join("ui")
}

/// Does the work unless its result is there, made from the same.
fn unless_made(what: &str, made_from: u64, result: &Path, work: impl FnOnce() -> Outcome) -> Outcome {
    let mark = folder().join("node_modules").join(format!(".galley-{what}"));
    let made_from = format!("{made_from:016x}");
    if result.exists() && fs::read_to_string(&mark).is_ok_and(|made| made == made_from) {
        say("  Nothing changed.");
        return Ok(());
    }
    work()?;
    fs::write(&mark, made_from).map_err(|error| format!("{}: {error}", mark.display()))
}

fn sources() -> Result<Vec<PathBuf>, String> {
    let mut files = Vec::new();
    let mut folders = vec![folder()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
        for path in entries.flatten().map(|entry| entry.path()) {
            let name = path.file_name().unwrap_or_default();
            if path.is_file() {
                files.push(path);
            } else if !["node_modules", "dist", "test"].iter().any(|other| name == *other) {
                folders.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

/// FNV-1a over names and contents.
fn hash(files: &[PathBuf]) -> Result<u64, String> {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    for file in files {
        let content = fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
        let name = file.strip_prefix(root()).unwrap_or(file).to_string_lossy().into_owned();
        for byte in name.bytes().chain([0]).chain(content).chain([0]) {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }
    Ok(hash)
}
