//! How one article stands with the newsroom, and how far the server has it.

use galley_model::ArticleId;
use rusqlite::{OptionalExtension as _, params};
use uuid::Uuid;

use crate::article;
use crate::error::StoreError;
use crate::library::Library;

/// How an article stands with the newsroom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ArticleSync {
    /// Whether what is typed is sent.
    pub goes_up: bool,
    /// Something has still to be queued.
    pub unsent: bool,
    /// Why nothing is sent although it goes up; empty when it is.
    pub stuck: String,
    /// `withdrawn`, `deleted`, or empty while the newsroom shows it.
    pub access: String,
    /// The last update of the server that is here.
    pub seen_seq: i64,
    /// The last there is.
    pub last_seq: i64,
    /// The newsroom's word, as JSON; empty before the first.
    pub standing: String,
    /// The article this one is a private copy of.
    pub copy_of: Option<ArticleId>,
}

impl ArticleSync {
    /// Whether less is here than the server has, and gives.
    #[must_use]
    pub fn is_behind(&self) -> bool {
        self.last_seq > self.seen_seq && self.access.is_empty()
    }
}

impl Library {
    /// How an article stands with the newsroom; the default for one that is only here.
    pub fn article_sync(&self, article: ArticleId) -> Result<ArticleSync, StoreError> {
        self.read(|connection| {
            let n = article::number(connection, article)?;
            let mut sync = connection.prepare_cached(
                "SELECT goes_up, unsent, stuck, access, seen_seq, last_seq, standing FROM sync WHERE article = ?1",
            )?;
            let sync = sync.query_row([n], |row| {
                Ok(ArticleSync {
                    goes_up: row.get(0)?,
                    unsent: row.get(1)?,
                    stuck: row.get(2)?,
                    access: row.get(3)?,
                    seen_seq: row.get(4)?,
                    last_seq: row.get(5)?,
                    standing: row.get(6)?,
                    copy_of: None,
                })
            });
            let mut sync = sync.optional()?.unwrap_or_default();
            let mut copy = connection.prepare_cached("SELECT of_article FROM private_copy WHERE copy = ?1")?;
            let of = copy.query_row([n], |row| row.get(0)).optional()?;
            sync.copy_of = of.map(|of| ArticleId(Uuid::from_bytes(of)));
            Ok(sync)
        })
    }

    /// Articles that go up, in the order of their numbers here, after one of them: for comparing with the server.
    pub fn going_up(&self, after: i64, limit: u32) -> Result<Vec<(i64, ArticleId)>, StoreError> {
        self.read(|connection| {
            let mut rows = connection.prepare_cached(
                "SELECT n, id FROM sync JOIN article ON article.n = sync.article
                 WHERE goes_up = 1 AND n > ?1 ORDER BY n LIMIT ?2",
            )?;
            let rows = rows.query_map(params![after, limit], |row| {
                Ok((row.get(0)?, ArticleId(Uuid::from_bytes(row.get(1)?))))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// What the server acknowledged of each peer of an article, as the library knows it.
    pub fn acknowledged(&self, article: ArticleId) -> Result<Vec<(u64, i32)>, StoreError> {
        self.read(|connection| {
            let n = article::number(connection, article)?;
            let mut rows = connection
                .prepare_cached("SELECT peer, acked FROM upload WHERE article = ?1 AND acked > 0")?;
            let rows = rows.query_map([n], |row| Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get(1)?)))?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }
}
