//! Programs that the tests use and no package manager has.

use std::path::PathBuf;

use crate::Outcome;
use crate::shell::{cargo, run_quietly};
use crate::steps::say;

/// tauri-driver, installed once for all checkouts of this user.
pub(crate) fn tauri_driver() -> Outcome {
    let folder = folder()?;
    if folder.join("bin").join(format!("tauri-driver{}", std::env::consts::EXE_SUFFIX)).exists() {
        say("  tauri-driver is there.");
        return Ok(());
    }
    let place = folder.to_string_lossy().into_owned();
    let mut install = cargo(&["install", "tauri-driver@^2", "--locked", "--quiet", "--root", &place]);
    install.env_remove("CARGO_TARGET_DIR");
    run_quietly(install)
}

/// The folder in the user's cache; `tests/e2e` looks there too.
fn folder() -> Result<PathBuf, String> {
    let said = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = said("XDG_CACHE_HOME").or_else(|| said("HOME").map(|home| home.join(".cache")));
    cache.map(|cache| cache.join("galley/tools")).ok_or_else(|| "there is no home directory".to_owned())
}
