//! What templates see: the allow-list of what is ever public.
//!
//! A template is never handed an article, only these structs, which are filled field by field. The note to
//! editors, urgency, embargo, identities and stages are not in them.

use std::collections::BTreeMap;

use galley_model::site::{FOOTER_ICONS, FootCreditStyle, FooterItem, MetaItem, Section, SiteSettings};
use galley_model::workflow::CorrectionKind;
use galley_model::{Content, DigitalSource, Instant, SourceCategory, address};
use serde::Serialize;

use crate::assets::Asset;
use crate::credits::{self, PrintedCredit};
use crate::facts::{Card, Correction, CorrectionEntry, PageFacts, linked_photo_of};
use crate::links;
use crate::photo::PagePhoto;
use crate::times::{self, Printed};
use crate::words::PageLanguage;

/// What `article.html` is given.
#[derive(Debug, Serialize)]
pub(crate) struct ArticleView {
    lang: String,
    kicker: String,
    headline: String,
    subheadline: String,
    breadcrumb: Vec<Crumb>,
    meta: Vec<MetaEntry>,
    lead_photo: Option<PagePhoto>,
    ai: &'static str,
    reprint: Option<Reprint>,
    corrections: Vec<PrintedCorrection>,
    credits: Vec<PrintedCredit>,
    credits_bracketed: bool,
}

/// A section on the way from the home page; without an address when the site does not have it.
#[derive(Debug, Serialize)]
pub(crate) struct Crumb {
    pub(crate) name: String,
    pub(crate) address: Option<String>,
}

/// An item of the meta line that has something to say.
#[derive(Debug, Serialize)]
struct MetaEntry {
    kind: &'static str,
    text: String,
    time: Option<Printed>,
}

#[derive(Debug, Serialize)]
struct Reprint {
    title: String,
    author: String,
    /// As typed.
    address: String,
    /// Ready for a link; none when it may not be linked.
    href: Option<String>,
}

#[derive(Debug, Serialize)]
struct PrintedCorrection {
    at: Option<Printed>,
    kind: CorrectionKind,
    text: String,
}

/// The language tag of an article's page: the article's own, else the site's.
pub(crate) fn language_tag<'a>(content: &'a Content, site: &'a SiteSettings) -> &'a str {
    match content.language.trim() {
        "" => site_language_tag(site),
        own => checked_tag(own),
    }
}

/// The language tag of the site's own pages.
pub(crate) fn site_language_tag(site: &SiteSettings) -> &str {
    checked_tag(site.language.trim())
}

fn checked_tag(tag: &str) -> &str {
    let is_tag = !tag.is_empty() && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    if is_tag { tag } else { "und" }
}

/// The language an article's page is set in.
pub(crate) fn page_language(content: &Content, site: &SiteSettings) -> PageLanguage {
    let own = content.language.trim();
    PageLanguage::of(if own.is_empty() { site.language.trim() } else { own })
}

/// Fills what `article.html` is given.
pub(crate) fn article(content: &Content, facts: &PageFacts, site: &SiteSettings) -> ArticleView {
    let language = page_language(content, site);
    let is_reprint = content.source.category == SourceCategory::Reprint;
    ArticleView {
        lang: language_tag(content, site).to_owned(),
        kicker: content.kicker.trim().to_owned(),
        headline: content.headline.trim().to_owned(),
        subheadline: content.subheadline.trim().to_owned(),
        breadcrumb: breadcrumb(section_path(content, site), site),
        meta: meta_line(content, facts, site, language),
        lead_photo: content.lead_photo.and_then(|id| linked_photo_of(content, id, language, site)),
        ai: match content.digital_source {
            DigitalSource::Human => "",
            DigitalSource::AiAssisted => "assisted",
            DigitalSource::AiGenerated => "generated",
        },
        reprint: is_reprint.then(|| reprint(content)).flatten(),
        corrections: facts
            .corrections
            .iter()
            .map(|correction| printed_correction(correction, site, language))
            .collect(),
        credits: credits::foot_credits(content, facts, site, language),
        credits_bracketed: site.foot_credit_style == FootCreditStyle::Bracketed,
    }
}

fn printed_correction(
    correction: &Correction,
    site: &SiteSettings,
    language: PageLanguage,
) -> PrintedCorrection {
    PrintedCorrection {
        // What is not published yet has no date, as the page has none.
        at: Some(correction.at).filter(|at| at.0 > 0).and_then(|at| printed(at, site, language)),
        kind: correction.kind,
        text: correction.text.trim().to_owned(),
    }
}

/// The names of an article's section from the root; none when the site has no such section.
pub(crate) fn section_path<'a>(content: &Content, site: &'a SiteSettings) -> &'a [String] {
    site.section(content.section.trim()).map(|section| section.path.as_slice()).unwrap_or_default()
}

/// Sections from the root, linked where the site has them.
pub(crate) fn breadcrumb(path: &[String], site: &SiteSettings) -> Vec<Crumb> {
    let crumb = |(at, name): (usize, &String)| Crumb {
        name: name.clone(),
        address: path.get(..=at).and_then(|path| section_address(path, site)),
    };
    path.iter().enumerate().map(crumb).collect()
}

fn section_address(path: &[String], site: &SiteSettings) -> Option<String> {
    let section = site.sections.iter().find(|section| section.path == path)?;
    address::check_slug(&section.slug).is_ok().then(|| address::section_address(&section.slug))
}

fn reprint(content: &Content) -> Option<Reprint> {
    let source = &content.source;
    let address = source.original_url.trim().to_owned();
    let reprint = Reprint {
        title: source.original_title.trim().to_owned(),
        author: source.original_author.trim().to_owned(),
        href: links::web_address(&address),
        address,
    };
    let says_nothing = [&reprint.title, &reprint.author, &reprint.address].iter().all(|text| text.is_empty());
    (!says_nothing).then_some(reprint)
}

fn meta_line(
    content: &Content,
    facts: &PageFacts,
    site: &SiteSettings,
    language: PageLanguage,
) -> Vec<MetaEntry> {
    let entry = |item: &MetaItem| {
        let text = |kind: &'static str, text: &str| {
            (!text.trim().is_empty()).then(|| MetaEntry { kind, text: text.trim().to_owned(), time: None })
        };
        let time = |kind: &'static str| {
            let time = times::print(facts.published_at?, &site.time_zone, language)?;
            Some(MetaEntry { kind, text: String::new(), time: Some(time) })
        };
        match item {
            MetaItem::Source => text("source", &content.source.name),
            MetaItem::Byline => text("byline", &credits::compose_byline(content)),
            MetaItem::Date => time("date"),
            MetaItem::Time => time("time"),
            MetaItem::Editor => text("editor", &credits::meta_editor(content, facts, language)),
            MetaItem::Hotline => text("hotline", &site.hotline),
            MetaItem::TextSize => Some(MetaEntry { kind: "text_size", text: String::new(), time: None }),
        }
    };
    let mut entries: Vec<MetaEntry> = Vec::new();
    for item in &site.meta_line {
        entries.extend(entry(item));
        let is_time = matches!(item, MetaItem::Date | MetaItem::Time);
        let moved = facts.modified_at.filter(|modified| Some(*modified) > facts.published_at);
        if is_time
            && let Some(modified) = moved
            && facts.published_at.is_some()
            && !entries.iter().any(|entry| entry.kind == "updated")
        {
            let time = times::print(modified, &site.time_zone, language);
            entries.push(MetaEntry { kind: "updated", text: String::new(), time });
        }
    }
    entries
}

/// The people of the byline, with the addresses of their pages; each once.
pub(crate) fn authors(content: &Content) -> Vec<Crumb> {
    let mut authors: Vec<Crumb> = Vec::new();
    for person in credits::byline_people(content) {
        let name = person.name.trim();
        let address = address::author_address(name);
        if address.is_some() && !authors.iter().any(|author| author.address == address) {
            authors.push(Crumb { name: name.to_owned(), address });
        }
    }
    authors
}

/// What every page of a site is given.
#[derive(Debug, Serialize)]
pub(crate) struct SiteView {
    name: String,
    lang: String,
    logo: Option<LogoView>,
    sections: Vec<SectionView>,
    footer: Vec<FooterLine>,
    copyright: String,
    usage_terms: String,
    rights_page: Option<String>,
    hotline: String,
    grey: bool,
}

/// A section of the first level with those below it.
#[derive(Debug, Serialize)]
pub(crate) struct SectionView {
    name: String,
    address: String,
    below: Vec<Crumb>,
}

#[derive(Debug, Serialize)]
struct LogoView {
    address: String,
    width: u32,
    height: u32,
}

#[derive(Debug, Serialize)]
struct FooterLine {
    label: String,
    number: String,
    href: Option<String>,
    /// One of the icons that themes draw, or empty.
    icon: &'static str,
    /// Address of a picture of the theme's in its stead.
    picture: Option<String>,
}

/// Fills what every page of a site is given; without `has_terms` no terms of use. Footer lines without a number are not
/// printed.
pub(crate) fn site(
    site: &SiteSettings,
    assets: &BTreeMap<String, Asset>,
    logo: Option<&Asset>,
    has_terms: bool,
) -> SiteView {
    let is_picture = |asset: &&Asset| asset.mime.starts_with("image/");
    let line = |item: &FooterItem| FooterLine {
        label: item.label.trim().to_owned(),
        number: item.number.trim().to_owned(),
        href: links::href(item.link.trim(), Default::default()),
        icon: FOOTER_ICONS.into_iter().find(|icon| *icon == item.icon.trim()).unwrap_or_default(),
        picture: assets.get(item.icon.trim()).filter(is_picture).map(|asset| asset.path.clone()),
    };
    let size = site.logo.as_ref().map(|logo| (logo.width, logo.height)).unwrap_or_default();
    SiteView {
        name: site.name.trim().to_owned(),
        lang: site_language_tag(site).to_owned(),
        logo: logo.map(|logo| LogoView { address: logo.path.clone(), width: size.0, height: size.1 }),
        sections: site.sections.iter().filter_map(|section| top_section(section, site)).collect(),
        footer: site.footer.iter().filter(|item| !item.number.trim().is_empty()).map(line).collect(),
        copyright: site.copyright.trim().to_owned(),
        usage_terms: if has_terms { site.usage_terms.trim().to_owned() } else { String::new() },
        rights_page: links::web_address(site.rights_page.trim()).filter(|_| has_terms),
        hotline: site.hotline.trim().to_owned(),
        grey: site.grey,
    }
}

fn top_section(section: &Section, site: &SiteSettings) -> Option<SectionView> {
    let [name] = section.path.as_slice() else { return None };
    let address = section_address(&section.path, site)?;
    Some(SectionView { name: name.clone(), address, below: below(&section.path, site) })
}

/// The sections right below one.
pub(crate) fn below(path: &[String], site: &SiteSettings) -> Vec<Crumb> {
    let child = |section: &Section| {
        let (name, parent) = section.path.split_last()?;
        let address = section_address(&section.path, site)?;
        (parent == path).then(|| Crumb { name: name.clone(), address: Some(address) })
    };
    site.sections.iter().filter_map(child).collect()
}

/// A section of the home page with its newest articles; none when it has no address.
pub(crate) fn section_cards<'a>(
    section: &Section,
    articles: &'a [Card],
    site: &SiteSettings,
    language: PageLanguage,
) -> Option<SectionCards<'a>> {
    Some(SectionCards {
        name: section.path.last()?.clone(),
        address: section_address(&section.path, site)?,
        cards: cards(articles, site, language),
    })
}

/// A section with its newest articles.
#[derive(Debug, Serialize)]
pub(crate) struct SectionCards<'a> {
    name: String,
    address: String,
    cards: Vec<CardView<'a>>,
}

/// An entry of the corrections page.
#[derive(Debug, Serialize)]
pub(crate) struct EntryView<'a> {
    card: CardView<'a>,
    at: Option<Printed>,
    kind: EntryKind,
    text: String,
}

/// What an entry of the corrections page is: a key of the texts.
#[derive(Debug, Serialize)]
#[serde(rename_all = "snake_case")]
enum EntryKind {
    Retraction,
    #[serde(untagged)]
    Note(CorrectionKind),
}

/// An entry of the corrections page for a template.
pub(crate) fn correction_entry<'a>(
    entry: &'a CorrectionEntry,
    site: &SiteSettings,
    language: PageLanguage,
) -> EntryView<'a> {
    let PrintedCorrection { at, kind, text } = printed_correction(&entry.correction, site, language);
    let kind = if entry.is_retraction { EntryKind::Retraction } else { EntryKind::Note(kind) };
    EntryView { card: card(&entry.card, site, language), at, kind, text }
}

/// An instant as this site prints it.
pub(crate) fn printed(at: Instant, site: &SiteSettings, language: PageLanguage) -> Option<Printed> {
    times::print(at, &site.time_zone, language)
}

/// A [`Card`] with its time printed.
#[derive(Debug, Serialize)]
pub(crate) struct CardView<'a> {
    #[serde(flatten)]
    card: &'a Card,
    published: Option<Printed>,
}

/// Cards for a template.
pub(crate) fn cards<'a>(cards: &'a [Card], site: &SiteSettings, language: PageLanguage) -> Vec<CardView<'a>> {
    cards.iter().map(|one| card(one, site, language)).collect()
}

/// A card for a template.
pub(crate) fn card<'a>(card: &'a Card, site: &SiteSettings, language: PageLanguage) -> CardView<'a> {
    let published = card.published_at.and_then(|at| times::print(at, &site.time_zone, language));
    CardView { card, published }
}

/// `https://news.example` + an address of the site, or none while the site has no address of its own.
pub(crate) fn absolute(site: &SiteSettings, address: &str) -> Option<String> {
    let base = links::web_address(site.base_url.trim().trim_end_matches('/'))?;
    Some(format!("{base}{address}"))
}

/// Whether readers elsewhere can reach the site: not while it is served to this computer alone.
pub(crate) fn is_public(site: &SiteSettings) -> bool {
    let Some(base) = links::web_address(site.base_url.trim()) else { return false };
    let host = base.split("//").nth(1).unwrap_or_default().to_ascii_lowercase();
    !["127.", "localhost", "[::1]", "0.0.0.0"].iter().any(|local| host.starts_with(local))
}
