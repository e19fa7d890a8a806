//! Photos: announced, sent in chunks, served to who is signed in.

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use galley_model::Sha256;
use galley_newsroom::wire::{Failure, MAX_CHUNK_BYTES, MediaAnswer, MediaRequest, UPLOAD_OFFSET};
use galley_newsroom::{Media, MediaError};
use tokio::io::AsyncReadExt as _;
use uuid::Uuid;

use crate::answer::{Json, Refusal, whole_body};
use crate::app::App;
use crate::routes::Signed;

/// Announces a photo.
#[utoipa::path(post, path = "/api/v1/media", tag = "media", security(("device" = [])),
    request_body = MediaRequest, responses(
    (status = 200, body = MediaAnswer), (status = 401, body = Failure), (status = 413, body = Failure),
    (status = 422, body = Failure), (status = 429, body = Failure), (status = 503, body = Failure)))]
pub(crate) async fn announce(
    State(app): State<App>,
    Signed(caller): Signed,
    Json(request): Json<MediaRequest>,
) -> Result<Json<MediaAnswer>, Refusal> {
    Ok(Json(on_disk(&app, move |media| media.begin(caller.device, &request)).await?))
}

/// A photo.
#[utoipa::path(get, path = "/api/v1/media/{sha256}", tag = "media", security(("device" = [])),
    params(("sha256" = Sha256, Path, description = "Of its bytes.")), responses(
    (status = 200, content_type = "image/*"), (status = 401, body = Failure),
    (status = 404, body = Failure), (status = 429, body = Failure)))]
pub(crate) async fn photo(
    State(app): State<App>,
    Signed(_caller): Signed,
    Path(sha256): Path<String>,
) -> Result<Response, Refusal> {
    let sha256: Sha256 = sha256.parse().map_err(|_| Refusal::not_found())?;
    let stored = on_disk(&app, move |media| Ok(media.stored(sha256))).await?;
    let stored = stored.ok_or_else(Refusal::not_found)?;
    let file = tokio::fs::File::open(&stored.path).await.map_err(MediaError::Io)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(stored.mime)),
        (header::CONTENT_LENGTH, HeaderValue::from(stored.size)),
        // Its name is its content; only whoever is signed in keeps it.
        (header::CACHE_CONTROL, HeaderValue::from_static("private, max-age=31536000, immutable")),
    ];
    let chunks = stream::try_unfold(file, |mut file| async move {
        let mut chunk = vec![0; 1 << 16];
        let n = file.read(&mut chunk).await?;
        chunk.truncate(n);
        Ok::<_, std::io::Error>((n > 0).then_some((chunk, file)))
    });
    Ok((headers, Body::from_stream(chunks)).into_response())
}

/// How much of an upload is there, in `Upload-Offset`.
#[utoipa::path(head, path = "/api/v1/uploads/{id}", tag = "media", security(("device" = [])),
    params(("id" = Uuid, Path, description = "Of the upload.")), responses(
    (status = 204, headers(("upload-offset" = u64))), (status = 401), (status = 410), (status = 429)))]
pub(crate) async fn offset(
    State(app): State<App>,
    Signed(caller): Signed,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let id = upload(&id)?;
    let offset = on_disk(&app, move |media| media.offset(caller.device, id)).await?;
    Ok(stands_at(offset))
}

/// Appends a chunk of at most 4 MiB at `Upload-Offset`; the last one checks the whole.
#[utoipa::path(patch, path = "/api/v1/uploads/{id}", tag = "media", security(("device" = [])),
    params(("id" = Uuid, Path, description = "Of the upload."),
        ("upload-offset" = u64, Header, description = "Where the chunk begins.")),
    request_body(content = Vec<u8>, content_type = "application/offset+octet-stream"), responses(
    (status = 204, headers(("upload-offset" = u64))), (status = 401, body = Failure),
    (status = 409, description = "`offset`", body = Failure), (status = 410, body = Failure),
    (status = 413, body = Failure), (status = 422, body = Failure), (status = 429, body = Failure),
    (status = 460, description = "`wrong_bytes`", body = Failure), (status = 503, body = Failure)))]
pub(crate) async fn append(
    State(app): State<App>,
    Signed(caller): Signed,
    Path(id): Path<String>,
    headers: HeaderMap,
    request: Request,
) -> Result<Response, Refusal> {
    let id = upload(&id)?;
    let offset = headers.get(UPLOAD_OFFSET).and_then(|value| value.to_str().ok()?.parse().ok());
    let offset: u64 = offset.ok_or_else(|| Refusal::invalid("Upload-Offset is missing"))?;
    let chunk = whole_body(request, MAX_CHUNK_BYTES).await?;
    let after = on_disk(&app, move |media| media.append(caller.device, id, offset, &chunk)).await?;
    Ok(stands_at(after))
}

fn stands_at(offset: u64) -> Response {
    (StatusCode::NO_CONTENT, [(UPLOAD_OFFSET, HeaderValue::from(offset))]).into_response()
}

fn upload(id: &str) -> Result<Uuid, Refusal> {
    id.parse().map_err(|_| MediaError::Gone.into())
}

/// Waits for the disk where it holds nobody up.
async fn on_disk<T: Send + 'static>(
    app: &App,
    work: impl FnOnce(&Media) -> Result<T, MediaError> + Send + 'static,
) -> Result<T, Refusal> {
    let media = app.0.media.clone();
    let done = tokio::task::spawn_blocking(move || work(&media)).await;
    done.map_err(|_| Refusal::unavailable("cut off"))?.map_err(Refusal::from)
}
