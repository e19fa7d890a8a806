//! Questions about the text, one function each.

use galley_model::workflow::{Opinion, PolicyRef, SignOff};
use galley_model::{ArticleId, Instant, Meta, PersonId, Sha256};
use galley_sync::wire;
use rusqlite::{Connection, Row};
use uuid::Uuid;

use super::{
    ArticleFile, DocumentRecord, JudgedText, Known, LateRecord, OpenLate, PeerRecord, RunRecord, Sent,
    StoredBytes, StoredUpdate, UpdatesAfter,
};
use crate::authorship::Seal;
use crate::decoder::Run;
use crate::storage::StorageError;
use crate::storage::read::{self, json_of, many, one, stored, text as first_text};
use crate::storage::sqlite::storage_error;

type Read<T> = Result<T, StorageError>;

// Asked with every update that goes on with one of its peer's: both go along a key.
const LAST_RUN: &str = "SELECT run FROM text_update WHERE article = ?1
    AND seq = (SELECT last_seq FROM document WHERE article = ?1) AND peer = ?2 AND past = ?3";
const CONTESTS_OF_RUN: &str = "SELECT contest, settled_feed = 0 FROM contest
    WHERE article = ? AND peer = ? AND since = ? AND replaced = 0 ORDER BY opened_feed, rowid";

/// For the test that they do.
#[cfg(test)]
pub(crate) fn questions() -> Vec<&'static str> {
    vec![LAST_RUN, CONTESTS_OF_RUN]
}

/// So many missing updates are answered by a snapshot.
const MANY: i64 = 64;

pub(crate) fn file(connection: &Connection, article: ArticleId) -> Read<Option<ArticleFile>> {
    // One moment for all of it.
    let transaction = connection.unchecked_transaction().map_err(storage_error)?;
    file_of(&transaction, article)
}

pub(crate) fn files(connection: &Connection, articles: &[ArticleId]) -> Read<Vec<Known>> {
    let transaction = connection.unchecked_transaction().map_err(storage_error)?;
    let known = |article: &ArticleId| match file_of(&transaction, *article)? {
        Some(file) => Ok(Known::File(Box::new(file))),
        None => Ok(Known::Bare(Box::new(read::article(&transaction, *article)?))),
    };
    articles.iter().map(known).collect()
}

fn file_of(connection: &Connection, article: ArticleId) -> Read<Option<ArticleFile>> {
    let Some(document) = document(connection, article)? else { return Ok(None) };
    Ok(Some(ArticleFile {
        article,
        record: read::article(connection, article)?,
        document,
        sign_offs: sign_offs(connection, article)?,
        opinions: opinions(connection, article)?,
        contests: contests(connection, article)?,
        late: open_late(connection, article)?,
        peers: peers(connection, article)?,
        corrections: read::corrections(connection, article)?,
    }))
}

fn document(connection: &Connection, article: ArticleId) -> Read<Option<DocumentRecord>> {
    let sql =
        "SELECT author, author_name, claimed_by, claimed_name, content_hash, handed_in, deleted, last_seq,
                   feed, author_since, (SELECT upto FROM text_snapshot WHERE article = document.article)
               FROM document WHERE article = ?";
    let row = |row: &Row<'_>| {
        let texts: [String; 5] = [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?];
        let flags: [bool; 2] = [row.get(5)?, row.get(6)?];
        let snapshot = row.get::<_, Option<i64>>(10)?.unwrap_or_default();
        let numbers: [i64; 4] = [row.get(7)?, row.get(8)?, row.get(9)?, snapshot];
        Ok((texts, flags, numbers))
    };
    let found = one(connection, sql, [article.to_string()], row)?;
    let Some((
        [author, author_name, claimed_by, claimed_name, hash],
        [was_handed_in, is_deleted],
        [last_seq, feed, author_since, snapshot_upto],
    )) = found
    else {
        return Ok(None);
    };
    let claimed_by = match claimed_by.as_str() {
        "" => None,
        id => Some(wire::Person { id: stored(id)?, name: claimed_name }),
    };
    let (mut co_authors, mut former_co_authors) = (Vec::new(), Vec::new());
    let sql = "SELECT person, name, removed FROM co_author WHERE article = ? ORDER BY person";
    let row = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get(2)?));
    for (person, name, removed) in many(connection, sql, [article.to_string()], row)? {
        let id = stored(&person)?;
        if removed { former_co_authors.push(id) } else { co_authors.push(wire::Person { id, name }) }
    }
    Ok(Some(DocumentRecord {
        author: wire::Person { id: stored(&author)?, name: author_name },
        author_since,
        co_authors,
        former_co_authors,
        claimed_by,
        was_handed_in,
        is_deleted,
        last_seq,
        snapshot_upto,
        content_hash: stored(&hash)?,
        feed,
    }))
}

fn sign_offs(connection: &Connection, article: ArticleId) -> Read<Vec<SignOff>> {
    let sql = "SELECT record FROM sign_off WHERE article = ? ORDER BY feed";
    many(connection, sql, [article.to_string()], first_text)?.iter().map(|json| json_of(json)).collect()
}

fn opinions(connection: &Connection, article: ArticleId) -> Read<Vec<Opinion>> {
    let sql = "SELECT opinion FROM opinion WHERE article = ? ORDER BY feed";
    many(connection, sql, [article.to_string()], first_text)?.iter().map(|json| json_of(json)).collect()
}

pub(crate) fn judged_text(
    connection: &Connection,
    article: ArticleId,
    content_hash: Sha256,
) -> Read<Option<JudgedText>> {
    let sql = "SELECT id, body, meta FROM judged_text WHERE article = ? AND content_hash = ?";
    let row = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get(1)?, row.get::<_, String>(2)?));
    let found = one(connection, sql, (article.to_string(), content_hash.to_string()), row)?;
    found
        .map(|(id, body, meta)| {
            Ok(JudgedText { id: stored(&id)?, article, content_hash, body, meta: json_of(&meta)? })
        })
        .transpose()
}

fn contests(connection: &Connection, article: ArticleId) -> Read<Vec<wire::Contest>> {
    let sql =
        "SELECT contest FROM contest WHERE article = ? AND settled_feed = 0 ORDER BY opened_feed, rowid";
    many(connection, sql, [article.to_string()], first_text)?.iter().map(|json| json_of(json)).collect()
}

pub(crate) fn contest(connection: &Connection, id: Uuid) -> Read<Option<(ArticleId, wire::Contest, bool)>> {
    let sql = "SELECT article, contest, settled_feed = 0 FROM contest WHERE id = ?";
    let row = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get(2)?));
    let found = one(connection, sql, [id.to_string()], row)?;
    found.map(|(article, contest, open)| Ok((stored(&article)?, json_of(&contest)?, open))).transpose()
}

fn peers(connection: &Connection, article: ArticleId) -> Read<Vec<PeerRecord>> {
    let sql =
        "SELECT peer, device, name, recovered, past FROM peer WHERE article = ? ORDER BY first_seq, peer";
    let row = |row: &Row<'_>| {
        let texts: [String; 3] = [row.get(0)?, row.get(1)?, row.get(2)?];
        Ok((texts, row.get::<_, bool>(3)?, row.get::<_, i32>(4)?))
    };
    let of = |([peer, device, name], recovered, end): ([String; 3], bool, i32)| {
        let device = if device.is_empty() { None } else { Some(stored(&device)?) };
        Ok(PeerRecord { peer: stored(&peer)?, device, name, recovered, end })
    };
    many(connection, sql, [article.to_string()], row)?.into_iter().map(of).collect()
}

fn open_late(connection: &Connection, article: ArticleId) -> Read<Vec<OpenLate>> {
    let sql = "SELECT id, peer, sha_in, person, name, first, past, received_at
               FROM late_update WHERE article = ? AND state = 'open' ORDER BY received_at, id";
    let row = |row: &Row<'_>| {
        let texts: [String; 5] = [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?];
        Ok((texts, row.get(5)?, row.get(6)?, row.get(7)?))
    };
    let of = |([id, peer, sha_in, person, name], start, end, received_at): ([String; 5], i32, i32, i64)| {
        Ok(OpenLate {
            id: stored(&id)?,
            peer: stored(&peer)?,
            start,
            end,
            sha_in: stored(&sha_in)?,
            person: wire::Person { id: stored(&person)?, name },
            received_at: Instant(received_at),
        })
    };
    many(connection, sql, [article.to_string()], row)?.into_iter().map(of).collect()
}

pub(crate) fn late_text(connection: &Connection, id: Uuid) -> Read<Option<(String, Meta)>> {
    let sql = "SELECT body, meta FROM late_update WHERE id = ?";
    let row = |row: &Row<'_>| Ok((row.get(0)?, row.get::<_, String>(1)?));
    let found = one(connection, sql, [id.to_string()], row)?;
    found.map(|(body, meta)| Ok((body, json_of(&meta)?))).transpose()
}

pub(crate) fn late(connection: &Connection, id: Uuid) -> Read<Option<LateRecord>> {
    let sql =
        "SELECT article, peer, sha_in, device, person, name, body, meta, state, first, past, at, received_at,
                   bytes
               FROM late_update WHERE id = ?";
    let row = |row: &Row<'_>| {
        let ids: [String; 5] = [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?];
        let texts: [String; 4] = [row.get(5)?, row.get(6)?, row.get(7)?, row.get(8)?];
        let range: [i32; 2] = [row.get(9)?, row.get(10)?];
        let times: [i64; 2] = [row.get(11)?, row.get(12)?];
        Ok((ids, texts, range, times, row.get::<_, Vec<u8>>(13)?))
    };
    let found = one(connection, sql, [id.to_string()], row)?;
    let Some((
        [article, peer, sha_in, device, person],
        [name, body, meta, state],
        [start, end],
        [at, received_at],
        bytes,
    )) = found
    else {
        return Ok(None);
    };
    Ok(Some(LateRecord {
        id,
        article: stored(&article)?,
        sent: Sent {
            peer: stored(&peer)?,
            start,
            end,
            sha_in: stored(&sha_in)?,
            bytes,
            device: Some(stored(&device)?),
            person: wire::Person { id: stored(&person)?, name },
            at: Instant(at),
            recovered: false,
        },
        received_at: Instant(received_at),
        body,
        meta: json_of(&meta)?,
        is_open: state == "open",
    }))
}

pub(crate) fn text(connection: &Connection, article: ArticleId) -> Read<Option<(String, Meta)>> {
    let sql = "SELECT body, meta FROM document WHERE article = ?";
    let row = |row: &Row<'_>| Ok((row.get(0)?, row.get::<_, String>(1)?));
    let found = one(connection, sql, [article.to_string()], row)?;
    found.map(|(body, meta)| Ok((body, json_of(&meta)?))).transpose()
}

pub(crate) fn bytes(connection: &Connection, article: ArticleId, with_snapshot: bool) -> Read<StoredBytes> {
    let transaction = connection.unchecked_transaction().map_err(storage_error)?;
    let found = if with_snapshot { snapshot(&transaction, article)? } else { None };
    let (upto, snapshot) = found.map_or((0, None), |(upto, bytes)| (upto, Some(bytes)));
    let sql = "SELECT bytes FROM text_update WHERE article = ? AND seq > ? ORDER BY seq";
    let updates = many(&transaction, sql, (article.to_string(), upto), |row| row.get(0))?;
    Ok(StoredBytes { snapshot, updates })
}

fn snapshot(connection: &Connection, article: ArticleId) -> Read<Option<(i64, Vec<u8>)>> {
    let sql = "SELECT upto, bytes FROM text_snapshot WHERE article = ?";
    one(connection, sql, [article.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))
}

pub(crate) fn updates_after(
    connection: &Connection,
    article: ArticleId,
    after: i64,
    budget: usize,
) -> Read<UpdatesAfter> {
    let transaction = connection.unchecked_transaction().map_err(storage_error)?;
    let sql = "SELECT last_seq FROM document WHERE article = ?";
    let last = one(&transaction, sql, [article.to_string()], |row| row.get::<_, i64>(0))?.unwrap_or_default();
    let mut answer = UpdatesAfter { upto: after.min(last), ..UpdatesAfter::default() };
    let mut left = budget;
    if last - answer.upto > MANY
        && let Some((upto, bytes)) = snapshot(&transaction, article)?
        && upto > answer.upto
        && bytes.len() <= left
    {
        left -= bytes.len();
        answer.upto = upto;
        answer.bytes.snapshot = Some(bytes);
    }
    let sql = "SELECT seq, bytes FROM text_update WHERE article = ? AND seq > ? ORDER BY seq";
    let mut statement = transaction.prepare_cached(sql).map_err(storage_error)?;
    let mut rows = statement.query((article.to_string(), answer.upto)).map_err(storage_error)?;
    while let Some(row) = rows.next().map_err(storage_error)? {
        let (seq, bytes): (i64, Vec<u8>) =
            (row.get(0).map_err(storage_error)?, row.get(1).map_err(storage_error)?);
        let is_first = answer.bytes.updates.is_empty() && answer.bytes.snapshot.is_none();
        if bytes.len() > left && !is_first {
            break;
        }
        left = left.saturating_sub(bytes.len());
        answer.upto = seq;
        answer.bytes.updates.push(bytes);
    }
    answer.more = answer.upto < last;
    Ok(answer)
}

pub(crate) fn update_from(
    connection: &Connection,
    article: ArticleId,
    peer: u64,
    start: i32,
) -> Read<Option<StoredUpdate>> {
    let sql = "SELECT seq, past, sha_in FROM text_update WHERE article = ? AND peer = ? AND first = ?";
    let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get::<_, String>(2)?));
    let found = one(connection, sql, (article.to_string(), peer.to_string(), start), row)?;
    found.map(|(seq, end, sha)| Ok(StoredUpdate { seq, end, sha_in: stored(&sha)? })).transpose()
}

pub(crate) fn run(
    connection: &Connection,
    article: ArticleId,
    peer: u64,
    start: i32,
) -> Read<Option<RunRecord>> {
    let transaction = connection.unchecked_transaction().map_err(storage_error)?;
    let (id, writer) = (article.to_string(), peer.to_string());
    let since: Option<Option<i32>> = one(&transaction, LAST_RUN, (&id, &writer, start), |row| row.get(0))?;
    let Some(since) = since.flatten() else { return Ok(None) };
    let row = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, bool>(1)?));
    let found = many(&transaction, CONTESTS_OF_RUN, (&id, &writer, since), row)?;
    let contests = found.into_iter().map(|(json, is_open)| Ok((json_of(&json)?, is_open)));
    let run = Run { peer: wire::Peer(peer), since };
    Ok(Some(RunRecord { run, contests: contests.collect::<Read<_>>()? }))
}

pub(crate) fn arrived(connection: &Connection, article: ArticleId, peer: u64) -> Read<i32> {
    let sql = "SELECT max(past) FROM (
                   SELECT past FROM peer WHERE article = ?1 AND peer = ?2
                   UNION ALL SELECT past FROM late_update WHERE article = ?1 AND peer = ?2
                   UNION ALL SELECT past FROM quarantine WHERE article = ?1 AND peer = ?2)";
    let found =
        one(connection, sql, (article.to_string(), peer.to_string()), |row| row.get::<_, Option<i32>>(0))?;
    Ok(found.flatten().unwrap_or_default())
}

pub(crate) fn moved(connection: &Connection, after: i64, limit: u32) -> Read<(Vec<(ArticleId, i64)>, i64)> {
    let transaction = connection.unchecked_transaction().map_err(storage_error)?;
    let now = one(&transaction, "SELECT n FROM feed", [], |row| row.get(0))?.unwrap_or_default();
    let sql = "SELECT article, feed FROM document WHERE feed > ? ORDER BY feed LIMIT ?";
    let rows = many(&transaction, sql, (after, limit), |row| Ok((row.get::<_, String>(0)?, row.get(1)?)))?;
    let moved = rows.into_iter().map(|(article, n)| Ok((stored(&article)?, n))).collect::<Read<_>>()?;
    Ok((moved, now))
}

pub(crate) fn known_person(connection: &Connection, id: PersonId) -> Read<Option<(String, bool)>> {
    let sql = "SELECT name, active FROM known_person WHERE id = ?";
    one(connection, sql, [id.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))
}

pub(crate) fn seal(connection: &Connection) -> Read<Seal> {
    let key = one(connection, "SELECT seal FROM newsroom", [], |row| row.get(0))?.unwrap_or_default();
    let row = |row: &Row<'_>| Ok((row.get(0)?, row.get::<_, String>(1)?));
    let epochs = many(connection, "SELECT no, id FROM epoch ORDER BY no", [], row)?;
    let epochs = epochs.into_iter().map(|(no, id)| Ok((no, stored(&id)?))).collect::<Read<_>>()?;
    Ok(Seal { key, epochs })
}

pub(crate) fn next_intent(connection: &Connection, device: Uuid) -> Read<u64> {
    let sql = "SELECT next FROM device_intent WHERE device = ?";
    let next = one(connection, sql, [device.to_string()], |row| row.get::<_, i64>(0))?.unwrap_or(1);
    Ok(next.cast_unsigned())
}

pub(crate) fn new_policy(connection: &Connection) -> Read<PolicyRef> {
    let sql = "SELECT policy, policy_version FROM newsroom";
    one(connection, sql, [], |row| Ok(PolicyRef { id: row.get(0)?, version: row.get(1)? }))?
        .ok_or_else(|| StorageError::Damaged("no newsroom".to_owned()))
}
