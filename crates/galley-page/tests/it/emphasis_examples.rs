//! The published examples of the CJK-friendly amendment (tats-u/markdown-cjk-friendly), class by class, in sentences of
//! our own: what stands inside and outside of the marks is of the same kind as there, and so is the answer.
//!
//! The other engine that has the amendment built in is asked too. Where it answers otherwise, the difference is ours by
//! decision and stands here with its reason.

use crate::support::body;

/// Classes of examples: a name, and texts in which `«…»` is what is set in strong, or `‹…›` in emphasis, or `⟦…⟧`
/// struck through. A mark that stays a mark is written as it is.
const CLASSES: &[(&str, &[&str])] = &[
    (
        "Japanese: a mark inside the end, and the sentence goes on",
        &[
            "それが«市の一番の願い。»だから続ける。",
            "«この記号は文字のまま出る。»次の文があるためだ。",
            "«ここは太字にならない。»ご確認を。",
            "注記«（太字にならない）»本文が続くときは気をつける。",
            "«「湖畔」︙»と記者が言った。",
        ],
    ),
    (
        "links and code inside",
        &[
            "«[湖](https://a.example)»と«[橋](https://b.example)»をご覧ください",
            "湖と«[橋と](/bridge)»道",
            "«[案内](https://a.example)»にも注意。（写真も）",
            "冒頭の«`符号`にも注意。»",
            "«末尾の`符号`»にも注意。",
            "標準«[ABC-1](https://a.example/)»",
            "패키지는 «`npm`»를 쓴다.",
            "이 «[글](https://a.example/)»만 읽는다.",
        ],
    ),
    (
        "money, numbers, symbols",
        &[
            "票价«¥1,200»起售。",
            "答案是«⑨»。",
            "编号是«007号»。",
            "编号是«００７号»。",
            "・«㋘»:第二项",
            "选项«㋘»: 第二项",
            "«⻳山»在城北",
            "古称«⻳山»在城北",
        ],
    ),
    (
        "quotation marks of both kinds, and none",
        &[
            "市长«「早上好」»地说",
            "市长«\"早上好\"»地说",
            "市长«早上好»地说",
            "市长«「Good day」»地说",
            "市长«\"Good day\"»地说",
            "市长«Good day»地说",
            "市长«「All of us」»地说。",
        ],
    ),
    (
        "Latin names with marks, between Japanese",
        &[
            "«B#»と«G#»は«「.WEB」»という台の上で動く。",
            "Rust«「入門」»を読む記事だ。",
            ".WEB«（.WEB Coreは不可）»では、",
        ],
    ),
    (
        "every mark of Chinese, inside the end",
        &[
            "«稳，»后",
            "«稳。»后",
            "«稳、»后",
            "«稳；»后",
            "«稳：»后",
            "«稳？»后",
            "«稳！»后",
            "«稳“»后",
            "«稳”»后",
            "«稳‘»后",
            "«稳’»后",
            "«稳（»后",
            "«稳）»后",
            "«稳【»后",
            "«稳】»后",
            "«稳《»后",
            "«稳》»后",
            "«稳—»后",
            "«稳～»后",
            "«稳…»后",
            "«稳·»后",
            "«稳〃»后",
            "«稳-»后",
            "«稳々»后",
            "«稳»后",
        ],
    ),
    ("every opening bracket of Chinese, inside the start", &["稳«（后»", "稳«【后»", "稳«《后»"]),
    ("what needed no amendment", &["«稳，» 后", "«稳»，后", "«稳，»\u{200b}后"]),
    (
        "brackets after a word",
        &[
            "湖«（注：不是河）»",
            "小城报«(XCB)»",
            "«要点：»Vue、React等。",
            "«문서(doc)»라고",
            "«좋아(good)»해요.",
            "«이 표시는 그대로 보인다(괄호 때문에)»이 문장.",
        ],
    ),
    (
        "ideographs beyond the basic plane, compatibility ideographs, new blocks",
        &[
            "𰻝𰻝«（面）»好吃",
            "𰻝𰻝«(面)»好吃",
            "﨑«(甲)»",
            "㐂«(乙)»",
            "𠮷«(丙)»",
            "𪜈«(丁)»",
            "𫠉«(戊)»",
            "林𬤲«(己)»村",
            "山𮧟«(庚)»",
            "𱟛«(辛)»",
            "𮹝«(壬)»",
            "ア𛀙«(癸)»イ",
            "駅ㇿ«(R)»",
        ],
    ),
    (
        "variation selectors: of ideographs, of shapes, of text",
        &[
            "「辻\u{E0100}」は«辻»です。",
            "辻\u{E0100}«(甲)»町",
            "鯖\u{E0101}«(乙)»街",
            "塚\u{FE00}«(丙)» 塚«(丁)»",
            "〽\u{FE0E}«(戊)»は、",
            "«“\u{FE01}News”\u{FE01}»Hub",
        ],
    ),
    ("Jamo on either side", &["ᅡ«(b)»", "«(c)»ᄏ"]),
    ("symbols that can be emoji and are not", &["b«〰»b", "b«〽»b", "b«🈂»b", "b«🈷»b", "b«㊗»b", "b«㊙»b"]),
    (
        "Latin letters beside marks keep CommonMark's rule",
        &[
            "b**b«»b",
            "b**b¿**b",
            "b**¿b**b",
            "b**b∆**b",
            "b**∆b**b",
            "b**b𝛛**b",
            "b**𝛛b**b",
            "b**𐬻b**b",
            "b**b𐬻**b",
        ],
    ),
    (
        "underscores beside marks of Chinese",
        &[
            "__注__：正文",
            "注：__正文__",
            "繁體。\u{FE01}_Old._",
            "繁體。\u{FE01}__Taipei and Hong Kong.__",
            "简体 / 新体。\u{FE00}_New._",
            "简体 / 新体。\u{FE00}__Beijing.__",
            "“\u{FE01}News”\u{FE01}__Hub__",
        ],
    ),
    (
        "strikethrough",
        &[
            "b⟦b()⟧い",
            "い⟦()b⟧b",
            "𩸽⟦()b⟧b",
            "b⟦b()⟧𩸽",
            "辻\u{E0100}⟦()b⟧b",
            "塚\u{FE00}⟦()b⟧b",
            "b⟦「b⟧",
            "「⟦b」⟧b",
            "⟦b⟧：⟦b⟧",
            "⟦汉字。\u{FE00}⟧English.",
            "⟦“\u{FE01}b”\u{FE01}⟧b",
        ],
    ),
    (
        "strikethrough beside Latin letters keeps its rule",
        &["b~~b()~~b", "⟦()⟧", "(⟦()⟧)", "⟦Gone⟧ Hello", "This ~~~stays~~~.", "all ~~~~~of~~~~~ it"],
    ),
];

/// `«…»` and so on as Markdown, and as HTML.
fn marked(text: &str, marks: [&str; 6]) -> String {
    ['«', '»', '‹', '›', '⟦', '⟧']
        .iter()
        .zip(marks)
        .fold(text.to_owned(), |text, (sign, mark)| text.replace(*sign, mark))
}

/// Links, code and escapes of the few texts that have them.
fn set(text: &str) -> String {
    let mut html = marked(text, ["<strong>", "</strong>", "<em>", "</em>", "<del>", "</del>"]);
    while let Some((before, rest)) = html.split_once('[') {
        let (label, rest) = rest.split_once("](").unwrap();
        let (address, after) = rest.split_once(')').unwrap();
        html = format!("{before}<a href=\"{address}\">{label}</a>{after}");
    }
    while let Some((before, rest)) = html.split_once('`') {
        let (code, after) = rest.split_once('`').unwrap();
        html = format!("{before}<code>{code}</code>{after}");
    }
    for (strong, mark) in [(true, "__"), (false, "_")] {
        while let Some((before, rest)) = html.split_once(mark) {
            let (inside, after) = rest.split_once(mark).unwrap();
            let tag = if strong { "strong" } else { "em" };
            html = format!("{before}<{tag}>{inside}</{tag}>{after}");
        }
    }
    format!("<p>{html}</p>")
}

/// Texts that hold signs of this table as text.
fn is_literal(text: &str) -> bool {
    text.contains("b«»")
}

#[test]
fn every_class_of_the_published_examples_is_set_as_there() {
    for (class, texts) in CLASSES {
        for text in *texts {
            let (markdown, expected) = if is_literal(text) {
                (text.replace('»', ""), format!("<p>{}</p>", text.replace('»', "")))
            } else {
                (marked(text, ["**", "**", "*", "*", "~~", "~~"]), set(text))
            };
            assert_eq!(body(&markdown), expected, "{class}: {markdown}");
        }
    }
}

#[test]
fn the_other_engine_sets_the_examples_alike() {
    let mut options = comrak::Options::default();
    options.extension.cjk_friendly_emphasis = true;
    options.extension.strikethrough = true;
    for (class, texts) in CLASSES {
        for text in texts.iter().filter(|text| !is_literal(text)) {
            let markdown = marked(text, ["**", "**", "*", "*", "~~", "~~"]);
            let html = comrak::markdown_to_html(&markdown, &options).replace("&quot;", "\"");
            assert_eq!(html.trim_end(), body(&markdown), "{class}: {markdown}");
        }
    }
}

/// Where the engines differ, and why: none is a matter of the amendment.
#[test]
fn differences_to_the_other_engine_are_known_and_meant() {
    let mut options = comrak::Options::default();
    options.extension.cjk_friendly_emphasis = true;
    options.extension.strikethrough = true;
    for (markdown, ours, other) in [
        // A single tilde is a range in Chinese copy: 3~5天.
        ("b ~c~ d", "<p>b ~c~ d</p>", "<p>b <del>c</del> d</p>"),
        ("用时~3天~。", "<p>用时~3天~。</p>", "<p>用时<del>3天</del>。</p>"),
        // The parser opens `~~` beside every letter; the amendment's own text does not speak of it.
        ("b~~()b~~b", "<p>b<del>()b</del>b</p>", "<p>b~~()b~~b</p>"),
        // A page links no address without a scheme.
        (
            "**[湖](./a)**的",
            "<p><strong>湖 [./a]</strong>的</p>",
            "<p><strong><a href=\"./a\">湖</a></strong>的</p>",
        ),
        // A new line is a new line.
        ("**稳。**\n后", "<p><strong>稳。</strong><br>后</p>", "<p><strong>稳。</strong>\n后</p>"),
    ] {
        assert_eq!(body(markdown), ours);
        assert_eq!(comrak::markdown_to_html(markdown, &options).trim_end(), other);
    }
}
