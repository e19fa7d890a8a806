//! Wishes are numbered per device, answered once, and wait for the text they talk about.

use galley_model::Sha256;
use galley_model::workflow::{IntentKind, Outcome, ReasonCode, Stage};
use galley_sync::wire::{ContentResult, Have, IntentItem, IntentResult, Peer};

use super::super::desk::article;
use super::{Person, Room, codes};

fn item(no: u64, intent: galley_model::workflow::Intent) -> IntentItem {
    IntentItem { no, intent, needs: Have::new(), seen: Have::new() }
}

fn done(outcome: Outcome) -> IntentResult {
    IntentResult::Done { outcome }
}

#[tokio::test]
async fn a_wish_is_answered_once_whatever_its_number() {
    let room = Room::new().await;
    let reporter = Person::reporter();
    let copy = room.draft(&reporter, 1).await;
    let submit =
        room.intent(copy.article, IntentKind::Submit { content_hash: room.hash(copy.article).await });
    let withdraw = room.intent(copy.article, IntentKind::Withdraw);
    assert_eq!(
        room.results(&reporter, vec![item(2, submit.clone())]).await,
        [IntentResult::Renumber { next: 1 }]
    );
    let both = vec![item(1, submit.clone()), item(2, withdraw.clone())];
    let accepted = || done(Outcome::Accepted);
    assert_eq!(room.results(&reporter, both.clone()).await, [accepted(), accepted()]);
    assert_eq!(room.results(&reporter, both).await, [accepted(), accepted()], "sent again");
    assert_eq!(room.stage(copy.article).await, Stage::Draft);
    // The same wish under a new number, as after the device was numbered anew: the number is used up.
    assert_eq!(room.results(&reporter, vec![item(3, submit.clone())]).await, [accepted()]);
    assert_eq!(room.newsroom().next_intent(reporter.caller.device).await.unwrap(), 4);
    let mut other = submit;
    other.kind = IntentKind::Delete;
    let [IntentResult::Done { outcome }] = &*room.results(&reporter, vec![item(4, other)]).await else {
        panic!()
    };
    assert_eq!(codes(outcome), [ReasonCode::NotPermitted], "an id stands for one question");
    assert_eq!(room.desk.count("SELECT count(*) FROM intent"), 2);
}

#[tokio::test]
async fn one_that_can_never_be_granted_holds_up_no_other() {
    let room = Room::new().await;
    let reporter = Person::reporter();
    let copy = room.draft(&reporter, 1).await;
    let content_hash = room.hash(copy.article).await;
    let items = vec![
        item(1, room.intent(article(99), IntentKind::Withdraw)),
        item(2, room.intent(copy.article, IntentKind::Claim)),
        item(3, room.intent(copy.article, IntentKind::Submit { content_hash })),
    ];
    let results = room.results(&reporter, items).await;
    let of = |result: &IntentResult| match result {
        IntentResult::Done { outcome } => codes(outcome),
        other => panic!("{other:?}"),
    };
    assert_eq!(of(&results[0]), [ReasonCode::NoSuchArticle]);
    assert!(of(&results[1]).contains(&ReasonCode::NotPermitted));
    assert_eq!(results[2], done(Outcome::Accepted));
    assert_eq!(room.desk.count("SELECT count(*) FROM article"), 1, "an unknown article stays unknown");
}

#[tokio::test]
async fn a_wish_waits_for_its_text_but_not_for_what_will_never_come() {
    let room = Room::new().await;
    let (reporter, editor) = (Person::reporter(), Person::editor());
    let mut copy = room.draft(&reporter, 1).await;
    copy.write(0, 0, "快讯：");
    let content_hash = galley_model::content_hash(&copy.document.content().unwrap());
    let needs: Have = [(Peer(copy.document.peer()), copy.end())].into();
    let submit = |no| IntentItem {
        no,
        intent: room.intent(copy.article, IntentKind::Submit { content_hash }),
        needs: needs.clone(),
        seen: Have::new(),
    };
    let waiting = submit(1);
    let next = item(2, room.intent(copy.article, IntentKind::Withdraw));
    assert_eq!(room.results(&reporter, vec![waiting.clone(), next]).await, [IntentResult::Wait]);
    room.push(&reporter, vec![copy.push()]).await;
    assert_eq!(room.results(&reporter, vec![waiting]).await, [done(Outcome::Accepted)]);
    // What became late has arrived, though not in the article.
    let mut late = room.approved(&reporter_two(), &editor, 2).await;
    late.replace("三十", "五十");
    let person = reporter_two();
    room.send(&person, &mut late).await;
    let needs: Have = [(Peer(late.document.peer()), late.end())].into();
    let no = room.newsroom().next_intent(person.caller.device).await.unwrap();
    let intent = room.intent(late.article, IntentKind::Submit { content_hash: Sha256::of(b"theirs") });
    let results = room.results(&person, vec![IntentItem { no, intent, needs, seen: Have::new() }]).await;
    let [IntentResult::Done { outcome }] = results.as_slice() else { panic!("{results:?}") };
    assert!(codes(outcome).contains(&ReasonCode::ContentChanged));
}

#[tokio::test]
async fn a_wish_about_text_that_will_never_be_taken_does_not_wait() {
    let room = Room::new().await;
    let (reporter, colleague) = (Person::reporter(), Person::colleague());
    let copy = room.draft(&reporter, 1).await;
    let gone = room.draft(&reporter, 2).await;
    Room::accepted(room.wish(&reporter, gone.article, IntentKind::Delete).await);
    let mut large = super::Copy::new(article(3), 7);
    large.write(0, 0, &"a".repeat(300_001));
    room.push(&reporter, vec![large.push()]).await;
    let needs: Have = [(Peer(7), 300_001)].into();
    for (person, no, id) in
        [(&colleague, 1, copy.article), (&reporter, 2, gone.article), (&reporter, 3, article(3))]
    {
        let intent = room.intent(id, IntentKind::Withdraw);
        let results = room
            .results(person, vec![IntentItem { no, intent, needs: needs.clone(), seen: Have::new() }])
            .await;
        let [IntentResult::Done { outcome }] = results.as_slice() else { panic!("{results:?}") };
        assert_eq!(codes(outcome), [ReasonCode::NoSuchArticle]);
    }
}

#[tokio::test]
async fn what_its_writers_typed_since_is_handed_in_with_it() {
    let room = Room::new().await;
    let (reporter, colleague) = (Person::reporter(), Person::colleague());
    let mut copy = room.draft(&reporter, 1).await;
    let content_hash = galley_model::content_hash(&copy.document.content().unwrap());
    let person = colleague.caller.actor.person;
    room.newsroom().know_person(person, "赵记者", true, room.desk.now()).await.unwrap();
    Room::accepted(room.wish(&reporter, copy.article, IntentKind::AddCoAuthor { person }).await);
    let needs: Have = [(Peer(copy.document.peer()), copy.end())].into();
    let intent = room.intent(copy.article, IntentKind::Submit { content_hash });
    let submit = IntentItem { no: 2, intent, needs, seen: Have::new() };
    copy.replace("三十", "五十");
    room.send(&reporter, &mut copy).await;
    let mut beside = room.copy(copy.article, 8).await;
    beside.replace("车辆", "来往车辆");
    room.send(&colleague, &mut beside).await;

    let accepted = [done(Outcome::Accepted)];
    assert_eq!(room.results(&reporter, vec![submit.clone()]).await, accepted);
    assert_eq!(room.stage(copy.article).await, Stage::Submitted);
    assert!(room.content(copy.article).await.body.contains("五十厘米，来往车辆"));
    copy.write(0, 0, "快讯：");
    room.send(&reporter, &mut copy).await;
    assert_eq!(room.stage(copy.article).await, Stage::Submitted, "and whoever types on undoes nothing");
    assert_eq!(room.results(&reporter, vec![submit]).await, accepted, "sent again");
}

#[tokio::test]
async fn an_article_is_not_handed_in_without_what_its_author_saw_and_the_newsroom_did_not_take() {
    let room = Room::new().await;
    let reporter = Person::reporter();
    let mut copy = room.draft(&reporter, 1).await;
    copy.write(0, 0, &"长".repeat(300_001));
    let ContentResult::Refused { .. } = room.send(&reporter, &mut copy).await else { panic!() };
    let needs: Have = [(Peer(copy.document.peer()), copy.end())].into();
    let content_hash = galley_model::content_hash(&copy.document.content().unwrap());
    let intent = room.intent(copy.article, IntentKind::Submit { content_hash });
    let results = room.results(&reporter, vec![IntentItem { no: 1, intent, needs, seen: Have::new() }]).await;
    let [IntentResult::Done { outcome: outcome @ Outcome::Stale { .. } }] = results.as_slice() else {
        panic!("{results:?}")
    };
    assert_eq!(codes(outcome), [ReasonCode::ContentChanged]);
    assert_eq!(room.stage(copy.article).await, Stage::Draft);
}

fn reporter_two() -> Person {
    Person::new(12, "孙记者", &[galley_model::workflow::Role::Reporter])
}

#[tokio::test]
async fn the_same_wishes_at_the_same_time_happen_once() {
    let room = Room::new().await;
    let reporter = Person::reporter();
    let copy = room.draft(&reporter, 1).await;
    let content_hash = room.hash(copy.article).await;
    let items = vec![
        item(1, room.intent(copy.article, IntentKind::Submit { content_hash })),
        item(2, room.intent(copy.article, IntentKind::Withdraw)),
    ];
    let send = || room.results(&reporter, items.clone());
    let (one, two, three) = tokio::join!(send(), send(), send());
    for results in [one, two, three] {
        for result in results {
            assert!(matches!(result, IntentResult::Done { outcome: Outcome::Accepted }), "{result:?}");
        }
    }
    assert_eq!(room.desk.count("SELECT count(*) FROM intent"), 2);
    assert_eq!(room.newsroom().next_intent(reporter.caller.device).await.unwrap(), 3);
    assert_eq!(room.stage(copy.article).await, Stage::Draft);
}
