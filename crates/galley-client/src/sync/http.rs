//! The transport of the app: reqwest over rustls, with bounds on time and size.

use std::sync::Arc;
use std::time::Duration;

use galley_sync::wire::{BASE, MAX_BODY_BYTES, MAX_MEDIA_BYTES, UPLOAD_OFFSET};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, RETRY_AFTER};
use reqwest::{Client, Response, Url, redirect};
use tokio::sync::mpsc;

use super::transport::{Answering, HttpRequest, HttpResponse, Method, Transport, TransportError};

const CONNECT: Duration = Duration::from_secs(10);
/// How long a server may say nothing.
const ANSWER: Duration = Duration::from_secs(60);
/// As slowly as this a line may carry what is sent, in bytes per second: beyond that, it is as good as broken.
const CRAWLS: u64 = 16 << 10;
/// A stream of events that says nothing for three of its comments is broken.
const SILENCE: Duration = Duration::from_secs(45);

/// A way to one server.
pub struct Http {
    client: Client,
    base: Url,
}

impl Http {
    /// A way to the server at an address such as `https://galley.example`.
    ///
    /// # Errors
    /// `Address` when it is none, or would send the token unencrypted to another computer.
    pub fn new(server: &str) -> Result<Self, TransportError> {
        let base = Url::parse(server.trim_end_matches('/')).map_err(|_| TransportError::Address)?;
        let loopback =
            base.host_str().is_some_and(|host| matches!(host, "localhost" | "127.0.0.1" | "[::1]"));
        if base.scheme() != "https" && !(base.scheme() == "http" && loopback) {
            return Err(TransportError::Address);
        }
        // The first call of the process decides; later ones change nothing.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = Client::builder()
            .connect_timeout(CONNECT)
            .redirect(redirect::Policy::none())
            .user_agent(concat!("Galley/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|_| TransportError::NoNetwork)?;
        Ok(Self { client, base })
    }

    /// Like [`Http::new`], for [`super::Wiring`].
    pub fn connect(server: &str) -> Result<Arc<dyn Transport>, TransportError> {
        Self::new(server).map(|http| Arc::new(http) as Arc<dyn Transport>)
    }

    fn url(&self, path: &str) -> Result<Url, TransportError> {
        let base = self.base.as_str().trim_end_matches('/');
        Url::parse(&format!("{base}{BASE}{path}")).map_err(|_| TransportError::Address)
    }

    async fn answer(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let method = match request.method {
            Method::Get => reqwest::Method::GET,
            Method::Post => reqwest::Method::POST,
            Method::Put => reqwest::Method::PUT,
            Method::Patch => reqwest::Method::PATCH,
            Method::Delete => reqwest::Method::DELETE,
        };
        let is_photo = request.method == Method::Get && request.path.starts_with("/media/");
        let longest = match is_photo {
            true => usize::try_from(MAX_MEDIA_BYTES).unwrap_or(usize::MAX),
            // JSON of bytes is a third longer than they are; nothing of this API is longer.
            false => 2 * MAX_BODY_BYTES,
        };
        let patience = ANSWER + Duration::from_secs(request.body.len() as u64 / CRAWLS);
        let mut sent = self.client.request(method, self.url(&request.path)?);
        sent = sent.header(ACCEPT, "application/json");
        if let Some(token) = &request.token {
            sent = sent.header(AUTHORIZATION, format!("Bearer {token}"));
        }
        sent = match request.offset {
            Some(offset) => {
                sent.header(UPLOAD_OFFSET, offset).header(CONTENT_TYPE, "application/offset+octet-stream")
            }
            None if request.body.is_empty() => sent,
            None => sent.header(CONTENT_TYPE, "application/json"),
        };
        let answered = tokio::time::timeout(patience, sent.body(request.body).send()).await;
        let response = answered.map_err(|_| TransportError::Timeout)?.map_err(|error| named(&error))?;
        read(response, longest).await
    }
}

/// The answer, as far as the protocol allows it to be long. It may take as long as something of it arrives.
async fn read(mut response: Response, longest: usize) -> Result<HttpResponse, TransportError> {
    let text = |name| response.headers().get(name).and_then(|value| value.to_str().ok());
    let is_json = text(CONTENT_TYPE).is_some_and(|kind| kind.starts_with("application/json"));
    let retry_after_ms =
        text(RETRY_AFTER).and_then(|seconds| seconds.parse::<u64>().ok()).map(|seconds| seconds * 1_000);
    let status = response.status().as_u16();
    let mut body = Vec::new();
    loop {
        let chunk = tokio::time::timeout(ANSWER, response.chunk()).await;
        let chunk = chunk.map_err(|_| TransportError::Timeout)?.map_err(|error| named(&error))?;
        let Some(chunk) = chunk else { break };
        if body.len() + chunk.len() > longest {
            return Err(TransportError::TooLong);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(HttpResponse { status, is_json, retry_after_ms, body })
}

fn named(error: &reqwest::Error) -> TransportError {
    // A connection that does not come about in time is no network; an answer that does not may have been done.
    if error.is_timeout() && !error.is_connect() {
        TransportError::Timeout
    } else {
        TransportError::NoNetwork
    }
}

impl Transport for Http {
    fn send(&self, request: HttpRequest) -> Answering<'_, HttpResponse> {
        Box::pin(self.answer(request))
    }

    fn listen(&self, token: &str) -> Answering<'_, mpsc::Receiver<()>> {
        let bearer = format!("Bearer {token}");
        Box::pin(async move {
            let sent = self.client.get(self.url("/events")?).header(AUTHORIZATION, bearer);
            let opened = sent.header(ACCEPT, "text/event-stream").send();
            let response = tokio::time::timeout(ANSWER, opened).await.map_err(|_| TransportError::Timeout)?;
            let response = response.map_err(|error| named(&error))?;
            let kind = response.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
            if !response.status().is_success()
                || !kind.is_some_and(|kind| kind.starts_with("text/event-stream"))
            {
                return Err(TransportError::NoNetwork);
            }
            // Several changes while nobody listens are one.
            let (changed, heard) = mpsc::channel(1);
            tokio::spawn(hear(response, changed));
            Ok(heard)
        })
    }
}

/// Reads events until the stream or the listener ends.
async fn hear(mut response: Response, changed: mpsc::Sender<()>) {
    let mut line: Vec<u8> = Vec::new();
    while let Ok(Ok(Some(chunk))) = tokio::time::timeout(SILENCE, response.chunk()).await {
        for byte in chunk {
            match byte {
                b'\n' => {
                    if line.starts_with(b"data:") {
                        // Full means that a poke waits already.
                        let _ = changed.try_send(());
                    }
                    line.clear();
                }
                _ if line.len() < 1_024 => line.push(byte),
                _ => {}
            }
        }
        if changed.is_closed() {
            return;
        }
    }
}
