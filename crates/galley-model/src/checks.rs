//! What an article still lacks, told while it is written and judged again before it goes out.
//!
//! Every problem has a stable code, for which the window holds the sentence, the key of the fact it points at
//! (a key of [`crate::Meta`], or `body`, `contributors`, `photos`, `responsible_editor`), and the values of the
//! sentence. Hard ones refuse publishing whatever the policy; soft ones are told, and a policy may demand
//! them. Problems come in the order of the fields. Nothing is ever cut to fit.
//!
//! | code | hard | values |
//! |---|---|---|
//! | `headline_missing` | yes | |
//! | `too_long` | yes | `length`, `max` in characters |
//! | `long` | no | `length`, `advised` in characters |
//! | `slug_invalid`, `slug_too_long`, `slug_reserved` | yes | `slug`; `max` |
//! | `section_missing` | no | |
//! | `section_unknown` | no | `section` |
//! | `source_missing` | no | |
//! | `reprint_incomplete` | no | points at the original title, author or address |
//! | `address_invalid` | no | `address`: neither http nor https |
//! | `contributors_missing` | no | |
//! | `responsible_editor_missing` | as required | |
//! | `body_empty` | yes, no when there is a photo | |
//! | `placeholder` | no | `text`, `count`, `at`: UTF-16 offset of the first in the field |
//! | `photo_gone` | no | `at`: UTF-16 offset of the mark in the body |
//! | `photo_unused` | no | `n`: which photo, from 1 |
//! | `photo_caption_missing`, `photo_credit_missing`, `photo_alt_missing` | no | `n` |
//! | `photo_origin_unclear` | no | `n`: credited to AI and declared to be of people |
//! | `ai_line` | no | `origin`: what the page will say of itself |
//! | `embargoed` | yes | `until`: milliseconds since the epoch |
//!
//! Not here: what needs the newsroom or the disk (a taken slug, missing bytes of a photo, sign-offs), house
//! style, and what the body looks like once rendered.

mod limits;
mod photos;
mod placeholders;

use std::collections::BTreeMap;
use std::fmt::Display;

use serde::Serialize;

pub use limits::{Limit, limit_of, limits};
pub use placeholders::{Placeholder, placeholders};

use crate::address::{MAX_SLUG, SlugError, check_slug};
use crate::content::{Content, DigitalSource, SourceCategory};
use crate::meta::{contributor_key, field, keyword_key};
use crate::site::SiteSettings;
use crate::time::Instant;

/// What the checks need to know beside the article.
#[derive(Clone, Debug, Default)]
pub struct CheckContext {
    /// 责任编辑, empty when none is assigned.
    pub responsible_editor: String,
    /// Whether the policy refuses a page without one.
    pub responsible_editor_required: bool,
    /// The caller's clock, for the embargo.
    pub now: Instant,
}

/// Something to mend, or to know, before publishing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// Names the sentence in the window's language.
    pub code: &'static str,
    /// What it points at.
    pub field: String,
    /// True: *Publish* refuses. False: told, and the writer decides.
    pub hard: bool,
    /// Values for the sentence.
    pub values: BTreeMap<String, String>,
}

impl Problem {
    fn hard(code: &'static str, field: impl Into<String>) -> Self {
        Self { code, field: field.into(), hard: true, values: BTreeMap::new() }
    }

    fn soft(code: &'static str, field: impl Into<String>) -> Self {
        Self { hard: false, ..Self::hard(code, field) }
    }

    fn with(mut self, name: &str, value: impl Display) -> Self {
        self.values.insert(name.to_owned(), value.to_string());
        self
    }
}

/// All problems of an article, in the order of the fields.
pub fn problems(content: &Content, settings: &SiteSettings, context: &CheckContext) -> Vec<Problem> {
    let mut found = Vec::new();
    if content.headline.trim().is_empty() {
        found.push(Problem::hard("headline_missing", field::HEADLINE));
    }
    text(&mut found, field::HEADLINE, &content.headline);
    text(&mut found, field::KICKER, &content.kicker);
    text(&mut found, field::SUBHEADLINE, &content.subheadline);
    text(&mut found, field::SHORT_HEADLINE, &content.short_headline);
    found.extend(slug(&content.slug));
    found.extend(section(&content.section, settings));
    text(&mut found, field::GENRE, &content.genre);
    source(&mut found, content);
    contributors(&mut found, content);
    text(&mut found, field::BYLINE, &content.byline);
    if context.responsible_editor.trim().is_empty() {
        let hard = context.responsible_editor_required;
        found.push(Problem { hard, ..Problem::hard("responsible_editor_missing", "responsible_editor") });
    }
    text(&mut found, field::DATELINE, &content.dateline);
    text(&mut found, field::SUMMARY, &content.summary);
    for keyword in &content.keywords {
        length(&mut found, &keyword_key(keyword), keyword);
    }
    if content.body.trim().is_empty() {
        found.push(Problem { hard: content.photos.is_empty(), ..Problem::hard("body_empty", "body") });
    }
    text(&mut found, "body", &content.body);
    photos::problems(&mut found, content);
    if content.digital_source != DigitalSource::Human {
        let told = Problem::soft("ai_line", field::DIGITAL_SOURCE);
        found.push(told.with("origin", content.digital_source.as_str()));
    }
    length(&mut found, field::LANGUAGE, &content.language);
    if let Some(until) = content.embargo.filter(|until| context.now < *until) {
        found.push(Problem::hard("embargoed", field::EMBARGO).with("until", until.0));
    }
    length(&mut found, field::EMBARGO_REASON, &content.embargo_reason);
    length(&mut found, field::EDITOR_NOTE, &content.editor_note);
    found
}

fn slug(slug: &str) -> Option<Problem> {
    // Spaces around it are no part of it.
    let slug = slug.trim();
    if slug.is_empty() {
        return None;
    }
    let problem = match check_slug(slug).err()? {
        SlugError::Characters => Problem::hard("slug_invalid", field::SLUG),
        SlugError::TooLong => Problem::hard("slug_too_long", field::SLUG).with("max", MAX_SLUG),
        SlugError::Reserved => Problem::hard("slug_reserved", field::SLUG),
    };
    Some(problem.with("slug", slug))
}

fn section(named: &str, settings: &SiteSettings) -> Option<Problem> {
    if named.is_empty() {
        return Some(Problem::soft("section_missing", field::SECTION));
    }
    let unknown = || Problem::soft("section_unknown", field::SECTION).with("section", named);
    settings.section(named).is_none().then(unknown)
}

fn source(found: &mut Vec<Problem>, content: &Content) {
    let source = &content.source;
    if source.name.trim().is_empty() {
        found.push(Problem::soft("source_missing", field::SOURCE));
    }
    text(found, field::SOURCE, &source.name);
    let is_reprint = source.category == SourceCategory::Reprint;
    for (key, value) in [
        (field::ORIGINAL_TITLE, &source.original_title),
        (field::ORIGINAL_AUTHOR, &source.original_author),
        (field::ORIGINAL_URL, &source.original_url),
    ] {
        if is_reprint && value.trim().is_empty() {
            found.push(Problem::soft("reprint_incomplete", key));
        }
        length(found, key, value);
    }
    let address = source.original_url.trim();
    if !address.is_empty() && !is_web_address(address) {
        found.push(Problem::soft("address_invalid", field::ORIGINAL_URL).with("address", address));
    }
}

fn is_web_address(address: &str) -> bool {
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    rest.is_some_and(|rest| !rest.is_empty() && !rest.contains(char::is_whitespace))
}

fn contributors(found: &mut Vec<Problem>, content: &Content) {
    let credited_elsewhere = content.source.category == SourceCategory::Reprint
        && !content.source.original_author.trim().is_empty();
    if content.contributors.is_empty() && content.byline.trim().is_empty() && !credited_elsewhere {
        found.push(Problem::soft("contributors_missing", "contributors"));
    }
    for contributor in &content.contributors {
        for (what, value) in
            [("name", &contributor.name), ("role", &contributor.role), ("unit", &contributor.unit)]
        {
            text(found, &contributor_key(contributor.id, what), value);
        }
    }
}

/// What is wrong with any text that readers see.
fn text(found: &mut Vec<Problem>, key: &str, value: &str) {
    length(found, key, value);
    let placeholders = placeholders(value);
    if let Some(first) = placeholders.first() {
        let problem = Problem::soft("placeholder", key).with("text", first.text);
        found.push(problem.with("count", placeholders.len()).with("at", first.at_utf16));
    }
}

fn length(found: &mut Vec<Problem>, key: &str, value: &str) {
    // No text has more characters than bytes, and most are short.
    let Some(limit) = limit_of(key).filter(|limit| value.len() > limit.least()) else { return };
    let length = value.chars().count();
    if length > limit.max {
        found.push(Problem::hard("too_long", key).with("length", length).with("max", limit.max));
    } else if let Some(advised) = limit.advised_for(value).filter(|advised| length > *advised) {
        found.push(Problem::soft("long", key).with("length", length).with("advised", advised));
    }
}

#[cfg(test)]
mod tests;
