//! A server whose site is in an object store.

use std::process::{Command, Output};

use galley_newsroom::{StoreAddress, StoreKeys};
use galley_server::{App, Listening, Settings, StoredSite};
use galley_testkit::buckets::Buckets;

use crate::house::{now, program, wide};

fn settings(data: &std::path::Path, buckets: &Buckets) -> Settings {
    let address = StoreAddress::of("s3://county-news/www", Some(&buckets.endpoint()), None).unwrap();
    Settings {
        data: data.to_owned(),
        address: Some("https://news.example".to_owned()),
        behind_proxy: true,
        store: Some(StoredSite { address, keys: StoreKeys::new("any", "any") }),
        decoder: (program(), vec!["decode".to_owned()]),
        limits: wide(),
    }
}

#[tokio::test]
async fn the_site_is_written_to_its_bucket_and_not_served_from_a_folder() {
    let buckets = tokio::task::spawn_blocking(Buckets::start).await.unwrap();
    buckets.make("county-news");
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let app = App::open(settings(&data, &buckets)).await.unwrap();
    app.newsroom().work(now()).await.unwrap();
    let keys = buckets.keys("county-news");
    for key in ["www/.galley-site", "www/index.html", "www/404.html"] {
        assert!(keys.iter().any(|found| found == key), "{key}: {keys:?}");
    }
    assert!(!data.join("site").exists());
    let place = app.newsroom().site_place().await.unwrap().unwrap();
    assert!(place.starts_with("s3://county-news/www at http://"), "{place}");
    let listening = Listening::start(app, "127.0.0.1:0".parse().unwrap(), None).await.unwrap();
    let addr = listening.addr;
    let reply = tokio::task::spawn_blocking(move || ask(addr)).await.unwrap();
    assert!(reply.starts_with("HTTP/1.1 404"), "{reply}");
    listening.stop().await;

    // Mended, it is still written there, and nowhere else by mistake.
    let run = |arguments: &[&str]| -> Output {
        let mut command = Command::new(program());
        command.args(["repair", "--data"]).arg(&data).args(arguments);
        command.env("AWS_ACCESS_KEY_ID", "any").env("AWS_SECRET_ACCESS_KEY", "any").output().unwrap()
    };
    let told = |output: &Output| String::from_utf8_lossy(&output.stderr).into_owned();
    let forgotten = run(&[]);
    assert!(!forgotten.status.success() && told(&forgotten).contains("--site-store"), "{}", told(&forgotten));
    let endpoint = buckets.endpoint();
    let mended = run(&["--site-store", "s3://county-news/www", "--s3-endpoint", &endpoint]);
    assert!(mended.status.success(), "{}", told(&mended));
    assert!(!data.join("site").exists());
}

fn ask(addr: std::net::SocketAddr) -> String {
    use std::io::{Read as _, Write as _};
    let mut stream = std::net::TcpStream::connect(addr).unwrap();
    write!(stream, "GET / HTTP/1.1\r\nHost: news.example\r\nConnection: close\r\n\r\n").unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    reply
}

#[test]
fn a_store_without_keys_or_with_an_address_that_is_none_is_told_before_anything_is_made() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let open = folder.path().join("keys");
    std::fs::write(&open, "aws_access_key_id = a\naws_secret_access_key = b\n").unwrap();
    let open = open.to_str().unwrap();
    for (arguments, word) in [
        (&["--site-store", "s3://county-news"][..], "AWS_ACCESS_KEY_ID"),
        (&["--site-store", "/var/www"], "s3://bucket/prefix"),
        (&["--site-store", "s3://county-news", "--s3-endpoint", "store.example"], "store.example"),
        (&["--s3-endpoint", "https://store.example"], "--site-store"),
        #[cfg(unix)]
        (&["--site-store", "s3://county-news", "--s3-keys", open], "chmod 600"),
        (&["--site-store", "s3://county-news", "--s3-keys", "/nowhere/keys"], "/nowhere/keys"),
    ] {
        let mut command = Command::new(program());
        command.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(&data).args(arguments);
        command.env_remove("AWS_ACCESS_KEY_ID").env_remove("AWS_SECRET_ACCESS_KEY");
        let output = command.output().unwrap();
        let told = String::from_utf8_lossy(&output.stderr);
        assert!(!output.status.success() && told.contains(word), "{arguments:?}: {told}");
    }
    assert!(!data.exists());
}
