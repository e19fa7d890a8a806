//! What a look at everything reads, and the one thing that can be mended in place.

use galley_model::{ArticleId, Sha256};
use rusqlite::Connection;

use super::StorageError;
use super::read::stored;
use super::sqlite::{SqliteStorage, storage_error};

/// The numbers of one article's text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Head {
    pub(crate) article: ArticleId,
    /// As the article's row says.
    pub(crate) last_seq: i64,
    pub(crate) content_hash: Sha256,
    /// As its updates say: how many, and the highest number.
    pub(crate) n_updates: i64,
    pub(crate) highest_seq: i64,
}

impl SqliteStorage {
    /// Every article that has a text.
    pub(crate) async fn heads(&self) -> Result<Vec<Head>, StorageError> {
        self.read(heads).await
    }

    /// Forgets an article's snapshot; it is made again from the updates, which are all kept.
    pub(crate) async fn forget_snapshot(&self, article: ArticleId) -> Result<(), StorageError> {
        self.write(move |connection| {
            let sql = "DELETE FROM text_snapshot WHERE article = ?";
            connection.execute(sql, [article.to_string()]).map(drop).map_err(storage_error)
        })
        .await
    }
}

fn heads(connection: &Connection) -> Result<Vec<Head>, StorageError> {
    let sql = "
        SELECT document.article, document.content_hash, document.last_seq, count(seq), ifnull(max(seq), 0)
        FROM document LEFT JOIN text_update ON text_update.article = document.article
        WHERE document.deleted = 0 GROUP BY document.article ORDER BY document.article";
    let mut statement = connection.prepare(sql).map_err(storage_error)?;
    let rows = statement
        .query_map([], |row| {
            let words: [String; 2] = [row.get(0)?, row.get(1)?];
            Ok((words, [row.get::<_, i64>(2)?, row.get(3)?, row.get(4)?]))
        })
        .map_err(storage_error)?;
    let rows: Vec<_> = rows.collect::<Result<_, _>>().map_err(storage_error)?;
    let head = |([article, content_hash], [last_seq, n_updates, highest_seq]): ([String; 2], [i64; 3])| {
        let (article, content_hash) = (stored(&article)?, stored(&content_hash)?);
        Ok(Head { article, last_seq, content_hash, n_updates, highest_seq })
    };
    rows.into_iter().map(head).collect()
}
