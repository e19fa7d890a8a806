//! Programs that the tests use and no package manager has.

use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::shell::{cargo, is_there, program, run_quietly};
use crate::steps::say;

/// An object store that speaks S3, for the tests: a server in Python.
const MOTO: &str = "5.2.5";

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

/// moto, in a Python environment of its own; `galley-destinations` looks there in its tests.
pub(crate) fn object_store() -> Outcome {
    let folder = folder()?.join(format!("moto-{MOTO}"));
    let whole = folder.join("whole");
    if whole.exists() {
        say("  moto is there.");
        return Ok(());
    }
    let place = folder.to_string_lossy().into_owned();
    run_quietly(program(
        if cfg!(windows) { "python" } else { "python3" },
        &["-m", "venv", "--clear", &place],
    ))?;
    let scripts = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
    let python = scripts.join(format!("python{}", std::env::consts::EXE_SUFFIX));
    let moto = format!("moto[s3,server]=={MOTO}");
    let install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", &moto];
    run_quietly(program(&python.to_string_lossy(), &install))?;
    std::fs::write(&whole, MOTO).map_err(|error| format!("{}: {error}", whole.display()))
}

/// nginx, beside which the built-in server is measured: the system's own, or on Debian and Ubuntu that of their
/// package unpacked into the cache, so that no service is installed and started for a figure.
pub(crate) fn nginx() -> Result<PathBuf, String> {
    let system = Path::new("/usr/sbin/nginx");
    if is_there("nginx") || !is_there("apt-get") || system.exists() {
        return Ok(if system.exists() { system.to_owned() } else { PathBuf::from("nginx") });
    }
    let folder = folder()?.join("nginx");
    let unpacked = folder.join("usr/sbin/nginx");
    if unpacked.exists() {
        return Ok(unpacked);
    }
    std::fs::create_dir_all(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut download = program("apt-get", &["-qq", "download", "nginx"]);
    download.current_dir(&folder);
    run_quietly(download)?;
    let entries = std::fs::read_dir(&folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut packages = entries.flatten().map(|entry| entry.path());
    let package = packages.find(|path| path.extension().is_some_and(|ending| ending == "deb"));
    let package = package.ok_or("apt-get downloaded no package of nginx")?;
    run_quietly(program("dpkg-deb", &["--extract", &package.to_string_lossy(), &folder.to_string_lossy()]))?;
    Ok(unpacked)
}

/// The folder in the user's cache; `tests/e2e` looks there too.
fn folder() -> Result<PathBuf, String> {
    let said = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = said("XDG_CACHE_HOME").or_else(|| said("HOME").map(|home| home.join(".cache")));
    cache.map(|cache| cache.join("galley/tools")).ok_or_else(|| "there is no home directory".to_owned())
}
