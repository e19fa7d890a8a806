//! Versions of an article: when they are made, comparing any two, restoring one as a new edit.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use galley_model::{ArticleId, Content, Meta, RevisionId, Sha256, content_hash};
use galley_store::Revision;
use galley_sync::engine::Fault;
use galley_sync::wire::JudgedText;
use galley_text::diff::{self, RunKind};
use galley_text::{Authored, Document, Have, TextError, Version};
use uuid::Uuid;

use crate::Galley;
use crate::api::{
    ApiError, ChangesSince, CompareRequest, Comparison, DiffRun, ErrorCode, FieldDiff, OpenArticle,
    RevisionRow,
};
use crate::clock;
use crate::error::fail;
use crate::events::Event;
use crate::session::Session;

/// Writing goes on this long before a version is made by itself.
const PAUSE_MS: i64 = 10 * 60 * 1000;

/// An article as it stood at one moment.
pub(crate) struct AsItStands {
    /// As a version that is not kept yet.
    pub(crate) revision: Revision,
    pub(crate) content: Content,
    /// What of each peer is in it.
    pub(crate) have: Have,
}

impl Galley {
    /// The versions of an article, newest first.
    pub async fn revisions(&self, article: ArticleId) -> Result<Vec<RevisionRow>, ApiError> {
        Ok(self.library().revisions(article)?.into_iter().map(row).collect())
    }

    /// Makes a version now, under a name of the writer's own.
    pub async fn name_revision(&self, article: ArticleId, label: String) -> Result<RevisionRow, ApiError> {
        let session = self.open_session(article).await?;
        session.settle().await?;
        self.make_revision(&session, "named", label.trim()).await.map(row)
    }

    /// What differs between two versions, or between a version and the text as it is.
    pub async fn compare(&self, request: CompareRequest) -> Result<Comparison, ApiError> {
        let session = self.open_session(request.article).await?;
        session.settle().await?;
        let before = self.version_of(&session, request.from)?;
        let after = self.version_of(&session, request.to)?;
        let (before_body, before_meta) = read(&session, &before, Document::at)?;
        let (after_body, after_meta) = read(&session, &after, Document::at)?;
        let authored = read(&session, &after, Document::attribution)?;
        let people = self.people_of(session.id)?;
        Ok(difference((&before_body, &before_meta), (&after_body, &after_meta), &authored, &people))
    }

    /// Makes the article read as it did in a version, as a new edit: nothing in between is lost.
    pub async fn restore(&self, article: ArticleId, revision: RevisionId) -> Result<OpenArticle, ApiError> {
        let session = self.open_session(article).await?;
        session.settle().await?;
        let version = self.stored_version(article, revision)?;
        self.make_revision(&session, "restore", "").await?;
        if let Some((rev, updates)) = session.change(|document| document.restore(&version)).await? {
            self.emit(Event::Updates { article, rev, updates });
        }
        self.refresh_projection(&session).await?;
        self.emit(Event::Changed { article: Some(article), lists: true });
        self.open_article(article).await
    }

    pub(crate) async fn make_revision(
        &self,
        session: &Arc<Session>,
        reason: &str,
        label: &str,
    ) -> Result<Revision, ApiError> {
        let revision = self.revision_now(session, reason, label).await?.revision;
        self.keep_revision(session, revision.clone()).await?;
        Ok(revision)
    }

    /// The article as it stands, all of it read at one moment: what is judged is what is named.
    pub(crate) async fn revision_now(
        &self,
        session: &Session,
        reason: &str,
        label: &str,
    ) -> Result<AsItStands, ApiError> {
        let author = self.preferences().await?.author_name;
        let mut state = session.state();
        let content = session.content_of(&mut state)?;
        let revision = Revision {
            id: RevisionId(Uuid::now_v7()),
            article: session.id,
            version: session.version(&mut state)?.as_bytes().to_vec(),
            at: clock::now(),
            reason: reason.to_owned(),
            label: label.to_owned(),
            author,
            words: galley_model::counts::count(&galley_page::plain_text(&content.body)).words,
            headline: content.headline.clone(),
            content_hash: content_hash(&content),
        };
        let have = session.with_document(&mut state, |document| document.have())?;
        Ok(AsItStands { revision, content, have })
    }

    pub(crate) async fn keep_revision(&self, session: &Session, revision: Revision) -> Result<(), ApiError> {
        {
            let mut state = session.state();
            state.changed_since_revision = session.version(&mut state)?.as_bytes() != revision.version;
            state.last_revision_at = revision.at;
        }
        Ok(self.library().add_revision(revision).await?)
    }

    /// The text as the writer finds it, unless the newest version says the same.
    pub(crate) async fn revision_at_opening(&self, session: &Arc<Session>) -> Result<(), ApiError> {
        let newest = self.library().revisions(session.id)?.into_iter().next();
        let content = session.content()?;
        let hash = content_hash(&content);
        if content.body.is_empty() || newest.is_some_and(|newest| newest.content_hash == hash) {
            return Ok(());
        }
        self.make_revision(session, "opened", "").await.map(drop)
    }

    /// A version by itself after a while of writing.
    pub(crate) async fn revision_after_a_while(&self, session: &Arc<Session>) -> Result<(), ApiError> {
        let due = {
            let state = session.state();
            state.changed_since_revision && clock::now().0 - state.last_revision_at.0 >= PAUSE_MS
        };
        if due { self.make_revision(session, "pause", "").await.map(drop) } else { Ok(()) }
    }

    /// What was changed since somebody judged a text of the article: from the text of that hash to the one here. The
    /// text comes from the versions of this computer, else from the newsroom, which keeps what was judged. The answer
    /// names the text it was compared to, for [`Galley::sign_off`].
    ///
    /// # Errors
    /// `revision_missing` when neither has it; `offline` when only the newsroom could say.
    pub async fn difference_since(
        &self,
        article: ArticleId,
        content_hash: Sha256,
    ) -> Result<ChangesSince, ApiError> {
        let session = self.open_session(article).await?;
        session.settle().await?;
        if let Some(from) = self.judged_version(article, content_hash)? {
            let (body, meta) = read(&session, &self.stored_version(article, from)?, Document::at)?;
            let by = self.people_of(article)?;
            return changes_since(&session, (&body, &meta), &by);
        }
        let Some(talk) = self.talk().await? else { return Err(fail(ErrorCode::RevisionMissing)) };
        let path = format!("/articles/{article}/judged/{content_hash}");
        let judged: JudgedText = talk.get(&path).await.map_err(|error| match error {
            Fault::Refused { status: 404 | 405, .. } => fail(ErrorCode::RevisionMissing),
            error => crate::account::fault(error),
        })?;
        changes_since(&session, (&judged.body, &judged.meta), &BTreeMap::new())
    }

    /// The version of this computer that reads as what somebody judged.
    pub(crate) fn judged_version(
        &self,
        article: ArticleId,
        content_hash: Sha256,
    ) -> Result<Option<RevisionId>, ApiError> {
        let kept = self.library().revisions(article)?.into_iter();
        Ok(kept.filter(|kept| kept.content_hash == content_hash).map(|kept| kept.id).next())
    }

    /// Who wrote in the article, by the peers of their sessions.
    fn people_of(&self, article: ArticleId) -> Result<BTreeMap<u64, String>, ApiError> {
        Ok(self.library().sessions(article)?.into_iter().map(|by| (by.peer, by.author)).collect())
    }

    fn version_of(&self, session: &Session, revision: Option<RevisionId>) -> Result<Version, ApiError> {
        match revision {
            Some(revision) => self.stored_version(session.id, revision),
            None => session.version(&mut session.state()),
        }
    }

    fn stored_version(&self, article: ArticleId, revision: RevisionId) -> Result<Version, ApiError> {
        let revision = self.library().revision(revision)?.filter(|revision| revision.article == article);
        Ok(Version::from_bytes(revision.ok_or_else(|| fail(ErrorCode::RevisionMissing))?.version))
    }
}

/// Reads a version of an article that is open.
fn read<T>(
    session: &Session,
    version: &Version,
    read: impl Fn(&Document, &Version) -> Result<T, TextError>,
) -> Result<T, ApiError> {
    let mut state = session.state();
    session.with_document(&mut state, |document| read(document, version))
}

/// What differs between a text and the one that is open, and which that is: read at once, so that they are the same.
fn changes_since(
    session: &Session,
    before: (&str, &Meta),
    people: &BTreeMap<u64, String>,
) -> Result<ChangesSince, ApiError> {
    let mut state = session.state();
    let (body, meta) = session.text(&mut state)?;
    let version = session.version(&mut state)?;
    let authored = session.with_document(&mut state, |document| document.attribution(&version))?;
    drop(state);
    Ok(ChangesSince {
        comparison: difference(before, (&body, &meta), &authored, people),
        content_hash: content_hash(&Content::from_parts(&body, &meta)),
    })
}

/// What differs between two texts with their facts; `authored` says who wrote what of the second.
pub(crate) fn difference(
    before: (&str, &Meta),
    after: (&str, &Meta),
    authored: &[Authored],
    people: &BTreeMap<u64, String>,
) -> Comparison {
    let body = diff::runs(before.0, after.0, authored)
        .into_iter()
        .map(|run| DiffRun {
            kind: kind(run.kind).to_owned(),
            text: run.text,
            author: run.peer.and_then(|peer| people.get(&peer).cloned()).unwrap_or_default(),
        })
        .collect();
    Comparison { body, fields: field_diffs(before.1, after.1) }
}

fn kind(kind: RunKind) -> &'static str {
    match kind {
        RunKind::Same => "same",
        RunKind::Deleted => "deleted",
        RunKind::Inserted => "inserted",
    }
}

fn row(revision: Revision) -> RevisionRow {
    RevisionRow {
        id: revision.id,
        at: revision.at,
        reason: revision.reason,
        label: revision.label,
        author: revision.author,
        words: revision.words,
        headline: revision.headline,
    }
}

/// The facts that differ and that a reader of the comparison understands: places in lists are left out.
fn field_diffs(before: &Meta, after: &Meta) -> Vec<FieldDiff> {
    let keys: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    let text = |meta: &Meta, key: &str| meta.get(key).cloned().unwrap_or_default();
    keys.into_iter()
        .filter(|key| !key.ends_with("/order"))
        .map(|key| FieldDiff { key: key.clone(), before: text(before, key), after: text(after, key) })
        .filter(|diff| diff.before != diff.after)
        .collect()
}
