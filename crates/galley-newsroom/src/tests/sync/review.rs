//! The whole way under *two eyes*, and the races on it.

use galley_model::Sha256;
use galley_model::workflow::{IntentKind, Outcome, Policy, Publication, ReasonCode, Role, Stage, Verdict};
use galley_sync::wire::ContentResult;

use super::super::desk::article;
use super::{Copy, Person, Room, codes};

#[tokio::test]
async fn an_article_goes_from_draft_to_readers() {
    let room = Room::new().await;
    let (reporter, editor, chief) = (Person::reporter(), Person::editor(), Person::chief());
    let copy = room.draft(&reporter, 1).await;
    let id = copy.article;
    room.submit(&reporter, id).await;
    assert_eq!(room.stage(id).await, Stage::Submitted);
    Room::accepted(room.wish(&editor, id, IntentKind::Claim).await);
    assert_eq!(room.stage(id).await, Stage::Review(1));
    let withdrawn = room.wish(&reporter, id, IntentKind::Withdraw).await;
    assert_eq!(codes(&withdrawn), [ReasonCode::Claimed]);
    let assign = IntentKind::AssignResponsibleEditor { name: "李编辑".to_owned() };
    Room::accepted(room.wish(&editor, id, assign).await);
    let early = room.publication(id).await;
    assert_eq!(codes(&room.wish(&chief, id, early).await), [ReasonCode::NotApproved]);
    let judgement = room.judgement(id, Verdict::Adopt).await;
    Room::accepted(room.wish(&editor, id, judgement).await);
    let publication = room.publication(id).await;
    assert_eq!(codes(&room.wish(&reporter, id, publication.clone()).await), [ReasonCode::NotPermitted]);
    Room::accepted(room.wish(&chief, id, publication).await);
    let standing = room.standing(&reporter, id).await;
    assert_eq!((standing.publication.state, standing.publication.is_live), (Publication::Live, true));
    assert_eq!(standing.publication.live_content_hash, Some(room.hash(id).await));
    assert_eq!((standing.responsible_editor.as_str(), standing.sign_offs.len()), ("李编辑", 1));
    let signed = &standing.sign_offs[0];
    assert_eq!((signed.person, signed.role), (editor.caller.actor.person, Role::ResponsibleEditor));
    let page = room.desk.page("/articles/bridge-1.html").unwrap();
    assert!(page.contains("三十厘米"));
    // What is edited now is late, and readers have what was signed.
    let mut late = copy;
    late.replace("三十", "五十");
    assert!(matches!(room.send(&reporter, &mut late).await, ContentResult::Late { .. }));
    assert_eq!(room.desk.page("/articles/bridge-1.html").unwrap(), page);
    Room::accepted(room.wish(&chief, id, IntentKind::TakeDown { reason: "失实".to_owned() }).await);
    assert_eq!(room.desk.page("/articles/bridge-1.html"), None);
    Room::accepted(room.wish(&chief, id, IntentKind::PutBack).await);
    assert_eq!(room.desk.page("/articles/bridge-1.html").unwrap(), page);
}

#[tokio::test]
async fn what_is_returned_is_written_and_handed_in_again() {
    let room = Room::new().await;
    let (reporter, editor) = (Person::reporter(), Person::editor());
    let mut copy = room.draft(&reporter, 1).await;
    room.submit(&reporter, copy.article).await;
    Room::accepted(room.wish(&editor, copy.article, IntentKind::Claim).await);
    let judgement = room.judgement(copy.article, Verdict::Return).await;
    Room::accepted(room.wish(&editor, copy.article, judgement).await);
    assert_eq!(room.stage(copy.article).await, Stage::Returned);
    copy.replace("今晨", "昨夜");
    assert!(matches!(room.send(&reporter, &mut copy).await, ContentResult::Stored { .. }));
    room.submit(&reporter, copy.article).await;
    let standing = room.standing(&editor, copy.article).await;
    assert_eq!((standing.stage, standing.claimed_by), (Stage::Submitted, None));
}

#[tokio::test]
async fn what_is_held_goes_on_from_where_it_was_with_the_signatures_it_had() {
    let room = Room::new().await;
    let (reporter, editor, chief) = (Person::reporter(), Person::editor(), Person::chief());
    let copy = room.approved(&reporter, &editor, 1).await;
    let id = copy.article;
    let hold = room.judgement(id, Verdict::Hold).await;
    Room::accepted(room.wish(&editor, id, hold.clone()).await);
    assert_eq!(room.stage(id).await, Stage::Held);
    assert_eq!(codes(&room.wish(&editor, id, hold).await), [ReasonCode::WrongStage]);
    let publication = room.publication(id).await;
    assert_eq!(codes(&room.wish(&chief, id, publication.clone()).await), [ReasonCode::NotApproved]);
    let by_author = room.wish(&reporter, id, IntentKind::Resume).await;
    assert_eq!(codes(&by_author), [ReasonCode::NotPermitted, ReasonCode::OwnArticle]);
    Room::accepted(room.wish(&chief, id, IntentKind::Resume).await);
    assert_eq!(room.stage(id).await, Stage::Approved);
    Room::accepted(room.wish(&chief, id, publication).await);
    // Held in review, it goes back to the review.
    let other = room.draft(&reporter, 2).await.article;
    room.submit(&reporter, other).await;
    Room::accepted(room.wish(&editor, other, IntentKind::Claim).await);
    let hold = room.judgement(other, Verdict::Hold).await;
    Room::accepted(room.wish(&editor, other, hold).await);
    Room::accepted(room.wish(&editor, other, IntentKind::Resume).await);
    assert_eq!(room.stage(other).await, Stage::Review(1));
    assert_eq!(codes(&room.wish(&editor, other, IntentKind::Resume).await), [ReasonCode::WrongStage]);
}

#[tokio::test]
async fn no_device_says_that_what_was_held_in_review_was_approved() {
    let room = Room::new().await;
    let (reporter, editor) = (Person::reporter(), Person::editor());
    let id = room.approved(&reporter, &editor, 1).await.article;
    let returned = room.judgement(id, Verdict::Return).await;
    Room::accepted(room.wish(&editor, id, returned).await);
    room.submit(&reporter, id).await;
    Room::accepted(room.wish(&editor, id, IntentKind::Claim).await);
    // The text that was adopted once, in review again.
    let mut hold = room.judgement(id, Verdict::Hold).await;
    if let IntentKind::SignOff { stage, .. } = &mut hold {
        *stage = Some(Stage::Approved);
    }
    assert_eq!(codes(&room.wish(&editor, id, hold).await), [ReasonCode::WrongStage]);
    assert_eq!(room.stage(id).await, Stage::Review(1));
    let hold = room.judgement(id, Verdict::Hold).await;
    Room::accepted(room.wish(&editor, id, hold).await);
    Room::accepted(room.wish(&editor, id, IntentKind::Resume).await);
    assert_eq!(room.stage(id).await, Stage::Review(1));
}

#[tokio::test]
async fn what_lacks_something_is_neither_handed_in_nor_published() {
    let room = Room::new().await;
    let reporter = Person::reporter();
    let mut copy = Copy::new(article(1), 5);
    copy.fact("headline", &"汛".repeat(201));
    room.send(&reporter, &mut copy).await;
    let content_hash = room.hash(copy.article).await;
    let outcome = room.wish(&reporter, copy.article, IntentKind::Submit { content_hash }).await;
    assert_eq!(codes(&outcome), [ReasonCode::TooLong, ReasonCode::BodyMissing]);
    room.newsroom().set_new_policy(Policy::solo().reference(), room.desk.now()).await.unwrap();
    let mut alone = Copy::new(article(2), 6);
    alone.fact("headline", &"汛".repeat(201));
    room.send(&reporter, &mut alone).await;
    let publication = room.publication(alone.article).await;
    let outcome = room.wish(&reporter, alone.article, publication).await;
    assert_eq!(codes(&outcome), [ReasonCode::TooLong, ReasonCode::BodyMissing]);
    alone.fact("headline", "桥通车");
    alone.write(0, 0, "正文。");
    room.send(&reporter, &mut alone).await;
    let publication = room.publication(alone.article).await;
    Room::accepted(room.wish(&reporter, alone.article, publication).await);
}

#[tokio::test]
async fn of_two_signatures_at_once_one_counts() {
    let room = Room::new().await;
    let (reporter, editor, chief) = (Person::reporter(), Person::editor(), Person::chief());
    let copy = room.draft(&reporter, 1).await;
    room.submit(&reporter, copy.article).await;
    Room::accepted(room.wish(&editor, copy.article, IntentKind::Claim).await);
    let judgement = room.judgement(copy.article, Verdict::Adopt).await;
    let (one, two) = tokio::join!(
        room.wish(&editor, copy.article, judgement.clone()),
        room.wish(&chief, copy.article, judgement)
    );
    let n_accepted = [&one, &two].into_iter().filter(|outcome| **outcome == Outcome::Accepted).count();
    assert_eq!(n_accepted, 1, "{one:?} {two:?}");
    assert_eq!(room.desk.count("SELECT count(*) FROM sign_off"), 1);
}

#[tokio::test]
async fn a_signature_speaks_for_the_text_as_it_stands_whoever_was_first() {
    for text_first in [true, false] {
        let room = Room::new().await;
        let (reporter, editor) = (Person::reporter(), Person::editor());
        let copy = room.draft(&reporter, 1).await;
        room.submit(&reporter, copy.article).await;
        Room::accepted(room.wish(&editor, copy.article, IntentKind::Claim).await);
        let judgement = room.judgement(copy.article, Verdict::Adopt).await;
        let mut theirs = room.copy(copy.article, 50).await;
        theirs.replace("三十", "五十");
        if text_first {
            room.send(&editor, &mut theirs).await;
            let outcome = room.wish(&editor, copy.article, judgement).await;
            assert!(matches!(outcome, Outcome::Stale { .. }), "{outcome:?}");
            assert_eq!(room.stage(copy.article).await, Stage::Review(1));
        } else {
            Room::accepted(room.wish(&editor, copy.article, judgement).await);
            room.send(&editor, &mut theirs).await;
            assert_eq!(room.stage(copy.article).await, Stage::Review(1));
        }
        let publication = room.publication(copy.article).await;
        let outcome = room.wish(&Person::chief(), copy.article, publication).await;
        assert_eq!(codes(&outcome), [ReasonCode::NotApproved]);
    }
}

#[tokio::test]
async fn text_and_signature_at_the_same_moment_never_leave_a_fresh_signature_of_older_text() {
    for n in 1..=8 {
        let room = Room::new().await;
        let (reporter, editor, chief) = (Person::reporter(), Person::editor(), Person::chief());
        let copy = room.draft(&reporter, n).await;
        room.submit(&reporter, copy.article).await;
        Room::accepted(room.wish(&editor, copy.article, IntentKind::Claim).await);
        let judgement = room.judgement(copy.article, Verdict::Adopt).await;
        let mut theirs = room.copy(copy.article, 50).await;
        theirs.replace("三十", "五十");
        let (_, _) =
            tokio::join!(room.wish(&chief, copy.article, judgement), room.send(&editor, &mut theirs));
        let standing = room.standing(&editor, copy.article).await;
        let fresh = standing.sign_offs.iter().any(|signed| signed.content_hash == standing.content_hash);
        assert_eq!(standing.stage == Stage::Approved, fresh, "{standing:?}");
        assert!(room.content(copy.article).await.body.contains("五十"));
    }
}

#[tokio::test]
async fn a_choice_takes_nothing_away_that_nobody_who_chose_has_seen() {
    let room = Room::new().await;
    let (reporter, editor, chief) = (Person::reporter(), Person::editor(), Person::chief());
    let mut copy = room.draft(&reporter, 1).await;
    let id = copy.article;
    room.submit(&reporter, id).await;
    Room::accepted(room.wish(&editor, id, IntentKind::Claim).await);
    let mut theirs = room.copy(id, 50).await;
    copy.fact("headline", "大桥通车");
    theirs.fact("headline", "新桥通车");
    room.send(&editor, &mut theirs).await;
    room.send(&reporter, &mut copy).await;
    let asked = room.standing(&editor, id).await.contests.remove(0);
    let mut third = room.copy(id, 51).await;
    third.fact("headline", "大桥今晨通车");
    room.send(&chief, &mut third).await;
    let resolve =
        |contest: uuid::Uuid| IntentKind::ResolveContest { contest, text: "新桥通车".to_owned() };
    let outcome = room.wish(&editor, id, resolve(asked.id)).await;
    assert!(matches!(outcome, Outcome::Stale { .. }), "{outcome:?}");
    assert_eq!(room.content(id).await.headline, "大桥今晨通车");
    let anew = room.standing(&editor, id).await.contests;
    assert!(
        anew.iter().all(|contest| contest.id != asked.id && contest.result == "大桥今晨通车"),
        "{anew:?}"
    );
    Room::accepted(room.wish(&editor, id, resolve(anew[0].id)).await);
    assert_eq!(room.content(id).await.headline, "新桥通车");
}

#[tokio::test]
async fn a_contest_is_settled_once_and_until_then_nothing_is_signed() {
    let room = Room::new().await;
    let (reporter, editor, chief) = (Person::reporter(), Person::editor(), Person::chief());
    let mut copy = room.draft(&reporter, 1).await;
    let id = copy.article;
    room.submit(&reporter, id).await;
    Room::accepted(room.wish(&editor, id, IntentKind::Claim).await);
    let mut theirs = room.copy(id, 50).await;
    copy.replace("三十", "五十");
    copy.fact("headline", "大桥通车");
    theirs.replace("三十", "二十");
    theirs.fact("headline", "新桥通车");
    room.send(&editor, &mut theirs).await;
    room.send(&reporter, &mut copy).await;
    let standing = room.standing(&editor, id).await;
    assert_eq!(standing.contests.len(), 2, "{:?}", standing.contests);
    let judgement = room.judgement(id, Verdict::Adopt).await;
    assert_eq!(codes(&room.wish(&chief, id, judgement).await), [ReasonCode::ContestOpen]);
    let [body, field] = standing.contests.as_slice() else { panic!() };
    let resolve =
        |contest: uuid::Uuid, text: &str| IntentKind::ResolveContest { contest, text: text.to_owned() };
    let chosen = body.mine.clone();
    let (one, two) = tokio::join!(
        room.wish(&editor, id, resolve(body.id, &chosen)),
        room.wish(&chief, id, resolve(body.id, &chosen))
    );
    let n_accepted = [&one, &two].into_iter().filter(|outcome| **outcome == Outcome::Accepted).count();
    assert_eq!(n_accepted, 1, "{one:?} {two:?}");
    let text = room.content(id).await.body;
    assert_eq!(text.matches("五十厘米").count(), 1, "{text}");
    assert!(!text.contains("二十"), "{text}");
    assert_eq!(
        codes(&room.wish(&Person::colleague(), id, resolve(field.id, "甲")).await),
        [ReasonCode::NoSuchArticle]
    );
    Room::accepted(room.wish(&editor, id, resolve(field.id, "大桥昨日通车")).await);
    assert_eq!(room.content(id).await.headline, "大桥昨日通车");
    assert_eq!(room.standing(&editor, id).await.contests, []);
    let again = room.wish(&editor, id, resolve(field.id, "乙")).await;
    assert_eq!(codes(&again), [ReasonCode::ContestSettled]);
    let judgement = room.judgement(id, Verdict::Adopt).await;
    Room::accepted(room.wish(&chief, id, judgement).await);
    // Devices take the newsroom's choice like any other text, and nobody writes on under its peer.
    let chosen_by: u64 = room.desk.text("SELECT peer FROM peer WHERE device = '' LIMIT 1").parse().unwrap();
    let mut own = Copy::new(id, chosen_by);
    let end = room.copy(id, 61).await.document.have().unwrap()[&chosen_by];
    own.write(0, 0, &"甲".repeat(usize::try_from(end).unwrap() + 1));
    assert_eq!(room.push(&editor, vec![own.push_of(end, end + 1)]).await, [ContentResult::Forked]);
    let everyone = room.copy(id, 60).await;
    assert_eq!(everyone.document.body().unwrap(), room.content(id).await.body);
}

#[tokio::test]
async fn what_was_seen_has_to_be_what_stands_there() {
    let room = Room::new().await;
    let (reporter, editor, chief) = (Person::reporter(), Person::editor(), Person::chief());
    let copy = room.approved(&reporter, &editor, 1).await;
    let content_hash = room.hash(copy.article).await;
    let page_hash = room.page_hash(copy.article).await;
    let other = Sha256::of(b"other");
    for (content_hash, page_hash, expected) in
        [(other, page_hash, ReasonCode::ContentChanged), (content_hash, other, ReasonCode::PageChanged)]
    {
        let outcome = room
            .wish(&chief, copy.article, IntentKind::Publish { content_hash, page_hash, correction: None })
            .await;
        assert!(matches!(outcome, Outcome::Stale { .. }), "{outcome:?}");
        assert_eq!(codes(&outcome), [expected]);
    }
    // Another fact of the page than the one that was signed.
    room.newsroom()
        .assign_responsible_editor(
            &crate::Ask {
                intent: galley_model::workflow::IntentId(uuid::Uuid::from_u128(0xfeed)),
                article: copy.article,
                actor: chief.caller.actor.clone(),
                at: room.desk.now(),
            },
            "赵编辑",
        )
        .await
        .unwrap();
    let publication = room.publication(copy.article).await;
    assert_eq!(codes(&room.wish(&chief, copy.article, publication).await), [ReasonCode::PageChanged]);
}
