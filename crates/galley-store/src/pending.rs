//! An answer that is on its way from the writer thread.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use tokio::sync::oneshot;

use crate::error::StoreError;

/// Resolves after the commit is on the disk. Dropping it does not undo the write.
#[derive(Debug)]
#[must_use = "a write is acknowledged only when its Pending resolves"]
pub struct Pending<T>(oneshot::Receiver<Result<T, StoreError>>);

impl<T> Pending<T> {
    /// The two ends.
    pub(crate) fn pair() -> (oneshot::Sender<Result<T, StoreError>>, Self) {
        let (answer, pending) = oneshot::channel();
        (answer, Self(pending))
    }

    /// An answer that is known already.
    pub(crate) fn ready(outcome: Result<T, StoreError>) -> Self {
        let (answer, pending) = Self::pair();
        // The other end is in our hands, so this cannot fail.
        let _ = answer.send(outcome);
        pending
    }

    /// Blocks the thread until the answer is here. Inside an async task, `.await` instead.
    pub fn wait(self) -> Result<T, StoreError> {
        self.0.blocking_recv().unwrap_or(Err(StoreError::Closed))
    }
}

impl<T> Future for Pending<T> {
    type Output = Result<T, StoreError>;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        Pin::new(&mut self.0).poll(context).map(|answer| answer.unwrap_or(Err(StoreError::Closed)))
    }
}
