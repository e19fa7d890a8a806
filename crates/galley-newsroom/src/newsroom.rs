//! The newsroom as a whole: what it is made of, how it is opened and closed, and what all of its parts share.

use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use galley_destinations::PhotoSource;
use galley_model::Instant;
use galley_model::workflow::{Actor, Role};
use galley_page::Templates;
use tokio::sync::watch;

use crate::authorship::Seal;
use crate::decoder::{Decoder, InProcess};
use crate::error::NewsroomError;
use crate::serve::Told;
use crate::site::OpenSite;
use crate::storage::{Commit, Committed, Identity, Recovery, SqliteStorage, Storage};

mod authority;
mod departures;
mod findings;

pub use authority::ArticleAuthority;
pub(crate) use authority::{UNDATED, facts, slug_of, with_note};
pub(crate) use findings::policy;

/// One newsroom. Cheap to clone.
pub struct Newsroom<S = SqliteStorage>(pub(crate) Arc<Inner<S>>);

impl<S> Clone for Newsroom<S> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

pub(crate) struct Inner<S> {
    pub(crate) storage: S,
    pub(crate) identity: Identity,
    pub(crate) seal: Seal,
    pub(crate) decoder: Arc<dyn Decoder>,
    /// The newest number of the feed.
    fed: watch::Sender<i64>,
    templates: RwLock<Arc<Templates>>,
    /// Whoever holds it changes the theme: the templates in use are those that the newest settings name.
    pub(crate) setting_theme: tokio::sync::Mutex<()>,
    /// Whoever holds it writes the site; one at a time.
    pub(crate) site: tokio::sync::Mutex<Option<OpenSite>>,
    /// Whether somebody answers what readers of the open site ask.
    pub(crate) answers_readers: AtomicBool,
    /// When the map of the last two days is to be made anew though nothing changed; none before it was looked at.
    news_due: Mutex<Option<Instant>>,
    /// The photos of the open site, for previews, which wait for nobody.
    photos: RwLock<Option<Arc<dyn PhotoSource>>>,
    /// What whoever serves the site knows of it beside its files.
    pub(crate) told: Told,
    /// Stops the newsroom at a named step, as a crash would.
    #[cfg(test)]
    pub(crate) stop_at: crate::tests::StopAt,
}

impl Newsroom<SqliteStorage> {
    /// Opens the newsroom whose records lie in this folder, making a new one when there are none.
    ///
    /// # Errors
    /// `Storage` with `TooNew`, `ReadOnly`, `DiskFull` or `Busy`. Damaged records are set aside and replaced by
    /// the newest whole copy; see [`Newsroom::recovery`].
    pub async fn open(folder: &Path, now: Instant) -> Result<Self, NewsroomError> {
        let folder = folder.to_owned();
        let opened = tokio::task::spawn_blocking(move || SqliteStorage::open(&folder, now)).await;
        let storage = opened.map_err(|_| NewsroomError::CutOff)??;
        Self::with_storage(storage).await
    }

    /// As [`Newsroom::open`], with somebody else to look at what devices wrote.
    ///
    /// # Errors
    /// As [`Newsroom::open`].
    pub async fn open_with(
        folder: &Path,
        decoder: Arc<dyn Decoder>,
        now: Instant,
    ) -> Result<Self, NewsroomError> {
        let folder = folder.to_owned();
        let opened = tokio::task::spawn_blocking(move || SqliteStorage::open(&folder, now)).await;
        Self::with_decoder(opened.map_err(|_| NewsroomError::CutOff)??, decoder).await
    }

    /// What was done at this start because the records could not be read.
    pub fn recovery(&self) -> Option<&Recovery> {
        self.0.storage.recovery()
    }

    /// Makes a verified copy of the records when the newest is a day old; to be called now and then.
    ///
    /// # Errors
    /// `Storage`; the copies before stay.
    pub async fn backup_when_due(&self, now: Instant) -> Result<Option<PathBuf>, NewsroomError> {
        Ok(self.0.storage.backup_when_due(now).await?)
    }

    /// Copies the records to a file, which stands alone and was checked. An existing one is replaced at the end.
    ///
    /// # Errors
    /// `Storage`; what stood there stays.
    pub async fn copy_to(&self, file: &Path) -> Result<(), NewsroomError> {
        Ok(self.0.storage.copy_to(file).await?)
    }

    /// Reads all records: the file's own structure, and the feed's numbers.
    ///
    /// # Errors
    /// `Storage` with `Damaged`, saying the first that is wrong.
    pub async fn check_records(&self) -> Result<(), NewsroomError> {
        Ok(self.0.storage.check().await?)
    }
}

impl<S: Storage> Newsroom<S> {
    /// The newsroom over records that are open.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn with_storage(storage: S) -> Result<Self, NewsroomError> {
        Self::with_decoder(storage, Arc::new(InProcess)).await
    }

    /// The newsroom over records that are open, with somebody else to look at what devices wrote.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn with_decoder(storage: S, decoder: Arc<dyn Decoder>) -> Result<Self, NewsroomError> {
        let identity = storage.identity().await?;
        let seal = storage.seal().await?;
        let (_, newest) = storage.moved(i64::MAX, 0).await?;
        let newsroom = Self(Arc::new(Inner {
            storage,
            identity,
            seal,
            decoder,
            fed: watch::Sender::new(newest),
            templates: RwLock::new(Arc::new(Templates::built_in()?)),
            setting_theme: tokio::sync::Mutex::default(),
            site: tokio::sync::Mutex::default(),
            photos: RwLock::default(),
            answers_readers: AtomicBool::new(true),
            news_due: Mutex::default(),
            told: Told::default(),
            #[cfg(test)]
            stop_at: crate::tests::StopAt::default(),
        }));
        newsroom.0.told.follow(&newsroom.settings().await?.1);
        Ok(newsroom)
    }

    /// What whoever serves the site has to know of it beside its files.
    pub fn told(&self) -> &Told {
        &self.0.told
    }

    /// Who this newsroom is.
    pub fn identity(&self) -> Identity {
        self.0.identity
    }

    /// The newest number of the feed, whenever something was written.
    pub fn fed(&self) -> watch::Receiver<i64> {
        self.0.fed.subscribe()
    }

    /// Writes one transaction, and says so to whoever follows.
    pub(crate) async fn commit(&self, commits: Vec<Commit>) -> Result<Committed, NewsroomError> {
        let committed = self.0.storage.commit_all(commits).await?;
        if let Committed::At(n) = committed {
            self.0.fed.send_if_modified(|newest| std::mem::replace(newest, n.max(*newest)) < n);
        }
        Ok(committed)
    }

    /// The person of this computer under this name; alone, they hold every role.
    pub fn local_actor(&self, name: &str) -> Actor {
        let roles = [
            Role::Reporter,
            Role::ResponsibleEditor,
            Role::DeskEditor,
            Role::EditorInChief,
            Role::Proofreader,
            Role::Publisher,
            Role::Admin,
        ];
        Actor { person: self.0.identity.local_person, name: name.to_owned(), roles: roles.into() }
    }

    /// The templates that pages are rendered with; a preview uses the same.
    pub fn templates(&self) -> Arc<Templates> {
        self.0.templates.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Renders with other templates from now on. Pages that are live follow with the next [`Newsroom::work`].
    pub fn set_templates(&self, templates: Templates) {
        *self.0.templates.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(templates);
    }

    pub(crate) fn news_due(&self) -> Option<Instant> {
        *self.0.news_due.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn set_news_due(&self, due: Instant) {
        *self.0.news_due.lock().unwrap_or_else(PoisonError::into_inner) = Some(due);
    }

    fn photos(&self) -> Option<Arc<dyn PhotoSource>> {
        self.0.photos.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(crate) fn set_photos(&self, photos: Arc<dyn PhotoSource>) {
        *self.0.photos.write().unwrap_or_else(PoisonError::into_inner) = Some(photos);
    }

    /// Ends the newsroom's threads once everything is on the disk. What is asked afterwards is refused.
    pub async fn close(&self) {
        let _nobody_writes = self.0.site.lock().await;
        self.0.storage.close().await;
    }
}
