//! A site in a folder of this computer.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::marker::{self, Holder};
use crate::write::{self, classify};
use crate::{Change, MediaFile, PhotoSource, SiteError, SiteFile, SiteOutput, SitePath, Step};

/// A folder that is this newsroom's site.
#[derive(Clone, Debug)]
pub struct SiteFolder {
    root: PathBuf,
    newsroom: Uuid,
}

impl SiteOutput for SiteFolder {
    fn name(&self) -> String {
        self.root.to_string_lossy().into_owned()
    }

    fn take(&self) -> Result<(), SiteError> {
        match fs::create_dir(&self.root) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(SiteError::Vanished { folder: self.root.clone() });
            }
            Err(error) => return Err(classify(&self.root, error)),
        }
        if self.holder()? == Holder::Nobody {
            marker::mark(&self.root, self.newsroom)?;
        }
        self.check()
    }

    fn check(&self) -> Result<(), SiteError> {
        let folder = || self.root.clone();
        match self.holder()? {
            Holder::Newsroom(newsroom) if newsroom == self.newsroom => {}
            Holder::Newsroom(_) => return Err(SiteError::OtherNewsroom { folder: folder() }),
            Holder::Foreign => return Err(SiteError::Foreign { folder: folder() }),
            // An empty folder where the site was: a disk that is not mounted looks like this too.
            Holder::Nobody => return Err(SiteError::Vanished { folder: folder() }),
        }
        let probe = self.root.join(write::temporary_name("probe"));
        write::replace_file(&probe, b"probe")
            .and_then(|_| fs::remove_file(&probe))
            .map_err(|error| classify(&self.root, error))
    }

    fn apply(
        &self,
        change: &Change,
        photos: &dyn PhotoSource,
        step: &mut dyn FnMut(Step<'_>) -> io::Result<()>,
    ) -> Result<(), SiteError> {
        self.check()?;
        let mut stop = |at: Step<'_>| step(at).map_err(SiteError::Stopped);
        for file in &change.assets {
            stop(Step::Asset(&file.path))?;
            self.write(file)?;
        }
        for file in &change.media {
            stop(Step::Media(&file.path))?;
            self.write_media(file, photos)?;
        }
        self.sync(
            change.assets.iter().map(|file| &file.path).chain(change.media.iter().map(|file| &file.path)),
        )?;
        for file in &change.pages {
            stop(Step::Page(&file.path))?;
            self.write(file)?;
        }
        self.sync(change.pages.iter().map(|file| &file.path))?;
        for file in &change.lists {
            stop(Step::List(&file.path))?;
            self.write(file)?;
        }
        self.sync(change.lists.iter().map(|file| &file.path))?;
        for path in &change.removed {
            stop(Step::Remove(path))?;
            self.remove(path)?;
        }
        self.sync(change.removed.iter())
    }

    fn read(&self, path: &SitePath) -> Result<Option<Vec<u8>>, SiteError> {
        if !self.folders_are_real(path)? {
            return Ok(None);
        }
        let file = path.under(&self.root);
        match fs::symlink_metadata(&file) {
            Ok(found) if found.is_file() => {
                fs::read(&file).map(Some).map_err(|error| classify(&self.root, error))
            }
            Ok(_) => Err(SiteError::InTheWay { path: file }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(classify(&self.root, error)),
        }
    }

    fn files(&self, folder: &SitePath) -> Result<Vec<SitePath>, SiteError> {
        let failed = |error| classify(&self.root, error);
        let inside = format!("{folder}/");
        if !self.folders_are_real(folder)? {
            return Ok(Vec::new());
        }
        let entries = match fs::read_dir(folder.under(&self.root)) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(failed(error)),
        };
        let mut files = Vec::new();
        for entry in entries {
            let entry = entry.map_err(failed)?;
            let is_file = entry.file_type().map_err(failed)?.is_file();
            let path = entry.file_name().to_str().and_then(|name| format!("{inside}{name}").parse().ok());
            files.extend(path.filter(|_| is_file));
        }
        files.sort();
        Ok(files)
    }
}

impl SiteFolder {
    /// Takes a folder as this newsroom's site: one that is its already, an empty one, or one that is not there
    /// yet in a folder that is.
    ///
    /// # Errors
    /// `Foreign` and `OtherNewsroom` when it holds what is not this newsroom's; nothing was changed then.
    pub fn claim(root: &Path, newsroom: Uuid) -> Result<Self, SiteError> {
        let folder = Self::claimed(root, newsroom);
        folder.take()?;
        Ok(folder)
    }

    /// Names the site that was claimed before, without looking; [`SiteOutput::check`] looks.
    pub fn claimed(root: &Path, newsroom: Uuid) -> Self {
        Self { root: root.to_owned(), newsroom }
    }

    /// Where it lies.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Makes what was renamed or removed last: each folder once, however many of its files changed.
    fn sync<'a>(&self, files: impl Iterator<Item = &'a SitePath>) -> Result<(), SiteError> {
        let mut folders = BTreeSet::new();
        for path in files {
            folders.extend(self.folders(path));
            folders.insert(self.root.clone());
        }
        for folder in folders.iter().filter(|folder| folder.is_dir()) {
            write::sync_folder(folder).map_err(|error| classify(&self.root, error))?;
        }
        Ok(())
    }

    fn write(&self, file: &SiteFile) -> Result<(), SiteError> {
        self.make_folders(&file.path)?;
        let path = file.path.under(&self.root);
        if path.is_dir() {
            return Err(SiteError::InTheWay { path });
        }
        write::replace_file(&path, &file.bytes).map_err(|error| classify(&self.root, error))?;
        match write::holds(&path, &file.bytes) {
            Ok(true) => Ok(()),
            Ok(false) => Err(SiteError::Verify { path: file.path.clone() }),
            Err(error) => Err(classify(&self.root, error)),
        }
    }

    /// Photos are named by content: one that is there and whole is not read from its source again.
    fn write_media(&self, file: &MediaFile, photos: &dyn PhotoSource) -> Result<(), SiteError> {
        let there = self.read(&file.path)?;
        if there.is_some_and(|bytes| file.is_whole(&bytes)) {
            return Ok(());
        }
        let bytes = file.bytes(photos)?;
        self.write(&SiteFile { path: file.path.clone(), bytes })
    }

    fn remove(&self, path: &SitePath) -> Result<(), SiteError> {
        if !self.folders_are_real(path)? {
            return Ok(());
        }
        let removed = write::remove_if_there(&path.under(&self.root));
        removed.map(drop).map_err(|error| classify(&self.root, error))
    }

    fn holder(&self) -> Result<Holder, SiteError> {
        let folder = || self.root.clone();
        match fs::metadata(&self.root) {
            Ok(found) if found.is_dir() => {}
            Ok(_) => return Err(SiteError::NotAFolder { folder: folder() }),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(SiteError::Vanished { folder: folder() });
            }
            Err(error) => return Err(classify(&self.root, error)),
        }
        marker::holder(&self.root).map_err(|error| classify(&self.root, error))
    }

    fn make_folders(&self, path: &SitePath) -> Result<(), SiteError> {
        for folder in self.folders(path) {
            match fs::create_dir(&folder) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                Err(error) => return Err(classify(&self.root, error)),
            }
        }
        self.folders_are_real(path).map(drop)
    }

    /// False when one is missing. A link is never followed: it would lead out of the site.
    fn folders_are_real(&self, path: &SitePath) -> Result<bool, SiteError> {
        for folder in self.folders(path) {
            match fs::symlink_metadata(&folder) {
                Ok(found) if found.is_dir() => {}
                Ok(_) => return Err(SiteError::InTheWay { path: folder }),
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(false),
                Err(error) => return Err(classify(&self.root, error)),
            }
        }
        Ok(true)
    }

    /// The folders between the root and the file, outermost first.
    fn folders(&self, path: &SitePath) -> Vec<PathBuf> {
        let file = path.under(&self.root);
        let mut folders: Vec<PathBuf> =
            file.ancestors().skip(1).take(path.parts().count() - 1).map(Path::to_owned).collect();
        folders.reverse();
        folders
    }
}
