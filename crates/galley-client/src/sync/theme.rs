//! Themes on their way: a server's, so that its pages can be made here, and the own one to a server.

use std::collections::BTreeMap;

use galley_sync::engine::Fault;
use galley_sync::wire::{Bytes, Site, ThemeAnswer, ThemeFiles, ThemeRequest, code};

use super::talk::{Talk, Told};
use super::{Driver, Sending};
use crate::Galley;
use crate::account::fault;
use crate::api::{ApiError, ErrorCode};
use crate::error::fail;
use crate::theme::is_built_in;

impl Driver {
    /// Fetches the theme that a site is set in, when it is not here: with it a preview is the server's page.
    pub(super) async fn fetch_theme(&self, galley: &Galley, site: &Site) -> Result<(), Sending> {
        fetch_theme(&self.talk, galley, site).await
    }
}

/// The same over any way to the server.
pub(super) async fn fetch_theme(talk: &Talk, galley: &Galley, site: &Site) -> Result<(), Sending> {
    if galley.has_theme_of(site).await? {
        return Ok(());
    }
    match talk.get::<ThemeFiles>(&format!("/themes/{}", site.look)).await {
        Ok(sent) => galley.keep_servers_theme(site, sent).await.map_err(Sending::from),
        // One that Galley brings, in another version of it: the window says that previews differ.
        Err(Fault::Refused { status: 404, .. }) => Ok(()),
        Err(fault) => Err(fault.into()),
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
        let Some(talk) = self.talk().await? else { return Err(fail(ErrorCode::SignedOut)) };
        talk.put::<ThemeAnswer>("/theme", &request).await.map_err(refusal)?;
        self.sync_now();
        Ok(())
    }
}

/// What a refused theme means to somebody who waits for the answer.
fn refusal(told: Told) -> ApiError {
    match told {
        Told::Refused { failure, .. } if failure.code == code::THEME => {
            ApiError { values: failure.values, ..fail(ErrorCode::Template) }
        }
        Told::Refused { status: 404 | 405, .. } => fail(ErrorCode::TooOld),
        Told::Refused { status: 413, failure, .. } => {
            ApiError { values: failure.values, ..fail(ErrorCode::ThemeTooLarge) }
        }
        told => fault(told.fault()),
    }
}
