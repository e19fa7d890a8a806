//! Templates of the newsroom's own: files in the library's `theme` folder take the place of the built-in ones
//! of the same name. A broken one is told with its file and line, and the theme that worked last stays in use,
//! over a restart too: it is kept beside the library, so that no page of a live site changes by accident.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use galley_page::{PageError, Templates, ThemeFiles};

use crate::Galley;
use crate::api::Notice;

/// What is known of the theme.
#[derive(Default)]
pub(crate) struct Theme {
    /// Its files as they were last looked at; none before the first look.
    look: Option<Look>,
    /// False until one was taken in this run of the program.
    taken: bool,
}

/// The files of a theme: name to time of change and length.
type Look = BTreeMap<String, (Option<SystemTime>, u64)>;
/// Name to text.
type Files = BTreeMap<String, String>;

/// No template is longer, in bytes.
const MAX_TEMPLATE: u64 = 1 << 20;
/// Where the theme that worked last is kept.
const KEPT: &str = "theme-in-use.json";

/// What a look at the folder found.
enum Found {
    Unchanged,
    Files(Look, Files),
    Unreadable(Look, String),
}

impl Galley {
    /// Takes the theme of the library, when it is not the one in use. Cheap when nothing changed.
    pub(crate) async fn follow_theme(&self) {
        let data_dir = self.options().data_dir.clone();
        let known = self.theme().look.clone();
        let folder = data_dir.join("theme");
        let Ok(found) = tokio::task::spawn_blocking(move || look_again(&folder, known.as_ref())).await else {
            return;
        };
        let (look, problem) = match found {
            Found::Unchanged => return,
            // The built-in theme is in use already.
            Found::Files(look, files) if files.is_empty() && !self.theme().taken => {
                keep(data_dir.clone(), files).await;
                (look, None)
            }
            Found::Files(look, files) => match Templates::of_files(&theme_files(&files)) {
                Ok(templates) => {
                    self.take_theme(templates);
                    keep(data_dir.clone(), files).await;
                    (look, None)
                }
                Err(error) => (look, Some(notice(&error))),
            },
            Found::Unreadable(look, file) => {
                (look, Some(Notice::new("template_unreadable").with("file", &file)))
            }
        };
        self.theme().look = Some(look);
        let Some(problem) = problem else { return };
        tracing::warn!(problem = problem.code, values = ?problem.values, "the theme cannot be used");
        if !self.theme().taken
            && let Some(files) = kept(data_dir).await
            && let Ok(templates) = Templates::of_files(&theme_files(&files))
        {
            self.take_theme(templates);
        }
        self.tell(problem);
    }

    fn take_theme(&self, templates: Templates) {
        self.theme().taken = true;
        self.newsroom().set_templates(templates);
        self.frame_moved();
    }
}

fn theme_files(files: &Files) -> ThemeFiles {
    files.iter().map(|(name, text)| (name.clone(), text.clone().into_bytes())).collect()
}

fn notice(error: &PageError) -> Notice {
    let (file, line, detail) = error.place();
    Notice::new("template_broken").with("file", file).with("line", &line.to_string()).with("detail", detail)
}

fn look_again(folder: &Path, known: Option<&Look>) -> Found {
    let look = look(folder);
    if known == Some(&look) {
        return Found::Unchanged;
    }
    let mut files = Files::new();
    for (name, (_, length)) in &look {
        let text = (*length <= MAX_TEMPLATE).then(|| fs::read_to_string(folder.join(name)));
        match text {
            Some(Ok(text)) => files.insert(name.clone(), text),
            _ => return Found::Unreadable(look.clone(), name.clone()),
        };
    }
    Found::Files(look, files)
}

/// Templates and style sheets below the folder, by their path with forward slashes, one level of folders deep.
fn look(folder: &Path) -> Look {
    let mut look = Look::new();
    let mut folders = vec![(String::new(), folder.to_owned())];
    while let Some((prefix, folder)) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(name) = entry.file_name().into_string() else { continue };
            // Links are followed: designers link the theme they work on.
            let facts = fs::metadata(entry.path());
            if facts.as_ref().is_ok_and(fs::Metadata::is_dir) {
                if prefix.is_empty() {
                    folders.push((format!("{name}/"), entry.path()));
                }
            } else if [".html", ".css", ".toml"].iter().any(|kind| name.ends_with(kind)) {
                let (changed, length) =
                    facts.map_or((None, u64::MAX), |facts| (facts.modified().ok(), facts.len()));
                look.insert(format!("{prefix}{name}"), (changed, length));
            }
        }
    }
    look
}

/// Remembers a theme that works. One that cannot be kept is still used.
async fn keep(data_dir: PathBuf, files: Files) {
    let written = tokio::task::spawn_blocking(move || -> io::Result<()> {
        let path = data_dir.join(KEPT);
        if files.is_empty() && !path.exists() {
            return Ok(());
        }
        let fresh = data_dir.join(format!("{KEPT}.new"));
        let mut file = fs::File::create(&fresh)?;
        file.write_all(&serde_json::to_vec(&files)?)?;
        file.sync_all()?;
        fs::rename(fresh, path)
    });
    match written.await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => tracing::warn!(%error, "the theme in use was not kept"),
        Err(error) => tracing::warn!(%error, "the theme in use was not kept"),
    }
}

async fn kept(data_dir: PathBuf) -> Option<Files> {
    let read = move || serde_json::from_slice(&fs::read(data_dir.join(KEPT)).ok()?).ok();
    tokio::task::spawn_blocking(read).await.ok()?
}
