//! Many files of a folder, written as one: aside under temporary names, made last together, renamed, and read back.
//!
//! Packed forms stand beside their file. Those of a file that changes are taken away before it does, and the new
//! ones come after it, so that whoever serves the folder by names alone never gives out old bytes beside new ones.
//! Two syncs make a batch last, however many files it has: one before the renames, one after.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::num::NonZero;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use galley_model::Sha256;

use crate::packed::{self, Encoding};
use crate::write::{self, classify};
use crate::{MediaFile, PhotoSource, SiteError, SiteFile, SitePath};

/// Files written together; what waits in memory and what a crash undoes are bounded by it.
pub(crate) const FILES: usize = 256;
/// Up to so many files are synced one by one: a sync of the whole file system waits for what others wrote too.
const FEW: usize = 8;

/// A file that is to be written.
pub(crate) enum Source<'a> {
    /// Its bytes are here.
    File(&'a SiteFile),
    /// Its bytes come from the photo source when they are needed.
    Media(&'a MediaFile),
}

impl Source<'_> {
    pub(crate) fn path(&self) -> &SitePath {
        match self {
            Self::File(file) => &file.path,
            Self::Media(file) => &file.path,
        }
    }
}

/// Writes files whose folders are there. Afterwards each is as it should be, or the error says why; then each is
/// whole, old or new, and the same call again completes it.
pub(crate) fn write(
    root: &Path,
    sources: &[Source<'_>],
    folders: &BTreeSet<PathBuf>,
    photos: &dyn PhotoSource,
) -> Result<(), SiteError> {
    let failed = |error| classify(root, error);
    let n_files = sources.iter().map(|source| 1 + usize::from(may_be_packed(source)) * Encoding::ALL.len());
    let sync = Durability::of(root, n_files.sum(), folders).map_err(failed)?;
    let writing = Writing { root, photos, sync: &sync };
    let written = at_once(sources, |source| writing.aside(source))?;
    let took_away = written.iter().any(|written| written.took_away);
    let parts: Vec<Aside> = written.into_iter().flat_map(|written| written.parts).collect();
    if parts.is_empty() && !took_away {
        return Ok(());
    }
    sync.contents(folders, took_away).map_err(failed)?;
    let placed = parts.into_iter().map(Aside::place).collect::<Result<Vec<_>, _>>().map_err(failed)?;
    sync.names(folders).map_err(failed)?;
    at_once(&placed, |placed| placed.verify(root)).map(drop)
}

fn may_be_packed(source: &Source<'_>) -> bool {
    matches!(source, Source::File(file) if packed::is_packable(&file.path, file.bytes.len()))
}

/// What was done for one source.
struct Written {
    /// Its own file first, then its packed forms.
    parts: Vec<Aside>,
    /// Whether packed forms that are not its own any more were removed.
    took_away: bool,
}

struct Writing<'a> {
    root: &'a Path,
    photos: &'a dyn PhotoSource,
    sync: &'a Durability,
}

impl Writing<'_> {
    fn aside(&self, source: &Source<'_>) -> Result<Written, SiteError> {
        let target = source.path().under(self.root);
        if target.is_dir() {
            return Err(SiteError::InTheWay { path: target });
        }
        match source {
            Source::File(file) => self.file(file, &target),
            Source::Media(file) => self.media(file, &target),
        }
    }

    /// Photos are named by content: one that is there and whole is not read from its source again.
    fn media(&self, file: &MediaFile, target: &Path) -> Result<Written, SiteError> {
        let there = plain(target).map_err(|error| classify(self.root, error))?;
        let mut parts = Vec::new();
        if !there.is_some_and(|bytes| file.is_whole(&bytes)) {
            parts.push(self.write(&file.path, target, &file.bytes(self.photos)?)?);
        }
        Ok(Written { parts, took_away: false })
    }

    fn file(&self, file: &SiteFile, target: &Path) -> Result<Written, SiteError> {
        let mut written = Written { parts: Vec::new(), took_away: false };
        if !write::holds(target, &file.bytes).map_err(|error| classify(self.root, error))? {
            written.parts.push(self.write(&file.path, target, &file.bytes)?);
        }
        if !file.path.is_text() {
            return Ok(written);
        }
        for encoding in Encoding::ALL {
            let place = encoding.place(target);
            if place.is_dir() {
                return Err(SiteError::InTheWay { path: place });
            }
            let there = plain(&place).map_err(|error| classify(self.root, error))?;
            if there.is_some_and(|there| encoding.unpacks_to(&there, &file.bytes)) {
                continue;
            }
            let removed = write::remove_if_there(&place).map_err(|error| classify(self.root, error))?;
            written.took_away |= removed;
            if let Some(packed) = encoding.pack(&file.path, &file.bytes) {
                written.parts.push(self.write(&file.path, &place, &packed)?);
            }
        }
        Ok(written)
    }

    fn write(&self, path: &SitePath, target: &Path, bytes: &[u8]) -> Result<Aside, SiteError> {
        let sha256 = Sha256::of(bytes);
        let temporary = write::temporary(target).map_err(|error| classify(self.root, error))?;
        let aside =
            Aside { temporary: Temporary(temporary), target: target.to_owned(), path: path.clone(), sha256 };
        let written = write_new(&aside.temporary.0, bytes, matches!(self.sync, Durability::Each));
        written.map(|()| aside).map_err(|error| classify(self.root, error))
    }
}

/// A file under its temporary name.
struct Aside {
    temporary: Temporary,
    target: PathBuf,
    path: SitePath,
    sha256: Sha256,
}

/// A temporary file, gone with this unless it got its name.
struct Temporary(PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        // The failure that is told is the write's; what is left is cleared by the next write of this file.
        drop(fs::remove_file(&self.0));
    }
}

impl Aside {
    fn place(self) -> io::Result<Placed> {
        let Self { mut temporary, target, path, sha256 } = self;
        fs::rename(&temporary.0, &target)?;
        let _its_name_is_gone = std::mem::take(&mut temporary.0);
        Ok(Placed { target, path, sha256 })
    }
}

/// A file that has its name.
struct Placed {
    target: PathBuf,
    path: SitePath,
    sha256: Sha256,
}

impl Placed {
    /// Reads it back.
    fn verify(&self, root: &Path) -> Result<(), SiteError> {
        match plain(&self.target).map_err(|error| classify(root, error))? {
            Some(bytes) if Sha256::of(&bytes) == self.sha256 => Ok(()),
            _ => Err(SiteError::Verify { path: self.path.clone() }),
        }
    }
}

/// The bytes of a plain file; none when there is none, or a link.
pub(crate) fn plain(path: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs::symlink_metadata(path) {
        Ok(found) if found.is_file() => fs::read(path).map(Some),
        Ok(_) => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn write_new(path: &Path, bytes: &[u8], sync: bool) -> io::Result<()> {
    // A leftover of a crash, or someone's link: never written through.
    write::remove_if_there(path)?;
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    file.write_all(bytes)?;
    if sync { file.sync_all() } else { Ok(()) }
}

/// How what is written is made last.
enum Durability {
    /// File by file.
    Each,
    /// All that was written since this was opened at once.
    #[cfg(target_os = "linux")]
    AtOnce(File),
}

impl Durability {
    /// Chooses before anything is written.
    fn of(root: &Path, n_files: usize, folders: &BTreeSet<PathBuf>) -> io::Result<Self> {
        #[cfg(target_os = "linux")]
        if n_files > FEW && are_on_one_disk(root, folders)? {
            return File::open(root).map(Self::AtOnce);
        }
        #[cfg(not(target_os = "linux"))]
        let _ = (root, n_files, folders, FEW);
        Ok(Self::Each)
    }

    /// Makes what the temporary files hold last, and that packed forms are gone.
    fn contents(&self, folders: &BTreeSet<PathBuf>, took_away: bool) -> io::Result<()> {
        match self {
            // Each was synced as it was written.
            Self::Each if took_away => sync_folders(folders),
            Self::Each => Ok(()),
            #[cfg(target_os = "linux")]
            Self::AtOnce(root) => Ok(rustix::fs::syncfs(root)?),
        }
    }

    /// Makes the renames last.
    fn names(&self, folders: &BTreeSet<PathBuf>) -> io::Result<()> {
        match self {
            Self::Each => sync_folders(folders),
            #[cfg(target_os = "linux")]
            Self::AtOnce(root) if folders.len() > FEW => Ok(rustix::fs::syncfs(root)?),
            #[cfg(target_os = "linux")]
            Self::AtOnce(_) => sync_folders(folders),
        }
    }
}

pub(crate) fn sync_folders(folders: &BTreeSet<PathBuf>) -> io::Result<()> {
    folders.iter().filter(|folder| folder.is_dir()).try_for_each(|folder| write::sync_folder(folder))
}

#[cfg(target_os = "linux")]
fn are_on_one_disk(root: &Path, folders: &BTreeSet<PathBuf>) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;
    let disk = fs::metadata(root)?.dev();
    for folder in folders {
        if fs::metadata(folder)?.dev() != disk {
            return Ok(false);
        }
    }
    Ok(true)
}

/// Does the same for each item on the processors there are; the answers are in the items' order.
fn at_once<T: Sync, R: Send>(
    items: &[T],
    work: impl Fn(&T) -> Result<R, SiteError> + Sync,
) -> Result<Vec<R>, SiteError> {
    let n_threads = std::thread::available_parallelism().map_or(1, NonZero::get).min(items.len() / 2);
    if n_threads < 2 {
        return items.iter().map(work).collect();
    }
    let next = AtomicUsize::new(0);
    let done = Mutex::new(Ok(Vec::with_capacity(items.len())));
    let worker = || {
        while let Some((at, item)) = {
            let at = next.fetch_add(1, Ordering::Relaxed);
            items.get(at).map(|item| (at, item))
        } {
            let result = work(item);
            let mut done = done.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
            match (&mut *done, result) {
                (Ok(results), Ok(result)) => results.push((at, result)),
                (Ok(_), Err(error)) => {
                    *done = Err(error);
                    // The others take nothing more.
                    next.store(items.len(), Ordering::Relaxed);
                }
                (Err(_), _) => {}
            }
        }
    };
    std::thread::scope(|scope| {
        for _ in 1..n_threads {
            scope.spawn(worker);
        }
        worker();
    });
    let mut done = done.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner)?;
    done.sort_by_key(|(at, _)| *at);
    Ok(done.into_iter().map(|(_, result)| result).collect())
}
