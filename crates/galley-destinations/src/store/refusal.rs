//! What a store answers when it does not do what was asked, as a situation that someone can act on.
//!
//! The crate below tells statuses and codes only in the words of its messages. So its HTTP client is listened to,
//! and what the store refused travels up through its errors as a type.

use std::fmt;

use object_store::Error;
use object_store::client::{
    ClientOptions, HttpClient, HttpConnector, HttpError, HttpErrorKind, HttpRequest, HttpResponse,
    HttpService, ReqwestConnector,
};

/// Why an object store did not do what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreProblem {
    /// The bucket is not there.
    NoBucket,
    /// The keys are wrong, or may not do this.
    Denied,
    /// No room, or no more than was paid for.
    Full,
    /// The store is overloaded or out of order; it was asked several times.
    Busy,
    /// No answer: no network, no such host, no TLS.
    Unreachable,
    /// It refused, as with a wrong region; what it said is in the cause.
    Refused,
}

impl StoreProblem {
    /// Its word in records and messages between programs; it never changes.
    pub fn word(self) -> &'static str {
        match self {
            Self::NoBucket => "no_bucket",
            Self::Denied => "denied",
            Self::Full => "full",
            Self::Busy => "busy",
            Self::Unreachable => "unreachable",
            Self::Refused => "refused",
        }
    }
}

impl fmt::Display for StoreProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoBucket => "there is no such bucket",
            Self::Denied => "the object store denies access",
            Self::Full => "the object store has no room",
            Self::Busy => "the object store is overloaded or out of order",
            Self::Unreachable => "the object store cannot be reached",
            Self::Refused => "the object store refuses",
        })
    }
}

/// What a store answered, by status and the code of its error document.
#[derive(Debug, thiserror::Error)]
#[error("{status} {code}")]
struct Refusal {
    status: u16,
    code: String,
}

impl Refusal {
    fn problem(&self) -> StoreProblem {
        match (self.status, self.code.as_str()) {
            (_, "NoSuchBucket") => StoreProblem::NoBucket,
            (507, _) | (_, "QuotaExceeded" | "XMinioStorageFull" | "XMinioAdminBucketQuotaExceeded") => {
                StoreProblem::Full
            }
            (401 | 403, _) => StoreProblem::Denied,
            (501, _) => StoreProblem::Refused,
            (429 | 500.., _) => StoreProblem::Busy,
            _ => StoreProblem::Refused,
        }
    }
}

/// The situation behind an error of the crate below.
pub(super) fn problem(error: &Error) -> StoreProblem {
    if let Some(refusal) = cause::<Refusal>(error) {
        return refusal.problem();
    }
    match error {
        Error::PermissionDenied { .. } | Error::Unauthenticated { .. } => StoreProblem::Denied,
        _ if cause::<HttpError>(error).is_some() => StoreProblem::Unreachable,
        _ => StoreProblem::Refused,
    }
}

/// Whether the store does not know what was asked.
pub(super) fn is_not_implemented(error: &Error) -> bool {
    cause::<Refusal>(error).is_some_and(|refusal| refusal.status == 501)
}

fn cause<T: std::error::Error + 'static>(error: &Error) -> Option<&T> {
    let causes = std::iter::successors(std::error::Error::source(error), |error| error.source());
    causes.filter_map(|cause| cause.downcast_ref()).next()
}

/// Makes clients that listen.
#[derive(Debug)]
pub(super) struct Listening;

impl HttpConnector for Listening {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        ReqwestConnector::default().connect(options).map(|client| HttpClient::new(Listener(client)))
    }
}

#[derive(Debug)]
struct Listener(HttpClient);

#[async_trait::async_trait]
impl HttpService for Listener {
    async fn call(&self, request: HttpRequest) -> Result<HttpResponse, HttpError> {
        let response = self.0.execute(request).await?;
        let status = response.status().as_u16();
        // What the crate below reads itself: success, unchanged, not there, there already.
        if status < 400 || matches!(status, 409 | 412) {
            return Ok(response);
        }
        let (parts, body) = response.into_parts();
        let body = body.bytes().await?;
        let refusal = Refusal { status, code: code(&body) };
        match refusal.problem() {
            // Without a document it is an object that is not there.
            StoreProblem::Refused if status == 404 => Ok(HttpResponse::from_parts(parts, body.into())),
            // Nothing was done, so that it may be tried again.
            StoreProblem::Busy => Err(HttpError::new(HttpErrorKind::Request, refusal)),
            _ => Err(HttpError::new(HttpErrorKind::Unknown, refusal)),
        }
    }
}

/// `<Error><Code>SlowDown</Code>…`, the same in every store.
fn code(document: &[u8]) -> String {
    let text = String::from_utf8_lossy(document);
    let code = text.split_once("<Code>").and_then(|(_, rest)| rest.split_once("</Code>"));
    code.map(|(code, _)| code.trim().chars().take(100).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_of_a_store_names_its_situation() {
        use StoreProblem::{Busy, Denied, Full, NoBucket, Refused};
        for (status, document, expected) in [
            (404, "<Error><Code>NoSuchBucket</Code><Message>x</Message></Error>", NoBucket),
            (403, "<?xml version=\"1.0\"?><Error><Code>SignatureDoesNotMatch</Code></Error>", Denied),
            (403, "", Denied),
            (401, "", Denied),
            (403, "<Error><Code>QuotaExceeded</Code></Error>", Full),
            (507, "<Error><Code>XMinioStorageFull</Code></Error>", Full),
            (503, "<Error><Code>SlowDown</Code></Error>", Busy),
            (429, "<html>", Busy),
            (500, "", Busy),
            (501, "<Error><Code>NotImplemented</Code></Error>", Refused),
            (400, "<Error><Code>AuthorizationHeaderMalformed</Code></Error>", Refused),
            (404, "", Refused),
        ] {
            let refusal = Refusal { status, code: code(document.as_bytes()) };
            assert_eq!(refusal.problem(), expected, "{status} {document}");
        }
    }
}
