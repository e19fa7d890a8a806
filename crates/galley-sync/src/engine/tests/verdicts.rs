//! What the server's word on each item means for its row.

use super::*;

#[test]
fn what_the_server_says_of_a_text_decides_what_becomes_of_its_row() {
    let have: crate::wire::Have = [(Peer(9), 4)].into();
    let id = Uuid::from_u128(5);
    let cases = [
        (ContentResult::Stored { seq: 1 }, ItemVerdict::Stored { row: 1, seq: 1 }),
        (ContentResult::Known { seq: 1 }, ItemVerdict::Arrived { row: 1 }),
        (ContentResult::Gap { expect: 4 }, ItemVerdict::Rewind { row: 1, expect: 4 }),
        (ContentResult::Gap { expect: 10 }, ItemVerdict::Arrived { row: 1 }),
        (ContentResult::Missing { have: have.clone() }, ItemVerdict::SendFirst { row: 1, have }),
        (ContentResult::Forked, ItemVerdict::Recover { row: 1 }),
        (
            ContentResult::Refused { reason: "too_long".to_owned() },
            ItemVerdict::Refused { row: 1, reason: "too_long".to_owned() },
        ),
        (ContentResult::Late { id }, ItemVerdict::Late { row: 1, id }),
        (ContentResult::NotYours, ItemVerdict::Refused { row: 1, reason: "not_yours".to_owned() }),
        (ContentResult::Gone, ItemVerdict::KeepPrivate { row: 1 }),
        (ContentResult::Other, ItemVerdict::Later { row: 1, code: "unknown_answer" }),
    ];
    for (result, expected) in cases {
        let mut world = World::with(Step::Content, &[1, 2]);
        world.content = vec![result.clone()];
        world.start();
        assert_eq!(world.verdicts.first(), Some(&expected), "{result:?}");
        assert!(
            world.verdicts.contains(&ItemVerdict::Stored { row: 2, seq: 1 }),
            "{result:?} blocks the next"
        );
        assert!(world.sent.contains(&Request::Changes), "{result:?} keeps the cycle from its end");
    }
}

#[test]
fn a_text_that_goes_round_in_circles_waits_for_a_later_cycle() {
    let mut world = World::with(Step::Content, &[1]);
    world.content = vec![ContentResult::Gap { expect: 0 }; 1];
    for _ in 0..20 {
        world.content.push(ContentResult::Gap { expect: 0 });
    }
    // One answer for each request of one row.
    let items = [Item { id: 1, end: 10, ..Item::default() }];
    let gap = [ContentResult::Gap { expect: 0 }];
    assert_eq!(content_verdicts(&items, &gap, false), [ItemVerdict::Later { row: 1, code: "in_circles" }]);
    world.start();
    let asked = world.sent.iter().filter(|request| step_of(request) == Step::Content).count();
    assert_eq!((asked, world.waiting()), (PATIENCE as usize + 1, 1));
    assert!(world.sent.contains(&Request::Changes));
    assert_eq!(world.engine.status(), Status::Waiting);
}

#[test]
fn what_the_server_says_of_a_wish_decides_what_becomes_of_it() {
    let rejected = Outcome::Rejected { reasons: vec![Reason::new(ReasonCode::WrongStage)] };
    let item = |id, stuck| Item { id, stuck, ..Item::default() };
    let sent = [item(1, false), item(2, true), item(3, false)];
    let done = |outcome: &Outcome| IntentResult::Done { outcome: outcome.clone() };
    let answered = |row, outcome: &Outcome| ItemVerdict::Answered { row, outcome: outcome.clone() };
    let check = |results: &[IntentResult], patient, expected: &[ItemVerdict]| {
        assert_eq!(intent_verdicts(&sent, results, patient), expected, "{results:?}");
    };
    check(
        &[done(&Outcome::Accepted), done(&rejected)],
        true,
        &[answered(1, &Outcome::Accepted), answered(2, &rejected)],
    );
    check(&[IntentResult::Wait], true, &[ItemVerdict::Later { row: 1, code: "text_first" }]);
    check(
        &[done(&Outcome::Accepted), IntentResult::Wait],
        true,
        &[answered(1, &Outcome::Accepted), ItemVerdict::GivenUp { row: 2, code: "text_refused" }],
    );
    check(&[IntentResult::Renumber { next: 4 }], true, &[ItemVerdict::Renumber { next: 4 }]);
    check(&[IntentResult::Renumber { next: 4 }], false, &[ItemVerdict::Later { row: 1, code: "in_circles" }]);
    check(
        &[IntentResult::Unknown, done(&Outcome::Accepted)],
        true,
        &[ItemVerdict::Refused { row: 1, reason: "unknown".to_owned() }, answered(2, &Outcome::Accepted)],
    );
}

#[test]
fn a_wish_that_will_never_be_answered_does_not_block_those_behind_it() {
    let mut world = World::with(Step::Intents, &[1, 2, 3]);
    world.intents = vec![
        IntentResult::Done { outcome: Outcome::Rejected { reasons: Vec::new() } },
        IntentResult::Unknown,
    ];
    world.start();
    assert_eq!(world.waiting(), 0);
    let told: Vec<_> = world.log.iter().filter(|line| line.starts_with("Tell")).collect();
    assert_eq!(told.len(), 2, "each is told once: {told:?}");

    let mut world = World::with(Step::Intents, &[1, 2, 3]);
    world.rows.get_mut(&Step::Intents).unwrap()[0].stuck = true;
    world.intents = vec![IntentResult::Wait];
    // Answers after a wait are those to the next request.
    world.start();
    assert_eq!(world.waiting(), 0);
}

#[test]
fn a_batch_that_is_refused_as_a_whole_is_sent_singly_and_only_the_one_to_blame_is_set_aside() {
    let mut world = World::with(Step::Content, &[1, 2, 3]);
    world.faults =
        [(Step::Content, refused(422, "invalid")), (Step::Content, refused(413, "too_large"))].into();
    world.start();
    let requests: Vec<_> = world.sent.iter().filter(|request| step_of(request) == Step::Content).collect();
    assert_eq!(requests.len(), 4);
    assert_eq!(
        world.verdicts,
        [
            ItemVerdict::Refused { row: 1, reason: "too_large".to_owned() },
            ItemVerdict::Stored { row: 2, seq: 1 },
            ItemVerdict::Stored { row: 3, seq: 1 }
        ]
    );
    assert_eq!(world.engine.status(), Status::UpToDate);
}
