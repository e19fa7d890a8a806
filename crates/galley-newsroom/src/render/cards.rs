//! How lists, and the neighbours of a page, show an article: as a card of what was published.

use galley_model::site::SiteSettings;
use galley_model::{Content, Instant, Sha256};
use galley_page::{Card, Frame, PageFacts, PagePhoto};

use crate::storage::{Listed, ListedPhoto, Revision};

/// What stands around an article, with the ids that [`Frame`] has no place for.
#[derive(Clone, Debug, Default)]
pub(crate) struct ListedFrame {
    pub(crate) previous: Option<Listed>,
    pub(crate) next: Option<Listed>,
    pub(crate) related: Vec<Listed>,
}

impl ListedFrame {
    pub(crate) fn frame(&self, settings: &SiteSettings) -> Frame {
        Frame {
            previous: self.previous.as_ref().map(|listed| card(listed, settings)),
            next: self.next.as_ref().map(|listed| card(listed, settings)),
            related: self.related.iter().map(|listed| card(listed, settings)).collect(),
        }
    }
}

/// How lists show a revision.
pub(crate) fn listed(revision: &Revision, settings: &SiteSettings) -> Listed {
    let published_at = revision.facts.published_at.unwrap_or(revision.made_at);
    listed_as(&revision.content, &revision.facts, &revision.photos, published_at, settings)
}

/// How lists show an article of which these photos are on its page.
pub(crate) fn listed_as(
    content: &Content,
    facts: &PageFacts,
    photos: &[galley_model::PhotoId],
    published_at: Instant,
    settings: &SiteSettings,
) -> Listed {
    let card = Card::of(content, &facts.address, Some(published_at), settings);
    let shows_lead = content.lead_photo.is_some_and(|lead| photos.contains(&lead));
    Listed {
        article: facts.id,
        address: card.address,
        headline: card.headline,
        section: content.section.trim().to_owned(),
        published_at,
        summary: card.summary,
        photo: card.photo.filter(|_| shows_lead).map(|photo| ListedPhoto {
            address: photo.address,
            alt: photo.alt,
            width: photo.width,
            height: photo.height,
            caption: photo.caption,
            credit: photo.credit,
            focus: photo.focus,
        }),
        language: content.language.trim().to_owned(),
        genre: card.genre,
        authors: card.authors,
        responsible_editor: facts.responsible_editor.trim().to_owned(),
        corrected_at: facts.corrections.iter().map(|correction| correction.at).collect(),
    }
}

/// Whether lists show two states of an article alike.
pub(crate) fn looks_alike(one: &Listed, other: &Listed) -> bool {
    let card = |listed: &Listed| Listed {
        responsible_editor: String::new(),
        corrected_at: Vec::new(),
        ..listed.clone()
    };
    card(one) == card(other)
}

/// The language of an article: its own, or else the site's.
pub(super) fn language_of<'a>(listed: &'a Listed, settings: &'a SiteSettings) -> &'a str {
    if listed.language.is_empty() { settings.language.trim() } else { &listed.language }
}

/// How lists show an article under these settings.
pub(crate) fn card(listed: &Listed, settings: &SiteSettings) -> Card {
    let section = settings.section(&listed.section).and_then(|section| section.path.last());
    Card {
        address: listed.address.clone(),
        headline: listed.headline.clone(),
        section: section.cloned().unwrap_or_default(),
        published_at: Some(listed.published_at),
        summary: listed.summary.clone(),
        photo: listed.photo.clone().map(|photo| PagePhoto {
            alt: photo.alt,
            caption: photo.caption,
            credit: photo.credit,
            focus: photo.focus,
            ..PagePhoto::of_address(&photo.address, photo.width, photo.height)
        }),
        language: language_of(listed, settings).to_owned(),
        genre: listed.genre.clone(),
        authors: listed.authors.clone(),
    }
}

/// Grows when the same revision is listed otherwise, or with other files of its photos, than before.
const LISTING: u32 = 2;

/// Names by which settings, and by which renderer, articles are listed: another means that all are listed anew.
pub(crate) fn listed_by(settings: &SiteSettings) -> String {
    let sections = serde_json::to_string(&(&settings.sections, &settings.language)).unwrap_or_default();
    Sha256::of(format!("{} {LISTING}\n{sections}", galley_page::RENDERER).as_bytes()).to_string()
}
