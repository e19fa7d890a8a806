//! An article as IPTC ninjs 3.1, for those who take it over by machine: `/articles/{slug}.ninjs.json`.
//!
//! Filled field by field from what is public. Urgency, embargo, the note to editors, sign-offs that the site does
//! not print, and ids of people and photos are not in it. Source of the names and shapes: IPTC's published schema;
//! `rel` and `role` are free text there, and ours are listed in `docs/decisions`.

use galley_model::site::SiteSettings;
use galley_model::workflow::CorrectionKind;
use galley_model::{Content, DigitalSource, Photo, SourceCategory, address};
use serde_json::{Map, Value, json};

use crate::credits;
use crate::escape::visible;
use crate::facts::{PageFacts, Retraction, photo_of};
use crate::feeds::{full_text, standalone};
use crate::links;
use crate::rights::Rights;
use crate::templates::ArticleBlock;
use crate::times;
use crate::view::{absolute, breadcrumb, language_tag, page_language, section_path, site_language_tag};

const SCHEMA: &str = "http://www.iptc.org/std/ninjs/ninjs-schema_3.1.json";

/// The article as one ninjs object.
pub fn ninjs(content: &Content, facts: &PageFacts, site: &SiteSettings, block: &ArticleBlock) -> String {
    let rights = Rights::of_article(content, site, page_language(content, site));
    let time = |at: Option<_>| json!(at.and_then(|at| times::machine(at, &site.time_zone)));
    object([
        ("uri", json!(format!("urn:uuid:{}", facts.id))),
        ("standard", standard()),
        ("type", json!("text")),
        ("representationType", json!("full")),
        ("pubStatus", json!("usable")),
        ("language", json!(language_tag(content, site))),
        ("firstCreated", time(facts.published_at)),
        ("contentCreated", time(facts.published_at)),
        ("versionCreated", time(facts.modified_at.or(facts.published_at))),
        ("headlines", headlines(content)),
        ("by", text(&credits::compose_byline(content))),
        ("descriptions", descriptions(content, facts)),
        ("bodies", bodies(content, facts, site, block)),
        ("people", people(content, facts, site, block)),
        ("infoSources", info_sources(content, site)),
        ("subjects", subjects(content, site)),
        ("genres", [named(&content.genre)].into_iter().filter(|genre| !genre.is_null()).collect()),
        ("digitalSourceType", digital_source(content.digital_source)),
        ("copyrightHolder", text(&rights.holder)),
        ("copyrightNotice", text(&rights.notice)),
        ("usageTerms", text(&rights.terms)),
        ("rightsInfo", object([("linkedRights", json!(rights.page))])),
        ("altIds", alt_ids(content, facts)),
        ("renditions", page(&facts.address, site)),
        ("associations", associations(content, site, block)),
        ("trustIndicators", trust_indicators(content, facts, site)),
    ])
    .to_string()
}

/// What stands in the place of a retracted article: its name for ever, canceled, and the notice. Who takes articles
/// over by machine takes this one down.
pub fn ninjs_retracted(retraction: &Retraction, site: &SiteSettings) -> String {
    let time = |at: Option<_>| json!(at.and_then(|at| times::machine(at, &site.time_zone)));
    object([
        ("uri", json!(format!("urn:uuid:{}", retraction.id))),
        ("standard", standard()),
        ("type", json!("text")),
        ("representationType", json!("partial")),
        ("pubStatus", json!("canceled")),
        ("language", json!(site_language_tag(site))),
        ("firstCreated", time(retraction.published_at)),
        ("versionCreated", time(Some(retraction.at))),
        ("headlines", in_role("main", &retraction.headline).into_iter().collect()),
        ("descriptions", in_role("retraction", &retraction.notice).into_iter().collect()),
        ("renditions", page(&retraction.address, site)),
    ])
    .to_string()
}

fn standard() -> Value {
    json!({ "name": "ninjs", "version": "3.1", "schema": SCHEMA })
}

/// An object without what says nothing; null when nothing says anything.
fn object<const N: usize>(fields: [(&str, Value); N]) -> Value {
    let says_something = |value: &Value| match value {
        Value::Null => false,
        Value::String(text) => !text.is_empty(),
        Value::Array(items) => !items.is_empty(),
        _ => true,
    };
    let fields = fields.into_iter().filter(|(_, value)| says_something(value));
    let fields: Map<_, _> = fields.map(|(name, value)| (name.to_owned(), value)).collect();
    if fields.is_empty() { Value::Null } else { Value::Object(fields) }
}

fn text(text: &str) -> Value {
    Value::String(visible(text.trim()))
}

/// An object that is nothing without a name.
fn named(name: &str) -> Value {
    object([("name", text(name))])
}

/// A text in a role, when there is one.
fn in_role(role: &str, value: &str) -> Option<Value> {
    let value = value.trim();
    (!value.is_empty()).then(|| json!({ "role": role, "contentType": "text/plain", "value": visible(value) }))
}

fn headlines(content: &Content) -> Value {
    let lines = [
        ("main", &content.headline),
        ("kicker", &content.kicker),
        ("subheadline", &content.subheadline),
        ("short", &content.short_headline),
    ];
    lines.into_iter().filter_map(|(role, line)| in_role(role, line)).collect()
}

fn descriptions(content: &Content, facts: &PageFacts) -> Value {
    let role = |kind| match kind {
        CorrectionKind::Correction => "correction",
        CorrectionKind::Clarification => "clarification",
        CorrectionKind::EditorsNote => "editorsNote",
        CorrectionKind::Update => "update",
    };
    let corrections = facts.corrections.iter().map(|note| (role(note.kind), &note.text));
    let all = std::iter::once(("summary", &content.summary)).chain(corrections);
    all.filter_map(|(role, value)| in_role(role, value)).collect()
}

/// The full text once, as feeds carry it; counts are the project's, of the text without captions.
fn bodies(content: &Content, facts: &PageFacts, site: &SiteSettings, block: &ArticleBlock) -> Value {
    let counts = block.text.counts();
    let html = standalone(&full_text(content, facts, site, block), &facts.address, site);
    json!([{
        "role": "main",
        "contentType": "text/html",
        "charCount": counts.characters,
        "wordCount": counts.words,
        "value": html,
    }])
}

fn people(content: &Content, facts: &PageFacts, site: &SiteSettings, block: &ArticleBlock) -> Value {
    let of_site = |address: Option<String>| json!(address.and_then(|address| absolute(site, &address)));
    let person = |rel: &str, name: &str, page: Option<String>| {
        let is_person = !name.trim().is_empty();
        is_person.then(|| object([("name", text(name)), ("rel", json!(rel)), ("uri", of_site(page))]))
    };
    let mut people = Vec::new();
    for author in credits::byline_people(content) {
        people.extend(person("author", &author.name, address::author_address(&author.name)));
    }
    if content.source.category == SourceCategory::Reprint {
        people.extend(person("originalAuthor", &content.source.original_author, None));
    }
    let mut photographers: Vec<&str> = Vec::new();
    for photo in on_page(content, block) {
        let name = photographer(photo);
        if !photographers.contains(&name) {
            photographers.push(name);
            people.extend(person("photographer", name, None));
        }
    }
    let editor = facts.responsible_editor.as_str();
    people.extend(person("editor", editor, address::editor_address(editor)));
    if let Some(signer) = credits::printed_signer(facts, site) {
        people.extend(person("accountablePerson", signer, None));
    }
    people.into()
}

fn on_page<'a>(content: &'a Content, block: &'a ArticleBlock) -> impl Iterator<Item = &'a Photo> {
    block.photos.iter().filter_map(|id| content.photos.iter().find(|photo| photo.id == *id))
}

/// Who took a photo; empty when the credit says something else than who took it.
pub(crate) fn photographer(photo: &Photo) -> &str {
    let is_taken =
        matches!(photo.credit.kind.as_str(), "" | "photo") && photo.digital_source == DigitalSource::Human;
    if is_taken { photo.credit.name.trim() } else { "" }
}

/// Who is credited, and who publishes.
fn info_sources(content: &Content, site: &SiteSettings) -> Value {
    let source = &content.source;
    let role = match source.category {
        SourceCategory::Staff | SourceCategory::Contributor | SourceCategory::Reprint => "originator",
        SourceCategory::Wire | SourceCategory::Handout => "supplier",
    };
    let named = |name: &str, role: &str, uri: Option<String>| {
        let is_named = !name.trim().is_empty();
        is_named.then(|| object([("name", text(name)), ("role", json!(role)), ("uri", json!(uri))]))
    };
    [named(&source.name, role, None), named(&site.name, "distributor", absolute(site, "/"))]
        .into_iter()
        .flatten()
        .collect()
}

fn subjects(content: &Content, site: &SiteSettings) -> Value {
    let sections = breadcrumb(section_path(content, site), site).into_iter().map(|section| {
        let uri = section.address.and_then(|address| absolute(site, &address));
        object([("name", text(&section.name)), ("rel", json!("section")), ("uri", json!(uri))])
    });
    let words = content.keywords.iter().filter(|word| !word.trim().is_empty());
    let words = words.map(|word| object([("name", text(word)), ("rel", json!("keyword"))]));
    sections.chain(words).collect()
}

fn digital_source(source: DigitalSource) -> Value {
    let name = match source {
        DigitalSource::Human => return Value::Null,
        DigitalSource::AiAssisted => "compositeWithTrainedAlgorithmicMedia",
        DigitalSource::AiGenerated => "trainedAlgorithmicMedia",
    };
    json!({ "name": name, "uri": format!("http://cv.iptc.org/newscodes/digitalsourcetype/{name}") })
}

fn alt_ids(content: &Content, facts: &PageFacts) -> Value {
    let slug = content.slug.trim();
    let slug = if address::check_slug(slug).is_ok() { slug } else { "" };
    json!([{ "role": "slug", "value": address::slug_or_default(slug, facts.id) }])
}

/// The page itself.
fn page(address: &str, site: &SiteSettings) -> Value {
    let page = absolute(site, address);
    page.map(|href| json!([{ "name": "webPage", "href": href, "contentType": "text/html" }]))
        .unwrap_or_default()
}

/// The photos of the page, each a picture of its own, and what a reprint was first. Only with an address of the
/// site: an association needs one that is complete.
fn associations(content: &Content, site: &SiteSettings, block: &ArticleBlock) -> Value {
    let pictures = on_page(content, block).enumerate().filter_map(|(at, photo)| {
        let is_lead = content.lead_photo == Some(photo.id);
        picture(content, site, photo, is_lead, at + 1)
    });
    pictures.chain(original(content)).collect()
}

fn picture(content: &Content, site: &SiteSettings, photo: &Photo, is_lead: bool, n: usize) -> Option<Value> {
    let language = page_language(content, site);
    let printed = photo_of(content, photo.id, language)?;
    let href = absolute(site, &printed.address)?;
    let pixels = |n: u32| if photo.width > 0 && photo.height > 0 { json!(n) } else { Value::Null };
    let point = |(x, y): (u16, u16)| {
        let part = |length: u32, part: u16| u64::from(length) * u64::from(part) / 1000;
        json!({ "x": part(printed.width, x), "y": part(printed.height, y) })
    };
    let poi = photo.focal.filter(|_| printed.width > 0 && printed.height > 0).map(point);
    let rendition = object([
        ("name", json!("web")),
        ("href", json!(href)),
        ("contentType", json!(crate::feeds::mime(&printed.address))),
        ("width", pixels(printed.width)),
        ("height", pixels(printed.height)),
        ("poi", json!(poi)),
    ]);
    let person = |name: &str| object([("name", text(name)), ("rel", json!("photographer"))]);
    let people = Some(photographer(photo)).filter(|name| !name.is_empty()).map(person);
    let texts = [in_role("caption", &printed.caption), in_role("alternativeText", &printed.alt)];
    let rights = Rights::of_photo(photo, language);
    Some(object([
        ("name", json!(format!("picture{n}"))),
        ("rel", json!(if is_lead { "lead" } else { "illustration" })),
        ("uri", json!(href)),
        ("type", json!("picture")),
        ("by", text(&printed.credit)),
        ("people", people.into_iter().collect()),
        ("descriptions", texts.into_iter().flatten().collect()),
        ("digitalSourceType", digital_source(photo.digital_source)),
        ("copyrightHolder", text(&rights.holder)),
        ("usageTerms", text(&rights.terms)),
        ("renditions", json!([rendition])),
    ]))
}

/// What a reprint was first.
fn original(content: &Content) -> Option<Value> {
    let source = &content.source;
    let uri = links::web_address(source.original_url.trim());
    let uri = uri.filter(|_| source.category == SourceCategory::Reprint)?;
    Some(object([
        ("name", json!("original")),
        ("rel", json!("isBasedOn")),
        ("uri", json!(uri)),
        ("type", json!("text")),
        ("headlines", in_role("main", &source.original_title).into_iter().collect()),
        ("by", text(&source.original_author)),
        ("copyrightHolder", text(&source.name)),
    ]))
}

/// Where the site lists its corrections, and who its authors are. The roles are schema.org's terms.
fn trust_indicators(content: &Content, facts: &PageFacts, site: &SiteSettings) -> Value {
    let indicator = |role: &str, title: &str, address: Option<String>| {
        let href = absolute(site, &address?)?;
        Some(object([
            ("role", json!(format!("https://schema.org/{role}"))),
            ("title", text(title)),
            ("href", json!(href)),
        ]))
    };
    let authors = credits::byline_people(content).into_iter();
    let authors =
        authors.map(|author| indicator("author", &author.name, address::author_address(&author.name)));
    let editor = facts.responsible_editor.as_str();
    let editor = indicator("editor", editor, address::editor_address(editor));
    let corrections = indicator("correction", "", Some("/corrections.html".to_owned()));
    authors.chain([editor, corrections]).flatten().collect()
}
