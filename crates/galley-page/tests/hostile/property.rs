//! What holds for the page of every text, and texts to try it on. Shared by the tests and the fuzz target.

use std::collections::{HashMap, HashSet};

use galley_model::site::SiteSettings;
use galley_page::{PageLanguage, plain_text, render_body};
use scraper::{ElementRef, Html};

use crate::corpus::{BOMBS, CORPUS};

/// Settings under which everything is allowed that ever is.
pub(crate) fn site() -> SiteSettings {
    let embed_hosts = vec!["media.example".to_owned()];
    SiteSettings { embed_hosts, publish_originals: true, ..SiteSettings::chinese() }
}

/// Panics unless a body of this text is safe: each block one element, as a browser reads it; nothing for a cleaner to
/// change; nothing that commands the display; no more than in proportion; and the same text for lists and counts.
pub(crate) fn hold(markdown: &str) {
    let body = render_body(markdown, &[], "", PageLanguage::Chinese, &site());
    let mut html = String::new();
    for block in &body.blocks {
        assert_one_element(&block.html);
        html.push_str(&block.html);
    }
    check(&html);
    assert_eq!(plain_text(markdown), body.text, "lists and pages read the same text");
    assert!(html.len() <= 2000 + markdown.len() * 400, "{} bytes of {}", html.len(), markdown.len());
}

/// The fragment as a browser would give it back.
pub(crate) fn reparsed(html: &str) -> String {
    Html::parse_fragment(html).root_element().inner_html()
}

/// Asserts that a browser reads the fragment as exactly one element, and would give back the same bytes.
pub(crate) fn assert_one_element(html: &str) {
    let parsed = Html::parse_fragment(html);
    let root = parsed.root_element();
    assert_eq!(root.children().count(), 1, "not one node: {html}");
    assert_eq!(root.children().filter_map(ElementRef::wrap).count(), 1, "not one element: {html}");
    assert_eq!(root.inner_html(), html, "a browser reads it otherwise");
}

/// An independent cleaner with our allow-list: it must find nothing to change.
fn cleaner() -> ammonia::Builder<'static> {
    let mut cleaner = ammonia::Builder::empty();
    let attributes: [(&str, &[&str]); 11] = [
        ("a", &["href", "title", "id", "aria-label"]),
        ("ol", &["start"]),
        ("li", &["id"]),
        ("video", &["src", "controls", "preload", "playsinline", "poster", "width", "height", "aria-label"]),
        ("audio", &["src", "controls", "preload", "aria-label"]),
        ("th", &["scope"]),
        ("img", &["src", "srcset", "sizes", "alt", "width", "height", "loading", "decoding"]),
        ("source", &["type", "srcset", "sizes"]),
        ("section", &["role", "aria-label"]),
        ("td", &[]),
        ("span", &[]),
    ];
    let classes: [(&str, &[&str]); 12] = [
        ("p", &["raw", "missing", "map"]),
        ("ul", &["gallery"]),
        ("ol", &["gallery"]),
        ("blockquote", &["pull"]),
        ("figure", &["video", "audio"]),
        ("div", &["table", "photos"]),
        ("th", &["left", "center", "right"]),
        ("td", &["left", "center", "right"]),
        ("sup", &["note"]),
        ("section", &["notes"]),
        ("a", &["back", "original"]),
        ("span", &["dateline", "photo", "caption", "credit", "missing"]),
    ];
    let sets = |list: &[(&'static str, &'static [&'static str])]| {
        list.iter()
            .map(|(tag, names)| (*tag, names.iter().copied().collect()))
            .collect::<HashMap<_, HashSet<_>>>()
    };
    cleaner
        .tags(HashSet::from([
            "p",
            "h2",
            "h3",
            "h4",
            "h5",
            "h6",
            "blockquote",
            "pre",
            "code",
            "ul",
            "ol",
            "li",
            "div",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
            "hr",
            "br",
            "em",
            "strong",
            "del",
            "a",
            "sup",
            "section",
            "span",
            "figure",
            "figcaption",
            "picture",
            "source",
            "img",
            "video",
            "audio",
            "footer",
            "ruby",
            "rt",
            "rp",
        ]))
        .tag_attributes(sets(&attributes))
        .allowed_classes(sets(&classes))
        .url_schemes(HashSet::from(["http", "https", "mailto", "tel"]))
        .url_relative(ammonia::UrlRelative::PassThrough)
        .link_rel(None);
    cleaner
}

/// Safe, and read by a browser exactly as written.
pub(crate) fn check(html: &str) {
    assert_eq!(cleaner().clean(html).to_string(), html, "the cleaner found something");
    assert_eq!(reparsed(html), html, "a browser reads it otherwise");
    let commands = |c: char| matches!(c, '\0'..='\x08' | '\x0B'..='\x1F' | '\x7F'..='\u{9F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    assert!(!html.contains(commands), "{html:?}");
}

/// A text made of the corpus by a seed: joined, cut, repeated and disturbed.
pub(crate) fn mutated(seed: u64) -> String {
    let mut dice = Dice(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    let mut text = String::new();
    for _ in 0..=dice.below(3) {
        text.push_str(dice.one_of(CORPUS));
        text.push_str(dice.one_of(BETWEEN));
    }
    for _ in 0..dice.below(8) {
        let mut characters: Vec<char> = text.chars().collect();
        let at = dice.below(characters.len() + 1);
        let end = (at + dice.below(12)).min(characters.len());
        match dice.below(5) {
            0 => drop(characters.drain(at..end)),
            1 => {
                let piece: Vec<char> = characters.get(at..end).unwrap_or_default().to_vec();
                let to = dice.below(characters.len() + 1);
                drop(characters.splice(to..to, piece));
            }
            2 => drop(characters.splice(at..at, dice.one_of(BETWEEN).chars())),
            3 => {
                let unit = dice.one_of(BOMBS).repeat(1 + dice.below(40));
                drop(characters.splice(at..at, unit.chars()));
            }
            _ => drop(characters.splice(at..end, char::from_u32(dice.below(0x11_0000) as u32))),
        }
        text = characters.into_iter().collect();
    }
    text
}

/// What sets pieces apart, or does not.
const BETWEEN: &[&str] = &[
    "",
    "\n",
    "\n\n",
    " ",
    "\t",
    "    ",
    "> ",
    "- ",
    "* ",
    "1. ",
    "|",
    "\n|-|\n",
    "[^1]: ",
    "\\",
    "\"",
    "'",
    "<",
    ">",
    "&",
    "`",
    "```\n",
    "**",
    "*",
    "_",
    "~~",
    "[",
    "]",
    "(",
    ")",
    "{",
    "}",
    "！",
    "“",
    "”",
    "。",
    "文",
    "a",
    "\u{202e}",
    "\0",
    "\r",
    "\u{fdd0}",
    "\u{2e43}",
    " \"video\")",
    "](https://media.example/a ",
    "photo:x",
    "——",
];

/// Small, and the same everywhere.
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n.max(1)
    }

    fn one_of<'a>(&mut self, list: &[&'a str]) -> &'a str {
        list.get(self.below(list.len())).copied().unwrap_or_default()
    }
}
