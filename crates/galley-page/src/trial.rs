//! A trial of a theme before it is used: every kind of page with everything and with nothing, in each language, so
//! that a template that cannot render is told with its file and line while the last good one still serves.

use galley_model::site::{
    CreditFrom, FOOTER_ICONS, FootCredit, FooterItem, MetaItem, SiteLogo, SiteSettings,
};
use galley_model::workflow::CorrectionKind;
use galley_model::{
    ArticleId, Content, Contributor, ContributorId, DigitalSource, Instant, Photo, PhotoCredit, PhotoId,
    Sha256, Source, SourceCategory,
};

use crate::error::PageError;
use crate::facts::{
    Card, Correction, CorrectionEntry, CorrectionsPage, Frame, HomeListing, Listing, PageFacts, PersonKind,
    PersonListing, Retraction, SearchPage,
};
use crate::templates::Templates;

/// Renders every kind of page with everything and with nothing, in each language.
pub(crate) fn try_out(templates: &Templates) -> Result<(), PageError> {
    for site in [SiteSettings::chinese(), SiteSettings::english()] {
        let full_site = with_everything(&site);
        let card = Card::of(&full(), "/articles/a.html", Some(Instant(0)), &full_site);
        let cards = vec![card, Card::default()];
        try_article(templates, &full(), &facts(true), &full_site, &cards)?;
        try_site(templates, &full_site, &cards)?;
        let bare = SiteSettings { sections: Vec::new(), footer: Vec::new(), meta_line: Vec::new(), ..site };
        try_article(templates, &Content::default(), &facts(false), &bare, &[])?;
        try_site(templates, &bare, &[])?;
    }
    Ok(())
}

fn try_article(
    templates: &Templates,
    content: &Content,
    facts: &PageFacts,
    site: &SiteSettings,
    cards: &[Card],
) -> Result<(), PageError> {
    let block = templates.article(content, facts, site)?;
    let near = cards.first().cloned();
    let frame = Frame { previous: near.clone(), next: near, related: cards.to_vec() };
    templates.page(content, facts, site, &frame, &block)?;
    Ok(())
}

fn try_site(templates: &Templates, site: &SiteSettings, cards: &[Card]) -> Result<(), PageError> {
    let again = || cards.first().map(|card| card.address.clone());
    let page = cards.first().map(|_| 1);
    let listing = Listing { cards: cards.to_vec(), newer: again(), older: again(), page };
    templates.home(
        &HomeListing {
            lead: cards.first().cloned(),
            pictures: cards.to_vec(),
            latest: cards.to_vec(),
            sections: site.sections.iter().map(|section| (section.clone(), cards.to_vec())).collect(),
            older: again(),
        },
        site,
    )?;
    templates.latest(&listing, site)?;
    for section in &site.sections {
        templates.section_index(section, &listing, site)?;
    }
    for kind in [PersonKind::Author, PersonKind::ResponsibleEditor] {
        let (name, address) = ("x".to_owned(), "/authors/x.html".to_owned());
        templates.person_index(&PersonListing { name, kind, address, listing: listing.clone() }, site)?;
    }
    let entries = cards
        .iter()
        .flat_map(|card| corrections().map(|correction| (card.clone(), correction)))
        .flat_map(|(card, correction)| {
            [false, true].map(|is_retraction| CorrectionEntry {
                card: card.clone(),
                correction: correction.clone(),
                is_retraction,
            })
        });
    let entries = entries.collect();
    templates.corrections(&CorrectionsPage { entries, newer: again(), older: again(), page }, site)?;
    for is_answered in [true, false] {
        let search = SearchPage {
            query: again().unwrap_or_default(),
            results: cards.to_vec(),
            n_found: cards.len() as u64,
            is_more: is_answered,
            newer: again(),
            older: again(),
            all: cards.to_vec(),
            is_too_many: false,
            is_answered,
            has_server: is_answered,
        };
        templates.search(&search, site)?;
        let none = SearchPage { results: Vec::new(), all: Vec::new(), ..search.clone() };
        templates.search(&SearchPage { is_too_many: true, ..none.clone() }, site)?;
        templates.search(&none, site)?;
        templates.search(&SearchPage { results: Vec::new(), ..search }, site)?;
    }
    let retraction = Retraction {
        id: ArticleId(Default::default()),
        address: "/articles/x.html".to_owned(),
        headline: again().unwrap_or_default(),
        notice: again().unwrap_or_default(),
        at: Instant(1),
        published_at: cards.first().map(|_| Instant(0)),
    };
    templates.retracted(&retraction, site)?;
    templates.redirect("/articles/x.html", site)?;
    templates.not_found(site)?;
    Ok(())
}

fn corrections() -> impl Iterator<Item = Correction> {
    use CorrectionKind::{Clarification, Correction as Mistake, EditorsNote, Update};
    [Mistake, Clarification, EditorsNote, Update].into_iter().map(|kind| Correction {
        // One that is not published yet, and has no date.
        at: Instant(i64::from(kind != Mistake)),
        kind,
        text: "x".to_owned(),
    })
}

fn full() -> Content {
    let id = PhotoId(Default::default());
    let text = || "x".to_owned();
    Content {
        headline: text(),
        kicker: text(),
        subheadline: text(),
        section: "photos".to_owned(),
        source: Source {
            name: text(),
            category: SourceCategory::Reprint,
            original_title: text(),
            original_author: text(),
            original_url: "https://x.example".to_owned(),
        },
        contributors: ["编辑", "记者"].map(contributor).to_vec(),
        byline: text(),
        dateline: text(),
        summary: text(),
        keywords: vec![text(), text()],
        body: "x".to_owned(),
        photos: vec![Photo {
            id,
            sha256: Sha256([0; 32]),
            mime: "image/jpeg".to_owned(),
            width: 3,
            height: 2,
            caption: text(),
            credit: PhotoCredit { name: text(), kind: String::new() },
            alt: text(),
            focal: Some((250, 750)),
            digital_source: DigitalSource::Human,
        }],
        lead_photo: Some(id),
        digital_source: DigitalSource::AiGenerated,
        ..Content::default()
    }
}

fn contributor(role: &str) -> Contributor {
    Contributor {
        id: ContributorId(Default::default()),
        name: "x".to_owned(),
        role: role.to_owned(),
        unit: "x".to_owned(),
    }
}

fn facts(full: bool) -> PageFacts {
    let at = full.then_some(Instant(0));
    PageFacts {
        id: ArticleId(Default::default()),
        address: "/articles/a.html".to_owned(),
        responsible_editor: if full { "x".to_owned() } else { String::new() },
        stage_signers: Default::default(),
        corrections: corrections().filter(|_| full).collect(),
        published_at: at,
        modified_at: full.then_some(Instant(1)),
        settings_version: 0,
    }
}

fn with_everything(site: &SiteSettings) -> SiteSettings {
    use MetaItem::{Byline, Date, Editor, Hotline, Source, TextSize, Time};
    let item = |link: &str, icon: &str| FooterItem {
        label: "x".to_owned(),
        number: "x".to_owned(),
        link: link.to_owned(),
        icon: icon.to_owned(),
    };
    let icons = FOOTER_ICONS.into_iter().map(|icon| item("", icon));
    let logo =
        SiteLogo { mime: "image/png".to_owned(), width: 1, height: 1, bytes: b"\x89PNG\r\n\x1a\n".to_vec() };
    let credit = |from| FootCredit { label: "x".to_owned(), from, name: "x".to_owned() };
    SiteSettings {
        base_url: "https://x.example".to_owned(),
        hotline: "x".to_owned(),
        copyright: "x".to_owned(),
        usage_terms: "x".to_owned(),
        rights_page: "https://x.example/terms".to_owned(),
        logo: Some(logo),
        footer: [item("https://x.example", ""), item("", "")].into_iter().chain(icons).collect(),
        foot_credits: vec![credit(CreditFrom::ResponsibleEditor), credit(CreditFrom::Fixed)],
        meta_line: vec![Source, Byline, Date, Time, Editor, Hotline, TextSize],
        grey: true,
        ..site.clone()
    }
}
