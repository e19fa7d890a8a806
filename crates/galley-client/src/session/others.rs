//! What reaches an open article from elsewhere: the updates of others, a restore, and another document in the place of
//! its own.

use galley_store::{JournalRow, Rebase, RemoteUpdates, SERVER_PEER};
use galley_text::{Document, Imported, TextError, Update};

use super::{Session, State};
use crate::api::{ApiError, CoreUpdate, ErrorCode, Splice};
use crate::clock;
use crate::error::fail;

impl Session {
    /// A change of the core's own, such as a restore. Answers the updates that windows have to receive.
    pub(crate) async fn change(
        &self,
        change: impl Fn(&mut Document) -> Result<Option<(Update, Vec<galley_text::Splice>)>, TextError>,
    ) -> Result<Option<(u32, Vec<CoreUpdate>)>, ApiError> {
        let told = {
            let mut state = self.state();
            let before = state.rev;
            let Some((update, splices)) = self.with_document(&mut state, &change)? else { return Ok(None) };
            state.record(update, "", 0);
            if !splices.is_empty() {
                state.log("", 0, splices.iter().map(from_text).collect());
            }
            state.updates_since(before).map(|updates| (state.rev, updates))
        };
        self.applied.notify_waiters();
        self.flush().await?;
        Ok(told)
    }

    /// Takes in what others wrote: into the live document, to the windows, and to the disk together with how far
    /// the server's updates were seen. Answers what windows have to receive.
    ///
    /// # Errors
    /// `article_damaged` when the bytes cannot be read; nothing was changed then.
    pub(crate) async fn import(
        &self,
        updates: Vec<Vec<u8>>,
        upto: i64,
    ) -> Result<Option<(u32, Vec<CoreUpdate>)>, ApiError> {
        let _no_commit_meanwhile = self.commit.lock().await;
        self.flush_locked().await?;
        let (told, headline) = {
            let mut state = self.state();
            let before = state.rev;
            let imported = self.take_in(&mut state, &updates)?;
            if !imported.splices.is_empty() {
                state.log("", 0, imported.splices.iter().map(from_text).collect());
            }
            state.projection_due = true;
            let headline = self.text(&mut state)?.1.remove(galley_model::meta::field::HEADLINE);
            (state.updates_since(before).map(|updates| (state.rev, updates)), headline)
        };
        self.applied.notify_waiters();
        let remote =
            RemoteUpdates { article: self.id, updates: updates.clone(), upto, headline, projection: None };
        let taken = self.library.import_remote(vec![remote], clock::now()).await;
        let mut state = self.state();
        match taken.map(|taken| taken.into_iter().next()) {
            Ok(taken) => {
                if let Some(taken) = taken {
                    state.last_seq = taken.seq_last;
                    state.rows_since_fold += taken.rows;
                }
                Ok(told.filter(|(_, updates)| !updates.is_empty()))
            }
            Err(error) => {
                // The document holds them already: what is typed next may build on them, so they go to the disk
                // before it, and are asked for once more.
                let rows = updates.into_iter().map(|bytes| JournalRow {
                    peer: SERVER_PEER,
                    start: -1,
                    end: -1,
                    bytes,
                    view: String::new(),
                    view_seq: 0,
                });
                state.unsaved.splice(0..0, rows);
                Err(error.into())
            }
        }
    }

    /// Puts another document in this one's place, made from what stands here now; typing waits for the disk until
    /// it is committed. Answers what windows have to receive.
    ///
    /// # Errors
    /// Those of `replace` and of the library. The session must be let go of then: memory and disk may differ.
    pub(crate) async fn replace(
        &self,
        author: &str,
        replace: impl Fn(&Document) -> Result<(Document, Rebase), ApiError>,
    ) -> Result<Option<(u32, Vec<CoreUpdate>)>, ApiError> {
        let _no_commit_meanwhile = self.commit.lock().await;
        let (told, rebase) = loop {
            self.flush_locked().await?;
            let mut state = self.state();
            if !state.unsaved.is_empty() {
                continue;
            }
            let (before, body) = (state.rev, self.with_document(&mut state, |document| document.body())?);
            let (document, rebase) = replace(&state.document)?;
            let splices = galley_text::diff::splices(&body, &document.body()?);
            state.document = document;
            if !splices.is_empty() {
                state.log("", 0, splices.iter().map(from_text).collect());
            }
            state.projection_due = true;
            break (state.updates_since(before).map(|updates| (state.rev, updates)), rebase);
        };
        self.applied.notify_waiters();
        let peer = self.state().document.peer();
        let seq_last = self.library.rebase(rebase).await?;
        self.library.begin_session(self.id, peer, author, clock::now()).await?;
        let mut state = self.state();
        state.last_seq = seq_last;
        state.rows_since_fold = 0;
        Ok(told.filter(|(_, updates)| !updates.is_empty()))
    }

    /// Updates of others in the open document. What the engine breaks on twice is `article_damaged`, as what it
    /// refuses, and the document is as it was.
    fn take_in(&self, state: &mut State, updates: &[Vec<u8>]) -> Result<Imported, ApiError> {
        for _ in 0..2 {
            match state.document.import(updates) {
                Err(TextError::Poisoned) => state.document = self.reload(state)?,
                imported => return Ok(imported?),
            }
        }
        tracing::error!(article = %self.id, "the document engine broke on updates of others");
        Err(fail(ErrorCode::ArticleDamaged))
    }
}

fn from_text(splice: &galley_text::Splice) -> Splice {
    let offset = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    Splice { from: offset(splice.from), to: offset(splice.to), insert: splice.insert.clone() }
}
