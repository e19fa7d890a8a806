//! What runs beside the commits: checkpoints of the write-ahead log and syncs of the day log, on a thread of
//! their own so that no keystroke waits for them.

use std::fs::File;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicI32, AtomicU64, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError, SyncSender};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::connection;
use crate::error::StoreError;
use crate::search::Bell;

/// Pages of write-ahead log that ask for a checkpoint: 4 MiB.
const CHECKPOINT_PAGES: i32 = 1024;
/// How often the thread looks while commits are coming.
const LOOK: Duration = Duration::from_millis(500);

/// What the writer tells after a commit, and what it costs: two stores.
#[derive(Debug)]
pub(crate) struct Pulse {
    commits: AtomicU64,
    pages: AtomicI32,
    wake: SyncSender<()>,
    search: Arc<Bell>,
    library: PathBuf,
    /// The day log's open file, for syncing it from outside the writer.
    pub(crate) day_log: Mutex<Option<File>>,
    /// Whether the last commit is missing in the day log.
    pub(crate) day_log_fails: AtomicBool,
}

impl Pulse {
    #[cfg(test)]
    pub(crate) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    pub(crate) fn pages(&self, pages: i32) {
        self.pages.store(pages, Ordering::Relaxed);
    }

    pub(crate) fn committed(&self) {
        self.commits.fetch_add(1, Ordering::Relaxed);
        // Full means that the thread is awake or about to be.
        let _ = self.wake.try_send(());
        self.search.committed();
    }

    /// SQLite found the library damaged: the next open rebuilds it.
    pub(crate) fn ask_for_salvage(&self) {
        self.library.parent().into_iter().for_each(crate::salvage::ask);
    }
}

/// The thread; dropping it stops it.
#[derive(Debug)]
pub(crate) struct Upkeep {
    stop: Option<mpsc::Sender<()>>,
    pulse: Arc<Pulse>,
    thread: Option<JoinHandle<()>>,
}

impl Upkeep {
    pub(crate) fn start(path: PathBuf, search: Arc<Bell>) -> std::io::Result<(Self, Arc<Pulse>)> {
        let (wake, awake) = mpsc::sync_channel(1);
        let (stop, stopped) = mpsc::channel();
        let pulse = Arc::new(Pulse {
            commits: AtomicU64::new(0),
            pages: AtomicI32::new(0),
            wake,
            search,
            library: path.clone(),
            day_log: Mutex::new(None),
            day_log_fails: AtomicBool::new(false),
        });
        let seen = Arc::clone(&pulse);
        let thread = std::thread::Builder::new().name("galley-upkeep".to_owned()).spawn(move || {
            while awake.recv().is_ok() {
                if !while_busy(&path, &seen, &stopped) {
                    return;
                }
            }
        })?;
        Ok((Self { stop: Some(stop), pulse: Arc::clone(&pulse), thread: Some(thread) }, pulse))
    }
}

impl Drop for Upkeep {
    fn drop(&mut self) {
        self.stop = None;
        let _ = self.pulse.wake.try_send(());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Looks until the commits pause; false when the library is closing.
fn while_busy(path: &std::path::Path, pulse: &Pulse, stopped: &mpsc::Receiver<()>) -> bool {
    let mut seen = pulse.commits.load(Ordering::Relaxed);
    loop {
        match stopped.recv_timeout(LOOK) {
            Err(RecvTimeoutError::Timeout) => {}
            Ok(()) | Err(RecvTimeoutError::Disconnected) => return false,
        }
        if pulse.pages.load(Ordering::Relaxed) > CHECKPOINT_PAGES
            && let Err(error) = checkpoint(path)
        {
            tracing::warn!(%error, "a checkpoint failed; the log grows until the next one");
        }
        let commits = pulse.commits.load(Ordering::Relaxed);
        if commits == seen {
            sync_day_log(pulse);
            return true;
        }
        seen = commits;
    }
}

/// Copies the log into the library without blocking writers or readers.
fn checkpoint(path: &std::path::Path) -> Result<(), StoreError> {
    let connection = connection::writer(path)?;
    connection.query_row("PRAGMA wal_checkpoint(PASSIVE)", [], |_| Ok(()))?;
    Ok(())
}

fn sync_day_log(pulse: &Pulse) {
    let file = pulse.day_log.lock().unwrap_or_else(PoisonError::into_inner).take();
    if let Some(file) = file
        && let Err(error) = file.sync_data()
    {
        tracing::warn!(%error, "the day log could not be synced");
    }
}
