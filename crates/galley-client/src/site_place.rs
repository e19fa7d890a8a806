//! Where the site of this computer's newsroom lies: a folder, which is served on this computer, or a bucket of an object
//! store, which others serve to readers.
//!
//! The secret of a bucket's key lies where this device's token lies, never in the library and never in the log. A bucket
//! is opened beside everything else: nobody waits for a network to write.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use galley_model::site::SiteSettings;
use galley_model::{Rendition, Sha256};
use galley_newsroom::{
    NewsroomError, Patience, PhotoSource, Renditions, Served, SiteReport, SiteSearch, SiteServer, SiteStore,
    StoreAddress, StoreKeys, StoreProblem,
};
use galley_store::Library;

use crate::Galley;
use crate::api::{ApiError, ErrorCode, Notice, Preferences, SiteBucket};
use crate::clock;
use crate::error::{fail, internal, store_problem};

/// The site as it is served now.
#[derive(Default)]
pub(crate) struct Site {
    served: Option<Served>,
}

/// What follows from a move of the site once the preferences that say so are on the disk.
pub(crate) struct Moved {
    /// Where the secret of the bucket lies now.
    pub(crate) secret_in: String,
    /// Whether the site lies in a bucket, which is open; none when it did not move.
    in_store: Option<bool>,
    /// Under which name a secret is kept that nobody will ask for any more.
    forgets: Option<String>,
}

/// The port the site was served on last, so that an address keeps working.
const PORT: &str = "site_port";
/// How an address begins that only this computer has.
const LOOPBACK: &str = "http://127.0.0.1:";
/// A person waits for the answer: a store that does not answer is told soon.
const PATIENCE: Patience =
    Patience { retries: 3, time: Duration::from_secs(20), request: Duration::from_secs(60) };

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
    /// Opens the site, completes what a crash left half done, and serves a folder on this computer. Whatever goes wrong
    /// is told and keeps nobody from writing.
    pub(crate) async fn start_site(&self) {
        let preferences = self.preferences().await.unwrap_or_default();
        let galley = self.clone();
        if preferences.site_store.used {
            tokio::spawn(async move {
                match galley.site_opened().await {
                    Ok(()) => galley.write_what_waits().await,
                    Err(error) => galley.tell_of_store(&error),
                }
            });
            return;
        }
        let folder = self.site_folder(&preferences.site_folder);
        if let Err(error) = self.open_site_folder(folder.clone()).await {
            tracing::warn!(?error, "the site folder cannot be used");
            self.tell(Notice::new("site_folder").with("folder", &folder.display().to_string()));
        }
        if let Err(error) = self.serve_folder(folder).await {
            tracing::warn!(?error, "the site is not served");
            let detail = error.values.get("detail").cloned().unwrap_or_default();
            self.tell(Notice::new("site_not_served").with("detail", &detail));
        }
        tokio::spawn(async move { galley.write_what_waits().await });
    }

    pub(crate) async fn stop_site(&self) {
        self.stop_serving().await;
        self.newsroom().close().await;
    }

    /// The address the site is served at; none while it lies in a bucket.
    pub(crate) async fn site_address(&self) -> Option<String> {
        self.site().lock().await.served.as_ref().map(Served::base_url)
    }

    /// How the addresses of pages begin that are shown to the writer: on this computer while it serves them.
    pub(crate) async fn readers_address(&self) -> Result<String, ApiError> {
        match self.site_address().await {
            Some(served) => Ok(served),
            None => Ok(self.newsroom().settings().await?.1.base_url),
        }
    }

    /// Tries a bucket out: writes a small object, reads it back and removes it. An empty secret stands for the one that
    /// is kept.
    ///
    /// # Errors
    /// `invalid_setting` (`field`), `site_store`.
    pub async fn try_site_store(&self, bucket: SiteBucket, secret: &str) -> Result<(), ApiError> {
        let secret = self.secret_of(&bucket, secret).await?;
        let store = self.store_of(&bucket, &secret)?;
        tried_out(store).await.map(drop)
    }

    /// Publishes where `next` says; what is live is written there. Whoever asks for it holds `moving_site`, keeps `next`
    /// and then says [`Galley::site_moved`]; or [`Galley::move_site_back`] when this or that failed.
    pub(crate) async fn move_site(
        &self,
        before: &Preferences,
        next: &Preferences,
        secret: &str,
    ) -> Result<Moved, ApiError> {
        let (bucket, was) = (&next.site_store, &before.site_store);
        let stays = Moved { secret_in: was.secret_in.clone(), in_store: None, forgets: None };
        if bucket.used {
            if bucket == was && secret.is_empty() {
                return Ok(stays);
            }
            let secret_in = self.move_to_store(bucket, secret).await?;
            let is_other = account_of(was) != account_of(bucket) && !was.secret_in.is_empty();
            let forgets = is_other.then(|| account_of(was));
            return Ok(Moved { secret_in, in_store: Some(true), forgets });
        }
        if was.used || before.site_folder != next.site_folder {
            self.move_to_folder(&next.site_folder).await?;
            return Ok(Moved { in_store: Some(false), ..stays });
        }
        Ok(stays)
    }

    /// The preferences that say where the site lies are on the disk.
    pub(crate) async fn site_moved(&self, moved: Moved) {
        let Some(in_store) = moved.in_store else { return };
        *self.inner().store_open.lock().await = in_store;
        if in_store {
            let galley = self.clone();
            tokio::spawn(async move { galley.write_what_waits().await });
        }
        if let Some(name) = moved.forgets {
            let secrets = self.secrets();
            // Nobody asks for it any more; what cannot be forgotten harms nothing.
            drop(tokio::task::spawn_blocking(move || secrets.forget(&name)).await);
        }
    }

    /// The site lies where it lay, at `place`, since nothing else is on the disk. A bucket is opened again when something
    /// is published; what cannot be opened now is at the next start.
    pub(crate) async fn move_site_back(&self, before: &Preferences, place: Option<String>) {
        if before.site_store.used {
            self.stop_serving().await;
            *self.inner().store_open.lock().await = false;
            return;
        }
        // Most moves are refused before anything moved. One to the same folder, spelled another way, may have ended
        // while nothing was served.
        if self.newsroom().open_place().await == place && self.site_address().await.is_some() {
            return;
        }
        let folder = self.site_folder(&before.site_folder);
        let back = async {
            self.open_site_folder(folder.clone()).await?;
            self.stop_serving().await;
            self.serve_folder(folder).await
        };
        if let Err(error) = back.await {
            tracing::warn!(?error, "the site could not be opened again where it lay");
        }
    }

    async fn move_to_folder(&self, folder: &str) -> Result<(), ApiError> {
        let folder = self.site_folder(folder);
        if !folder.is_absolute() {
            return Err(fail(ErrorCode::InvalidSetting).with("field", "site_folder"));
        }
        self.open_site_folder(folder.clone()).await?;
        self.newsroom().work(clock::now()).await?;
        self.stop_serving().await;
        self.serve_folder(folder).await
    }

    async fn move_to_store(&self, bucket: &SiteBucket, typed: &str) -> Result<String, ApiError> {
        let address = self.newsroom().settings().await?.1.base_url;
        if address.is_empty() || address.starts_with(LOOPBACK) {
            return Err(fail(ErrorCode::InvalidSetting).with("field", "base_url_of_store"));
        }
        let secret = self.secret_of(bucket, typed).await?;
        let store = tried_out(self.store_of(bucket, &secret)?).await?;
        let secret_in = match typed {
            "" => bucket.secret_in.clone(),
            _ => self.keep_secret(bucket, &secret).await?,
        };
        let report = self.newsroom().open_site_with(Arc::new(store), self.photos(), clock::now()).await?;
        if let Some(problem) = report.problem {
            return Err(NewsroomError::Site(problem).into());
        }
        self.stop_serving().await;
        Ok(secret_in)
    }

    /// Sees to it that the bucket of the site is open where it lies in one; a folder is from the start.
    ///
    /// # Errors
    /// `site_store`, `invalid_setting`.
    pub(crate) async fn site_opened(&self) -> Result<(), ApiError> {
        let _stays = self.inner().moving_site.lock().await;
        let bucket = self.preferences().await?.site_store;
        if !bucket.used {
            return Ok(());
        }
        let mut is_open = self.inner().store_open.lock().await;
        if *is_open {
            return Ok(());
        }
        let secret = self.secret_of(&bucket, "").await?;
        let store = self.store_of(&bucket, &secret)?;
        let SiteReport { problem, .. } =
            self.newsroom().open_site_with(Arc::new(store), self.photos(), clock::now()).await?;
        // The newsroom asks it again before anything is published.
        *is_open = true;
        problem.map_or(Ok(()), |problem| Err(NewsroomError::Site(problem).into()))
    }

    /// A network returned: what waits for the bucket goes there.
    pub(crate) fn store_reachable(&self) {
        let galley = self.clone();
        tokio::spawn(async move {
            let is_there = galley.preferences().await.is_ok_and(|now| now.site_store.used);
            if is_there && galley.site_opened().await.is_ok() {
                galley.write_what_waits().await;
            }
        });
    }

    async fn write_what_waits(&self) {
        if let Err(error) = self.newsroom().work(clock::now()).await {
            tracing::warn!(%error, "what waits for the site could not be written");
            let error = ApiError::from(error);
            if error.code == ErrorCode::SiteStore {
                self.tell_of_store(&error);
            }
        }
    }

    /// Being without a network is no fault: who publishes is told then.
    fn tell_of_store(&self, error: &ApiError) {
        let reason = error.values.get("reason").map(String::as_str).unwrap_or_default();
        if reason == StoreProblem::Unreachable.word() || reason == StoreProblem::Busy.word() {
            return;
        }
        tracing::warn!(?error, "the bucket of the site cannot be used");
        let place = error.values.get("place").map(String::as_str).unwrap_or_default();
        self.tell(Notice::new("site_store").with("reason", reason).with("place", place));
    }

    fn photos(&self) -> Arc<dyn PhotoSource> {
        Arc::new(LibraryPhotos(self.library().clone(), self.renditions()))
    }

    async fn open_site_folder(&self, folder: PathBuf) -> Result<(), ApiError> {
        let report = self.newsroom().open_site(&folder, self.photos(), clock::now()).await?;
        match report.problem {
            Some(problem) => Err(NewsroomError::Site(problem).into()),
            None => Ok(()),
        }
    }

    async fn stop_serving(&self) {
        if let Some(served) = self.site().lock().await.served.take() {
            served.stop().await;
        }
    }

    async fn serve_folder(&self, folder: PathBuf) -> Result<(), ApiError> {
        let preferred = self.library().setting(PORT)?.and_then(|port| port.parse().ok()).unwrap_or_default();
        self.newsroom().tell_departures().await?;
        let server = SiteServer::telling(&folder, self.newsroom().told().clone());
        server.set_search(SiteSearch::of(self.newsroom()));
        let served = galley_newsroom::serve_routes(server.router(), preferred)
            .await
            .map_err(|error| internal("serving the site", error))?;
        let (port, base_url) = (served.addr.port(), served.base_url());
        self.site().lock().await.served = Some(served);
        if port != preferred
            && let Err(error) = self.library().set_setting(PORT, &port.to_string()).await
        {
            // It costs another address at the next start.
            tracing::warn!(%error, "the port of the site was not kept");
        }
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

    fn store_of(&self, bucket: &SiteBucket, secret: &str) -> Result<SiteStore, ApiError> {
        let address = address_of(bucket)?;
        let keys = StoreKeys::new(bucket.key_id.trim(), secret);
        let newsroom = self.newsroom().identity().newsroom;
        Ok(SiteStore::of(address, keys, newsroom, PATIENCE).map_err(NewsroomError::Site)?)
    }

    /// The secret that was typed, else the one that is kept for this key.
    async fn secret_of(&self, bucket: &SiteBucket, typed: &str) -> Result<String, ApiError> {
        if !typed.is_empty() {
            return Ok(typed.to_owned());
        }
        let (secrets, name) = (self.secrets(), account_of(bucket));
        let place = self.preferences().await?.site_store.secret_in;
        let found = tokio::task::spawn_blocking(move || secrets.find(&name, &place)).await;
        found.ok().flatten().ok_or_else(|| store_problem("no_secret", &bucket.bucket))
    }

    async fn keep_secret(&self, bucket: &SiteBucket, secret: &str) -> Result<String, ApiError> {
        let (secrets, name, secret) = (self.secrets(), account_of(bucket), secret.to_owned());
        let kept = tokio::task::spawn_blocking(move || secrets.keep(&name, &secret)).await;
        let kept = kept.map_err(|error| internal("keeping the secret of the bucket", error))?;
        kept.map_err(|error| internal("keeping the secret of the bucket", error))
    }
}

/// Under which name the secret of a key is kept: with another store or key it has to be typed again.
fn account_of(bucket: &SiteBucket) -> String {
    format!("site {} {}", bucket.endpoint.trim(), bucket.key_id.trim())
}

fn address_of(bucket: &SiteBucket) -> Result<StoreAddress, ApiError> {
    let wrong = |field: &str| fail(ErrorCode::InvalidSetting).with("field", field);
    let whole = |text: &str| Some(text.trim().to_owned()).filter(|text| !text.is_empty());
    let name = format!("s3://{}", bucket.bucket.trim());
    let endpoint = whole(&bucket.endpoint);
    if bucket.bucket.contains('/') || StoreAddress::of(&name, None, None).is_err() {
        return Err(wrong("site_store.bucket"));
    }
    StoreAddress::of(&name, endpoint.as_deref(), None).map_err(|_| wrong("site_store.endpoint"))?;
    let place = match bucket.prefix.trim().trim_matches('/') {
        "" => name,
        prefix => format!("{name}/{prefix}"),
    };
    let region = whole(&bucket.region);
    let address = StoreAddress::of(&place, endpoint.as_deref(), region.as_deref())
        .map_err(|_| wrong("site_store.prefix"))?;
    if bucket.key_id.trim().is_empty() {
        return Err(wrong("site_store.key_id"));
    }
    Ok(address)
}

async fn tried_out(store: SiteStore) -> Result<SiteStore, ApiError> {
    let tried = tokio::task::spawn_blocking(move || store.try_out().map(|()| store)).await;
    let tried = tried.map_err(|error| internal("trying the bucket out", error))?;
    Ok(tried.map_err(NewsroomError::Site)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_no_bucket_can_be_is_told_by_its_field() {
        let bucket = |endpoint: &str, bucket: &str, prefix: &str, key_id: &str| SiteBucket {
            endpoint: endpoint.to_owned(),
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
            key_id: key_id.to_owned(),
            ..SiteBucket::default()
        };
        for (typed, expected) in [
            (bucket("", "county-news", "", "AKIA"), Ok("s3://county-news")),
            (
                bucket(" https://s3.example/ ", "county-news", "/www/", "AKIA"),
                Ok("s3://county-news/www at https://s3.example"),
            ),
            (bucket("", "", "", "AKIA"), Err("site_store.bucket")),
            (bucket("", "县报", "", "AKIA"), Err("site_store.bucket")),
            (bucket("", "county/news", "", "AKIA"), Err("site_store.bucket")),
            (bucket("s3.example", "county-news", "", "AKIA"), Err("site_store.endpoint")),
            (bucket("", "county-news", "新闻", "AKIA"), Err("site_store.prefix")),
            (bucket("", "county-news", "../other", "AKIA"), Err("site_store.prefix")),
            (bucket("", "county-news", "", " "), Err("site_store.key_id")),
        ] {
            let found = address_of(&typed).map(|address| address.to_string());
            let found = found.map_err(|error| error.values["field"].clone());
            assert_eq!(found.as_deref().map_err(String::as_str), expected, "{typed:?}");
        }
    }
}
