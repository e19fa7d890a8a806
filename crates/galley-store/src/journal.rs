//! The journal: appending committed updates, and folding them into snapshots.
//!
//! Rows are opaque here; the text engine made them and reads them. Each carries a checksum over itself and its
//! place, because SQLite notices damage of its structure and not of its contents.

use std::sync::Arc;

use galley_model::{ArticleId, Instant, Sha256};
use rusqlite::{Connection, OptionalExtension as _, params};
use sha2::Digest as _;

use crate::daylog::Entry;
use crate::error::StoreError;
use crate::library::Library;
use crate::packed;
use crate::pending::Pending;
use crate::{article, draft, pieces, sync};

/// What one accepted push changes, all in one transaction.
#[derive(Clone, Debug)]
pub struct Append {
    /// Which article.
    pub article: ArticleId,
    /// The updates, in order; each becomes one journal row.
    pub updates: Vec<JournalRow>,
    /// The headline after them, when it changed: shown by the list at once.
    pub headline: Option<String>,
    /// The caret after them, UTF-16.
    pub caret: Option<u32>,
    /// Keys of drafts that these updates settle.
    pub clear_drafts: Vec<String>,
    /// True when one of them is the result of the composition that was kept.
    pub clear_composition: bool,
    /// When.
    pub at: Instant,
}

impl Append {
    /// An append of nothing, to be filled in.
    pub fn new(article: ArticleId, at: Instant) -> Self {
        Self {
            article,
            updates: Vec::new(),
            headline: None,
            caret: None,
            clear_drafts: Vec::new(),
            clear_composition: false,
            at,
        }
    }
}

/// One update of the document, exactly one commit of the text engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JournalRow {
    /// Who made it: the peer of an article's session.
    pub peer: u64,
    /// First counter of the peer, inclusive.
    pub start: i32,
    /// Last counter of the peer, exclusive.
    pub end: i32,
    /// The update.
    pub bytes: Vec<u8>,
    /// The view it came from, empty for the core's own.
    pub view: String,
    /// Its number in that view.
    pub view_seq: u32,
}

/// An append that is on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Committed {
    /// Number of the article's last journal row.
    pub seq_last: i64,
    /// The instant the append carried.
    pub at: Instant,
}

/// A journal folded into a snapshot of the whole document, with the exit door: its plain text.
#[derive(Clone, Debug)]
pub struct Folded {
    /// The engine's snapshot, whole history.
    pub snapshot: Vec<u8>,
    /// The body.
    pub body: String,
    /// The facts, as JSON.
    pub meta_json: String,
    /// The version the snapshot stands at.
    pub version: Vec<u8>,
    /// Name and version of the engine that wrote it.
    pub engine: String,
}

/// Level of the plain text: small texts, written rarely.
const ZSTD_LEVEL: i32 = 3;

impl Library {
    /// Commits updates of an article. The answer comes after the disk has them; the day log follows it.
    pub fn append(&self, append: Append) -> Pending<Committed> {
        let append = Arc::new(append);
        self.writer().write(move |connection, entries| {
            let committed = insert(connection, &append, entries)?;
            let first_seq = committed.seq_last - append.updates.len() as i64 + 1;
            entries.push(Entry::Appended { append: Arc::clone(&append), first_seq });
            Ok(committed)
        })
    }

    /// Writes a snapshot of everything up to `upto_seq`. The previous one stays as the older generation; rows
    /// that both hold are removed, unless the older one cannot be read back.
    pub fn fold(&self, article: ArticleId, upto_seq: i64, folded: Folded, at: Instant) -> Pending<()> {
        let packed = match Packed::new(&folded) {
            Ok(packed) => packed,
            Err(error) => return Pending::ready(Err(error)),
        };
        self.writer().write(move |connection, _| {
            let n = article::number(connection, article)?;
            fold(connection, n, article, upto_seq, &folded, &packed, at)
        })
    }
}

/// Keys of drafts that an append settles; the empty one is the composition.
fn settled(append: &Append) -> impl Iterator<Item = &str> {
    let composition = append.clear_composition.then_some("");
    append.clear_drafts.iter().map(String::as_str).chain(composition)
}

/// The rows, then what goes with them. A plain keystroke writes one row and reads three.
pub(crate) fn insert(
    connection: &Connection,
    append: &Append,
    entries: &mut Vec<Entry>,
) -> Result<Committed, StoreError> {
    let n = article::number(connection, append.article)?;
    let before = last_seq(connection, n)?;
    let seq_last = before + append.updates.len() as i64;
    for (row, seq) in append.updates.iter().zip(before + 1..) {
        let caret = append.caret.filter(|_| seq == seq_last);
        insert_row(connection, n, append.article, &Place { seq, at: append.at, caret }, row)?;
    }
    if append.updates.is_empty()
        && let Some(caret) = append.caret
    {
        note_caret(connection, n, caret)?;
    }
    if !append.updates.is_empty() {
        connection.prepare_cached("INSERT OR IGNORE INTO dirty (article) VALUES (?1)")?.execute([n])?;
        sync::mark_unsent(connection, n)?;
    }
    if let Some(headline) = &append.headline {
        connection
            .prepare_cached("UPDATE article SET headline = ?2 WHERE n = ?1 AND headline <> ?2")?
            .execute(params![n, headline])?;
    }
    for key in settled(append) {
        draft::put(connection, append.article, key, None, append.at, entries)?;
    }
    Ok(Committed { seq_last, at: append.at })
}

/// Number of the article's last row, of those that were folded away, too. Two statements, because SQLite would
/// prepare one that says both anew for every call.
pub(crate) fn last_seq(connection: &Connection, n: i64) -> Result<i64, StoreError> {
    let mut last = connection.prepare_cached(LAST)?;
    if let Some(seq) = last.query_row([n], |row| row.get(0)).optional()? {
        return Ok(seq);
    }
    let mut folded_away = connection.prepare_cached("SELECT seq FROM state WHERE article = ?1")?;
    Ok(folded_away.query_row([n], |row| row.get(0))?)
}

const LAST: &str = "SELECT seq FROM journal WHERE article = ?1 ORDER BY seq DESC LIMIT 1";

/// Notes a caret that comes without an update.
pub(crate) fn note_caret(connection: &Connection, n: i64, caret: u32) -> Result<(), StoreError> {
    let last = last_seq(connection, n)?;
    connection
        .prepare_cached("UPDATE state SET caret = ?2, caret_seq = ?3 WHERE article = ?1")?
        .execute(params![n, caret, last])?;
    Ok(())
}

/// Where and when a row stands, beside its contents.
pub(crate) struct Place {
    pub(crate) seq: i64,
    pub(crate) at: Instant,
    pub(crate) caret: Option<u32>,
}

/// One row with its checksum.
pub(crate) fn insert_row(
    connection: &Connection,
    n: i64,
    article: ArticleId,
    place: &Place,
    row: &JournalRow,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO journal
               (article, seq, peer, counter_start, counter_end, view, view_seq, at, caret, bytes, sum)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            n,
            place.seq,
            row.peer.cast_signed(),
            row.start,
            row.end,
            row.view,
            row.view_seq,
            place.at.0,
            place.caret.map_or(-1, i64::from),
            row.bytes,
            sum(article, place.seq, row, place.at)
        ])?;
    Ok(())
}

/// The checksum of a row at its place: the first eight bytes of a SHA-256.
pub(crate) fn sum(article: ArticleId, seq: i64, row: &JournalRow, at: Instant) -> i64 {
    let mut hash = sha2::Sha256::new();
    hash.update(article.0.as_bytes());
    hash.update(seq.to_le_bytes());
    hash.update(row.peer.to_le_bytes());
    hash.update(row.start.to_le_bytes());
    hash.update(row.end.to_le_bytes());
    hash.update(row.view_seq.to_le_bytes());
    hash.update(at.0.to_le_bytes());
    hash.update((row.view.len() as u64).to_le_bytes());
    hash.update(row.view.as_bytes());
    hash.update(&row.bytes);
    hash.finalize().iter().take(8).fold(0, |sum, byte| sum << 8 | i64::from(*byte))
}

/// What is computed before the writer thread is asked.
pub(crate) struct Packed {
    body: Vec<u8>,
    body_sha256: Sha256,
    meta: Vec<u8>,
    meta_sha256: Sha256,
}

impl Packed {
    pub(crate) fn new(folded: &Folded) -> Result<Self, StoreError> {
        Ok(Self {
            body: packed::pack(&folded.body, ZSTD_LEVEL)?,
            body_sha256: Sha256::of(folded.body.as_bytes()),
            meta: packed::pack(&folded.meta_json, ZSTD_LEVEL)?,
            meta_sha256: Sha256::of(folded.meta_json.as_bytes()),
        })
    }
}

fn fold(
    connection: &Connection,
    n: i64,
    article: ArticleId,
    upto: i64,
    folded: &Folded,
    packed: &Packed,
    at: Instant,
) -> Result<(), StoreError> {
    let generations = connection
        .prepare_cached("SELECT upto FROM snapshot WHERE article = ?1 ORDER BY upto DESC")?
        .query_map([n], |row| row.get::<_, i64>(0))?
        .collect::<Result<Vec<_>, _>>()?;
    // A snapshot can't hold rows that are still to come.
    let upto = upto.min(last_seq(connection, n)?);
    if generations.first().is_some_and(|newest| *newest >= upto) {
        return Ok(());
    }
    insert_snapshot(connection, n, article, upto, folded, packed, at)?;
    match generations.first() {
        Some(older) if reads_back(connection, n, article, *older)? => forget_before(connection, n, *older),
        _ => Ok(()),
    }
}

/// One generation.
pub(crate) fn insert_snapshot(
    connection: &Connection,
    n: i64,
    article: ArticleId,
    upto: i64,
    folded: &Folded,
    packed: &Packed,
    at: Instant,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO snapshot (article, upto, bytes, sum, body, body_sha256, meta, meta_sha256,
                                   version, engine, at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        )?
        .execute(params![
            n,
            upto,
            folded.snapshot,
            snapshot_sum(article, upto, &folded.snapshot, &packed.body_sha256.0).0,
            packed.body,
            packed.body_sha256.0,
            packed.meta,
            packed.meta_sha256.0,
            folded.version,
            folded.engine,
            at.0
        ])?;
    Ok(())
}

/// The checksum of a snapshot at its place.
pub(crate) fn snapshot_sum(article: ArticleId, upto: i64, bytes: &[u8], body_sha256: &[u8]) -> Sha256 {
    let mut hash = sha2::Sha256::new();
    hash.update(article.0.as_bytes());
    hash.update(upto.to_le_bytes());
    hash.update(body_sha256);
    hash.update(bytes);
    Sha256(hash.finalize().into())
}

fn reads_back(connection: &Connection, n: i64, article: ArticleId, upto: i64) -> Result<bool, StoreError> {
    let generations = pieces::generations(connection, n, article)?;
    Ok(generations.iter().any(|generation| generation.upto == upto && generation.sound))
}

/// Removes generations before `older` and the rows it holds, keeping the last number of each view.
fn forget_before(connection: &Connection, n: i64, older: i64) -> Result<(), StoreError> {
    sync::note_folded(connection, n, older)?;
    connection
        .prepare_cached(
            "INSERT INTO view_seen (article, view, view_seq, at)
             SELECT article, view, max(view_seq), max(at) FROM journal
             WHERE article = ?1 AND seq <= ?2 AND view <> '' GROUP BY view
             ON CONFLICT (article, view) DO UPDATE
               SET view_seq = max(view_seq, excluded.view_seq), at = max(at, excluded.at)",
        )?
        .execute(params![n, older])?;
    // A view that is older than 32 others will not send again.
    connection
        .prepare_cached(
            "DELETE FROM view_seen WHERE article = ?1 AND view NOT IN
               (SELECT view FROM view_seen WHERE article = ?1 ORDER BY at DESC, view LIMIT 32)",
        )?
        .execute([n])?;
    connection
        .prepare_cached(
            "UPDATE state SET
               seq = max(seq, ?2),
               edited_at = coalesce((SELECT at FROM journal WHERE article = ?1 AND seq = ?2), edited_at),
               caret = coalesce((SELECT caret FROM journal
                                 WHERE article = ?1 AND seq <= ?2 AND seq > caret_seq AND caret >= 0
                                 ORDER BY seq DESC LIMIT 1), caret)
             WHERE article = ?1",
        )?
        .execute(params![n, older])?;
    connection
        .prepare_cached("DELETE FROM journal WHERE article = ?1 AND seq <= ?2")?
        .execute(params![n, older])?;
    connection
        .prepare_cached("DELETE FROM snapshot WHERE article = ?1 AND upto < ?2")?
        .execute(params![n, older])?;
    Ok(())
}
