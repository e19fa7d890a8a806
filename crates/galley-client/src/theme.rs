//! The theme of this computer's site: one that Galley brings, or the newsroom's own in the library's `theme` folder,
//! as the site's settings name it.
//!
//! An edited file of the folder is taken at once, and the live site follows when the designer pauses. A broken one is
//! told with its file and line, and the theme that worked last stays in use, over a restart too: it is kept beside
//! the library, so that no page of a live site changes by accident. The folder is looked at twice a second (`watch`), by
//! the times and lengths of its files, and only while the settings name it: that costs less than a watcher's thread,
//! works on network disks, and sees files that editors replace. Not here: themes of servers (`servers_page`).

mod watch;

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use galley_model::site::{COUNTY, DAILY, SiteSettings};
use galley_page::{PageError, Templates, ThemeFiles};
use galley_sync::wire::{Bytes, ThemeFiles as Kept};

use crate::Galley;
use crate::api::{ApiError, ErrorCode, Notice, ThemeInfo, ThemeList, ThemeOptionInfo};
use crate::clock;
use crate::error::{fail, internal};
use watch::{Found, Watch, look_again};

pub(crate) use watch::look;

/// What is known of the theme.
#[derive(Default)]
pub(crate) struct Theme {
    /// The theme that the settings name.
    named: Option<String>,
    /// The folder's files as they were last looked at.
    watch: Watch,
    /// The own theme was taken, from the folder or as it was kept.
    is_own: bool,
    /// What is wrong with the folder now.
    problem: Option<Notice>,
    /// When the live pages follow.
    follows_at: Option<Instant>,
}

/// The library's folder for a theme of one's own.
const FOLDER: &str = "theme";
/// Where the theme that worked last is kept.
const KEPT: &str = "theme-in-use.json";
/// How long a designer pauses before the live site follows.
const PAUSE: Duration = Duration::from_secs(2);

impl Galley {
    /// Takes the theme that the settings name, when another is in use or its files changed, and tells what is wrong
    /// with it at once. Cheap when nothing changed.
    pub(crate) async fn follow_theme(&self) {
        self.follow_named_theme(true).await;
    }

    /// The same between other things, and nobody asked: a file that cannot be used may be half written, and is told
    /// when it stays so.
    pub(crate) async fn glance_at_theme(&self) {
        self.follow_named_theme(false).await;
    }

    async fn follow_named_theme(&self, is_asked: bool) {
        let Some(name) = self.named_theme().await else { return };
        if let Some(templates) = self.built_in_anew(&name) {
            self.take_theme(templates, false);
        } else if !is_built_in(&name) {
            self.follow_folder(is_asked).await;
        }
        self.let_site_follow();
    }

    /// The settings name another theme now.
    pub(crate) fn theme_renamed(&self, name: &str) {
        let mut theme = self.theme();
        if theme.named.as_deref() != Some(name) {
            theme.named = Some(name.to_owned());
            theme.watch.forget();
        }
    }

    async fn named_theme(&self) -> Option<String> {
        let known = self.theme().named.clone();
        if known.is_some() {
            return known;
        }
        let (_, settings) = self.newsroom().settings().await.ok()?;
        self.theme().named = Some(settings.theme.clone());
        Some(settings.theme)
    }

    /// The built-in theme of this name, when it is not in use.
    fn built_in_anew(&self, name: &str) -> Option<Templates> {
        let manifest = self.newsroom().templates().manifest().name.clone();
        if !is_built_in(name) || manifest == name {
            return None;
        }
        let settings = SiteSettings { theme: name.to_owned(), ..SiteSettings::default() };
        Templates::for_settings(&settings).ok()
    }

    async fn follow_folder(&self, is_asked: bool) {
        // What was read first is taken first, whoever looks meanwhile.
        let _one_at_a_time = self.inner().following_theme.lock().await;
        let data_dir = self.options().data_dir.clone();
        let known = self.theme().watch.steady(Instant::now()).cloned();
        let folder = data_dir.join(FOLDER);
        let Ok(found) = tokio::task::spawn_blocking(move || look_again(&folder, known.as_ref())).await else {
            return;
        };
        let now = Instant::now();
        if !self.theme().watch.finds(&found, now) {
            return;
        }
        let problem = match found {
            Found::Unchanged => return,
            Found::Nothing(_) => Some(Notice::new("theme_missing")),
            Found::Unreadable(_, problem) => Some(problem),
            Found::Files(_, files) => match compiled(files.clone()).await {
                Ok(templates) => {
                    self.take_theme(templates, true);
                    keep(data_dir.clone(), files).await;
                    None
                }
                Err(error) => Some(notice(&error)),
            },
        };
        if problem.is_some() && !self.theme().watch.is_ripe(is_asked, now) {
            return;
        }
        self.theme().watch.judged();
        let was_wrong = std::mem::replace(&mut self.theme().problem, problem.clone()).is_some();
        let Some(problem) = problem else {
            if was_wrong {
                self.tell(Notice::new("theme_mended"));
            }
            return;
        };
        tracing::warn!(problem = problem.code, values = ?problem.values, "the theme cannot be used");
        if !self.theme().is_own
            && let Some(files) = kept(data_dir).await
            && let Ok(templates) = compiled(files).await
        {
            self.take_theme(templates, true);
        }
        self.tell(problem);
    }

    fn take_theme(&self, templates: Templates, is_own: bool) {
        let is_same = templates.look() == self.newsroom().templates().look();
        {
            let mut theme = self.theme();
            theme.is_own = is_own;
            if !is_same {
                theme.follows_at = Some(Instant::now() + PAUSE);
            }
        }
        if !is_same {
            self.newsroom().set_templates(templates);
            self.frame_moved();
        }
    }

    /// Writes the live pages anew once nobody has edited the theme for a moment.
    fn let_site_follow(&self) {
        let is_due = {
            let mut theme = self.theme();
            theme.follows_at.take_if(|at| *at <= Instant::now()).is_some()
        };
        // At the start, opening the site does it.
        if is_due && self.inner().wiring.serves_site && self.has_started() {
            self.site_soon();
        }
    }

    /// Lets the live pages follow what the site is made of now, beside everything else.
    pub(crate) fn site_soon(&self) {
        let galley = self.clone();
        tokio::spawn(async move {
            if let Err(error) = galley.newsroom().work(clock::now()).await {
                tracing::warn!(%error, "the site could not follow");
            }
        });
    }

    /// The themes that the site can be set in, with their options.
    pub async fn themes(&self) -> Result<ThemeList, ApiError> {
        self.follow_theme().await;
        let folder = self.options().data_dir.join(FOLDER);
        let mut themes = built_in_themes();
        let in_use = self.newsroom().templates();
        let is_own = self.theme().is_own;
        let mut problem = self.theme().problem.clone();
        if is_own {
            themes.push(info(in_use.manifest(), true));
        } else {
            let read = tokio::task::spawn_blocking(move || look_again(&folder, None)).await;
            match read.map_err(|error| internal("reading the theme", error))? {
                Found::Files(_, files) => match galley_page::Theme::from_files(&files) {
                    Ok(theme) => themes.push(info(theme.manifest(), true)),
                    Err(error) => problem = Some(notice(&error)),
                },
                Found::Unreadable(_, found) => problem = Some(found),
                Found::Nothing(_) | Found::Unchanged => {}
            }
        }
        Ok(ThemeList { themes, folder: self.theme_folder().display().to_string(), problem })
    }

    /// The themes that the server's site can be set in, with their options: those that Galley brings, and the
    /// newsroom's own while the site is set in it. None of them lies in a folder here.
    pub async fn server_themes(&self) -> Result<ThemeList, ApiError> {
        let mut themes = built_in_themes();
        if let Some(site) = self.servers_site()?.filter(|site| !is_built_in(&site.settings.theme)) {
            themes.push(info(self.templates_for(&site).await?.manifest(), true));
        }
        Ok(ThemeList { themes, folder: String::new(), problem: None })
    }

    /// Values of options that the theme would not take: it would be shown as if they were not set.
    pub(crate) async fn refuse_wrong_options(&self, settings: &SiteSettings) -> Result<(), ApiError> {
        let settings = settings.clone();
        let problems = if is_built_in(&settings.theme) {
            let checked = tokio::task::spawn_blocking(move || {
                Templates::for_settings(&settings).map(|templates| templates.option_problems(&settings))
            });
            checked.await.map_err(|error| internal("checking the theme's options", error))??
        } else {
            match self.own_theme_files().await {
                Ok(files) => {
                    compiled(files).await.map(|own| own.option_problems(&settings)).unwrap_or_default()
                }
                // The folder's own fault is told apart.
                Err(_) => Vec::new(),
            }
        };
        match problems.into_iter().next() {
            Some(problem) => {
                let error = fail(ErrorCode::InvalidSetting).with("field", "theme_options");
                Err(error.with("option", problem.option).with("detail", problem.detail))
            }
            None => Ok(()),
        }
    }

    /// Where the newsroom's own theme lies, whether or not it is there.
    pub fn theme_folder(&self) -> PathBuf {
        self.options().data_dir.join(FOLDER)
    }

    /// Writes the files of a built-in theme into the library's folder, as a theme of the newsroom's own to edit.
    /// Answers its name.
    ///
    /// # Errors
    /// `theme_exists` when something lies in the folder; nothing of it is ever overwritten.
    pub async fn copy_theme(&self, name: &str) -> Result<String, ApiError> {
        let theme = galley_page::Theme::built_in(name);
        let theme = theme.ok_or_else(|| fail(ErrorCode::InvalidSetting).with("field", "theme"))?;
        let folder = self.theme_folder();
        let own = format!("{name}-own");
        let files = copied(&theme, &own);
        let shown = folder.display().to_string();
        let written = tokio::task::spawn_blocking(move || write_new(&folder, &files)).await;
        match written.map_err(|error| internal("copying the theme", error))? {
            Ok(()) => Ok(own),
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
                Err(fail(ErrorCode::ThemeExists).with("folder", shown))
            }
            Err(error) if error.kind() == io::ErrorKind::StorageFull => Err(fail(ErrorCode::DiskFull)),
            Err(error) => Err(internal("copying the theme", error)),
        }
    }

    /// What the own theme consists of, to be sent to a server.
    pub(crate) async fn own_theme_files(&self) -> Result<ThemeFiles, ApiError> {
        let folder = self.theme_folder();
        let read = tokio::task::spawn_blocking(move || look_again(&folder, None)).await;
        match read.map_err(|error| internal("reading the theme", error))? {
            Found::Files(_, files) => Ok(files),
            Found::Unreadable(_, problem) => Err(told(&problem)),
            Found::Nothing(_) | Found::Unchanged => {
                Err(told(&Notice::new("theme_missing").with("file", "theme.toml")))
            }
        }
    }
}

fn built_in_themes() -> Vec<ThemeInfo> {
    let built_in = [COUNTY, DAILY].into_iter().filter_map(galley_page::Theme::built_in);
    built_in.map(|theme| info(theme.manifest(), false)).collect()
}

pub(crate) fn is_built_in(name: &str) -> bool {
    [COUNTY, DAILY].contains(&name.trim())
}

/// A problem of the theme as the failure of a command.
fn told(problem: &Notice) -> ApiError {
    ApiError { values: problem.values.clone(), ..fail(ErrorCode::Template) }
}

fn notice(error: &PageError) -> Notice {
    let (file, line, detail) = error.place();
    // What is no part of a theme, or no text at all, has no line.
    let code = if line == 0 { "template_file" } else { "template_broken" };
    Notice::new(code).with("file", file).with("line", &line.to_string()).with("detail", detail)
}

fn info(manifest: &galley_page::Manifest, is_own: bool) -> ThemeInfo {
    let options = manifest.options.iter().map(|option| ThemeOptionInfo {
        id: option.id.clone(),
        kind: option.kind.into(),
        default: option.default.clone(),
        choices: option.choices.iter().map(|choice| (choice.value.clone(), choice.label.clone())).collect(),
        min: option.min.and_then(|min| i32::try_from(min).ok()),
        max: option.max.and_then(|max| i32::try_from(max).ok()),
        label: option.label.clone(),
    });
    ThemeInfo {
        name: manifest.name.clone(),
        title: manifest.title.clone(),
        version: manifest.version.clone(),
        is_own,
        options: options.collect(),
    }
}

/// Compiles and tries a theme out where that holds nobody up.
pub(crate) async fn compiled(files: ThemeFiles) -> Result<Templates, PageError> {
    let made = tokio::task::spawn_blocking(move || Templates::of_files(&files)).await;
    made.unwrap_or_else(|error| {
        Err(PageError::File { file: "theme.toml".to_owned(), detail: error.to_string() })
    })
}

/// The files of a built-in theme as a theme of one's own: its manifest has another name and builds on it.
fn copied(theme: &galley_page::Theme, own: &str) -> ThemeFiles {
    let name = theme.manifest().name.as_str();
    let mut files = ThemeFiles::new();
    // A theme that builds on another shows all its files to who edits it.
    let base = theme.manifest().base.as_deref().and_then(galley_page::Theme::built_in);
    for (path, bytes) in base.iter().flat_map(|base| base.files()).chain(theme.files()) {
        files.insert(path.clone(), bytes.clone());
    }
    if let Some(manifest) = files.get_mut("theme.toml") {
        let text = String::from_utf8_lossy(manifest).into_owned();
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.retain(|line| !is_key(line, "base"));
        let at = lines.iter().position(|line| is_key(line, "name")).unwrap_or_default();
        if let Some(line) = lines.get_mut(at) {
            *line = format!("name = \"{own}\"\nbase = \"{name}\"");
        }
        title_as_copy(&mut lines);
        *manifest = (lines.join("\n") + "\n").into_bytes();
    }
    files
}

/// Gives the theme a title of its own in each language, by which people tell it from the one it was made of.
fn title_as_copy(lines: &mut [String]) {
    let titles = lines.iter_mut().skip_while(|line| line.trim() != "[title]").skip(1);
    for line in titles.take_while(|line| !line.starts_with('[')) {
        let copy = if line.starts_with("zh") { "（副本）" } else { " (copy)" };
        if let Some(title) = line.trim_end().strip_suffix('"') {
            *line = format!("{title}{copy}\"");
        }
    }
}

fn is_key(line: &str, key: &str) -> bool {
    line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with('='))
}

/// Writes files into a folder where nothing lies yet.
fn write_new(folder: &Path, files: &ThemeFiles) -> io::Result<()> {
    if !look(folder).is_empty() {
        return Err(io::ErrorKind::AlreadyExists.into());
    }
    for (path, bytes) in files {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent)?;
        }
        let mut file = fs::File::create_new(&path)?;
        file.write_all(bytes)?;
        file.sync_all()?;
    }
    Ok(())
}

/// Remembers a theme that works. One that cannot be kept is still used.
async fn keep(data_dir: PathBuf, files: ThemeFiles) {
    let written = tokio::task::spawn_blocking(move || -> io::Result<()> {
        let fresh = data_dir.join(format!("{KEPT}.new"));
        let mut file = fs::File::create(&fresh)?;
        let files = files.into_iter().map(|(path, bytes)| (path, Bytes(bytes))).collect();
        file.write_all(&serde_json::to_vec(&Kept { files })?)?;
        file.sync_all()?;
        fs::rename(fresh, data_dir.join(KEPT))
    });
    match written.await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the theme in use was not kept"),
        Err(error) => tracing::warn!(%error, "the theme in use was not kept"),
    }
}

async fn kept(data_dir: PathBuf) -> Option<ThemeFiles> {
    let read = move || serde_json::from_slice::<Kept>(&fs::read(data_dir.join(KEPT)).ok()?).ok();
    let kept = tokio::task::spawn_blocking(read).await.ok()??;
    Some(kept.files.into_iter().map(|(path, bytes)| (path, bytes.0)).collect())
}
