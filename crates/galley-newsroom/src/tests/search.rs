//! The search of the site: exact for Chinese, by beginnings of words otherwise, and never of what readers have not.

use std::sync::Arc;

use galley_model::{Content, Source};
use rusqlite::Connection;

use super::desk::{Desk, add_photo, article, flood};
use super::http::{ask, get, send};
use super::memory::Memory;
use crate::storage::Storage as _;
use crate::{SiteSearch, SiteServer, serve_routes};

/// The slugs found, in the order they are told.
async fn found(desk: &Desk, query: &str) -> Vec<String> {
    let found = desk.newsroom.0.storage.search(query.to_owned(), 0, 20).await.unwrap();
    assert_eq!(found.hits.len() as u32, found.n_found);
    let slug = |address: &str| address.trim_start_matches("/articles/").trim_end_matches(".html").to_owned();
    found.hits.iter().map(|(listed, _)| slug(&listed.address)).collect()
}

fn says(slug: &str, headline: &str, body: &str) -> Content {
    Content { headline: headline.to_owned(), body: body.to_owned(), ..flood(slug) }
}

#[tokio::test]
async fn readers_find_characters_words_and_beginnings_of_words() {
    let desk = Desk::new().await;
    desk.publish(article(1), &says("lake", "湖心岛　步道开放", "三公里，全程**无障碍**。\n\n𠮷野家旁。"))
        .await;
    desk.publish(article(2), &says("g20", "Ｇ２０峰会闭幕", "Café Delegates said *Wi-Fi* 5G网络。")).await;
    let check = async |query: &str, expected: &[&str]| {
        assert_eq!(found(&desk, query).await, expected, "{query}");
    };
    for (query, expected) in [
        ("湖", &["lake"][..]),
        ("步道", &["lake"]),
        ("道步", &[]),
        ("无障碍。", &["lake"]),
        ("𠮷", &["lake"]),
        ("湖心岛 障碍", &["lake"]),
        ("湖心岛　峰会", &[]),
        ("deleg", &["g20"]),
        ("DELEGATES SAID", &["g20"]),
        ("elegates", &[]),
        ("cafe", &["g20"]),
        ("g20", &["g20"]),
        ("Ｇ２０峰会", &["g20"]),
        ("wi-fi", &["g20"]),
        ("5g网", &["g20"]),
        ("，", &["lake"]),
        ("。", &["g20", "lake"]),
        ("**", &[]),
        ("", &[]),
        ("\"OR\" *", &[]),
        ("NEAR(湖 AND", &[]),
    ] {
        check(query, expected).await;
    }
}

#[tokio::test]
async fn what_the_page_prints_is_found_and_nothing_else() {
    let desk = Desk::new().await;
    let mut content = Content {
        kicker: "引题甲".to_owned(),
        subheadline: "副题乙".to_owned(),
        summary: "摘要丙".to_owned(),
        keywords: vec!["词丁".to_owned()],
        source: Source { name: "来源戊".to_owned(), ..Source::default() },
        genre: "体裁己".to_owned(),
        editor_note: "备注庚".to_owned(),
        body: "[链接辛](https://hidden.example/secret)。\n".to_owned(),
        ..flood("all")
    };
    let sha256 = desk.photos.add(b"photo");
    add_photo(&mut content, 1, sha256);
    let unused = desk.photos.add(b"unused");
    let body = content.body.clone();
    add_photo(&mut content, 2, unused);
    content.photos[1].caption = "说明壬".to_owned();
    content.body = body;
    desk.publish(article(1), &content).await;
    for query in
        ["引题甲", "副题乙", "摘要丙", "词丁", "来源戊", "体裁己", "链接辛", "洪峰过境", "王记者", "汛期"]
    {
        assert_eq!(found(&desk, query).await, ["all"], "{query}");
    }
    for query in ["备注庚", "secret", "hidden", "说明壬", "photo"] {
        assert_eq!(found(&desk, query).await, [""; 0], "{query}");
    }
}

#[tokio::test]
async fn the_page_of_the_search_has_a_field_only_where_somebody_answers() {
    for (site, has_form) in [(Memory::default(), true), (Memory::of_files_alone(), false)] {
        let (desk, site) = (Desk::new().await, Arc::new(site));
        desk.publish(article(1), &says("first", "甲", "新文。")).await;
        desk.newsroom.open_site_with(site.clone(), desk.photos.clone(), desk.now()).await.unwrap();
        desk.newsroom.work(desk.now()).await.unwrap();
        let page = site.page("/search.html").unwrap();
        assert_eq!(page.contains("<form"), has_form, "{page}");
        assert!(page.contains("/articles/first.html"), "a small site lists its articles: {page}");
    }
}

#[tokio::test]
async fn search_follows_what_readers_have() {
    let desk = Desk::new().await;
    desk.publish(article(1), &says("first", "甲", "旧文。")).await;
    desk.publish(article(2), &says("second", "乙", "旧文。")).await;
    assert_eq!(found(&desk, "旧文").await, ["second", "first"], "the newest first");
    desk.publish(article(1), &says("first", "甲", "新文。")).await;
    assert_eq!(found(&desk, "旧文").await, ["second"]);
    assert_eq!(found(&desk, "文").await, ["second", "first"], "a correction does not move an article");
    desk.newsroom.take_down(&desk.ask(article(2)), "失实").await.unwrap();
    assert_eq!(found(&desk, "文").await, ["first"]);
    desk.publish(article(2), &says("second", "乙", "旧文。")).await;
    assert_eq!(found(&desk, "文").await, ["second", "first"]);
    let desk = desk.reopened().await;
    assert_eq!(found(&desk, "文").await, ["second", "first"]);
    let live = "SELECT count(*) FROM publication WHERE live <> ''";
    assert_eq!(desk.count("SELECT count(*) FROM searched"), desk.count(live));
}

#[tokio::test]
async fn records_of_before_the_search_are_indexed_once() {
    let desk = Desk::new().await;
    desk.publish(article(1), &says("first", "甲", "旧文。")).await;
    desk.publish(article(2), &says("second", "乙", "旧文。")).await;
    desk.newsroom.take_down(&desk.ask(article(1)), "失实").await.unwrap();
    desk.newsroom.close().await;
    let records = Connection::open(desk.library().join("newsroom.sqlite")).unwrap();
    // As the fifth version wrote them: without the search and what came after it.
    let undo = "
        DROP TABLE searched; DROP TABLE search_term; DROP TABLE judged_text; DROP TABLE opinion;
        ALTER TABLE site_settings DROP COLUMN person; ALTER TABLE site_settings DROP COLUMN name;
        ALTER TABLE site_settings DROP COLUMN device; ALTER TABLE site_settings DROP COLUMN feed;
        DROP INDEX contest_run; ALTER TABLE text_update DROP COLUMN run; ALTER TABLE contest DROP COLUMN peer;
        ALTER TABLE contest DROP COLUMN since; ALTER TABLE contest DROP COLUMN replaced;";
    records.execute_batch(undo).unwrap();
    records.pragma_update(None, "user_version", 5).unwrap();
    drop(records);
    let desk = desk.reopened().await;
    assert_eq!(found(&desk, "旧文").await, ["second"]);
}

#[tokio::test]
async fn a_page_of_results_tells_how_many_there_are_and_where_the_hit_is() {
    let desk = Desk::new().await;
    for n in 1..=5_u128 {
        let body = format!("{}洪水第{n}次退去。", "前".repeat(40));
        desk.publish(article(n), &says(&format!("n{n}"), "通报", &body)).await;
    }
    let found = desk.newsroom.0.storage.search("洪水".to_owned(), 2, 2).await.unwrap();
    assert_eq!((found.n_found, found.more), (5, false));
    let addresses: Vec<&str> = found.hits.iter().map(|(listed, _)| listed.address.as_str()).collect();
    assert_eq!(addresses, ["/articles/n3.html", "/articles/n2.html"]);
    let around = &found.hits[0].1;
    assert!(around.starts_with('…') && around.contains("洪水第3次退去"), "{around}");
}

#[tokio::test]
async fn questions_of_the_search_go_along_keys() {
    let desk = Desk::new().await;
    let records = Connection::open(desk.library().join("newsroom.sqlite")).unwrap();
    for sql in crate::storage::search_questions() {
        let mut plan = records.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let nothing = rusqlite::params_from_iter(std::iter::repeat_n("", plan.parameter_count()));
        let steps = plan.query_map(nothing, |row| row.get::<_, String>(3)).unwrap();
        for step in steps.map(Result::unwrap) {
            assert!(!step.starts_with("SCAN") && !step.contains("TEMP B-TREE"), "{sql}\n{step}");
        }
    }
}

#[tokio::test]
async fn a_reader_goes_from_page_to_page() {
    let desk = Desk::new().await;
    for n in 1..=45_u128 {
        desk.publish(article(n), &says(&format!("n{n}"), "通报", "洪水退去。")).await;
    }
    let page = async |page: u32| desk.newsroom.search_site(" 洪水 ", page).await.unwrap();
    let (first, second, third) = (page(1).await, page(2).await, page(3).await);
    assert_eq!((first.results.len(), second.results.len(), third.results.len()), (20, 20, 5));
    assert_eq!(first.results[0].address, "/articles/n45.html");
    assert_eq!(third.results[4].address, "/articles/n1.html");
    let address = |n: &str| Some(format!("/search?q=%E6%B4%AA%E6%B0%B4{n}"));
    assert_eq!((first.newer, first.older), (None, address("&page=2")));
    assert_eq!((second.newer, second.older), (address(""), address("&page=3")));
    assert_eq!((third.newer, third.older), (address("&page=2"), None));
    assert_eq!((third.n_found, third.is_more), (45, false));
    assert!(third.is_answered && third.query == "洪水");
    let nothing = desk.newsroom.search_site(&"洪".repeat(1_000), 1).await.unwrap();
    assert_eq!((nothing.query.chars().count(), nothing.n_found), (100, 0));
}

#[tokio::test]
async fn the_search_page_is_answered_in_the_look_of_the_site() {
    let desk = Desk::new().await;
    desk.publish(article(1), &says("lake", "湖心岛　步道开放", "三公里，全程无障碍。")).await;
    let server = SiteServer::of(&desk.site());
    let site = serve_routes(server.router(), 0).await.unwrap();
    let addr = site.addr;
    assert_eq!(get(addr, "/search?q=x").await.status, 404, "until somebody answers");
    server.set_search(SiteSearch::of(&desk.newsroom));
    let reply = get(addr, "/search?q=%E6%AD%A5%E9%81%93").await;
    let page = String::from_utf8(reply.body).unwrap();
    assert_eq!(reply.status, 200);
    for (name, value) in [
        ("content-type", "text/html; charset=utf-8"),
        ("cache-control", "no-store"),
        ("x-robots-tag", "noindex"),
        ("x-content-type-options", "nosniff"),
    ] {
        assert_eq!(reply.headers[name], value);
    }
    for expected in ["/articles/lake.html", "湖心岛　步道开放", "value=\"步道\"", "noindex"] {
        assert!(page.contains(expected), "{expected}");
    }
    assert!(!page.contains("<script"));
    let evil = get(addr, "/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E").await;
    let page = String::from_utf8(evil.body).unwrap();
    assert!(!page.contains("<script") && page.contains("&lt;script&gt;"), "{page}");
    assert_eq!(get(addr, "/search").await.status, 200);
    assert_eq!(ask(addr, "POST", "/search?q=x", "Content-Length: 0\r\n").await.status, 405);
    assert_eq!(get(addr, "/search/").await.status, 404);
    let elsewhere = "GET /search?q=x HTTP/1.1\r\nHost: news.example\r\nConnection: close\r\n\r\n";
    assert_eq!(send(addr, elsewhere).await.status, 421, "the site of this computer alone");
    site.stop().await;
}

#[tokio::test]
async fn who_searches_while_all_places_are_taken_is_asked_to_come_again() {
    let desk = Desk::new().await;
    desk.publish(article(1), &flood("flood")).await;
    let server = SiteServer::of(&desk.site());
    let served = serve_routes(server.router(), 0).await.unwrap();
    server.set_search(SiteSearch::with_places(&desk.newsroom, 0));
    let busy = get(served.addr, "/search?q=x").await;
    assert_eq!((busy.status, busy.headers["retry-after"].as_str()), (503, "1"));
    assert_eq!(get(served.addr, "/articles/flood.html").await.status, 200, "pages are read all the same");
    // A place is free again once its search was answered.
    server.set_search(SiteSearch::with_places(&desk.newsroom, 1));
    for _ in 0..3 {
        assert_eq!(get(served.addr, "/search?q=x").await.status, 200);
    }
    served.stop().await;
}
