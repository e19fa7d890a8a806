//! The system's own packages: installed with apt on Debian and Ubuntu, listed elsewhere.

use std::path::Path;
use std::process::Command;

use crate::Outcome;
use crate::shell::{is_there, output, program, run};
use crate::steps::say;

/// What is going to be done on this machine.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Build Galley and open its window.
    Run,
    /// Run all tests, those of the real window too.
    Test,
    /// Print the figures.
    Bench,
}

/// To build and run: the web view, what draws its icons, a C compiler for SQLite, and Chinese letters.
const RUN: &[&str] =
    &["build-essential", "pkg-config", "libwebkit2gtk-4.1-dev", "librsvg2-dev", "fonts-noto-cjk"];

/// To test: a screen, a session on it, WebDriver, a real input method, a second browser for published pages, a
/// database, and Python, in which the decoding children that misbehave on purpose and the object store of the tests are
/// written.
const TEST: &[&str] = &[
    "webkit2gtk-driver",
    "xvfb",
    "openbox",
    "xdotool",
    "dbus",
    "dbus-x11",
    "fcitx5",
    "fcitx5-chinese-addons",
    "fcitx5-frontend-gtk3",
    "chromium",
    "python3",
    "python3-venv",
    DATABASE,
];

/// To test the rule of the feed where many commit at once. Debian would make a database of the machine's own with it.
const DATABASE: &str = "postgresql";
const NO_DATABASE: &str = "/etc/postgresql-common/createcluster.d/galley-tests.conf";

/// To print the figures: what asks web servers for pages.
const BENCH: &[&str] = &["wrk"];

/// The oldest Node.js that the front end is built with.
const NODE: (u32, u32) = (20, 19);

/// Sees to it that everything is there, or says what is missing.
pub(crate) fn see_to(purpose: Purpose) -> Outcome {
    check_node()?;
    match std::env::consts::OS {
        "linux" if is_there("apt-get") && is_there("dpkg-query") => install(purpose),
        "linux" => check_other_linux(purpose),
        "macos" => check_macos(),
        "windows" => check_windows(),
        other => {
            say(&format!("  Nothing is known about {other} here; trying anyway."));
            Ok(())
        }
    }
}

fn check_node() -> Outcome {
    let (major, minor) = NODE;
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let Some(version) = output("node", &["--version"]) else {
        return Err(format!(
            "Node.js is missing. Install Node.js {major}.{minor} or newer, with npm, and try again."
        ));
    };
    if parsed(&version) < Some(NODE) {
        return Err(format!(
            "Node.js {version} is too old. Install Node.js {major}.{minor} or newer, and try again."
        ));
    }
    match output(npm, &["--version"]) {
        Some(_) => Ok(()),
        None => Err("npm is missing. It comes with Node.js; install it and try again.".to_owned()),
    }
}

fn parsed(version: &str) -> Option<(u32, u32)> {
    let mut parts = version.trim_start_matches('v').split('.').map(|part| part.parse().ok());
    Some((parts.next()??, parts.next()??))
}

fn install(purpose: Purpose) -> Outcome {
    let wanted: &[&[&str]] = match purpose {
        Purpose::Run => &[RUN],
        Purpose::Test => &[RUN, TEST],
        Purpose::Bench => &[RUN, TEST, BENCH],
    };
    let missing: Vec<&str> = wanted.concat().into_iter().filter(|package| !is_installed(package)).collect();
    if missing.is_empty() {
        say("  All system packages are there.");
        return Ok(());
    }
    let list = missing.join(" ");
    let is_root = output("id", &["-u"]).as_deref() == Some("0");
    if !is_root && !is_there("sudo") {
        return Err(format!("system packages are missing. As root, run:\n  apt-get install {list}"));
    }
    say(&format!("  Installing {list}"));
    let (database, others): (Vec<&str>, Vec<&str>) =
        missing.into_iter().partition(|package| *package == DATABASE);
    if !others.is_empty() {
        install_missing(is_root, &others)?;
    }
    if database.is_empty() { Ok(()) } else { install_database(is_root) }
}

fn install_missing(is_root: bool, missing: &[&str]) -> Outcome {
    if run(apt(is_root, &install_arguments(missing))).is_ok() {
        return Ok(());
    }
    // The usual reason: this machine's lists of packages are old, or were never read.
    say("  Reading the lists of packages first");
    run(apt(is_root, &["-qq", "update"]))?;
    run(apt(is_root, &install_arguments(missing)))
}

/// The server's programs alone: no database that listens on this machine.
fn install_database(is_root: bool) -> Outcome {
    let settings = Path::new(NO_DATABASE);
    let folder = settings.parent().map(Path::to_string_lossy).unwrap_or_default();
    let write = format!("mkdir -p {folder} && echo create_main_cluster = false > {NO_DATABASE}");
    run(as_root(is_root, &["sh", "-c", &write]))?;
    let installed = install_missing(is_root, &[DATABASE]);
    run(as_root(is_root, &["rm", "-f", NO_DATABASE]))?;
    installed
}

fn install_arguments<'a>(packages: &[&'a str]) -> Vec<&'a str> {
    [&["-qq", "-y", "--no-install-recommends", "install"], packages].concat()
}

fn apt(is_root: bool, arguments: &[&str]) -> Command {
    // Another apt may be at work, such as the nightly one: it is waited for.
    let words = ["env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=900"];
    as_root(is_root, &[&words, arguments].concat())
}

fn as_root(is_root: bool, words: &[&str]) -> Command {
    match words.split_first() {
        Some((first, rest)) if is_root => program(first, rest),
        // sudo may ask for the password, at the terminal itself.
        _ => program("sudo", words),
    }
}

fn is_installed(package: &str) -> bool {
    output("dpkg-query", &["-W", "-f=${db:Status-Status}", package]).as_deref() == Some("installed")
}

fn check_other_linux(purpose: Purpose) -> Outcome {
    let library = |name: &str| output("pkg-config", &["--exists", name]).is_some();
    let mut missing = Vec::new();
    if !is_there("cc") {
        missing.push("a C compiler (gcc or clang)");
    }
    if !is_there("pkg-config") {
        missing.push("pkg-config");
    }
    if !library("webkit2gtk-4.1") {
        missing.push("WebKitGTK 4.1 with its development files (webkit2gtk-4.1)");
    }
    if !library("librsvg-2.0") {
        missing.push("librsvg with its development files (librsvg-2.0)");
    }
    if purpose != Purpose::Run {
        let programs = [
            ("WebKitWebDriver", "WebKitWebDriver (part of WebKitGTK or a package of its own)"),
            ("Xvfb", "Xvfb"),
            ("openbox", "openbox"),
            ("xdotool", "xdotool"),
            ("dbus-daemon", "dbus-daemon"),
            ("fcitx5", "fcitx5 with its pinyin input method and its GTK 3 module"),
            ("setpriv", "setpriv (util-linux)"),
            ("python3", "Python 3"),
            ("postgres", "PostgreSQL, its programs in the path"),
        ];
        missing.extend(programs.iter().filter(|(program, _)| !is_there(program)).map(|(_, what)| *what));
        if output("python3", &["-c", "import ensurepip"]).is_none() {
            missing.push("Python's module venv");
        }
        if purpose == Purpose::Bench && !is_there("wrk") {
            missing.push("wrk");
        }
        if !["chromium", "chromium-browser", "google-chrome"].iter().any(|name| is_there(name)) {
            missing.push("Chromium");
        }
    }
    told(&missing)
}

fn check_macos() -> Outcome {
    let tools = output("xcode-select", &["-p"]).is_some();
    told(if tools { &[] } else { &["the command line tools of Xcode (run: xcode-select --install)"] })
}

fn check_windows() -> Outcome {
    const WEBVIEW: &str =
        r"HKLM\SOFTWARE\WOW6432Node\Microsoft\EdgeUpdate\Clients\{F3017226-FE2A-4295-8BDF-00C3A9A7E4C5}";
    let mut missing = Vec::new();
    if output("reg", &["query", WEBVIEW]).is_none() {
        missing.push("the WebView2 runtime (part of Windows 11; for Windows 10 from Microsoft)");
    }
    let link =
        output("rustc", &["--print", "host-tuple"]).is_some_and(|host| host.ends_with("gnu")) || has_msvc();
    if !link {
        missing.push("the C++ build tools of Visual Studio (workload “Desktop development with C++”)");
    }
    told(&missing)
}

fn has_msvc() -> bool {
    let programs = std::env::var("ProgramFiles(x86)").unwrap_or_default();
    let finder = format!(r"{programs}\Microsoft Visual Studio\Installer\vswhere.exe");
    let tools = "Microsoft.VisualStudio.Component.VC.Tools.x86.x64";
    let found = ["-latest", "-products", "*", "-requires", tools, "-property", "installationPath"];
    output(&finder, &found).is_some_and(|path| !path.is_empty())
}

fn told(missing: &[&str]) -> Outcome {
    if missing.is_empty() {
        say("  Everything needed is there.");
        return Ok(());
    }
    let list: String = missing.iter().map(|what| format!("\n  - {what}")).collect();
    Err(format!("please install what is missing, and try again:{list}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_node_are_compared_as_numbers() {
        for (version, enough) in [
            ("v20.19.0", true),
            ("v20.9.1", false),
            ("v22.1.0", true),
            ("v18.20.0", false),
            ("nonsense", false),
        ] {
            assert_eq!(parsed(version) >= Some(NODE), enough, "{version}");
        }
    }
}
