//! What a sync costs: a thousand and ten thousand new articles of 4 KB up, down to a second device, and with nothing
//! to do, each against PouchDB 9 with pouchdb-server 4.2 in the same run; ten of ten thousand changed; another's key
//! seen; thirty days off line. The real core of a device against the real server in a process of its own, over
//! loopback HTTP, both durable.
//!
//! `cargo xtask bench sync_figures`, or `sync_figures [folder]`.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a measurement fails by panicking, and the figures are what is printed"
)]

mod rig;

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use galley_client::Event;
use galley_model::ArticleId;
use galley_testkit::random::Random;
use rig::{Device, Pouch, Server, Writer, figure, library_of, memory_mb, ms, quantile};

const WRITER: &str = "林一舟";
/// Keys of one person that another watches, and how far apart they are.
const KEYS: usize = 150;
const BETWEEN_KEYS: Duration = Duration::from_millis(120);
/// What a person may wait for the other's key, and for ten changed articles.
const KEY_LIMIT_MS: f64 = 300.0;
const TEN_LIMIT_MS: f64 = 100.0;
/// Updates of thirty days, and what taking them in may cost.
const AWAY: usize = 10_000;
/// Of one request.
const AT_ONCE: usize = 100;
const AWAY_LIMIT_MS: f64 = 1_000.0;
const AWAY_LIMIT_MB: f64 = 50.0;

fn main() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = std::env::args().nth(1).map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    println!("{}\n{}", Device::SETTINGS, Pouch::SETTINGS);
    runtime.block_on(async {
        for n_articles in [1_000, 10_000] {
            against_the_peer(&folder.join(n_articles.to_string()), n_articles).await;
        }
        keys_of_another(&folder.join("keys")).await;
        thirty_days(&folder.join("away")).await;
    });
}

async fn against_the_peer(folder: &Path, n_articles: u64) {
    std::fs::create_dir_all(folder).unwrap();
    let server = Server::start(&folder.join("server"));
    let code = server.add(WRITER, "reporter");
    let articles = library_of(&folder.join("one"), n_articles, 1);
    let mut one = Device::open(&folder.join("one"), false, |_| {}).await;
    one.sign_in(&server, WRITER, &code).await;
    one.begin().await;
    one.galley.let_drafts_up(articles.clone()).await.unwrap();
    let begun = Instant::now();
    one.sync().await;
    let up = ms(begun.elapsed());
    let mut two = Device::open(&folder.join("two"), false, |_| {}).await;
    two.sign_in(&server, WRITER, "").await;
    let begun = Instant::now();
    two.begin().await;
    let down = ms(begun.elapsed());
    let last = two.galley.open_article(articles[articles.len() - 1]).await.unwrap();
    assert!(last.body.len() > 4_000, "it arrived");
    let mut nothing = Vec::new();
    for _ in 0..9 {
        let begun = Instant::now();
        two.sync().await;
        nothing.push(ms(begun.elapsed()));
    }
    let nothing = quantile(&mut nothing, 50);
    let peer = Pouch::start(&folder.join("peer")).times(n_articles);
    for (what, ours, peer) in
        [("up", up, peer[0]), ("down", down, peer[1]), ("nothing to do", nothing, peer[2])]
    {
        let name = format!("{n_articles} articles of 4 KB, {what}, over PouchDB");
        figure(&name, ours, peer, 1.0, &format!("{ours:.0} ms / {peer:.0} ms"));
    }
    if n_articles >= 10_000 {
        ten_changed(&mut one, &mut two, &articles).await;
    }
}

async fn ten_changed(one: &mut Device, two: &mut Device, articles: &[ArticleId]) {
    let typed = "汛情通报，";
    let (mut up, mut down, mut bytes) = (Vec::new(), Vec::new(), 0);
    for round in 0..5 {
        for article in articles.iter().step_by(articles.len() / 10).take(10) {
            one.type_into(*article, &format!("view-{round}"), typed).await;
        }
        let begun = Instant::now();
        bytes = one.sync().await;
        up.push(ms(begun.elapsed()));
        let begun = Instant::now();
        two.sync().await;
        down.push(ms(begun.elapsed()));
    }
    for (what, mut times) in [("up", up), ("down", down)] {
        let time = quantile(&mut times, 50);
        let name = format!("10 of {} articles changed, {what}", articles.len());
        let told = format!("{time:.0} ms / limit {TEN_LIMIT_MS:.0} ms");
        figure(&name, time, TEN_LIMIT_MS, 1.0, &told);
    }
    // Per changed article: a push with its names, its standing, and the update that comes back to nobody.
    let limit = 10.0 * 4_096.0;
    let told = format!("{bytes} bytes / limit {limit:.0} bytes for {} typed", 10 * typed.len());
    figure("10 articles changed, bytes of all bodies", bytes as f64, limit, 1.0, &told);
}

/// Two people have one article open, both on line; one types, the other's window is told.
async fn keys_of_another(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    let server = Server::start(&folder.join("server"));
    let code = server.add(WRITER, "reporter");
    let mut one = Device::open(&folder.join("one"), true, |_| {}).await;
    one.sign_in(&server, WRITER, &code).await;
    let article = one.galley.create_article().await.unwrap().id;
    one.galley.let_drafts_up(vec![article]).await.unwrap();
    let (seen, mut sees) = tokio::sync::mpsc::unbounded_channel();
    let tell = move |event: Event| {
        if matches!(event, Event::Updates { .. }) {
            let _ = seen.send(Instant::now());
        }
    };
    let mut two = Device::open(&folder.join("two"), true, tell).await;
    two.sign_in(&server, WRITER, "").await;
    // The first key arrives with the article itself.
    one.type_into(article, "first", "起").await;
    while !two.galley.open_article(article).await.is_ok_and(|open| open.body.contains('起')) {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut waits = Vec::new();
    for key in 0..KEYS {
        while sees.try_recv().is_ok() {}
        let begun = Instant::now();
        one.type_into(article, &format!("key-{key}"), "字").await;
        let at = tokio::time::timeout(Duration::from_secs(10), sees.recv()).await.unwrap().unwrap();
        waits.push(ms(at.duration_since(begun)));
        tokio::time::sleep(BETWEEN_KEYS).await;
    }
    let (p50, p95) = (quantile(&mut waits, 50), quantile(&mut waits, 95));
    let told = format!("{p95:.0} ms (p50 {p50:.0} ms) / limit {KEY_LIMIT_MS:.0} ms");
    figure("another's key seen, p95", p95, KEY_LIMIT_MS, 1.0, &told);
}

/// A device comes back after thirty days in which others wrote ten thousand updates.
async fn thirty_days(folder: &Path) {
    std::fs::create_dir_all(folder).unwrap();
    let server = Server::start(&folder.join("server"));
    let code = server.add(WRITER, "reporter");
    let mut writer = Writer::new(&server, WRITER, &code, 1).await;
    let first = writer.write(0, &"汛情通报，".repeat(1_600));
    writer.send(vec![first]).await;
    let mut two = Device::open(&folder.join("two"), false, |_| {}).await;
    two.sign_in(&server, WRITER, "").await;
    two.begin().await;
    let mut random = Random::new(1);
    for _ in 0..AWAY / AT_ONCE {
        let items = (0..AT_ONCE).map(|_| writer.write(random.below(8_000), "字")).collect();
        writer.send(items).await;
    }
    let this = std::process::id();
    let (before, begun) = (memory_mb(this), Instant::now());
    two.sync().await;
    let (time, memory) = (ms(begun.elapsed()), (memory_mb(this) - before).max(0.0));
    let told = format!("{time:.0} ms / limit {AWAY_LIMIT_MS:.0} ms");
    figure(&format!("{AWAY} updates of thirty days taken in"), time, AWAY_LIMIT_MS, 1.0, &told);
    let told = format!("{memory:.0} MB / limit {AWAY_LIMIT_MB:.0} MB");
    figure("the same, memory", memory, AWAY_LIMIT_MB, 1.0, &told);
}
