//! Prints how fast readers find something on a large site:
//! `cargo run --release -p galley-newsroom --example search_figures [-- ARTICLES]`.
//!
//! One line per kind of query, tab-separated: name, p95 as a part of the aim, `aim`, both times. The aim is what nobody
//! notices; there is no peer, since what others offer beside a site of files is a script or a service.

use std::error::Error;
use std::io::Write as _;
use std::time::{Duration, Instant};

use galley_model::Content;
use galley_model::site::SiteSettings;
use galley_newsroom::{Newsroom, Published};
use galley_testkit::articles::{Planted, article};

const SEED: u64 = 4;
/// Articles of one transaction.
const BATCH: u64 = 1_000;
/// A word that stands in ten articles of the site, and one that stands in none.
const RARE: &str = "琉璃井";
const ABSENT: &str = "琉璃瓦当";
/// What nobody notices.
const AIM: Duration = Duration::from_millis(50);
const ROUNDS: usize = 200;

fn main() -> Result<(), Box<dyn Error>> {
    let n: u64 = std::env::args().nth(1).map(|n| n.parse()).transpose()?.unwrap_or(100_000);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(measure(n))
}

async fn measure(n: u64) -> Result<(), Box<dyn Error>> {
    let place = tempfile::tempdir()?;
    let now = galley_model::Instant(1_795_500_000_000);
    let newsroom = Newsroom::open(place.path(), now).await?;
    let (version, _) = newsroom.settings().await?;
    let settings = SiteSettings { base_url: "https://news.example".to_owned(), ..SiteSettings::chinese() };
    newsroom.save_settings(version, settings, now).await?;
    let planted = Planted { word: RARE.to_owned(), in_articles: 10, of: n };
    let began = Instant::now();
    for first in (0..n).step_by(BATCH as usize) {
        let batch = (first..n.min(first + BATCH)).map(|number| {
            let made = article(SEED, number, now, &planted);
            Published {
                article: made.id,
                content: Content { slug: format!("a{number}"), section: String::new(), ..made.content() },
                responsible_editor: "周晓河".to_owned(),
                at: made.created_at,
            }
        });
        if !newsroom.take_in(batch.collect(), now).await? {
            return Err("a batch was refused".into());
        }
    }
    let size = std::fs::metadata(place.path().join("newsroom.sqlite"))?.len() >> 20;
    say(&format!("{n} articles taken in and indexed in {:.0?}; the records are {size} MB", began.elapsed()))?;
    for (name, query) in [
        ("one character in most articles", "的"),
        ("one character", "湖"),
        ("a word of two characters", "开放"),
        ("two words", "记者 开放"),
        ("the beginning of a Latin word", "com"),
        ("one Latin letter", "s"),
        ("a word in ten articles", RARE),
        ("a word in none", ABSENT),
        ("a symbol", "，"),
        ("a hundred characters", &"的湖开放记者com ".repeat(10)),
    ] {
        let mut times = Vec::with_capacity(ROUNDS);
        let mut found = None;
        for _ in 0..ROUNDS {
            let began = Instant::now();
            found = Some(newsroom.search_site(query, 1).await?);
            times.push(began.elapsed());
        }
        times.sort();
        let at = |percent: usize| times.get(ROUNDS * percent / 100).copied().unwrap_or_default();
        let (median, p95) = (at(50), at(95));
        let found = found.ok_or("nothing was asked")?;
        let more = if found.is_more { "+" } else { "" };
        let ratio = p95.as_secs_f64() / AIM.as_secs_f64();
        say(&format!(
            "search, {name} ({}{more} found), p95\t{ratio:.2}\taim 1\t{p95:.1?} (median {median:.1?}) / {AIM:.0?}",
            found.n_found
        ))?;
    }
    newsroom.close().await;
    Ok(())
}

fn say(line: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout(), "{line}")
}
