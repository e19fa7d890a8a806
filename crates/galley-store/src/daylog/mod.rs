//! The day log: every committed update once more, as checksummed lines in a plain file per day.
//!
//! Written after the answer, so it never delays a keystroke; kept until a later verified backup holds the
//! same. What the journal lacks after a damaged write-ahead log or a loss of power is put back from here.
//! Not here: what can be derived (lists' texts, snapshots) and what nobody would miss (carets).

mod line;
mod read;
mod replay;

pub(crate) use line::Line;
pub(crate) use read::{each, rows_of};
pub(crate) use replay::{apply, put_back};

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::Ordering;
use std::sync::{Arc, PoisonError};

use galley_model::Instant;

use crate::files;
use crate::journal::Append;
use crate::upkeep::Pulse;

/// What a commit gives the day log.
pub(crate) enum Entry {
    /// Rows of an append, and the number of the first.
    Appended { append: Arc<Append>, first_seq: i64 },
    /// Anything that is written as it is.
    Line(Line),
}

/// The file that is being appended to; owned by the writer thread.
pub(crate) struct DayLog {
    folder: PathBuf,
    day: i64,
    file: Option<File>,
    pulse: Arc<Pulse>,
}

/// Milliseconds of a day.
const DAY: i64 = 24 * 60 * 60 * 1000;

impl DayLog {
    pub(crate) fn new(folder: PathBuf, pulse: Arc<Pulse>) -> Self {
        Self { folder, day: 0, file: None, pulse }
    }

    /// Appends what a commit held. Never fails the commit: the journal has it already.
    pub(crate) fn append(&mut self, entries: &[Entry]) {
        let mut text = String::new();
        // A line without a time belongs to the day that is being written.
        let mut at = Instant(self.day.saturating_mul(DAY));
        for line in entries.iter().flat_map(Entry::lines) {
            at = line.at().unwrap_or(at);
            text.push_str(&line.encode());
        }
        if text.is_empty() {
            return;
        }
        let written = self.write(at, text.as_bytes());
        if let Err(error) = &written {
            // Opened anew for the next commit, which then begins a line of its own.
            self.file = None;
            tracing::warn!(%error, "the day log could not be written");
        }
        self.pulse.day_log_fails.store(written.is_err(), Ordering::Relaxed);
    }

    /// The files that are not being written, with their lengths.
    pub(crate) fn finished(&self) -> std::io::Result<Vec<(PathBuf, u64)>> {
        let finished = files(&self.folder)?.into_iter().filter(|path| !self.is_written(path));
        finished.map(|path| Ok((path.clone(), path.metadata()?.len()))).collect()
    }

    /// Removes files that a verified backup has made superfluous, unless they have grown since.
    pub(crate) fn remove(&self, finished: Vec<(PathBuf, u64)>) -> std::io::Result<()> {
        for (path, length) in finished {
            if !self.is_written(&path) && path.metadata().is_ok_and(|file| file.len() == length) {
                std::fs::remove_file(path)?;
            }
        }
        Ok(())
    }

    fn is_written(&self, path: &Path) -> bool {
        self.file.is_some() && path == self.folder.join(format!("{}.log", date(self.day)))
    }

    fn write(&mut self, at: Instant, bytes: &[u8]) -> std::io::Result<()> {
        let day = at.0.div_euclid(DAY);
        if self.file.is_none() || self.day != day {
            let path = self.folder.join(format!("{}.log", date(day)));
            self.file = Some(open(&path)?);
            self.day = day;
        }
        let Some(file) = &mut self.file else { return Ok(()) };
        file.write_all(bytes)?;
        let mut unsynced = self.pulse.day_log.lock().unwrap_or_else(PoisonError::into_inner);
        if unsynced.is_none() {
            *unsynced = Some(file.try_clone()?);
        }
        Ok(())
    }
}

/// Opens a file for appending, on a fresh line: a crash may have left half of one.
fn open(path: &Path) -> std::io::Result<File> {
    let mut file = files::private_file().read(true).append(true).open(path)?;
    let mut last = [b'\n'];
    if file.seek(SeekFrom::End(0))? > 0 {
        file.seek(SeekFrom::End(-1))?;
        file.read_exact(&mut last)?;
    }
    if last != *b"\n" {
        file.write_all(b"\n")?;
    }
    Ok(file)
}

/// The log's files, oldest first.
pub(crate) fn files(folder: &Path) -> std::io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "log") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

/// The date of a day since the epoch, UTC.
fn date(day: i64) -> String {
    let time = chrono::DateTime::from_timestamp_millis(day.saturating_mul(DAY)).unwrap_or_default();
    time.format("%Y-%m-%d").to_string()
}

impl Entry {
    fn lines(&self) -> Vec<Line> {
        match self {
            Self::Line(line) => vec![line.clone()],
            Self::Appended { append, first_seq } => append
                .updates
                .iter()
                .zip(*first_seq..)
                .map(|(row, seq)| Line::update(append.article, seq, row, append.at))
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use galley_model::{ArticleId, Instant};
    use uuid::Uuid;

    use crate::library::Library;

    #[test]
    fn a_file_that_has_grown_since_the_backup_began_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let open = || Library::open(folder.path(), Instant(0)).unwrap().0;
        let create = |library: &Library, n| library.create_article(ArticleId(Uuid::from_u128(n)), Instant(0));
        create(&open(), 1).wait().unwrap();
        let library = open();
        let finished = library.writer().alone(|_, log| Ok(log.finished()?)).wait().unwrap();
        assert_eq!(finished.len(), 1, "nothing was written in this run");
        let unchanged = finished.clone();
        create(&library, 2).wait().unwrap();
        library.writer().alone(move |_, log| Ok(log.remove(finished)?)).wait().unwrap();
        assert!(unchanged[0].0.exists());
        library.close().unwrap();
        let library = open();
        library.writer().alone(move |_, log| Ok(log.remove(unchanged)?)).wait().unwrap();
        let finished = library.writer().alone(|_, log| Ok(log.finished()?)).wait().unwrap();
        assert_eq!(finished.len(), 1, "longer than it was");
        library.writer().alone(move |_, log| Ok(log.remove(finished)?)).wait().unwrap();
        assert_eq!(super::files(&folder.path().join("daylog")).unwrap().len(), 0);
    }
}
