//! Faults on purpose, for tests of this crate and of those above it. Not for the app.

use crate::error::StoreError;
use crate::library::Library;

/// Runs a pragma on the connection that writes, such as `max_page_count = 30` for a disk that is full.
pub fn pragma(library: &Library, pragma: &str) -> Result<(), StoreError> {
    let sql = format!("PRAGMA {pragma}");
    let run = move |connection: &mut rusqlite::Connection, _: &mut crate::daylog::DayLog| {
        let mut statement = connection.prepare(&sql)?;
        let mut rows = statement.query([])?;
        while rows.next()?.is_some() {}
        Ok(())
    };
    library.writer().alone(run).wait()
}

/// Pages of the library's file, for `max_page_count`.
pub fn pages(library: &Library) -> Result<u32, StoreError> {
    library.read(|connection| Ok(connection.query_row("PRAGMA page_count", [], |row| row.get(0))?))
}
