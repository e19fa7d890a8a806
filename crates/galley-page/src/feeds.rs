//! The feeds of the site: the newest articles with their full text, as RSS 2.0, Atom and JSON Feed 1.1.
//!
//! Each is given [`FeedEntry`]s, newest first, which are filled field by field from what is public; no feed ever
//! sees an article. The same entries and settings give the same bytes: nothing asks the clock, and the date of a
//! feed is that of its newest change. Not here: which articles are in a feed, and when it is written.

mod atom;
mod html;
mod json;
mod rss;
mod text;

use galley_model::site::SiteSettings;
use galley_model::{ArticleId, Content, Instant, address};
use serde::{Deserialize, Serialize};

use crate::credits;
use crate::facts::{PageFacts, photo_of};
use crate::links;
use crate::ninjs::photographer;
use crate::photo::PagePhoto;
use crate::plain::excerpt_of;
use crate::templates::ArticleBlock;
use crate::view;

pub use atom::atom;
pub(crate) use html::standalone;
pub use json::json_feed;
pub(crate) use rss::mime;
pub use rss::rss;
pub(crate) use text::{full_text, kind_of};

/// Where the RSS feed stands.
pub const RSS_ADDRESS: &str = "/feed.xml";
/// Where the Atom feed stands.
pub const ATOM_ADDRESS: &str = "/atom.xml";
/// Where the JSON feed stands.
pub const JSON_FEED_ADDRESS: &str = "/feed.json";

/// How many articles a feed holds: with their full text no more than a reader that comes once a day needs.
pub const FEED_ENTRIES: usize = 50;

/// Characters of an entry's summary.
const SUMMARY: usize = 120;

/// An article as feeds tell it: the allow-list of what is public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedEntry {
    /// What the entry is known by for ever.
    pub id: ArticleId,
    /// `/articles/x.html`
    pub address: String,
    /// BCP 47.
    pub language: String,
    /// As printed on the page, its inner spaces kept.
    pub headline: String,
    /// The summary, or the beginning of the text.
    pub summary: String,
    /// The full text with addresses as on the site; each feed makes them absolute.
    pub html: String,
    /// Names from the root.
    pub section: Vec<String>,
    /// In order.
    pub keywords: Vec<String>,
    /// Who made it, one by one.
    pub authors: Vec<FeedAuthor>,
    /// The photos on its page, the lead photo first.
    pub photos: Vec<FeedPhoto>,
    /// Where a reprint stood first.
    pub original: Option<String>,
    /// First publication.
    pub published_at: Option<Instant>,
    /// The last change that a reader can see.
    pub updated_at: Option<Instant>,
}

/// One person of a byline.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedAuthor {
    /// As printed.
    pub name: String,
    /// `/authors/x.html`; none for a typed byline, which need not be a person.
    pub address: Option<String>,
}

/// One photo of an entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedPhoto {
    /// As it stands on the page.
    pub photo: PagePhoto,
    /// Who took it; empty when the credit says something else than who took it.
    pub photographer: String,
}

impl FeedEntry {
    /// The entry of an article, from the same block that its page holds.
    pub fn of(content: &Content, facts: &PageFacts, site: &SiteSettings, block: &ArticleBlock) -> Self {
        let language = view::page_language(content, site);
        let is_reprint = content.source.category == galley_model::SourceCategory::Reprint;
        let original = links::web_address(content.source.original_url.trim()).filter(|_| is_reprint);
        let corrected = facts.corrections.iter().map(|correction| correction.at).max();
        let photo = |id| {
            let photo = content.photos.iter().find(|photo| photo.id == id)?;
            Some(FeedPhoto {
                photo: photo_of(content, id, language)?,
                photographer: photographer(photo).to_owned(),
            })
        };
        Self {
            id: facts.id,
            address: facts.address.clone(),
            language: view::language_tag(content, site).to_owned(),
            headline: content.headline.trim().to_owned(),
            summary: excerpt_of(content, block.text.as_str(), SUMMARY),
            html: full_text(content, facts, site, block),
            section: view::section_path(content, site).to_vec(),
            keywords: content.keywords.iter().map(|word| word.trim().to_owned()).collect(),
            authors: authors(content),
            photos: block.photos.iter().filter_map(|id| photo(*id)).collect(),
            original,
            published_at: facts.published_at,
            updated_at: facts.modified_at.or(facts.published_at).max(corrected),
        }
    }

    /// `urn:uuid:…`
    fn urn(&self) -> String {
        format!("urn:uuid:{}", self.id)
    }

    /// The full text as it can stand anywhere.
    fn standalone(&self, site: &SiteSettings) -> String {
        standalone(&self.html, &self.address, site)
    }
}

/// One entry per person of the byline; the typed byline when no person is named.
fn authors(content: &Content) -> Vec<FeedAuthor> {
    let people = credits::byline_people(content);
    if people.is_empty() {
        let name = content.byline.trim().to_owned();
        let typed = (!name.is_empty()).then_some(FeedAuthor { name, address: None });
        return typed.into_iter().collect();
    }
    let author = |name: &str| FeedAuthor { name: name.to_owned(), address: address::author_address(name) };
    people.into_iter().map(|person| author(person.name.trim())).collect()
}

/// The address where readers elsewhere find it; as it is while the site has none of its own.
fn full_address(site: &SiteSettings, address: &str) -> String {
    view::absolute(site, address).unwrap_or_else(|| address.to_owned())
}

/// The last change of all.
fn last_change(entries: &[FeedEntry]) -> Option<Instant> {
    entries.iter().filter_map(|entry| entry.updated_at).max()
}
