//! The flat map of an article's facts, as it stands in the document (◆ frozen).
//!
//! One key per fact, every value a string: fields by name (`headline`), `photo/<uuid>/{sha,caption,…}`,
//! `contributor/<uuid>/{name,role,unit,order}`, `keyword/<text>`. A list's order is a fractional index in
//! `order`; a removed entry has `removed` = `1`. Keys this version does not know are kept.

use std::collections::BTreeMap;

/// The document's `meta` map: key to value, sorted by key.
pub type Meta = BTreeMap<String, String>;

/// The plain fields of an article, in the order the window shows them. A key of [`Meta`] is one of these
/// names or a path of [`photo_key`], [`contributor_key`], [`keyword_key`].
pub mod field {
    /// Required; inner spaces between joined lines are kept.
    pub const HEADLINE: &str = "headline";
    /// Line above the headline.
    pub const KICKER: &str = "kicker";
    /// Line below the headline.
    pub const SUBHEADLINE: &str = "subheadline";
    /// For lists and phones.
    pub const SHORT_HEADLINE: &str = "short_headline";
    /// The last part of the address; empty means [`crate::ArticleId::default_slug`]. Outside the content hash.
    pub const SLUG: &str = "slug";
    /// The [`crate::site::Section::slug`] of the section; a path of names joined by `/` is understood too.
    pub const SECTION: &str = "section";
    /// One of the newsroom's configurable genres.
    pub const GENRE: &str = "genre";
    /// Who is credited.
    pub const SOURCE: &str = "source";
    /// A [`crate::SourceCategory`] by its serde name.
    pub const SOURCE_CATEGORY: &str = "source_category";
    /// For reprints.
    pub const ORIGINAL_TITLE: &str = "original_title";
    /// For reprints.
    pub const ORIGINAL_AUTHOR: &str = "original_author";
    /// For reprints.
    pub const ORIGINAL_URL: &str = "original_url";
    /// Overrides the byline composed from the contributors when not empty.
    pub const BYLINE: &str = "byline";
    /// Overrides the dateline composed from the site's template when not empty.
    pub const DATELINE: &str = "dateline";
    /// Excerpt and description.
    pub const SUMMARY: &str = "summary";
    /// The [`crate::PhotoId`] of the lead photo.
    pub const LEAD_PHOTO: &str = "lead_photo";
    /// A [`crate::DigitalSource`] by its serde name.
    pub const DIGITAL_SOURCE: &str = "digital_source";
    /// BCP 47.
    pub const LANGUAGE: &str = "language";
    /// IPTC 1 (most urgent) to 9. Never published, outside the content hash.
    pub const URGENCY: &str = "urgency";
    /// Milliseconds since the epoch; blocks publishing before it. Outside the content hash.
    pub const EMBARGO: &str = "embargo";
    /// Never published, outside the content hash.
    pub const EMBARGO_REASON: &str = "embargo_reason";
    /// Never published, outside the content hash.
    pub const EDITOR_NOTE: &str = "editor_note";
}

/// `photo/<id>/<what>`; `what` is `sha`, `caption`, `credit`, `credit_kind`, `alt`, `focal`, `digital_source`,
/// `width`, `height`, `mime`, `order` or `removed`.
pub fn photo_key(id: crate::PhotoId, what: &str) -> String {
    format!("photo/{id}/{what}")
}

/// `contributor/<id>/<what>`; `what` is `name`, `role`, `unit`, `order` or `removed`.
pub fn contributor_key(id: crate::ContributorId, what: &str) -> String {
    format!("contributor/{id}/{what}")
}

/// `keyword/<text>`; the value is the fractional index of its place, or empty when removed.
pub fn keyword_key(text: &str) -> String {
    format!("keyword/{text}")
}
