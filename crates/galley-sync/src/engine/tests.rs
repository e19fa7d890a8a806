//! The engine against a world that is a table: what it asks for, and in which order.

mod faults;
mod verdicts;

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
