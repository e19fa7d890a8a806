//! ◆ Golden vectors: identities, addresses, the map of facts and the content hash, as written down on the
//! day they were frozen (`docs/decisions/0001-identities-addresses-facts-and-content-hash.md`).
//!
//! The expected values were computed by a second implementation. When one of these fails, the code is wrong:
//! cases may be added to the fixtures, never changed.

use galley_model::address::article_address;
use galley_model::hash::content_hash_input;
use galley_model::{
    ArticleId, Content, Contributor, ContributorId, DigitalSource, Meta, Photo, PhotoCredit, PhotoId, Sha256,
    Source, SourceCategory, content_hash,
};
use serde::Deserialize;
use serde::de::DeserializeOwned;

#[expect(clippy::expect_used, reason = "a fixture that cannot be read fails the test")]
fn cases<T: DeserializeOwned>(json: &str) -> Vec<T> {
    let cases: Vec<T> = serde_json::from_str(json).expect("the fixture is readable");
    assert!(!cases.is_empty());
    cases
}

#[derive(Deserialize)]
struct Hashed {
    name: String,
    content: Content,
    input: String,
    hash: Sha256,
}

#[test]
fn content_has_the_hash_it_had_when_it_was_signed() {
    for case in cases::<Hashed>(include_str!("fixtures/content_hash.json")) {
        assert_eq!(content_hash_input(&case.content), case.input, "{}", case.name);
        assert_eq!(content_hash(&case.content), case.hash, "{}", case.name);
    }
}

proptest::proptest! {
    /// What is hashed is written by hand in the order of its names; a library for RFC 8785 writes the same.
    #[test]
    fn what_is_hashed_is_the_rfc_8785_form(
        texts in proptest::collection::vec("(?s).{0,12}", 30),
        focal in proptest::option::of((0_u16..1_000, 0_u16..1_000)),
    ) {
        let mut texts = texts.into_iter();
        let input = content_hash_input(&content_of(|| texts.next().unwrap_or_default(), focal));
        let value: serde_json::Value = serde_json::from_str(&input).unwrap();
        proptest::prop_assert_eq!(serde_json_canonicalizer::to_string(&value).unwrap(), input);
    }
}

/// Content that says something in every field that is hashed.
fn content_of(mut text: impl FnMut() -> String, focal: Option<(u16, u16)>) -> Content {
    Content {
        headline: text(),
        kicker: text(),
        subheadline: text(),
        short_headline: text(),
        section: text(),
        genre: text(),
        byline: text(),
        dateline: text(),
        summary: text(),
        body: text(),
        language: text(),
        keywords: vec![text(), text()],
        source: Source {
            name: text(),
            category: SourceCategory::Reprint,
            original_title: text(),
            original_author: text(),
            original_url: text(),
        },
        contributors: vec![Contributor {
            id: ContributorId(Default::default()),
            name: text(),
            role: text(),
            unit: text(),
        }],
        photos: vec![Photo {
            id: PhotoId(Default::default()),
            sha256: Sha256::of(b""),
            mime: text(),
            width: 3,
            height: 4,
            caption: text(),
            credit: PhotoCredit { name: text(), kind: text() },
            alt: text(),
            focal,
            digital_source: DigitalSource::AiGenerated,
        }],
        lead_photo: Some(PhotoId(Default::default())),
        digital_source: DigitalSource::AiAssisted,
        ..Content::default()
    }
}

#[derive(Deserialize)]
struct Addressed {
    id: ArticleId,
    urn: String,
    slug: String,
    address: String,
}

#[test]
fn an_article_without_a_slug_has_the_address_it_always_had() {
    for case in cases::<Addressed>(include_str!("fixtures/addresses.json")) {
        assert_eq!(case.id.default_slug(), case.slug);
        assert_eq!(article_address("", case.id), case.address);
        assert_eq!(case.id.urn(), case.urn);
    }
}

#[derive(Deserialize)]
struct Facts {
    name: String,
    body: String,
    meta: Meta,
    content: Content,
}

#[test]
fn facts_are_read_as_they_were_when_they_were_written() {
    for case in cases::<Facts>(include_str!("fixtures/meta_to_content.json")) {
        assert_eq!(Content::from_parts(&case.body, &case.meta), case.content, "{}", case.name);
    }
}
