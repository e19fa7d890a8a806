//! The description of the API, made from the types that speak it.

use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};

use crate::{events, media, session, site, sync, theme};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Galley",
        description = "How a device and a publishing server of one newsroom talk; docs/PROTOCOL.md says what \
                       types cannot."
    ),
    paths(
        session::hello,
        session::sign_in,
        session::sign_out,
        session::me,
        session::people,
        sync::content,
        sync::intents,
        sync::changes,
        sync::updates,
        sync::versions,
        events::events,
        media::announce,
        media::photo,
        media::offset,
        media::append,
        sync::judged,
        site::read,
        site::save,
        theme::files,
        theme::set,
        document,
    ),
    modifiers(&Device)
)]
pub(crate) struct Api;

struct Device;

impl Modify for Device {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("device", SecurityScheme::Http(bearer));
    }
}

/// This description.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "session", responses(
    (status = 200, content_type = "application/json")))]
pub(crate) async fn document() -> Response {
    match Api::openapi().to_json() {
        Ok(json) => ([(header::CONTENT_TYPE, "application/json")], json).into_response(),
        Err(error) => {
            tracing::error!(%error, "the description cannot be written");
            axum::http::StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_description_has_the_routers_routes_and_no_others() {
        let document = serde_json::to_value(Api::openapi()).unwrap();
        let methods = ["get", "head", "post", "put", "patch", "delete"];
        let described: BTreeSet<_> = document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, item)| item.as_object().unwrap().keys().map(move |method| (path, method)))
            .filter(|(_, method)| methods.contains(&method.as_str()))
            .map(|(path, method)| format!("{} {path}", method.to_uppercase()))
            .collect();
        let routed: BTreeSet<_> =
            crate::routes::routes().iter().map(|route| format!("{} {}", route.method, route.path)).collect();
        assert_eq!(described, routed);
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1"));
    }

    #[test]
    fn every_type_that_is_named_is_described() {
        let document = serde_json::to_value(Api::openapi()).unwrap();
        let text = document.to_string();
        let named = text.split("\"#/components/schemas/").skip(1).filter_map(|rest| rest.split('"').next());
        let described = document["components"]["schemas"].as_object().unwrap();
        for name in named {
            assert!(described.contains_key(name), "{name} is named and not described");
        }
        for name in ["Push", "ContentResult", "Standing", "Contest", "Intent", "Outcome", "Failure"] {
            assert!(described.contains_key(name), "{name} is missing");
        }
    }
}
