//! What a page is made of beside the article's content: facts of the newsroom, and the site around it.

use std::collections::BTreeMap;

use galley_model::site::{Section, SiteSettings};
use galley_model::workflow::CorrectionKind;
use galley_model::{ArticleId, Content, Instant, PhotoId};
use serde::{Deserialize, Serialize};

use crate::credits;

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
    /// A correction, or what else the newsroom has to say of the article.
    #[serde(default)]
    pub kind: CorrectionKind,
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
#[serde(default)]
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
    /// BCP 47: what its headline and summary are written in.
    pub language: String,
    /// 体裁, empty when none is named.
    pub genre: String,
    /// Names that its byline names, in their order.
    pub authors: Vec<String>,
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
            language: view::language_tag(content, site).to_owned(),
            genre: content.genre.trim().to_owned(),
            authors: credits::byline_people(content)
                .into_iter()
                .map(|person| person.name.trim().to_owned())
                .collect(),
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

/// One page of a list of articles.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Listing {
    /// Newest first.
    pub cards: Vec<Card>,
    /// Address of the page with newer articles, when there is one.
    pub newer: Option<String>,
    /// Address of the page with older articles, when there is one.
    pub older: Option<String>,
    /// Its number, from 1 at the oldest end; none for the front page of the index.
    pub page: Option<u32>,
}

/// The home page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HomeListing {
    /// 头条
    pub lead: Option<Card>,
    /// Stories shown by their photos.
    pub pictures: Vec<Card>,
    /// Newest first.
    pub latest: Vec<Card>,
    /// Sections with their newest articles.
    pub sections: Vec<(Section, Vec<Card>)>,
    /// Address of the page with older articles, when there is one.
    pub older: Option<String>,
}

/// What a person is to the articles on their page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PersonKind {
    /// Named in the byline.
    Author,
    /// 责任编辑
    ResponsibleEditor,
}

/// The articles of one person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonListing {
    /// As bylines name the person.
    pub name: String,
    /// Author or responsible editor.
    pub kind: PersonKind,
    /// Of the index's front page: `/authors/{key}.html`.
    pub address: String,
    /// The articles.
    pub listing: Listing,
}

/// The list of what was corrected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CorrectionsPage {
    /// Newest first.
    pub entries: Vec<CorrectionEntry>,
    /// Address of the page with newer ones, when there is one.
    pub newer: Option<String>,
    /// Address of the page with older ones, when there is one.
    pub older: Option<String>,
    /// Its number, from 1 at the oldest end; none for the front page of the list.
    pub page: Option<u32>,
}

/// One correction, or the retraction, and the article it is of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CorrectionEntry {
    /// The article.
    pub card: Card,
    /// What was corrected; of a retraction its day and its notice, and the kind says nothing.
    pub correction: Correction,
    /// 声明撤稿: the article was taken back for good.
    pub is_retraction: bool,
}

/// The search page: answered by a server, or a static page that lists all articles of a small site.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SearchPage {
    /// What was asked; shown in the field.
    pub query: String,
    /// What was found on this page of the answer, best first.
    pub results: Vec<Card>,
    /// How many were found in all.
    pub n_found: u64,
    /// There are more than were counted.
    pub is_more: bool,
    /// Address of the page before, when there is one.
    pub newer: Option<String>,
    /// Address of the page after, when there is one.
    pub older: Option<String>,
    /// Every article of the site, newest first; empty when there are none, and when `is_too_many`.
    pub all: Vec<Card>,
    /// The site has more articles than one page lists.
    pub is_too_many: bool,
    /// Whether a server answered `query`. False for the page as a file.
    pub is_answered: bool,
    /// Whether a server answers at `/search`. False for a site of files alone, which can ask nobody.
    pub has_server: bool,
}

/// 声明撤稿: the notice that stands where a retracted article stood.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retraction {
    /// Which article.
    pub id: ArticleId,
    /// Where it stood.
    pub address: String,
    /// Its headline.
    pub headline: String,
    /// Why, in the newsroom's words.
    pub notice: String,
    /// When it was retracted.
    pub at: Instant,
    /// First publication.
    pub published_at: Option<Instant>,
}
