//! Articles as such: made, moved between lists, deleted for good.

use galley_model::{ArticleId, Instant};
use rusqlite::{Connection, OptionalExtension as _, params};
use uuid::Uuid;

use crate::daylog::{Entry, Line};
use crate::error::StoreError;
use crate::library::Library;
use crate::list::{List, Publication};
use crate::pending::Pending;

impl Library {
    /// Makes an empty draft. Making one that is there already changes nothing; one that was deleted for good does
    /// not come back.
    pub fn create_article(&self, article: ArticleId, now: Instant) -> Pending<()> {
        self.writer().write(move |connection, entries| {
            if was_deleted(connection, article)? {
                return Err(StoreError::NoArticle(article));
            }
            create(connection, article, now)?;
            entries.push(Entry::Line(Line::Created { article, at: now }));
            Ok(())
        })
    }

    /// Moves an article to a list.
    pub fn set_list(&self, article: ArticleId, list: List) -> Pending<()> {
        self.writer().write(move |connection, entries| {
            let (n, no) = next_change(connection, article)?;
            place(connection, n, list)?;
            entries.push(Entry::Line(Line::Listed { article, no, list: list.name().to_owned() }));
            Ok(())
        })
    }

    /// Notes how the publication stands, and which version of the document readers see (empty for none).
    pub fn set_publication(&self, article: ArticleId, state: Publication, version: Vec<u8>) -> Pending<()> {
        self.writer().write(move |connection, entries| {
            let (n, no) = next_change(connection, article)?;
            publish(connection, n, state, &version)?;
            let (state, version) = (state.name().to_owned(), version.clone());
            entries.push(Entry::Line(Line::Published { article, no, state, version }));
            Ok(())
        })
    }

    /// Deletes an article for good, with its history. Backups and set-aside libraries still hold it.
    pub fn delete_article(&self, article: ArticleId, now: Instant) -> Pending<()> {
        let search = self.search_bell();
        self.writer().write(move |connection, entries| {
            if !delete(connection, article, now)? {
                return Err(StoreError::NoArticle(article));
            }
            search.changed();
            entries.push(Entry::Line(Line::Deleted { article, at: now }));
            Ok(())
        })
    }
}

pub(crate) fn place(connection: &Connection, n: i64, list: List) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE article SET list = ?2 WHERE n = ?1")?
        .execute(params![n, list.name()])?;
    Ok(())
}

pub(crate) fn publish(
    connection: &Connection,
    n: i64,
    state: Publication,
    version: &[u8],
) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE article SET publication = ?2, live_version = ?3 WHERE n = ?1")?
        .execute(params![n, state.name(), version])?;
    Ok(())
}

/// Removes an article and notes that it was; false when it was not there.
pub(crate) fn delete(connection: &Connection, article: ArticleId, at: Instant) -> Result<bool, StoreError> {
    let Some(n) = find(connection, article)? else { return Ok(false) };
    connection.prepare_cached("DELETE FROM article WHERE n = ?1")?.execute([n])?;
    connection
        .prepare_cached("INSERT OR REPLACE INTO deleted_article (id, article, at) VALUES (?1, ?2, ?3)")?
        .execute(params![article.0.as_bytes(), n, at.0])?;
    Ok(true)
}

/// Whether an article was deleted for good.
pub(crate) fn was_deleted(connection: &Connection, article: ArticleId) -> Result<bool, StoreError> {
    let mut deleted = connection.prepare_cached("SELECT 1 FROM deleted_article WHERE id = ?1")?;
    Ok(deleted.exists([article.0.as_bytes()])?)
}

/// The article's number inside this library.
pub(crate) fn number(connection: &Connection, article: ArticleId) -> Result<i64, StoreError> {
    find(connection, article)?.ok_or(StoreError::NoArticle(article))
}

/// Like [`number`], for an article that may not be there.
pub(crate) fn find(connection: &Connection, article: ArticleId) -> Result<Option<i64>, StoreError> {
    let mut by_id = connection.prepare_cached("SELECT n FROM article WHERE id = ?1")?;
    Ok(by_id.query_row([article.0.as_bytes()], |row| row.get(0)).optional()?)
}

/// The article's number, and the next of its changes beside the journal.
pub(crate) fn next_change(connection: &Connection, article: ArticleId) -> Result<(i64, i64), StoreError> {
    let mut next = connection.prepare_cached(
        "UPDATE state SET change_no = change_no + 1
         WHERE article = (SELECT n FROM article WHERE id = ?1) RETURNING article, change_no",
    )?;
    let next = next.query_row([article.0.as_bytes()], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    next.ok_or(StoreError::NoArticle(article))
}

/// The number of the article's last change beside the journal.
pub(crate) fn last_change(connection: &Connection, n: i64) -> Result<i64, StoreError> {
    let mut no = connection.prepare_cached("SELECT change_no FROM state WHERE article = ?1")?;
    Ok(no.query_row([n], |row| row.get(0))?)
}

pub(crate) fn set_last_change(connection: &Connection, n: i64, no: i64) -> Result<(), StoreError> {
    connection.prepare_cached("UPDATE state SET change_no = ?2 WHERE article = ?1")?.execute([n, no])?;
    Ok(())
}

/// The article of a number, if there is one.
pub(crate) fn id(connection: &Connection, n: i64) -> Result<Option<ArticleId>, StoreError> {
    let mut id = connection.prepare_cached("SELECT id FROM article WHERE n = ?1")?;
    let id = id.query_row([n], |row| row.get(0)).optional()?;
    Ok(id.map(|id| ArticleId(Uuid::from_bytes(id))))
}

/// The list row and the state row; returns the number, which may be that of an article already there.
pub(crate) fn create(connection: &Connection, article: ArticleId, at: Instant) -> Result<i64, StoreError> {
    if let Some(n) = find(connection, article)? {
        return Ok(n);
    }
    connection
        .prepare_cached("INSERT INTO article (id, created_at, updated_at) VALUES (?1, ?2, ?2)")?
        .execute(params![article.0.as_bytes(), at.0])?;
    let n = connection.last_insert_rowid();
    connection
        .prepare_cached("INSERT INTO state (article, edited_at) VALUES (?1, ?2)")?
        .execute(params![n, at.0])?;
    Ok(n)
}
