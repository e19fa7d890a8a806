//! JSON-LD held against what schema.org defines, and against what Google documents for articles, breadcrumbs and
//! organisations: which fields an object may have, of which form, and which it must or should have.

use galley_model::Content;
use galley_model::site::SiteLogo;
use galley_model::workflow::CorrectionKind;
use galley_page::{Correction, Retraction};
use scraper::Html;
use serde_json::Value;

use crate::support::{Fixture, select};

/// The form of a value.
#[derive(Clone, Copy, Debug)]
enum Form {
    Text,
    Texts,
    /// An absolute address of the web.
    Url,
    /// `urn:uuid:…`
    Urn,
    /// ISO 8601 with seconds and an offset.
    Time,
    Number,
    /// BCP 47.
    Language,
    /// A term of schema.org by its address.
    Term,
    /// One object of this type, or a list of such.
    Object(&'static str),
    /// An `ImageObject` that needs no caption and no credit.
    Logo,
}

/// Whether an article with every fact has the field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Need {
    Required,
    Recommended,
    Optional,
}

use Form::{Language, Logo, Number, Object, Term, Text, Texts, Time, Url, Urn};
use Need::{Optional, Recommended, Required};

type Field = (&'static str, Form, Need);

/// Fields by type. Sources: schema.org (domains and ranges), Google's pages on article, breadcrumb and organisation
/// markup (which are required or recommended), schema.org's pages for news (`correction`, `dateline`, `editor`,
/// `accountablePerson`).
const TYPES: [(&str, &[Field]); 10] = [
    (
        "NewsArticle",
        &[
            ("identifier", Urn, Required),
            ("headline", Text, Required),
            ("alternativeHeadline", Texts, Optional),
            ("description", Text, Recommended),
            ("inLanguage", Language, Recommended),
            ("url", Url, Required),
            ("mainEntityOfPage", Url, Recommended),
            ("datePublished", Time, Required),
            ("dateModified", Time, Required),
            ("articleSection", Texts, Recommended),
            ("genre", Text, Optional),
            ("keywords", Texts, Optional),
            ("wordCount", Number, Recommended),
            ("dateline", Text, Recommended),
            ("author", Object("Person"), Required),
            ("editor", Object("Person"), Recommended),
            ("accountablePerson", Object("Person"), Optional),
            ("sourceOrganization", Object("Organization"), Recommended),
            ("publisher", Object("NewsMediaOrganization"), Required),
            ("image", Object("ImageObject"), Required),
            ("creativeWorkStatus", Text, Optional),
            ("copyrightHolder", Object("Organization"), Recommended),
            ("copyrightNotice", Text, Optional),
            ("usageInfo", Url, Optional),
            ("isBasedOn", Object("CreativeWork"), Optional),
            ("digitalSourceType", Term, Optional),
            ("correction", Object("CorrectionComment"), Recommended),
        ],
    ),
    (
        "Person",
        &[
            ("name", Text, Required),
            ("url", Url, Optional),
            ("jobTitle", Text, Optional),
            ("affiliation", Object("Organization"), Optional),
        ],
    ),
    ("Organization", &[("name", Text, Required)]),
    (
        "NewsMediaOrganization",
        &[
            ("name", Text, Required),
            ("url", Url, Required),
            ("logo", Logo, Recommended),
            ("contactPoint", Object("ContactPoint"), Recommended),
        ],
    ),
    ("ContactPoint", &[("contactType", Text, Required), ("telephone", Text, Required)]),
    (
        "ImageObject",
        &[
            ("url", Url, Required),
            ("caption", Text, Recommended),
            ("creditText", Text, Recommended),
            ("width", Number, Recommended),
            ("height", Number, Recommended),
        ],
    ),
    (
        "CreativeWork",
        &[("name", Text, Recommended), ("author", Object("Person"), Optional), ("url", Url, Recommended)],
    ),
    (
        "CorrectionComment",
        &[("name", Text, Optional), ("text", Text, Required), ("datePublished", Time, Required)],
    ),
    ("BreadcrumbList", &[("itemListElement", Object("ListItem"), Required)]),
    ("ListItem", &[("position", Number, Required), ("name", Text, Required), ("item", Url, Recommended)]),
];

/// What is wrong with an object and all that it holds; `complete` asks for what is recommended, too.
fn faults(object: &Value, complete: bool) -> Vec<String> {
    let kind = object["@type"].as_str().unwrap_or_default();
    let Some((_, fields)) = TYPES.iter().find(|(name, _)| *name == kind) else {
        return vec![format!("no such type: {kind}")];
    };
    let mut faults = Vec::new();
    for name in object.as_object().into_iter().flat_map(|object| object.keys()) {
        if name != "@type" && !fields.iter().any(|(known, ..)| known == name) {
            faults.push(format!("{kind} has no {name}"));
        }
    }
    for (name, form, need) in *fields {
        let is_needed = *need == Required || complete && *need == Recommended;
        match object.get(*name) {
            None if is_needed => faults.push(format!("{kind} lacks {name}")),
            None => {}
            Some(value) => {
                if !has_form(value, *form) {
                    faults.push(format!("{kind}.{name} is no {form:?}: {value}"));
                }
                let objects = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
                let objects = objects.iter().filter(|value| value.is_object());
                let complete = complete && !matches!(form, Logo);
                faults.extend(objects.flat_map(|object| self::faults(object, complete)));
            }
        }
    }
    faults
}

fn has_form(value: &Value, form: Form) -> bool {
    let text = value.as_str().unwrap_or_default();
    let is_text = |value: &Value| value.as_str().is_some_and(|text| !text.trim().is_empty());
    match form {
        Text => is_text(value),
        Texts => value.as_array().is_some_and(|texts| !texts.is_empty() && texts.iter().all(is_text)),
        Url => is_url(text),
        Urn => text.strip_prefix("urn:uuid:").is_some_and(|id| id.len() == 36),
        Time => is_time(text),
        Number => value.as_u64().is_some_and(|n| n > 0),
        Language => text.split('-').all(|part| (2..=8).contains(&part.len())),
        Term => text.strip_prefix("https://schema.org/").is_some_and(|term| term.ends_with("DigitalSource")),
        Logo => value["@type"] == "ImageObject" && value["width"].is_u64() && value["height"].is_u64(),
        Object(kind) => match value {
            Value::Array(objects) => !objects.is_empty() && objects.iter().all(|one| one["@type"] == kind),
            one => one["@type"] == kind,
        },
    }
}

fn is_url(text: &str) -> bool {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    rest.is_some_and(|rest| rest.contains('/') && text.bytes().all(|byte| byte.is_ascii_graphic()))
}

/// `2026-11-23T14:05:05+08:00`
fn is_time(text: &str) -> bool {
    let shape = text.bytes().map(|byte| if byte.is_ascii_digit() { b'0' } else { byte });
    let shape: Vec<u8> = shape.collect();
    ["0000-00-00T00:00:00+00:00", "0000-00-00T00:00:00-00:00"].iter().any(|known| known.as_bytes() == shape)
}

fn graph(fixture: &Fixture) -> Vec<Value> {
    graph_of(&fixture.page())
}

/// The objects of a page.
fn graph_of(page: &str) -> Vec<Value> {
    let page = Html::parse_document(page);
    let [data] = select(&page, "script[type='application/ld+json']").try_into().unwrap();
    let data: Value = serde_json::from_str(&data).unwrap();
    assert_eq!(data.get("@context").unwrap(), "https://schema.org");
    data.get("@graph").and_then(Value::as_array).unwrap().clone()
}

fn all_faults(fixture: &Fixture, complete: bool) -> Vec<String> {
    graph(fixture).iter().flat_map(|object| faults(object, complete)).collect()
}

#[test]
fn an_article_with_every_fact_has_every_recommended_field() {
    for language in ["zh", "en"] {
        let mut fixture = Fixture::read(language);
        fixture.site.hotline = "0000-0000000".to_owned();
        fixture.site.logo = Some(logo());
        assert_eq!(all_faults(&fixture, true), [""; 0], "{language}");
        let kinds: Vec<Value> = graph(&fixture).iter().map(|object| object["@type"].clone()).collect();
        assert_eq!(kinds, ["NewsArticle", "BreadcrumbList"]);
    }
}

/// A picture by its beginning; nobody looks further.
fn logo() -> SiteLogo {
    let bytes = b"\x89PNG\r\n\x1a\n".to_vec();
    SiteLogo { mime: "image/png".to_owned(), width: 512, height: 128, bytes }
}

#[test]
fn the_publishers_logo_is_told_where_the_site_publishes_it() {
    let mut fixture = Fixture::read("zh");
    let told = |fixture: &Fixture| graph(fixture)[0]["publisher"].get("logo").cloned();
    assert_eq!(told(&fixture), None);
    fixture.site.logo = Some(logo());
    let logo = told(&fixture).unwrap();
    let assets = crate::support::templates().assets(&fixture.site);
    let [published] = assets.iter().filter(|asset| asset.mime == "image/png").collect::<Vec<_>>()[..] else {
        panic!("{assets:?}")
    };
    assert_eq!(logo["url"], format!("https://news.example{}", published.path));
    assert_eq!((&logo["width"], &logo["height"]), (&512.into(), &128.into()));
    let head = Html::parse_document(&fixture.page());
    let shown = scraper::Selector::parse(".site-name img").unwrap();
    let shown = head.select(&shown).next().unwrap();
    assert_eq!(shown.value().attr("src"), Some(published.path.as_str()));
    assert_eq!(shown.value().attr("alt"), Some(""), "the name stands beside it");
    // A site without an address of its own names nothing from elsewhere.
    fixture.site.base_url.clear();
    assert_eq!(told(&fixture), None);
}

/// Google asks for 16:9, 4:3 and 1:1, of at least 50,000 pixels each.
#[test]
fn the_first_photo_is_told_in_three_shapes_where_it_is_large_enough() {
    let check = |size: (u32, u32), focal: Option<(u16, u16)>, sizes: &[(u64, u64)], point: &str| {
        let mut fixture = Fixture::read("zh");
        let lead = fixture.content.lead_photo.unwrap();
        let photo = fixture.content.photos.iter_mut().find(|photo| photo.id == lead).unwrap();
        ((photo.width, photo.height), photo.focal) = (size, focal);
        let (sha256, n_photos) = (photo.sha256, fixture.block().photos.len());
        let article = graph(&fixture).remove(0);
        let images = article["image"].as_array().unwrap();
        let (cuts, photos) = images.split_at(images.len() - n_photos);
        let told: Vec<(u64, u64)> = cuts
            .iter()
            .map(|cut| (cut["width"].as_u64().unwrap(), cut["height"].as_u64().unwrap()))
            .collect();
        assert_eq!(told, sizes, "{size:?}");
        for (cut, (width, height)) in cuts.iter().zip(sizes) {
            let name = format!("https://news.example/media/{sha256}-{width}x{height}-{point}.jpg");
            assert_eq!(cut["url"], name);
            assert_eq!(cut["caption"], photos[0]["caption"]);
            assert!(width * height >= 50_000);
        }
    };
    let large = [(1200, 675), (1200, 900), (1200, 1200)];
    check((4000, 3000), Some((250, 750)), &large, "250-750");
    check((4000, 3000), None, &large, "500-500");
    check((640, 480), Some((0, 1000)), &[(640, 360), (640, 480), (480, 480)], "0-1000");
    check((240, 160), None, &[], "");
    check((0, 0), None, &[], "");
}

#[test]
fn what_an_article_has_is_of_the_right_form_however_little_it_is() {
    let mut fixture = Fixture::read("zh");
    let photo = fixture.content.photos[0].clone();
    fixture.content = Content {
        headline: "湖心岛　步道开放".to_owned(),
        byline: "本网综合".to_owned(),
        lead_photo: Some(photo.id),
        photos: vec![photo],
        ..Content::default()
    };
    fixture.facts.responsible_editor = " ".to_owned();
    fixture.facts.corrections.clear();
    fixture.facts.stage_signers.clear();
    fixture.facts.modified_at = None;
    assert_eq!(all_faults(&fixture, false), [""; 0]);
    let article = graph(&fixture).remove(0);
    assert_eq!(article["headline"], "湖心岛　步道开放");
    assert_eq!(article["dateModified"], article["datePublished"]);
    for absent in ["editor", "accountablePerson", "correction", "isBasedOn", "wordCount", "genre"] {
        assert_eq!(article.get(absent), None, "{absent}");
    }
}

#[test]
fn people_are_named_one_by_one_with_their_pages() {
    let fixture = Fixture::read("zh");
    let article = graph(&fixture).remove(0);
    let page = |address: Option<String>| format!("https://news.example{}", address.unwrap());
    for (person, name, address) in [
        (&article["author"][0], "林一舟", Some(page(galley_model::address::author_address("林一舟")))),
        (&article["author"][1], "何敏", Some(page(galley_model::address::author_address("何敏")))),
        (&article["editor"], "周晓河", Some(page(galley_model::address::editor_address("周晓河")))),
        // The site prints who signed the first stage, and no other.
        (&article["accountablePerson"], "王一", None),
    ] {
        assert_eq!(person["name"], name);
        assert_eq!(person.get("url").and_then(Value::as_str), address.as_deref());
    }
}

#[test]
fn a_note_is_named_by_its_kind() {
    let check = |language: &str, names: [&str; 4]| {
        let mut fixture = Fixture::read(language);
        let note = fixture.facts.corrections[0].clone();
        let kinds = [
            CorrectionKind::Correction,
            CorrectionKind::Clarification,
            CorrectionKind::EditorsNote,
            CorrectionKind::Update,
        ];
        fixture.facts.corrections = kinds.map(|kind| Correction { kind, ..note.clone() }).to_vec();
        let article = graph(&fixture).remove(0);
        let named: Vec<&str> = article["correction"]
            .as_array()
            .unwrap()
            .iter()
            .map(|note| note["name"].as_str().unwrap())
            .collect();
        assert_eq!(named, names);
        assert_eq!(all_faults(&fixture, false), [""; 0]);
    };
    check("zh", ["更正", "说明", "编者按", "更新"]);
    check("en", ["Correction", "Clarification", "Editor’s note", "Update"]);
}

#[test]
fn a_retraction_is_told_as_one() {
    let fixture = Fixture::read("zh");
    let retraction = Retraction {
        id: fixture.facts.id,
        address: fixture.facts.address.clone(),
        headline: fixture.content.headline.clone(),
        notice: "经查，</script>稿件失实，现予撤回并致歉。".to_owned(),
        at: galley_model::Instant(1_795_500_000_000),
        published_at: fixture.facts.published_at,
    };
    let page = crate::support::templates().retracted(&retraction, &fixture.site).unwrap();
    let [article] = graph_of(&page).try_into().unwrap();
    // There is no author and no picture any more: what an article needs, a retraction does not.
    let expected = ["NewsArticle lacks author", "NewsArticle lacks image"];
    assert_eq!(faults(&article, false), expected);
    assert_eq!(article["creativeWorkStatus"], "Retracted");
    assert_eq!(article["correction"]["text"], retraction.notice);
    assert!(!article.to_string().contains(&fixture.content.summary));
    let ninjs: Value =
        serde_json::from_str(&galley_page::ninjs_retracted(&retraction, &fixture.site)).unwrap();
    assert_eq!(ninjs["pubStatus"], "canceled");
    assert_eq!(ninjs["uri"], article["identifier"]);
    assert_eq!(ninjs["descriptions"][0]["role"], "retraction");
    assert_eq!(ninjs["versionCreated"], "2026-11-24T14:00:00+08:00");
}

/// What the Open Graph protocol asks of an article, and how it is written.
#[test]
fn the_page_tells_open_graph_what_it_is() {
    let fixture = Fixture::read("zh");
    let page = Html::parse_document(&fixture.page());
    let contents = |property: &str| -> Vec<String> {
        let selector = scraper::Selector::parse(&format!("meta[property='{property}']")).unwrap();
        page.select(&selector).filter_map(|meta| meta.value().attr("content").map(str::to_owned)).collect()
    };
    for (property, expected) in [
        ("og:type", "article"),
        ("og:url", "https://news.example/articles/lake-path-opens.html"),
        ("og:site_name", "湖城新闻网"),
        ("og:locale", "zh_CN"),
        ("article:published_time", "2026-11-23T14:05:05+08:00"),
        ("article:modified_time", "2026-11-23T15:48:20+08:00"),
        ("article:section", "图片新闻"),
    ] {
        assert_eq!(contents(property), [expected], "{property}");
    }
    for property in
        ["og:title", "og:description", "og:image", "og:image:width", "og:image:height", "og:image:alt"]
    {
        assert_eq!(contents(property).len(), 1, "{property}");
    }
    assert!(is_url(&contents("og:image")[0]));
    assert_eq!(contents("article:tag"), fixture.content.keywords);
}

#[test]
fn the_checker_sees_what_is_wrong() {
    let good = graph(&Fixture::read("zh")).remove(0);
    let check = |change: &dyn Fn(&mut Value), fault: &str| {
        let mut broken = good.clone();
        change(&mut broken);
        assert!(faults(&broken, false).iter().any(|found| found.contains(fault)), "{fault}");
    };
    check(&|article| drop(article.as_object_mut().unwrap().remove("author")), "lacks author");
    check(&|article| article["datePublished"] = "2026-11-23".into(), "datePublished is no Time");
    check(&|article| article["url"] = "/articles/x.html".into(), "url is no Url");
    check(&|article| article["image"][0]["width"] = "1600".into(), "width is no Number");
    check(&|article| article["editorNote"] = "x".into(), "has no editorNote");
    check(&|article| article["editor"]["@type"] = "Organization".into(), "editor is no Object");
    check(&|article| article["articleSection"] = Value::Array(Vec::new()), "articleSection is no Texts");
}
