//! Reading what can be read of a library that may be damaged anywhere.
//!
//! A table is a tree of pages in the order of its key: where one page is damaged, the rows before it are read
//! upwards and those behind it downwards. Rows between two damaged pages come from the other sources.

use std::cell::OnceCell;
use std::collections::BTreeMap;

use galley_model::ArticleId;
use rusqlite::types::Value;
use rusqlite::{Connection, Params, Row};
use uuid::Uuid;

use super::RestsOn;
use crate::journal;
use crate::pieces::{self, Stored};
use crate::repair::SNAPSHOT;

/// A library to read from.
pub(super) struct Source {
    connection: Connection,
    /// How a stretch that comes from here is told.
    pub(super) kind: RestsOn,
    damaged_snapshots: OnceCell<bool>,
}

/// A row as it lies there.
pub(super) type Values = Vec<Value>;

impl Source {
    pub(super) fn new(connection: Connection, kind: RestsOn) -> Self {
        Self { connection, kind, damaged_snapshots: OnceCell::new() }
    }

    /// Every article that is known here, with its number, by the table or by its index.
    pub(super) fn articles(&self) -> BTreeMap<ArticleId, i64> {
        let pair = |row: &Row<'_>| Ok((row.get::<_, [u8; 16]>(0)?, row.get::<_, i64>(1)?));
        let table = self.both_ends("SELECT id, n FROM article NOT INDEXED ORDER BY n", (), pair);
        let index = self.both_ends("SELECT id, n FROM article ORDER BY id", (), pair);
        let pairs = table.into_iter().chain(index);
        pairs.map(|(id, n)| (ArticleId(Uuid::from_bytes(id)), n)).filter(|(id, _)| !id.0.is_nil()).collect()
    }

    /// The rows of one article in a table, ordered by a key.
    pub(super) fn of_article(&self, table: &str, columns: &str, key: &str, n: i64) -> Vec<Values> {
        let sql = format!("SELECT {columns} FROM {table} WHERE article = ?1 ORDER BY {key}");
        self.both_ends(&sql, [n], values)
    }

    /// Like [`Source::of_article`], and whether these are all.
    pub(super) fn whole_of_article(
        &self,
        table: &str,
        columns: &str,
        key: &str,
        n: i64,
    ) -> (Vec<Values>, bool) {
        let sql = format!("SELECT {columns} FROM {table} WHERE article = ?1 ORDER BY {key}");
        let whole = self.one_end(&sql, [n], |_| Ok(())).1;
        (self.both_ends(&sql, [n], values), whole)
    }

    /// One row by its article's number.
    pub(super) fn one(&self, table: &str, columns: &str, key: &str, n: i64) -> Option<Values> {
        let sql = format!("SELECT {columns} FROM {table} WHERE {key} = ?1");
        self.connection.query_row(&sql, [n], values).ok()
    }

    /// All rows of a table, ordered by a key.
    pub(super) fn all(&self, table: &str, columns: &str, key: &str) -> Vec<Values> {
        self.both_ends(&format!("SELECT {columns} FROM {table} ORDER BY {key}"), (), values)
    }

    /// The journal of one article, and whether nothing kept more rows from being read. The rows say themselves
    /// whether they are sound.
    pub(super) fn rows(&self, n: i64, article: ArticleId) -> (Vec<Stored>, bool) {
        let sql = format!("SELECT {} FROM journal WHERE article = ?1 ORDER BY seq", pieces::ROW);
        let whole = self.one_end(&sql, [n], |_| Ok(())).1;
        (self.both_ends(&sql, [n], |row| pieces::read_row(row, article)), whole)
    }

    /// The snapshots of one article that are as they were written, by the index or without it.
    pub(super) fn snapshots(&self, n: i64, article: ArticleId) -> Vec<Values> {
        let by = |how: &str| {
            let sql = format!("SELECT {SNAPSHOT} FROM snapshot {how} WHERE article = ?1 ORDER BY upto");
            let mut snapshots = self.both_ends(&sql, [n], values);
            snapshots.retain(|snapshot| is_sound(snapshot, article));
            snapshots
        };
        let indexed = by("");
        if indexed.is_empty() && self.has_damaged_snapshots() { by("NOT INDEXED") } else { indexed }
    }

    /// Whether the index of the snapshots may not know them all.
    fn has_damaged_snapshots(&self) -> bool {
        *self.damaged_snapshots.get_or_init(|| {
            let sql = "SELECT article FROM snapshot ORDER BY article, upto";
            !self.one_end(sql, (), |row| row.get::<_, i64>(0)).1
        })
    }

    /// The rows that a query gives before it meets damage, and those it gives from the other end.
    fn both_ends<T>(
        &self,
        sql: &str,
        parameters: impl Params + Clone,
        read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> Vec<T> {
        let (mut rows, whole) = self.one_end(sql, parameters.clone(), &read);
        if !whole {
            rows.extend(self.one_end(&format!("{sql} DESC"), parameters, &read).0);
        }
        rows
    }

    fn one_end<T>(
        &self,
        sql: &str,
        parameters: impl Params,
        read: impl Fn(&Row<'_>) -> rusqlite::Result<T>,
    ) -> (Vec<T>, bool) {
        let mut found = Vec::new();
        let Ok(mut statement) = self.connection.prepare_cached(sql) else { return (found, false) };
        let Ok(mut rows) = statement.query(parameters) else { return (found, false) };
        loop {
            match rows.next() {
                // A value that is not of its type is skipped like a damaged row.
                Ok(Some(row)) => found.extend(read(row).ok()),
                Ok(None) => return (found, true),
                Err(_) => return (found, false),
            }
        }
    }
}

fn values(row: &Row<'_>) -> rusqlite::Result<Values> {
    (0..row.as_ref().column_count()).map(|at| row.get(at)).collect()
}

/// Whether a row of [`SNAPSHOT`] is as it was written.
fn is_sound(snapshot: &[Value], article: ArticleId) -> bool {
    match snapshot {
        [Value::Integer(upto), Value::Blob(bytes), Value::Blob(sum), _, Value::Blob(body), ..] => {
            journal::snapshot_sum(article, *upto, bytes, body).0.as_slice() == sum
        }
        _ => false,
    }
}
