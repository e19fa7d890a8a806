//! Every answer of the content table, and when it is given.

use std::future::Future;
use std::pin::Pin;

use galley_model::ArticleId;
use galley_model::workflow::{IntentKind, Stage, Verdict};
use galley_sync::wire::{Bytes, ContentRequest, ContentResult, ContestPlace, Push};
use galley_text::Document;
use uuid::Uuid;

use super::super::desk::article;
use super::{Copy, Person, Room, with_decoder};
use crate::decoder::{Decoded, Decoder, InProcess, Job, Step};

fn refused(reason: &str) -> ContentResult {
    ContentResult::Refused { reason: reason.to_owned() }
}

#[tokio::test]
async fn the_first_item_makes_the_article_and_the_same_again_is_known() {
    let room = Room::new().await;
    let reporter = Person::reporter();
    let fed = room.newsroom().fed();
    let before = *fed.borrow();
    let copy = room.draft(&reporter, 1).await;
    assert!(*fed.borrow() > before, "whoever follows is told");
    let standing = room.standing(&reporter, copy.article).await;
    assert_eq!((standing.author.name.as_str(), standing.stage), ("王记者", Stage::Draft));
    assert_eq!(standing.policy.id, "two_eyes");
    assert_eq!(standing.content_hash, galley_model::content_hash(&copy.document.content().unwrap()));
    // The answer was lost, three times.
    let n = *fed.borrow();
    for _ in 0..3 {
        let again = room.push(&reporter, vec![copy.push_of(0, copy.end())]).await;
        assert_eq!(again, [ContentResult::Known { seq: 1 }]);
    }
    assert_eq!(room.desk.count("SELECT count(*) FROM text_update"), 1);
    assert_eq!(*fed.borrow(), n, "nothing happened");
}

#[tokio::test]
async fn ranges_have_no_gaps_and_no_forks() {
    let room = Room::new().await;
    let (reporter, colleague) = (Person::reporter(), Person::colleague());
    let mut copy = room.draft(&reporter, 1).await;
    let first = copy.end();
    copy.write(0, 0, "本报讯：");
    let second = copy.end();
    copy.write(0, 0, "（快讯）");
    let end = copy.end();
    assert_eq!(
        room.push(&reporter, vec![copy.push_of(second, end)]).await,
        [ContentResult::Gap { expect: first }]
    );
    assert_eq!(room.push(&reporter, vec![copy.push_of(first - 1, end)]).await, [ContentResult::Forked]);
    assert_eq!(
        room.push(&reporter, vec![copy.push_of(0, second)]).await,
        [ContentResult::Forked],
        "other bytes"
    );
    let mut theirs = copy.push_of(first, end);
    theirs.article = article(1);
    let mut twin = Person::reporter();
    twin.caller.device = uuid::Uuid::from_u128(77);
    assert_eq!(
        room.push(&twin, vec![theirs.clone()]).await,
        [ContentResult::Forked],
        "another device's peer"
    );
    assert_eq!(
        room.push(&colleague, vec![theirs]).await,
        [ContentResult::NotYours],
        "and who may not read is told less"
    );
    let both = room.push(&reporter, vec![copy.push_of(first, second), copy.push_of(second, end)]).await;
    assert_eq!(both, [ContentResult::Stored { seq: 2 }, ContentResult::Stored { seq: 3 }]);
}

#[tokio::test]
async fn items_of_one_request_build_on_each_other() {
    let room = Room::new().await;
    let reporter = Person::reporter();
    let mut copy = Copy::new(article(1), 5);
    copy.write(0, 0, "甲");
    copy.write(1, 1, "乙");
    let (one, two) = (copy.push_of(0, 1), copy.push_of(1, 2));
    let results = room.push(&reporter, vec![one.clone(), one.clone(), two.clone(), one]).await;
    let (stored, known) = (ContentResult::Stored { seq: 1 }, ContentResult::Known { seq: 1 });
    assert_eq!(results, [stored, known.clone(), ContentResult::Stored { seq: 2 }, known]);
    // The first of these cannot be read: the second has nothing to stand on, another article's goes on.
    let mut other = Copy::new(article(2), 6);
    other.write(0, 0, "丙");
    other.write(1, 1, "丁");
    let mut bad = other.push_of(0, 1);
    bad.bytes = Bytes(b"nonsense".to_vec());
    bad.sha256 = galley_model::Sha256::of(&bad.bytes.0);
    copy.write(2, 2, "戊");
    let results = room.push(&reporter, vec![bad, other.push_of(1, 2), copy.push_of(2, 3)]).await;
    assert_eq!(
        results,
        [refused("unreadable"), ContentResult::Gap { expect: 0 }, ContentResult::Stored { seq: 3 }]
    );
    assert_eq!(room.content(article(1)).await.body, "甲乙戊");
    assert_eq!(room.desk.count("SELECT count(*) FROM document"), 1, "the other one was not begun");
    assert_eq!(room.desk.count("SELECT count(*) FROM quarantine WHERE bytes = x''"), 1);
}

#[tokio::test]
async fn what_cannot_be_an_article_is_refused_by_name() {
    let room = Room::new().await;
    let reporter = Person::reporter();
    let mut copy = Copy::new(article(1), 5);
    copy.write(0, 0, "甲");
    let check = async |reason: &str, bend: fn(&mut Push)| {
        let mut push = copy.push();
        bend(&mut push);
        assert_eq!(room.push(&reporter, vec![push]).await, [refused(reason)], "{reason}");
    };
    check("unreadable", |push| push.bytes.0.push(0)).await;
    check("too_large", |push| push.bytes.0 = vec![0; (1 << 20) + 1]).await;
    check("too_large", |push| push.end = 300_001).await;
    check("unreadable", |push| push.end = 2).await;
    let mut long = Copy::new(article(2), 6);
    long.write(0, 0, &"a".repeat(200_001));
    assert_eq!(room.push(&reporter, vec![long.push()]).await, [refused("too_long")]);
    let observer = Person::new(9, "周监督", &[galley_model::workflow::Role::Observer]);
    assert_eq!(room.push(&observer, vec![copy.push()]).await, [ContentResult::NotYours]);
}

#[tokio::test]
async fn what_builds_on_unknown_text_is_missing_and_concurrent_text_is_judged() {
    let room = Room::new().await;
    let (reporter, editor) = (Person::reporter(), Person::editor());
    let mut copy = room.draft(&reporter, 1).await;
    room.submit(&reporter, copy.article).await;
    let mut theirs = room.copy(copy.article, 50).await;
    // The editor moves on from text that the newsroom has not.
    copy.write(0, 0, "快讯：");
    let mut ahead = Document::load(Some(&copy.document.snapshot().unwrap()), &[], 60).unwrap();
    ahead.edit(&[galley_text::Splice::new(0, 0, "甲")]).unwrap();
    let mut unknown = Copy { article: copy.article, document: ahead, acknowledged: 0 };
    assert!(matches!(room.send(&editor, &mut unknown).await, ContentResult::Missing { .. }));
    // Both write a new figure over the same one.
    copy.replace("三十", "五十");
    theirs.replace("三十", "二十");
    assert_eq!(room.send(&editor, &mut theirs).await, ContentResult::Stored { seq: 2 });
    assert_eq!(room.send(&reporter, &mut copy).await, ContentResult::Stored { seq: 3 });
    let standing = room.standing(&editor, copy.article).await;
    let [contest] = standing.contests.as_slice() else { panic!("{:?}", standing.contests) };
    assert_eq!((contest.mine_by.as_str(), contest.theirs_by.as_str()), ("王记者", "李编辑"));
    assert!(contest.mine.contains('五') && contest.theirs.contains('二'), "{contest:?}");
    let merged = room.copy(copy.article, 70).await;
    let ContestPlace::Body { from, to } = &contest.place else { panic!("{contest:?}") };
    let place = merged.document.place_of(&from.0).unwrap()..merged.document.place_of(&to.0).unwrap();
    let body: Vec<u16> = merged.document.body().unwrap().encode_utf16().collect();
    assert_eq!(String::from_utf16(&body[place]).unwrap(), contest.result);
    assert!(
        matches!(room.send(&editor, &mut unknown).await, ContentResult::Stored { .. }),
        "once it is there"
    );
}

#[tokio::test]
async fn what_was_typed_off_line_in_pieces_is_asked_once_and_whole() {
    let room = Room::new().await;
    let (reporter, editor) = (Person::reporter(), Person::editor());
    let mut copy = room.draft(&reporter, 1).await;
    room.submit(&reporter, copy.article).await;
    let mut theirs = room.copy(copy.article, 50).await;
    theirs.replace("七时", "八时");
    room.send(&editor, &mut theirs).await;
    let mut pieces = Vec::new();
    for (what, with) in [("七时", "九"), ("九", "九点整"), ("今晨", "今日凌晨")] {
        let from = copy.end();
        copy.replace(what, with);
        pieces.push(copy.push_of(from, copy.end()));
    }
    // The piece in the middle is sent twice, as after a lost answer.
    let items = [0, 1, 1, 2].map(|index: usize| pieces[index].clone()).to_vec();
    room.push(&reporter, items).await;
    let standing = room.standing(&editor, copy.article).await;
    let [contest] = standing.contests.as_slice() else { panic!("{:?}", standing.contests) };
    assert_eq!(
        (contest.base.as_str(), contest.mine.as_str(), contest.theirs.as_str()),
        ("七时", "九点整", "八时"),
    );
}

#[tokio::test]
async fn what_was_typed_off_line_is_asked_whole_however_many_requests_it_takes() {
    let room = Room::new().await;
    let (reporter, editor) = (Person::reporter(), Person::editor());
    let mut copy = room.draft(&reporter, 1).await;
    room.submit(&reporter, copy.article).await;
    let mut theirs = room.copy(copy.article, 50).await;
    theirs.replace("七时", "八时");
    theirs.write(17, 17, "南岸");
    room.send(&editor, &mut theirs).await;
    let id = copy.article;
    let asked = async || room.standing(&editor, id).await.contests;
    let mine = |contests: &[galley_sync::wire::Contest]| {
        contests.iter().map(|contest| (contest.base.clone(), contest.mine.clone())).collect::<Vec<_>>()
    };
    let pair = |base: &str, mine: &str| (base.to_owned(), mine.to_owned());
    let mut send = async |what: &str, with: &str| {
        copy.replace(what, with);
        assert!(matches!(room.send(&reporter, &mut copy).await, ContentResult::Stored { .. }));
    };

    // Each of these is a request of its own; the first contests nothing yet.
    send("今晨", "今日凌晨").await;
    assert!(asked().await.is_empty());
    send("七时", "九").await;
    send("九", "九点整").await;
    let first = asked().await;
    assert_eq!(mine(&first), [pair("七时", "九点整")]);
    // Another place is contested besides, and what reads as before stays the contest that people have before them.
    send("车辆", "车辆北岸").await;
    let both = asked().await;
    assert_eq!(mine(&both), [pair("七时", "九点整"), pair("", "北岸")]);
    assert_eq!(both[0].id, first[0].id);
    // What somebody decided, as it stands, stays decided while the change goes on elsewhere.
    let keep = IntentKind::ResolveContest { contest: both[0].id, text: both[0].result.clone() };
    Room::accepted(room.wish(&editor, id, keep).await);
    send("今日凌晨", "昨夜").await;
    let left = asked().await;
    assert_eq!(left.iter().map(|contest| contest.id).collect::<Vec<_>>(), [both[1].id]);
    // Taken out again, it contests nothing any more, and nobody has to choose.
    send("北岸", "").await;
    assert!(asked().await.is_empty(), "{:?}", asked().await);
    assert_eq!(room.desk.count("SELECT count(*) FROM contest WHERE replaced = 0"), 1, "the decided one");
}

/// A reporter and an editor who read 七时 at two places, of which the editor made 九时.
async fn same_change_twice() -> (Room, Person, Person, Copy) {
    let room = Room::new().await;
    let (reporter, editor) = (Person::reporter(), Person::editor());
    let mut copy = room.draft(&reporter, 1).await;
    copy.replace("今晨", "今晨七时");
    room.send(&reporter, &mut copy).await;
    room.submit(&reporter, copy.article).await;
    let mut theirs = room.copy(copy.article, 50).await;
    theirs.replace("日七时", "日九时");
    theirs.replace("晨七时", "晨九时");
    room.send(&editor, &mut theirs).await;
    (room, reporter, editor, copy)
}

/// The contests of an article: which, the words before its place, and what the later arrival made of it.
async fn placed(room: &Room, person: &Person, article: ArticleId) -> Vec<(Uuid, String, String)> {
    let document = room.copy(article, 70).await.document;
    let body: Vec<u16> = document.body().unwrap().encode_utf16().collect();
    let contests = room.standing(person, article).await.contests.into_iter();
    let placed = contests.map(|contest| {
        let ContestPlace::Body { from, .. } = &contest.place else { panic!("{contest:?}") };
        let from = document.place_of(&from.0).unwrap();
        (contest.id, String::from_utf16(&body[from - 2..from]).unwrap(), contest.mine)
    });
    placed.collect()
}

fn words(contests: &[(Uuid, String, String)]) -> Vec<(&str, &str)> {
    contests.iter().map(|(_, place, mine)| (place.as_str(), mine.as_str())).collect()
}

#[tokio::test]
async fn of_the_same_change_at_two_places_the_one_taken_back_is_withdrawn() {
    let (room, reporter, editor, mut copy) = same_change_twice().await;
    copy.replace("日七时", "日八时");
    copy.replace("晨七时", "晨八时");
    room.send(&reporter, &mut copy).await;
    let both = placed(&room, &editor, copy.article).await;
    assert_eq!(words(&both), [("昨日", "八"), ("今晨", "八")]);
    copy.replace("日八时", "日七时");
    room.send(&reporter, &mut copy).await;
    let left = placed(&room, &editor, copy.article).await;
    assert!(left.contains(&both[1]), "{left:?}");
    assert!(left.iter().all(|(id, ..)| *id != both[0].0), "{left:?}");
}

#[tokio::test]
async fn the_same_change_at_an_earlier_place_is_asked_besides() {
    let (room, reporter, editor, mut copy) = same_change_twice().await;
    copy.replace("晨七时", "晨八时");
    room.send(&reporter, &mut copy).await;
    let before = placed(&room, &editor, copy.article).await;
    copy.replace("日七时", "日八时");
    room.send(&reporter, &mut copy).await;
    let both = placed(&room, &editor, copy.article).await;
    assert_eq!(words(&both), [("今晨", "八"), ("昨日", "八")]);
    assert_eq!(both[..1], before, "and stays the contest that people have before them");
}

#[tokio::test]
async fn whoever_learns_of_the_other_or_is_followed_by_another_begins_a_new_change() {
    let room = Room::new().await;
    let (reporter, editor) = (Person::reporter(), Person::editor());
    let mut copy = room.draft(&reporter, 1).await;
    room.submit(&reporter, copy.article).await;
    let mut theirs = room.copy(copy.article, 50).await;
    theirs.replace("七时", "八时");
    room.send(&editor, &mut theirs).await;
    copy.replace("七时", "九时");
    room.send(&reporter, &mut copy).await;
    let [first] = room.standing(&editor, copy.article).await.contests.try_into().unwrap();
    // Somebody writes between: the contest stays as it was asked, whatever the reporter goes on with.
    theirs.write(0, 0, "快讯：");
    room.send(&editor, &mut theirs).await;
    copy.replace("今晨", "昨夜");
    room.send(&reporter, &mut copy).await;
    assert_eq!(room.standing(&editor, copy.article).await.contests, std::slice::from_ref(&first));
    // The same reporter, on another day, having read all of it.
    let mut later = room.copy(copy.article, 60).await;
    later.replace("昨夜", "今晨");
    room.send(&reporter, &mut later).await;
    assert_eq!(room.standing(&editor, copy.article).await.contests, [first]);
    assert_eq!(room.desk.count("SELECT count(*) FROM text_update WHERE run IS NULL"), 3);
}

#[tokio::test]
async fn whoever_sends_in_whatever_order_all_read_the_same() {
    let room = Room::new().await;
    let (reporter, editor) = (Person::reporter(), Person::editor());
    let draft = room.draft(&reporter, 1).await;
    room.submit(&reporter, draft.article).await;
    let mut pushes = Vec::new();
    for peer in 50..54_u64 {
        let mut copy = room.copy(draft.article, peer).await;
        for step in 0..3 {
            let from = copy.end();
            copy.write(step, step, &format!("第{peer}稿"));
            pushes.push(copy.push_of(from, copy.end()));
        }
    }
    // Every item twice, backwards, until none is left to send.
    pushes.reverse();
    for _ in 0..4 {
        let twice: Vec<Push> = pushes.iter().chain(&pushes).cloned().collect();
        room.push(&editor, twice).await;
    }
    let results = room.push(&editor, pushes.clone()).await;
    assert!(results.iter().all(|result| matches!(result, ContentResult::Known { .. })), "{results:?}");
    let honest: Vec<Vec<u8>> = pushes.into_iter().map(|push| push.bytes.0).collect();
    let expected = Document::load(Some(&draft.document.snapshot().unwrap()), &honest, 99).unwrap();
    assert_eq!(room.content(draft.article).await.body, expected.body().unwrap());
    assert_eq!(room.desk.count("SELECT count(*) FROM text_update"), 13);
}

#[tokio::test]
async fn late_text_is_kept_and_changes_nothing() {
    let room = Room::new().await;
    let (reporter, editor) = (Person::reporter(), Person::editor());
    let mut copy = room.approved(&reporter, &editor, 1).await;
    let (hash, signed) = (room.hash(copy.article).await, room.standing(&editor, copy.article).await);
    copy.replace("三十", "五十");
    let ContentResult::Late { id } = room.send(&reporter, &mut copy).await else { panic!("not late") };
    assert_eq!(room.send(&reporter, &mut copy).await, ContentResult::Late { id }, "the same again");
    assert_eq!((room.hash(copy.article).await, room.stage(copy.article).await), (hash, Stage::Approved));
    let standing = room.standing(&editor, copy.article).await;
    assert_eq!(standing.last_seq, signed.last_seq);
    assert_eq!(standing.late[0].by.name, "王记者");
    assert!(standing.late[0].body.contains("五十"), "the text with it");
    // A longer one from the same place takes its place.
    copy.replace("今晨", "昨夜");
    let ContentResult::Late { id: longer } = room.send(&reporter, &mut copy).await else {
        panic!("not late")
    };
    assert_ne!(id, longer);
    let late: Vec<_> = room.standing(&editor, copy.article).await.late.iter().map(|late| late.id).collect();
    assert_eq!(late, [longer]);
    let refuse = IntentKind::RefuseLate { late: id };
    assert_eq!(
        super::codes(&room.wish(&editor, copy.article, refuse).await),
        [super::ReasonCode::LateSettled]
    );
    let accept = || IntentKind::AcceptLate { late: longer };
    assert_eq!(
        super::codes(&room.wish(&reporter, copy.article, accept()).await),
        [super::ReasonCode::NotPermitted]
    );
    Room::accepted(room.wish(&editor, copy.article, accept()).await);
    assert!(room.content(copy.article).await.body.contains("五十厘米"));
    assert_eq!(room.stage(copy.article).await, Stage::Review(1), "and is to be judged again");
    let again = room.wish(&editor, copy.article, accept()).await;
    assert_eq!(super::codes(&again), [super::ReasonCode::LateSettled]);
    assert!(
        matches!(room.send(&reporter, &mut copy).await, ContentResult::Known { .. }),
        "it is in the article now"
    );
}

#[tokio::test]
async fn an_edit_by_who_may_takes_the_approval_back_unless_readers_would_not_see_it() {
    let room = Room::new().await;
    let (reporter, editor) = (Person::reporter(), Person::editor());
    let copy = room.approved(&reporter, &editor, 1).await;
    let mut theirs = room.copy(copy.article, 50).await;
    theirs.fact("editor_note", "头版");
    assert!(matches!(room.send(&editor, &mut theirs).await, ContentResult::Stored { .. }));
    assert_eq!(room.stage(copy.article).await, Stage::Approved, "a note is outside the hash");
    theirs.replace("今晨", "昨夜");
    assert!(matches!(room.send(&editor, &mut theirs).await, ContentResult::Stored { .. }));
    assert_eq!(room.stage(copy.article).await, Stage::Review(1));
    let publication = room.publication(copy.article).await;
    let outcome = room.wish(&Person::chief(), copy.article, publication).await;
    assert_eq!(super::codes(&outcome), [super::ReasonCode::NotApproved]);
    let judgement = room.judgement(copy.article, Verdict::Adopt).await;
    Room::accepted(room.wish(&editor, copy.article, judgement).await);
}

/// Dies of updates that hold a mark, as a child may.
struct Mortal;

impl Decoder for Mortal {
    fn decode(&self, jobs: Vec<Job>) -> Pin<Box<dyn Future<Output = Vec<Decoded>> + Send + '_>> {
        Box::pin(async move {
            let kills =
                |step: &Step| matches!(step, Step::Take(written) if written.bytes.0.ends_with(b"kill"));
            if jobs.iter().any(|job| job.steps.iter().any(kills)) {
                return vec![Decoded::Died; jobs.len()];
            }
            InProcess.decode(jobs).await
        })
    }
}

#[tokio::test]
async fn what_kills_whoever_looks_is_set_aside_alone() {
    let (place, newsroom) = with_decoder(Mortal).await;
    let reporter = Person::reporter();
    let mut copy = Copy::new(article(1), 5);
    copy.write(0, 0, "甲");
    let mut deadly = Copy::new(article(1), 6).push_like(&copy);
    deadly.bytes.0.extend_from_slice(b"kill");
    deadly.sha256 = galley_model::Sha256::of(&deadly.bytes.0);
    let mut other = Copy::new(article(2), 7);
    other.write(0, 0, "乙");
    let request = ContentRequest { items: vec![deadly.clone(), copy.push(), other.push()] };
    let answer = newsroom.content(&reporter.caller, request, galley_model::Instant(9)).await.unwrap();
    let stored = ContentResult::Stored { seq: 1 };
    assert_eq!(answer.results, [refused("unreadable"), stored.clone(), stored]);
    let records = rusqlite::Connection::open(place.path().join("newsroom.sqlite")).unwrap();
    let kept: Vec<u8> = records
        .query_row("SELECT bytes FROM quarantine WHERE reason = 'killed'", [], |row| row.get(0))
        .unwrap();
    assert_eq!(kept, deadly.bytes.0);
}

impl Copy {
    /// The same bytes under this copy's peer.
    fn push_like(&self, other: &Copy) -> Push {
        Push { peer: galley_sync::wire::Peer(self.document.peer()), article: self.article, ..other.push() }
    }
}
