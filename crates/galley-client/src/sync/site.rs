//! The settings of the server's site, as an administrator edits them in the window.

use galley_sync::engine::Fault;
use galley_sync::wire::{Site, SiteRequest, code};

use super::Sending;
use super::talk::{Talk, Told};
use super::theme::fetch_theme;
use crate::Galley;
use crate::account::fault;
use crate::api::{ApiError, ErrorCode, SiteSettingsVersion};
use crate::error::fail;
use crate::settings::logo_to_keep;

impl Galley {
    /// The settings of the server's site, as it said them last; none before that, and where nobody ever signed in.
    pub fn server_settings(&self) -> Result<Option<SiteSettingsVersion>, ApiError> {
        let is_there = self.library().account()?.is_some();
        let site = if is_there { self.servers_site()? } else { None };
        Ok(site.map(|site| SiteSettingsVersion { version: site.version, settings: site.settings }))
    }

    /// Replaces the settings of the server's site, for an administrator; its pages and every device follow.
    ///
    /// # Errors
    /// `settings_moved` when somebody else saved meanwhile (`name`): what they saved is here then, and nothing was
    /// changed. `invalid_setting`, `template`, `not_permitted`, `signed_out`, `offline`; `too_old` for a server whose
    /// settings no window edits.
    pub async fn save_server_settings(
        &self,
        mut next: SiteSettingsVersion,
    ) -> Result<SiteSettingsVersion, ApiError> {
        let Some(talk) = self.talk().await? else { return Err(fail(ErrorCode::SignedOut)) };
        let before = self.servers_site()?.and_then(|site| site.settings.logo);
        next.settings.logo = logo_to_keep(before.as_ref(), next.settings.logo.take()).await?;
        let request = SiteRequest { version: next.version, settings: next.settings };
        match talk.put::<Site>("/site", &request).await {
            Ok(site) => {
                let saved = SiteSettingsVersion { version: site.version, settings: site.settings.clone() };
                self.take_fetched_site(&talk, &site).await?;
                Ok(saved)
            }
            Err(Told::Refused { failure, .. }) if failure.code == code::SETTINGS_MOVED => {
                let newest: Site = talk.get("/site").await.map_err(fault)?;
                self.take_fetched_site(&talk, &newest).await?;
                Err(ApiError { values: failure.values, ..fail(ErrorCode::SettingsMoved) })
            }
            Err(told) => Err(refusal(told)),
        }
    }

    /// Keeps the site as the server said it just now, unless the feed brought a newer one meanwhile.
    async fn take_fetched_site(&self, talk: &Talk, site: &Site) -> Result<(), ApiError> {
        if self.servers_site()?.is_some_and(|known| known.version > site.version) {
            return Ok(());
        }
        match fetch_theme(talk, self, site).await {
            Ok(()) => self.take_servers_site(site).await,
            // Without its theme the previews only resemble its pages. It is kept under the look that they have, so that
            // the next cycle is told it again, and brings the theme.
            Err(Sending::Fault(_)) => {
                let look = self.templates_for(site).await?.look();
                self.take_servers_site(&Site { look, ..site.clone() }).await
            }
            Err(Sending::Library(error)) => Err(error),
        }
    }
}

/// What a refused setting means to somebody who waits for the answer.
fn refusal(told: Told) -> ApiError {
    let Told::Refused { status, failure, retry_after_ms } = told else { return fault(told.fault()) };
    match (status, failure.code.as_str()) {
        (_, code::INVALID) if failure.values.contains_key("field") => {
            ApiError { values: failure.values, ..fail(ErrorCode::InvalidSetting) }
        }
        (_, code::THEME) if failure.values.contains_key("option") => {
            let error = ApiError { values: failure.values, ..fail(ErrorCode::InvalidSetting) };
            error.with("field", "theme_options")
        }
        (_, code::THEME) => ApiError { values: failure.values, ..fail(ErrorCode::Template) },
        (404 | 405, _) => fail(ErrorCode::TooOld),
        _ => fault(Fault::Refused { status, code: failure.code, retry_after_ms }),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use galley_model::Sha256;
    use galley_model::site::SiteSettings;

    use super::*;
    use crate::sync::{Answering, HttpRequest, HttpResponse, Transport, TransportError};
    use crate::tests::open;

    /// A line that broke.
    struct Broken;

    impl Transport for Broken {
        fn send(&self, _: HttpRequest) -> Answering<'_, HttpResponse> {
            Box::pin(async { Err(TransportError::NoNetwork) })
        }
    }

    #[tokio::test]
    async fn a_site_whose_theme_was_not_given_is_asked_for_again() {
        let dir = tempfile::tempdir().unwrap();
        let desk = open(dir.path()).await;
        let talk = Talk { transport: Arc::new(Broken), token: None };
        let site = Site { version: 3, settings: SiteSettings::chinese(), look: Sha256::of(b"their own") };
        desk.galley.take_fetched_site(&talk, &site).await.unwrap();
        let kept = desk.galley.servers_site().unwrap().unwrap();
        assert_eq!((kept.version, &kept.settings), (3, &site.settings));
        // The next cycle tells the server this look, and is told the site with its own.
        assert_eq!(kept.look, desk.galley.templates_for(&site).await.unwrap().look());
        assert_ne!(kept.look, site.look);
    }
}
