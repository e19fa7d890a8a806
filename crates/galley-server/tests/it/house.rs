//! A server on a free port, people who sign in, and a client that sends what a test likes.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::{Duration, SystemTime};

use galley_model::Instant;
use galley_model::workflow::Role;
use galley_server::{App, Limits, Listening, Settings};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

pub(crate) const PASSWORD: &str = "汛期通报 2026 年";

pub(crate) struct House {
    pub(crate) app: App,
    pub(crate) addr: SocketAddr,
    pub(crate) folder: TempDir,
    listening: Option<Listening>,
}

/// What was answered.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Vec<u8>,
}

impl Reply {
    #[track_caller]
    pub(crate) fn json<T: DeserializeOwned>(&self) -> T {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!("{error}: {} {}", self.status, String::from_utf8_lossy(&self.body))
        })
    }

    /// Status and code of a failure.
    #[track_caller]
    pub(crate) fn failure(&self) -> (u16, String) {
        let failure: Value = self.json();
        (self.status, failure["code"].as_str().unwrap().to_owned())
    }
}

/// Limits that no test of something else runs into.
pub(crate) fn wide() -> Limits {
    Limits { burst: 100_000, per_second: 100_000, grace: Duration::from_secs(5), ..Limits::default() }
}

pub(crate) fn program() -> PathBuf {
    env!("CARGO_BIN_EXE_galley-server").into()
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::with(wide(), (program(), vec!["decode".to_owned()])).await
    }

    pub(crate) async fn with(limits: Limits, decoder: (PathBuf, Vec<String>)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("data");
        let settings = Settings { data, address: None, behind_proxy: true, store: None, decoder, limits };
        let app = App::open(settings).await.unwrap();
        app.newsroom().work(now()).await.unwrap();
        let listening = Listening::start(app.clone(), "127.0.0.1:0".parse().unwrap(), None).await.unwrap();
        Self { app, addr: listening.addr, folder, listening: Some(listening) }
    }

    /// A person who has just signed in: the token.
    pub(crate) async fn signed_in(&self, name: &str, role: Role) -> String {
        let code = self.code(name, role).await;
        let body = by_code(name, &code);
        let reply = self.post("/api/v1/sign-in", "", &body).await;
        assert_eq!(reply.status, 200, "{reply:?}");
        reply.json::<Value>()["token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn code(&self, name: &str, role: Role) -> String {
        self.app.accounts().add_person(name, BTreeSet::from([role]), now()).await.unwrap().code
    }

    pub(crate) async fn get(&self, path: &str, token: &str) -> Reply {
        self.ask("GET", path, token, "", b"").await
    }

    pub(crate) async fn post(&self, path: &str, token: &str, body: &Value) -> Reply {
        let body = serde_json::to_vec(body).unwrap();
        self.ask("POST", path, token, "content-type: application/json\r\n", &body).await
    }

    /// Sends one request on a connection of its own.
    pub(crate) async fn ask(&self, method: &str, path: &str, token: &str, more: &str, body: &[u8]) -> Reply {
        let mut stream = self.open(method, path, token, more, Some(body.len())).await;
        // The server may answer and close before it has read everything.
        drop(stream.write_all(body).await);
        read(stream).await
    }

    /// Sends the head of a request.
    pub(crate) async fn open(
        &self,
        method: &str,
        path: &str,
        token: &str,
        more: &str,
        length: Option<usize>,
    ) -> TcpStream {
        let mut stream = TcpStream::connect(self.addr).await.unwrap();
        let token =
            if token.is_empty() { String::new() } else { format!("authorization: Bearer {token}\r\n") };
        let length = length.map(|length| format!("content-length: {length}\r\n")).unwrap_or_default();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: news.example\r\nconnection: close\r\n{token}{length}{more}\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream
    }

    pub(crate) async fn stop(&mut self) {
        self.listening.take().unwrap().stop().await;
    }
}

/// Reads an answer to its end.
pub(crate) async fn read(mut stream: TcpStream) -> Reply {
    let mut reply = Vec::new();
    drop(stream.read_to_end(&mut reply).await);
    let end = reply.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8(reply[..end].to_vec()).unwrap();
    let mut lines = head.lines();
    let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
    let headers = lines.filter_map(|line| line.split_once(": "));
    let headers = headers.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
    Reply { status, headers, body: reply[end + 4..].to_vec() }
}

pub(crate) fn by_code(name: &str, code: &str) -> Value {
    json!({ "name": name, "device_name": "前台电脑",
        "secret": { "kind": "code", "code": code, "password": PASSWORD } })
}

pub(crate) fn by_password(name: &str, password: &str) -> Value {
    json!({ "name": name, "device_name": "前台电脑",
        "secret": { "kind": "password", "password": password } })
}

pub(crate) fn now() -> Instant {
    let since = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    Instant(i64::try_from(since.as_millis()).unwrap())
}
