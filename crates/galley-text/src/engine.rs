//! The fence around the document engine: every call into it runs here, and a panic is survived.
//!
//! A document whose engine panicked may hold poisoned locks, and dropping it may abort the process. So it is
//! forgotten (its memory is given up) and never called again.

use std::mem::ManuallyDrop;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use loro::{ContainerTrait, ExportMode, LoroDoc, LoroMap, LoroResult, LoroText, TextDelta};

use crate::TextError;

/// A document of the engine that may have failed.
pub(crate) struct Engine {
    doc: Option<ManuallyDrop<LoroDoc>>,
    failed: AtomicBool,
    #[cfg(any(test, feature = "fault-injection"))]
    pub(crate) panic_next: AtomicBool,
}

impl Engine {
    /// Makes and fills a document. Whatever fails, nothing is left behind.
    pub(crate) fn start(fill: impl FnOnce(&LoroDoc) -> Result<(), TextError>) -> Result<Self, TextError> {
        let doc = catch_unwind(LoroDoc::new).map_err(|_| TextError::Poisoned)?;
        let engine = Self {
            doc: Some(ManuallyDrop::new(doc)),
            failed: AtomicBool::new(false),
            #[cfg(any(test, feature = "fault-injection"))]
            panic_next: AtomicBool::new(false),
        };
        engine.call(fill)?;
        Ok(engine)
    }

    /// Calls into the engine. What `f` returns is passed on; a panic in it ends the document.
    pub(crate) fn call<T>(&self, f: impl FnOnce(&LoroDoc) -> Result<T, TextError>) -> Result<T, TextError> {
        let Some(doc) = self.doc.as_ref().filter(|_| !self.failed.load(Ordering::Acquire)) else {
            return Err(TextError::Poisoned);
        };
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            let answer = f(doc);
            self.panic_if_asked();
            answer
        }));
        outcome.unwrap_or_else(|_| {
            self.failed.store(true, Ordering::Release);
            Err(TextError::Poisoned)
        })
    }

    /// Changes the document. An error half way leaves it neither old nor new, so it ends the document too.
    pub(crate) fn change<T>(&self, f: impl FnOnce(&LoroDoc) -> LoroResult<T>) -> Result<T, TextError> {
        self.call(|doc| {
            f(doc).map_err(|_| {
                self.failed.store(true, Ordering::Release);
                TextError::Poisoned
            })
        })
    }

    /// Panics once inside the engine's call when a test asked for it: after the work, so that what was asked
    /// for has happened in memory and was never answered.
    fn panic_if_asked(&self) {
        #[cfg(any(test, feature = "fault-injection"))]
        if self.panic_next.swap(false, Ordering::AcqRel) {
            std::panic::panic_any("injected by a test");
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        // `ManuallyDrop` forgets by itself: only a document that never failed is taken out and dropped.
        if let Some(doc) = self.doc.take().filter(|_| !self.failed.load(Ordering::Acquire)) {
            drop(ManuallyDrop::into_inner(doc));
        }
    }
}

/// Looks at bytes with the engine but without a document; a panic is survived.
pub(crate) fn caught<T>(f: impl FnOnce() -> Result<T, TextError>) -> Result<T, TextError> {
    catch_unwind(AssertUnwindSafe(f)).unwrap_or(Err(TextError::Poisoned))
}

/// ◆ The article's text.
pub(crate) fn body(doc: &LoroDoc) -> LoroText {
    doc.get_text("body")
}

/// ◆ The article's facts.
pub(crate) fn meta(doc: &LoroDoc) -> LoroMap {
    doc.get_map("meta")
}

/// Does something to the document and collects how the text changed, one list for each event.
pub(crate) fn body_deltas_of<T>(doc: &LoroDoc, act: impl FnOnce() -> T) -> (T, Vec<Vec<TextDelta>>) {
    let deltas = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&deltas);
    let subscription = doc.subscribe(
        &body(doc).id(),
        Arc::new(move |event| {
            let texts = event.events.into_iter().filter_map(|change| change.diff.into_text().ok());
            seen.lock().unwrap_or_else(PoisonError::into_inner).extend(texts);
        }),
    );
    let outcome = act();
    drop(subscription);
    let deltas = std::mem::take(&mut *deltas.lock().unwrap_or_else(PoisonError::into_inner));
    (outcome, deltas)
}

/// The end of what `peer` wrote.
pub(crate) fn counter(doc: &LoroDoc, peer: u64) -> i32 {
    doc.with_oplog(|log| log.dag().vv().get(&peer).copied().unwrap_or(0))
}

/// What `peer` wrote from one counter to another.
pub(crate) fn export_span(doc: &LoroDoc, peer: u64, start: i32, end: i32) -> LoroResult<Vec<u8>> {
    let span = [loro::IdSpan::new(peer, start, end)];
    doc.export(ExportMode::updates_in_range(&span[..])).map_err(loro::LoroError::from)
}
