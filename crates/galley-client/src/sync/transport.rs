//! How a request reaches a server: one trait, so that a test can pass a router in this process.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use tokio::sync::mpsc;

/// What an implementation of [`Transport`] returns.
pub type Answering<'a, T> = Pin<Box<dyn Future<Output = Result<T, TransportError>> + Send + 'a>>;

/// How a device reaches one server.
pub trait Transport: Send + Sync {
    /// Sends one request and waits for its answer, in bounded time. Everything that is no answer of HTTP is an
    /// error; what it means is the caller's.
    fn send(&self, request: HttpRequest) -> Answering<'_, HttpResponse>;

    /// Opens the stream of events: each item says that something changed. It ends with the channel. Without one
    /// the device polls.
    fn listen(&self, _token: &str) -> Answering<'_, mpsc::Receiver<()>> {
        Box::pin(async { Err(TransportError::NoNetwork) })
    }
}

/// Makes the transport to the server at an address.
pub type Connect = Arc<dyn Fn(&str) -> Result<Arc<dyn Transport>, TransportError> + Send + Sync>;

/// The methods of the protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// `GET`
    Get,
    /// `POST`
    Post,
    /// `PUT`
    Put,
    /// `PATCH`
    Patch,
    /// `DELETE`
    Delete,
}

/// One request, below `/api/v1`.
#[derive(Clone, PartialEq, Eq)]
pub struct HttpRequest {
    /// How.
    pub method: Method,
    /// Behind [`galley_sync::wire::BASE`], such as `/content`.
    pub path: String,
    /// For `Authorization: Bearer …`.
    pub token: Option<String>,
    /// For the header `upload-offset`; the body is bytes then, and JSON otherwise.
    pub offset: Option<u64>,
    /// The body, empty for none.
    pub body: Vec<u8>,
}

impl std::fmt::Debug for HttpRequest {
    /// Never the token or the body.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} {} ({} bytes)", self.method, self.path, self.body.len())
    }
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpResponse {
    /// Of HTTP.
    pub status: u16,
    /// Whether it says that it is JSON: anything else is no answer of this API.
    pub is_json: bool,
    /// `Retry-After`, in milliseconds.
    pub retry_after_ms: Option<u64>,
    /// The body, as long as the protocol lets it be.
    pub body: Vec<u8>,
}

/// Why there was no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// Nobody was reached.
    #[error("the server was not reached")]
    NoNetwork,
    /// No answer in time; the server may have done it.
    #[error("the server did not answer in time")]
    Timeout,
    /// The answer is longer than the protocol allows.
    #[error("the answer is too long")]
    TooLong,
    /// Not an address of a server.
    #[error("not an address of a server")]
    Address,
}
