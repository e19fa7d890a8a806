//! Watching the folder of a theme: what lies in it, and when what was found is taken or told.
//!
//! Editors save in several steps: they empty a file and write it, or write it twice without its time or length showing
//! it. So files that changed are read again for a moment though nothing tells that they changed once more; and what
//! cannot be used is told only when it still stands there a moment later. Not here: what a theme is.

use std::collections::BTreeMap;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime};

use galley_page::{MAX_THEME_ASSET, MAX_THEME_FILES, ThemeFiles};

use crate::api::Notice;

/// The files of a theme: name to time of change and length.
pub(crate) type Look = BTreeMap<String, (Option<SystemTime>, u64)>;

/// Files that changed so lately are read again at each look: times are as coarse as two seconds on some disks.
const STEADY: Duration = Duration::from_secs(3);
/// What cannot be used is told when it stood so long: less than two looks apart.
const RIPE: Duration = Duration::from_millis(400);

/// What a look at the folder found.
pub(super) enum Found {
    Unchanged,
    Nothing(Look),
    Files(Look, ThemeFiles),
    Unreadable(Look, Notice),
}

/// What was seen in the folder last. It reads no clock: it is told the time.
#[derive(Default)]
pub(crate) struct Watch(Option<Seen>);

struct Seen {
    look: Look,
    /// A hash of the files' bytes.
    contents: u64,
    since: Instant,
    /// It was taken, or its problem was told.
    is_judged: bool,
}

impl Watch {
    /// Another theme is named: the folder is looked at as for the first time.
    pub(super) fn forget(&mut self) {
        self.0 = None;
    }

    /// Files that need not be read while they look like this; none when they have to be.
    pub(super) fn steady(&self, now: Instant) -> Option<&Look> {
        let is_steady = |seen: &&Seen| seen.is_judged && now.duration_since(seen.since) >= STEADY;
        self.0.as_ref().filter(is_steady).map(|seen| &seen.look)
    }

    /// Whether what was found is still to be judged.
    pub(super) fn finds(&mut self, found: &Found, now: Instant) -> bool {
        let (look, contents) = match found {
            Found::Unchanged => return false,
            Found::Nothing(look) | Found::Unreadable(look, _) => (look, 0),
            Found::Files(look, files) => (look, hash(files)),
        };
        match &self.0 {
            Some(seen) if seen.look == *look && seen.contents == contents => !seen.is_judged,
            _ => {
                self.0 = Some(Seen { look: look.clone(), contents, since: now, is_judged: false });
                true
            }
        }
    }

    /// Whether a problem of what was found is told now: it may be a file that is just being written. Whoever asks for
    /// the theme is told at once.
    pub(super) fn is_ripe(&self, is_asked: bool, now: Instant) -> bool {
        is_asked || self.0.as_ref().is_none_or(|seen| now.duration_since(seen.since) >= RIPE)
    }

    /// What was found was taken, or its problem told.
    pub(super) fn judged(&mut self) {
        if let Some(seen) = &mut self.0 {
            seen.is_judged = true;
        }
    }
}

fn hash(files: &ThemeFiles) -> u64 {
    let mut hasher = DefaultHasher::new();
    files.hash(&mut hasher);
    hasher.finish()
}

pub(super) fn look_again(folder: &Path, known: Option<&Look>) -> Found {
    let look = look(folder);
    if known == Some(&look) {
        return Found::Unchanged;
    }
    if look.is_empty() {
        return Found::Nothing(look);
    }
    if look.len() > MAX_THEME_FILES {
        let detail = format!("{} > {MAX_THEME_FILES}", look.len());
        return Found::Unreadable(look, Notice::new("theme_too_many").with("detail", &detail));
    }
    let mut files = ThemeFiles::new();
    for (name, (_, length)) in &look {
        let bytes = (*length <= MAX_THEME_ASSET as u64).then(|| fs::read(folder.join(name)));
        match bytes {
            Some(Ok(bytes)) => files.insert(name.clone(), bytes),
            _ => {
                return Found::Unreadable(
                    look.clone(),
                    Notice::new("template_unreadable").with("file", name),
                );
            }
        };
    }
    Found::Files(look, files)
}

/// The files below the folder, by their path with forward slashes, one level of folders deep. Hidden files and those
/// that editors leave beside one that is being written are no part of a theme.
pub(crate) fn look(folder: &Path) -> Look {
    let mut look = Look::new();
    let mut folders = vec![(String::new(), PathBuf::from(folder))];
    while let Some((prefix, folder)) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let Ok(name) = entry.file_name().into_string() else { continue };
            if name.starts_with('.') || name.ends_with('~') || name.ends_with(".tmp") {
                continue;
            }
            // Links are followed: designers link the theme they work on.
            let facts = fs::metadata(entry.path());
            if facts.as_ref().is_ok_and(fs::Metadata::is_dir) {
                if prefix.is_empty() {
                    folders.push((format!("{name}/"), entry.path()));
                }
                continue;
            }
            let (changed, length) =
                facts.map_or((None, u64::MAX), |facts| (facts.modified().ok(), facts.len()));
            look.insert(format!("{prefix}{name}"), (changed, length));
        }
    }
    look
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file of this length, as it reads now.
    fn found(length: u64, text: &str) -> Found {
        let look = Look::from([("article.html".to_owned(), (Some(SystemTime::UNIX_EPOCH), length))]);
        Found::Files(look, ThemeFiles::from([("article.html".to_owned(), text.as_bytes().to_vec())]))
    }

    #[test]
    fn what_an_editor_has_half_written_is_not_told() {
        let (mut watch, begun) = (Watch::default(), Instant::now());
        let at = |ms: u64| begun + Duration::from_millis(ms);
        assert!(watch.finds(&found(9, "half"), at(0)) && !watch.is_ripe(false, at(0)));
        assert!(watch.is_ripe(true, at(0)), "whoever asks is told at once");
        // Another half at the next look: it counts from there.
        assert!(watch.finds(&found(12, "and half"), at(500)) && !watch.is_ripe(false, at(500)));
        // The whole is taken; a look later there is nothing to judge.
        assert!(watch.finds(&found(20, "whole"), at(1000)));
        watch.judged();
        assert!(!watch.finds(&found(20, "whole"), at(1500)));
        // What stays broken is told once.
        assert!(watch.finds(&found(9, "broken"), at(2000)) && !watch.is_ripe(false, at(2000)));
        assert!(watch.finds(&found(9, "broken"), at(2500)) && watch.is_ripe(false, at(2500)));
        watch.judged();
        assert!(!watch.finds(&found(9, "broken"), at(3000)));
    }

    #[test]
    fn a_file_that_was_written_again_within_its_time_and_length_is_seen() {
        let (mut watch, begun) = (Watch::default(), Instant::now());
        let at = |ms: u64| begun + Duration::from_millis(ms);
        assert!(watch.finds(&found(4, "old "), at(0)));
        assert!(watch.steady(at(5000)).is_none(), "it was not judged");
        watch.judged();
        assert!(watch.steady(at(500)).is_none(), "for a moment it is read again");
        assert!(watch.finds(&found(4, "new "), at(500)));
        watch.judged();
        assert!(watch.steady(at(3400)).is_none() && watch.steady(at(3500)).is_some());
        watch.forget();
        assert!(watch.steady(at(9000)).is_none());
    }
}
