//! The body: Markdown to safe HTML, as a list of top-level blocks.
//!
//! Written from the parser's events through a closed list: `p h2–h6 blockquote footer pre code ul ol li div table
//! thead tbody tr th td hr br em strong del a sup ruby rt rp section span figure figcaption picture source img video
//! audio`, with the attributes `class href title id start scope type src srcset sizes alt width height loading decoding
//! controls preload playsinline poster role aria-label` where this module and those it calls write them. Raw HTML is
//! shown as text; a link that may not be linked is shown as its text and its address, and one whose host can be taken
//! for another with its host; a picture is a photo of the article or a visible note. One pass, no recursion, output and
//! work linear in the input. The dialect is told in `docs/MARKDOWN.md`.
//!
//! Not here: indents and all other looks (the style sheet), and what stands around the body (the templates).

mod held;
mod links;

use std::fmt::Write as _;

use galley_model::site::SiteSettings;
use galley_model::{Photo, PhotoId};
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};

use crate::embeds::Embed;
use crate::emphasis::{Offsets, Prepared, prepare};
use crate::escape::{Joints, is_plain, push_text};
use crate::footnotes::Footnotes;
use crate::plain::PlainText;
use crate::quote::pull_quote;
use crate::ruby::push_text_with_ruby;
use crate::table::Table;
use crate::words::{PageLanguage, Words};
use held::Held;

/// One top-level block of a body: exactly one element, a direct child of the body's container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block {
    /// The element.
    pub html: String,
    /// Where its source starts, in UTF-16 units of the Markdown.
    pub start_utf16: u32,
}

/// A rendered body.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Body {
    /// In order; the footnotes are the last one.
    pub blocks: Vec<Block>,
    /// How many pictures are not photos of the article, and stand as a visible note.
    pub n_missing_photos: usize,
    /// The photos it shows, in order, each once.
    pub photos: Vec<PhotoId>,
    /// Its text, as [`crate::plain_text`] gives it.
    pub text: String,
}

/// Deeper nesting is flattened: the text stays, its tags go. Browsers stop at 512 elements.
const MAX_DEPTH: usize = 40;

/// What the parser is told to know.
pub(crate) fn options() -> Options {
    Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES | Options::ENABLE_STRIKETHROUGH
}

/// Renders a body. `dateline` opens the first paragraph, or stands alone before a body without one. Of the settings
/// it takes which hosts may play and whether originals are linked.
pub fn render_body(
    markdown: &str,
    photos: &[Photo],
    dateline: &str,
    language: PageLanguage,
    site: &SiteSettings,
) -> Body {
    let prepared = prepare(markdown);
    let mut writer = Writer::new(&prepared, photos, dateline, language, site);
    let mut plain = PlainText::new(prepared.joints, markdown.len());
    for (event, range) in Parser::new_ext(&prepared.text, options()).into_offset_iter() {
        let is_plain = matches!(&event, Event::Text(text) if is_plain(text));
        plain.event(&event, is_plain, is_escaped(&prepared.text, range.start));
        writer.event(event, range.start, is_plain);
    }
    Body { text: plain.finish(), ..writer.finish() }
}

/// Whether the character at an event's start was typed with a backslash before it: then it means itself.
pub(crate) fn is_escaped(text: &str, at: usize) -> bool {
    at.checked_sub(1).and_then(|before| text.as_bytes().get(before)) == Some(&b'\\')
}

/// What an open element needs when it ends.
enum Open<'a> {
    /// Flattened: nothing to write.
    Nothing,
    /// This end tag.
    Tag(&'static str),
    /// A paragraph that may turn out to hold only pictures.
    Paragraph,
    /// A link that may not be linked: its address follows its text.
    RefusedLink(pulldown_cmark::CowStr<'a>),
    /// A link, with the host that its text must not hide.
    Link {
        start: usize,
        host: Option<String>,
        is_disguised: bool,
    },
    /// A link that may turn out to be all of its paragraph.
    Embed {
        start: usize,
        embed: Box<Embed>,
        before: Vec<Held>,
    },
    /// A quotation, from its start tag on.
    Quote(usize),
    /// A list, from its start tag on; how many pictures it has while it has nothing else.
    List {
        start: usize,
        end: &'static str,
        n_pictures: Option<usize>,
    },
    /// An item of a list, from its content on.
    Item(usize),
    /// Code, in which braces are no readings.
    Code,
    /// Raw HTML shown as text.
    Raw,
    Table,
    /// The footnote's label.
    Footnote(String),
}

struct Writer<'a> {
    site: &'a SiteSettings,
    text: &'a str,
    joints: Joints,
    offsets: Offsets<'a>,
    photos: &'a [Photo],
    dateline: &'a str,
    language: PageLanguage,
    words: &'static Words,
    out: String,
    blocks: Vec<Block>,
    block_start: u32,
    open: Vec<Open<'a>>,
    /// What is held of the paragraph or item that just began.
    held: Option<Vec<Held>>,
    /// The picture being read: its address, its text, and how many are nested in it.
    picture: Option<(pulldown_cmark::CowStr<'a>, String, usize)>,
    in_link: bool,
    table: Table,
    notes: Footnotes,
    n_missing_photos: usize,
    shown: Vec<PhotoId>,
}

impl<'a> Writer<'a> {
    fn new(
        prepared: &'a Prepared<'a>,
        photos: &'a [Photo],
        dateline: &'a str,
        language: PageLanguage,
        site: &'a SiteSettings,
    ) -> Self {
        Self {
            site,
            text: &prepared.text,
            joints: prepared.joints,
            offsets: prepared.offsets(),
            photos,
            dateline: dateline.trim(),
            language,
            words: language.words(),
            out: String::new(),
            blocks: Vec::new(),
            block_start: 0,
            open: Vec::new(),
            held: None,
            picture: None,
            in_link: false,
            table: Table::default(),
            notes: Footnotes::default(),
            n_missing_photos: 0,
            shown: Vec::new(),
        }
    }

    fn event(&mut self, event: Event<'a>, at: usize, is_plain: bool) {
        if self.picture.is_some() {
            return self.in_picture(event);
        }
        match event {
            Event::Start(tag) => self.start(tag, at),
            Event::End(end) => self.end(end),
            Event::Text(text) => self.text(&text, at, is_plain),
            Event::Code(code) => {
                self.release();
                self.out.push_str("<code>");
                push_text(&mut self.out, &code, self.joints);
                self.out.push_str("</code>");
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                self.release();
                push_text(&mut self.out, &html, self.joints);
            }
            // A writer who starts a new line means one: a line break, not the space of hard-wrapped sources.
            Event::SoftBreak | Event::HardBreak => match &mut self.held {
                Some(held) => held.push(Held::Break),
                None => self.out.push_str("<br>"),
            },
            Event::Rule => {
                self.release();
                self.begin_block(at);
                self.out.push_str("<hr>");
                self.end_block();
            }
            Event::FootnoteReference(label) => {
                self.release();
                self.notes.refer(&label, &mut self.out, self.in_link);
            }
            Event::InlineMath(text) | Event::DisplayMath(text) => {
                push_text(&mut self.out, &text, self.joints)
            }
            Event::TaskListMarker(_) => {}
        }
    }

    fn text(&mut self, text: &str, at: usize, is_plain: bool) {
        let mut text = text;
        if let Some(held) = &mut self.held {
            // The style sheet indents; an indent typed with ideographic spaces would double it.
            if held.is_empty() && self.open.len() == 1 && self.language == PageLanguage::Chinese {
                text = text.trim_start_matches('\u{3000}');
            }
            if text.trim().is_empty() {
                return if !text.is_empty() {
                    held.push(Held::Space)
                };
            }
        }
        self.release();
        if is_plain {
            self.out.push_str(text);
        } else if matches!(self.open.last(), Some(Open::Code)) {
            push_text(&mut self.out, text, self.joints);
        } else {
            let from = usize::from(is_escaped(self.text, at));
            push_text_with_ruby(&mut self.out, text, from, self.joints);
        }
    }

    fn start(&mut self, tag: Tag<'a>, at: usize) {
        match tag {
            Tag::Image { dest_url, .. } => {
                self.picture = Some((dest_url, String::new(), 0));
                return;
            }
            Tag::Paragraph => {
                // Of the item it stands in, whose pictures would else be lost.
                self.release();
                self.begin_block(at);
                self.held = Some(Vec::new());
                return self.open.push(Open::Paragraph);
            }
            Tag::FootnoteDefinition(label) => {
                self.release();
                let start = self.offsets.source_utf16(at);
                let aside = std::mem::take(&mut self.out);
                let label = self.notes.define(&label, start, aside);
                return self.open.push(Open::Footnote(label));
            }
            Tag::Link { link_type, dest_url, title, .. } => {
                return self.link(link_type, dest_url, &title);
            }
            _ => self.release(),
        }
        if !is_inline(&tag) {
            self.begin_block(at);
        }
        let is_part = matches!(tag, Tag::Item | Tag::TableHead | Tag::TableRow | Tag::TableCell);
        let of_nothing = is_part && matches!(self.open.last(), Some(Open::Nothing));
        let too_deep = self.open.len() + levels(&tag) > MAX_DEPTH;
        let open = if of_nothing || too_deep { Open::Nothing } else { self.start_tag(tag, at) };
        self.open.push(open);
    }

    fn start_tag(&mut self, tag: Tag<'a>, at: usize) -> Open<'a> {
        let out = &mut self.out;
        let start_at = out.len();
        let (start, end) = match tag {
            Tag::Heading { level, .. } => match level as u8 {
                // The headline is the page's only first level.
                1 | 2 => ("<h2>", "</h2>"),
                3 => ("<h3>", "</h3>"),
                4 => ("<h4>", "</h4>"),
                5 => ("<h5>", "</h5>"),
                _ => ("<h6>", "</h6>"),
            },
            Tag::BlockQuote(_) => {
                out.push_str("<blockquote>");
                return Open::Quote(start_at);
            }
            Tag::CodeBlock(CodeBlockKind::Indented | CodeBlockKind::Fenced(_)) => {
                out.push_str("<pre><code>");
                return Open::Code;
            }
            Tag::HtmlBlock => {
                out.push_str("<p class=\"raw\">");
                return Open::Raw;
            }
            Tag::List(first) => {
                let end = match first {
                    None => "</ul>",
                    Some(_) => "</ol>",
                };
                match first {
                    None => out.push_str("<ul>"),
                    Some(1) => out.push_str("<ol>"),
                    Some(first) => drop(write!(out, "<ol start=\"{first}\">")),
                }
                return Open::List { start: start_at, end, n_pictures: Some(0) };
            }
            Tag::Item => {
                out.push_str("<li>");
                self.held = Some(Vec::new());
                return Open::Item(self.out.len());
            }
            Tag::Table(alignments) => {
                self.table.start(alignments, out);
                return Open::Table;
            }
            Tag::TableHead => {
                self.table.start_head();
                ("<thead><tr>", "</tr></thead>")
            }
            Tag::TableRow => {
                self.table.start_row(out);
                ("<tr>", "</tr>")
            }
            Tag::TableCell => return Open::Tag(self.table.start_cell(out)),
            Tag::Emphasis => ("<em>", "</em>"),
            Tag::Strong => ("<strong>", "</strong>"),
            // `3~5天，8~10天` is a text about days.
            Tag::Strikethrough if !self.text.get(at..).is_some_and(|rest| rest.starts_with("~~")) => {
                ("~", "~")
            }
            Tag::Strikethrough => ("<del>", "</del>"),
            // Not enabled: definition lists, metadata, superscript. Their text stays.
            _ => return Open::Nothing,
        };
        out.push_str(start);
        Open::Tag(end)
    }

    fn end(&mut self, end: TagEnd) {
        if end == TagEnd::Paragraph {
            self.settle_paragraph();
        }
        let Some(open) = self.open.pop() else { return };
        let inline = matches!(end, TagEnd::Emphasis | TagEnd::Strong | TagEnd::Strikethrough | TagEnd::Link);
        match open {
            // Flattened blocks still keep their texts apart.
            Open::Nothing if inline => {}
            Open::Nothing => self.out.push(' '),
            Open::Tag(tag) => self.out.push_str(tag),
            Open::Paragraph => self.end_paragraph(),
            Open::Link { start, host, is_disguised } => self.end_link(start, host, is_disguised),
            Open::Embed { start, mut embed, mut before } => {
                self.in_link = false;
                embed.caption = self.out.split_off(start.min(self.out.len()));
                before.push(Held::Embed(embed));
                self.held = Some(before);
            }
            Open::Quote(start) => {
                self.out.push_str("</blockquote>");
                if let Some(pull) = self.out.get(start..).and_then(pull_quote) {
                    self.out.truncate(start);
                    self.out.push_str(&pull);
                }
            }
            Open::List { start, end, n_pictures } => {
                if n_pictures.is_some_and(|n| n > 1) {
                    // After `<ul` or `<ol`.
                    self.out.insert_str(start + 3, " class=\"gallery\"");
                }
                self.out.push_str(end);
            }
            Open::Item(start) => self.end_item(start),
            Open::Code => self.out.push_str("</code></pre>"),
            Open::RefusedLink(address) => {
                self.out.push_str(" [");
                push_text(&mut self.out, &address, self.joints);
                self.out.push(']');
            }
            Open::Raw => {
                self.out.truncate(self.out.trim_end_matches('\n').len());
                self.out.push_str("</p>");
            }
            Open::Table => self.out.push_str(self.table.end()),
            Open::Footnote(label) => {
                let note = std::mem::take(&mut self.out);
                self.out = self.notes.defined(&label, note);
                return;
            }
        }
        if !inline {
            self.end_block();
        }
    }

    fn begin_block(&mut self, at: usize) {
        if self.open.is_empty() {
            self.block_start = self.offsets.source_utf16(at);
        }
    }

    fn end_block(&mut self) {
        if self.open.is_empty() {
            // Most paragraphs are about as long as the one before.
            let next = String::with_capacity(self.out.len() + 64);
            let html = std::mem::replace(&mut self.out, next);
            self.blocks.push(Block { html, start_utf16: self.block_start });
        }
    }

    fn finish(mut self) -> Body {
        if !self.dateline.is_empty() {
            let mut html = "<p><span class=\"dateline\">".to_owned();
            push_text(&mut html, self.dateline, Joints::default());
            html.push_str("</span></p>");
            self.blocks.insert(0, Block { html, start_utf16: 0 });
        }
        self.blocks.extend(self.notes.section(self.words));
        Body {
            blocks: self.blocks,
            n_missing_photos: self.n_missing_photos,
            photos: self.shown,
            text: String::new(),
        }
    }
}

fn is_inline(tag: &Tag<'_>) -> bool {
    matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. })
}

/// How many levels of elements a tag needs to make sense.
fn levels(tag: &Tag<'_>) -> usize {
    match tag {
        Tag::List(_) => 2,
        Tag::Table(_) => 4,
        _ => 1,
    }
}
