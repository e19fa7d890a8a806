//! Pictures in a body: photos of the article, or a visible note where something else was asked for.

use std::fmt::Write as _;

use crate::escape::{Joints, push_attribute, push_text};
use crate::photo::PagePhoto;
use crate::words::PageLanguage;

/// A picture: the photo and its text for those who do not see it, or only the text.
pub(crate) struct Picture {
    pub(crate) photo: Option<PagePhoto>,
    pub(crate) typed_alt: String,
}

impl Picture {
    /// A picture that stands alone.
    pub(crate) fn push_figure(&self, out: &mut String, language: PageLanguage) {
        let Some(photo) = &self.photo else { return self.push_note(out, ["<p", "</p>"], language) };
        out.push_str("<figure>");
        match &photo.original {
            Some(original) => {
                let _ = write!(out, "<a class=\"original\" href=\"{original}\">");
                push_image(out, photo, &self.typed_alt);
                out.push_str("</a>");
            }
            None => push_image(out, photo, &self.typed_alt),
        }
        push_caption(out, photo, ["<figcaption>", "</figcaption>"], language);
        out.push_str("</figure>");
    }

    /// A picture in a line of text, a heading, a table cell, a link: the same in elements that may stand there.
    pub(crate) fn push_in_line(&self, out: &mut String, language: PageLanguage) {
        let Some(photo) = &self.photo else { return self.push_note(out, ["<span", "</span>"], language) };
        out.push_str("<span class=\"photo\">");
        push_image(out, photo, &self.typed_alt);
        push_caption(out, photo, ["<span class=\"caption\">", "</span>"], language);
        out.push_str("</span>");
    }

    /// A picture that the article does not have: told where it would stand, breaking nothing.
    fn push_note(&self, out: &mut String, [start, end]: [&str; 2], language: PageLanguage) {
        out.push_str(start);
        out.push_str(" class=\"missing\">");
        let words = language.words();
        match self.typed_alt.trim() {
            "" => out.push_str(words.photo_missing),
            alt => {
                out.push_str(words.photo_missing_of.0);
                push_text(out, alt, Joints::default());
                out.push_str(words.photo_missing_of.1);
            }
        }
        out.push_str(end);
    }
}

/// How wide a photo of the body stands: the column's width, or the screen's where that is narrower. `auto` lets
/// browsers that can measure it themselves.
const SIZES: &str = "auto, (min-width: 45rem) 42rem, 100vw";

/// The photo's forms, of which the browser chooses one. A photo of one form alone is a plain `img`.
fn push_image(out: &mut String, photo: &PagePhoto, typed_alt: &str) {
    let alt = if photo.alt.is_empty() { typed_alt } else { &photo.alt };
    if !photo.webp.is_empty() {
        let _ =
            write!(out, "<picture><source type=\"image/webp\" srcset=\"{}\" sizes=\"{SIZES}\">", photo.webp);
    }
    let _ = write!(out, "<img src=\"{}", photo.address);
    if !photo.srcset.is_empty() {
        let _ = write!(out, "\" srcset=\"{}\" sizes=\"{SIZES}", photo.srcset);
    }
    out.push_str("\" alt=\"");
    push_attribute(out, alt, Joints::default());
    if photo.width > 0 && photo.height > 0 {
        let _ = write!(out, "\" width=\"{}\" height=\"{}", photo.width, photo.height);
    }
    out.push_str("\" loading=\"lazy\" decoding=\"async\">");
    if !photo.webp.is_empty() {
        out.push_str("</picture>");
    }
}

fn push_caption(out: &mut String, photo: &PagePhoto, [start, end]: [&str; 2], language: PageLanguage) {
    if photo.caption.is_empty() && photo.credit.is_empty() {
        return;
    }
    out.push_str(start);
    push_text(out, &photo.caption, Joints::default());
    if !photo.credit.is_empty() {
        let (before, after) = match language {
            PageLanguage::Chinese => ("<span class=\"credit\">（", "）</span>"),
            PageLanguage::English if photo.caption.is_empty() => ("<span class=\"credit\">", "</span>"),
            PageLanguage::English => (" <span class=\"credit\">", "</span>"),
        };
        out.push_str(before);
        push_text(out, &photo.credit, Joints::default());
        out.push_str(after);
    }
    out.push_str(end);
}
