//! What is answered: JSON, and every failure as [`Failure`] with the status that the protocol gives it.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use galley_newsroom::wire::{Failure, MAX_BODY_BYTES, code};
use galley_newsroom::{AccountError, MediaError, NewsroomError, StorageError};
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A failure on its way out.
#[derive(Debug)]
pub(crate) struct Refusal {
    status: StatusCode,
    failure: Failure,
    retry_after: Option<Duration>,
}

impl Refusal {
    pub(crate) fn new(status: u16, code: &str, message: impl ToString) -> Self {
        let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let failure =
            Failure { code: code.to_owned(), message: message.to_string(), values: BTreeMap::new() };
        Self { status, failure, retry_after: None }
    }

    pub(crate) fn with(mut self, name: &str, value: impl ToString) -> Self {
        self.failure.values.insert(name.to_owned(), value.to_string());
        self
    }

    fn after(mut self, wait: Duration) -> Self {
        self.retry_after = Some(wait);
        self.with("seconds", seconds(wait))
    }

    pub(crate) fn signed_out() -> Self {
        Self::new(401, code::SIGNED_OUT, "not signed in")
    }

    pub(crate) fn not_found() -> Self {
        Self::new(404, code::NOT_FOUND, "there is no such thing here")
    }

    pub(crate) fn invalid(message: impl ToString) -> Self {
        Self::new(422, code::INVALID, message)
    }

    pub(crate) fn too_large(max: u64) -> Self {
        Self::new(413, code::TOO_LARGE, format!("larger than {max} bytes")).with("max", max)
    }

    pub(crate) fn slow_down(wait: Duration) -> Self {
        Self::new(429, code::SLOW_DOWN, "too many requests").after(wait)
    }

    pub(crate) fn unavailable(message: impl ToString) -> Self {
        Self::new(503, code::UNAVAILABLE, message).after(Duration::from_secs(5))
    }

    fn internal() -> Self {
        Self::new(500, code::INTERNAL, "the server failed; its log says why")
    }
}

/// Rounded up, so that nobody comes back too early.
fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.failure)).into_response();
        if let Some(wait) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds(wait)));
        }
        response
    }
}

impl From<AccountError> for Refusal {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::WrongSecret => Self::new(401, code::WRONG_SECRET, error),
            AccountError::SignedOut => Self::signed_out(),
            AccountError::SlowDown { wait } => Self::slow_down(wait),
            AccountError::Busy => Self::slow_down(Duration::from_secs(2)),
            AccountError::Invalid { field } => Self::invalid(error).with("field", field),
            AccountError::NameTaken | AccountError::NoSuchPerson => Self::invalid(error),
            AccountError::Storage(error) => error.into(),
            AccountError::CutOff => Self::unavailable("the server stops"),
        }
    }
}

impl From<MediaError> for Refusal {
    fn from(error: MediaError) -> Self {
        match error {
            MediaError::Gone => Self::new(410, code::GONE, error),
            MediaError::Offset { offset } => Self::new(409, code::OFFSET, error).with("offset", offset),
            MediaError::TooLarge { max } => Self::too_large(max),
            MediaError::Kind => Self::invalid(error).with("field", "mime"),
            MediaError::WrongBytes => Self::new(460, code::WRONG_BYTES, error),
            MediaError::TooMany => Self::slow_down(Duration::from_secs(60)),
            MediaError::DiskFull => Self::unavailable(error),
            MediaError::Io(error) => {
                tracing::error!(%error, "a photo cannot be read or written");
                Self::internal()
            }
        }
    }
}

impl From<StorageError> for Refusal {
    fn from(error: StorageError) -> Self {
        tracing::error!(%error, "the records cannot be read or written");
        match error {
            StorageError::DiskFull | StorageError::Busy | StorageError::Closed => Self::unavailable(error),
            _ => Self::internal(),
        }
    }
}

impl From<NewsroomError> for Refusal {
    fn from(error: NewsroomError) -> Self {
        match error {
            NewsroomError::Storage(error) => error.into(),
            NewsroomError::OtherNewsroom => Self::new(409, code::OTHER_NEWSROOM, error),
            NewsroomError::OtherEpoch => Self::new(409, code::OTHER_EPOCH, error),
            NewsroomError::SettingsMoved { current, ref by } => {
                let by = by.clone();
                Self::new(409, code::SETTINGS_MOVED, error).with("current", current).with("name", by)
            }
            NewsroomError::InvalidSetting { ref field } => {
                let field = field.clone();
                Self::invalid(error).with("field", field)
            }
            NewsroomError::Logo(_) => Self::invalid(error).with("field", "logo"),
            NewsroomError::NoDecoder => Self::unavailable(error),
            NewsroomError::CutOff => Self::unavailable("the server stops"),
            error => {
                tracing::error!(%error, "the newsroom failed");
                Self::internal()
            }
        }
    }
}

/// JSON, in and out. What cannot be read is a failure of the protocol's form.
pub(crate) struct Json<T>(pub(crate) T);

impl<T: Serialize> IntoResponse for Json<T> {
    fn into_response(self) -> Response {
        match serde_json::to_vec(&self.0) {
            Ok(bytes) => ([(header::CONTENT_TYPE, "application/json")], bytes).into_response(),
            Err(error) => {
                tracing::error!(%error, "an answer cannot be written");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        }
    }
}

impl<S: Sync, T: DeserializeOwned> FromRequest<S> for Json<T> {
    type Rejection = Refusal;

    async fn from_request(request: Request, _: &S) -> Result<Self, Refusal> {
        let bytes = whole_body(request, MAX_BODY_BYTES).await?;
        // The message names a place, never what stands there.
        let place = |error: serde_json::Error| {
            let (line, column) = (error.line(), error.column());
            Refusal::invalid(format!("line {line}, column {column}: {:?}", error.classify()))
        };
        serde_json::from_slice(&bytes).map(Self).map_err(place)
    }
}

/// How many bytes of body a request says that it has.
pub(crate) fn announced(request: &Request) -> Option<u64> {
    request.headers().get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// The body, up to a size.
pub(crate) async fn whole_body(request: Request, max: usize) -> Result<Vec<u8>, Refusal> {
    if announced(&request).is_some_and(|length| length > max as u64) {
        return Err(Refusal::too_large(max as u64));
    }
    let body = axum::body::to_bytes(request.into_body(), max).await;
    body.map(Into::into).map_err(|error| {
        let is_limit = std::error::Error::source(&error).is_some_and(|source| source.is::<LengthLimit>());
        if is_limit { Refusal::too_large(max as u64) } else { Refusal::invalid("the body was cut off") }
    })
}

type LengthLimit = http_body_util::LengthLimitError;
