//! Instants as a page prints them, in the site's time zone.

use chrono::{DateTime, SecondsFormat, Utc};
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

/// None for an instant that no calendar holds. A zone nobody knows counts as UTC.
pub(crate) fn print(at: Instant, zone: &str, language: PageLanguage) -> Option<Printed> {
    let at = in_zone(at, zone)?;
    let (date, time, short) = match language {
        PageLanguage::Chinese => ("%Y-%m-%d", "%Y-%m-%d %H:%M", "%m-%d"),
        PageLanguage::English => ("%-d %B %Y", "%-d %B %Y, %H:%M", "%-d %b"),
    };
    Some(Printed {
        machine: at.to_rfc3339_opts(SecondsFormat::Secs, false),
        date: at.format(date).to_string(),
        time: at.format(time).to_string(),
        short: at.format(short).to_string(),
    })
}

/// `2026-11-23T14:05:00+08:00`; none for an instant that no calendar holds.
pub(crate) fn machine(at: Instant, zone: &str) -> Option<String> {
    Some(in_zone(at, zone)?.to_rfc3339_opts(SecondsFormat::Secs, false))
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
    use super::*;

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
