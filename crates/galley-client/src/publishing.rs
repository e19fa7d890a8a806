//! The newsroom inside: asking it to publish. Not here: where its site lies (`site_place`).

use std::sync::Arc;

use galley_model::workflow::{IntentId, IntentKind, Publication as Axis};
use galley_model::{ArticleId, Content, content_hash};
use galley_newsroom::{ArticleAuthority, Ask};
use galley_store::{List, Publication};
use galley_sync::wire::Standing;
use uuid::Uuid;

use crate::Galley;
use crate::api::{ApiError, Authority, ErrorCode, PublishRequest};
use crate::clock;
use crate::error::{fail, store_problem};
use crate::events::Event;
use crate::history::AsItStands;
use crate::lists::list_of_own;
use crate::session::Session;

impl Galley {
    /// Sets the responsible editor; an empty name takes it away.
    pub async fn assign_responsible_editor(
        &self,
        article: ArticleId,
        name: String,
    ) -> Result<Authority, ApiError> {
        let session = self.open_session(article).await?;
        if self.is_the_servers(article)? {
            let kind = IntentKind::AssignResponsibleEditor { name };
            self.ask_server(article, kind, Uuid::now_v7()).await?;
            return self.authority(&session).await;
        }
        let ask = self.ask(article, Uuid::now_v7()).await?;
        self.newsroom().assign_responsible_editor(&ask, &name).await?;
        self.authority_moved(article);
        self.authority(&session).await
    }

    /// Publishes what was previewed, or publishes it again after an edit.
    ///
    /// # Errors
    /// `page_changed` when the page is not the one that was previewed, `not_ready`, `slug_taken`, `site_folder`,
    /// `site_store`, `disk_full`, `template`. The draft is as it was in every case.
    pub async fn publish(&self, request: PublishRequest) -> Result<Authority, ApiError> {
        let session = self.open_session(request.article).await?;
        session.settle().await?;
        self.refuse_in_trash(request.article)?;
        let intent =
            request.intent.parse().map_err(|error| crate::error::internal("the intent's name", error))?;
        let AsItStands { revision, content, .. } = self.revision_now(&session, "publish", "").await?;
        if self.is_the_servers(request.article)? {
            let (content_hash, page_hash) = (content_hash(&content), request.page_hash);
            let kind = IntentKind::Publish { content_hash, page_hash, correction: request.correction };
            self.ask_server(request.article, kind, intent).await?;
            self.keep_revision(&session, revision).await?;
            return self.authority(&session).await;
        }
        let ask = self.ask(request.article, intent).await?;
        self.refuse_what_lacks(&session, &content).await?;
        self.site_opened().await?;
        self.newsroom().publish_with(&ask, &content, request.page_hash, request.correction).await?;
        // Named a publication only once it is one, and without what was typed meanwhile.
        self.keep_revision(&session, revision).await?;
        self.after_publication(&session).await
    }

    /// Takes the page down; the draft and its history stay.
    pub async fn take_down(&self, article: ArticleId, reason: String) -> Result<Authority, ApiError> {
        let session = self.open_session(article).await?;
        if self.is_the_servers(article)? {
            self.ask_server(article, IntentKind::TakeDown { reason }, Uuid::now_v7()).await?;
            return self.authority(&session).await;
        }
        let ask = self.ask(article, Uuid::now_v7()).await?;
        self.site_opened().await?;
        self.newsroom().take_down(&ask, &reason).await?;
        self.after_publication(&session).await
    }

    /// 声明撤稿: a public notice takes the place of the page, for good.
    pub async fn retract(
        &self,
        article: ArticleId,
        reason: String,
        notice: String,
    ) -> Result<Authority, ApiError> {
        let session = self.open_session(article).await?;
        if self.is_the_servers(article)? {
            self.ask_server(article, IntentKind::Retract { reason, notice }, Uuid::now_v7()).await?;
            return self.authority(&session).await;
        }
        let ask = self.ask(article, Uuid::now_v7()).await?;
        self.site_opened().await?;
        self.newsroom().retract(&ask, &reason, &notice).await?;
        self.after_publication(&session).await
    }

    /// Puts the page back as it was when it was taken down.
    pub async fn put_back(&self, article: ArticleId) -> Result<Authority, ApiError> {
        let session = self.open_session(article).await?;
        self.refuse_in_trash(article)?;
        if self.is_the_servers(article)? {
            self.ask_server(article, IntentKind::PutBack, Uuid::now_v7()).await?;
            return self.authority(&session).await;
        }
        let ask = self.ask(article, Uuid::now_v7()).await?;
        self.site_opened().await?;
        self.newsroom().put_back(&ask).await?;
        self.after_publication(&session).await
    }

    /// Writes the whole site again, into its folder or a new one where that vanished.
    pub async fn rebuild_site(&self) -> Result<(), ApiError> {
        self.site_opened().await?;
        self.newsroom().rebuild_site(clock::now()).await?;
        self.frame_moved();
        Ok(())
    }

    /// What the newsroom says of an open article.
    pub(crate) async fn authority(&self, session: &Session) -> Result<Authority, ApiError> {
        if let Some(said) = self.servers_word(session.id)? {
            return Ok(said);
        }
        let said = self.newsroom().authority(session.id).await?;
        let content = session.content()?;
        let site = self.readers_address().await?;
        Ok(Authority {
            responsible_editor: said.responsible_editor.clone(),
            publication: publication(&said, &content).into(),
            address: said.address.as_ref().map(|path| format!("{site}{path}")),
            published_at: said.published_at,
            modified_at: said.modified_at.or(said.published_at),
            failure: said.failure.map(|failure| site_failure(&failure.code, &failure.place, &failure.detail)),
        })
    }

    /// What the server said last of an article of its own.
    fn servers_word(&self, article: ArticleId) -> Result<Option<Authority>, ApiError> {
        if !self.is_the_servers(article)? {
            return Ok(None);
        }
        let json = self.library().article_sync(article)?.standing;
        let Ok(said) = serde_json::from_str::<Standing>(&json) else { return Ok(Some(Authority::default())) };
        let on_site = said.publication;
        // A server that was not told its public address names the page by its path.
        let server = self.library().account()?.map(|account| account.server).unwrap_or_default();
        let whole =
            |address: String| if address.starts_with('/') { format!("{server}{address}") } else { address };
        Ok(Some(Authority {
            responsible_editor: said.responsible_editor,
            publication: self.library().list_row(article)?.publication.into(),
            address: on_site.address.map(whole),
            published_at: on_site.published_at,
            modified_at: on_site.modified_at.or(on_site.published_at),
            failure: on_site.failure.map(|code| site_failure(&code, "", "")),
        }))
    }

    /// Whether readers have the article now.
    pub(crate) async fn is_live(&self, article: ArticleId) -> Result<bool, ApiError> {
        if self.is_the_servers(article)? {
            let said = self.library().article_sync(article)?.standing;
            return Ok(serde_json::from_str::<Standing>(&said).is_ok_and(|said| said.publication.is_live));
        }
        Ok(self.newsroom().authority(article).await?.is_live)
    }

    /// How the publication stands beside what the draft says now.
    pub(crate) async fn publication_of(
        &self,
        session: &Session,
        content: &Content,
    ) -> Result<Option<Publication>, ApiError> {
        if self.is_the_servers(session.id)? {
            // The standing says it.
            return Ok(None);
        }
        Ok(Some(publication(&self.newsroom().authority(session.id).await?, content)))
    }

    async fn after_publication(&self, session: &Arc<Session>) -> Result<Authority, ApiError> {
        let said = self.newsroom().authority(session.id).await?;
        let content = session.content()?;
        let version = session.version(&mut session.state())?;
        let state = publication(&said, &content);
        let live_version = if said.is_live { version.as_bytes().to_vec() } else { Vec::new() };
        self.library().set_publication(session.id, state, live_version).await?;
        let list = if said.is_live { List::Published } else { list_of_own(state) };
        session.state().projection_due = true;
        self.refresh_projection(session).await?;
        self.move_to(session.id, list.into()).await?;
        // The neighbours of this article changed theirs.
        self.frame_moved();
        self.emit(Event::Changed { article: Some(session.id), lists: true });
        self.authority(session).await
    }

    /// The hard problems that the window shows beside the article; the newsroom's own guards come on top.
    async fn refuse_what_lacks(&self, session: &Session, content: &Content) -> Result<(), ApiError> {
        let basis = self.basis(session).await?;
        let hard: Vec<String> = crate::projection::problems(content, &basis)
            .into_iter()
            .filter(|problem| problem.hard)
            .map(|problem| problem.code)
            .collect();
        if hard.is_empty() { Ok(()) } else { Err(fail(ErrorCode::NotReady).with("reason", hard.join(" "))) }
    }

    fn refuse_in_trash(&self, article: ArticleId) -> Result<(), ApiError> {
        match self.library().list_row(article)?.list {
            List::Trash => Err(fail(ErrorCode::NotReady).with("reason", "in_trash")),
            _ => Ok(()),
        }
    }

    async fn ask(&self, article: ArticleId, intent: Uuid) -> Result<Ask, ApiError> {
        let name = self.preferences().await?.author_name;
        Ok(Ask {
            intent: IntentId(intent),
            article,
            actor: self.newsroom().local_actor(&name),
            at: clock::now(),
        })
    }
}

/// The publication axis as the lists show it: live, but no longer what the draft says, is a state of its own.
fn publication(said: &ArticleAuthority, content: &Content) -> Publication {
    let changed = said.live_content_hash.is_some_and(|live| live != content_hash(content));
    match said.publication {
        Axis::None | Axis::Scheduled => Publication::None,
        Axis::Sending => Publication::Sending,
        Axis::Failed | Axis::Unknown => Publication::Failed,
        Axis::Live if changed => Publication::LiveChanged,
        Axis::Live => Publication::Live,
        Axis::TakenDown => Publication::TakenDown,
        Axis::Retracted => Publication::Retracted,
    }
}

/// A failure of writing the site, from its record.
fn site_failure(code: &str, place: &str, detail: &str) -> ApiError {
    if let Some(problem) = code.strip_prefix("site_store_") {
        return store_problem(problem, place).with("detail", detail);
    }
    let code = match code {
        "disk_full" => ErrorCode::DiskFull,
        "site_folder" => ErrorCode::SiteFolder,
        "template" => ErrorCode::Template,
        "photo" => ErrorCode::PhotoUnreadable,
        _ => ErrorCode::Internal,
    };
    fail(code).with("folder", place).with("detail", detail)
}
