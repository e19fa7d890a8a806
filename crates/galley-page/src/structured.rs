//! JSON-LD for search engines: `NewsArticle` and `BreadcrumbList`, from the same allow-list as the page.

use galley_model::site::SiteSettings;
use galley_model::{
    Content, Contributor, DigitalSource, Instant, PhotoId, Rendition, SourceCategory, address,
};
use serde_json::{Map, Value, json};

use crate::credits;
use crate::escape::visible;
use crate::facts::{Correction, PageFacts, Retraction, photo_of};
use crate::feeds::kind_of;
use crate::photo::{PagePhoto, photo_cuts};
use crate::rights::Rights;
use crate::templates::ArticleBlock;
use crate::times;
use crate::view::{absolute, breadcrumb, language_tag, page_language, section_path, site_language_tag};
use crate::words::PageLanguage;

/// The two descriptions as one JSON text that is safe inside a `script` element. `logo` is the address of the
/// publisher's.
pub(crate) fn json_ld(
    content: &Content,
    facts: &PageFacts,
    site: &SiteSettings,
    block: &ArticleBlock,
    logo: Option<&str>,
) -> String {
    let graph = [news_article(content, facts, site, block, logo), crumbs(content, site)];
    escape(&json!({ "@context": "https://schema.org", "@graph": graph }).to_string())
}

/// The notice in the place of a retracted article: the article by its name, without what it said, and the correction
/// that takes it back.
pub(crate) fn retraction_json_ld(retraction: &Retraction, site: &SiteSettings, logo: Option<&str>) -> String {
    let time = |at: Instant| json!(times::machine(at, &site.time_zone));
    let url = json!(absolute(site, &retraction.address));
    let notice = object(
        "CorrectionComment",
        [("text", text(&retraction.notice)), ("datePublished", time(retraction.at))],
    );
    let article = object(
        "NewsArticle",
        [
            ("identifier", json!(format!("urn:uuid:{}", retraction.id))),
            ("headline", text(&retraction.headline)),
            ("inLanguage", json!(site_language_tag(site))),
            ("url", url.clone()),
            ("mainEntityOfPage", url),
            ("creativeWorkStatus", json!("Retracted")),
            ("datePublished", retraction.published_at.map(time).unwrap_or_default()),
            ("dateModified", time(retraction.at)),
            ("publisher", publisher(site, logo)),
            ("correction", notice),
        ],
    );
    escape(&json!({ "@context": "https://schema.org", "@graph": [article] }).to_string())
}

/// Nothing in the JSON can end the `script` element or begin a comment in it.
fn escape(json: &str) -> String {
    let mut out = String::with_capacity(json.len() + 64);
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out
}

/// An object of a kind, without what says nothing.
fn object<const N: usize>(kind: &str, fields: [(&str, Value); N]) -> Value {
    let says_something = |value: &Value| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => true,
    };
    let kind = std::iter::once(("@type", json!(kind)));
    let fields = kind.chain(fields).filter(|(_, value)| says_something(value));
    Value::Object(fields.map(|(name, value)| (name.to_owned(), value)).collect::<Map<_, _>>())
}

fn text(text: &str) -> Value {
    Value::String(visible(text.trim()))
}

/// An object that is nothing without a name.
fn named(kind: &str, name: &str) -> Value {
    if name.trim().is_empty() { Value::Null } else { object(kind, [("name", text(name))]) }
}

fn news_article(
    content: &Content,
    facts: &PageFacts,
    site: &SiteSettings,
    block: &ArticleBlock,
    logo: Option<&str>,
) -> Value {
    let language = page_language(content, site);
    let time =
        |at: Instant| json!(times::print(at, &site.time_zone, language).map(|printed| printed.machine));
    let alternatives = [&content.kicker, &content.subheadline, &content.short_headline];
    let url = json!(absolute(site, &facts.address));
    let correction = |correction: &Correction| {
        object(
            "CorrectionComment",
            [
                ("name", text(kind_of(correction.kind, language))),
                ("text", text(&correction.text)),
                ("datePublished", time(correction.at)),
            ],
        )
    };
    let rights = Rights::of_article(content, site, language);
    let n_words = block.text.counts().words;
    object(
        "NewsArticle",
        [
            ("identifier", json!(format!("urn:uuid:{}", facts.id))),
            ("headline", text(&content.headline)),
            (
                "alternativeHeadline",
                alternatives
                    .into_iter()
                    .filter(|line| !line.trim().is_empty())
                    .map(|line| text(line))
                    .collect(),
            ),
            ("description", text(&content.summary)),
            ("inLanguage", json!(language_tag(content, site))),
            ("url", url.clone()),
            ("mainEntityOfPage", url),
            ("datePublished", facts.published_at.map(time).unwrap_or_default()),
            ("dateModified", facts.modified_at.or(facts.published_at).map(time).unwrap_or_default()),
            ("articleSection", section_path(content, site).iter().map(|name| text(name)).collect()),
            ("genre", text(&content.genre)),
            ("keywords", content.keywords.iter().map(|word| text(word)).collect()),
            ("wordCount", if n_words > 0 { json!(n_words) } else { Value::Null }),
            ("dateline", text(&credits::compose_dateline(content, site))),
            ("author", authors(content, site)),
            ("editor", editor(facts, site)),
            ("accountablePerson", named("Person", credits::printed_signer(facts, site).unwrap_or_default())),
            ("sourceOrganization", named("Organization", &content.source.name)),
            ("publisher", publisher(site, logo)),
            ("image", images(content, site, block, language)),
            ("copyrightHolder", named("Organization", &rights.holder)),
            ("copyrightNotice", text(&rights.notice)),
            ("usageInfo", json!(rights.page)),
            ("isBasedOn", original(content)),
            ("digitalSourceType", digital_source(content.digital_source)),
            ("correction", facts.corrections.iter().map(correction).collect()),
        ],
    )
}

/// One object per person, as search engines ask; the typed byline when no person is named.
fn authors(content: &Content, site: &SiteSettings) -> Value {
    let person = |person: &&Contributor| {
        let page = address::author_address(&person.name).and_then(|page| absolute(site, &page));
        object(
            "Person",
            [
                ("name", text(&person.name)),
                ("url", json!(page)),
                ("jobTitle", text(&person.role)),
                ("affiliation", named("Organization", &person.unit)),
            ],
        )
    };
    match credits::byline_people(content).as_slice() {
        [] => [named("Person", &content.byline)].into_iter().filter(|author| !author.is_null()).collect(),
        people => people.iter().map(person).collect(),
    }
}

/// 责任编辑
fn editor(facts: &PageFacts, site: &SiteSettings) -> Value {
    let name = facts.responsible_editor.as_str();
    let Some(page) = address::editor_address(name) else { return Value::Null };
    object("Person", [("name", text(name)), ("url", json!(absolute(site, &page)))])
}

/// `logo` is its address on the site.
fn publisher(site: &SiteSettings, logo: Option<&str>) -> Value {
    let contact = match site.hotline.trim() {
        "" => Value::Null,
        hotline => object("ContactPoint", [("contactType", json!("newsroom")), ("telephone", text(hotline))]),
    };
    let logo = logo.zip(site.logo.as_ref()).and_then(|(address, picture)| {
        let (width, height) = (picture.width, picture.height);
        image(&PagePhoto { address: address.to_owned(), width, height, ..PagePhoto::default() }, site)
    });
    object(
        "NewsMediaOrganization",
        [
            ("name", text(&site.name)),
            ("url", json!(absolute(site, "/"))),
            ("logo", json!(logo)),
            ("contactPoint", contact),
        ],
    )
}

/// What a reprint was first.
fn original(content: &Content) -> Value {
    let source = &content.source;
    if source.category != SourceCategory::Reprint {
        return Value::Null;
    }
    let fields = [
        ("name", text(&source.original_title)),
        ("author", named("Person", &source.original_author)),
        ("url", json!(crate::links::web_address(source.original_url.trim()))),
    ];
    object("CreativeWork", fields)
}

fn digital_source(source: DigitalSource) -> Value {
    match source {
        DigitalSource::Human => Value::Null,
        DigitalSource::AiAssisted => {
            json!("https://schema.org/CompositeWithTrainedAlgorithmicMediaDigitalSource")
        }
        DigitalSource::AiGenerated => json!("https://schema.org/TrainedAlgorithmicMediaDigitalSource"),
    }
}

/// The first photo of the page cut to the shapes that search engines show, then all photos as they stand on it. Only
/// with an address of the site: search engines want absolute ones.
fn images(content: &Content, site: &SiteSettings, block: &ArticleBlock, language: PageLanguage) -> Value {
    let cuts = block.photos.first().into_iter().flat_map(|id| cuts_of(content, *id, language));
    let photos = block.photos.iter().filter_map(|id| photo_of(content, *id, language));
    cuts.chain(photos).filter_map(|photo| image(&photo, site)).collect()
}

fn cuts_of(content: &Content, id: PhotoId, language: PageLanguage) -> Vec<PagePhoto> {
    let Some(photo) = content.photos.iter().find(|photo| photo.id == id) else { return Vec::new() };
    let Some(shown) = PagePhoto::of(photo, language) else { return Vec::new() };
    let cuts = photo_cuts(photo).into_iter();
    let cut = |cut: Rendition| PagePhoto {
        address: cut.address(),
        width: cut.width,
        height: cut.height().unwrap_or_default(),
        ..shown.clone()
    };
    cuts.map(cut).collect()
}

fn image(photo: &PagePhoto, site: &SiteSettings) -> Option<Value> {
    let pixels = |n: u32| if photo.width > 0 && photo.height > 0 { json!(n) } else { Value::Null };
    let fields = [
        ("url", json!(absolute(site, &photo.address)?)),
        ("caption", text(&photo.caption)),
        ("creditText", text(&photo.credit)),
        ("width", pixels(photo.width)),
        ("height", pixels(photo.height)),
    ];
    Some(object("ImageObject", fields))
}

fn crumbs(content: &Content, site: &SiteSettings) -> Value {
    let home = (site.name.clone(), absolute(site, "/"));
    let sections = breadcrumb(section_path(content, site), site).into_iter();
    let sections =
        sections.map(|crumb| (crumb.name, crumb.address.and_then(|address| absolute(site, &address))));
    let item = |(at, (name, url)): (usize, (String, Option<String>))| {
        object("ListItem", [("position", json!(at + 1)), ("name", text(&name)), ("item", json!(url))])
    };
    let items: Value = std::iter::once(home).chain(sections).enumerate().map(item).collect();
    object("BreadcrumbList", [("itemListElement", items)])
}
