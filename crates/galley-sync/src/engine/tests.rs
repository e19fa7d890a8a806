use std::collections::{BTreeMap, BTreeSet, VecDeque};

use galley_model::workflow::{Outcome, Reason, ReasonCode};
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::wire::{ContentResult, IntentResult, Peer};

const HELLO: Answer = Answer::Hello { same_newsroom: true, same_epoch: true, speaks: true };

const OTHERS: Answer = Answer::Hello { same_newsroom: false, same_epoch: false, speaks: true };

/// What the world does when asked; each table row changes one thing of it.
struct World {
    engine: Engine,
    now: u64,
    /// Waiting rows by step.
    rows: BTreeMap<Step, Vec<Item>>,
    content: Vec<ContentResult>,
    intents: Vec<IntentResult>,
    faults: VecDeque<(Step, Fault)>,
    hello: Answer,
    more_changes: u32,
    held: bool,
    log: Vec<String>,
    sent: Vec<Request>,
    verdicts: Vec<ItemVerdict>,
}

impl World {
    fn new() -> Self {
        Self {
            engine: Engine::new(),
            now: 1_000,
            rows: BTreeMap::new(),
            content: Vec::new(),
            intents: Vec::new(),
            faults: VecDeque::new(),
            hello: HELLO,
            more_changes: 0,
            held: false,
            log: Vec::new(),
            sent: Vec::new(),
            verdicts: Vec::new(),
        }
    }

    fn with(step: Step, ids: &[i64]) -> Self {
        let mut world = Self::new();
        world.rows.insert(step, ids.iter().map(|id| Item { id: *id, end: 10, ..Item::default() }).collect());
        world
    }

    fn start(&mut self) {
        self.play(Event::Started { signed_in: true, reconcile: false });
    }

    /// Plays one event and everything it leads to, until the engine rests.
    fn play(&mut self, event: Event) {
        let mut events = VecDeque::from([event]);
        let mut steps = 0;
        while let Some(event) = events.pop_front() {
            for effect in self.engine.handle(event, self.now, 7_777) {
                events.extend(self.act(effect));
            }
            steps += 1;
            assert!(steps < 400, "the engine goes round in circles: {:?}", self.log);
        }
    }

    fn act(&mut self, effect: Effect) -> Option<Event> {
        match effect {
            Effect::Prepare { no, step, limit, skip } => {
                let rows = self.rows.get(&step).cloned().unwrap_or_default();
                let items = rows.into_iter().filter(|item| !skip.contains(&item.id));
                Some(Event::Prepared { no, items: items.take(limit as usize).collect() })
            }
            Effect::Send { no, request } => {
                self.sent.push(request.clone());
                let step = step_of(&request);
                if let Some(at) = self.faults.iter().position(|(of, _)| *of == step) {
                    let (_, fault) = self.faults.remove(at).unwrap();
                    return Some(Event::Failed { no, fault });
                }
                Some(Event::Answered { no, answer: self.answer(&request) })
            }
            Effect::Store { no, write } => Some(Event::Stored { no, stored: self.store(write) }),
            other => {
                self.log.push(format!("{other:?}"));
                None
            }
        }
    }

    fn answer(&mut self, request: &Request) -> Answer {
        match request {
            Request::Hello => self.hello.clone(),
            Request::Photo { .. } => Answer::Photo(Flow::Done),
            Request::Content { rows } => {
                let fill = std::iter::repeat(ContentResult::Stored { seq: 1 });
                let many = self.content.len().min(rows.len());
                Answer::Content(self.content.drain(..many).chain(fill).take(rows.len()).collect())
            }
            Request::Intents { rows } => {
                let fill = std::iter::repeat(IntentResult::Done { outcome: Outcome::Accepted });
                let many = self.intents.len().min(rows.len());
                Answer::Intents(self.intents.drain(..many).chain(fill).take(rows.len()).collect())
            }
            Request::Versions => Answer::Versions,
            Request::Changes => Answer::Changes,
            Request::Updates => Answer::Updates,
        }
    }

    fn store(&mut self, write: Write) -> Stored {
        let mut stored = Stored::default();
        match write {
            Write::Verdicts(verdicts) => {
                for verdict in &verdicts {
                    let settled = match verdict {
                        ItemVerdict::Arrived { row }
                        | ItemVerdict::Stored { row, .. }
                        | ItemVerdict::Refused { row, .. }
                        | ItemVerdict::Answered { row, .. }
                        | ItemVerdict::GivenUp { row, .. }
                        | ItemVerdict::Late { row, .. }
                        | ItemVerdict::KeepPrivate { row } => *row,
                        _ => continue,
                    };
                    self.rows.values_mut().for_each(|rows| rows.retain(|item| item.id != settled));
                }
                self.verdicts.extend(verdicts);
            }
            Write::Changes if self.more_changes > 0 => {
                self.more_changes -= 1;
                stored.more = true;
            }
            Write::BeginCompare => self.hello = HELLO,
            Write::Updates => {
                self.rows.remove(&Step::Updates);
            }
            Write::Compared => {
                self.rows.remove(&Step::Compare);
            }
            _ => {}
        }
        stored.held = self.held;
        stored.fresh = Some(Fresh { waiting: self.waiting(), refused: 0 });
        stored
    }

    fn waiting(&self) -> u32 {
        let rows = self.rows.iter().filter(|(step, _)| **step < Step::Changes);
        rows.map(|(_, rows)| rows.len() as u32).sum()
    }

    fn halted(&self) -> Option<&String> {
        self.log.iter().find(|line| line.starts_with("Halt"))
    }
}

fn step_of(request: &Request) -> Step {
    match request {
        Request::Hello => Step::Greet,
        Request::Photo { .. } => Step::Photos,
        Request::Content { .. } => Step::Content,
        Request::Intents { .. } => Step::Intents,
        Request::Versions => Step::Compare,
        Request::Changes => Step::Changes,
        Request::Updates => Step::Updates,
    }
}

fn refused(status: u16, code: &str) -> Fault {
    Fault::Refused { status, code: code.to_owned(), retry_after_ms: None }
}

#[test]
fn a_cycle_sends_photos_then_text_then_wishes_and_then_pulls() {
    let mut world = World::with(Step::Photos, &[1, 2]);
    world.rows.insert(Step::Content, vec![Item { id: 3, ..Item::default() }]);
    world.rows.insert(Step::Intents, vec![Item { id: 4, ..Item::default() }]);
    world.rows.insert(Step::Updates, vec![Item::default()]);
    world.more_changes = 1;
    world.start();
    let steps: Vec<Step> = world.sent.iter().map(step_of).collect();
    use Step::{Changes, Content, Greet, Intents, Photos, Updates};
    assert_eq!(steps, [Greet, Photos, Photos, Content, Intents, Changes, Changes, Updates]);
    assert_eq!(world.engine.status(), Status::UpToDate);
    assert!(world.engine.wake_at().is_some_and(|at| at > world.now), "it polls");
}

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

#[test]
fn another_epoch_is_compared_before_anything_is_sent() {
    let mut world = World::with(Step::Content, &[1]);
    world.rows.insert(Step::Compare, vec![Item::default()]);
    world.hello = Answer::Hello { same_newsroom: true, same_epoch: false, speaks: true };
    world.start();
    let steps: Vec<Step> = world.sent.iter().map(step_of).collect();
    assert_eq!(steps, [Step::Greet, Step::Compare, Step::Content, Step::Changes]);

    let mut world = World::new();
    world.faults = [(Step::Changes, refused(409, "other_epoch"))].into();
    world.start();
    let steps: Vec<Step> = world.sent.iter().map(step_of).collect();
    assert_eq!(steps, [Step::Greet, Step::Changes, Step::Greet, Step::Changes]);
}

#[test]
fn updates_wait_while_a_writer_composes_and_are_taken_soon_after() {
    let mut world = World::new();
    world.held = true;
    world.start();
    assert_eq!(world.engine.wake_at(), Some(world.now + HELD_MS));
    world.play(Event::Deaf);
    assert_eq!(world.engine.wake_at(), Some(world.now + HELD_MS), "nor later without its events");
    world.held = false;
    world.now += HELD_MS;
    let sent = world.sent.len();
    world.rows.insert(Step::Updates, vec![Item::default()]);
    world.play(Event::Timer);
    assert_eq!(world.sent.split_off(sent), [Request::Updates], "no whole cycle");
}

#[test]
fn a_change_during_a_cycle_begins_another_at_once() {
    let mut engine = Engine::new();
    let effects = engine.handle(Event::Started { signed_in: true, reconcile: false }, 0, 0);
    assert!(matches!(effects.as_slice(), [Effect::Send { .. }, Effect::Status(Status::Syncing)]));
    assert!(engine.handle(Event::Changed, 1, 0).is_empty());
    assert!(engine.again);
}

#[test]
fn answers_to_a_step_that_was_left_are_not_heard() {
    let mut engine = Engine::new();
    engine.handle(Event::Started { signed_in: true, reconcile: false }, 0, 0);
    let no = engine.awaited;
    engine.handle(Event::SignedOut, 1, 0);
    assert!(engine.handle(Event::Answered { no, answer: HELLO }, 2, 0).is_empty());
    assert_eq!(engine.status(), Status::SignedOut);
}

/// What a hostile run of things may be.
fn happenings() -> impl Strategy<Value = Vec<(u8, u8, u64)>> {
    proptest::collection::vec((0..14u8, 0..24u8, any::<u64>()), 1..120)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 512, failure_persistence: None, ..ProptestConfig::default() })]

    /// Only rows that a prepare found committed are ever sent; and whatever transient things happened, once they
    /// are over everything arrives.
    #[test]
    fn it_sends_committed_rows_only_and_never_stops_for_good(run in happenings()) {
        let mut engine = Engine::new();
        let mut now = 0_u64;
        let mut waiting: BTreeSet<i64> = BTreeSet::new();
        let mut committed: BTreeSet<i64> = BTreeSet::new();
        let mut next_row = 1;
        let mut open: VecDeque<Effect> =
            engine.handle(Event::Started { signed_in: true, reconcile: true }, 0, 0).into();
        let calm = std::iter::repeat_n((13, 0, 3), 400);
        for (kind, luck, jitter) in run.iter().copied().chain(calm) {
            let event = match kind {
                0 => { waiting.insert(next_row); next_row += 1; Event::Changed }
                1 => Event::Poked,
                2 => Event::NetworkBack,
                3 => Event::WokeUp,
                4 => Event::Deaf,
                5 => Event::Listening,
                6 => Event::SyncNow,
                _ => {
                    now += 1 + u64::from(luck) * 500;
                    match open.pop_front() {
                        None => { now = now.max(engine.wake_at().unwrap_or(now)); Event::Timer }
                        Some(Effect::Prepare { no, step, limit, skip }) => {
                            let own = matches!(step, Step::Content);
                            let rows = waiting.iter().filter(|row| own && !skip.contains(row)).take(limit as usize);
                            let items: Vec<Item> =
                                rows.map(|id| Item { id: *id, end: 5, ..Item::default() }).collect();
                            committed.extend(items.iter().map(|item| item.id));
                            Event::Prepared { no, items }
                        }
                        Some(Effect::Send { no, request }) => {
                            if let Request::Content { rows } = &request {
                                prop_assert!(rows.iter().all(|row| committed.contains(row)));
                            }
                            match luck {
                                1 => Event::Failed { no, fault: Fault::NoNetwork },
                                2 => Event::Failed { no, fault: Fault::Timeout },
                                3 => Event::Failed { no, fault: refused(500, "internal") },
                                4 => Event::Failed { no, fault: refused(429, "slow_down") },
                                5 => Event::Failed { no, fault: Fault::Unreadable },
                                6 => Event::Failed { no, fault: refused(409, "other_epoch") },
                                7 => Event::Failed { no, fault: refused(409, "offset") },
                                8 => continue, // An answer that never comes is the transport's timeout.
                                _ => Event::Answered { no, answer: match request {
                                    Request::Hello => HELLO,
                                    Request::Photo { .. } => Answer::Photo(Flow::Done),
                                    Request::Content { rows } => Answer::Content(rows.iter().map(|_| match luck {
                                        9 => ContentResult::Gap { expect: 0 },
                                        10 => ContentResult::Other,
                                        11 => ContentResult::Forked,
                                        _ => ContentResult::Stored { seq: 1 },
                                    }).collect()),
                                    Request::Intents { .. } => Answer::Intents(Vec::new()),
                                    Request::Versions => Answer::Versions,
                                    Request::Changes => Answer::Changes,
                                    Request::Updates => Answer::Updates,
                                } },
                            }
                        }
                        Some(Effect::Store { no, write }) => {
                            if luck == 12 { Event::StoreFailed { no } } else {
                                if let Write::Verdicts(verdicts) = &write {
                                    for verdict in verdicts {
                                        if let ItemVerdict::Arrived { row } | ItemVerdict::Stored { row, .. } = verdict {
                                            waiting.remove(row);
                                        }
                                    }
                                }
                                let fresh = Fresh { waiting: waiting.len() as u32, refused: 0 };
                                Event::Stored { no, stored: Stored { fresh: Some(fresh), ..Stored::default() } }
                            }
                        }
                        Some(Effect::Halt { problem }) => {
                            prop_assert!(false, "stopped for good: {:?}", problem);
                            continue;
                        }
                        Some(_) => continue,
                    }
                }
            };
            // A transport that never answered times out once the machine is otherwise at rest.
            let event = match event {
                Event::Timer if engine.wake_at().is_none() && engine.running.is_some() =>
                    Event::Failed { no: engine.awaited, fault: Fault::Timeout },
                event => event,
            };
            open.extend(engine.handle(event, now, jitter));
            prop_assert!(engine.running.is_some() || engine.wake_at().is_some(), "asleep for good");
        }
        prop_assert!(waiting.is_empty(), "{:?} never went", waiting);
    }
}
