//! Opening and closing a library, and the handle that everything else hangs on.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use galley_model::Instant;
use rusqlite::Connection;

use crate::backup;
use crate::connection;
use crate::daylog::{self, DayLog};
use crate::error::{OpenError, StoreError};
use crate::lock::Lock;
use crate::readers::Readers;
use crate::salvage::{self, Salvaged};
use crate::schema;
use crate::search::{Bell, Index};
use crate::upkeep::{Pulse, Upkeep};
use crate::writer::Writer;
use crate::{files, header};

/// An open library. Cloning it is cheap; the clones are one library.
///
/// Dropping the last clone without [`Library::close`] stops the threads and leaves the library marked as not
/// closed, as a killed app would.
#[derive(Clone, Debug)]
pub struct Library(Arc<Inner>);

// Dropped in this order: the writer finishes, index and upkeep stop, the readers close, the lock opens.
#[derive(Debug)]
struct Inner {
    writer: Writer,
    index: Index,
    upkeep: Mutex<Option<Upkeep>>,
    pulse: Arc<Pulse>,
    readers: Readers,
    lock: Mutex<Option<Lock>>,
    closed: AtomicBool,
    folder: PathBuf,
}

/// What happened while a library was opened.
#[derive(Clone, Debug, Default)]
pub struct OpenReport {
    /// True when there was no library and an empty one was made.
    pub created: bool,
    /// True when the last Galley did not close it: [`Library::check`] is due once the window is ready.
    pub unclean: bool,
    /// The version the library had, when it was brought to the newest.
    pub migrated_from: Option<u32>,
    /// Journal rows and drafts that the library had lost and the day log gave back.
    pub replayed: u64,
    /// Set when the library was damaged and has been rebuilt.
    pub salvaged: Option<Salvaged>,
}

impl Library {
    /// Opens the library in a folder, which is made when it is missing.
    pub fn open(folder: &Path, now: Instant) -> Result<(Self, OpenReport), OpenError> {
        files::private_dir(folder).map_err(|error| OpenError::at(folder, error))?;
        let lock = Lock::take(folder)?;
        let path = folder.join("library.sqlite");
        let mut report = OpenReport::default();
        if salvage::is_due(folder) {
            report.salvaged = Some(salvage::run(folder, now)?);
        }
        let (connection, epoch) = match prepare(folder, now, &mut report) {
            // Found damaged before anything was done with it: rebuilt, and opened once more.
            Err(OpenError::Damaged { .. }) if report.salvaged.is_none() => {
                salvage::ask(folder);
                report = OpenReport { salvaged: Some(salvage::run(folder, now)?), ..OpenReport::default() };
                prepare(folder, now, &mut report)?
            }
            prepared => prepared?,
        };

        let started = |error| OpenError::at(folder, error);
        let index = Index::start(&path, epoch).map_err(started)?;
        let (upkeep, pulse) = Upkeep::start(path.clone(), index.bell()).map_err(started)?;
        let day_log = DayLog::new(folder.join("daylog"), Arc::clone(&pulse));
        let writer = Writer::start(connection, day_log, Arc::clone(&pulse)).map_err(started)?;
        let inner = Inner {
            writer,
            index,
            upkeep: Mutex::new(Some(upkeep)),
            pulse,
            readers: Readers::new(path),
            lock: Mutex::new(Some(lock)),
            closed: AtomicBool::new(false),
            folder: folder.to_owned(),
        };
        Ok((Self(Arc::new(inner)), report))
    }

    /// Whether another Galley has the library in `folder` open; it is asked to bring its window forward then.
    /// [`Library::open`] decides: this is for who would rather know before a window is built.
    pub fn is_held(folder: &Path) -> bool {
        Lock::is_held(folder)
    }

    /// What to do when another Galley is started on this library: bring the window forward. Called on a thread
    /// of the library's own.
    pub fn on_raise(&self, callback: impl Fn() + Send + Sync + 'static) {
        let lock = self.0.lock.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(lock) = lock.as_ref() {
            lock.on_raise(Box::new(callback));
        }
    }

    /// False while commits reach the library and not the day log: there is one copy less of what is typed.
    pub fn day_log_works(&self) -> bool {
        !self.0.pulse.day_log_fails.load(Ordering::Relaxed)
    }

    /// Where the library lies.
    pub fn folder(&self) -> &Path {
        &self.0.folder
    }

    /// Finishes what was asked before, marks the library as closed, and lets the next Galley in. Later calls
    /// on any clone answer [`StoreError::Closed`].
    pub fn close(&self) -> Result<(), StoreError> {
        if self.0.closed.swap(true, Ordering::SeqCst) {
            return Ok(());
        }
        self.0.writer.stop();
        self.0.index.stop();
        drop(self.0.upkeep.lock().unwrap_or_else(PoisonError::into_inner).take());
        self.0.readers.close();
        std::fs::remove_file(self.0.folder.join(RUNNING))?;
        drop(self.0.lock.lock().unwrap_or_else(PoisonError::into_inner).take());
        Ok(())
    }

    /// Leaves a mark that makes the next open rebuild the library.
    pub(crate) fn ask_for_salvage(&self) {
        salvage::ask(&self.0.folder);
    }

    /// Groups committed since the library was opened.
    #[cfg(test)]
    pub(crate) fn commits(&self) -> u64 {
        self.0.pulse.commits()
    }

    pub(crate) fn writer(&self) -> &Writer {
        &self.0.writer
    }

    pub(crate) fn index(&self) -> &Index {
        &self.0.index
    }

    /// For writes that change a search text.
    pub(crate) fn search_bell(&self) -> Arc<Bell> {
        self.0.index.bell()
    }

    /// Runs a read on one snapshot of the library.
    pub(crate) fn read<T>(
        &self,
        read: impl FnOnce(&Connection) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        if self.0.closed.load(Ordering::SeqCst) {
            return Err(StoreError::Closed);
        }
        let answer = self.0.readers.read(read);
        if let Err(StoreError::Damaged { .. }) = &answer {
            self.ask_for_salvage();
        }
        answer
    }
}

/// A connection to a library of the newest version that is marked as not closed, and the library's epoch.
fn prepare(
    folder: &Path,
    now: Instant,
    report: &mut OpenReport,
) -> Result<(Connection, [u8; 16]), OpenError> {
    let (path, day_log) = (folder.join("library.sqlite"), folder.join("daylog"));
    header::check(&path)?;
    files::private_dir(&day_log).map_err(|error| OpenError::at(&day_log, error))?;
    let mut connection = connect(&path)?;
    if schema::version(&connection)? == 0 && !backup::all(folder)?.is_empty() {
        return Err(OpenError::Damaged { set_aside: None, detail: "the library is empty".to_owned() });
    }
    let found = schema::LIBRARY.apply(&mut connection, |connection, version| {
        Ok(backup::before_migration(connection, folder, version, now)?)
    })?;
    report.migrated_from = found.filter(|found| *found < schema::LIBRARY.version());
    report.unclean = mark_running(folder)?;
    if report.unclean || found.is_none() {
        report.replayed = daylog::put_back(&mut connection, &day_log)?;
    }
    report.created = found.is_none() && report.replayed == 0;
    let epoch = connection.query_row("SELECT epoch FROM library", [], |row| row.get(0))?;
    Ok((connection, epoch))
}

/// The connection that writes, on a file that only the owner may read.
fn connect(path: &Path) -> Result<Connection, OpenError> {
    // SQLite gives its other files the permissions of this one.
    let file = files::private_file().read(true).write(true).truncate(false).open(path);
    drop(file.map_err(|error| OpenError::at(path, error))?);
    let connection = connection::writer(path)?;
    if connection.is_readonly("main")? {
        return Err(OpenError::ReadOnly);
    }
    Ok(connection)
}

/// A file that lies in the folder while the library is open. Not in the database: a write-ahead log that is lost
/// takes with it what the database says of itself.
const RUNNING: &str = "running";

/// Leaves the mark, and says whether it lay there already.
fn mark_running(folder: &Path) -> Result<bool, OpenError> {
    let path = folder.join(RUNNING);
    let was = path.exists();
    if !was {
        let made = files::private_file().write(true).open(&path).and_then(|_| files::sync_dir(folder));
        made.map_err(|error| OpenError::at(&path, error))?;
    }
    Ok(was)
}
