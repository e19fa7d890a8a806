//! A network that loses, doubles, delays, reorders and cuts, between devices and the server's real router.

use std::collections::BTreeMap;
use std::future::{Future, pending, poll_fn};
use std::pin::pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::http::Request;
use galley_client::sync::{Answering, HttpRequest, HttpResponse, Method, Transport, TransportError};
use galley_sync::wire::{BASE, UPLOAD_OFFSET};
use galley_testkit::random::Random;
use tower::ServiceExt;

use super::steps::for_steps;
use super::told;

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

/// Where a device crashes within a cycle: at one of its requests, or so many steps of its own after the answer.
#[derive(Clone, Copy, Debug)]
pub struct Crash {
    /// The how-many-th request of the cycle, from 1.
    pub request: usize,
    pub place: Place,
}

/// Where, at a request.
#[derive(Clone, Copy, Debug)]
pub enum Place {
    /// It never leaves.
    Before,
    /// So many steps of the server later.
    Meanwhile(usize),
    /// The answer came, and the device worked on it for so many steps.
    After(usize),
}

/// A crash that comes.
struct Coming {
    device: usize,
    crash: Crash,
    n_requests: usize,
    /// Steps that are left, once they are counted.
    left: Option<usize>,
    /// Whoever plays the cycle.
    waker: Option<Waker>,
}

/// A request that is still under way, and what it is drawn by.
struct Delayed {
    place: u64,
    request: HttpRequest,
}

struct State {
    seed: u64,
    step: u64,
    /// How often something was drawn for each device and each kind of thing in this step.
    drawn: BTreeMap<(usize, String), u64>,
    coming: Option<Coming>,
    server: Option<Router>,
    /// How often a server was started or stopped.
    n_connects: u64,
    offline: Vec<bool>,
    late: Vec<Delayed>,
    /// Nothing goes wrong any more.
    healed: bool,
}

impl State {
    /// What follows from who needs it for what, when, and as the how-many-th: whatever was drawn before.
    fn draw(&mut self, device: usize, kind: &str) -> Random {
        let n = self.drawn.entry((device, kind.to_owned())).or_default();
        *n += 1;
        let place = [self.step, device as u64, *n].into_iter();
        Random::at(self.seed, place.chain(kind.bytes().map(u64::from)))
    }
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
        let offline = vec![false; n_devices];
        Self(Arc::new(Mutex::new(State {
            seed,
            step: 0,
            drawn: BTreeMap::new(),
            coming: None,
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

    /// What becomes of requests is drawn anew in each step, whatever was asked in those before.
    pub fn begin_step(&self, step: u64) {
        let mut state = self.state();
        state.step = step;
        state.drawn.clear();
    }

    pub fn set_offline(&self, device: usize, offline: bool) {
        self.state().offline[device] = offline;
    }

    /// Delivers a request that was delayed, any of them.
    pub async fn deliver_late(&self) {
        let late = {
            let mut state = self.state();
            let step = state.step;
            let drawn = |(_, late): &(usize, &Delayed)| Random::at(late.place, [step]).next();
            let Some((at, _)) = state.late.iter().enumerate().min_by_key(drawn) else { return };
            state.late.swap_remove(at).request
        };
        told(|| format!("    late {}", kind(&late)));
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

    /// Plays a cycle of a device until it crashes; none when it did.
    pub async fn until_crash<T>(
        &self,
        device: usize,
        crash: Crash,
        cycle: impl Future<Output = T>,
    ) -> Option<T> {
        self.state().coming = Some(Coming { device, crash, n_requests: 0, left: None, waker: None });
        let mut cycle = pin!(cycle);
        let played = poll_fn(|context| {
            if let Some(coming) = &mut self.state().coming {
                coming.left = coming.left.map(|left| left.saturating_sub(1));
                coming.waker = Some(context.waker().clone());
            }
            let polled = cycle.as_mut().poll(context).map(Some);
            let has_crashed = self.state().coming.as_ref().is_some_and(|coming| coming.left == Some(0));
            if has_crashed { Poll::Ready(None) } else { polled }
        })
        .await;
        self.state().coming = None;
        played
    }

    /// Where a device crashes at the request that it makes now.
    fn crash(&self, device: usize) -> Option<Place> {
        let mut state = self.state();
        let coming = state.coming.as_mut().filter(|coming| coming.device == device)?;
        coming.n_requests += 1;
        (coming.n_requests == coming.crash.request).then_some(coming.crash.place)
    }

    /// The device crashes after so many steps from here.
    fn crash_after(&self, steps: usize) {
        let mut state = self.state();
        let Some(coming) = &mut state.coming else { return };
        coming.left = Some(steps);
        // Who asks may be a task of its own, and never go on.
        if let Some(waker) = coming.waker.take().filter(|_| steps == 0) {
            waker.wake();
        }
    }

    /// A peer that nobody drew before.
    pub fn peer(&self, device: usize) -> u64 {
        self.state().draw(device, "a peer").next()
    }

    /// What becomes of a request, and by what a late one is drawn: both follow from who asks for what, and when.
    fn fate(&self, device: usize, kind: &str) -> (Fate, u64) {
        let mut state = self.state();
        let mut random = state.draw(device, kind);
        let place = random.next();
        let fate = match random.below(100) {
            _ if state.offline[device] || state.server.is_none() => Fate::Lost,
            _ if state.healed => Fate::Through,
            0..70 => Fate::Through,
            70..75 => Fate::Lost,
            75..81 => Fate::AnswerLost,
            81..88 => Fate::Cut(random.between(1, 12)),
            88..91 => Fate::Late,
            91..95 => Fate::Doubled,
            95..98 => Fate::Halved,
            _ => Fate::Portal,
        };
        (fate, place)
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

impl Line {
    async fn pass(&self, request: HttpRequest) -> Result<HttpResponse, TransportError> {
        let kind = kind(&request);
        let (fate, place) = self.network.fate(self.device, &kind);
        told(|| format!("    {} asks {kind}: {fate:?}", self.device));
        match fate {
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
                self.network.state().late.push(Delayed { place, request });
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
    }
}

impl Transport for Line {
    fn send(&self, request: HttpRequest) -> Answering<'_, HttpResponse> {
        Box::pin(async move {
            // Photos are fetched beside the cycle.
            let place = if is_beside(&request) { None } else { self.network.crash(self.device) };
            match place {
                None => self.pass(request).await,
                Some(Place::Before) => {
                    self.network.crash_after(0);
                    pending().await
                }
                Some(Place::Meanwhile(steps)) => {
                    drop(for_steps(steps, self.pass(request)).await);
                    self.network.crash_after(0);
                    pending().await
                }
                Some(Place::After(steps)) => {
                    let answer = self.pass(request).await;
                    self.network.crash_after(steps);
                    answer
                }
            }
        })
    }
}

/// Whether it belongs to no cycle: a photo that is fetched when it is shown.
fn is_beside(request: &HttpRequest) -> bool {
    request.method == Method::Get && request.path.starts_with("/media/")
}

/// What is asked for, without what differs each time that a seed is played.
fn kind(request: &HttpRequest) -> String {
    let first = request.path.split('/').nth(1).unwrap_or_default();
    format!("{:?} /{first}", request.method)
}
