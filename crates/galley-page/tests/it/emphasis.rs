//! Emphasis in Chinese text, against an engine that has the published amendment built in.

use proptest::prelude::*;

use crate::support::body;

/// The same Markdown by the other engine, in our dialect of HTML.
fn oracle(markdown: &str) -> String {
    let mut options = comrak::Options::default();
    options.extension.cjk_friendly_emphasis = true;
    options.extension.strikethrough = true;
    options.render.escape = true;
    options.render.hardbreaks = true;
    let html = comrak::markdown_to_html(markdown, &options);
    html.replace(">\n", ">").replace("&quot;", "\"").replace("<br />", "<br>")
}

fn check(markdown: &str) {
    assert_eq!(body(markdown), oracle(markdown), "{markdown:?}");
}

#[test]
fn emphasis_works_in_chinese_news() {
    for (markdown, html) in [
        ("**“不漏一车”**的", "<p><strong>“不漏一车”</strong>的</p>"),
        ("坚持**“不漏一车”**的原则", "<p>坚持<strong>“不漏一车”</strong>的原则</p>"),
        ("这是**重点。**后文", "<p>这是<strong>重点。</strong>后文</p>"),
        ("他说*“对！”*然后走了", "<p>他说<em>“对！”</em>然后走了</p>"),
        ("原价~~（120元）~~现价", "<p>原价<del>（120元）</del>现价</p>"),
        ("在**《湖城晚报》**上", "<p>在<strong>《湖城晚报》</strong>上</p>"),
        ("完成**80%**的任务", "<p>完成<strong>80%</strong>的任务</p>"),
        ("**一、**总则", "<p><strong>一、</strong>总则</p>"),
        (
            "见**[公告](https://a.example)**全文",
            "<p>见<strong><a href=\"https://a.example\">公告</a></strong>全文</p>",
        ),
        ("用**`ls`**命令", "<p>用<strong><code>ls</code></strong>命令</p>"),
        ("***“全程”***的", "<p><em><strong>“全程”</strong></em>的</p>"),
        ("的***“重”***的", "<p>的<em><strong>“重”</strong></em>的</p>"),
        ("**_“重”_**的", "<p><strong><em>“重”</em></strong>的</p>"),
        ("2*3*4 与 a_b_c", "<p>2<em>3</em>4 与 a_b_c</p>"),
        ("气温3~5℃，风力3~4级", "<p>气温3~5℃，风力3~4级</p>"),
        ("，~3天~，", "<p>，~3天~，</p>"),
        (
            "|甲|乙|\n|-|-|\n|**“一”**的|**二。**的|",
            "<div class=\"table\"><table><thead><tr><th scope=\"col\">甲</th><th scope=\"col\">乙</th></tr></thead><tbody><tr><td><strong>“一”</strong>的</td><td><strong>二。</strong>的</td></tr></tbody></table></div>",
        ),
        (
            "> **“引”**的\n>**重。**后",
            "<blockquote><p><strong>“引”</strong>的<br><strong>重。</strong>后</p></blockquote>",
        ),
    ] {
        assert_eq!(body(markdown), html, "{markdown}");
    }
}

/// Cases in the manner of the amendment's own, written anew: Japanese, Korean, variation selectors, wide symbols.
#[test]
fn the_amendment_is_followed_beyond_chinese() {
    for markdown in [
        "それは**大事なこと。**だから書く。",
        "**[記事](./a)**と**[写真](./b)**を見る",
        "冒頭の**`符号`も大切。**",
        "価格は**¥980**です。",
        "答えは**⑦**だ。",
        "彼は**「はい」**と言った",
        "彼は**\"はい\"**と言った",
        "**A#**や**B#**は**「.C」**の上で動く。",
        "Rust**「入門」**を読む",
        "・**㋑**:二つ目",
        ".C**（.C Coreは不可）**では、",
        "**이 [글](https://a.example/)**만 본다.",
        "**문서(doc)**라고",
        "**`a`**를",
        "ᅡ**(a)**",
        "**(k)**ᄏ",
        "__注__：本文",
        "注：__本文__",
        "漢字。\u{FE01}_Old._",
        "汉字。\u{FE00}__New.__",
        "“\u{FE01}A”\u{FE01}__B__",
        "塚\u{FE00}**(x)** 塚**(y)**",
        "〽\u{FE0E}**(z)**は、",
        "**yes。\u{FE01}**no",
        "禰\u{E0100}**(ね)**豆",
        "葛\u{E0100}~~()a~~a",
        "~~汉字。\u{FE00}~~English.",
        "~~“\u{FE01}a”\u{FE01}~~a",
        "𩸽~~()a~~a",
        "a~~a()~~𩸽",
        "a**〰**a",
        "a**🈂**a",
        "a**㊙**a",
        "🎉**“a”**b",
        "a**“b”**🎉",
    ] {
        let expected = oracle(markdown).replace("href=\"./a\"", "").replace("href=\"./b\"", "");
        if markdown.contains("./a") {
            // Our pages do not link relative addresses; the emphasis is what is compared.
            assert_eq!(body(markdown).matches("<strong>").count(), expected.matches("<strong>").count());
        } else {
            assert_eq!(body(markdown), expected, "{markdown:?}");
        }
    }
}

/// Every text of up to five of these pieces.
#[test]
fn short_texts_agree_with_the_oracle_without_exception() {
    let pieces = ["*", "**", "“", "”", "。", "的", "a", " ", "(", ")"];
    let mut texts = vec![String::new()];
    let mut from = 0;
    for _ in 0..5 {
        let end = texts.len();
        for at in from..end {
            for piece in pieces {
                let text = format!("{}{piece}", texts[at]);
                texts.push(text);
            }
        }
        from = end;
    }
    for text in texts {
        // Framed by letters: at the edges of a text white space is cut off, and `* a` is a list.
        check(&format!("x{text}y"));
        check(&format!("文{text}字"));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn long_texts_agree_with_the_oracle(
        pieces in prop::collection::vec(
            prop::sample::select(vec![
                "*", "**", "***", "_", "__", "“", "”", "。", "，", "（", "）", "的", "重点", "a", "1", " ", "\u{3000}",
                "(", ")", "、", "！", "「", "」", "é", "한", "か", "😀", "…", "—", "\\*", "$", "+",
            ]),
            0..40,
        )
    ) {
        check(&format!("文{}字", pieces.concat()));
    }
}
