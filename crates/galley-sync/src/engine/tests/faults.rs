//! What a failed request means: waiting, stopping, or doing it again.

use super::*;

#[test]
fn every_fault_has_its_class() {
    let cases = [
        (Fault::NoNetwork, Class::Transient { after_ms: 0 }),
        (Fault::Timeout, Class::Transient { after_ms: 0 }),
        (Fault::Unreadable, Class::Transient { after_ms: 0 }),
        (refused(401, "signed_out"), Class::Auth),
        (refused(403, "not_permitted"), Class::Permanent { code: "not_permitted" }),
        (refused(404, "not_found"), Class::Permanent { code: "invalid" }),
        (refused(409, "other_newsroom"), Class::OtherNewsroom),
        (refused(409, "other_epoch"), Class::OtherEpoch),
        (refused(409, "offset"), Class::Restart),
        (refused(410, "gone"), Class::Restart),
        (refused(413, "too_large"), Class::Permanent { code: "too_large" }),
        (refused(422, "invalid"), Class::Permanent { code: "invalid" }),
        (refused(426, "too_old"), Class::TooOld),
        (refused(460, "wrong_bytes"), Class::Restart),
        (refused(500, "internal"), Class::Transient { after_ms: 0 }),
        (refused(507, ""), Class::Quota { after_ms: 0 }),
        (refused(599, "?"), Class::Transient { after_ms: 0 }),
        (
            Fault::Refused { status: 429, code: String::new(), retry_after_ms: Some(9_000) },
            Class::Transient { after_ms: 9_000 },
        ),
    ];
    for (fault, class) in cases {
        assert_eq!(classify(&fault), class, "{fault:?}");
    }
}

#[test]
fn the_wait_doubles_with_full_jitter_up_to_five_minutes_and_ends_at_once_when_a_network_returns() {
    let mut world = World::new();
    world.faults = std::iter::repeat_n((Step::Greet, Fault::NoNetwork), 40).collect();
    world.start();
    let mut longest = 0;
    for failures in 1..30 {
        assert_eq!(world.engine.status(), Status::Offline);
        let at = world.engine.wake_at().unwrap();
        let ceiling = (FIRST_WAIT_MS << (failures - 1).min(20)).min(LONGEST_WAIT_MS);
        assert!((1..=ceiling).contains(&(at - world.now)), "{failures}: {}", at - world.now);
        longest = longest.max(at - world.now);
        world.now = at;
        world.play(Event::Timer);
    }
    assert!(longest > 4_000, "{longest}");
    world.faults.clear();
    world.play(Event::Changed);
    assert_eq!(world.engine.status(), Status::Offline, "typing does not end a back-off");
    world.play(Event::NetworkBack);
    assert_eq!(world.engine.status(), Status::UpToDate);
}

#[test]
fn a_server_that_asks_for_time_gets_it() {
    let mut world = World::new();
    let busy = Fault::Refused { status: 503, code: "unavailable".to_owned(), retry_after_ms: Some(60_000) };
    world.faults = [(Step::Changes, busy)].into();
    world.start();
    assert_eq!(world.engine.wake_at(), Some(61_000));
    assert_eq!(world.engine.status(), Status::Waiting);
}

#[test]
fn what_needs_a_person_stops_and_goes_on_when_the_person_acted() {
    let stops = [
        (refused(401, "signed_out"), Status::SignedOut),
        (refused(409, "other_newsroom"), Status::Stopped(Problem::OtherNewsroom)),
        (refused(426, "too_old"), Status::Stopped(Problem::TooOld)),
    ];
    for (fault, status) in stops {
        let mut world = World::with(Step::Content, &[1]);
        world.faults = [(Step::Content, fault.clone())].into();
        world.start();
        assert_eq!(world.engine.status(), status, "{fault:?}");
        assert!(world.halted().is_some());
        let sent = world.sent.len();
        world.play(Event::Changed);
        world.play(Event::Timer);
        world.play(Event::Poked);
        if status != Status::Stopped(Problem::TooOld) {
            assert_eq!(world.sent.len(), sent, "{fault:?}: nothing is sent");
        }
        world.start();
        assert_eq!(world.engine.status(), Status::UpToDate, "{fault:?}");
        assert_eq!(world.waiting(), 0, "{fault:?}: nothing was lost");
    }
    for hello in [
        Answer::Hello { same_newsroom: false, same_epoch: false, speaks: true },
        Answer::Hello { same_newsroom: true, same_epoch: true, speaks: false },
    ] {
        let mut world = World::with(Step::Content, &[1]);
        world.hello = hello;
        world.start();
        assert_eq!((world.sent.len(), world.waiting()), (1, 1), "nothing is sent to it");
        assert!(world.halted().is_some());
    }
}
