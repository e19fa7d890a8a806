//! Copies of the records, and what is done when the records cannot be read: the damaged file is set aside,
//! never deleted, and the newest copy that is whole takes its place.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use galley_model::Instant;
use rusqlite::Connection;
use rusqlite::backup::Backup;
use uuid::Uuid;

use super::StorageError;
use super::sqlite::{FILE, storage_error};

/// What was done because the records could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recovery {
    /// Where the damaged file lies now.
    pub set_aside: PathBuf,
    /// The copy that took its place; none when there was none that was whole, and the newsroom begins anew.
    pub restored_from: Option<PathBuf>,
    /// When that copy was made.
    pub made_at: Option<Instant>,
}

/// In the folder of the records.
const BACKUPS: &str = "newsroom-backups";
/// Copies that are kept.
const KEPT: usize = 7;
/// Says that the records were found damaged while they were open, so that the next start looks closely.
const SUSPECT: &str = "newsroom.suspect";

/// Makes a copy, checks it and gives it its name; keeps the newest seven.
pub(crate) fn backup(connection: &Connection, folder: &Path, now: Instant) -> Result<PathBuf, StorageError> {
    let backups = folder.join(BACKUPS);
    fs::create_dir_all(&backups).map_err(io_error)?;
    let name = backups.join(format!("newsroom-{:015}.sqlite", now.0.max(0)));
    copy(connection, &name)?;
    for (old, _) in all(folder).into_iter().skip(KEPT) {
        fs::remove_file(old).map_err(io_error)?;
    }
    Ok(name)
}

/// Makes a copy that stands alone, checks it and gives it its name.
pub(crate) fn copy(connection: &Connection, name: &Path) -> Result<(), StorageError> {
    let unfinished = name.with_extension("unfinished");
    if unfinished.exists() {
        fs::remove_file(&unfinished).map_err(io_error)?;
    }
    let mut copy = Connection::open(&unfinished).map_err(storage_error)?;
    super::sqlite::owner_only(&unfinished)?;
    let copying = Backup::new(connection, &mut copy).map_err(storage_error)?;
    copying.run_to_completion(1024, std::time::Duration::ZERO, None).map_err(storage_error)?;
    drop(copying);
    // The copy stands alone, without a log beside it.
    copy.pragma_update(None, "journal_mode", "DELETE").map_err(storage_error)?;
    check(&copy)?;
    copy.close().map_err(|(_, error)| storage_error(error))?;
    fs::rename(&unfinished, name).map_err(io_error)
}

/// The copies with the instants they were made at, newest first.
pub(crate) fn all(folder: &Path) -> Vec<(PathBuf, Instant)> {
    let entries = fs::read_dir(folder.join(BACKUPS)).into_iter().flatten().flatten();
    let made_at = |path: &Path| {
        path.file_name()?
            .to_str()?
            .strip_prefix("newsroom-")?
            .strip_suffix(".sqlite")?
            .parse()
            .ok()
            .map(Instant)
    };
    let mut copies: Vec<_> =
        entries.filter_map(|entry| made_at(&entry.path()).map(|at| (entry.path(), at))).collect();
    copies.sort_by_key(|(_, at)| std::cmp::Reverse(*at));
    copies
}

/// Sets the damaged records aside and puts the newest whole copy in their place.
pub(crate) fn recover(folder: &Path, now: Instant) -> Result<Recovery, StorageError> {
    let set_aside = folder.join(format!("newsroom-damaged-{}.sqlite", now.0));
    for end in ["", "-wal", "-shm"] {
        let of = |path: &Path| PathBuf::from(format!("{}{end}", path.display()));
        match fs::rename(of(&folder.join(FILE)), of(&set_aside)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(io_error(error)),
            _ => {}
        }
    }
    for (copy, made_at) in all(folder) {
        if restore(folder, &copy, now).is_ok() {
            return Ok(Recovery { set_aside, restored_from: Some(copy), made_at: Some(made_at) });
        }
    }
    Ok(Recovery { set_aside, restored_from: None, made_at: None })
}

/// Copies a copy, and tells all who follow its feed that it is another one.
fn restore(folder: &Path, copy: &Path, now: Instant) -> Result<(), StorageError> {
    let unfinished = folder.join("newsroom.restoring");
    fs::copy(copy, &unfinished).map_err(io_error)?;
    let restored = Connection::open(&unfinished).map_err(storage_error)?;
    check(&restored)?;
    let sql = "UPDATE newsroom SET epoch = ?, restored_at = ?";
    let changed = restored.execute(sql, (Uuid::new_v4().to_string(), now.0)).map_err(storage_error)?;
    if changed != 1 {
        return Err(StorageError::Damaged("a copy without an identity".to_owned()));
    }
    restored.close().map_err(|(_, error)| storage_error(error))?;
    fs::rename(&unfinished, folder.join(FILE)).map_err(io_error)
}

/// Reads the whole file.
pub(crate) fn check(connection: &Connection) -> Result<(), StorageError> {
    let found: String =
        connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0)).map_err(storage_error)?;
    if found == "ok" { Ok(()) } else { Err(StorageError::Damaged(found)) }
}

/// Has the next start look closely.
pub(crate) fn suspect(folder: &Path) {
    // The damage itself is told; this only helps to mend it sooner.
    drop(fs::write(folder.join(SUSPECT), ""));
}

/// Looks closely when the last run asked for it.
pub(crate) fn check_when_suspect(connection: &Connection, folder: &Path) -> Result<(), StorageError> {
    let suspect = folder.join(SUSPECT);
    if !suspect.exists() {
        return Ok(());
    }
    fs::remove_file(&suspect).map_err(io_error)?;
    check(connection)
}

fn io_error(error: io::Error) -> StorageError {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
            StorageError::DiskFull
        }
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            StorageError::ReadOnly(error.to_string())
        }
        _ => StorageError::Other(error.to_string()),
    }
}
