//! The scheme `galley:`: photos, thumbnails and style sheets of the library, for the window and its preview frame.

use galley_client::Resource;
use tauri::http::{Request, Response, StatusCode, header};
use tauri::{Manager, Runtime, UriSchemeContext, UriSchemeResponder};

use crate::desk::Desk;

/// The scheme's name.
pub(crate) const NAME: &str = "galley";

/// Answers one request, off the window's thread.
pub(crate) fn answer<R: Runtime>(
    context: UriSchemeContext<'_, R>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let desk = context.app_handle().state::<Desk>().inner().clone();
    let path = request.uri().path().to_owned();
    tauri::async_runtime::spawn(async move {
        let Ok(core) = desk.core().await else { return responder.respond(missing()) };
        responder.respond(core.resource_or_fetched(&path).await.map_or_else(missing, found));
    });
}

/// Everything here is named by the hash of its bytes, so it may be kept for ever.
fn found(resource: Resource) -> Response<Vec<u8>> {
    let mut response = Response::new(resource.bytes);
    let headers = response.headers_mut();
    if let Ok(mime) = header::HeaderValue::from_str(&resource.mime) {
        headers.insert(header::CONTENT_TYPE, mime);
    }
    let fixed = [
        (header::CACHE_CONTROL, "private, max-age=31536000, immutable"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // The window reads the page's style sheet for its preview on paper; no other page can reach the scheme.
        (header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"),
        // Should one ever be opened as a document of its own, it can do nothing.
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"),
    ];
    for (name, value) in fixed {
        headers.insert(name, header::HeaderValue::from_static(value));
    }
    response
}

fn missing() -> Response<Vec<u8>> {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = StatusCode::NOT_FOUND;
    // A colleague's photo may be here the next time it is asked for.
    response.headers_mut().insert(header::CACHE_CONTROL, header::HeaderValue::from_static("no-store"));
    response
}
