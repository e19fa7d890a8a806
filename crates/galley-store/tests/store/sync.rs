//! What the library keeps for the sync.

use std::collections::BTreeMap;

use galley_model::{ArticleId, PersonId, Sha256};
use galley_store::{
    Account, Behind, Library, List, NewPush, OutboxKind, Publication, Reconcile, RemoteChange, RemoteUpdates,
    Settle, StoreError, Uploads,
};
use uuid::Uuid;

use crate::common::{NOON, PEER, append, article, folded, open, text};

fn account(newsroom: u128) -> Account {
    Account {
        server: "https://galley.test".to_owned(),
        newsroom: Uuid::from_u128(newsroom),
        newsroom_name: "日报".to_owned(),
        epoch: Uuid::from_u128(2),
        device: Uuid::from_u128(3),
        person: PersonId(Uuid::from_u128(4)),
        name: "王记者".to_owned(),
        roles: Vec::new(),
        policy: None,
        cursor: 0,
        next_intent: 1,
        token_in: "file".to_owned(),
        reconcile: Reconcile::No,
    }
}

fn library() -> (tempfile::TempDir, Library) {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    library.sign_in(account(1)).wait().unwrap();
    (folder, library)
}

fn typed(library: &Library, id: ArticleId, upto: i64) {
    library.create_article(id, NOON).wait().unwrap();
    library.append(append(id, 1, upto)).wait().unwrap();
}

/// Queues what is unsent, as the rows have it.
fn queue(library: &Library) -> usize {
    let uploads = library.unsent(2_000).unwrap().into_iter().map(|unsent| Uploads {
        article: unsent.article,
        upto_seq: unsent.upto_seq,
        instead: None,
        pushes: unsent
            .peers
            .into_iter()
            .map(|one| NewPush {
                peer: one.peer,
                start: one.start,
                end: one.end,
                bytes: format!("{}-{}", one.start, one.end).into_bytes(),
                recovered: false,
            })
            .collect(),
    });
    library.queue_pushes(uploads.collect(), NOON).wait().unwrap()
}

fn waiting(library: &Library, kind: OutboxKind) -> Vec<(i64, i32, i32, u64)> {
    let rows = library.outbox_waiting(kind, 2_000, usize::MAX).unwrap();
    rows.into_iter().map(|row| (row.id, row.start, row.end, row.no)).collect()
}

#[test]
fn a_private_draft_is_never_queued_and_a_ticked_one_once() {
    let (_folder, library) = library();
    typed(&library, article(1), 3);
    typed(&library, article(2), 3);
    assert_eq!(queue(&library), 0);
    library.let_up(vec![article(2)]).wait().unwrap();
    assert_eq!((queue(&library), queue(&library)), (1, 0));
    library.append(append(article(2), 4, 5)).wait().unwrap();
    assert_eq!(queue(&library), 1);
    let spans: Vec<_> = waiting(&library, OutboxKind::Content).iter().map(|row| (row.1, row.2)).collect();
    assert_eq!(spans, [(0, 3), (3, 5)]);
}

#[test]
fn one_row_alone_is_sent_as_it_was_committed() {
    let (_folder, library) = library();
    typed(&library, article(1), 3);
    library.let_up(vec![article(1)]).wait().unwrap();
    queue(&library);
    library.append(append(article(1), 4, 4)).wait().unwrap();
    let unsent = library.unsent(10).unwrap().remove(0);
    assert_eq!(unsent.peers[0].bytes.as_deref(), Some(b"<4>".as_slice()));
    library.append(append(article(1), 5, 5)).wait().unwrap();
    assert_eq!(library.unsent(10).unwrap()[0].peers[0].bytes, None, "two rows need the document");
}

#[test]
fn what_was_folded_away_unsent_is_still_known() {
    let (_folder, library) = library();
    typed(&library, article(1), 3);
    library.let_up(vec![article(1)]).wait().unwrap();
    queue(&library);
    library.append(append(article(1), 4, 6)).wait().unwrap();
    library.fold(article(1), 6, folded(6), NOON).wait().unwrap();
    // Another run of the app writes on, until no row of the first is left.
    let mut later = append(article(1), 7, 8);
    later.updates.iter_mut().for_each(|row| (row.peer, row.start, row.end) = (9, row.start - 6, row.end - 6));
    library.append(later).wait().unwrap();
    library.fold(article(1), 8, folded(8), NOON).wait().unwrap();
    assert_eq!(library.load(article(1)).unwrap().last_seq, 8);
    let unsent = library.unsent(10).unwrap().remove(0);
    let spans: Vec<_> = unsent.peers.iter().map(|one| (one.peer, one.start, one.end)).collect();
    assert_eq!(spans, [(PEER, 3, 6), (9, 0, 2)]);
    assert!(unsent.peers[0].bytes.is_none(), "the document has to export it");
}

#[test]
fn an_answer_moves_the_peer_on_and_a_gap_moves_it_back() {
    let (_folder, library) = library();
    typed(&library, article(1), 3);
    library.let_up(vec![article(1)]).wait().unwrap();
    queue(&library);
    let id = waiting(&library, OutboxKind::Content)[0].0;
    library.settle(vec![Settle::Arrived { id }, Settle::Arrived { id }], NOON).wait().unwrap();
    assert_eq!(library.acknowledged(article(1)).unwrap(), [(PEER, 3)]);
    assert_eq!(library.outbox_rows(&[id]).unwrap()[0].payload, b"", "its bytes are not kept twice");
    library.append(append(article(1), 4, 5)).wait().unwrap();
    queue(&library);
    let id = waiting(&library, OutboxKind::Content)[0].0;
    library.settle(vec![Settle::Rewind { id, expect: 1 }], NOON).wait().unwrap();
    queue(&library);
    let spans: Vec<_> = waiting(&library, OutboxKind::Content).iter().map(|row| (row.1, row.2)).collect();
    assert_eq!(spans, [(1, 5)]);
}

#[test]
fn what_waits_and_nothing_else_holds_is_set_aside_and_not_forgotten() {
    let (_folder, library) = library();
    typed(&library, article(1), 3);
    library.let_up(vec![article(1)]).wait().unwrap();
    queue(&library);
    library.append(append(article(1), 4, 5)).wait().unwrap();
    queue(&library);
    let instead = |end: i32| {
        let push = NewPush { peer: PEER, start: 1, end, bytes: b"anew".to_vec(), recovered: false };
        let pushes = if end > 0 { vec![push] } else { Vec::new() };
        Uploads { article: article(1), upto_seq: 5, instead: Some([(PEER, 1)].into()), pushes }
    };
    // The document still holds all of it.
    library.queue_pushes(vec![instead(5)], NOON).wait().unwrap();
    assert_eq!(library.quarantined().unwrap(), []);
    // It cannot be read any more: what waits is the last that holds the text.
    library.queue_pushes(vec![instead(0)], NOON).wait().unwrap();
    assert_eq!(waiting(&library, OutboxKind::Content), []);
    let kept: Vec<_> = library.quarantined().unwrap().into_iter().map(|it| (it.article, it.bytes)).collect();
    assert_eq!(kept, [(article(1), b"anew".to_vec())]);
    // Nor does it hold the end of what waits.
    library.queue_pushes(vec![instead(5)], NOON).wait().unwrap();
    library.queue_pushes(vec![instead(4)], NOON).wait().unwrap();
    assert_eq!(library.quarantined().unwrap().len(), 2);
}

#[test]
fn wishes_are_numbered_without_gaps_and_close_up_when_one_is_given_up() {
    let (folder, library) = library();
    typed(&library, article(1), 3);
    let ask = |library: &Library, n| {
        library.queue_intent(Uuid::from_u128(n), article(1), "{}", NOON).wait().unwrap()
    };
    let ids: Vec<i64> = (1..=4).map(|n| ask(&library, n)).collect();
    assert_eq!(ask(&library, 2), ids[1], "the same press is one wish");
    let numbers = |library: &Library| -> Vec<(i64, u64)> {
        waiting(library, OutboxKind::Intent).iter().map(|row| (row.0, row.3)).collect()
    };
    assert_eq!(numbers(&library), [(ids[0], 1), (ids[1], 2), (ids[2], 3), (ids[3], 4)]);
    assert_eq!(library.outbox_rows(&ids[..1]).unwrap()[0].needs, BTreeMap::from([(PEER, 3)]));
    let given_up = Settle::GivenUp { id: ids[1], reason: "text_refused".to_owned() };
    library.settle(vec![given_up], NOON).wait().unwrap();
    assert_eq!(numbers(&library), [(ids[0], 1), (ids[2], 2), (ids[3], 3)]);
    library.settle(vec![Settle::Renumber { next: 9 }], NOON).wait().unwrap();
    assert_eq!(numbers(&library), [(ids[0], 9), (ids[2], 10), (ids[3], 11)]);
    drop(library);
    let library = open(folder.path());
    assert_eq!(library.account().unwrap().unwrap().next_intent, 12);
    assert_eq!(numbers(&library).len(), 3, "a kill loses none");
}

#[test]
fn a_library_stays_with_its_newsroom() {
    let (_folder, library) = library();
    assert!(matches!(library.sign_in(account(9)).wait(), Err(StoreError::OtherNewsroom { .. })));
    library.sign_out().wait().unwrap();
    assert!(!library.account().unwrap().unwrap().is_signed_in());
    assert!(library.sign_in(account(1)).wait().unwrap().is_signed_in());
}

fn standing(id: ArticleId, last_seq: i64, feed: i64) -> RemoteChange {
    RemoteChange::Standing {
        article: id,
        last_seq,
        feed,
        json: format!("{feed}"),
        publication: Publication::Live,
        list: List::Published,
    }
}

#[test]
fn the_cursor_moves_with_the_standings_and_updates_are_taken_once() {
    let (_folder, library) = library();
    library
        .take_changes(vec![standing(article(1), 2, 5), standing(article(2), 1, 6)], 6, NOON)
        .wait()
        .unwrap();
    assert_eq!(library.account().unwrap().unwrap().cursor, 6);
    let behind = library.behind(10).unwrap();
    assert_eq!(behind.len(), 2);
    assert_eq!(behind[0], Behind { article: article(1), seen_seq: 0 });
    let updates = RemoteUpdates {
        projection: None,
        article: article(1),
        updates: vec![b"<1>".to_vec(), b"<2>".to_vec()],
        upto: 2,
        headline: Some("水".to_owned()),
    };
    for rows in [2, 0] {
        let taken = library.import_remote(vec![updates.clone()], NOON).wait().unwrap();
        assert_eq!((taken[0].rows, taken[0].seq_last), (rows, 2));
    }
    assert_eq!(text(&library.load(article(1)).unwrap()), "<1><2>");
    assert_eq!(library.behind(10).unwrap().len(), 1);
    let is_behind = |n| library.article_sync(article(n)).unwrap().is_behind();
    assert_eq!((is_behind(1), is_behind(2)), (false, true));
    assert_eq!(library.unsent(10).unwrap(), [], "what came from the server does not go back");
    // An older page, said twice, changes nothing.
    library.take_changes(vec![standing(article(1), 1, 4)], 6, NOON).wait().unwrap();
    assert_eq!(library.article_sync(article(1)).unwrap().standing, "5");
    library.take_changes(vec![RemoteChange::Deleted { article: article(1) }], 7, NOON).wait().unwrap();
    assert_eq!(text(&library.load(article(1)).unwrap()), "<1><2>", "nothing is deleted here");
}

#[test]
fn what_was_refused_as_somebody_elses_draft_goes_up_once_it_is_shown_again() {
    let (_folder, library) = library();
    typed(&library, article(1), 3);
    library.let_up(vec![article(1)]).wait().unwrap();
    queue(&library);
    let id = waiting(&library, OutboxKind::Content)[0].0;
    library.settle(vec![Settle::Refused { id, reason: "not_yours".to_owned() }], NOON).wait().unwrap();
    assert_eq!(library.unsent(10).unwrap(), []);
    library.take_changes(vec![standing(article(1), 0, 5)], 5, NOON).wait().unwrap();
    assert_eq!(queue(&library), 1);
}

#[test]
fn an_article_that_can_be_read_again_goes_up_and_its_refused_photo_does_not() {
    let (_folder, library) = library();
    typed(&library, article(1), 3);
    library.let_up(vec![article(1)]).wait().unwrap();
    library.queue_photos(article(1), vec![Sha256::of(b"photo")], NOON).wait().unwrap();
    let id = waiting(&library, OutboxKind::Photo)[0].0;
    let refuse = |id| Settle::Refused { id, reason: "not_a_photo".to_owned() };
    library.settle(vec![refuse(id)], NOON).wait().unwrap();
    library.cannot_read(vec![article(1)], NOON).wait().unwrap();
    assert_eq!((queue(&library), library.unreadable().unwrap()), (0, vec![article(1)]));
    let again = || vec![Settle::ReadAgain { article: article(1) }];
    library.settle(again(), NOON).wait().unwrap();
    assert_eq!(waiting(&library, OutboxKind::Photo), []);
    assert_eq!((queue(&library), library.unreadable().unwrap()), (1, Vec::new()));
    // What the server says of the text is no matter of reading it.
    let id = waiting(&library, OutboxKind::Content)[0].0;
    library.settle(vec![refuse(id)], NOON).wait().unwrap();
    library.settle(again(), NOON).wait().unwrap();
    assert_eq!(library.article_sync(article(1)).unwrap().stuck, "not_a_photo");
    library.settle(vec![Settle::Retry { article: article(1) }], NOON).wait().unwrap();
    assert_eq!((queue(&library), waiting(&library, OutboxKind::Photo).len()), (1, 1), "when it is asked for");
}

#[test]
fn a_rebuilt_library_asks_the_server_before_it_sends() {
    let (folder, library) = library();
    typed(&library, article(1), 3);
    library.let_up(vec![article(1)]).wait().unwrap();
    queue(&library);
    library.queue_photos(article(1), vec![Sha256::of(b"photo")], NOON).wait().unwrap();
    library.close().unwrap();
    drop(library);
    std::fs::write(folder.path().join("salvage"), b"").unwrap();
    let (library, report) = Library::open(folder.path(), NOON).unwrap();
    assert!(report.salvaged.is_some());
    assert_eq!(library.account().unwrap().unwrap().reconcile, Reconcile::Library);
    assert_eq!(waiting(&library, OutboxKind::Content).len(), 1);
    assert_eq!(waiting(&library, OutboxKind::Photo).len(), 1);
    assert_eq!(queue(&library), 0, "not doubled");
    assert_eq!(text(&library.load(article(1)).unwrap()), "<1><2><3>");
}

#[test]
fn what_was_lost_of_others_is_asked_of_the_server_again() {
    let (folder, library) = library();
    library
        .take_changes(vec![standing(article(1), 3, 5), standing(article(2), 3, 6)], 6, NOON)
        .wait()
        .unwrap();
    let updates = |id| RemoteUpdates {
        projection: None,
        article: id,
        updates: vec![b"<1>".to_vec(), b"<2>".to_vec(), b"<3>".to_vec()],
        upto: 3,
        headline: None,
    };
    library.import_remote(vec![updates(article(1)), updates(article(2))], NOON).wait().unwrap();
    assert_eq!(library.behind(10).unwrap(), []);
    library.close().unwrap();
    drop(library);
    std::fs::remove_dir_all(folder.path().join("daylog")).unwrap();
    let file = rusqlite::Connection::open(folder.path().join("library.sqlite")).unwrap();
    let sql = "UPDATE journal SET bytes = x'00' WHERE seq = ?1
               AND article = (SELECT n FROM article WHERE id = ?2)";
    assert_eq!(file.execute(sql, (3, article(2).0.as_bytes())).unwrap(), 1);
    drop(file);
    std::fs::write(folder.path().join("salvage"), b"").unwrap();
    let (library, report) = Library::open(folder.path(), NOON).unwrap();
    assert!(report.salvaged.is_some());
    assert_eq!(text(&library.load(article(1)).unwrap()), "<1><2><3>");
    assert_eq!(text(&library.load(article(2)).unwrap()), "<1><2>");
    assert_eq!(library.behind(10).unwrap(), [Behind { article: article(2), seen_seq: 0 }]);
    library.import_remote(vec![updates(article(2))], NOON).wait().unwrap();
    assert!(text(&library.load(article(2)).unwrap()).ends_with("<3>"));
}

#[test]
fn a_thousand_articles_are_queued_in_well_under_a_second() {
    let (_folder, library) = library();
    let ids: Vec<ArticleId> = (1..=1_000).map(article).collect();
    for id in &ids {
        drop(library.create_article(*id, NOON));
        drop(library.append(append(*id, 1, 20)));
    }
    library.let_up(ids).wait().unwrap();
    let began = std::time::Instant::now();
    assert_eq!(queue(&library), 1_000);
    let rows = library.outbox_waiting(OutboxKind::Content, 2_000, usize::MAX).unwrap();
    let settled = rows.iter().map(|row| Settle::Arrived { id: row.id }).collect();
    library.settle(settled, NOON).wait().unwrap();
    let took = began.elapsed();
    println!("1,000 articles: {took:?}");
    assert!(took.as_millis() < 3_000, "{took:?}");
    assert_eq!(rows.len(), 1_000);
}
