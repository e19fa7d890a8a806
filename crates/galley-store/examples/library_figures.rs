//! Lists and search in a library of 1,000 articles and one of 100,000: how long they take to make, and what a
//! list, an article and a search cost in each.
//!
//! `cargo run --release -p galley-store --example library_figures -- [articles] [folder]`

use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::time::{Duration, Instant as Clock};

use galley_model::{ArticleId, Instant};
use galley_store::{Folded, Library, List, PreparedArticle, Publication};
use uuid::Uuid;

/// Characters of an article.
const LENGTH: usize = 800;
/// Articles that hold the planted word.
const PLANTED: usize = 20;
const COMMON: &str = "的一是在不了有和人这中大为上个国我以要他时来用们生到作地于出就分对成会可主发年动同工也能下过子说产种面而方后多定行学法所民得经十三之进着等部度家电力里如水化高自二理起小物现实加量都两体制机当使点从业本去把性好应开它合还因由其些然前外天政四日那社义事平形相全表间样与关各重新线内数正心反你明看原又么利比或但质气第向道命此变条只没结解问意建月公无系军很情者最立代想已通并提直题党程展五果料象员革位入常文总次品式活设及管特件长求老头基资边流路级少图山统接知较将组见计别她手角期根论运农指几九区强放决西被干做必战先回则任取据处队南给色光门即保治北造百规热领七海口东导器压志世金增争济阶油思术极交受联什认六共权收证改清己美再采转更单风切打白教速花带安场身车例真务具万每目至达走积示议声报斗完类八离华名确才科张信马节话米整空元况今集温传土许步群广石记需段研界拉林律叫且究观越织装影算低持音众书布复容儿须际商非验连断深难近矿千周委素技备半办青省列习响约支般史感劳便团往酸历市克何除消构府称太准精值号率族维划选标写存候毛亲快效斯院查江型眼王按格养易置派层片始却专状育厂京识适属圆包火住调满县局照参红细引听该铁价严";

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let articles: usize = arguments.next().map_or(Ok(100_000), |articles| articles.parse())?;
    let temporary = tempfile::tempdir()?;
    let folder = arguments.next().map_or_else(|| temporary.path().to_owned(), std::path::PathBuf::from);
    let small = measure(&folder.join("small"), 1_000)?;
    let large = measure(&folder.join("large"), articles)?;
    let mut out = std::io::stdout().lock();
    for ((name, small), (_, large)) in small.into_iter().zip(large) {
        let ratio = large.as_secs_f64() / small.as_secs_f64();
        writeln!(out, "{name:<24} {small:>10.1?} {large:>10.1?}  {ratio:.2}x")?;
    }
    Ok(())
}

fn measure(folder: &Path, articles: usize) -> Result<Vec<(&'static str, Duration)>, Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    let made = folder.join("library.sqlite").exists();
    let (library, _) = Library::open(folder, Instant(0))?;
    if !made {
        let start = Clock::now();
        library.import_bulk((0..articles).map(|n| article(n, articles)))?;
        let imported = start.elapsed();
        library.finish_index()?;
        let indexed = start.elapsed() - imported;
        let size = |name: &str| folder.join(name).metadata().map_or(0, |file| file.len() >> 20);
        writeln!(
            out,
            "{articles} articles: imported in {imported:.1?}, indexed in {indexed:.1?}, {} MB and {} MB",
            size("library.sqlite"),
            size("search.sqlite")
        )?;
    }
    library.close()?;
    let (library, _) = Library::open(folder, Instant(0))?;
    let mut figures = Vec::new();
    let any = ArticleId(Uuid::from_u128(articles as u128 / 2));
    figures.push(("open list", median(|| library.list(List::Drafts, 0, 100).map(drop))?));
    figures.push(("scroll to the middle", {
        let half = articles as u32 / 2;
        median(|| library.list(List::Drafts, half, 100).map(drop))?
    }));
    figures.push(("counts", median(|| library.counts().map(drop))?));
    figures.push(("open article", median(|| library.load(any).map(drop))?));
    for (name, query, total) in [
        ("search planted word", "鹦鹉螺", PLANTED as u32),
        ("search planted pair", "鹦鹉", PLANTED as u32),
        ("search planted character", "螺", PLANTED as u32),
        ("search planted Latin", "nautil", PLANTED as u32),
        ("search absent word", "鼹鼠", 0),
        ("search common character", "水", 200),
        ("search common pair", "水利", 0),
    ] {
        let results = library.search(query, 0, 50)?;
        writeln!(
            out,
            "  {query}: {} of {}{}",
            results.rows.len(),
            results.total,
            if results.more { "+" } else { "" }
        )?;
        if results.total < total {
            return Err(format!("{query}: {} hits", results.total).into());
        }
        figures.push((name, median(|| library.search(query, 0, 50).map(drop))?));
    }
    library.close()?;
    Ok(figures)
}

fn article(n: usize, of: usize) -> PreparedArticle {
    let mut state = (n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    let mut random = move || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    let common: Vec<char> = COMMON.chars().collect();
    let mut character = || {
        // Zipf-like: the square of a uniform number.
        let uniform = (random() >> 11) as f64 / (1u64 << 53) as f64;
        common.get((uniform * uniform * common.len() as f64) as usize).copied().unwrap_or('的')
    };
    let mut body: String = (0..LENGTH).map(|i| if i % 17 == 16 { '，' } else { character() }).collect();
    if n.is_multiple_of((of / PLANTED).max(1)) {
        body.push_str("，鹦鹉螺 Nautilus。");
    }
    let headline: String = body.chars().take(16).collect();
    let excerpt: String = body.chars().take(60).collect();
    PreparedArticle {
        id: ArticleId(Uuid::from_u128(n as u128)),
        list: List::Drafts,
        publication: Publication::None,
        created_at: Instant(n as i64),
        updated_at: Instant(n as i64),
        search_text: format!("{headline}\n{body}"),
        folded: Folded {
            snapshot: body.bytes().rev().collect(),
            body,
            meta_json: "{}".to_owned(),
            version: vec![0; 12],
            engine: "figures".to_owned(),
        },
        headline,
        excerpt,
        words: LENGTH as u32,
    }
}

fn median<E>(run: impl Fn() -> Result<(), E>) -> Result<Duration, E> {
    let mut times = Vec::new();
    for _ in 0..31 {
        let start = Clock::now();
        run()?;
        times.push(start.elapsed());
    }
    times.sort();
    Ok(times.get(15).copied().unwrap_or_default())
}
