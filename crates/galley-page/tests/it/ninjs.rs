//! ninjs held against IPTC's published schema, and against what the article says.

use std::path::{Path, PathBuf};

use galley_model::{DigitalSource, SourceCategory};
use galley_page::ninjs;
use serde_json::{Value, json};

use crate::support::Fixture;

fn of(fixture: &Fixture) -> Value {
    let text = ninjs(&fixture.content, &fixture.facts, &fixture.site, &fixture.block());
    serde_json::from_str(&text).unwrap()
}

/// The published schema, where `shared/data` stands beside the checkout or above it.
fn published_schema() -> Option<PathBuf> {
    let above = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors();
    above.map(|folder| folder.join("shared/data/ninjs-schema_3.1.json")).find(|file| file.is_file())
}

/// Articles of many shapes.
fn corpus() -> Vec<Fixture> {
    let mut corpus = vec![Fixture::read("zh"), Fixture::read("en")];
    let mut empty = Fixture::read("zh");
    empty.content = galley_model::Content::default();
    empty.facts.responsible_editor.clear();
    empty.facts.corrections.clear();
    empty.facts.published_at = None;
    empty.facts.modified_at = None;
    corpus.push(empty);
    let mut nowhere = Fixture::read("zh");
    nowhere.site.base_url.clear();
    corpus.push(nowhere);
    let mut odd = Fixture::read("zh");
    odd.content.headline = "\u{0}</script>\u{202e}　题".to_owned();
    odd.content.source.original_url = "javascript:alert(1)".to_owned();
    odd.content.digital_source = DigitalSource::AiGenerated;
    odd.content.source.category = SourceCategory::Wire;
    odd.content.slug = "不是".to_owned();
    corpus.push(odd);
    corpus.push(own());
    corpus
}

/// An article of the newsroom's own, on a site that says what it allows, with a photo that was provided.
fn own() -> Fixture {
    let mut own = Fixture::read("zh");
    own.content.source.category = SourceCategory::Staff;
    let credit = galley_model::PhotoCredit { name: "县教育局".to_owned(), kind: "courtesy".to_owned() };
    own.content.photos.iter_mut().take(1).for_each(|photo| photo.credit = credit.clone());
    own.site.copyright = "© 湖城新闻网".to_owned();
    own.site.usage_terms = "未经授权不得转载".to_owned();
    own.site.rights_page = "https://news.example/terms.html?lang=zh".to_owned();
    own
}

#[test]
fn rights_are_told_as_far_as_they_are_known() {
    let check = |article: &Value, expected: &[(&str, Option<&str>)]| {
        for (field, expected) in expected {
            assert_eq!(article.pointer(field).and_then(Value::as_str), *expected, "{field}");
        }
    };
    let own = own();
    check(
        &of(&own),
        &[
            ("/copyrightHolder", Some(own.site.name.as_str())),
            ("/copyrightNotice", Some("© 湖城新闻网")),
            ("/usageTerms", Some("未经授权不得转载")),
            ("/rightsInfo/linkedRights", Some("https://news.example/terms.html?lang=zh")),
            ("/associations/0/copyrightHolder", Some("县教育局")),
            ("/associations/0/usageTerms", Some("由县教育局提供，再次使用须经其许可。")),
            ("/associations/2/copyrightHolder", None),
        ],
    );
    // The fixture is a reprint: what the site says of its own does not speak for others.
    let mut reprint = Fixture::read("zh");
    reprint.site = own.site.clone();
    check(
        &of(&reprint),
        &[
            ("/copyrightHolder", Some("本地晚报")),
            ("/copyrightNotice", None),
            ("/usageTerms", Some("转载自本地晚报，再次使用须经其许可。")),
            ("/rightsInfo", None),
            ("/associations/3/copyrightHolder", Some("本地晚报")),
        ],
    );
}

#[test]
fn every_article_is_valid_against_the_published_schema() {
    let Some(file) = published_schema() else {
        eprintln!("no shared/data above the checkout: ninjs was not held against IPTC's schema");
        return;
    };
    let mut schema: Value = serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap();
    // A schema elsewhere, of a property that is not written.
    schema["$defs"]["ninjsType"]["properties"]["places"]["items"]["properties"]["geoJSON"] = json!({});
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    for fixture in corpus() {
        let article = of(&fixture);
        let errors: Vec<String> = validator.iter_errors(&article).map(|error| error.to_string()).collect();
        assert_eq!(errors, [""; 0], "{article:#}");
    }
    let retraction = galley_page::Retraction {
        id: Fixture::read("zh").facts.id,
        address: "/articles/x.html".to_owned(),
        headline: "题".to_owned(),
        notice: "撤稿声明".to_owned(),
        at: galley_model::Instant(1_795_500_000_000),
        published_at: None,
    };
    let retracted = galley_page::ninjs_retracted(&retraction, &Fixture::read("zh").site);
    let retracted: Value = serde_json::from_str(&retracted).unwrap();
    let errors: Vec<String> = validator.iter_errors(&retracted).map(|error| error.to_string()).collect();
    assert_eq!(errors, [""; 0], "{retracted:#}");
    let broken = [
        json!({}),
        json!({ "uri": "no uri" }),
        json!({ "uri": "urn:x:1", "urgent": 1 }),
        json!({ "uri": "urn:x:1", "versionCreated": "yesterday" }),
    ];
    for broken in broken {
        assert!(!validator.is_valid(&broken), "{broken} passed");
    }
}

#[test]
fn names_and_shapes_are_those_of_the_standard_wherever_the_test_runs() {
    const TOP: [&str; 27] = [
        "altIds",
        "associations",
        "bodies",
        "by",
        "contentCreated",
        "copyrightHolder",
        "copyrightNotice",
        "descriptions",
        "digitalSourceType",
        "firstCreated",
        "genres",
        "headlines",
        "infoSources",
        "language",
        "people",
        "pubStatus",
        "renditions",
        "representationType",
        "rightsInfo",
        "standard",
        "subjects",
        "trustIndicators",
        "type",
        "uri",
        "usageTerms",
        "versionCreated",
        "name",
    ];
    for fixture in corpus() {
        let article = of(&fixture);
        for name in article.as_object().unwrap().keys() {
            assert!(TOP.contains(&name.as_str()), "{name}");
        }
        assert_eq!(article["uri"], format!("urn:uuid:{}", fixture.facts.id));
        assert_eq!(article["standard"]["version"], "3.1");
        assert_eq!(article["pubStatus"], "usable");
        for picture in article["associations"].as_array().into_iter().flatten() {
            assert!(picture["uri"].as_str().unwrap().starts_with("https://"), "{picture}");
            assert!(picture["name"].is_string(), "{picture}");
        }
    }
}

#[test]
fn an_article_maps_to_ninjs_as_the_table_says() {
    let fixture = Fixture::read("zh");
    let article = of(&fixture);
    let of_site = |path: &str| format!("https://news.example{path}");
    for (field, expected) in [
        ("/type", "text"),
        ("/representationType", "full"),
        ("/language", "zh-Hans"),
        ("/contentCreated", "2026-11-23T14:05:05+08:00"),
        ("/versionCreated", "2026-11-23T15:48:20+08:00"),
        ("/headlines/0/value", "湖心岛步道今日开放 三公里全程无障碍"),
        ("/headlines/1/role", "kicker"),
        ("/headlines/1/value", "城市更新进行时"),
        ("/headlines/2/role", "subheadline"),
        ("/headlines/3/role", "short"),
        ("/descriptions/0/role", "summary"),
        ("/descriptions/1/role", "correction"),
        ("/descriptions/1/value", "步道长度原写为三点五公里，应为三公里。"),
        ("/by", "记者 林一舟 通讯员 何敏"),
        ("/people/0/rel", "author"),
        ("/people/0/name", "林一舟"),
        ("/people/2/rel", "originalAuthor"),
        ("/people/3/rel", "photographer"),
        ("/people/4/rel", "editor"),
        ("/people/4/name", "周晓河"),
        ("/people/5/rel", "accountablePerson"),
        ("/people/5/name", "王一"),
        ("/infoSources/0/name", "本地晚报"),
        ("/infoSources/0/role", "originator"),
        ("/infoSources/1/role", "distributor"),
        ("/subjects/0/name", "新闻中心"),
        ("/subjects/1/rel", "section"),
        ("/subjects/2/rel", "keyword"),
        ("/genres/0/name", "消息"),
        ("/digitalSourceType/name", "compositeWithTrainedAlgorithmicMedia"),
        ("/altIds/0/value", "lake-path-opens"),
        ("/associations/0/rel", "lead"),
        ("/associations/0/type", "picture"),
        ("/associations/0/people/0/name", "林一舟"),
        ("/associations/0/descriptions/0/value", "市民在新步道上散步。"),
        ("/associations/2/digitalSourceType/name", "trainedAlgorithmicMedia"),
        ("/associations/3/rel", "isBasedOn"),
        ("/associations/3/headlines/0/value", "湖心岛步道开放了"),
    ] {
        assert_eq!(article.pointer(field).and_then(Value::as_str), Some(expected), "{field}");
    }
    assert_eq!(article["renditions"][0]["href"], of_site("/articles/lake-path-opens.html"));
    assert_eq!(article["subjects"][1]["uri"], of_site("/sections/photos.html"));
    let author = galley_model::address::author_address("林一舟").unwrap();
    assert_eq!(article["people"][0]["uri"], of_site(&author));
    assert_eq!(article["associations"][0]["renditions"][0]["poi"], json!({ "x": 800, "y": 426 }));
    let counts = galley_model::counts::count(fixture.block().text.as_str());
    assert_eq!(article["bodies"][0]["wordCount"], counts.words, "字数");
    assert_eq!(article["bodies"][0]["charCount"], counts.characters);
    assert_eq!(article["bodies"].as_array().unwrap().len(), 1);
}
