//! Where the lists show what the newsroom knows: said again for a library whose reader became another, since a list
//! such as the one of what waits for me depends on who reads.

use galley_model::ArticleId;
use rusqlite::params;
use uuid::Uuid;

use super::remote::show;
use crate::article;
use crate::error::StoreError;
use crate::library::Library;
use crate::list::{List, Publication};
use crate::pending::Pending;

impl Library {
    /// The newsroom's word on articles after one, in the order of their numbers here, at most `limit`: number, id,
    /// and the JSON.
    pub fn standings(&self, after: i64, limit: u32) -> Result<Vec<(i64, ArticleId, String)>, StoreError> {
        self.read(|connection| {
            let mut rows = connection.prepare_cached(
                "SELECT n, id, standing FROM sync JOIN article ON article.n = sync.article
                 WHERE standing <> '' AND n > ?1 ORDER BY n LIMIT ?2",
            )?;
            let rows = rows.query_map(params![after, limit], |row| {
                Ok((row.get(0)?, ArticleId(Uuid::from_bytes(row.get(1)?)), row.get(2)?))
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// Moves articles to the lists they belong to, and notes how they are published; what the writer threw away stays
    /// in the trash, and what is not here is left out.
    pub fn place(&self, places: Vec<(ArticleId, List, Publication)>) -> Pending<()> {
        self.writer().write(move |connection, entries| {
            for (id, list, publication) in &places {
                if let Some(n) = article::find(connection, *id)? {
                    show(connection, *id, n, *publication, *list, entries)?;
                }
            }
            Ok(())
        })
    }
}
