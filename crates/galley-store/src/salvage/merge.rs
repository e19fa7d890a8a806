//! Putting a library together from several: the first source that has a thing gives it, except for the journal
//! and the snapshots, of which every sound piece is taken.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use galley_model::{ArticleId, Instant};
use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::source::{Source, Values};
use super::{RestsOn, Stretch};
use crate::daylog::{self, Line};
use crate::error::StoreError;
use crate::journal::{self, Place};
use crate::pieces::Pieces;
use crate::{article, repair, sync};

/// Edits further apart than this are told as two stretches.
const PAUSE: i64 = 10 * 60 * 1000;

const ARTICLE: &str = "list, publication, live_version, headline, excerpt, words, created_at, updated_at";
const STATE: &str = "seq, edited_at, change_no, caret, caret_seq, scroll";
/// Tables that hang on an article: columns after the article's, and the order of their key.
const OF_ARTICLE: [(&str, &str, &str); 5] = [
    ("view_seen", "view, view_seq, at", "view"),
    ("session", "peer, author, at", "peer"),
    ("plain", "text", "change"),
    ("sync", "goes_up, unsent, stuck, access, seen_seq, last_seq, feed, standing", "article"),
    ("upload", "peer, folded, queued, acked", "peer"),
];
/// Tables of their own: columns, and the order of their key.
const APART: [(&str, &str, &str); 6] = [
    ("deleted_article", "id, article, at", "no"),
    ("setting", "key, value, no", "key"),
    ("media", "sha256, mime, width, height, size, name, original_sha256", "sha256"),
    (
        "account",
        "one, server, newsroom, newsroom_name, epoch, device, person, name, roles, policy, cursor, next_intent,
         token_in, reconcile",
        "one",
    ),
    (
        "outbox",
        "id, kind, article, sha256, payload, peer, start_at, end_at, no, needs, recovered, state, attempts,
         last_error, answer, created, settled",
        "id",
    ),
    ("quarantine", "id, article, reason, bytes, at", "id"),
];
/// A private copy hangs on one article and names another.
const PRIVATE_COPY: &str = "copy, of_article, late, reason, at";
const REVISION: &str = "article, id, version, at, reason, label, author, words, headline, content_hash";

/// Fills an empty library. Returns what the first source did not give.
pub(super) fn all(
    library: &mut Connection,
    sources: &[Source],
    day_log: &Path,
) -> Result<Vec<Stretch>, StoreError> {
    let transaction = library.transaction()?;
    let mut found = Found::default();
    for (table, columns, key) in APART {
        for source in sources {
            source.all(table, columns, key).iter().for_each(|row| insert(&transaction, table, columns, row));
        }
    }
    let mut numbers = BTreeMap::new();
    for (n, id) in articles(sources) {
        if !article::was_deleted(&transaction, id)? {
            numbers.insert(n, merge(&transaction, sources, n, id, &mut found)?);
        }
    }
    for row in sources.iter().flat_map(|source| source.all("revision", REVISION, "id")) {
        renumbered(&transaction, "revision", REVISION, row, &numbers);
    }
    for row in sources.iter().flat_map(|source| source.all("private_copy", PRIVATE_COPY, "copy")) {
        renumbered(&transaction, "private_copy", PRIVATE_COPY, row, &numbers);
    }
    // What the server has is asked before anything is sent: the copies may be older than the damaged library.
    sync::compare_first(&transaction)?;
    if day_log.is_dir() {
        daylog::each(day_log, |line| {
            let new = daylog::apply(&transaction, &line)?;
            if let Line::Update { article, seq, at, .. } = line {
                let last = found.logged.entry(article).or_default();
                *last = seq.max(*last);
                if new {
                    found.note(article, RestsOn::DayLog, at);
                }
            }
            Ok(())
        })?;
    }
    note_lost(&transaction, &mut found)?;
    transaction.execute(
        "INSERT OR IGNORE INTO dirty (article) SELECT n FROM article WHERE n NOT IN (SELECT article FROM plain)",
        [],
    )?;
    transaction.commit()?;
    Ok(found.stretches())
}

/// All articles by their numbers, which keeps their order.
fn articles(sources: &[Source]) -> BTreeMap<i64, ArticleId> {
    sources.iter().rev().flat_map(|source| source.articles()).map(|(id, n)| (n, id)).collect()
}

/// Takes one article over; returns its new number.
fn merge(
    library: &Connection,
    sources: &[Source],
    n: i64,
    id: ArticleId,
    found: &mut Found,
) -> Result<i64, StoreError> {
    let new = article::create(library, id, Instant::default())?;
    facts(library, sources, n, new);
    for (table, columns, key) in OF_ARTICLE {
        for row in sources.iter().flat_map(|source| source.of_article(table, columns, key, n)) {
            insert_of(library, table, columns, new, &row);
        }
    }
    let mut seen = BTreeSet::new();
    for source in sources {
        let (rows, whole) = source.rows(n, id);
        if !whole {
            found.unsure.insert(id);
        }
        if !whole || rows.iter().any(|row| !row.sound) {
            found.torn.insert(id);
        }
        for row in rows.into_iter().filter(|row| row.sound) {
            if seen.insert(row.seq) {
                let place = Place { seq: row.seq, at: row.at, caret: row.caret };
                journal::insert_row(library, new, id, &place, &row.row)?;
                if source.kind == RestsOn::Backup {
                    found.note(id, RestsOn::Backup, row.at);
                }
            }
        }
        for snapshot in source.snapshots(n, id) {
            repair::insert_snapshot(library, new, &snapshot)?;
        }
    }
    // Rows count as folded away only where a snapshot that was found holds them.
    library
        .prepare_cached(
            "UPDATE state SET seq = min(seq, coalesce((SELECT max(upto) FROM snapshot WHERE article = ?1), 0))
             WHERE article = ?1",
        )?
        .execute([new])?;
    Ok(new)
}

/// List row, state and drafts: what the change number counts. The first source that has all of them gives them;
/// where none does, what there is, and the day log is told to do all it knows of them again.
fn facts(library: &Connection, sources: &[Source], n: i64, new: i64) {
    let (mut parts, mut complete) = (Vec::new(), false);
    for source in sources {
        let row = source.one("article", ARTICLE, "n", n);
        let state = source.one("state", STATE, "article", n);
        let (drafts, whole) = source.whole_of_article("draft", "key, value, at", "key", n);
        complete = row.is_some() && state.is_some() && whole;
        if complete {
            parts.clear();
        }
        parts.push((row, state, drafts));
        if complete {
            break;
        }
    }
    // The first source is written last, over the others.
    for (row, state, drafts) in parts.iter().rev() {
        row.iter().for_each(|row| update(library, "article", ARTICLE, "n", new, row));
        state.iter().for_each(|row| update(library, "state", STATE, "article", new, row));
        drafts.iter().for_each(|row| insert_of(library, "draft", "key, value, at", new, row));
    }
    if !complete {
        update(library, "state", "change_no", "article", new, &[Value::Integer(0)]);
    }
}

/// Adds a row unless its key is there; a row that does not fit its table was damaged.
fn insert(library: &Connection, table: &str, columns: &str, row: &[Value]) {
    let places = vec!["?"; row.len()].join(", ");
    let sql = format!("INSERT OR IGNORE INTO {table} ({columns}) VALUES ({places})");
    let inserted = library.prepare_cached(&sql).and_then(|mut insert| insert.execute(params_from_iter(row)));
    if let Err(error) = inserted {
        tracing::warn!(table, %error, "a damaged row was left out");
    }
}

fn insert_of(library: &Connection, table: &str, columns: &str, n: i64, row: &[Value]) {
    let row: Values = std::iter::once(Value::Integer(n)).chain(row.iter().cloned()).collect();
    insert(library, table, &format!("article, {columns}"), &row);
}

fn update(library: &Connection, table: &str, columns: &str, key: &str, n: i64, row: &[Value]) {
    let places = vec!["?"; row.len()].join(", ");
    let sql = format!("UPDATE {table} SET ({columns}) = ({places}) WHERE {key} = ?");
    let row = row.iter().cloned().chain([Value::Integer(n)]);
    let updated = library.prepare_cached(&sql).and_then(|mut update| update.execute(params_from_iter(row)));
    if let Err(error) = updated {
        tracing::warn!(table, %error, "a damaged row was left out");
    }
}

/// A row whose first column is its article's number, under the new number.
fn renumbered(
    library: &Connection,
    table: &str,
    columns: &str,
    mut row: Values,
    numbers: &BTreeMap<i64, i64>,
) {
    if let Some(Value::Integer(n)) = row.first_mut()
        && let Some(new) = numbers.get(n)
    {
        *n = *new;
        insert(library, table, columns, &row);
    }
}

/// Notes rows that nobody has, by the times of their neighbours; and where rows may have followed the last one,
/// because the journal could not be read to its end and the day log does not reach there.
fn note_lost(library: &Connection, found: &mut Found) -> Result<(), StoreError> {
    let mut articles = library.prepare("SELECT n, id FROM article ORDER BY n")?;
    let mut articles = articles.query([])?;
    while let Some(row) = articles.next()? {
        let (n, id) = (row.get(0)?, ArticleId(uuid::Uuid::from_bytes(row.get(1)?)));
        let pieces = Pieces::read(library, n, id)?;
        for seq in pieces.choose(i64::MAX).lost {
            let before = pieces.rows.range(..seq).next_back().map(|(_, row)| row.at);
            let after = pieces.rows.range(seq..).next().map(|(_, row)| row.at);
            found.lost(id, before.or(after).unwrap_or_default(), after.or(before).unwrap_or_default());
            found.torn.insert(id);
        }
        let last = pieces.rows.last_key_value().map(|(seq, row)| (*seq, row.at)).unwrap_or_default();
        if found.unsure.contains(&id) && found.logged.get(&id).is_none_or(|logged| *logged < last.0.max(1)) {
            found.lost(id, last.1, last.1);
        }
        if found.torn.contains(&id) {
            // What others wrote may be among it; the server gives it again.
            library.prepare_cached("UPDATE sync SET seen_seq = 0 WHERE article = ?1")?.execute([n])?;
        }
    }
    Ok(())
}

/// Times of edits by article and source.
#[derive(Default)]
struct Found {
    times: BTreeMap<(ArticleId, RestsOn), BTreeSet<Instant>>,
    lost: BTreeSet<Stretch>,
    /// Articles whose journal could not be read to its end.
    unsure: BTreeSet<ArticleId>,
    /// Articles of which a piece was not as it was written, or is nowhere.
    torn: BTreeSet<ArticleId>,
    /// The last row of each article that the day log has.
    logged: BTreeMap<ArticleId, i64>,
}

impl Found {
    fn note(&mut self, article: ArticleId, rests_on: RestsOn, at: Instant) {
        self.times.entry((article, rests_on)).or_default().insert(at);
    }

    fn lost(&mut self, article: ArticleId, from: Instant, to: Instant) {
        self.lost.insert(Stretch { article, from, to, rests_on: RestsOn::Nothing });
    }

    fn stretches(self) -> Vec<Stretch> {
        let mut stretches: Vec<Stretch> = self.lost.into_iter().collect();
        for ((article, rests_on), times) in self.times {
            let mut times = times.into_iter();
            let Some(first) = times.next() else { continue };
            let mut stretch = Stretch { article, from: first, to: first, rests_on };
            for at in times {
                if at.0 - stretch.to.0 > PAUSE {
                    stretches.push(stretch);
                    stretch.from = at;
                }
                stretch.to = at;
            }
            stretches.push(stretch);
        }
        stretches.sort();
        stretches
    }
}
