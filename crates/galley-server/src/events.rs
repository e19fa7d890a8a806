//! Server-sent events: that something changed, and nothing else.

use std::convert::Infallible;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use galley_model::workflow::Actor;
use galley_newsroom::wire::Failure;
use tokio::time::Instant;

use crate::answer::Refusal;
use crate::app::App;
use crate::routes::{Signed, token};

/// A stream of `changed` with the newest feed number, also when the person's name or roles changed; a comment every
/// 15 s.
#[utoipa::path(get, path = "/api/v1/events", tag = "sync", security(("device" = [])), responses(
    (status = 200, content_type = "text/event-stream"), (status = 401, body = Failure),
    (status = 429, body = Failure), (status = 503, body = Failure)))]
pub(crate) async fn events(
    State(app): State<App>,
    Signed(caller): Signed,
    request: Request,
) -> Result<Response, Refusal> {
    let place = app.0.streams.clone().try_acquire_owned();
    let place = place.map_err(|_| Refusal::unavailable("too many streams of events"))?;
    let token = token(&request.into_parts().0)?.to_owned();
    let mut fed = app.0.newsroom.fed();
    // The newest number at once: whoever was away learns of it.
    fed.mark_changed();
    let quiet_until = Instant::now();
    let (stopping, known) = (app.stopping(), caller.actor);
    let listener = Listener { stopping, app, token, known, fed, quiet_until, _place: place };
    let lines = stream::unfold(listener, |mut listener| async move {
        let line = listener.next().await?;
        Some((Ok::<_, Infallible>(line), listener))
    });
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("text/event-stream")),
        // nginx holds a stream back otherwise.
        (header::HeaderName::from_static("x-accel-buffering"), HeaderValue::from_static("no")),
    ];
    Ok((headers, Body::from_stream(lines)).into_response())
}

/// Lines that all streams together say in a second.
const LINES_PER_SECOND: u32 = 4_000;

struct Listener {
    app: App,
    token: String,
    /// Who it stood for when something was said last.
    known: Actor,
    fed: tokio::sync::watch::Receiver<i64>,
    stopping: tokio::sync::watch::Receiver<bool>,
    /// What changes before this is said then, at once.
    quiet_until: Instant,
    _place: tokio::sync::OwnedSemaphorePermit,
}

impl Listener {
    /// The next line; none when the server stops or the token was revoked.
    async fn next(&mut self) -> Option<String> {
        let Self { app, known, fed, stopping, quiet_until, .. } = self;
        let heartbeat = tokio::time::sleep(app.0.limits.heartbeat);
        let moved = async {
            tokio::time::sleep_until(*quiet_until).await;
            fed.changed().await
        };
        let line = tokio::select! {
            stopping = stopping.wait_for(|stopping| *stopping) => {
                drop(stopping);
                return None;
            }
            moved = moved => {
                moved.ok()?;
                *quiet_until = Instant::now() + gap(app);
                changed(*fed.borrow_and_update())
            }
            () = heartbeat => ":\n\n".to_owned(),
        };
        let caller = app.0.accounts.caller(&self.token).await.ok()?;
        if caller.actor == *known {
            return Some(line);
        }
        // Somebody gave the person another name or other roles, perhaps from another process.
        *known = caller.actor;
        Some(changed(*fed.borrow_and_update()))
    }
}

fn changed(n: i64) -> String {
    format!("event: changed\ndata: {n}\n\n")
}

/// How long a stream is quiet after it said something: with few listeners nothing that anybody notices, with thousands
/// so long that a newsroom in which somebody types does not spend its time on telling everybody of every key.
fn gap(app: &App) -> Duration {
    let n_streams = app.0.limits.streams.saturating_sub(app.0.streams.available_permits());
    Duration::from_secs(1) * u32::try_from(n_streams).unwrap_or(u32::MAX) / LINES_PER_SECOND
}
