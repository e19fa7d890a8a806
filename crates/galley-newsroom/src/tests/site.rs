//! The site folder: foreign, vanished, moved, rebuilt; and the settings that its pages follow.

use std::fs;
use std::sync::Arc;

use galley_destinations::SiteError;
use galley_model::Content;
use galley_model::site::{FootCreditStyle, FooterItem, MAX_LOGO_BYTES, Section, SiteLogo, SiteSettings};
use galley_model::workflow::Publication;

use super::desk::{Desk, add_photo, article, files_below, flood};
use crate::NewsroomError;

#[tokio::test]
async fn a_new_site_has_a_home_page_its_indexes_and_a_page_for_what_is_not_there() {
    let desk = Desk::new().await;
    let files = desk.files();
    for path in ["index.html", "404.html", "sections/news.html", "sections/photos.html", ".galley-site"] {
        assert!(files.contains_key(path), "{path}");
    }
    assert!(files.keys().any(|path| path.starts_with("assets/") && path.ends_with(".css")));
}

#[tokio::test]
async fn a_foreign_folder_is_refused_and_the_site_stays_where_it_was() {
    let desk = Desk::new().await;
    desk.publish(article(1), &flood("flood")).await;
    let foreign = tempfile::tempdir().unwrap();
    fs::write(foreign.path().join("letter.txt"), "mine").unwrap();
    let error = desk.newsroom.open_site(foreign.path(), desk.photos.clone(), desk.now()).await.unwrap_err();
    assert!(matches!(error, NewsroomError::Site(SiteError::Foreign { .. })), "{error:?}");
    assert_eq!(files_below(foreign.path()).into_keys().collect::<Vec<_>>(), ["letter.txt"]);

    let other_desk = Desk::new().await;
    let error =
        desk.newsroom.open_site(&other_desk.site(), desk.photos.clone(), desk.now()).await.unwrap_err();
    assert!(matches!(error, NewsroomError::Site(SiteError::OtherNewsroom { .. })), "{error:?}");
    desk.publish(article(1), &flood("flood")).await;
}

#[tokio::test]
async fn a_place_that_could_not_be_put_on_record_is_open_all_the_same() {
    let desk = Desk::new().await;
    let (before, other) = (desk.newsroom.site_place().await.unwrap(), tempfile::tempdir().unwrap());
    assert_eq!(desk.newsroom.open_place().await, before);
    let records = rusqlite::Connection::open(desk.library().join("newsroom.sqlite")).unwrap();
    let refuse =
        "CREATE TRIGGER refuse BEFORE UPDATE ON destination BEGIN SELECT RAISE (ABORT, 'full'); END;";
    records.execute_batch(refuse).unwrap();
    let open = desk.newsroom.open_site(other.path(), desk.photos.clone(), desk.now()).await;
    assert!(matches!(open, Err(NewsroomError::Storage(_))), "{open:?}");
    assert_eq!(desk.newsroom.site_place().await.unwrap(), before);
    assert_eq!(desk.newsroom.open_place().await, Some(other.path().display().to_string()));
}

#[tokio::test]
async fn without_a_site_nothing_is_published_and_nothing_is_recorded() {
    let desk = Desk::new().await.reopened().await;
    let error = desk.try_publish(article(1), &flood("flood")).await.unwrap_err();
    assert!(matches!(error, NewsroomError::NoSite), "{error:?}");
    assert_eq!(desk.count("SELECT count(*) FROM intent"), 0);
}

#[tokio::test]
async fn a_folder_that_vanished_is_told_and_rebuilt_when_asked() {
    let desk = Desk::new().await;
    let bridge = desk.photos.add(b"bridge");
    let mut content = flood("flood");
    add_photo(&mut content, 1, bridge);
    desk.publish(article(1), &content).await;
    desk.publish(article(2), &flood("other")).await;
    desk.newsroom.take_down(&desk.ask(article(2)), "失实").await.unwrap();
    let before = desk.files();
    fs::remove_dir_all(desk.site()).unwrap();

    let edited = Content { body: "洪峰已退。\n".to_owned(), ..content.clone() };
    let seen = desk.previewed(article(1), &edited).await;
    let ask = desk.ask(article(1));
    let error = desk.newsroom.publish(&ask, &edited, seen).await.unwrap_err();
    assert!(matches!(error, NewsroomError::Site(SiteError::Vanished { .. })), "{error:?}");
    assert!(!desk.site().exists(), "what may be a disk that is not mounted is not made anew unasked");
    let said = desk.newsroom.authority(article(1)).await.unwrap();
    assert_eq!((said.publication, said.failure), (Publication::Live, None));

    desk.newsroom.rebuild_site(desk.now()).await.unwrap();
    assert!(desk.files() == before, "the same site, without what was taken down");
    // The press that was refused for the folder alone is still good.
    let said = desk.newsroom.publish(&ask, &edited, seen).await.unwrap();
    assert_eq!(said.publication, Publication::Live);
    assert!(desk.page("articles/flood.html").unwrap().contains("洪峰已退"));
}

#[tokio::test]
async fn a_folder_that_vanished_between_two_runs_is_told_at_the_start() {
    let desk = Desk::new().await;
    desk.publish(article(1), &flood("flood")).await;
    let before = desk.files();
    fs::remove_dir_all(desk.site()).unwrap();
    let desk = desk.reopened().await;
    let report = desk.open_site().await;
    assert!(matches!(report.problem, Some(SiteError::Vanished { .. })), "{report:?}");
    assert!(!desk.site().exists());
    desk.newsroom.rebuild_site(desk.now()).await.unwrap();
    assert!(desk.files() == before);
}

#[tokio::test]
async fn a_rebuild_writes_over_an_emptied_folder_and_removes_what_does_not_belong() {
    let desk = Desk::new().await;
    for n in 1..=7 {
        desk.publish(article(n), &flood(&format!("flood-{n}"))).await;
    }
    let away = tempfile::tempdir().unwrap();
    // The folder is away during a take-down of an article, and comes back with its old page.
    desk.publish(article(8), &flood("wrong")).await;
    let old = desk.files()["articles/wrong.html"].clone();
    desk.newsroom.take_down(&desk.ask(article(8)), "失实").await.unwrap();
    let before = desk.files();
    fs::write(desk.site().join("articles").join("wrong.html"), old).unwrap();
    fs::write(desk.site().join("sections").join("gone.html"), "old").unwrap();
    fs::write(away.path().join("mine.txt"), "mine").unwrap();
    fs::remove_file(desk.site().join("articles").join("flood-1.html")).unwrap();
    fs::write(desk.site().join("index.html"), "spoilt").unwrap();
    desk.newsroom.rebuild_site(desk.now()).await.unwrap();
    assert!(desk.files() == before, "{:?}", desk.files().keys());
}

#[tokio::test]
async fn another_folder_gets_the_whole_site() {
    let desk = Desk::new().await;
    for n in 1..=5 {
        desk.publish(article(n), &flood(&format!("flood-{n}"))).await;
    }
    let elsewhere = desk.library().join("elsewhere");
    let report = desk.newsroom.open_site(&elsewhere, desk.photos.clone(), desk.now()).await.unwrap();
    assert!(report.problem.is_none() && report.work_waits);
    desk.newsroom.work(desk.now()).await.unwrap();
    assert!(files_below(&elsewhere) == desk.files());
}

#[tokio::test]
async fn a_start_with_nothing_changed_writes_nothing() {
    let desk = Desk::new().await;
    desk.publish(article(1), &flood("flood")).await;
    let feed = desk.count("SELECT n FROM feed");
    let desk = desk.reopened().await;
    let report = desk.newsroom.open_site(&desk.site(), desk.photos.clone(), desk.now()).await.unwrap();
    assert!(report.problem.is_none() && !report.work_waits);
    assert_eq!(desk.count("SELECT n FROM feed"), feed);
}

#[tokio::test]
async fn pages_follow_the_settings_and_their_article_blocks_stay_as_they_were_signed() {
    let desk = Desk::new().await;
    desk.newsroom.assign_responsible_editor(&desk.ask(article(1)), "李编辑").await.unwrap();
    desk.publish(article(1), &flood("flood")).await;
    let (version, settings) = desk.newsroom.settings().await.unwrap();
    let line = FooterItem {
        label: "ICP备案".to_owned(),
        number: "测ICP备00000001号".to_owned(),
        ..FooterItem::default()
    };
    let next = SiteSettings {
        name: "青石县新闻网".to_owned(),
        footer: vec![line],
        foot_credit_style: FootCreditStyle::Bracketed,
        ..settings
    };
    let (saved, _) = desk.newsroom.save_settings(version, next.clone(), desk.now()).await.unwrap();
    assert_eq!(saved, version + 1);
    desk.newsroom.work(desk.now()).await.unwrap();
    for path in ["articles/flood.html", "index.html", "sections/news.html", "404.html"] {
        let page = desk.page(path).unwrap();
        assert!(page.contains("青石县新闻网") && page.contains("测ICP备00000001号"), "{path}");
    }
    let is_bracketed = |desk: &Desk| desk.page("articles/flood.html").unwrap().contains("【责编：李编辑】");
    assert!(!is_bracketed(&desk), "the credits are part of what was signed");
    desk.publish(article(1), &flood("flood")).await;
    assert!(is_bracketed(&desk));

    let other = SiteSettings { name: "别的名字".to_owned(), ..next.clone() };
    let moved = desk.newsroom.save_settings(version, other, desk.now()).await.unwrap_err();
    assert!(matches!(moved, NewsroomError::SettingsMoved { current, .. } if current == saved), "{moved:?}");
    for seen in [version, saved] {
        let again = desk.newsroom.save_settings(seen, next.clone(), desk.now()).await.unwrap();
        assert_eq!(again.0, saved, "sent again, nothing changes");
    }
}

#[tokio::test]
async fn a_section_that_is_renamed_moved_or_dropped_takes_its_lists_along() {
    let desk = Desk::new().await;
    desk.publish(article(1), &flood("flood")).await;
    let (version, mut settings) = desk.newsroom.settings().await.unwrap();
    let section = |path: &[&str], slug: &str| Section {
        path: path.iter().map(|name| (*name).to_owned()).collect(),
        slug: slug.to_owned(),
    };
    settings.sections =
        vec![section(&["要闻"], "top"), section(&["要闻", "本地新闻"], "news"), section(&["专题"], "topics")];
    desk.newsroom.save_settings(version, settings, desk.now()).await.unwrap();
    desk.newsroom.work(desk.now()).await.unwrap();
    assert!(desk.page("sections/top.html").unwrap().contains("/articles/flood.html"));
    assert!(desk.page("sections/news.html").unwrap().contains("/articles/flood.html"));
    assert!(desk.page("index.html").unwrap().contains("本地新闻"));
    assert_eq!(desk.page("sections/photos.html"), None, "the index of a section that is gone is gone");
}

/// A picture that begins as a PNG does, and so many bytes.
fn logo(mime: &str, n_bytes: usize) -> SiteLogo {
    let bytes = [b"\x89PNG\r\n\x1a\n".as_slice(), &vec![0; n_bytes]].concat();
    SiteLogo { mime: mime.to_owned(), width: 512, height: 128, bytes }
}

#[tokio::test]
async fn a_logo_that_was_replaced_is_gone_from_the_site() {
    let desk = Desk::new().await;
    desk.publish(article(1), &flood("flood")).await;
    for n_bytes in [8, 9] {
        let (version, mut settings) = desk.newsroom.settings().await.unwrap();
        settings.logo = Some(logo("image/png", n_bytes));
        desk.newsroom.save_settings(version, settings, desk.now()).await.unwrap();
        desk.newsroom.work(desk.now()).await.unwrap();
    }
    let files = desk.files();
    let logos: Vec<_> = files.keys().filter(|path| path.ends_with(".png")).collect();
    let [logo] = logos.as_slice() else { panic!("{logos:?}") };
    assert!(desk.page("articles/flood.html").unwrap().contains(logo.as_str()));
}

#[tokio::test]
async fn settings_that_would_break_an_address_are_refused() {
    let desk = Desk::new().await;
    let (version, settings) = desk.newsroom.settings().await.unwrap();
    let with = |change: fn(&mut SiteSettings)| {
        let mut settings = settings.clone();
        change(&mut settings);
        settings
    };
    type Spoil = fn(&mut SiteSettings);
    let cases: [(Spoil, &str); 13] = [
        (|s| s.name = " ".to_owned(), "name"),
        (|s| s.base_url = "news.example".to_owned(), "base_url"),
        (|s| s.base_url = "javascript:alert(1)".to_owned(), "base_url"),
        (|s| s.base_url = "https://news.example/".to_owned(), "base_url"),
        (|s| s.rights_page = "javascript:alert(1)".to_owned(), "rights_page"),
        (|s| s.rights_page = "news.example/terms".to_owned(), "rights_page"),
        (|s| s.logo = Some(logo("image/svg+xml", 9)), "logo"),
        (|s| s.logo = Some(logo("image/png", MAX_LOGO_BYTES)), "logo"),
        (|s| s.sections[1].slug = "../x".to_owned(), "sections.1.slug"),
        (|s| s.sections[1].slug = s.sections[0].slug.clone(), "sections.1.slug"),
        (|s| s.sections[1].path = s.sections[0].path.clone(), "sections.1.path"),
        (|s| s.sections[0].path = Vec::new(), "sections.0.path"),
        (|s| s.sections[0].path = vec!["a/b".to_owned()], "sections.0.path"),
    ];
    for (change, expected) in cases {
        match desk.newsroom.save_settings(version, with(change), desk.now()).await {
            Err(NewsroomError::InvalidSetting { field }) => assert_eq!(field, expected),
            other => panic!("{expected}: {other:?}"),
        }
    }
    assert_eq!(desk.newsroom.settings().await.unwrap(), (version, settings));
}

#[tokio::test]
async fn another_theme_reaches_every_page_at_the_next_start() {
    let desk = Desk::new().await;
    for n in 1..=4 {
        desk.publish(article(n), &flood(&format!("flood-{n}"))).await;
    }
    let desk = desk.reopened().await;
    let css = [("site.css".to_owned(), b"body { color: black }".to_vec())].into();
    desk.newsroom.set_templates(galley_page::Templates::of_files(&css).unwrap());
    desk.open_site().await;
    let asset = desk.newsroom.templates().assets(&SiteSettings::chinese())[0].path.clone();
    for n in 1..=4 {
        assert!(desk.page(&format!("articles/flood-{n}.html")).unwrap().contains(&asset), "{n}");
    }
    assert!(desk.page(&asset).is_some());
}

#[tokio::test]
async fn a_theme_that_changes_while_the_app_runs_reaches_every_page_with_the_next_work() {
    let desk = Desk::new().await;
    for n in 1..=4 {
        desk.publish(article(n), &flood(&format!("flood-{n}"))).await;
    }
    let css = [("site.css".to_owned(), b"body { color: black }".to_vec())].into();
    desk.newsroom.set_templates(galley_page::Templates::of_files(&css).unwrap());
    let asset = desk.newsroom.templates().assets(&SiteSettings::chinese())[0].path.clone();
    // What is written meanwhile never links a style sheet that is not there.
    desk.newsroom.take_down(&desk.ask(article(2)), "失实").await.unwrap();
    assert!(desk.page("articles/flood-1.html").unwrap().contains(&asset));
    assert!(desk.page(&asset).is_some());
    desk.newsroom.work(desk.now()).await.unwrap();
    for path in ["articles/flood-4.html", "404.html", "sections/topics.html"] {
        assert!(desk.page(path).unwrap().contains(&asset), "{path}");
    }
    let feed = desk.count("SELECT n FROM feed");
    desk.newsroom.work(desk.now()).await.unwrap();
    assert_eq!(desk.count("SELECT n FROM feed"), feed, "once");
}

#[tokio::test]
async fn a_list_that_cannot_be_written_holds_up_no_publication_and_is_told() {
    let desk = Desk::new().await;
    let index = desk.site().join("sections").join("news.html");
    fs::remove_file(&index).unwrap();
    fs::create_dir(&index).unwrap();
    let first = desk.try_publish(article(1), &flood("first")).await.unwrap();
    assert_eq!((first.publication, first.is_live), (Publication::Live, true));
    assert_eq!(first.failure.unwrap().code, "site_folder");
    let elsewhere = Content { section: "topics".to_owned(), ..flood("second") };
    let second = desk.try_publish(article(2), &elsewhere).await.unwrap();
    assert_eq!(second.publication, Publication::Live);
    assert!(desk.page("sections/topics.html").unwrap().contains("/articles/second.html"));
    assert!(desk.page("index.html").unwrap().contains("/articles/second.html"));

    fs::remove_dir(&index).unwrap();
    desk.newsroom.work(desk.now()).await.unwrap();
    assert!(desk.page("sections/news.html").unwrap().contains("/articles/first.html"));
    assert_eq!(desk.newsroom.authority(article(1)).await.unwrap().failure, None);
}

#[tokio::test]
async fn a_map_of_two_days_that_could_not_be_written_is_written_later() {
    let desk = Desk::new().await;
    let (version, settings) = desk.newsroom.settings().await.unwrap();
    let settings = SiteSettings { base_url: "https://news.example".to_owned(), ..settings };
    desk.newsroom.save_settings(version, settings, desk.now()).await.unwrap();
    desk.publish(article(1), &flood("flood")).await;
    let map = desk.site().join("news-sitemap.xml");
    assert!(fs::read_to_string(&map).unwrap().contains("/articles/flood.html"));
    desk.minutes_pass(3 * 24 * 60);
    fs::remove_file(&map).unwrap();
    fs::create_dir(&map).unwrap();
    let error = desk.newsroom.work(desk.now()).await.unwrap_err();
    assert!(matches!(error, NewsroomError::Site(_)), "{error:?}");
    fs::remove_dir(&map).unwrap();
    desk.newsroom.work(desk.now()).await.unwrap();
    assert!(!fs::read_to_string(&map).unwrap().contains("/articles/flood.html"));
}

#[tokio::test]
async fn a_photo_that_one_page_dropped_and_another_took_meanwhile_stays() {
    let desk = Desk::new().await;
    let river = desk.photos.add(b"river");
    let mut with_river = flood("first");
    add_photo(&mut with_river, 1, river);
    desk.publish(article(1), &with_river).await;
    // What the next version drops cannot be cleared away yet.
    let index = desk.site().join("sections").join("news.html");
    fs::remove_file(&index).unwrap();
    fs::create_dir(&index).unwrap();
    let without = Content { headline: "洪峰已退".to_owned(), ..flood("first") };
    assert!(desk.try_publish(article(1), &without).await.unwrap().failure.is_some());
    let mut other = Content { section: "topics".to_owned(), ..flood("second") };
    add_photo(&mut other, 1, river);
    desk.try_publish(article(2), &other).await.unwrap();
    fs::remove_dir(&index).unwrap();
    desk.newsroom.work(desk.now()).await.unwrap();
    assert!(desk.files().contains_key(&format!("media/{river}-4.jpg")));
}

#[tokio::test]
async fn publishing_goes_on_while_the_site_is_being_rebuilt() {
    let desk = Arc::new(Desk::new().await);
    for n in 1..=9 {
        desk.publish(article(n), &flood(&format!("flood-{n}"))).await;
    }
    let rebuilding = tokio::spawn({
        let desk = desk.clone();
        async move { desk.newsroom.rebuild_site(desk.now()).await }
    });
    desk.publish(article(10), &flood("flood-10")).await;
    desk.newsroom.take_down(&desk.ask(article(1)), "失实").await.unwrap();
    rebuilding.await.unwrap().unwrap();
    let expected: Vec<String> = (2..=10).map(|n| format!("flood-{n}.html")).collect();
    assert_eq!(desk.article_files(), expected.into_iter().collect());
    assert!(desk.page("index.html").unwrap().contains("flood-10"));
    assert!(!desk.page("index.html").unwrap().contains("/articles/flood-1.html"));
}

#[tokio::test]
async fn an_address_that_was_shown_before_the_first_publication_leads_to_the_one_that_stayed() {
    let desk = Desk::new().await;
    desk.shown_at(article(1), "early").await;
    desk.shown_at(article(1), "late").await;
    assert_eq!(desk.page("articles/early.html"), None, "nothing leads to what readers have not");
    desk.publish(article(1), &flood("late")).await;
    let leads = |page: Option<String>| {
        page.is_some_and(|page| {
            page.contains("http-equiv=\"refresh\" content=\"0; url=/articles/late.html\"")
        })
    };
    assert!(leads(desk.page("articles/early.html")));
    assert!(!leads(desk.page("articles/late.html")), "its own address is its page");
    desk.newsroom.take_down(&desk.ask(article(1)), "核实").await.unwrap();
    assert_eq!(desk.page("articles/early.html"), None);
    desk.newsroom.put_back(&desk.ask(article(1))).await.unwrap();
    assert!(leads(desk.page("articles/early.html")));
    // Whoever publishes under the free address has it.
    desk.publish(article(2), &flood("early")).await;
    let page = desk.page("articles/early.html").unwrap();
    assert!(page.contains("汛期通报（early）") && !leads(Some(page)));
    // Once readers have an article, its address stays.
    let moved = desk.try_publish(article(1), &flood("later")).await.unwrap();
    assert_eq!(moved.address.as_deref(), Some("/articles/late.html"));
    assert_eq!(desk.page("articles/later.html"), None);
}
