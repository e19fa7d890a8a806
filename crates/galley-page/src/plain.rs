//! The body as plain text, for excerpts, search, counts and feeds.

use std::sync::OnceLock;

use galley_model::{Content, Counts, counts};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use crate::body::{is_escaped, options};
use crate::emphasis::prepare;
use crate::escape::{Joints, push_plain};
use crate::ruby::push_plain_without_readings;

/// The text of a body as a reader sees it: no marks, no pictures, no readings, no addresses of links; one line per
/// block, cells of a table apart by a tab.
pub fn plain_text(body: &str) -> String {
    let prepared = prepare(body);
    let mut plain = PlainText::new(prepared.joints, body.len());
    for (event, range) in Parser::new_ext(&prepared.text, options()).into_offset_iter() {
        plain.event(&event, false, is_escaped(&prepared.text, range.start));
    }
    plain.finish()
}

/// The text of a body, as [`plain_text`] gives it. It is counted when somebody first asks, and once.
#[derive(Clone, Debug, Default)]
pub struct BodyText {
    text: String,
    counts: OnceLock<Counts>,
}

impl BodyText {
    /// One line per block.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// The counts of it.
    pub fn counts(&self) -> Counts {
        *self.counts.get_or_init(|| counts::count(&self.text))
    }
}

impl From<String> for BodyText {
    fn from(text: String) -> Self {
        Self { text, counts: OnceLock::new() }
    }
}

/// Texts are equal whether they were counted or not.
impl PartialEq for BodyText {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Eq for BodyText {}

/// Collects plain text from the parser's events.
pub(crate) struct PlainText {
    out: String,
    joints: Joints,
    n_pictures: usize,
    in_code: bool,
}

impl PlainText {
    pub(crate) fn new(joints: Joints, capacity: usize) -> Self {
        Self { out: String::with_capacity(capacity), joints, n_pictures: 0, in_code: false }
    }

    /// Takes an event; `is_plain` when its text is known to hold nothing to replace, `is_escaped` when its first
    /// character means itself.
    pub(crate) fn event(&mut self, event: &Event<'_>, is_plain: bool, is_escaped: bool) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => self.in_code = true,
            Event::End(TagEnd::CodeBlock) => {
                self.in_code = false;
                self.end_line();
            }
            Event::Start(Tag::Image { .. }) => self.n_pictures += 1,
            Event::End(TagEnd::Image) => self.n_pictures = self.n_pictures.saturating_sub(1),
            _ if self.n_pictures > 0 => {}
            Event::Text(text) if is_plain => self.out.push_str(text),
            Event::Text(text) if !self.in_code => {
                push_plain_without_readings(&mut self.out, text, usize::from(is_escaped), self.joints);
            }
            Event::Text(text) | Event::Code(text) | Event::Html(text) | Event::InlineHtml(text) => {
                push_plain(&mut self.out, text, self.joints);
            }
            Event::SoftBreak | Event::HardBreak => self.out.push('\n'),
            Event::End(TagEnd::TableCell) => self.out.push('\t'),
            Event::End(end) if !is_inline(*end) => self.end_line(),
            _ => {}
        }
    }

    fn end_line(&mut self) {
        while self.out.ends_with(['\n', '\t', ' ']) {
            self.out.pop();
        }
        if !self.out.is_empty() {
            self.out.push('\n');
        }
    }

    pub(crate) fn finish(mut self) -> String {
        self.out.truncate(self.out.trim_end().len());
        self.out
    }
}

fn is_inline(end: TagEnd) -> bool {
    matches!(end, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link)
}

/// The summary, or else the beginning of the text, in at most `n_characters` and on one line; an ellipsis tells
/// that there is more.
pub fn excerpt(content: &Content, n_characters: usize) -> String {
    match content.summary.trim() {
        "" => shorten(&plain_text(&content.body), n_characters),
        summary => shorten(summary, n_characters),
    }
}

/// [`excerpt`] of an article whose plain text is at hand.
pub(crate) fn excerpt_of(content: &Content, text: &str, n_characters: usize) -> String {
    match content.summary.trim() {
        "" => shorten(text, n_characters),
        summary => shorten(summary, n_characters),
    }
}

fn shorten(text: &str, n_characters: usize) -> String {
    let mut characters = text.chars();
    let mut out = String::new();
    for c in characters.by_ref().take(n_characters) {
        match c {
            '\n' | '\t' if joins_without_space(&out) => {}
            '\n' | '\t' => out.push(' '),
            c => out.push(c),
        }
    }
    if characters.next().is_some() {
        out.truncate(out.trim_end().len());
        out.push('…');
    }
    out
}

/// Chinese lines join without a space.
fn joins_without_space(text: &str) -> bool {
    text.chars().next_back().is_none_or(|last| last.is_whitespace() || crate::characters::is_cjk(last))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_the_same_counted_or_not() {
        let text = BodyText::from("今晨通车。\nOK".to_owned());
        let uncounted = text.clone();
        assert_eq!(text.counts(), counts::count(text.as_str()));
        assert_eq!((text.counts().words, text.counts().paragraphs), (6, 2));
        assert_eq!(text, uncounted);
        assert_ne!(text, BodyText::default());
    }

    #[test]
    fn plain_text_is_what_a_reader_sees() {
        let cases = [
            ("# 标题\n\n这是**重点。**后文\n第二行", "标题\n这是重点。后文\n第二行"),
            ("- 一\n- 二\n\n> 引", "一\n二\n引"),
            ("|a|b|\n|-|-|\n|c|d|", "a\tb\nc\td"),
            ("前![图](photo:x)后[链](https://a.example)", "前后链"),
            ("![图](photo:x)\n\n文", "文"),
            ("<b>粗</b>", "<b>粗</b>"),
            ("{湖心岛|hú xīn dǎo}的\\{湖|hú}", "湖心岛的{湖|hú}"),
            ("`{湖|hú}`\n\n    {湖|hú}", "{湖|hú}\n{湖|hú}"),
            ("[航拍](https://media.example/a.mp4 \"video\")\n\n文", "航拍\n文"),
            ("> **路修好了。**\n> ——何女士", "路修好了。\n——何女士"),
            ("- ![一](photo:x)\n- ![二](photo:x)\n\n文", "文"),
            ("", ""),
        ];
        for (body, expected) in cases {
            assert_eq!(plain_text(body), expected, "{body:?}");
        }
    }

    #[test]
    fn an_excerpt_is_one_line_and_says_when_there_is_more() {
        let check = |summary: &str, body: &str, n: usize, expected: &str| {
            let content =
                Content { summary: summary.to_owned(), body: body.to_owned(), ..Content::default() };
            assert_eq!(excerpt(&content, n), expected);
        };
        check("", "今天上午。\n\n湖心岛", 20, "今天上午。湖心岛");
        check("", "One\n\ntwo", 20, "One two");
        check("", "今天上午。湖心岛", 4, "今天上午…");
        check("摘要", "正文", 20, "摘要");
        check("", "👨‍👩‍👧", 10, "👨‍👩‍👧");
    }
}
