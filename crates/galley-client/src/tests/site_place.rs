//! A site of this computer's newsroom in a bucket of a real store, from the settings to the reader.

use std::path::Path;

use galley_testkit::buckets::Buckets;

use super::publishing::{draft, previewed, publish};
use super::{Desk, open};
use crate::api::{
    ApiError, ErrorCode, Preferences, PublicationState, PublishRequest, SiteBucket, SiteSettingsVersion,
};

const BUCKET: &str = "county-news";

async fn buckets() -> Buckets {
    let buckets = tokio::task::spawn_blocking(Buckets::start).await.unwrap();
    buckets.make(BUCKET);
    buckets
}

fn bucket(endpoint: &str, prefix: &str, key_id: &str) -> SiteBucket {
    SiteBucket {
        used: true,
        endpoint: endpoint.to_owned(),
        region: String::new(),
        bucket: BUCKET.to_owned(),
        prefix: prefix.to_owned(),
        key_id: key_id.to_owned(),
        secret_in: String::new(),
    }
}

/// Says where readers reach the bucket.
async fn with_address(desk: &Desk) {
    let SiteSettingsVersion { version, mut settings } = desk.galley.site_settings().await.unwrap();
    settings.base_url = "https://news.example".to_owned();
    desk.galley.save_site_settings(SiteSettingsVersion { version, settings }).await.unwrap();
}

async fn move_to(desk: &Desk, site_store: SiteBucket, secret: &str) -> Result<Preferences, ApiError> {
    let now = desk.galley.preferences().await.unwrap();
    desk.galley.save_preferences(Preferences { site_store, ..now }, secret).await
}

/// The files of a folder that hold these bytes.
fn holding(folder: &Path, needle: &str) -> Vec<String> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(holding(&path, needle));
        } else if let Ok(bytes) = std::fs::read(&path)
            && bytes.windows(needle.len()).any(|window| window == needle.as_bytes())
        {
            found.push(entry.file_name().to_string_lossy().into_owned());
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn the_site_is_published_to_a_bucket_and_after_the_next_start_too() {
    let (buckets, dir) = (buckets().await, tempfile::tempdir().unwrap());
    let secret = "a secret of the county";
    let desk = open(dir.path()).await;
    let (article, _) = draft(&desk).await;
    let place = bucket(&buckets.endpoint(), "www", "AKIA");
    let refused = move_to(&desk, place.clone(), secret).await.unwrap_err();
    assert_eq!(
        (refused.code, refused.values["field"].as_str()),
        (ErrorCode::InvalidSetting, "base_url_of_store")
    );
    with_address(&desk).await;
    let saved = move_to(&desk, place.clone(), secret).await.unwrap();
    assert!(["keychain", "file"].contains(&saved.site_store.secret_in.as_str()), "{saved:?}");
    assert_eq!(desk.galley.start().await.unwrap().site_address, None, "nothing is served here");
    let SiteSettingsVersion { version, mut settings } = desk.galley.site_settings().await.unwrap();
    settings.base_url.clear();
    let cleared = desk.galley.save_site_settings(SiteSettingsVersion { version, settings }).await;
    assert_eq!(cleared.unwrap_err().values["field"], "base_url_of_store");
    let live = publish(&desk, article).await;
    assert_eq!(live.publication, PublicationState::Live);
    let address = live.address.unwrap();
    let path = address.strip_prefix("https://news.example/").unwrap();
    let key = format!("www/{path}");
    assert!(buckets.keys(BUCKET).contains(&key), "{key}");
    desk.galley.close().await.unwrap();
    desk.crash().await;
    let holders = holding(dir.path(), secret);
    let expected: &[&str] = if saved.site_store.secret_in == "file" { &["token"] } else { &[] };
    assert_eq!(holders, expected, "where the secret lies");

    let desk = open(dir.path()).await;
    desk.galley.take_down(article, "核实".to_owned()).await.unwrap();
    assert!(!buckets.keys(BUCKET).contains(&key), "{key}");
    // Back to the folder, which is served here again.
    let now = desk.galley.preferences().await.unwrap();
    let folder = Preferences { site_store: SiteBucket { used: false, ..now.site_store.clone() }, ..now };
    desk.galley.save_preferences(folder, "").await.unwrap();
    assert!(desk.galley.start().await.unwrap().site_address.is_some());
    assert!(dir.path().join("site/index.html").is_file());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_wrong_with_a_bucket_is_told_before_anything_moves() {
    let (buckets, dir, other) = (buckets().await, tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let endpoint = buckets.endpoint();
    let colleague = open(other.path()).await;
    with_address(&colleague).await;
    move_to(&colleague, bucket(&endpoint, "theirs", "any"), "any").await.unwrap();
    buckets.ask("PUT", &format!("/{BUCKET}/letters/mine.txt"), &[], b"mine");
    let desk = open(dir.path()).await;
    with_address(&desk).await;
    let check = async |place: SiteBucket, secret: &str, expected: &str| {
        let tried = desk.galley.try_site_store(place.clone(), secret).await.unwrap_err();
        assert_eq!(
            (tried.code, tried.values["reason"].as_str()),
            (ErrorCode::SiteStore, expected),
            "{tried:?}"
        );
        let moved = move_to(&desk, place, secret).await.unwrap_err();
        assert_eq!(moved.values["reason"], expected);
        assert!(!format!("{tried:?} {moved:?}").contains("a secret of theirs"));
        assert!(!desk.galley.preferences().await.unwrap().site_store.used);
    };
    check(bucket(&endpoint, "theirs", "any"), "any", "other_newsroom").await;
    check(bucket(&endpoint, "letters", "any"), "any", "foreign").await;
    check(
        SiteBucket { bucket: "no-such-bucket".to_owned(), ..bucket(&endpoint, "", "any") },
        "any",
        "no_bucket",
    )
    .await;
    check(bucket(&endpoint, "www", "any"), "", "no_secret").await;
    desk.galley.try_site_store(bucket(&endpoint, "www", "any"), "any").await.unwrap();
    let (key, _) = buckets.guard("s3:*");
    check(bucket(&endpoint, "www", &key), "a secret of theirs", "denied").await;
    drop(buckets);
    check(bucket(&endpoint, "www", &key), "any", "unreachable").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_that_the_disk_does_not_keep_leaves_the_site_where_it_lay() {
    use galley_store::faults::pragma;

    let (buckets, dir) = (buckets().await, tempfile::tempdir().unwrap());
    let desk = open(dir.path()).await;
    with_address(&desk).await;
    let (article, _) = draft(&desk).await;
    let live = publish(&desk, article).await;
    let page = format!("articles/{}", live.address.unwrap().rsplit('/').next().unwrap());
    let disk = async |state: &'static str| {
        let library = desk.galley.library().clone();
        tokio::task::spawn_blocking(move || pragma(&library, state).unwrap()).await.unwrap();
    };
    let unkept = async |site_store: SiteBucket, secret: &str| {
        disk("query_only = 1").await;
        let refused = move_to(&desk, site_store, secret).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::ReadOnly, "{refused:?}");
        disk("query_only = 0").await;
    };
    let place = bucket(&buckets.endpoint(), "www", "AKIA");
    unkept(place.clone(), "a secret").await;
    assert!(!desk.galley.preferences().await.unwrap().site_store.used);
    assert!(desk.galley.site_address().await.is_some(), "it is served here as before");
    let file = dir.path().join("site").join(&page);
    assert!(file.is_file());
    desk.galley.take_down(article, "核实".to_owned()).await.unwrap();
    assert!(!file.exists(), "what is published goes to the folder");

    // And the other way round.
    let saved = move_to(&desk, place, "a secret").await.unwrap();
    desk.galley.put_back(article).await.unwrap();
    assert!(buckets.keys(BUCKET).contains(&format!("www/{page}")));
    unkept(SiteBucket { used: false, ..saved.site_store.clone() }, "").await;
    assert_eq!(desk.galley.preferences().await.unwrap(), saved);
    assert_eq!(desk.galley.site_address().await, None, "nothing is served here");
    desk.galley.take_down(article, "核实".to_owned()).await.unwrap();
    assert!(!buckets.keys(BUCKET).contains(&format!("www/{page}")), "what is published goes to the bucket");

    // Back in the folder, the site needs no address of its own.
    let folder = SiteBucket { used: false, ..saved.site_store };
    move_to(&desk, folder, "").await.unwrap();
    let SiteSettingsVersion { version, mut settings } = desk.galley.site_settings().await.unwrap();
    settings.base_url.clear();
    let cleared = desk.galley.save_site_settings(SiteSettingsVersion { version, settings }).await.unwrap();
    assert_eq!(cleared.settings.base_url, "");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_to_a_folder_that_fails_once_it_is_open_leaves_the_site_where_it_lay() {
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let desk = open(dir.path()).await;
    let (article, _) = draft(&desk).await;
    let live = publish(&desk, article).await;
    let page = format!("articles/{}", live.address.unwrap().rsplit('/').next().unwrap());
    let (before, address) = (desk.galley.preferences().await.unwrap(), desk.galley.site_address().await);
    // It says that it is this newsroom's, and has no room for pages.
    let site = dir.path().join("site");
    std::fs::copy(site.join(".galley-site"), other.path().join(".galley-site")).unwrap();
    std::fs::write(other.path().join("articles"), "no folder").unwrap();
    let site_folder = other.path().display().to_string();
    let refused =
        desk.galley.save_preferences(Preferences { site_folder, ..before.clone() }, "").await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::SiteFolder, "{refused:?}");
    assert_eq!(desk.galley.preferences().await.unwrap(), before);
    assert!(address.is_some() && desk.galley.site_address().await == address, "it is served as before");
    assert!(site.join(&page).is_file());
    desk.galley.take_down(article, "核实".to_owned()).await.unwrap();
    assert!(!site.join(&page).exists(), "what is published goes to the folder where it lay");
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_network_writing_goes_on_and_publishing_says_why_it_waits() {
    let (mut buckets, dir) = (buckets().await, tempfile::tempdir().unwrap());
    let desk = open(dir.path()).await;
    with_address(&desk).await;
    move_to(&desk, bucket(&buckets.endpoint(), "", "any"), "any").await.unwrap();
    desk.galley.close().await.unwrap();
    desk.crash().await;
    buckets.kill();
    let desk = open(dir.path()).await;
    let (article, _) = draft(&desk).await;
    let page_hash = previewed(&desk, article).await;
    let intent = uuid::Uuid::now_v7().to_string();
    let request = PublishRequest { article, page_hash, intent, correction: None };
    let refused = desk.galley.publish(request).await.unwrap_err();
    assert_eq!(
        (refused.code, refused.values["reason"].as_str(), refused.retry),
        (ErrorCode::SiteStore, "unreachable", true)
    );
    assert!(desk.galley.start().await.unwrap().notices.iter().all(|notice| notice.code != "site_store"));
}
