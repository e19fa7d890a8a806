//! The theme that a publishing server sets its site in: one that Galley brings, or the newsroom's own, which is kept
//! by its id, so that every device can fetch the one that pages are made with.
//!
//! Inside the app the theme is a folder that is edited; following it is the app's affair.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use galley_model::site::SiteSettings;
use galley_model::workflow::Role;
use galley_model::{Instant, Sha256};
use galley_page::{PageError, Templates, Theme};
use galley_sync::wire::{Bytes, MAX_THEME_BYTES, ThemeAnswer, ThemeFiles, ThemeRequest};

use crate::caller::Caller;
use crate::error::NewsroomError;
use crate::newsroom::Newsroom;
use crate::storage::{Commit, Effect, SavedBy, Storage, StorageError, Work};

/// Themes of a newsroom's own, by their ids, as files of a folder. Calls wait for the disk.
#[derive(Clone, Debug)]
pub struct Themes {
    folder: PathBuf,
}

/// Why a site was not set in a theme, or its settings were not taken. Nothing was changed.
#[derive(Debug, thiserror::Error)]
pub enum ThemeError {
    /// The person is no administrator.
    #[error("only an administrator changes the site")]
    NotPermitted,
    /// All files together are too large.
    #[error("the theme has {bytes} bytes; at most {MAX_THEME_BYTES}")]
    TooLarge {
        /// Of all files.
        bytes: usize,
    },
    /// A file of it is wrong, or there is no such theme.
    #[error(transparent)]
    Page(#[from] PageError),
    /// An option cannot be set to this value.
    #[error("the option {id} {detail}")]
    Option {
        /// Of the option.
        id: String,
        /// What is wrong.
        detail: String,
    },
    /// The theme cannot be kept.
    #[error("the theme cannot be kept: {0}")]
    Io(#[from] io::Error),
    /// The records.
    #[error(transparent)]
    Newsroom(#[from] NewsroomError),
}

/// Names the theme in use among those that are kept.
const CURRENT: &str = "current";
/// Names the one that is in use once the settings of a version are on record, and that version.
const NEXT: &str = "next";

impl Themes {
    /// Those that lie with the records in this folder.
    pub fn of(data: &Path) -> Self {
        Self { folder: data.join("themes") }
    }

    /// Keeps a theme under its id, once.
    ///
    /// # Errors
    /// What the system says.
    pub fn keep(&self, theme: &Theme) -> io::Result<()> {
        let path = self.path(theme.id());
        if path.exists() {
            return Ok(());
        }
        let files = theme.files().iter().map(|(path, bytes)| (path.clone(), Bytes(bytes.clone()))).collect();
        self.write(&path, &serde_json::to_vec(&ThemeFiles { files })?)
    }

    /// The theme of this id; none when it is not here, or when its files make another by now, as after an update of
    /// Galley.
    ///
    /// # Errors
    /// What the system says, and files that are no theme.
    pub fn read(&self, id: Sha256) -> io::Result<Option<Theme>> {
        let bytes = match fs::read(self.path(id)) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let theme = from_wire(serde_json::from_slice(&bytes)?).map_err(io::Error::other)?;
        Ok((theme.id() == id).then_some(theme))
    }

    /// The id that the theme in use had when it was set.
    fn current_id(&self) -> io::Result<Option<Sha256>> {
        match fs::read_to_string(self.folder.join(CURRENT)) {
            Ok(name) => Ok(Some(name.trim().parse().map_err(|_| io::ErrorKind::InvalidData)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The theme in use under settings of this version, with the id that it has now.
    fn in_use(&self, version: u32, settings: &SiteSettings) -> io::Result<Option<Theme>> {
        let id = match self.expected(version, settings)? {
            Some(id) => Some(id),
            None => self.current_id()?,
        };
        let Some(id) = id else { return Ok(None) };
        let theme = self.read_as(id)?;
        if theme.id() != id {
            // Another version of Galley makes other pages of it: devices fetch it under its new name.
            self.keep(&theme)?;
        }
        Ok(Some(theme))
    }

    fn set_current(&self, id: Sha256) -> io::Result<()> {
        self.write(&self.folder.join(CURRENT), id.to_string().as_bytes())
    }

    /// Notes the theme that settings of this version will name, before they are on record.
    fn expect(&self, version: u32, id: Sha256) -> io::Result<()> {
        self.write(&self.folder.join(NEXT), format!("{version} {id}").as_bytes())
    }

    /// What was noted last, while settings of at least its version are on record and name it.
    fn expected(&self, version: u32, settings: &SiteSettings) -> io::Result<Option<Sha256>> {
        let noted = match fs::read_to_string(self.folder.join(NEXT)) {
            Ok(noted) => noted,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error),
        };
        let (of, id) = noted.trim().split_once(' ').unwrap_or_default();
        let (Ok(of), Ok(id)) = (of.parse::<u32>(), id.parse()) else { return Ok(None) };
        let is_named = of <= version
            && !is_built_in(settings)
            && self.read_as(id)?.manifest().name == settings.theme.trim();
        Ok(is_named.then_some(id))
    }

    /// Forgets what was noted, once it is the theme in use or came to nothing.
    fn expect_nothing(&self) -> io::Result<()> {
        match fs::remove_file(self.folder.join(NEXT)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// What the files that were kept under this id make now.
    fn read_as(&self, id: Sha256) -> io::Result<Theme> {
        from_wire(serde_json::from_slice(&fs::read(self.path(id))?)?).map_err(io::Error::other)
    }

    fn path(&self, id: Sha256) -> PathBuf {
        self.folder.join(format!("{id}.json"))
    }

    /// Whole or not at all, over a loss of power too.
    fn write(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let part = path.with_extension("part");
        let mut file = fs::File::create(&part)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(part, path)
    }
}

/// The theme that some files are.
pub(crate) fn from_wire(sent: ThemeFiles) -> Result<Theme, PageError> {
    Theme::from_files(&sent.files.into_iter().map(|(path, bytes)| (path, bytes.0)).collect())
}

impl<S: Storage> Newsroom<S> {
    /// Renders with the theme that the settings name from now on: at the start of a server, before its site is opened.
    ///
    /// # Errors
    /// `Io`, `Page`: the theme in use cannot be read; a site is not set in another theme by accident.
    pub async fn follow_theme(&self, themes: &Themes) -> Result<(), ThemeError> {
        let _one_at_a_time = self.0.setting_theme.lock().await;
        let (version, settings) = self.settings().await?;
        let themes = themes.clone();
        let made = on_disk(move || {
            let own = if is_built_in(&settings) { None } else { themes.in_use(version, &settings)? };
            Ok(match own {
                Some(theme) => Templates::of(&theme)?,
                None => Templates::for_settings(&settings)?,
            })
        })
        .await?;
        self.set_templates(made);
        Ok(())
    }

    /// Sets the site in another theme, for an administrator. The pages that are live follow with the next
    /// [`Newsroom::work`]; their article blocks stay as they were signed.
    ///
    /// # Errors
    /// See [`ThemeError`].
    pub async fn set_theme(
        &self,
        caller: &Caller,
        themes: &Themes,
        request: ThemeRequest,
        now: Instant,
    ) -> Result<ThemeAnswer, ThemeError> {
        if !caller.actor.has_any(&[Role::Admin]) {
            return Err(ThemeError::NotPermitted);
        }
        let by = SavedBy {
            person: caller.actor.person,
            name: caller.actor.name.clone(),
            device: Some(caller.device),
        };
        self.take_theme(themes, request, by, now).await
    }

    /// Sets the site in a newsroom's own theme, for whoever may write the data folder. Options that were set and that
    /// this theme takes stay set.
    ///
    /// # Errors
    /// See [`ThemeError`].
    pub async fn set_theme_of(
        &self,
        themes: &Themes,
        theme: &Theme,
        now: Instant,
    ) -> Result<ThemeAnswer, ThemeError> {
        let (_, settings) = self.settings().await?;
        let tried = theme.clone();
        let options = on_disk(move || {
            let templates = Templates::of(&tried)?;
            let wrong = templates.option_problems(&settings);
            let is_good = |id: &String| !wrong.iter().any(|problem| problem.option == *id);
            Ok(settings.theme_options.into_iter().filter(|(id, _)| is_good(id)).collect())
        });
        let files = theme.files().iter().map(|(path, bytes)| (path.clone(), Bytes(bytes.clone()))).collect();
        let request = ThemeRequest { theme: theme.manifest().name.clone(), files, options: options.await? };
        self.take_theme(themes, request, self.by_command(), now).await
    }

    /// Whoever may write the data folder is nobody by name.
    fn by_command(&self) -> SavedBy {
        SavedBy { person: self.0.identity.local_person, name: String::new(), device: None }
    }

    /// Sets the site in a theme that Galley brings: the one that its own theme builds on, or the one of its language
    /// where that cannot be read. Answers its name; nothing changes when the site is set in one already.
    ///
    /// # Errors
    /// `Newsroom`.
    pub async fn reset_theme(&self, themes: &Themes, now: Instant) -> Result<String, ThemeError> {
        let (version, settings) = self.settings().await?;
        if is_built_in(&settings) {
            return Ok(settings.theme.trim().to_owned());
        }
        let default = SiteSettings::for_language(&settings.language).theme;
        let themes_here = themes.clone();
        let own = on_disk(move || Ok(themes_here.in_use(version, &settings).ok().flatten())).await?;
        let base = own.and_then(|own| own.manifest().base.clone());
        let theme = base.filter(|base| Theme::built_in(base).is_some()).unwrap_or(default);
        let request = ThemeRequest { theme: theme.clone(), files: BTreeMap::new(), options: BTreeMap::new() };
        self.take_theme(themes, request, self.by_command(), now).await?;
        Ok(theme)
    }

    async fn take_theme(
        &self,
        themes: &Themes,
        request: ThemeRequest,
        by: SavedBy,
        now: Instant,
    ) -> Result<ThemeAnswer, ThemeError> {
        let bytes = request.files.values().map(|file| file.0.len()).sum();
        if bytes > MAX_THEME_BYTES {
            return Err(ThemeError::TooLarge { bytes });
        }
        let _one_at_a_time = self.0.setting_theme.lock().await;
        if let Err(error) = self.settle_noted(themes).await {
            // One that cannot be read is no reason to keep it.
            tracing::warn!(%error, "the theme that was set last cannot be read");
        }
        let (kept, options) = (themes.clone(), request.options);
        let tried = options.clone();
        let (theme, templates, is_own) = on_disk(move || {
            let (theme, is_own) = theme_of(&request.theme, request.files)?;
            let templates = Templates::of(&theme)?;
            check_options(&templates, tried)?;
            if is_own {
                kept.keep(&theme)?;
            }
            Ok((theme, templates, is_own))
        })
        .await?;
        let look = templates.look();
        let named = self.name_theme(themes, (&theme, is_own), options, by, now).await;
        let is_named = named.is_ok();
        if is_named {
            self.set_templates(templates);
        }
        self.stop_at("theme on record")?;
        let kept = themes.clone();
        let written = on_disk(move || {
            if is_named && is_own {
                kept.set_current(theme.id())?;
            }
            Ok(kept.expect_nothing()?)
        });
        if let Err(error) = written.await {
            // It stays noted, and is settled at the next start at the latest.
            tracing::warn!(%error, "which theme is in use could not be written down");
        }
        Ok(ThemeAnswer { look, site: named? })
    }

    /// Completes or forgets the setting of a theme that a crash cut off, as the records say: at the start of a server,
    /// before [`Newsroom::follow_theme`].
    ///
    /// # Errors
    /// `Io`: what was set last cannot be read.
    pub async fn settle_theme(&self, themes: &Themes) -> Result<(), ThemeError> {
        let _one_at_a_time = self.0.setting_theme.lock().await;
        self.settle_noted(themes).await
    }

    /// The same for whoever holds `setting_theme`.
    pub(crate) async fn settle_noted(&self, themes: &Themes) -> Result<(), ThemeError> {
        let (version, settings) = self.settings().await?;
        let themes = themes.clone();
        let settle = move || {
            if let Some(id) = themes.expected(version, &settings)? {
                themes.set_current(id)?;
            }
            Ok(themes.expect_nothing()?)
        };
        on_disk(settle).await
    }

    /// Writes the theme into the settings, also when its name stays: another version tells every device. Which one of
    /// the newsroom's own is meant is noted before, so that a crash on either side of the commit leaves the theme that
    /// is on record.
    async fn name_theme(
        &self,
        themes: &Themes,
        (theme, is_own): (&Theme, bool),
        options: BTreeMap<String, String>,
        by: SavedBy,
        now: Instant,
    ) -> Result<u32, ThemeError> {
        loop {
            let (version, settings) = self.settings().await?;
            if is_own {
                let (kept, id) = (themes.clone(), theme.id());
                on_disk(move || Ok(kept.expect(version + 1, id)?)).await?;
            }
            let name = theme.manifest().name.clone();
            let settings = SiteSettings { theme: name, theme_options: options.clone(), ..settings };
            let effects = vec![
                Effect::Settings(version + 1, Box::new(settings), Some(by.clone())),
                Effect::Queue(Work::Site { after: None, list: None }),
            ];
            match self.commit(vec![Commit { at: now, article: None, answer: None, effects }]).await {
                Ok(_) => return Ok(version + 1),
                // Another writer took the number meanwhile.
                Err(NewsroomError::Storage(StorageError::SettingsTaken)) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Whether Galley brings the theme that the settings name.
pub(crate) fn is_built_in(settings: &SiteSettings) -> bool {
    Theme::built_in(settings.theme.trim()).is_some()
}

/// What pages are made with in the theme that settings name: one that Galley brings, or the newsroom's own that is in
/// use or was last.
pub(crate) async fn templates_of(
    themes: &Themes,
    version: u32,
    settings: SiteSettings,
) -> Result<Templates, ThemeError> {
    let themes = themes.clone();
    on_disk(move || {
        let own = if is_built_in(&settings) { None } else { themes.in_use(version, &settings)? };
        let named = own.filter(|theme| theme.manifest().name == settings.theme.trim());
        let theme = match named {
            Some(theme) => theme,
            None => theme_of(&settings.theme, BTreeMap::new())?.0,
        };
        Ok(Templates::of(&theme)?)
    })
    .await
}

fn theme_of(name: &str, files: BTreeMap<String, Bytes>) -> Result<(Theme, bool), PageError> {
    if !files.is_empty() {
        return Ok((from_wire(ThemeFiles { files })?, true));
    }
    let missing = PageError::File { file: name.to_owned(), detail: "there is no such theme".to_owned() };
    Ok((Theme::built_in(name.trim()).ok_or(missing)?, false))
}

pub(crate) fn check_options(
    templates: &Templates,
    theme_options: BTreeMap<String, String>,
) -> Result<(), ThemeError> {
    let settings = SiteSettings { theme_options, ..SiteSettings::default() };
    match templates.option_problems(&settings).into_iter().next() {
        Some(problem) => Err(ThemeError::Option { id: problem.option, detail: problem.detail }),
        None => Ok(()),
    }
}

/// Waits for the disk, and for templates that are compiled, where that holds nobody up.
async fn on_disk<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, ThemeError> + Send + 'static,
) -> Result<T, ThemeError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| NewsroomError::CutOff)?
}
