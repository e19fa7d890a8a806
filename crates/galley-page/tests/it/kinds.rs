//! What the head of every kind of page says of it, in both languages and both built-in themes: language, title, and
//! what others show when it is shared (Open Graph: `og:title`, `og:type`, `og:url`, `og:locale`, `og:site_name`).

use galley_model::site::{COUNTY, DAILY, FOOTER_ICONS, FooterItem, SiteSettings};
use galley_page::{Card, Templates};
use scraper::{Html, Selector};

use crate::pages::{Site, all_pages};
use crate::support::{Fixture, select};

/// What the head of a page says.
#[derive(Debug, PartialEq, Eq)]
struct Head {
    lang: String,
    title: String,
    /// `og:title`, `og:type`, `og:url`, `og:locale`, `og:site_name`; empty on pages that nobody shares.
    og: Vec<String>,
}

fn head(page: &str) -> Head {
    let page = Html::parse_document(page);
    let content = |property: &str| {
        let selector = Selector::parse(&format!("meta[property='og:{property}']")).unwrap();
        let found: Vec<&str> =
            page.select(&selector).filter_map(|meta| meta.value().attr("content")).collect();
        assert!(found.len() <= 1, "og:{property} is told once: {found:?}");
        found.first().map(|found| (*found).to_owned())
    };
    let [title] = select(&page, "title").try_into().unwrap();
    let lang = page.root_element().value().attr("lang").unwrap_or_default().to_owned();
    let og = ["title", "type", "url", "locale", "site_name"].into_iter().filter_map(content).collect();
    Head { lang, title, og }
}

/// Every kind of page of a fixture in a theme.
fn pages(language: &str, theme: &str) -> Vec<(String, String)> {
    let Fixture { content, facts, site, frame, mut cards } = Fixture::read(language);
    let site = SiteSettings { theme: theme.to_owned(), ..site };
    cards.insert(0, Card::of(&content, &facts.address, facts.published_at, &site));
    let parts = Site { content: &content, facts: &facts, site: &site, frame: &frame, cards };
    all_pages(&Templates::for_settings(&site).unwrap(), &parts).unwrap()
}

/// Name, title without the site's name, `og:title` and `og:type`, path of `og:url`. In the language of the site but for
/// the foreign article.
type Row<'a> = (&'a str, &'a str, Option<(&'a str, &'a str, &'a str)>);

fn check(language: &str, rows: &[Row<'_>]) {
    let Fixture { site, content, .. } = Fixture::read(language);
    let (other, here, there) = match language {
        "zh" => ("en", "zh_CN", "en_US"),
        _ => ("zh-Hans", "en_US", "zh_CN"),
    };
    for theme in [COUNTY, DAILY] {
        let mut pages = pages(language, theme);
        for (name, title, og) in rows {
            let at = pages.iter().position(|(page, _)| page == name).unwrap();
            let own = content.language.as_str();
            let (lang, locale) = match *name {
                "foreign" => (other, there),
                "article" if own == "en-GB" => (own, "en_GB"),
                _ => (site.language.as_str(), here),
            };
            let og = og.iter().flat_map(|(title, kind, path)| {
                let url = format!("https://news.example{path}");
                [title, kind, url.as_str(), locale, site.name.as_str()].map(str::to_owned)
            });
            let expected = Head {
                lang: lang.to_owned(),
                title: if title.is_empty() { site.name.clone() } else { format!("{title} - {}", site.name) },
                og: og.collect(),
            };
            assert_eq!(head(&pages.remove(at).1), expected, "{language}, {theme}, {name}");
        }
        let left: Vec<&String> = pages.iter().map(|(name, _)| name).collect();
        assert!(left.is_empty(), "what should these say? {left:?}");
    }
}

#[test]
fn every_kind_of_page_says_what_it_is_in_chinese() {
    let headline = "湖心岛步道今日开放 三公里全程无障碍";
    let article = Some((headline, "article", "/articles/lake-path-opens.html"));
    check(
        "zh",
        &[
            ("article", headline, article),
            ("bare", headline, article),
            ("foreign", headline, article),
            ("home", "", Some(("湖城新闻网", "website", "/"))),
            ("home_empty", "", Some(("湖城新闻网", "website", "/"))),
            ("latest", "最新 - 第12页", Some(("最新", "website", "/latest/12.html"))),
            ("section", "新闻中心 - 第12页", Some(("新闻中心", "website", "/sections/news/12.html"))),
            ("section_empty", "图片新闻 - 新闻中心", Some(("图片新闻", "website", "/sections/photos.html"))),
            ("person", "周晓河 - 第12页", Some(("周晓河", "website", "/editors/000000000000/12.html"))),
            ("corrections", "更正", Some(("更正", "website", "/corrections.html"))),
            ("corrections_empty", "更正", Some(("更正", "website", "/corrections.html"))),
            ("search_static", "搜索", Some(("搜索", "website", "/search.html"))),
            ("search_bucket", "搜索", Some(("搜索", "website", "/search.html"))),
            ("search_bucket_large", "搜索", Some(("搜索", "website", "/search.html"))),
            ("search", "湖心岛 - 搜索", None),
            ("search_nothing", "湖心岛 - 搜索", None),
            ("retracted", "本文已撤回", Some(("本文已撤回", "website", "/articles/lake-path-opens.html"))),
            ("redirect", "页面已移动", None),
            ("not_found", "没有找到这个页面", None),
        ],
    );
}

#[test]
fn every_kind_of_page_says_what_it_is_in_english() {
    let headline = "Lake Island path opens, step-free all the way";
    let article = Some((headline, "article", "/articles/lake-path-opens.html"));
    let retracted = "This article has been retracted";
    check(
        "en",
        &[
            ("article", headline, article),
            ("bare", headline, article),
            ("foreign", headline, article),
            ("home", "", Some(("Lakeside Daily", "website", "/"))),
            ("home_empty", "", Some(("Lakeside Daily", "website", "/"))),
            ("latest", "Latest - Page 12", Some(("Latest", "website", "/latest/12.html"))),
            ("section", "News - Page 12", Some(("News", "website", "/sections/news/12.html"))),
            ("section_empty", "Photos - News", Some(("Photos", "website", "/sections/photos.html"))),
            ("person", "Zhou Wen - Page 12", Some(("Zhou Wen", "website", "/editors/000000000000/12.html"))),
            ("corrections", "Corrections", Some(("Corrections", "website", "/corrections.html"))),
            ("corrections_empty", "Corrections", Some(("Corrections", "website", "/corrections.html"))),
            ("search_static", "Search", Some(("Search", "website", "/search.html"))),
            ("search_bucket", "Search", Some(("Search", "website", "/search.html"))),
            ("search_bucket_large", "Search", Some(("Search", "website", "/search.html"))),
            ("search", "Lake Island - Search", None),
            ("search_nothing", "Lake Island - Search", None),
            ("retracted", retracted, Some((retracted, "website", "/articles/lake-path-opens.html"))),
            ("redirect", "This page has moved", None),
            ("not_found", "Page not found", None),
        ],
    );
}

#[test]
fn an_entry_of_the_corrections_page_is_named_by_what_it_is() {
    let names = |language: &str, theme: &str| {
        let pages = pages(language, theme);
        let (_, page) = pages.iter().find(|(name, _)| name == "corrections").unwrap();
        select(&Html::parse_document(page), ".entries .kind")
    };
    for theme in [COUNTY, DAILY] {
        assert_eq!(names("zh", theme)[..5], ["更正", "说明", "编者按", "更新", "声明撤稿"], "{theme}");
        let english = ["Correction", "Clarification", "Editor’s note", "Update", "Retraction"];
        assert_eq!(names("en", theme)[..5], english, "{theme}");
    }
}

fn footer(site: &SiteSettings, templates: &Templates) -> Html {
    Html::parse_document(&templates.not_found(site).unwrap())
}

fn line(icon: &str) -> FooterItem {
    FooterItem {
        label: "公安备案".to_owned(),
        number: "测公网安备00000000000001号".to_owned(),
        link: "https://beian.mps.gov.cn/".to_owned(),
        icon: icon.to_owned(),
    }
}

#[test]
fn each_icon_of_the_footer_is_drawn_by_both_themes_inside_its_link() {
    let drawing = Selector::parse(".licences li > a > svg.icon > path").unwrap();
    for theme in [COUNTY, DAILY] {
        let site = |icons: &[&str]| SiteSettings {
            theme: theme.to_owned(),
            footer: icons.iter().copied().map(line).collect(),
            ..SiteSettings::chinese()
        };
        let drawn = site(&FOOTER_ICONS);
        let page = footer(&drawn, &Templates::for_settings(&drawn).unwrap());
        let paths: Vec<&str> = page.select(&drawing).filter_map(|path| path.value().attr("d")).collect();
        assert_eq!(paths.len(), FOOTER_ICONS.len(), "{theme}");
        assert!(paths.iter().all(|path| paths.iter().filter(|other| other == &path).count() == 1), "{theme}");
        let page =
            footer(&site(&["", "crown", "beian.png", "../x"]), &Templates::for_settings(&drawn).unwrap());
        assert_eq!(select(&page, ".licences li").len(), 4);
        assert_eq!(select(&page, ".licences .icon").len(), 0, "{theme}: nothing that there is not");
    }
}

#[test]
fn a_line_of_the_footer_may_show_a_picture_of_the_theme() {
    let png = b"\x89PNG\r\n\x1a\n".to_vec();
    let files = [("assets/beian.png".to_owned(), png), ("assets/type.woff2".to_owned(), b"wOF2".to_vec())];
    let templates = Templates::of_files(&files.into()).unwrap();
    let site =
        SiteSettings { footer: vec![line("beian.png"), line("type.woff2")], ..SiteSettings::chinese() };
    let page = footer(&site, &templates);
    let picture = Selector::parse(".licences img.icon").unwrap();
    let pictures: Vec<_> = page.select(&picture).map(|picture| picture.value()).collect();
    let [picture] = pictures[..] else { panic!("{pictures:?}") };
    let asset = templates.assets(&site).into_iter().find(|asset| asset.mime == "image/png").unwrap();
    assert_eq!((picture.attr("src"), picture.attr("alt")), (Some(asset.path.as_str()), Some("")));
}

#[test]
fn a_card_keeps_the_point_of_its_photo_in_sight_and_an_article_shows_all_of_it() {
    let mut fixture = Fixture::read("zh");
    let lead = fixture.content.lead_photo;
    for photo in fixture.content.photos.iter_mut().filter(|photo| Some(photo.id) == lead) {
        photo.focal = Some((120, 880));
    }
    let pages = fixture.all_pages();
    let classes = |name: &str, css: &str| -> Vec<String> {
        let page = Html::parse_document(&pages.iter().find(|(page, _)| page == name).unwrap().1);
        let images = Selector::parse(css).unwrap();
        page.select(&images).filter_map(|image| image.value().attr("class").map(str::to_owned)).collect()
    };
    assert_eq!(classes("home", ".lead-story .thumb img"), ["focus-x1 focus-y9"]);
    assert_eq!(classes("latest", ".thumb img")[0], "focus-x1 focus-y9");
    assert_eq!(classes("article", "article img"), [""; 0], "the block is as it was");
    for theme in [COUNTY, DAILY] {
        let site = SiteSettings { theme: theme.to_owned(), ..SiteSettings::chinese() };
        let sheet = Templates::for_settings(&site).unwrap().assets(&site).remove(0);
        let css = String::from_utf8(sheet.bytes).unwrap();
        for tenth in 0..=10 {
            for axis in ["x", "y"] {
                assert!(css.contains(&format!(".focus-{axis}{tenth} ")), "{theme}: {axis}{tenth}");
            }
        }
        assert!(css.contains("object-position: var(--focus-x, 50%) var(--focus-y, 50%)"), "{theme}");
    }
}
