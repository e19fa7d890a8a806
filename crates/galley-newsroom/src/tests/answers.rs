//! What the server answers to all that may be asked of a file, over real sockets: encodings, conditions, ranges.

use std::fs;
use std::path::{Path, PathBuf};

use galley_destinations::{Change, Encoding, NoPhotos, SiteFile, SiteFolder, SiteOutput as _};
use galley_model::site::SiteSettings;
use tempfile::TempDir;
use uuid::Uuid;

use super::http::{Reply, ask, get};
use crate::{Departure, Served, SiteServer, Told, serve, serve_routes};

const PAGE: &str = "/articles/flood.html";

fn text(n: usize) -> String {
    format!("第{n:03}版：湖心岛步道今日开放。\n").repeat(60)
}

struct Site {
    place: TempDir,
    folder: SiteFolder,
    served: Served,
}

impl Site {
    async fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let folder = SiteFolder::claim(&place.path().join("site"), Uuid::from_u128(1)).unwrap();
        let served = serve(folder.root(), 0).await.unwrap();
        let site = Self { place, folder, served };
        site.write(PAGE, text(1));
        site.write("/404.html", "没有这一页。".repeat(200));
        site
    }

    /// As the newsroom writes it.
    fn write(&self, at: &str, bytes: impl Into<Vec<u8>>) {
        let file = SiteFile { path: at.parse().unwrap(), bytes: bytes.into() };
        let change = Change { pages: vec![file], ..Change::default() };
        self.folder.apply(&change, &NoPhotos, &mut |_| Ok(())).unwrap();
    }

    fn file(&self, at: &str) -> PathBuf {
        self.folder.root().join(at.trim_start_matches('/'))
    }

    async fn get(&self, at: &str, more: &str) -> Reply {
        ask(self.served.addr, "GET", at, more).await
    }
}

fn encoding_of(reply: &Reply) -> Option<Encoding> {
    let name = reply.headers.get("content-encoding")?;
    Some(Encoding::ALL.into_iter().find(|encoding| encoding.name() == name).expect("one that was asked for"))
}

/// Whether a whole answer is of these bytes, however it was packed.
#[track_caller]
fn check_shows(reply: &Reply, plain: &str) {
    assert_eq!(reply.status, 200);
    let shows = match encoding_of(reply) {
        None => reply.body == plain.as_bytes(),
        Some(encoding) => encoding.unpacks_to(&reply.body, plain.as_bytes()),
    };
    assert!(shows, "{:?}", reply.headers);
}

#[tokio::test]
async fn each_form_has_its_own_tag_and_each_reader_the_form_that_suits() {
    let site = Site::new().await;
    let mut tags = Vec::new();
    for (accepted, expected) in [
        ("br, gzip", Some(Encoding::Brotli)),
        ("gzip", Some(Encoding::Gzip)),
        ("gzip;q=1, br;q=0.1", Some(Encoding::Gzip)),
        ("identity", None),
        ("zstd", None),
    ] {
        let reply = site.get(PAGE, &format!("Accept-Encoding: {accepted}\r\n")).await;
        assert_eq!(encoding_of(&reply), expected, "{accepted}");
        check_shows(&reply, &text(1));
        assert_eq!(reply.headers["vary"], "accept-encoding");
        assert_eq!(reply.headers["content-length"], reply.body.len().to_string());
        assert_eq!(reply.headers["cache-control"], "no-cache");
        let head = ask(site.served.addr, "HEAD", PAGE, &format!("Accept-Encoding: {accepted}\r\n")).await;
        for name in ["etag", "content-length", "content-type", "vary"] {
            assert_eq!(head.headers[name], reply.headers[name], "{name}");
        }
        assert_eq!((head.status, head.body.len()), (200, 0));
        tags.push((expected, reply.headers["etag"].clone()));
    }
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), 3, "{tags:?}");
    let distinct: std::collections::BTreeSet<_> = tags.iter().map(|(_, tag)| tag).collect();
    assert_eq!(distinct.len(), 3, "{tags:?}");
    for (encoding, tag) in &tags {
        assert!(tag.starts_with('"') && tag.ends_with('"'), "strong: {tag}");
        let accepted = encoding.map_or("identity", Encoding::name);
        for (_, known) in &tags {
            let asked = format!("Accept-Encoding: {accepted}\r\nIf-None-Match: {known}\r\n");
            let reply = site.get(PAGE, &asked).await;
            assert_eq!(reply.status, if known == tag { 304 } else { 200 }, "{accepted} {known}");
            assert_eq!(reply.headers["etag"], *tag);
        }
        let failed = site.get(PAGE, &format!("Accept-Encoding: {accepted}\r\nIf-Match: \"other\"\r\n")).await;
        assert_eq!((failed.status, failed.body.len()), (412, 0));
    }
}

#[tokio::test]
async fn a_file_that_changes_is_never_served_old_whoever_changed_it() {
    let site = Site::new().await;
    let accepted = "Accept-Encoding: br, gzip\r\n";
    for n in 2..40 {
        match n % 4 {
            0 => site.write(PAGE, text(n)),
            // Another program, in place: as long as before, and within one step of the system's clock.
            1 => fs::write(site.file(PAGE), text(n)).unwrap(),
            2 => {
                let aside = site.place.path().join("aside");
                fs::write(&aside, text(n)).unwrap();
                fs::rename(&aside, site.file(PAGE)).unwrap();
            }
            _ => {
                fs::remove_file(site.file(PAGE)).unwrap();
                assert_eq!(site.get(PAGE, accepted).await.status, 404);
                fs::write(site.file(PAGE), text(n)).unwrap();
            }
        }
        for _ in 0..3 {
            check_shows(&site.get(PAGE, accepted).await, &text(n));
        }
    }
}

#[tokio::test]
async fn a_packed_form_of_other_bytes_is_never_served() {
    let site = Site::new().await;
    let old: Vec<(Encoding, Vec<u8>)> =
        Encoding::ALL.map(|encoding| (encoding, fs::read(encoding.place(&site.file(PAGE))).unwrap())).into();
    // A crash came between the page and its packed forms, and they are even newer than the page.
    fs::write(site.file(PAGE), text(2)).unwrap();
    for (encoding, bytes) in &old {
        fs::write(encoding.place(&site.file(PAGE)), bytes).unwrap();
    }
    for accepted in ["br", "gzip", "br, gzip"] {
        let reply = site.get(PAGE, &format!("Accept-Encoding: {accepted}\r\n")).await;
        assert_eq!(encoding_of(&reply), None);
        check_shows(&reply, &text(2));
    }
    // Nor is it there under its own name, or without its page.
    fs::remove_file(site.file(PAGE)).unwrap();
    for at in [PAGE.to_owned(), format!("{PAGE}.gz"), format!("{PAGE}.br")] {
        assert_eq!(site.get(&at, "Accept-Encoding: br, gzip\r\n").await.status, 404, "{at}");
    }
}

#[tokio::test]
async fn a_part_is_given_of_the_form_that_was_asked_for() {
    let site = Site::new().await;
    let plain = text(1).into_bytes();
    let gzip = fs::read(Encoding::Gzip.place(&site.file(PAGE))).unwrap();
    for (accepted, bytes) in [("identity", &plain), ("gzip", &gzip)] {
        let len = bytes.len();
        let whole = site.get(PAGE, &format!("Accept-Encoding: {accepted}\r\n")).await;
        assert_eq!(whole.headers["accept-ranges"], "bytes");
        let tag = whole.headers["etag"].clone();
        let asked =
            |range: &str, more: &str| format!("Accept-Encoding: {accepted}\r\nRange: {range}\r\n{more}");
        for (range, from, to) in [
            ("bytes=0-9", 0, 10),
            ("bytes=10-", 10, len),
            ("bytes=-7", len - 7, len),
            ("bytes=5-999999", 5, len),
        ] {
            let part = site.get(PAGE, &asked(range, &format!("If-Range: {tag}\r\n"))).await;
            assert_eq!((part.status, &part.body[..]), (206, &bytes[from..to]), "{accepted} {range}");
            assert_eq!(part.headers["content-range"], format!("bytes {from}-{}/{len}", to - 1));
            assert_eq!(part.headers["content-length"], (to - from).to_string());
            assert_eq!(part.headers["etag"], tag);
            assert_eq!(part.headers.get("content-encoding"), whole.headers.get("content-encoding"));
        }
        let changed = site.get(PAGE, &asked("bytes=0-9", "If-Range: \"other\"\r\n")).await;
        assert_eq!((changed.status, &changed.body), (200, bytes));
        let beyond = site.get(PAGE, &asked(&format!("bytes={len}-"), "")).await;
        assert_eq!((beyond.status, beyond.body.len()), (416, 0));
        assert_eq!(beyond.headers["content-range"], format!("bytes */{len}"));
        let head = ask(site.served.addr, "HEAD", PAGE, &asked("bytes=0-9", "")).await;
        assert_eq!((head.status, head.headers["content-length"].as_str()), (200, len.to_string().as_str()));
    }
}

#[tokio::test]
async fn hostile_ranges_cost_no_more_than_the_file() {
    let site = Site::new().await;
    let plain = text(1);
    let many = format!("bytes={}0-", "0-,".repeat(1300));
    for range in [
        many.as_str(),
        "bytes=0-0,0-0,0-0",
        "bytes=18446744073709551615-18446744073709551616",
        "bytes=-18446744073709551616",
        "bytes=9-1",
        "bytes=a-b",
        "bytes=0-\u{b2}",
        "bytes",
        "=",
    ] {
        let reply = site.get(PAGE, &format!("Range: {range}\r\nRange: {range}\r\n")).await;
        check_shows(&reply, &plain);
        let reply = site.get(PAGE, &format!("Range: {range}\r\n")).await;
        assert!(matches!(reply.status, 200 | 206 | 416), "{range}: {}", reply.status);
        assert!(reply.body.len() <= plain.len(), "{range}");
    }
}

#[tokio::test]
async fn a_large_file_is_sent_from_the_disk_whole_and_in_part() {
    let site = Site::new().await;
    let video: Vec<u8> = (0..3_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    site.write("/media/1a2b.mp4", video.clone());
    let whole = get(site.served.addr, "/media/1a2b.mp4").await;
    assert!(whole.status == 200 && whole.body == video);
    assert_eq!(whole.headers["content-type"], "video/mp4");
    assert!(whole.headers["cache-control"].contains("immutable"));
    assert!(!whole.headers.contains_key("vary"));
    let (from, to) = (1_234_567, 2_345_678);
    let part = site.get("/media/1a2b.mp4", &format!("Range: bytes={from}-{}\r\n", to - 1)).await;
    assert!(part.status == 206 && part.body == video[from..to]);
    let head = ask(site.served.addr, "HEAD", "/media/1a2b.mp4", "").await;
    assert_eq!((head.headers["content-length"].as_str(), head.body.len()), ("3000000", 0));
    // Large text is packed too, and its packed form believed only as it is.
    let feed = "<item>湖心岛步道今日开放。</item>\n".repeat(30_000);
    site.write("/feed.xml", feed.clone());
    let reply = site.get("/feed.xml", "Accept-Encoding: gzip\r\n").await;
    assert_eq!(encoding_of(&reply), Some(Encoding::Gzip));
    check_shows(&reply, &feed);
    let other = feed.replace("今日", "明日");
    fs::write(site.file("/feed.xml"), &other).unwrap();
    check_shows(&site.get("/feed.xml", "Accept-Encoding: gzip\r\n").await, &other);
}

#[tokio::test]
async fn what_went_away_or_elsewhere_is_told_as_that() {
    let site = Site::new().await;
    let told = Told::default();
    let server = SiteServer::telling(site.folder.root(), told.clone());
    let served = serve_routes(server.public_router(), 0).await.unwrap();
    let path = |at: &str| at.parse().unwrap();
    told.departures().set(path("/articles/gone.html"), Some(Departure::Gone));
    told.departures().set(path("/articles/old.html"), Some(Departure::MovedTo(path(PAGE))));
    told.departures().set(path(PAGE), Some(Departure::Gone));
    // A page for readers of the bare folder stands there too.
    site.write("/articles/old.html", "moved");
    let gone = get(served.addr, "/articles/gone.html").await;
    assert_eq!(gone.status, 410);
    assert!(String::from_utf8_lossy(&gone.body).contains("没有这一页"));
    let moved = get(served.addr, "/articles/old.html").await;
    assert_eq!((moved.status, moved.headers["location"].as_str()), (301, PAGE));
    assert_eq!(get(served.addr, PAGE).await.status, 200, "it was put back");
    told.departures().set(path("/articles/gone.html"), None);
    let missing = ask(served.addr, "GET", "/articles/gone.html", "Accept-Encoding: br\r\n").await;
    assert_eq!((missing.status, encoding_of(&missing)), (404, Some(Encoding::Brotli)));
    assert!(!missing.headers.contains_key("etag"));

    told.follow(&SiteSettings { embed_hosts: vec!["media.example".to_owned()], ..SiteSettings::chinese() });
    site.write("/media/1a.jpg", "photo");
    let (page, photo) = (get(served.addr, PAGE).await, get(served.addr, "/media/1a.jpg").await);
    assert!(page.headers["content-security-policy"].contains("media.example"));
    assert_eq!(page.headers["cross-origin-resource-policy"], "same-origin");
    assert_eq!(photo.headers["cross-origin-resource-policy"], "cross-origin");
    assert_eq!(
        get(site.served.addr, "/media/1a.jpg").await.headers["cross-origin-resource-policy"],
        "same-origin"
    );
}

#[cfg(unix)]
#[tokio::test]
async fn a_link_is_not_followed_though_its_file_was_served_before() {
    let site = Site::new().await;
    check_shows(&site.get(PAGE, "").await, &text(1));
    let outside: &Path = site.place.path();
    fs::create_dir(outside.join("articles")).unwrap();
    fs::write(outside.join("articles/flood.html"), "mine").unwrap();
    fs::remove_dir_all(site.file("/articles")).unwrap();
    std::os::unix::fs::symlink(outside.join("articles"), site.file("/articles")).unwrap();
    assert_eq!(site.get(PAGE, "").await.status, 404);
    fs::remove_file(site.file("/articles")).unwrap();
    fs::create_dir(site.file("/articles")).unwrap();
    std::os::unix::fs::symlink(outside.join("articles/flood.html"), site.file(PAGE)).unwrap();
    assert_eq!(site.get(PAGE, "").await.status, 404);
}
