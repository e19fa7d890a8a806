//! One open article: the document in memory, the collaboration protocol of the window, and what of it is on
//! the disk.
//!
//! An update is applied to the document first and written next; it is acknowledged only when its journal row
//! is committed. What could not be written waits, in order, in `unsaved` and is written before anything later.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use galley_model::{ArticleId, Content, Instant, Meta};
use galley_store::{Append, Damage, JournalRow, Library};
use galley_text::{Document, TextError, Update, Version};

use crate::api::{ApiError, CoreUpdate, Splice};
use crate::clock;
use crate::peers::fresh_peer;
use crate::preview::Shown;

mod others;
mod typing;

/// An open article.
pub(crate) struct Session {
    pub(crate) id: ArticleId,
    library: Library,
    state: Mutex<State>,
    /// One commit at a time, so that rows reach the journal in the order of the document.
    commit: tokio::sync::Mutex<()>,
    /// Told after each applied update, for previews that wait for one.
    applied: tokio::sync::Notify,
}

/// What the lock guards.
pub(crate) struct State {
    pub(crate) document: Document,
    /// Revision of the collaboration protocol: starts at the journal's last number, so that no two sessions
    /// of one article use the same revision for different texts.
    pub(crate) rev: u32,
    first_rev: u32,
    log: Vec<CoreUpdate>,
    /// Last number applied for each view.
    views: BTreeMap<String, u32>,
    unsaved: Vec<JournalRow>,
    /// Drafts whose rows may go with the next commit.
    settled_drafts: Vec<String>,
    /// Fields typed and not yet set.
    pub(crate) drafts: BTreeMap<String, String>,
    pub(crate) caret: u32,
    last_seq: i64,
    rows_since_fold: usize,
    /// When the last change reached the disk.
    pub(crate) saved_at: Instant,
    /// True when list text, counts and search lag behind the document.
    pub(crate) projection_due: bool,
    /// True when the document moved since the last revision.
    pub(crate) changed_since_revision: bool,
    pub(crate) last_revision_at: Instant,
    pub(crate) shown: Shown,
    pub(crate) read_only: bool,
    /// An input method is composing in a window: remote changes wait.
    pub(crate) composing: bool,
}

impl State {
    /// Number of the last journal row that is committed.
    pub(crate) fn last_seq(&self) -> i64 {
        self.last_seq
    }

    fn record(&mut self, update: Update, view: &str, view_seq: u32) {
        self.unsaved.push(JournalRow {
            peer: update.peer,
            start: update.start,
            end: update.end,
            bytes: update.bytes,
            view: view.to_owned(),
            view_seq,
        });
        self.projection_due = true;
        self.changed_since_revision = true;
    }

    fn log(&mut self, view: &str, view_seq: u32, splices: Vec<Splice>) {
        self.log.push(CoreUpdate { view: view.to_owned(), view_seq, splices });
        self.rev += 1;
    }

    /// The updates a window on `base_rev` has not seen; none when the log does not reach back.
    fn updates_since(&self, base_rev: u32) -> Option<Vec<CoreUpdate>> {
        let skip = usize::try_from(base_rev.checked_sub(self.first_rev)?).ok()?;
        (base_rev <= self.rev).then(|| self.log.iter().skip(skip).cloned().collect())
    }
}

impl Session {
    /// Opens an article: snapshot and journal tail become the document under a fresh peer, and fields whose
    /// typing was cut off are set at once.
    pub(crate) async fn open(
        library: Library,
        id: ArticleId,
        author: &str,
    ) -> Result<(Arc<Self>, Opened), ApiError> {
        let now = clock::now();
        let stored = library.load(id)?;
        let peer = fresh_peer();
        library.begin_session(id, peer, author, now).await?;
        let document = Document::load(stored.snapshot.as_deref(), &stored.updates, peer)?;
        let opened = Opened {
            composition: stored.composition,
            caret: stored.caret,
            scroll: stored.scroll,
            damage: stored.damage,
        };
        let rev = u32::try_from(stored.last_seq).unwrap_or(u32::MAX / 2);
        let state = State {
            document,
            rev,
            first_rev: rev,
            log: Vec::new(),
            views: stored.seen_view_seqs,
            unsaved: Vec::new(),
            settled_drafts: Vec::new(),
            drafts: BTreeMap::new(),
            caret: stored.caret,
            last_seq: stored.last_seq,
            rows_since_fold: stored.updates.len(),
            saved_at: stored.edited_at,
            projection_due: false,
            changed_since_revision: false,
            last_revision_at: now,
            shown: Shown::default(),
            read_only: false,
            composing: false,
        };
        let session = Arc::new(Self {
            id,
            library,
            state: Mutex::new(state),
            commit: tokio::sync::Mutex::new(()),
            applied: tokio::sync::Notify::new(),
        });
        if !stored.drafts.is_empty() {
            session.set_fields(stored.drafts).await?;
        }
        Ok((session, opened))
    }

    /// The state; a panic of another holder does not poison it for good, since every change below leaves it whole.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Body and facts as they stand, drafts of fields laid over them.
    pub(crate) fn text(&self, state: &mut State) -> Result<(String, Meta), ApiError> {
        let (body, mut meta) =
            self.with_document(state, |document| Ok((document.body()?, document.meta()?)))?;
        meta.extend(state.drafts.clone());
        Ok((body, meta))
    }

    /// The article as it stands, drafts of fields laid over it.
    pub(crate) fn content_of(&self, state: &mut State) -> Result<Content, ApiError> {
        self.text(state).map(|(body, meta)| Content::from_parts(&body, &meta))
    }

    /// See [`Session::content_of`].
    pub(crate) fn content(&self) -> Result<Content, ApiError> {
        self.content_of(&mut self.state())
    }

    /// The version of the document as it stands.
    pub(crate) fn version(&self, state: &mut State) -> Result<Version, ApiError> {
        self.with_document(state, |document| document.version())
    }

    /// Writes all that waits, in order. Answers when the newest commit returned.
    pub(crate) async fn flush(&self) -> Result<Instant, ApiError> {
        let _one_at_a_time = self.commit.lock().await;
        self.flush_locked().await
    }

    /// Like [`Session::flush`], for a caller that holds the commit.
    async fn flush_locked(&self) -> Result<Instant, ApiError> {
        let (rows, drafts, append) = {
            let mut state = self.state();
            if state.unsaved.is_empty() && state.settled_drafts.is_empty() {
                return Ok(state.saved_at);
            }
            let headline = self.text(&mut state)?.1.remove(galley_model::meta::field::HEADLINE);
            let rows = std::mem::take(&mut state.unsaved);
            let drafts = std::mem::take(&mut state.settled_drafts);
            let append = Append {
                article: self.id,
                updates: rows.clone(),
                headline,
                caret: Some(state.caret),
                clear_drafts: drafts.clone(),
                clear_composition: !rows.is_empty(),
                at: clock::now(),
            };
            (rows, drafts, append)
        };
        let outcome = self.library.append(append).await;
        let mut state = self.state();
        match outcome {
            Ok(committed) => {
                state.rows_since_fold += rows.len();
                state.last_seq = committed.seq_last;
                state.saved_at = clock::now();
                Ok(state.saved_at)
            }
            Err(error) => {
                state.unsaved.splice(0..0, rows);
                state.settled_drafts.splice(0..0, drafts);
                Err(error.into())
            }
        }
    }

    /// Whether something applied is not yet on the disk.
    pub(crate) fn has_unsaved(&self) -> bool {
        !self.state().unsaved.is_empty()
    }

    /// Writes snapshot and plain text, when enough rows have gathered or when asked to.
    pub(crate) async fn fold(&self, at_least_rows: usize) -> Result<(), ApiError> {
        let _no_commit_meanwhile = self.commit.lock().await;
        let (upto, folded) = {
            let mut state = self.state();
            let waits = !state.unsaved.is_empty() || state.document.is_incomplete();
            if waits || state.rows_since_fold < at_least_rows.max(1) {
                return Ok(());
            }
            let folded = self.with_document(&mut state, |document| {
                Ok(galley_store::Folded {
                    snapshot: document.snapshot()?,
                    body: document.body()?,
                    meta_json: serde_json::to_string(&document.meta()?).unwrap_or_default(),
                    version: document.version()?.as_bytes().to_vec(),
                    engine: galley_text::ENGINE.to_owned(),
                })
            })?;
            state.rows_since_fold = 0;
            (state.last_seq, folded)
        };
        self.library.fold(self.id, upto, folded, clock::now()).await?;
        Ok(())
    }

    /// Runs one call on the document. When the engine panics, the document is forgotten, loaded again from the
    /// store and what was not yet written, and the call made once more.
    pub(crate) fn with_document<T>(
        &self,
        state: &mut State,
        call: impl Fn(&mut Document) -> Result<T, TextError>,
    ) -> Result<T, ApiError> {
        match call(&mut state.document) {
            Err(TextError::Poisoned) => {
                tracing::warn!(article = %self.id, "the document engine panicked; loading the article again");
                state.document = self.reload(state)?;
                Ok(call(&mut state.document)?)
            }
            outcome => Ok(outcome?),
        }
    }

    fn reload(&self, state: &State) -> Result<Document, ApiError> {
        let stored = self.library.load(self.id)?;
        let mut updates = stored.updates;
        updates.extend(state.unsaved.iter().map(|row| row.bytes.clone()));
        Ok(Document::load(stored.snapshot.as_deref(), &updates, fresh_peer())?)
    }
}

/// What opening found beside the document.
pub(crate) struct Opened {
    pub(crate) composition: String,
    pub(crate) caret: u32,
    pub(crate) scroll: u32,
    /// What could not be read as it was written.
    pub(crate) damage: Option<Damage>,
}
