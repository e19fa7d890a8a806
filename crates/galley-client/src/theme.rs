//! Templates of the newsroom's own: files in the library's `theme` folder take the place of the built-in ones
//! of the same name. A broken one is told with its file and line, and the last good pages stay.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use galley_page::Templates;

use crate::Galley;
use crate::api::Notice;

/// The files of a theme as they were last looked at: name to time of change and length.
pub(crate) type Look = BTreeMap<String, (Option<SystemTime>, u64)>;

/// No template is longer.
const MAX_TEMPLATE: u64 = 1 << 20;

impl Galley {
    /// Takes the theme of the library, when it is not the one in use. Cheap when nothing changed.
    pub(crate) async fn follow_theme(&self) {
        let folder = self.options().data_dir.join("theme");
        let known = self.theme_look().clone();
        let looked = tokio::task::spawn_blocking(move || {
            let look = look(&folder);
            let files = (look != known).then(|| read(&folder, &look));
            (look, files)
        });
        let Ok((look, Some(files))) = looked.await else { return };
        *self.theme_look() = look;
        match Templates::with_overrides(&files) {
            Ok(templates) => {
                self.newsroom().set_templates(templates);
                self.frame_moved();
            }
            Err(galley_page::PageError::Template { file, line, detail }) => {
                tracing::warn!(file, line, detail, "a template is broken");
                self.tell(
                    Notice::new("template_broken")
                        .with("file", &file)
                        .with("line", &line.to_string())
                        .with("detail", &detail),
                );
            }
        }
    }
}

/// Files below the folder, by their path with forward slashes, one level of folders deep.
fn look(folder: &Path) -> Look {
    let mut look = Look::new();
    let mut folders = vec![(String::new(), folder.to_owned())];
    while let Some((prefix, folder)) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let (Ok(name), Ok(facts)) = (entry.file_name().into_string(), entry.metadata()) else { continue };
            if facts.is_dir() && prefix.is_empty() {
                folders.push((format!("{name}/"), entry.path()));
            } else if facts.is_file() && facts.len() <= MAX_TEMPLATE {
                look.insert(format!("{prefix}{name}"), (facts.modified().ok(), facts.len()));
            }
        }
    }
    look
}

fn read(folder: &Path, look: &Look) -> BTreeMap<String, String> {
    look.keys().filter_map(|name| Some((name.clone(), fs::read_to_string(folder.join(name)).ok()?))).collect()
}
