//! Instants as a page prints them, in the site's time zone.

use chrono::{DateTime, Datelike as _, Offset as _, Timelike as _, Utc};
use chrono_tz::Tz;
use galley_model::Instant;
use serde::Serialize;

use crate::words::PageLanguage;

/// An instant ready for a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Printed {
    /// `2026-11-23T14:05:00+08:00`
    pub(crate) machine: String,
    /// 2026-11-23; 23 November 2026
    pub(crate) date: String,
    /// To the minute.
    pub(crate) time: String,
    /// 11-23; 23 Nov
    pub(crate) short: String,
}

/// The months in English.
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// None for an instant that no calendar holds. A zone nobody knows counts as UTC.
///
/// Put together by hand: every page prints a dozen times, and patterns are read anew for each.
pub(crate) fn print(at: Instant, zone: &str, language: PageLanguage) -> Option<Printed> {
    let at = in_zone(at, zone)?;
    let (year, month, day) = (at.year(), at.month(), at.day());
    let (hour, minute) = (at.hour(), at.minute());
    let (date, short, joint) = match language {
        PageLanguage::Chinese => {
            (format!("{}-{month:02}-{day:02}", four_digits(year)), format!("{month:02}-{day:02}"), " ")
        }
        PageLanguage::English => {
            let name = MONTHS.get(at.month0() as usize).copied().unwrap_or_default();
            let short = name.get(..3).unwrap_or_default();
            (format!("{day} {name} {}", four_digits(year)), format!("{day} {short}"), ", ")
        }
    };
    let time = format!("{date}{joint}{hour:02}:{minute:02}");
    Some(Printed { machine: rfc3339(&at), date, time, short })
}

/// `2026-11-23T14:05:00+08:00`; none for an instant that no calendar holds.
pub(crate) fn machine(at: Instant, zone: &str) -> Option<String> {
    Some(rfc3339(&in_zone(at, zone)?))
}

fn rfc3339(at: &DateTime<Tz>) -> String {
    let offset = at.offset().fix().local_minus_utc();
    let (sign, offset) = if offset < 0 { ('-', -offset) } else { ('+', offset) };
    // Local times of old are not whole minutes from those of today: to the nearest.
    let minutes = (offset + 30) / 60;
    format!(
        "{}-{:02}-{:02}T{:02}:{:02}:{:02}{sign}{:02}:{:02}",
        four_digits(at.year()),
        at.month(),
        at.day(),
        at.hour(),
        at.minute(),
        at.second(),
        minutes / 60,
        minutes % 60,
    )
}

/// A year as calendars print it; one that has more than four digits, or none, says so by its sign.
fn four_digits(year: i32) -> String {
    if (0..=9999).contains(&year) { format!("{year:04}") } else { format!("{year:+05}") }
}

/// `Mon, 23 Nov 2026 14:05:00 +0800`, as RFC 822 has it with the four-digit year of RFC 1123.
pub(crate) fn rfc822(at: Instant, zone: &str) -> Option<String> {
    Some(in_zone(at, zone)?.format("%a, %d %b %Y %H:%M:%S %z").to_string())
}

fn in_zone(at: Instant, zone: &str) -> Option<DateTime<Tz>> {
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    Some(DateTime::<Utc>::from_timestamp_millis(at.0)?.with_timezone(&zone))
}

#[cfg(test)]
mod tests {
    use chrono::SecondsFormat;

    use super::*;

    #[test]
    fn times_are_printed_as_the_patterns_of_the_calendar_print_them() {
        let day = 24 * 60 * 60 * 1000;
        // From the year −2700 to 11000, days and seconds apart, over summer times and odd zones.
        let instants = (-1_700_000..3_300_000).step_by(4_999).map(|n| Instant(n * day + n * 1_000));
        for at in instants {
            for zone in ["Asia/Shanghai", "America/St_Johns", "Europe/London", "Pacific/Apia", "UTC"] {
                let there = in_zone(at, zone).unwrap();
                let machine = there.to_rfc3339_opts(SecondsFormat::Secs, false);
                for (language, [date, time, short]) in [
                    (PageLanguage::Chinese, ["%Y-%m-%d", "%Y-%m-%d %H:%M", "%m-%d"]),
                    (PageLanguage::English, ["%-d %B %Y", "%-d %B %Y, %H:%M", "%-d %b"]),
                ] {
                    let expected = [date, time, short].map(|pattern| there.format(pattern).to_string());
                    let printed = print(at, zone, language).unwrap();
                    assert_eq!([printed.date, printed.time, printed.short], expected, "{at:?} {zone}");
                    assert_eq!(printed.machine, machine, "{at:?} {zone}");
                }
            }
        }
    }

    #[test]
    fn times_are_printed_in_the_zone_of_the_site() {
        let check = |zone: &str, language, expected: [&str; 4]| {
            let printed = print(Instant(1_795_413_905_000), zone, language).unwrap();
            assert_eq!(
                [printed.machine, printed.date, printed.time, printed.short],
                expected.map(str::to_owned)
            );
        };
        check(
            "Asia/Shanghai",
            PageLanguage::Chinese,
            ["2026-11-23T14:05:05+08:00", "2026-11-23", "2026-11-23 14:05", "11-23"],
        );
        check(
            "Europe/London",
            PageLanguage::English,
            ["2026-11-23T06:05:05+00:00", "23 November 2026", "23 November 2026, 06:05", "23 Nov"],
        );
        check(
            "nowhere",
            PageLanguage::English,
            ["2026-11-23T06:05:05+00:00", "23 November 2026", "23 November 2026, 06:05", "23 Nov"],
        );
        assert_eq!(print(Instant(i64::MAX), "UTC", PageLanguage::English), None);
    }

    #[test]
    fn feeds_get_the_date_of_mail_and_the_date_of_the_web() {
        let check = |zone: &str, mail: &str, web: &str| {
            let at = Instant(1_795_413_905_000);
            assert_eq!(rfc822(at, zone).as_deref(), Some(mail));
            assert_eq!(machine(at, zone).as_deref(), Some(web));
        };
        check("Asia/Shanghai", "Mon, 23 Nov 2026 14:05:05 +0800", "2026-11-23T14:05:05+08:00");
        check("America/New_York", "Mon, 23 Nov 2026 01:05:05 -0500", "2026-11-23T01:05:05-05:00");
        check("nowhere", "Mon, 23 Nov 2026 06:05:05 +0000", "2026-11-23T06:05:05+00:00");
        assert_eq!(rfc822(Instant(i64::MAX), "UTC"), None);
    }
}
