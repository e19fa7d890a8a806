//! One connection on one thread: what is asked runs in the order it was asked.

use std::sync::{Mutex, PoisonError, mpsc};
use std::thread::JoinHandle;

use rusqlite::Connection;
use tokio::sync::oneshot;

use super::StorageError;

type Task = Box<dyn FnOnce(&mut Connection) + Send>;

/// A connection and its thread.
pub(crate) struct Lane {
    tasks: Mutex<Option<mpsc::Sender<Task>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

impl Lane {
    /// Gives a connection its thread.
    pub(crate) fn start(name: &str, mut connection: Connection) -> Result<Self, StorageError> {
        let (tasks, received) = mpsc::channel::<Task>();
        let run = move || {
            for task in received {
                task(&mut connection);
            }
        };
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
        let task: Task = Box::new(move |connection| {
            // Nobody waits any more: the work is done all the same.
            drop(answer.send(work(connection)));
        });
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
