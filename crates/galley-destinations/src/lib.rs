//! Where articles are published: the site folder first, and object stores.
//!
//! A destination is written and then verified: what was sent is read back and compared, sending the same again
//! changes nothing, and a failure names its situation. Not here: what is written (the newsroom renders it),
//! when, and by whose leave.

mod batch;
mod folder;
mod kind;
mod marker;
mod output;
mod packed;
mod path;
mod store;
#[cfg(test)]
mod tests;
mod write;

use std::io;
use std::path::{Path, PathBuf};

use galley_model::{Rendition, Sha256};

pub use folder::SiteFolder;
pub use output::{SiteOutput, Step};
pub use packed::Encoding;
pub use path::{NotASitePath, SitePath};
pub use store::{NoKeys, NotAStoreAddress, Patience, SiteStore, StoreAddress, StoreKeys, StoreProblem};
pub use write::{Change, MediaBytes, MediaFile, SiteFile};

/// Where the bytes of photos are, by the SHA-256 of their stripped bytes.
pub trait PhotoSource: Send + Sync {
    /// The whole bytes of one photo.
    ///
    /// # Errors
    /// `NotFound` when it is not here.
    fn open(&self, sha256: Sha256) -> io::Result<Vec<u8>>;

    /// The whole bytes of a photo at another width, or of a part of it, the same bytes each time.
    ///
    /// # Errors
    /// `NotFound` when the photo is not here; `Unsupported` from a source that makes no renditions, as here.
    fn rendition(&self, rendition: Rendition) -> io::Result<Vec<u8>> {
        let wanted = format!("{} is not made here", rendition.file_name());
        Err(io::Error::new(io::ErrorKind::Unsupported, wanted))
    }

    /// Whether it is here, without reading it all.
    fn has(&self, sha256: Sha256) -> bool {
        self.open(sha256).is_ok()
    }
}

/// A source that has no photo, for a site that shows none.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoPhotos;

impl PhotoSource for NoPhotos {
    fn open(&self, sha256: Sha256) -> io::Result<Vec<u8>> {
        Err(io::Error::new(io::ErrorKind::NotFound, format!("there is no photo {sha256}")))
    }
}

/// Why a site was not written. Its place is a folder, or `s3://bucket/prefix`.
#[derive(Debug, thiserror::Error)]
pub enum SiteError {
    /// The folder was there and is gone, or the folder it should be made in is.
    #[error("the site is gone: {}", folder.display())]
    Vanished {
        /// Which.
        folder: PathBuf,
    },
    /// Something else stands where the folder should be.
    #[error("not a folder: {}", folder.display())]
    NotAFolder {
        /// Which.
        folder: PathBuf,
    },
    /// The folder holds files of someone else's.
    #[error("it holds other files and no site of Galley: {}", folder.display())]
    Foreign {
        /// Which.
        folder: PathBuf,
    },
    /// The folder is the site of another newsroom.
    #[error("it is the site of another newsroom: {}", folder.display())]
    OtherNewsroom {
        /// Which.
        folder: PathBuf,
    },
    /// The folder cannot be written.
    #[error("the site folder cannot be written: {}", folder.display())]
    Unwritable {
        /// Which.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// No room on the disk.
    #[error("no room on the disk of the site folder: {}", folder.display())]
    DiskFull {
        /// Which.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A link or a file stands where the site needs a folder of its own; it is never followed.
    #[error("something else stands in the site folder where a folder should be: {}", path.display())]
    InTheWay {
        /// Where.
        path: PathBuf,
    },
    /// The object store did not do what was asked.
    #[error("{problem}: {place}: {source}")]
    Store {
        /// Which.
        place: String,
        /// The situation.
        problem: StoreProblem,
        /// What the store or the network said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The bytes of a photo are not there, or are not those of its name.
    #[error("the photo {sha256} cannot be read")]
    Photo {
        /// Which.
        sha256: Sha256,
        /// What the system said.
        source: io::Error,
    },
    /// What was read back is not what was written.
    #[error("{path} does not read back as it was written")]
    Verify {
        /// Which.
        path: SitePath,
    },
    /// The caller stopped between two steps.
    #[error("stopped")]
    Stopped(#[source] io::Error),
}

impl SiteError {
    /// The place of a site in an object store, and what is the matter there: the word of a [`StoreProblem`],
    /// `vanished`, `foreign` or `other_newsroom`. None for a folder, and for what is the matter with a file.
    pub fn of_store(&self) -> Option<(String, &'static str)> {
        let in_store = |place: &Path, word| {
            let place = place.display().to_string();
            place.starts_with("s3://").then_some((place, word))
        };
        match self {
            Self::Store { place, problem, .. } => Some((place.clone(), problem.word())),
            Self::Vanished { folder } => in_store(folder, "vanished"),
            Self::Foreign { folder } => in_store(folder, "foreign"),
            Self::OtherNewsroom { folder } => in_store(folder, "other_newsroom"),
            _ => None,
        }
    }
}
