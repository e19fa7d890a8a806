//! Mending an article with what the day log and the backups have of it, and writing that back.

use std::path::Path;

use galley_model::ArticleId;
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use crate::daylog;
use crate::error::StoreError;
use crate::journal::{self, JournalRow, Place};
use crate::library::Library;
use crate::pieces::{Choice, Generation, Pieces, Stored};
use crate::{article, backup, connection};

/// Columns of a snapshot after its article.
pub(crate) const SNAPSHOT: &str =
    "upto, bytes, sum, body, body_sha256, meta, meta_sha256, version, engine, at";

/// What is written back.
struct Mended {
    rows: Vec<(Place, JournalRow)>,
    snapshot: Option<Vec<Value>>,
    /// Damaged rows and snapshots that the text does not need, or whose number is damaged.
    dropped_rows: Vec<i64>,
    dropped_snapshots: Vec<i64>,
}

impl Library {
    /// Looks for what is missing, in the day log and then in the backups, newest first. Returns the choice among
    /// the pieces there are then, and how many of it came from elsewhere. They are written to the library
    /// before anything that is asked of it later.
    pub(crate) fn repair(&self, article: ArticleId, pieces: &mut Pieces, before: i64) -> (Choice, u32) {
        let damaged: Vec<i64> = pieces.rows.values().filter(|row| !row.sound).map(|row| row.seq).collect();
        // A source that cannot be read is like one that has nothing.
        let log = logged(self.folder(), article).unwrap_or_default();
        let from_the_start = !pieces.generations.iter().any(|generation| generation.sound);
        let needed = if from_the_start { 0 } else { pieces.folded_away };
        pieces.add(log.into_iter().filter(|row| row.seq > needed), Vec::new());
        let mut choice = pieces.choose(before);
        for backup in backup::all(self.folder()).unwrap_or_default() {
            if choice.lost.is_empty() {
                break;
            }
            if let Ok(other) = backed_up(&backup, article) {
                pieces.add(other.rows.into_values(), other.generations);
                choice = pieces.choose(before);
            }
        }
        let chosen = choice.generation.and_then(|at| pieces.generations.get(at));
        let after = chosen.map_or(0, |generation| generation.upto);
        let whole = choice.lost.is_empty();
        let needless = |seq: &i64| {
            let still_damaged = pieces.rows.get(seq).is_some_and(|row| !row.sound);
            still_damaged && (*seq < 1 || *seq > choice.last_seq || whole && *seq <= after)
        };
        let unsound = pieces.generations.iter().filter(|generation| whole && !generation.sound);
        let mended = Mended {
            rows: pieces.rows.values().filter(|row| row.elsewhere).map(placed).collect(),
            snapshot: chosen.and_then(|generation| generation.copied.clone()),
            dropped_rows: damaged.into_iter().filter(needless).collect(),
            dropped_snapshots: unsound.map(|generation| generation.upto).collect(),
        };
        let restored = mended.rows.len() + usize::from(mended.snapshot.is_some());
        tracing::warn!(%article, restored, lost = choice.lost.len(), "an article was damaged");
        // Nobody waits: a library that cannot be written is mended at the next load.
        drop(self.writer().write(move |connection, _| write_back(connection, article, &mended)));
        (choice, restored as u32)
    }
}

fn placed(row: &Stored) -> (Place, JournalRow) {
    (Place { seq: row.seq, at: row.at, caret: row.caret }, row.row.clone())
}

fn logged(folder: &Path, article: ArticleId) -> Result<Vec<Stored>, StoreError> {
    let rows = daylog::rows_of(&folder.join("daylog"), article)?;
    let stored = |(seq, (row, at))| Stored { seq, at, caret: None, row, sound: true, elsewhere: true };
    Ok(rows.into_iter().map(stored).collect())
}

/// The pieces of an article in another library, with whole rows of its snapshots.
fn backed_up(path: &Path, article: ArticleId) -> Result<Pieces, StoreError> {
    let backup = connection::aside(path)?;
    let n = article::number(&backup, article)?;
    let mut pieces = Pieces::read(&backup, n, article)?;
    for generation in &mut pieces.generations {
        generation.copied = copy(&backup, n, generation)?;
    }
    Ok(pieces)
}

fn copy(backup: &Connection, n: i64, generation: &Generation) -> Result<Option<Vec<Value>>, StoreError> {
    let mut whole = backup
        .prepare_cached(&format!("SELECT {SNAPSHOT} FROM snapshot WHERE article = ?1 AND upto = ?2"))?;
    let columns = whole.column_count();
    let values =
        whole.query_row(params![n, generation.upto], |row| (0..columns).map(|at| row.get(at)).collect())?;
    Ok(generation.sound.then_some(values))
}

fn write_back(connection: &Connection, article: ArticleId, mended: &Mended) -> Result<(), StoreError> {
    let n = article::number(connection, article)?;
    for (place, row) in &mended.rows {
        connection
            .prepare_cached("DELETE FROM journal WHERE article = ?1 AND seq = ?2")?
            .execute(params![n, place.seq])?;
        journal::insert_row(connection, n, article, place, row)?;
    }
    let mut drop_row = connection.prepare_cached("DELETE FROM journal WHERE article = ?1 AND seq = ?2")?;
    mended.dropped_rows.iter().try_for_each(|seq| drop_row.execute(params![n, seq]).map(drop))?;
    let mut drop_snapshot =
        connection.prepare_cached("DELETE FROM snapshot WHERE article = ?1 AND upto = ?2")?;
    mended.dropped_snapshots.iter().try_for_each(|upto| drop_snapshot.execute(params![n, upto]).map(drop))?;
    match &mended.snapshot {
        Some(snapshot) => insert_snapshot(connection, n, snapshot),
        None => Ok(()),
    }
}

/// Writes a whole row of [`SNAPSHOT`], over a damaged one.
pub(crate) fn insert_snapshot(connection: &Connection, n: i64, values: &[Value]) -> Result<(), StoreError> {
    connection
        .prepare_cached(&format!(
            "INSERT OR REPLACE INTO snapshot (article, {SNAPSHOT})
             VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        ))?
        .execute(params_from_iter(std::iter::once(&Value::Integer(n)).chain(values)))?;
    Ok(())
}
