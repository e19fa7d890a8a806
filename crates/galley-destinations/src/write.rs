//! Writing a site so that a reader never sees half a file and never a link to what is not there yet.
//!
//! Each file: a temporary name in the same folder, written, synced, renamed over the old one; then the folders
//! synced, before anything that needs what is in them. Order of a change: what pages need, then pages, then what links to pages, then removals. The
//! temporary name is the file's own, so that the write which follows a crash clears it away.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::Path;

use galley_model::Sha256;

use crate::{SiteError, SitePath};

/// A change of the site, applied in the order of its fields.
#[derive(Clone, Debug, Default)]
pub struct Change {
    /// Style sheets and the like, named by content.
    pub assets: Vec<SiteFile>,
    /// Photos, read from the photo source one at a time.
    pub media: Vec<MediaFile>,
    /// Article pages.
    pub pages: Vec<SiteFile>,
    /// What links to pages: neighbours, section indexes, home.
    pub lists: Vec<SiteFile>,
    /// What is to be gone; that it is gone already is fine.
    pub removed: Vec<SitePath>,
}

/// A file of the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SiteFile {
    /// Where.
    pub path: SitePath,
    /// Its whole content.
    pub bytes: Vec<u8>,
}

/// A photo of the site.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MediaFile {
    /// Where.
    pub path: SitePath,
    /// Of its bytes.
    pub sha256: Sha256,
}

/// Makes the file hold these bytes, all or nothing, and last once its folder is synced. Does nothing and says
/// false when it holds them already.
pub(crate) fn replace_file(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    if holds(path, bytes)? {
        return Ok(false);
    }
    let (Some(folder), Some(name)) = (path.parent(), path.file_name().and_then(|name| name.to_str())) else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let temporary = folder.join(temporary_name(name));
    // A leftover of a crash, or someone's link: never written through.
    remove_if_there(&temporary)?;
    let written = write_synced(&temporary, bytes).and_then(|()| fs::rename(&temporary, path));
    if written.is_err() {
        // The failure that is told is the write's; what it left is cleared by the next write of this file.
        drop(fs::remove_file(&temporary));
    }
    written.map(|()| true)
}

/// Whether a plain file of exactly these bytes is there.
pub(crate) fn holds(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() && found.len() == bytes.len() as u64 => Ok(fs::read(path)? == bytes),
        Ok(_) => Ok(false),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// The name a file has until it is whole; hidden, so that it is never served.
pub(crate) fn temporary_name(name: &str) -> String {
    format!(".galley-tmp-{name}")
}

/// Names the situation that an error of the system stands for.
pub(crate) fn classify(folder: &Path, source: io::Error) -> SiteError {
    let folder = folder.to_owned();
    match source.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            SiteError::DiskFull { folder, source }
        }
        io::ErrorKind::NotFound if !folder.exists() => SiteError::Vanished { folder },
        _ => SiteError::Unwritable { folder, source },
    }
}

fn write_synced(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    file.sync_all()
}

/// Removes the file; true when there was one.
pub(crate) fn remove_if_there(path: &Path) -> io::Result<bool> {
    match fs::remove_file(path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(error) => Err(error),
    }
}

/// Makes a rename or removal last. Windows has no such call for folders; its rename is journalled.
#[cfg(unix)]
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}

#[cfg(not(unix))]
pub(crate) fn sync_folder(_folder: &Path) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_of_the_system_names_its_situation() {
        let here = std::env::temp_dir();
        let nowhere = here.join("galley-nowhere-at-all");
        let name = |folder: &Path, kind: io::ErrorKind| match classify(folder, kind.into()) {
            SiteError::DiskFull { .. } => "full",
            SiteError::Vanished { .. } => "vanished",
            SiteError::Unwritable { .. } => "unwritable",
            _ => "other",
        };
        for (folder, kind, expected) in [
            (&here, io::ErrorKind::StorageFull, "full"),
            (&here, io::ErrorKind::QuotaExceeded, "full"),
            (&here, io::ErrorKind::FileTooLarge, "full"),
            (&here, io::ErrorKind::PermissionDenied, "unwritable"),
            (&here, io::ErrorKind::ReadOnlyFilesystem, "unwritable"),
            (&here, io::ErrorKind::NotFound, "unwritable"),
            (&nowhere, io::ErrorKind::NotFound, "vanished"),
        ] {
            assert_eq!(name(folder, kind), expected, "{kind:?}");
        }
    }
}
