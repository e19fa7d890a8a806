//! The site folder over HTTP: inside the app to this computer alone, from a publishing server to everyone.
//!
//! Only what a [`SitePath`] can name is looked for, so that nothing hidden and nothing outside the folder is
//! ever served. Inside the app only requests that name a loopback host are answered, so that no page elsewhere
//! can read the site through a name that it points here. Files are sent packed where they stand packed beside
//! themselves, in parts to who asks for a part, and not at all to who has them. Not here: what is on the site.

mod answer;
mod choose;
mod files;
mod told;

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::serve::ListenerExt as _;
use galley_destinations::SitePath;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use files::Files;
pub use told::{Departure, Departures, Told};

use crate::search::SiteSearch;

/// A site being served.
pub struct Served {
    /// Where.
    pub addr: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<io::Result<()>>,
}

/// How long requests in flight may take once the server is stopped.
const GRACE: Duration = Duration::from_secs(2);

/// So much of a site's files is kept in memory, in bytes.
const BUDGET: usize = 64 << 20;
/// So often is a file looked at that is replaced just when it is to be sent.
const TRIES: usize = 8;

/// A site folder that can be served. Cheap to clone; clones share what they remember.
#[derive(Clone)]
pub struct SiteServer(Arc<Inner>);

struct Inner {
    files: Arc<Files>,
    told: Told,
    search: RwLock<Option<SiteSearch>>,
}

impl SiteServer {
    /// The server of the site in this folder, which need not be there yet.
    pub fn of(site: &Path) -> Self {
        Self::telling(site, Told::default())
    }

    /// The same, for the newsroom that [tells](crate::Newsroom::told) this.
    pub fn telling(site: &Path, told: Told) -> Self {
        Self(Arc::new(Inner { files: Arc::new(Files::of(site, BUDGET)), told, search: RwLock::default() }))
    }

    /// Answers `/search` from now on; without it nothing is there.
    pub fn set_search(&self, search: SiteSearch) {
        *self.0.search.write().unwrap_or_else(PoisonError::into_inner) = Some(search);
    }

    /// The routes of the site for whoever asks this computer by a name that only it has.
    pub fn router(&self) -> Router {
        Router::new().fallback(answer_this_computer).with_state(self.clone())
    }

    /// The routes of the site for everyone, under any name: what is in it is public.
    pub fn public_router(&self) -> Router {
        Router::new().fallback(answer_everyone).with_state(self.clone())
    }
}

/// Serves a site folder on 127.0.0.1, at the preferred port or, when that is taken, at any free one. Runs on the
/// caller's tokio runtime until it is stopped.
///
/// # Errors
/// No port of this computer can be had.
pub async fn serve(site: &Path, preferred_port: u16) -> io::Result<Served> {
    serve_routes(SiteServer::of(site).router(), preferred_port).await
}

/// Serves these routes as [`serve`] serves a folder.
///
/// # Errors
/// No port of this computer can be had.
pub async fn serve_routes(routes: Router, preferred_port: u16) -> io::Result<Served> {
    let preferred = TcpListener::bind((Ipv4Addr::LOCALHOST, preferred_port)).await;
    let listener = match preferred {
        Ok(listener) => listener,
        Err(_) => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?,
    };
    let addr = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let listener = listener.tap_io(|stream| {
        // Only slower without it.
        drop(stream.set_nodelay(true));
    });
    let server = axum::serve(listener, routes).with_graceful_shutdown(async {
        // A sender that was dropped asks for the same.
        drop(stopped.await);
    });
    let task = tokio::spawn(async move { server.await });
    Ok(Served { addr, stop, task })
}

impl Served {
    /// The address for people, without a slash at its end.
    pub fn base_url(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Stops taking requests and waits a moment for those in flight.
    pub async fn stop(self) {
        drop(self.stop);
        let abort = self.task.abort_handle();
        if tokio::time::timeout(GRACE, self.task).await.is_err() {
            abort.abort();
        }
    }
}

/// The routes of the site in this folder, for everyone, under any name: what is in it is public.
pub fn public_router(site: &Path) -> Router {
    SiteServer::of(site).public_router()
}

const HEADERS: [(HeaderName, HeaderValue); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
];

const SAME_ORIGIN: HeaderValue = HeaderValue::from_static("same-origin");

const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Who may show what is served on a page of theirs.
#[derive(Clone, Copy)]
enum Readers {
    /// Nobody else: the site of this computer alone.
    ThisComputer,
    /// Photos everyone, so that feed readers show them.
    Everyone,
}

async fn answer_this_computer(State(server): State<SiteServer>, request: Request) -> Response {
    if names_loopback(&request) {
        return server.answer(request, Readers::ThisComputer).await;
    }
    server.misdirected()
}

async fn answer_everyone(State(server): State<SiteServer>, request: Request) -> Response {
    server.answer(request, Readers::Everyone).await
}

impl SiteServer {
    async fn answer(&self, request: Request, readers: Readers) -> Response {
        // A body is not looked at, and could not be shared between threads.
        let (request, _) = request.into_parts();
        let path = request.uri.path();
        let is_shared = matches!(readers, Readers::Everyone) && path.starts_with("/media/");
        let shown_by = if is_shared { HeaderValue::from_static("cross-origin") } else { SAME_ORIGIN };
        let response = match request.method {
            Method::GET | Method::HEAD => {
                let search = self.0.search.read().unwrap_or_else(PoisonError::into_inner).clone();
                if let Some(search) = search.filter(|_| path == "/search") {
                    let answer = search.answer(request.uri.query()).await;
                    return self.with_headers(answer, shown_by);
                }
                let path = if path == "/" { "/index.html" } else { path };
                self.file(path.parse().ok(), &request).await
            }
            _ => (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")], "405\n").into_response(),
        };
        self.with_headers(response, shown_by)
    }

    async fn file(&self, path: Option<SitePath>, request: &Parts) -> Response {
        let departure = path.as_ref().and_then(|path| self.0.told.departures().of(path));
        if let Some(Departure::MovedTo(to)) = departure {
            let kept = (header::CACHE_CONTROL, "no-cache");
            return (StatusCode::MOVED_PERMANENTLY, [(header::LOCATION, to.as_str()), kept]).into_response();
        }
        for _ in 0..TRIES {
            let Some(path) = &path else { break };
            let answered = match self.0.files.get(path).await {
                Ok(Some(seen)) => answer::answer(&seen, &request.method, &request.headers).await,
                Ok(None) => break,
                Err(error) => Err(error),
            };
            match answered {
                Ok(Some(response)) => return response,
                // A large file was replaced between the two looks.
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(%error, %path, "a file of the site cannot be read");
                    return (StatusCode::INTERNAL_SERVER_ERROR, "500\n").into_response();
                }
            }
        }
        let is_gone = departure == Some(Departure::Gone);
        self.nothing(if is_gone { StatusCode::GONE } else { StatusCode::NOT_FOUND }, request).await
    }

    /// The site's page for where nothing is.
    async fn nothing(&self, status: StatusCode, request: &Parts) -> Response {
        let page = match "/404.html".parse() {
            Ok(path) => self.0.files.get(&path).await.ok().flatten(),
            Err(_) => None,
        };
        let page = page.and_then(|page| answer::page(&page, status, &request.method, &request.headers));
        page.unwrap_or_else(|| {
            let said = format!("{}\n", status.as_u16());
            (status, [(header::CACHE_CONTROL, "no-cache")], said).into_response()
        })
    }

    /// Asked under a name that others could have pointed here.
    fn misdirected(&self) -> Response {
        self.with_headers((StatusCode::MISDIRECTED_REQUEST, "421\n").into_response(), SAME_ORIGIN)
    }

    fn with_headers(&self, mut response: Response, shown_by: HeaderValue) -> Response {
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_SECURITY_POLICY, self.0.told.policy());
        headers.insert(RESOURCE_POLICY, shown_by);
        for (name, value) in HEADERS {
            headers.insert(name, value);
        }
        response
    }
}

/// Whether the request asks for this computer by a name that only this computer has.
fn names_loopback(request: &Request) -> bool {
    let in_header = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let in_target = request.uri().authority().map(axum::http::uri::Authority::as_str);
    in_header.is_some_and(is_loopback) && in_target.is_none_or(is_loopback)
}

fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => name,
        _ => host,
    };
    ["127.0.0.1", "localhost", "[::1]"].iter().any(|known| name.eq_ignore_ascii_case(known))
}
