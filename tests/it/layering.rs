//! Who may import whom: the layers of `docs/ARCHITECTURE.md`, held against the manifests and the sources.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// For every crate of the workspace, the crates of the workspace it may build on.
const MAY_IMPORT: &[(&str, &[&str])] = &[
    ("galley-model", &[]),
    ("galley-text", &["galley-model"]),
    ("galley-page", &["galley-model"]),
    ("galley-sync", &["galley-model"]),
    ("galley-store", &["galley-model", "galley-text"]),
    ("galley-destinations", &["galley-model", "galley-page"]),
    (
        "galley-newsroom",
        &["galley-model", "galley-text", "galley-page", "galley-sync", "galley-destinations"],
    ),
    (
        "galley-client",
        &["galley-model", "galley-text", "galley-page", "galley-sync", "galley-store", "galley-newsroom"],
    ),
    // Text only through the newsroom's decoder; the words of the protocol with their description.
    ("galley-server", &["galley-model", "galley-newsroom", "galley-sync"]),
    ("galley", &["galley-model", "galley-client"]),
    ("xtask", &[]),
];

/// Who may use what touches the outside world, by crate of the registry.
const OUTSIDE: &[(&str, &[&str])] = &[
    ("tauri", &["galley"]),
    ("tauri-build", &["galley"]),
    ("tauri-plugin-opener", &["galley"]),
    ("webkit2gtk", &["galley"]),
    ("gtk", &["galley"]),
    ("rusqlite", &["galley-store", "galley-newsroom"]),
    ("loro", &["galley-text"]),
    ("reqwest", &["galley-client", "galley-server", "galley-destinations"]),
    ("object_store", &["galley-destinations"]),
    ("keyring", &["galley-client"]),
    ("axum", &["galley-newsroom", "galley-server", "galley-client"]),
    (
        "tokio",
        &[
            "galley",
            "galley-client",
            "galley-newsroom",
            "galley-server",
            "galley-store",
            "galley-destinations",
        ],
    ),
    ("hyper", &["galley-server"]),
    ("rustls", &["galley-server", "galley-client", "galley-destinations"]),
    ("argon2", &["galley-newsroom"]),
    ("utoipa", &["galley-model", "galley-sync", "galley-server"]),
    ("pulldown-cmark", &["galley-page"]),
    ("minijinja", &["galley-page"]),
];

/// Crates that touch no clock, no file, no socket.
const PURE: &[&str] = &["galley-model", "galley-text", "galley-page", "galley-sync"];

struct Package {
    name: String,
    folder: PathBuf,
    /// What it is built on, without what only its tests use.
    dependencies: BTreeSet<String>,
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn packages() -> Vec<Package> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--no-deps", "--offline"])
        .current_dir(root())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).unwrap();
    let package = |package: &Value| Package {
        name: package["name"].as_str().unwrap().to_owned(),
        folder: Path::new(package["manifest_path"].as_str().unwrap()).parent().unwrap().to_owned(),
        dependencies: package["dependencies"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|dependency| dependency["kind"] != "dev")
            .map(|dependency| dependency["name"].as_str().unwrap().to_owned())
            .collect(),
    };
    metadata["packages"].as_array().unwrap().iter().map(package).collect()
}

#[test]
fn a_crate_builds_only_on_the_layers_below_it() {
    let allowed: BTreeMap<_, _> = MAY_IMPORT.iter().copied().collect();
    for package in packages().iter().filter(|package| package.name != "galley-testkit") {
        let may = allowed.get(package.name.as_str());
        let may = may.unwrap_or_else(|| panic!("{} has no place in the layers yet", package.name));
        for used in package.dependencies.iter().filter(|name| name.starts_with("galley")) {
            assert!(may.contains(&used.as_str()), "{} must not build on {used}", package.name);
        }
    }
}

#[test]
fn what_touches_the_outside_world_is_used_only_where_it_belongs() {
    let outside: BTreeMap<_, _> = OUTSIDE.iter().copied().collect();
    for package in packages().iter().filter(|package| package.name != "galley-testkit") {
        for used in &package.dependencies {
            let Some(may) = outside.get(used.as_str()) else { continue };
            assert!(may.contains(&package.name.as_str()), "{} must not use {used}", package.name);
        }
    }
}

#[test]
fn pure_crates_touch_no_clock_no_file_and_no_socket() {
    let impure = [
        "std::fs",
        "std::net",
        "std::process",
        "std::env",
        "SystemTime",
        "Instant::now",
        "Utc::now",
        "Local::now",
    ];
    for package in packages().iter().filter(|package| PURE.contains(&package.name.as_str())) {
        for file in files(&package.folder.join("src"), &["rs"]) {
            let source = without_tests(&fs::read_to_string(&file).unwrap());
            for word in impure {
                assert!(!source.contains(word), "{} uses {word}", file.display());
            }
        }
    }
}

#[test]
fn only_the_host_module_of_the_window_talks_to_the_shell() {
    check_window("@tauri-apps", |path| path.starts_with("host/"));
}

#[test]
fn the_editor_knows_no_svelte() {
    for (path, source) in window_sources() {
        let imports = source.lines().filter(|line| line.contains("from ") || line.contains("import "));
        for line in imports.filter(|_| path.starts_with("editor/")) {
            assert!(!line.contains("svelte"), "ui/src/{path}: {line}");
        }
    }
}

fn check_window(word: &str, may: impl Fn(&str) -> bool) {
    for (path, source) in window_sources() {
        let imports = source.lines().filter(|line| line.contains("from ") || line.contains("import"));
        for line in imports.filter(|line| line.contains(word) && !line.trim_start().starts_with("//")) {
            assert!(may(&path), "ui/src/{path}: {line}");
        }
    }
}

fn window_sources() -> Vec<(String, String)> {
    let folder = root().join("ui/src");
    let sources: Vec<_> = files(&folder, &["ts", "svelte"])
        .into_iter()
        .map(|file| {
            let path = file.strip_prefix(&folder).unwrap().to_string_lossy().replace('\\', "/");
            (path, fs::read_to_string(&file).unwrap())
        })
        // Tests may put something else in the shell's place.
        .filter(|(path, _)| !path.ends_with(".test.ts"))
        .collect();
    assert!(!sources.is_empty(), "the window has sources");
    sources
}

/// A source without what follows its test module: tests may read files and clocks.
fn without_tests(source: &str) -> String {
    source.split("#[cfg(test)]").next().unwrap_or_default().to_owned()
}

fn files(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|ending| endings.iter().any(|one| ending == *one)) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}
