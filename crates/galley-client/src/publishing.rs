//! The newsroom inside: asking it to publish, and serving its site on this computer.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use galley_model::site::SiteSettings;
use galley_model::workflow::{IntentId, IntentKind, Publication as Axis};
use galley_model::{ArticleId, Content, Rendition, Sha256, content_hash};
use galley_newsroom::{
    ArticleAuthority, Ask, NewsroomError, PhotoSource, Renditions, Served, SiteSearch, SiteServer,
};
use galley_store::{Library, List, Publication};
use galley_sync::wire::Standing;
use uuid::Uuid;

use crate::Galley;
use crate::api::{ApiError, Authority, ErrorCode, ListName, Notice, PublishRequest};
use crate::clock;
use crate::error::fail;
use crate::events::Event;
use crate::session::Session;

/// The site as it is served now.
#[derive(Default)]
pub(crate) struct Site {
    served: Option<Served>,
}

/// The port the site was served on last, so that an address keeps working.
const PORT: &str = "site_port";
/// How an address begins that only this computer has.
const LOOPBACK: &str = "http://127.0.0.1:";

/// Photos of the library, for the site.
struct LibraryPhotos(Library, Arc<Renditions>);

impl PhotoSource for LibraryPhotos {
    fn open(&self, sha256: Sha256) -> io::Result<Vec<u8>> {
        self.0.media().read(sha256).map(|(_, bytes)| bytes).map_err(io::Error::other)
    }

    fn rendition(&self, rendition: Rendition) -> io::Result<Vec<u8>> {
        self.1.get(rendition, || self.open(rendition.sha256))
    }

    fn has(&self, sha256: Sha256) -> bool {
        self.0.media().has(sha256)
    }
}

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
    /// `disk_full`, `template`. The draft is as it was in every case.
    pub async fn publish(&self, request: PublishRequest) -> Result<Authority, ApiError> {
        let session = self.open_session(request.article).await?;
        session.settle().await?;
        self.refuse_in_trash(request.article)?;
        let intent =
            request.intent.parse().map_err(|error| crate::error::internal("the intent's name", error))?;
        let (revision, content) = self.revision_now(&session, "publish", "").await?;
        if self.is_the_servers(request.article)? {
            let (content_hash, page_hash) = (content_hash(&content), request.page_hash);
            let kind = IntentKind::Publish { content_hash, page_hash, correction: request.correction };
            self.ask_server(request.article, kind, intent).await?;
            self.keep_revision(&session, revision).await?;
            return self.authority(&session).await;
        }
        let ask = self.ask(request.article, intent).await?;
        self.refuse_what_lacks(&session, &content).await?;
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
        self.newsroom().put_back(&ask).await?;
        self.after_publication(&session).await
    }

    /// Writes the whole site again, into its folder or a new one where that vanished.
    pub async fn rebuild_site(&self) -> Result<(), ApiError> {
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
        let site = self.site_address().await.unwrap_or_default();
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

    /// Opens the site folder, completes what a crash left half done, and serves the folder on this computer.
    /// Whatever goes wrong is told and keeps nobody from writing.
    pub(crate) async fn start_site(&self) {
        if let Err(error) = self.open_site_folder().await {
            tracing::warn!(?error, "the site folder cannot be used");
            self.tell(Notice::new("site_folder").with("folder", &self.site_folder_now().await));
        }
        match self.serve_site().await {
            Ok(()) => {}
            Err(error) => {
                tracing::warn!(?error, "the site is not served");
                let detail = error.values.get("detail").cloned().unwrap_or_default();
                self.tell(Notice::new("site_not_served").with("detail", &detail));
            }
        }
        let galley = self.clone();
        tokio::spawn(async move {
            if let Err(error) = galley.newsroom().work(clock::now()).await {
                tracing::warn!(%error, "what waits for the site could not be written");
            }
        });
    }

    pub(crate) async fn stop_site(&self) {
        if let Some(served) = self.site().lock().await.served.take() {
            served.stop().await;
        }
        self.newsroom().close().await;
    }

    /// The address the site is served at.
    pub(crate) async fn site_address(&self) -> Option<String> {
        self.site().lock().await.served.as_ref().map(Served::base_url)
    }

    /// Publishes to another folder from now on; what is live is written there.
    pub(crate) async fn move_site(&self, folder: &str) -> Result<(), ApiError> {
        let folder = self.site_folder(folder);
        if !folder.is_absolute() {
            return Err(fail(ErrorCode::InvalidSetting).with("field", "site_folder"));
        }
        let photos = Arc::new(LibraryPhotos(self.library().clone(), self.renditions()));
        let report = self.newsroom().open_site(&folder, photos, clock::now()).await?;
        if let Some(problem) = report.problem {
            return Err(NewsroomError::Site(problem).into());
        }
        self.newsroom().work(clock::now()).await?;
        if let Some(served) = self.site().lock().await.served.take() {
            served.stop().await;
        }
        self.serve_folder(folder).await
    }

    async fn open_site_folder(&self) -> Result<(), ApiError> {
        let folder = self.site_folder(&self.preferences().await?.site_folder);
        let photos = Arc::new(LibraryPhotos(self.library().clone(), self.renditions()));
        let report = self.newsroom().open_site(&folder, photos, clock::now()).await?;
        match report.problem {
            Some(problem) => Err(NewsroomError::Site(problem).into()),
            None => Ok(()),
        }
    }

    async fn serve_site(&self) -> Result<(), ApiError> {
        let folder = self.site_folder(&self.preferences().await?.site_folder);
        self.serve_folder(folder).await
    }

    async fn serve_folder(&self, folder: PathBuf) -> Result<(), ApiError> {
        let preferred = self.library().setting(PORT)?.and_then(|port| port.parse().ok()).unwrap_or_default();
        self.newsroom().tell_departures().await?;
        let server = SiteServer::telling(&folder, self.newsroom().told().clone());
        server.set_search(SiteSearch::of(self.newsroom()));
        let served = galley_newsroom::serve_routes(server.router(), preferred)
            .await
            .map_err(|error| crate::error::internal("serving the site", error))?;
        let (port, base_url) = (served.addr.port(), served.base_url());
        self.library().set_setting(PORT, &port.to_string()).await?;
        self.site().lock().await.served = Some(served);
        let (version, settings) = self.newsroom().settings().await?;
        let fresh = version <= 1 && settings.base_url.is_empty();
        // Another port than last time, and nobody set an address of the site's own.
        let moved = settings.base_url.starts_with(LOOPBACK) && settings.base_url != base_url;
        if fresh || moved {
            let settings = if fresh { SiteSettings::for_language(&self.first_language()) } else { settings };
            let settings = SiteSettings { base_url, ..settings };
            let (_, settings) = self.newsroom().save_settings(version, settings, clock::now()).await?;
            self.theme_renamed(&settings.theme);
            self.follow_theme().await;
        }
        Ok(())
    }

    fn site_folder(&self, preferred: &str) -> PathBuf {
        match preferred.trim() {
            "" => self.options().data_dir.join("site"),
            folder => PathBuf::from(folder),
        }
    }

    async fn site_folder_now(&self) -> String {
        let preferred =
            self.preferences().await.map(|preferences| preferences.site_folder).unwrap_or_default();
        self.site_folder(&preferred).display().to_string()
    }

    async fn after_publication(&self, session: &Arc<Session>) -> Result<Authority, ApiError> {
        let said = self.newsroom().authority(session.id).await?;
        let content = session.content()?;
        let version = session.version(&mut session.state())?;
        let state = publication(&said, &content);
        let live_version = if said.is_live { version.as_bytes().to_vec() } else { Vec::new() };
        self.library().set_publication(session.id, state, live_version).await?;
        let list = if said.is_live { ListName::Published } else { ListName::Drafts };
        session.state().projection_due = true;
        self.refresh_projection(session).await?;
        self.move_to(session.id, list).await?;
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
        Axis::TakenDown | Axis::Retracted => Publication::TakenDown,
    }
}

/// A failure of writing the site, from its record.
fn site_failure(code: &str, place: &str, detail: &str) -> ApiError {
    let code = match code {
        "disk_full" => ErrorCode::DiskFull,
        "site_folder" => ErrorCode::SiteFolder,
        "template" => ErrorCode::Template,
        "photo" => ErrorCode::PhotoUnreadable,
        _ => ErrorCode::Internal,
    };
    fail(code).with("folder", place).with("detail", detail)
}
