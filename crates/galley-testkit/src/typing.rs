//! Typing as a writer with a Chinese input method does it: words and clauses at once, punctuation by itself,
//! Latin letter by letter, slips taken back, jumps to another place, words replaced, a sentence moved, now and
//! then an emoji or a rare character outside the basic plane.

use crate::articles::long_chinese_text;
use crate::random::Random;

/// One replacement, in UTF-16 offsets of the text before it. No offset lies inside a surrogate pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    /// First unit replaced.
    pub from: usize,
    /// First unit kept.
    pub to: usize,
    /// What stands there then.
    pub insert: String,
}

/// A text being written.
#[derive(Clone, Debug)]
pub struct Typing {
    /// In order, beginning with an empty text.
    pub edits: Vec<Edit>,
    /// The text after them.
    pub text: String,
}

/// Typing that ends with exactly so many UTF-16 units after exactly so many edits (some more when few edits are
/// to make a long text, because no edit inserts more than a few sentences).
pub fn typing(seed: u64, n_units: usize, n_edits: usize) -> Typing {
    let mut random = Random::new(seed);
    let source: Vec<char> = long_chinese_text(seed, n_units.max(2_000) * 2).chars().collect();
    let mut writer = Writer { source: &source, at_source: 0, caret: 0, units: Vec::new(), edits: Vec::new() };
    while writer.edits.len() + 1 < n_edits {
        let due = n_units * (writer.edits.len() + 1) / n_edits;
        writer.type_something(&mut random, due);
    }
    writer.finish(n_units);
    Typing { edits: writer.edits, text: String::from_utf16_lossy(&writer.units) }
}

struct Writer<'a> {
    source: &'a [char],
    at_source: usize,
    caret: usize,
    units: Vec<u16>,
    edits: Vec<Edit>,
}

impl Writer<'_> {
    fn type_something(&mut self, random: &mut Random, due: usize) {
        let behind = due.saturating_sub(self.units.len());
        let ahead = self.units.len().saturating_sub(due);
        match random.below(100) {
            _ if ahead > 20 => self.take_back(random, ahead.min(12)),
            0..6 => self.take_back(random, 4),
            6..9 => self.jump(random),
            9..11 => self.replace(random),
            11 => self.type_text(random.pick(&["😀", "👍🏽", "👩‍👩‍👧", "❤️", "🇨🇳"])),
            12 => self.type_text(random.pick(&["𠮷", "𫖯", "𬭎", "𤭢", "𠀀", "䶮"])),
            13..16 => self.type_text(random.pick(&["G", "a", "l", "5", "G", " ", ".", "3"])),
            16 if self.units.len() > 200 => self.move_a_sentence(random),
            17 => self.type_text("\n\n"),
            _ => {
                let length = if behind > 60 { 40 } else { random.between(1, 5) };
                let clause = self.next_clause(length);
                self.type_text(&clause);
            }
        }
    }

    /// What comes next in what the writer wants to say: up to so many characters, punctuation alone.
    fn next_clause(&mut self, length: usize) -> String {
        let rest = self.source.iter().cycle().skip(self.at_source % self.source.len().max(1));
        let marks = ['，', '。', '、', '“', '”', '；', '：', '（', '）', '\n'];
        let mut clause = String::new();
        for c in rest.take(length) {
            if length < 10 && marks.contains(c) {
                if clause.is_empty() {
                    clause.push(*c);
                }
                break;
            }
            clause.push(*c);
        }
        self.at_source += clause.chars().count();
        clause
    }

    fn type_text(&mut self, text: &str) {
        self.edit(self.caret, self.caret, text);
    }

    fn take_back(&mut self, random: &mut Random, at_most: usize) {
        let from = self.boundary(self.caret.saturating_sub(random.between(1, at_most)));
        if from < self.caret {
            self.edit(from, self.caret, "");
        } else {
            self.jump(random);
        }
    }

    /// To somewhere else, and something is typed there; soon back at the end.
    fn jump(&mut self, random: &mut Random) {
        self.caret = if random.percent(50) { self.units.len() } else { random.between(0, self.units.len()) };
        self.caret = self.boundary(self.caret);
        let clause = self.next_clause(3);
        self.type_text(&clause);
    }

    fn replace(&mut self, random: &mut Random) {
        let from = self.boundary(random.between(0, self.units.len()));
        let to = self.boundary((from + random.between(1, 6)).min(self.units.len()));
        let clause = self.next_clause(4);
        self.edit(from, to.max(from), &clause);
    }

    /// Cut here, pasted there: two edits.
    fn move_a_sentence(&mut self, random: &mut Random) {
        let from = self.boundary(random.between(0, self.units.len() - 60));
        let to = self.boundary(from + random.between(10, 50));
        let sentence = String::from_utf16_lossy(self.units.get(from..to).unwrap_or_default());
        self.edit(from, to, "");
        self.caret = self.boundary(random.between(0, self.units.len()));
        self.type_text(&sentence);
        self.caret = self.units.len();
    }

    /// Makes the text as long as was asked, in one edit.
    fn finish(&mut self, n_units: usize) {
        let end = self.units.len();
        if end > n_units {
            let from = self.boundary(n_units);
            let pad = " ".repeat(n_units - from);
            self.edit(from, end, &pad);
        } else {
            let missing: String = self
                .source
                .iter()
                .cycle()
                .skip(self.at_source % self.source.len())
                .take(n_units - end)
                .collect();
            let mut missing: Vec<u16> = missing.encode_utf16().take(n_units - end).collect();
            if missing.last().is_some_and(|unit| is_first_half(*unit)) {
                missing.pop();
                missing.push(u16::from(b' '));
            }
            self.edit(end, end, &String::from_utf16_lossy(&missing));
        }
    }

    /// This offset, or the one before when it lies inside a pair.
    fn boundary(&self, at: usize) -> usize {
        let inside =
            at.checked_sub(1).and_then(|at| self.units.get(at)).is_some_and(|unit| is_first_half(*unit));
        if inside { at - 1 } else { at }
    }

    fn edit(&mut self, from: usize, to: usize, insert: &str) {
        self.units.splice(from..to, insert.encode_utf16());
        self.caret = from + insert.encode_utf16().count();
        self.edits.push(Edit { from, to, insert: insert.to_owned() });
    }
}

fn is_first_half(unit: u16) -> bool {
    (0xd800..0xdc00).contains(&unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Types it again, refusing what an editor would refuse.
    fn replay(typing: &Typing) -> String {
        let mut text = String::new();
        for edit in &typing.edits {
            let units: Vec<u16> = text.encode_utf16().collect();
            let part = |units: &[u16]| String::from_utf16(units).expect("no offset is inside a pair");
            text = [part(&units[..edit.from]), edit.insert.clone(), part(&units[edit.to..])].concat();
        }
        text
    }

    #[test]
    fn what_was_typed_is_the_text() {
        for seed in 0..20 {
            let typing = typing(seed, 3_000, 1_200);
            assert_eq!(replay(&typing), typing.text, "{seed}");
            assert_eq!(typing.text.encode_utf16().count(), 3_000, "{seed}");
        }
    }

    #[test]
    fn a_long_article_has_as_many_edits_and_characters_as_asked() {
        let typing = typing(1, 50_000, 20_000);
        assert_eq!(typing.text.encode_utf16().count(), 50_000);
        assert!((20_000..20_010).contains(&typing.edits.len()), "{}", typing.edits.len());
        let longest = typing.edits.iter().map(|edit| edit.insert.chars().count()).max();
        assert!(longest < Some(400), "{longest:?}");
        let deletions = typing.edits.iter().filter(|edit| edit.insert.is_empty()).count();
        assert!(deletions > 500, "{deletions}");
        for rare in ["𠮷", "😀", "👩‍👩‍👧"] {
            assert!(typing.edits.iter().any(|edit| edit.insert == rare), "{rare}");
        }
    }

    #[test]
    fn short_traces_are_possible() {
        for (n_units, n_edits) in [(0, 1), (1, 1), (10, 100), (100, 5)] {
            let typing = typing(3, n_units, n_edits);
            assert_eq!(replay(&typing), typing.text);
            assert_eq!(typing.text.encode_utf16().count(), n_units);
        }
    }
}
