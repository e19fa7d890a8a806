//! Sessions: which person sat behind a peer of an article's document.

use galley_model::{ArticleId, Instant};
use rusqlite::{Connection, params};

use crate::daylog::{Entry, Line};
use crate::error::StoreError;
use crate::library::Library;
use crate::pending::Pending;

/// One run of the app on one article.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// The fresh random peer of the document.
    pub peer: u64,
    /// Who typed, or empty.
    pub author: String,
    /// When it began.
    pub at: Instant,
}

impl Library {
    /// Notes a fresh peer before its first edit. A peer that was used before is refused: text typed under it
    /// could be lost without a word.
    pub fn begin_session(&self, article: ArticleId, peer: u64, author: &str, at: Instant) -> Pending<()> {
        let author = author.to_owned();
        self.writer().write(move |connection, entries| {
            let n = crate::article::number(connection, article)?;
            let mut typed =
                connection.prepare_cached("SELECT 1 FROM journal WHERE article = ?1 AND peer = ?2")?;
            if typed.exists(params![n, peer.cast_signed()])? || !write(connection, n, peer, &author, at)? {
                return Err(StoreError::PeerTaken(peer));
            }
            entries.push(Entry::Line(Line::Session { article, peer, author: author.clone(), at }));
            Ok(())
        })
    }

    /// All sessions of an article, oldest first.
    pub fn sessions(&self, article: ArticleId) -> Result<Vec<Session>, StoreError> {
        self.read(|connection| {
            let n = crate::article::number(connection, article)?;
            let mut sessions = connection.prepare_cached(
                "SELECT peer, author, at FROM session WHERE article = ?1 ORDER BY at, peer",
            )?;
            let sessions = sessions.query_map([n], |row| {
                let peer = row.get::<_, i64>(0)?.cast_unsigned();
                Ok(Session { peer, author: row.get(1)?, at: Instant(row.get(2)?) })
            })?;
            Ok(sessions.collect::<Result<_, _>>()?)
        })
    }
}

/// Adds a session; false when its peer is known already.
pub(crate) fn write(
    connection: &Connection,
    n: i64,
    peer: u64,
    author: &str,
    at: Instant,
) -> Result<bool, StoreError> {
    let added = connection
        .prepare_cached("INSERT OR IGNORE INTO session (article, peer, author, at) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![n, peer.cast_signed(), author, at.0])?;
    Ok(added > 0)
}
