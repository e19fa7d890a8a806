//! Hostile texts in real browsers: whole pages, with scripts allowed, loaded in Chromium and WebKit. No script runs, no
//! request leaves the page, no page is broken by its text.
//!
//! Each text is a page of its own, with the text in every field, shown in a frame. The browsers reach nothing but a
//! proxy of this test, which serves the pages and writes down everything that is asked of it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on says so by panicking"
)]
#![cfg(target_os = "linux")]

#[path = "../hostile/corpus.rs"]
mod corpus;
mod proxy;

use std::path::Path;
use std::process::{Child, Command, Stdio};

use galley_model::site::{FooterItem, SiteSettings};
use galley_model::{ArticleId, Content, Contributor, ContributorId, Instant, Photo, PhotoId, Sha256};
use galley_page::{Card, Correction, Frame, PageFacts, Templates};

use corpus::{BOMBS, CORPUS};
use proxy::Proxy;

/// What stands for a harm in the corpus, and what it does here: it asks for an address that nothing else asks for.
const HARM: (&str, &str) = ("alert(1)", "location=/ran/");

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

fn start(mut command: Command) -> Running {
    use std::os::unix::process::CommandExt as _;
    let log = |name: &str| std::fs::File::create(Path::new(env!("CARGO_TARGET_TMPDIR")).join(name)).unwrap();
    let name = Path::new(command.get_program()).file_name().unwrap().to_string_lossy().into_owned();
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log(&format!("{name}.log"))).process_group(0);
    Running(command.spawn().unwrap_or_else(|error| panic!("{name} cannot be started: {error}")))
}

#[test]
fn in_chromium_no_text_runs_loads_or_breaks_anything() {
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let is_there =
        |name: &&str| Command::new(name).arg("--version").output().is_ok_and(|said| said.status.success());
    let name = names.into_iter().find(is_there).unwrap_or("chromium");
    let home = Home::new();
    judge(|proxy| {
        let mut chromium = Command::new(name);
        chromium.args([
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--no-first-run",
        ]);
        chromium.args(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
        chromium.args(["--disable-default-apps", "--disable-extensions", "--proxy-bypass-list=<-loopback>"]);
        chromium.arg(format!("--proxy-server=http://{proxy}"));
        chromium.arg(format!("--user-data-dir={}", home.0.display())).arg(START);
        vec![start(chromium)]
    });
}

#[test]
fn in_webkit_no_text_runs_loads_or_breaks_anything() {
    let home = Home::new();
    judge(|proxy| {
        let mut screen = Command::new("Xvfb");
        screen.args(["-displayfd", "1", "-screen", "0", "1280x900x24", "-nolisten", "tcp"]);
        let (screen, display) = start_saying(screen);
        let mut browser = Command::new(mini_browser());
        browser.arg(format!("--proxy=http://{proxy}")).args(["--private", START]);
        browser.env("DISPLAY", format!(":{display}")).env("HOME", &home.0).env("GDK_BACKEND", "x11");
        browser.env("NO_AT_BRIDGE", "1").env("LIBGL_ALWAYS_SOFTWARE", "1").env("LANG", "C.UTF-8");
        browser
            .env("WEBKIT_DISABLE_COMPOSITING_MODE", "1")
            .env("GIO_USE_VFS", "local")
            .env("GSETTINGS_BACKEND", "memory");
        browser.env_remove("WAYLAND_DISPLAY").env_remove("DBUS_SESSION_BUS_ADDRESS");
        // Ended in this order: what draws first.
        vec![start(browser), screen]
    });
}

/// Part of WebKitGTK, outside of the path.
fn mini_browser() -> std::path::PathBuf {
    let folders = ["/usr/lib", "/usr/libexec", "/usr/lib64"].map(std::fs::read_dir);
    let below = folders.into_iter().flatten().flatten().flatten().map(|entry| entry.path());
    let beside = ["/usr/lib", "/usr/libexec", "/usr/lib64"].map(std::path::PathBuf::from);
    let mut found = below.chain(beside).map(|folder| folder.join("webkit2gtk-4.1/MiniBrowser"));
    found.find(|path| path.is_file()).expect("WebKitGTK's MiniBrowser is installed")
}

fn start_saying(mut command: Command) -> (Running, String) {
    use std::io::BufRead as _;
    use std::os::unix::process::CommandExt as _;
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null()).process_group(0);
    let mut child = command.spawn().expect("Xvfb is installed");
    let mut line = String::new();
    std::io::BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
    (Running(child), line.trim().to_owned())
}

/// A home folder that goes with the test.
struct Home(std::path::PathBuf);

impl Home {
    fn new() -> Self {
        use std::sync::atomic::{AtomicU32, Ordering};
        static N: AtomicU32 = AtomicU32::new(0);
        let name = format!("browser-{}-{}", std::process::id(), N.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }
}

impl Drop for Home {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}

/// The page of frames.
const START: &str = "http://site.example/";

/// Lets a browser load all pages; what it found and what was asked of the proxy must be nothing. Then lets it load
/// pages that do harm, which must all be found.
fn judge(open: impl Fn(&str) -> Vec<Running>) {
    let pages = pages();
    let n_pages = pages.len();
    let mut served: Vec<(String, &'static str, Vec<u8>)> =
        vec![("/".to_owned(), "text/html; charset=utf-8", frames(n_pages).into_bytes())];
    let templates = Templates::built_in().unwrap();
    for asset in templates.assets(&site()) {
        served.push((asset.path, "text/css", asset.bytes));
    }
    for (n, page) in pages.into_iter().enumerate() {
        served.push((format!("/p/{n}"), "text/html; charset=utf-8", page.into_bytes()));
    }
    let proxy = Proxy::serve(served);
    let browser = open(proxy.address());
    let verdict = proxy.verdict();
    drop(browser);
    assert_eq!(verdict, format!("{n_pages} pages"), "what the browser found");
    assert_eq!(proxy.asked_in_vain(), Vec::<String>::new(), "what the pages asked for");

    // The same eyes see harm where there is some.
    let harm = [
        "<img src=x onerror=location=/ran/>",
        "<script>new Image().src='http://evil.example/script'</script>",
        "<link rel=stylesheet href=https://evil.example/x.css>",
        "<img srcset='//evil.example/set 1x'>",
        "<video src=http://evil.example/a.mp4 preload=auto>",
        "<!-- never closed",
    ];
    let pages = harm.map(|harm| format!("<!doctype html><title>x</title><main>{harm}</main>"));
    let mut served = vec![("/".to_owned(), "text/html", frames(harm.len()).into_bytes())];
    let page = |(n, page): (usize, String)| (format!("/p/{n}"), "text/html", page.into_bytes());
    served.extend(pages.into_iter().enumerate().map(page));
    let proxy = Proxy::serve(served);
    let browser = open(proxy.address());
    let verdict = proxy.verdict();
    drop(browser);
    for n in 0..harm.len() {
        assert!(verdict.contains(&format!("/p/{n}: ")), "page {n} is seen: {verdict}");
    }
    let asked = proxy.asked_in_vain().join("\n");
    for address in
        ["/ran/", "evil.example/script", "evil.example:443", "evil.example/set", "evil.example/a.mp4"]
    {
        assert!(asked.contains(address), "{address} is written down: {asked}");
    }
}

fn site() -> SiteSettings {
    SiteSettings {
        base_url: "http://site.example".to_owned(),
        embed_hosts: vec!["media.example".to_owned()],
        copyright: "站".to_owned(),
        footer: vec![FooterItem { label: "甲".to_owned(), number: "1".to_owned(), ..FooterItem::default() }],
        ..SiteSettings::chinese()
    }
}

/// One page for each text of the corpus, alone and all at once, and for the bombs: a kilobyte of each, more of the
/// worst, and a megabyte of brackets.
fn pages() -> Vec<String> {
    let templates = Templates::built_in().unwrap();
    let (harm, act) = HARM;
    let mut texts: Vec<String> = CORPUS.iter().map(|text| text.replace(harm, act)).collect();
    texts.push(texts.join("\n\n"));
    let bombs: Vec<String> = BOMBS.iter().map(|unit| unit.repeat(1000 / unit.len())).collect();
    texts.extend(bombs.chunks(8).map(|bombs| bombs.join("\n\n")));
    // In lines: browsers take minutes to lay a megabyte out that is one word.
    let lines = |unit: &str, n_bytes: usize| {
        let line = unit.repeat(60) + "\n";
        line.repeat(n_bytes / line.len())
    };
    texts.extend(["*a_", "> ", "<!--", "**“", "{湖|"].map(|unit| lines(unit, 1 << 16)));
    texts.push(lines("[", 1 << 20));
    texts.iter().enumerate().map(|(n, text)| page(&templates, text, n)).collect()
}

/// A whole page with a text as its body and in every field.
fn page(templates: &Templates, text: &str, n: usize) -> String {
    let field: String = text.chars().take(500).collect();
    let field = || field.clone();
    let id = PhotoId(Default::default());
    let photo = Photo {
        id,
        sha256: Sha256::of(b""),
        mime: "image/svg+xml".to_owned(),
        width: 3,
        height: 2,
        caption: field(),
        credit: galley_model::PhotoCredit { name: field(), kind: field() },
        alt: field(),
        focal: None,
        digital_source: Default::default(),
    };
    let person =
        Contributor { id: ContributorId(Default::default()), name: field(), role: field(), unit: field() };
    let content = Content {
        headline: field(),
        kicker: field(),
        subheadline: field(),
        short_headline: field(),
        byline: field(),
        dateline: field(),
        summary: field(),
        slug: field(),
        keywords: vec![field()],
        contributors: vec![person],
        source: galley_model::Source {
            name: field(),
            category: galley_model::SourceCategory::Reprint,
            original_title: field(),
            original_author: field(),
            original_url: field(),
        },
        language: if n.is_multiple_of(2) { "zh-Hans" } else { "en" }.to_owned(),
        photos: vec![photo],
        lead_photo: Some(id),
        body: text.to_owned(),
        ..Content::default()
    };
    let facts = PageFacts {
        id: ArticleId(Default::default()),
        address: format!("/p/{n}"),
        responsible_editor: field(),
        stage_signers: Default::default(),
        corrections: vec![Correction { at: Instant(0), text: field(), ..Correction::default() }],
        published_at: Some(Instant(0)),
        modified_at: Some(Instant(1)),
        settings_version: 1,
    };
    let site = SiteSettings { name: field(), hotline: field(), ..site() };
    let card = Card::of(&content, "/p/0", Some(Instant(0)), &site);
    let frame = Frame { previous: Some(card.clone()), next: Some(card.clone()), related: vec![card] };
    let block = templates.article(&content, &facts, &site).unwrap();
    templates.page(&content, &facts, &site, &frame, &block).unwrap()
}

/// A page that shows the others in frames, a few at a time, looks into each, and tells the proxy.
fn frames(n_pages: usize) -> String {
    format!(
        "<!doctype html><meta charset=utf-8><title>frames</title><body><script>const n_pages = {n_pages};{FINDS}</script>"
    )
}

/// What a page must not hold, by the browser's own eyes.
const FINDS: &str = r#"
const allowed = /^(https?:\/\/|mailto:|tel:|\/(?!\/)|#)/;
const addresses = ["href", "src", "poster", "action", "formaction", "data", "background", "cite", "ping"];
function found(frame, path) {
  const problems = [];
  const page = frame.contentDocument;
  if (!page) return ["it left for elsewhere"];
  if (frame.contentWindow.location.pathname !== path) problems.push("it went to " + frame.contentWindow.location);
  const one = (selector) => page.querySelectorAll(selector).length === 1;
  for (const part of ["body > main", "main .article-body", "body > footer.site-footer", "body > header"]) {
    if (!one(part)) problems.push("no single " + part);
  }
  const scripts = page.querySelectorAll("script:not([type='application/ld+json'])");
  if (scripts.length) problems.push("a script");
  for (const data of page.querySelectorAll("script")) {
    try { JSON.parse(data.textContent); } catch { problems.push("data that cannot be read"); }
  }
  if (page.querySelector("iframe, frame, object, embed, base, style, applet, svg script, math, template, noscript")) {
    problems.push("an element that is not ours");
  }
  if (page.querySelector("meta[http-equiv]")) problems.push("a meta that commands");
  for (const element of page.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      if (/^on|^style$|^srcdoc$/i.test(name)) problems.push(name + " of a " + element.localName);
      if (addresses.includes(name) && !allowed.test(value)) problems.push(name + "=" + value);
      if (name === "srcset") problems.push("a picture that the article does not have");
    }
  }
  if (/[\u202a-\u202e\u2066-\u2069\u0000]/.test(page.documentElement.outerHTML)) problems.push("bidi controls");
  return problems;
}
async function look(n) {
  const frame = document.createElement("iframe");
  const path = "/p/" + n;
  [frame.width, frame.height] = [300, 200];
  const loaded = new Promise((then) => (frame.onload = then));
  const late = new Promise((then) => setTimeout(() => then("late"), 30000));
  frame.src = path;
  document.body.append(frame);
  if ((await Promise.race([loaded, late])) === "late") return [path + ": it is not loaded"];
  // What a page does, it does when it is loaded, or when what it loads has failed.
  for (let n = 0; n < 2; n++) {
    await new Promise((then) => setTimeout(then));
    await fetch("/turn").catch(() => 0);
  }
  const problems = found(frame, path).map((one) => path + ": " + one);
  frame.remove();
  return problems;
}
(async () => {
  const problems = [];
  let next = 0;
  const some = async () => { while (next < n_pages) problems.push(...(await look(next++))); };
  await Promise.all([some(), some(), some(), some()]);
  await fetch("/verdict", { method: "POST", body: problems.length ? problems.join("\n") : n_pages + " pages" });
})();
"#;
