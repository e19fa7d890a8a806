//! Who is told what, in which order, and the text in pieces that fit.

use galley_model::ArticleId;
use galley_model::workflow::{IntentKind, ReasonCode};
use galley_sync::wire::{
    Change, ChangesRequest, ContentResult, Contest, ContestPlace, Cursor, Standing, UpdatesRequest,
    VersionsRequest, Want,
};
use galley_text::Document;
use uuid::Uuid;

use super::super::desk::article;
use super::{Copy, Person, Room, codes};
use crate::NewsroomError;
use crate::content::{LATE_OF_ONE, MAX_CONTESTS};

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

/// A standing that holds texts of several megabytes never keeps an answer from a device, which takes 8 MiB.
const DEVICE_TAKES: usize = 8 << 20;

/// Writes over the whole text under a peer of its own, which comes too late.
async fn too_late(
    room: &Room,
    reporter: &Person,
    article: ArticleId,
    peer: u64,
    text: &str,
) -> ContentResult {
    let mut copy = room.copy(article, peer).await;
    let len = galley_text::splice::len_utf16(&copy.document.body().unwrap());
    copy.write(0, len, text);
    room.send(reporter, &mut copy).await
}

fn asked() -> Contest {
    Contest {
        id: Uuid::from_u128(1),
        place: ContestPlace::Field { key: "headline".to_owned() },
        base: "桥通车".to_owned(),
        mine: "桥开通".to_owned(),
        theirs: "大桥通车".to_owned(),
        result: "大桥开通".to_owned(),
        suggestion: None,
        mine_by: "王记者".to_owned(),
        theirs_by: "李编辑".to_owned(),
    }
}

/// Everything that an editor is told, in answers that a device takes.
async fn told(room: &Room, editor: &Person) -> Vec<Standing> {
    let (mut cursor, mut told) = (room.cursor(0), Vec::new());
    loop {
        let request = ChangesRequest { cursor, limit: 500, site: 0, look: None };
        let answer = room.newsroom().changes(&editor.caller, request).await.unwrap();
        assert!(serde_json::to_vec(&answer).unwrap().len() < DEVICE_TAKES);
        cursor = answer.cursor;
        for change in answer.articles {
            let Change::Standing(standing) = change else { panic!("{change:?}") };
            told.push(*standing);
        }
        if !answer.more {
            return told;
        }
    }
}

#[tokio::test]
async fn late_texts_are_told_as_far_as_an_answer_holds_them_and_the_next_once_one_is_decided() {
    let room = Room::new().await;
    let (reporter, editor) = (Person::reporter(), Person::editor());
    let mut ids = Vec::new();
    for n in 1..=2 {
        ids.push(room.approved(&reporter, &editor, n).await.article);
    }
    for &id in &ids {
        for peer in 0..u64::try_from(LATE_OF_ONE).unwrap() {
            let sent = too_late(&room, &reporter, id, 500 + peer, "今日").await;
            assert!(matches!(sent, ContentResult::Late { .. }), "{peer}: {sent:?}");
        }
        let refused = ContentResult::Refused { reason: "too_many_late".to_owned() };
        assert_eq!(too_late(&room, &reporter, id, 600, "短").await, refused);
    }
    // Each as long as a text may be.
    let long = "水".repeat(200_000);
    let records = rusqlite::Connection::open(room.desk.library().join("newsroom.sqlite")).unwrap();
    records.execute("UPDATE late_update SET body = ?", [&long]).unwrap();
    let late = |told: &[Standing], id| -> Vec<_> {
        told.iter().find(|standing| standing.article == id).unwrap().late.clone()
    };
    let before = told(&room, &editor).await;
    assert_eq!(before.iter().map(|standing| standing.article).collect::<Vec<_>>(), ids);
    for &id in &ids {
        let late = late(&before, id);
        assert!((2..LATE_OF_ONE).contains(&late.len()) && late.iter().all(|late| late.body == long));
    }
    // Nor is one taken in that could not be asked about.
    let records_of = "INSERT INTO contest (id, article, contest, opened_feed)
        WITH RECURSIVE n (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?3) SELECT n, ?1, ?2, 1 FROM n";
    let contest = serde_json::to_string(&asked()).unwrap();
    records.execute(records_of, (ids[1].to_string(), contest, i64::try_from(MAX_CONTESTS).unwrap())).unwrap();
    let accept = IntentKind::AcceptLate { late: late(&before, ids[1])[0].id };
    let outcome = room.wish(&editor, ids[1], accept).await;
    assert_eq!(codes(&outcome), [ReasonCode::ContestOpen]);
    // What is decided makes way for the next, to be told and to be sent.
    let decided = late(&before, ids[0]);
    let refuse = IntentKind::RefuseLate { late: decided[0].id };
    Room::accepted(room.wish(&editor, ids[0], refuse).await);
    let after = late(&told(&room, &editor).await, ids[0]);
    assert_eq!((after.len(), after[0].id), (decided.len(), decided[1].id));
    assert!(matches!(too_late(&room, &reporter, ids[0], 600, "短").await, ContentResult::Late { .. }));
}

#[tokio::test]
async fn nothing_more_is_merged_while_too_many_places_wait_for_a_choice() {
    let room = Room::new().await;
    let (reporter, editor) = (Person::reporter(), Person::editor());
    let copy = room.draft(&reporter, 1).await;
    room.submit(&reporter, copy.article).await;
    // Two people answer each of many lines without knowing of one another.
    let lines: String = (0..=MAX_CONTESTS).map(|n| format!("第{n}行是七时\n\n")).collect();
    let (mut first, mut second) = (room.copy(copy.article, 70).await, room.copy(copy.article, 71).await);
    first.write(0, 0, &lines);
    room.send(&reporter, &mut first).await;
    let (mut mine, mut theirs) = (room.copy(copy.article, 72).await, room.copy(copy.article, 73).await);
    for _ in 0..=MAX_CONTESTS {
        mine.replace("七时", "八时");
        theirs.replace("七时", "九时");
    }
    assert!(matches!(room.send(&reporter, &mut mine).await, ContentResult::Stored { .. }));
    assert!(matches!(room.send(&editor, &mut theirs).await, ContentResult::Stored { .. }));
    let open = room.standing(&editor, copy.article).await.contests;
    assert!(open.len() >= MAX_CONTESTS, "{}", open.len());
    second.write(0, 0, "又记：");
    let refused = ContentResult::Refused { reason: "too_many_contests".to_owned() };
    assert_eq!(room.send(&reporter, &mut second).await, refused);
    // Of long ones as many are told as an answer holds, and all of them count.
    let records = rusqlite::Connection::open(room.desk.library().join("newsroom.sqlite")).unwrap();
    let says = "UPDATE contest SET contest = json_set(contest, '$.base', ?)";
    records.execute(says, ["水".repeat(50_000)]).unwrap();
    let long = told(&room, &editor).await.remove(0).contests;
    assert!((2..MAX_CONTESTS).contains(&long.len()), "{}", long.len());
    assert!(long.iter().map(|contest| contest.id).eq(open.iter().take(long.len()).map(|contest| contest.id)));
    records.execute(says, ["七"]).unwrap();
    let too_many = open.len() - MAX_CONTESTS + 1;
    for contest in open.into_iter().take(too_many) {
        let choice = IntentKind::ResolveContest { contest: contest.id, text: contest.mine };
        Room::accepted(room.wish(&editor, copy.article, choice).await);
    }
    assert!(matches!(room.send(&reporter, &mut second).await, ContentResult::Stored { .. }));
}
