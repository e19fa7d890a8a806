//! The program as it is run: its commands, beside a server that serves.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use crate::house::program;

fn run(data: &Path, arguments: &[&str]) -> Output {
    Command::new(program()).args(arguments).arg("--data").arg(data).output().unwrap()
}

#[track_caller]
fn succeeds(data: &Path, arguments: &[&str]) -> String {
    let output = run(data, arguments);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{arguments:?}: {told}");
    String::from_utf8(output.stdout).unwrap()
}

#[track_caller]
fn fails(data: &Path, arguments: &[&str], word: &str) {
    let output = run(data, arguments);
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(!output.status.success() && told.contains(word), "{arguments:?}: {told}");
}

struct Served(Child, String);

impl Drop for Served {
    fn drop(&mut self) {
        drop(self.0.kill());
        drop(self.0.wait());
    }
}

fn serve(data: &Path) -> Served {
    let mut command = Command::new(program());
    command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("listening on http://").expect("an address").to_owned();
    Served(child, address)
}

#[test]
fn people_are_added_listed_and_switched_off_while_the_server_runs() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fails(&data, &["person", "list"], "no newsroom");
    let _server = serve(&data);
    let told = succeeds(&data, &["person", "add", "王记者", "--role", "reporter", "--role", "admin"]);
    let code = told.lines().last().unwrap();
    assert_eq!((code.len(), code.matches('-').count()), (19, 3), "{told}");
    fails(&data, &["person", "add", "王记者", "--role", "reporter"], "there already");
    fails(&data, &["person", "add", "李编辑"], "role");
    fails(&data, &["person", "add", "李编辑", "--role", "boss"], "no role boss");
    assert_eq!(succeeds(&data, &["person", "list"]), "王记者\treporter admin\tnot signed in yet\n");
    assert_ne!(succeeds(&data, &["person", "code", "王记者"]), told);
    assert_eq!(succeeds(&data, &["person", "devices", "王记者"]), "");
    fails(&data, &["person", "devices", "赵记者"], "no active person");
    fails(&data, &["person", "revoke", "王记者"], "--device");
    fails(&data, &["person", "revoke", "王记者", "--device", "笔记本"], "no signed-in computer");
    succeeds(&data, &["person", "roles", "王记者", "--role", "publisher"]);
    assert_eq!(succeeds(&data, &["person", "list"]), "王记者\tpublisher\tnot signed in yet\n");
    fails(&data, &["person", "roles", "王记者"], "role");
    fails(&data, &["person", "roles", "赵记者", "--role", "reporter"], "no active person");
    succeeds(&data, &["person", "deactivate", "王记者"]);
    fails(&data, &["person", "code", "王记者"], "no active person");
    assert!(succeeds(&data, &["person", "list"]).contains("switched off"));
}

#[test]
fn a_copy_of_the_records_is_whole_and_damage_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let _server = serve(&data);
    let copy = folder.path().join("copy");
    std::fs::create_dir(&copy).unwrap();
    let to = copy.join("newsroom.sqlite");
    succeeds(&data, &["person", "add", "王记者", "--role", "reporter"]);
    succeeds(&data, &["backup", "--to", to.to_str().unwrap()]);
    assert!(succeeds(&copy, &["person", "list"]).contains("王记者"));
    assert!(succeeds(&data, &["verify"]).contains("records: whole"));
    let rotten = data.join("media").join("ab");
    std::fs::create_dir(&rotten).unwrap();
    std::fs::write(rotten.join("c".repeat(62)), "rotten").unwrap();
    fails(&data, &["verify"], "1 thing(s) are damaged");
    fails(&data, &["backup", "--to", "/nowhere/copy.sqlite"], "");
}

#[test]
fn passwords_do_not_travel_in_the_clear_unasked() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    fails(&data, &["serve", "--listen", "0.0.0.0:0"], "--behind-proxy");
    fails(&data, &["serve"], "--listen is missing");
    fails(&data, &["serve", "--listen", "127.0.0.1:0", "--cert", "x"], "go together");
    fails(&data, &["serve", "--listen", "127.0.0.1:0", "--address", "news.example"], "no address");
    fails(&data, &["dance"], "no command dance");
    assert!(!data.exists());
}

/// What a reader gets at an address.
fn get(server: &Served, address: &str) -> String {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(&server.1).unwrap();
    let host = &server.1;
    write!(stream, "GET {address} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).unwrap();
    answer.split_once("\r\n\r\n").map(|(_, body)| body.to_owned()).unwrap_or_default()
}

/// The style sheet that a page links.
fn sheet_of(page: &str) -> Option<&str> {
    page.split('"').find(|part| part.starts_with("/assets/") && part.ends_with(".css"))
}

/// Waits until the home page is set in a style sheet that says this; its text.
#[track_caller]
fn waits_for_sheet(server: &Served, holds: impl Fn(&str) -> bool) -> String {
    let begun = std::time::Instant::now();
    loop {
        let sheet = sheet_of(&get(server, "/")).map(|sheet| get(server, sheet)).unwrap_or_default();
        if holds(&sheet) {
            return sheet;
        }
        assert!(begun.elapsed().as_secs() < 60, "the site is not set so: {sheet}");
        std::thread::yield_now();
    }
}

#[test]
fn the_theme_is_checked_set_and_reset_while_the_server_runs() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let theme = folder.path().join("theme");
    let at = theme.to_str().unwrap();
    fails(&data, &["theme", "check", at], "theme cannot be read");
    std::fs::create_dir(&theme).unwrap();
    fails(&data, &["theme", "check", at], "there is no theme in");
    let manifest = "name = \"lake\"\ngalley = 1\nbase = \"daily\"\n";
    std::fs::write(theme.join("theme.toml"), manifest).unwrap();
    std::fs::write(theme.join("site.css"), "body { color: #123456 }\n").unwrap();
    assert_eq!(succeeds(&data, &["theme", "check", at]), "The theme lake can be used.\n");
    fails(&data, &["theme", "set", at], "no newsroom");
    fails(&data, &["theme", "reset"], "no newsroom");
    assert!(!data.exists(), "a check needs no newsroom, and makes none");

    let server = serve(&data);
    let before = waits_for_sheet(&server, |sheet| sheet.contains("--option-accent"));
    assert!(succeeds(&data, &["theme", "reset"]).contains("Galley's theme county"), "it is there already");
    let broken = |file: &str, text: &str, word: &str| {
        std::fs::write(theme.join(file), text).unwrap();
        for command in ["check", "set"] {
            fails(&data, &["theme", command, at], word);
        }
        std::fs::remove_file(theme.join(file)).unwrap();
    };
    broken("home.html", "\n{% for x in %}\n", "home.html, line 2: ");
    broken("text.css", "p {}\n\n@import 'x';\n", "text.css, line 3: ");
    broken("site.js", "1", "site.js: ");
    assert_eq!(waits_for_sheet(&server, |_| true), before, "a broken theme changes nothing");

    assert!(succeeds(&data, &["theme", "set", at]).contains("theme lake"));
    waits_for_sheet(&server, |sheet| sheet.contains("#123456"));
    std::fs::write(theme.join("site.css"), "body { color: #654321 }\n").unwrap();
    succeeds(&data, &["theme", "set", at]);
    waits_for_sheet(&server, |sheet| sheet.contains("#654321"));
    // It outlives the server's process.
    drop(server);
    let server = serve(&data);
    waits_for_sheet(&server, |sheet| sheet.contains("#654321"));
    assert!(succeeds(&data, &["theme", "reset"]).contains("Galley's theme daily"), "the one it builds on");
    waits_for_sheet(&server, |sheet| !sheet.is_empty() && !sheet.contains("#654321"));
}

#[cfg(unix)]
#[test]
fn a_server_that_is_told_to_end_ends_well_and_logs_lines_of_json() {
    use std::io::Read as _;
    let folder = tempfile::tempdir().unwrap();
    for signal in ["TERM", "INT"] {
        let mut server = serve(&folder.path().join("data"));
        let id = server.0.id().to_string();
        // The first request after the start.
        std::net::TcpStream::connect(&server.1).unwrap();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
        assert!(server.0.wait().unwrap().success(), "{signal}");
        let mut log = String::new();
        server.0.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        let lines: Vec<serde_json::Value> =
            log.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        assert_eq!(lines.last().unwrap()["fields"]["message"], "stopped", "{log}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn the_child_can_neither_open_files_nor_take_all_memory() {
    let mut child = Command::new(program());
    child.arg("decode").stdin(Stdio::piped()).stdout(Stdio::piped());
    let child = Served(child.spawn().unwrap(), String::new());
    let limits = format!("/proc/{}/limits", child.0.id());
    let limit = |name: &str| {
        let limits = std::fs::read_to_string(&limits).unwrap();
        let line = limits.lines().find(|line| line.starts_with(name)).unwrap().to_owned();
        line[name.len()..].split_whitespace().next().unwrap().to_owned()
    };
    // The limits are set before the first question is read.
    while limit("Max address space") == "unlimited" {
        std::thread::yield_now();
    }
    while limit("Max core file size") != "0" {
        std::thread::yield_now();
    }
    assert_eq!(limit("Max address space"), (512 << 20).to_string());
    assert_eq!(limit("Max open files"), "3");
    assert_eq!(limit("Max file size"), "0");
    assert_eq!(limit("Max processes"), "0");
}
