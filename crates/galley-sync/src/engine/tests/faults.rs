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
    world.play(Event::Deaf);
    assert_eq!(world.engine.wake_at(), Some(61_000), "nor is it asked sooner without its events");
}

#[test]
fn what_needs_a_person_stops_and_goes_on_when_the_person_acted() {
    let stops = [
        (refused(401, "signed_out"), Status::SignedOut),
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
    for hello in [OTHERS, Answer::Hello { same_newsroom: true, same_epoch: true, speaks: false }] {
        let mut world = World::with(Step::Content, &[1]);
        world.hello = hello;
        world.start();
        assert_eq!((world.sent.len(), world.waiting()), (1, 1), "nothing is sent to it");
        assert!(world.halted().is_some());
    }
}

/// Each way in which another newsroom shows itself, at an address where ours answered before.
#[test]
fn another_newsroom_signs_nobody_out_and_nothing_but_ours_coming_back_is_needed() {
    for word in [refused(401, "signed_out"), refused(409, "other_newsroom")] {
        let mut world = World::new();
        world.start();
        world.rows.insert(Step::Content, vec![Item { id: 1, end: 10, ..Item::default() }]);
        world.hello = OTHERS;
        world.faults = [(Step::Content, word.clone())].into();
        world.play(Event::Changed);
        let stopped = Status::Stopped(Problem::OtherNewsroom);
        assert_eq!(world.engine.status(), stopped, "{word:?}");
        // It is told once, typing asks nobody, and nothing but who answers is asked for.
        let sent = world.sent.len();
        world.play(Event::Changed);
        assert_eq!(world.sent.len(), sent, "{word:?}");
        for event in [Event::SyncNow, Event::NetworkBack, Event::Timer, Event::Timer] {
            world.now = world.engine.wake_at().unwrap();
            world.play(event);
            assert_eq!(world.engine.status(), stopped, "{word:?}");
        }
        let asked = world.sent.split_off(sent);
        assert_eq!(asked, [const { Request::Hello }; 4], "{word:?}");
        let told = world.log.iter().filter(|line| line.starts_with("Halt")).count();
        assert_eq!(told, 1, "{word:?}");
        // Nobody answers, and then ours.
        world.faults = [(Step::Greet, Fault::NoNetwork)].into();
        world.play(Event::NetworkBack);
        assert_eq!(world.engine.status(), Status::Offline, "{word:?}");
        world.hello = HELLO;
        world.now = world.engine.wake_at().unwrap();
        world.play(Event::Timer);
        assert_eq!((world.engine.status(), world.waiting()), (Status::UpToDate, 0), "{word:?}");
    }
}

#[test]
fn an_unknown_token_is_our_newsrooms_word_only_and_asked_for_in_the_same_cycle() {
    let unknown = || refused(401, "signed_out");
    let mut world = World::new();
    world.start();
    let sent = world.sent.len();
    world.faults = [(Step::Changes, unknown()), (Step::Changes, unknown())].into();
    world.play(Event::Changed);
    assert_eq!(world.engine.status(), Status::SignedOut);
    assert_eq!(world.sent.split_off(sent), [Request::Changes, Request::Hello, Request::Changes]);
    // A gate on the way that wants a token to say who answers.
    let mut world = World::new();
    world.faults = [(Step::Greet, unknown())].into();
    world.start();
    assert_eq!((world.engine.status(), world.sent.len()), (Status::Waiting, 1));
    world.now = world.engine.wake_at().unwrap();
    world.play(Event::Timer);
    assert_eq!(world.engine.status(), Status::UpToDate);
}
