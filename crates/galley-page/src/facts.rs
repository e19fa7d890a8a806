//! What a page is made of beside the article's content: facts of the newsroom, and the site around it.

use std::collections::BTreeMap;

use galley_model::site::SiteSettings;
use galley_model::{ArticleId, Content, Instant, PhotoId};
use serde::{Deserialize, Serialize};

use crate::photo::PagePhoto;
use crate::plain::excerpt;
use crate::view;
use crate::words::PageLanguage;

/// Facts that the newsroom decides and the article block shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PageFacts {
    /// Which article.
    pub id: ArticleId,
    /// `/articles/x.html`
    pub address: String,
    /// 责任编辑, empty when none is assigned.
    pub responsible_editor: String,
    /// Who validly signed each review stage. Printed only where the site chooses.
    pub stage_signers: BTreeMap<u8, String>,
    /// In the order of their dates.
    pub corrections: Vec<Correction>,
    /// First publication. Unset while the page is hashed.
    pub published_at: Option<Instant>,
    /// Last publication. Unset while the page is hashed.
    pub modified_at: Option<Instant>,
    /// Version of the site's settings that the page is rendered with.
    pub settings_version: u32,
}

/// A dated, visible correction.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// When it was made.
    pub at: Instant,
    /// What was wrong and is right now.
    pub text: String,
}

/// What stands around the article block, and changes without a signature as the site changes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Frame {
    /// 上一篇
    pub previous: Option<Card>,
    /// 下一篇
    pub next: Option<Card>,
    /// 相关阅读
    pub related: Vec<Card>,
}

/// An article as it stands in lists.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Card {
    /// `/articles/x.html`
    pub address: String,
    /// The short headline where there is one.
    pub headline: String,
    /// The last name of its section, empty without one.
    pub section: String,
    /// First publication.
    pub published_at: Option<Instant>,
    /// Its beginning, on one line.
    pub summary: String,
    /// The lead photo.
    pub photo: Option<PagePhoto>,
}

/// Characters of a card's summary.
const SUMMARY: usize = 90;

impl Card {
    /// The card of an article.
    pub fn of(content: &Content, address: &str, published_at: Option<Instant>, site: &SiteSettings) -> Self {
        let language = view::page_language(content, site);
        let short = content.short_headline.trim();
        Self {
            address: address.to_owned(),
            headline: if short.is_empty() { content.headline.trim() } else { short }.to_owned(),
            section: view::section_path(content, site).last().cloned().unwrap_or_default(),
            published_at,
            summary: excerpt(content, SUMMARY),
            photo: content.lead_photo.and_then(|id| photo_of(content, id, language)),
        }
    }
}

/// A photo of the article by its id.
pub(crate) fn photo_of(content: &Content, id: PhotoId, language: PageLanguage) -> Option<PagePhoto> {
    content.photos.iter().find(|photo| photo.id == id).and_then(|photo| PagePhoto::of(photo, language))
}

/// The same with its original linked, where the site publishes originals.
pub(crate) fn linked_photo_of(
    content: &Content,
    id: PhotoId,
    language: PageLanguage,
    site: &SiteSettings,
) -> Option<PagePhoto> {
    let photo = content.photos.iter().find(|photo| photo.id == id)?;
    Some(PagePhoto::of(photo, language)?.with_original(photo, site))
}

/// One page of a list of articles: the home page, a section's index.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// Newest first.
    pub cards: Vec<Card>,
    /// Address of the page with newer articles, when there is one.
    pub newer: Option<String>,
    /// Address of the page with older articles, when there is one.
    pub older: Option<String>,
}
