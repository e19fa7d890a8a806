//! Checks, and copies of the library that were read back: seven kept, and one before each migration.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use galley_model::{ArticleId, Instant};
use rusqlite::Connection;

use crate::error::StoreError;
use crate::library::Library;
use crate::{article, connection, files, pieces};

/// Daily copies kept.
const KEPT: usize = 7;
/// Daily copies of a library with articles that could not be mended, kept beside the sound ones.
const KEPT_DAMAGED: usize = 2;
/// Copies from before a migration kept.
const KEPT_BEFORE: usize = 3;

const SOUND: &str = "library-";
const DAMAGED: &str = "damaged-library-";
const BEFORE: &str = "before-version-";

/// A copy of the library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Backup {
    /// Where it lies.
    pub path: PathBuf,
    /// Articles that are damaged in the library itself and could be mended from nowhere. While there are any,
    /// older copies and the day log are kept longer.
    pub damaged: Vec<ArticleId>,
}

impl Library {
    /// Looks through the whole file for damage. Takes a while in a large library; to be called once the window
    /// is ready, after an unclean exit. A damaged library is rebuilt when it is next opened.
    pub fn check(&self) -> Result<(), StoreError> {
        self.read(quick_check)
    }

    /// Makes a verified copy, and returns where it lies. Blocks for as long as that takes; typing goes on.
    pub fn backup(&self, now: Instant) -> Result<Backup, StoreError> {
        // What stands in a finished file of the day log was committed before the copy begins.
        let finished = self.writer().alone(|_, day_log| Ok(day_log.finished()?)).wait()?;
        let name = |kind: &str| format!("{kind}{}.sqlite", stamp(now));
        let folder = self.folder().join("backups");
        files::private_dir(&folder)?;
        let mut part = copy(&self.open_for_copy()?, &folder)?;
        let mut damaged = part.verify()?;
        if !damaged.is_empty() {
            // Loading an article mends it where it can be mended.
            damaged.iter().try_for_each(|article| self.load(*article).map(drop))?;
            self.writer().alone(|_, _| Ok(())).wait()?;
            part = copy(&self.open_for_copy()?, &folder)?;
            damaged = part.verify()?;
        }
        let path = part.keep(&folder.join(name(if damaged.is_empty() { SOUND } else { DAMAGED })))?;
        prune(&folder, DAMAGED, KEPT_DAMAGED)?;
        if damaged.is_empty() {
            prune(&folder, SOUND, KEPT)?;
            self.writer().alone(move |_, day_log| Ok(day_log.remove(finished)?)).wait()?;
        }
        Ok(Backup { path, damaged })
    }

    /// A connection of its own, so that neither reads nor commits wait for the copy.
    fn open_for_copy(&self) -> Result<Connection, StoreError> {
        connection::writer(&self.folder().join("library.sqlite"))
    }
}

/// Before a migration: a copy that a failed or regretted one can be undone with.
pub(crate) fn before_migration(
    connection: &Connection,
    folder: &Path,
    version: u32,
    now: Instant,
) -> Result<(), StoreError> {
    let backups = folder.join("backups");
    files::private_dir(&backups)?;
    let part = copy(connection, &backups)?;
    quick_check(&connection::aside(&part.0)?)?;
    part.keep(&backups.join(format!("{BEFORE}{}-{}.sqlite", version + 1, stamp(now))))?;
    prune(&backups, BEFORE, KEPT_BEFORE)
}

/// All daily copies of a library, sound ones first, newest first.
pub(crate) fn all(folder: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let folder = folder.join("backups");
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut copies = named(&folder, DAMAGED)?;
    copies.extend(named(&folder, SOUND)?);
    copies.reverse();
    Ok(copies)
}

/// A copy that has not been verified; removed unless it is kept.
struct Part(PathBuf);

impl Part {
    /// Reads everything back. Returns the articles that are not as they were written.
    fn verify(&self) -> Result<Vec<ArticleId>, StoreError> {
        let copy = connection::aside(&self.0)?;
        quick_check(&copy)?;
        let mut damaged = damaged_rows(&copy)?;
        damaged.extend(damaged_snapshots(&copy)?);
        damaged.sort();
        damaged.dedup();
        Ok(damaged)
    }

    fn keep(self, path: &Path) -> Result<PathBuf, StoreError> {
        File::open(&self.0)?.sync_all()?;
        fs::rename(&self.0, path)?;
        path.parent().map_or(Ok(()), files::sync_dir)?;
        Ok(path.to_owned())
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

fn copy(connection: &Connection, folder: &Path) -> Result<Part, StoreError> {
    let part = Part(files::temporary_name(&folder.join("copy")));
    drop(files::private_file().write(true).open(&part.0)?);
    let into = part.0.to_str().ok_or(std::io::ErrorKind::InvalidFilename).map_err(std::io::Error::from)?;
    let copied = connection.execute("VACUUM INTO ?1", [into]);
    copied.map_err(|error| connection::named(connection, error.into()))?;
    Ok(part)
}

fn quick_check(connection: &Connection) -> Result<(), StoreError> {
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if found == "ok" { Ok(()) } else { Err(StoreError::Damaged { detail: found }) }
}

fn damaged_rows(copy: &Connection) -> Result<Vec<ArticleId>, StoreError> {
    each_article(copy, "SELECT DISTINCT article FROM journal", |n, article| {
        pieces::rows_are_sound(copy, n, article)
    })
}

fn damaged_snapshots(copy: &Connection) -> Result<Vec<ArticleId>, StoreError> {
    each_article(copy, "SELECT DISTINCT article FROM snapshot", |n, article| {
        Ok(pieces::generations(copy, n, article)?.iter().all(|generation| generation.sound))
    })
}

/// The articles that a table speaks of and that are not sound.
fn each_article(
    copy: &Connection,
    numbers: &str,
    is_sound: impl Fn(i64, ArticleId) -> Result<bool, StoreError>,
) -> Result<Vec<ArticleId>, StoreError> {
    let mut damaged = Vec::new();
    let mut numbers = copy.prepare(numbers)?;
    let mut numbers = numbers.query([])?;
    while let Some(row) = numbers.next()? {
        let n = row.get(0)?;
        if let Some(article) = article::id(copy, n)?
            && !is_sound(n, article)?
        {
            damaged.push(article);
        }
    }
    Ok(damaged)
}

fn named(folder: &Path, kind: &str) -> Result<Vec<PathBuf>, StoreError> {
    let mut copies = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_str().is_some_and(|name| name.starts_with(kind) && name.ends_with(".sqlite"))
        {
            copies.push(entry.path());
        }
    }
    copies.sort();
    Ok(copies)
}

/// Removes the oldest copies of a kind.
fn prune(folder: &Path, kind: &str, kept: usize) -> Result<(), StoreError> {
    let copies = named(folder, kind)?;
    let surplus = copies.len().saturating_sub(kept);
    copies.iter().take(surplus).try_for_each(fs::remove_file)?;
    Ok(())
}

/// A time as part of a file name: sorts as it passes.
pub(crate) fn stamp(at: Instant) -> String {
    let time = chrono::DateTime::from_timestamp_millis(at.0).unwrap_or_default();
    time.format("%Y-%m-%dT%H%M%S%.3fZ").to_string()
}
