//! A trial of a theme before it is used: an article with everything and one with nothing, in each language, so that
//! a template that cannot render is told with its file and line while the last good one still serves.

use galley_model::site::{CreditFrom, FootCredit, FooterItem, MetaItem, SiteSettings};
use galley_model::{
    ArticleId, Content, Contributor, ContributorId, DigitalSource, Instant, Photo, PhotoCredit, PhotoId,
    Sha256, Source, SourceCategory,
};

use crate::facts::{Card, Correction, Frame, Listing, PageFacts};
use crate::templates::{PageError, Templates};

/// Renders every kind of page once.
pub(crate) fn try_out(templates: &Templates) -> Result<(), PageError> {
    for site in [SiteSettings::chinese(), SiteSettings::english()] {
        let full_site = with_everything(&site);
        let card = Card::of(&full(), "/articles/a.html", Some(Instant(0)), &full_site);
        let frame =
            Frame { previous: Some(card.clone()), next: Some(card.clone()), related: vec![card.clone()] };
        let again = Some("/".to_owned());
        let listing = Listing { cards: vec![card, Card::default()], newer: again.clone(), older: again };
        try_site(templates, &full(), &facts(true), &full_site, &frame, &listing)?;
        let bare = SiteSettings { sections: Vec::new(), footer: Vec::new(), meta_line: Vec::new(), ..site };
        let nothing = (Frame::default(), Listing::default());
        try_site(templates, &Content::default(), &facts(false), &bare, &nothing.0, &nothing.1)?;
    }
    Ok(())
}

fn try_site(
    templates: &Templates,
    content: &Content,
    facts: &PageFacts,
    site: &SiteSettings,
    frame: &Frame,
    listing: &Listing,
) -> Result<(), PageError> {
    let block = templates.article(content, facts, site)?;
    templates.page(content, facts, site, frame, &block)?;
    templates.home(listing, site)?;
    for section in &site.sections {
        templates.section_index(section, listing, site)?;
    }
    templates.not_found(site)?;
    Ok(())
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
        contributors: vec![Contributor {
            id: ContributorId(Default::default()),
            name: text(),
            role: "编辑".to_owned(),
            unit: text(),
        }],
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
            focal: None,
            digital_source: DigitalSource::Human,
        }],
        lead_photo: Some(id),
        digital_source: DigitalSource::AiGenerated,
        ..Content::default()
    }
}

fn facts(full: bool) -> PageFacts {
    let at = full.then_some(Instant(0));
    PageFacts {
        id: ArticleId(Default::default()),
        address: "/articles/a.html".to_owned(),
        responsible_editor: if full { "x".to_owned() } else { String::new() },
        stage_signers: Default::default(),
        corrections: at.map(|at| Correction { at, text: "x".to_owned() }).into_iter().collect(),
        published_at: at,
        modified_at: full.then_some(Instant(1)),
        settings_version: 0,
    }
}

fn with_everything(site: &SiteSettings) -> SiteSettings {
    use MetaItem::{Byline, Date, Editor, Hotline, Source, TextSize, Time};
    let item =
        |link: &str| FooterItem { label: "x".to_owned(), number: "x".to_owned(), link: link.to_owned() };
    let credit = |from| FootCredit { label: "x".to_owned(), from, name: "x".to_owned() };
    SiteSettings {
        base_url: "https://x.example".to_owned(),
        hotline: "x".to_owned(),
        copyright: "x".to_owned(),
        footer: vec![item("https://x.example"), item("")],
        foot_credits: vec![credit(CreditFrom::ResponsibleEditor), credit(CreditFrom::Fixed)],
        meta_line: vec![Source, Byline, Date, Time, Editor, Hotline, TextSize],
        grey: true,
        ..site.clone()
    }
}
