//! Markdown that wants to harm: nothing runs, nothing loads, nothing hides, and the work stays linear.

use std::collections::{HashMap, HashSet};

use galley_model::site::SiteSettings;
use galley_page::{PageLanguage, render_body};
use proptest::prelude::*;
use scraper::{ElementRef, Html};

use crate::support::{Fixture, assert_one_element, body, body_with, reparsed};

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
fn check(html: &str) {
    assert_eq!(cleaner().clean(html).to_string(), html, "the cleaner found something");
    assert_eq!(reparsed(html), html, "a browser reads it otherwise");
    let commands = |c: char| matches!(c, '\0'..='\x08' | '\x0B'..='\x1F' | '\x7F'..='\u{9F}' | '\u{2028}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    assert!(!html.contains(commands), "{html:?}");
}

const CORPUS: &[&str] = &[
    // Scripts.
    "<script>alert(1)</script>",
    "前<script src=//evil.example/x.js></script>后",
    "<img src=x onerror=alert(1)>",
    "<svg/onload=alert(1)>",
    "<svg><script>alert(1)</script></svg>",
    "<math><mtext></p><style><img src=x onerror=alert(1)>",
    "<iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<body onload=alert(1)>",
    "<details open ontoggle=alert(1)>",
    "<a href=\"javascript:alert(1)\">x</a>",
    "<base href=\"https://evil.example/\">",
    "<meta http-equiv=refresh content=\"0;url=https://evil.example\">",
    "<link rel=stylesheet href=https://evil.example/x.css>",
    "<object data=x></object><embed src=x><form action=x><input>",
    "<template><script>alert(1)</script></template>",
    "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    "<<script>script>alert(1)</script>",
    "<scr\0ipt>alert(1)</scr\0ipt>",
    "</div></article></body></html><script>alert(1)</script>",
    "</p><p onclick=alert(1)>x",
    "<plaintext>",
    "<textarea><xmp><title><listing>",
    "<![CDATA[<script>alert(1)</script>]]>",
    "<?php echo 1 ?>",
    "<!DOCTYPE html>",
    // Comments that never end.
    "<!-- 未完",
    "<!--><script>alert(1)</script>-->",
    "<!--->\n\n正文",
    "a <!-- b\n\nc --> d",
    // CSS.
    "<style>body{display:none}</style>",
    "<style>@import 'https://evil.example/x.css'",
    "<p style=\"position:fixed;background:url(https://evil.example/)\">x</p>",
    "`</code><style>*{x:expression(alert(1))}</style>`",
    "    </code></pre><script>alert(1)</script>",
    "```</code></pre><script>\nalert(1)\n```",
    "```\" onmouseover=\"alert(1)\nx\n```",
    // Links.
    "[x](javascript:alert(1))",
    "[x](JAVASCRIPT:alert(1))",
    "[x](<java\tscript:alert(1)>)",
    "[x](&#x6A;avascript:alert(1))",
    "[x](javascript&colon;alert(1))",
    "[x](\u{1}javascript:alert(1))",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    "[x](vbscript:x) [y](file:///etc/passwd) [z](ftp://a.example)",
    "[x](https://a.example/\"onmouseover=\"alert(1))",
    "[x](https://a.example/'><script>alert(1)</script>)",
    "[x](https://a.example \"a\\\" onclick=\\\"alert(1)\")",
    "[x](https://a.example '\"><script>alert(1)</script>')",
    "[x](//evil.example) [y](/\\evil.example) [z](\\\\evil.example)",
    "[x](https://a.example/%0d%0aSet-Cookie:x)",
    "[x](https://a.example/\u{202e}moc.live)",
    "<javascript:alert(1)> <data:text/html,x> <https://a.example/\"x> <a@b.example>",
    "[x]: javascript:alert(1)\n\n[x]",
    "[a [b](https://b.example) c](https://a.example)",
    "[a <https://b.example> c](https://a.example)",
    "[![x](photo:x)](javascript:alert(1))",
    "[a[^1]](https://a.example)\n\n[^1]: n",
    "[](https://a.example) [ ](https://a.example)",
    "[https://bank.example](https://evil.example)",
    // Pictures.
    "![x](https://evil.example/pixel.gif)",
    "![x](data:image/svg+xml,<svg onload=alert(1)>)",
    "![x\" onerror=\"alert(1)](photo:0190a2b4-0000-7000-8000-000000000009)",
    "![](photo:../../etc/passwd)",
    "![](photo:)",
    "![a ![b](photo:x) c](photo:y)",
    "文![<script>](photo:x)字",
    // Bidi and other controls.
    "金额\u{202e}000,1\u{202c}元",
    "\u{2066}a\u{2069}\u{2067}b\u{2068}c",
    "[\u{202e}x](https://a.example \"\u{2066}t\")",
    "`\u{202e}code`\n\n    \u{202e}block",
    "\u{0}\u{1}\u{7}\u{8}\u{b}\u{c}\u{1b}[31m\u{7f}\u{80}\u{9b}\u{9f}",
    "a\u{2028}b\u{2029}c\u{85}d",
    "\u{fdd0}**“\u{fdd1}”**的\u{2e43}\u{fffe}\u{ffff}\u{10ffff}",
    "\u{e0001}\u{e0041}\u{feff}a\u{200b}b",
    "&#0; &#x202e; &#128; &nbsp; &lt;script&gt; &#xfdd0;",
    "![\u{202e}](photo:x)",
    "| \u{202e} |\n|-|\n| \0 |",
    // Structures that break out.
    "|a|\n|-|\n|<td><script>|",
    "|a|b|\n|-|-|\n|c|\n|d|e|f|g|",
    "- <li>\n  - </ul>\n\n</li>",
    "> </blockquote>\n>> <p>",
    "# <h1>\n\n<h2>x</h1>",
    "**<b>** *<i>* ~~<s>~~",
    "[^1]: </li></ol></section>\n\n[^1]",
    "[^a\" onclick=\"x]: y\n\n[^a\" onclick=\"x]",
    "[^1] [^1] [^1]\n\n[^1]: a\n\n[^1]: b\n\n[^2]: 没有人提到",
    "> [^1]\n>\n> [^1]: in a quote\n\n- [^2]\n\n  [^2]: in a list",
    "[^1]: [^1] itself\n\n[^1]",
    "***\n___\n---\n* * *",
    "1\\) x\n999999999. y\n9999999999. z\n0) w",
    "a\r\nb\rc\r\n\r\n# d\r",
    "\\",
    "",
    " ",
    "\n\n\n",
    "\u{feff}# BOM",
];

#[test]
fn the_cleaner_finds_nothing_to_change_and_browsers_read_what_was_written() {
    for markdown in CORPUS {
        check(&body(markdown));
    }
}

#[test]
fn hostile_blocks_are_one_element_each() {
    for markdown in CORPUS {
        for block in
            render_body(markdown, &[], "日讯<b>", PageLanguage::English, &SiteSettings::chinese()).blocks
        {
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

/// Units that, repeated, cost some engine quadratic time or endless nesting.
const BOMBS: &[&str] = &[
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
    "# ",
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
    "[a]\n\n[a]: /x\n\n",
    "\n>",
    "``a`",
    "*a ",
    "a* ",
    "![a](photo:x)\n",
    "|-|\n",
    "[^a]: x\n\n[^b]\n",
    "<![CDATA[",
    "<?",
];

#[test]
fn output_grows_with_the_input_and_no_faster() {
    let size = |unit: &str, n_bytes: usize| {
        let body = render_body(
            &unit.repeat(n_bytes / unit.len()),
            &[],
            "",
            PageLanguage::Chinese,
            &SiteSettings::chinese(),
        );
        body.blocks.iter().map(|block| block.html.len()).sum::<usize>() + body.text.len()
    };
    for unit in BOMBS {
        let (once, twice) = (size(unit, 50_000), size(unit, 100_000));
        assert!(twice <= once * 21 / 10 + 2000, "{unit:?}: {once} → {twice}");
        assert!(twice <= 100_000 * 80, "{unit:?}: {twice}");
    }
}

#[test]
fn a_megabyte_of_nesting_is_survived() {
    for unit in ["[", "![", ">", "> ", "*", "**“", "- > ", "*a_", "(", "[a]("] {
        let body = render_body(
            &unit.repeat((1 << 20) / unit.len()),
            &[],
            "",
            PageLanguage::Chinese,
            &SiteSettings::chinese(),
        );
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
        let markdown = pieces.concat();
        let body = render_body(&markdown, &[], "", PageLanguage::Chinese, &SiteSettings::chinese());
        let mut html = String::new();
        for block in &body.blocks {
            assert_one_element(&block.html);
            html.push_str(&block.html);
        }
        check(&html);
        prop_assert_eq!(galley_page::plain_text(&markdown), body.text);
    }

    #[test]
    fn any_text_is_safe(markdown in "\\PC{0,200}|(?s).{0,100}") {
        check(&body(&markdown));
    }
}
