//! The theme: its files for every device, and an administrator who sets the site in another.

use axum::extract::{Path, State};
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use galley_model::Sha256;
use galley_newsroom::ThemeError;
use galley_newsroom::wire::{Bytes, Failure, MAX_THEME_BYTES, ThemeAnswer, ThemeFiles, ThemeRequest, code};

use crate::answer::{Json, Refusal};
use crate::app::{App, now};
use crate::routes::Signed;

/// The files of a theme of the newsroom's own.
#[utoipa::path(get, path = "/api/v1/themes/{id}", tag = "theme", security(("device" = [])),
    params(("id" = Sha256, Path, description = "The look that `changes` names.")), responses(
    (status = 200, body = ThemeFiles), (status = 401, body = Failure),
    (status = 404, body = Failure), (status = 429, body = Failure), (status = 503, body = Failure)))]
pub(crate) async fn files(
    State(app): State<App>,
    Signed(_caller): Signed,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let id: Sha256 = id.parse().map_err(|_| Refusal::not_found())?;
    let themes = app.0.themes.clone();
    let read = tokio::task::spawn_blocking(move || themes.read(id)).await;
    let theme = read.map_err(|_| Refusal::unavailable("cut off"))?.map_err(ThemeError::Io)?;
    let theme = theme.ok_or_else(Refusal::not_found)?;
    let files = theme.files().iter().map(|(path, bytes)| (path.clone(), Bytes(bytes.clone()))).collect();
    // Its name is its content; only whoever is signed in keeps it.
    let kept = (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable"));
    Ok(([kept], Json(ThemeFiles { files })).into_response())
}

/// Sets the site in another theme; an administrator alone may.
#[utoipa::path(put, path = "/api/v1/theme", tag = "theme", security(("device" = [])),
    request_body = ThemeRequest, responses(
    (status = 200, body = ThemeAnswer), (status = 401, body = Failure),
    (status = 403, description = "`not_permitted`", body = Failure), (status = 413, body = Failure),
    (status = 422, description = "`theme` with `file`, `line`, `detail`; `invalid`", body = Failure),
    (status = 429, body = Failure), (status = 503, body = Failure)))]
pub(crate) async fn set(
    State(app): State<App>,
    Signed(caller): Signed,
    Json(request): Json<ThemeRequest>,
) -> Result<Json<ThemeAnswer>, Refusal> {
    let answer = app.0.newsroom.set_theme(&caller, &app.0.themes, request, now()).await?;
    tracing::info!(person = %caller.actor.person, look = %answer.look, "the site is set in another theme");
    app.site_follows();
    Ok(Json(answer))
}

impl From<ThemeError> for Refusal {
    fn from(error: ThemeError) -> Self {
        let message = error.to_string();
        match error {
            ThemeError::NotPermitted => Self::new(403, code::NOT_PERMITTED, message),
            ThemeError::TooLarge { .. } => Self::too_large(MAX_THEME_BYTES as u64),
            ThemeError::Page(error) => {
                let (file, line, detail) = error.place();
                let refusal = Self::new(422, code::THEME, message);
                refusal.with("file", file).with("line", line).with("detail", detail)
            }
            ThemeError::Option { id, detail } => {
                Self::new(422, code::THEME, message).with("option", id).with("detail", detail)
            }
            ThemeError::Io(error) => {
                tracing::error!(%error, "a theme cannot be read or written");
                Self::unavailable(message)
            }
            ThemeError::Newsroom(error) => error.into(),
        }
    }
}
