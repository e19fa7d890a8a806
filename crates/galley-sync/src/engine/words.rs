//! What the engine is told and what it asks for: printable, small, without a text.

use super::{Fault, ItemVerdict};
use crate::wire::{ContentResult, IntentResult};

/// The steps of a cycle, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Step {
    /// Who answers, and of which epoch.
    Greet,
    /// What the server has, against what the library has: after either came from a copy.
    Compare,
    /// Photos.
    Photos,
    /// Text.
    Content,
    /// Wishes.
    Intents,
    /// The feed.
    Changes,
    /// Text of others.
    Updates,
}

impl Step {
    /// What follows, none at the end.
    pub fn next(self) -> Option<Self> {
        match self {
            Self::Greet => Some(Self::Compare),
            Self::Compare => Some(Self::Photos),
            Self::Photos => Some(Self::Content),
            Self::Content => Some(Self::Intents),
            Self::Intents => Some(Self::Changes),
            Self::Changes => Some(Self::Updates),
            Self::Updates => None,
        }
    }
}

/// A row of the outbox that is ready to be sent; for `Compare` and `Updates` anything that stands for work.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Item {
    /// The row.
    pub id: i64,
    /// Its first operation (content).
    pub start: i32,
    /// One past its last operation (content).
    pub end: i32,
    /// The article's text was refused: a wish that needs it will never be answered.
    pub stuck: bool,
    /// Sent in vain before.
    pub attempts: u32,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The app started, or somebody signed in.
    Started {
        /// Whether there is a token.
        signed_in: bool,
        /// Whether the library asks to be compared first.
        reconcile: bool,
    },
    /// Somebody signed out here.
    SignedOut,
    /// Something was committed that may have to go up.
    Changed,
    /// The server said that something changed.
    Poked,
    /// A network returned.
    NetworkBack,
    /// The computer woke up.
    WokeUp,
    /// A person asked for it.
    SyncNow,
    /// The stream of events is open.
    Listening,
    /// The stream of events broke or could not be opened.
    Deaf,
    /// [`Effect::Wake`] came due.
    Timer,
    /// What [`Effect::Prepare`] found and committed.
    Prepared {
        /// Of which effect.
        no: u64,
        /// What can be sent; none when there is nothing.
        items: Vec<Item>,
    },
    /// What [`Effect::Send`] led to. Large answers stay with who sent.
    Answered {
        /// Of which effect.
        no: u64,
        /// What came.
        answer: Answer,
    },
    /// [`Effect::Send`] led to no answer.
    Failed {
        /// Of which effect.
        no: u64,
        /// Why.
        fault: Fault,
    },
    /// [`Effect::Store`] is committed.
    Stored {
        /// Of which effect.
        no: u64,
        /// How things stand.
        stored: Stored,
    },
    /// [`Effect::Store`] or [`Effect::Prepare`] could not be done: the disk.
    StoreFailed {
        /// Of which effect.
        no: u64,
    },
}

/// What a server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Who it is.
    Hello {
        /// It is the library's newsroom.
        same_newsroom: bool,
        /// Its records are those the cursor is of.
        same_epoch: bool,
        /// It speaks our version of the protocol.
        speaks: bool,
    },
    /// What became of the texts, in the order they were sent.
    Content(Vec<ContentResult>),
    /// What became of the first wishes.
    Intents(Vec<IntentResult>),
    /// How far a photo is.
    Photo(Flow),
    /// What it has of some articles.
    Versions,
    /// A page of the feed.
    Changes,
    /// Updates.
    Updates,
}

/// How far an upload is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flow {
    /// A chunk arrived, and others follow.
    More,
    /// The server has it.
    Done,
}

/// How things stand after a write.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stored {
    /// The step has more to do: it is entered again.
    pub more: bool,
    /// Updates were kept back because a writer is composing.
    pub held: bool,
    /// What waits now, when it was counted.
    pub fresh: Option<Fresh>,
}

/// What waits in the outbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Fresh {
    /// Rows that wait.
    pub waiting: u32,
    /// Rows that were set aside.
    pub refused: u32,
}

/// What has to happen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Find what the step has to send and commit it; then [`Event::Prepared`].
    Prepare {
        /// To answer with.
        no: u64,
        /// Which.
        step: Step,
        /// At most so many rows.
        limit: u32,
        /// Not these: they wait for a later cycle.
        skip: Vec<i64>,
    },
    /// Send, with bytes that are read back from the library; then [`Event::Answered`] or [`Event::Failed`].
    Send {
        /// To answer with.
        no: u64,
        /// What.
        request: Request,
    },
    /// Commit; then [`Event::Stored`].
    Store {
        /// To answer with.
        no: u64,
        /// What.
        write: Write,
    },
    /// [`Event::Timer`] then, in place of any earlier one.
    Wake {
        /// Of the same clock as `now_ms`.
        at: u64,
    },
    /// Open the stream of events.
    Listen,
    /// Close it.
    Hush,
    /// Something about one row, or about the whole when `row` is 0, that a person should know.
    Tell {
        /// Row of the outbox.
        row: i64,
        /// A code.
        code: &'static str,
    },
    /// Nothing more is sent or taken until a person, an update of the app or a server changes something.
    Halt {
        /// Why.
        problem: Problem,
    },
    /// The status line moved.
    Status(Status),
}

/// One request. Rows are of the outbox.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// Who answers.
    Hello,
    /// The next chunk of a photo.
    Photo {
        /// Which.
        row: i64,
    },
    /// Texts.
    Content {
        /// In order.
        rows: Vec<i64>,
    },
    /// Wishes.
    Intents {
        /// In the order of their numbers.
        rows: Vec<i64>,
    },
    /// What the server has of the articles that were prepared.
    Versions,
    /// The next page of the feed.
    Changes,
    /// Updates of the articles that were prepared.
    Updates,
}

/// One write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// Nothing; how things stand is asked for.
    Nothing,
    /// The server's records are of another epoch: the cursor goes back, and everything is compared.
    BeginCompare,
    /// Outcomes of rows, in one transaction.
    Verdicts(Vec<ItemVerdict>),
    /// The answer to [`Request::Versions`]: what the server lacks is queued.
    Compared,
    /// The answer to [`Request::Changes`]: standings and cursor in one transaction.
    Changes,
    /// The answer to [`Request::Updates`].
    Updates,
}

/// What the status line says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nobody is signed in.
    SignedOut,
    /// The server is not reached.
    Offline,
    /// Something waits for a next try.
    Waiting,
    /// A cycle runs.
    Syncing,
    /// Nothing waits.
    UpToDate,
    /// Stopped until something changes.
    Stopped(Problem),
}

/// Why the sync stopped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The token is not valid any more; everything is kept.
    SignedOut,
    /// The server is another newsroom's: nothing is sent or taken, and the token is kept until ours is back.
    OtherNewsroom,
    /// The app must be updated; writing goes on.
    TooOld,
    /// The server refuses this person.
    Refused,
}

/// Whether events are heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listening {
    /// Not asked for.
    No,
    /// Asked for.
    Asked,
    /// Heard.
    Yes,
}
