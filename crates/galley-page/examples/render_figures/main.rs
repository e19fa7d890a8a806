//! Prints how fast pages are made, each figure as a ratio to a peer measured in the same run:
//! `cargo run --release -p galley-page --example render_figures [-- N]`.
//!
//! One line per figure, tab-separated: name, ratio, aim, and both times in microseconds: medians, and the best of five
//! for texts that cost some engine quadratic time (at 1 MB that would be a ratio of many thousands). Peers take turns
//! with what is measured, so that a busy machine slows both.

mod peers;

use std::error::Error;
use std::hint::black_box;
use std::io::Write as _;
use std::time::{Duration, Instant};

use galley_model::site::SiteSettings;
use galley_model::{ArticleId, Content};
use galley_page::{Frame, PageFacts, PageLanguage, Templates, plain_text, render_body};
use pulldown_cmark::{Options, Parser};

/// Characters of the measured article.
const CHARACTERS: usize = 10_000;
/// Pages of the site that is built.
const PAGES: usize = 300;

fn main() -> Result<(), Box<dyn Error>> {
    let n_rounds: usize = std::env::args().nth(1).map(|n| n.parse()).transpose()?.unwrap_or(300);
    let body = article(CHARACTERS);
    let content = Content { headline: "湖心岛步道今日开放".to_owned(), body, ..Content::default() };
    let site = SiteSettings { base_url: "https://news.example".to_owned(), ..SiteSettings::chinese() };
    let facts = PageFacts {
        id: ArticleId("0190a2b4-5c6d-7e8f-9a0b-c1d2e3f4a5b6".parse()?),
        address: "/articles/lake-path-opens.html".to_owned(),
        responsible_editor: "周晓河".to_owned(),
        stage_signers: Default::default(),
        corrections: Vec::new(),
        published_at: Some(galley_model::Instant(1_795_413_905_000)),
        modified_at: None,
        settings_version: 1,
    };
    let frame = Frame::default();
    let templates = Templates::built_in()?;
    let text = content.body.as_str();

    let pulldown = || html_of_pulldown(text);
    let comrak = || html_of_comrak(text);
    let body = || drop(black_box(render_body(black_box(text), &[], "", PageLanguage::Chinese, &site)));
    report("body / pulldown-cmark", 2.0, n_rounds, body, || drop(black_box(pulldown())))?;
    let page = || {
        let block = templates.article(&content, &facts, &site);
        let page = block.and_then(|block| templates.page(&content, &facts, &site, &frame, &block));
        drop(black_box(page));
    };
    let in_a_page = report("whole page / comrak", 2.0, n_rounds, page, || drop(black_box(comrak())))?;
    tell("whole page / a millisecond", 1.0, in_a_page, Duration::from_millis(1))?;
    let same = peers::Article { headline: &content.headline, body: text };
    match peers::markdown_it(&same, n_rounds)? {
        Some([plain, same]) => {
            tell("whole page / markdown-it, nunjucks", 0.1, in_a_page, plain)?;
            tell("whole page / the same with CJK emphasis and a cleaner", 0.1, in_a_page, same)?;
        }
        None => say("no figure against markdown-it: Node.js, npm or its registry are not there")?,
    }
    let site_of_pages = || -> Result<Duration, Box<dyn Error>> {
        let folder = peers::folder("galley")?;
        let start = Instant::now();
        for n in 0..PAGES {
            let content = Content { headline: format!("{} {n}", content.headline), ..content.clone() };
            let block = templates.article(&content, &facts, &site)?;
            let page = templates.page(&content, &facts, &site, &frame, &block)?;
            std::fs::write(folder.join(format!("{n}.html")), page)?;
        }
        Ok(start.elapsed() / PAGES as u32)
    };
    match peers::hugo(&same, PAGES)? {
        Some(peer) => tell("a page of a site, on one core / Hugo", 1.0, site_of_pages()?, peer)?,
        None => say("no figure against Hugo: Debian's package hugo is not installed")?,
    }
    say("no figure against Zola: it is in neither Debian nor the registry of crates")?;
    let preview = || {
        let block = templates.article(&content, &facts, &site);
        drop(black_box(block.and_then(|block| templates.page_hash_of(&block, &content, &facts, &site))));
    };
    report("preview (block and hash) / comrak", 2.0, n_rounds, preview, || drop(black_box(comrak())))?;
    let plain = || drop(black_box(plain_text(black_box(text))));
    report("plain text / pulldown-cmark", 2.0, n_rounds, plain, || drop(black_box(pulldown())))?;

    let size = 1 << 20;
    let news = article(size / 3);
    for (name, bomb) in bombs(size) {
        let ours = || drop(black_box(render_body(black_box(&bomb), &[], "", PageLanguage::Chinese, &site)));
        let peer = || drop(black_box(render_body(black_box(&news), &[], "", PageLanguage::Chinese, &site)));
        report_of(&format!("1 MB of {name} / 1 MB of news"), 100.0, 5, best, ours, peer)?;
    }
    Ok(())
}

/// A line that is no figure.
fn say(line: &str) -> std::io::Result<()> {
    writeln!(std::io::stdout().lock(), "{line}")
}

fn tell(name: &str, aim: f64, ours: Duration, peer: Duration) -> std::io::Result<()> {
    let ratio = ours.as_secs_f64() / peer.as_secs_f64();
    say(&format!("{name}\t{ratio:.2}\taim {aim:.1}\t{:.0} µs / {:.0} µs", micros(ours), micros(peer)))
}

/// Gives our own time.
fn report(
    name: &str,
    aim: f64,
    n_rounds: usize,
    ours: impl Fn(),
    peer: impl Fn(),
) -> std::io::Result<Duration> {
    report_of(name, aim, n_rounds, median, ours, peer)
}

fn report_of(
    name: &str,
    aim: f64,
    n_rounds: usize,
    of: fn(Vec<Duration>) -> Duration,
    ours: impl Fn(),
    peer: impl Fn(),
) -> std::io::Result<Duration> {
    let (mut our_times, mut peer_times) = (Vec::new(), Vec::new());
    for _ in 0..n_rounds {
        our_times.push(time(&ours));
        peer_times.push(time(&peer));
    }
    let (ours, peer) = (of(our_times), of(peer_times));
    tell(name, aim, ours, peer)?;
    Ok(ours)
}

fn time(work: impl Fn()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

/// What the work itself takes, where a single stop of a busy machine would outweigh it.
fn best(times: Vec<Duration>) -> Duration {
    times.into_iter().min().unwrap_or_default()
}

fn micros(time: Duration) -> f64 {
    time.as_secs_f64() * 1e6
}

fn html_of_pulldown(text: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH;
    let mut html = String::new();
    pulldown_cmark::html::push_html(&mut html, Parser::new_ext(black_box(text), options));
    html
}

fn html_of_comrak(text: &str) -> String {
    let mut options = comrak::Options::default();
    options.extension.cjk_friendly_emphasis = true;
    options.extension.table = true;
    options.extension.footnotes = true;
    options.extension.strikethrough = true;
    options.render.escape = true;
    comrak::markdown_to_html(black_box(text), &options)
}

/// A news article of about so many characters: paragraphs, emphasis that needs the CJK rule, quotes, a list.
fn article(n_characters: usize) -> String {
    let paragraphs = [
        "今天上午九时，湖心岛环湖步道正式开放。新步道全长三公里，**“全程无障碍”**是设计的第一条要求，沿线设了十二处休息点。",
        "“坡度不超过百分之五，轮椅一个人就能推上来。”项目负责人周晓河说，夜间照明采用感应灯，照度可在三到五天内调整。",
        "这是今年全县*民生实事*的第七项，也是**重点。**预算从120万元减到96万元，Budget 2026 自一月起执行，详见[公告](https://county.example/notice)。",
        "## 三个入口",
        "- 南门：近公交12路站\n- 西门：停车场，可停八十辆\n- 北门：暂不开放",
        "> 路修好了，妈妈说想每天来走一走。她在湖边住了四十年，第一次不用绕到大坝下面去。",
    ];
    let mut text = String::new();
    let mut n = 0;
    for paragraph in paragraphs.iter().cycle() {
        if n >= n_characters {
            break;
        }
        n += paragraph.chars().count();
        text.push_str(paragraph);
        text.push_str("\n\n");
    }
    text
}

/// Texts that cost some engine quadratic time, at most so many bytes long.
fn bombs(n_bytes: usize) -> Vec<(String, String)> {
    let repeat = |unit: &str| unit.repeat(n_bytes / unit.len());
    let units = [
        "[",
        "![",
        "]",
        "(",
        ">",
        "> ",
        "*",
        "**",
        "_",
        "`",
        "~~",
        "<",
        "<!--",
        "&",
        "\\",
        "|",
        "- ",
        "1. ",
        "*a_",
        "**a*",
        "*x **y ",
        "**“",
        "”**的",
        "*“",
        "~~”",
        "a**。b*（",
        ":**",
        ">**重",
        "[a](",
        "[a](b",
        "[a](<b",
        "[a][",
        "[^a]",
        "[^a]: ",
        "<a href=\"",
        "<a:",
        "[](<",
        "> *",
        "- > ",
        "a|\n",
        "\u{202e}",
        "a_ ",
        "_a ",
        "a]",
        "[a",
        "*a_ ",
        "c* ",
        "[ a_",
        "[ (](",
        "![[]()",
        "[a]\n\n[a]: /x\n\n",
        "\n>",
        "|-|\n",
        "<![CDATA[",
        "<?",
        "<!A",
        "x\n- ",
        "\t",
    ];
    let mut bombs: Vec<(String, String)> =
        units.into_iter().map(|unit| (unit.escape_debug().to_string(), repeat(unit))).collect();
    let half = n_bytes / 2;
    let root = (1..).take_while(|n| n * n < n_bytes).last().unwrap_or_default();
    let pair = |a: &str, b: &str| format!("{}{}", a.repeat(half / a.len()), b.repeat(half / b.len()));
    bombs.extend(
        [
            ("strong in emphasis", format!("{}b{}", "*a **a ".repeat(half / 7), " a** a*".repeat(half / 7))),
            ("emphasis mismatched", pair("*a ", "_a*_ ")),
            ("brackets in brackets", pair("[", "]")),
            ("parentheses in a link", format!("[a]({}", pair("(", ")"))),
            ("growing backticks", (1..root).map(|n| format!("e{}", "`".repeat(n))).collect()),
            ("table", format!("|a|b|\n|-|-|\n{}", repeat("|**重点。**x|y|\n"))),
            ("wide table", format!("{}\n{}\n{}", "|a".repeat(root), "|-".repeat(root), repeat("|\n"))),
            ("lazy quote", format!("{}{}", ">".repeat(root), repeat("\na"))),
            ("emphasis in a deep quote", pair(">", "a*")),
            ("deep list", (0..root).map(|n| format!("{}- a\n", "  ".repeat(n))).collect()),
            ("empty lines in a deep list", format!("{}x{}", "- ".repeat(half / 2), "\n".repeat(half))),
            (
                "empty lines in a quoted list",
                format!("> {}x\n{}", "- ".repeat(half / 2), ">\n".repeat(half / 2)),
            ),
            ("paragraphs in a deep list", format!("{}x\n\n{}", "- ".repeat(root), repeat("  x\n\n"))),
            ("definitions", (0..n_bytes / 20).map(|n| format!("[a{n}]: /x{n}\n")).collect()),
            ("same definitions", repeat("[a]: /x\n")),
            ("footnotes", (0..n_bytes / 30).map(|n| format!("[^{n}]\n\n[^{n}]: x\n\n")).collect()),
            ("references to one note", format!("[^a]: x\n\n{}", repeat("[^a] "))),
            ("one line", format!("{}。**后", repeat("湖心岛步道"))),
        ]
        .map(|(name, text)| (name.to_owned(), text)),
    );
    bombs
}
