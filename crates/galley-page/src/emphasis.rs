//! Emphasis that works in Chinese text: `**“全程无障碍”**的`, `这是**重点。**后文`.
//!
//! CommonMark decides by the characters on both sides whether a run of `*` opens or closes. Written for scripts
//! with spaces, its rule refuses a run between a mark such as `”` and a Han character. The published amendment
//! (tats-u/markdown-cjk-friendly) mends the rule; the parser does not know it yet. So the text is prepared for
//! the parser: where the amendment decides otherwise, a *joint* is put beside the run, a character that the text
//! does not contain and that makes the parser see a letter or a punctuation mark there. Joints are removed again
//! from everything the parser yields ([`crate::escape`]), and offsets are counted without them, so that plain
//! text is never altered.
//!
//! Not here: `_` inside words and single `~`, which stay as in CommonMark, and runs beside a `|`, which may be
//! the border of a table cell.

use std::borrow::Cow;

use memchr::memchr3;

use crate::characters::{is_cjk, is_fullwidth_quote, is_ideographic_selector, is_punctuation, is_selector};
use crate::escape::Joints;

/// A text ready for the parser.
#[derive(Debug)]
pub(crate) struct Prepared<'a> {
    /// The text, with joints where they are needed.
    pub(crate) text: Cow<'a, str>,
    /// The characters that are joints.
    pub(crate) joints: Joints,
    /// Where they stand in `text`: byte offset and length in UTF-16, ascending.
    inserted: Vec<(usize, u32)>,
}

/// Noncharacters: letters to the parser, and in nobody's text.
const LETTERS: std::ops::RangeInclusive<char> = '\u{FDD0}'..='\u{FDEF}';
/// Punctuation that only editions of old manuscripts use.
const PUNCTUATION: std::ops::RangeInclusive<char> = '\u{2E43}'..='\u{2E49}';

/// Prepares a text for the parser. Linear; borrows the text where the amendment changes nothing.
pub(crate) fn prepare(source: &str) -> Prepared<'_> {
    let plain = Prepared { text: Cow::Borrowed(source), joints: Joints::default(), inserted: Vec::new() };
    let places = places(source);
    if places.is_empty() {
        return plain;
    }
    let unused =
        |candidates: std::ops::RangeInclusive<char>| candidates.into_iter().find(|c| !source.contains(*c));
    // A text that holds every candidate is hostile; it gets CommonMark's own rule.
    let (Some(letter), Some(punctuation)) = (unused(LETTERS), unused(PUNCTUATION)) else { return plain };
    let mut text = String::with_capacity(source.len() + places.len() * 6);
    let mut inserted = Vec::with_capacity(places.len() * 2);
    let mut copied = 0;
    for place in places {
        text.push_str(source.get(copied..place.at).unwrap_or_default());
        copied = place.at;
        // The joint stands against the run. A run on its other side must still see the punctuation it saw.
        let joint = if place.as_letter { letter } else { punctuation };
        let pair = if place.before { [punctuation, joint] } else { [joint, punctuation] };
        for c in pair {
            inserted.push((text.len(), 1));
            text.push(c);
        }
    }
    text.push_str(source.get(copied..).unwrap_or_default());
    let joints = Joints { letter: Some(letter), punctuation: Some(punctuation) };
    Prepared { text: Cow::Owned(text), joints, inserted }
}

impl Prepared<'_> {
    /// Counts UTF-16 offsets of the source at ascending byte offsets of `text`.
    pub(crate) fn offsets(&self) -> Offsets<'_> {
        Offsets { prepared: self, byte: 0, utf16: 0, inserted: 0 }
    }
}

/// Turns ascending byte offsets of a prepared text into UTF-16 offsets of its source, linear in all.
pub(crate) struct Offsets<'a> {
    prepared: &'a Prepared<'a>,
    byte: usize,
    utf16: u32,
    inserted: usize,
}

impl Offsets<'_> {
    /// The UTF-16 offset in the source. An offset before the last one asked answers like the last one.
    pub(crate) fn source_utf16(&mut self, byte: usize) -> u32 {
        let stretch = self.prepared.text.as_bytes().get(self.byte..byte).unwrap_or_default();
        let units = stretch
            .iter()
            .map(|byte| u32::from(*byte & 0xC0 != 0x80) + u32::from(*byte >= 0xF0))
            .sum::<u32>();
        self.utf16 += units;
        while let Some((at, units)) = self.prepared.inserted.get(self.inserted)
            && *at < byte
        {
            self.utf16 = self.utf16.saturating_sub(*units);
            self.inserted += 1;
        }
        self.byte = self.byte.max(byte);
        self.utf16
    }
}

/// One side of a run, as the flanking rule sees it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Space,
    Punctuation,
    Letter,
}

/// Where a joint belongs.
struct Place {
    /// Byte offset in the source.
    at: usize,
    /// Before its run, else after it.
    before: bool,
    /// To be seen as a letter, else as punctuation.
    as_letter: bool,
}

/// Every place where the amendment sees a run otherwise than the parser does.
fn places(source: &str) -> Vec<Place> {
    let bytes = source.as_bytes();
    let mut places = Vec::new();
    let mut lines = ContentStart::default();
    let mut at = 0;
    while let Some(found) = bytes.get(at..).and_then(|rest| memchr3(b'*', b'_', b'~', rest)) {
        let mut start = at + found;
        let delimiter = bytes.get(start).copied().unwrap_or_default();
        let end = start + bytes.iter().skip(start).take_while(|byte| **byte == delimiter).count();
        at = end;
        if bytes.iter().take(start).rev().take_while(|byte| **byte == b'\\').count() % 2 == 1 {
            start += 1;
        }
        // Only `~~` is strikethrough; longer runs of tildes are text or fences.
        if start == end || (delimiter == b'~' && end - start != 2) {
            continue;
        }
        let mut before = source.get(..start).unwrap_or_default().chars().rev();
        let (previous, base) = (before.next(), before.next());
        let next = source.get(end..).and_then(|rest| rest.chars().next());
        let (Some(previous), Some(next)) = (previous, next) else { continue };
        if previous == '|' || next == '|' || lines.is_content_start(source, start, previous) {
            continue;
        }
        let seen = (side(previous), side(next));
        let meant = meant(delimiter, previous, base, next, seen);
        if seen.0 != meant.0 {
            places.push(Place { at: start, before: true, as_letter: meant.0 == Side::Letter });
        }
        if seen.1 != meant.1 {
            places.push(Place { at: end, before: false, as_letter: meant.1 == Side::Letter });
        }
    }
    places
}

fn side(c: char) -> Side {
    match c {
        _ if c.is_whitespace() => Side::Space,
        _ if is_punctuation(c) => Side::Punctuation,
        _ => Side::Letter,
    }
}

/// What the parser must see on both sides to decide as the amendment does.
fn meant(delimiter: u8, previous: char, base: Option<char>, next: char, seen: (Side, Side)) -> (Side, Side) {
    if seen.0 == Side::Space || seen.1 == Side::Space {
        return seen;
    }
    // A variation selector belongs to the character before it.
    let base = base.filter(|_| is_selector(previous)).unwrap_or(previous);
    let fullwidth_quote = previous == '\u{FE01}' && is_fullwidth_quote(base);
    let before = if is_selector(previous) && is_punctuation(base) { Side::Punctuation } else { seen.0 };
    if delimiter == b'_' {
        return (before, seen.1);
    }
    let cjk = is_cjk(base) || fullwidth_quote || is_cjk(next);
    let opens_before_punctuation = is_ideographic_selector(previous);
    match (before, seen.1) {
        // Both flanking beside any CJK character: the parser thinks so between equal sides.
        _ if cjk && seen.0 == seen.1 => seen,
        _ if cjk || opens_before_punctuation => (Side::Letter, Side::Letter),
        sides => sides,
    }
}

/// Tells runs at the start of a line's content, which count as standing after white space although a `>` or a
/// footnote's `:` stands before them. Looks at each line once.
#[derive(Default)]
struct ContentStart {
    looked_until: usize,
    content: usize,
}

impl ContentStart {
    fn is_content_start(&mut self, source: &str, run: usize, previous: char) -> bool {
        if previous != '>' && previous != ':' {
            return false;
        }
        if run >= self.looked_until {
            let before = source.as_bytes().get(..run).unwrap_or_default();
            let line =
                before.iter().rposition(|byte| *byte == b'\n' || *byte == b'\r').map_or(0, |at| at + 1);
            let rest = source.as_bytes().get(line..).unwrap_or_default();
            let end = rest.iter().position(|byte| *byte == b'\n' || *byte == b'\r').unwrap_or(rest.len());
            self.looked_until = line + end;
            self.content = line + container_prefix(rest.get(..end).unwrap_or_default());
        }
        run == self.content
    }
}

/// Length of the container marks at the start of a line: spaces, `>`, list markers, `[^label]:`.
fn container_prefix(line: &[u8]) -> usize {
    let mut at = 0;
    loop {
        let rest = line.get(at..).unwrap_or_default();
        let digits = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let space_after = |n: usize| matches!(rest.get(n), Some(b' ' | b'\t'));
        at += match rest.first() {
            Some(b' ' | b'\t' | b'>') => 1,
            Some(b'-' | b'+' | b'*') if space_after(1) => 2,
            Some(b'0'..=b'9')
                if digits < 10
                    && matches!(rest.get(digits), Some(b'.' | b')'))
                    && space_after(digits + 1) =>
            {
                digits + 2
            }
            Some(b'[') if rest.starts_with(b"[^") => match rest.iter().position(|byte| *byte == b']') {
                Some(close) if rest.get(close + 1) == Some(&b':') => close + 2,
                _ => return at,
            },
            _ => return at,
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(source: &str, n_inserted: usize) {
        let prepared = prepare(source);
        assert_eq!(prepared.inserted.len(), n_inserted, "{source}: {}", prepared.text.escape_debug());
        let without: String = prepared.text.chars().filter(|c| !prepared.joints.hold(*c)).collect();
        assert_eq!(without, source);
        let mut offsets = prepared.offsets();
        let in_text = prepared.text.char_indices().filter(|(_, c)| !prepared.joints.hold(*c));
        let mut utf16 = 0;
        for ((byte, c), original) in in_text.zip(source.chars()) {
            assert_eq!(c, original);
            assert_eq!(offsets.source_utf16(byte), utf16);
            utf16 += u32::try_from(c.len_utf16()).unwrap();
        }
    }

    #[test]
    fn joints_stand_only_where_the_amendment_differs() {
        for (source, n_inserted) in [
            ("**重点**后文", 0),
            ("这是 **重点。** 后文", 0),
            ("这是**重点。**后文", 2),
            ("🎉**“不漏一车”**的", 2),
            ("的**“不漏一车”**的", 4),
            ("snake_case_“x”_", 0),
            ("3~5天，~8天", 0),
            ("**a(b)**c", 0),
            (">**重点**后", 0),
            ("- 1. > >**重点**后", 0),
            ("[^注]:**重点**后", 0),
            ("正文>**重点**后", 2),
            ("|**重点**|后", 0),
            (r"\*“重”", 0),
            (r"的\**“重”*", 0),
            ("", 0),
        ] {
            check(source, n_inserted);
        }
    }

    #[test]
    fn a_text_that_holds_every_joint_is_left_alone() {
        let every: String = LETTERS.collect();
        check(&format!("的**“x”**的{every}"), 0);
        let some: String = LETTERS.take(31).collect();
        check(&format!("的**“x”**的{some}"), 4);
    }
}
