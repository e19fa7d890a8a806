//! Text, wishes and what moved: the newsroom's answers, passed on.

use axum::extract::{Path, State};
use galley_model::{ArticleId, Sha256};
use galley_newsroom::wire::{
    ChangesAnswer, ChangesRequest, ContentAnswer, ContentRequest, Failure, IntentsAnswer, IntentsRequest,
    JudgedText, UpdatesAnswer, UpdatesRequest, VersionsAnswer, VersionsRequest,
};

use crate::answer::{Json, Refusal};
use crate::app::{App, now};
use crate::routes::Signed;

/// A route that hands a body to the newsroom and its answer back.
macro_rules! passed_on {
    ($(#[$doc:meta])* $name:ident, $path:literal, $request:ty => $answer:ty, [$($more:tt)*], |$newsroom:ident, $caller:ident, $body:ident| $call:expr) => {
        $(#[$doc])*
        #[utoipa::path(post, path = $path, tag = "sync", security(("device" = [])), request_body = $request,
            responses(
                (status = 200, body = $answer),
                (status = 401, description = "`signed_out`", body = Failure),
                $($more)*
                (status = 413, description = "`too_large`", body = Failure),
                (status = 422, description = "`invalid`", body = Failure),
                (status = 429, description = "`slow_down`, with `Retry-After`", body = Failure),
                (status = 503, description = "`unavailable`, with `Retry-After`", body = Failure)))]
        pub(crate) async fn $name(
            State(app): State<App>,
            Signed($caller): Signed,
            Json($body): Json<$request>,
        ) -> Result<Json<$answer>, Refusal> {
            let $newsroom = &app.0.newsroom;
            Ok(Json($call.await?))
        }
    };
}

passed_on!(
    /// Takes what peers wrote; each item is answered for itself.
    content, "/api/v1/content", ContentRequest => ContentAnswer, [],
    |newsroom, caller, body| newsroom.content(&caller, body, now())
);
passed_on!(
    /// Decides wishes in the order of their numbers.
    intents, "/api/v1/intents", IntentsRequest => IntentsAnswer, [],
    |newsroom, caller, body| newsroom.intents(&caller, body, now())
);
passed_on!(
    /// What moved after a cursor.
    changes, "/api/v1/changes", ChangesRequest => ChangesAnswer,
    [(status = 409, description = "`other_newsroom`, `other_epoch`", body = Failure),],
    |newsroom, caller, body| newsroom.changes(&caller, body)
);
passed_on!(
    /// Updates of articles after those that a device has.
    updates, "/api/v1/updates", UpdatesRequest => UpdatesAnswer, [],
    |newsroom, caller, body| newsroom.updates(&caller, body)
);
passed_on!(
    /// What the server has of some articles, by peer.
    versions, "/api/v1/versions", VersionsRequest => VersionsAnswer, [],
    |newsroom, caller, body| newsroom.versions(&caller, body)
);

/// A text that somebody judged, for who may read the article.
#[utoipa::path(get, path = "/api/v1/articles/{article}/judged/{content_hash}", tag = "sync",
    security(("device" = [])),
    params(("article" = ArticleId, Path, description = "Which article."),
        ("content_hash" = Sha256, Path, description = "As the sign-off names what was judged.")),
    responses((status = 200, body = JudgedText), (status = 401, body = Failure),
        (status = 404, description = "not for this person, or not kept", body = Failure),
        (status = 429, body = Failure), (status = 503, body = Failure)))]
pub(crate) async fn judged(
    State(app): State<App>,
    Signed(caller): Signed,
    Path((article, content_hash)): Path<(String, String)>,
) -> Result<Json<JudgedText>, Refusal> {
    let article: ArticleId = article.parse().map_err(|_| Refusal::not_found())?;
    let content_hash: Sha256 = content_hash.parse().map_err(|_| Refusal::not_found())?;
    let text = app.0.newsroom.judged_text(&caller, article, content_hash).await?;
    text.map(Json).ok_or_else(Refusal::not_found)
}
