//! Preview is the page, proven in real engines: the page and the resources that the core gives the preview, and those
//! that readers get over HTTP, drawn by the same engine at the same width, have the same pixels.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use galley_client::api::{
    FieldsRequest, PreviewRequest, PublishRequest, PushRequest, SiteSettingsVersion, Splice, ViewUpdate,
};
use galley_client::{Galley, OpenOptions};
use galley_model::site::SiteSettings;
use serde_json::json;

use super::Bench;
use super::rig::process::Process;
use super::rig::webdriver::Session;
use super::rig::{free_port, output_folder, wait_until};

const CHINESE: &str = "三公里的步道今天开放，**“全程无障碍”**是第一条要求。\n\n> 走得顺，才算修好了路。\n\n\
    | 路段 | 长度 |\n|---|---:|\n| 东 | 1.2 |\n| 西 | 1.8 |\n\n## 从一条要求开始\n\n团队请来八位轮椅使用者[^1]。\n\n[^1]: 其中两位是孩子。\n";
const ENGLISH: &str = "The path around the island **opened at nine** this morning.\n\n> A path is done when it is easy.\n\n\
    - lamps\n- benches\n\n## One line of a brief\n\nEight people walked it[^1].\n\n[^1]: Two of them children.\n";

/// One article in one theme.
struct Sample {
    address: String,
    page: String,
    galley: Arc<Galley>,
}

/// Writes and publishes an article in a library of its own; the preview is taken before and after.
async fn sample(folder: &Path, theme: &str, language: &str, body: &str) -> Sample {
    let options = OpenOptions {
        data_dir: folder.to_owned(),
        language: Some(language.to_owned()),
        system_language: "C".to_owned(),
    };
    let galley = Galley::open(options, |_| {}).await.unwrap();
    let site = galley.site_settings().await.unwrap();
    let settings = SiteSettings { theme: theme.to_owned(), ..site.settings };
    galley.save_site_settings(SiteSettingsVersion { settings, ..site }).await.unwrap();
    let opened = galley.create_article().await.unwrap();
    let article = opened.id;
    let splices = vec![Splice { from: 0, to: 0, insert: body.to_owned() }];
    let updates = vec![ViewUpdate { view_seq: 1, splices }];
    let view = "one".to_owned();
    galley.push_edits(PushRequest { article, view, base_rev: opened.rev, updates, caret: 0 }).await.unwrap();
    let photo = galley_testkit::photos::jpeg(7);
    let added = galley.add_photo(article, "湖心岛.jpg".to_owned(), photo).await.unwrap();
    let mut fields: std::collections::BTreeMap<String, String> =
        [("headline", "湖心岛步道今日开放 Lake path opens"), ("section", "news"), ("source", "本地晚报")]
            .into_iter()
            .map(|(key, text)| (key.to_owned(), text.to_owned()))
            .collect();
    fields.insert("lead_photo".to_owned(), added.id.to_string());
    galley.set_fields(FieldsRequest { article, fields }).await.unwrap();
    galley.assign_responsible_editor(article, "周晓河".to_owned()).await.unwrap();
    let ask = || PreviewRequest { article, view: String::new(), view_seq: 0, have: 0, correction: None };
    let page_hash = galley.preview(ask()).await.unwrap().page_hash;
    let intent = uuid::Uuid::now_v7().to_string();
    let request = PublishRequest { article, page_hash, intent, correction: None };
    let address = galley.publish(request).await.unwrap().address.unwrap();
    let page = galley.preview(ask()).await.unwrap().page.unwrap();
    Sample { address, page, galley: Arc::new(galley) }
}

/// Serves the previewed page under the path of the published one, and every resource as the window loads it.
fn preview_server(sample: &Sample) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let at = listener.local_addr().unwrap();
    let path = format!("/{}", sample.address.split('/').skip(3).collect::<Vec<_>>().join("/"));
    let (page, galley, own) = (sample.page.clone(), Arc::clone(&sample.galley), path.clone());
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (page, galley, own) = (page.clone(), Arc::clone(&galley), own.clone());
            std::thread::spawn(move || {
                let mut lines = BufReader::new(&stream).lines().map_while(Result::ok);
                let asked = lines.next().unwrap_or_default();
                let asked = asked.split(' ').nth(1).unwrap_or_default().to_owned();
                for line in lines {
                    if line.is_empty() {
                        break;
                    }
                }
                let found = if asked == own {
                    Some(("text/html; charset=utf-8".to_owned(), page.into_bytes()))
                } else {
                    galley.resource(&asked).map(|resource| (resource.mime, resource.bytes))
                };
                let (status, (mime, bytes)) = found
                    .map_or(("404 Not Found", ("text/plain".to_owned(), Vec::new())), |found| {
                        ("200 OK", found)
                    });
                let length = bytes.len();
                let head = format!(
                    "HTTP/1.1 {status}\r\ncontent-type: {mime}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
                );
                (&stream).write_all(head.as_bytes()).ok();
                (&stream).write_all(&bytes).ok();
            });
        }
    });
    format!("http://{at}{path}")
}

fn chromium(bench: &Bench, address: &str, width: u32, name: &str) -> Vec<u8> {
    let picture = output_folder("screenshots").join(format!("{name}.png"));
    fs_remove(&picture);
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let there =
        |name: &&str| Command::new(name).arg("--version").output().is_ok_and(|said| said.status.success());
    let browser = names.into_iter().find(there).expect("a Chromium is installed");
    let mut command = bench.desktop.command(browser);
    command.args(["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars"]);
    command.args(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
    command.arg(format!("--window-size={width},2600")).arg("--virtual-time-budget=5000");
    command.arg(format!("--user-data-dir={}", bench.desktop.home().join("proof").display()));
    command.arg(format!("--screenshot={}", picture.display())).arg(address);
    let said = command.output().expect("the browser starts");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    std::fs::read(&picture).expect("a picture was taken")
}

fn fs_remove(path: &Path) {
    std::fs::remove_file(path).ok();
}

/// WebKit's own small browser, driven; none where a system does not bring it.
struct WebKit {
    session: Session,
    _driver: Process,
}

impl WebKit {
    fn start(bench: &Bench) -> Self {
        let browser = mini_browser().expect("WebKitGTK brings its MiniBrowser");
        let port = free_port();
        let mut driver = bench.desktop.command("WebKitWebDriver");
        driver.arg(format!("--port={port}"));
        let driver = Process::start(driver, &bench.log);
        wait_until("WebKitWebDriver listens", || std::net::TcpStream::connect(("127.0.0.1", port)).is_ok());
        let options = json!({ "binary": browser, "args": ["--automation"] });
        let capabilities =
            json!({ "capabilities": { "alwaysMatch": { "webkitgtk:browserOptions": options } } });
        let session =
            Session::start(&format!("http://127.0.0.1:{port}"), &capabilities).unwrap_or_else(|error| {
                panic!("MiniBrowser was not started: {error}; see {}", bench.log.display())
            });
        Self { session, _driver: driver }
    }

    /// The page at its beginning and further down.
    fn pictures(&self, address: &str, width: u32) -> Vec<Vec<u8>> {
        self.session.resize(width, 860).unwrap();
        self.session.go(address).unwrap();
        wait_until("the page and its photos are there", || {
            let done = "return document.readyState === 'complete' && [...document.images].every((it) => it.complete)";
            self.session.script(done, &[]).is_ok_and(|it| it == true)
        });
        [0, 700]
            .iter()
            .map(|top| {
                // The bars fade by the clock and are no part of the page.
                let scroll = "const [top, done] = arguments; scrollTo(0, top);
                    document.documentElement.style.scrollbarWidth = 'none';
                    for (const one of document.images) one.loading = 'eager';
                    requestAnimationFrame(() => requestAnimationFrame(() => done(true)))";
                self.session.script_async(scroll, &[json!(top)]).unwrap();
                wait_until("every photo is drawn", || {
                    let done =
                        "return [...document.images].every((it) => it.complete && it.naturalWidth > 0)";
                    self.session.script(done, &[]).is_ok_and(|it| it == true)
                });
                self.at_rest()
            })
            .collect()
    }

    /// The picture that is the same three times running: nothing is being drawn any more.
    fn at_rest(&self) -> Vec<u8> {
        let mut last = (self.session.screenshot().unwrap(), 1);
        wait_until("the page is at rest", || {
            let now = self.session.screenshot().unwrap();
            last = if now == last.0 { (now, last.1 + 1) } else { (now, 1) };
            last.1 == 3
        });
        last.0
    }
}

/// So far apart, of 255, may one channel of a pixel be in two pictures of one page: WebKit's painting threads round
/// the edges of letters differently from load to load.
const GRAIN: u8 = 4;

/// How far two pictures are apart where they are farthest; as far as can be when they differ in size.
fn farthest(one: &[u8], other: &[u8]) -> u8 {
    let [one, other] = [one, other].map(|picture| image::load_from_memory(picture).unwrap().into_rgba8());
    if one.dimensions() != other.dimensions() {
        return u8::MAX;
    }
    let apart = one.as_raw().iter().zip(other.as_raw()).map(|(one, other)| one.abs_diff(*other));
    apart.max().unwrap_or(u8::MAX)
}

fn mini_browser() -> Option<PathBuf> {
    let roots =
        ["/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu", "/usr/lib64", "/usr/libexec", "/usr/lib"];
    let paths = roots.iter().map(|root| Path::new(root).join("webkit2gtk-4.1/MiniBrowser"));
    paths.into_iter().find(|path| path.exists())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_previewed_and_the_published_page_have_the_same_pixels_in_chromium_and_in_webkit() {
    let bench = Bench::new("page_proof");
    let webkit = WebKit::start(&bench);
    for (theme, language, body) in [("county", "zh-Hans", CHINESE), ("daily", "en", ENGLISH)] {
        let library = tempfile::tempdir().unwrap();
        let sample = sample(library.path(), theme, language, body).await;
        let (previewed, published) = (preview_server(&sample), sample.address.clone());
        tokio::task::block_in_place(|| {
            let served =
                super::rig::agent().get(&published).call().unwrap().body_mut().read_to_string().unwrap();
            assert_eq!(sample.page, served, "{theme}: the whole page, byte for byte");
            for width in [400, 1100] {
                let name = format!("proof_{theme}_{width}");
                let seen = chromium(&bench, &previewed, width, &name);
                let read = chromium(&bench, &published, width, &format!("{name}_published"));
                assert!(seen.len() > 20_000, "{name}: the page is drawn");
                assert!(seen == read, "{name}: Chromium draws other pixels");
            }
            for width in [420, 1100] {
                let (seen, read) = (webkit.pictures(&previewed, width), webkit.pictures(&published, width));
                assert!(
                    seen.iter().all(|picture| picture.len() > 5_000),
                    "{theme} {width}: the page is drawn"
                );
                for (n, (seen, read)) in seen.iter().zip(&read).enumerate() {
                    let keep = |what: &str, picture: &[u8]| {
                        let file = format!("proof_{theme}_{width}_webkit_{n}_{what}.png");
                        std::fs::write(output_folder("screenshots").join(file), picture).unwrap();
                    };
                    keep("previewed", seen);
                    keep("published", read);
                    let far = farthest(seen, read);
                    assert!(far <= GRAIN, "{theme} {width}: WebKit draws other pixels, {far} of 255 apart");
                }
            }
        });
        sample.galley.close().await.unwrap();
    }
}
