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
    let zone: Tz = zone.parse().unwrap_or(Tz::UTC);
    let at = DateTime::<Utc>::from_timestamp_millis(at.0)?.with_timezone(&zone);
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
}
