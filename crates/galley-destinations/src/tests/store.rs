//! A site in a bucket of a real server, and everything that can break between the two.

use std::time::Duration;

use galley_testkit::buckets::{Buckets, Middleman, Treatment};

use super::*;
use crate::{Patience, SiteStore, StoreAddress, StoreKeys, StoreProblem};

const BUCKET: &str = "county-news";

/// Asked again soon and not for long.
fn patience(retries: usize) -> Patience {
    Patience { retries, time: Duration::from_secs(20), request: Duration::from_secs(20) }
}

fn opened(place: &str, endpoint: &str, keys: StoreKeys, newsroom: Uuid, retries: usize) -> SiteStore {
    let address = StoreAddress::of(place, Some(endpoint), None).unwrap();
    SiteStore::of(address, keys, newsroom, patience(retries)).unwrap()
}

fn any_keys() -> StoreKeys {
    StoreKeys::new("any", "any")
}

fn store(endpoint: &str) -> SiteStore {
    opened("s3://county-news", endpoint, any_keys(), COUNTY, 3)
}

fn buckets() -> Buckets {
    let buckets = Buckets::start();
    buckets.make(BUCKET);
    buckets
}

fn text(n: usize) -> String {
    format!("第{n}版：湖心岛步道今日开放。\n").repeat(60)
}

fn photo() -> (Vec<u8>, Sha256) {
    let photo = b"photo".to_vec();
    let sha256 = Sha256::of(&photo);
    (photo, sha256)
}

fn whole_site(n: usize) -> Change {
    let sha256 = photo().1;
    Change {
        assets: vec![file("/assets/page-1a.css", "a{color:black}\n".repeat(100))],
        media: vec![original(path(&format!("/media/{sha256}.jpg")), sha256)],
        pages: vec![file("/articles/flood.html", text(n)), file("/articles/short.html", "short")],
        lists: vec![file("/index.html", text(n + 1000)), file("/feed.xml", text(n + 2000))],
        removed: vec![path("/articles/old.html")],
    }
}

fn photos() -> Photos {
    let (photo, sha256) = photo();
    Photos([(sha256, photo)].into())
}

#[track_caller]
fn check_problem(result: Result<(), SiteError>, expected: StoreProblem) {
    match result {
        Err(SiteError::Store { problem, place, .. }) => {
            assert_eq!(problem, expected);
            assert!(place.starts_with("s3://"), "{place}");
        }
        other => panic!("{other:?}"),
    }
}

#[track_caller]
fn check_holds(site: &SiteStore, change: &Change) {
    for file in change.assets.iter().chain(&change.pages).chain(&change.lists) {
        assert_eq!(site.read(&file.path).unwrap().as_ref(), Some(&file.bytes), "{}", file.path);
    }
    for path in &change.removed {
        assert_eq!(site.read(path).unwrap(), None, "{path}");
    }
}

#[test]
fn a_site_in_a_bucket_has_the_headers_of_a_site_that_is_served() {
    let buckets = buckets();
    let site = store(&buckets.endpoint());
    site.take().unwrap();
    site.take().unwrap();
    let old = Change { pages: vec![file("/articles/old.html", "old")], ..Change::default() };
    site.apply(&old, &NoPhotos, &mut go_on).unwrap();
    let change = whole_site(1);
    let mut steps = Vec::new();
    let mut note = |step: Step<'_>| {
        steps.push(format!("{step:?}").split('(').next().unwrap_or_default().to_owned());
        Ok(())
    };
    site.apply(&change, &photos(), &mut note).unwrap();
    assert_eq!(steps, ["Asset", "Media", "Page", "Page", "List", "List", "Remove"]);
    check_holds(&site, &change);
    let (photo, sha256) = photo();
    assert_eq!(site.read(&path(&format!("/media/{sha256}.jpg"))).unwrap(), Some(photo));
    assert_eq!(
        site.files(&path("/articles")).unwrap(),
        [path("/articles/flood.html"), path("/articles/short.html")]
    );
    assert_eq!(site.files(&path("/none")).unwrap(), []);

    let (ask, keep) = ("no-cache", "public, max-age=31536000, immutable");
    for (key, kind, caching, encoding) in [
        ("index.html", "text/html; charset=utf-8", ask, Some("gzip")),
        ("articles/short.html", "text/html; charset=utf-8", ask, None),
        ("feed.xml", "application/xml; charset=utf-8", ask, Some("gzip")),
        ("assets/page-1a.css", "text/css; charset=utf-8", keep, Some("gzip")),
        (&format!("media/{sha256}.jpg"), "image/jpeg", keep, None),
    ] {
        let reply = buckets.ask("GET", &format!("/{BUCKET}/{key}"), &[], b"");
        assert_eq!(reply.status, 200, "{key}");
        assert_eq!(reply.header("content-type"), Some(kind), "{key}");
        assert_eq!(reply.header("cache-control"), Some(caching), "{key}");
        assert_eq!(reply.header("content-encoding"), encoding, "{key}");
    }
}

#[test]
fn what_is_there_and_the_same_is_not_sent_again() {
    let buckets = buckets();
    let middleman = Middleman::before(buckets.addr);
    let site = store(&middleman.endpoint());
    site.take().unwrap();
    site.apply(&whole_site(1), &photos(), &mut go_on).unwrap();
    let puts = || -> Vec<String> {
        let mut puts: Vec<_> =
            middleman.seen().into_iter().filter(|request| request.starts_with("PUT")).collect();
        puts.sort();
        puts
    };
    middleman.treat(|_, _| Treatment::Pass);
    // The photo's source is not asked either.
    site.apply(&whole_site(1), &NoPhotos, &mut go_on).unwrap();
    assert_eq!(puts(), [""; 0]);
    site.apply(&whole_site(2), &NoPhotos, &mut go_on).unwrap();
    let changed = ["articles/flood.html", "feed.xml", "index.html"];
    assert_eq!(puts(), changed.map(|key| format!("PUT /{BUCKET}/{key}")));
    // Other headers are another object, even with the same bytes.
    let other = [("Content-Type", "text/plain"), ("x-amz-meta-sha256", "00")];
    assert_eq!(buckets.ask("PUT", &format!("/{BUCKET}/articles/short.html"), &other, b"short").status, 200);
    middleman.treat(|_, _| Treatment::Pass);
    site.apply(&whole_site(2), &NoPhotos, &mut go_on).unwrap();
    assert_eq!(puts(), [format!("PUT /{BUCKET}/articles/short.html")]);
}

#[test]
fn a_bucket_of_others_is_refused_and_stays_as_it_was() {
    let buckets = buckets();
    let endpoint = buckets.endpoint();
    let at = |place: &str, newsroom| opened(place, &endpoint, any_keys(), newsroom, 1);
    // A part of a bucket is a place of its own, whatever lies beside it.
    assert_eq!(buckets.ask("PUT", &format!("/{BUCKET}/letters/mine.txt"), &[], b"mine").status, 200);
    assert_eq!(buckets.ask("PUT", &format!("/{BUCKET}/broken/.galley-site"), &[], b"{").status, 200);
    at("s3://county-news/www", COUNTY).take().unwrap();
    at("s3://county-news/city", CITY).take().unwrap();
    let before = buckets.keys(BUCKET);
    assert_eq!(before.len(), 4);
    for (place, is_expected) in [
        ("s3://county-news", (|error| matches!(error, SiteError::Foreign { .. })) as fn(&SiteError) -> bool),
        ("s3://county-news/letters", |error| matches!(error, SiteError::Foreign { .. })),
        ("s3://county-news/broken", |error| matches!(error, SiteError::Foreign { .. })),
        ("s3://county-news/city", |error| matches!(error, SiteError::OtherNewsroom { .. })),
    ] {
        let site = at(place, COUNTY);
        for refused in [site.take(), site.check(), site.apply(&whole_site(1), &photos(), &mut go_on)] {
            let error = refused.unwrap_err();
            assert!(error.of_store().unwrap().0.starts_with("s3://county-news"));
            assert!(is_expected(&error), "{place}: {error:?}");
        }
    }
    let emptied =
        at("s3://county-news/none", COUNTY).apply(&whole_site(1), &photos(), &mut go_on).unwrap_err();
    assert!(matches!(emptied, SiteError::Vanished { .. }), "{emptied:?}");
    assert_eq!(buckets.keys(BUCKET), before);
}

#[test]
fn no_bucket_wrong_keys_and_missing_rights_are_told_apart_from_a_network_that_fails() {
    let buckets = buckets();
    let endpoint = buckets.endpoint();
    check_problem(
        opened("s3://no-such-bucket", &endpoint, any_keys(), COUNTY, 1).take(),
        StoreProblem::NoBucket,
    );
    store(&endpoint).take().unwrap();
    let (id, secret) = buckets.guard("s3:Get*");
    let with =
        |id: &str, secret: &str| opened("s3://county-news", &endpoint, StoreKeys::new(id, secret), COUNTY, 1);
    check_problem(with("AKIAUNKNOWN", &secret).check(), StoreProblem::Denied);
    check_problem(with(&id, "another secret").check(), StoreProblem::Denied);
    let reader = with(&id, &secret);
    reader.check().unwrap();
    check_problem(reader.apply(&whole_site(1), &photos(), &mut go_on), StoreProblem::Denied);
    drop(buckets);
    check_problem(with(&id, &secret).check(), StoreProblem::Unreachable);
}

#[test]
fn a_place_is_tried_out_without_being_taken() {
    let buckets = buckets();
    let endpoint = buckets.endpoint();
    assert_eq!(buckets.ask("PUT", &format!("/{BUCKET}/letters/mine.txt"), &[], b"mine").status, 200);
    let at = |place: &str, newsroom| opened(place, &endpoint, any_keys(), newsroom, 1);
    at("s3://county-news/city", CITY).take().unwrap();
    let before = buckets.keys(BUCKET);
    at("s3://county-news/www", COUNTY).try_out().unwrap();
    at("s3://county-news/city", CITY).try_out().unwrap();
    let foreign = at("s3://county-news/letters", COUNTY).try_out().unwrap_err();
    assert!(matches!(foreign, SiteError::Foreign { .. }), "{foreign:?}");
    let others = at("s3://county-news/city", COUNTY).try_out().unwrap_err();
    assert!(matches!(others, SiteError::OtherNewsroom { .. }), "{others:?}");
    check_problem(at("s3://no-such-bucket", COUNTY).try_out(), StoreProblem::NoBucket);
    assert_eq!(buckets.keys(BUCKET), before);
    // Cut off before it could remove what it wrote, it leaves nothing that would bar the place.
    let middleman = Middleman::before(buckets.addr);
    let cut = opened("s3://county-news/www", &middleman.endpoint(), any_keys(), COUNTY, 0);
    middleman.treat(|_, path| if path.contains("?delete") { Treatment::Cut } else { Treatment::Pass });
    check_problem(cut.try_out(), StoreProblem::Unreachable);
    assert_eq!(buckets.keys(BUCKET).len(), before.len() + 1);
    at("s3://county-news/www", COUNTY).take().unwrap();
}

#[test]
fn who_may_only_read_is_told_so_when_the_place_is_tried_out() {
    let buckets = buckets();
    let (id, secret) = buckets.guard("s3:Get*");
    let endpoint = buckets.endpoint();
    for keys in [StoreKeys::new(&id, &secret), StoreKeys::new(&id, "another secret")] {
        check_problem(opened("s3://county-news", &endpoint, keys, COUNTY, 1).try_out(), StoreProblem::Denied);
    }
}

#[test]
fn a_server_that_dies_in_the_middle_is_told_and_one_that_is_overloaded_is_asked_again() {
    let mut buckets = buckets();
    let middleman = Middleman::before(buckets.addr);
    let site = store(&middleman.endpoint());
    site.take().unwrap();
    let mut left = 3;
    middleman.treat(move |method, _| {
        let is_refused = method == "PUT" && left > 0;
        left -= i32::from(is_refused);
        if is_refused { Treatment::SlowDown } else { Treatment::Pass }
    });
    site.apply(&whole_site(1), &photos(), &mut go_on).unwrap();
    check_holds(&site, &whole_site(1));
    middleman.treat(|method, _| if method == "PUT" { Treatment::SlowDown } else { Treatment::Pass });
    check_problem(site.apply(&whole_site(2), &photos(), &mut go_on), StoreProblem::Busy);
    middleman.treat(|_, _| Treatment::Pass);
    check_holds(&site, &whole_site(1));
    let mut n_steps = 0;
    let mut kill_at_pages = |_: Step<'_>| {
        n_steps += 1;
        if n_steps == 3 {
            buckets.kill();
        }
        Ok(())
    };
    let died = site.apply(&whole_site(2), &photos(), &mut kill_at_pages);
    check_problem(died, StoreProblem::Unreachable);
}

#[test]
fn cut_off_at_any_request_every_object_is_whole_and_the_same_change_completes_it() {
    let buckets = buckets();
    let middleman = Middleman::before(buckets.addr);
    let site = opened("s3://county-news", &middleman.endpoint(), any_keys(), COUNTY, 0);
    site.take().unwrap();
    let old = Change { pages: vec![file("/articles/old.html", "old")], ..whole_site(1) };
    site.apply(&Change { removed: Vec::new(), ..old }, &photos(), &mut go_on).unwrap();
    for (n, treatment) in [Treatment::Cut, Treatment::Swallow].into_iter().cycle().take(12).enumerate() {
        let change = whole_site(n + 2);
        let (before, mut left) = (whole_site(n + 1), n);
        middleman.treat(move |_, _| match left {
            0 => treatment,
            _ => {
                left -= 1;
                Treatment::Pass
            }
        });
        check_problem(site.apply(&change, &photos(), &mut go_on), StoreProblem::Unreachable);
        middleman.treat(|_, _| Treatment::Pass);
        for (old, new) in
            before.pages.iter().chain(&before.lists).zip(change.pages.iter().chain(&change.lists))
        {
            if let Some(found) = site.read(&old.path).unwrap() {
                assert!(found == old.bytes || found == new.bytes, "{}", old.path);
            }
        }
        site.apply(&change, &photos(), &mut go_on).unwrap();
        check_holds(&site, &change);
    }
}

#[test]
fn what_does_not_read_back_as_it_was_sent_is_told() {
    let buckets = buckets();
    let middleman = Middleman::before(buckets.addr);
    let site = store(&middleman.endpoint());
    site.take().unwrap();
    middleman.treat(|method, path| {
        if method == "GET" && path.ends_with("flood.html") { Treatment::Spoil } else { Treatment::Pass }
    });
    let error = site.apply(&whole_site(1), &photos(), &mut go_on).unwrap_err();
    assert!(matches!(error, SiteError::Verify { .. }), "{error:?}");
}
