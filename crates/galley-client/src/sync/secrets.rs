//! Where a device's token and the secret of a site's bucket lie: in the system's keychain, or in a file that only the
//! owner may read.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError, mpsc};
use std::time::Duration;

/// Longest wait for the keychain, which may ask the person something.
const PATIENCE: Duration = Duration::from_secs(2);
const SERVICE: &str = "app.galley";
/// Held from reading the file until it is written again.
static WRITING: Mutex<()> = Mutex::new(());

/// Keeps one secret per account name. Calls block; they are made on a worker thread.
pub trait Secrets: Send + Sync {
    /// Keeps a token, and says where: `keychain` or `file`.
    fn keep(&self, account: &str, token: &str) -> std::io::Result<String>;
    /// The token that was kept there.
    fn find(&self, account: &str, place: &str) -> Option<String>;
    /// Forgets it, wherever it is.
    fn forget(&self, account: &str);
}

/// The keychain when it answers within two seconds, else a file beside the library.
pub struct SystemSecrets {
    /// Folder of the library.
    pub folder: PathBuf,
}

/// A file beside the library only.
pub struct FileSecrets {
    /// Folder of the library.
    pub folder: PathBuf,
}

/// Runs a call into the keychain on a thread of its own, since it may hang for ever.
fn in_time<T: Send + 'static>(call: impl FnOnce() -> Option<T> + Send + 'static) -> Option<T> {
    let (done, answer) = mpsc::sync_channel(1);
    std::thread::Builder::new()
        .name("galley-keychain".to_owned())
        .spawn(move || drop(done.send(call())))
        .ok()?;
    answer.recv_timeout(PATIENCE).ok()?
}

fn entry(account: &str) -> Option<keyring::Entry> {
    keyring::Entry::new(SERVICE, account).ok()
}

impl Secrets for SystemSecrets {
    fn keep(&self, account: &str, token: &str) -> std::io::Result<String> {
        let (name, secret) = (account.to_owned(), token.to_owned());
        // Read back: a keychain that forgets is no keychain.
        let kept = in_time(move || {
            let entry = entry(&name)?;
            entry.set_password(&secret).ok()?;
            (entry.get_password().ok()? == secret).then_some(())
        });
        match kept {
            Some(()) => Ok("keychain".to_owned()),
            None => FileSecrets { folder: self.folder.clone() }.keep(account, token),
        }
    }

    fn find(&self, account: &str, place: &str) -> Option<String> {
        if place != "keychain" {
            return FileSecrets { folder: self.folder.clone() }.find(account, place);
        }
        let name = account.to_owned();
        in_time(move || entry(&name)?.get_password().ok())
    }

    fn forget(&self, account: &str) {
        FileSecrets { folder: self.folder.clone() }.forget(account);
        let name = account.to_owned();
        in_time(move || entry(&name)?.delete_credential().ok());
    }
}

impl FileSecrets {
    fn path(&self) -> PathBuf {
        self.folder.join("token")
    }

    /// What the file holds, by account: a line for the name, a line for the secret.
    fn read(&self) -> std::io::Result<BTreeMap<String, String>> {
        let text = match fs::read_to_string(self.path()) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            read => read?,
        };
        let lines: Vec<&str> = text.lines().collect();
        let pairs = lines.chunks_exact(2).filter_map(|pair| match pair {
            [account, secret] => Some(((*account).to_owned(), (*secret).to_owned())),
            _ => None,
        });
        Ok(pairs.collect())
    }

    fn write(&self, all: &BTreeMap<String, String>) -> std::io::Result<()> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let part = self.folder.join("token.part");
        let mut file = options.open(&part)?;
        // One that a crash left has the mode that it was made with.
        #[cfg(unix)]
        file.set_permissions(std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
        let text: String = all.iter().map(|(account, secret)| format!("{account}\n{secret}\n")).collect();
        file.write_all(text.as_bytes())?;
        file.sync_all()?;
        fs::rename(part, self.path())
    }
}

impl Secrets for FileSecrets {
    fn keep(&self, account: &str, token: &str) -> std::io::Result<String> {
        if account.chars().chain(token.chars()).any(char::is_control) {
            let what = "a secret of more than one line";
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidInput, what));
        }
        let _alone = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
        let mut all = self.read()?;
        all.insert(account.to_owned(), token.to_owned());
        self.write(&all)?;
        Ok("file".to_owned())
    }

    fn find(&self, account: &str, _place: &str) -> Option<String> {
        self.read().ok()?.remove(account)
    }

    fn forget(&self, account: &str) {
        let _alone = WRITING.lock().unwrap_or_else(PoisonError::into_inner);
        let Ok(mut all) = self.read() else { return };
        if all.remove(account).is_none() {
            return;
        }
        let _ = if all.is_empty() { fs::remove_file(self.path()) } else { self.write(&all) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_secrets_that_are_kept_at_once_none_is_lost() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = FileSecrets { folder: folder.path().to_owned() };
        std::thread::scope(|scope| {
            for n in 0..8 {
                let secrets = &secrets;
                scope.spawn(move || secrets.keep(&format!("account {n}"), "secret").unwrap());
            }
        });
        assert_eq!(secrets.read().unwrap().len(), 8);
    }

    #[test]
    fn a_file_keeps_several_secrets_apart_and_its_owner_alone_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let secrets = FileSecrets { folder: folder.path().to_owned() };
        let found = |account| secrets.find(account, "file");
        assert_eq!(found("device"), None);
        assert_eq!(secrets.keep("device", "token").unwrap(), "file");
        assert_eq!(secrets.keep("s3 AKIA", "a/b=c").unwrap(), "file");
        assert_eq!((found("device").as_deref(), found("s3 AKIA").as_deref()), (Some("token"), Some("a/b=c")));
        assert!(secrets.keep("s3 AKIA", "a\nb").is_err(), "it would shift the lines of the others");
        secrets.keep("device", "newer").unwrap();
        secrets.forget("s3 AKIA");
        assert_eq!((found("device").as_deref(), found("s3 AKIA")), (Some("newer"), None));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(folder.path().join("token")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let part = folder.path().join("token.part");
            fs::write(&part, "").unwrap();
            fs::set_permissions(&part, fs::Permissions::from_mode(0o644)).unwrap();
            secrets.keep("device", "newest").unwrap();
            let mode = fs::metadata(folder.path().join("token")).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600, "over what a crash left");
        }
        secrets.forget("device");
        assert!(!folder.path().join("token").exists());
    }
}
