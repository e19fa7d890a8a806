//! Text made safe for HTML, in exactly the form in which browsers write it back, so that a page read out of
//! the DOM is the page that was sent.
//!
//! Characters that command the display instead of being seen (bidi overrides and isolates, controls,
//! noncharacters) are written as visible text such as `[U+202E]`: shown, never obeyed.

use std::fmt::Write as _;

/// Characters that [`crate::emphasis`] put into the text for the parser and that never reach a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Joints {
    /// Seen by the parser as a letter.
    pub(crate) letter: Option<char>,
    /// Seen by the parser as punctuation.
    pub(crate) punctuation: Option<char>,
}

impl Joints {
    /// Whether this character is one of them.
    pub(crate) fn hold(self, c: char) -> bool {
        self.letter == Some(c) || self.punctuation == Some(c)
    }
}

/// Where the text goes: between tags, or inside a quoted attribute. (Browsers write `"` bare between tags.)
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    Text,
    Attribute,
    Plain,
}

/// Appends text between tags.
pub(crate) fn push_text(out: &mut String, text: &str, joints: Joints) {
    push(out, text, joints, Place::Text);
}

/// Appends text inside a double-quoted attribute.
pub(crate) fn push_attribute(out: &mut String, text: &str, joints: Joints) {
    push(out, text, joints, Place::Attribute);
}

/// Appends text as text: joints removed, controls made visible, nothing escaped.
pub(crate) fn push_plain(out: &mut String, text: &str, joints: Joints) {
    push(out, text, joints, Place::Plain);
}

/// Text for an element's content.
#[cfg(test)]
pub(crate) fn text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    push_text(&mut out, text, Joints::default());
    out
}

/// Text for a double-quoted attribute; good between tags as well.
pub(crate) fn attribute(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    push_attribute(&mut out, text, Joints::default());
    out
}

/// Text with what commands the display made visible, for places that are not HTML, such as JSON.
pub(crate) fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    push_plain(&mut out, text, Joints::default());
    out
}

/// Whether text is the same in every place: nothing to escape, nothing to make visible, no joint, no reading.
pub(crate) fn is_plain(text: &str) -> bool {
    suspect_from(text.as_bytes(), 0) >= text.len()
}

fn push(out: &mut String, text: &str, joints: Joints, place: Place) {
    let mut copied = 0;
    let mut at = suspect_from(text.as_bytes(), 0);
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        let end = at + c.len_utf8();
        let next = text.as_bytes().get(end).copied();
        if let Some(replacement) = replacement(c, next, place, joints) {
            out.push_str(text.get(copied..at).unwrap_or_default());
            match replacement {
                Replacement::Entity(entity) => out.push_str(entity),
                Replacement::Visible => {
                    let _ = write!(out, "[U+{:04X}]", u32::from(c));
                }
            }
            copied = end;
        }
        at = suspect_from(text.as_bytes(), end);
    }
    out.push_str(text.get(copied..).unwrap_or_default());
}

/// Offset of the next character that may have to be replaced, from a character's start on; the end if there is
/// none.
fn suspect_from(bytes: &[u8], mut at: usize) -> usize {
    while let Some(&first) = bytes.get(at) {
        match STEP.get(usize::from(first)) {
            Some(&step) if step > 0 => at += usize::from(step),
            _ if is_common(first, bytes, at) => at += 3,
            _ => return at,
        }
    }
    at
}

/// Length of a character by its first byte, or 0 when it may have to be replaced.
#[expect(clippy::indexing_slicing, reason = "evaluated at compile time, where a slip does not compile")]
const STEP: [u8; 256] = {
    let mut step = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        step[byte] = match byte as u8 {
            0..0x09
            | 0x0B..0x20
            | b'&'
            | b'<'
            | b'>'
            | b'"'
            | b'{'
            | 0x7F
            | 0xC2
            | 0xE2
            | 0xEF
            | 0xF0..=0xFF => 0,
            0xC0..0xE0 => 2,
            0xE0..0xF0 => 3,
            _ => 1,
        };
        byte += 1;
    }
    step
};

/// Quick way out for what Chinese text is full of: “ ” — … （ ） ， ： ！ ？ share their first byte with
/// characters that must go.
fn is_common(first: u8, bytes: &[u8], at: usize) -> bool {
    match (first, bytes.get(at + 1)) {
        (0xEF, second) => !matches!(second, Some(0xB7 | 0xBF)),
        (0xE2, Some(0x80)) => matches!(bytes.get(at + 2), Some(0x80..=0xA7 | 0xAF..=0xBF)),
        (0xE2, second) => !matches!(second, Some(0x81 | 0xB9)),
        _ => false,
    }
}

enum Replacement {
    Entity(&'static str),
    Visible,
}

fn replacement(c: char, next: Option<u8>, place: Place, joints: Joints) -> Option<Replacement> {
    use Replacement::{Entity, Visible};
    match c {
        '\r' if next == Some(b'\n') => Some(Entity("")),
        '\r' => Some(Entity("\n")),
        _ if joints.hold(c) => Some(Entity("")),
        _ if commands_the_display(c) => Some(Visible),
        _ if place == Place::Plain => None,
        '&' => Some(Entity("&amp;")),
        '<' => Some(Entity("&lt;")),
        '>' => Some(Entity("&gt;")),
        '\u{A0}' => Some(Entity("&nbsp;")),
        '"' if place == Place::Attribute => Some(Entity("&quot;")),
        _ => None,
    }
}

/// Controls, line and paragraph separators, bidi embeddings, overrides and isolates, interlinear marks,
/// language tags, noncharacters. Not here: joiners, direction *marks* and tab, which spelling needs.
fn commands_the_display(c: char) -> bool {
    match u32::from(c) {
        0x09 | 0x0A => false,
        0..0x20 | 0x7F..0xA0 => true,
        0x2028..=0x202E | 0x2066..=0x206F => true,
        0xFDD0..=0xFDEF | 0xFFF9..=0xFFFB | 0xE0001 => true,
        code => code & 0xFFFE == 0xFFFE,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_commands_the_display_is_seen_and_not_obeyed() {
        let cases = [
            ("湖心岛 “步道”，a—b…", "湖心岛 “步道”，a—b…"),
            ("a\u{202E}b\u{2066}c", "a[U+202E]b[U+2066]c"),
            ("\0\u{1b}[31m\u{7f}\u{85}", "[U+0000][U+001B][31m[U+007F][U+0085]"),
            ("a\u{2028}b\u{fdd0}\u{fffe}\u{1ffff}", "a[U+2028]b[U+FDD0][U+FFFE][U+1FFFF]"),
            ("👨‍👩‍👧 \u{200f}", "👨‍👩‍👧 \u{200f}"),
            ("a\r\nb\rc\td", "a\nb\nc\td"),
            ("\u{fffd}\u{fffc}，\u{2e2f}", "\u{fffd}\u{fffc}，\u{2e2f}"),
        ];
        for (given, expected) in cases {
            assert_eq!(visible(given), expected);
            assert_eq!(text(given), expected);
            assert_eq!(attribute(given), expected);
        }
    }

    #[test]
    fn every_character_is_kept_escaped_or_shown() {
        for c in '\0'..=char::MAX {
            let given = format!("湖{c}心");
            let expected = match c {
                '\r' => "湖\n心".to_owned(),
                _ if commands_the_display(c) => format!("湖[U+{:04X}]心", u32::from(c)),
                _ => given.clone(),
            };
            assert_eq!(visible(&given), expected);
        }
    }

    #[test]
    fn html_is_escaped_as_browsers_write_it() {
        assert_eq!(text("<a href=\"x\">&'\u{a0}"), "&lt;a href=\"x\"&gt;&amp;'&nbsp;");
        assert_eq!(attribute("<a href=\"x\">&'\u{a0}"), "&lt;a href=&quot;x&quot;&gt;&amp;'&nbsp;");
    }

    #[test]
    fn joints_vanish() {
        let joints = Joints { letter: Some('\u{fdd0}'), punctuation: Some('\u{2e43}') };
        let mut out = String::new();
        push_text(&mut out, "湖\u{fdd0}\u{2e43}心\u{fdd1}", joints);
        assert_eq!(out, "湖心[U+FDD1]");
    }
}
