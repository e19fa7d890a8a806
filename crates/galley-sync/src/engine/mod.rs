//! The device's sync as a state machine: an event and the time in, effects out.
//!
//! One cycle is compare (after a restored copy) → photos → content → intents → changes → updates; each step may be
//! cut off anywhere and is simply done again. What is sent lies in the store; the engine knows rows by their
//! numbers and never sees a text. Not here: IO, clocks, randomness: `now_ms` grows within one run of the app, and
//! `jitter` is any random number.

mod classes;
mod outcomes;
mod words;

#[cfg(test)]
mod tests;

pub use classes::{Class, Fault, classify};
pub use outcomes::{ItemVerdict, content_verdicts, intent_verdicts, row_code};
pub use words::{
    Answer, Effect, Event, Flow, Fresh, Item, Listening, Problem, Request, Status, Step, Stored, Write,
};

/// Where a back-off begins.
pub const FIRST_WAIT_MS: u64 = 1_000;
/// Longest back-off.
pub const LONGEST_WAIT_MS: u64 = 5 * 60 * 1_000;
/// How often a device without events asks, before jitter.
pub const POLL_MS: u64 = 30_000;
/// How often a device that hears events asks all the same.
pub const POLL_LISTENING_MS: u64 = 5 * 60 * 1_000;
/// How soon updates are offered again to an article whose writer was composing.
pub const HELD_MS: u64 = 1_000;
/// Times an item is exported anew in one cycle before it waits for the next one.
const PATIENCE: u32 = 3;

/// The state. Construct one per account and feed it everything that happens.
#[derive(Clone, Debug)]
pub struct Engine {
    signed_in: bool,
    /// Stopped until something outside changes: the reason.
    stopped: Option<Problem>,
    offline: bool,
    /// Failed tries in a row.
    failures: u32,
    /// Who answers has to be asked first.
    greet: bool,
    /// In this cycle our newsroom said that it answers.
    greeted: bool,
    reconcile: bool,
    /// The step under way, and the number of what it waits for.
    running: Option<Step>,
    awaited: u64,
    /// Something happened during the cycle: another follows at once.
    again: bool,
    /// Batches of this step are sent one item at a time: something in them is refused as a whole.
    singly: bool,
    /// Rewinds and renumberings in this cycle.
    patience: u32,
    /// Rows that wait for a later cycle.
    put_off: Vec<i64>,
    /// Updates were kept back because a writer is composing.
    held: bool,
    /// What is sent now.
    sending: Vec<Item>,
    wake_at: Option<u64>,
    listening: Listening,
    fresh: Fresh,
    told: Option<Status>,
}

impl Engine {
    /// An engine that waits for [`Event::Started`].
    pub fn new() -> Self {
        Self {
            signed_in: false,
            stopped: None,
            offline: false,
            failures: 0,
            greet: true,
            greeted: false,
            reconcile: false,
            running: None,
            awaited: 0,
            again: false,
            singly: false,
            patience: 0,
            put_off: Vec::new(),
            held: false,
            sending: Vec::new(),
            wake_at: None,
            listening: Listening::No,
            fresh: Fresh::default(),
            told: None,
        }
    }

    /// What has to happen now. Effects are done in order; what each of them leads to comes back as an event.
    pub fn handle(&mut self, event: Event, now_ms: u64, jitter: u64) -> Vec<Effect> {
        let mut effects = Vec::new();
        self.take(event, now_ms, jitter, &mut effects);
        self.tell_status(&mut effects);
        effects
    }

    /// What the status line says.
    pub fn status(&self) -> Status {
        match (&self.stopped, self.signed_in) {
            (Some(problem), _) => Status::Stopped(*problem),
            (None, false) => Status::SignedOut,
            (None, true) if self.offline => Status::Offline,
            (None, true) if self.running.is_some() => Status::Syncing,
            (None, true) if self.failures > 0 || self.fresh.waiting > 0 => Status::Waiting,
            (None, true) => Status::UpToDate,
        }
    }

    /// When it wants to be woken; none while it waits for something else.
    pub fn wake_at(&self) -> Option<u64> {
        self.wake_at
    }

    fn take(&mut self, event: Event, now: u64, jitter: u64, effects: &mut Vec<Effect>) {
        match event {
            Event::Started { signed_in, reconcile } => {
                *self = Self { told: self.told, awaited: self.awaited + 1, ..Self::new() };
                (self.signed_in, self.reconcile) = (signed_in, reconcile);
                self.begin(effects);
            }
            Event::SignedOut => {
                *self = Self { told: self.told, awaited: self.awaited + 1, ..Self::new() };
                effects.push(Effect::Hush);
            }
            Event::Changed => self.nudge(effects),
            Event::Poked | Event::NetworkBack | Event::WokeUp | Event::SyncNow => {
                if self.stopped == Some(Problem::TooOld) || self.stopped == Some(Problem::Refused) {
                    self.stopped = None;
                }
                self.failures = 0;
                if event != Event::Poked {
                    self.greet = true;
                }
                self.begin(effects);
            }
            Event::Listening => self.listening = Listening::Yes,
            Event::Deaf => {
                self.listening = Listening::No;
                // What comes sooner, or waits out a back-off, stays.
                let poll = self.poll_at(now, jitter);
                let is_sooner = self.failures == 0 && self.wake_at.is_none_or(|at| at > poll);
                if is_sooner && self.running.is_none() && self.may_run() {
                    self.wake(poll, effects);
                }
            }
            Event::Timer => {
                if self.wake_at.is_some_and(|at| at <= now) {
                    self.wake_at = None;
                    self.timer(effects);
                }
            }
            Event::Prepared { no, items } if no == self.awaited => self.prepared(items, effects),
            Event::Answered { no, answer } if no == self.awaited => {
                self.offline = false;
                self.answered(answer, now, jitter, effects);
            }
            Event::Failed { no, fault } if no == self.awaited => self.failed(&fault, now, jitter, effects),
            Event::Stored { no, stored } if no == self.awaited => self.stored(stored, now, jitter, effects),
            Event::StoreFailed { no } if no == self.awaited => self.wait(now, jitter, 0, effects),
            // Of a step that was left meanwhile.
            Event::Prepared { .. }
            | Event::Answered { .. }
            | Event::Failed { .. }
            | Event::Stored { .. }
            | Event::StoreFailed { .. } => {}
        }
    }

    /// While another newsroom answers, nothing but who it is is asked: the right one may come back.
    fn may_run(&self) -> bool {
        self.signed_in && matches!(self.stopped, None | Some(Problem::OtherNewsroom))
    }

    fn timer(&mut self, effects: &mut Vec<Effect>) {
        let held = std::mem::take(&mut self.held);
        if held && self.may_run() && self.running.is_none() {
            return self.enter(Step::Updates, effects);
        }
        self.begin(effects);
    }

    /// A local change waits out a back-off, and is otherwise taken at once.
    fn nudge(&mut self, effects: &mut Vec<Effect>) {
        if self.failures == 0 || self.running.is_some() {
            self.begin(effects);
        } else {
            self.fresh.waiting = self.fresh.waiting.max(1);
        }
    }

    fn begin(&mut self, effects: &mut Vec<Effect>) {
        if !self.may_run() {
            return;
        }
        if self.running.is_some() {
            self.again = true;
            return;
        }
        (self.again, self.patience, self.singly, self.wake_at) = (false, 0, false, None);
        (self.held, self.put_off) = (false, Vec::new());
        let first = if self.greet { Step::Greet } else { self.after_greeting() };
        self.enter(first, effects);
    }

    fn after_greeting(&self) -> Step {
        if self.reconcile { Step::Compare } else { Step::Photos }
    }

    fn enter(&mut self, step: Step, effects: &mut Vec<Effect>) {
        if self.running != Some(step) {
            self.singly = false;
        }
        self.running = Some(step);
        self.awaited += 1;
        let no = self.awaited;
        self.sending.clear();
        effects.push(match step {
            Step::Greet => Effect::Send { no, request: Request::Hello },
            Step::Changes => Effect::Send { no, request: Request::Changes },
            Step::Compare | Step::Photos | Step::Content | Step::Intents | Step::Updates => {
                let limit = if self.singly { 1 } else { u32::MAX };
                Effect::Prepare { no, step, limit, skip: self.put_off.clone() }
            }
        });
    }

    fn prepared(&mut self, items: Vec<Item>, effects: &mut Vec<Effect>) {
        let Some(step) = self.running else { return };
        if items.is_empty() {
            // All are compared, until there is another reason to.
            self.reconcile &= step != Step::Compare;
            return self.next_step(step, effects);
        }
        let ids: Vec<i64> = items.iter().map(|item| item.id).collect();
        let request = match step {
            Step::Compare => Request::Versions,
            Step::Photos => Request::Photo { row: ids.first().copied().unwrap_or_default() },
            Step::Content => Request::Content { rows: ids },
            Step::Intents => Request::Intents { rows: ids },
            Step::Updates => Request::Updates,
            Step::Greet | Step::Changes => return,
        };
        self.sending = if step == Step::Photos { items.into_iter().take(1).collect() } else { items };
        self.awaited += 1;
        effects.push(Effect::Send { no: self.awaited, request });
    }

    fn answered(&mut self, answer: Answer, now: u64, jitter: u64, effects: &mut Vec<Effect>) {
        self.failures = 0;
        let write = match answer {
            Answer::Hello { same_newsroom: false, .. } => return self.others(now, jitter, effects),
            Answer::Hello { speaks: false, .. } => return self.stop(Problem::TooOld, effects),
            Answer::Hello { same_epoch, .. } => {
                (self.greet, self.greeted, self.stopped) = (false, true, None);
                if same_epoch {
                    let next = self.after_greeting();
                    return self.enter(next, effects);
                }
                self.reconcile = true;
                Write::BeginCompare
            }
            Answer::Content(results) => {
                let verdicts = content_verdicts(&self.sending, &results, self.patience < PATIENCE);
                self.judge(verdicts, effects)
            }
            // A server that answers nothing is not asked in a circle.
            Answer::Intents(results) if results.is_empty() => {
                self.put_off.extend(self.sending.iter().map(|item| item.id));
                Write::Nothing
            }
            Answer::Intents(results) => {
                let verdicts = intent_verdicts(&self.sending, &results, self.patience < PATIENCE);
                self.judge(verdicts, effects)
            }
            Answer::Photo(Flow::More) => Write::Nothing,
            Answer::Photo(Flow::Done) => Write::Verdicts(
                self.sending.iter().map(|item| ItemVerdict::Arrived { row: item.id }).collect(),
            ),
            Answer::Versions => Write::Compared,
            Answer::Changes => Write::Changes,
            Answer::Updates => Write::Updates,
        };
        self.write(write, effects);
    }

    /// Counts what goes round in circles, and tells what a person has to know.
    fn judge(&mut self, verdicts: Vec<ItemVerdict>, effects: &mut Vec<Effect>) -> Write {
        if verdicts.iter().any(ItemVerdict::goes_round) {
            self.patience += 1;
        }
        for verdict in &verdicts {
            if let ItemVerdict::Later { row, .. } = verdict {
                self.put_off.push(*row);
            }
            if let Some((row, code)) = verdict.told() {
                effects.push(Effect::Tell { row, code });
            }
        }
        Write::Verdicts(verdicts)
    }

    fn write(&mut self, write: Write, effects: &mut Vec<Effect>) {
        self.awaited += 1;
        effects.push(Effect::Store { no: self.awaited, write });
    }

    fn stored(&mut self, stored: Stored, now: u64, jitter: u64, effects: &mut Vec<Effect>) {
        let Some(step) = self.running else { return };
        if let Some(fresh) = stored.fresh {
            self.fresh = fresh;
        }
        match step {
            Step::Greet => {
                let next = self.after_greeting();
                self.enter(next, effects);
            }
            Step::Updates if stored.held => {
                // Somebody is composing: the rest is taken as soon as that is over.
                self.finish(now, jitter, effects);
                if self.running.is_none() {
                    self.held = true;
                    self.wake(now + HELD_MS, effects);
                }
            }
            // What was settled does not come again; what was put off is skipped, and wishes stay in their order.
            Step::Photos | Step::Content => self.enter(step, effects),
            Step::Intents if self.put_off.is_empty() => self.enter(step, effects),
            _ if stored.more => self.enter(step, effects),
            Step::Updates => self.finish(now, jitter, effects),
            Step::Compare => {
                self.reconcile = false;
                self.next_step(step, effects);
            }
            _ => self.next_step(step, effects),
        }
    }

    fn next_step(&mut self, step: Step, effects: &mut Vec<Effect>) {
        match step.next() {
            Some(next) => self.enter(next, effects),
            // Nothing to prepare at the end of the cycle: what is stored says how things stand.
            None => self.write(Write::Nothing, effects),
        }
    }

    fn finish(&mut self, now: u64, jitter: u64, effects: &mut Vec<Effect>) {
        (self.running, self.greeted) = (None, false);
        self.sending.clear();
        self.failures = 0;
        if self.listening == Listening::No {
            self.listening = Listening::Asked;
            effects.push(Effect::Listen);
        }
        if std::mem::take(&mut self.again) {
            return self.begin(effects);
        }
        self.rest(now, jitter, effects);
    }

    fn rest(&mut self, now: u64, jitter: u64, effects: &mut Vec<Effect>) {
        let at = self.poll_at(now, jitter);
        self.wake(at, effects);
    }

    /// When it asks of itself what is new.
    fn poll_at(&self, now: u64, jitter: u64) -> u64 {
        let poll = if self.listening == Listening::Yes { POLL_LISTENING_MS } else { POLL_MS };
        // Between three quarters and five quarters, so that a thousand devices do not ask at once.
        now + poll * 3 / 4 + jitter % (poll / 2)
    }

    fn wake(&mut self, at: u64, effects: &mut Vec<Effect>) {
        self.wake_at = Some(at);
        effects.push(Effect::Wake { at });
    }

    fn failed(&mut self, fault: &Fault, now: u64, jitter: u64, effects: &mut Vec<Effect>) {
        self.offline = matches!(fault, Fault::NoNetwork | Fault::Timeout);
        if self.offline {
            // Nobody answers now, whoever did before.
            self.stopped = None;
        }
        match classify(fault) {
            Class::Transient { after_ms } => self.wait(now, jitter, after_ms, effects),
            Class::Quota { after_ms } => {
                effects.push(Effect::Tell { row: 0, code: "quota" });
                self.wait(now, jitter, after_ms, effects);
            }
            Class::Auth => self.unknown(now, jitter, effects),
            Class::OtherNewsroom => self.others(now, jitter, effects),
            Class::TooOld => self.stop(Problem::TooOld, effects),
            Class::OtherEpoch => {
                self.greet = true;
                self.running = None;
                self.patience += 1;
                if self.patience > PATIENCE {
                    return self.wait(now, jitter, 0, effects);
                }
                self.enter(Step::Greet, effects);
            }
            Class::Restart => self.again_from_start(now, jitter, effects),
            Class::Permanent { code } => self.refused(code, now, jitter, effects),
        }
    }

    /// The token is not known there. That is a word of our newsroom's only: who answers is asked before it is taken.
    fn unknown(&mut self, now: u64, jitter: u64, effects: &mut Vec<Effect>) {
        match self.running {
            // Asked without a token: whoever says this is no publishing server.
            Some(Step::Greet) => self.wait(now, jitter, 0, effects),
            _ if self.greeted => self.stop(Problem::SignedOut, effects),
            _ => self.enter(Step::Greet, effects),
        }
    }

    /// Another newsroom answers. Told once, and asked again later who answers then; nobody is signed out by it.
    fn others(&mut self, now: u64, jitter: u64, effects: &mut Vec<Effect>) {
        if self.stopped != Some(Problem::OtherNewsroom) {
            self.stop(Problem::OtherNewsroom, effects);
        }
        self.wait(now, jitter, LONGEST_WAIT_MS, effects);
    }

    /// An upload that expired or stands elsewhere is begun again.
    fn again_from_start(&mut self, now: u64, jitter: u64, effects: &mut Vec<Effect>) {
        self.patience += 1;
        match self.running {
            Some(step) if self.patience <= PATIENCE => self.enter(step, effects),
            _ => self.wait(now, jitter, 0, effects),
        }
    }

    /// A whole request that will never work: its items are sent singly, and the one to blame is set aside.
    fn refused(&mut self, code: &'static str, now: u64, jitter: u64, effects: &mut Vec<Effect>) {
        let Some(step) = self.running else { return };
        match (step, self.sending.as_slice()) {
            (Step::Photos | Step::Content | Step::Intents, [item]) => {
                let row = item.id;
                effects.push(Effect::Tell { row, code });
                let verdict = if step == Step::Intents {
                    ItemVerdict::GivenUp { row, code }
                } else {
                    ItemVerdict::Refused { row, reason: code.to_owned() }
                };
                self.failures = 0;
                self.write(Write::Verdicts(vec![verdict]), effects);
            }
            (Step::Content | Step::Intents, [_, _, ..]) => {
                self.enter(step, effects);
                self.one_at_a_time(effects);
            }
            (Step::Updates, _) => {
                effects.push(Effect::Tell { row: 0, code });
                self.wait(now, jitter, LONGEST_WAIT_MS, effects);
            }
            _ if code == "not_permitted" => self.stop(Problem::Refused, effects),
            _ => {
                effects.push(Effect::Tell { row: 0, code });
                self.wait(now, jitter, LONGEST_WAIT_MS, effects);
            }
        }
    }

    /// Makes the step that was just entered ask for one item.
    fn one_at_a_time(&mut self, effects: &mut [Effect]) {
        self.singly = true;
        if let Some(Effect::Prepare { limit, .. }) = effects.last_mut() {
            *limit = 1;
        }
    }

    fn stop(&mut self, problem: Problem, effects: &mut Vec<Effect>) {
        (self.running, self.wake_at) = (None, None);
        self.awaited += 1;
        self.listening = Listening::No;
        if problem == Problem::SignedOut {
            self.signed_in = false;
        }
        self.stopped = Some(problem).filter(|problem| *problem != Problem::SignedOut);
        effects.push(Effect::Hush);
        effects.push(Effect::Halt { problem });
    }

    /// Leaves the cycle and comes back: full jitter between nothing and a ceiling that doubles.
    fn wait(&mut self, now: u64, jitter: u64, at_least: u64, effects: &mut Vec<Effect>) {
        let ceiling = FIRST_WAIT_MS.saturating_mul(1 << self.failures.min(20)).min(LONGEST_WAIT_MS);
        self.failures = self.failures.saturating_add(1);
        (self.running, self.greeted) = (None, false);
        self.awaited += 1;
        self.greet = true;
        // Never at once, or a server that fails at once would be asked in a circle.
        let wait = (jitter % ceiling + 1).max(at_least.min(2 * LONGEST_WAIT_MS));
        self.wake(now + wait, effects);
        if std::mem::take(&mut self.again) {
            self.fresh.waiting = self.fresh.waiting.max(1);
        }
    }

    fn tell_status(&mut self, effects: &mut Vec<Effect>) {
        let status = self.status();
        if self.told != Some(status) {
            self.told = Some(status);
            effects.push(Effect::Status(status));
        }
    }
}

impl Default for Engine {
    fn default() -> Self {
        Self::new()
    }
}
