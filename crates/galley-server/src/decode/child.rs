//! The child's side: reads questions, writes answers, and may do nothing else.

use std::io::{self, Read, Write};

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{MAX_MESSAGE, read, written};

/// Memory of a child.
#[cfg(unix)]
const MEMORY: u64 = 512 << 20;

/// Answers questions until there are no more. Takes everything else from this process first.
///
/// # Errors
/// The limits cannot be set, or the parent is gone.
pub(crate) fn serve<Q: DeserializeOwned, A: Serialize>(answer: impl Fn(Q) -> A) -> io::Result<()> {
    confine()?;
    let (mut questions, mut answers) = (io::stdin().lock(), io::stdout().lock());
    while let Some(question) = message(&mut questions)? {
        let question = read(&question).ok_or(io::ErrorKind::InvalidData)?;
        let answer = written(&answer(question)).ok_or(io::ErrorKind::InvalidData)?;
        let length = u32::try_from(answer.len()).map_err(|_| io::ErrorKind::FileTooLarge)?;
        answers.write_all(&length.to_le_bytes())?;
        answers.write_all(&answer)?;
        answers.flush()?;
    }
    Ok(())
}

/// The next message; none when there are no more.
fn message(from: &mut impl Read) -> io::Result<Option<Vec<u8>>> {
    let mut length = [0; 4];
    match from.read_exact(&mut length) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        read => read?,
    }
    let length = u32::from_le_bytes(length);
    if length > MAX_MESSAGE {
        return Err(io::ErrorKind::InvalidData.into());
    }
    let mut bytes = Vec::new();
    from.take(u64::from(length)).read_to_end(&mut bytes)?;
    if bytes.len() < length as usize { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(Some(bytes)) }
}

/// Bounded memory; no further file or socket can be opened, no file grow, no process begin, no core be left.
#[cfg(unix)]
fn confine() -> io::Result<()> {
    use rustix::process::{Resource, Rlimit, setrlimit};
    for (resource, limit) in [
        (Resource::As, MEMORY),
        // Input, output and errors are open; there is room for nothing else.
        (Resource::Nofile, 3),
        (Resource::Fsize, 0),
        (Resource::Nproc, 0),
        (Resource::Core, 0),
    ] {
        setrlimit(resource, Rlimit { current: Some(limit), maximum: Some(limit) })?;
    }
    Ok(())
}

/// Only the parent's patience bounds a child here.
#[cfg(not(unix))]
fn confine() -> io::Result<()> {
    Ok(())
}
