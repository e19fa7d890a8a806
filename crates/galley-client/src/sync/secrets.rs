//! Where a device's token lies: in the system's keychain, or in a file that only the owner may read.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::mpsc;
use std::time::Duration;

/// Longest wait for the keychain, which may ask the person something.
const PATIENCE: Duration = Duration::from_secs(2);
const SERVICE: &str = "app.galley";

/// Keeps one token per account name. Calls block; they are made on a worker thread.
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
}

impl Secrets for FileSecrets {
    fn keep(&self, account: &str, token: &str) -> std::io::Result<String> {
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let part = self.folder.join("token.part");
        let mut file = options.open(&part)?;
        file.write_all(format!("{account}\n{token}\n").as_bytes())?;
        file.sync_all()?;
        fs::rename(part, self.path())?;
        Ok("file".to_owned())
    }

    fn find(&self, account: &str, _place: &str) -> Option<String> {
        let text = fs::read_to_string(self.path()).ok()?;
        let mut lines = text.lines();
        (lines.next()? == account).then(|| lines.next().map(str::to_owned))?
    }

    fn forget(&self, _account: &str) {
        let _ = fs::remove_file(self.path());
    }
}
