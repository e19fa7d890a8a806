//! A network that loses, doubles, delays, reorders and cuts, between devices and the server's real router.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use galley_client::sync::{Answering, HttpRequest, HttpResponse, Method, Transport, TransportError};
use galley_sync::wire::{BASE, UPLOAD_OFFSET};
use galley_testkit::random::Random;
use tower::ServiceExt;

use super::steps::for_steps;

/// What becomes of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    /// Everything goes well.
    Through,
    /// It never leaves.
    Lost,
    /// The server does it, and the answer is lost.
    AnswerLost,
    /// The line breaks while the server works on it.
    Cut(usize),
    /// It arrives after other requests, and nobody waits for the answer any more.
    Late,
    /// It arrives twice.
    Doubled,
    /// Half of the answer arrives.
    Halved,
    /// A hotel's page answers.
    Portal,
}

struct State {
    random: Random,
    server: Option<Router>,
    /// How often a server was started or stopped.
    n_connects: u64,
    offline: Vec<bool>,
    late: Vec<HttpRequest>,
    /// Nothing goes wrong any more.
    healed: bool,
}

/// The network of one simulation.
#[derive(Clone)]
pub struct Network(Arc<Mutex<State>>);

/// One device's line.
pub struct Line {
    network: Network,
    device: usize,
}

impl Network {
    pub fn new(seed: u64, n_devices: usize) -> Self {
        let random = Random::of(seed, 7);
        let offline = vec![false; n_devices];
        Self(Arc::new(Mutex::new(State {
            random,
            server: None,
            n_connects: 0,
            offline,
            late: Vec::new(),
            healed: false,
        })))
    }

    pub fn line(&self, device: usize) -> Line {
        Line { network: self.clone(), device }
    }

    pub fn connect(&self, server: Option<Router>) {
        let mut state = self.state();
        state.server = server;
        state.n_connects += 1;
    }

    pub fn set_offline(&self, device: usize, offline: bool) {
        self.state().offline[device] = offline;
    }

    /// Delivers a request that was delayed, any of them.
    pub async fn deliver_late(&self) {
        let late = {
            let mut state = self.state();
            if state.late.is_empty() {
                return;
            }
            let n = state.late.len();
            let at = state.random.below(n);
            state.late.swap_remove(at)
        };
        drop(self.deliver(late).await);
    }

    /// Whether nothing goes wrong for now: while people sign in.
    pub fn trust(&self, trusted: bool) {
        self.state().healed = trusted;
    }

    /// Everything that is still under way arrives, and nothing goes wrong from now on.
    pub async fn heal(&self) {
        while !self.state().late.is_empty() {
            self.deliver_late().await;
        }
        let mut state = self.state();
        state.healed = true;
        state.offline.fill(false);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fate(&self, device: usize) -> Fate {
        let mut state = self.state();
        if state.offline[device] || state.server.is_none() {
            return Fate::Lost;
        }
        if state.healed {
            return Fate::Through;
        }
        match state.random.below(100) {
            0..70 => Fate::Through,
            70..75 => Fate::Lost,
            75..81 => Fate::AnswerLost,
            81..88 => Fate::Cut(state.random.between(1, 12)),
            88..91 => Fate::Late,
            91..95 => Fate::Doubled,
            95..98 => Fate::Halved,
            _ => Fate::Portal,
        }
    }

    async fn deliver(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let (server, n_connects) = {
            let state = self.state();
            (state.server.clone(), state.n_connects)
        };
        let Some(router) = server else { return Err(TransportError::NoNetwork) };
        let method = match request.method {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Put => "PUT",
            Method::Patch => "PATCH",
            Method::Delete => "DELETE",
        };
        let mut built = Request::builder().method(method).uri(format!("{BASE}{}", request.path));
        built = built.header("host", "news.example");
        if let Some(token) = &request.token {
            built = built.header("authorization", format!("Bearer {token}"));
        }
        built = match request.offset {
            Some(offset) => {
                built.header(UPLOAD_OFFSET, offset).header("content-type", "application/offset+octet-stream")
            }
            None => built.header("content-type", "application/json"),
        };
        let mut request = built.body(Body::from(request.body)).unwrap();
        let from = std::net::SocketAddr::from(([127, 0, 0, 1], 40_000));
        request.extensions_mut().insert(ConnectInfo(from));
        let response = router.oneshot(request).await.unwrap();
        // What is fetched beside a person's steps may meet a server that is just being stopped: the line is cut.
        if self.state().n_connects != n_connects {
            return Err(TransportError::Timeout);
        }
        let status = response.status().as_u16();
        assert_ne!(status, 500, "the server has no word for this");
        let kind = response.headers().get("content-type").and_then(|kind| kind.to_str().ok());
        let is_json = kind.is_some_and(|kind| kind.starts_with("application/json"));
        let body = axum::body::to_bytes(response.into_body(), 8 << 20).await.unwrap().to_vec();
        Ok(HttpResponse { status, is_json, retry_after_ms: None, body })
    }
}

impl Transport for Line {
    fn send(&self, request: HttpRequest) -> Answering<'_, HttpResponse> {
        Box::pin(async move {
            match self.network.fate(self.device) {
                Fate::Through => self.network.deliver(request).await,
                Fate::Lost => Err(TransportError::NoNetwork),
                Fate::AnswerLost => {
                    drop(self.network.deliver(request).await);
                    Err(TransportError::Timeout)
                }
                Fate::Cut(steps) => {
                    drop(for_steps(steps, self.network.deliver(request)).await);
                    Err(TransportError::Timeout)
                }
                Fate::Late => {
                    self.network.state().late.push(request);
                    Err(TransportError::Timeout)
                }
                Fate::Doubled => {
                    drop(self.network.deliver(request.clone()).await);
                    self.network.deliver(request).await
                }
                Fate::Halved => self.network.deliver(request).await.map(|answer| {
                    let half = answer.body.len() / 2;
                    HttpResponse { body: answer.body[..half].to_vec(), ..answer }
                }),
                Fate::Portal => Ok(HttpResponse {
                    status: 200,
                    is_json: false,
                    retry_after_ms: None,
                    body: b"<html>Welcome to our hotel</html>".to_vec(),
                }),
            }
        })
    }
}
