//! The index file and the thread that keeps it up to date.
//!
//! The library numbers every change of a search text; the index knows the number it has come to. A document of
//! the index has the number of its change, so that newest first is the index's own order, and a document that
//! the library has changed or deleted since is recognised by its number alone.

use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use super::build::{self, Builder};
use crate::error::StoreError;
use crate::readers::Readers;

/// The thread waits for a pause of this length, so that an article being typed is not indexed every second;
/// until then its text is read directly.
const PAUSE: Duration = Duration::from_secs(2);
/// How long it waits for a pause: where changes follow each other for longer, as in a first sync, it goes ahead.
const PATIENCE: Duration = Duration::from_secs(10);

enum Command {
    Changed,
    CatchUp(Sender<Result<(), StoreError>>),
    Stop,
}

/// Tells the thread that a search text changed.
#[derive(Debug)]
pub(crate) struct Bell {
    commands: Sender<Command>,
    changed: AtomicBool,
}

impl Bell {
    /// To be called by a write that changes a search text, before its commit.
    pub(crate) fn changed(&self) {
        self.changed.store(true, Ordering::Relaxed);
    }

    /// To be called after a commit.
    pub(crate) fn committed(&self) {
        if self.changed.swap(false, Ordering::Relaxed) {
            let _ = self.commands.send(Command::Changed);
        }
    }
}

/// The index of a library.
#[derive(Debug)]
pub(crate) struct Index {
    bell: Arc<Bell>,
    readers: Arc<Readers>,
    epoch: [u8; 16],
    stopping: Arc<AtomicBool>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

/// Lets typing and sync go first where this thread and they want the same core. What cannot be had is done without.
fn give_way() {
    // Elsewhere it would be said of the whole process.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::nice(15);
}

impl Index {
    /// Starts the thread, which makes or mends the file by itself. `epoch` is the library's.
    pub(crate) fn start(library: &Path, epoch: [u8; 16]) -> std::io::Result<Self> {
        let path = library.with_file_name("search.sqlite");
        let (commands, inbox) = mpsc::channel();
        let readers = Arc::new(Readers::new(path.clone()));
        let stopping = Arc::new(AtomicBool::new(false));
        let builder = Builder::new(path, library.to_owned(), epoch, Arc::clone(&stopping));
        let lent = Arc::clone(&readers);
        let thread = std::thread::Builder::new().name("galley-index".to_owned()).spawn(move || {
            give_way();
            serve(&inbox, &builder, &lent);
        })?;
        // What an earlier run left behind is caught up with after the first pause.
        let bell = Arc::new(Bell { commands, changed: AtomicBool::new(true) });
        bell.committed();
        Ok(Self { bell, readers, epoch, stopping, thread: Mutex::new(Some(thread)) })
    }

    pub(crate) fn bell(&self) -> Arc<Bell> {
        Arc::clone(&self.bell)
    }

    /// Waits until the index has everything that is committed now.
    pub(crate) fn catch_up(&self) -> Result<(), StoreError> {
        let (answer, answered) = mpsc::channel();
        let _ = self.bell.commands.send(Command::CatchUp(answer));
        answered.recv().unwrap_or(Err(StoreError::Closed))
    }

    /// Reads with the index and the number it has come to; without it when it is missing, another library's,
    /// or damaged.
    pub(crate) fn read<T>(
        &self,
        read: impl Fn(Option<(&Connection, i64)>) -> Result<T, StoreError>,
    ) -> Result<T, StoreError> {
        let with = self.readers.read(|index| {
            let upto = build::come_to(index, &self.epoch)?;
            read(upto.map(|upto| (index, upto)))
        });
        with.or_else(|_| read(None))
    }

    /// Stops the thread, in the middle of a long build, too.
    pub(crate) fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
        let _ = self.bell.commands.send(Command::Stop);
        if let Some(thread) = self.thread.lock().unwrap_or_else(PoisonError::into_inner).take() {
            let _ = thread.join();
        }
        self.readers.close();
    }
}

impl Drop for Index {
    fn drop(&mut self) {
        self.stop();
    }
}

fn serve(inbox: &Receiver<Command>, builder: &Builder, readers: &Readers) {
    let mut waits_since: Option<Instant> = None;
    loop {
        let command = match waits_since {
            None => inbox.recv().map_err(|_| RecvTimeoutError::Disconnected),
            Some(_) => inbox.recv_timeout(PAUSE),
        };
        let answer = match command {
            Ok(Command::Changed) => {
                if waits_since.get_or_insert_with(Instant::now).elapsed() < PATIENCE {
                    continue;
                }
                None
            }
            Ok(Command::CatchUp(answer)) => Some(answer),
            Err(RecvTimeoutError::Timeout) => None,
            Ok(Command::Stop) | Err(RecvTimeoutError::Disconnected) => return,
        };
        waits_since = None;
        let outcome = builder.catch_up(|| readers.close());
        if let Err(error) = &outcome {
            tracing::warn!(%error, "the search index could not be brought up to date");
        }
        if let Some(answer) = answer {
            let _ = answer.send(outcome);
        }
    }
}
