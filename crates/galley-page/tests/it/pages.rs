//! Every kind of page around one article, by name: for the tests, and for `examples/show_pages` to look at.

use galley_model::site::SiteSettings;
use galley_model::workflow::CorrectionKind;
use galley_model::{Content, Instant};
use galley_page::{
    Card, Correction, CorrectionEntry, CorrectionsPage, Frame, HomeListing, Listing, PageError, PageFacts,
    PersonKind, PersonListing, Retraction, SearchPage, Templates,
};

/// What the pages of a site are made of.
pub(crate) struct Site<'a> {
    pub(crate) content: &'a Content,
    pub(crate) facts: &'a PageFacts,
    pub(crate) site: &'a SiteSettings,
    pub(crate) frame: &'a Frame,
    /// Articles of the lists, newest first.
    pub(crate) cards: Vec<Card>,
}

/// Renders each kind of page, with everything and with nothing.
pub(crate) fn all_pages(templates: &Templates, site: &Site<'_>) -> Result<Vec<(String, String)>, PageError> {
    let Site { content, facts, site: settings, frame, cards } = site;
    let block = templates.article(content, facts, settings)?;
    let empty = Content { headline: content.headline.clone(), ..Content::default() };
    let bare =
        PageFacts { corrections: Vec::new(), published_at: None, modified_at: None, ..(*facts).clone() };
    let bare_block = templates.article(&empty, &bare, settings)?;
    let listing = Listing {
        cards: cards.clone(),
        newer: Some("/sections/news.html".to_owned()),
        older: Some("/sections/news/11.html".to_owned()),
        page: Some(12),
    };
    let search = SearchPage {
        query: content.keywords.first().cloned().unwrap_or_default(),
        results: cards.iter().take(3).cloned().collect(),
        n_found: 31,
        older: Some("/search?q=x&page=2".to_owned()),
        is_answered: true,
        has_server: true,
        ..SearchPage::default()
    };
    let other = if settings.language.starts_with("zh") { "en" } else { "zh-Hans" };
    let foreign = Content { language: other.to_owned(), ..(*content).clone() };
    let foreign_block = templates.article(&foreign, facts, settings)?;
    let mut pages = vec![
        ("foreign", templates.page(&foreign, facts, settings, frame, &foreign_block)?),
        ("article", templates.page(content, facts, settings, frame, &block)?),
        ("bare", templates.page(&empty, &bare, settings, &Frame::default(), &bare_block)?),
        ("home", templates.home(&home(settings, cards), settings)?),
        ("home_empty", templates.home(&HomeListing::default(), settings)?),
        ("latest", templates.latest(&listing, settings)?),
        ("person", templates.person_index(&person(facts, &listing), settings)?),
        ("corrections", templates.corrections(&corrections(cards), settings)?),
        ("corrections_empty", templates.corrections(&CorrectionsPage::default(), settings)?),
        ("search", templates.search(&search, settings)?),
        ("search_nothing", templates.search(&SearchPage { results: Vec::new(), ..search }, settings)?),
        (
            "search_static",
            templates.search(
                &SearchPage { all: cards.clone(), has_server: true, ..Default::default() },
                settings,
            )?,
        ),
        (
            "search_bucket",
            templates.search(&SearchPage { all: cards.clone(), ..Default::default() }, settings)?,
        ),
        ("search_bucket_large", templates.search(&SearchPage::default(), settings)?),
        ("retracted", templates.retracted(&retraction(content, facts), settings)?),
        ("redirect", templates.redirect(&facts.address, settings)?),
        ("not_found", templates.not_found(settings)?),
    ];
    if let [first, second, ..] = settings.sections.as_slice() {
        pages.push(("section", templates.section_index(first, &listing, settings)?));
        pages.push(("section_empty", templates.section_index(second, &Listing::default(), settings)?));
    }
    Ok(pages.into_iter().map(|(name, html)| (name.to_owned(), html)).collect())
}

fn home(settings: &SiteSettings, cards: &[Card]) -> HomeListing {
    let with_photo = || cards.iter().filter(|card| card.photo.is_some()).cloned();
    let of = |n: usize| cards.iter().cycle().skip(n * 2).take(5.min(cards.len())).cloned().collect();
    HomeListing {
        lead: with_photo().next(),
        pictures: with_photo().skip(1).take(4).collect(),
        latest: cards.iter().take(12).cloned().collect(),
        sections: settings
            .sections
            .iter()
            .filter(|section| section.path.len() == 1)
            .enumerate()
            .map(|(n, section)| (section.clone(), of(n)))
            .collect(),
        older: Some("/latest/7.html".to_owned()),
    }
}

fn person(facts: &PageFacts, listing: &Listing) -> PersonListing {
    PersonListing {
        name: facts.responsible_editor.clone(),
        kind: PersonKind::ResponsibleEditor,
        address: "/editors/000000000000.html".to_owned(),
        listing: listing.clone(),
    }
}

fn corrections(cards: &[Card]) -> CorrectionsPage {
    use CorrectionKind::{Clarification, Correction as Mistake, EditorsNote, Update};
    let notes = [Mistake, Clarification, EditorsNote, Update].map(|kind| (kind, false));
    let kinds = notes.into_iter().chain([(Mistake, true)]).cycle();
    let entry = |(card, (kind, is_retraction)): (&Card, (CorrectionKind, bool))| CorrectionEntry {
        card: card.clone(),
        correction: Correction { at: Instant(1_795_420_000_000), kind, text: card.summary.clone() },
        is_retraction,
    };
    CorrectionsPage {
        entries: cards.iter().zip(kinds).map(entry).take(6).collect(),
        older: Some("/corrections/1.html".to_owned()),
        ..CorrectionsPage::default()
    }
}

fn retraction(content: &Content, facts: &PageFacts) -> Retraction {
    Retraction {
        id: facts.id,
        address: facts.address.clone(),
        headline: content.headline.clone(),
        notice: facts.corrections.first().map(|correction| correction.text.clone()).unwrap_or_default(),
        at: Instant(1_795_420_000_000),
        published_at: facts.published_at,
    }
}
