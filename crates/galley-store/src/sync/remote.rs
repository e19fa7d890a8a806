//! What the server gave: standings, updates, and texts that make way for its own.

use std::collections::BTreeMap;

use galley_model::{ArticleId, Instant};
use rusqlite::{Connection, OptionalExtension as _, params};
use uuid::Uuid;

use super::SERVER_PEER;
use super::content::{can_be_read, forget_waiting, reach};
use crate::daylog::{Entry, Line};
use crate::error::StoreError;
use crate::journal::{self, Append, Folded, JournalRow, Packed};
use crate::library::Library;
use crate::list::{self, List, Projection, Publication};
use crate::pending::Pending;
use crate::{article, session};

/// One article of the feed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RemoteChange {
    /// How it stands now.
    Standing {
        /// Which.
        article: ArticleId,
        /// Number of its last update.
        last_seq: i64,
        /// Its newest feed number; an older one than is known is left alone.
        feed: i64,
        /// All of it, opaque here.
        json: String,
        /// How it is published on the server's site.
        publication: Publication,
        /// Where the lists show it, unless it lies in the trash.
        list: List,
    },
    /// Not readable for this person any more.
    Withdrawn {
        /// Which.
        article: ArticleId,
    },
    /// Deleted for good in the newsroom; the text stays here.
    Deleted {
        /// Which.
        article: ArticleId,
    },
}

/// An article of which the server has more than the journal.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Behind {
    /// Which.
    pub article: ArticleId,
    /// The last update that is here.
    pub seen_seq: i64,
}

/// Updates of one article, checked by the text engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RemoteUpdates {
    /// Which.
    pub article: ArticleId,
    /// In order; a snapshot is one.
    pub updates: Vec<Vec<u8>>,
    /// Everything up to this number is here with them.
    pub upto: i64,
    /// The headline after them, when it is known.
    pub headline: Option<String>,
    /// What lists and search show of the article with them, when that was made too.
    pub projection: Option<Projection>,
}

/// What was committed of [`RemoteUpdates`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Taken {
    /// Number of the article's last journal row.
    pub seq_last: i64,
    /// How many rows were added; none when they were here already.
    pub rows: usize,
}

/// The server's text takes the place of an article's; what was here is set aside.
#[derive(Clone, Debug)]
pub struct Rebase {
    /// Which.
    pub article: ArticleId,
    /// The outbox row that led to it, set aside under `reason`; 0 for none.
    pub row: i64,
    /// The server's document.
    pub folded: Folded,
    /// Everything up to this number is in it.
    pub seen_seq: i64,
    /// What the server has of the device's own peers.
    pub acked: Vec<(u64, i32)>,
    /// New edits on top of it, of a fresh peer, with its author.
    pub edits: Option<(Vec<JournalRow>, String)>,
    /// The whole document as it was here.
    pub before: Vec<u8>,
    /// Why.
    pub reason: String,
    /// A new private draft with the text as it was here: its id, its document, and the server's name of the late
    /// update.
    pub copy: Option<(ArticleId, Folded, Uuid)>,
    /// When.
    pub at: Instant,
}

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

/// Bytes that were set aside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quarantined {
    /// Of which article.
    pub article: ArticleId,
    /// Why.
    pub reason: String,
    /// What.
    pub bytes: Vec<u8>,
    /// When.
    pub at: Instant,
}

impl Library {
    /// Takes a page of the feed: the standings and the cursor in one transaction. Articles that are new are made.
    pub fn take_changes(&self, changes: Vec<RemoteChange>, cursor: i64, at: Instant) -> Pending<()> {
        self.writer().write(move |connection, entries| {
            changes.iter().try_for_each(|change| take(connection, change, at, entries))?;
            connection.execute("UPDATE account SET cursor = ?1", [cursor])?;
            Ok(())
        })
    }

    /// Articles of which the server has more, at most so many after one of them.
    pub fn behind(&self, limit: u32) -> Result<Vec<Behind>, StoreError> {
        self.read(|connection| {
            let mut behind = connection.prepare_cached(
                "SELECT article.id, seen_seq FROM sync JOIN article ON article.n = sync.article
                 WHERE sync.last_seq > seen_seq AND access = '' ORDER BY feed, sync.article LIMIT ?1",
            )?;
            let behind = behind.query_map([limit], |row| {
                Ok(Behind { article: ArticleId(Uuid::from_bytes(row.get(0)?)), seen_seq: row.get(1)? })
            })?;
            Ok(behind.collect::<Result<_, _>>()?)
        })
    }

    /// Appends updates of the server to the journals, and notes how far they were seen, in one transaction.
    pub fn import_remote(&self, articles: Vec<RemoteUpdates>, at: Instant) -> Pending<Vec<Taken>> {
        let packed = |updates: &RemoteUpdates| updates.projection.as_ref().map(list::pack).transpose();
        let texts: Vec<Option<Vec<u8>>> = match articles.iter().map(packed).collect() {
            Ok(texts) => texts,
            Err(error) => return Pending::ready(Err(error)),
        };
        let search = self.search_bell();
        self.writer().write(move |connection, entries| {
            let mut taken = Vec::with_capacity(articles.len());
            for (updates, text) in articles.iter().zip(&texts) {
                taken.push(import(connection, updates, at, entries)?);
                if let (Some(projection), Some(text)) = (&updates.projection, text) {
                    search.changed();
                    list::write(connection, updates.article, projection, text)?;
                }
            }
            Ok(taken)
        })
    }

    /// Puts the server's text in an article's place, keeps what was here, and makes the private copy, all in one
    /// transaction. Answers the number of the article's last journal row.
    pub fn rebase(&self, rebase: Rebase) -> Pending<i64> {
        let packed = Packed::new(&rebase.folded);
        let copied = rebase.copy.as_ref().map(|(_, folded, _)| Packed::new(folded)).transpose();
        let (packed, copied) = match (packed, copied) {
            (Ok(packed), Ok(copied)) => (packed, copied),
            (Err(error), _) | (_, Err(error)) => return Pending::ready(Err(error)),
        };
        self.writer().write(move |connection, entries| {
            put_in_place(connection, &rebase, &packed, copied.as_ref(), entries)
        })
    }

    /// Sets bytes aside that could not be used, and lets the article go on without them up to `seen_seq`.
    pub fn set_aside(&self, set_aside: Quarantined, seen_seq: Option<i64>) -> Pending<()> {
        self.writer().write(move |connection, _| {
            quarantine(connection, set_aside.article, &set_aside.reason, &set_aside.bytes, set_aside.at)?;
            let (Some(n), Some(seen)) = (article::find(connection, set_aside.article)?, seen_seq) else {
                return Ok(());
            };
            connection
                .prepare_cached("UPDATE sync SET seen_seq = max(seen_seq, ?2) WHERE article = ?1")?
                .execute([n, seen])?;
            Ok(())
        })
    }

    /// What was set aside, oldest first.
    pub fn quarantined(&self) -> Result<Vec<Quarantined>, StoreError> {
        self.read(|connection| {
            let mut rows =
                connection.prepare_cached("SELECT article, reason, bytes, at FROM quarantine ORDER BY id")?;
            let rows = rows.query_map([], |row| {
                Ok(Quarantined {
                    article: ArticleId(Uuid::from_bytes(row.get(0)?)),
                    reason: row.get(1)?,
                    bytes: row.get(2)?,
                    at: Instant(row.get(3)?),
                })
            })?;
            Ok(rows.collect::<Result<_, _>>()?)
        })
    }

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

fn take(
    connection: &Connection,
    change: &RemoteChange,
    at: Instant,
    entries: &mut Vec<Entry>,
) -> Result<(), StoreError> {
    let (id, access) = match change {
        RemoteChange::Standing { article, .. } => (*article, ""),
        RemoteChange::Withdrawn { article } => (*article, "withdrawn"),
        RemoteChange::Deleted { article } => (*article, "deleted"),
    };
    let RemoteChange::Standing { last_seq, feed, json, publication, list, .. } = change else {
        let Some(n) = article::find(connection, id)? else { return Ok(()) };
        let goes_up = access != "deleted";
        connection
            .prepare_cached("UPDATE sync SET access = ?2, goes_up = ?3 AND goes_up WHERE article = ?1")?
            .execute(params![n, access, goes_up])?;
        // What is out of sight waits for nobody's judgement any more.
        connection
            .prepare_cached("UPDATE article SET list = ?2 WHERE n = ?1 AND list = ?3")?
            .execute(params![n, List::InReview.name(), List::ForMe.name()])?;
        return if goes_up { Ok(()) } else { forget_waiting(connection, id) };
    };
    let n = match article::find(connection, id)? {
        Some(n) => n,
        None if article::was_deleted(connection, id)? => return Ok(()),
        None => {
            entries.push(Entry::Line(Line::Created { article: id, at }));
            article::create(connection, id, at)?
        }
    };
    let newer = connection
        .prepare_cached(
            "INSERT INTO sync (article, goes_up, last_seq, feed, standing) VALUES (?1, 1, ?2, ?3, ?4)
             ON CONFLICT (article) DO UPDATE
               SET goes_up = 1, access = '', last_seq = max(last_seq, excluded.last_seq), feed = excluded.feed,
                   standing = excluded.standing,
                   -- What was written while it was somebody else's draft may go up again.
                   stuck = CASE WHEN stuck = 'not_yours' THEN '' ELSE stuck END
               WHERE excluded.feed >= feed",
        )?
        .execute(params![n, last_seq, feed, json])?;
    if newer > 0 { show(connection, id, n, *publication, *list, entries) } else { Ok(()) }
}

/// The lists follow the newsroom; what the writer threw away stays in the trash.
pub(super) fn show(
    connection: &Connection,
    id: ArticleId,
    n: i64,
    publication: Publication,
    list: List,
    entries: &mut Vec<Entry>,
) -> Result<(), StoreError> {
    let mut now =
        connection.prepare_cached("SELECT list, publication, live_version FROM article WHERE n = ?1")?;
    let (list_now, publication_now, version): (String, String, Vec<u8>) =
        now.query_row([n], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    if list_now != list.name() && List::named(&list_now) != List::Trash {
        let (_, no) = article::next_change(connection, id)?;
        article::place(connection, n, list)?;
        entries.push(Entry::Line(Line::Listed { article: id, no, list: list.name().to_owned() }));
    }
    if publication_now != publication.name() {
        let (_, no) = article::next_change(connection, id)?;
        article::publish(connection, n, publication, &version)?;
        let state = publication.name().to_owned();
        entries.push(Entry::Line(Line::Published { article: id, no, state, version }));
    }
    Ok(())
}

fn import(
    connection: &Connection,
    updates: &RemoteUpdates,
    at: Instant,
    entries: &mut Vec<Entry>,
) -> Result<Taken, StoreError> {
    let n = article::number(connection, updates.article)?;
    let mut seen = connection.prepare_cached("SELECT seen_seq FROM sync WHERE article = ?1")?;
    let seen: i64 = seen.query_row([n], |row| row.get(0)).optional()?.unwrap_or_default();
    if updates.upto <= seen {
        return Ok(Taken { seq_last: journal::last_seq(connection, n)?, rows: 0 });
    }
    let first = updates.upto - updates.updates.len() as i64 + 1;
    let number = |at: i64| i32::try_from(at).unwrap_or(i32::MAX);
    let rows = updates.updates.iter().zip(first..).map(|(bytes, seq)| JournalRow {
        peer: SERVER_PEER,
        start: number(seq),
        end: number(seq),
        bytes: bytes.clone(),
        view: String::new(),
        view_seq: 0,
    });
    let append = Append {
        updates: rows.collect(),
        headline: updates.headline.clone(),
        ..Append::new(updates.article, at)
    };
    let mut mark = connection.prepare_cached("SELECT unsent FROM sync WHERE article = ?1")?;
    let unsent: i64 = mark.query_row([n], |row| row.get(0)).optional()?.unwrap_or_default();
    let committed = journal::insert(connection, &append, entries)?;
    // What came from the server need not go back.
    connection.prepare_cached("UPDATE sync SET seen_seq = ?2, unsent = ?3 WHERE article = ?1")?.execute([
        n,
        updates.upto,
        unsent,
    ])?;
    let rows = append.updates.len();
    let first_seq = committed.seq_last - rows as i64 + 1;
    entries.push(Entry::Appended { append: std::sync::Arc::new(append), first_seq });
    Ok(Taken { seq_last: committed.seq_last, rows })
}

/// What made way is never sent, so no wish waits for it, only for what was written on top of the server's text.
fn wait_for(connection: &Connection, rebase: &Rebase) -> Result<(), StoreError> {
    let mut needs = BTreeMap::<u64, i32>::new();
    for row in rebase.edits.iter().flat_map(|(rows, _)| rows) {
        let end = needs.entry(row.peer).or_default();
        *end = row.end.max(*end);
    }
    connection
        .prepare_cached(
            "UPDATE outbox SET needs = ?2 WHERE article = ?1 AND kind = 'intent' AND state = 'waiting'",
        )?
        .execute(params![rebase.article.0.as_bytes(), serde_json::to_string(&needs).unwrap_or_default()])?;
    Ok(())
}

fn put_in_place(
    connection: &Connection,
    rebase: &Rebase,
    packed: &Packed,
    copied: Option<&Packed>,
    entries: &mut Vec<Entry>,
) -> Result<i64, StoreError> {
    let (id, at) = (rebase.article, rebase.at);
    let n = article::number(connection, id)?;
    quarantine(connection, id, &rebase.reason, &rebase.before, at)?;
    connection
        .prepare_cached(
            "UPDATE outbox SET state = ?4, last_error = ?2, settled = ?3 WHERE id = ?1 AND state = 'waiting'",
        )?
        // Without a private copy the text goes up all the same, as edits of a fresh peer: nothing is left to do.
        .execute(params![
            rebase.row,
            rebase.reason,
            at.0,
            if rebase.copy.is_some() { "refused" } else { "sent" }
        ])?;
    forget_waiting(connection, id)?;
    wait_for(connection, rebase)?;
    // As if everything before had been folded away into the server's document.
    let upto = journal::last_seq(connection, n)? + 1;
    for sql in [
        "DELETE FROM journal WHERE article = ?1",
        "DELETE FROM snapshot WHERE article = ?1",
        "DELETE FROM upload WHERE article = ?1",
    ] {
        connection.prepare_cached(sql)?.execute([n])?;
    }
    connection.prepare_cached("UPDATE state SET seq = ?2 WHERE article = ?1")?.execute([n, upto])?;
    journal::insert_snapshot(connection, n, id, upto, &rebase.folded, packed, at)?;
    connection.prepare_cached("INSERT OR IGNORE INTO dirty (article) VALUES (?1)")?.execute([n])?;
    rebase.acked.iter().try_for_each(|(peer, end)| reach(connection, n, *peer, *end, *end))?;
    connection
        .prepare_cached(
            "INSERT INTO sync (article, goes_up, seen_seq, last_seq) VALUES (?1, 1, ?2, ?2)
             ON CONFLICT (article) DO UPDATE
               SET seen_seq = ?2, last_seq = max(last_seq, ?2), unsent = 0, stuck = ''",
        )?
        .execute([n, rebase.seen_seq])?;
    can_be_read(connection, id)?;
    let mut seq_last = upto;
    if let Some((rows, author)) = rebase.edits.as_ref().filter(|(rows, _)| !rows.is_empty()) {
        for peer in rows.iter().map(|row| row.peer) {
            if session::write(connection, n, peer, author, at)? {
                entries.push(Entry::Line(Line::Session { article: id, peer, author: author.clone(), at }));
            }
        }
        let append = Append { updates: rows.clone(), ..Append::new(id, at) };
        seq_last = journal::insert(connection, &append, entries)?.seq_last;
        entries.push(Entry::Appended { append: std::sync::Arc::new(append), first_seq: upto + 1 });
    }
    if let (Some((copy, folded, late)), Some(packed)) = (&rebase.copy, copied) {
        keep_copy(connection, *copy, folded, packed, *late, rebase, entries)?;
    }
    Ok(seq_last)
}

fn keep_copy(
    connection: &Connection,
    copy: ArticleId,
    folded: &Folded,
    packed: &Packed,
    late: Uuid,
    rebase: &Rebase,
    entries: &mut Vec<Entry>,
) -> Result<(), StoreError> {
    let at = rebase.at;
    let n = article::create(connection, copy, at)?;
    entries.push(Entry::Line(Line::Created { article: copy, at }));
    connection.prepare_cached("UPDATE state SET seq = 1 WHERE article = ?1")?.execute([n])?;
    journal::insert_snapshot(connection, n, copy, 1, folded, packed, at)?;
    connection.prepare_cached("INSERT OR IGNORE INTO dirty (article) VALUES (?1)")?.execute([n])?;
    connection
        .prepare_cached(
            "INSERT OR REPLACE INTO private_copy (copy, of_article, late, reason, at) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?
        .execute(params![n, rebase.article.0.as_bytes(), late.as_bytes(), rebase.reason, at.0])?;
    Ok(())
}

fn quarantine(
    connection: &Connection,
    article: ArticleId,
    reason: &str,
    bytes: &[u8],
    at: Instant,
) -> Result<(), StoreError> {
    connection
        .prepare_cached("INSERT INTO quarantine (article, reason, bytes, at) VALUES (?1, ?2, ?3, ?4)")?
        .execute(params![article.0.as_bytes(), reason, bytes, at.0])?;
    Ok(())
}
