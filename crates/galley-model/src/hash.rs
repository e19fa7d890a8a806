//! SHA-256 names and the content hash (◆ frozen, `docs/decisions`).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Value, json};
use sha2::Digest as _;

use crate::content::{Content, Contributor, DigitalSource, Photo, PhotoCredit, Source, SourceCategory};

/// A SHA-256, written as 64 lower-case hex digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, ts_rs::TS)]
#[ts(type = "string")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9a-f]{64}$"))]
pub struct Sha256(pub [u8; 32]);

impl Sha256 {
    /// The hash of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(sha2::Sha256::digest(bytes).into())
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Every record and every request names hashes: not a digit at a time through the formatter.
        let digit = |value: u8| value + if value < 10 { b'0' } else { b'a' - 10 };
        let mut text = [0; 64];
        for (pair, byte) in text.chunks_exact_mut(2).zip(self.0) {
            pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 15)]);
        }
        f.write_str(std::str::from_utf8(&text).unwrap_or_default())
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What was not 64 lower-case hex digits.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a SHA-256 is written as 64 lower-case hex digits")]
pub struct NotASha256;

impl FromStr for Sha256 {
    type Err = NotASha256;

    fn from_str(text: &str) -> Result<Self, NotASha256> {
        let digit = |byte: u8| match byte {
            b'0'..=b'9' => Ok(byte - b'0'),
            b'a'..=b'f' => Ok(byte - b'a' + 10),
            _ => Err(NotASha256),
        };
        let digits: &[u8; 64] = text.as_bytes().try_into().map_err(|_| NotASha256)?;
        let mut bytes = [0; 32];
        for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
            *byte = pair.iter().try_fold(0, |byte, of_pair| Ok(byte << 4 | digit(*of_pair)?))?;
        }
        Ok(Self(bytes))
    }
}

impl Serialize for Sha256 {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Sha256 {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(de::Error::custom)
    }
}

/// ◆ The hash a sign-off is bound to: SHA-256 over the RFC 8785 JSON of the publishable fields alone, text as
/// typed, photos by the SHA-256 of their stripped bytes, under the tag `galley-content-1`.
///
/// What is empty or at its default is left out, so that a field added by a later version does not move the
/// hash of an article that does not use it.
pub fn content_hash(content: &Content) -> Sha256 {
    Sha256::of(content_hash_input(content).as_bytes())
}

/// The exact text that [`content_hash`] hashes, for golden vectors and for auditors.
///
/// Every name and word in here is frozen and spelled out, never derived: renaming a field of [`Content`] must
/// not move a hash. A field added to [`Content`] does not compile until someone decides here on which side of
/// the hash it is.
#[expect(clippy::expect_used, reason = "text and small whole numbers always have an RFC 8785 form")]
pub fn content_hash_input(content: &Content) -> String {
    let Content {
        headline,
        kicker,
        subheadline,
        short_headline,
        section,
        genre,
        source,
        contributors,
        byline,
        dateline,
        summary,
        keywords,
        body,
        photos,
        lead_photo,
        digital_source,
        language,
        // The address is a fact of the page, and the document's wish has no effect once it is frozen.
        slug: _,
        // When something may go out is not what goes out.
        urgency: _,
        embargo: _,
        embargo_reason: _,
        // Never published.
        editor_note: _,
    } = content;
    let said = said([
        ("body", json!(body)),
        ("byline", json!(byline)),
        ("contributors", contributors.iter().map(contributor).collect()),
        ("dateline", json!(dateline)),
        ("digital_source", unless_default(*digital_source, DigitalSource::as_str)),
        ("genre", json!(genre)),
        ("headline", json!(headline)),
        ("keywords", json!(keywords)),
        ("kicker", json!(kicker)),
        ("language", json!(language)),
        ("lead_photo", lead_photo.map_or(Value::Null, |id| json!(id.to_string()))),
        ("photos", photos.iter().map(photo).collect()),
        ("section", json!(section)),
        ("short_headline", json!(short_headline)),
        ("source", credited(source)),
        ("subheadline", json!(subheadline)),
        ("summary", json!(summary)),
    ]);
    // Every name in here is ASCII and stands in its order, and numbers are small and whole: so this is the RFC 8785
    // form, which a test compares with that of a library for it.
    let tagged = json!({ "content": said, "tag": "galley-content-1" });
    serde_json::to_string(&tagged).expect("text and small whole numbers")
}

fn credited(source: &Source) -> Value {
    let Source { name, category, original_title, original_author, original_url } = source;
    said([
        ("category", unless_default(*category, SourceCategory::as_str)),
        ("name", json!(name)),
        ("original_author", json!(original_author)),
        ("original_title", json!(original_title)),
        ("original_url", json!(original_url)),
    ])
}

/// By what is printed. The entry's id is not: the same names make the same content.
fn contributor(contributor: &Contributor) -> Value {
    let Contributor { id: _, name, role, unit } = contributor;
    said([("name", json!(name)), ("role", json!(role)), ("unit", json!(unit))])
}

/// With its id, because the body and the lead photo point at it: without, two photos could change places
/// under the same hash. Type and size follow from the bytes.
fn photo(photo: &Photo) -> Value {
    let Photo { id, sha256, mime: _, width: _, height: _, caption, credit, alt, focal, digital_source } =
        photo;
    let PhotoCredit { name, kind } = credit;
    let kind = if kind == "photo" { "" } else { kind };
    said([
        ("alt", json!(alt)),
        ("caption", json!(caption)),
        ("credit", said([("kind", json!(kind)), ("name", json!(name))])),
        ("digital_source", unless_default(*digital_source, DigitalSource::as_str)),
        ("focal", json!(focal)),
        ("id", json!(id.to_string())),
        ("sha256", json!(sha256.to_string())),
    ])
}

fn unless_default<T: Default + PartialEq + Copy>(value: T, name: impl Fn(T) -> &'static str) -> Value {
    if value == T::default() { Value::Null } else { json!(name(value)) }
}

/// An object of what says something: without nulls, empty texts, empty lists and empty objects.
fn said<const N: usize>(fields: [(&str, Value); N]) -> Value {
    let says = |value: &Value| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        Value::Object(fields) => !fields.is_empty(),
        _ => true,
    };
    Value::Object(
        fields
            .into_iter()
            .filter(|(_, value)| says(value))
            .map(|(name, value)| (name.to_owned(), value))
            .collect(),
    )
}
