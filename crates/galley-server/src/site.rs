//! The settings of the site: read by every device, and replaced by an administrator.

use axum::extract::State;
use galley_newsroom::wire::{Failure, Site, SiteRequest};

use crate::answer::{Json, Refusal};
use crate::app::{App, now};
use crate::routes::Signed;

/// The settings of the site with their version, and the look of its pages.
#[utoipa::path(get, path = "/api/v1/site", tag = "site", security(("device" = [])), responses(
    (status = 200, body = Site), (status = 401, body = Failure), (status = 429, body = Failure),
    (status = 503, body = Failure)))]
pub(crate) async fn read(State(app): State<App>, Signed(_): Signed) -> Result<Json<Site>, Refusal> {
    Ok(Json(app.0.newsroom.servers_site().await?))
}

/// Replaces the settings of the site; an administrator alone may.
#[utoipa::path(put, path = "/api/v1/site", tag = "site", security(("device" = [])),
    request_body = SiteRequest, responses(
    (status = 200, body = Site), (status = 401, body = Failure),
    (status = 403, description = "`not_permitted`", body = Failure),
    (status = 409, description = "`settings_moved` with `current` and `name`: somebody else saved meanwhile",
        body = Failure),
    (status = 413, body = Failure),
    (status = 422, description = "`invalid` with `field`; `theme` with `file`, or with `option` and `detail`",
        body = Failure),
    (status = 429, body = Failure), (status = 503, body = Failure)))]
pub(crate) async fn save(
    State(app): State<App>,
    Signed(caller): Signed,
    Json(request): Json<SiteRequest>,
) -> Result<Json<Site>, Refusal> {
    let site = app.0.newsroom.save_site(&caller, &app.0.themes, request, now()).await?;
    tracing::info!(person = %caller.actor.person, version = site.version, "the site has other settings");
    app.site_follows();
    Ok(Json(site))
}
