//! Reading an article back: the newest sound snapshot and the rows after it.
//!
//! Every snapshot and row is checked against what was written. A damaged snapshot makes way for the older
//! generation; what else is damaged or missing is looked for in the day log and in the backups, and written
//! back. What can be found nowhere is reported, with the last plain text, and never papered over.

use std::collections::BTreeMap;

use galley_model::{ArticleId, Instant, Sha256};
use rusqlite::Connection;

use crate::error::StoreError;
use crate::library::Library;
use crate::list::{List, Publication};
use crate::packed::Unpacker;
use crate::pieces::{Pieces, Stored};

/// All that the library has of one article.
#[derive(Clone, Debug, Default)]
pub struct StoredArticle {
    /// The newest sound snapshot, with the journal row it reaches to.
    pub snapshot: Option<Vec<u8>>,
    /// See `snapshot`; 0 without one.
    pub snapshot_seq: i64,
    /// SHA-256 of the body the snapshot stands for: what the text engine must read out of it.
    pub snapshot_body: Option<Sha256>,
    /// The rows after the snapshot, in order.
    pub updates: Vec<Vec<u8>>,
    /// Number of the last committed row.
    pub last_seq: i64,
    /// The last number of each view, so that an update sent again is known.
    pub seen_view_seqs: BTreeMap<String, u32>,
    /// What was typed into the form and not yet set.
    pub drafts: BTreeMap<String, String>,
    /// Text of a composition that was cut off; empty when none.
    pub composition: String,
    /// UTF-16.
    pub caret: u32,
    /// First visible pixel.
    pub scroll: u32,
    /// Where it stands.
    pub list: List,
    /// How it stands on this computer's site.
    pub publication: Publication,
    /// The version that readers see, empty for none.
    pub live_version: Vec<u8>,
    /// When it was made.
    pub created_at: Instant,
    /// The last append.
    pub edited_at: Instant,
    /// What could not be read as it was written, if anything.
    pub damage: Option<Damage>,
}

/// What could not be read of an article.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Damage {
    /// Snapshots that do not read back as they were written.
    pub snapshots: u32,
    /// Rows and snapshots that came back whole from the day log or a backup.
    pub restored: u32,
    /// Rows that were found nowhere: the text is not complete.
    pub lost: Vec<i64>,
    /// The newest plain text that reads back whole.
    pub plain: Option<PlainText>,
}

/// The exit door: an article's text without the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlainText {
    /// The journal row it reaches to.
    pub upto_seq: i64,
    /// When it was written.
    pub at: Instant,
    /// The body.
    pub body: String,
    /// The facts, as JSON.
    pub meta_json: String,
}

impl Library {
    /// Everything needed to open an article.
    pub fn load(&self, article: ArticleId) -> Result<StoredArticle, StoreError> {
        self.load_from(article, i64::MAX)
    }

    /// Like [`Library::load`] from a generation before `seq`, for a snapshot that the text engine refuses
    /// although it reads back as it was written.
    pub fn load_before(&self, article: ArticleId, seq: i64) -> Result<StoredArticle, StoreError> {
        self.load_from(article, seq)
    }

    fn load_from(&self, article: ArticleId, before: i64) -> Result<StoredArticle, StoreError> {
        let (mut stored, mut pieces) = self.read(|connection| {
            let n = crate::article::number(connection, article)?;
            let pieces = Pieces::read(connection, n, article)?;
            let (mut stored, caret_seq) = facts(connection, n)?;
            stored.seen_view_seqs = seen(connection, n, &pieces.rows)?;
            let last = pieces.rows.values().rev().find(|row| row.sound);
            stored.edited_at = last.map_or(stored.edited_at, |row| row.at);
            let mut later = pieces.rows.values().rev().take_while(|row| row.seq > caret_seq);
            stored.caret = later.find_map(|row| row.caret).unwrap_or(stored.caret);
            (stored.drafts, stored.composition) = drafts(connection, n)?;
            Ok((stored, pieces))
        })?;
        let damaged = pieces.generations.iter().filter(|generation| !generation.sound).count() as u32;
        let mut choice = pieces.choose(before);
        if damaged > 0 || !pieces.are_sound() || !choice.lost.is_empty() {
            let restored;
            (choice, restored) = self.repair(article, &mut pieces, before);
            let plain = self.plain_text(article)?;
            stored.damage = Some(Damage { snapshots: damaged, restored, lost: choice.lost.clone(), plain });
        }
        let chosen = choice.generation.and_then(|at| pieces.generations.into_iter().nth(at));
        let after = chosen.as_ref().map_or(0, |generation| generation.upto);
        stored.last_seq = choice.last_seq;
        stored.snapshot_seq = after;
        stored.snapshot_body = chosen.as_ref().and_then(|generation| generation.body_sha256);
        stored.snapshot = chosen.map(|generation| generation.bytes);
        let tail = pieces.rows.into_values().filter(|row| row.sound && row.seq > after);
        stored.updates = tail.map(|row| row.row.bytes).collect();
        Ok(stored)
    }

    /// The newest plain text of an article that reads back whole.
    pub fn plain_text(&self, article: ArticleId) -> Result<Option<PlainText>, StoreError> {
        self.read(|connection| plain(connection, crate::article::number(connection, article)?))
    }
}

/// The article without its text, and the last row when its caret was noted.
fn facts(connection: &Connection, n: i64) -> Result<(StoredArticle, i64), StoreError> {
    let mut facts = connection.prepare_cached(
        "SELECT caret_seq, caret, scroll, edited_at, list, publication, live_version, created_at
         FROM article JOIN state ON state.article = article.n WHERE n = ?1",
    )?;
    Ok(facts.query_row([n], |row| {
        let stored = StoredArticle {
            caret: row.get(1)?,
            scroll: row.get(2)?,
            edited_at: Instant(row.get(3)?),
            list: List::named(row.get_ref(4)?.as_str()?),
            publication: Publication::named(row.get_ref(5)?.as_str()?),
            live_version: row.get(6)?,
            created_at: Instant(row.get(7)?),
            ..StoredArticle::default()
        };
        Ok((stored, row.get(0)?))
    })?)
}

fn seen(
    connection: &Connection,
    n: i64,
    rows: &BTreeMap<i64, Stored>,
) -> Result<BTreeMap<String, u32>, StoreError> {
    let mut seen = connection
        .prepare_cached("SELECT view, view_seq FROM view_seen WHERE article = ?1")?
        .query_map([n], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<BTreeMap<String, u32>, _>>()?;
    for row in rows.values().filter(|row| row.sound && !row.row.view.is_empty()) {
        let last = seen.entry(row.row.view.clone()).or_default();
        *last = row.row.view_seq.max(*last);
    }
    Ok(seen)
}

/// The form's drafts, and the composition, which lies under the empty key.
fn drafts(connection: &Connection, n: i64) -> Result<(BTreeMap<String, String>, String), StoreError> {
    let mut drafts = connection
        .prepare_cached("SELECT key, value FROM draft WHERE article = ?1")?
        .query_map([n], |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<Result<BTreeMap<String, String>, _>>()?;
    let composition = drafts.remove("").unwrap_or_default();
    Ok((drafts, composition))
}

fn plain(connection: &Connection, n: i64) -> Result<Option<PlainText>, StoreError> {
    let mut texts = connection.prepare_cached(
        "SELECT upto, at, body, body_sha256, meta, meta_sha256 FROM snapshot WHERE article = ?1
         ORDER BY upto DESC",
    )?;
    let mut texts = texts.query([n])?;
    while let Some(row) = texts.next()? {
        let body = unpack(&row.get::<_, Vec<u8>>(2)?, &row.get::<_, Vec<u8>>(3)?);
        let meta = unpack(&row.get::<_, Vec<u8>>(4)?, &row.get::<_, Vec<u8>>(5)?);
        if let (Some(body), Some(meta_json)) = (body, meta) {
            return Ok(Some(PlainText { upto_seq: row.get(0)?, at: Instant(row.get(1)?), body, meta_json }));
        }
    }
    Ok(None)
}

/// Unpacked text that has the hash it was written with.
fn unpack(packed: &[u8], sha256: &[u8]) -> Option<String> {
    let text = Unpacker::new().ok()?.unpack(packed).ok()?;
    (Sha256::of(text.as_bytes()).0.as_slice() == sha256).then_some(text)
}
