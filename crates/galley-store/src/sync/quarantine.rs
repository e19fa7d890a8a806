//! Bytes that could not be used, or that made way: set aside, never thrown away.

use galley_model::{ArticleId, Instant};
use rusqlite::{Connection, params};
use uuid::Uuid;

use crate::article;
use crate::error::StoreError;
use crate::library::Library;
use crate::pending::Pending;

/// Bytes that were set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// Of which article.
    pub article: ArticleId,
    /// Why.
    pub reason: String,
    /// What.
    pub bytes: Vec<u8>,
    /// When.
    pub at: Instant,
}

impl Library {
    /// Sets bytes aside that could not be used, and lets the article go on without them up to `seen_seq`.
    pub fn set_aside(&self, set_aside: Quarantined, seen_seq: Option<i64>) -> Pending<()> {
        self.writer().write(move |connection, _| {
            quarantine(connection, set_aside.article, &set_aside.reason, &set_aside.bytes, set_aside.at)?;
            let (Some(n), Some(seen)) = (article::find(connection, set_aside.article)?, seen_seq) else {
                return Ok(());
            };
            connection
                .prepare_cached("UPDATE sync SET seen_seq = max(seen_seq, ?2) WHERE article = ?1")?
                .execute([n, seen])?;
            Ok(())
        })
    }

    /// What was set aside, oldest first.
    pub fn quarantined(&self) -> Result<Vec<Quarantined>, StoreError> {
        self.read(|connection| {
            let mut rows =
                connection.prepare_cached("SELECT article, reason, bytes, at FROM quarantine ORDER BY id")?;
            let rows = rows.query_map([], |row| {
                Ok(Quarantined {
                    article: ArticleId(Uuid::from_bytes(row.get(0)?)),
                    reason: row.get(1)?,
                    bytes: row.get(2)?,
                    at: Instant(row.get(3)?),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}

/// Sets bytes of an article aside, as part of a transaction.
pub(super) fn quarantine(
    connection: &Connection,
    article: ArticleId,
    reason: &str,
    bytes: &[u8],
    at: Instant,
) -> Result<(), StoreError> {
    connection
        .prepare_cached("INSERT INTO quarantine (article, reason, bytes, at) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![article.0.as_bytes(), reason, bytes, at.0])?;
    Ok(())
}
