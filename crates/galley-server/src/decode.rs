//! Foreign bytes are decoded in child processes, which have bounded memory and time, no file and no network. A
//! child that dies, hangs or talks nonsense is replaced, and only the item that it broke on is refused.
//!
//! Messages are a length of four bytes, the lowest first, and a value in the form of the crate `postcard`: both sides
//! are always the same program, and text and base64 cost a tenth of a first sync.

mod child;
mod newsroom;
mod pool;
#[cfg(all(test, unix))]
mod tests;

use galley_newsroom::decoder::{Job, decode};
use serde::Serialize;
use serde::de::DeserializeOwned;

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

/// A value as a message has it; none for one that has no such form.
fn written(value: &(impl Serialize + ?Sized)) -> Option<Vec<u8>> {
    postcard::to_allocvec(value).ok()
}

/// The value of a message; none when it holds anything else, or more.
fn read<T: DeserializeOwned>(message: &[u8]) -> Option<T> {
    postcard::take_from_bytes(message).ok().filter(|(_, rest)| rest.is_empty()).map(|(value, _)| value)
}

/// The same of so many values: others are not made room for.
fn read_all<T: DeserializeOwned>(message: &[u8], n: usize) -> Option<Vec<T>> {
    let (said, _) = postcard::take_from_bytes::<u64>(message).ok()?;
    if usize::try_from(said) == Ok(n) { read(message) } else { None }
}
