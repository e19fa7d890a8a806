//! Connections: accepted, given TLS where there is a certificate, served, and ended gracefully.

use std::io;
use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::http::{HeaderValue, header};
use axum::middleware::{self, Next};
use axum::response::Response;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use rustls::ServerConfig;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;
use tokio_rustls::TlsAcceptor;
use tower::ServiceExt as _;

use crate::app::{App, StartError};
use crate::routes::router;

/// How long a client may take to send a request's head, or to begin another.
const HEAD: Duration = Duration::from_secs(75);
/// How long a TLS handshake may take.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// After the system could not accept, as when files ran out.
const PAUSE: Duration = Duration::from_millis(100);

/// A certificate and its key.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

impl Tls {
    /// Reads PEM files: the certificate with its chain, and the key.
    ///
    /// # Errors
    /// `Certificate`.
    pub fn from_files(certificate: &Path, key: &Path) -> Result<Self, StartError> {
        let wrong = |error: &dyn std::fmt::Display| StartError::Certificate(error.to_string());
        let chain =
            CertificateDer::pem_file_iter(certificate).and_then(Iterator::collect::<Result<Vec<_>, _>>);
        let chain = chain.map_err(|error| wrong(&error))?;
        let key = PrivateKeyDer::from_pem_file(key).map_err(|error| wrong(&error))?;
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ServerConfig::builder_with_provider(provider).with_safe_default_protocol_versions();
        let config = config.map_err(|error| wrong(&error))?.with_no_client_auth();
        let mut config = config.with_single_cert(chain, key).map_err(|error| wrong(&error))?;
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Self(TlsAcceptor::from(Arc::new(config))))
    }
}

/// A server that answers.
pub struct Listening {
    /// Where.
    pub addr: SocketAddr,
    app: App,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Listening {
    /// Begins to answer.
    ///
    /// # Errors
    /// `Io` when the address cannot be had.
    pub async fn start(app: App, listen: SocketAddr, tls: Option<Tls>) -> Result<Self, StartError> {
        let taken = |error| StartError::Io { what: format!("cannot listen on {listen}"), error };
        let listener = TcpListener::bind(listen).await.map_err(taken)?;
        let addr = listener.local_addr().map_err(taken)?;
        let mut router = router(&app);
        if tls.is_some() {
            router = router.layer(middleware::from_fn(https_from_now_on));
        }
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(accept(listener, router, tls, app.clone(), stopped));
        Ok(Self { addr, app, stop, task })
    }

    /// Takes no more requests, lets those under way end, and waits until everything is on the disk.
    pub async fn stop(self) {
        self.app.stop();
        drop(self.stop);
        // It ends by itself, within the grace.
        drop(self.task.await);
        self.app.close().await;
    }
}

async fn accept(
    listener: TcpListener,
    router: Router,
    tls: Option<Tls>,
    app: App,
    mut stopped: oneshot::Receiver<()>,
) {
    let connections = Arc::new(Semaphore::new(app.0.limits.connections));
    let open = GracefulShutdown::new();
    loop {
        let place = tokio::select! {
            _ = &mut stopped => break,
            Ok(place) = connections.clone().acquire_owned() => place,
        };
        let (stream, peer) = tokio::select! {
            _ = &mut stopped => break,
            accepted = listener.accept() => match accepted {
                Ok(accepted) => accepted,
                Err(error) => {
                    tracing::warn!(%error, "a connection cannot be accepted");
                    tokio::time::sleep(PAUSE).await;
                    continue;
                }
            },
        };
        // Only slower without it.
        drop(stream.set_nodelay(true));
        let (router, tls, watcher) = (router.clone(), tls.clone(), open.watcher());
        tokio::spawn(async move {
            let _place = place;
            match tls {
                None => converse(stream, peer, router, watcher).await,
                Some(tls) => {
                    if let Ok(stream) = handshake(&tls, stream).await {
                        converse(stream, peer, router, watcher).await;
                    }
                }
            }
        });
    }
    drop(listener);
    if tokio::time::timeout(app.0.limits.grace, open.shutdown()).await.is_err() {
        tracing::warn!("some requests did not end in time and were cut off");
    }
}

async fn handshake(tls: &Tls, stream: TcpStream) -> io::Result<tokio_rustls::server::TlsStream<TcpStream>> {
    tokio::time::timeout(HANDSHAKE, tls.0.accept(stream)).await?
}

async fn converse(
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    peer: SocketAddr,
    router: Router,
    watcher: hyper_util::server::graceful::Watcher,
) {
    let service = router.map_request(move |mut request: Request<hyper::body::Incoming>| {
        request.extensions_mut().insert(ConnectInfo(peer));
        request.map(axum::body::Body::new)
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_headers(64);
    let connection = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(service));
    // A client that goes away in the middle is no failure of the server.
    drop(watcher.watch(connection).await);
}

async fn https_from_now_on(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let year = HeaderValue::from_static("max-age=31536000");
    response.headers_mut().insert(header::STRICT_TRANSPORT_SECURITY, year);
    response
}
