//! What is never published never reaches any output. Every field of an article is named here: a new one does not
//! compile until someone decides whether it is public.

use galley_model::site::{CreditFrom, FootCredit, MetaItem, Section, SiteSettings};
use galley_model::{
    ArticleId, Content, Contributor, ContributorId, DigitalSource, Instant, Photo, PhotoCredit, PhotoId,
    Sha256, Source, SourceCategory,
};
use galley_page::{Card, Correction, Frame, HomeListing, Listing, PageFacts};

use crate::support::templates;

const PHOTO: &str = "0190a2b4-0000-7000-8000-00000000face";
const UNUSED_PHOTO: &str = "0190a2b4-0000-7000-8000-00000000dead";

fn photo(id: &str, mark: &str) -> Photo {
    Photo {
        id: PhotoId(id.parse().unwrap()),
        sha256: Sha256::of(mark.as_bytes()),
        mime: "image/jpeg".to_owned(),
        width: 11,
        height: 12,
        caption: format!("{mark}caption"),
        credit: PhotoCredit { name: format!("{mark}credit"), kind: "photo".to_owned() },
        alt: format!("{mark}alt"),
        focal: Some((123, 987)),
        digital_source: DigitalSource::Human,
    }
}

/// Public facts are marked `pub…`, private ones `priv…`.
fn marked() -> Content {
    Content {
        headline: "pubheadline".to_owned(),
        kicker: "pubkicker".to_owned(),
        subheadline: "pubsubheadline".to_owned(),
        short_headline: "pubshort".to_owned(),
        slug: "pubslug".to_owned(),
        section: "pubsection".to_owned(),
        genre: "pubgenre".to_owned(),
        source: Source {
            name: "pubsource".to_owned(),
            category: SourceCategory::Reprint,
            original_title: "puboriginaltitle".to_owned(),
            original_author: "puboriginalauthor".to_owned(),
            original_url: "https://puboriginal.example".to_owned(),
        },
        contributors: vec![Contributor {
            id: ContributorId("0190a2b4-0000-7000-8000-00000000beef".parse().unwrap()),
            name: "pubname".to_owned(),
            role: "pubrole".to_owned(),
            unit: "pubunit".to_owned(),
        }],
        byline: "pubbyline".to_owned(),
        dateline: "pubdateline".to_owned(),
        summary: "pubsummary".to_owned(),
        keywords: vec!["pubkeyword".to_owned()],
        body: "pubbody".to_owned(),
        photos: vec![photo(PHOTO, "pub"), photo(UNUSED_PHOTO, "priv")],
        lead_photo: Some(PhotoId(PHOTO.parse().unwrap())),
        digital_source: DigitalSource::AiAssisted,
        language: "zh-Hans".to_owned(),
        urgency: 1,
        embargo: Some(Instant(1_777_777_777_777)),
        embargo_reason: "privembargo".to_owned(),
        editor_note: "privnote".to_owned(),
    }
}

fn facts() -> PageFacts {
    PageFacts {
        id: ArticleId("0190a2b4-0000-7000-8000-00000000cafe".parse().unwrap()),
        address: "/articles/pubslug.html".to_owned(),
        responsible_editor: "pubeditor".to_owned(),
        stage_signers: [(1, "pubsigner".to_owned()), (2, "privsigner".to_owned())].into(),
        corrections: vec![Correction {
            at: Instant(1_795_420_000_000),
            text: "pubcorrection".to_owned(),
            ..Correction::default()
        }],
        published_at: Some(Instant(1_795_413_905_000)),
        modified_at: None,
        settings_version: 777_777,
    }
}

fn site() -> SiteSettings {
    SiteSettings {
        base_url: "https://news.example".to_owned(),
        meta_line: vec![
            MetaItem::Source,
            MetaItem::Byline,
            MetaItem::Time,
            MetaItem::Editor,
            MetaItem::Hotline,
        ],
        foot_credits: vec![
            FootCredit {
                label: "一审".to_owned(),
                from: CreditFrom::Stage(1),
                name: "privunused".to_owned(),
            },
            FootCredit { label: "责编".to_owned(), ..FootCredit::default() },
        ],
        sections: vec![Section { path: vec!["pubsectionname".to_owned()], slug: "pubsection".to_owned() }],
        genres: vec!["privgenre".to_owned()],
        contributor_roles: vec!["privrole".to_owned()],
        ..SiteSettings::chinese()
    }
}

#[test]
fn only_what_is_public_reaches_a_page() {
    let (content, facts, site, templates) = (marked(), facts(), site(), templates());
    let block = templates.article(&content, &facts, &site).unwrap();
    let card = Card::of(&content, &facts.address, facts.published_at, &site);
    let frame = Frame { previous: Some(card.clone()), next: Some(card.clone()), related: vec![card.clone()] };
    let page = templates.page(&content, &facts, &site, &frame, &block).unwrap();
    let listing = Listing { cards: vec![card.clone()], ..Listing::default() };
    let home = HomeListing { lead: Some(card), ..HomeListing::default() };
    let home = templates.home(&home, &site).unwrap();
    let section = templates.section_index(&site.sections[0], &listing, &site).unwrap();
    let entries = [galley_page::FeedEntry::of(&content, &facts, &site, &block)];
    let private_photo = Sha256::of(b"priv").to_string();
    for (name, output) in [
        ("block", block.html()),
        ("text", block.text.as_str().to_owned()),
        ("page", page.clone()),
        ("home", home.clone()),
        ("section", section),
        ("rss", galley_page::rss(&entries, &site)),
        ("atom", galley_page::atom(&entries, &site)),
        ("json feed", galley_page::json_feed(&entries, &site)),
        ("ninjs", galley_page::ninjs(&content, &facts, &site, &block)),
        ("stored entry", serde_json::to_string(&entries).unwrap()),
        ("excerpt", galley_page::excerpt(&content, 500)),
        ("byline", galley_page::compose_byline(&content)),
        ("dateline", galley_page::compose_dateline(&content, &site)),
    ] {
        let private = [
            "priv",
            "1777777777777",
            "2026-05-03",
            "777777",
            "face",
            "dead",
            "beef",
            "123,",
            "987",
            private_photo.as_str(),
        ];
        for mark in private {
            assert!(!output.contains(mark), "{mark} reached {name}: {output}");
        }
    }
    for mark in [
        "pubheadline",
        "pubkicker",
        "pubsubheadline",
        "pubshort",
        "pubslug",
        "pubsectionname",
        "pubgenre",
        "pubsource",
        "puboriginaltitle",
        "puboriginalauthor",
        "puboriginal.example",
        "pubname",
        "pubrole",
        "pubunit",
        "pubbyline",
        "pubdateline",
        "pubsummary",
        "pubkeyword",
        "pubbody",
        "pubcaption",
        "pubcredit",
        "pubalt",
        "pubeditor",
        "pubsigner",
        "pubcorrection",
        "AI辅助生成",
    ] {
        assert!(page.contains(mark), "{mark} is not on the page");
    }
    for mark in ["pubshort", "pubslug", "pubsectionname", "pubsummary"] {
        assert!(home.contains(mark), "{mark} is not on the home page");
    }
    assert_eq!(block.photos, [PhotoId(PHOTO.parse().unwrap())]);
}

/// Public facts that machines are told.
#[test]
fn what_is_public_reaches_feeds_and_ninjs() {
    let (content, facts, site) = (marked(), facts(), site());
    let block = templates().article(&content, &facts, &site).unwrap();
    let entries = [galley_page::FeedEntry::of(&content, &facts, &site, &block)];
    let feed = [
        "pubheadline",
        "pubkicker",
        "pubsubheadline",
        "pubslug",
        "pubsectionname",
        "pubsource",
        "puboriginaltitle",
        "puboriginalauthor",
        "puboriginal.example",
        "pubname",
        "pubdateline",
        "pubsummary",
        "pubkeyword",
        "pubbody",
        "pubcaption",
        "pubcredit",
        "pubalt",
        "pubeditor",
        "pubsigner",
        "pubcorrection",
    ];
    let ninjs = ["pubshort", "pubgenre", "pubbyline"];
    let check = |name: &str, output: &str, marks: &[&str]| {
        for mark in marks {
            assert!(output.contains(mark), "{mark} is not in {name}");
        }
    };
    check("rss", &galley_page::rss(&entries, &site), &feed);
    check("atom", &galley_page::atom(&entries, &site), &feed);
    check("json feed", &galley_page::json_feed(&entries, &site), &feed);
    let output = galley_page::ninjs(&content, &facts, &site, &block);
    check("ninjs", &output, &feed);
    check("ninjs", &output, &ninjs);
}
