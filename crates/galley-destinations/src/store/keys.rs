//! The keys of a store: from the environment, or from a file that its owner alone can read. Never logged.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// Who asks a store.
#[derive(Clone)]
pub struct StoreKeys {
    pub(super) id: String,
    pub(super) secret: String,
    pub(super) token: Option<String>,
}

/// Why there are no keys.
#[derive(Debug, thiserror::Error)]
pub enum NoKeys {
    /// Neither the environment nor a file has them.
    #[error("the keys of the object store are missing: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY")]
    Missing,
    /// Others could read the file.
    #[error("{} can be read by others; let its owner alone read it (chmod 600)", file.display())]
    Open {
        /// Which.
        file: PathBuf,
    },
    /// The file cannot be read.
    #[error("{}: {source}", file.display())]
    Unreadable {
        /// Which.
        file: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl StoreKeys {
    /// Keys as their store gave them.
    pub fn new(id: &str, secret: &str) -> Self {
        Self { id: id.to_owned(), secret: secret.to_owned(), token: None }
    }

    /// From `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`.
    ///
    /// # Errors
    /// `Missing`.
    pub fn from_environment() -> Result<Self, NoKeys> {
        Self::named(|name| std::env::var(name.to_ascii_uppercase()).ok())
    }

    /// From a file of lines such as `aws_access_key_id = …`, as the tools of AWS write it.
    ///
    /// # Errors
    /// `Open`, `Unreadable`, `Missing`.
    pub fn from_file(file: &Path) -> Result<Self, NoKeys> {
        let unreadable = |source| NoKeys::Unreadable { file: file.to_owned(), source };
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(file).map_err(unreadable)?.permissions().mode();
            if mode & 0o077 != 0 {
                return Err(NoKeys::Open { file: file.to_owned() });
            }
        }
        let text = fs::read_to_string(file).map_err(unreadable)?;
        let lines: Vec<_> = text.lines().filter_map(|line| line.split_once('=')).collect();
        Self::named(|name| {
            let is_it = |said: &str| said.trim().eq_ignore_ascii_case(name);
            lines.iter().find(|(said, _)| is_it(said)).map(|(_, value)| value.trim().to_owned())
        })
    }

    fn named(find: impl Fn(&str) -> Option<String>) -> Result<Self, NoKeys> {
        let find = |name: &str| find(name).filter(|value| !value.is_empty());
        Ok(Self {
            id: find("aws_access_key_id").ok_or(NoKeys::Missing)?,
            secret: find("aws_secret_access_key").ok_or(NoKeys::Missing)?,
            token: find("aws_session_token"),
        })
    }
}

impl fmt::Debug for StoreKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StoreKeys").finish_non_exhaustive()
    }
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn keys_are_read_from_a_file_that_only_its_owner_can_read() {
        let whole = "[default]\naws_access_key_id = AKIA\naws_secret_access_key=a/b=c\n";
        for (text, mode, expected) in [
            (whole, 0o600, Ok("a/b=c")),
            (whole, 0o400, Ok("a/b=c")),
            (whole, 0o640, Err("open")),
            (whole, 0o604, Err("open")),
            ("aws_access_key_id = AKIA\n", 0o600, Err("missing")),
            ("aws_access_key_id = AKIA\naws_secret_access_key =\n", 0o600, Err("missing")),
        ] {
            let place = tempfile::tempdir().unwrap();
            let file = place.path().join("keys");
            fs::write(&file, text).unwrap();
            fs::set_permissions(&file, fs::Permissions::from_mode(mode)).unwrap();
            let read = StoreKeys::from_file(&file).map_err(|error| match error {
                NoKeys::Missing => "missing",
                NoKeys::Open { .. } => "open",
                NoKeys::Unreadable { .. } => "unreadable",
            });
            assert_eq!(read.as_ref().map(|keys| keys.secret.as_str()).map_err(|why| *why), expected);
            assert!(!format!("{read:?}").contains("a/b=c"));
        }
        let nowhere = StoreKeys::from_file(Path::new("/galley/nowhere")).unwrap_err();
        assert!(matches!(nowhere, NoKeys::Unreadable { .. }));
    }
}
