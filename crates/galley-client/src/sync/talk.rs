//! Requests of the protocol as typed calls: what goes out is JSON, what comes back is an answer or a fault.

use std::sync::Arc;

use galley_sync::engine::Fault;
use galley_sync::wire::Failure;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::transport::{HttpRequest, HttpResponse, Method, Transport, TransportError};

/// A server and the token for it.
#[derive(Clone)]
pub(crate) struct Talk {
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) token: Option<String>,
}

impl Talk {
    /// To the same server, as somebody who is not signed in.
    pub(crate) fn without_token(&self) -> Self {
        Self { token: None, ..self.clone() }
    }

    pub(crate) async fn get<A: DeserializeOwned>(&self, path: &str) -> Result<A, Fault> {
        self.call(Method::Get, path, Vec::new()).await
    }

    pub(crate) async fn post<A: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<A, Fault> {
        let body = serde_json::to_vec(body).map_err(|_| Fault::Unreadable)?;
        self.call(Method::Post, path, body).await
    }

    /// Replaces something; a refusal is told with its values.
    pub(crate) async fn put<A: DeserializeOwned>(
        &self,
        path: &str,
        body: &impl Serialize,
    ) -> Result<A, Told> {
        let body = serde_json::to_vec(body).map_err(|_| Fault::Unreadable)?;
        let response = self.told(Method::Put, path, None, body).await?;
        // A portal answers 200 with a page of its own.
        if !response.is_json {
            return Err(Fault::NoNetwork.into());
        }
        Ok(serde_json::from_slice(&response.body).map_err(|_| Fault::Unreadable)?)
    }

    async fn call<A: DeserializeOwned>(&self, method: Method, path: &str, body: Vec<u8>) -> Result<A, Fault> {
        let response = self.raw(method, path, None, body).await?;
        // A portal answers 200 with a page of its own.
        if !response.is_json {
            return Err(Fault::NoNetwork);
        }
        serde_json::from_slice(&response.body).map_err(|_| Fault::Unreadable)
    }

    /// One request; an answer that is no success is a fault.
    pub(crate) async fn raw(
        &self,
        method: Method,
        path: &str,
        offset: Option<u64>,
        body: Vec<u8>,
    ) -> Result<HttpResponse, Fault> {
        self.told(method, path, offset, body).await.map_err(Told::fault)
    }

    async fn told(
        &self,
        method: Method,
        path: &str,
        offset: Option<u64>,
        body: Vec<u8>,
    ) -> Result<HttpResponse, Told> {
        let request = HttpRequest { method, path: path.to_owned(), token: self.token.clone(), offset, body };
        let response = self.transport.send(request).await.map_err(|error| match error {
            TransportError::NoNetwork | TransportError::Address => Fault::NoNetwork,
            TransportError::Timeout => Fault::Timeout,
            TransportError::TooLong => Fault::Unreadable,
        })?;
        if (200..300).contains(&response.status) {
            return Ok(response);
        }
        let HttpResponse { status, retry_after_ms, .. } = response;
        let failure = serde_json::from_slice::<Failure>(&response.body).ok().filter(|_| response.is_json);
        let Some(failure) = failure else {
            // Not this API's JSON: something on the way, unless it is a server in trouble.
            return Err(Told::Fault(match status {
                500.. => Fault::Refused { status, code: String::new(), retry_after_ms },
                _ => Fault::NoNetwork,
            }));
        };
        Err(Told::Refused { status, failure, retry_after_ms })
    }
}

/// Why nothing came of a request.
pub(crate) enum Told {
    /// Nothing that this API says.
    Fault(Fault),
    /// The server says why.
    Refused {
        /// Of the answer.
        status: u16,
        /// With what a sentence needs.
        failure: Failure,
        /// As the server asked.
        retry_after_ms: Option<u64>,
    },
}

impl Told {
    /// Without the values.
    pub(crate) fn fault(self) -> Fault {
        match self {
            Self::Fault(fault) => fault,
            Self::Refused { status, failure, retry_after_ms } => {
                Fault::Refused { status, code: failure.code, retry_after_ms }
            }
        }
    }
}

impl From<Fault> for Told {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}
