//! Putting back what the day log has and the library lacks.
//!
//! Every line says by a number of its own, or by what it made, whether the library has it. So it does not matter
//! why something is missing: the end of a write-ahead log that was damaged or not yet on the disk, a page, a file.

use std::path::Path;

use galley_model::{ArticleId, Instant};
use rusqlite::{Connection, TransactionBehavior, params};

use super::{Line, read};
use crate::error::StoreError;
use crate::journal::{self, JournalRow, Place};
use crate::list::{List, Publication};
use crate::revision::Revision;
use crate::{article, draft, pieces, revision, session, setting};

/// Does again what is missing, in one transaction, and says how many journal rows and drafts that were.
pub(crate) fn put_back(connection: &mut Connection, folder: &Path) -> Result<u64, StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let mut replayed = 0;
    let damaged = read::each(folder, |line| {
        let new = apply(&transaction, &line)?;
        replayed += u64::from(new && matches!(line, Line::Update { .. } | Line::Draft { .. }));
        Ok(())
    })?;
    if replayed > 0 {
        crate::sync::compare_first(&transaction)?;
    }
    transaction.commit()?;
    if damaged > 0 || replayed > 0 {
        tracing::warn!(damaged, replayed, "the day log was read back");
    }
    Ok(replayed)
}

/// The last row that was folded away.
fn folded_away(connection: &Connection, n: i64) -> Result<i64, StoreError> {
    let mut seq = connection.prepare_cached("SELECT seq FROM state WHERE article = ?1")?;
    Ok(seq.query_row([n], |row| row.get(0))?)
}

/// Does one line again if the library lacks it, and says whether it did. An article that a line needs is made;
/// one that was deleted for good stays deleted.
pub(crate) fn apply(connection: &Connection, line: &Line) -> Result<bool, StoreError> {
    let of = match line {
        Line::Set { key, no, value } => {
            let new = *no > setting::last_no(connection, key)?;
            return if new { setting::write(connection, key, value, *no).map(|()| true) } else { Ok(false) };
        }
        Line::Deleted { article, at } => return article::delete(connection, *article, *at),
        Line::Created { article, .. }
        | Line::Update { article, .. }
        | Line::Draft { article, .. }
        | Line::Session { article, .. }
        | Line::Revision { article, .. }
        | Line::Listed { article, .. }
        | Line::Published { article, .. } => *article,
    };
    let n = match article::find(connection, of)? {
        Some(n) => n,
        None if article::was_deleted(connection, of)? => return Ok(false),
        None => article::create(connection, of, line.at().unwrap_or_default())?,
    };
    match line {
        Line::Update { seq, at, .. } => match line.row() {
            Some(row) => put_row(connection, n, of, *seq, &row, *at),
            None => Ok(false),
        },
        Line::Session { peer, author, at, .. } => session::write(connection, n, *peer, author, *at),
        Line::Draft { no, .. }
        | Line::Revision { no, .. }
        | Line::Listed { no, .. }
        | Line::Published { no, .. } => put_change(connection, n, *no, line),
        Line::Created { .. } | Line::Deleted { .. } | Line::Set { .. } => Ok(false),
    }
}

/// Does change number `no` of an article again, unless it had come to it.
fn put_change(connection: &Connection, n: i64, no: i64, line: &Line) -> Result<bool, StoreError> {
    if no <= article::last_change(connection, n)? {
        return Ok(false);
    }
    match line {
        Line::Draft { key, value, at, .. } => draft::write(connection, n, key, value.as_deref(), *at)?,
        Line::Listed { list, .. } => article::place(connection, n, List::named(list))?,
        Line::Published { state, version, .. } => {
            article::publish(connection, n, Publication::named(state), version)?;
        }
        _ => line.as_revision().map_or(Ok(()), |of| revision::write(connection, n, &of))?,
    }
    article::set_last_change(connection, n, no)?;
    Ok(true)
}

/// Puts a row at its number; at the end when another sound row has come to stand there.
fn put_row(
    connection: &Connection,
    n: i64,
    of: ArticleId,
    seq: i64,
    row: &JournalRow,
    at: Instant,
) -> Result<bool, StoreError> {
    let mut place = Place { seq, at, caret: None };
    if seq <= folded_away(connection, n)? {
        return Ok(false);
    }
    if let Some(there) = pieces::row(connection, n, of, seq)? {
        if there.sound && (there.row.peer, there.row.start) == (row.peer, row.start) {
            return Ok(false);
        }
        if there.sound {
            if pieces::has_change(connection, n, row)? {
                return Ok(false);
            }
            place.seq = journal::last_seq(connection, n)? + 1;
        } else {
            connection
                .prepare_cached("DELETE FROM journal WHERE article = ?1 AND seq = ?2")?
                .execute(params![n, seq])?;
        }
    }
    journal::insert_row(connection, n, of, &place, row)?;
    connection.prepare_cached("INSERT OR IGNORE INTO dirty (article) VALUES (?1)")?.execute([n])?;
    Ok(true)
}

impl Line {
    fn row(&self) -> Option<JournalRow> {
        let Self::Update { peer, start, end, view, view_seq, bytes, .. } = self else { return None };
        let (bytes, view) = (bytes.clone(), view.clone());
        Some(JournalRow { peer: *peer, start: *start, end: *end, bytes, view, view_seq: *view_seq })
    }

    fn as_revision(&self) -> Option<Revision> {
        let Self::Revision {
            id,
            article,
            version,
            at,
            reason,
            label,
            author,
            words,
            headline,
            content_hash,
            ..
        } = self.clone()
        else {
            return None;
        };
        Some(Revision { id, article, version, at, reason, label, author, words, headline, content_hash })
    }
}
