//! Revisions: versions of an article that have a time, a reason and a hash. The text of one is read from the
//! document's history, never stored twice.

use galley_model::{ArticleId, Instant, RevisionId, Sha256};
use rusqlite::{Connection, OptionalExtension as _, Row, params};
use uuid::Uuid;

use crate::daylog::{Entry, Line};
use crate::error::StoreError;
use crate::library::Library;
use crate::pending::Pending;

/// A version of an article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revision {
    /// Which.
    pub id: RevisionId,
    /// Of which article.
    pub article: ArticleId,
    /// The version of the document, as the text engine writes it.
    pub version: Vec<u8>,
    /// When.
    pub at: Instant,
    /// `opened`, `named`, `pause`, `restore`, `publish`, `replace`.
    pub reason: String,
    /// The writer's own name for it, or empty.
    pub label: String,
    /// Who, or empty.
    pub author: String,
    /// 字数
    pub words: u32,
    /// The headline then.
    pub headline: String,
    /// The content hash then.
    pub content_hash: Sha256,
}

const COLUMNS: &str = "revision.id, article.id, version, at, reason, label, author, revision.words,
     revision.headline, content_hash";

impl Library {
    /// Adds a revision; one that is there already takes the new label.
    pub fn add_revision(&self, revision: Revision) -> Pending<()> {
        self.writer().write(move |connection, entries| {
            let (n, no) = crate::article::next_change(connection, revision.article)?;
            write(connection, n, &revision)?;
            entries.push(Entry::Line(Line::revision(no, &revision)));
            Ok(())
        })
    }

    /// All revisions of an article, newest first.
    pub fn revisions(&self, article: ArticleId) -> Result<Vec<Revision>, StoreError> {
        self.read(|connection| {
            let n = crate::article::number(connection, article)?;
            let mut revisions = connection.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM revision JOIN article ON article.n = revision.article
                 WHERE article = ?1 ORDER BY at DESC, revision.id DESC"
            ))?;
            let revisions = revisions.query_map([n], read)?;
            Ok(revisions.collect::<Result<_, _>>()?)
        })
    }

    /// One revision, if it is there.
    pub fn revision(&self, id: RevisionId) -> Result<Option<Revision>, StoreError> {
        self.read(|connection| {
            let mut revision = connection.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM revision JOIN article ON article.n = revision.article
                 WHERE revision.id = ?1"
            ))?;
            Ok(revision.query_row([id.0.as_bytes()], read).optional()?)
        })
    }
}

pub(crate) fn write(connection: &Connection, n: i64, revision: &Revision) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO revision (id, article, version, at, reason, label, author, words, headline,
                                   content_hash)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
             ON CONFLICT (id) DO UPDATE SET label = excluded.label",
        )?
        .execute(params![
            revision.id.0.as_bytes(),
            n,
            revision.version,
            revision.at.0,
            revision.reason,
            revision.label,
            revision.author,
            revision.words,
            revision.headline,
            revision.content_hash.0
        ])?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<Revision> {
    Ok(Revision {
        id: RevisionId(Uuid::from_bytes(row.get(0)?)),
        article: ArticleId(Uuid::from_bytes(row.get(1)?)),
        version: row.get(2)?,
        at: Instant(row.get(3)?),
        reason: row.get(4)?,
        label: row.get(5)?,
        author: row.get(6)?,
        words: row.get(7)?,
        headline: row.get(8)?,
        content_hash: Sha256(row.get(9)?),
    })
}
