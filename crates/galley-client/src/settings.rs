//! Choices of this computer, kept in the library, and the site's settings, kept by the newsroom.

use galley_model::site::SiteLogo;

use crate::Galley;
use crate::api::{ApiError, ErrorCode, Preferences, SiteSettingsVersion};
use crate::error::{fail, internal};

const PREFERENCES: &str = "preferences";

impl Galley {
    /// The choices of this computer.
    pub async fn preferences(&self) -> Result<Preferences, ApiError> {
        let stored = self.library().setting(PREFERENCES)?;
        // Preferences that cannot be read are no reason not to start.
        Ok(stored.and_then(|json| serde_json::from_str(&json).ok()).unwrap_or_default())
    }

    /// Replaces the choices of this computer. `store_secret` is that of the key of the site's bucket; empty leaves the
    /// one that is kept.
    ///
    /// # Errors
    /// `invalid_setting`, `site_folder`, `site_store`: the site cannot be moved to where it should be, and nothing was
    /// changed.
    pub async fn save_preferences(
        &self,
        mut preferences: Preferences,
        store_secret: &str,
    ) -> Result<Preferences, ApiError> {
        // Nobody opens the place that the site leaves until the new one is on the disk.
        let _moving = self.inner().moving_site.lock().await;
        let before = self.preferences().await?;
        preferences.site_store.secret_in = before.site_store.secret_in.clone();
        let may_move = !store_secret.is_empty()
            || (&before.site_store, &before.site_folder)
                != (&preferences.site_store, &preferences.site_folder);
        // Asked for only then: the answer waits for what is being written to the site.
        let place = if may_move { self.newsroom().open_place().await } else { None };
        let kept = async {
            let moved = self.move_site(&before, &preferences, store_secret).await?;
            preferences.site_store.secret_in.clone_from(&moved.secret_in);
            let json = serde_json::to_string(&preferences).unwrap_or_default();
            self.library().set_setting(PREFERENCES, &json).await?;
            Ok(moved)
        };
        match kept.await {
            Ok(moved) => {
                self.site_moved(moved).await;
                Ok(preferences)
            }
            Err(error) => {
                if may_move {
                    self.move_site_back(&before, place).await;
                }
                Err(error)
            }
        }
    }

    /// The site's settings.
    pub async fn site_settings(&self) -> Result<SiteSettingsVersion, ApiError> {
        let (version, settings) = self.newsroom().settings().await?;
        Ok(SiteSettingsVersion { version, settings })
    }

    /// Replaces the site's settings; the pages that are live follow at once. Of a new logo only the file's bytes are
    /// looked at: what kind and size they are is found out, and their metadata are left behind.
    ///
    /// # Errors
    /// `invalid_setting` with the setting's key in `field`; `base_url_of_store` when a site in a bucket, which this
    /// computer does not serve, would lose its address.
    pub async fn save_site_settings(
        &self,
        mut next: SiteSettingsVersion,
    ) -> Result<SiteSettingsVersion, ApiError> {
        if self.preferences().await?.site_store.used && next.settings.base_url.trim().is_empty() {
            return Err(fail(ErrorCode::InvalidSetting).with("field", "base_url_of_store"));
        }
        let (_, before) = self.newsroom().settings().await?;
        next.settings.logo = logo_to_keep(before.logo.as_ref(), next.settings.logo.take()).await?;
        self.refuse_wrong_options(&next.settings).await?;
        let (version, settings) =
            self.newsroom().save_settings(next.version, next.settings, crate::clock::now()).await?;
        self.theme_renamed(&settings.theme);
        self.follow_theme().await;
        self.frame_moved();
        self.site_soon();
        Ok(SiteSettingsVersion { version, settings })
    }
}

/// The logo of new settings: as it is where it was there before, else cleaned.
pub(crate) async fn logo_to_keep(
    before: Option<&SiteLogo>,
    next: Option<SiteLogo>,
) -> Result<Option<SiteLogo>, ApiError> {
    match next {
        Some(logo) if before != Some(&logo) => clean_logo(logo).await.map(Some),
        known => Ok(known),
    }
}

/// A logo as it is kept, from the bytes of a file.
async fn clean_logo(logo: SiteLogo) -> Result<SiteLogo, ApiError> {
    let cleaned = tokio::task::spawn_blocking(move || galley_store::clean_picture(&logo.bytes)).await;
    let cleaned = cleaned.map_err(|error| internal("looking at the logo", error))?;
    let logo = cleaned.map(|picture| SiteLogo {
        mime: picture.mime,
        width: picture.width,
        height: picture.height,
        bytes: picture.bytes,
    });
    let is_good = |logo: &SiteLogo| galley_page::is_logo(logo);
    logo.ok().filter(is_good).ok_or_else(|| fail(ErrorCode::InvalidSetting).with("field", "logo"))
}
