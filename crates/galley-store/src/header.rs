//! The first hundred bytes of the library's file, read before SQLite touches anything: whose it is, how new, and
//! whether they can be right.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use crate::error::OpenError;
use crate::schema;

/// Schema versions grow one by one: a number this far off is damage.
const IMPLAUSIBLE: u32 = 1000;

/// Refuses a newer or a foreign file, and tells a damaged header. A file that is missing, or that SQLite has not
/// written yet, is none of these.
pub(crate) fn check(path: &Path) -> Result<(), OpenError> {
    let mut header = Vec::new();
    match File::open(path).and_then(|file| file.take(100).read_to_end(&mut header)) {
        Ok(_) => {}
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(OpenError::at(path, error)),
    }
    if header.is_empty() {
        return Ok(());
    }
    let Some(header) = header.first_chunk::<100>() else { return Err(damaged("its file is too short")) };
    let number = |at: usize| {
        header.get(at..at + 4).and_then(|bytes| bytes.try_into().ok()).map_or(0, u32::from_be_bytes)
    };
    let (version, application, known) = (number(60), number(68), schema::LIBRARY.version());
    let ours = application == schema::APPLICATION_ID.cast_unsigned();
    // Version 0 is a file in which everything still stands in the write-ahead log.
    if version > known && version < IMPLAUSIBLE && ours {
        return Err(OpenError::TooNew { found: version, known });
    }
    if header.starts_with(b"SQLite format 3\0") && application != 0 && !ours && !is_galley(path) {
        return Err(OpenError::Foreign { path: path.to_owned() });
    }
    if header.starts_with(b"SQLite format 3\0") && version > 0 && application == 0 && !is_galley(path) {
        return Err(OpenError::Foreign { path: path.to_owned() });
    }
    // Page size, versions of the format, fractions; later schema format 4 and UTF-8: always these.
    let shape = matches!(header.get(16..24), Some([0x10, 0, 1 | 2, 1 | 2, 0, 64, 32, 32]));
    if !shape || version > 0 && (number(44), number(56)) != (4, 1) {
        return Err(damaged("its header is not one of ours"));
    }
    if version != 0 && !(ours && version <= known) {
        return Err(damaged("its header names no version of ours"));
    }
    Ok(())
}

/// Whether the folder is a library's: the day log lies there from the first opening on.
fn is_galley(path: &Path) -> bool {
    path.with_file_name("daylog").is_dir()
}

fn damaged(detail: &str) -> OpenError {
    OpenError::Damaged { set_aside: None, detail: detail.to_owned() }
}
