//! The order of a list as a text in each entry: between any two there is room for another, so that an entry is
//! moved by changing that entry alone, and two people who move entries apart do not undo each other.
//!
//! A place (◆ frozen) is ASCII digits and letters, compared byte by byte: a whole number, then a fraction that
//! never ends in the lowest digit. The number begins with its length: `a` with one digit, `b` with two, … for
//! zero and upwards, `Z` with one, `Y` with two, … below zero. A place grows by a digit only after 62, then
//! 62 × 62, … entries were added at one end; entries put again and again into one gap cost a digit for about
//! every six.
//!
//! Not here: ties. Two devices may choose the same place; the entries' ids decide then.

use std::cmp::Ordering;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const BASE: i64 = 62;
/// Numbers of at most this many digits fit an `i64`.
const MAX_DIGITS: u32 = 10;

/// A place after `a` and before `b`; none is the end of the list on that side.
///
/// Always answers, and never with `a` or `b` itself: a text that is no place counts as none, two in the wrong
/// order as if they stood right, and two that are equal as a request for a place just after them.
pub fn between(a: Option<&str>, b: Option<&str>) -> String {
    let place = match (a.and_then(Place::read), b.and_then(Place::read)) {
        (None, None) => Place { whole: 0, fraction: Vec::new() },
        (Some(a), None) => a.next(),
        (None, Some(b)) => b.previous(),
        (Some(a), Some(b)) => match a.cmp(&b) {
            Ordering::Less => a.middle(&b),
            Ordering::Greater => b.middle(&a),
            Ordering::Equal => a.just_after(),
        },
    };
    place.write()
}

/// Places for a whole list, in order.
pub fn places(n_entries: usize) -> Vec<String> {
    let mut places: Vec<String> = Vec::with_capacity(n_entries);
    for _ in 0..n_entries {
        places.push(between(places.last().map(String::as_str), None));
    }
    places
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Place {
    whole: i64,
    /// Digits 0 to 61, the last not 0.
    fraction: Vec<u8>,
}

impl Place {
    fn next(&self) -> Self {
        let next = Self { whole: self.whole + 1, fraction: Vec::new() };
        if next.whole < highest() { next } else { self.just_after() }
    }

    fn previous(&self) -> Self {
        let whole = if self.fraction.is_empty() { self.whole - 1 } else { self.whole };
        Self { whole, fraction: Vec::new() }
    }

    fn just_after(&self) -> Self {
        Self { whole: self.whole, fraction: middle(&self.fraction, None) }
    }

    /// Strictly between this and a higher one.
    fn middle(&self, higher: &Self) -> Self {
        match higher.whole - self.whole {
            0 => Self { whole: self.whole, fraction: middle(&self.fraction, Some(&higher.fraction)) },
            1 if higher.fraction.is_empty() => self.just_after(),
            1 => Self { whole: higher.whole, fraction: Vec::new() },
            gap => Self { whole: self.whole + gap / 2, fraction: Vec::new() },
        }
    }

    fn read(text: &str) -> Option<Self> {
        let (head, rest) = text.as_bytes().split_first()?;
        let (n_digits, negative) = match head {
            b'a'..=b'z' => (head - b'a' + 1, false),
            b'A'..=b'Z' => (b'Z' - head + 1, true),
            _ => return None,
        };
        let digits: Vec<u8> = rest.iter().map(|byte| digit(*byte)).collect::<Option<_>>()?;
        let (whole, fraction) = digits.split_at_checked(n_digits.into())?;
        if u32::from(n_digits) > MAX_DIGITS || fraction.last() == Some(&0) {
            return None;
        }
        let value = whole.iter().fold(0, |value, digit| value * BASE + i64::from(*digit));
        let n_digits = u32::from(n_digits);
        let shorter = numbers_shorter_than(n_digits);
        let whole = if negative { value - shorter - BASE.pow(n_digits) } else { value + shorter };
        // Without the outermost, so that there is always one further out.
        (-highest() < whole && whole < highest()).then(|| Self { whole, fraction: fraction.to_vec() })
    }

    fn write(&self) -> String {
        let negative = self.whole < 0;
        let distance = if negative { -1 - self.whole } else { self.whole };
        let n_digits = (1..MAX_DIGITS).find(|n| distance < numbers_shorter_than(n + 1)).unwrap_or(MAX_DIGITS);
        let value = distance - numbers_shorter_than(n_digits);
        let value = if negative { BASE.pow(n_digits) - 1 - value } else { value };
        let step = u8::try_from(n_digits).unwrap_or_default() - 1;
        let head = if negative { b'Z' - step } else { b'a' + step };
        let whole = (0..n_digits).rev().map(|n| u8::try_from(value / BASE.pow(n) % BASE).unwrap_or_default());
        let digits = whole.chain(self.fraction.iter().copied());
        let written = digits.filter_map(|digit| DIGITS.get(usize::from(digit))).map(|byte| char::from(*byte));
        std::iter::once(char::from(head)).chain(written).collect()
    }
}

/// How many numbers from zero upwards have fewer digits.
fn numbers_shorter_than(n_digits: u32) -> i64 {
    (1..n_digits).map(|n| BASE.pow(n)).sum()
}

fn highest() -> i64 {
    numbers_shorter_than(MAX_DIGITS + 1) - 1
}

fn digit(byte: u8) -> Option<u8> {
    DIGITS.iter().position(|digit| *digit == byte).and_then(|at| u8::try_from(at).ok())
}

/// A fraction strictly between two, none standing for one whole.
fn middle(low: &[u8], high: Option<&[u8]>) -> Vec<u8> {
    let mut middle = Vec::new();
    let mut high = high;
    for at in 0.. {
        let from = low.get(at).copied().unwrap_or(0);
        let to = high.map_or(62, |digits| digits.get(at).copied().unwrap_or(0));
        if to > from + 1 {
            middle.push(from + (to - from) / 2);
            break;
        }
        if to > from {
            // No digit fits between these: everything that begins with the lower one is below `high`.
            high = None;
        }
        middle.push(from);
    }
    middle
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn places_are_written_as_they_always_were() {
        let check = |a: Option<&str>, b: Option<&str>, expected: &str| assert_eq!(between(a, b), expected);
        check(None, None, "a0");
        check(Some("a0"), None, "a1");
        check(Some("az"), None, "b00");
        check(Some("bzz"), None, "c000");
        check(None, Some("a0"), "Zz");
        check(None, Some("Z0"), "Yzz");
        check(None, Some("a0V"), "a0");
        check(Some("a0"), Some("a1"), "a0V");
        check(Some("a0"), Some("a4"), "a2");
        check(Some("a0"), Some("a1V"), "a1");
        check(Some("a0"), Some("a0V"), "a0F");
        check(Some("a0"), Some("a01"), "a00V");
        check(Some("a0z"), Some("a1"), "a0zV");
        check(Some("Zz"), Some("a0"), "ZzV");
    }

    #[test]
    fn what_is_no_place_still_gets_an_answer() {
        let check = |a: Option<&str>, b: Option<&str>, expected: &str| assert_eq!(between(a, b), expected);
        for not_a_place in
            ["", "0", "a", "b0", "a00", "a0-", "一", "z", "zzzzzzzzzzzzzzzzzzzzzzzzzzzz", "k0000000000"]
        {
            check(Some(not_a_place), None, "a0");
            check(Some("a5"), Some(not_a_place), "a6");
        }
        check(Some("a1"), Some("a0"), "a0V");
        check(Some("a1"), Some("a1"), "a1V");
        // The far ends.
        check(Some("jzzzzzzzzzy"), None, "jzzzzzzzzzyV");
        check(Some("jzzzzzzzzzz"), None, "a0");
        check(None, Some("Q0000000001"), "a0");
        check(None, Some("Q0000000002"), "Q0000000001");
    }

    #[test]
    fn places_stay_short_at_the_ends_and_in_one_gap() {
        let places = places(10_000);
        assert!(places.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(places.iter().map(String::len).max(), Some(4));

        let mut first = "a0".to_owned();
        for _ in 0..10_000 {
            let before = between(None, Some(&first));
            assert!(before < first);
            first = before;
        }
        assert_eq!(first.len(), 4);

        let (mut low, high) = ("a0".to_owned(), "a1");
        for _ in 0..600 {
            let place = between(Some(&low), Some(high));
            assert!(low < place && *place < *high);
            low = place;
        }
        assert!(low.len() < 130, "{}", low.len());
    }

    proptest! {
        #[test]
        fn an_entry_put_anywhere_stands_there(inserts in proptest::collection::vec(any::<prop::sample::Index>(), 1..200)) {
            let mut list: Vec<String> = Vec::new();
            for index in inserts {
                let at = index.index(list.len() + 1);
                let before = at.checked_sub(1).and_then(|at| list.get(at)).map(String::as_str);
                let place = between(before, list.get(at).map(String::as_str));
                list.insert(at, place);
            }
            prop_assert!(list.windows(2).all(|pair| pair[0] < pair[1]), "{:?}", list);
        }

        #[test]
        fn no_input_is_answered_with_itself(a in "[A-Za-z0-9]{0,14}", b in "[A-Za-z0-9]{0,14}") {
            let place = between(Some(&a), Some(&b));
            let readable = |text: &str| Place::read(text).is_some();
            prop_assert!(!readable(&a) || place != a);
            prop_assert!(!readable(&b) || place != b);
            prop_assert!(readable(&place));
        }

        #[test]
        fn a_place_is_read_back_and_sorts_as_it_is_written(a in -5_000_000_000_i64..5_000_000_000, b in -70_i64..70) {
            let written = |whole: i64| Place { whole, fraction: Vec::new() }.write();
            for (x, y) in [(a, b), (a, a + 1), (b, b + 1)] {
                prop_assert_eq!(x.cmp(&y), written(x).cmp(&written(y)));
                prop_assert_eq!(Place::read(&written(x)).map(|place| place.whole), Some(x));
            }
        }
    }
}
