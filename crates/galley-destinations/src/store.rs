//! A site in a bucket of an object store that speaks S3.
//!
//! Each object is put whole or not at all, so that a reader never sees half a page. Text is stored packed with
//! gzip, for the store packs nothing itself (docs/decisions/0012). What is there already and the same is not sent
//! again. Transient failures are tried again for a while; every other one names its situation. Not here: making
//! buckets, and who may read them, which their owner decides.

mod address;
mod keys;
mod refusal;
mod trial;

use std::io::{self, Read as _};
use std::time::Duration;

use flate2::read::MultiGzDecoder;
use futures_util::stream::{self, StreamExt as _};
use galley_model::Sha256;
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path as Key;
use object_store::{
    Attribute, Attributes, BackoffConfig, ClientOptions, Error, GetOptions, GetResult, ObjectStore,
    ObjectStoreExt as _, PutMode, PutOptions, PutPayload, RetryConfig,
};
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::batch::Source;
use crate::marker::{self, Holder, MARKER};
use crate::packed::Encoding;
use crate::{Change, MediaBytes, PhotoSource, SiteError, SiteOutput, SitePath, Step};

pub use address::{NotAStoreAddress, StoreAddress};
pub use keys::{NoKeys, StoreKeys};
pub use refusal::StoreProblem;

/// So many objects are on their way at once.
const AT_ONCE: usize = 8;
/// Names the bytes of an object as they are stored.
const SHA256: Attribute = Attribute::Metadata(std::borrow::Cow::Borrowed("sha256"));

/// A bucket, or a part of one, that is this newsroom's site. Its methods wait for the network, on threads that may.
pub struct SiteStore {
    address: StoreAddress,
    newsroom: Uuid,
    store: AmazonS3,
    /// Its own, so that it can be used from any thread. None only while it is dropped.
    runtime: Option<Runtime>,
}

/// How long a store that fails is asked again.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// So many times.
    pub retries: usize,
    /// And for so long, counted from the first time.
    pub time: Duration,
    /// One request may take so long.
    pub request: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self { retries: 6, time: Duration::from_secs(60), request: Duration::from_secs(60) }
    }
}

impl SiteStore {
    /// Names the place without looking; [`SiteOutput::check`] looks.
    ///
    /// # Errors
    /// `Store` when no client can be made for it.
    pub fn of(
        address: StoreAddress,
        keys: StoreKeys,
        newsroom: Uuid,
        patience: Patience,
    ) -> Result<Self, SiteError> {
        // Another part of the program may have done the same; either is fine.
        drop(rustls::crypto::ring::default_provider().install_default());
        let mut client = ClientOptions::new().with_timeout(patience.request);
        client = client.with_connect_timeout(patience.request.min(Duration::from_secs(10)));
        let backoff = BackoffConfig { max_backoff: Duration::from_secs(5), ..BackoffConfig::default() };
        let retry = RetryConfig { backoff, max_retries: patience.retries, retry_timeout: patience.time };
        let mut builder = AmazonS3Builder::new()
            .with_bucket_name(&address.bucket)
            .with_region(&address.region)
            .with_access_key_id(keys.id)
            .with_secret_access_key(keys.secret)
            .with_http_connector(refusal::Listening)
            .with_retry(retry);
        if let Some(token) = keys.token {
            builder = builder.with_token(token);
        }
        if let Some(endpoint) = &address.endpoint {
            client = client.with_allow_http(endpoint.starts_with("http://"));
            builder = builder.with_endpoint(endpoint);
            builder = builder.with_virtual_hosted_style_request(address.names_bucket());
        }
        let failed = |source: Box<dyn std::error::Error + Send + Sync>| SiteError::Store {
            place: address.to_string(),
            problem: StoreProblem::Refused,
            source,
        };
        let store = builder.with_client_options(client).build().map_err(|error| failed(error.into()))?;
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .thread_name("site store")
            .enable_all()
            .build()
            .map_err(|error| failed(error.into()))?;
        Ok(Self { address, newsroom, store, runtime: Some(runtime) })
    }

    fn wait<T>(&self, work: impl Future<Output = Result<T, SiteError>>) -> Result<T, SiteError> {
        match &self.runtime {
            Some(runtime) => runtime.block_on(work),
            None => Err(SiteError::Stopped(io::ErrorKind::Interrupted.into())),
        }
    }

    fn key(&self, path: &SitePath) -> Key {
        self.key_of(path.as_str().trim_start_matches('/'))
    }

    fn key_of(&self, name: &str) -> Key {
        let prefix = self.address.prefix.as_str();
        if prefix.is_empty() { Key::from(name) } else { Key::from(format!("{prefix}/{name}")) }
    }

    fn failed(&self, error: Error) -> SiteError {
        let problem = refusal::problem(&error);
        SiteError::Store { place: self.address.to_string(), problem, source: error.into() }
    }

    /// Whose site this place is.
    async fn holder(&self) -> Result<Holder, SiteError> {
        match self.store.get(&self.key_of(MARKER)).await {
            Ok(found) => {
                let bytes = found.bytes().await.map_err(|error| self.failed(error))?;
                return Ok(marker::read(&bytes));
            }
            Err(Error::NotFound { .. }) => {}
            Err(error) => return Err(self.failed(error)),
        }
        let prefix = self.address.prefix.as_str();
        let prefix = (!prefix.is_empty()).then(|| Key::from(prefix));
        let mut listed = self.store.list(prefix.as_ref());
        while let Some(object) = listed.next().await {
            // What a trial that was cut off left behind is nobody's.
            if !trial::is_trial(&object.map_err(|error| self.failed(error))?.location) {
                return Ok(Holder::Foreign);
            }
        }
        Ok(Holder::Nobody)
    }

    fn own(&self, holder: Holder) -> Result<(), SiteError> {
        let folder = self.name().into();
        match holder {
            Holder::Newsroom(newsroom) if newsroom == self.newsroom => Ok(()),
            Holder::Newsroom(_) => Err(SiteError::OtherNewsroom { folder }),
            Holder::Foreign => Err(SiteError::Foreign { folder }),
            // An emptied bucket where the site was.
            Holder::Nobody => Err(SiteError::Vanished { folder }),
        }
    }

    async fn mark(&self) -> Result<(), SiteError> {
        let (key, bytes) = (self.key_of(MARKER), PutPayload::from(marker::bytes(self.newsroom)));
        let create = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
        match self.store.put_opts(&key, bytes.clone(), create).await {
            // Somebody came between; whose it is now is read next.
            Ok(_) | Err(Error::AlreadyExists { .. } | Error::Precondition { .. }) => Ok(()),
            // Some stores know no conditions.
            Err(error) if refusal::is_not_implemented(&error) => {
                self.store.put(&key, bytes).await.map(drop).map_err(|error| self.failed(error))
            }
            Err(error) => Err(self.failed(error)),
        }
    }

    /// Sends files, several at once, after telling of each.
    async fn send_all<'a>(
        &self,
        files: impl Iterator<Item = (Step<'a>, Source<'a>)>,
        photos: &dyn PhotoSource,
        step: &mut dyn FnMut(Step<'_>) -> io::Result<()>,
    ) -> Result<(), SiteError> {
        let sending = stream::iter(files).map(|(told, source)| {
            let told = step(told).map_err(SiteError::Stopped);
            async move {
                told?;
                match source {
                    Source::File(file) => self.send(Object::of_text(&file.path, &file.bytes)).await,
                    Source::Media(file) => self.send_media(file, photos).await,
                }
            }
        });
        first_failure(sending.buffer_unordered(AT_ONCE)).await
    }

    async fn send_media(&self, file: &crate::MediaFile, photos: &dyn PhotoSource) -> Result<(), SiteError> {
        // Named by what it shows, and put whole or not at all: what is there is it.
        let there = self.head(&file.path).await?;
        let is_known = |found: &GetResult| match file.made {
            MediaBytes::Original => {
                found.attributes.get(&SHA256).map(|of| of.to_string()) == Some(file.sha256.to_string())
            }
            MediaBytes::Rendition(_) => found.attributes.get(&SHA256).is_some(),
        };
        if there.is_some_and(|found| is_known(&found) && has_headers(&found, &file.path, None)) {
            return Ok(());
        }
        let object = Object { path: file.path.clone(), bytes: file.bytes(photos)?, encoding: None };
        let sha256 = self.put(&object).await?;
        let found = self.head(&file.path).await?;
        let is_there = found.is_some_and(|found| object.is(&found, &sha256));
        if is_there { Ok(()) } else { Err(SiteError::Verify { path: file.path.clone() }) }
    }

    async fn send(&self, object: Object) -> Result<(), SiteError> {
        let sha256 = Sha256::of(&object.bytes).to_string();
        if self.head(&object.path).await?.is_some_and(|found| object.is(&found, &sha256)) {
            return Ok(());
        }
        self.put(&object).await?;
        let found = self.get(&object.path).await?;
        if found.is_some_and(|(_, bytes)| bytes == object.bytes) {
            return Ok(());
        }
        Err(SiteError::Verify { path: object.path })
    }

    /// Puts an object, and answers the hash it is known by.
    async fn put(&self, object: &Object) -> Result<String, SiteError> {
        let sha256 = Sha256::of(&object.bytes).to_string();
        let mut attributes = Attributes::new();
        attributes.insert(Attribute::ContentType, object.path.content_type().into());
        attributes.insert(Attribute::CacheControl, object.path.cache_control().into());
        attributes.insert(SHA256, sha256.clone().into());
        if let Some(encoding) = object.encoding {
            attributes.insert(Attribute::ContentEncoding, encoding.name().into());
        }
        let options = PutOptions { attributes, ..PutOptions::default() };
        let sent = self.store.put_opts(&self.key(&object.path), object.bytes.clone().into(), options).await;
        sent.map(|_| sha256).map_err(|error| self.failed(error))
    }

    async fn head(&self, path: &SitePath) -> Result<Option<GetResult>, SiteError> {
        let options = GetOptions { head: true, ..GetOptions::default() };
        match self.store.get_opts(&self.key(path), options).await {
            Ok(found) => Ok(Some(found)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.failed(error)),
        }
    }

    /// An object as it is stored.
    async fn get(&self, path: &SitePath) -> Result<Option<(Attributes, Vec<u8>)>, SiteError> {
        match self.store.get(&self.key(path)).await {
            Ok(found) => {
                let attributes = found.attributes.clone();
                let bytes = found.bytes().await.map_err(|error| self.failed(error))?;
                Ok(Some((attributes, bytes.into())))
            }
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(self.failed(error)),
        }
    }

    async fn remove(&self, path: &SitePath) -> Result<(), SiteError> {
        match self.store.delete(&self.key(path)).await {
            Ok(()) | Err(Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(self.failed(error)),
        }
    }
}

impl SiteOutput for SiteStore {
    fn name(&self) -> String {
        self.address.to_string()
    }

    fn answers_readers(&self) -> bool {
        false
    }

    fn take(&self) -> Result<(), SiteError> {
        self.wait(async {
            if self.holder().await? == Holder::Nobody {
                self.mark().await?;
            }
            self.own(self.holder().await?)
        })
    }

    fn check(&self) -> Result<(), SiteError> {
        self.wait(async { self.own(self.holder().await?) })
    }

    fn apply(
        &self,
        change: &Change,
        photos: &dyn PhotoSource,
        step: &mut dyn FnMut(Step<'_>) -> io::Result<()>,
    ) -> Result<(), SiteError> {
        self.wait(async {
            self.own(self.holder().await?)?;
            let assets = change.assets.iter().map(|file| (Step::Asset(&file.path), Source::File(file)));
            let media = change.media.iter().map(|file| (Step::Media(&file.path), Source::Media(file)));
            self.send_all(assets.chain(media), photos, step).await?;
            let pages = change.pages.iter().map(|file| (Step::Page(&file.path), Source::File(file)));
            self.send_all(pages, photos, step).await?;
            let lists = change.lists.iter().map(|file| (Step::List(&file.path), Source::File(file)));
            self.send_all(lists, photos, step).await?;
            let removing = stream::iter(&change.removed).map(|path| {
                let told = step(Step::Remove(path)).map_err(SiteError::Stopped);
                async move {
                    told?;
                    self.remove(path).await
                }
            });
            first_failure(removing.buffer_unordered(AT_ONCE)).await
        })
    }

    fn read(&self, path: &SitePath) -> Result<Option<Vec<u8>>, SiteError> {
        self.wait(async {
            let Some((attributes, bytes)) = self.get(path).await? else { return Ok(None) };
            let encoding = attributes.get(&Attribute::ContentEncoding).map(|encoding| encoding.to_string());
            if encoding.as_deref() != Some(Encoding::Gzip.name()) {
                return Ok(Some(bytes));
            }
            let mut plain = Vec::new();
            match MultiGzDecoder::new(&bytes[..]).read_to_end(&mut plain) {
                Ok(_) => Ok(Some(plain)),
                Err(_) => Err(SiteError::Verify { path: path.clone() }),
            }
        })
    }

    fn files(&self, folder: &SitePath) -> Result<Vec<SitePath>, SiteError> {
        self.wait(async {
            let key = self.key(folder);
            let listed =
                self.store.list_with_delimiter(Some(&key)).await.map_err(|error| self.failed(error))?;
            let name = |key: Key| key.filename().and_then(|name| format!("{folder}/{name}").parse().ok());
            let mut files: Vec<SitePath> =
                listed.objects.into_iter().filter_map(|object| name(object.location)).collect();
            files.sort();
            Ok(files)
        })
    }
}

impl Drop for SiteStore {
    fn drop(&mut self) {
        // It may be dropped on a thread that must not wait.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// What is stored under a path.
struct Object {
    path: SitePath,
    bytes: Vec<u8>,
    encoding: Option<Encoding>,
}

impl Object {
    fn of_text(path: &SitePath, plain: &[u8]) -> Self {
        let packed = Encoding::Gzip.pack(path, plain);
        let encoding = packed.as_ref().map(|_| Encoding::Gzip);
        Self { path: path.clone(), bytes: packed.unwrap_or_else(|| plain.to_vec()), encoding }
    }

    /// Whether what was found is this object with its headers.
    fn is(&self, found: &GetResult, sha256: &str) -> bool {
        found.meta.size == self.bytes.len() as u64
            && found.attributes.get(&SHA256).is_some_and(|of| of.as_ref() == sha256)
            && has_headers(found, &self.path, self.encoding)
    }
}

fn has_headers(found: &GetResult, path: &SitePath, encoding: Option<Encoding>) -> bool {
    let header = |name| found.attributes.get(&name).map(|value| value.as_ref());
    header(Attribute::ContentType) == Some(path.content_type())
        && header(Attribute::CacheControl) == Some(path.cache_control())
        && header(Attribute::ContentEncoding).unwrap_or_default() == encoding.map_or("", Encoding::name)
}

async fn first_failure(results: impl stream::Stream<Item = Result<(), SiteError>>) -> Result<(), SiteError> {
    let mut results = std::pin::pin!(results);
    while let Some(result) = results.next().await {
        result?;
    }
    Ok(())
}
