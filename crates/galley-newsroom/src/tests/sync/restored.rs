//! Records that are a restored copy, or that are partly unreadable: what devices have comes back.

use galley_model::Sha256;
use galley_model::workflow::{IntentKind, Outcome, Stage};
use galley_sync::wire::{AuthorWord, ContentResult, Have, IntentItem, IntentResult, Push};

use super::{Copy, Person, Room};
use crate::NewsroomError;
use crate::tests::Stop;
use crate::text::person;

impl Room {
    /// The same room in a later run of the program, its records changed meanwhile.
    async fn reopened(self, sql: &str) -> Self {
        let file = self.desk.library().join("newsroom.sqlite");
        rusqlite::Connection::open(file).unwrap().execute_batch(sql).unwrap();
        let desk = self.desk.reopened().await;
        desk.open_site().await;
        Self { desk, ids: self.ids }
    }
}

#[tokio::test]
async fn what_the_records_lost_is_brought_back_by_whoever_has_it() {
    let room = Room::new().await;
    let (reporter, editor) = (Person::reporter(), Person::editor());
    let mut copy = room.draft(&reporter, 1).await;
    room.submit(&reporter, copy.article).await;
    let acknowledged = copy.end();
    copy.replace("三十", "五十");
    let lost = copy.end();
    // The editor's device holds it all, and text of a peer that the records never heard of.
    let mut unknown = Copy { article: copy.article, document: copy_of(&copy, 70), acknowledged: 0 };
    unknown.replace("今晨", "昨夜");
    let back = |copy: &Copy, start: i32, end: i32| {
        let mut push = copy.push_of(start, end);
        push.recovered = true;
        push
    };
    let of_peer = back(&copy, acknowledged, lost);
    assert_eq!(
        room.push(&editor, vec![of_peer.clone()]).await,
        [ContentResult::Forked],
        "nothing was restored"
    );
    let room = room.reopened("UPDATE newsroom SET restored_at = 1").await;
    let items =
        vec![back(&copy, 0, acknowledged), back(&copy, 1, lost), of_peer, back(&unknown, 0, unknown.end())];
    let results = room.push(&editor, items).await;
    let (known, gap) = (ContentResult::Known { seq: 1 }, ContentResult::Gap { expect: acknowledged });
    assert_eq!(results, [known, gap, ContentResult::Stored { seq: 2 }, ContentResult::Stored { seq: 3 }]);
    let standing = room.standing(&editor, copy.article).await;
    let peers: Vec<_> = standing.peers.iter().map(|peer| (peer.name.as_str(), peer.recovered)).collect();
    assert_eq!(peers, [("王记者", false), ("李编辑", true)]);
    // Both peers go on: the reporter's, and the other one under the device that has it.
    copy.acknowledged = lost;
    copy.write(0, 0, "甲");
    assert!(matches!(room.send(&reporter, &mut copy).await, ContentResult::Stored { .. }));
    unknown.acknowledged = unknown.end();
    unknown.write(0, 0, "乙");
    assert!(
        matches!(room.send(&reporter, &mut unknown).await, ContentResult::Stored { .. }),
        "its own device"
    );
    unknown.write(0, 0, "丙");
    assert_eq!(room.send(&editor, &mut unknown).await, ContentResult::Forked, "and nobody else from then on");
    let body = room.content(copy.article).await.body;
    assert!(body.contains("五十") && body.contains("昨夜"), "{body}");
}

/// As on the day after the disk died: the copy knew the people, and not this article.
const NEVER_HEARD_OF_IT: &str = "
    PRAGMA foreign_keys = OFF;
    UPDATE newsroom SET restored_at = 1, epoch = '00000000-0000-4000-8000-00000000000e';
    DELETE FROM text_update; DELETE FROM text_snapshot; DELETE FROM peer; DELETE FROM document;
    DELETE FROM intent; DELETE FROM device_intent; DELETE FROM sign_off; DELETE FROM article;";

/// All that a device holds of an article, given back with a word on its author.
fn given_back(copy: &Copy, author: Option<AuthorWord>) -> Vec<Push> {
    vec![Push { recovered: true, author, ..copy.push_of(0, copy.end()) }]
}

#[tokio::test]
async fn an_article_that_the_copy_never_held_comes_back_as_its_authors_whoever_brings_it() {
    let room = Room::new().await;
    let (reporter, editor) = (Person::reporter(), Person::editor());
    let mut copy = room.draft(&reporter, 1).await;
    room.submit(&reporter, copy.article).await;
    let word = room.standing(&editor, copy.article).await.author_word;
    assert!(word.is_some());
    let room = room.reopened(NEVER_HEARD_OF_IT).await;
    let stored = [ContentResult::Stored { seq: 1 }];
    assert_eq!(room.push(&editor, given_back(&copy, word.clone())).await, stored);
    let known = room.push(&editor, given_back(&copy, word.clone())).await;
    assert_eq!(known, [ContentResult::Known { seq: 1 }], "sent again");
    let standing = room.standing(&reporter, copy.article).await;
    assert_eq!((standing.author.name.as_str(), standing.stage), ("王记者", Stage::Draft));
    assert!(room.changes(&editor, 0).await.is_empty(), "a draft is its author's");
    copy.acknowledged = copy.end();
    copy.write(0, 0, "甲");
    assert!(matches!(room.send(&reporter, &mut copy).await, ContentResult::Stored { .. }));
    // The word opens no draft for who brought it: only what the newsroom has not at all is taken so.
    let mut more = Copy { article: copy.article, document: copy_of(&copy, 70), acknowledged: 0 };
    more.write(0, 0, "乙");
    let refused = room.push(&editor, given_back(&more, word)).await;
    assert_eq!(refused, [ContentResult::NotYours]);
}

#[tokio::test]
async fn nobody_makes_a_word_on_an_author() {
    let room = Room::new().await;
    let (reporter, editor, colleague) = (Person::reporter(), Person::editor(), Person::colleague());
    let copy = room.draft(&reporter, 1).await;
    let other = room.draft(&colleague, 2).await;
    let mine = room.standing(&reporter, copy.article).await.author_word.unwrap();
    let of_other = room.standing(&colleague, other.article).await.author_word.unwrap();
    let before = room.push(&editor, given_back(&copy, Some(mine.clone()))).await;
    assert_eq!(before, [ContentResult::NotYours], "nothing was restored");
    let room = room.reopened(NEVER_HEARD_OF_IT).await;
    let somebody = person(&colleague.caller.actor);
    for (why, word) in [
        ("another's name", AuthorWord { author: somebody.clone(), ..mine.clone() }),
        ("another article's", of_other),
        ("another epoch", AuthorWord { epoch: room.newsroom().identity().epoch, ..mine.clone() }),
        ("no proof", AuthorWord { mac: Sha256([0; 32]), ..mine.clone() }),
    ] {
        let outsider = Person::new(9, "无角色", &[]);
        let answer = room.push(&outsider, given_back(&copy, Some(word))).await;
        assert_eq!(answer, [ContentResult::NotYours], "{why}");
    }
    assert_eq!(room.desk.count("SELECT count(*) FROM document"), 0);
}

#[tokio::test]
async fn who_began_anothers_article_anew_gives_it_back_when_the_word_comes() {
    let room = Room::new().await;
    let (reporter, editor, colleague) = (Person::reporter(), Person::editor(), Person::colleague());
    let copy = room.draft(&reporter, 1).await;
    let word = room.standing(&reporter, copy.article).await.author_word;
    let room = room.reopened(NEVER_HEARD_OF_IT).await;
    // The colleague says nothing of an author, and has it signed by the reporter whose it is, say.
    assert_eq!(room.push(&colleague, given_back(&copy, None)).await, [ContentResult::Stored { seq: 1 }]);
    let later = room.standing(&colleague, copy.article).await.author_word;
    room.submit(&colleague, copy.article).await;
    Room::accepted(room.wish(&editor, copy.article, IntentKind::Claim).await);
    let judgement = room.judgement(copy.article, galley_model::workflow::Verdict::Adopt).await;
    Room::accepted(room.wish(&editor, copy.article, judgement).await);
    let known = [ContentResult::Known { seq: 1 }];
    assert_eq!(room.push(&reporter, given_back(&copy, word)).await, known);
    let standing = room.standing(&editor, copy.article).await;
    assert_eq!((standing.author.name.as_str(), standing.stage), ("王记者", Stage::Submitted));
    assert_eq!(standing.claimed_by, None);
    // The word that was given meanwhile is a true one, and a later one.
    assert!(later.is_some());
    room.push(&colleague, given_back(&copy, later)).await;
    assert_eq!(room.standing(&editor, copy.article).await.author.name, "王记者");
}

fn copy_of(copy: &Copy, peer: u64) -> galley_text::Document {
    galley_text::Document::load(Some(&copy.document.snapshot().unwrap()), &[], peer).unwrap()
}

#[tokio::test]
async fn a_snapshot_that_cannot_be_read_costs_time_and_no_text() {
    let room = Room::new().await;
    let reporter = Person::reporter();
    let mut copy = room.draft(&reporter, 1).await;
    for _ in 0..65 {
        copy.write(0, 0, "甲");
        room.send(&reporter, &mut copy).await;
    }
    let damage = "UPDATE text_snapshot SET bytes = x'00ff00ff'";
    let room = room.reopened(damage).await;
    copy.write(0, 0, "乙");
    assert!(matches!(room.send(&reporter, &mut copy).await, ContentResult::Stored { .. }));
    assert_eq!(room.content(copy.article).await.body, copy.document.body().unwrap());
    assert_eq!(
        room.desk.count("SELECT count(*) FROM text_snapshot WHERE length(bytes) > 100"),
        1,
        "and is mended"
    );
}

#[tokio::test]
async fn a_wish_that_was_cut_off_is_decided_once_when_it_is_sent_again() {
    let room = Room::new().await;
    let reporter = Person::reporter();
    let copy = room.draft(&reporter, 1).await;
    let content_hash = room.hash(copy.article).await;
    let intent = room.intent(copy.article, IntentKind::Submit { content_hash });
    let items = vec![IntentItem { no: 1, intent, needs: Have::new(), seen: Have::new() }];
    let stop = &room.newsroom().0.stop_at;
    stop.set(Some(Stop::CutOff("wish decided")));
    let request = galley_sync::wire::IntentsRequest { items: items.clone() };
    let cut = room.newsroom().intents(&reporter.caller, request, room.desk.now()).await;
    assert!(matches!(cut, Err(NewsroomError::CutOff)));
    assert_eq!(room.desk.count("SELECT count(*) FROM intent"), 0);
    stop.set(None);
    let done = IntentResult::Done { outcome: Outcome::Accepted };
    for _ in 0..2 {
        assert_eq!(room.results(&reporter, items.clone()).await, std::slice::from_ref(&done));
    }
    assert_eq!(room.desk.count("SELECT count(*) FROM intent"), 1);
}

#[tokio::test]
async fn two_wishes_under_one_number_at_once_are_told_apart() {
    let room = Room::new().await;
    let reporter = Person::reporter();
    let (one, two) = (room.draft(&reporter, 1).await, room.draft(&reporter, 2).await);
    let wish = |copy: &Copy| {
        let intent = room.intent(copy.article, IntentKind::Delete);
        vec![IntentItem { no: 1, intent, needs: Have::new(), seen: Have::new() }]
    };
    let (first, second) =
        tokio::join!(room.results(&reporter, wish(&one)), room.results(&reporter, wish(&two)));
    let done = IntentResult::Done { outcome: Outcome::Accepted };
    let renumber = IntentResult::Renumber { next: 2 };
    let told = [first, second].concat();
    assert!(told == [done.clone(), renumber.clone()] || told == [renumber, done], "{told:?}");
    assert_eq!(room.desk.count("SELECT count(*) FROM document WHERE deleted = 1"), 1);
}
