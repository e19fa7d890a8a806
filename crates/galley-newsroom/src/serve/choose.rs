//! What a request's headers ask for: an encoding, a part, or nothing because the reader has it (RFC 9110).
//!
//! Pure functions over header values. A header that cannot be read is as if it were not there.

use std::ops::Range;
use std::time::SystemTime;

use axum::http::header::{self, HeaderMap, HeaderName};
use galley_destinations::Encoding;

/// The form that `Accept-Encoding` asks for among those that there are; none is the plain one (12.5.3).
pub(super) fn encoding(headers: &HeaderMap, has: impl Fn(Encoding) -> bool) -> Option<Encoding> {
    let mut wishes = Wishes::default();
    for (coding, quality) in values(headers, header::ACCEPT_ENCODING).filter_map(wish) {
        wishes.take(coding, quality);
    }
    // The plain form stands behind every packed one that is as welcome; where it is not named, behind all.
    let plain = wishes.plain.unwrap_or(0);
    let welcome = |encoding: &Encoding| {
        let quality = wishes.of(*encoding);
        quality > 0 && quality >= plain && has(*encoding)
    };
    let packed = Encoding::ALL.into_iter().filter(welcome);
    // Of two as welcome the first, which is the smaller.
    packed.rev().max_by_key(|encoding| wishes.of(*encoding))
}

/// Qualities in thousandths.
#[derive(Default)]
struct Wishes {
    brotli: Option<u16>,
    gzip: Option<u16>,
    plain: Option<u16>,
    others: Option<u16>,
}

impl Wishes {
    fn take(&mut self, coding: &str, quality: u16) {
        let is = |name: &str| coding.eq_ignore_ascii_case(name);
        let slot = if is("br") {
            &mut self.brotli
        } else if is("gzip") || is("x-gzip") {
            &mut self.gzip
        } else if is("identity") {
            &mut self.plain
        } else if is("*") {
            &mut self.others
        } else {
            return;
        };
        *slot = Some(quality);
    }

    fn of(&self, encoding: Encoding) -> u16 {
        let named = match encoding {
            Encoding::Brotli => self.brotli,
            Encoding::Gzip => self.gzip,
        };
        named.or(self.others).unwrap_or(0)
    }
}

/// `gzip;q=0.5`
fn wish(item: &str) -> Option<(&str, u16)> {
    let mut parts = item.split(';').map(str::trim);
    let coding = parts.next().filter(|coding| !coding.is_empty())?;
    let quality = parts.find_map(|parameter| {
        let (name, value) = parameter.split_once('=')?;
        name.trim().eq_ignore_ascii_case("q").then(|| thousandths(value.trim()))
    });
    match quality {
        None => Some((coding, 1000)),
        Some(quality) => Some((coding, quality?)),
    }
}

/// A weight of at most three decimals (12.4.2).
fn thousandths(text: &str) -> Option<u16> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    let is_number = decimals.len() <= 3 && decimals.bytes().all(|byte| byte.is_ascii_digit());
    let decimals: u16 = if is_number { format!("{decimals:0<3}").parse().ok()? } else { return None };
    match whole {
        "0" => Some(decimals),
        "1" if decimals == 0 => Some(1000),
        _ => None,
    }
}

/// What a form of a file is known by.
pub(super) struct Validators<'a> {
    /// With its quotes; always strong.
    pub(super) etag: &'a str,
    /// To the second, and only where it is strong.
    pub(super) modified: Option<SystemTime>,
}

/// What the preconditions of a request come to, in the order of 13.2.2.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Send it.
    Send,
    /// The reader has it: 304.
    NotModified,
    /// It is not what the reader means: 412.
    Failed,
}

pub(super) fn verdict(headers: &HeaderMap, known: &Validators<'_>) -> Verdict {
    if headers.contains_key(header::IF_MATCH) {
        if !names(headers, header::IF_MATCH, known.etag, Comparison::Strong) {
            return Verdict::Failed;
        }
    } else if let (Some(modified), Some(since)) = (known.modified, date(headers, header::IF_UNMODIFIED_SINCE))
        && modified > since
    {
        return Verdict::Failed;
    }
    if headers.contains_key(header::IF_NONE_MATCH) {
        if names(headers, header::IF_NONE_MATCH, known.etag, Comparison::Weak) {
            return Verdict::NotModified;
        }
    } else if let (Some(modified), Some(since)) = (known.modified, date(headers, header::IF_MODIFIED_SINCE))
        && modified <= since
    {
        return Verdict::NotModified;
    }
    Verdict::Send
}

/// How tags are compared (8.8.3.2).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Strong,
    Weak,
}

/// Whether a list of tags names one. Our tags hold no comma, so that lists can be split at them.
fn names(headers: &HeaderMap, name: HeaderName, etag: &str, comparison: Comparison) -> bool {
    values(headers, name).any(|tag| match (tag, comparison) {
        ("*", _) => true,
        (tag, Comparison::Strong) => tag == etag,
        (tag, Comparison::Weak) => tag.strip_prefix("W/").unwrap_or(tag) == etag,
    })
}

/// Which bytes are asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// All: nothing was asked, or something that need not be given, such as several ranges at once.
    Whole,
    /// These.
    Range(Range<u64>),
    /// Some that there are not: 416.
    Unsatisfiable,
}

/// The part of a form of so many bytes that `Range` asks for, while `If-Range` lets it (14.2, 13.1.5).
pub(super) fn part(headers: &HeaderMap, known: &Validators<'_>, len: u64) -> Part {
    let mut ranges = headers.get_all(header::RANGE).iter();
    let (Some(range), None) = (ranges.next().and_then(|range| range.to_str().ok()), ranges.next()) else {
        return Part::Whole;
    };
    if headers.contains_key(header::IF_RANGE) && !is_still(headers, known) {
        return Part::Whole;
    }
    match range.split_once('=') {
        Some((unit, range)) if unit.trim().eq_ignore_ascii_case("bytes") => bytes(range.trim(), len),
        _ => Part::Whole,
    }
}

fn is_still(headers: &HeaderMap, known: &Validators<'_>) -> bool {
    let text = headers.get(header::IF_RANGE).and_then(|value| value.to_str().ok()).map(str::trim);
    match text {
        Some(tag) if tag.starts_with('"') || tag.starts_with("W/") => tag == known.etag,
        _ => known.modified.is_some() && known.modified == date(headers, header::IF_RANGE),
    }
}

/// `0-499`, `500-`, `-500`.
fn bytes(range: &str, len: u64) -> Part {
    let Some((first, last)) = range.split_once('-') else { return Part::Whole };
    let is_number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(first) || !is_number(last) || (first.is_empty() && last.is_empty()) {
        return Part::Whole;
    }
    // More digits than a length can have are beyond its end.
    let number = |text: &str| text.parse::<u64>().unwrap_or(u64::MAX);
    let range = match (first, last) {
        ("", last) => len.saturating_sub(number(last))..len,
        (first, "") => number(first)..len,
        (first, last) if number(last) < number(first) => return Part::Whole,
        (first, last) => number(first)..len.min(number(last).saturating_add(1)),
    };
    if range.start < range.end { Part::Range(range) } else { Part::Unsatisfiable }
}

/// The items of a list that may stand in several lines.
fn values(headers: &HeaderMap, name: HeaderName) -> impl Iterator<Item = &str> {
    let lines = headers.get_all(name).into_iter().filter_map(|line| line.to_str().ok());
    lines.flat_map(|line| line.split(',').map(str::trim))
}

fn date(headers: &HeaderMap, name: HeaderName) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(name)?.to_str().ok()?.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    fn headers(lines: &[(HeaderName, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(name, value.parse().unwrap());
        }
        headers
    }

    #[test]
    fn the_encoding_follows_the_weights() {
        let (br, gzip, plain) = (Some(Encoding::Brotli), Some(Encoding::Gzip), None);
        for (accepted, expected) in [
            ("gzip, deflate, br, zstd", br),
            ("gzip", gzip),
            ("x-gzip", gzip),
            ("GZIP", gzip),
            ("br;q=0.5, gzip", gzip),
            ("br;q=0.5, gzip;q=0.5", br),
            ("br; q=0.9, gzip ; Q=0.8", br),
            ("gzip;q=0", plain),
            ("br;q=0, *", gzip),
            ("*", br),
            ("*;q=0", plain),
            ("identity", plain),
            ("identity, gzip;q=0.5", plain),
            ("identity;q=0.5, gzip", gzip),
            ("identity;q=0", plain),
            ("identity, gzip", gzip),
            ("", plain),
            ("deflate", plain),
            ("gzip;q=1.0001", plain),
            ("gzip;q=2", plain),
            ("gzip;q=", plain),
            ("gzip;q=nan", plain),
            (",,;;q=,gzip", gzip),
        ] {
            let asked = headers(&[(header::ACCEPT_ENCODING, accepted)]);
            assert_eq!(encoding(&asked, |_| true), expected, "{accepted}");
            assert_eq!(encoding(&asked, |_| false), plain, "{accepted}, of which there is none");
        }
        assert_eq!(encoding(&headers(&[]), |_| true), plain);
        let lines = headers(&[(header::ACCEPT_ENCODING, "deflate"), (header::ACCEPT_ENCODING, "br")]);
        assert_eq!(encoding(&lines, |_| true), br);
        let only_gzip = headers(&[(header::ACCEPT_ENCODING, "br, gzip;q=0.2")]);
        assert_eq!(encoding(&only_gzip, |encoding| encoding == Encoding::Gzip), gzip);
    }

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    const THEN: &str = "Thu, 01 Jan 1970 00:16:40 GMT";
    const BEFORE: &str = "Thu, 01 Jan 1970 00:16:39 GMT";
    const KNOWN: &str = "\"1a\"";

    #[test]
    fn preconditions_are_looked_at_in_their_order() {
        use Verdict::{Failed, NotModified, Send};
        let (none, since) = (header::IF_NONE_MATCH, header::IF_MODIFIED_SINCE);
        let (some, unmodified) = (header::IF_MATCH, header::IF_UNMODIFIED_SINCE);
        let cases: &[(&[(HeaderName, &str)], Verdict)] = &[
            (&[], Send),
            (&[(none.clone(), KNOWN)], NotModified),
            (&[(none.clone(), "W/\"1a\"")], NotModified),
            (&[(none.clone(), "\"2b\", \"1a\"")], NotModified),
            (&[(none.clone(), "\"2b\""), (none.clone(), KNOWN)], NotModified),
            (&[(none.clone(), "*")], NotModified),
            (&[(none.clone(), "\"2b\"")], Send),
            (&[(none.clone(), "1a")], Send),
            (&[(none.clone(), "\"2b\""), (since.clone(), THEN)], Send),
            (&[(since.clone(), THEN)], NotModified),
            (&[(since.clone(), BEFORE)], Send),
            (&[(since.clone(), "yesterday")], Send),
            (&[(some.clone(), KNOWN)], Send),
            (&[(some.clone(), "*")], Send),
            (&[(some.clone(), "W/\"1a\"")], Failed),
            (&[(some.clone(), "\"2b\""), (none.clone(), KNOWN)], Failed),
            (&[(some.clone(), KNOWN), (none.clone(), KNOWN)], NotModified),
            (&[(unmodified.clone(), BEFORE)], Failed),
            (&[(unmodified.clone(), THEN)], Send),
            (&[(some.clone(), KNOWN), (unmodified.clone(), BEFORE)], Send),
        ];
        for (lines, expected) in cases {
            let known = Validators { etag: KNOWN, modified: Some(at(1000)) };
            assert_eq!(verdict(&headers(lines), &known), *expected, "{lines:?}");
        }
        let undated = Validators { etag: KNOWN, modified: None };
        for name in [since, unmodified] {
            assert_eq!(verdict(&headers(&[(name, THEN)]), &undated), Send);
        }
    }

    #[test]
    fn a_range_is_given_refused_or_ignored() {
        use Part::{Range, Unsatisfiable, Whole};
        let many = format!("bytes={}", "0-0,".repeat(2000));
        for (asked, len, expected) in [
            ("bytes=0-499", 1000, Range(0..500)),
            ("bytes=500-", 1000, Range(500..1000)),
            ("bytes=-300", 1000, Range(700..1000)),
            ("bytes=-3000", 1000, Range(0..1000)),
            ("bytes=0-", 1000, Range(0..1000)),
            ("bytes=999-999", 1000, Range(999..1000)),
            ("bytes=999-5000", 1000, Range(999..1000)),
            ("Bytes = 0-0", 1000, Range(0..1)),
            ("bytes=0-99999999999999999999999999", 1000, Range(0..1000)),
            ("bytes=-99999999999999999999999999", 1000, Range(0..1000)),
            ("bytes=0-18446744073709551615", 1000, Range(0..1000)),
            ("bytes=1000-", 1000, Unsatisfiable),
            ("bytes=1000-1001", 1000, Unsatisfiable),
            ("bytes=99999999999999999999999999-", 1000, Unsatisfiable),
            ("bytes=-0", 1000, Unsatisfiable),
            ("bytes=0-", 0, Unsatisfiable),
            ("bytes=-1", 0, Unsatisfiable),
            ("bytes=5-4", 1000, Whole),
            ("bytes=0-1,3-4", 1000, Whole),
            (&many, 1000, Whole),
            ("bytes=--1", 1000, Whole),
            ("bytes=-", 1000, Whole),
            ("bytes=", 1000, Whole),
            ("bytes=+1-2", 1000, Whole),
            ("bytes=0x1-2", 1000, Whole),
            ("bytes= 0 - 1", 1000, Whole),
            ("lines=0-1", 1000, Whole),
            ("0-1", 1000, Whole),
            ("", 1000, Whole),
        ] {
            let known = Validators { etag: KNOWN, modified: None };
            assert_eq!(part(&headers(&[(header::RANGE, asked)]), &known, len), expected, "{asked}");
        }
        let twice = headers(&[(header::RANGE, "bytes=0-0"), (header::RANGE, "bytes=1-1")]);
        assert_eq!(part(&twice, &Validators { etag: KNOWN, modified: None }, 9), Whole);
    }

    #[test]
    fn a_range_is_given_only_of_what_the_reader_has_the_rest_of() {
        for (condition, modified, is_given) in [
            (KNOWN, None, true),
            ("W/\"1a\"", None, false),
            ("\"2b\"", None, false),
            ("*", None, false),
            (THEN, Some(at(1000)), true),
            (BEFORE, Some(at(1000)), false),
            (THEN, None, false),
            ("", Some(at(1000)), false),
        ] {
            let asked = headers(&[(header::RANGE, "bytes=0-1"), (header::IF_RANGE, condition)]);
            let known = Validators { etag: KNOWN, modified };
            assert_eq!(part(&asked, &known, 9) == Part::Range(0..2), is_given, "{condition}");
        }
    }
}
