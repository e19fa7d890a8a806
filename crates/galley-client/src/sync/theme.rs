//! Themes on their way: a server's, so that its pages can be made here, and the own one to a server.

use std::collections::BTreeMap;

use galley_sync::engine::Fault;
use galley_sync::wire::{Bytes, Failure, Site, ThemeAnswer, ThemeFiles, ThemeRequest, code};

use super::transport::{HttpRequest, Method, TransportError};
use super::{Driver, Sending};
use crate::Galley;
use crate::account::fault;
use crate::api::{ApiError, ErrorCode};
use crate::error::{fail, internal};
use crate::theme::is_built_in;

impl Driver {
    /// Fetches the theme that a site is set in, when it is not here: with it a preview is the server's page.
    pub(super) async fn fetch_theme(&self, galley: &Galley, site: &Site) -> Result<(), Sending> {
        if galley.has_theme_of(site).await? {
            return Ok(());
        }
        match self.talk.get::<ThemeFiles>(&format!("/themes/{}", site.look)).await {
            Ok(sent) => galley.keep_servers_theme(site, sent).await.map_err(Sending::from),
            // One that Galley brings, in another version of it: the window says that previews differ.
            Err(Fault::Refused { status: 404, .. }) => Ok(()),
            Err(fault) => Err(fault.into()),
        }
    }
}

impl Galley {
    /// Sets the site of the server in the theme and the options of this computer's site.
    ///
    /// # Errors
    /// `template` with the file and line that the server refuses, `not_permitted` for who is no administrator,
    /// `theme_too_large`, `signed_out`, `offline`, `too_old` for a server that takes no themes.
    pub async fn send_theme(&self) -> Result<(), ApiError> {
        let (_, settings) = self.newsroom().settings().await?;
        let files = if is_built_in(&settings.theme) {
            BTreeMap::new()
        } else {
            self.own_theme_files().await?.into_iter().map(|(path, bytes)| (path, Bytes(bytes))).collect()
        };
        let request = ThemeRequest { theme: settings.theme, files, options: settings.theme_options };
        let body = serde_json::to_vec(&request).map_err(|error| internal("sending the theme", error))?;
        let Some(talk) = self.talk().await? else { return Err(fail(ErrorCode::SignedOut)) };
        let request = HttpRequest {
            method: Method::Put,
            path: "/theme".to_owned(),
            token: talk.token.clone(),
            offset: None,
            body,
        };
        let response = talk.transport.send(request).await.map_err(|error| match error {
            TransportError::TooLong => fault(Fault::Unreadable),
            _ => fault(Fault::NoNetwork),
        })?;
        if response.status == 200 && serde_json::from_slice::<ThemeAnswer>(&response.body).is_ok() {
            self.sync_now();
            return Ok(());
        }
        let failure = serde_json::from_slice::<Failure>(&response.body).ok().filter(|_| response.is_json);
        let Some(failure) = failure else { return Err(fault(Fault::NoNetwork)) };
        Err(match (response.status, failure.code.as_str()) {
            (_, code::THEME) => ApiError { values: failure.values, ..fail(ErrorCode::Template) },
            (404 | 405, _) => fail(ErrorCode::TooOld),
            (413, _) => ApiError { values: failure.values, ..fail(ErrorCode::ThemeTooLarge) },
            (status, code) => fault(Fault::Refused {
                status,
                code: code.to_owned(),
                retry_after_ms: response.retry_after_ms,
            }),
        })
    }
}
