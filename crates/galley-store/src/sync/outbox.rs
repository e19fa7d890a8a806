//! What waits for the server, what went, and what was refused.

use std::collections::BTreeMap;

use galley_model::{ArticleId, Instant, Sha256};
use rusqlite::types::Type;
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use super::account;
use crate::article;
use crate::error::StoreError;
use crate::library::Library;
use crate::pending::Pending;

/// Settled rows that are kept to be shown.
const KEPT: i64 = 500;

/// What an outbox row holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OutboxKind {
    /// A photo's bytes, which lie in the library's media.
    Photo,
    /// Operations of one peer.
    Content,
    /// A wish, as JSON.
    Intent,
}

/// What became of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum OutboxState {
    /// Not answered yet.
    Waiting,
    /// Arrived, and accepted where it is a wish.
    Sent,
    /// Set aside: it will not be sent again by itself.
    Refused,
}

/// One row of the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxItem {
    /// Its number; grows, never used twice.
    pub id: i64,
    /// What it holds.
    pub kind: OutboxKind,
    /// About which article.
    pub article: ArticleId,
    /// Of the payload; of the photo's bytes.
    pub sha256: Sha256,
    /// What is sent; empty for a photo, and once it arrived.
    pub payload: Vec<u8>,
    /// Content only.
    pub peer: u64,
    /// Content only: first operation.
    pub start: i32,
    /// Content only: one past the last.
    pub end: i32,
    /// Intents only: the number in the device's sequence.
    pub no: u64,
    /// Intents only: what of the article's text must have arrived.
    pub needs: BTreeMap<u64, i32>,
    /// Content only: given back to a server whose records came from a copy.
    pub recovered: bool,
    /// What became of it.
    pub state: OutboxState,
    /// How often it was sent without coming to an end.
    pub attempts: u32,
    /// A code, empty when there was no error.
    pub last_error: String,
    /// The newsroom's answer to an intent, as JSON; empty before.
    pub answer: String,
    /// True when the article's text waits for somebody: nothing of it arrives until then.
    pub stuck: bool,
    /// When it was put in.
    pub created: Instant,
    /// The newsroom's word on the article, as JSON, while there is only one of an earlier epoch; else empty.
    pub earlier_standing: String,
}

/// A row that waits, without what it holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WaitingItem {
    /// As [`OutboxItem::id`].
    pub id: i64,
    /// Of its payload.
    pub n_bytes: usize,
    /// As [`OutboxItem::start`].
    pub start: i32,
    /// As [`OutboxItem::end`].
    pub end: i32,
    /// As [`OutboxItem::no`].
    pub no: u64,
    /// As [`OutboxItem::attempts`].
    pub attempts: u32,
    /// As [`OutboxItem::stuck`].
    pub stuck: bool,
}

/// Whether nothing of the row's article arrives.
macro_rules! is_stuck {
    () => {
        "EXISTS (SELECT 1 FROM sync JOIN article ON article.n = sync.article
                 WHERE article.id = outbox.article AND (stuck <> '' OR goes_up = 0))"
    };
}

const COLUMNS: &str = concat!(
    "id, kind, outbox.article, sha256, payload, peer, start_at, end_at, no, needs, recovered, state,
     attempts, last_error, answer, created, ",
    is_stuck!(),
    ", coalesce((SELECT standing FROM sync JOIN article ON article.n = sync.article
                 WHERE article.id = outbox.article AND feed = 0 AND kind = 'content'), '')"
);

/// Of a [`WaitingItem`].
const WAITING_COLUMNS: &str = concat!("id, length(payload), start_at, end_at, no, attempts, ", is_stuck!());

impl Library {
    /// What waits of a kind, oldest first (intents by their number), without what it holds: as many as have so many
    /// bytes of payload, at least one.
    pub fn outbox_waiting(
        &self,
        kind: OutboxKind,
        limit: u32,
        max_bytes: usize,
    ) -> Result<Vec<WaitingItem>, StoreError> {
        self.read(|connection| {
            let mut waiting = connection.prepare_cached(&format!(
                "SELECT {WAITING_COLUMNS} FROM outbox
                 WHERE kind = ?1 AND state = 'waiting' ORDER BY no, id LIMIT ?2"
            ))?;
            let mut rows = waiting.query(params![kind.name(), limit])?;
            let (mut items, mut bytes) = (Vec::new(), 0);
            while let Some(row) = rows.next()? {
                let item = WaitingItem {
                    id: row.get(0)?,
                    n_bytes: row.get::<_, u32>(1)? as usize,
                    start: row.get(2)?,
                    end: row.get(3)?,
                    no: row.get::<_, i64>(4)?.cast_unsigned(),
                    attempts: row.get(5)?,
                    stuck: row.get(6)?,
                };
                bytes += item.n_bytes + 300;
                if bytes > max_bytes && !items.is_empty() {
                    break;
                }
                items.push(item);
            }
            Ok(items)
        })
    }

    /// These rows, as they were committed; those that are gone are left out.
    pub fn outbox_rows(&self, ids: &[i64]) -> Result<Vec<OutboxItem>, StoreError> {
        self.read(|connection| {
            let mut by_id =
                connection.prepare_cached(&format!("SELECT {COLUMNS} FROM outbox WHERE id = ?1"))?;
            let mut items = Vec::with_capacity(ids.len());
            for id in ids {
                items.extend(by_id.query_map([id], read)?.collect::<Result<Vec<_>, _>>()?);
            }
            Ok(items)
        })
    }

    /// The outbox as people see it, newest first: what waits, what went, what was refused.
    pub fn outbox(&self, offset: u32, limit: u32) -> Result<Vec<OutboxItem>, StoreError> {
        self.read(|connection| {
            let mut rows = connection.prepare_cached(&format!(
                "SELECT {COLUMNS} FROM outbox ORDER BY id DESC LIMIT ?2 OFFSET ?1"
            ))?;
            let rows = rows.query_map([offset, limit], read)?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

    /// How many rows wait, how many were refused, and of how many articles that have none yet typed text has still to
    /// be queued.
    pub fn outbox_counts(&self) -> Result<(u32, u32, u32), StoreError> {
        self.read(|connection| {
            let mut counts = connection.prepare_cached(
                "SELECT (SELECT count(*) FROM outbox WHERE state = 'waiting'),
                        (SELECT count(*) FROM outbox WHERE state = 'refused'),
                        (SELECT count(*) FROM sync JOIN article ON article.n = sync.article
                         WHERE unsent = 1 AND goes_up = 1 AND stuck = '' AND access = ''
                           AND NOT EXISTS (SELECT 1 FROM outbox
                                           WHERE outbox.article = article.id AND state = 'waiting'))",
            )?;
            Ok(counts.query_row([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?)
        })
    }

    /// Puts a wish into the outbox under the device's next number, taken in the same transaction, with what of the
    /// article's own text it builds on. The same id again changes nothing. Answers the row's number.
    ///
    /// # Errors
    /// `SignedOut` when the library has no account.
    pub fn queue_intent(&self, intent: Uuid, article: ArticleId, json: &str, at: Instant) -> Pending<i64> {
        let json = json.to_owned();
        self.writer().write(move |connection, _| {
            // The id makes the key: an intent's row is found again by its hash.
            let sha256 = Sha256::of(intent.as_bytes()).0;
            let mut there = connection.prepare_cached(
                "SELECT id FROM outbox WHERE article = ?1 AND kind = 'intent' AND sha256 = ?2",
            )?;
            let mut there = there.query(params![article.0.as_bytes(), sha256])?;
            if let Some(row) = there.next()? {
                return Ok(row.get(0)?);
            }
            let no = account::read(connection)?.ok_or(StoreError::SignedOut)?.next_intent;
            connection.execute("UPDATE account SET next_intent = next_intent + 1", [])?;
            let needs = match article::find(connection, article)? {
                Some(n) => own_ends(connection, n)?,
                None => BTreeMap::new(),
            };
            connection
                .prepare_cached(
                    "INSERT INTO outbox (kind, article, sha256, payload, no, needs, created)
                     VALUES ('intent', ?1, ?2, ?3, ?4, ?5, ?6)",
                )?
                .execute(params![
                    article.0.as_bytes(),
                    sha256,
                    json.as_bytes(),
                    no.cast_signed(),
                    serde_json::to_string(&needs).unwrap_or_default(),
                    at.0
                ])?;
            let id = connection.last_insert_rowid();
            prune(connection)?;
            Ok(id)
        })
    }

    /// Puts photos of an article into the outbox, each once for ever.
    pub fn queue_photos(&self, article: ArticleId, photos: Vec<Sha256>, at: Instant) -> Pending<()> {
        self.writer().write(move |connection, _| {
            photos.iter().try_for_each(|sha256| {
                connection
                    .prepare_cached(
                        "INSERT INTO outbox (kind, article, sha256, created) SELECT 'photo', ?1, ?2, ?3
                         WHERE NOT EXISTS (SELECT 1 FROM outbox
                                           WHERE article = ?1 AND kind = 'photo' AND sha256 = ?2)",
                    )?
                    .execute(params![article.0.as_bytes(), sha256.0, at.0])?;
                Ok(())
            })
        })
    }
}

/// What our own peers wrote of an article and the server has not acknowledged.
fn own_ends(connection: &Connection, n: i64) -> Result<BTreeMap<u64, i32>, StoreError> {
    let mut ends = connection.prepare_cached(
        "SELECT peer, max(ends) FROM (
           SELECT peer, counter_end AS ends FROM journal WHERE article = ?1 AND peer <> 0
           UNION ALL SELECT peer, max(folded, queued) FROM upload WHERE article = ?1) AS own
         GROUP BY peer
         HAVING max(ends) > coalesce((SELECT acked FROM upload
                                      WHERE upload.article = ?1 AND upload.peer = own.peer), 0)",
    )?;
    let ends = ends.query_map([n], |row| Ok((row.get::<_, i64>(0)?.cast_unsigned(), row.get(1)?)))?;
    Ok(ends.collect::<Result<_, _>>()?)
}

/// Forgets what was settled long ago. Photos stay, so that none is sent twice.
pub(super) fn prune(connection: &Connection) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "DELETE FROM outbox WHERE kind <> 'photo' AND state = 'sent' AND id < (SELECT max(id) - ?1 FROM outbox)",
        )?
        .execute([KEPT])?;
    Ok(())
}

fn read(row: &Row<'_>) -> rusqlite::Result<OutboxItem> {
    let kind = row.get_ref(1)?.as_str()?;
    let state = row.get_ref(11)?.as_str()?;
    let unknown = |at| rusqlite::Error::InvalidColumnType(at, "a word".to_owned(), Type::Text);
    Ok(OutboxItem {
        id: row.get(0)?,
        kind: OutboxKind::named(kind).ok_or_else(|| unknown(1))?,
        article: ArticleId(Uuid::from_bytes(row.get(2)?)),
        sha256: Sha256(row.get(3)?),
        payload: row.get(4)?,
        peer: row.get::<_, i64>(5)?.cast_unsigned(),
        start: row.get(6)?,
        end: row.get(7)?,
        no: row.get::<_, i64>(8)?.cast_unsigned(),
        needs: serde_json::from_str(row.get_ref(9)?.as_str()?).unwrap_or_default(),
        recovered: row.get(10)?,
        state: match state {
            "waiting" => OutboxState::Waiting,
            "sent" => OutboxState::Sent,
            "refused" => OutboxState::Refused,
            _ => return Err(unknown(11)),
        },
        attempts: row.get(12)?,
        last_error: row.get(13)?,
        answer: row.get(14)?,
        created: Instant(row.get(15)?),
        stuck: row.get(16)?,
        earlier_standing: row.get(17)?,
    })
}

impl OutboxKind {
    /// The word that the table holds.
    pub fn name(self) -> &'static str {
        match self {
            Self::Photo => "photo",
            Self::Content => "content",
            Self::Intent => "intent",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Self::Photo, Self::Content, Self::Intent].into_iter().find(|kind| kind.name() == name)
    }
}

impl OutboxState {
    /// The word that the table holds.
    pub fn name(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Refused => "refused",
        }
    }
}
