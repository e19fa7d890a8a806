//! Prints how fast the built-in server is beside nginx on the same files, and what packing costs and gains:
//! `cargo run --release -p galley-newsroom --example serve_figures`.
//!
//! One line per figure, tab-separated: name, ratio, aim, and both values. nginx (`GALLEY_NGINX`, or on the path) is
//! started by a configuration of its own, with one worker for each processor, on a free port; both servers answer
//! the same `wrk` in turns, so that a busy machine slows both. Without nginx or wrk only the packing is measured.

use std::error::Error;
use std::fmt::Write as _;
use std::hint::black_box;
use std::io::Write as _;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use galley_destinations::{Change, Encoding, NoPhotos, SiteFile, SiteFolder, SiteOutput as _, SitePath};
use galley_model::site::SiteSettings;
use galley_model::{ArticleId, Content};
use galley_newsroom::{SiteServer, serve_routes};
use galley_page::{Frame, PageFacts, Templates};

/// Characters of the measured article.
const CHARACTERS: usize = 3_000;
const PAGE: &str = "/articles/lake-path-opens.html";
/// How often both are measured in turns, and how long each time.
const ROUNDS: usize = 5;
const SECONDS: u32 = 2;
const CONNECTIONS: u32 = 32;

fn main() -> Result<(), Box<dyn Error>> {
    let place = tempfile::tempdir()?;
    let root = place.path().join("site");
    let change = site()?;
    let folder = SiteFolder::claim(&root, uuid::Uuid::from_u128(1))?;
    folder.apply(&change, &NoPhotos, &mut |_| Ok(()))?;
    packing(&change)?;
    match Nginx::start(&root, place.path()) {
        Ok(nginx) => serving(&root, &nginx)?,
        Err(why) => say(&format!("The server was not measured: {why}"))?,
    }
    Ok(())
}

/// An article's page with its style sheet, as they are published.
fn site() -> Result<Change, Box<dyn Error>> {
    let settings = SiteSettings { base_url: "https://news.example".to_owned(), ..SiteSettings::chinese() };
    let mut body = String::new();
    for n in 0.. {
        if body.chars().count() > CHARACTERS {
            break;
        }
        writeln!(
            body,
            "湖心岛步道今日开放，全长{n}公里。记者从县住建局获悉，工程于{}年动工，沿线设有{}处观景台、{}个休息站，\
             并按照“先绿化、后通行”的要求补种了水杉。市民张{n}说：“以前要绕半个湖，现在走{}分钟就到了。”\n",
            2019 + n % 7,
            3 + n,
            n * 2,
            15 + n,
        )?;
    }
    let content = Content { headline: "湖心岛步道今日开放".to_owned(), body, ..Content::default() };
    let facts = PageFacts {
        id: ArticleId("0190a2b4-5c6d-7e8f-9a0b-c1d2e3f4a5b6".parse()?),
        address: PAGE.to_owned(),
        responsible_editor: "周晓河".to_owned(),
        stage_signers: Default::default(),
        corrections: Vec::new(),
        published_at: Some(galley_model::Instant(1_795_413_905_000)),
        modified_at: None,
        settings_version: 1,
    };
    let templates = Templates::built_in()?;
    let block = templates.article(&content, &facts, &settings)?;
    let html = templates.page(&content, &facts, &settings, &Frame::default(), &block)?;
    let mut assets = Vec::new();
    for asset in templates.assets(&settings) {
        assets.push(SiteFile { path: asset.path.parse()?, bytes: asset.bytes });
    }
    let page = SiteFile { path: PAGE.parse()?, bytes: html.into_bytes() };
    Ok(Change { assets, pages: vec![page], ..Change::default() })
}

/// What readers and the newsroom's processor pay for packed files.
fn packing(change: &Change) -> Result<(), Box<dyn Error>> {
    let pack = |file: &SiteFile, encoding: Encoding| {
        encoding.pack(&file.path, &file.bytes).map_or(file.bytes.len(), |packed| packed.len())
    };
    let smallest = |file: &SiteFile| pack(file, Encoding::Brotli);
    let weight: usize = change.assets.iter().chain(&change.pages).map(smallest).sum();
    let limit = 20 * 1024;
    let ratio = weight as f64 / f64::from(limit);
    say(&format!(
        "article page with its style sheet, packed\t{ratio:.2}\taim 1.0\t{weight} bytes / {limit} bytes"
    ))?;
    let page = change.pages.first().ok_or("there is no page")?;
    // The same bytes under a name of which they are the content are packed as tightly as can be.
    let kept: SitePath = "/assets/page.html".parse()?;
    for encoding in Encoding::ALL {
        let ours = pack(page, encoding);
        let best = encoding.pack(&kept, &page.bytes).map_or(0, |packed| packed.len());
        let ratio = ours as f64 / best as f64;
        let name = encoding.name();
        say(&format!(
            "page packed with {name} / as tightly as can be\t{ratio:.2}\taim 1.15\t{ours} bytes / {best} bytes"
        ))?;
    }
    let both = || Encoding::ALL.map(|encoding| black_box(pack(black_box(page), encoding)));
    let alone = || black_box(pack(black_box(page), Encoding::Gzip));
    let (mut ours, mut peer) = (Vec::new(), Vec::new());
    for _ in 0..200 {
        ours.push(time(|| {
            black_box(both());
        }));
        peer.push(time(|| {
            black_box(alone());
        }));
    }
    let (ours, peer) = (median(ours), median(peer));
    let ratio = ours.as_secs_f64() / peer.as_secs_f64();
    let (ours, peer) = (micros(ours), micros(peer));
    say(&format!(
        "packing a page with both / with gzip alone\t{ratio:.2}\taim 3.0\t{ours:.0} µs / {peer:.0} µs"
    ))
}

/// Requests a second of nginx and of the built-in server.
fn serving(root: &Path, nginx: &Nginx) -> Result<(), Box<dyn Error>> {
    let runtime = tokio::runtime::Runtime::new()?;
    let served = runtime.block_on(serve_routes(SiteServer::of(root).public_router(), 0))?;
    for (name, accepted) in
        [("plain", "identity"), ("gzip", "gzip"), ("brotli or gzip", "gzip, deflate, br, zstd")]
    {
        let (mut ours, mut theirs) = (Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            ours.push(wrk(served.addr, accepted)?);
            theirs.push(wrk(nginx.addr, accepted)?);
        }
        ours.sort_by(f64::total_cmp);
        theirs.sort_by(f64::total_cmp);
        let middle = |rates: &[f64]| rates.get(ROUNDS / 2).copied().unwrap_or_default();
        let (ours, theirs) = (middle(&ours), middle(&theirs));
        let ratio = theirs / ours;
        say(&format!(
            "article page, {name}: nginx / built-in server\t{ratio:.2}\taim 1.3\t{ours:.0} requests/s / {theirs:.0} requests/s"
        ))?;
    }
    runtime.block_on(served.stop());
    Ok(())
}

/// Requests a second that a server answers.
fn wrk(addr: SocketAddr, accepted: &str) -> Result<f64, Box<dyn Error>> {
    let output = Command::new("wrk")
        .args(["-t1", &format!("-c{CONNECTIONS}"), &format!("-d{SECONDS}s")])
        .args(["-H", &format!("Accept-Encoding: {accepted}"), &format!("http://{addr}{PAGE}")])
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("wrk: {error}"))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let rate = said.lines().find_map(|line| line.trim().strip_prefix("Requests/sec:"));
    let is_clean = !said.contains("Non-2xx") && !said.contains("Socket errors");
    match rate.and_then(|rate| rate.trim().parse().ok()) {
        Some(rate) if is_clean => Ok(rate),
        _ => Err(format!("wrk said: {said}").into()),
    }
}

/// An nginx of its own, ended with this.
struct Nginx {
    child: Child,
    addr: SocketAddr,
}

impl Nginx {
    fn start(root: &Path, place: &Path) -> Result<Self, Box<dyn Error>> {
        let addr = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let workers = std::thread::available_parallelism()?;
        let (place, root) = (place.display(), root.display());
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .map(|name| format!("{name}_temp_path {place}/{name};\n"))
            .concat();
        let configuration = format!(
            "user root;\nworker_processes {workers};\ndaemon off;\npid {place}/nginx.pid;\nerror_log {place}/nginx.log;\n\
             events {{ worker_connections 1024; }}\n\
             http {{\n{temporary}access_log off;\nsendfile on;\ntcp_nopush on;\nkeepalive_requests 100000000;\n\
             gzip_static on;\ngzip_vary on;\netag on;\n\
             types {{ text/html html; text/css css; }}\n\
             server {{ listen {addr} reuseport; root {root}; }}\n}}\n"
        );
        let file = std::path::PathBuf::from(place.to_string()).join("nginx.conf");
        std::fs::write(&file, configuration)?;
        let program = std::env::var("GALLEY_NGINX").unwrap_or_else(|_| "nginx".to_owned());
        let child = Command::new(&program)
            .arg("-c")
            .arg(&file)
            .args(["-e", "stderr"])
            .stdin(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| format!("{program}: {error}"))?;
        let mut nginx = Self { child, addr };
        let begun = Instant::now();
        while TcpStream::connect(addr).is_err() {
            if let Some(status) = nginx.child.try_wait()? {
                return Err(format!("{program} ended ({status})").into());
            }
            if begun.elapsed() > Duration::from_secs(10) {
                return Err(format!("{program} does not answer").into());
            }
            std::thread::yield_now();
        }
        Ok(nginx)
    }
}

impl Drop for Nginx {
    fn drop(&mut self) {
        // The master ends its workers when it is asked to.
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        if !asked.is_ok_and(|status| status.success()) {
            drop(self.child.kill());
        }
        drop(self.child.wait());
    }
}

fn time(work: impl FnOnce()) -> Duration {
    let begun = Instant::now();
    work();
    begun.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn say(line: &str) -> Result<(), Box<dyn Error>> {
    writeln!(std::io::stdout().lock(), "{line}").map_err(Into::into)
}
