//! What the site costs: a full build of 1,000, 10,000 and 100,000 articles, and writing again what one article
//! touches. Times and bytes are printed, a line that `cargo xtask bench` reads for each aim.
//!
//! Each size is measured in a process of its own, so that memory is that size's alone: `site_figures SIZE` measures
//! one, and `site_figures SIZE FOLDER` keeps the articles in a folder and takes none in when they are there. HTML is
//! rendered into memory and counted; a folder on the disk is measured apart.

#![expect(clippy::print_stdout, reason = "the figures are what it is for")]

use std::fs;
use std::io::{self, BufRead as _, Write as _};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant as Clock};

use galley_destinations::NoPhotos;
use galley_model::workflow::IntentId;
use galley_model::{ArticleId, Content, Contributor, Instant, Sha256};
use galley_newsroom::{Ask, Newsroom, Published};
use galley_testkit::articles;
use uuid::Uuid;

#[path = "../src/tests/memory.rs"]
#[expect(dead_code, reason = "it is shared with the tests, which read what is kept")]
mod memory;

use memory::{Memory, Written};

type Outcome<T = ()> = Result<T, Box<dyn std::error::Error>>;

/// 2026-11-23 in the afternoon.
const NOW: Instant = Instant(1_795_500_000_000);
const MINUTE: i64 = 60_000;
/// Characters of each article's text.
const CHARACTERS: usize = 1_500;
/// Articles taken in with one transaction.
const BATCH: u64 = 1_000;
/// Who writes them all: a large newsroom.
const STAFF: u64 = 120;
/// How often one article is changed.
const EDITS: u64 = 20;

fn main() -> Outcome {
    let size = std::env::args().nth(1).map(|size| size.parse()).transpose()?;
    let kept = std::env::args().nth(2).map(PathBuf::from);
    match size {
        Some(size) => tokio::runtime::Runtime::new()?.block_on(measure(size, kept)),
        None => measure_all(),
    }
}

/// Every size, and the line that needs two of them.
fn measure_all() -> Outcome {
    let mut memory = Vec::new();
    for size in ["1000", "10000", "100000"] {
        let mut child = Command::new(std::env::current_exe()?).arg(size).stdout(Stdio::piped()).spawn()?;
        let lines = io::BufReader::new(child.stdout.take().ok_or("no output")?).lines();
        for line in lines {
            let line = line?;
            println!("{line}");
            if let Some(bytes) = line.strip_prefix("peak of memory in bytes: ") {
                memory.push(bytes.parse::<f64>()?);
            }
        }
        if !child.wait()?.success() {
            return Err(format!("{size} articles could not be measured").into());
        }
    }
    if let [_, small, large] = memory.as_slice() {
        let [small, large] = [small / 1e6, large / 1e6];
        let ratio = large / small;
        println!(
            "full build: memory, 100,000 articles to 10,000\t{ratio:.2}\taim 1.5\t{large:.0} MB / {small:.0} MB"
        );
    }
    Ok(())
}

async fn measure(size: u64, kept: Option<PathBuf>) -> Outcome {
    let place = tempfile::tempdir()?;
    let records = kept.unwrap_or_else(|| place.path().join("records"));
    let is_there = records.exists();
    fs::create_dir_all(&records)?;
    let newsroom = Newsroom::open(&records, NOW).await?;
    if !is_there {
        let began = Clock::now();
        take_in(&newsroom, size).await?;
        println!("{size} articles taken in: {:.1} s", began.elapsed().as_secs_f64());
    }

    let counted = Arc::new(Memory::that_counts());
    newsroom.open_site_with(counted.clone(), Arc::new(NoPhotos), NOW).await?;
    counted.take_written();
    forget_peak();
    let (began, worked) = (Clock::now(), processor_time());
    newsroom.rebuild_site(NOW).await?;
    let (took, worked) = (began.elapsed(), processor_time() - worked);
    let Written { n_files, n_pages, n_bytes, .. } = counted.take_written();
    println!(
        "full build of {size} into memory: {:.2} s, {n_pages} pages of {n_files} files, {n_bytes} bytes",
        took.as_secs_f64()
    );
    let rate = per_second(n_pages, took);
    println!("processor time of a file: {:.0} µs", worked.as_secs_f64() * 1e6 / n_files as f64);
    println!("peak of memory in bytes: {}", peak());
    println!("with the articles for machines beside them: {rate:.0} pages/s");
    let machines = ninjs_alone(&newsroom, size).await?;
    println!("the articles for machines alone, on all cores: {:.2} s", machines.as_secs_f64());
    let rate = per_second(n_pages, took.saturating_sub(machines));
    let ratio = 5_000.0 / rate;
    println!(
        "full build of {size} articles, HTML alone\t{ratio:.2}\taim 1\t{rate:.0} pages/s / 5000 pages/s"
    );

    let (mut took, mut written) = (Vec::new(), Written::default());
    for n in 0..EDITS {
        // From the newest to the oldest.
        let number = size - 1 - n * (size / EDITS);
        took.push(edit(&newsroom, number, size).await?);
        written = counted.take_written();
    }
    took.sort();
    let middle = took.get(took.len() / 2).copied().unwrap_or_default().as_secs_f64() * 1e3;
    let worst = took.last().copied().unwrap_or_default().as_secs_f64() * 1e3;
    let Written { n_files, n_bytes, .. } = written;
    println!(
        "an edit on a site of {size}: {middle:.1} ms, at worst {worst:.1} ms; the last wrote {n_files} files, {n_bytes} bytes"
    );
    let ratio = middle / 50.0;
    println!("one article changes on a site of {size}\t{ratio:.2}\taim 1\t{middle:.1} ms / 50 ms");

    let folder = place.path().join("site");
    newsroom.open_site(&folder, Arc::new(NoPhotos), NOW).await?;
    let began = Clock::now();
    newsroom.work(NOW).await?;
    let took = began.elapsed();
    println!(
        "full build of {size} to a folder: {:.1} s, {:.0} pages/s",
        took.as_secs_f64(),
        per_second(n_pages, took)
    );
    newsroom.close().await;
    Ok(())
}

/// How long the articles for machines take of a build of so many: those of some articles are made on all cores.
async fn ninjs_alone(newsroom: &Newsroom, size: u64) -> Outcome<Duration> {
    let sample = size.min(2_000);
    let (_, settings) = newsroom.settings().await?;
    let templates = newsroom.templates();
    let mut pages = Vec::new();
    for number in 0..sample {
        let content = content(number, size);
        let facts = newsroom.facts(id(number), &content, &newsroom.authority(id(number)).await?);
        let block = templates.article(&content, &facts, &settings)?;
        pages.push((content, facts, block));
    }
    let n_threads = thread::available_parallelism().map_or(1, NonZero::get);
    let began = Clock::now();
    let n_bytes: usize = thread::scope(|scope| {
        let share = pages.chunks(pages.len().div_ceil(n_threads).max(1));
        let threads: Vec<_> = share
            .map(|share| {
                let settings = &settings;
                let ninjs = |(content, facts, block): &(Content, _, _)| {
                    galley_page::ninjs(content, facts, settings, block).len()
                };
                scope.spawn(move || share.iter().map(ninjs).sum::<usize>())
            })
            .collect();
        threads.into_iter().filter_map(|thread| thread.join().ok()).sum()
    });
    let took = began.elapsed();
    assert!(n_bytes > pages.len() * 1_000, "they were made");
    Ok(took.mul_f64(size as f64 / sample as f64))
}

fn per_second(n: u64, took: Duration) -> f64 {
    n as f64 / took.as_secs_f64()
}

fn id(number: u64) -> ArticleId {
    let at = u64::try_from(NOW.0).unwrap_or_default();
    let bytes: [u8; 10] = Sha256::of(&number.to_be_bytes()).0.first_chunk().copied().unwrap_or_default();
    ArticleId(uuid::Builder::from_unix_timestamp_millis(at - number, &bytes).into_uuid())
}

fn content(number: u64, size: u64) -> Content {
    let nothing = articles::Planted { word: String::new(), in_articles: 0, of: size };
    let sample = articles::article(7, number, NOW, &nothing);
    let of_staff = |writer: Contributor| Contributor {
        name: format!("记者{}", (number * 7 + writer.name.len() as u64) % STAFF),
        ..writer
    };
    let content = sample.content();
    Content {
        slug: format!("article-{number}"),
        section: match number % 4 {
            0 => "news",
            1 => "photos",
            2 => "life",
            _ => "topics",
        }
        .to_owned(),
        body: articles::long_chinese_text(number, CHARACTERS),
        embargo: None,
        photos: Vec::new(),
        lead_photo: None,
        contributors: content.contributors.into_iter().map(of_staff).collect(),
        ..content
    }
}

async fn take_in(newsroom: &Newsroom, size: u64) -> Outcome {
    let numbers: Vec<u64> = (0..size).collect();
    for batch in numbers.chunks(usize::try_from(BATCH)?) {
        let published = batch.iter().map(|number| Published {
            article: id(*number),
            content: content(*number, size),
            responsible_editor: if number.is_multiple_of(2) { "李编辑" } else { "周编辑" }.to_owned(),
            at: Instant(NOW.0 - i64::try_from(size - number).unwrap_or_default() * 10 * MINUTE),
        });
        if !newsroom.take_in(published.collect(), NOW).await? {
            return Err("an article was refused".into());
        }
    }
    Ok(())
}

/// Changes what lists show of an article, and answers how long it took until everything was written.
async fn edit(newsroom: &Newsroom, number: u64, size: u64) -> Outcome<Duration> {
    let article = id(number);
    let content = Content { headline: format!("改过的标题 {number}"), ..content(number, size) };
    let (_, settings) = newsroom.settings().await?;
    let authority = newsroom.authority(article).await?;
    let facts = newsroom.facts(article, &content, &authority);
    let seen = newsroom.templates().page_hash(&content, &facts, &settings)?;
    let intent = IntentId(Uuid::new_v4());
    let ask = Ask { intent, article, actor: newsroom.local_actor("王记者"), at: Instant(NOW.0 + MINUTE) };
    let began = Clock::now();
    let done = newsroom.publish(&ask, &content, seen).await?;
    let took = began.elapsed();
    match done.failure {
        Some(failure) => Err(failure.detail.into()),
        None => Ok(took),
    }
}

/// The most memory that the process held since [`forget_peak`], in bytes; 0 where the system does not tell.
fn peak() -> u64 {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<u64>().ok()).unwrap_or_default() * 1024
}

/// What the process has had of all processors together, where the system tells it.
fn processor_time() -> Duration {
    let stat = fs::read_to_string("/proc/self/stat").unwrap_or_default();
    // After the name, which may hold blanks: the 12th and 13th, in hundredths of a second.
    let fields = stat.rsplit_once(") ").map(|(_, fields)| fields).unwrap_or_default();
    let ticks: u64 = fields.split(' ').skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Duration::from_millis(ticks * 10)
}

fn forget_peak() {
    let file = Path::new("/proc/self/clear_refs");
    if let Ok(mut file) = fs::OpenOptions::new().write(true).open(file) {
        drop(file.write_all(b"5"));
    }
}
