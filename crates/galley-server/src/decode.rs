//! Foreign bytes are decoded in child processes, which have bounded memory and time, no file and no network. A
//! child that dies, hangs or talks nonsense is replaced, and only the item that it broke on is refused.

mod child;
mod newsroom;
mod pool;
#[cfg(all(test, unix))]
mod tests;

use galley_newsroom::decoder::{Job, decode};

pub use newsroom::Children;

/// The command `decode`: answers the parent's questions.
///
/// # Errors
/// The limits cannot be set, or the parent is gone.
pub(crate) fn answer_questions() -> std::io::Result<()> {
    child::serve(|jobs: Vec<Job>| jobs.into_iter().map(decode).collect::<Vec<_>>())
}

/// Largest message in either direction; a longer one is nonsense.
const MAX_MESSAGE: u32 = 64 << 20;
