//! The site as readers get it, over real HTTP on this computer.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use galley_model::Content;
use galley_model::site::SiteSettings;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use super::desk::{Desk, add_photo, article, flood};
use crate::{Served, serve};

#[derive(Debug)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: BTreeMap<String, String>,
    pub(super) body: Vec<u8>,
}

/// Sends a request as it is written, so that a test may send what no client would.
pub(super) async fn send(addr: SocketAddr, request: &str) -> Reply {
    let mut stream = TcpStream::connect(addr).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut reply = Vec::new();
    stream.read_to_end(&mut reply).await.unwrap();
    let end = reply.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(reply[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers = lines.map(|line| line.split_once(": ").unwrap());
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    Reply { status, headers, body: reply[end + 4..].to_vec() }
}

pub(super) async fn ask(addr: SocketAddr, method: &str, path: &str, more: &str) -> Reply {
    send(addr, &format!("{method} {path} HTTP/1.1\r\nHost: {addr}\r\nConnection: close\r\n{more}\r\n")).await
}

pub(super) async fn get(addr: SocketAddr, path: &str) -> Reply {
    ask(addr, "GET", path, "").await
}

async fn served(desk: &Desk) -> Served {
    serve(&desk.site(), 0).await.unwrap()
}

#[tokio::test]
async fn readers_get_the_page_its_photo_its_style_and_its_lists() {
    let desk = Desk::new().await;
    let bridge = desk.photos.add(b"bridge");
    let mut content = flood("flood");
    add_photo(&mut content, 1, bridge);
    desk.publish(article(1), &content).await;
    let site = served(&desk).await;
    let css = desk.newsroom.templates().assets(&SiteSettings::chinese())[0].path.clone();
    let (html, keep, ask) = ("text/html; charset=utf-8", "public, max-age=31536000, immutable", "no-cache");
    for (path, mime, caching) in [
        ("/", html, ask),
        ("/index.html", html, ask),
        ("/articles/flood.html", html, ask),
        ("/articles/flood.html?from=wechat", html, ask),
        ("/sections/news.html", html, ask),
        (&format!("/media/{bridge}-4.jpg"), "image/jpeg", keep),
        (&css, "text/css; charset=utf-8", keep),
    ] {
        let reply = get(site.addr, path).await;
        assert_eq!(reply.status, 200, "{path}");
        assert_eq!(reply.headers["content-type"], mime, "{path}");
        assert_eq!(reply.headers["cache-control"], caching, "{path}");
        assert_eq!(reply.headers["content-length"], reply.body.len().to_string(), "{path}");
        let file =
            if path == "/" { "index.html" } else { path.split('?').next().unwrap().trim_start_matches('/') };
        assert_eq!(reply.body, desk.files()[file], "{path}");
    }
    site.stop().await;
}

#[tokio::test]
async fn every_answer_forbids_scripts_frames_and_guesses() {
    let desk = Desk::new().await;
    let site = served(&desk).await;
    let replies = [
        get(site.addr, "/").await,
        get(site.addr, "/none.html").await,
        get(site.addr, "/../x").await,
        ask(site.addr, "POST", "/", "Content-Length: 0\r\n").await,
        send(site.addr, "GET / HTTP/1.1\r\nHost: news.example\r\nConnection: close\r\n\r\n").await,
    ];
    for reply in replies {
        let policy = &reply.headers["content-security-policy"];
        for rule in [
            "default-src 'none'",
            "img-src 'self'",
            "style-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
            "frame-ancestors 'none'",
        ] {
            assert!(policy.split("; ").any(|stated| stated == rule), "{} {rule}", reply.status);
        }
        assert!(!policy.contains("unsafe") && !policy.contains("script"), "{policy}");
        assert_eq!(reply.headers["x-content-type-options"], "nosniff");
    }
}

#[tokio::test]
async fn what_was_taken_down_is_a_404_page_until_it_is_put_back() {
    let desk = Desk::new().await;
    desk.publish(article(1), &flood("flood")).await;
    let site = served(&desk).await;
    let before = get(site.addr, "/articles/flood.html").await;
    desk.newsroom.take_down(&desk.ask(article(1)), "失实").await.unwrap();
    let down = get(site.addr, "/articles/flood.html").await;
    assert_eq!(down.status, 404);
    assert_eq!(down.headers["content-type"], "text/html; charset=utf-8");
    assert_eq!(down.body, desk.files()["404.html"]);
    assert!(!String::from_utf8(get(site.addr, "/").await.body).unwrap().contains("flood.html"));
    desk.newsroom.put_back(&desk.ask(article(1))).await.unwrap();
    let back = get(site.addr, "/articles/flood.html").await;
    assert_eq!((back.status, back.body), (200, before.body));
}

#[tokio::test]
async fn nothing_but_the_files_of_the_site_is_ever_served() {
    let desk = Desk::new().await;
    desk.publish(article(1), &flood("flood")).await;
    std::fs::write(desk.library().join("secret.html"), "secret").unwrap();
    std::fs::write(desk.site().join("articles").join(".galley-tmp-x.html"), "half").unwrap();
    std::fs::write(desk.site().join("Upper.html"), "secret").unwrap();
    #[cfg(unix)]
    for (link, to) in [("link.html", "secret.html"), ("out", "")] {
        std::os::unix::fs::symlink(desk.library().join(to), desk.site().join(link)).unwrap();
    }
    let site = served(&desk).await;
    for path in [
        "/../secret.html",
        "/articles/../../secret.html",
        "/articles/..%2f..%2fsecret.html",
        "/%2e%2e/secret.html",
        "/..%5csecret.html",
        "/..\\secret.html",
        "//secret.html",
        "/./index.html",
        "/.galley-site",
        "/%2egalley-site",
        "/articles/.galley-tmp-x.html",
        "/articles",
        "/articles/",
        "/Upper.html",
        "/ARTICLES/flood.html",
        "/articles/flood.html/",
        "/articles/flood",
        "/articles/flood.html%00",
        "/link.html",
        "/out/secret.html",
        "/newsroom.sqlite",
        "/c:/secret.html",
        "/nul",
    ] {
        let reply = get(site.addr, path).await;
        assert!(matches!(reply.status, 404 | 400), "{path}: {}", reply.status);
        let body = String::from_utf8_lossy(&reply.body);
        assert!(!body.contains("secret") && !body.contains("half") && !body.contains("newsroom\""), "{path}");
    }
}

#[tokio::test]
async fn only_this_computer_is_answered_by_names_that_mean_this_computer() {
    let desk = Desk::new().await;
    let site = served(&desk).await;
    let port = site.addr.port();
    assert!(site.addr.ip().is_loopback());
    for (host, expected) in [
        (format!("127.0.0.1:{port}"), 200),
        (format!("localhost:{port}"), 200),
        (format!("LocalHost:{port}"), 200),
        (format!("[::1]:{port}"), 200),
        ("127.0.0.1".to_owned(), 200),
        ("news.example".to_owned(), 421),
        (format!("news.example:{port}"), 421),
        ("127.0.0.1.news.example".to_owned(), 421),
        ("localhost.news.example".to_owned(), 421),
        ("localhost@news.example".to_owned(), 421),
        (String::new(), 421),
    ] {
        let request = format!("GET / HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n");
        let reply = send(site.addr, &request).await;
        assert_eq!(reply.status, expected, "{host:?}");
        assert_eq!(reply.body.starts_with(b"<!doctype html>"), expected == 200, "{host:?}");
    }
    let without = send(site.addr, "GET / HTTP/1.0\r\n\r\n").await;
    assert_eq!(without.status, 421);
    let absolute =
        format!("GET http://news.example/ HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: close\r\n\r\n");
    assert_eq!(send(site.addr, &absolute).await.status, 421);
}

#[tokio::test]
async fn a_reader_who_has_the_page_is_told_so_until_it_changes() {
    let desk = Desk::new().await;
    desk.publish(article(1), &flood("flood")).await;
    let site = served(&desk).await;
    let page = "/articles/flood.html";
    let first = get(site.addr, page).await;
    let known = format!("If-None-Match: {}\r\n", first.headers["etag"]);
    let again = ask(site.addr, "GET", page, &known).await;
    assert_eq!((again.status, again.body.len()), (304, 0));
    desk.publish(article(1), &Content { body: "洪峰已退。\n".to_owned(), ..flood("flood") }).await;
    let changed = ask(site.addr, "GET", page, &known).await;
    assert_eq!(changed.status, 200);
    assert!(String::from_utf8(changed.body).unwrap().contains("洪峰已退"));
}

#[tokio::test]
async fn head_has_no_body_and_nothing_can_be_written() {
    let desk = Desk::new().await;
    let site = served(&desk).await;
    let whole = get(site.addr, "/").await;
    let head = ask(site.addr, "HEAD", "/", "").await;
    assert_eq!((head.status, head.body.len()), (200, 0));
    assert_eq!(head.headers["content-length"], whole.body.len().to_string());
    for method in ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "PROPFIND"] {
        let reply = ask(site.addr, method, "/index.html", "Content-Length: 0\r\n").await;
        assert_eq!((reply.status, reply.headers["allow"].as_str()), (405, "GET, HEAD"), "{method}");
    }
}

#[tokio::test]
async fn a_folder_that_vanished_is_a_404_and_served_again_once_rebuilt() {
    let desk = Desk::new().await;
    desk.publish(article(1), &flood("flood")).await;
    let site = served(&desk).await;
    std::fs::remove_dir_all(desk.site()).unwrap();
    assert_eq!(get(site.addr, "/articles/flood.html").await.status, 404);
    desk.newsroom.rebuild_site(desk.now()).await.unwrap();
    assert_eq!(get(site.addr, "/articles/flood.html").await.status, 200);
}

#[tokio::test]
async fn the_preferred_port_is_taken_when_it_is_free_and_another_when_it_is_not() {
    let desk = Desk::new().await;
    let first = served(&desk).await;
    let port = first.addr.port();
    let second = serve(&desk.site(), port).await.unwrap();
    assert_ne!(second.addr.port(), port);
    assert_eq!(first.base_url(), format!("http://127.0.0.1:{port}"));
    first.stop().await;
    let third = serve(&desk.site(), port).await.unwrap();
    assert_eq!(third.addr.port(), port);
    assert_eq!(get(third.addr, "/").await.status, 200);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reader_never_gets_half_a_page_while_it_is_published_again() {
    let desk = Arc::new(Desk::new().await);
    let version = |word: &str| Content { body: format!("{}\n", word.repeat(20_000)), ..flood("flood") };
    desk.publish(article(1), &version("日")).await;
    let site = served(&desk).await;
    let done = Arc::new(AtomicBool::new(false));
    let writing = tokio::spawn({
        let (desk, done) = (desk.clone(), done.clone());
        async move {
            for n in 0..12 {
                desk.publish(article(1), &version(if n % 2 == 0 { "夜" } else { "日" })).await;
            }
            done.store(true, Ordering::Release);
        }
    });
    let mut n_read = 0;
    while !done.load(Ordering::Acquire) || n_read < 12 {
        let reply = get(site.addr, "/articles/flood.html").await;
        assert_eq!(reply.status, 200);
        assert_eq!(reply.headers["content-length"], reply.body.len().to_string());
        let page = String::from_utf8(reply.body).unwrap();
        let (days, nights) = (page.matches('日').count(), page.matches('夜').count());
        assert!(page.trim_end().ends_with("</html>"));
        assert!(days >= 20_000 && nights < 10 || nights >= 20_000 && days < 10, "{days} and {nights}");
        n_read += 1;
    }
    writing.await.unwrap();
}
