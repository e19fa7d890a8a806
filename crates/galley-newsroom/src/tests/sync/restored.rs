//! Records that are a restored copy, or that are partly unreadable: what devices have comes back.

use galley_model::workflow::{IntentKind, Outcome};
use galley_sync::wire::{ContentResult, Have, IntentItem, IntentResult};

use super::{Copy, Person, Room};
use crate::NewsroomError;
use crate::tests::Stop;

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
    let items = vec![IntentItem { no: 1, intent, needs: Have::new() }];
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
        vec![IntentItem { no: 1, intent, needs: Have::new() }]
    };
    let (first, second) =
        tokio::join!(room.results(&reporter, wish(&one)), room.results(&reporter, wish(&two)));
    let done = IntentResult::Done { outcome: Outcome::Accepted };
    let renumber = IntentResult::Renumber { next: 2 };
    let told = [first, second].concat();
    assert!(told == [done.clone(), renumber.clone()] || told == [renumber, done], "{told:?}");
    assert_eq!(room.desk.count("SELECT count(*) FROM document WHERE deleted = 1"), 1);
}
