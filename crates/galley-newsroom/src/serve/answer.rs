//! The answer to a request for a file: whole or in part, plain or packed, or that the reader has it.

use std::fs::File;
use std::io::{self, Seek as _, SeekFrom};
use std::ops::Range;

use axum::body::{Body, Bytes};
use axum::http::header::{self, HeaderMap, HeaderValue};
use axum::http::{Method, Response as HttpResponse, StatusCode};
use axum::response::Response;
use futures_util::stream;
use tokio::io::AsyncReadExt as _;

use super::choose::{self, Part, Validators, Verdict};
use super::files::{Form, Seen};

/// So much of a large file is read and sent at once.
const CHUNK: usize = 1 << 17;

/// Answers with a file as it was seen; none when a large one changed since, and is to be looked at again.
///
/// # Errors
/// A large file cannot be read.
pub(super) async fn answer(seen: &Seen, method: &Method, asked: &HeaderMap) -> io::Result<Option<Response>> {
    let encoding = choose::encoding(asked, |encoding| seen.form(Some(encoding)).is_some());
    let form = seen.form(encoding).unwrap_or(&seen.plain);
    let known = Validators { etag: form.etag.to_str().unwrap_or_default(), modified: seen.modified };
    let mut headers = HeaderMap::with_capacity(20);
    headers.insert(header::ETAG, form.etag.clone());
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(seen.path.cache_control()));
    if seen.path.is_text() {
        headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    }
    if let Some(modified) = &seen.modified_header {
        headers.insert(header::LAST_MODIFIED, modified.clone());
    }
    match choose::verdict(asked, &known) {
        Verdict::Send => {}
        Verdict::NotModified => return Ok(Some(empty(StatusCode::NOT_MODIFIED, headers))),
        Verdict::Failed => return Ok(Some(empty(StatusCode::PRECONDITION_FAILED, headers))),
    }
    headers.insert(header::ACCEPT_RANGES, HeaderValue::from_static("bytes"));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(seen.path.content_type()));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
    }
    // Ranges are defined for GET alone (14.2).
    let part = if method == Method::GET { choose::part(asked, &known, form.len) } else { Part::Whole };
    let (status, range) = match part {
        Part::Whole => (StatusCode::OK, 0..form.len),
        Part::Range(range) => (StatusCode::PARTIAL_CONTENT, range),
        Part::Unsatisfiable => {
            headers.remove(header::CONTENT_TYPE);
            headers.remove(header::CONTENT_ENCODING);
            insert(&mut headers, header::CONTENT_RANGE, format!("bytes */{}", form.len));
            return Ok(Some(empty(StatusCode::RANGE_NOT_SATISFIABLE, headers)));
        }
    };
    if status == StatusCode::PARTIAL_CONTENT {
        let said = format!("bytes {}-{}/{}", range.start, range.end.saturating_sub(1), form.len);
        insert(&mut headers, header::CONTENT_RANGE, said);
    }
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(range.end - range.start));
    let body = if method == Method::HEAD { Some(Body::empty()) } else { body(form, range).await? };
    Ok(body.map(|body| with(status, headers, body)))
}

/// The page for where nothing is, in the form that the reader takes.
pub(super) fn page(seen: &Seen, status: StatusCode, method: &Method, asked: &HeaderMap) -> Option<Response> {
    let encoding = choose::encoding(asked, |encoding| seen.form(Some(encoding)).is_some());
    let form = seen.form(encoding).unwrap_or(&seen.plain);
    let bytes = form.bytes.clone()?;
    let mut headers = HeaderMap::with_capacity(16);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    headers.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(seen.path.content_type()));
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(bytes.len()));
    if let Some(encoding) = encoding {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
    }
    let body = if method == Method::HEAD { Body::empty() } else { Body::from(bytes) };
    Some(with(status, headers, body))
}

fn insert(headers: &mut HeaderMap, name: header::HeaderName, text: String) {
    if let Ok(value) = HeaderValue::try_from(text) {
        headers.insert(name, value);
    }
}

fn empty(status: StatusCode, headers: HeaderMap) -> Response {
    with(status, headers, Body::empty())
}

fn with(status: StatusCode, headers: HeaderMap, body: Body) -> Response {
    let mut response = HttpResponse::new(body);
    *response.status_mut() = status;
    *response.headers_mut() = headers;
    response
}

/// The bytes of a range, from memory or from the disk.
async fn body(form: &Form, range: Range<u64>) -> io::Result<Option<Body>> {
    if let Some(bytes) = &form.bytes {
        let (Ok(start), Ok(end)) = (usize::try_from(range.start), usize::try_from(range.end)) else {
            return Err(io::ErrorKind::InvalidInput.into());
        };
        return Ok(Some(Body::from(bytes.slice(start..end))));
    }
    let form = form.on_disk();
    let opened = tokio::task::spawn_blocking(move || {
        let Some(mut file) = form.open()? else { return Ok(None) };
        file.seek(SeekFrom::Start(range.start))?;
        Ok::<_, io::Error>(Some((file, range.end - range.start)))
    });
    let opened = opened.await.map_err(io::Error::other)??;
    Ok(opened.map(|(file, len)| streamed(file, len)))
}

/// So many bytes of a file, chunk by chunk. Where it ends too soon the connection does, so that no reader takes
/// the rest of another answer for the end of this one.
fn streamed(file: File, len: u64) -> Body {
    let file = tokio::fs::File::from_std(file);
    Body::from_stream(stream::try_unfold((file, len), |(mut file, left)| async move {
        let wanted = usize::try_from(left).unwrap_or(CHUNK).min(CHUNK);
        if wanted == 0 {
            return Ok(None);
        }
        let mut chunk = vec![0; wanted];
        file.read_exact(&mut chunk).await?;
        Ok::<_, io::Error>(Some((Bytes::from(chunk), (file, left - wanted as u64))))
    }))
}
