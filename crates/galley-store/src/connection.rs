//! How connections to the library are opened: durability first.

use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::error::StoreError;

/// How long a statement waits for another program that holds the database, before it answers
/// [`StoreError::Busy`].
const BUSY_WAIT: Duration = Duration::from_millis(1500);

/// Statements that a connection keeps compiled: more than there are.
const STATEMENTS: usize = 256;

/// The one connection that writes. Creates the file when it is missing.
pub(crate) fn writer(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(BUSY_WAIT)?;
    prepare_once(&connection)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL;
         -- A commit returns when its bytes are on the disk.
         PRAGMA synchronous = FULL;
         -- macOS: a sync that the drive may not keep for itself.
         PRAGMA fullfsync = ON;
         PRAGMA checkpoint_fullfsync = ON;
         PRAGMA foreign_keys = ON;
         PRAGMA cell_size_check = ON;
         PRAGMA temp_store = MEMORY;
         -- Checkpoints run on another thread, beside the commits.
         PRAGMA wal_autocheckpoint = 0;
         -- What a large import left of the log goes at the next beginning.
         PRAGMA journal_size_limit = 16777216;",
    )?;
    Ok(connection)
}

/// A connection that cannot write.
pub(crate) fn reader(path: &Path) -> Result<Connection, StoreError> {
    let connection = Connection::open_with_flags(
        path,
        OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX,
    )?;
    connection.busy_timeout(BUSY_WAIT)?;
    prepare_once(&connection)?;
    connection
        .execute_batch("PRAGMA query_only = ON; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY;")?;
    Ok(connection)
}

/// Each statement is compiled once and keeps its plan, whatever values are put into it.
fn prepare_once(connection: &Connection) -> Result<(), StoreError> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    Ok(())
}

/// Names an IO failure by its cause: SQLite calls a quota or a limit on file sizes a plain IO error.
pub(crate) fn named(connection: &Connection, error: StoreError) -> StoreError {
    let StoreError::Sqlite(cause) = &error else { return error };
    if cause.sqlite_error_code() != Some(rusqlite::ErrorCode::SystemIoFailure) {
        return error;
    }
    match StoreError::from(std::io::Error::from_raw_os_error(system_errno(connection))) {
        StoreError::Io(_) => error,
        named => named,
    }
}

#[expect(unsafe_code, reason = "SQLite tells the system's error number only through its handle")]
fn system_errno(connection: &Connection) -> i32 {
    // SAFETY: the handle is open for as long as `connection` is borrowed, and the call only reads from it.
    unsafe { rusqlite::ffi::sqlite3_system_errno(connection.handle()) }
}

/// A file that nobody writes: a backup, or a copy of a damaged library.
pub(crate) fn aside(path: &Path) -> Result<Connection, StoreError> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.execute_batch("PRAGMA query_only = ON; PRAGMA temp_store = MEMORY;")?;
    Ok(connection)
}
