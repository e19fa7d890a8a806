//! Who is told what, in which order, and the text in pieces that fit.

use galley_model::workflow::{IntentKind, ReasonCode};
use galley_sync::wire::{
    Change, ChangesRequest, ContentResult, Cursor, UpdatesRequest, VersionsRequest, Want,
};
use galley_text::Document;
use uuid::Uuid;

use super::super::desk::article;
use super::{Copy, Person, Room, codes};
use crate::NewsroomError;

#[tokio::test]
async fn a_draft_is_its_writers_and_what_is_handed_in_is_everybodys() {
    let room = Room::new().await;
    let (reporter, colleague, editor) = (Person::reporter(), Person::colleague(), Person::editor());
    let mut copy = room.draft(&reporter, 1).await;
    let id = copy.article;
    let fetch = async |person: &Person| {
        let wants = vec![Want { article: id, after: 0 }];
        let updates = room.newsroom().updates(&person.caller, UpdatesRequest { wants }).await.unwrap();
        let versions = VersionsRequest { articles: vec![id] };
        let versions = room.newsroom().versions(&person.caller, versions).await.unwrap();
        (room.changes(person, 0).await.len(), updates.articles.len(), versions.articles.len())
    };
    assert_eq!(fetch(&reporter).await, (1, 1, 1));
    assert_eq!((fetch(&colleague).await, fetch(&editor).await), ((0, 0, 0), (0, 0, 0)));
    let theirs = room.copy(id, 50).await;
    let mut theirs = Copy { acknowledged: 0, ..theirs };
    theirs.write(0, 0, "甲");
    assert_eq!(room.send(&colleague, &mut theirs).await, ContentResult::NotYours);
    let add = || IntentKind::AddCoAuthor { person: colleague.caller.actor.person };
    assert_eq!(codes(&room.wish(&reporter, id, add()).await), [ReasonCode::NoSuchPerson]);
    let (person, name) = (colleague.caller.actor.person, "赵记者");
    room.newsroom().know_person(person, name, true, room.desk.now()).await.unwrap();
    Room::accepted(room.wish(&reporter, id, add()).await);
    assert_eq!(fetch(&colleague).await, (1, 1, 1));
    assert!(matches!(room.send(&colleague, &mut theirs).await, ContentResult::Stored { .. }));
    let n = *room.newsroom().fed().borrow();
    Room::accepted(room.wish(&reporter, id, IntentKind::RemoveCoAuthor { person }).await);
    assert_eq!(room.changes(&colleague, n).await, [Change::Withdrawn { article: id }]);
    theirs.write(0, 0, "乙");
    assert_eq!(room.send(&colleague, &mut theirs).await, ContentResult::NotYours);
    let n = *room.newsroom().fed().borrow();
    room.submit(&reporter, id).await;
    assert!(
        matches!(room.changes(&editor, n).await.as_slice(), [Change::Standing(_)]),
        "told at that number"
    );
    assert_eq!(fetch(&editor).await, (1, 1, 1));
    let n = *room.newsroom().fed().borrow();
    Room::accepted(room.wish(&reporter, id, IntentKind::Withdraw).await);
    assert_eq!(room.changes(&editor, n).await, [Change::Withdrawn { article: id }]);
    assert_eq!(codes(&room.wish(&reporter, id, IntentKind::Delete).await), [ReasonCode::WrongStage]);
    copy.write(0, 0, "丙");
    assert!(matches!(room.send(&reporter, &mut copy).await, ContentResult::Stored { .. }));
}

#[tokio::test]
async fn what_was_deleted_is_gone_for_its_writers_and_never_was_for_others() {
    let room = Room::new().await;
    let (reporter, editor) = (Person::reporter(), Person::editor());
    let mut copy = room.draft(&reporter, 1).await;
    Room::accepted(room.wish(&reporter, copy.article, IntentKind::Delete).await);
    assert_eq!(room.changes(&reporter, 0).await, [Change::Deleted { article: copy.article }]);
    assert_eq!(room.changes(&editor, 0).await, []);
    copy.write(0, 0, "甲");
    assert_eq!(room.send(&reporter, &mut copy).await, ContentResult::Gone);
    assert_eq!(room.desk.count("SELECT count(*) FROM text_update"), 0);
    let outcome = room.wish(&reporter, copy.article, IntentKind::Delete).await;
    assert_eq!(codes(&outcome), [ReasonCode::NoSuchArticle]);
}

#[tokio::test]
async fn changes_come_in_order_each_article_once_and_none_is_skipped() {
    let room = Room::new().await;
    let reporter = Person::reporter();
    let mut copies = Vec::new();
    for n in 1..=7 {
        copies.push(room.draft(&reporter, n).await);
    }
    copies[0].write(0, 0, "甲");
    let copy = &mut copies[0];
    room.send(&reporter, copy).await;
    let (mut seen, mut cursor, mut pages) = (Vec::new(), room.cursor(0), 0);
    loop {
        let request = ChangesRequest { cursor, limit: 2, site: 0, look: None };
        let answer = room.newsroom().changes(&reporter.caller, request).await.unwrap();
        assert!(answer.articles.len() <= 2 && answer.cursor.n >= cursor.n);
        pages += 1;
        cursor = answer.cursor;
        for change in answer.articles {
            let Change::Standing(standing) = change else { panic!("{change:?}") };
            seen.push((standing.n, standing.article));
        }
        if !answer.more {
            break;
        }
    }
    assert!(seen.is_sorted() && pages >= 4);
    let articles: Vec<_> = seen.iter().map(|(_, id)| *id).collect();
    assert_eq!(articles, [2, 3, 4, 5, 6, 7, 1].map(article));
    assert_eq!(room.changes(&reporter, cursor.n).await, []);
}

#[tokio::test]
async fn a_cursor_of_another_newsroom_or_epoch_is_told_from_ours() {
    let room = Room::new().await;
    let reporter = Person::reporter();
    let of = async |cursor: Cursor| {
        room.newsroom()
            .changes(&reporter.caller, ChangesRequest { cursor, limit: 1, site: 0, look: None })
            .await
            .unwrap_err()
    };
    let ours = room.cursor(0);
    assert!(matches!(of(Cursor { newsroom: Uuid::nil(), ..ours }).await, NewsroomError::OtherNewsroom));
    assert!(matches!(of(Cursor { epoch: Uuid::nil(), ..ours }).await, NewsroomError::OtherEpoch));
}

#[tokio::test]
async fn many_updates_come_as_a_snapshot_and_large_ones_in_pieces() {
    let room = Room::new().await;
    let reporter = Person::reporter();
    let mut copy = room.draft(&reporter, 1).await;
    for _ in 0..70 {
        copy.write(0, 0, "甲");
        assert!(matches!(room.send(&reporter, &mut copy).await, ContentResult::Stored { .. }));
    }
    let fetch = async |after: i64| {
        let wants = vec![Want { article: article(1), after }];
        room.newsroom().updates(&reporter.caller, UpdatesRequest { wants }).await.unwrap().articles.remove(0)
    };
    let all = fetch(0).await;
    assert!(all.snapshot.is_some() && all.updates.len() < 10, "{}", all.updates.len());
    assert_eq!((all.upto, all.more), (71, false));
    let updates: Vec<Vec<u8>> = all.updates.into_iter().map(|bytes| bytes.0).collect();
    let snapshot = all.snapshot.map(|bytes| bytes.0);
    let read = Document::load(snapshot.as_deref(), &updates, 9).unwrap();
    assert_eq!(read.body().unwrap(), copy.document.body().unwrap());
    let few = fetch(60).await;
    assert!(few.snapshot.is_none() && few.updates.len() == 11);
    assert_eq!(fetch(71).await.updates.len(), 0);
    // Within a few bytes at a time, and still everything.
    use crate::Documents as _;
    let (mut after, mut pieces, mut rounds) = (0, Vec::new(), 0);
    loop {
        let piece = room.newsroom().0.storage.updates_after(article(1), after, 300).await.unwrap();
        let len: usize = piece.bytes.updates.iter().map(Vec::len).sum();
        assert!(piece.upto > after && (len <= 300 || piece.bytes.updates.len() == 1));
        (after, rounds) = (piece.upto, rounds + 1);
        pieces.extend(piece.bytes.snapshot);
        pieces.extend(piece.bytes.updates);
        if !piece.more {
            break;
        }
    }
    assert!(rounds > 10, "{rounds}");
    let read = Document::load(None, &pieces, 10).unwrap();
    assert_eq!(read.body().unwrap(), copy.document.body().unwrap());
}
