//! T28: who follows the feed misses nothing, however many write at once. The order of commits is the order of numbers,
//! since one counter row is advanced inside every writing transaction; a sequence that hands numbers out beforehand
//! lets a reader pass over one that is committed later.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use galley_model::ArticleId;
use galley_sync::wire::{Change, ChangesRequest, ContentRequest, ContentResult};

use super::{Copy, Person, Room, article};

const WRITERS: u64 = 8;
const UPDATES: usize = 30;

/// Writes into an article of its own, as fast as it can.
async fn write(room: Arc<Room>, n: u64) {
    let person = Person::new(100 + u128::from(n), "写稿人", &[galley_model::workflow::Role::Reporter]);
    let mut copy = Copy::new(article(1_000 + u128::from(n)), 500 + n);
    for _ in 0..UPDATES {
        copy.write(0, 0, "字");
        let push = copy.push();
        copy.acknowledged = push.end;
        let request = ContentRequest { items: vec![push] };
        let answer = room.newsroom().content(&person.caller, request, room.desk.now()).await.unwrap();
        assert!(matches!(answer.results[..], [ContentResult::Stored { .. }]), "{:?}", answer.results);
    }
}

/// What a reader knew of each article when it had come to a number.
type Known = BTreeMap<ArticleId, i64>;

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn who_follows_the_feed_misses_nothing_however_many_write_at_once() {
    let room = Arc::new(Room::new().await);
    let is_over = Arc::new(AtomicBool::new(false));
    // Each reads their own: a draft is nobody else's.
    let readers: Vec<_> = (0..WRITERS)
        .map(|n| Person::new(100 + u128::from(n), "写稿人", &[galley_model::workflow::Role::Reporter]))
        .collect();
    let follow = {
        let (room, is_over) = (room.clone(), is_over.clone());
        tokio::spawn(async move {
            let mut notes: Vec<(ArticleId, i64, i64)> = Vec::new();
            let mut cursors = vec![0; readers.len()];
            loop {
                let was_over = is_over.load(Ordering::SeqCst);
                let mut moved = false;
                for (reader, cursor) in readers.iter().zip(&mut cursors) {
                    let request =
                        ChangesRequest { cursor: room.cursor(*cursor), limit: 3, site: 0, look: None };
                    let answer = room.newsroom().changes(&reader.caller, request).await.unwrap();
                    assert!(answer.cursor.n >= *cursor, "the cursor never turns back");
                    moved |= answer.cursor.n > *cursor;
                    *cursor = answer.cursor.n;
                    // One that moved while the answer was made may be in it twice; the last is taken last.
                    let mut told = Known::new();
                    for change in answer.articles {
                        let Change::Standing(standing) = change else { panic!("{change:?}") };
                        told.insert(standing.article, standing.last_seq);
                    }
                    notes.extend(told.into_iter().map(|(article, seq)| (article, seq, *cursor)));
                }
                if was_over && !moved {
                    return notes;
                }
                tokio::task::yield_now().await;
            }
        })
    };
    let writers: Vec<_> = (0..WRITERS).map(|n| tokio::spawn(write(room.clone(), n))).collect();
    for writer in writers {
        writer.await.unwrap();
    }
    is_over.store(true, Ordering::SeqCst);
    let notes = follow.await.unwrap();
    // How many updates of each article the feed had given out up to each number.
    let records = rusqlite::Connection::open(room.desk.library().join("newsroom.sqlite")).unwrap();
    let given = |article: ArticleId, upto: i64| -> i64 {
        let sql = "SELECT count(*) FROM change_feed WHERE article = ? AND n <= ? AND what = 'content'";
        records.query_row(sql, (article.to_string(), upto), |row| row.get(0)).unwrap()
    };
    let mut last = Known::new();
    for (article, seq, cursor) in &notes {
        assert!(*seq >= given(*article, *cursor), "{article}: at {cursor} it knew {seq}");
        let before = last.insert(*article, *seq).unwrap_or_default();
        assert!(*seq >= before, "{article}");
    }
    assert_eq!(last.len(), WRITERS as usize);
    assert!(last.values().all(|seq| *seq == UPDATES as i64), "{last:?}");
    room.newsroom().check_records().await.unwrap();
}

/// The same rule where many commit at once and some are slow: PostgreSQL, for which the records are meant as well.
#[cfg(target_os = "linux")]
mod on_postgresql {
    use galley_testkit::postgres::{Postgres, finished};

    use crate::storage::ADVANCE_FEED;

    const WRITERS: usize = 8;
    const COMMITS: usize = 25;

    /// Writers that take a number by `next` and commit up to 20 ms later, beside a reader who follows. Answers how
    /// many numbers were committed, and how many of them the reader never saw.
    fn missed(server: &Postgres, next: &str) -> (usize, usize) {
        server.run(
            "DROP TABLE IF EXISTS feed, change_feed, told, is_over;
             CREATE TABLE feed (one INTEGER PRIMARY KEY CHECK (one = 1), n BIGINT NOT NULL);
             INSERT INTO feed (one, n) VALUES (1, 0);
             CREATE TABLE change_feed (n BIGINT PRIMARY KEY, article TEXT NOT NULL);
             CREATE SEQUENCE IF NOT EXISTS handed_out;
             CREATE TABLE told (n BIGINT);
             CREATE TABLE is_over (yes BOOLEAN);
             CREATE OR REPLACE PROCEDURE follow() LANGUAGE plpgsql AS $$
             DECLARE
               known BIGINT := 0;
               newest BIGINT;
               was_over BOOLEAN;
             BEGIN
               LOOP
                 SELECT EXISTS (SELECT 1 FROM is_over) INTO was_over;
                 WITH found AS (SELECT n FROM change_feed WHERE n > known),
                      noted AS (INSERT INTO told SELECT n FROM found)
                 SELECT max(n) INTO newest FROM found;
                 COMMIT;
                 EXIT WHEN was_over AND newest IS NULL;
                 known := coalesce(newest, known);
               END LOOP;
             END $$;",
        );
        let reader = server.begin("CALL follow();");
        let writers: Vec<_> = (0..WRITERS)
            .map(|writer| {
                let commit = format!(
                    "BEGIN;
                     WITH next AS ({next}) INSERT INTO change_feed SELECT n, '{writer}' FROM next;
                     SELECT pg_sleep(random() * 0.02);
                     COMMIT;\n"
                );
                server.begin(&commit.repeat(COMMITS))
            })
            .collect();
        writers.into_iter().for_each(|writer| drop(finished(writer)));
        server.run("INSERT INTO is_over VALUES (true);");
        finished(reader);
        let count = |sql: &str| server.run(sql).parse().unwrap();
        let missed = "SELECT count(*) FROM change_feed WHERE n NOT IN (SELECT n FROM told);";
        (count("SELECT count(*) FROM change_feed;"), count(missed))
    }

    #[test]
    fn a_counter_row_misses_nothing_and_a_sequence_does() {
        let server = Postgres::start();
        assert_eq!(missed(&server, ADVANCE_FEED), (WRITERS * COMMITS, 0));
        let (committed, missed) = missed(&server, "SELECT nextval('handed_out') AS n");
        assert_eq!(committed, WRITERS * COMMITS);
        assert!(missed > 0, "this test can tell one from the other");
    }
}
