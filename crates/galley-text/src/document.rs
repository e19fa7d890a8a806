//! The document of one article: body and facts, edits, versions.

use std::collections::{BTreeMap, BTreeSet};

use galley_model::{Content, Meta};
use loro::cursor::PosType;
use loro::{ExportMode, Frontiers, LoroDoc, LoroError, LoroResult, LoroText, LoroValue, ValueOrContainer};

use crate::engine::{self, Engine};
use crate::{Splice, TextError, diff, import, splice};

/// One article's text with its whole history, in memory. The journal holds what it returns.
pub struct Document {
    pub(crate) engine: Engine,
    peer: u64,
    incomplete: bool,
}

/// What one change adds to the history: exactly one commit of one peer, as the journal stores it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Update {
    /// Who, in which session.
    pub peer: u64,
    /// First operation, counted per peer from 0.
    pub start: i32,
    /// One past the last operation.
    pub end: i32,
    /// What [`Document::load`] and [`Document::import`] take.
    pub bytes: Vec<u8>,
}

/// A moment of a document's history. Opaque; equal when it names the same moment.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Version(Vec<u8>);

/// What an import changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Turns the text before into the text after.
    pub splices: Vec<Splice>,
    /// Keys of the facts that differ now, sorted.
    pub meta_changed: Vec<String>,
}

/// A run of the text by one writer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authored {
    /// UTF-16, inclusive.
    pub from: usize,
    /// UTF-16, exclusive.
    pub to: usize,
    /// Who, in which session; none when the history does not say.
    pub peer: Option<u64>,
}

impl Version {
    /// As stored.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// As read back; whether a document knows it shows when it is used.
    pub fn from_bytes(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }
}

impl Document {
    /// An empty document. `peer` is fresh: drawn at random for this article and this run of the program.
    pub fn new(peer: u64) -> Result<Self, TextError> {
        Self::load(None, &[], peer)
    }

    /// A document out of its newest snapshot and the updates since, in any order; what the snapshot already
    /// holds does no harm. `peer` is fresh, as for [`Document::new`].
    pub fn load(snapshot: Option<&[u8]>, updates: &[Vec<u8>], peer: u64) -> Result<Self, TextError> {
        Self::filled(snapshot, updates, |doc| {
            if engine::counter(doc, peer) != 0 {
                return Err(TextError::PeerInUse { peer });
            }
            doc.set_peer_id(peer).map_err(|_| TextError::PeerInUse { peer })
        })
        .map(|document| Self { peer, ..document })
    }

    /// A document that is only read.
    pub(crate) fn reading(snapshot: Option<&[u8]>, updates: &[Vec<u8>]) -> Result<Self, TextError> {
        Self::filled(snapshot, updates, |_| Ok(()))
    }

    fn filled(
        snapshot: Option<&[u8]>,
        updates: &[Vec<u8>],
        then: impl FnOnce(&LoroDoc) -> Result<(), TextError>,
    ) -> Result<Self, TextError> {
        let mut incomplete = false;
        let engine = Engine::start(|doc| {
            doc.set_record_timestamp(false);
            if let Some(snapshot) = snapshot {
                doc.import(snapshot).map_err(snapshot_error)?;
            }
            doc.import_batch(updates).map_err(|error| update_error(doc, updates, error))?;
            incomplete = has_pending(doc)?;
            then(doc)
        })?;
        Ok(Self { engine, peer: 0, incomplete })
    }

    /// The peer id this session writes under.
    pub fn peer(&self) -> u64 {
        self.peer
    }

    /// True while updates wait for others that have not arrived.
    pub fn is_incomplete(&self) -> bool {
        self.incomplete
    }

    /// The text.
    pub fn body(&self) -> Result<String, TextError> {
        self.engine.call(|doc| Ok(engine::body(doc).to_string()))
    }

    /// Length of the text.
    pub fn len_utf16(&self) -> Result<usize, TextError> {
        self.engine.call(|doc| Ok(engine::body(doc).len_utf16()))
    }

    /// The facts.
    pub fn meta(&self) -> Result<Meta, TextError> {
        self.engine.call(|doc| Ok(read_meta(doc)))
    }

    /// The article as the newsroom speaks of it.
    pub fn content(&self) -> Result<Content, TextError> {
        Ok(Content::from_parts(&self.body()?, &self.meta()?))
    }

    /// Replaces places of the text. Every offset is checked before anything changes. A replacement becomes the
    /// difference of its words, so that what others change beside it survives; the text is the same. None when
    /// nothing changes.
    pub fn edit(&mut self, splices: &[Splice]) -> Result<Option<Update>, TextError> {
        splice::check_order(splices)?;
        let refined = self.engine.call(|doc| refine(&engine::body(doc), splices))?;
        self.record(|doc| write_body(doc, &refined))
    }

    /// Sets facts that differ from what stands there; an empty text clears one. None when nothing differs.
    pub fn set_meta(&mut self, fields: &BTreeMap<String, String>) -> Result<Option<Update>, TextError> {
        let meta = self.meta()?;
        let differs = |key: &String, value: &String| meta.get(key).map_or("", String::as_str) != value;
        let changes: Vec<_> = fields.iter().filter(|(key, value)| differs(key, value)).collect();
        self.record(|doc| {
            let map = engine::meta(doc);
            changes.iter().try_for_each(|(key, value)| map.insert(key, value.as_str()))
        })
    }

    /// Makes the text `new`, by the difference of its words. None when it is that already.
    pub fn replace_body(&mut self, new: &str) -> Result<Option<(Update, Vec<Splice>)>, TextError> {
        let splices = diff::splices(&self.body()?, new);
        let update = self.record(|doc| write_body(doc, &splices))?;
        Ok(update.map(|update| (update, splices)))
    }

    /// Makes text and facts what they were at `version`, as a new edit. None when they are that already.
    pub fn restore(&mut self, version: &Version) -> Result<Option<(Update, Vec<Splice>)>, TextError> {
        let (body, then) = self.at(version)?;
        let now = self.meta()?;
        let splices = diff::splices(&self.body()?, &body);
        let update = self.record(|doc| {
            write_body(doc, &splices)?;
            let map = engine::meta(doc);
            for (key, value) in then.iter().filter(|(key, value)| now.get(*key) != Some(value)) {
                map.insert(key, value.as_str())?;
            }
            // A fact that did not exist then is taken out: cleared, an entry of a list would stay as a blank one.
            now.keys().filter(|key| !then.contains_key(*key)).try_for_each(|key| map.delete(key))
        })?;
        Ok(update.map(|update| (update, splices)))
    }

    /// Takes in what others wrote, in any order, all or nothing; what is known already does no harm.
    pub fn import(&mut self, updates: &[Vec<u8>]) -> Result<Imported, TextError> {
        let peer = self.peer;
        let (body_before, meta_before) = (self.body()?, self.meta()?);
        let (deltas, incomplete) = self.engine.call(|doc| {
            check_foreign(updates, peer, engine::counter(doc, peer))?;
            let (status, deltas) = engine::body_deltas_of(doc, || doc.import_batch(updates));
            status.map_err(|error| update_error(doc, updates, error))?;
            Ok((deltas, has_pending(doc)?))
        })?;
        self.incomplete = incomplete;
        let (body, meta) = (self.body()?, self.meta()?);
        let keys: BTreeSet<&String> = meta_before.keys().chain(meta.keys()).collect();
        let differs = |key: &&String| meta_before.get(*key) != meta.get(*key);
        Ok(Imported {
            splices: import::splices(&body_before, &body, &deltas),
            meta_changed: keys.into_iter().filter(differs).cloned().collect(),
        })
    }

    /// This moment of the history.
    pub fn version(&self) -> Result<Version, TextError> {
        self.engine.call(|doc| Ok(Version(doc.oplog_frontiers().encode())))
    }

    /// Text and facts as they were.
    pub fn at(&self, version: &Version) -> Result<(String, Meta), TextError> {
        self.engine
            .call(|doc| with_version(doc, version, |doc| (engine::body(doc).to_string(), read_meta(doc))))
    }

    /// Who wrote what of the text as it was at `version`, in order and without gaps.
    pub fn attribution(&self, version: &Version) -> Result<Vec<Authored>, TextError> {
        self.engine.call(|doc| with_version(doc, version, |doc| authored(&engine::body(doc))))
    }

    /// Text, facts and their whole history, for [`Document::load`].
    pub fn snapshot(&self) -> Result<Vec<u8>, TextError> {
        if self.incomplete {
            return Err(TextError::Incomplete);
        }
        self.engine.change(|doc| doc.export(ExportMode::Snapshot).map_err(LoroError::from))
    }

    /// Makes the next call into the engine panic once it has done its work, before it is answered.
    #[doc(hidden)]
    #[cfg(any(test, feature = "fault-injection"))]
    pub fn panic_in_next_call(&self) {
        self.engine.panic_next.store(true, std::sync::atomic::Ordering::Release);
    }

    /// Runs a change as one commit and takes out what it added to the history.
    fn record(
        &mut self,
        change: impl FnOnce(&LoroDoc) -> LoroResult<()>,
    ) -> Result<Option<Update>, TextError> {
        let peer = self.peer;
        self.engine.change(|doc| {
            let start = engine::counter(doc, peer);
            change(doc)?;
            doc.commit();
            let end = engine::counter(doc, peer);
            if start == end {
                return Ok(None);
            }
            let bytes = engine::export_span(doc, peer, start, end)?;
            Ok(Some(Update { peer, start, end, bytes }))
        })
    }
}

impl std::fmt::Debug for Document {
    /// Never the text.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Document").field("peer", &self.peer).finish_non_exhaustive()
    }
}

/// Applies sorted splices, first one first: the engine finds a place in a long unbroken run of text by walking from
/// the run's start, and what is left of a run behind the last change is short to walk (measured ten times faster
/// than last one first, for a whole article replaced).
fn write_body(doc: &LoroDoc, splices: &[Splice]) -> LoroResult<()> {
    let text = engine::body(doc);
    let (mut inserted, mut removed) = (0, 0);
    for splice in splices.iter().filter(|splice| !splice.is_empty()) {
        text.splice_utf16(splice.from + inserted - removed, splice.to - splice.from, &splice.insert)?;
        inserted += splice::len_utf16(&splice.insert);
        removed += splice.to - splice.from;
    }
    Ok(())
}

/// Checks every offset against the text, and turns each replacement into the difference of its words.
fn refine(text: &LoroText, splices: &[Splice]) -> Result<Vec<Splice>, TextError> {
    for splice in splices {
        check_offset(text, splice.from)?;
        check_offset(text, splice.to)?;
    }
    let mut refined = Vec::with_capacity(splices.len());
    for splice in splices {
        if splice.from == splice.to || splice.insert.is_empty() {
            refined.push(splice.clone());
            continue;
        }
        let old = text
            .slice_utf16(splice.from, splice.to)
            .map_err(|_| TextError::OutOfRange { offset: splice.to, len: text.len_utf16() })?;
        refined.extend(diff::splices(&old, &splice.insert).into_iter().map(|inner| Splice {
            from: splice.from + inner.from,
            to: splice.from + inner.to,
            insert: inner.insert,
        }));
    }
    Ok(refined)
}

/// The engine rounds an offset inside a pair down when it converts; coming back shows it.
fn check_offset(text: &LoroText, offset: usize) -> Result<(), TextError> {
    let len = text.len_utf16();
    if offset > len {
        return Err(TextError::OutOfRange { offset, len });
    }
    let back = text
        .convert_pos(offset, PosType::Utf16, PosType::Unicode)
        .and_then(|scalars| text.convert_pos(scalars, PosType::Unicode, PosType::Utf16));
    if back == Some(offset) { Ok(()) } else { Err(TextError::InsidePair { offset }) }
}

/// The facts: every text of the map. A value of another kind is a later version's and left alone.
pub(crate) fn read_meta(doc: &LoroDoc) -> Meta {
    let mut meta = Meta::new();
    engine::meta(doc).for_each(|key, value| {
        if let ValueOrContainer::Value(LoroValue::String(text)) = value {
            meta.insert(key.to_owned(), text.to_string());
        }
    });
    meta
}

/// Reads a document as it was.
fn with_version<T>(
    doc: &LoroDoc,
    version: &Version,
    read: impl FnOnce(&LoroDoc) -> T,
) -> Result<T, TextError> {
    let unknown = |_| TextError::UnknownVersion;
    let frontiers = Frontiers::decode(&version.0).map_err(unknown)?;
    if frontiers == doc.oplog_frontiers() {
        return Ok(read(doc));
    }
    // Asked first, because a version of another document must not come near the fork.
    doc.try_frontiers_to_vv(&frontiers).map_err(unknown)?.ok_or(TextError::UnknownVersion)?;
    Ok(read(&doc.fork_at(&frontiers).map_err(unknown)?))
}

/// The writer of every character, in runs.
fn authored(text: &LoroText) -> Vec<Authored> {
    let mut runs: Vec<Authored> = Vec::new();
    let mut from = 0;
    for (index, c) in text.to_string().chars().enumerate() {
        let peer = text.get_editor_at_unicode_pos(index);
        let to = from + c.len_utf16();
        match runs.last_mut().filter(|run| run.peer == peer) {
            Some(run) => run.to = to,
            None => runs.push(Authored { from, to, peer }),
        }
        from = to;
    }
    runs
}

/// Refuses bytes that cannot be read, and operations under our own id that we never made.
fn check_foreign(updates: &[Vec<u8>], peer: u64, written: i32) -> Result<(), TextError> {
    for (index, bytes) in updates.iter().enumerate() {
        let meta = LoroDoc::decode_import_blob_meta(bytes, true).map_err(|error| damaged(index, error))?;
        if meta.partial_end_vv.get(&peer).is_some_and(|end| *end > written) {
            return Err(TextError::PeerInUse { peer });
        }
    }
    Ok(())
}

fn has_pending(doc: &LoroDoc) -> Result<bool, TextError> {
    doc.export_pending_updates().map(|pending| pending.is_some()).map_err(|_| TextError::Poisoned)
}

fn snapshot_error(error: LoroError) -> TextError {
    match error {
        LoroError::IncompatibleFutureEncodingError(_) => TextError::TooNew,
        error => TextError::DamagedSnapshot(error),
    }
}

fn damaged(index: usize, source: LoroError) -> TextError {
    match source {
        LoroError::IncompatibleFutureEncodingError(_) => TextError::TooNew,
        source => TextError::DamagedUpdate { index, source },
    }
}

/// Finds which of a refused batch is to blame, on a copy, since the document itself takes all or nothing.
fn update_error(doc: &LoroDoc, updates: &[Vec<u8>], error: LoroError) -> TextError {
    let copy = doc.fork();
    let refused =
        updates.iter().enumerate().find_map(|(index, bytes)| Some((index, copy.import(bytes).err()?)));
    let (index, error) = refused.unwrap_or((0, error));
    damaged(index, error)
}

#[cfg(test)]
mod tests;
