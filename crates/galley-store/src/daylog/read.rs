//! Reading the day log: what is damaged is skipped, line by line.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;

use galley_model::{ArticleId, Instant};

use super::Line;
use crate::error::StoreError;
use crate::journal::JournalRow;

/// Gives every sound line, oldest first, and says how many were not.
pub(crate) fn each(
    folder: &Path,
    mut give: impl FnMut(Line) -> Result<(), StoreError>,
) -> Result<u64, StoreError> {
    let mut damaged = 0;
    for path in super::files(folder)? {
        let mut file = BufReader::new(File::open(path)?);
        let mut bytes = Vec::new();
        while file.read_until(b'\n', &mut bytes)? > 0 {
            let line = bytes.strip_suffix(b"\n").unwrap_or(&bytes);
            match Line::decode(line) {
                Some(line) => give(line)?,
                None if line.is_empty() => {}
                None => damaged += 1,
            }
            bytes.clear();
        }
    }
    Ok(damaged)
}

/// The journal rows of one article, by number.
pub(crate) fn rows_of(
    folder: &Path,
    wanted: ArticleId,
) -> Result<BTreeMap<i64, (JournalRow, Instant)>, StoreError> {
    let mut rows = BTreeMap::new();
    each(folder, |line| {
        if let Line::Update { article, seq, peer, start, end, view, view_seq, at, bytes } = line
            && article == wanted
        {
            rows.insert(seq, (JournalRow { peer, start, end, bytes, view, view_seq }, at));
        }
        Ok(())
    })?;
    Ok(rows)
}
