use proptest::prelude::*;

use super::*;
use crate::content::{Contributor, Photo, PhotoCredit, Source};
use crate::hash::Sha256;
use crate::id::ContributorId;

const PHOTO: &str = "0192f0c1-5a10-7c3e-9b21-6f0d2a7c4e11";
const NOW: Instant = Instant(1_795_500_000_000);

fn photo() -> Photo {
    Photo {
        id: PHOTO.parse().unwrap(),
        sha256: Sha256::of(b"lake"),
        mime: "image/jpeg".to_owned(),
        width: 4000,
        height: 3000,
        caption: "市民在新步道上散步。".to_owned(),
        credit: PhotoCredit { name: "林一舟".to_owned(), kind: String::new() },
        alt: "湖边的路".to_owned(),
        focal: None,
        digital_source: DigitalSource::Human,
    }
}

/// An article that lacks nothing.
fn whole() -> Content {
    Content {
        headline: "湖心岛步道今日开放".to_owned(),
        section: "photos".to_owned(),
        source: Source { name: "本地晚报".to_owned(), ..Source::default() },
        contributors: vec![Contributor {
            id: ContributorId(uuid::Uuid::from_u128(1)),
            name: "林一舟".to_owned(),
            role: "记者".to_owned(),
            unit: String::new(),
        }],
        body: format!("今天上午九时，环湖步道开放。\n\n![](photo:{PHOTO})\n"),
        photos: vec![photo()],
        ..Content::default()
    }
}

fn told(content: &Content) -> Vec<(String, String, bool)> {
    let context =
        CheckContext {
            responsible_editor: "周小禾".to_owned(), responsible_editor_required: true, now: NOW
        };
    problems(content, &SiteSettings::chinese(), &context)
        .into_iter()
        .map(|problem| (problem.code.to_owned(), problem.field, problem.hard))
        .collect()
}

#[track_caller]
fn check(change: impl Fn(&mut Content), expected: &[(&str, &str, bool)]) {
    let mut content = whole();
    change(&mut content);
    let told = told(&content);
    let told: Vec<_> =
        told.iter().map(|(code, field, hard)| (code.as_str(), field.as_str(), *hard)).collect();
    assert_eq!(told, expected);
}

#[test]
fn a_whole_article_has_no_problem() {
    check(|_| {}, &[]);
}

#[test]
fn each_problem_points_at_its_field() {
    check(|c| c.headline = " \u{3000}".into(), &[("headline_missing", "headline", true)]);
    check(|c| c.body = "\n \n".into(), &[("body_empty", "body", false), ("photo_unused", PHOTO_SHA, false)]);
    check(|c| (c.body, c.photos) = (String::new(), vec![]), &[("body_empty", "body", true)]);
    check(|c| c.section.clear(), &[("section_missing", "section", false)]);
    check(|c| c.section = "elsewhere".into(), &[("section_unknown", "section", false)]);
    check(|c| c.section = "新闻中心/图片新闻".into(), &[]);
    check(|c| c.source.name = " ".into(), &[("source_missing", "source", false)]);
    check(|c| c.contributors.clear(), &[("contributors_missing", "contributors", false)]);
    check(|c| (c.contributors, c.byline) = (vec![], "本报记者".into()), &[]);
    check(|c| c.slug = "Lake Path".into(), &[("slug_invalid", "slug", true)]);
    check(|c| c.slug = "a".repeat(81), &[("slug_too_long", "slug", true)]);
    check(|c| c.slug = "index".into(), &[("slug_reserved", "slug", true)]);
    check(|c| c.slug = " lake ".into(), &[]);
    check(|c| c.embargo = Some(Instant(NOW.0 + 1)), &[("embargoed", "embargo", true)]);
    check(|c| c.embargo = Some(NOW), &[]);
    check(|c| c.digital_source = DigitalSource::AiAssisted, &[("ai_line", "digital_source", false)]);
    check(|c| c.dateline = "本报×月×日讯".into(), &[("placeholder", "dateline", false)]);
}

const PHOTO_SHA: &str = "photo/0192f0c1-5a10-7c3e-9b21-6f0d2a7c4e11/sha";

#[test]
fn a_reprint_says_where_it_comes_from() {
    let reprint = |c: &mut Content| c.source.category = SourceCategory::Reprint;
    check(
        reprint,
        &[
            ("reprint_incomplete", "original_title", false),
            ("reprint_incomplete", "original_author", false),
            ("reprint_incomplete", "original_url", false),
        ],
    );
    check(
        |c| {
            reprint(c);
            c.contributors.clear();
            c.source.original_title = "步道开放了".into();
            c.source.original_author = "何敏".into();
            c.source.original_url = "javascript:alert(1)".into();
        },
        &[("address_invalid", "original_url", false)],
    );
}

#[test]
fn each_photo_has_caption_credit_and_a_place() {
    let key = |what: &str| format!("photo/{PHOTO}/{what}");
    let (caption, credit, alt, origin) = (key("caption"), key("credit"), key("alt"), key("digital_source"));
    check(|c| c.photos[0].caption.clear(), &[("photo_caption_missing", &caption, false)]);
    check(|c| c.photos[0].credit.name.clear(), &[("photo_credit_missing", &credit, false)]);
    check(|c| c.photos[0].alt = " ".into(), &[("photo_alt_missing", &alt, false)]);
    check(
        |c| c.photos[0].credit = PhotoCredit { name: String::new(), kind: "ai".into() },
        &[("photo_origin_unclear", &origin, false)],
    );
    check(|c| c.photos[0].credit.kind = "agency".into(), &[]);
    check(|c| c.photos.clear(), &[("photo_gone", "body", false)]);
    check(|c| c.body = "正文".into(), &[("photo_unused", PHOTO_SHA, false)]);
    check(|c| (c.body, c.lead_photo) = ("正文".into(), Some(c.photos[0].id)), &[]);
    check(|c| c.body = "正文 ](photo:not-an-id) ](photo:".into(), &[("photo_unused", PHOTO_SHA, false)]);
}

#[test]
fn a_photo_mark_is_found_where_the_editor_counts_it() {
    let body = format!("𠮷中![](photo:{PHOTO})\n😀![](photo:{PHOTO})");
    let content = Content { body, photos: Vec::new(), ..whole() };
    let problems = problems(&content, &SiteSettings::chinese(), &CheckContext::default());
    let gone = problems.iter().filter(|problem| problem.code == "photo_gone");
    let at: Vec<&str> = gone.map(|problem| problem.values["at"].as_str()).collect();
    assert_eq!(at, ["5", "55"]);
}

#[test]
fn a_missing_responsible_editor_refuses_only_where_the_policy_demands_one() {
    for required in [true, false] {
        let context = CheckContext {
            responsible_editor: " ".to_owned(),
            responsible_editor_required: required,
            now: NOW,
        };
        let problems = problems(&whole(), &SiteSettings::chinese(), &context);
        let expected =
            Problem { hard: required, ..Problem::hard("responsible_editor_missing", "responsible_editor") };
        assert_eq!(problems, [expected]);
    }
}

#[test]
fn what_is_too_long_is_told_and_never_cut() {
    check(|c| c.headline = "长".repeat(40), &[]);
    check(|c| c.headline = "长".repeat(41), &[("long", "headline", false)]);
    check(|c| c.headline = "l".repeat(110), &[]);
    check(|c| c.headline = "l".repeat(111), &[("long", "headline", false)]);
    check(|c| c.headline = "长".repeat(200), &[("long", "headline", false)]);
    check(|c| c.headline = "长".repeat(10_000), &[("too_long", "headline", true)]);
    let keyword = format!("keyword/{}", "词".repeat(51));
    check(|c| c.keywords = vec!["词".repeat(51)], &[("too_long", &keyword, true)]);
    let credit = format!("photo/{PHOTO}/credit");
    check(|c| c.photos[0].credit.name = "名".repeat(101), &[("too_long", &credit, true)]);
    let name = format!("contributor/{}/name", uuid::Uuid::from_u128(1));
    check(|c| c.contributors[0].name = "名".repeat(61), &[("too_long", &name, true)]);
    check(|c| c.body.push_str(&"长".repeat(200_000)), &[("too_long", "body", true)]);
    let content = Content { headline: "长".repeat(10_000), ..whole() };
    let problem = &problems(&content, &SiteSettings::chinese(), &CheckContext::default())[0];
    assert_eq!((problem.values["length"].as_str(), problem.values["max"].as_str()), ("10000", "200"));
}

#[test]
fn problems_come_in_the_order_of_the_fields() {
    let content = Content {
        slug: "?".into(),
        digital_source: DigitalSource::AiGenerated,
        embargo: Some(Instant(i64::MAX)),
        ..Content::default()
    };
    let codes: Vec<_> = told(&content).into_iter().map(|(code, ..)| code).collect();
    assert_eq!(
        codes,
        [
            "headline_missing",
            "slug_invalid",
            "section_missing",
            "source_missing",
            "contributors_missing",
            "body_empty",
            "ai_line",
            "embargoed",
        ]
    );
}

#[test]
fn leftovers_are_found_and_newspaper_language_is_not() {
    let check = |text: &str, expected: &[(&str, usize)]| {
        let found: Vec<_> = placeholders(text).iter().map(|found| (found.text, found.at_utf16)).collect();
        assert_eq!(found, expected, "{text}");
    };
    check("总投资（待核）万元", &[("（待核）", 3)]);
    check("𠮷【待补充】", &[("【待补充】", 2)]);
    check("[ 待确认 ]", &[("[ 待确认 ]", 0)]);
    check("The mayor, TK, said TKTK people came.", &[("TK", 11), ("TKTK", 20)]);
    check("到场XX人，共XXX元", &[("XX", 2), ("XXX", 7)]);
    check("本报X月×日讯", &[("X月", 2), ("×日", 4)]);
    check("××年", &[("××年", 0)]);
    check("Ends with TK.", &[("TK", 10)]);
    check("TODO: call", &[]);
    check("TODO call", &[("TODO", 0)]);
    check("lorem ipsum dolor", &[("lorem ipsum", 0)]);
    for text in [
        "消息有待核实",
        "李××",
        "XXL码",
        "TK1234航班",
        "https://a.example/XX/b",
        "X",
        "3×4",
        "X光",
        "ATK",
        "tk",
        "（待遇）",
        "（",
        "[待核",
        "iPhone X",
        "",
        "时间待定",
        "x轴",
        "10X年",
    ] {
        check(text, &[]);
    }
}

#[test]
fn every_limit_is_found_by_its_key() {
    for limit in limits() {
        let key = match limit.key.split_once('/') {
            Some((list, what)) => format!("{list}/{PHOTO}/{what}"),
            None if limit.key == "keyword" => "keyword/a/b".to_owned(),
            None => limit.key.to_owned(),
        };
        assert_eq!(limit_of(&key), Some(*limit), "{key}");
        assert!(limit.advised.is_none_or(|(han, spaced)| han <= spaced && spaced <= limit.max));
    }
    for key in ["slug", "photo/x", "photo/x/sha", "urgency", "", "section"] {
        assert_eq!(limit_of(key), None, "{key}");
    }
}

proptest! {
    #[test]
    fn leftovers_are_found_in_any_text(text in "[TKXx×年月日（）待核a-c/. 中𠮷]{0,30}") {
        let utf16: Vec<u16> = text.encode_utf16().collect();
        for found in placeholders(&text) {
            let length = found.text.encode_utf16().count();
            let there = utf16.get(found.at_utf16..found.at_utf16 + length).map(String::from_utf16_lossy);
            prop_assert_eq!(there.as_deref(), Some(found.text));
        }
    }

    #[test]
    fn any_article_can_be_checked(headline in any::<String>(), body in any::<String>(), slug in any::<String>()) {
        let content = Content { headline, body, slug, ..Content::default() };
        prop_assert!(!problems(&content, &SiteSettings::english(), &CheckContext::default()).is_empty());
    }
}

#[test]
fn each_code_is_in_the_table_that_the_window_is_written_from() {
    let table = include_str!("../checks.rs");
    let told = [table, include_str!("photos.rs")].concat();
    let codes: Vec<&str> = ["Problem::hard(\"", "Problem::soft(\"", "lacks(\""]
        .iter()
        .flat_map(|call| told.split(call).skip(1))
        .filter_map(|rest| rest.split('"').next())
        .collect();
    assert!(codes.len() > 20, "{codes:?}");
    for code in codes {
        let row = |line: &str| line.starts_with("//! |") && line.contains(&format!("`{code}`"));
        assert!(table.lines().any(row), "{code}");
    }
}
