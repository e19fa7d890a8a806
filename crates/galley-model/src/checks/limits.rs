//! How long each field may be on a page, in characters. What is stored is never cut: a text over its limit is
//! kept, told, and not published.

use crate::counts::is_han;

/// The limits of one field, in characters (Unicode scalar values).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limit {
    /// The key of the fact; the entries of a list are named by their last part, such as `photo/caption`.
    pub key: &'static str,
    /// Longer than this is told: in Chinese, and in spaced scripts.
    pub advised: Option<(usize, usize)>,
    /// Longer than this is not published.
    pub max: usize,
}

const fn at_most(key: &'static str, max: usize) -> Limit {
    Limit { key, advised: None, max }
}

const fn advised(key: &'static str, han: usize, spaced: usize, max: usize) -> Limit {
    Limit { key, advised: Some((han, spaced)), max }
}

/// Newspaper headlines stay within two lines; 32 characters is what the share card of a phone shows.
const LIMITS: [Limit; 25] = [
    advised("headline", 40, 110, 200),
    advised("kicker", 40, 110, 200),
    advised("subheadline", 60, 160, 300),
    advised("short_headline", 32, 64, 100),
    at_most("genre", 40),
    at_most("source", 100),
    at_most("original_title", 300),
    at_most("original_author", 200),
    at_most("original_url", 2_000),
    at_most("contributor/name", 60),
    at_most("contributor/role", 40),
    at_most("contributor/unit", 100),
    at_most("byline", 300),
    at_most("responsible_editor", 60),
    at_most("dateline", 200),
    advised("summary", 128, 300, 1_000),
    at_most("keyword", 50),
    at_most("body", 200_000),
    advised("photo/caption", 120, 300, 1_000),
    at_most("photo/credit", 100),
    advised("photo/alt", 120, 250, 1_000),
    at_most("photo/credit_kind", 40),
    at_most("language", 35),
    at_most("embargo_reason", 1_000),
    at_most("editor_note", 20_000),
];

/// The whole table.
pub fn limits() -> &'static [Limit] {
    &LIMITS
}

/// The limit of a fact by its key; none for facts that are no free text.
pub fn limit_of(key: &str) -> Option<Limit> {
    let of = |name: &str| LIMITS.iter().copied().find(|limit| limit.key == name);
    match key.split_once('/') {
        None => of(key),
        Some(("keyword", _)) => of("keyword"),
        Some((list, rest)) => {
            let (_, what) = rest.rsplit_once('/')?;
            LIMITS.iter().copied().find(|limit| limit.key.split_once('/') == Some((list, what)))
        }
    }
}

impl Limit {
    /// What this text is advised to stay within.
    pub fn advised_for(&self, text: &str) -> Option<usize> {
        let (han, spaced) = self.advised?;
        Some(if text.chars().any(is_han) { han } else { spaced })
    }

    /// A text of no more bytes than this is within every limit.
    pub(super) fn least(&self) -> usize {
        self.advised.map_or(self.max, |(han, spaced)| han.min(spaced).min(self.max))
    }
}
