//! The settings of the site: versioned, and on record with whoever saved them.
//!
//! Whoever saves says which version was edited; another one by now is refused, and nothing of either is lost. A change
//! moves the frame of the pages and never an article block: what was signed stays signed.

use galley_model::Instant;
use galley_model::address::check_slug;
use galley_model::site::{SiteLogo, SiteSettings};
use galley_model::workflow::Role;
use galley_sync::wire::{Site, SiteRequest};

use crate::caller::Caller;
use crate::error::NewsroomError;
use crate::logo;
use crate::newsroom::Newsroom;
use crate::storage::{Commit, Effect, SavedBy, Storage, StorageError, Work};
use crate::theme::{ThemeError, Themes, check_options, templates_of};

impl<S: Storage> Newsroom<S> {
    /// The newest settings of the site, and their version.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn settings(&self) -> Result<(u32, SiteSettings), NewsroomError> {
        Ok(self.0.storage.settings().await?)
    }

    /// Replaces the settings that were seen at `version`. The pages that are live follow with the next
    /// [`Newsroom::work`]; their article blocks stay as they were signed. What stands already is answered as it is.
    ///
    /// # Errors
    /// `SettingsMoved`, `InvalidSetting`, `Storage`.
    pub async fn save_settings(
        &self,
        version: u32,
        settings: SiteSettings,
        now: Instant,
    ) -> Result<(u32, SiteSettings), NewsroomError> {
        self.save_settings_by(None, version, settings, now).await
    }

    /// The site as its pages are made now.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn servers_site(&self) -> Result<Site, NewsroomError> {
        let (version, settings) = self.settings().await?;
        Ok(Site { version, settings, look: self.templates().look() })
    }

    /// Replaces the settings of a server's site, as [`Newsroom::save_settings`] does, for an administrator, whose name
    /// goes on record with them. A theme that they name is one that Galley brings, or the newsroom's own as it was
    /// set last ([`Newsroom::set_theme`]).
    ///
    /// # Errors
    /// `NotPermitted`; `Page` and `Option` for a theme that is not there and for what it does not take; of the
    /// newsroom's `SettingsMoved`, `InvalidSetting`, `Logo`, `Storage`.
    pub async fn save_site(
        &self,
        caller: &Caller,
        themes: &Themes,
        request: SiteRequest,
        now: Instant,
    ) -> Result<Site, ThemeError> {
        if !caller.actor.has_any(&[Role::Admin]) {
            return Err(ThemeError::NotPermitted);
        }
        let _one_at_a_time = self.0.setting_theme.lock().await;
        // A theme that was noted and never named must not be taken for the one of the version that is made here.
        if let Err(error) = self.settle_noted(themes).await {
            tracing::warn!(%error, "the theme that was set last cannot be read");
        }
        let SiteRequest { version, mut settings } = request;
        check_settings(&settings)?;
        let (_, before) = self.settings().await?;
        settings.logo = logo_to_keep(before.logo.as_ref(), settings.logo.take()).await?;
        let other = if before.theme == settings.theme {
            check_options(&self.templates(), settings.theme_options.clone())?;
            None
        } else {
            let templates = templates_of(themes, version, settings.clone()).await?;
            check_options(&templates, settings.theme_options.clone())?;
            Some(templates)
        };
        let by = SavedBy {
            person: caller.actor.person,
            name: caller.actor.name.clone(),
            device: Some(caller.device),
        };
        self.save_settings_by(Some(by), version, settings, now).await?;
        if let Some(templates) = other {
            self.set_templates(templates);
        }
        Ok(self.servers_site().await?)
    }

    async fn save_settings_by(
        &self,
        by: Option<SavedBy>,
        version: u32,
        settings: SiteSettings,
        now: Instant,
    ) -> Result<(u32, SiteSettings), NewsroomError> {
        check_settings(&settings)?;
        let (current, before) = self.settings().await?;
        if before == settings {
            return Ok((current, settings));
        }
        if current != version {
            return Err(self.settings_moved(current).await?);
        }
        let next = current + 1;
        // Another lead changes the home page alone.
        let is_lead_alone = SiteSettings { home_lead: before.home_lead, ..settings.clone() } == before;
        let work = if is_lead_alone { Work::Home } else { Work::Site { after: None, list: None } };
        let effects = vec![Effect::Settings(next, Box::new(settings.clone()), by), Effect::Queue(work)];
        let commit = Commit { at: now, article: None, answer: None, effects };
        match self.commit(vec![commit]).await {
            Ok(_) => {
                self.0.told.follow(&settings);
                Ok((next, settings))
            }
            // Another writer took the number between the question and the commit.
            Err(NewsroomError::Storage(StorageError::SettingsTaken)) => {
                let moved = self.settings().await?.0;
                Err(self.settings_moved(moved).await?)
            }
            Err(error) => Err(error),
        }
    }

    async fn settings_moved(&self, current: u32) -> Result<NewsroomError, NewsroomError> {
        let by = self.0.storage.settings_saved_by(current).await?.map(|by| by.name).unwrap_or_default();
        Ok(NewsroomError::SettingsMoved { current, by })
    }
}

/// The logo of new settings: as it is where it was there before, else looked at, whoever sends it.
async fn logo_to_keep(
    before: Option<&SiteLogo>,
    logo: Option<SiteLogo>,
) -> Result<Option<SiteLogo>, NewsroomError> {
    let Some(logo) = logo else { return Ok(None) };
    if before == Some(&logo) {
        return Ok(Some(logo));
    }
    let checked = tokio::task::spawn_blocking(move || logo::checked(logo)).await;
    Ok(Some(checked.map_err(|_| NewsroomError::CutOff)??))
}

/// Settings that would break an address or leave the site without a name are refused.
fn check_settings(settings: &SiteSettings) -> Result<(), NewsroomError> {
    let invalid = |field: String| Err(NewsroomError::InvalidSetting { field });
    if settings.name.trim().is_empty() {
        return invalid("name".to_owned());
    }
    let base = settings.base_url.as_str();
    let is_web = base.strip_prefix("https://").or_else(|| base.strip_prefix("http://"));
    let is_plain = |rest: &str| {
        !rest.is_empty()
            && !rest.ends_with('/')
            && !rest.contains(|c: char| c.is_whitespace() || "?#\"<>".contains(c))
    };
    if !base.is_empty() && !is_web.is_some_and(is_plain) {
        return invalid("base_url".to_owned());
    }
    let rights_page = settings.rights_page.trim();
    let rest = rights_page.strip_prefix("https://").or_else(|| rights_page.strip_prefix("http://"));
    let is_address =
        |rest: &str| !rest.is_empty() && !rest.contains(|c: char| c.is_whitespace() || "\"<>".contains(c));
    if !rights_page.is_empty() && !rest.is_some_and(is_address) {
        return invalid("rights_page".to_owned());
    }
    if !settings.logo.as_ref().is_none_or(galley_page::is_logo) {
        return invalid("logo".to_owned());
    }
    for (n, section) in settings.sections.iter().enumerate() {
        let is_name = |name: &String| !name.trim().is_empty() && !name.contains('/');
        if section.path.is_empty() || !section.path.iter().all(is_name) {
            return invalid(format!("sections.{n}.path"));
        }
        let others = settings.sections.iter().take(n);
        if check_slug(&section.slug).is_err() || others.clone().any(|other| other.slug == section.slug) {
            return invalid(format!("sections.{n}.slug"));
        }
        if others.clone().any(|other| other.path == section.path) {
            return invalid(format!("sections.{n}.path"));
        }
    }
    Ok(())
}
