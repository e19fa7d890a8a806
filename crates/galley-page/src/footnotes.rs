//! Footnotes: numbered by their first reference, collected into one block at the end.
//!
//! A note that nothing refers to is printed too, after the others: what was written does not vanish.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::body::Block;
use crate::escape::attribute;
use crate::words::Words;

/// The notes of one body while it is written.
#[derive(Default)]
pub(crate) struct Footnotes {
    notes: BTreeMap<String, Note>,
    n_referred: u32,
    /// Definitions of labels that were defined before.
    repeated: Vec<Note>,
    /// What was being written when a definition began.
    aside: Vec<String>,
    first_start: Option<u32>,
}

#[derive(Default)]
struct Note {
    /// By first reference; 0 without one.
    number: u32,
    n_references: u32,
    html: Option<String>,
}

impl Footnotes {
    /// Writes a reference.
    pub(crate) fn refer(&mut self, label: &str, out: &mut String, in_link: bool) {
        let note = self.notes.entry(label.to_lowercase()).or_default();
        if note.number == 0 {
            self.n_referred += 1;
            note.number = self.n_referred;
        }
        let number = note.number;
        if in_link {
            let _ = write!(out, "<sup>{number}</sup>");
            return;
        }
        note.n_references += 1;
        let _ = write!(out, "<sup class=\"note\"><a href=\"#fn-{number}\" id=\"fnref-{number}");
        if note.n_references > 1 {
            let _ = write!(out, "-{}", note.n_references);
        }
        let _ = write!(out, "\">{number}</a></sup>");
    }

    /// A definition begins; `aside` is what was written so far. Returns the key for [`Self::defined`].
    pub(crate) fn define(&mut self, label: &str, start: u32, aside: String) -> String {
        self.aside.push(aside);
        self.first_start.get_or_insert(start);
        label.to_lowercase()
    }

    /// A definition ended: takes its content, gives back what was set aside.
    pub(crate) fn defined(&mut self, label: &str, html: String) -> String {
        let note = self.notes.entry(label.to_owned()).or_default();
        if note.html.is_none() {
            note.html = Some(html);
        } else {
            self.repeated.push(Note { html: Some(html), ..Note::default() });
        }
        self.aside.pop().unwrap_or_default()
    }

    /// The block of all notes, if there are any.
    pub(crate) fn section(self, words: &Words) -> Option<Block> {
        let start_utf16 = self.first_start?;
        let mut notes: Vec<Note> = self.notes.into_values().chain(self.repeated).collect();
        notes.sort_by_key(|note| if note.number == 0 { u32::MAX } else { note.number });
        let label = attribute(words.footnotes);
        let mut html = format!("<section class=\"notes\" role=\"doc-endnotes\" aria-label=\"{label}\"><ol>");
        for note in notes {
            note.push(&mut html, words);
        }
        html.push_str("</ol></section>");
        Some(Block { html, start_utf16 })
    }
}

impl Note {
    fn push(self, out: &mut String, words: &Words) {
        if self.number == 0 {
            out.push_str("<li>");
        } else {
            let _ = write!(out, "<li id=\"fn-{}\">", self.number);
        }
        let html = self.html.unwrap_or_default();
        let in_last_paragraph = html.strip_suffix("</p>");
        out.push_str(in_last_paragraph.unwrap_or(&html));
        let back = attribute(words.back_to_text);
        for reference in 1..=self.n_references {
            let _ = write!(out, " <a class=\"back\" href=\"#fnref-{}", self.number);
            if reference > 1 {
                let _ = write!(out, "-{reference}");
            }
            let _ = write!(out, "\" aria-label=\"{back}\">↩</a>");
        }
        out.push_str(if in_last_paragraph.is_some() { "</p></li>" } else { "</li>" });
    }
}
