//! A site in a folder of this computer.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use uuid::Uuid;

use crate::batch::{self, Source};
use crate::marker::{self, Holder};
use crate::packed::Encoding;
use crate::write::{self, classify};
use crate::{Change, PhotoSource, SiteError, SiteOutput, SitePath, Step};

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
        write::remove_if_there(&probe)
            .and_then(|_| fs::write(&probe, b"probe"))
            .and_then(|()| fs::remove_file(&probe))
            .map_err(|error| classify(&self.root, error))
    }

    fn apply(
        &self,
        change: &Change,
        photos: &dyn PhotoSource,
        step: &mut dyn FnMut(Step<'_>) -> io::Result<()>,
    ) -> Result<(), SiteError> {
        self.check()?;
        let assets = change.assets.iter().map(|file| (Step::Asset(&file.path), Source::File(file)));
        let media = change.media.iter().map(|file| (Step::Media(&file.path), Source::Media(file)));
        self.write(assets.chain(media), photos, step)?;
        let pages = change.pages.iter().map(|file| (Step::Page(&file.path), Source::File(file)));
        self.write(pages, photos, step)?;
        let lists = change.lists.iter().map(|file| (Step::List(&file.path), Source::File(file)));
        self.write(lists, photos, step)?;
        for path in &change.removed {
            step(Step::Remove(path)).map_err(SiteError::Stopped)?;
            self.remove(path)?;
        }
        let folders = change.removed.iter().flat_map(|path| self.folders(path)).collect();
        batch::sync_folders(&folders).map_err(|error| classify(&self.root, error))
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
            let name = entry.file_name();
            let path =
                name.to_str().map(without_packing).and_then(|name| format!("{inside}{name}").parse().ok());
            files.extend(path.filter(|_| is_file));
        }
        files.sort();
        // A file and its packed forms are one; packed forms that a crash left alone stand for theirs.
        files.dedup();
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

    /// Writes files batch by batch, after telling of each.
    fn write<'a>(
        &self,
        files: impl Iterator<Item = (Step<'a>, Source<'a>)>,
        photos: &dyn PhotoSource,
        step: &mut dyn FnMut(Step<'_>) -> io::Result<()>,
    ) -> Result<(), SiteError> {
        let mut files = files.peekable();
        while files.peek().is_some() {
            let mut sources = Vec::new();
            for (told, source) in files.by_ref().take(batch::FILES) {
                step(told).map_err(SiteError::Stopped)?;
                sources.push(source);
            }
            let folders = self.make_folders(&sources)?;
            batch::write(&self.root, &sources, &folders, photos)?;
        }
        Ok(())
    }

    fn remove(&self, path: &SitePath) -> Result<(), SiteError> {
        if !self.folders_are_real(path)? {
            return Ok(());
        }
        let file = path.under(&self.root);
        let packed = Encoding::ALL.iter().map(|encoding| encoding.place(&file));
        for file in packed.chain([file.clone()]) {
            write::remove_if_there(&file).map_err(|error| classify(&self.root, error))?;
        }
        Ok(())
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

    /// Makes the folders that these files need, and answers all whose entries may change.
    fn make_folders(&self, sources: &[Source<'_>]) -> Result<BTreeSet<PathBuf>, SiteError> {
        let mut folders = BTreeSet::from([self.root.clone()]);
        for source in sources {
            let wanted = self.folders(source.path());
            if wanted.iter().all(|folder| folders.contains(folder)) {
                continue;
            }
            for folder in &wanted {
                match fs::create_dir(folder) {
                    Ok(()) => {}
                    Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                    Err(error) => return Err(classify(&self.root, error)),
                }
            }
            self.folders_are_real(source.path())?;
            folders.extend(wanted);
        }
        Ok(folders)
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
        let mut folders: Vec<PathBuf> = file
            .ancestors()
            .skip(1)
            .take(path.parts().count().saturating_sub(1))
            .map(Path::to_owned)
            .collect();
        folders.reverse();
        folders
    }
}

/// The name of the file that a packed form belongs to; any other name as it is.
fn without_packing(name: &str) -> &str {
    let packed =
        Encoding::ALL.iter().find_map(|encoding| name.strip_suffix(encoding.ending())?.strip_suffix('.'));
    packed.unwrap_or(name)
}
