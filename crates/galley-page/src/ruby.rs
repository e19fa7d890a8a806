//! Readings over characters: `{汉字|hàn zì}`.
//!
//! The base holds a Han character, kana or Hangul; with as many readings as characters (apart by `|`, or by spaces)
//! each stands over its own. `｜`, which Chinese input methods type and cells of tables allow, is the same. Everything
//! else in braces is text. Not here: code, where nothing is a reading.

use crate::characters::{is_cjk, is_punctuation};
use crate::escape::{Joints, push_plain, push_text};

/// More is not a reading but a text in braces.
const LONGEST: usize = 240;

const BARS: [char; 2] = ['|', '｜'];

/// A base with its readings, inside a text.
struct Ruby<'a> {
    base: &'a str,
    reading: &'a str,
}

/// The first ruby at or after a place, with where it begins and ends.
fn next(text: &str, mut from: usize) -> Option<(usize, usize, Ruby<'_>)> {
    loop {
        let start = from + memchr::memchr(b'{', text.as_bytes().get(from..)?)?;
        let inside = text.get(start + 1..)?;
        let close = inside.bytes().take(LONGEST).position(|byte| matches!(byte, b'{' | b'}' | b'\n'));
        let Some(close) = close.filter(|at| inside.as_bytes().get(*at) == Some(&b'}')) else {
            from = start + 1;
            continue;
        };
        let end = start + close + 2;
        let parts = inside.get(..close).and_then(|inside| inside.split_once(BARS));
        let ruby = parts.map(|(base, reading)| Ruby { base: base.trim(), reading: reading.trim() });
        if let Some(ruby) = ruby.filter(Ruby::is_one) {
            return Some((start, end, ruby));
        }
        from = end;
    }
}

impl Ruby<'_> {
    fn is_one(&self) -> bool {
        let is_base = self.base.chars().any(|c| is_cjk(c) && !is_punctuation(c));
        is_base && self.reading.split(BARS).all(|reading| !reading.trim().is_empty())
    }

    fn push(&self, out: &mut String, joints: Joints) {
        let characters = || self.base.chars().filter(|c| !joints.hold(*c));
        let n_characters = characters().count();
        let mut readings: Vec<&str> = self.reading.split(BARS).map(str::trim).collect();
        if readings.len() == 1 {
            readings = self.reading.split_whitespace().collect();
        }
        out.push_str("<ruby>");
        if readings.len() == n_characters {
            for (character, reading) in characters().zip(readings) {
                let mut bytes = [0; 4];
                push_pair(out, character.encode_utf8(&mut bytes), reading, joints);
            }
        } else {
            push_pair(out, self.base, &self.reading.replace(BARS, " "), joints);
        }
        out.push_str("</ruby>");
    }
}

/// Brackets are for readers that set no ruby.
fn push_pair(out: &mut String, base: &str, reading: &str, joints: Joints) {
    push_text(out, base, joints);
    out.push_str("<rp>（</rp><rt>");
    push_text(out, reading, joints);
    out.push_str("</rt><rp>）</rp>");
}

/// Appends text between tags, with its readings set. `from` is where the first may begin.
pub(crate) fn push_text_with_ruby(out: &mut String, text: &str, from: usize, joints: Joints) {
    let mut copied = 0;
    let mut at = from;
    while let Some((start, end, ruby)) = next(text, at) {
        push_text(out, text.get(copied..start).unwrap_or_default(), joints);
        ruby.push(out, joints);
        (copied, at) = (end, end);
    }
    push_text(out, text.get(copied..).unwrap_or_default(), joints);
}

/// Appends text as text, without its readings.
pub(crate) fn push_plain_without_readings(out: &mut String, text: &str, from: usize, joints: Joints) {
    let mut copied = 0;
    let mut at = from;
    while let Some((start, end, ruby)) = next(text, at) {
        push_plain(out, text.get(copied..start).unwrap_or_default(), joints);
        push_plain(out, ruby.base, joints);
        (copied, at) = (end, end);
    }
    push_plain(out, text.get(copied..).unwrap_or_default(), joints);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readings_stand_over_their_characters_and_other_braces_are_text() {
        for (text, html, plain) in [
            (
                "在{重庆|chóng qìng}站",
                "在<ruby>重<rp>（</rp><rt>chóng</rt><rp>）</rp>庆<rp>（</rp><rt>qìng</rt><rp>）</rp></ruby>站",
                "在重庆站",
            ),
            (
                "{東京|とう|きょう}",
                "<ruby>東<rp>（</rp><rt>とう</rt><rp>）</rp>京<rp>（</rp><rt>きょう</rt><rp>）</rp></ruby>",
                "東京",
            ),
            ("{今日｜きょう}", "<ruby>今日<rp>（</rp><rt>きょう</rt><rp>）</rp></ruby>", "今日"),
            ("{WTO 组织|世贸}", "<ruby>WTO 组织<rp>（</rp><rt>世贸</rt><rp>）</rp></ruby>", "WTO 组织"),
            ("{<b>湖|\"&}", "<ruby>&lt;b&gt;湖<rp>（</rp><rt>\"&amp;</rt><rp>）</rp></ruby>", "<b>湖"),
            ("{name|default}", "{name|default}", "{name|default}"),
            ("{湖|}{|hú}{湖| }{湖||hú}", "{湖|}{|hú}{湖| }{湖||hú}", "{湖|}{|hú}{湖| }{湖||hú}"),
            ("{{湖|hú}}", "{<ruby>湖<rp>（</rp><rt>hú</rt><rp>）</rp></ruby>}", "{湖}"),
            ("{湖|hú", "{湖|hú", "{湖|hú"),
            ("{，|dòu}", "{，|dòu}", "{，|dòu}"),
        ] {
            let (mut set, mut read) = (String::new(), String::new());
            push_text_with_ruby(&mut set, text, 0, Joints::default());
            push_plain_without_readings(&mut read, text, 0, Joints::default());
            assert_eq!((set.as_str(), read.as_str()), (html, plain), "{text}");
        }
    }

    #[test]
    fn a_text_of_open_braces_is_read_once() {
        let text = "{湖|".repeat(100_000);
        let mut out = String::new();
        push_text_with_ruby(&mut out, &text, 0, Joints::default());
        assert_eq!(out, text);
    }
}
