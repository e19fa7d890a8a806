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
    /// A picture that is a block: alone, or one of several that stand `width`.
    pub(crate) fn push_figure(&self, out: &mut String, width: Width, language: PageLanguage) {
        let Some(photo) = &self.photo else { return self.push_note(out, ["<p", "</p>"], language) };
        out.push_str("<figure>");
        match &photo.original {
            Some(original) => {
                let _ = write!(out, "<a class=\"original\" href=\"{original}\">");
                push_image(out, photo, &self.typed_alt, width);
                out.push_str("</a>");
            }
            None => push_image(out, photo, &self.typed_alt, width),
        }
        push_caption(out, photo, ["<figcaption>", "</figcaption>"], language);
        out.push_str("</figure>");
    }

    /// A picture in a line of text, a heading, a table cell, a link: the same in elements that may stand there.
    pub(crate) fn push_in_line(&self, out: &mut String, language: PageLanguage) {
        let Some(photo) = &self.photo else { return self.push_note(out, ["<span", "</span>"], language) };
        out.push_str("<span class=\"photo\">");
        push_image(out, photo, &self.typed_alt, Width::Column);
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

/// How wide a photo of the body stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Width {
    /// As wide as the text.
    Column,
    /// Half as wide: beside others.
    Half,
}

impl Width {
    /// The column's width, or the screen's where that is narrower. `auto` lets browsers measure who can.
    fn sizes(self) -> &'static str {
        match self {
            Self::Column => "auto, (min-width: 45rem) 42rem, 100vw",
            Self::Half => "auto, (min-width: 45rem) 21rem, 50vw",
        }
    }
}

/// The photo's forms, of which the browser chooses one. A photo of one form alone is a plain `img`.
fn push_image(out: &mut String, photo: &PagePhoto, typed_alt: &str, width: Width) {
    let sizes = width.sizes();
    let alt = if photo.alt.is_empty() { typed_alt } else { &photo.alt };
    if !photo.webp.is_empty() {
        let _ =
            write!(out, "<picture><source type=\"image/webp\" srcset=\"{}\" sizes=\"{sizes}\">", photo.webp);
    }
    let _ = write!(out, "<img src=\"{}", photo.address);
    if !photo.srcset.is_empty() {
        let _ = write!(out, "\" srcset=\"{}\" sizes=\"{sizes}", photo.srcset);
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
    push_credit(out, &photo.credit, photo.caption.is_empty(), language);
    out.push_str(end);
}

/// A credit after a caption; or, when it is alone, in its place.
pub(crate) fn push_credit(out: &mut String, credit: &str, is_alone: bool, language: PageLanguage) {
    if credit.is_empty() {
        return;
    }
    let (before, after) = match language {
        PageLanguage::Chinese => ("<span class=\"credit\">（", "）</span>"),
        PageLanguage::English if is_alone => ("<span class=\"credit\">", "</span>"),
        PageLanguage::English => (" <span class=\"credit\">", "</span>"),
    };
    out.push_str(before);
    push_text(out, credit, Joints::default());
    out.push_str(after);
}

/// How many pictures these blocks show, when they are pictures and nothing else: what makes a list a gallery.
pub(crate) fn n_pictures(blocks: &str) -> Option<usize> {
    const FORMS: [(&str, &str); 2] = [("<figure>", "</figure>"), ("<p class=\"missing\">", "</p>")];
    let mut rest = blocks;
    let mut n_pictures = 0;
    while !rest.is_empty() {
        // Pictures of one paragraph are a row of their own.
        if let Some(inside) =
            rest.strip_prefix("<div class=\"photos\">").or_else(|| rest.strip_prefix("</div>"))
        {
            rest = inside;
            continue;
        }
        let inside = FORMS.iter().find_map(|(start, end)| rest.strip_prefix(start)?.split_once(end));
        rest = inside?.1;
        n_pictures += 1;
    }
    (n_pictures > 0).then_some(n_pictures)
}
