//! A site in memory: what was written to it, and how much that was. The figures of the site measure with the same.

use std::collections::BTreeMap;
use std::io;
use std::sync::{Mutex, PoisonError};

use galley_destinations::{Change, PhotoSource, SiteError, SiteOutput, SitePath, Step};

/// A site that is no folder and no bucket.
#[derive(Default)]
pub(super) struct Memory {
    kept: Mutex<BTreeMap<String, Vec<u8>>>,
    written: Mutex<Written>,
    /// Nobody answers its readers, as in an object store.
    hands_out_files_alone: bool,
    /// What is written is counted and let go of.
    keeps_nothing: bool,
}

/// How much was written to a site.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Written {
    /// Files, pages among them.
    pub(super) n_files: u64,
    /// Pages of HTML.
    pub(super) n_pages: u64,
    /// Of all files together.
    pub(super) n_bytes: u64,
    /// Files that were taken away.
    pub(super) n_removed: u64,
}

impl Memory {
    /// As an object store is.
    pub(super) fn of_files_alone() -> Self {
        Self { hands_out_files_alone: true, ..Self::default() }
    }

    /// Takes no memory itself, however large the site.
    pub(super) fn that_counts() -> Self {
        Self { keeps_nothing: true, ..Self::default() }
    }

    /// A file as text.
    pub(super) fn page(&self, path: &str) -> Option<String> {
        self.kept().get(path).map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    }

    /// What was written since the last time.
    pub(super) fn take_written(&self) -> Written {
        std::mem::take(&mut *self.written.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, Vec<u8>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl SiteOutput for Memory {
    fn name(&self) -> String {
        "memory".to_owned()
    }

    fn answers_readers(&self) -> bool {
        !self.hands_out_files_alone
    }

    fn take(&self) -> Result<(), SiteError> {
        Ok(())
    }

    fn check(&self) -> Result<(), SiteError> {
        Ok(())
    }

    fn apply(
        &self,
        change: &Change,
        _: &dyn PhotoSource,
        _: &mut dyn FnMut(Step<'_>) -> io::Result<()>,
    ) -> Result<(), SiteError> {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        for file in change.pages.iter().chain(&change.lists) {
            written.n_files += 1;
            written.n_pages += u64::from(file.path.as_str().ends_with(".html"));
            written.n_bytes += file.bytes.len() as u64;
            if !self.keeps_nothing {
                self.kept().insert(file.path.to_string(), file.bytes.clone());
            }
        }
        for path in &change.removed {
            written.n_removed += 1;
            self.kept().remove(path.as_str());
        }
        Ok(())
    }

    fn read(&self, path: &SitePath) -> Result<Option<Vec<u8>>, SiteError> {
        Ok(self.kept().get(path.as_str()).cloned())
    }

    fn files(&self, folder: &SitePath) -> Result<Vec<SitePath>, SiteError> {
        let inside = format!("{folder}/");
        let files = self.kept();
        let below = files.keys().filter_map(|path| path.strip_prefix(&inside).map(|name| (path, name)));
        Ok(below.filter(|(_, name)| !name.contains('/')).filter_map(|(path, _)| path.parse().ok()).collect())
    }
}
