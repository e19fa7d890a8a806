//! One connection on one thread: what is asked runs in the order it was asked. Transactions that arrive while one is
//! being committed share the next commit: a disk syncs some hundred times a second, devices write oftener.

use std::sync::{Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;

use rusqlite::{Connection, Transaction, TransactionBehavior};
use tokio::sync::oneshot;

use super::StorageError;
use super::sqlite::storage_error;

/// Most transactions that share a commit: bounds the wait of the first.
const GROUP: usize = 64;

enum Task {
    /// Has the connection to itself.
    Alone(Box<dyn FnOnce(&mut Connection) + Send>),
    /// Shares a transaction with others.
    Shared(Box<dyn Shared>),
}

/// A transaction that may share its commit. It may run more than once; only the last run counts.
trait Shared: Send {
    /// Whether what was written shall stay.
    fn run(&mut self, transaction: &Transaction<'_>) -> bool;
    /// Tells whoever waits, once it is on the disk or is not going to be.
    fn answer(self: Box<Self>, committed: Result<(), StorageError>);
}

struct Write<T, F, K> {
    write: F,
    stays: K,
    done: Option<Result<T, StorageError>>,
    answer: oneshot::Sender<Result<T, StorageError>>,
}

impl<T, F, K> Shared for Write<T, F, K>
where
    T: Send,
    F: FnMut(&Transaction<'_>) -> Result<T, StorageError> + Send,
    K: Fn(&T) -> bool + Send,
{
    fn run(&mut self, transaction: &Transaction<'_>) -> bool {
        let done = (self.write)(transaction);
        let stays = done.as_ref().is_ok_and(&self.stays);
        self.done = Some(done);
        stays
    }

    fn answer(self: Box<Self>, committed: Result<(), StorageError>) {
        let done = self.done.unwrap_or(Err(StorageError::Closed));
        // What was to be thrown away has its answer whatever became of the commit. Nobody may wait any more.
        let of_commit = |value: T| match (self.stays)(&value) {
            true => committed.map(|()| value),
            false => Ok(value),
        };
        drop(self.answer.send(done.and_then(of_commit)));
    }
}

/// A connection and its thread.
pub(crate) struct Lane {
    tasks: Mutex<Option<mpsc::Sender<Task>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Lane {
    /// Gives a connection its thread.
    pub(crate) fn start(name: &str, mut connection: Connection) -> Result<Self, StorageError> {
        let (tasks, received) = mpsc::channel();
        let run = move || serve(&mut connection, &received);
        let thread = std::thread::Builder::new().name(name.to_owned()).spawn(run);
        let thread = thread.map_err(|error| StorageError::Other(error.to_string()))?;
        Ok(Self { tasks: Mutex::new(Some(tasks)), thread: Mutex::new(Some(thread)) })
    }

    /// Runs something on the connection.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&mut Connection) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, StorageError> {
        let (answer, answered) = oneshot::channel();
        let task = Box::new(move |connection: &mut Connection| {
            // Nobody waits any more: the work is done all the same.
            drop(answer.send(work(connection)));
        });
        self.ask(Task::Alone(task), answered).await
    }

    /// Writes inside a transaction that others may share, and answers once it is on the disk. What does not stay is
    /// rolled back, and nothing of the others with it.
    pub(crate) async fn share<T: Send + 'static>(
        &self,
        write: impl FnMut(&Transaction<'_>) -> Result<T, StorageError> + Send + 'static,
        stays: impl Fn(&T) -> bool + Send + 'static,
    ) -> Result<T, StorageError> {
        let (answer, answered) = oneshot::channel();
        self.ask(Task::Shared(Box::new(Write { write, stays, done: None, answer })), answered).await
    }

    async fn ask<T>(
        &self,
        task: Task,
        answered: oneshot::Receiver<Result<T, StorageError>>,
    ) -> Result<T, StorageError> {
        let sent = {
            let tasks = self.tasks.lock().unwrap_or_else(PoisonError::into_inner);
            tasks.as_ref().is_some_and(|tasks| tasks.send(task).is_ok())
        };
        if !sent {
            return Err(StorageError::Closed);
        }
        answered.await.unwrap_or(Err(StorageError::Closed))
    }

    /// Ends the thread after what was asked so far; blocks until the connection is closed.
    pub(crate) fn stop(&self) {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).take();
        let thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A panic of the thread was already told to whoever waited.
            drop(thread.join());
        }
    }
}

impl Drop for Lane {
    fn drop(&mut self) {
        self.stop();
    }
}

fn serve(connection: &mut Connection, tasks: &mpsc::Receiver<Task>) {
    while let Ok(first) = tasks.recv() {
        let mut next = Some(first);
        while let Some(task) = next.take() {
            match task {
                Task::Alone(work) => work(connection),
                Task::Shared(write) => {
                    let mut group = vec![write];
                    while group.len() < GROUP && next.is_none() {
                        match tasks.try_recv() {
                            Ok(Task::Shared(write)) => group.push(write),
                            Ok(alone) => next = Some(alone),
                            Err(_) => break,
                        }
                    }
                    commit(connection, group);
                }
            }
        }
    }
}

/// Commits a group together; when the database gives the whole of it up, each alone.
fn commit(connection: &mut Connection, mut group: Vec<Box<dyn Shared>>) {
    if let [_, _, ..] = group.as_slice()
        && together(connection, &mut group).is_err()
    {
        for write in group {
            alone(connection, write);
        }
        return;
    }
    match group.len() {
        1 => group.into_iter().for_each(|write| alone(connection, write)),
        _ => group.into_iter().for_each(|write| write.answer(Ok(()))),
    }
}

fn together(connection: &mut Connection, group: &mut [Box<dyn Shared>]) -> rusqlite::Result<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let say = |sql: &str| transaction.prepare_cached(sql)?.execute([]).map(drop);
    for write in group {
        say("SAVEPOINT shared")?;
        if !write.run(&transaction) {
            say("ROLLBACK TO shared")?;
        }
        say("RELEASE shared")?;
    }
    transaction.commit()
}

fn alone(connection: &mut Connection, mut write: Box<dyn Shared>) {
    let committed = (|| {
        let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if write.run(&transaction) { transaction.commit() } else { transaction.rollback() }
    })();
    write.answer(committed.map_err(storage_error));
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use rusqlite::Connection;

    use super::super::StorageError;
    use super::Lane;

    /// A lane on a table, held up until the sender is dropped.
    fn held_up(folder: &std::path::Path) -> (Arc<Lane>, std::sync::mpsc::Sender<()>) {
        let connection = Connection::open(folder.join("lane.sqlite")).unwrap();
        connection.execute_batch("PRAGMA journal_mode = WAL; CREATE TABLE t (x UNIQUE)").unwrap();
        let lane = Arc::new(Lane::start("lane", connection).unwrap());
        let (go, wait) = std::sync::mpsc::channel::<()>();
        let holding = lane.clone();
        tokio::spawn(async move {
            let held = holding.run(move |_| {
                wait.recv().unwrap_or_default();
                Ok(())
            });
            held.await.unwrap();
        });
        (lane, go)
    }

    async fn written(lane: &Lane) -> Vec<i64> {
        let read = lane.run(|connection| {
            let mut rows = connection.prepare("SELECT x FROM t ORDER BY rowid").unwrap();
            Ok(rows.query_map([], |row| row.get(0)).unwrap().collect::<Result<_, _>>().unwrap())
        });
        read.await.unwrap()
    }

    #[tokio::test]
    async fn what_does_not_stay_takes_nothing_of_the_others_with_it() {
        let folder = tempfile::tempdir().unwrap();
        let (lane, go) = held_up(folder.path());
        tokio::task::yield_now().await;
        let insert = |x: i64, stays: bool| {
            let lane = lane.clone();
            tokio::spawn(async move {
                let write = move |transaction: &rusqlite::Transaction<'_>| {
                    transaction.execute("INSERT INTO t (x) VALUES (?)", [x]).map_err(super::storage_error)?;
                    Ok(x)
                };
                lane.share(write, move |_| stays).await
            })
        };
        let asked = [insert(1, true), insert(2, false), insert(1, true), insert(3, true)];
        tokio::task::yield_now().await;
        drop(go);
        let mut answers = Vec::new();
        for one in asked {
            answers.push(one.await.unwrap());
        }
        assert!(matches!(answers[..], [Ok(1), Ok(2), Err(StorageError::Other(_)), Ok(3)]), "{answers:?}");
        assert_eq!(written(&lane).await, [1, 3]);
    }

    #[tokio::test]
    async fn a_group_that_the_database_gives_up_is_written_one_by_one() {
        let folder = tempfile::tempdir().unwrap();
        let (lane, go) = held_up(folder.path());
        tokio::task::yield_now().await;
        let insert = |x: i64| {
            let lane = lane.clone();
            tokio::spawn(async move {
                let write = move |transaction: &rusqlite::Transaction<'_>| {
                    // As a full disk does in the middle of a group.
                    let gives_up = if x == 2 { "OR ROLLBACK " } else { "" };
                    let sql = format!("INSERT {gives_up}INTO t (x) VALUES (?)");
                    let of_2 = if x == 2 { 1 } else { x };
                    transaction.execute(&sql, [of_2]).map_err(super::storage_error)?;
                    Ok(x)
                };
                lane.share(write, |_| true).await
            })
        };
        let asked = [insert(1), insert(2), insert(3)];
        tokio::task::yield_now().await;
        drop(go);
        let mut answers = Vec::new();
        for one in asked {
            answers.push(one.await.unwrap().ok());
        }
        assert_eq!(answers, [Some(1), None, Some(3)]);
        assert_eq!(written(&lane).await, [1, 3]);
    }
}
