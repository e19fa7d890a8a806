//! Every kind of page under the eyes of axe-core, in Chromium: both themes, each in its language, on a phone in the
//! dark and on a computer in the light. What it knows of WCAG 2.2 A and AA and of good practice finds nothing.
//!
//! axe-core is a development dependency of `ui`. Not here: what no program can judge, such as whether a text for a
//! picture says what it shows.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a test that cannot go on says so by panicking")]
#![cfg(target_os = "linux")]

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::Duration;

use galley_model::Content;
use galley_model::site::{COUNTY, DAILY, SiteSettings};
use galley_page::{Card, Frame, PageFacts, Templates};
use serde::de::DeserializeOwned;

#[path = "../it/pages.rs"]
mod pages;

/// Longer than all pages take on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(600);
/// A picture for every photo.
const PIXEL: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"3\" height=\"2\"/>";

type Files = BTreeMap<String, (&'static str, Vec<u8>)>;

#[test]
fn no_page_of_a_built_in_theme_shuts_anyone_out() {
    let mut files = Files::new();
    for (language, theme) in [("zh", COUNTY), ("en", DAILY)] {
        add_site(&mut files, language, theme);
    }
    assert!(files.len() > 60, "{} pages", files.len());
    // What it must find, so that nothing found means something.
    let bad = "<!doctype html><html lang=\"en\"><head><title>x</title></head><body><main><h1>x</h1>\
               <p style=\"color: #aaa\">Nobody reads this.</p><img src=\"/media/x\"></main></body></html>";
    files.insert("/bad/light/bad.html".to_owned(), html(&injected(bad)));
    let found = judge(files);
    let (bad, others): (Vec<_>, Vec<_>) = found.iter().partition(|line| line.starts_with("/bad/"));
    for rule in ["color-contrast", "image-alt"] {
        assert!(bad.iter().any(|line| line.contains(rule)), "{rule} was not found: {bad:?}");
    }
    assert!(others.is_empty(), "{others:#?}");
}

/// Every kind of page of a site, in the light and in the dark, with what they link.
fn add_site(files: &mut Files, language: &str, theme: &str) {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(language);
    let content: Content = read(&fixtures.join("content.json"));
    let facts: PageFacts = read(&fixtures.join("facts.json"));
    let frame: Frame = read(&fixtures.join("frame.json"));
    let mut cards: Vec<Card> = read(&fixtures.join("cards.json"));
    let site: SiteSettings = read(&fixtures.join("settings.json"));
    let site = SiteSettings { theme: theme.to_owned(), ..site };
    cards.insert(0, Card::of(&content, &facts.address, facts.published_at, &site));
    let templates = Templates::for_settings(&site).unwrap();
    let sheet = templates.assets(&site).remove(0);
    let css = String::from_utf8(sheet.bytes).unwrap();
    let dark = css.replace("(prefers-color-scheme: dark)", "(min-width: 1px)");
    assert_ne!(css, dark, "the dark has a rule of its own");
    let made = pages::Site { content: &content, facts: &facts, site: &site, frame: &frame, cards };
    for (name, page) in pages::all_pages(&templates, &made).unwrap() {
        // It is left at once.
        if name == "redirect" {
            continue;
        }
        for mode in ["light", "dark"] {
            let page = page.replace(&sheet.path, &format!("/{language}-{theme}/{mode}/site.css"));
            files.insert(format!("/{language}-{theme}/{mode}/{name}.html"), html(&injected(&page)));
        }
    }
    for (mode, css) in [("light", css), ("dark", dark)] {
        files.insert(format!("/{language}-{theme}/{mode}/site.css"), ("text/css", css.into_bytes()));
    }
}

fn read<T: DeserializeOwned>(path: &Path) -> T {
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

fn html(page: &str) -> (&'static str, Vec<u8>) {
    ("text/html; charset=utf-8", page.as_bytes().to_vec())
}

/// The page with axe-core in it; what it finds goes to the page around the frame.
fn injected(page: &str) -> String {
    let run = "<script src=\"/axe.js\"></script><script>addEventListener('load', () => axe.run(document, {\
               runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}).then(\
               found => parent.postMessage(found.violations.map(rule => rule.id + ': ' + \
               rule.nodes.map(node => node.html.slice(0, 200)).join(' ')), '*')))</script>";
    page.replace("</body>", &format!("{run}</body>"))
}

/// One frame at a time, as wide as a phone or as a computer; at the end what was found is sent back.
fn driver(files: &Files) -> String {
    let pages: Vec<&String> = files.keys().filter(|path| path.ends_with(".html")).collect();
    let pages = serde_json::to_string(&pages).unwrap();
    format!(
        "<!doctype html><title>axe</title><iframe id=f height=900></iframe><script>\
         const runs = {pages}.map(page => [page, page.includes('/dark/') ? 390 : 1280]), found = [];\
         const next = () => {{ const run = runs[0]; if (!run) return fetch('/found', {{method: 'POST', body: JSON.stringify(found)}});\
         f.width = run[1]; f.src = run[0] + '?' + run[1]; }};\
         onmessage = message => {{ const run = runs.shift(); message.data.forEach(rule => found.push(run.join(' ') + ' ' + rule)); next(); }};\
         next();</script>"
    )
}

/// What axe-core finds in the pages, a line each.
fn judge(mut files: Files) -> Vec<String> {
    let axe = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../ui/node_modules/axe-core/axe.min.js");
    let axe = std::fs::read(&axe).unwrap_or_else(|error| panic!("{}: {error}; npm ci in ui", axe.display()));
    files.insert("/axe.js".to_owned(), ("text/javascript", axe));
    let start = driver(&files);
    files.insert("/".to_owned(), html(&start));
    let (address, found) = serve(files);
    let home = Home::new();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let is_there =
        |name: &&str| Command::new(name).arg("--version").output().is_ok_and(|said| said.status.success());
    let name = names.into_iter().find(is_there).expect("Chromium is installed");
    let mut chromium = Command::new(name);
    chromium.args([
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--no-first-run",
    ]);
    chromium.args(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
    chromium.args(["--disable-default-apps", "--disable-extensions", "--window-size=1400,1000"]);
    chromium.arg(format!("--user-data-dir={}", home.0.display())).arg(format!("http://{address}/"));
    let _running = start_in_group(chromium);
    let found = found.recv_timeout(PATIENCE).expect("Chromium comes to the end of the pages");
    serde_json::from_str(&found).unwrap()
}

/// Ends with the test.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        // The whole group: browsers are many processes.
        let group = format!("-{}", self.0.id());
        Command::new("kill").args(["-KILL", "--", &group]).status().ok();
        self.0.wait().ok();
    }
}

fn start_in_group(mut command: Command) -> Running {
    use std::os::unix::process::CommandExt as _;
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).process_group(0);
    Running(command.spawn().unwrap())
}

/// A home folder that goes with the test.
struct Home(PathBuf);

impl Home {
    fn new() -> Self {
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("axe-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// Serves files on a free port of this computer; the body of the one `POST` is what was found.
fn serve(files: Files) -> (String, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let (tell, found) = channel();
    let files = Arc::new(files);
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (files, tell) = (Arc::clone(&files), tell.clone());
            std::thread::spawn(move || answer(stream, &files, &tell));
        }
    });
    (address, found)
}

fn answer(stream: TcpStream, files: &Files, tell: &Sender<String>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    let mut request = String::new();
    reader.read_line(&mut request).ok()?;
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        if line.trim().is_empty() {
            break;
        }
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    if request.starts_with("POST") {
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        tell.send(String::from_utf8(body).ok()?).ok()?;
    }
    let path = request.split_whitespace().nth(1)?.split('?').next()?;
    let (status, mime, bytes) = match files.get(path) {
        Some((mime, bytes)) => ("200 OK", *mime, bytes.as_slice()),
        None if path.starts_with("/media/") => ("200 OK", "image/svg+xml", PIXEL.as_bytes()),
        None => ("404 Not Found", "text/plain", b"".as_slice()),
    };
    let mut stream = stream;
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {mime}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        bytes.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(bytes).ok()
}
