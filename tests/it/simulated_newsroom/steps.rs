//! Futures that are cut off half way.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::Poll;

/// Lets a future go on for so many polls and then drops it, as a crash or a broken line would. None when it was
/// not finished.
pub async fn for_steps<T>(steps: usize, future: impl Future<Output = T>) -> Option<T> {
    let mut future = pin!(future);
    let mut left = steps;
    poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}
