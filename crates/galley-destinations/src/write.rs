//! A change of a site, and the ways of writing a file so that a reader never sees half of it.
//!
//! Each file: a temporary name in the same folder, written, synced, renamed over the old one; then the folders
//! synced, before anything that needs what is in them. The temporary name is the file's own, so that the write
//! which follows a crash clears it away. Not here: many files at once.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use galley_model::{Rendition, RenditionFormat, Sha256};

use crate::{PhotoSource, SiteError, SitePath};

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
    /// Of the photo's own bytes.
    pub sha256: Sha256,
    /// Which bytes the file holds.
    pub made: MediaBytes,
}

/// How the bytes of a photo on the site are made from the photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum MediaBytes {
    /// They are the photo's own.
    Original,
    /// They show it at another size, or a part of it.
    Rendition(Rendition),
}

impl MediaFile {
    /// Whether these bytes, found in its place, are all of it. A rendition is not made again to be compared: it
    /// is whole when it begins and ends as its format says.
    pub(crate) fn is_whole(&self, bytes: &[u8]) -> bool {
        match self.made {
            MediaBytes::Original => Sha256::of(bytes) == self.sha256,
            MediaBytes::Rendition(Rendition { format: RenditionFormat::Jpeg, .. }) => {
                bytes.starts_with(&[0xff, 0xd8, 0xff]) && bytes.ends_with(&[0xff, 0xd9])
            }
            MediaBytes::Rendition(Rendition { format: RenditionFormat::WebP, .. }) => is_whole_riff(bytes),
        }
    }

    /// Its bytes from their source.
    pub(crate) fn bytes(&self, photos: &dyn PhotoSource) -> Result<Vec<u8>, SiteError> {
        let bytes = match self.made {
            MediaBytes::Original => photos.open(self.sha256),
            MediaBytes::Rendition(rendition) => photos.rendition(rendition),
        };
        let failed = |source| SiteError::Photo { sha256: self.sha256, source };
        let bytes = bytes.map_err(failed)?;
        if self.is_whole(&bytes) {
            return Ok(bytes);
        }
        Err(failed(io::Error::new(io::ErrorKind::InvalidData, "other bytes than its name says")))
    }
}

/// RIFF says its own length, after the eight bytes that say it.
fn is_whole_riff(bytes: &[u8]) -> bool {
    let length = bytes.get(4..8).and_then(|length| <[u8; 4]>::try_from(length).ok()).map(u32::from_le_bytes);
    let is_as_long = length.is_some_and(|length| u64::from(length) + 8 == bytes.len() as u64);
    bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") && is_as_long
}

/// Makes the file hold these bytes, all or nothing, and last once its folder is synced. Does nothing and says
/// false when it holds them already.
pub(crate) fn replace_file(path: &Path, bytes: &[u8]) -> io::Result<bool> {
    if holds(path, bytes)? {
        return Ok(false);
    }
    let temporary = temporary(path)?;
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

/// The place of a file until it is whole.
pub(crate) fn temporary(path: &Path) -> io::Result<PathBuf> {
    match (path.parent(), path.file_name().and_then(|name| name.to_str())) {
        (Some(folder), Some(name)) => Ok(folder.join(temporary_name(name))),
        _ => Err(io::ErrorKind::InvalidInput.into()),
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
