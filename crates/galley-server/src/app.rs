//! One server: its newsroom, its photos, its limits, and how it begins.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use galley_model::site::SiteSettings;
use galley_model::workflow::Policy;
use galley_newsroom::decoder::Decoder;
use galley_newsroom::{
    AccountError, Accounts, Media, MediaError, Newsroom, NewsroomError, Patience, SiteReport, SiteSearch,
    SiteServer, SiteStore, StoreAddress, StoreKeys, ThemeError, Themes,
};
use tokio::sync::{Semaphore, watch};

pub(crate) use crate::clock::now;
use crate::decode::Children;
use crate::follow::Follower;
use crate::limits::{Buckets, Limits, Places};

/// Everything that a route needs. Cheap to clone.
#[derive(Clone)]
pub struct App(pub(crate) Arc<Inner>);

pub(crate) struct Inner {
    pub(crate) newsroom: Newsroom,
    pub(crate) accounts: Accounts,
    pub(crate) media: Media,
    pub(crate) themes: Themes,
    /// Whose theme is in use, and what could not be used.
    pub(crate) follower: Follower,
    /// None when the site is in an object store, which serves it.
    pub(crate) site: Option<SiteServer>,
    pub(crate) limits: Limits,
    pub(crate) buckets: Buckets,
    pub(crate) bodies: Places,
    pub(crate) streams: Arc<Semaphore>,
    pub(crate) behind_proxy: bool,
    pub(crate) decoder: Children,
    stopping: watch::Sender<bool>,
}

/// How a server is set up.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Where records, photos and the site are; made when it is not there.
    pub data: PathBuf,
    /// The address that readers and devices use, without a slash at its end.
    pub address: Option<String>,
    /// Whether a proxy stands before it, whose `X-Forwarded-For` says who asks.
    pub behind_proxy: bool,
    /// The object store that the site is written to; none is the folder `site` in the data folder.
    pub store: Option<StoredSite>,
    /// The program and its arguments that decode foreign bytes.
    pub decoder: (PathBuf, Vec<String>),
    /// Its bounds.
    pub limits: Limits,
}

/// A site in an object store.
#[derive(Clone, Debug)]
pub struct StoredSite {
    /// Where.
    pub address: StoreAddress,
    /// As whom.
    pub keys: StoreKeys,
}

/// Why a server could not begin.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The records, or the site.
    #[error(transparent)]
    Newsroom(#[from] NewsroomError),
    /// The accounts.
    #[error(transparent)]
    Accounts(#[from] AccountError),
    /// The photos.
    #[error(transparent)]
    Media(#[from] MediaError),
    /// The theme that the site is set in.
    #[error("the theme of the site cannot be used: {0}")]
    Theme(#[from] ThemeError),
    /// The data folder or the listening address.
    #[error("{what}: {error}")]
    Io {
        /// What was tried.
        what: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// The certificate or its key.
    #[error("the certificate or its key cannot be used: {0}")]
    Certificate(String),
}

impl App {
    /// Opens the records, the photos and the site in the data folder, making what is not there, and completes
    /// what a crash left half done.
    ///
    /// # Errors
    /// Everything that keeps a server from beginning; nothing of the data was changed then.
    pub async fn open(settings: Settings) -> Result<Self, StartError> {
        let children = Children::of(settings.decoder.0.clone(), settings.decoder.1.clone());
        Self::open_decoding(settings, Arc::new(children.clone()), children).await
    }

    /// Like [`App::open`], with bytes looked at by another than children: whole newsrooms run in one test so.
    ///
    /// # Errors
    /// As [`App::open`].
    pub async fn open_with_decoder(
        settings: Settings,
        decoder: Arc<dyn Decoder>,
    ) -> Result<Self, StartError> {
        let children = Children::of(settings.decoder.0.clone(), settings.decoder.1.clone());
        Self::open_decoding(settings, decoder, children).await
    }

    async fn open_decoding(
        settings: Settings,
        decoder: Arc<dyn Decoder>,
        children: Children,
    ) -> Result<Self, StartError> {
        let Settings { data, address, behind_proxy, limits, store, .. } = settings;
        make_folder(&data)?;
        let newsroom = Newsroom::open_with(&data, decoder, now()).await?;
        let accounts = Accounts::of(newsroom.clone());
        // Nobody has been let in yet: a server's newsroom begins with two pairs of eyes.
        if accounts.people().await?.is_empty() {
            newsroom.set_new_policy(Policy::two_eyes().reference(), now()).await?;
        }
        if let Some(recovery) = newsroom.recovery() {
            tracing::error!(
                set_aside = %recovery.set_aside.display(),
                "the records were damaged and the newest whole copy took their place"
            );
        }
        let themes = Themes::of(&data);
        // Before anything else saves settings, whose version could be taken for that of a theme.
        newsroom.settle_theme(&themes).await?;
        if let Some(address) = address {
            take_address(&newsroom, address).await?;
        }
        let media = Media::open(&data)?;
        let follower = Follower::of(newsroom.settings().await?.0);
        newsroom.follow_theme(&themes).await?;
        let site = store.is_none().then(|| SiteServer::telling(&site_folder(&data), newsroom.told().clone()));
        if let Some(site) = &site {
            site.set_search(SiteSearch::of(&newsroom));
            newsroom.tell_departures().await?;
        }
        let report = open_site(&newsroom, &data, store, &media).await?;
        if let Some(problem) = report.problem {
            tracing::error!(%problem, "the site cannot be written");
        }
        Ok(Self(Arc::new(Inner {
            newsroom,
            accounts,
            media,
            themes,
            follower,
            site,
            buckets: Buckets::default(),
            bodies: Places::of(&limits),
            streams: Arc::new(Semaphore::new(limits.streams)),
            behind_proxy,
            decoder: children,
            limits,
            stopping: watch::Sender::new(false),
        })))
    }

    /// The accounts, for commands and tests.
    pub fn accounts(&self) -> &Accounts {
        &self.0.accounts
    }

    /// The newsroom, for commands and tests.
    pub fn newsroom(&self) -> &Newsroom {
        &self.0.newsroom
    }

    /// Who looks at what devices wrote.
    pub(crate) fn decoder(&self) -> &Children {
        &self.0.decoder
    }

    /// Turns true once the server is asked to stop.
    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.0.stopping.subscribe()
    }

    /// Ends streams of events; requests under way go on.
    pub(crate) fn stop(&self) {
        self.0.stopping.send_replace(true);
    }

    /// Waits until everything is on the disk.
    pub(crate) async fn close(&self) {
        self.0.newsroom.close().await;
        self.0.decoder.close();
    }

    /// Lets the live pages follow what the site is made of now. Readers get them page by page; nobody waits for that.
    pub(crate) fn site_follows(&self) {
        let newsroom = self.0.newsroom.clone();
        tokio::spawn(async move {
            if let Err(error) = newsroom.work(now()).await {
                tracing::warn!(%error, "the site could not follow yet");
            }
        });
    }

    /// Takes the theme that the settings name, and has the live pages follow, when another process changed the
    /// settings: a command of this program. Cheap when none did. A theme that cannot be used leaves the one in use,
    /// is told once, and is tried again when the settings change, or after a pause that grows.
    pub(crate) async fn follow_settings(&self, at: Instant) {
        let follower = &self.0.follower;
        let version = match self.0.newsroom.settings().await {
            Ok((version, _)) => version,
            Err(error) => {
                if follower.failed(None, error.to_string(), at) {
                    tracing::warn!(%error, "the settings cannot be read");
                }
                return;
            }
        };
        if !follower.is_due(version, at) {
            return;
        }
        if let Err(error) = self.0.newsroom.follow_theme(&self.0.themes).await {
            if follower.failed(Some(version), error.to_string(), at) {
                tracing::error!(%error, version, "the theme of the site cannot be used; the one in use stays");
            }
            return;
        }
        if follower.followed(version) {
            tracing::info!(version, "the theme of the site can be used now");
        }
        if let Err(error) = self.0.newsroom.work(now()).await {
            tracing::warn!(%error, "the site could not be set in its theme yet");
        }
    }

    /// What is to be done now and then: the rest of the site, copies of the records, old uploads.
    pub(crate) async fn look_after(&self) {
        if let Err(error) = self.0.newsroom.work(now()).await {
            tracing::warn!(%error, "the site could not be brought up to date");
        }
        match self.0.newsroom.backup_when_due(now()).await {
            Ok(Some(file)) => tracing::info!(file = %file.display(), "the records were copied"),
            Ok(None) => {}
            Err(error) => tracing::error!(%error, "the records could not be copied"),
        }
        let media = self.0.media.clone();
        let expired = tokio::task::spawn_blocking(move || media.expire(SystemTime::now())).await;
        if let Ok(Err(error)) = expired {
            tracing::warn!(%error, "old uploads could not be removed");
        }
    }
}

/// The folder of the site, where it is not in an object store.
fn site_folder(data: &Path) -> PathBuf {
    data.join("site")
}

/// Takes the site's place: the object store, or the folder in the data folder.
pub(crate) async fn open_site(
    newsroom: &Newsroom,
    data: &Path,
    store: Option<StoredSite>,
    media: &Media,
) -> Result<SiteReport, NewsroomError> {
    let photos = Arc::new(media.clone());
    let Some(StoredSite { address, keys }) = store else {
        return newsroom.open_site(&site_folder(data), photos, now()).await;
    };
    let store = SiteStore::of(address, keys, newsroom.identity().newsroom, Patience::default())?;
    newsroom.open_site_with(Arc::new(store), photos, now()).await
}

/// Has pages and devices name the site by this address from now on.
async fn take_address(newsroom: &Newsroom, address: String) -> Result<(), NewsroomError> {
    let (version, settings) = newsroom.settings().await?;
    if settings.base_url != address {
        tracing::info!(address, "the public address");
        let settings = SiteSettings { base_url: address, ..settings };
        newsroom.save_settings(version, settings, now()).await?;
    }
    Ok(())
}

/// A folder that its owner alone can read.
fn make_folder(data: &Path) -> Result<(), StartError> {
    let mut folder = std::fs::DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    let what = format!("the data folder {} cannot be made", data.display());
    folder.create(data).map_err(|error| StartError::Io { what, error })
}
