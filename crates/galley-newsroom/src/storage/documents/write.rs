//! What a commit does to the records of the text.

use galley_model::{ArticleId, Instant, Sha256};
use rusqlite::Transaction;
use uuid::Uuid;

use super::{DocumentEffect, LateRecord, Sent, read};
use crate::storage::StorageError;
use crate::storage::write::{execute, json};

type Write<T = ()> = Result<T, StorageError>;

/// Whether nothing speaks against an effect any more.
pub(crate) fn is_still_so(transaction: &Transaction<'_>, effect: &DocumentEffect) -> Write<bool> {
    match effect {
        DocumentEffect::Count(device, no) => Ok(read::next_intent(transaction, *device)? == *no),
        DocumentEffect::SettleContest(id)
        | DocumentEffect::WithdrawContest(id)
        | DocumentEffect::AskAnew(id, _) => {
            Ok(read::contest(transaction, *id)?.is_some_and(|(_, _, is_open)| is_open))
        }
        DocumentEffect::CloseLate(id, _) => {
            Ok(read::late(transaction, *id)?.is_some_and(|late| late.is_open))
        }
        _ => Ok(true),
    }
}

/// Says that an article moved at this number.
pub(crate) fn moved(transaction: &Transaction<'_>, article: ArticleId, n: i64) -> Write {
    run(transaction, "UPDATE document SET feed = ? WHERE article = ?", (n, article.to_string()))
}

pub(crate) fn apply(
    transaction: &Transaction<'_>,
    article: Option<ArticleId>,
    (n, now): (i64, Instant),
    effect: &DocumentEffect,
) -> Write {
    let of = || {
        let article = article.ok_or_else(|| StorageError::Other("a text without an article".to_owned()))?;
        Ok::<_, StorageError>(article.to_string())
    };
    match effect {
        DocumentEffect::New(author, since, policy) => {
            let sql = "UPDATE article SET policy = ?, policy_version = ? WHERE id = ?";
            run(transaction, sql, (&policy.id, policy.version, of()?))?;
            let sql = "INSERT INTO document (article, author, author_name, author_since, content_hash, feed)
                       VALUES (?, ?, ?, ?, ?, ?)";
            let empty = galley_model::content_hash(&galley_model::Content::default()).to_string();
            run(transaction, sql, (of()?, author.id.to_string(), &author.name, since, empty, n))
        }
        DocumentEffect::Author(author, since) => {
            let sql = "UPDATE document SET author = ?, author_name = ?, author_since = ? WHERE article = ?";
            run(transaction, sql, (author.id.to_string(), &author.name, since, of()?))
        }
        DocumentEffect::HandedIn(policy) => {
            let sql = "UPDATE article SET policy = ?, policy_version = ? WHERE id = ?";
            run(transaction, sql, (&policy.id, policy.version, of()?))?;
            run(transaction, "UPDATE document SET handed_in = 1 WHERE article = ?", [of()?])
        }
        DocumentEffect::Claim(person) => {
            let (id, name) = person
                .as_ref()
                .map(|person| (person.id.to_string(), person.name.clone()))
                .unwrap_or_default();
            let sql = "UPDATE document SET claimed_by = ?, claimed_name = ? WHERE article = ?";
            run(transaction, sql, (id, name, of()?))
        }
        DocumentEffect::CoAuthor(person) => {
            let sql = "INSERT INTO co_author (article, person, name) VALUES (?, ?, ?)
                       ON CONFLICT (article, person) DO UPDATE SET name = excluded.name, removed = 0";
            run(transaction, sql, (of()?, person.id.to_string(), &person.name))
        }
        DocumentEffect::NoCoAuthor(person) => {
            let sql = "UPDATE co_author SET removed = 1 WHERE article = ? AND person = ?";
            run(transaction, sql, (of()?, person.to_string()))
        }
        DocumentEffect::Update(seq, sent, run) => update(transaction, &of()?, (*seq, *run), sent, now),
        DocumentEffect::Head { content_hash, body, meta } => {
            let sql = "UPDATE document SET content_hash = ?, body = ?, meta = ? WHERE article = ?";
            run(transaction, sql, (content_hash.to_string(), body, json(meta)?, of()?))
        }
        DocumentEffect::Snapshot(upto, bytes) => {
            let sql = "INSERT OR REPLACE INTO text_snapshot (article, upto, bytes) VALUES (?, ?, ?)";
            run(transaction, sql, (of()?, upto, bytes))
        }
        DocumentEffect::OpenContest(contest, of_run) => {
            let (peer, since) =
                of_run.map_or_else(Default::default, |run| (run.peer.0.to_string(), run.since));
            let sql = "INSERT INTO contest (id, article, contest, opened_feed, peer, since)
                       VALUES (?, ?, ?, ?, ?, ?)";
            run(transaction, sql, (contest.id.to_string(), of()?, json(contest)?, n, peer, since))
        }
        DocumentEffect::WithdrawContest(id) => withdraw(transaction, *id, n),
        DocumentEffect::AskAnew(id, contest) => {
            let sql = "INSERT INTO contest (id, article, contest, opened_feed, peer, since)
                       SELECT ?, article, ?, ?, peer, since FROM contest WHERE id = ?";
            run(transaction, sql, (contest.id.to_string(), json(contest)?, n, id.to_string()))?;
            withdraw(transaction, *id, n)
        }
        DocumentEffect::SettleContest(id) => {
            run(transaction, "UPDATE contest SET settled_feed = ? WHERE id = ?", (n, id.to_string()))
        }
        DocumentEffect::Late(late) => insert_late(transaction, late),
        DocumentEffect::CloseLate(id, state) => {
            run(transaction, "UPDATE late_update SET state = ? WHERE id = ?", (state, id.to_string()))
        }
        DocumentEffect::Quarantine(article, reason, sent) => {
            quarantine(transaction, *article, reason, sent, now)
        }
        DocumentEffect::Delete => delete(transaction, &of()?),
        DocumentEffect::Count(device, no) => {
            let sql = "INSERT OR REPLACE INTO device_intent (device, next) VALUES (?, ?)";
            run(transaction, sql, (device.to_string(), no.saturating_add(1).cast_signed()))
        }
        DocumentEffect::Person(person, active) => {
            let sql = "INSERT OR REPLACE INTO known_person (id, name, active) VALUES (?, ?, ?)";
            run(transaction, sql, (person.id.to_string(), &person.name, active))
        }
        DocumentEffect::NewPolicy(policy) => {
            let sql = "UPDATE newsroom SET policy = ?, policy_version = ?";
            run(transaction, sql, (&policy.id, policy.version))
        }
    }
}

fn withdraw(transaction: &Transaction<'_>, contest: Uuid, n: i64) -> Write {
    let sql = "UPDATE contest SET settled_feed = ?, replaced = 1 WHERE id = ?";
    run(transaction, sql, (n, contest.to_string()))
}

fn update(
    transaction: &Transaction<'_>,
    article: &str,
    (seq, of_run): (i64, Option<i32>),
    sent: &Sent,
    now: Instant,
) -> Write {
    let sql = "INSERT INTO text_update (article, seq, peer, first, past, sha_in, bytes, device, person, at,
                   received_at, run)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let row = (
        (article, seq, sent.peer.to_string(), sent.start, sent.end),
        (sent.sha_in.to_string(), &sent.bytes, word(sent.device), sent.person.id.to_string()),
    );
    let ((article, seq, peer, start, end), (sha, bytes, device, person)) = row;
    let row = (article, seq, &peer, start, end, sha, bytes, &device, &person, sent.at.0, now.0, of_run);
    run(transaction, sql, row)?;
    // What was brought back has no device until its own claims it.
    let owner = if sent.recovered { String::new() } else { device };
    let sql = "INSERT INTO peer (article, peer, device, person, name, recovered, past, first_seq)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?)
               ON CONFLICT (article, peer) DO UPDATE SET past = excluded.past,
                   device = CASE device WHEN '' THEN excluded.device ELSE device END";
    run(transaction, sql, (article, peer, owner, person, &sent.person.name, sent.recovered, end, seq))?;
    run(transaction, "UPDATE document SET last_seq = ? WHERE article = ?", (seq, article))
}

fn insert_late(transaction: &Transaction<'_>, late: &LateRecord) -> Write {
    let sent = &late.sent;
    let sql =
        "INSERT INTO late_update (id, article, peer, first, past, sha_in, bytes, device, person, name, at,
                   received_at, body, meta, state)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'open')";
    let row = (
        late.id.to_string(),
        late.article.to_string(),
        sent.peer.to_string(),
        sent.start,
        sent.end,
        sent.sha_in.to_string(),
        &sent.bytes,
        word(sent.device),
        sent.person.id.to_string(),
        &sent.person.name,
        sent.at.0,
        late.received_at.0,
        &late.body,
        json(&late.meta)?,
    );
    run(transaction, sql, row)
}

fn quarantine(
    transaction: &Transaction<'_>,
    article: ArticleId,
    reason: &str,
    sent: &Sent,
    now: Instant,
) -> Write {
    let sql =
        "INSERT OR IGNORE INTO quarantine (article, peer, first, past, sha_in, reason, bytes, device, person,
                   received_at)
               VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)";
    let sha_in: Sha256 = sent.sha_in;
    let row = (
        article.to_string(),
        sent.peer.to_string(),
        sent.start,
        sent.end,
        sha_in.to_string(),
        reason,
        &sent.bytes,
        word(sent.device),
        sent.person.id.to_string(),
        now.0,
    );
    run(transaction, sql, row)
}

/// Nothing of the text stays but that there was an article.
fn delete(transaction: &Transaction<'_>, article: &str) -> Write {
    for sql in [
        "DELETE FROM text_update WHERE article = ?",
        "DELETE FROM text_snapshot WHERE article = ?",
        "DELETE FROM contest WHERE article = ?",
        "DELETE FROM late_update WHERE article = ?",
        "DELETE FROM quarantine WHERE article = ?",
        "DELETE FROM peer WHERE article = ?",
        "UPDATE document SET deleted = 1, body = '', meta = '{}' WHERE article = ?",
    ] {
        run(transaction, sql, [article])?;
    }
    Ok(())
}

fn word(device: Option<Uuid>) -> String {
    device.map(|id| id.to_string()).unwrap_or_default()
}

fn run(transaction: &Transaction<'_>, sql: &str, params: impl rusqlite::Params) -> Write {
    execute(transaction, sql, params).map(drop)
}
