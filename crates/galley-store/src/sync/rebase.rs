//! Texts that make way for the server's: set aside whole, and kept as a private draft where nothing else holds them.

use std::collections::BTreeMap;

use galley_model::{ArticleId, Instant};
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::content::{can_be_read, forget_waiting, reach};
use super::quarantine::quarantine;
use crate::daylog::{Entry, Line};
use crate::error::StoreError;
use crate::journal::{self, Append, Folded, JournalRow, Packed};
use crate::library::Library;
use crate::pending::Pending;
use crate::{article, session};

/// The server's text takes the place of an article's; what was here is set aside.
#[derive(Clone, Debug)]
pub struct Rebase {
    /// Which.
    pub article: ArticleId,
    /// The outbox row that led to it, set aside under `reason`; 0 for none.
    pub row: i64,
    /// The server's document.
    pub folded: Folded,
    /// Everything up to this number is in it.
    pub seen_seq: i64,
    /// What the server has of the device's own peers.
    pub acked: Vec<(u64, i32)>,
    /// New edits on top of it, of a fresh peer, with its author.
    pub edits: Option<(Vec<JournalRow>, String)>,
    /// The whole document as it was here.
    pub before: Vec<u8>,
    /// Why.
    pub reason: String,
    /// A new private draft with the text as it was here: its id, its document, and the server's name of the late
    /// update.
    pub copy: Option<(ArticleId, Folded, Uuid)>,
    /// When.
    pub at: Instant,
}

impl Library {
    /// Puts the server's text in an article's place, keeps what was here, and makes the private copy, all in one
    /// transaction. Answers the number of the article's last journal row.
    pub fn rebase(&self, rebase: Rebase) -> Pending<i64> {
        let packed = Packed::new(&rebase.folded);
        let copied = rebase.copy.as_ref().map(|(_, folded, _)| Packed::new(folded)).transpose();
        let (packed, copied) = match (packed, copied) {
            (Ok(packed), Ok(copied)) => (packed, copied),
            (Err(error), _) | (_, Err(error)) => return Pending::ready(Err(error)),
        };
        self.writer().write(move |connection, entries| {
            put_in_place(connection, &rebase, &packed, copied.as_ref(), entries)
        })
    }
}

/// What made way is never sent, so no wish waits for it, only for what was written on top of the server's text.
fn wait_for(connection: &Connection, rebase: &Rebase) -> Result<(), StoreError> {
    let mut needs = BTreeMap::<u64, i32>::new();
    for row in rebase.edits.iter().flat_map(|(rows, _)| rows) {
        let end = needs.entry(row.peer).or_default();
        *end = row.end.max(*end);
    }
    connection
        .prepare_cached(
            "UPDATE outbox SET needs = ?2 WHERE article = ?1 AND kind = 'intent' AND state = 'waiting'",
        )?
        .execute(params![rebase.article.0.as_bytes(), serde_json::to_string(&needs).unwrap_or_default()])?;
    Ok(())
}

fn put_in_place(
    connection: &Connection,
    rebase: &Rebase,
    packed: &Packed,
    copied: Option<&Packed>,
    entries: &mut Vec<Entry>,
) -> Result<i64, StoreError> {
    let (id, at) = (rebase.article, rebase.at);
    let n = article::number(connection, id)?;
    quarantine(connection, id, &rebase.reason, &rebase.before, at)?;
    connection
        .prepare_cached(
            "UPDATE outbox SET state = ?4, last_error = ?2, settled = ?3 WHERE id = ?1 AND state = 'waiting'",
        )?
        // Without a private copy the text goes up all the same, as edits of a fresh peer: nothing is left to do.
        .execute(params![
            rebase.row,
            rebase.reason,
            at.0,
            if rebase.copy.is_some() { "refused" } else { "sent" }
        ])?;
    forget_waiting(connection, id)?;
    wait_for(connection, rebase)?;
    // As if everything before had been folded away into the server's document.
    let upto = journal::last_seq(connection, n)? + 1;
    for sql in [
        "DELETE FROM journal WHERE article = ?1",
        "DELETE FROM snapshot WHERE article = ?1",
        "DELETE FROM upload WHERE article = ?1",
    ] {
        connection.prepare_cached(sql)?.execute([n])?;
    }
    connection.prepare_cached("UPDATE state SET seq = ?2 WHERE article = ?1")?.execute([n, upto])?;
    journal::insert_snapshot(connection, n, id, upto, &rebase.folded, packed, at)?;
    connection.prepare_cached("INSERT OR IGNORE INTO dirty (article) VALUES (?1)")?.execute([n])?;
    rebase.acked.iter().try_for_each(|(peer, end)| reach(connection, n, *peer, *end, *end))?;
    connection
        .prepare_cached(
            "INSERT INTO sync (article, goes_up, seen_seq, last_seq) VALUES (?1, 1, ?2, ?2)
             ON CONFLICT (article) DO UPDATE
               SET seen_seq = ?2, last_seq = max(last_seq, ?2), unsent = 0, stuck = ''",
        )?
        .execute([n, rebase.seen_seq])?;
    can_be_read(connection, id)?;
    let mut seq_last = upto;
    if let Some((rows, author)) = rebase.edits.as_ref().filter(|(rows, _)| !rows.is_empty()) {
        for peer in rows.iter().map(|row| row.peer) {
            if session::write(connection, n, peer, author, at)? {
                entries.push(Entry::Line(Line::Session { article: id, peer, author: author.clone(), at }));
            }
        }
        let append = Append { updates: rows.clone(), ..Append::new(id, at) };
        seq_last = journal::insert(connection, &append, entries)?.seq_last;
        entries.push(Entry::Appended { append: std::sync::Arc::new(append), first_seq: upto + 1 });
    }
    if let (Some((copy, folded, late)), Some(packed)) = (&rebase.copy, copied) {
        keep_copy(connection, *copy, folded, packed, *late, rebase, entries)?;
    }
    Ok(seq_last)
}

fn keep_copy(
    connection: &Connection,
    copy: ArticleId,
    folded: &Folded,
    packed: &Packed,
    late: Uuid,
    rebase: &Rebase,
    entries: &mut Vec<Entry>,
) -> Result<(), StoreError> {
    let at = rebase.at;
    let n = article::create(connection, copy, at)?;
    entries.push(Entry::Line(Line::Created { article: copy, at }));
    connection.prepare_cached("UPDATE state SET seq = 1 WHERE article = ?1")?.execute([n])?;
    journal::insert_snapshot(connection, n, copy, 1, folded, packed, at)?;
    connection.prepare_cached("INSERT OR IGNORE INTO dirty (article) VALUES (?1)")?.execute([n])?;
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO private_copy (copy, of_article, late, reason, at) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![n, rebase.article.0.as_bytes(), late.as_bytes(), rebase.reason, at.0])?;
    Ok(())
}
