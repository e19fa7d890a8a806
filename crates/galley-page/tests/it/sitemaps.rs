//! Site maps, read as XML.

use galley_model::Instant;
use galley_model::site::SiteSettings;
use galley_page::{
    NEWS_ENTRIES, NewsEntry, SITEMAP_ENTRIES, SitemapEntry, SitemapPart, news_sitemap, robots, sitemap,
    sitemap_address, sitemap_index, sitemap_number,
};
use scraper::Html;

use crate::support::select;

const NOW: Instant = Instant(1_795_413_905_000);

fn site(base_url: &str) -> SiteSettings {
    SiteSettings {
        name: "湖城新闻网".to_owned(), base_url: base_url.to_owned(), ..SiteSettings::chinese()
    }
}

fn news(minutes_ago: i64, headline: &str, language: &str) -> NewsEntry {
    NewsEntry {
        address: format!("/articles/{}.html", minutes_ago.unsigned_abs()),
        headline: headline.to_owned(),
        language: language.to_owned(),
        published_at: Instant(NOW.0 - minutes_ago * 60_000),
    }
}

/// Texts of the elements of this name.
fn texts(xml: &str, name: &str) -> Vec<String> {
    let name = name.replace(':', "\\:");
    select(&Html::parse_document(&xml.replace("<loc>", "<x-loc>").replace("</loc>", "</x-loc>")), &name)
}

#[test]
fn a_map_lists_addresses_and_the_index_lists_maps() {
    let site = site("https://news.example");
    let entries = [
        SitemapEntry { address: "/articles/a.html".to_owned(), modified_at: Some(NOW) },
        SitemapEntry { address: "/articles/b.html".to_owned(), modified_at: None },
    ];
    let expected = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
        <urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n\
        <url>\n<loc>https://news.example/articles/a.html</loc>\n<lastmod>2026-11-23T14:05:05+08:00</lastmod>\n</url>\n\
        <url>\n<loc>https://news.example/articles/b.html</loc>\n</url>\n\
        </urlset>\n";
    assert_eq!(sitemap(&entries, &site), expected);
    let parts =
        [SitemapPart { number: 1, modified_at: Some(NOW) }, SitemapPart { number: 2, modified_at: None }];
    let index = sitemap_index(&parts, &site);
    assert_eq!(
        texts(&index, "x-loc"),
        ["https://news.example/sitemaps/1.xml", "https://news.example/sitemaps/2.xml"]
    );
    assert_eq!(sitemap(&entries, &self::site("")).matches("<url>").count(), 0);
}

#[test]
fn an_article_keeps_its_map_while_the_site_grows() {
    let most = SITEMAP_ENTRIES as u64;
    for (n, number) in [(0, 1), (most - 1, 1), (most, 2), (99_999, 100), (100_000, 101)] {
        assert_eq!(sitemap_number(n), number, "{n}");
    }
    assert_eq!(sitemap_address(100), "/sitemaps/100.xml");
}

#[test]
fn the_news_map_holds_two_days() {
    let site = site("https://news.example");
    let two_days = 2 * 24 * 60;
    let entries = [
        news(two_days, "两天整", "zh-Hans"),
        news(two_days + 1, "太旧", "zh-Hans"),
        news(-1, "还没到", "zh-Hans"),
        news(5, " 湖心岛　步道 <开放> & 更多 ", "zh-Hans"),
        news(10, "Path opens", "en-GB"),
        news(15, "步道", "zh-Hant-HK"),
    ];
    let map = news_sitemap(&entries, &site, NOW);
    let titles = ["湖心岛　步道 <开放> & 更多", "Path opens", "步道", "两天整"];
    assert_eq!(texts(&map, "news:title"), titles);
    assert_eq!(texts(&map, "news:language"), ["zh-cn", "en", "zh-tw", "zh-cn"]);
    assert_eq!(texts(&map, "news:name"), ["湖城新闻网"; 4]);
    assert_eq!(texts(&map, "news:publication_date")[0], "2026-11-23T14:00:05+08:00");
    assert_eq!(texts(&map, "x-loc")[0], "https://news.example/articles/5.html");
}

#[test]
fn the_news_map_holds_no_more_than_may_be_in_one() {
    let entries: Vec<NewsEntry> = (0..1_100).map(|n| news(n, "题", "zh")).collect();
    let map = news_sitemap(&entries, &site("https://news.example"), NOW);
    assert_eq!(map.matches("<url>").count(), NEWS_ENTRIES);
    assert!(map.contains("/articles/0.html") && !map.contains("/articles/1000.html"));
}

#[test]
fn robots_are_shown_the_maps_of_a_public_site_and_kept_out_of_a_private_one() {
    let public = "User-agent: *\nAllow: /\n\nSitemap: https://news.example/sitemap.xml\n\
                  Sitemap: https://news.example/news-sitemap.xml\n";
    assert_eq!(robots(&site("https://news.example")), public);
    for base in ["", "http://127.0.0.1:8080", "http://localhost:1", "http://[::1]:1"] {
        assert_eq!(robots(&site(base)), "User-agent: *\nDisallow: /\n", "{base}");
    }
}
