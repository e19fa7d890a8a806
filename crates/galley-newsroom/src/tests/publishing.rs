//! From a preview to what readers have, and back.

use galley_model::site::SiteSettings;
use galley_model::workflow::{Publication, ReasonCode, Stage};
use galley_model::{Content, Instant, Sha256, content_hash};

use super::Stop;
use super::desk::{Desk, add_photo, article, flood, refused};
use crate::NewsroomError;

#[tokio::test]
async fn what_was_previewed_is_what_readers_get() {
    let desk = Desk::new().await;
    let (id, content) = (article(1), flood("flood"));
    desk.newsroom.assign_responsible_editor(&desk.ask(id), " 李编辑 ").await.unwrap();
    let seen = desk.previewed(id, &content).await;
    let frame = desk.newsroom.frame(id, &content).await.unwrap();
    let published = desk.newsroom.publish(&desk.ask(id), &content, seen).await.unwrap();

    assert_eq!(published.publication, Publication::Live);
    assert_eq!(published.stage, Stage::Approved);
    assert_eq!(published.address.as_deref(), Some("/articles/flood.html"));
    assert_eq!((published.published_at, published.modified_at), (Some(desk.now()), None));
    assert_eq!(published.live_content_hash, Some(content_hash(&content)));

    // The page is the preview's, byte for byte, but for the time that only publication knows.
    let (_, settings) = desk.newsroom.settings().await.unwrap();
    let facts = desk.newsroom.facts(id, &content, &published);
    let templates = desk.newsroom.templates();
    let block = templates.article(&content, &facts, &settings).unwrap();
    let preview = templates.page(&content, &facts, &settings, &frame, &block).unwrap();
    let page = desk.page("articles/flood.html").unwrap();
    assert_eq!(page, preview);
    for field in
        ["汛期通报（flood）", "县融媒体中心", "王记者", "李编辑", "<strong>“洪峰”</strong>已过境", "新闻中心"]
    {
        assert!(page.contains(field), "{field}");
    }
    assert_eq!(templates.page_hash(&content, &facts, &settings).unwrap(), seen);
}

#[tokio::test]
async fn an_article_without_a_slug_stands_at_the_address_of_its_id() {
    let desk = Desk::new().await;
    let published = desk.publish(article(1), &flood("")).await;
    let address = format!("/articles/{}.html", article(1).default_slug());
    assert_eq!(published.address, Some(address.clone()));
    assert!(desk.page(&address).is_some());
}

#[tokio::test]
async fn a_page_that_is_not_the_previewed_one_is_refused_and_leaves_nothing_behind() {
    let desk = Desk::new().await;
    let (id, content) = (article(1), flood("flood"));
    let seen = desk.previewed(id, &content).await;
    let before = desk.files();
    let edited = Content { body: "另一篇。".to_owned(), ..content.clone() };
    match desk.newsroom.publish(&desk.ask(id), &edited, seen).await.unwrap_err() {
        NewsroomError::Refused { stale: true, reasons } => {
            assert_eq!(reasons[0].code, ReasonCode::PageChanged)
        }
        other => panic!("{other:?}"),
    }
    // A fact of the newsroom that the page shows is part of what was previewed.
    desk.newsroom.assign_responsible_editor(&desk.ask(id), "李编辑").await.unwrap();
    let result = desk.newsroom.publish(&desk.ask(id), &content, seen).await;
    assert_eq!(refused(result), [ReasonCode::PageChanged]);
    assert_eq!(desk.files(), before);
    assert_eq!(desk.newsroom.authority(id).await.unwrap().publication, Publication::None);
    // The address is still free.
    desk.publish(article(2), &flood("flood")).await;
}

#[tokio::test]
async fn what_stands_in_the_way_is_told_at_once_and_nothing_is_written() {
    let desk = Desk::new().await;
    let id = article(1);
    let before = desk.files();
    let lost = desk.photos.add(b"lost");
    desk.photos.lose(lost);
    let mut content = flood("Flood 2026");
    content.headline = " ".to_owned();
    content.embargo = Some(Instant(desk.now().0 + 3_600_000));
    add_photo(&mut content, 7, lost);
    content.body.push_str("\n![](photo:00000000-0000-0000-0000-000000000099)\n");
    let expected = [
        ReasonCode::HeadlineMissing,
        ReasonCode::SlugInvalid,
        ReasonCode::PhotoMissing,
        ReasonCode::PhotoUnknown,
        ReasonCode::Embargoed,
    ];
    assert_eq!(refused(desk.try_publish(id, &content).await), expected);
    assert_eq!(desk.files(), before);

    let (_, settings) = desk.newsroom.settings().await.unwrap();
    let authority = desk.newsroom.authority(id).await.unwrap();
    let facts = desk.newsroom.facts(id, &content, &authority);
    let block = desk.newsroom.templates().article(&content, &facts, &settings).unwrap();
    let findings = desk.newsroom.findings(id, &content, &block, desk.now()).await.unwrap();
    let hard: Vec<_> = findings.iter().filter(|finding| finding.hard).map(|f| f.reason.code).collect();
    assert_eq!(hard, expected, "the window's list of problems is the refusal's");
    let soft: Vec<_> = findings.iter().filter(|finding| !finding.hard).map(|f| f.reason.code).collect();
    assert_eq!(soft, [ReasonCode::ResponsibleEditorMissing]);
}

#[tokio::test]
async fn an_embargo_ends_at_its_instant() {
    let desk = Desk::new().await;
    let mut content = flood("flood");
    content.embargo = Some(Instant(desk.now().0 + 120_000));
    assert_eq!(refused(desk.try_publish(article(1), &content).await), [ReasonCode::Embargoed]);
    desk.publish(article(1), &content).await;
}

#[tokio::test]
async fn publishing_again_changes_the_page_and_neither_its_address_nor_its_first_time() {
    let desk = Desk::new().await;
    let id = article(1);
    let first = desk.publish(id, &flood("flood")).await;
    let edited = Content { slug: "other".to_owned(), body: "洪峰已退。\n".to_owned(), ..flood("flood") };
    let second = desk.publish(id, &edited).await;
    assert_eq!(second.address, first.address);
    assert_eq!(second.published_at, first.published_at);
    assert_eq!(second.modified_at, Some(desk.now()));
    assert_eq!(desk.article_files(), ["flood.html".to_owned()].into());
    assert!(desk.page("articles/flood.html").unwrap().contains("洪峰已退"));
    // The slug it does not use is free for others.
    desk.publish(article(2), &flood("other")).await;
}

#[tokio::test]
async fn a_taken_slug_is_refused_with_one_that_is_free() {
    let desk = Desk::new().await;
    desk.publish(article(1), &flood("flood")).await;
    desk.publish(article(2), &flood("flood-2")).await;
    let NewsroomError::Refused { reasons, stale: false } =
        desk.try_publish(article(3), &flood("flood")).await.unwrap_err()
    else {
        panic!("not refused")
    };
    assert_eq!(reasons[0].code, ReasonCode::SlugTaken);
    assert_eq!(reasons[0].values["proposal"], "flood-3");
    desk.publish(article(3), &flood("flood-3")).await;
    assert_eq!(desk.article_files().len(), 3);
    // Another's own address is taken too.
    desk.publish(article(4), &flood("")).await;
    let result = desk.try_publish(article(5), &flood(&article(4).default_slug())).await;
    assert_eq!(refused(result), [ReasonCode::SlugTaken]);
}

#[tokio::test]
async fn a_taken_down_article_keeps_its_address() {
    let desk = Desk::new().await;
    desk.publish(article(1), &flood("flood")).await;
    desk.newsroom.take_down(&desk.ask(article(1)), "失实").await.unwrap();
    assert_eq!(refused(desk.try_publish(article(2), &flood("flood")).await), [ReasonCode::SlugTaken]);
}

#[tokio::test]
async fn photos_go_with_the_page_and_only_those_it_shows() {
    let desk = Desk::new().await;
    let (bridge, river, unused) =
        (desk.photos.add(b"bridge"), desk.photos.add(b"river"), desk.photos.add(b"unused"));
    let mut content = flood("flood");
    add_photo(&mut content, 1, bridge);
    add_photo(&mut content, 2, river);
    let body = content.body.clone();
    add_photo(&mut content, 3, unused);
    content.body = body;
    desk.publish(article(1), &content).await;
    let media = |desk: &Desk| {
        let files = desk.files().into_keys();
        files.filter_map(|path| path.strip_prefix("media/").map(str::to_owned)).collect::<Vec<_>>()
    };
    let both = |photo: Sha256| ["jpg", "webp"].map(|ending| format!("{photo}-4.{ending}"));
    let mut expected = [both(bridge), both(river)].concat();
    expected.sort();
    assert_eq!(media(&desk), expected);
    let page = desk.page("articles/flood.html").unwrap();
    assert!(page.contains(&format!("/media/{bridge}-4.jpg")));

    // A photo that the next version does not show is gone, unless another article shows it.
    let mut other = flood("other");
    add_photo(&mut other, 4, river);
    desk.publish(article(2), &other).await;
    desk.publish(article(1), &flood("flood")).await;
    assert_eq!(media(&desk), both(river));
    let of_river = [&b"\xff\xd8\xffriver"[..], format!("{river}-4.jpg").as_bytes(), b"\xff\xd9"].concat();
    assert_eq!(desk.files()[&format!("media/{river}-4.jpg")], of_river);

    // What readers may have in full is said by the settings that the page was made with.
    let (version, settings) = desk.newsroom.settings().await.unwrap();
    let settings = SiteSettings { publish_originals: true, ..settings };
    desk.newsroom.save_settings(version, settings, desk.now()).await.unwrap();
    desk.newsroom.work(desk.now()).await.unwrap();
    assert_eq!(media(&desk), both(river), "what is live stays as it was signed");
    desk.publish(article(2), &Content { headline: "再次发布".to_owned(), ..other }).await;
    let mut expected = both(river).to_vec();
    expected.push(format!("{river}.jpg"));
    expected.sort();
    assert_eq!(media(&desk), expected);
    assert_eq!(desk.files()[&format!("media/{river}.jpg")], b"river");
}

#[tokio::test]
async fn a_photo_of_other_bytes_fails_the_publication_and_readers_keep_what_they_had() {
    let desk = Desk::new().await;
    let id = article(1);
    desk.publish(id, &flood("flood")).await;
    let before = desk.files();
    let bridge = desk.photos.add(b"bridge");
    desk.photos.set(bridge, b"not the bridge");
    let mut content = flood("flood");
    add_photo(&mut content, 1, bridge);
    let tried = desk.try_publish(id, &content).await.unwrap();
    assert_eq!(tried.publication, Publication::Failed);
    assert!(tried.is_live);
    assert_eq!(tried.failure.unwrap().code, "photo");
    assert_eq!(desk.files(), before);
    desk.photos.add(b"bridge");
    let mended = desk.publish(id, &content).await;
    assert_eq!((mended.publication, mended.failure), (Publication::Live, None));
}

#[tokio::test]
async fn a_first_publication_that_fails_leaves_no_page_and_gives_the_address_back() {
    let desk = Desk::new().await;
    // A folder stands where the page should be.
    let in_the_way = desk.site().join("articles").join("flood.html");
    std::fs::create_dir_all(&in_the_way).unwrap();
    let tried = desk.try_publish(article(1), &flood("flood")).await.unwrap();
    assert_eq!(tried.publication, Publication::Failed);
    assert_eq!((tried.is_live, tried.address), (false, None));
    assert_eq!(tried.failure.unwrap().code, "site_folder");
    assert!(!desk.page("index.html").unwrap().contains("汛期通报"));
    std::fs::remove_dir(&in_the_way).unwrap();
    desk.publish(article(2), &flood("flood")).await;
    assert_eq!(refused(desk.try_publish(article(1), &flood("flood")).await), [ReasonCode::SlugTaken]);
}

#[tokio::test]
async fn a_page_that_does_not_read_back_gives_way_to_what_readers_had() {
    let desk = Desk::new().await;
    desk.newsroom.0.stop_at.set(Some(Stop::Misread));
    let first = desk.try_publish(article(1), &flood("flood")).await.unwrap();
    assert_eq!((first.publication, first.is_live), (Publication::Failed, false));
    assert_eq!(desk.page("articles/flood.html"), None);
    desk.publish(article(1), &flood("flood")).await;
    let before = desk.files();
    desk.newsroom.0.stop_at.set(Some(Stop::Misread));
    let edited = Content { body: "洪峰已退。\n".to_owned(), ..flood("flood") };
    let second = desk.try_publish(article(1), &edited).await.unwrap();
    assert_eq!((second.publication, second.is_live), (Publication::Failed, true));
    assert!(desk.files() == before);
    desk.publish(article(1), &edited).await;
}

#[tokio::test]
async fn neighbours_indexes_and_home_follow_each_publication() {
    let desk = Desk::new().await;
    for (n, slug) in [(1, "first"), (2, "second"), (3, "third")] {
        desk.publish(article(n), &flood(slug)).await;
    }
    let links = |page: &str, to: &str| desk.page(page).unwrap().contains(&format!("/articles/{to}.html"));
    for (page, to, expected) in [
        ("articles/first.html", "second", true),
        ("articles/second.html", "first", true),
        ("articles/second.html", "third", true),
        ("articles/third.html", "second", true),
        ("sections/news.html", "third", true),
        ("sections/topics.html", "third", false),
        ("index.html", "first", true),
    ] {
        assert_eq!(links(page, to), expected, "{page} → {to}");
    }
    // Moved to another section: the ones it stood between are neighbours now.
    let moved = Content { section: "topics".to_owned(), keywords: Vec::new(), ..flood("second") };
    desk.publish(article(2), &moved).await;
    for (page, to, expected) in [
        ("sections/news.html", "second", false),
        ("sections/topics.html", "second", true),
        ("articles/first.html", "second", false),
        ("articles/third.html", "second", false),
        ("articles/first.html", "third", true),
        ("articles/second.html", "first", false),
        ("index.html", "second", true),
    ] {
        assert_eq!(links(page, to), expected, "{page} → {to} after the move");
    }
}

#[tokio::test]
async fn a_section_lists_the_articles_of_the_sections_below_it() {
    let desk = Desk::new().await;
    let picture = Content { section: "photos".to_owned(), ..flood("picture") };
    desk.publish(article(1), &picture).await;
    for page in ["sections/photos.html", "sections/news.html", "index.html"] {
        assert!(desk.page(page).unwrap().contains("/articles/picture.html"), "{page}");
    }
    assert!(!desk.page("sections/topics.html").unwrap().contains("/articles/picture.html"));
}

#[tokio::test]
async fn related_articles_are_older_ones_that_share_a_keyword_as_long_as_they_are_live() {
    let desk = Desk::new().await;
    let in_topics = |slug: &str, keywords: &[&str]| Content {
        section: "topics".to_owned(),
        keywords: keywords.iter().map(|word| (*word).to_owned()).collect(),
        ..flood(slug)
    };
    desk.publish(article(1), &flood("flood")).await;
    desk.publish(article(2), &in_topics("dam", &["水库", "防汛"])).await;
    desk.publish(article(3), &in_topics("school", &["教育"])).await;
    let shows = |page: &str, other: &str| {
        desk.page(&format!("articles/{page}.html")).unwrap().contains(&format!("/articles/{other}.html"))
    };
    assert!(shows("dam", "flood"));
    assert!(!shows("flood", "dam"), "a page does not change because the site grows");
    assert!(!shows("school", "flood"));
    desk.newsroom.take_down(&desk.ask(article(1)), "失实").await.unwrap();
    assert!(!shows("dam", "flood"));
    desk.newsroom.put_back(&desk.ask(article(1))).await.unwrap();
    assert!(shows("dam", "flood"));
    // A keyword that an older article takes on later.
    desk.publish(article(1), &Content { keywords: vec!["教育".to_owned()], ..flood("flood") }).await;
    assert!(!shows("dam", "flood"));
    assert!(shows("school", "flood"));
}

#[tokio::test]
async fn a_new_headline_reaches_every_page_that_shows_it() {
    let desk = Desk::new().await;
    for (n, slug) in [(1, "first"), (2, "second"), (3, "third")] {
        desk.publish(article(n), &flood(slug)).await;
    }
    let renamed = Content { headline: "汛情解除".to_owned(), ..flood("second") };
    desk.publish(article(2), &renamed).await;
    for page in ["articles/first.html", "articles/third.html", "sections/news.html", "index.html"] {
        let text = desk.page(page).unwrap();
        assert!(text.contains("汛情解除") && !text.contains("汛期通报（second）"), "{page}");
    }
}

#[tokio::test]
async fn taken_down_it_is_gone_for_readers_and_put_back_it_is_the_same_bytes() {
    let desk = Desk::new().await;
    let (shared, own) = (desk.photos.add(b"shared"), desk.photos.add(b"own"));
    let mut content = flood("flood");
    add_photo(&mut content, 1, shared);
    add_photo(&mut content, 2, own);
    let mut other = flood("other");
    add_photo(&mut other, 3, shared);
    desk.publish(article(2), &other).await;
    let published = desk.publish(article(1), &content).await;
    let before = desk.files();

    let down = desk.newsroom.take_down(&desk.ask(article(1)), "来函要求").await.unwrap();
    assert_eq!((down.publication, down.is_live), (Publication::TakenDown, false));
    assert_eq!(down.published_at, published.published_at);
    assert_eq!(desk.article_files(), ["other.html".to_owned()].into());
    for (path, bytes) in desk.files() {
        assert!(!String::from_utf8_lossy(&bytes).contains("/articles/flood.html"), "{path}");
    }
    assert!(!desk.files().contains_key(&format!("media/{own}-4.jpg")));
    assert!(desk.files().contains_key(&format!("media/{shared}-4.jpg")));

    desk.minutes_pass(600);
    let back = desk.newsroom.put_back(&desk.ask(article(1))).await.unwrap();
    assert_eq!(back.publication, Publication::Live);
    assert_eq!((back.published_at, back.modified_at), (published.published_at, published.modified_at));
    assert_eq!(desk.files(), before);
}

#[tokio::test]
async fn only_what_is_live_is_taken_down_and_only_what_was_taken_down_is_put_back() {
    let desk = Desk::new().await;
    let id = article(1);
    assert_eq!(refused(desk.newsroom.take_down(&desk.ask(id), "失实").await), [ReasonCode::NotLive]);
    assert_eq!(refused(desk.newsroom.put_back(&desk.ask(id)).await), [ReasonCode::NotTakenDown]);
    desk.publish(id, &flood("flood")).await;
    assert_eq!(refused(desk.newsroom.put_back(&desk.ask(id)).await), [ReasonCode::NotTakenDown]);
    assert_eq!(refused(desk.newsroom.take_down(&desk.ask(id), " ").await), [ReasonCode::ReasonMissing]);
    desk.newsroom.take_down(&desk.ask(id), "失实").await.unwrap();
    assert_eq!(refused(desk.newsroom.take_down(&desk.ask(id), "失实").await), [ReasonCode::NotLive]);
}

#[tokio::test]
async fn what_was_taken_down_may_be_corrected_and_published_again() {
    let desk = Desk::new().await;
    let id = article(1);
    let first = desk.publish(id, &flood("flood")).await;
    desk.newsroom.take_down(&desk.ask(id), "失实").await.unwrap();
    let corrected = Content { body: "更正。\n".to_owned(), ..flood("flood") };
    let again = desk.publish(id, &corrected).await;
    assert_eq!((again.address, again.published_at), (first.address, first.published_at));
    assert!(desk.page("articles/flood.html").unwrap().contains("更正。"));
}
