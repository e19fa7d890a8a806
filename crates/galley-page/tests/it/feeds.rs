//! Feeds read by a program that is not ours, and what they promise to every reader.

use feed_rs::model::{Entry, Feed};
use galley_model::Instant;
use galley_page::{ArticleBlock, FeedEntry, atom, json_feed, rss};
use scraper::Html;
use serde_json::Value;

use crate::support::{Fixture, select};

pub(crate) fn entry(fixture: &Fixture) -> FeedEntry {
    FeedEntry::of(&fixture.content, &fixture.facts, &fixture.site, &fixture.block())
}

fn read(feed: &str) -> Feed {
    feed_rs::parser::parse(feed.as_bytes()).unwrap()
}

/// The three feeds of one article, by name.
fn feeds(fixture: &Fixture) -> [(&'static str, String); 3] {
    let entries = [entry(fixture)];
    let site = &fixture.site;
    [("rss", rss(&entries, site)), ("atom", atom(&entries, site)), ("json", json_feed(&entries, site))]
}

fn names(entry: &Entry) -> Vec<&str> {
    entry.authors.iter().filter_map(|author| author.name.as_deref()).collect()
}

#[test]
fn every_feed_tells_a_stranger_what_the_page_tells() {
    for language in ["zh", "en"] {
        let fixture = Fixture::read(language);
        let content = &fixture.content;
        for (name, feed) in feeds(&fixture) {
            let feed = read(&feed);
            assert_eq!(feed.title.unwrap().content, fixture.site.name, "{name}");
            let entry = &feed.entries[0];
            assert_eq!(entry.id, format!("urn:uuid:{}", fixture.facts.id), "{name}");
            assert_eq!(entry.title.as_ref().unwrap().content, content.headline, "{name}");
            assert_eq!(entry.links[0].href, "https://news.example/articles/lake-path-opens.html", "{name}");
            assert_eq!(entry.summary.as_ref().unwrap().content, content.summary, "{name}");
            let published = entry.published.unwrap().timestamp_millis();
            assert_eq!(published, fixture.facts.published_at.unwrap().0 / 1000 * 1000, "{name}");
            let expected: Vec<&str> = content.contributors[..2].iter().map(|one| one.name.as_str()).collect();
            assert_eq!(names(entry), expected, "{name}");
            let terms: Vec<&str> = entry.categories.iter().map(|category| category.term.as_str()).collect();
            let section = fixture.site.section(&content.section).unwrap();
            let expected: Vec<&str> =
                section.path.iter().chain(&content.keywords).map(String::as_str).collect();
            assert_eq!(terms, expected, "{name}");
        }
    }
}

/// The full text of an article in each feed.
fn full_texts(fixture: &Fixture) -> Vec<(&'static str, String)> {
    let text = |(name, feed): (&'static str, String)| {
        let entry = read(&feed).entries.remove(0);
        (name, entry.content.unwrap().body.unwrap())
    };
    feeds(fixture).into_iter().map(text).collect()
}

#[test]
fn the_full_text_is_the_body_as_published_and_stands_anywhere() {
    for language in ["zh", "en"] {
        let fixture = Fixture::read(language);
        let texts = full_texts(&fixture);
        assert!(texts.windows(2).all(|two| two[0].1 == two[1].1), "three feeds, one text");
        let html = Html::parse_fragment(&texts[0].1);
        let published =
            Html::parse_fragment(&fixture.block().blocks.iter().map(|b| b.html.as_str()).collect::<String>());
        for tag in ["h2", "blockquote", "table", "td", "li", "strong", "em", "del", "code"] {
            assert_eq!(select(&html, tag), select(&published, tag), "{tag}");
        }
        let lead = &fixture.content.photos[0];
        assert!(select(&html, "figcaption")[0].contains(&lead.caption));
        for (selector, attribute) in [("a", "href"), ("img", "src"), ("source", "srcset")] {
            let selector = scraper::Selector::parse(selector).unwrap();
            for element in html.select(&selector) {
                let value = element.value().attr(attribute).unwrap();
                for address in value.split(", ") {
                    let is_absolute = address.starts_with("https://") || address.starts_with("tel:");
                    assert!(is_absolute, "{address}");
                }
            }
        }
        for (selector, n) in [("[class]", 0), ("[id]", 0), ("[loading]", 0), ("script", 0), ("h1", 0)] {
            assert_eq!(select(&html, selector).len(), n, "{selector}");
        }
    }
}

#[test]
fn what_has_to_travel_with_the_text_travels() {
    let check = |language: &str, sentences: &[&str]| {
        let (_, text) = full_texts(&Fixture::read(language)).remove(0);
        let paragraphs = select(&Html::parse_fragment(&text), "p");
        for sentence in sentences {
            assert!(paragraphs.iter().any(|paragraph| paragraph == sentence), "{sentence}: {paragraphs:?}");
        }
    };
    let chinese = [
        "城市更新进行时",
        "十二处休息点 四处母婴室 感应灯照亮夜路",
        "更正（2026-11-23）：步道长度原写为三点五公里，应为三公里。",
        "本文由AI辅助生成",
        "来源：本地晚报",
        "原标题：湖心岛步道开放了",
        "原作者：周小禾",
        "原文链接：https://paper.example/2026/11/23/1.html",
        "一审：王一",
    ];
    check("zh", &chinese);
    let english = [
        "City renewal",
        "Correction (23 November 2026): An earlier version gave the length as 3.5 kilometres. It is 3 kilometres.",
        "Source: County Evening Post",
        "Original author: Zhou Xiaohe",
    ];
    check("en", &english);
}

#[test]
fn a_block_that_was_stored_whole_gives_the_same_entry() {
    let fixture = Fixture::read("zh");
    let block = fixture.block();
    let stored =
        ArticleBlock { head: block.html(), blocks: Vec::new(), foot: String::new(), ..block.clone() };
    let of = |block| FeedEntry::of(&fixture.content, &fixture.facts, &fixture.site, block);
    assert_eq!(of(&stored), of(&block));
}

#[test]
fn photos_come_with_their_credits() {
    let feed = feeds(&Fixture::read("zh"))[0].1.clone();
    let entry = read(&feed).entries.remove(0);
    let urls = entry.media.iter().flat_map(|media| &media.content).filter_map(|content| content.url.as_ref());
    assert!(urls.clone().all(|url| url.as_str().starts_with("https://news.example/media/")));
    assert_eq!(urls.count(), 3);
    let told: Vec<Vec<&str>> = feed
        .split("<media:content ")
        .skip(1)
        .map(|media| media.split_once("</media:content>").unwrap().0.lines().skip(1).collect())
        .collect();
    let line = |name: &str, value: &str| {
        format!("<media:{name}>{value}</media:{}>", &name[..name.find(' ').unwrap_or(name.len())])
    };
    let plain = |name: &str, value: &str| line(&format!("{name} type=\"plain\""), value);
    let expected = [
        vec![
            plain("description", "市民在新步道上散步。"),
            plain("title", "清晨，几位市民走在湖边的木步道上"),
            line("credit role=\"photographer\" scheme=\"urn:ebu\"", "林一舟"),
        ],
        vec![plain("description", "轮椅从南门坡道上步道。"), line("credit", "县住建局 供图")],
        vec![
            plain("description", "步道走向示意图。"),
            plain("title", "环湖步道示意图"),
            line("credit", "AI生成"),
        ],
    ];
    assert_eq!(told, expected);
}

#[test]
fn a_correction_moves_the_date_and_keeps_the_name() {
    let mut fixture = Fixture::read("zh");
    let before = read(&feeds(&fixture)[1].1);
    fixture.facts.corrections[0].at = Instant(1_795_430_000_000);
    let after = read(&feeds(&fixture)[1].1);
    assert_eq!(after.entries[0].id, before.entries[0].id);
    assert_eq!(after.entries[0].published, before.entries[0].published);
    assert!(after.entries[0].updated > before.entries[0].updated);
    assert_eq!(after.updated, after.entries[0].updated, "the feed is as new as its newest change");
}

#[test]
fn feeds_say_where_they_stand_and_since_when() {
    let fixture = Fixture::read("zh");
    let [(_, rss), (_, atom), (_, json)] = feeds(&fixture);
    for line in [
        "<atom:link rel=\"self\" type=\"application/rss+xml\" href=\"https://news.example/feed.xml\"/>",
        "<language>zh-Hans</language>",
        "<lastBuildDate>Mon, 23 Nov 2026 15:48:20 +0800</lastBuildDate>",
        "<pubDate>Mon, 23 Nov 2026 14:05:05 +0800</pubDate>",
        "<guid isPermaLink=\"false\">urn:uuid:0190a2b4-5c6d-7e8f-9a0b-c1d2e3f4a5b6</guid>",
        "<copyright>© 2026 湖城新闻网 版权所有 未经授权不得转载</copyright>",
    ] {
        assert!(rss.lines().any(|found| found == line), "{line}");
    }
    for line in [
        "<feed xmlns=\"http://www.w3.org/2005/Atom\" xml:lang=\"zh-Hans\">",
        "<link rel=\"self\" type=\"application/atom+xml\" href=\"https://news.example/atom.xml\"/>",
        "<published>2026-11-23T14:05:05+08:00</published>",
        "<updated>2026-11-23T15:48:20+08:00</updated>",
        "<rights>© 2026 湖城新闻网 版权所有 未经授权不得转载</rights>",
    ] {
        assert!(atom.lines().any(|found| found == line), "{line}");
    }
    let json: Value = serde_json::from_str(&json).unwrap();
    for (field, expected) in [
        ("/version", "https://jsonfeed.org/version/1.1"),
        ("/feed_url", "https://news.example/feed.json"),
        ("/home_page_url", "https://news.example/"),
        ("/language", "zh-Hans"),
        ("/items/0/external_url", "https://paper.example/2026/11/23/1.html"),
        ("/items/0/date_published", "2026-11-23T14:05:05+08:00"),
        ("/items/0/date_modified", "2026-11-23T15:48:20+08:00"),
    ] {
        assert_eq!(json.pointer(field).and_then(Value::as_str), Some(expected), "{field}");
    }
}

#[test]
fn hostile_texts_stay_texts_and_the_feeds_stay_whole() {
    let evil = "]]></title><script>&amp;\"'\u{0}\u{b}\u{1b}\u{fffe}\u{ffff}\u{202e}　湖\u{a0}心👨‍👩‍👧";
    let shown = "]]></title><script>&amp;\"'[U+0000][U+000B][U+001B][U+FFFE][U+FFFF][U+202E]　湖\u{a0}心👨‍👩‍👧";
    let mut fixture = Fixture::read("zh");
    fixture.content.headline = format!("题{evil}题");
    fixture.content.summary = format!("要{evil}要");
    fixture.content.body = format!("文{evil}文\n\n`{evil}`");
    fixture.content.contributors[0].name = format!("名{evil}名");
    fixture.content.photos[0].caption = format!("图{evil}图");
    fixture.content.keywords = vec![format!("词{evil}词")];
    fixture.site.name = format!("站{evil}站");
    fixture.site.copyright = format!("权{evil}权");
    for (name, feed) in feeds(&fixture) {
        let feed = read(&feed);
        assert_eq!(feed.title.unwrap().content, format!("站{shown}站"), "{name}");
        let entry = &feed.entries[0];
        assert_eq!(entry.title.as_ref().unwrap().content, format!("题{shown}题"), "{name}");
        assert_eq!(names(entry)[0], format!("名{shown}名"), "{name}");
        let html = Html::parse_fragment(entry.content.as_ref().unwrap().body.as_ref().unwrap());
        assert_eq!(select(&html, "script").len(), 0, "{name}");
        assert_eq!(select(&html, "code")[0], shown, "{name}");
        assert!(select(&html, "figcaption")[0].contains(&format!("图{shown}图")), "{name}");
    }
}

#[test]
fn the_same_site_gives_the_same_bytes_and_an_empty_one_gives_feeds() {
    let fixture = Fixture::read("zh");
    assert_eq!(feeds(&fixture), feeds(&fixture));
    for feed in [rss(&[], &fixture.site), atom(&[], &fixture.site), json_feed(&[], &fixture.site)] {
        assert_eq!(read(&feed).entries.len(), 0);
    }
}

#[test]
fn a_typed_byline_is_one_author_without_a_page() {
    let mut fixture = Fixture::read("zh");
    fixture.content.contributors.clear();
    fixture.content.byline = " 本网综合 ".to_owned();
    for (name, feed) in feeds(&fixture) {
        assert_eq!(names(&read(&feed).entries[0]), ["本网综合"], "{name}");
    }
    fixture.content.byline.clear();
    let entry = entry(&fixture);
    assert_eq!(entry.authors, []);
    assert!(!rss(&[entry], &fixture.site).contains("dc:creator>"));
}
