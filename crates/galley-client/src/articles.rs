//! Lists, search, and the life of an article before it is published.

use galley_model::meta::{contributor_key, field};
use galley_model::{ArticleId, ContributorId};
use galley_store::{Damage, List, Publication};
use uuid::Uuid;

use crate::Galley;
use crate::api::{
    ApiError, ArticleRows, ErrorCode, FieldsRequest, ListName, ListRequest, Notice, OpenArticle,
    PublicationState, PushAnswer, PushRequest, Saved, SearchRequest,
};
use crate::clock;
use crate::error::fail;
use crate::events::Event;
use crate::session::Opened;

impl Galley {
    /// Rows of a list, newest first.
    pub async fn list_articles(&self, request: ListRequest) -> Result<ArticleRows, ApiError> {
        let list = List::from(request.list);
        let rows = self.library().list(list, request.offset, request.limit.min(200))?;
        let counts = self.library().counts()?;
        let total = counts.into_iter().find(|(name, _)| *name == list).map_or(0, |(_, count)| count);
        let rows = self.rows(rows)?;
        Ok(ArticleRows { total, more: false, rows })
    }

    /// Articles that hold every word of the query, newest first.
    pub async fn search_articles(&self, request: SearchRequest) -> Result<ArticleRows, ApiError> {
        let library = self.library().clone();
        let found = tokio::task::spawn_blocking(move || {
            library.search(&request.query, request.offset, request.limit.min(200))
        });
        let found = found.await.map_err(|error| crate::error::internal("searching", error))??;
        Ok(ArticleRows { total: found.total, more: found.more, rows: self.rows(found.rows)? })
    }

    /// A new draft, with the writer's own name, role and source filled in.
    pub async fn create_article(&self) -> Result<OpenArticle, ApiError> {
        let id = ArticleId(Uuid::now_v7());
        self.library().create_article(id, clock::now()).await?;
        self.library().set_setting("newcomer", "0").await?;
        let preferences = self.preferences().await?;
        let (session, _) = self.session(id).await?;
        let mut fields = std::collections::BTreeMap::new();
        if !preferences.default_source.is_empty() {
            fields.insert(field::SOURCE.to_owned(), preferences.default_source);
        }
        if !preferences.author_name.is_empty() {
            let contributor = ContributorId(Uuid::now_v7());
            fields.insert(contributor_key(contributor, "name"), preferences.author_name);
            fields.insert(contributor_key(contributor, "role"), preferences.author_role);
            fields.insert(contributor_key(contributor, "order"), galley_model::order::between(None, None));
        }
        session.set_fields(fields).await?;
        self.emit(Event::Changed { article: Some(id), lists: true });
        self.open_article(id).await
    }

    /// Opens an article for the editor, and remembers it for the next start.
    pub async fn open_article(&self, id: ArticleId) -> Result<OpenArticle, ApiError> {
        let (session, opened) = self.session(id).await?;
        // Opened again, as at each start and with each refresh, it is remembered already.
        if self.library().setting("last_article")?.as_deref() != Some(&id.to_string()) {
            self.library().set_setting("last_article", &id.to_string()).await?;
        }
        let list = ListName::from(self.library().list_row(id)?.list);
        let Opened { composition, caret, scroll, damage } = match opened {
            Some(opened) => {
                self.revision_at_opening(&session).await?;
                opened
            }
            None => {
                let stored = self.library().load(id)?;
                let caret = session.state().caret;
                Opened {
                    composition: stored.composition,
                    caret,
                    scroll: stored.scroll,
                    damage: stored.damage,
                }
            }
        };
        let authority = self.authority(&session).await?;
        let is_servers = self.is_the_servers(id)?;
        self.fetch_photos_of(id);
        let mut state = session.state();
        state.read_only = list == ListName::Trash;
        let (body, meta) = session.text(&mut state)?;
        let length = u32::try_from(body.encode_utf16().count()).unwrap_or(u32::MAX);
        Ok(OpenArticle {
            id,
            rev: state.rev,
            body,
            meta,
            unfinished_composition: composition,
            caret: caret.min(length),
            scroll,
            saved_at: state.saved_at,
            list,
            authority,
            is_servers,
            read_only: state.read_only,
            notices: damage.into_iter().filter_map(damage_notice).collect(),
        })
    }

    /// The window left the article: what is still a draft of a field is set, and a snapshot is written.
    pub async fn close_article(&self, id: ArticleId) -> Result<(), ApiError> {
        let session = self.sessions().get(&id).cloned();
        if let Some(session) = session {
            session.settle().await?;
            self.refresh_projection(&session).await?;
            session.fold(1).await?;
        }
        Ok(())
    }

    /// Takes what was typed.
    pub async fn push_edits(&self, request: PushRequest) -> Result<PushAnswer, ApiError> {
        let answer = self.open_session(request.article).await?.push(request).await;
        self.sync_soon();
        answer
    }

    /// Keeps what is being typed into fields.
    pub async fn draft_fields(&self, request: FieldsRequest) -> Result<Saved, ApiError> {
        check_lengths(&request)?;
        let saved_at = self.open_session(request.article).await?.draft_fields(request.fields).await?;
        Ok(Saved { saved_at })
    }

    /// Sets fields of the form.
    pub async fn set_fields(&self, request: FieldsRequest) -> Result<Saved, ApiError> {
        check_lengths(&request)?;
        let saved_at = self.open_session(request.article).await?.set_fields(request.fields).await?;
        self.sync_soon();
        Ok(Saved { saved_at })
    }

    /// Keeps what an input method is composing, in case it is cut off; empty forgets it.
    pub async fn draft_composition(&self, article: ArticleId, text: String) -> Result<Saved, ApiError> {
        let saved_at = clock::now();
        if let Some(session) = self.open_already(article) {
            session.state().composing = !text.is_empty();
        }
        self.library().set_composition(article, text, saved_at).await?;
        Ok(Saved { saved_at })
    }

    /// Remembers caret and scroll.
    pub async fn save_view(&self, article: ArticleId, caret: u32, scroll: u32) -> Result<(), ApiError> {
        let session = self.sessions().get(&article).cloned();
        if let Some(session) = session {
            session.state().caret = caret;
        }
        Ok(self.library().save_view_state(article, caret, scroll).await?)
    }

    /// Moves a draft to the trash.
    pub async fn trash(&self, article: ArticleId) -> Result<(), ApiError> {
        let session = self.sessions().get(&article).cloned();
        if let Some(session) = session {
            session.settle().await?;
        }
        if self.open_session(article).await.is_ok() && self.is_live(article).await? {
            return Err(fail(ErrorCode::NotReady).with("reason", "live"));
        }
        self.move_to(article, ListName::Trash).await
    }

    /// Takes an article out of the trash, into the list where it belongs.
    pub async fn put_back_from_trash(&self, article: ArticleId) -> Result<(), ApiError> {
        self.move_to(article, self.list_by_standing(article)?.into()).await
    }

    /// Deletes an article in the trash for good. There is no way back.
    pub async fn delete_for_good(&self, article: ArticleId) -> Result<(), ApiError> {
        if self.library().list_row(article)?.list != List::Trash {
            return Err(fail(ErrorCode::NotReady).with("reason", "not_in_trash"));
        }
        self.sessions().remove(&article);
        self.library().delete_article(article, clock::now()).await?;
        self.emit(Event::Changed { article: Some(article), lists: true });
        Ok(())
    }

    pub(crate) async fn move_to(&self, article: ArticleId, list: ListName) -> Result<(), ApiError> {
        self.library().set_list(article, list.into()).await?;
        if let Some(session) = self.sessions().get(&article) {
            session.state().read_only = list == ListName::Trash;
        }
        self.emit(Event::Changed { article: Some(article), lists: true });
        Ok(())
    }
}

/// Longest text of a field, characters: far above any use, so that only a paste gone wrong meets it.
const MAX_FIELD: usize = 20_000;

fn check_lengths(request: &FieldsRequest) -> Result<(), ApiError> {
    match request.fields.iter().find(|(_, text)| text.chars().count() > MAX_FIELD) {
        Some((key, _)) => Err(fail(ErrorCode::TooLong).with("max", MAX_FIELD).with("field", key)),
        None => Ok(()),
    }
}

/// Tells of rows that no source held any more; what was repaired needs no word.
fn damage_notice(damage: Damage) -> Option<Notice> {
    let lost = damage.lost.len();
    (lost > 0).then(|| Notice::new("article_damaged").with("lost", &lost.to_string()))
}

impl From<Publication> for PublicationState {
    fn from(state: Publication) -> Self {
        match state {
            Publication::None => Self::None,
            Publication::Sending => Self::Sending,
            Publication::Live => Self::Live,
            Publication::LiveChanged => Self::LiveChanged,
            Publication::Failed => Self::Failed,
            Publication::TakenDown => Self::TakenDown,
            Publication::Retracted => Self::Retracted,
        }
    }
}
