//! Markdown that wants to harm: nothing runs, nothing loads, nothing hides, and the work stays linear.

use galley_page::{PageLanguage, render_body};
use proptest::prelude::*;
use scraper::{ElementRef, Html};

use crate::corpus::{BOMBS, CORPUS};
use crate::property::{assert_one_element, check, hold, mutated, site};
use crate::support::{Fixture, body, body_with};

#[test]
fn the_cleaner_finds_nothing_to_change_and_browsers_read_what_was_written() {
    for markdown in CORPUS {
        check(&body(markdown));
    }
}

#[test]
fn hostile_blocks_are_one_element_each() {
    for markdown in CORPUS {
        hold(markdown);
        for block in render_body(markdown, &[], "日讯<b>", PageLanguage::English, &site()).blocks {
            assert_one_element(&block.html);
        }
    }
}

#[test]
fn raw_html_is_seen_as_it_was_typed() {
    for (markdown, html) in [
        ("<script>alert(1)</script>", "<p class=\"raw\">&lt;script&gt;alert(1)&lt;/script&gt;</p>"),
        ("a <b>c</b>", "<p>a &lt;b&gt;c&lt;/b&gt;</p>"),
        ("<!-- 未完\n\n正文", "<p class=\"raw\">&lt;!-- 未完\n\n正文</p>"),
        ("[x](javascript:alert)", "<p>x [javascript:alert]</p>"),
        ("[链](/articles/a.html)", "<p><a href=\"/articles/a.html\">链</a></p>"),
        ("金额\u{202e}1元", "<p>金额[U+202E]1元</p>"),
        ("![图](https://evil.example/x.gif)", "<p class=\"missing\">［图片缺失：图］</p>"),
        ("见![](photo:x)图", "<p>见<span class=\"missing\">［图片缺失］</span>图</p>"),
        ("a\0b", "<p>a[U+0000]b</p>"),
    ] {
        assert_eq!(body(markdown), html, "{markdown:?}");
    }
}

#[test]
fn photos_with_hostile_captions_stay_photos() {
    let mut content = Fixture::read("zh").content;
    let id = content.photos[0].id;
    let evil = "\"><script>alert(1)</script>\u{202e}";
    content.photos[0].caption = evil.to_owned();
    content.photos[0].credit.name = evil.to_owned();
    content.photos[0].alt = evil.to_owned();
    for markdown in [
        format!("![]({id})"),
        format!("![](photo:{id})"),
        format!("文![](photo:{id})字"),
        format!("# ![](photo:{id})"),
        format!("- ![](photo:{id})\n\n  x"),
        format!("|![](photo:{id})|\n|-|"),
        format!("[![](photo:{id})](https://a.example)"),
        format!("![](photo:{id})\n![](photo:{id})"),
        format!("> *![](photo:{id})*"),
    ] {
        check(&body_with(&markdown, &content.photos));
    }
}

#[test]
fn output_grows_with_the_input_and_no_faster() {
    for unit in BOMBS {
        let (once, twice) =
            (work(&unit.repeat(50_000 / unit.len())), work(&unit.repeat(100_000 / unit.len())));
        assert!(twice <= once * 21 / 10 + 2000, "{unit:?}: {once} → {twice}");
        assert!(twice <= 100_000 * 80, "{unit:?}: {twice}");
    }
}

/// A body is as much work as there are events to read and bytes to write.
fn work(markdown: &str) -> usize {
    let body = render_body(markdown, &[], "", PageLanguage::Chinese, &site());
    let n_events = pulldown_cmark::Parser::new(markdown).count();
    n_events + body.blocks.iter().map(|block| block.html.len()).sum::<usize>() + body.text.len()
}

#[test]
fn a_megabyte_of_nesting_is_survived() {
    for unit in ["[", "![", ">", "> ", "*", "**“", "- > ", "*a_", "(", "[a]("] {
        let body = render_body(&unit.repeat((1 << 20) / unit.len()), &[], "", PageLanguage::Chinese, &site());
        assert!(!body.blocks.is_empty() || unit == "> ", "{unit:?}");
    }
}

#[test]
fn no_nesting_is_deeper_than_browsers_go() {
    fn depth(element: ElementRef<'_>) -> usize {
        1 + element.child_elements().map(depth).max().unwrap_or_default()
    }
    for unit in BOMBS {
        let html = body(&unit.repeat(4000 / unit.len()));
        let deepest = Html::parse_fragment(&html).root_element().child_elements().map(depth).max();
        assert!(deepest.unwrap_or_default() <= 60, "{unit:?}: {deepest:?}");
    }
    let deep = |n: usize| body(&format!("{}底", "> - ".repeat(n)));
    assert!(deep(500).contains("底"), "flattened text stays");
    check(&deep(500));
    check(&body(&format!("{}|a|\n{}|-|", "> ".repeat(38), "> ".repeat(38))));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_mixture_is_safe(
        pieces in prop::collection::vec(
            prop_oneof![
                prop::sample::select(CORPUS.to_vec()),
                prop::sample::select(BOMBS.to_vec()),
                prop::sample::select(vec!["\n", "\n\n", " ", "文", "a", "    ", "\t", "\"", "'", "=", "photo:x"]),
            ],
            0..12,
        )
    ) {
        hold(&pieces.concat());
    }

    #[test]
    fn any_text_is_safe(markdown in "\\PC{0,200}|(?s).{0,100}") {
        hold(&markdown);
    }
}

/// Corpus texts, cut, mixed, repeated and disturbed. More of them, or one again: `cargo xtask fuzz`.
#[test]
fn mutated_texts_are_safe() {
    let number = |name: &str| std::env::var(name).ok().and_then(|value| value.parse().ok());
    let (times, from) =
        (number("GALLEY_FUZZ_TIMES").unwrap_or(2000), number("GALLEY_FUZZ_FROM").unwrap_or(1));
    for seed in from..from + times {
        let markdown = mutated(seed);
        let held = std::panic::catch_unwind(|| hold(&markdown));
        assert!(held.is_ok(), "seed {seed}: {markdown:?}");
    }
}
