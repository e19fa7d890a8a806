//! Taking in what devices wrote. The newsroom says what to look at; a [`Decoder`] looks, in this process or in a
//! child that may die of it. What goes in and comes out is plain data, so that it can cross a pipe.
//!
//! Not here: who may write, numbers, records.

use std::future::Future;
use std::pin::Pin;

use galley_model::{ArticleId, Meta};
use galley_sync::wire::{Bytes, Have, Peer, refusal};
use galley_text::contest::FieldContest;
use galley_text::foreign::{self, Foreign, Held, Judgement, Place, Refusal};
use serde::{Deserialize, Serialize};

/// Looks at what devices wrote.
pub trait Decoder: Send + Sync + 'static {
    /// Does each job; answers in their order, one for each. Jobs know nothing of each other.
    fn decode(&self, jobs: Vec<Job>) -> Pin<Box<dyn Future<Output = Vec<Decoded>> + Send + '_>>;
}

/// One article, and what is to be done with it, in order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    /// Which; for the log.
    pub article: ArticleId,
    /// The article as it stands: its newest snapshot, made here before.
    pub snapshot: Option<Bytes>,
    /// The updates since, made here before.
    pub updates: Vec<Bytes>,
    /// What the newest of these updates are part of, when the first step goes on with it.
    pub run: Option<Run>,
    /// What is to be done. A step that is refused changes nothing, and the next goes on.
    pub steps: Vec<Step>,
    /// Whether the answer shall hold a snapshot.
    pub wants_snapshot: bool,
}

/// What one peer wrote piece by piece beside what it did not know, with nobody else's update between: one change of
/// the article, and judged as one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// Who.
    pub peer: Peer,
    /// Its first operation.
    pub since: i32,
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Step {
    /// Take in what a device wrote.
    Take(Written),
    /// Say how the article would read with what a device wrote, and leave it as it is.
    TryOn(Written),
    /// Write a chosen text between two marks of the text.
    WriteBody {
        /// A fresh peer of the newsroom's own.
        peer: Peer,
        /// Mark before the first character.
        from: Bytes,
        /// Mark after the last.
        to: Bytes,
        /// What stood there when it was chosen.
        seen: String,
        /// What shall stand there.
        text: String,
    },
    /// Write a chosen fact.
    WriteField {
        /// A fresh peer of the newsroom's own.
        peer: Peer,
        /// Which.
        key: String,
        /// What it was when it was chosen.
        seen: String,
        /// What it shall be.
        text: String,
    },
    /// Say how the article read at an earlier moment.
    Read {
        /// How far each peer had come.
        have: Have,
    },
}

/// What one peer wrote, as a device sent it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Written {
    /// Who.
    pub peer: Peer,
    /// First operation, counted from 0.
    pub start: i32,
    /// One past the last.
    pub end: i32,
    /// Foreign.
    pub bytes: Bytes,
}

/// What became of a job.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Decoded {
    /// Looked at.
    Done(Done),
    /// Whoever looked died of it.
    Died,
    /// It took longer than it may.
    TimedOut,
    /// The article itself cannot be read.
    Damaged,
    /// Nobody could look, and the bytes are not to blame: ask again later.
    Unavailable,
}

/// A job that was looked at.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Done {
    /// One for each step, in order.
    pub steps: Vec<Stepped>,
    /// The article after the last step, where it was asked for.
    pub snapshot: Option<Bytes>,
}

/// What became of a step.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Stepped {
    /// Taken in, tried on, written, or read.
    Taken(Box<Taken>),
    /// It builds on operations that are not here.
    Missing {
        /// What is here.
        have: Have,
    },
    /// Something else stands at the place than was seen.
    Moved {
        /// What stands there.
        now: String,
    },
    /// Not a text that an article can have.
    Refused {
        /// `unreadable`, `too_large`, `operation` or `too_long`.
        reason: String,
    },
}

/// How the article reads after a step.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Taken {
    /// One past the last operation of the peer; 0 when there was nothing to write.
    pub end: i32,
    /// Our own export of the new operations: what is kept and handed on.
    pub bytes: Bytes,
    /// The text.
    pub body: String,
    /// The facts.
    pub meta: Meta,
    /// The first operation of the peer that `contests` and `fields` judge; steps before this one that lie in it are
    /// judged here and not where they stand.
    pub judged_since: i32,
    /// Places where a person has to choose.
    pub contests: Vec<BodyContest>,
    /// Facts where a person has to choose.
    pub fields: Vec<FieldContest>,
    /// The peers whose operations the writer did not know.
    pub unknown_to_writer: Vec<Peer>,
}

/// A contested place of the text.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BodyContest {
    /// Mark before its first character.
    pub from: Bytes,
    /// Mark after its last.
    pub to: Bytes,
    /// What stood there when both began.
    pub base: String,
    /// What the later arrival made of it.
    pub mine: String,
    /// What the other made of it.
    pub theirs: String,
    /// What the document says.
    pub result: String,
    /// What it should probably say.
    pub suggestion: Option<String>,
}

/// Looks in this process: for the newsroom inside the app and for tests. Bytes that were made to take all memory
/// take it.
#[derive(Clone, Copy, Debug, Default)]
pub struct InProcess;

impl Decoder for InProcess {
    fn decode(&self, jobs: Vec<Job>) -> Pin<Box<dyn Future<Output = Vec<Decoded>> + Send + '_>> {
        Box::pin(async move {
            let n_jobs = jobs.len();
            let looking = tokio::task::spawn_blocking(move || jobs.into_iter().map(decode).collect());
            looking.await.unwrap_or_else(|_| vec![Decoded::Died; n_jobs])
        })
    }
}

/// Does one job: what a child runs, and nothing else.
pub fn decode(job: Job) -> Decoded {
    let updates: Vec<Vec<u8>> = job.updates.into_iter().map(|bytes| bytes.0).collect();
    let open = || Held::open(job.snapshot.as_ref().map(|bytes| bytes.0.as_slice()), &updates);
    let Ok(mut held) = open() else { return Decoded::Damaged };
    if let Some(Run { peer, since }) = job.run
        && held.resume(peer.0, since).is_err()
    {
        // What is contested is judged from here on alone then; the text is taken in all the same.
        let Ok(anew) = open() else { return Decoded::Damaged };
        held = anew;
    }
    let mut steps = Vec::with_capacity(job.steps.len());
    for step in &job.steps {
        match stepped(&mut held, step) {
            Ok(taken) => steps.push(Stepped::Taken(Box::new(taken))),
            Err(Refusal::Held(_)) => return Decoded::Damaged,
            Err(Refusal::Missing { have }) => steps.push(Stepped::Missing {
                have: have.into_iter().map(|(peer, end)| (Peer(peer), end)).collect(),
            }),
            Err(Refusal::Moved { now }) => steps.push(Stepped::Moved { now }),
            Err(refusal) => steps.push(Stepped::Refused { reason: reason(&refusal).to_owned() }),
        }
    }
    // Without one the article is read from its updates, as it was.
    let snapshot = if job.wants_snapshot { held.snapshot().ok().flatten().map(Bytes) } else { None };
    Decoded::Done(Done { steps, snapshot })
}

fn stepped(held: &mut Held, step: &Step) -> Result<Taken, Refusal> {
    let write = |written: foreign::Written| Taken {
        end: written.end,
        bytes: Bytes(written.bytes),
        body: written.body,
        meta: written.meta,
        ..Taken::default()
    };
    match step {
        Step::Take(written) => held.take(&written.foreign()).map(|taken| taken_of(taken, written.end)),
        Step::TryOn(written) => held.try_on(&written.foreign()).map(|taken| taken_of(taken, written.end)),
        Step::WriteBody { peer, from, to, seen, text } => {
            held.write(peer.0, Place::Body { from: &from.0, to: &to.0 }, seen, text).map(write)
        }
        Step::WriteField { peer, key, seen, text } => {
            held.write(peer.0, Place::Field(key), seen, text).map(write)
        }
        Step::Read { have } => {
            let have = have.iter().map(|(peer, end)| (peer.0, *end)).collect();
            held.read_at(&have).map(|(body, meta)| Taken { body, meta, ..Taken::default() })
        }
    }
}

fn taken_of(taken: foreign::Taken, end: i32) -> Taken {
    let Judgement { since, contests, fields, unknown_to_writer } = taken.judgement.unwrap_or_default();
    let contest = |marked: foreign::MarkedContest| BodyContest {
        from: Bytes(marked.from),
        to: Bytes(marked.to),
        base: marked.contest.base,
        mine: marked.contest.mine,
        theirs: marked.contest.theirs,
        result: marked.contest.result,
        suggestion: marked.contest.suggestion,
    };
    Taken {
        end,
        bytes: Bytes(taken.bytes),
        body: taken.body,
        meta: taken.meta,
        judged_since: since,
        contests: contests.into_iter().map(contest).collect(),
        fields,
        unknown_to_writer: unknown_to_writer.into_iter().map(Peer).collect(),
    }
}

fn reason(refusal: &Refusal) -> &'static str {
    match refusal {
        Refusal::TooLarge => refusal::TOO_LARGE,
        Refusal::Operation => refusal::OPERATION,
        Refusal::TooLong => refusal::TOO_LONG,
        Refusal::Unreadable | Refusal::Moved { .. } | Refusal::Missing { .. } | Refusal::Held(_) => {
            refusal::UNREADABLE
        }
    }
}

impl Taken {
    /// The run that it is part of, when this peer wrote it; none when its writer knew everything that was there.
    pub(crate) fn run(&self, peer: Peer) -> Option<Run> {
        (!self.unknown_to_writer.is_empty()).then_some(Run { peer, since: self.judged_since })
    }
}

impl Written {
    fn foreign(&self) -> Foreign<'_> {
        Foreign { peer: self.peer.0, start: self.start, end: self.end, bytes: &self.bytes.0 }
    }
}
