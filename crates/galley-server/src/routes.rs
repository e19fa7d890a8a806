//! Every route, once: the router is made from this list, and a test holds the description against it.

use std::net::{IpAddr, SocketAddr};

use axum::Router;
use axum::extract::{ConnectInfo, FromRequestParts, Request, State};
use axum::http::request::Parts;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{MethodRouter, delete, get, head, patch, post, put};
use galley_newsroom::Caller;

use crate::answer::{Refusal, announced};
use crate::app::App;
use crate::{events, media, openapi, session, site, sync, theme};

/// A route of the API.
pub(crate) struct Route {
    #[cfg_attr(not(test), expect(dead_code, reason = "the description is held against it"))]
    pub(crate) method: Method,
    /// As axum and the description both write it.
    pub(crate) path: &'static str,
    handler: MethodRouter<App>,
}

pub(crate) fn routes() -> Vec<Route> {
    let route = |method: Method, path, handler| Route { method, path, handler };
    vec![
        route(Method::GET, "/api/v1/hello", get(session::hello)),
        route(Method::POST, "/api/v1/sign-in", post(session::sign_in)),
        route(Method::DELETE, "/api/v1/sign-in", delete(session::sign_out)),
        route(Method::GET, "/api/v1/me", get(session::me)),
        route(Method::GET, "/api/v1/people", get(session::people)),
        route(Method::POST, "/api/v1/content", post(sync::content)),
        route(Method::POST, "/api/v1/intents", post(sync::intents)),
        route(Method::POST, "/api/v1/changes", post(sync::changes)),
        route(Method::POST, "/api/v1/updates", post(sync::updates)),
        route(Method::POST, "/api/v1/versions", post(sync::versions)),
        route(Method::GET, "/api/v1/events", get(events::events)),
        route(Method::POST, "/api/v1/media", post(media::announce)),
        route(Method::GET, "/api/v1/media/{sha256}", get(media::photo)),
        route(Method::HEAD, "/api/v1/uploads/{id}", head(media::offset)),
        route(Method::PATCH, "/api/v1/uploads/{id}", patch(media::append)),
        route(Method::GET, "/api/v1/articles/{article}/judged/{content_hash}", get(sync::judged)),
        route(Method::GET, "/api/v1/site", get(site::read)),
        route(Method::PUT, "/api/v1/site", put(site::save)),
        route(Method::GET, "/api/v1/themes/{id}", get(theme::files)),
        route(Method::PUT, "/api/v1/theme", put(theme::set)),
        route(Method::GET, "/api/v1/openapi.json", get(openapi::document)),
    ]
}

/// The API under `/api/v1`, `/healthz`, and the published site everywhere else.
pub fn router(app: &App) -> Router {
    let api =
        routes().into_iter().fold(Router::new(), |router, route| router.route(route.path, route.handler));
    let api = api
        .route("/api", get(unknown))
        .route("/api/{*rest}", get(unknown).fallback(unknown))
        .method_not_allowed_fallback(wrong_method)
        .layer(middleware::from_fn_with_state(app.clone(), bounded))
        .layer(middleware::from_fn(headers))
        .route("/healthz", get(healthz))
        .with_state(app.clone());
    match &app.0.site {
        Some(site) => api.fallback_service(site.public_router()),
        None => api.fallback(elsewhere),
    }
}

/// The site is in an object store, which readers ask themselves.
async fn elsewhere() -> Response {
    (StatusCode::NOT_FOUND, "404: the site is published elsewhere\n").into_response()
}

async fn unknown() -> Refusal {
    Refusal::not_found()
}

async fn wrong_method() -> Refusal {
    Refusal::new(405, galley_newsroom::wire::code::INVALID, "this path has no such method")
}

/// Whether the records can be read.
async fn healthz(State(app): State<App>) -> Response {
    match app.0.newsroom.settings().await {
        Ok(_) => "ok\n".into_response(),
        Err(error) => Refusal::from(error).into_response(),
    }
}

/// Bounds what a request may take: its time, and with a body a place among those worked on.
async fn bounded(State(app): State<App>, request: Request, next: Next) -> Response {
    let limits = &app.0.limits;
    let is_chunk = request.method() == Method::PATCH;
    let has_body = !matches!(*request.method(), Method::GET | Method::HEAD | Method::DELETE);
    let may_take = if is_chunk { limits.chunk } else { limits.request };
    let begun = std::time::Instant::now();
    let (method, path) = (request.method().clone(), request.uri().path().to_owned());
    let work = async {
        let _place = if has_body {
            let place = app.0.bodies.take(announced(&request));
            match tokio::time::timeout(limits.wait, place).await {
                Ok(Ok(place)) => Some(place),
                _ => return Refusal::unavailable("too many requests are worked on").into_response(),
            }
        } else {
            None
        };
        next.run(request).await
    };
    let response = match tokio::time::timeout(may_take, work).await {
        Ok(response) => response,
        Err(_) => Refusal::unavailable("the request took too long").into_response(),
    };
    let (status, duration_ms) = (response.status().as_u16(), begun.elapsed().as_millis());
    tracing::info!(%method, path, status, duration_ms, "answered");
    response
}

/// An answer of the API is no page, and nobody keeps it.
async fn headers(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::REFERRER_POLICY, "no-referrer"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Who asks: a device that is signed in and within its pace.
pub(crate) struct Signed(pub(crate) Caller);

impl FromRequestParts<App> for Signed {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let caller = app.0.accounts.caller(token(parts)?).await?;
        let now = std::time::Instant::now();
        app.0.buckets.take(caller.device, &app.0.limits, now).map_err(Refusal::slow_down)?;
        Ok(Self(caller))
    }
}

/// The token of a request.
pub(crate) fn token(parts: &Parts) -> Result<&str, Refusal> {
    let header = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let (scheme, token) = header.and_then(|value| value.split_once(' ')).ok_or_else(Refusal::signed_out)?;
    if scheme.eq_ignore_ascii_case("bearer") { Ok(token.trim()) } else { Err(Refusal::signed_out()) }
}

/// Where a request comes from.
pub(crate) struct From(pub(crate) IpAddr);

impl FromRequestParts<App> for From {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Refusal> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
        let peer = peer.unwrap_or(IpAddr::from([0, 0, 0, 0]));
        if !app.0.behind_proxy {
            return Ok(Self(peer));
        }
        // The last entry is the proxy's own; those before it are anybody's.
        let forwarded = parts.headers.get_all("x-forwarded-for").iter().next_back();
        let last = forwarded.and_then(|value| value.to_str().ok()?.rsplit(',').next()?.trim().parse().ok());
        Ok(Self(last.unwrap_or(peer)))
    }
}
