//! Choices and places of this computer, by name: preferences, the last article.

use rusqlite::{Connection, OptionalExtension as _, params};

use crate::daylog::{Entry, Line};
use crate::error::StoreError;
use crate::library::Library;
use crate::pending::Pending;

impl Library {
    /// What was last set under a name.
    pub fn setting(&self, key: &str) -> Result<Option<String>, StoreError> {
        self.read(|connection| {
            let mut value = connection.prepare_cached("SELECT value FROM setting WHERE key = ?1")?;
            Ok(value.query_row([key], |row| row.get(0)).optional()?)
        })
    }

    /// Sets a name.
    pub fn set_setting(&self, key: &str, value: &str) -> Pending<()> {
        let (key, value) = (key.to_owned(), value.to_owned());
        self.writer().write(move |connection, entries| {
            let no = last_no(connection, &key)? + 1;
            write(connection, &key, &value, no)?;
            entries.push(Entry::Line(Line::Set { key: key.clone(), no, value: value.clone() }));
            Ok(())
        })
    }
}

/// How often a name was set.
pub(crate) fn last_no(connection: &Connection, key: &str) -> Result<i64, StoreError> {
    let mut no = connection.prepare_cached("SELECT no FROM setting WHERE key = ?1")?;
    Ok(no.query_row([key], |row| row.get(0)).optional()?.unwrap_or_default())
}

pub(crate) fn write(connection: &Connection, key: &str, value: &str, no: i64) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO setting (key, value, no) VALUES (?1, ?2, ?3)
             ON CONFLICT (key) DO UPDATE SET value = excluded.value, no = excluded.no",
        )?
        .execute(params![key, value, no])?;
    Ok(())
}
