//! What the server gave: standings and updates.

use galley_model::{ArticleId, Instant};
use rusqlite::{Connection, OptionalExtension as _, params};
use uuid::Uuid;

use super::SERVER_PEER;
use super::content::forget_waiting;
use crate::article;
use crate::daylog::{Entry, Line};
use crate::error::StoreError;
use crate::journal::{self, Append, JournalRow};
use crate::library::Library;
use crate::list::{self, List, Projection, Publication};
use crate::pending::Pending;

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

    /// Whether of any article less is here than the server has.
    pub fn is_behind(&self) -> Result<bool, StoreError> {
        self.read(|connection| {
            let mut behind = connection.prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM sync WHERE last_seq > seen_seq AND access = '')",
            )?;
            Ok(behind.query_row([], |row| row.get(0))?)
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
