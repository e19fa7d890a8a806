//! What was typed and has not gone up yet.

use std::collections::BTreeMap;

use galley_model::{ArticleId, Instant, Sha256};
use rusqlite::{Connection, params};
use uuid::Uuid;

use super::SERVER_PEER;
use super::quarantine::quarantine;
use crate::article;
use crate::error::StoreError;
use crate::library::Library;
use crate::pending::Pending;
use crate::pieces;

/// Why an article is stuck, and what its row in the outbox says, when it cannot be read on this computer.
pub const DAMAGED: &str = "damaged";

/// An article with something to send, as committed when it was read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unsent {
    /// Which.
    pub article: ArticleId,
    /// The last journal row that was looked at.
    pub upto_seq: i64,
    /// Nothing of it was ever queued: everything the document holds has to go, of every peer.
    pub whole: bool,
    /// What the device's own peers wrote after what was queued; peers in the order of their first row.
    pub peers: Vec<UnsentPeer>,
}

/// Operations of one peer that were never queued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnsentPeer {
    /// Who.
    pub peer: u64,
    /// First operation.
    pub start: i32,
    /// One past the last.
    pub end: i32,
    /// The very bytes of these operations, when they are one journal row; otherwise the document has to export
    /// them.
    pub bytes: Option<Vec<u8>>,
}

/// Operations to be queued.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewPush {
    /// Whose.
    pub peer: u64,
    /// First operation.
    pub start: i32,
    /// One past the last.
    pub end: i32,
    /// As the text engine exported them.
    pub bytes: Vec<u8>,
    /// Given back to a server whose records came from a copy.
    pub recovered: bool,
}

/// What is queued of one article in one transaction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uploads {
    /// Which.
    pub article: ArticleId,
    /// See [`Unsent::upto_seq`].
    pub upto_seq: i64,
    /// What the server has, when it was asked: what waits of the article makes way for `pushes`.
    pub instead: Option<BTreeMap<u64, i32>>,
    /// In an order in which nothing builds on what comes later.
    pub pushes: Vec<NewPush>,
}

impl Library {
    /// Sends these articles to the newsroom from now on; those already there are left as they are.
    pub fn let_up(&self, articles: Vec<ArticleId>) -> Pending<()> {
        self.writer().write(move |connection, _| {
            articles.iter().try_for_each(|id| {
                connection
                    .prepare_cached(
                        "INSERT INTO sync (article, goes_up, unsent) SELECT n, 1, 1 FROM article WHERE id = ?1
                         ON CONFLICT (article) DO UPDATE SET goes_up = 1, unsent = 1, stuck = ''",
                    )?
                    .execute([id.0.as_bytes()])?;
                Ok(())
            })
        })
    }

    /// Articles with something to send, at most so many, and for each what is new. Only committed rows.
    pub fn unsent(&self, limit: u32) -> Result<Vec<Unsent>, StoreError> {
        self.read(|connection| {
            let mut marked = connection.prepare_cached(
                "SELECT sync.article, article.id FROM sync JOIN article ON article.n = sync.article
                 WHERE sync.unsent = 1 AND goes_up = 1 AND stuck = '' AND access = '' ORDER BY sync.article LIMIT ?1",
            )?;
            let marked = marked.query_map([limit], |row| Ok((row.get(0)?, row.get(1)?)))?;
            let marked = marked.collect::<Result<Vec<(i64, [u8; 16])>, _>>()?;
            marked.into_iter().map(|(n, id)| unsent(connection, n, ArticleId(Uuid::from_bytes(id)))).collect()
        })
    }

    /// Commits what will be sent, so that a retry sends the same bytes. Operations that were queued meanwhile are
    /// left out. Answers how many rows were added.
    pub fn queue_pushes(&self, uploads: Vec<Uploads>, at: Instant) -> Pending<usize> {
        self.writer().write(move |connection, _| {
            let mut queued = 0;
            for upload in &uploads {
                // One that was deleted meanwhile has nothing to send.
                if let Some(n) = article::find(connection, upload.article)? {
                    queued += queue(connection, n, upload, at)?;
                }
            }
            Ok(queued)
        })
    }

    /// These articles cannot be read, so nothing of them can go up: each is stuck, and stands in the outbox once, until
    /// something of it is queued. It is tried again after a [`Settle::ReadAgain`](super::Settle::ReadAgain).
    pub fn cannot_read(&self, articles: Vec<ArticleId>, at: Instant) -> Pending<()> {
        self.writer().write(move |connection, _| {
            for id in &articles {
                let Some(n) = article::find(connection, *id)? else { continue };
                connection
                    .prepare_cached(
                        "INSERT INTO outbox (kind, article, sha256, state, last_error, created, settled)
                         SELECT 'content', ?1, ?2, 'refused', ?3, ?4, ?4
                         WHERE NOT EXISTS (SELECT 1 FROM outbox
                                           WHERE article = ?1 AND kind = 'content' AND state = 'refused'
                                             AND last_error = ?3)",
                    )?
                    .execute(params![id.0.as_bytes(), Sha256::of(&[]).0, DAMAGED, at.0])?;
                connection
                    .prepare_cached(
                        "UPDATE sync SET stuck = ?2, unsent = 1 WHERE article = ?1 AND goes_up = 1",
                    )?
                    .execute(params![n, DAMAGED])?;
            }
            Ok(())
        })
    }

    /// The articles that are stuck because they could not be read.
    pub fn unreadable(&self) -> Result<Vec<ArticleId>, StoreError> {
        self.read(|connection| {
            let mut stuck = connection.prepare_cached(
                "SELECT article.id FROM sync JOIN article ON article.n = sync.article WHERE stuck = ?1",
            )?;
            let stuck = stuck.query_map([DAMAGED], |row| Ok(ArticleId(Uuid::from_bytes(row.get(0)?))))?;
            Ok(stuck.collect::<Result<_, _>>()?)
        })
    }
}

/// The article could be read again: what the outbox said of it is past.
pub(super) fn can_be_read(connection: &Connection, article: ArticleId) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "DELETE FROM outbox
             WHERE article = ?1 AND kind = 'content' AND state = 'refused' AND last_error = ?2",
        )?
        .execute(params![article.0.as_bytes(), DAMAGED])?;
    Ok(())
}

/// What typing costs the sync: one look at an indexed row.
pub(crate) fn mark_unsent(connection: &Connection, n: i64) -> Result<(), StoreError> {
    connection
        .prepare_cached("UPDATE sync SET unsent = 1 WHERE article = ?1 AND unsent = 0 AND goes_up = 1")?
        .execute([n])?;
    Ok(())
}

/// Before rows are folded away: how far each of our peers had come, so that nothing unsent is forgotten.
pub(crate) fn note_folded(connection: &Connection, n: i64, upto: i64) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO upload (article, peer, folded)
             SELECT article, peer, max(counter_end) FROM journal
             WHERE article = ?1 AND seq <= ?2 AND peer <> 0 AND article IN (SELECT article FROM sync) GROUP BY peer
             ON CONFLICT (article, peer) DO UPDATE SET folded = max(folded, excluded.folded)",
        )?
        .execute([n, upto])?;
    Ok(())
}

/// How far a peer has come: folded away, queued, acknowledged.
#[derive(Clone, Copy, Default)]
struct Reach {
    folded: i32,
    queued: i32,
    acked: i32,
}

fn reaches(connection: &Connection, n: i64) -> Result<BTreeMap<u64, Reach>, StoreError> {
    let mut reaches =
        connection.prepare_cached("SELECT peer, folded, queued, acked FROM upload WHERE article = ?1")?;
    let reaches = reaches.query_map([n], |row| {
        let reach = Reach { folded: row.get(1)?, queued: row.get(2)?, acked: row.get(3)? };
        Ok((row.get::<_, i64>(0)?.cast_unsigned(), reach))
    })?;
    Ok(reaches.collect::<Result<_, _>>()?)
}

fn unsent(connection: &Connection, n: i64, article: ArticleId) -> Result<Unsent, StoreError> {
    let reaches = reaches(connection, n)?;
    let mut known =
        connection.prepare_cached("SELECT feed > 0 OR seen_seq > 0 FROM sync WHERE article = ?1")?;
    let known: bool = known.query_row([n], |row| row.get(0))?;
    let whole = !known && reaches.values().all(|reach| reach.queued == 0 && reach.acked == 0);
    let upto_seq = crate::journal::last_seq(connection, n)?;
    let mut peers: Vec<UnsentPeer> = Vec::new();
    let mut rows = connection.prepare_cached(
        "SELECT peer, counter_start, counter_end, seq FROM journal
         WHERE article = ?1 AND peer <> 0 AND seq <= ?2 ORDER BY seq",
    )?;
    let mut rows = rows.query([n, upto_seq])?;
    let mut seqs: BTreeMap<u64, (i64, u32)> = BTreeMap::new();
    while let Some(row) = rows.next()? {
        let peer = row.get::<_, i64>(0)?.cast_unsigned();
        let (start, end): (i32, i32) = (row.get(1)?, row.get(2)?);
        let reach = reaches.get(&peer).copied().unwrap_or_default();
        let from = reach.queued.max(reach.acked);
        if end <= from {
            continue;
        }
        let seen = seqs.entry(peer).or_insert((row.get(3)?, 0));
        seen.1 += 1;
        match peers.iter_mut().find(|one| one.peer == peer) {
            Some(one) => one.end = one.end.max(end),
            None => {
                // Rows before this one that were folded away count as more than one row.
                seen.1 += u32::from(start != from);
                peers.push(UnsentPeer { peer, start: from, end, bytes: None });
            }
        }
    }
    for (peer, reach) in &reaches {
        let from = reach.queued.max(reach.acked);
        if reach.folded > from && *peer != SERVER_PEER && !peers.iter().any(|one| one.peer == *peer) {
            peers.insert(0, UnsentPeer { peer: *peer, start: from, end: reach.folded, bytes: None });
        }
    }
    for one in peers.iter_mut().filter(|_| !whole) {
        if let Some((seq, 1)) = seqs.get(&one.peer) {
            let row = pieces::row(connection, n, article, *seq)?.filter(|row| row.sound);
            one.bytes = row.map(|row| row.row.bytes);
        }
    }
    Ok(Unsent { article, upto_seq, whole, peers })
}

fn queue(connection: &Connection, n: i64, upload: &Uploads, at: Instant) -> Result<usize, StoreError> {
    let id = upload.article.0.as_bytes();
    can_be_read(connection, upload.article)?;
    if let Some(have) = &upload.instead {
        keep_what_nothing_holds(connection, upload, have, at)?;
        forget_waiting(connection, upload.article)?;
        connection
            .prepare_cached("UPDATE upload SET queued = 0, acked = 0 WHERE article = ?1")?
            .execute([n])?;
        have.iter().try_for_each(|(peer, end)| reach(connection, n, *peer, *end, *end))?;
    }
    let before = reaches(connection, n)?;
    let mut queued = 0;
    for push in &upload.pushes {
        let from = before.get(&push.peer).map_or(0, |reach| reach.queued.max(reach.acked));
        if push.start < from {
            continue;
        }
        connection
            .prepare_cached(
                "INSERT INTO outbox (kind, article, sha256, payload, peer, start_at, end_at, recovered, created)
                 VALUES ('content', ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?
            .execute(params![
                id,
                Sha256::of(&push.bytes).0,
                push.bytes,
                push.peer.cast_signed(),
                push.start,
                push.end,
                push.recovered,
                at.0
            ])?;
        reach(connection, n, push.peer, push.end, 0)?;
        queued += 1;
    }
    connection
        .prepare_cached(
            "UPDATE sync SET unsent = EXISTS (SELECT 1 FROM journal
                                              WHERE article = ?1 AND seq > ?2 AND peer <> 0) WHERE article = ?1",
        )?
        .execute([n, upload.upto_seq])?;
    Ok(queued)
}

/// What waits is made anew out of the article, unless its text was lost there: then the row is the last that holds it.
fn keep_what_nothing_holds(
    connection: &Connection,
    upload: &Uploads,
    have: &BTreeMap<u64, i32>,
    at: Instant,
) -> Result<(), StoreError> {
    let id = upload.article;
    let mut waiting = connection.prepare_cached(
        "SELECT peer, end_at, payload FROM outbox
         WHERE article = ?1 AND kind = 'content' AND state = 'waiting' ORDER BY id",
    )?;
    let mut rows = waiting.query([id.0.as_bytes()])?;
    while let Some(row) = rows.next()? {
        let (peer, end): (u64, i32) = (row.get::<_, i64>(0)?.cast_unsigned(), row.get(1)?);
        let again = upload.pushes.iter().filter(|push| push.peer == peer).map(|push| push.end);
        let held = again.chain(have.get(&peer).copied()).max().unwrap_or_default();
        if end > held {
            quarantine(connection, id, DAMAGED, &row.get::<_, Vec<u8>>(2)?, at)?;
        }
    }
    Ok(())
}

/// Notes how far a peer was queued and acknowledged at least.
pub(super) fn reach(
    connection: &Connection,
    n: i64,
    peer: u64,
    queued: i32,
    acked: i32,
) -> Result<(), StoreError> {
    connection
        .prepare_cached(
            "INSERT INTO upload (article, peer, queued, acked) VALUES (?1, ?2, ?3, ?4)
             ON CONFLICT (article, peer) DO UPDATE
               SET queued = max(queued, excluded.queued), acked = max(acked, excluded.acked)",
        )?
        .execute(params![n, peer.cast_signed(), queued, acked])?;
    Ok(())
}

/// Takes what waits of an article's text out of the outbox; what it held is exported anew.
pub(super) fn forget_waiting(connection: &Connection, article: ArticleId) -> Result<(), StoreError> {
    connection
        .prepare_cached("DELETE FROM outbox WHERE article = ?1 AND kind = 'content' AND state = 'waiting'")?
        .execute([article.0.as_bytes()])?;
    Ok(())
}
