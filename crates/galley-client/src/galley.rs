//! The core as a whole: the library, the newsroom inside, the open articles, and the work between keystrokes.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use galley_model::ArticleId;
use galley_newsroom::{Newsroom, Renditions};
use galley_store::{Library, List};

use crate::api::{ApiError, ListCount, ListName, ListRequest, Notice, StartState, SyncState};
use crate::clock;
use crate::events::Event;
use crate::session::{Opened, Session};
use crate::sync::{Running, Wiring};

/// How to open Galley.
#[derive(Clone, Debug)]
pub struct OpenOptions {
    /// Where the library lives; made when it is not there.
    pub data_dir: PathBuf,
    /// The language asked for (`zh-Hans` or `en`), or none to follow the preferences and then the system.
    pub language: Option<String>,
    /// The system's language, BCP 47 or POSIX.
    pub system_language: String,
}

/// One running Galley over one library. Cheap to clone; every command of the window is a method.
#[derive(Clone)]
pub struct Galley(Arc<Inner>);

pub(crate) struct Inner {
    options: OpenOptions,
    library: Library,
    renditions: Arc<Renditions>,
    newsroom: Newsroom,
    events: Box<dyn Fn(Event) + Send + Sync>,
    sessions: Mutex<BTreeMap<ArticleId, Arc<Session>>>,
    /// One article is opened at a time, so that no article gets two documents.
    pub(crate) opening: Arc<tokio::sync::Mutex<()>>,
    notices: Mutex<Vec<Notice>>,
    site: tokio::sync::Mutex<crate::site_place::Site>,
    /// Held while the site moves, and while the preferences that say where it lies are read to open it.
    pub(crate) moving_site: tokio::sync::Mutex<()>,
    /// Whether the bucket of the site was opened in this run; whoever holds it opens it.
    pub(crate) store_open: tokio::sync::Mutex<bool>,
    theme: Mutex<crate::theme::Theme>,
    /// Held while the theme's folder is read and what lies in it is taken.
    pub(crate) following_theme: tokio::sync::Mutex<()>,
    /// What pages of the server are made with.
    servers_templates: Mutex<Option<Arc<galley_page::Templates>>>,
    /// The window has asked for the start state: later notices go by event.
    started: AtomicBool,
    pub(crate) wiring: Wiring,
    pub(crate) sync: Mutex<Option<Running>>,
    pub(crate) sync_state: Mutex<SyncState>,
    /// Whoever holds it fetches a photo.
    pub(crate) fetching: tokio::sync::Mutex<()>,
}

/// Rows of a list that the window reads at a time.
const FIRST_ROWS: u32 = 100;
/// Articles kept in memory after the window left them.
const KEPT_SESSIONS: usize = 6;
/// Rows of journal after which a snapshot is written while the writer goes on.
const FOLD_AT: usize = 400;
/// How long the day's backup leaves the disk to the window that starts: a large library is copied for a minute.
const FIRST_BACKUP: Duration = Duration::from_secs(10);
/// How long list text, counts and search may lag behind.
const HOUSEKEEPING: Duration = Duration::from_millis(500);

impl Galley {
    /// Opens the library and the newsroom inside it, and starts serving the site of this computer.
    ///
    /// # Errors
    /// `library_in_use`, `library_too_new`, `library_damaged`, `read_only`, `disk_full`.
    pub async fn open(
        options: OpenOptions,
        events: impl Fn(Event) + Send + Sync + 'static,
    ) -> Result<Self, ApiError> {
        Self::open_with(options, Wiring::default(), events).await
    }

    /// Like [`Galley::open`], with another way to servers.
    pub async fn open_with(
        options: OpenOptions,
        wiring: Wiring,
        events: impl Fn(Event) + Send + Sync + 'static,
    ) -> Result<Self, ApiError> {
        crate::limits::answer_instead_of_ending();
        let data_dir = options.data_dir.clone();
        let opened = tokio::task::spawn_blocking(move || Library::open(&data_dir, clock::now())).await;
        let (library, report) =
            opened.map_err(|error| crate::error::internal("opening the library", error))??;
        let newsroom = Newsroom::open(&options.data_dir, clock::now()).await?;
        let galley = Self(Arc::new(Inner {
            renditions: Arc::new(Renditions::new(library.folder().join("renditions"))),
            library,
            newsroom,
            events: Box::new(events),
            sessions: Mutex::default(),
            opening: Arc::default(),
            notices: Mutex::new(crate::projection::notices_of(&report)),
            site: tokio::sync::Mutex::default(),
            moving_site: tokio::sync::Mutex::default(),
            store_open: tokio::sync::Mutex::default(),
            following_theme: tokio::sync::Mutex::default(),
            theme: Mutex::default(),
            servers_templates: Mutex::default(),
            started: AtomicBool::new(false),
            wiring,
            sync: Mutex::default(),
            sync_state: Mutex::default(),
            fetching: tokio::sync::Mutex::default(),
            options,
        }));
        let raised = Arc::downgrade(&galley.0);
        galley.library().on_raise(move || {
            if let Some(inner) = raised.upgrade() {
                (inner.events)(Event::Raise {});
            }
        });
        if let Some(recovery) = galley.newsroom().recovery() {
            galley.tell(
                Notice::new("newsroom_restored").with("folder", &recovery.set_aside.display().to_string()),
            );
        }
        if report.created {
            galley.fill_new_library().await?;
        }
        galley.follow_theme().await;
        if galley.0.wiring.serves_site {
            galley.start_site().await;
        }
        tokio::spawn(housekeeping(Arc::downgrade(&galley.0), report.unclean));
        tokio::spawn(backups(Arc::downgrade(&galley.0)));
        galley.resume_sync().await;
        Ok(galley)
    }

    /// Whether another Galley has the library in `data_dir` open; it was asked to show its window then.
    pub fn is_held(data_dir: &std::path::Path) -> bool {
        Library::is_held(data_dir)
    }

    /// Everything the window needs to draw itself, in one answer: each question more is a turn of the window.
    pub async fn start(&self) -> Result<StartState, ApiError> {
        let preferences = self.preferences().await?;
        self.0.started.store(true, Ordering::SeqCst);
        let last_article = self.library().setting("last_article")?.and_then(|id| id.parse().ok());
        // Why it cannot be opened is told when the window asks for it by name.
        let article = match last_article {
            Some(last) => self.open_article(last).await.ok(),
            None => None,
        };
        let rows =
            self.list_articles(ListRequest { list: ListName::Drafts, offset: 0, limit: FIRST_ROWS }).await?;
        let notices = std::mem::take(&mut *self.notices());
        Ok(StartState {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            language: self.language(&preferences.language),
            preferences,
            data_dir: self.0.options.data_dir.display().to_string(),
            lists: self.list_counts()?,
            rows,
            settings: self.site_settings().await.ok(),
            server_settings: self.server_settings().ok().flatten(),
            last_article,
            article,
            newcomer: self.library().setting("newcomer")?.as_deref() == Some("1"),
            notices,
            site_address: self.site_address().await,
        })
    }

    /// Writes what waits, leaves a snapshot of what was open, and marks the exit as clean.
    ///
    /// # Errors
    /// `disk_full`, `read_only`: something that was typed is not on the disk. Nothing was closed then, the window
    /// was told, and the work can go on.
    pub async fn close(&self) -> Result<(), ApiError> {
        drop(self.running().take());
        let sessions: Vec<_> = self.sessions().values().cloned().collect();
        for session in &sessions {
            if let Err(error) = session.settle().await {
                self.tell(Notice::new("not_saved_at_exit"));
                return Err(error);
            }
        }
        for session in &sessions {
            // What the next start would make up for.
            let tidied = async {
                self.refresh_projection(session).await?;
                session.fold(1).await
            };
            if let Err(error) = tidied.await {
                tracing::warn!(article = %session.id, ?error, "an article was left with its journal");
            }
        }
        self.stop_site().await;
        let library = self.library().clone();
        tokio::task::spawn_blocking(move || library.close())
            .await
            .map_err(|error| crate::error::internal("closing the library", error))??;
        Ok(())
    }

    /// Whether anyone still works with this Galley.
    #[cfg(test)]
    pub(crate) fn downgrade(&self) -> Weak<Inner> {
        Arc::downgrade(&self.0)
    }

    pub(crate) fn library(&self) -> &Library {
        &self.0.library
    }

    /// The photos of this library in the sizes in which readers get them.
    pub(crate) fn renditions(&self) -> Arc<Renditions> {
        Arc::clone(&self.0.renditions)
    }

    pub(crate) fn newsroom(&self) -> &Newsroom {
        &self.0.newsroom
    }

    pub(crate) fn site(&self) -> &tokio::sync::Mutex<crate::site_place::Site> {
        &self.0.site
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.0
    }

    pub(crate) fn downgraded(&self) -> Weak<Inner> {
        Arc::downgrade(&self.0)
    }

    pub(crate) fn from_inner(inner: Arc<Inner>) -> Self {
        Self(inner)
    }

    pub(crate) fn running(&self) -> std::sync::MutexGuard<'_, Option<Running>> {
        self.0.sync.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The session of an article, when it is open.
    pub(crate) fn open_already(&self, id: ArticleId) -> Option<Arc<Session>> {
        self.sessions().get(&id).cloned()
    }

    /// Whether an input method is composing in an article.
    pub(crate) fn is_composing(&self, id: ArticleId) -> bool {
        self.open_already(id).is_some_and(|session| session.state().composing)
    }

    /// The articles into which somebody composes right now.
    pub(crate) fn composed(&self) -> Vec<ArticleId> {
        let sessions: Vec<_> = self.sessions().iter().map(|(id, session)| (*id, session.clone())).collect();
        sessions.into_iter().filter(|(_, session)| session.state().composing).map(|(id, _)| id).collect()
    }

    pub(crate) fn options(&self) -> &OpenOptions {
        &self.0.options
    }

    pub(crate) fn emit(&self, event: Event) {
        (self.0.events)(event);
    }

    /// Tells the window once: with the start state, or at once when that was already asked for.
    pub(crate) fn tell(&self, notice: Notice) {
        if self.0.started.load(Ordering::SeqCst) {
            self.emit(Event::Notice(notice));
        } else {
            self.notices().push(notice);
        }
    }

    pub(crate) fn theme(&self) -> std::sync::MutexGuard<'_, crate::theme::Theme> {
        self.0.theme.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn servers_templates(&self) -> std::sync::MutexGuard<'_, Option<Arc<galley_page::Templates>>> {
        self.0.servers_templates.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The window has asked for the start state.
    pub(crate) fn has_started(&self) -> bool {
        self.0.started.load(Ordering::SeqCst)
    }

    pub(crate) fn notices(&self) -> std::sync::MutexGuard<'_, Vec<Notice>> {
        self.0.notices.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn sessions(&self) -> std::sync::MutexGuard<'_, BTreeMap<ArticleId, Arc<Session>>> {
        self.0.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How long each list is.
    pub fn list_counts(&self) -> Result<Vec<ListCount>, ApiError> {
        let counts = self.library().counts()?;
        Ok(counts.into_iter().map(|(list, count)| ListCount { list: list.into(), count }).collect())
    }

    /// While this is held, no article is opened. What commits on another thread takes it along: a task that is
    /// aborted would let go of it before the commit is made.
    pub(crate) async fn opening(&self) -> tokio::sync::OwnedMutexGuard<()> {
        self.0.opening.clone().lock_owned().await
    }

    /// The open session of an article, opening it when need be.
    pub(crate) async fn session(&self, id: ArticleId) -> Result<(Arc<Session>, Option<Opened>), ApiError> {
        let _one_at_a_time = self.opening().await;
        if let Some(session) = self.sessions().get(&id) {
            return Ok((session.clone(), None));
        }
        let author = self.preferences().await?.author_name;
        let (session, opened) = Session::open(self.library().clone(), id, &author).await?;
        self.sessions().insert(id, session.clone());
        self.release_idle(id).await;
        if self.library().article_sync(id)?.stuck == galley_store::DAMAGED {
            // What could not be read when it was to go up, can be now.
            self.retry(id).await?;
        }
        Ok((session, Some(opened)))
    }

    /// The session of an article that a window has open.
    pub(crate) async fn open_session(&self, id: ArticleId) -> Result<Arc<Session>, ApiError> {
        self.session(id).await.map(|(session, _)| session)
    }

    /// Lets go of the articles that nobody has used for longest, once they are wholly on the disk.
    async fn release_idle(&self, keep: ArticleId) {
        let excess: Vec<Arc<Session>> = {
            let sessions = self.sessions();
            let mut idle: Vec<_> = sessions
                .values()
                .filter(|session| session.id != keep && Arc::strong_count(session) == 1)
                .cloned()
                .collect();
            idle.sort_by_key(|session| session.state().last_revision_at);
            idle.truncate(sessions.len().saturating_sub(KEPT_SESSIONS));
            idle
        };
        for session in excess {
            let written = session.settle().await.is_ok() && self.refresh_projection(&session).await.is_ok();
            if written && session.fold(1).await.is_ok() && !session.has_unsaved() {
                self.sessions().remove(&session.id);
            }
        }
    }

    fn language(&self, preferred: &str) -> String {
        let options = &self.0.options;
        let asked = options.language.as_deref().or((preferred != "system").then_some(preferred));
        let language = asked.unwrap_or(&options.system_language);
        if language.to_ascii_lowercase().starts_with("zh") { "zh-Hans".to_owned() } else { "en".to_owned() }
    }

    /// The language a new library is filled in: what was asked for, or the system's.
    pub(crate) fn first_language(&self) -> String {
        self.language("system")
    }
}

/// What happens between keystrokes: unsaved rows are tried again, list text and search follow, long journals
/// are folded, a revision is made after a while of writing, and an edited theme is taken.
async fn housekeeping(galley: Weak<Inner>, unclean_exit: bool) {
    if let Some(galley) = galley.upgrade().map(Galley) {
        galley.complete_projections().await;
        galley.check_library(unclean_exit).await;
    }
    let mut tick = tokio::time::interval(HOUSEKEEPING);
    tick.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tick.tick().await;
        let Some(galley) = galley.upgrade().map(Galley) else { return };
        let sessions: Vec<_> = galley.sessions().values().cloned().collect();
        for session in sessions {
            if session.has_unsaved() && session.flush().await.is_err() {
                // The push that typed it was told; it is tried again at the next tick.
                continue;
            }
            let done = async {
                galley.refresh_projection(&session).await?;
                galley.revision_after_a_while(&session).await?;
                session.fold(FOLD_AT).await
            };
            if let Err(error) = done.await {
                tracing::warn!(article = %session.id, ?error, "housekeeping of an article failed");
            }
        }
        galley.glance_at_theme().await;
    }
}

/// One backup a day while the app runs, beside everything else.
async fn backups(galley: Weak<Inner>) {
    let first = tokio::time::Instant::now() + FIRST_BACKUP;
    let mut tick = tokio::time::interval_at(first, Duration::from_secs(60));
    loop {
        tick.tick().await;
        let Some(galley) = galley.upgrade().map(Galley) else { return };
        galley.backup_when_due().await;
    }
}

impl From<List> for ListName {
    fn from(list: List) -> Self {
        match list {
            List::Drafts => Self::Drafts,
            List::SentBack => Self::SentBack,
            List::InReview => Self::InReview,
            List::ForMe => Self::ForMe,
            List::Approved => Self::Approved,
            List::Held => Self::Held,
            List::Published => Self::Published,
            List::Declined => Self::Declined,
            List::Trash => Self::Trash,
        }
    }
}

impl From<ListName> for List {
    fn from(list: ListName) -> Self {
        match list {
            ListName::Drafts => Self::Drafts,
            ListName::SentBack => Self::SentBack,
            ListName::InReview => Self::InReview,
            ListName::ForMe => Self::ForMe,
            ListName::Approved => Self::Approved,
            ListName::Held => Self::Held,
            ListName::Published => Self::Published,
            ListName::Declined => Self::Declined,
            ListName::Trash => Self::Trash,
        }
    }
}
