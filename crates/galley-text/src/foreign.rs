//! Taking in bytes that somebody else made: bounds, a first look, an import aside, a list of what is allowed,
//! and an export of our own that is proved on a document of such exports alone. Only that is ever kept or handed on.
//!
//! The engine may still panic or ask for all memory while it looks at bytes that were made to hurt it. Panics are
//! survived here; against the rest this runs in a process of its own that may die. Nothing here draws peers,
//! reads clocks or knows people.

mod envelope;
mod judge;
mod operations;

use galley_model::Meta;
use loro::{EncodedBlobMode, LoroDoc};

pub use judge::{Judgement, MarkedContest};

use crate::engine;
use crate::{Document, Have, Splice, TextError};

/// Largest update, in bytes.
pub const MAX_BYTES: usize = 1 << 20;
/// Most operations of an update.
pub const MAX_SPAN: i32 = 300_000;
/// Most changes of an update.
pub const MAX_CHANGES: u32 = 5_000;
/// Updates, and their bytes, that copies are made of before a snapshot takes their place.
const MAX_UPDATES: usize = 16;
const MAX_UPDATE_BYTES: usize = 256 << 10;
/// Longest text, in characters.
pub const MAX_BODY_CHARS: usize = 200_000;
/// All facts together, keys and values, in characters.
pub const MAX_META_CHARS: usize = 400_000;

/// What somebody says that one peer wrote.
#[derive(Clone, Copy, Debug)]
pub struct Foreign<'a> {
    /// Who.
    pub peer: u64,
    /// First operation, counted from 0.
    pub start: i32,
    /// One past the last.
    pub end: i32,
    /// As the engine exported them, or so it is said.
    pub bytes: &'a [u8],
}

/// An article as whoever decides about it holds it.
pub struct Held {
    /// As it is, made of our own exports alone.
    document: Document,
    /// What `document` was made of first; none where that was empty.
    snapshot: Option<Vec<u8>>,
    /// What was taken into it since.
    updates: Vec<Vec<u8>>,
    /// What was taken in last, when the next may go on with it.
    run: Option<judge::Run>,
}

/// What was taken in.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    /// Our own export of the new operations: what is kept and handed on.
    pub bytes: Vec<u8>,
    /// The text with them.
    pub body: String,
    /// The facts with them.
    pub meta: Meta,
    /// What there is of each peer.
    pub have: Have,
    /// How the merge reads; none when the writer knew everything that was there.
    pub judgement: Option<Judgement>,
}

/// Where a choice is written.
#[derive(Clone, Copy, Debug)]
pub enum Place<'a> {
    /// Between two marks of the text.
    Body {
        /// Before its first character.
        from: &'a [u8],
        /// After its last.
        to: &'a [u8],
    },
    /// A fact.
    Field(&'a str),
}

/// What was written, and how the article reads with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// One past the last operation of the peer that wrote; 0 when it said so already and nothing was written.
    pub end: i32,
    /// What was written, from operation 0.
    pub bytes: Vec<u8>,
    /// The text with it.
    pub body: String,
    /// The facts with it.
    pub meta: Meta,
}

/// Why bytes were not taken in. Nothing has changed.
#[derive(Debug, thiserror::Error)]
pub enum Refusal {
    /// Not what they are said to be, or nothing that can be read.
    #[error("the update cannot be read")]
    Unreadable,
    /// More bytes, operations or changes than are taken at once.
    #[error("the update is too large")]
    TooLarge,
    /// A kind of operation that articles have not.
    #[error("the update does what articles cannot")]
    Operation,
    /// The text would be longer than a text may be.
    #[error("the text would be too long")]
    TooLong,
    /// What stands at the place is not what was seen there.
    #[error("something else stands there now")]
    Moved {
        /// What stands there.
        now: String,
    },
    /// It builds on operations that are not here.
    #[error("the update builds on others that are not here")]
    Missing {
        /// What is here.
        have: Have,
    },
    /// What is kept here cannot be read.
    #[error("the article itself cannot be read")]
    Held(#[source] TextError),
}

impl Held {
    /// The article out of its snapshot and the updates since, all of them exports of our own.
    ///
    /// # Errors
    /// `Held` when it cannot be read, or when something of it is missing.
    pub fn open(snapshot: Option<&[u8]>, updates: &[Vec<u8>]) -> Result<Self, Refusal> {
        let document = Document::reading(snapshot, updates).map_err(Refusal::Held)?;
        if document.is_incomplete() {
            return Err(Refusal::Held(TextError::Incomplete));
        }
        let snapshot = snapshot.map(<[u8]>::to_vec);
        let mut held = Self { document, snapshot, updates: updates.to_vec(), run: None };
        held.fold();
        Ok(held)
    }

    /// What this peer wrote from operation `since` on came last, and is judged together with what it writes next, as
    /// though both were taken in here: see [`Judgement::since`]. For who opens an article in the middle of a change
    /// that is sent in several pieces; nobody else's updates may have come after that operation.
    ///
    /// # Errors
    /// `Held`
    pub fn resume(&mut self, peer: u64, since: i32) -> Result<(), Refusal> {
        self.run = judge::Run::resumed(&self.document, peer, since).map_err(Refusal::Held)?;
        Ok(())
    }

    /// Everything up to now, for the next [`Held::open`], and proved to read back; none while it is empty.
    ///
    /// # Errors
    /// `Unreadable` when it does not read back as what it was made of.
    pub fn snapshot(&self) -> Result<Option<Vec<u8>>, Refusal> {
        let is_empty = self.document.have().map_err(Refusal::Held)?.is_empty();
        if is_empty { Ok(None) } else { proved(&self.document).map(Some) }
    }

    /// Text and facts as they are.
    ///
    /// # Errors
    /// `Held`
    pub fn read(&self) -> Result<(String, Meta), Refusal> {
        Ok((self.document.body().map_err(Refusal::Held)?, self.document.meta().map_err(Refusal::Held)?))
    }

    /// Text and facts as they were when the peers had come to `have`, as far as that is here.
    ///
    /// # Errors
    /// `Held`; `Unreadable` for what is no moment of this article.
    pub fn read_at(&self, have: &Have) -> Result<(String, Meta), Refusal> {
        self.copy()?.at_have(have).map_err(|_| Refusal::Unreadable)
    }

    /// Takes in what somebody wrote. What one peer wrote is judged as one change as long as nobody else's comes
    /// between and its writer learnt of nobody else's: see [`Judgement::since`].
    ///
    /// # Errors
    /// A [`Refusal`]; the article is as it was.
    pub fn take(&mut self, push: &Foreign<'_>) -> Result<Taken, Refusal> {
        let anew = self.exported_anew(push)?;
        match taken_into(&self.document, self.run.as_ref(), anew, push) {
            Ok((taken, run)) => {
                self.updates.push(taken.bytes.clone());
                self.run = Some(run);
                self.fold();
                Ok(taken)
            }
            Err(refusal) => {
                // Whatever it did to the document before it failed goes with it.
                self.document = self.copy()?;
                Err(refusal)
            }
        }
    }

    /// What taking it in would give; the article stays as it is.
    ///
    /// # Errors
    /// As [`Held::take`].
    pub fn try_on(&self, push: &Foreign<'_>) -> Result<Taken, Refusal> {
        let anew = self.exported_anew(push)?;
        taken_into(&self.copy()?, self.run.as_ref(), anew, push).map(|(taken, _)| taken)
    }

    /// Writes a chosen text over what was `seen` at a place, as the difference of its words, under a fresh peer.
    ///
    /// # Errors
    /// `TooLong`; `Moved` when something else stands there; `Unreadable` when the place is none of this article;
    /// `Held`.
    pub fn write(&mut self, peer: u64, place: Place<'_>, seen: &str, text: &str) -> Result<Written, Refusal> {
        let held = Document::load(self.snapshot.as_deref(), &self.updates, peer);
        let mut document = held.map_err(Refusal::Held)?;
        let update = match place {
            Place::Body { from, to } => {
                let at = |mark| document.place_of(mark).map_err(|_| Refusal::Unreadable);
                let (from, to) = (at(from)?, at(to)?);
                let body = document.body().map_err(Refusal::Held)?;
                let units = body.encode_utf16().skip(from).take(to.saturating_sub(from));
                let now: String =
                    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect();
                stands(now, seen)?;
                document.edit(&[Splice::new(from, to.max(from), text)])
            }
            Place::Field(key) => {
                let now = document.meta().map_err(Refusal::Held)?.remove(key).unwrap_or_default();
                stands(now, seen)?;
                document.set_meta(&[(key.to_owned(), text.to_owned())].into())
            }
        };
        let update = update.map_err(Refusal::Held)?;
        let (body, meta) = (document.body().map_err(Refusal::Held)?, document.meta().map_err(Refusal::Held)?);
        within_bounds(&body, &meta)?;
        let Some(update) = update else {
            return Ok(Written { end: 0, bytes: Vec::new(), body, meta });
        };
        let updates = [self.updates.as_slice(), std::slice::from_ref(&update.bytes)].concat();
        let again = Document::reading(self.snapshot.as_deref(), &updates).map_err(|_| Refusal::Unreadable)?;
        let unreadable = |_| Refusal::Unreadable;
        if again.body().map_err(unreadable)? != body || again.meta().map_err(unreadable)? != meta {
            return Err(Refusal::Unreadable);
        }
        (self.document, self.updates, self.run) = (again, updates, None);
        self.fold();
        Ok(Written { end: update.end, bytes: update.bytes, body, meta })
    }

    /// Another document like the one that is held.
    fn copy(&self) -> Result<Document, Refusal> {
        Document::reading(self.snapshot.as_deref(), &self.updates).map_err(Refusal::Held)
    }

    /// Has copies made of one snapshot instead of many updates. One that would not read back is not used: the
    /// updates do.
    fn fold(&mut self) {
        let n_bytes: usize = self.updates.iter().map(Vec::len).sum();
        let is_little = self.updates.len() <= MAX_UPDATES && n_bytes <= MAX_UPDATE_BYTES;
        if is_little || self.updates.len() < 2 {
            return;
        }
        match proved(&self.document) {
            Ok(snapshot) => (self.snapshot, self.updates) = (Some(snapshot), Vec::new()),
            // The engine may have broken over it, and this document with it.
            Err(_) => {
                if let Ok(copy) = self.copy() {
                    self.document = copy;
                }
            }
        }
    }

    /// Imports the foreign bytes into a copy that is thrown away, and exports what they added.
    fn exported_anew(&self, push: &Foreign<'_>) -> Result<Anew, Refusal> {
        look(push)?;
        let copy = self.copy()?;
        let have = copy.have().map_err(Refusal::Held)?;
        if have.get(&push.peer).copied().unwrap_or(0) != push.start {
            return Err(Refusal::Missing { have });
        }
        let before = copy.engine.call(|doc| Ok(doc.oplog_vv())).map_err(Refusal::Held)?;
        let pending = copy
            .engine
            .call(|doc| doc.import(push.bytes).map(|status| status.pending.is_some()).map_err(damaged))
            .map_err(|_| Refusal::Unreadable)?;
        if pending {
            return Err(Refusal::Missing { have });
        }
        let allowed = copy
            .engine
            .call(|doc| operations::are_allowed(doc, &before, push))
            .map_err(|_| Refusal::Unreadable)?;
        if !allowed {
            return Err(Refusal::Operation);
        }
        let body = copy.body().map_err(|_| Refusal::Unreadable)?;
        let meta = copy.meta().map_err(|_| Refusal::Unreadable)?;
        within_bounds(&body, &meta)?;
        let update = copy.export_range(push.peer, push.start, push.end).map_err(|_| Refusal::Unreadable)?;
        Ok(Anew { update, body, meta })
    }
}

/// What a copy made of foreign bytes.
struct Anew {
    update: Vec<u8>,
    body: String,
    meta: Meta,
}

/// Takes what was exported anew into a document of our own bytes alone, and judges it. After a refusal the document
/// may hold it in part.
fn taken_into(
    clean: &Document,
    last: Option<&judge::Run>,
    anew: Anew,
    push: &Foreign<'_>,
) -> Result<(Taken, judge::Run), Refusal> {
    let before = judge::Before::of(clean).map_err(Refusal::Held)?;
    clean.take_in(&anew.update)?;
    let unreadable = |_| Refusal::Unreadable;
    let (body, meta) = (clean.body().map_err(unreadable)?, clean.meta().map_err(unreadable)?);
    if body != anew.body || meta != anew.meta {
        return Err(Refusal::Unreadable);
    }
    let run = judge::Run::with(last, clean, before, push).map_err(unreadable)?;
    let judgement = run.judge(clean).map_err(unreadable)?;
    let have = clean.have().map_err(unreadable)?;
    Ok((Taken { bytes: anew.update, body, meta, have, judgement }, run))
}

impl Document {
    /// Imports bytes of our own; they must need nothing else.
    fn take_in(&self, bytes: &[u8]) -> Result<(), Refusal> {
        let whole = self.engine.call(|doc| {
            let status = doc.import(bytes).map_err(damaged)?;
            Ok(status.pending.is_none())
        });
        if whole.map_err(|_| Refusal::Unreadable)? { Ok(()) } else { Err(Refusal::Unreadable) }
    }
}

/// What can be said of bytes without importing them.
fn look(push: &Foreign<'_>) -> Result<(), Refusal> {
    let span = i64::from(push.end) - i64::from(push.start);
    if push.bytes.len() > MAX_BYTES || span > i64::from(MAX_SPAN) {
        return Err(Refusal::TooLarge);
    }
    // The engine keeps the last peer for itself.
    if push.start < 0 || span <= 0 || push.peer == u64::MAX {
        return Err(Refusal::Unreadable);
    }
    envelope::check(push.bytes)?;
    let meta = engine::caught(|| LoroDoc::decode_import_blob_meta(push.bytes, true).map_err(damaged))
        .map_err(|_| Refusal::Unreadable)?;
    if meta.change_num > MAX_CHANGES {
        return Err(Refusal::TooLarge);
    }
    let only = |version: &loro::VersionVector, counter: i32| {
        version.len() == 1 && version.get(&push.peer) == Some(&counter)
    };
    let is_said = meta.mode == EncodedBlobMode::Updates
        && only(&meta.partial_start_vv, push.start)
        && only(&meta.partial_end_vv, push.end);
    if is_said { Ok(()) } else { Err(Refusal::Unreadable) }
}

fn within_bounds(body: &str, meta: &Meta) -> Result<(), Refusal> {
    let facts: usize = meta.iter().map(|(key, value)| key.chars().count() + value.chars().count()).sum();
    if body.chars().count() > MAX_BODY_CHARS || facts > MAX_META_CHARS {
        return Err(Refusal::TooLong);
    }
    Ok(())
}

/// A snapshot that reads back as what it was made of.
fn proved(document: &Document) -> Result<Vec<u8>, Refusal> {
    let unreadable = |_| Refusal::Unreadable;
    let snapshot = document.snapshot().map_err(unreadable)?;
    let again = Document::reading(Some(&snapshot), &[]).map_err(unreadable)?;
    let same = again.body().map_err(unreadable)? == document.body().map_err(unreadable)?
        && again.meta().map_err(unreadable)? == document.meta().map_err(unreadable)?
        && again.have().map_err(unreadable)? == document.have().map_err(unreadable)?;
    if same { Ok(snapshot) } else { Err(Refusal::Unreadable) }
}

fn damaged(source: loro::LoroError) -> TextError {
    TextError::DamagedUpdate { index: 0, source }
}

/// Nobody who chose has seen anything else that stands there.
fn stands(now: String, seen: &str) -> Result<(), Refusal> {
    if now == seen { Ok(()) } else { Err(Refusal::Moved { now }) }
}

#[cfg(test)]
mod tests;
