//! What the server said of what was sent.

use galley_model::{ArticleId, Instant};
use rusqlite::{Connection, OptionalExtension as _, params};
use uuid::Uuid;

use super::content::{DAMAGED, forget_waiting, reach};
use crate::article;
use crate::error::StoreError;
use crate::library::Library;
use crate::pending::Pending;

/// What becomes of an outbox row. A row that is gone, or was settled before, is left as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Settle {
    /// The server has it.
    Arrived {
        /// Which row.
        id: i64,
    },
    /// The server has it, as this update of the article: nothing of it has to come back.
    Stored {
        /// Which row.
        id: i64,
        /// Its number in the article.
        seq: i64,
    },
    /// The server has less of the peer than thought: everything from `expect` on is exported anew.
    Rewind {
        /// Which row.
        id: i64,
        /// What the server has.
        expect: i32,
    },
    /// The newsroom's answer to an intent.
    Answered {
        /// Which row.
        id: i64,
        /// As JSON.
        answer: String,
        /// Whether it did what was wished.
        accepted: bool,
    },
    /// Set aside for good, and told. An article's text waits from then on; everything else goes on.
    Refused {
        /// Which row.
        id: i64,
        /// A code.
        reason: String,
    },
    /// An intent that can never be answered is set aside; those behind it close up.
    GivenUp {
        /// Which row.
        id: i64,
        /// A code.
        reason: String,
    },
    /// Sent in vain; stays as it is.
    Tried {
        /// Which row.
        id: i64,
        /// A code.
        error: String,
    },
    /// Waiting intents are numbered from here, in their order.
    Renumber {
        /// The server's next.
        next: u64,
    },
    /// The article was deleted in the newsroom: its text stays as a private draft.
    KeepPrivate {
        /// Which row.
        id: i64,
    },
    /// A stuck article, or one whose row was refused, may be tried again.
    Retry {
        /// Which article.
        article: ArticleId,
    },
    /// An article that could not be read may be read again. What the server refused of it stays refused.
    ReadAgain {
        /// Which article.
        article: ArticleId,
    },
}

struct Row {
    kind: String,
    article: ArticleId,
    peer: u64,
    end: i32,
}

impl Library {
    /// Notes what became of outbox rows, all in one transaction.
    pub fn settle(&self, outcomes: Vec<Settle>, at: Instant) -> Pending<()> {
        self.writer().write(move |connection, _| {
            outcomes.iter().try_for_each(|outcome| settle(connection, outcome, at))?;
            super::outbox::prune(connection)
        })
    }
}

fn settle(connection: &Connection, outcome: &Settle, at: Instant) -> Result<(), StoreError> {
    let id = match outcome {
        Settle::Renumber { next } => return renumber(connection, *next),
        Settle::Retry { article } => return retry(connection, *article),
        Settle::ReadAgain { article } => return read_again(connection, *article),
        Settle::Arrived { id }
        | Settle::Stored { id, .. }
        | Settle::Rewind { id, .. }
        | Settle::Answered { id, .. }
        | Settle::Refused { id, .. }
        | Settle::GivenUp { id, .. }
        | Settle::Tried { id, .. }
        | Settle::KeepPrivate { id } => *id,
    };
    let Some(row) = waiting(connection, id)? else { return Ok(()) };
    let n = article::find(connection, row.article)?;
    match outcome {
        Settle::Arrived { .. } | Settle::Stored { .. } => {
            if let (Settle::Stored { seq, .. }, Some(n)) = (outcome, n) {
                // Only where nobody else's update lies between.
                connection
                    .prepare_cached("UPDATE sync SET seen_seq = ?2 WHERE article = ?1 AND seen_seq = ?2 - 1")?
                    .execute(params![n, seq])?;
            }
            finish(connection, id, "sent", "", "", at)?;
            match n.filter(|_| row.kind == "content") {
                Some(n) => reach(connection, n, row.peer, row.end, row.end),
                None => Ok(()),
            }
        }
        Settle::Rewind { expect, .. } => {
            forget_waiting(connection, row.article)?;
            let Some(n) = n else { return Ok(()) };
            // Everything that was queued of the article is exported again from what is acknowledged.
            connection.prepare_cached("UPDATE upload SET queued = acked WHERE article = ?1")?.execute([n])?;
            connection
                .prepare_cached("UPDATE upload SET queued = ?3, acked = ?3 WHERE article = ?1 AND peer = ?2")?
                .execute(params![n, row.peer.cast_signed(), expect])?;
            mark(connection, n)
        }
        Settle::Answered { answer, accepted, .. } => {
            finish(connection, id, if *accepted { "sent" } else { "refused" }, "", answer, at)
        }
        Settle::Refused { reason, .. } => {
            finish(connection, id, "refused", reason, "", at)?;
            let Some(n) = n.filter(|_| row.kind == "content") else { return Ok(()) };
            connection
                .prepare_cached("UPDATE sync SET stuck = ?2 WHERE article = ?1")?
                .execute(params![n, reason])?;
            // What builds on it would be refused as well; it is exported again when the article is retried.
            forget_waiting(connection, row.article)?;
            connection.prepare_cached("UPDATE upload SET queued = acked WHERE article = ?1")?.execute([n])?;
            mark(connection, n)
        }
        Settle::GivenUp { reason, .. } => {
            let no: i64 =
                connection.query_row("SELECT no FROM outbox WHERE id = ?1", [id], |row| row.get(0))?;
            finish(connection, id, "refused", reason, "", at)?;
            renumber_after(connection, no)
        }
        Settle::Tried { error, .. } => {
            connection
                .prepare_cached("UPDATE outbox SET attempts = attempts + 1, last_error = ?2 WHERE id = ?1")?
                .execute(params![id, error])?;
            Ok(())
        }
        Settle::KeepPrivate { .. } => {
            finish(connection, id, "refused", "gone", "", at)?;
            forget_waiting(connection, row.article)?;
            let Some(n) = n else { return Ok(()) };
            connection
                .prepare_cached(
                    "UPDATE sync SET goes_up = 0, unsent = 0, access = 'deleted' WHERE article = ?1",
                )?
                .execute([n])?;
            Ok(())
        }
        Settle::Renumber { .. } | Settle::Retry { .. } | Settle::ReadAgain { .. } => Ok(()),
    }
}

fn waiting(connection: &Connection, id: i64) -> Result<Option<Row>, StoreError> {
    let mut row = connection.prepare_cached(
        "SELECT kind, article, peer, end_at FROM outbox WHERE id = ?1 AND state = 'waiting'",
    )?;
    let row = row.query_row([id], |row| {
        Ok(Row {
            kind: row.get(0)?,
            article: ArticleId(Uuid::from_bytes(row.get(1)?)),
            peer: row.get::<_, i64>(2)?.cast_unsigned(),
            end: row.get(3)?,
        })
    });
    Ok(row.optional()?)
}

/// What arrived needs its bytes no more; what was refused keeps them.
fn finish(
    connection: &Connection,
    id: i64,
    state: &str,
    error: &str,
    answer: &str,
    at: Instant,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE outbox SET state = ?2, last_error = ?3, answer = ?4, settled = ?5,
               payload = CASE WHEN ?2 = 'sent' AND kind = 'content' THEN x'' ELSE payload END
             WHERE id = ?1",
        )?
        .execute(params![id, state, error, answer, at.0])?;
    Ok(())
}

fn mark(connection: &Connection, n: i64) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE sync SET unsent = 1 WHERE article = ?1 AND goes_up = 1")?
        .execute([n])?;
    Ok(())
}

fn retry(connection: &Connection, article: ArticleId) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE outbox SET state = 'waiting', attempts = 0
             WHERE article = ?1 AND kind = 'photo' AND state = 'refused'",
        )?
        .execute([article.0.as_bytes()])?;
    let Some(n) = article::find(connection, article)? else { return Ok(()) };
    connection
        .prepare_cached("UPDATE sync SET stuck = '', unsent = 1 WHERE article = ?1 AND goes_up = 1")?
        .execute([n])?;
    Ok(())
}

fn read_again(connection: &Connection, article: ArticleId) -> Result<(), StoreError> {
    let Some(n) = article::find(connection, article)? else { return Ok(()) };
    connection
        .prepare_cached("UPDATE sync SET stuck = '' WHERE article = ?1 AND stuck = ?2")?
        .execute(params![n, DAMAGED])?;
    Ok(())
}

/// Waiting intents take the numbers from `next` on, without gaps.
fn renumber(connection: &Connection, next: u64) -> Result<(), StoreError> {
    let mut waiting = connection.prepare_cached(
        "SELECT id FROM outbox WHERE kind = 'intent' AND state = 'waiting' ORDER BY no, id",
    )?;
    let ids = waiting.query_map([], |row| row.get(0))?.collect::<Result<Vec<i64>, _>>()?;
    let next = next.max(1).cast_signed();
    for (id, no) in ids.iter().zip(next..) {
        connection.prepare_cached("UPDATE outbox SET no = ?2 WHERE id = ?1")?.execute([*id, no])?;
    }
    connection.execute("UPDATE account SET next_intent = ?1", [next.saturating_add(ids.len() as i64)])?;
    Ok(())
}

fn renumber_after(connection: &Connection, no: i64) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "UPDATE outbox SET no = no - 1 WHERE kind = 'intent' AND state = 'waiting' AND no > ?1",
        )?
        .execute([no])?;
    connection.execute("UPDATE account SET next_intent = next_intent - 1", [])?;
    Ok(())
}
