//! The parent's side: a few children that are asked in turn.

use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Semaphore;

use super::{MAX_MESSAGE, read_all, written};

/// Children at a time, at 512 MiB each at worst.
pub(crate) const CHILDREN: usize = 2;
/// How long a child may take for a question.
const PATIENCE: Duration = Duration::from_secs(5);
/// Questions after which a child is replaced, so that what it leaked goes.
const RETIRES_AFTER: u32 = 2000;

/// Why a child gave no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Broken {
    /// It could not be started; the question is not to blame.
    #[error("the decoder cannot be started: {0}")]
    NotStarted(io::Error),
    /// It ended.
    #[error("the decoder ended")]
    Died,
    /// It took too long.
    #[error("the decoder took too long")]
    Hung,
    /// It answered something else.
    #[error("the decoder answered nonsense")]
    Garbage,
}

/// Children that decode, and how they are started.
pub(crate) struct Pool {
    program: PathBuf,
    arguments: Vec<String>,
    patience: Duration,
    idle: Mutex<Vec<Worker>>,
    turns: Semaphore,
}

/// Which child is asked.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Pick {
    /// One that waits, or else a new one.
    Any,
    /// A new one.
    Fresh,
}

struct Worker {
    /// Killed when it is dropped.
    _child: Child,
    to: ChildStdin,
    from: ChildStdout,
    n_asked: u32,
}

impl Pool {
    /// Children of this program with these arguments; none is started yet.
    pub(crate) fn new(program: PathBuf, arguments: Vec<String>) -> Self {
        let turns = Semaphore::new(CHILDREN);
        Self { program, arguments, patience: PATIENCE, idle: Mutex::default(), turns }
    }

    #[cfg(test)]
    pub(crate) fn with_patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    /// Asks a child; one that breaks is gone, and the next questions get a fresh one. One answer for each question.
    pub(crate) async fn ask<A: DeserializeOwned>(
        &self,
        questions: &[impl Serialize],
    ) -> Result<Vec<A>, Broken> {
        self.exchange(questions, Pick::Any).await
    }

    /// Asks a child that was asked nothing before: when it breaks, the questions are to blame.
    pub(crate) async fn ask_fresh<A: DeserializeOwned>(
        &self,
        questions: &[impl Serialize],
    ) -> Result<Vec<A>, Broken> {
        self.exchange(questions, Pick::Fresh).await
    }

    async fn exchange<A: DeserializeOwned>(
        &self,
        questions: &[impl Serialize],
        pick: Pick,
    ) -> Result<Vec<A>, Broken> {
        let message =
            written(questions).ok_or_else(|| Broken::NotStarted(io::ErrorKind::InvalidInput.into()))?;
        let closed = |_| Broken::NotStarted(io::ErrorKind::Interrupted.into());
        let _turn = self.turns.acquire().await.map_err(closed)?;
        // Only now: whoever waited for a turn finds the child that gave it up.
        let mut worker = match self.take().filter(|_| pick == Pick::Any) {
            Some(worker) => worker,
            None => self.start().map_err(Broken::NotStarted)?,
        };
        let answered = tokio::time::timeout(self.patience, worker.exchange(&message)).await;
        let answer = answered.map_err(|_| Broken::Hung)??;
        let answers = read_all(&answer, questions.len()).ok_or(Broken::Garbage)?;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if worker.n_asked < RETIRES_AFTER && idle.len() < CHILDREN {
            idle.push(worker);
        }
        Ok(answers)
    }

    /// Ends the children that wait.
    pub(crate) fn close(&self) {
        self.turns.close();
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }

    fn take(&self) -> Option<Worker> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }

    fn start(&self) -> io::Result<Worker> {
        let mut child = Command::new(&self.program)
            .args(&self.arguments)
            .env_clear()
            .current_dir(std::env::temp_dir())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()?;
        let (to, from) = (child.stdin.take(), child.stdout.take());
        let (to, from) = to.zip(from).ok_or(io::ErrorKind::BrokenPipe)?;
        Ok(Worker { _child: child, to, from, n_asked: 0 })
    }
}

impl Worker {
    async fn exchange(&mut self, question: &[u8]) -> Result<Vec<u8>, Broken> {
        self.n_asked += 1;
        let length = u32::try_from(question.len()).map_err(|_| Broken::Garbage)?;
        let died = |_: io::Error| Broken::Died;
        self.to.write_all(&length.to_le_bytes()).await.map_err(died)?;
        self.to.write_all(question).await.map_err(died)?;
        self.to.flush().await.map_err(died)?;
        let mut length = [0; 4];
        self.from.read_exact(&mut length).await.map_err(died)?;
        let length = u32::from_le_bytes(length);
        if length > MAX_MESSAGE {
            return Err(Broken::Garbage);
        }
        let mut answer = Vec::new();
        // Grows with what really arrives, whatever was announced.
        let n = (&mut self.from).take(u64::from(length)).read_to_end(&mut answer).await.map_err(died)?;
        if n < length as usize { Err(Broken::Died) } else { Ok(answer) }
    }
}
