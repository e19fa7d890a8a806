//! Bringing the index file up to date with the library, and making it anew when it is not of this library.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use galley_model::search::{fold, terms};
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::error::StoreError;
use crate::packed::Unpacker;
use crate::{connection, files};

/// Raised when terms are made differently: the index is then made anew.
const VERSION: u32 = 1;
/// Search texts of one transaction.
const BATCH: usize = 500;
/// Bytes of terms gathered in memory before they are written, while typing and while catching up with much.
const GATHERED: (u32, u32) = (1 << 20, 16 << 20);

/// Pages of one step of joining.
const STEP: i32 = 2_000;

const FRESH: &str = "
-- Whose changes these are, and up to which change and which deletion the index has come.
CREATE TABLE progress (
  one INTEGER NOT NULL PRIMARY KEY CHECK (one = 1),
  epoch BLOB NOT NULL,
  upto INTEGER NOT NULL,
  deletions INTEGER NOT NULL
) STRICT;
-- Which change of an article the index holds.
CREATE TABLE held (
  article INTEGER NOT NULL PRIMARY KEY,
  change INTEGER NOT NULL
) STRICT;
-- Texts become terms before they come here; a term's first character finds it, too.
CREATE VIRTUAL TABLE term USING fts5 (
  text, content = '', contentless_delete = 1, detail = none, prefix = '1', tokenize = 'ascii'
);";

/// Knows the two files and whose they are.
pub(super) struct Builder {
    path: PathBuf,
    library: PathBuf,
    epoch: [u8; 16],
    stopping: Arc<AtomicBool>,
}

/// The number of the last change in the index, if it is one of the library `epoch`.
pub(super) fn come_to(index: &Connection, epoch: &[u8; 16]) -> Result<Option<i64>, StoreError> {
    let mut progress = index.prepare_cached("SELECT upto FROM progress WHERE epoch = ?1")?;
    Ok(progress.query_row([epoch], |row| row.get(0)).optional()?)
}

impl Builder {
    pub(super) fn new(path: PathBuf, library: PathBuf, epoch: [u8; 16], stopping: Arc<AtomicBool>) -> Self {
        Self { path, library, epoch, stopping }
    }

    /// Indexes what the library has and the index has not. A file that is damaged, of another library or ahead
    /// of it is removed (`before_removal` closes what is open on it) and made anew.
    pub(super) fn catch_up(&self, before_removal: impl Fn()) -> Result<(), StoreError> {
        match self.try_catch_up() {
            Err(StoreError::Damaged { .. }) => {
                before_removal();
                for end in ["", "-wal", "-shm"] {
                    let mut name = self.path.clone().into_os_string();
                    name.push(end);
                    match fs::remove_file(name) {
                        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                            return Err(error.into());
                        }
                        _ => {}
                    }
                }
                self.try_catch_up()
            }
            outcome => outcome,
        }
    }

    fn try_catch_up(&self) -> Result<(), StoreError> {
        let library = connection::reader(&self.library)?;
        let mut index = self.open()?;
        let newest = greatest(&library, "plain")?;
        let upto = come_to(&index, &self.epoch)?.filter(|upto| *upto <= newest);
        let Some(mut upto) = upto else {
            return Err(StoreError::Damaged { detail: "the search index is another library's".to_owned() });
        };
        let much = newest - upto > 10 * BATCH as i64;
        gather(&index, if much { GATHERED.1 } else { GATHERED.0 })?;
        while !self.stopping.load(Ordering::Relaxed) {
            let texts = texts(&library, upto)?;
            let Some((last, ..)) = texts.last() else { break };
            upto = *last;
            write(&mut index, &texts, upto)?;
        }
        if much {
            gather(&index, GATHERED.0)?;
            self.join_segments(&index)?;
        }
        forget_deleted(&mut index, &library)
    }

    /// Joins what was written in pieces into one tree, in steps that a closing library can break off.
    fn join_segments(&self, index: &Connection) -> Result<(), StoreError> {
        // Negative: begin, with all pieces; positive: go on.
        let mut pages = -STEP;
        while !self.stopping.load(Ordering::Relaxed) {
            let before = index.total_changes();
            index.execute("INSERT INTO term (term, rank) VALUES ('merge', ?1)", [pages])?;
            if index.total_changes() - before < 2 {
                break;
            }
            pages = STEP;
        }
        Ok(())
    }

    fn open(&self) -> Result<Connection, StoreError> {
        drop(files::private_file().write(true).truncate(false).open(&self.path)?);
        let mut index = connection::writer(&self.path)?;
        // Losing the last commits only means doing them again.
        index.execute_batch("PRAGMA synchronous = NORMAL; PRAGMA wal_autocheckpoint = 1000;")?;
        let version: u32 = index.query_row("PRAGMA user_version", [], |row| row.get(0))?;
        if version == VERSION {
            return Ok(index);
        }
        if version != 0 {
            return Err(StoreError::Damaged { detail: format!("the search index has version {version}") });
        }
        let transaction = index.transaction()?;
        transaction.execute_batch(FRESH)?;
        transaction.execute(
            "INSERT INTO progress (one, epoch, upto, deletions) VALUES (1, ?1, 0, 0)",
            [self.epoch],
        )?;
        transaction.pragma_update(None, "user_version", VERSION)?;
        transaction.commit()?;
        Ok(index)
    }
}

/// The highest number that a table of the library ever gave.
fn greatest(library: &Connection, table: &str) -> Result<i64, StoreError> {
    let mut greatest = library.prepare_cached("SELECT seq FROM sqlite_sequence WHERE name = ?1")?;
    Ok(greatest.query_row([table], |row| row.get(0)).optional()?.unwrap_or_default())
}

fn gather(index: &Connection, bytes: u32) -> Result<(), StoreError> {
    index.execute("INSERT INTO term (term, rank) VALUES ('hashsize', ?1)", [bytes])?;
    Ok(())
}

/// The next changes: number, article, terms.
fn texts(library: &Connection, after: i64) -> Result<Vec<(i64, i64, String)>, StoreError> {
    let mut unpacker = Unpacker::new()?;
    let mut texts = library.prepare_cached(
        "SELECT change, article, text FROM plain WHERE change > ?1 ORDER BY change LIMIT ?2",
    )?;
    let texts = texts.query_map(params![after, BATCH as i64], |row| {
        Ok((row.get(0)?, row.get(1)?, row.get::<_, Vec<u8>>(2)?))
    })?;
    texts
        .map(|row| {
            let (change, article, packed) = row?;
            // A text that cannot be read is found by nobody until it is projected again.
            let text = unpacker.unpack(&packed).unwrap_or_default();
            Ok((change, article, terms(&fold(&text))))
        })
        .collect()
}

fn write(index: &mut Connection, texts: &[(i64, i64, String)], upto: i64) -> Result<(), StoreError> {
    let transaction = index.transaction()?;
    {
        let mut held = transaction.prepare_cached(
            "INSERT INTO held (article, change) VALUES (?1, ?2)
             ON CONFLICT (article) DO UPDATE SET change = excluded.change",
        )?;
        let mut add = transaction.prepare_cached("INSERT INTO term (rowid, text) VALUES (?1, ?2)")?;
        for (change, article, terms) in texts {
            forget(&transaction, *article)?;
            add.execute(params![change, terms])?;
            held.execute(params![article, change])?;
        }
        transaction.execute("UPDATE progress SET upto = ?1", [upto])?;
    }
    transaction.commit()?;
    Ok(())
}

fn forget(index: &Connection, article: i64) -> Result<(), StoreError> {
    let mut held = index.prepare_cached("DELETE FROM held WHERE article = ?1 RETURNING change")?;
    let change: Option<i64> = held.query_row([article], |row| row.get(0)).optional()?;
    if let Some(change) = change {
        index.prepare_cached("DELETE FROM term WHERE rowid = ?1")?.execute([change])?;
    }
    Ok(())
}

fn forget_deleted(index: &mut Connection, library: &Connection) -> Result<(), StoreError> {
    let known: i64 = index.query_row("SELECT deletions FROM progress", [], |row| row.get(0))?;
    let mut deleted = library.prepare_cached("SELECT no, article FROM deleted_article WHERE no > ?1")?;
    let deleted = deleted.query_map([known], |row| Ok((row.get(0)?, row.get(1)?)))?;
    let deleted: Vec<(i64, i64)> = deleted.collect::<Result<_, _>>()?;
    let Some(last) = deleted.iter().map(|(no, _)| *no).max() else { return Ok(()) };
    let transaction = index.transaction()?;
    deleted.iter().try_for_each(|(_, article)| forget(&transaction, *article))?;
    transaction.execute("UPDATE progress SET deletions = ?1", [last])?;
    transaction.commit()?;
    Ok(())
}
