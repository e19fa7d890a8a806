//! What is typed into an open article: the pushes of its windows, and the fields of the form.

use std::collections::BTreeMap;

use galley_model::Instant;

use super::{Session, State};
use crate::api::{ApiError, ErrorCode, PushAnswer, PushRequest, Splice, ViewUpdate};
use crate::clock;
use crate::error::fail;

/// The longest body, UTF-16 units: never more characters than a publishing server takes.
const MAX_BODY: usize = 200_000;

/// UTF-16 units of one update from which on the length of the text is looked at. The window refuses a paste
/// over the limit before it is in the text; no keystroke is ever refused.
const TYPED_AT_ONCE: usize = 1_000;

impl Session {
    /// Takes what a window typed: applied, committed and synced before it is answered.
    pub(crate) async fn push(&self, request: PushRequest) -> Result<PushAnswer, ApiError> {
        let stale = {
            let mut state = self.state();
            if state.read_only {
                return Err(fail(ErrorCode::ReadOnly));
            }
            let stale = request.base_rev != state.rev;
            if !stale {
                self.apply_all(&mut state, &request.view, &request.updates)?;
                state.composing &= request.updates.is_empty();
                state.caret = request.caret;
            } else if state.updates_since(request.base_rev).is_none() {
                return Err(fail(ErrorCode::OutOfStep));
            }
            stale
        };
        self.applied.notify_waiters();
        // A stale answer also tells a window which of its own updates arrived: they must be on the disk too.
        let saved_at = self.flush().await?;
        let state = self.state();
        if stale {
            let updates = state.updates_since(request.base_rev).ok_or_else(|| fail(ErrorCode::OutOfStep))?;
            return Ok(PushAnswer::Stale { rev: state.rev, updates });
        }
        let accepted = u32::try_from(request.updates.len()).unwrap_or(u32::MAX);
        Ok(PushAnswer::Accepted { rev: request.base_rev.saturating_add(accepted), saved_at })
    }

    fn apply_all(&self, state: &mut State, view: &str, updates: &[ViewUpdate]) -> Result<(), ApiError> {
        let first = state.views.get(view).copied().unwrap_or_default() + 1;
        if updates.iter().zip(first..).any(|(update, expected)| update.view_seq != expected) {
            return Err(fail(ErrorCode::OutOfStep));
        }
        for update in updates {
            let inserted: usize =
                update.splices.iter().map(|splice| splice.insert.encode_utf16().count()).sum();
            let removed: usize =
                update.splices.iter().map(|splice| splice.to.saturating_sub(splice.from) as usize).sum();
            if inserted > TYPED_AT_ONCE {
                let length = self.with_document(state, |document| document.len_utf16())?;
                if (length + inserted).saturating_sub(removed) > MAX_BODY {
                    return Err(fail(ErrorCode::TooLong).with("max", MAX_BODY).with("field", "body"));
                }
            }
            self.apply(state, view, update)?;
        }
        Ok(())
    }

    fn apply(&self, state: &mut State, view: &str, update: &ViewUpdate) -> Result<(), ApiError> {
        let splices: Vec<galley_text::Splice> = update.splices.iter().map(to_text).collect();
        if let Some(done) = self.with_document(state, |document| document.edit(&splices))? {
            state.record(done, view, update.view_seq);
        }
        state.views.insert(view.to_owned(), update.view_seq);
        state.log(view, update.view_seq, update.splices.clone());
        Ok(())
    }

    /// Sets fields of the form as one change, and forgets their drafts with the same commit.
    pub(crate) async fn set_fields(&self, fields: BTreeMap<String, String>) -> Result<Instant, ApiError> {
        {
            let mut state = self.state();
            if state.read_only {
                return Err(fail(ErrorCode::ReadOnly));
            }
            if let Some(update) = self.with_document(&mut state, |document| document.set_meta(&fields))? {
                state.record(update, "", 0);
            }
            for key in fields.into_keys() {
                state.drafts.remove(&key);
                state.settled_drafts.push(key);
            }
        }
        self.applied.notify_waiters();
        self.flush().await
    }

    /// Keeps what is being typed into fields; becomes a change of the document by [`Session::set_fields`].
    pub(crate) async fn draft_fields(&self, fields: BTreeMap<String, String>) -> Result<Instant, ApiError> {
        {
            let mut state = self.state();
            if state.read_only {
                return Err(fail(ErrorCode::ReadOnly));
            }
            state.settled_drafts.retain(|key| !fields.contains_key(key));
            state.drafts.extend(fields.clone());
        }
        self.applied.notify_waiters();
        let at = clock::now();
        self.library.set_drafts(self.id, fields, at).await?;
        Ok(at)
    }

    /// Sets every field that is still a draft.
    pub(crate) async fn settle(&self) -> Result<(), ApiError> {
        let drafts = self.state().drafts.clone();
        if !drafts.is_empty() {
            self.set_fields(drafts).await?;
        }
        self.flush().await.map(drop)
    }

    /// Waits until the update `view_seq` of `view` is in the document.
    pub(crate) async fn wait_applied(&self, view: &str, view_seq: u32) {
        loop {
            let notified = self.applied.notified();
            tokio::pin!(notified);
            // Registered before looking, so that an update between the two is not missed.
            notified.as_mut().enable();
            if view_seq == 0 || self.state().views.get(view).copied().unwrap_or_default() >= view_seq {
                return;
            }
            // A push that failed never arrives; the preview then shows what there is.
            if tokio::time::timeout(std::time::Duration::from_millis(500), notified).await.is_err() {
                return;
            }
        }
    }
}

fn to_text(splice: &Splice) -> galley_text::Splice {
    galley_text::Splice { from: splice.from as usize, to: splice.to as usize, insert: splice.insert.clone() }
}
