//! A theme that lies in a folder, read and tried out. Not here: what a theme is (`galley-page`), and the folder that
//! the app follows while it is edited (the client's).

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use galley_page::{MAX_THEME_ASSET, MAX_THEME_FILES, PageError, Templates, Theme, ThemeFiles};

/// Why a folder is no theme that can be used.
#[derive(Debug, thiserror::Error)]
pub enum ThemeFolderError {
    /// The folder, or a file in it.
    #[error("{} cannot be read: {error}", path.display())]
    Unreadable {
        /// Which.
        path: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Nothing lies in it that could be of a theme.
    #[error("there is no theme in {}", .0.display())]
    Nothing(PathBuf),
    /// More files than a theme may have.
    #[error("there are more than {MAX_THEME_FILES} files in {}", .0.display())]
    TooMany(PathBuf),
    /// A file is longer than any of a theme may be.
    #[error("{file}: {bytes} bytes; at most {MAX_THEME_ASSET}")]
    TooLong {
        /// Its path in the folder.
        file: String,
        /// Its length.
        bytes: u64,
    },
    /// What is wrong with a file, and where.
    #[error("{}", told(.0))]
    Page(#[from] PageError),
}

/// Reads the theme in a folder, and tries it out on every kind of page. Files of the folder and of the folders right in
/// it count; hidden ones and those that editors leave are passed over. Links are followed: designers link what they
/// work on. Blocks.
///
/// # Errors
/// See [`ThemeFolderError`]: the first thing that is wrong.
pub fn theme_in_folder(folder: &Path) -> Result<Theme, ThemeFolderError> {
    let theme = Theme::from_files(&files(folder)?)?;
    Templates::of(&theme)?;
    Ok(theme)
}

/// `article.html, line 3: unexpected end of input`
fn told(error: &PageError) -> String {
    match error.place() {
        (file, 0, detail) => format!("{file}: {detail}"),
        (file, line, detail) => format!("{file}, line {line}: {detail}"),
    }
}

fn files(root: &Path) -> Result<ThemeFiles, ThemeFolderError> {
    let mut files = ThemeFiles::new();
    let mut folders = vec![(String::new(), root.to_owned())];
    while let Some((prefix, folder)) = folders.pop() {
        for entry in fs::read_dir(&folder).map_err(|error| unreadable(&folder, error))? {
            let entry = entry.map_err(|error| unreadable(&folder, error))?;
            let Ok(name) = entry.file_name().into_string() else { continue };
            if name.starts_with('.') || name.ends_with('~') || name.ends_with(".tmp") {
                continue;
            }
            let (path, file) = (entry.path(), format!("{prefix}{name}"));
            let facts = fs::metadata(&path).map_err(|error| unreadable(&path, error))?;
            if facts.is_dir() {
                if prefix.is_empty() {
                    folders.push((format!("{name}/"), path));
                }
                continue;
            }
            if files.len() >= MAX_THEME_FILES {
                return Err(ThemeFolderError::TooMany(root.to_owned()));
            }
            if facts.len() > MAX_THEME_ASSET as u64 {
                return Err(ThemeFolderError::TooLong { file, bytes: facts.len() });
            }
            let bytes = fs::read(&path).map_err(|error| unreadable(&path, error))?;
            files.insert(file, bytes);
        }
    }
    if files.is_empty() { Err(ThemeFolderError::Nothing(root.to_owned())) } else { Ok(files) }
}

fn unreadable(path: &Path, error: io::Error) -> ThemeFolderError {
    ThemeFolderError::Unreadable { path: path.to_owned(), error }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_a_theme_or_the_first_fault_is_named() {
        let check = |files: &[(&str, &str)], expected: Result<&str, &str>| {
            let folder = tempfile::tempdir().unwrap();
            for (path, text) in files {
                let path = folder.path().join(path);
                fs::create_dir_all(path.parent().unwrap()).unwrap();
                fs::write(path, text).unwrap();
            }
            match (theme_in_folder(folder.path()), expected) {
                (Ok(theme), Ok(name)) => assert_eq!(theme.manifest().name, name),
                (Err(error), Err(says)) => {
                    assert!(error.to_string().starts_with(says), "{files:?}: {error}");
                }
                (result, _) => panic!("{files:?}: {:?}", result.map(|theme| theme.id())),
            }
        };
        let lake = ("theme.toml", "name = \"lake\"\ngalley = 1\nbase = \"daily\"\n");
        check(&[("site.css", "p {}\n"), (".hidden", "x"), ("site.css~", "x")], Ok("own"));
        check(&[lake, ("texts/en.toml", "latest = \"New\"\n"), ("notes.md", "x")], Ok("lake"));
        check(&[], Err("there is no theme in "));
        check(
            &[("theme.toml", "name = \"lake\"\ngalley = 1\nbase = \"sea\"\n")],
            Err("theme.toml, line 3: "),
        );
        check(&[lake, ("site.css", "p {}\n@import 'x';\n")], Err("site.css, line 2: "));
        check(&[lake, ("home.html", "\n{% for x in %}\n")], Err("home.html, line 2: "));
        check(&[lake, ("home.html", "\n\n{{ nothing.there }}\n")], Err("home.html, line 3: "));
        check(&[lake, ("site.js", "1")], Err("site.js: "));
        let missing = theme_in_folder(Path::new("/nowhere/at/all")).unwrap_err();
        assert!(missing.to_string().starts_with("/nowhere/at/all cannot be read: "), "{missing}");
    }
}
