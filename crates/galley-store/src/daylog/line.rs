//! A line of the day log. Its form is a promise: names never change their meaning, and later versions read it.

use galley_model::{ArticleId, Instant, RevisionId, Sha256};
use serde::{Deserialize, Serialize};
use sha2::Digest as _;

use crate::journal::JournalRow;
use crate::revision::Revision;

/// What one commit changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub(crate) enum Line {
    /// An article was made.
    Created { article: ArticleId, at: Instant },
    /// A journal row.
    Update {
        article: ArticleId,
        seq: i64,
        peer: u64,
        start: i32,
        end: i32,
        view: String,
        view_seq: u32,
        at: Instant,
        #[serde(with = "hex")]
        bytes: Vec<u8>,
    },
    /// Change number `no` of the article: a draft's new text, or none when it was settled.
    Draft { article: ArticleId, no: i64, key: String, value: Option<String>, at: Instant },
    /// A peer and who sits behind it.
    Session { article: ArticleId, peer: u64, author: String, at: Instant },
    /// Change number `no`: a revision, or a new label of one.
    Revision {
        no: i64,
        id: RevisionId,
        article: ArticleId,
        #[serde(with = "hex")]
        version: Vec<u8>,
        at: Instant,
        reason: String,
        label: String,
        author: String,
        words: u32,
        headline: String,
        content_hash: Sha256,
    },
    /// Change number `no`: moved to a list.
    Listed { article: ArticleId, no: i64, list: String },
    /// Change number `no`: publication on this computer's site.
    Published {
        article: ArticleId,
        no: i64,
        state: String,
        #[serde(with = "hex")]
        version: Vec<u8>,
    },
    /// A name was set for the `no`th time.
    Set { key: String, no: i64, value: String },
    /// Deleted for good.
    Deleted { article: ArticleId, at: Instant },
}

impl Line {
    /// A journal row at its place.
    pub(super) fn update(article: ArticleId, seq: i64, row: &JournalRow, at: Instant) -> Self {
        Self::Update {
            article,
            seq,
            peer: row.peer,
            start: row.start,
            end: row.end,
            view: row.view.clone(),
            view_seq: row.view_seq,
            at,
            bytes: row.bytes.clone(),
        }
    }

    pub(crate) fn revision(no: i64, revision: &Revision) -> Self {
        let revision = revision.clone();
        Self::Revision {
            no,
            id: revision.id,
            article: revision.article,
            version: revision.version,
            at: revision.at,
            reason: revision.reason,
            label: revision.label,
            author: revision.author,
            words: revision.words,
            headline: revision.headline,
            content_hash: revision.content_hash,
        }
    }

    /// When, where the line says so.
    pub(super) fn at(&self) -> Option<Instant> {
        match self {
            Self::Created { at, .. }
            | Self::Update { at, .. }
            | Self::Draft { at, .. }
            | Self::Session { at, .. }
            | Self::Revision { at, .. }
            | Self::Deleted { at, .. } => Some(*at),
            Self::Listed { .. } | Self::Published { .. } | Self::Set { .. } => None,
        }
    }

    /// Sixteen hex digits of a checksum, a blank, JSON, a line feed.
    pub(super) fn encode(&self) -> String {
        let json = serde_json::to_string(self).unwrap_or_default();
        format!("{:016x} {json}\n", sum(json.as_bytes()))
    }

    /// Nothing for a line that is damaged, or of a kind that this version does not know.
    pub(super) fn decode(line: &[u8]) -> Option<Self> {
        let (digits, json) = line.split_at_checked(16)?;
        let json = json.strip_prefix(b" ")?;
        let written = u64::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
        (written == sum(json)).then(|| serde_json::from_slice(json).ok())?
    }
}

/// The first eight bytes of a SHA-256.
fn sum(bytes: &[u8]) -> u64 {
    sha2::Sha256::digest(bytes).iter().take(8).fold(0, |sum, byte| sum << 8 | u64::from(*byte))
}

/// Bytes as hex digits in JSON.
mod hex {
    use serde::{Deserialize as _, Deserializer, Serializer, de};

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        // By hand: every update passes here, and formatting each byte costs more than all else of its line.
        let digit = |value: u8| value + if value < 10 { b'0' } else { b'a' - 10 };
        let mut text = vec![0; bytes.len() * 2];
        for (pair, byte) in text.chunks_exact_mut(2).zip(bytes) {
            pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
        }
        serializer.serialize_str(std::str::from_utf8(&text).unwrap_or_default())
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        let text = String::deserialize(deserializer)?;
        let digit = |byte: u8| char::from(byte).to_digit(16);
        let pair = |pair: &[u8]| match pair {
            [high, low] => Some((digit(*high)? << 4 | digit(*low)?) as u8),
            _ => None,
        };
        let bytes: Option<Vec<u8>> = text.as_bytes().chunks(2).map(pair).collect();
        bytes.ok_or_else(|| de::Error::custom("pairs of hex digits"))
    }
}

#[cfg(test)]
mod tests {
    use galley_model::{ArticleId, Instant};
    use uuid::Uuid;

    use super::Line;

    /// Written by the first version; every later one reads it.
    const FROZEN: &str = concat!(
        "95f97e790e07a8b0 ",
        r#"{"kind":"update","article":"00000000-0000-0000-0000-000000000001","seq":7,"peer":18446744073709551614,"#,
        r#""start":3,"end":4,"view":"a","view_seq":2,"at":1764000000000,"bytes":"00ff"}"#
    );

    #[test]
    fn a_line_of_the_first_version_is_read() {
        let line = Line::Update {
            article: ArticleId(Uuid::from_u128(1)),
            seq: 7,
            peer: u64::MAX - 1,
            start: 3,
            end: 4,
            view: "a".to_owned(),
            view_seq: 2,
            at: Instant(1_764_000_000_000),
            bytes: vec![0, 255],
        };
        assert_eq!(line.encode().trim_end(), FROZEN);
        assert_eq!(Line::decode(FROZEN.as_bytes()), Some(line));
    }

    #[test]
    fn a_line_with_one_wrong_byte_is_no_line() {
        for at in 0..FROZEN.len() {
            let mut line = FROZEN.as_bytes().to_vec();
            line[at] ^= 1;
            assert_eq!(Line::decode(&line), None, "{at}");
            assert_eq!(Line::decode(&FROZEN.as_bytes()[..at]), None, "{at}");
        }
    }
}
