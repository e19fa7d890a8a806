//! The newsroom over real files and real HTTP.

mod accounts;
mod answers;
mod corrections;
mod desk;
mod faults;
mod graph;
mod http;
mod intents;
mod media;
#[expect(dead_code, reason = "it is shared with the figures, which count more")]
mod memory;
mod preview;
mod publishing;
mod records;
mod search;
mod site;
mod sync;

use std::io;
use std::sync::{Arc, Mutex};

use galley_destinations::{Change, SitePath, Step};

/// Where a test cuts the newsroom off; nowhere unless asked.
#[derive(Clone, Default)]
pub(crate) struct StopAt(Arc<Mutex<Option<Stop>>>);

/// At which step, and how.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stop {
    /// Leaves everything as it is at that moment and says no more.
    CutOff(&'static str),
    /// Ends the whole process, with nothing cleaned up.
    Abort(&'static str),
    /// Says once of a page that was written that it does not read back.
    Misread,
}

impl StopAt {
    pub(crate) fn set(&self, stop: Option<Stop>) {
        *self.0.lock().unwrap() = stop;
    }

    pub(crate) fn reached(&self, step: &str) -> io::Result<()> {
        match *self.0.lock().unwrap() {
            Some(Stop::CutOff(at)) if at == step => Err(io::Error::other("cut off")),
            Some(Stop::Abort(at)) if at == step => std::process::abort(),
            _ => Ok(()),
        }
    }

    /// The page that is to be misread, among those just written.
    pub(crate) fn misread(&self, change: &Change) -> Option<SitePath> {
        let mut stop = self.0.lock().unwrap();
        let page = change.pages.first().filter(|_| *stop == Some(Stop::Misread))?;
        *stop = None;
        Some(page.path.clone())
    }
}

pub(crate) fn name_of(step: Step<'_>) -> &'static str {
    match step {
        Step::Asset(_) => "asset",
        Step::Media(_) => "media",
        Step::Page(_) => "page",
        Step::List(_) => "list",
        Step::Remove(_) => "remove",
    }
}
