//! The pieces an article's text is put together from, and the choice among them.

use std::collections::{BTreeMap, BTreeSet};

use galley_model::{ArticleId, Instant, Sha256};
use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension as _, Row};

use crate::error::StoreError;
use crate::journal::{self, JournalRow};

/// A snapshot as it lies in a library, and whether it is as it was written.
pub(crate) struct Generation {
    pub(crate) upto: i64,
    pub(crate) sound: bool,
    pub(crate) bytes: Vec<u8>,
    pub(crate) body_sha256: Option<Sha256>,
    /// The whole row, for one that comes from elsewhere.
    pub(crate) copied: Option<Vec<Value>>,
}

/// A row as it lies in a library, and whether it is as it was written.
pub(crate) struct Stored {
    pub(crate) seq: i64,
    pub(crate) at: Instant,
    pub(crate) caret: Option<u32>,
    pub(crate) row: JournalRow,
    pub(crate) sound: bool,
    /// True for one that this library did not have.
    pub(crate) elsewhere: bool,
}

/// Everything of one article, from one library or several.
pub(crate) struct Pieces {
    /// The last row that was folded away.
    pub(crate) folded_away: i64,
    /// Newest first.
    pub(crate) generations: Vec<Generation>,
    /// By number.
    pub(crate) rows: BTreeMap<i64, Stored>,
}

/// What the text is put together from.
pub(crate) struct Choice {
    /// Place of the snapshot among the generations.
    pub(crate) generation: Option<usize>,
    /// The last row there was.
    pub(crate) last_seq: i64,
    /// Rows after the snapshot that are not there.
    pub(crate) lost: Vec<i64>,
}

impl Pieces {
    pub(crate) fn read(connection: &Connection, n: i64, article: ArticleId) -> Result<Self, StoreError> {
        let mut folded_away = connection.prepare_cached("SELECT seq FROM state WHERE article = ?1")?;
        let folded_away = folded_away.query_row([n], |row| row.get(0)).optional()?;
        Ok(Self {
            folded_away: folded_away.unwrap_or_default(),
            generations: generations(connection, n, article)?,
            rows: rows(connection, n, article)?,
        })
    }

    /// Whether every row is as it was written.
    pub(crate) fn are_sound(&self) -> bool {
        self.rows.values().all(|row| row.sound)
    }

    /// Adds what another library or the day log has and this one lacks.
    pub(crate) fn add(&mut self, rows: impl IntoIterator<Item = Stored>, generations: Vec<Generation>) {
        for row in rows.into_iter().filter(|row| row.sound) {
            if self.rows.get(&row.seq).is_none_or(|there| !there.sound) {
                self.rows.insert(row.seq, Stored { elsewhere: true, ..row });
            }
        }
        let known: BTreeSet<i64> = self
            .generations
            .iter()
            .filter(|generation| generation.sound)
            .map(|generation| generation.upto)
            .collect();
        self.generations
            .extend(generations.into_iter().filter(|new| new.sound && !known.contains(&new.upto)));
        self.generations.sort_by_key(|generation| std::cmp::Reverse(generation.upto));
    }

    /// The newest sound snapshot before `before` whose rows are all there, else the newest sound one.
    pub(crate) fn choose(&self, before: i64) -> Choice {
        let rows: BTreeSet<i64> = self.rows.values().filter(|row| row.sound).map(|row| row.seq).collect();
        let last_seq = self.last_seq(&rows);
        let missing =
            |after: i64| -> Vec<i64> { (after + 1..=last_seq).filter(|seq| !rows.contains(seq)).collect() };
        let usable = || {
            let numbered = self.generations.iter().enumerate();
            numbered.filter(|(_, generation)| generation.sound && generation.upto < before)
        };
        let complete = usable().find(|(_, generation)| missing(generation.upto).is_empty());
        let chosen = complete.or_else(|| usable().next());
        let lost = missing(chosen.map_or(0, |(_, generation)| generation.upto));
        Choice { generation: chosen.map(|(at, _)| at), last_seq, lost }
    }

    /// The last sound number, and beyond it as many as there are damaged rows that fill no gap before: a damaged
    /// row's own number proves nothing.
    fn last_seq(&self, sound: &BTreeSet<i64>) -> i64 {
        let generations = self.generations.iter().filter(|generation| generation.sound);
        let newest = generations.map(|generation| generation.upto).max().unwrap_or_default();
        let last = sound.last().copied().unwrap_or_default().max(newest);
        let gaps = (self.folded_away + 1..=last).filter(|seq| !sound.contains(seq)).count();
        let damaged = self.rows.values().filter(|row| !row.sound).count();
        last + damaged.saturating_sub(gaps) as i64
    }
}

/// All snapshots of an article, newest first.
pub(crate) fn generations(
    connection: &Connection,
    n: i64,
    article: ArticleId,
) -> Result<Vec<Generation>, StoreError> {
    let mut generations = connection.prepare_cached(
        "SELECT upto, bytes, sum, body_sha256 FROM snapshot WHERE article = ?1 ORDER BY upto DESC",
    )?;
    let generations = generations.query_map([n], |row| {
        let upto = row.get(0)?;
        let parts = || -> rusqlite::Result<(Vec<u8>, Vec<u8>, Vec<u8>)> {
            Ok((row.get(1)?, row.get(2)?, row.get(3)?))
        };
        // A value without its type is damage, too.
        let (bytes, sum, body) = parts().unwrap_or_default();
        let sound = journal::snapshot_sum(article, upto, &bytes, &body).0.as_slice() == sum;
        Ok(Generation { upto, sound, bytes, body_sha256: body.try_into().ok().map(Sha256), copied: None })
    })?;
    Ok(generations.collect::<Result<_, _>>()?)
}

/// Columns that [`read_row`] reads.
pub(crate) const ROW: &str = "seq, peer, counter_start, counter_end, view, view_seq, at, bytes, sum, caret";

/// All journal rows of an article, in order.
fn rows(connection: &Connection, n: i64, article: ArticleId) -> Result<BTreeMap<i64, Stored>, StoreError> {
    let mut rows =
        connection.prepare_cached(&format!("SELECT {ROW} FROM journal WHERE article = ?1 ORDER BY seq"))?;
    let rows = rows.query_map([n], |row| read_row(row, article).map(|row| (row.seq, row)))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

/// Whether all journal rows of an article are as they were written.
pub(crate) fn rows_are_sound(
    connection: &Connection,
    n: i64,
    article: ArticleId,
) -> Result<bool, StoreError> {
    Ok(rows(connection, n, article)?.values().all(|row| row.sound))
}

/// One journal row, if there is one of that number.
pub(crate) fn row(
    connection: &Connection,
    n: i64,
    article: ArticleId,
    seq: i64,
) -> Result<Option<Stored>, StoreError> {
    let mut row =
        connection.prepare_cached(&format!("SELECT {ROW} FROM journal WHERE article = ?1 AND seq = ?2"))?;
    Ok(row.query_row([n, seq], |row| read_row(row, article)).optional()?)
}

/// Whether the journal has a row that begins where this one does.
pub(crate) fn has_change(connection: &Connection, n: i64, row: &JournalRow) -> Result<bool, StoreError> {
    let mut same = connection
        .prepare_cached("SELECT 1 FROM journal WHERE article = ?1 AND peer = ?2 AND counter_start = ?3")?;
    Ok(same.exists((n, row.peer.cast_signed(), row.start))?)
}

/// Reads [`ROW`]. A value that does not even have its type is a damaged row, not an error.
pub(crate) fn read_row(row: &Row<'_>, article: ArticleId) -> rusqlite::Result<Stored> {
    let seq = row.get(0)?;
    let parts = || -> rusqlite::Result<(JournalRow, Instant, i64)> {
        let peer = row.get::<_, i64>(1)?.cast_unsigned();
        let (start, end) = (row.get(2)?, row.get(3)?);
        let (view, view_seq, bytes) = (row.get(4)?, row.get(5)?, row.get(7)?);
        Ok((JournalRow { peer, start, end, bytes, view, view_seq }, Instant(row.get(6)?), row.get(8)?))
    };
    Ok(match parts() {
        Ok((parts, at, sum)) => {
            let sound = journal::sum(article, seq, &parts, at) == sum;
            let caret = row.get::<_, i64>(9).ok().and_then(|caret| u32::try_from(caret).ok());
            Stored { seq, sound, at, caret, row: parts, elsewhere: false }
        }
        Err(_) => {
            let (bytes, view) = (Vec::new(), String::new());
            let row = JournalRow { peer: 0, start: 0, end: 0, bytes, view, view_seq: 0 };
            Stored { seq, at: Instant::default(), caret: None, row, sound: false, elsewhere: false }
        }
    })
}
