//! 字数 and the other counts of a text, by the rule of Word and WPS.
//!
//! **字数** (`words`) is what those programs show as 字数: every East Asian character, full-width mark or
//! symbol is one, and so is every run of other characters between spaces or East Asian characters, whatever is
//! in it: `Let's`, `3.14%`, an address, a half-width comma between two Han characters. Known cases:
//! `使用 Adobe Photoshop 打开图片` is 8, `Hello “世界”` is 5, `EXH.C-◇` is 2. Hangul is counted by its spaces, as
//! in their label 中文字符和朝鲜语单词.
//!
//! Their rule for quotes, dashes, dots and ellipses leans on the font; here such a mark is full-width when an
//! East Asian character touches it (`“世界”`, `林则徐·传`), and part of the run otherwise (`don’t`, `“Hello”`). An
//! emoji is one, however many code points it is made of. Invisible characters count nothing.
//!
//! **Characters** are Unicode scalar values without line breaks and control characters: neither bytes, nor
//! UTF-16 units, nor grapheme clusters, whose number moves with the version of Unicode. **Words of spaced
//! scripts** are those of UAX #29 between East Asian characters (`7，8` is two, full-width letters are none).
//!
//! Every count is the sum of the counts of the lines. Not here: taking the marks out of Markdown; the caller
//! passes the visible text with one paragraph a line.

use serde::{Deserialize, Serialize};
use unicode_segmentation::UnicodeSegmentation;

/// Counts of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
pub struct Counts {
    /// 字数 by the rule of Word and WPS.
    pub words: u32,
    /// 字符数（计空格）
    pub characters: u32,
    /// 字符数（不计空格）
    pub characters_without_spaces: u32,
    /// 汉字
    pub han: u32,
    /// Words of spaced scripts by UAX #29.
    pub latin_words: u32,
    /// Paragraphs that are not empty.
    pub paragraphs: u32,
}

/// Counts a plain text, one paragraph a line.
pub fn count(text: &str) -> Counts {
    let mut counts = Counts::default();
    for line in text.split('\n') {
        count_line(line, &mut counts);
    }
    counts
}

/// What a character is to the count.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    /// Ends a run and counts nothing.
    Space,
    /// Neither ends a run nor begins one: joiners, marks on the letter before, direction controls.
    Invisible,
    /// Counts one.
    EastAsian,
    /// Counts one, and makes one sign with another that a joiner ties to it: symbols and emoji.
    Emoji,
    /// Half of a flag.
    Regional,
    /// Full-width when it touches an East Asian character.
    Either,
    /// Part of a run.
    Other,
}

fn count_line(line: &str, counts: &mut Counts) {
    let mut sum = Sum::default();
    let mut says_something = false;
    // Where the stretch of other scripts began that is still to be cut into words.
    let mut stretch: Option<usize> = None;

    let mut plain = 0;
    for (at, c) in line.char_indices() {
        // Han after Han, which nearly all Chinese text is: one more of each, and nothing else to look at.
        if matches!(c, '\u{4e00}'..='\u{9fff}') && stretch.is_none() && sum.is_after_plain_han() {
            plain += 1;
            continue;
        }
        let class = class_of(c);
        counts.words += sum.words_with(c, class);
        let is_character = c == '\t' || !c.is_control() && !matches!(c, '\u{2028}' | '\u{2029}');
        counts.characters += u32::from(is_character);
        counts.characters_without_spaces += u32::from(is_character && class != Class::Space);
        counts.han += u32::from(is_han(c));
        says_something |= !matches!(class, Class::Space | Class::Invisible);
        match (class, stretch) {
            (Class::EastAsian | Class::Space, Some(start)) => {
                counts.latin_words += words_of_spaced_scripts(line.get(start..at));
                stretch = None;
            }
            (Class::Other, None) => stretch = Some(at),
            _ => {}
        }
    }
    counts.words += plain;
    counts.characters += plain;
    counts.characters_without_spaces += plain;
    counts.han += plain;
    counts.latin_words += words_of_spaced_scripts(stretch.and_then(|start| line.get(start..)));
    counts.paragraphs += u32::from(says_something);
}

/// 字数 so far, character by character.
#[derive(Default)]
struct Sum {
    in_run: bool,
    after_east_asian: bool,
    /// Marks since the last character that is neither a mark nor invisible, while that was not East Asian.
    undecided: u32,
    /// Whether the first of them was taken to begin a run, and counted.
    began_run: bool,
    after_emoji: bool,
    after_joiner: bool,
    after_half_flag: bool,
}

impl Sum {
    /// Whether a Han character adds one and leaves everything as it is. After an East Asian character no run is under
    /// way, and no mark is undecided.
    fn is_after_plain_han(&self) -> bool {
        self.after_east_asian && !(self.after_emoji || self.after_joiner || self.after_half_flag)
    }

    /// What this character adds.
    fn words_with(&mut self, c: char, class: Class) -> u32 {
        let one_sign = (class == Class::Emoji && self.after_emoji && self.after_joiner)
            || (class == Class::Regional && self.after_half_flag);
        self.after_joiner = c == '\u{200d}';
        if class == Class::Invisible {
            return 0;
        }
        self.after_emoji = class == Class::Emoji;
        self.after_half_flag = class == Class::Regional && !one_sign;
        match class {
            Class::Either if self.after_east_asian => 1,
            Class::Either => {
                let begins = !self.in_run;
                if self.undecided == 0 {
                    self.began_run = begins;
                }
                self.undecided += 1;
                self.in_run = true;
                u32::from(begins)
            }
            Class::EastAsian | Class::Emoji | Class::Regional => {
                let full_width = self.undecided - u32::from(self.undecided > 0 && self.began_run);
                self.undecided = 0;
                self.in_run = false;
                self.after_east_asian = true;
                full_width + u32::from(!one_sign)
            }
            Class::Other | Class::Space | Class::Invisible => {
                let begins = class == Class::Other && !self.in_run;
                self.undecided = 0;
                self.in_run = class == Class::Other;
                self.after_east_asian = false;
                u32::from(begins)
            }
        }
    }
}

fn words_of_spaced_scripts(stretch: Option<&str>) -> u32 {
    // Letters and digits between marks are one word; the segmenter is slower, for what is not so plain.
    let stretch = stretch.unwrap_or_default().trim_matches(|c: char| c.is_ascii_punctuation());
    if stretch.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return u32::from(!stretch.is_empty());
    }
    u32::try_from(stretch.unicode_words().count()).unwrap_or(u32::MAX)
}

/// Whether a character is a Han character (汉字), in any plane, radicals and 〇 included.
pub fn is_han(c: char) -> bool {
    matches!(
        c,
        '\u{4e00}'..='\u{9fff}'
            | '\u{3400}'..='\u{4dbf}'
            | '\u{3005}'
            | '\u{3007}'
            | '\u{3021}'..='\u{3029}'
            | '\u{3038}'..='\u{303b}'
            | '\u{2e80}'..='\u{2fd5}'
            | '\u{f900}'..='\u{faff}'
            | '\u{20000}'..='\u{3ffff}'
    )
}

fn class_of(c: char) -> Class {
    match c {
        // The two that make up nearly all text come first.
        '\u{4e00}'..='\u{9fff}' => Class::EastAsian,
        '\u{21}'..='\u{7e}' => Class::Other,
        _ if c.is_whitespace() || c.is_control() => Class::Space,
        '§' | '°' | '±' | '·' | '×' | '÷' => Class::Either,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180b}'..='\u{180f}' => Class::Invisible,
        '\u{300}'..='\u{36f}'
        | '\u{1ab0}'..='\u{1aff}'
        | '\u{1dc0}'..='\u{1dff}'
        | '\u{20d0}'..='\u{20f0}' => Class::Invisible,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => {
            Class::Invisible
        }
        '\u{302a}'..='\u{302f}'
        | '\u{3099}'
        | '\u{309a}'
        | '\u{fe00}'..='\u{fe0f}'
        | '\u{fe20}'..='\u{fe2f}' => Class::Invisible,
        '\u{1f3fb}'..='\u{1f3ff}' | '\u{e0000}'..='\u{e0fff}' => Class::Invisible,
        // Dashes, quotes, dots, primes; ℃ and its like; roman numerals; the long dashes of the Chinese page.
        '\u{2010}'..='\u{2027}'
        | '\u{2030}'..='\u{205e}'
        | '\u{2100}'..='\u{218f}'
        | '\u{2e3a}'
        | '\u{2e3b}' => Class::Either,
        '\u{1f1e6}'..='\u{1f1ff}' => Class::Regional,
        // Arrows, signs, frames, shapes, dingbats, some of which may be emoji.
        '\u{2190}'..='\u{27bf}' | '\u{2900}'..='\u{297f}' | '\u{2b00}'..='\u{2bff}' => Class::Emoji,
        '\u{1f000}'..='\u{1faff}' => Class::Emoji,
        // Radicals, marks, kana, bopomofo, enclosed and squared; not the Hangul among them.
        '\u{3131}'..='\u{318e}' => Class::Other,
        '\u{2e80}'..='\u{33ff}' | '\u{3400}'..='\u{4dff}' | '\u{a000}'..='\u{a4cf}' => Class::EastAsian,
        '\u{f900}'..='\u{faff}' | '\u{fe10}'..='\u{fe1f}' | '\u{fe30}'..='\u{fe6f}' => Class::EastAsian,
        '\u{ff01}'..='\u{ff9f}' | '\u{ffe0}'..='\u{ffe6}' => Class::EastAsian,
        // Tangut, Khitan, Nüshu, the supplements of kana, and the planes of the Han extensions.
        '\u{16fe0}'..='\u{18dff}' | '\u{1aff0}'..='\u{1b2ff}' | '\u{20000}'..='\u{3ffff}' => Class::EastAsian,
        _ => Class::Other,
    }
}

#[cfg(test)]
mod tests;
