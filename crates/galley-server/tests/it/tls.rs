//! TLS by certificate files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use galley_server::{App, Listening, Settings, Tls};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;

use crate::house::{program, wide};

/// A certificate for `localhost` that only these tests trust.
fn fixture(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures").join(name)
}

#[tokio::test]
async fn readers_get_the_site_over_tls_and_are_told_to_stay_there() {
    let folder = tempfile::tempdir().unwrap();
    let settings = Settings {
        data: folder.path().join("data"),
        address: Some("https://localhost".to_owned()),
        behind_proxy: false,
        store: None,
        decoder: (program(), vec!["decode".to_owned()]),
        limits: wide(),
    };
    let app = App::open(settings).await.unwrap();
    assert_eq!(app.newsroom().settings().await.unwrap().1.base_url, "https://localhost");
    let tls = Tls::from_files(&fixture("localhost.crt"), &fixture("localhost.key")).unwrap();
    let server = Listening::start(app, "127.0.0.1:0".parse().unwrap(), Some(tls)).await.unwrap();
    // One that begins a handshake and says no more holds nobody up.
    let _silent = TcpStream::connect(server.addr).await.unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(fixture("localhost.crt")).unwrap()).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
    let config = config.with_root_certificates(roots).with_no_client_auth();
    let stream = TcpStream::connect(server.addr).await.unwrap();
    let connector = TlsConnector::from(Arc::new(config));
    let mut stream = connector.connect("localhost".try_into().unwrap(), stream).await.unwrap();
    let request = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    stream.write_all(request).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    assert!(answer.contains("strict-transport-security: max-age=31536000\r\n"), "{answer}");
    drop(_silent);
    server.stop().await;
}

#[test]
fn a_certificate_that_cannot_be_used_is_told_before_anything_begins() {
    for (certificate, key) in [
        (fixture("nowhere.crt"), fixture("localhost.key")),
        (fixture("localhost.key"), fixture("localhost.key")),
        (fixture("localhost.crt"), fixture("localhost.crt")),
    ] {
        assert!(Tls::from_files(&certificate, &key).is_err());
    }
}
