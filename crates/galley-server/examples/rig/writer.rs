//! A device without a library: a document, a line and a token. What it writes goes straight to the server, so that
//! the server is what is measured.

use std::time::{Duration, Instant};

use galley_client::sync::{Http, HttpRequest, Method, Transport as _};
use galley_model::{ArticleId, Sha256};
use galley_sync::wire::{
    Bytes, ContentAnswer, ContentRequest, ContentResult, Peer, Push, Secret, SignInRequest, SignedIn,
};
use galley_text::{Document, Splice};
use uuid::Uuid;

use super::{PASSWORD, Server};

pub(crate) struct Writer {
    pub(crate) http: Http,
    pub(crate) token: String,
    pub(crate) article: ArticleId,
    document: Document,
    sent: i32,
}

impl Writer {
    /// Signs in, by a code or by the password that everybody has, and begins an article.
    pub(crate) async fn new(server: &Server, name: &str, code: &str, n: u64) -> Self {
        let http = Http::new(&server.address).unwrap();
        let password = PASSWORD.to_owned();
        let secret = match code {
            "" => Secret::Password { password },
            code => Secret::Code { code: code.to_owned(), password },
        };
        let (name, device_name) = (name.to_owned(), format!("device {n}"));
        let request = SignInRequest { name, secret, device_name, device: None, token: None };
        let signed: SignedIn = post(&http, "/sign-in", None, &request).await;
        let article = ArticleId(Uuid::from_u128(u128::from(n) << 64 | 0x7000_8000_0000_0000_0001));
        Self { http, token: signed.token, article, document: Document::new(n + 1).unwrap(), sent: 0 }
    }

    /// Types at some place.
    pub(crate) fn write(&mut self, at: usize, text: &str) -> Push {
        self.document.edit(&[Splice::new(at, at, text)]).unwrap();
        let peer = self.document.peer();
        let end = self.document.have().unwrap()[&peer];
        let (start, bytes) = (self.sent, self.document.export_range(peer, self.sent, end).unwrap());
        self.sent = end;
        Push {
            article: self.article,
            peer: Peer(peer),
            start,
            end,
            sha256: Sha256::of(&bytes),
            bytes: Bytes(bytes),
            at: galley_model::Instant(0),
            recovered: false,
            author: None,
        }
    }

    /// Sends items; each of them has to be stored. Answers how long it took.
    pub(crate) async fn send(&self, items: Vec<Push>) -> Duration {
        let request = ContentRequest { items };
        let begun = Instant::now();
        let answer: ContentAnswer = post(&self.http, "/content", Some(&self.token), &request).await;
        let took = begun.elapsed();
        let stored = answer.results.iter().all(|result| matches!(result, ContentResult::Stored { .. }));
        assert!(stored && answer.results.len() == request.items.len(), "{:?}", answer.results);
        took
    }
}

async fn post<A: serde::de::DeserializeOwned>(
    http: &Http,
    path: &str,
    token: Option<&str>,
    body: &impl serde::Serialize,
) -> A {
    let (path, token, body) = (path.to_owned(), token.map(str::to_owned), serde_json::to_vec(body).unwrap());
    let request = HttpRequest { method: Method::Post, path, token, offset: None, body };
    let answer = http.send(request).await.unwrap();
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    serde_json::from_slice(&answer.body).unwrap()
}
