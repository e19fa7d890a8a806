//! The site folder over HTTP: inside the app to this computer alone, from a publishing server to everyone.
//!
//! Only what a [`SitePath`] can name is looked for, so that nothing hidden and nothing outside the folder is
//! ever served. Inside the app only requests that name a loopback host are answered, so that no page elsewhere
//! can read the site through a name that it points here.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{self, HeaderName, HeaderValue};
use axum::http::{Method, StatusCode, Uri};
use axum::response::{IntoResponse as _, Response};
use galley_destinations::SitePath;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tower_http::services::ServeFile;

/// A site being served.
pub struct Served {
    /// Where.
    pub addr: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<io::Result<()>>,
}

/// How long requests in flight may take once the server is stopped.
const GRACE: Duration = Duration::from_secs(2);

/// Serves a site folder on 127.0.0.1, at the preferred port or, when that is taken, at any free one. Runs on the
/// caller's tokio runtime until it is stopped.
///
/// # Errors
/// No port of this computer can be had.
pub async fn serve(site: &Path, preferred_port: u16) -> io::Result<Served> {
    let preferred = TcpListener::bind((Ipv4Addr::LOCALHOST, preferred_port)).await;
    let listener = match preferred {
        Ok(listener) => listener,
        Err(_) => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?,
    };
    let addr = listener.local_addr()?;
    let (stop, stopped) = oneshot::channel::<()>();
    let server = axum::serve(listener, router(site)).with_graceful_shutdown(async {
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

/// The routes of the site in this folder, for whoever asks this computer by a name that only it has.
pub fn router(site: &Path) -> Router {
    Router::new().fallback(answer_this_computer).with_state(Arc::new(site.to_owned()))
}

/// The routes of the site in this folder, for everyone, under any name: what is in it is public.
pub fn public_router(site: &Path) -> Router {
    Router::new().fallback(answer).with_state(Arc::new(site.to_owned()))
}

/// No script, no frame, no form, nothing from elsewhere: what the pages need and no more.
const POLICY: &str = "default-src 'none'; img-src 'self'; style-src 'self'; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'none'";

const HEADERS: [(HeaderName, HeaderValue); 5] = [
    (header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY)),
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::X_FRAME_OPTIONS, HeaderValue::from_static("DENY")),
    (header::REFERRER_POLICY, HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

async fn answer_this_computer(site: State<Arc<PathBuf>>, request: Request) -> Response {
    if names_loopback(&request) {
        return answer(site, request).await;
    }
    with_headers((StatusCode::MISDIRECTED_REQUEST, "421\n").into_response())
}

async fn answer(State(site): State<Arc<PathBuf>>, request: Request) -> Response {
    with_headers(if !matches!(*request.method(), Method::GET | Method::HEAD) {
        (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")], "405\n").into_response()
    } else {
        match file_of(&site, request.uri()).await {
            Some((path, file)) => with_file(&site, request, &path, &file).await,
            None => not_found(&site).await,
        }
    })
}

fn with_headers(mut response: Response) -> Response {
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, value);
    }
    response
}

/// The file that a request names, when it is a plain file inside the folder.
async fn file_of(site: &Path, uri: &Uri) -> Option<(SitePath, PathBuf)> {
    let path = if uri.path() == "/" { "/index.html" } else { uri.path() };
    let path: SitePath = path.parse().ok()?;
    let root = tokio::fs::canonicalize(site).await.ok()?;
    // A link out of the folder resolves to somewhere else.
    let file = tokio::fs::canonicalize(path.under(&root)).await.ok()?;
    let is_plain = file == path.under(&root) && tokio::fs::metadata(&file).await.ok()?.is_file();
    is_plain.then_some((path, file))
}

async fn with_file(site: &Path, request: Request, path: &SitePath, file: &Path) -> Response {
    let mut response = match ServeFile::new(file).try_call(request).await {
        Ok(response) if response.status() != StatusCode::NOT_FOUND => response.map(Body::new),
        // It was taken away between the question and the answer.
        Ok(_) => return not_found(site).await,
        Err(error) => {
            tracing::warn!(%error, %path, "a file of the site cannot be read");
            return (StatusCode::INTERNAL_SERVER_ERROR, "500\n").into_response();
        }
    };
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, content_type(path));
    headers.insert(header::CACHE_CONTROL, caching(path));
    response
}

async fn not_found(site: &Path) -> Response {
    let page = tokio::fs::read(site.join("404.html")).await;
    let caching = (header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    match page {
        Ok(page) => (StatusCode::NOT_FOUND, [caching, (header::CONTENT_TYPE, HTML)], page).into_response(),
        Err(_) => (StatusCode::NOT_FOUND, [caching], "404\n").into_response(),
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

const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");

/// A closed list: what is not on it is never shown as a page.
fn content_type(path: &SitePath) -> HeaderValue {
    match path.as_str().rsplit_once('.').map(|(_, ending)| ending) {
        Some("html") => HTML,
        Some("css") => HeaderValue::from_static("text/css; charset=utf-8"),
        Some("jpg") => HeaderValue::from_static("image/jpeg"),
        Some("png") => HeaderValue::from_static("image/png"),
        Some("webp") => HeaderValue::from_static("image/webp"),
        Some("gif") => HeaderValue::from_static("image/gif"),
        _ => HeaderValue::from_static("application/octet-stream"),
    }
}

/// What is named by its content never changes; pages are asked for each time.
fn caching(path: &SitePath) -> HeaderValue {
    let is_named_by_content = path.as_str().starts_with("/media/") || path.as_str().starts_with("/assets/");
    HeaderValue::from_static(if is_named_by_content {
        "public, max-age=31536000, immutable"
    } else {
        "no-cache"
    })
}
