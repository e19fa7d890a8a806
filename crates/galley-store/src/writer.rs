//! The writer thread and its group commit.
//!
//! One thread owns the one connection that writes. Idle, it commits a request at once; what arrives during a
//! commit shares the next one. In a group each request runs inside a savepoint, so that one failure does not
//! sink the others; when SQLite abandons the whole transaction (a full disk, a failed sync), each request is
//! tried once more alone. Requests are answered after the commit, and the day log is written after that.

use std::sync::mpsc::{self, Receiver, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::connection;
use crate::daylog::{DayLog, Entry};
use crate::error::StoreError;
use crate::pending::Pending;
use crate::upkeep::Pulse;

/// Most requests that share a commit: bounds the wait of the first.
const GROUP: usize = 256;

/// One request. `run` may be called again after a transaction that was abandoned.
trait Job: Send {
    fn run(&mut self, connection: &Connection) -> Result<(), StoreError>;
    fn answer(self: Box<Self>, outcome: Result<(), StoreError>) -> Vec<Entry>;
}

struct Write<T, F> {
    write: F,
    done: Option<(T, Vec<Entry>)>,
    answer: oneshot::Sender<Result<T, StoreError>>,
}

impl<T, F> Job for Write<T, F>
where
    T: Send,
    F: FnMut(&Connection, &mut Vec<Entry>) -> Result<T, StoreError> + Send,
{
    fn run(&mut self, connection: &Connection) -> Result<(), StoreError> {
        let mut entries = Vec::new();
        self.done = None;
        let value = (self.write)(connection, &mut entries)?;
        self.done = Some((value, entries));
        Ok(())
    }

    fn answer(self: Box<Self>, outcome: Result<(), StoreError>) -> Vec<Entry> {
        let (answer, entries) = match (outcome, self.done) {
            (Ok(()), Some((value, entries))) => (Ok(value), entries),
            (Ok(()), None) => (Err(StoreError::Closed), Vec::new()),
            (Err(error), _) => (Err(error), Vec::new()),
        };
        // Nobody may be waiting any more; the write stands all the same.
        let _ = self.answer.send(answer);
        entries
    }
}

type Alone = Box<dyn FnOnce(&mut Connection, &mut DayLog) + Send>;

enum Message {
    Job(Box<dyn Job>),
    Alone(Alone),
    Stop,
}

/// The way to the writer thread.
#[derive(Debug)]
pub(crate) struct Writer {
    requests: Sender<Message>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Writer {
    /// Starts the thread on a connection of [`connection::writer`].
    pub(crate) fn start(
        mut connection: Connection,
        day_log: DayLog,
        pulse: Arc<Pulse>,
    ) -> std::io::Result<Self> {
        let (requests, inbox) = mpsc::channel();
        let counted = Arc::clone(&pulse);
        // A hook that cannot be set only means that checkpoints wait for the close.
        let _ = connection.wal_hook(Some(move |_: &mut rusqlite::hooks::Wal, pages: i32| {
            counted.pages(pages);
            Ok(())
        }));
        let thread = std::thread::Builder::new()
            .name("galley-writer".to_owned())
            .spawn(move || serve(&inbox, connection, day_log, &pulse))?;
        Ok(Self { requests, thread: Mutex::new(Some(thread)) })
    }

    /// Asks for a write inside the next commit. `write` may run more than once; only its last run counts.
    pub(crate) fn write<T, F>(&self, write: F) -> Pending<T>
    where
        T: Send + 'static,
        F: FnMut(&Connection, &mut Vec<Entry>) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, pending) = Pending::pair();
        self.send(Message::Job(Box::new(Write { write, done: None, answer })));
        pending
    }

    /// Runs something on the thread outside any transaction, with the connection to itself.
    pub(crate) fn alone<T, F>(&self, run: F) -> Pending<T>
    where
        T: Send + 'static,
        F: FnOnce(&mut Connection, &mut DayLog) -> Result<T, StoreError> + Send + 'static,
    {
        let (answer, pending) = Pending::pair();
        self.send(Message::Alone(Box::new(move |connection, day_log| {
            let _ = answer.send(run(connection, day_log));
        })));
        pending
    }

    /// A request to a thread that is gone is dropped, which its `Pending` tells as [`StoreError::Closed`].
    fn send(&self, message: Message) {
        let _ = self.requests.send(message);
    }

    /// Lets the thread finish what was asked before, and waits for it.
    pub(crate) fn stop(&self) {
        self.send(Message::Stop);
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.stop();
    }
}

fn serve(inbox: &Receiver<Message>, mut connection: Connection, mut day_log: DayLog, pulse: &Pulse) {
    while let Ok(first) = inbox.recv() {
        let mut next = Some(first);
        while let Some(message) = next.take() {
            match message {
                Message::Stop => return,
                Message::Alone(run) => run(&mut connection, &mut day_log),
                Message::Job(job) => {
                    let mut group = vec![job];
                    while group.len() < GROUP && next.is_none() {
                        match inbox.try_recv() {
                            Ok(Message::Job(job)) => group.push(job),
                            Ok(other) => next = Some(other),
                            Err(_) => break,
                        }
                    }
                    let entries = commit(&connection, group, pulse);
                    day_log.append(&entries);
                    pulse.committed();
                }
            }
        }
    }
}

/// Commits a group, answers it, and returns what the day log shall hold of it.
fn commit(connection: &Connection, mut group: Vec<Box<dyn Job>>, pulse: &Pulse) -> Vec<Entry> {
    let outcomes = match commit_together(connection, &mut group) {
        Some(outcomes) => outcomes,
        None => group.iter_mut().map(|job| commit_alone(connection, job.as_mut())).collect(),
    };
    if outcomes.iter().any(|outcome| matches!(outcome, Err(StoreError::Damaged { .. }))) {
        pulse.ask_for_salvage();
    }
    group.into_iter().zip(outcomes).flat_map(|(job, outcome)| job.answer(outcome)).collect()
}

/// One outcome per request, or nothing when the transaction was abandoned as a whole.
fn commit_together(
    connection: &Connection,
    group: &mut [Box<dyn Job>],
) -> Option<Vec<Result<(), StoreError>>> {
    if let [job] = group {
        return Some(vec![commit_alone(connection, job.as_mut())]);
    }
    if let Err(error) = execute(connection, "BEGIN IMMEDIATE") {
        return Some(group.iter().map(|_| Err(error.clone())).collect());
    }
    let mut outcomes = Vec::with_capacity(group.len());
    for job in group {
        outcomes.push(in_savepoint(connection, job.as_mut()));
        if connection.is_autocommit() {
            return None;
        }
    }
    match execute(connection, "COMMIT") {
        Ok(()) => Some(outcomes),
        Err(_) => {
            roll_back(connection);
            None
        }
    }
}

fn in_savepoint(connection: &Connection, job: &mut dyn Job) -> Result<(), StoreError> {
    execute(connection, "SAVEPOINT request")?;
    let outcome = job.run(connection).map_err(|error| connection::named(connection, error));
    if outcome.is_err() && !connection.is_autocommit() {
        execute(connection, "ROLLBACK TO request")?;
    }
    if !connection.is_autocommit() {
        execute(connection, "RELEASE request")?;
    }
    outcome
}

fn commit_alone(connection: &Connection, job: &mut dyn Job) -> Result<(), StoreError> {
    let outcome = execute(connection, "BEGIN IMMEDIATE")
        .and_then(|()| job.run(connection).map_err(|error| connection::named(connection, error)))
        .and_then(|()| execute(connection, "COMMIT"));
    if outcome.is_err() {
        roll_back(connection);
    }
    outcome
}

fn execute(connection: &Connection, sql: &str) -> Result<(), StoreError> {
    let ran = connection.prepare_cached(sql).and_then(|mut statement| statement.execute([]));
    ran.map(drop).map_err(|error| connection::named(connection, error.into()))
}

fn roll_back(connection: &Connection) {
    if !connection.is_autocommit()
        && let Err(error) = execute(connection, "ROLLBACK")
    {
        tracing::error!(%error, "a transaction could not be rolled back");
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use galley_model::{ArticleId, Instant};
    use uuid::Uuid;

    use crate::error::StoreError;
    use crate::faults;
    use crate::journal::{Append, JournalRow};
    use crate::library::Library;

    fn append(article: ArticleId, bytes: usize) -> Append {
        let (bytes, view) = (vec![b'x'; bytes], String::new());
        let row = JournalRow { peer: 1, start: 0, end: 1, bytes, view, view_seq: 0 };
        Append { updates: vec![row], ..Append::new(article, Instant(0)) }
    }

    /// Asks for appends of these sizes while the writer is busy, so that they come in one group; says which were
    /// answered, and by how many commits.
    fn in_one_group(library: &Library, article: ArticleId, sizes: &[usize]) -> (Vec<bool>, u64) {
        // Its turn comes after everything that belongs to the commits before.
        let settle = || library.writer().alone(|_, _| Ok(())).wait().unwrap();
        let (release, released) = mpsc::channel::<()>();
        settle();
        let before = library.commits();
        let busy = library.writer().alone(move |_, _| {
            released.recv().unwrap_or_default();
            Ok(())
        });
        let pending: Vec<_> = sizes.iter().map(|bytes| library.append(append(article, *bytes))).collect();
        release.send(()).unwrap();
        busy.wait().unwrap();
        let answers = pending.into_iter().map(|pending| pending.wait().is_ok()).collect();
        settle();
        (answers, library.commits() - before)
    }

    fn library() -> (tempfile::TempDir, Library, ArticleId) {
        let folder = tempfile::tempdir().unwrap();
        let (library, _) = Library::open(folder.path(), Instant(0)).unwrap();
        let article = ArticleId(Uuid::from_u128(1));
        library.create_article(article, Instant(0)).wait().unwrap();
        library.append(append(article, 10)).wait().unwrap();
        (folder, library, article)
    }

    #[test]
    fn what_arrives_during_a_commit_shares_the_next_one() {
        let (_folder, library, article) = library();
        let (answers, commits) = in_one_group(&library, article, &[10; 100]);
        assert_eq!((answers, commits), (vec![true; 100], 1));
        let (answers, commits) = in_one_group(&library, article, &[10]);
        assert_eq!((answers, commits), (vec![true], 1));
    }

    #[test]
    fn a_request_that_fails_halfway_leaves_nothing_and_sinks_no_other() {
        let (_folder, library, article) = library();
        let (release, released) = mpsc::channel::<()>();
        let busy = library.writer().alone(move |_, _| {
            released.recv().unwrap_or_default();
            Ok(())
        });
        let before = library.append(append(article, 20));
        let halfway = library.writer().write(move |connection, _| {
            connection.execute("DELETE FROM journal", [])?;
            Err::<(), _>(StoreError::Busy)
        });
        let after = library.append(append(article, 30));
        release.send(()).unwrap();
        busy.wait().unwrap();
        assert!(matches!(halfway.wait(), Err(StoreError::Busy)));
        assert_eq!((before.wait().unwrap().seq_last, after.wait().unwrap().seq_last), (2, 3));
        let lengths: Vec<usize> = library.load(article).unwrap().updates.iter().map(Vec::len).collect();
        assert_eq!(lengths, [10, 20, 30]);
    }

    #[test]
    fn a_transaction_that_is_abandoned_is_tried_again_request_by_request() {
        let (_folder, library, article) = library();
        let pages = faults::pages(&library).unwrap();
        faults::pragma(&library, &format!("max_page_count = {}", pages + 3)).unwrap();
        let sizes: Vec<usize> = (0..20).map(|i| if i == 7 { 1 << 20 } else { 10 }).collect();
        let (answers, _) = in_one_group(&library, article, &sizes);
        let expected: Vec<bool> = (0..20).map(|i| i != 7).collect();
        assert_eq!(answers, expected);
        assert_eq!(library.load(article).unwrap().updates.len(), 20);
    }
}
