//! T28: who follows the feed misses nothing, however many write at once. The order of commits is the order of numbers,
//! since one counter row is advanced inside every writing transaction; a sequence that hands numbers out beforehand lets
//! a reader pass over one that is committed later.

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
