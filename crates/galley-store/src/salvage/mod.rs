//! Rebuilding a damaged library row by row: from itself, from the last sound backup, from the day log.
//!
//! The damaged files are renamed aside first and never changed. A note of the work lies in the folder from the
//! first rename to the last, so that a crash in between is resumed. What comes out is a new library with a new
//! epoch; what was derived is derived again.

mod merge;
mod source;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use galley_model::{ArticleId, Instant};
use rusqlite::Connection;

use crate::error::{OpenError, StoreError};
use crate::{backup, connection, files, schema};
use source::Source;

/// The note: empty when a rebuild is asked for, the name of the folder set aside once it has begun.
const NOTE: &str = "salvage";
const LIBRARY: &str = "library.sqlite";
const REBUILT: &str = "rebuilt.sqlite";
/// What SQLite puts behind a database's name.
const ENDS: [&str; 3] = ["-wal", "-shm", ""];

/// A library that was damaged and has been rebuilt.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Salvaged {
    /// Where the damaged files lie now.
    pub set_aside: PathBuf,
    /// Articles in the rebuilt library.
    pub articles: u64,
    /// What rests on fewer sources than it did, by article and time.
    pub stretches: Vec<Stretch>,
}

/// A time of writing that the damaged file itself did not give back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stretch {
    /// Which article.
    pub article: ArticleId,
    /// The first edit of it.
    pub from: Instant,
    /// The last.
    pub to: Instant,
    /// Where it came from.
    pub rests_on: RestsOn,
}

/// Where something came from that the damaged file did not give back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RestsOn {
    /// A backup.
    Backup,
    /// The day log.
    DayLog,
    /// Nothing: it is lost, and lay between these times. When they are the same, something may have followed.
    Nothing,
}

/// Makes the next open rebuild the library.
pub(crate) fn ask(folder: &Path) {
    if let Err(error) = files::write_whole(&folder.join(NOTE), b"") {
        tracing::error!(%error, "a rebuild of the library could not be asked for");
    }
}

/// Whether a rebuild was asked for or begun; and whether there is something to rebuild a missing library from.
pub(crate) fn is_due(folder: &Path) -> bool {
    let missing = !folder.join(LIBRARY).exists();
    let something = || backup::all(folder).is_ok_and(|copies| !copies.is_empty());
    folder.join(NOTE).exists() || missing && something()
}

/// Rebuilds the library of this folder. On an error the work is taken up again by the next open.
pub(crate) fn run(folder: &Path, now: Instant) -> Result<Salvaged, OpenError> {
    let set_aside = begin(folder, now).map_err(|error| OpenError::at(folder, error))?;
    let rebuilt = finish(folder, &set_aside);
    rebuilt.map_err(|error| match error {
        StoreError::DiskFull => OpenError::DiskFull,
        StoreError::ReadOnly => OpenError::ReadOnly,
        error => OpenError::Damaged { set_aside: Some(set_aside), detail: error.to_string() },
    })
}

/// Sets the damaged files aside, or finds where that was begun.
fn begin(folder: &Path, now: Instant) -> io::Result<PathBuf> {
    let note = folder.join(NOTE);
    let begun = fs::read_to_string(&note).unwrap_or_default();
    let name = if begun.is_empty() { backup::stamp(now) } else { begun };
    let set_aside = folder.join("set-aside").join(&name);
    files::private_dir(&set_aside)?;
    files::write_whole(&note, name.as_bytes())?;
    for end in ENDS {
        let (from, to) = (folder.join(format!("{LIBRARY}{end}")), set_aside.join(format!("{LIBRARY}{end}")));
        if from.exists() && !to.exists() && !set_aside.join(LIBRARY).exists() {
            fs::rename(from, to)?;
        }
    }
    files::sync_dir(&set_aside)?;
    files::sync_dir(folder)?;
    Ok(set_aside)
}

fn finish(folder: &Path, set_aside: &Path) -> Result<Salvaged, StoreError> {
    let mut salvaged = Salvaged { set_aside: set_aside.to_owned(), ..Salvaged::default() };
    if !folder.join(LIBRARY).exists() {
        let rebuilt = folder.join(REBUILT);
        remove(&rebuilt)?;
        let reading = folder.join("salvage-reading.sqlite");
        let sources = sources(folder, set_aside, &reading)?;
        drop(files::private_file().write(true).truncate(true).open(&rebuilt)?);
        let mut library = connection::writer(&rebuilt)?;
        // Written once and synced at the end.
        library.execute_batch("PRAGMA journal_mode = DELETE; PRAGMA synchronous = OFF;")?;
        schema::LIBRARY.make(&mut library)?;
        salvaged.stretches = merge::all(&mut library, &sources, &folder.join("daylog"))?;
        drop(sources);
        remove(&reading)?;
        drop(library);
        fs::File::open(&rebuilt)?.sync_all()?;
        fs::rename(&rebuilt, folder.join(LIBRARY))?;
        files::sync_dir(folder)?;
    }
    let library = connection::aside(&folder.join(LIBRARY))?;
    let articles: i64 = library.query_row("SELECT count(*) FROM article", [], |row| row.get(0))?;
    salvaged.articles = articles.cast_unsigned();
    drop(library);
    fs::remove_file(folder.join(NOTE))?;
    files::sync_dir(folder)?;
    tracing::warn!(
        articles = salvaged.articles,
        stretches = salvaged.stretches.len(),
        "a library was rebuilt"
    );
    Ok(salvaged)
}

/// The damaged library, read from a copy since reading it would change it; then the newest backup that opens.
fn sources(folder: &Path, set_aside: &Path, reading: &Path) -> Result<Vec<Source>, StoreError> {
    remove(reading)?;
    for end in ENDS.into_iter().filter(|end| *end != "-shm") {
        let from = set_aside.join(format!("{LIBRARY}{end}"));
        if from.exists() {
            fs::copy(from, with_end(reading, end))?;
        }
    }
    let itself = if reading.exists() { open_damaged(reading) } else { None };
    let backups = backup::all(folder)?;
    let backup = backups.iter().find_map(|path| connection::aside(path).ok());
    Ok([
        itself.map(|of| Source::new(of, RestsOn::Nothing)),
        backup.map(|of| Source::new(of, RestsOn::Backup)),
    ]
    .into_iter()
    .flatten()
    .collect())
}

/// Opens a copy of the damaged library, with its header mended when SQLite does not know it otherwise.
fn open_damaged(reading: &Path) -> Option<Connection> {
    let open = || {
        let connection = Connection::open(reading).ok()?;
        connection.execute_batch("PRAGMA query_only = ON; PRAGMA cell_size_check = ON;").ok()?;
        connection.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(())).ok()?;
        Some(connection)
    };
    open().or_else(|| {
        mend_header(reading).ok()?;
        open()
    })
}

/// The parts of SQLite's header that are the same in every library.
fn mend_header(path: &Path) -> io::Result<()> {
    use std::io::{Seek as _, SeekFrom, Write as _};
    let mut file = fs::OpenOptions::new().write(true).open(path)?;
    // Magic, page size 4096, write-ahead log, no reserved bytes, fractions.
    file.write_all(b"SQLite format 3\0\x10\0\x02\x02\0\x40\x20\x20")?;
    // Schema format 4, then UTF-8.
    file.seek(SeekFrom::Start(44))?;
    file.write_all(&4u32.to_be_bytes())?;
    file.seek(SeekFrom::Start(56))?;
    file.write_all(&1u32.to_be_bytes())?;
    file.sync_all()
}

/// Removes a database of ours that is only for now.
fn remove(path: &Path) -> io::Result<()> {
    for end in ENDS.into_iter().chain(["-journal"]) {
        match fs::remove_file(with_end(path, end)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = path.to_owned().into_os_string();
    name.push(end);
    name.into()
}
