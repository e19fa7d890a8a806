//! Preview is the page: over a corpus, byte for byte, and of the pages that show it too.

use std::sync::Arc;

use galley_model::site::{COUNTY, DAILY, SiteSettings};
use galley_model::{Content, Instant, Sha256};
use galley_page::{PageFacts, Templates, Theme};
use galley_testkit::articles;

use super::desk::{Desk, add_photo, article, flood};
use super::memory::Memory;
use crate::preview::index_of_known;
use crate::{NewsroomError, Published};

/// A desk whose site is set in a theme and a language.
async fn desk_in(theme: &str, language: &str) -> Desk {
    let desk = Desk::new().await;
    let (version, _) = desk.newsroom.settings().await.unwrap();
    let settings = SiteSettings {
        theme: theme.to_owned(),
        base_url: "https://news.example".to_owned(),
        ..SiteSettings::for_language(language)
    };
    desk.newsroom.set_templates(Templates::for_settings(&settings).unwrap());
    desk.newsroom.save_settings(version, settings, desk.now()).await.unwrap();
    desk
}

fn corpus(number: u64, photo: Sha256) -> Content {
    let sample = if number.is_multiple_of(2) { articles::chinese(number) } else { articles::english(number) };
    let mut content = Content {
        slug: format!("sample-{number}"),
        section: ["news", "photos", "notices", ""][number as usize % 4].to_owned(),
        embargo: None,
        ..sample.content()
    };
    if number.is_multiple_of(7) {
        add_photo(&mut content, u128::from(number), photo);
        content.lead_photo =
            content.photos.first().map(|photo| photo.id).filter(|_| number.is_multiple_of(14));
    }
    content
}

/// The whole page as a preview makes it, and its article block.
async fn previewed(desk: &Desk, id: u128, content: &Content) -> (String, String) {
    let (_, settings) = desk.newsroom.settings().await.unwrap();
    let authority = desk.newsroom.authority(article(id)).await.unwrap();
    let facts = desk.newsroom.facts(article(id), content, &authority);
    let frame = desk.newsroom.frame(article(id), content).await.unwrap();
    let templates = desk.newsroom.templates();
    let block = templates.article(content, &facts, &settings).unwrap();
    (templates.page(content, &facts, &settings, &frame, &block).unwrap(), block.html())
}

/// 250 articles of both languages on a site of this theme and language.
async fn check_corpus(theme: &str, language: &str, first: u64) {
    let desk = desk_in(theme, language).await;
    let photo = desk.photos.add(b"bridge");
    let numbers: Vec<u64> = (first..first + 250).collect();
    let published = |number: &u64| Published {
        article: article(u128::from(*number)),
        content: corpus(*number, photo),
        responsible_editor: if number.is_multiple_of(3) { String::new() } else { "李编辑".to_owned() },
        at: Instant(desk.now().0 - 1_000_000 + i64::try_from(*number).unwrap()),
    };
    assert!(desk.newsroom.take_in(numbers.iter().map(published).collect(), desk.now()).await.unwrap());
    let site = Arc::new(Memory::default());
    desk.newsroom.open_site_with(site.clone(), desk.photos.clone(), desk.now()).await.unwrap();
    desk.newsroom.work(desk.now()).await.unwrap();
    // Some are published again by a press, which stamps a second time.
    for number in numbers.iter().filter(|number| number.is_multiple_of(25)) {
        desk.publish(article(u128::from(*number)), &corpus(*number, photo)).await;
    }
    for number in numbers {
        let (page, block) = previewed(&desk, number.into(), &corpus(number, photo)).await;
        let file = site.page(&format!("/articles/sample-{number}.html")).unwrap();
        assert!(file.contains(&block), "{theme}, {language}: the block of {number}");
        assert_eq!(file, page, "{theme}, {language}: the page of {number}");
    }
}

#[tokio::test]
async fn what_is_previewed_is_what_is_published_in_the_county_theme_in_chinese() {
    check_corpus(COUNTY, "zh-Hans", 0).await;
}

#[tokio::test]
async fn what_is_previewed_is_what_is_published_in_the_county_theme_in_english() {
    check_corpus(COUNTY, "en", 250).await;
}

#[tokio::test]
async fn what_is_previewed_is_what_is_published_in_the_daily_theme_in_chinese() {
    check_corpus(DAILY, "zh-Hans", 500).await;
}

#[tokio::test]
async fn what_is_previewed_is_what_is_published_in_the_daily_theme_in_english() {
    check_corpus(DAILY, "en", 750).await;
}

/// Every page that a publication of this content changes is previewed as it becomes, from the home page on.
async fn check_indexes(desk: &Desk, id: u128, content: &Content, editor: &str) {
    let id = article(id);
    desk.newsroom.assign_responsible_editor(&desk.ask(id), editor).await.unwrap();
    let seen = desk.previewed(id, content).await;
    let ask = desk.ask(id);
    let authority = desk.newsroom.authority(id).await.unwrap();
    let facts = desk.newsroom.facts(id, content, &authority);
    let facts = PageFacts { published_at: facts.published_at.or(Some(ask.at)), ..facts };
    let person = |address: Option<String>| address.unwrap();
    let addresses = [
        "/".to_owned(),
        "/sections/news.html".to_owned(),
        person(galley_model::address::author_address("王记者")),
        person(galley_model::address::editor_address(editor)),
    ];
    let mut pages = Vec::new();
    for address in addresses {
        pages.push((desk.newsroom.preview_index(&address, content, &facts).await.unwrap(), address));
    }
    desk.newsroom.publish(&ask, content, seen).await.unwrap();
    for (page, address) in pages {
        let file = if address == "/" { "/index.html" } else { &address };
        assert_eq!(desk.page(file).unwrap(), page, "{address}");
    }
}

#[tokio::test]
async fn a_page_that_lists_an_article_is_previewed_as_it_will_be() {
    let desk = Desk::new().await;
    let photo = desk.photos.add(b"bridge");
    for n in 1..=9 {
        let mut content = flood(&format!("flood-{n}"));
        if n % 2 == 0 {
            add_photo(&mut content, 1, photo);
            content.lead_photo = content.photos.first().map(|photo| photo.id);
        }
        check_indexes(&desk, n, &content, "李编辑").await;
    }
    // One that readers have already, near the top and far down, in another place and under another name.
    for n in [9, 8, 2] {
        let section = ["photos", "topics", "news"][n as usize % 3].to_owned();
        let content =
            Content { headline: "改过的标题".to_owned(), section, ..flood(&format!("flood-{n}")) };
        check_indexes(&desk, n, &content, "周编辑").await;
    }
    let nowhere = desk.newsroom.preview_index("/sections/nowhere.html", &flood("x"), &facts()).await;
    assert!(nowhere.is_err());
}

#[tokio::test]
async fn who_knows_all_articles_of_a_site_makes_its_indexes_as_its_newsroom_does() {
    let desk = Desk::new().await;
    let photo = desk.photos.add(b"bridge");
    let mut known = Vec::new();
    let facts_of = async |id: u128, content: &Content| {
        let authority = desk.newsroom.authority(article(id)).await.unwrap();
        desk.newsroom.facts(article(id), content, &authority)
    };
    for n in 1..=3 {
        let mut content = flood(&format!("flood-{n}"));
        if n == 2 {
            add_photo(&mut content, 1, photo);
            content.lead_photo = content.photos.first().map(|photo| photo.id);
        }
        desk.newsroom.assign_responsible_editor(&desk.ask(article(n)), "李编辑").await.unwrap();
        desk.publish(article(n), &content).await;
        if n == 1 {
            desk.correct(article(n), &content, "应为三公里。").await.unwrap();
        }
        known.push((content.clone(), facts_of(n, &content).await));
    }
    let content = flood("flood-4");
    let facts = PageFacts { published_at: Some(desk.now()), ..facts_of(4, &content).await };
    let (_, settings) = desk.newsroom.settings().await.unwrap();
    let author = galley_model::address::author_address("王记者").unwrap();
    for address in ["/", "/sections/news.html", "/corrections.html", author.as_str()] {
        let (templates, settings) = (desk.newsroom.templates(), Arc::new(settings.clone()));
        let made = index_of_known(address, (&content, &facts), &known, templates, settings).unwrap();
        let expected = desk.newsroom.preview_index(address, &content, &facts).await.unwrap();
        assert_eq!(made, expected, "{address}");
        let is_listed = made.contains("/articles/flood-1.html");
        assert!(is_listed, "{address}: {made}");
    }
    let (templates, settings) = (desk.newsroom.templates(), Arc::new(settings));
    let nowhere = index_of_known("/articles/x.html", (&content, &facts), &known, templates, settings);
    assert!(matches!(nowhere, Err(NewsroomError::Address(_))));
}

#[tokio::test]
async fn an_article_that_cannot_be_rendered_is_left_out_of_the_preview_of_an_index() {
    let desk = Desk::new().await;
    let (_, settings) = desk.newsroom.settings().await.unwrap();
    let county = Theme::built_in(COUNTY).unwrap();
    let whole = String::from_utf8(county.files()["article.html"].clone()).unwrap();
    let fails = "{% if article.headline == \"坏了\" %}{{ article.nothing.at.all }}{% endif %}";
    let (head, rest) = whole.split_once("<h1>").unwrap();
    let files = [
        ("theme.toml", format!("name = \"lake\"\ngalley = 1\nbase = \"{COUNTY}\"\n")),
        ("article.html", format!("{head}{fails}<h1>{rest}")),
    ];
    let files = files.map(|(path, text)| (path.to_owned(), text.into_bytes()));
    let templates = Arc::new(Templates::of(&Theme::from_files(&files.into()).unwrap()).unwrap());
    let of = |n: u128, headline: &str| {
        let content = Content { headline: headline.to_owned(), ..flood(&format!("flood-{n}")) };
        (content, PageFacts { id: article(n), address: format!("/articles/flood-{n}.html"), ..facts() })
    };
    let known = [of(1, "好的"), of(2, "坏了")];
    let index = |(content, facts): (Content, PageFacts)| {
        let settings = Arc::new(settings.clone());
        index_of_known("/", (&content, &facts), &known, templates.clone(), settings)
    };
    let made = index(of(3, "新的")).unwrap();
    assert!(made.contains("好的") && made.contains("新的") && !made.contains("坏了"), "{made}");
    assert!(matches!(index(of(4, "坏了")), Err(NewsroomError::Page(_))), "what is previewed is told of");
}

fn facts() -> PageFacts {
    PageFacts {
        id: article(99),
        address: "/articles/x.html".to_owned(),
        responsible_editor: String::new(),
        stage_signers: Default::default(),
        corrections: Vec::new(),
        published_at: Some(Instant(1)),
        modified_at: None,
        settings_version: 1,
    }
}
