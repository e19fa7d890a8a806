//! A desk to test at: a library folder with a newsroom, a site, photos, a clock that the test moves, and people.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use galley_destinations::PhotoSource;
use galley_model::workflow::{CorrectionKind, CorrectionNote, IntentId, ReasonCode};
use galley_model::{
    ArticleId, Content, Contributor, ContributorId, Instant, Photo, PhotoId, Rendition, RenditionFormat,
    Sha256,
};
use tempfile::TempDir;
use uuid::Uuid;

use crate::{
    ArticleAuthority, Ask, Commit, Committed, Effect, Newsroom, NewsroomError, SiteReport, Storage as _,
};

/// 2026-11-23 08:00 in Shanghai.
const MORNING: i64 = 1_795_392_000_000;
const MINUTE: i64 = 60_000;

pub(super) struct Desk {
    pub(super) newsroom: Newsroom,
    pub(super) photos: Arc<Photos>,
    /// Kept so that the library is removed with the desk.
    place: Option<TempDir>,
    library: PathBuf,
    clock: AtomicI64,
    intents: AtomicU64,
}

#[derive(Default)]
pub(super) struct Photos(Mutex<BTreeMap<Sha256, Vec<u8>>>);

impl Photos {
    pub(super) fn add(&self, bytes: &[u8]) -> Sha256 {
        let sha256 = Sha256::of(bytes);
        self.set(sha256, bytes);
        sha256
    }

    pub(super) fn set(&self, sha256: Sha256, bytes: &[u8]) {
        self.0.lock().unwrap().insert(sha256, bytes.to_vec());
    }

    pub(super) fn lose(&self, sha256: Sha256) {
        self.0.lock().unwrap().remove(&sha256);
    }
}

impl PhotoSource for Photos {
    fn open(&self, sha256: Sha256) -> io::Result<Vec<u8>> {
        self.0.lock().unwrap().get(&sha256).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// What a format begins and ends with, around the photo's own bytes: newsrooms do not look between.
    fn rendition(&self, rendition: Rendition) -> io::Result<Vec<u8>> {
        let photo = self.open(rendition.sha256)?;
        if Sha256::of(&photo) != rendition.sha256 {
            return Err(io::ErrorKind::InvalidData.into());
        }
        let inside = [&photo, rendition.file_name().as_bytes()].concat();
        Ok(match rendition.format {
            RenditionFormat::Jpeg => [b"\xff\xd8\xff", inside.as_slice(), b"\xff\xd9"].concat(),
            RenditionFormat::WebP => {
                let length = (inside.len() as u32 + 4).to_le_bytes();
                [b"RIFF", length.as_slice(), b"WEBP", &inside].concat()
            }
        })
    }
}

impl Desk {
    /// A new newsroom with its site set up.
    pub(super) async fn new() -> Self {
        let place = tempfile::tempdir().unwrap();
        let mut desk = Self::in_library(place.path(), Arc::default()).await;
        desk.place = Some(place);
        desk.open_site().await;
        desk
    }

    /// A desk over a library that someone else looks after.
    pub(super) async fn in_library(library: &Path, photos: Arc<Photos>) -> Self {
        let newsroom = Newsroom::open(library, Instant(MORNING)).await.unwrap();
        let (clock, intents) = (AtomicI64::new(MORNING), AtomicU64::new(1));
        Self { newsroom, photos, place: None, library: library.to_owned(), clock, intents }
    }

    /// The same desk in a later run of the program, its site not yet opened.
    pub(super) async fn reopened(self) -> Self {
        let clock = self.clock.load(Ordering::Relaxed);
        let intents = self.intents.load(Ordering::Relaxed);
        self.newsroom.close().await;
        let mut desk = Self::in_library(&self.library, self.photos).await;
        desk.place = self.place;
        desk.clock.store(clock, Ordering::Relaxed);
        desk.intents.store(intents, Ordering::Relaxed);
        desk
    }

    pub(super) async fn open_site(&self) -> SiteReport {
        let report = self.newsroom.open_site(&self.site(), self.photos.clone(), self.now()).await.unwrap();
        if report.problem.is_none() {
            self.newsroom.work(self.now()).await.unwrap();
        }
        report
    }

    pub(super) fn library(&self) -> &Path {
        &self.library
    }

    pub(super) fn site(&self) -> PathBuf {
        self.library.join("site")
    }

    pub(super) fn now(&self) -> Instant {
        Instant(self.clock.load(Ordering::Relaxed))
    }

    pub(super) fn minutes_pass(&self, minutes: i64) {
        self.clock.fetch_add(minutes * MINUTE, Ordering::Relaxed);
    }

    /// A press of a button by the reporter; one minute passes.
    pub(super) fn ask(&self, article: ArticleId) -> Ask {
        self.minutes_pass(1);
        let intent = IntentId(Uuid::from_u128(u128::from(self.intents.fetch_add(1, Ordering::Relaxed))));
        Ask { intent, article, actor: self.newsroom.local_actor("王记者"), at: self.now() }
    }

    /// The hash of the preview, as the window would send it.
    pub(super) async fn previewed(&self, article: ArticleId, content: &Content) -> Sha256 {
        self.previewed_with(article, content, None).await
    }

    /// The same with a note for readers.
    pub(super) async fn previewed_with(
        &self,
        article: ArticleId,
        content: &Content,
        note: Option<&CorrectionNote>,
    ) -> Sha256 {
        let (_, settings) = self.newsroom.settings().await.unwrap();
        let authority = self.newsroom.authority(article).await.unwrap();
        let facts = self.newsroom.facts_with(article, content, &authority, note);
        self.newsroom.templates().page_hash(content, &facts, &settings).unwrap()
    }

    /// Publishes with a note for readers.
    pub(super) async fn correct(
        &self,
        article: ArticleId,
        content: &Content,
        text: &str,
    ) -> Result<ArticleAuthority, NewsroomError> {
        let note = CorrectionNote { kind: CorrectionKind::Correction, text: text.to_owned() };
        let seen = self.previewed_with(article, content, Some(&note)).await;
        self.newsroom.publish_with(&self.ask(article), content, seen, Some(note)).await
    }

    /// Has an article be shown under an address that it does not keep.
    pub(super) async fn shown_at(&self, article: ArticleId, slug: &str) {
        let record = self.newsroom.0.storage.article(article).await.unwrap();
        let effects = vec![Effect::ShownAt(slug.to_owned())];
        let commit =
            Commit { at: self.now(), article: Some((article, record.wf_rev)), answer: None, effects };
        assert!(matches!(self.newsroom.commit(vec![commit]).await.unwrap(), Committed::At(_)));
    }

    pub(super) async fn try_publish(
        &self,
        article: ArticleId,
        content: &Content,
    ) -> Result<ArticleAuthority, NewsroomError> {
        let seen = self.previewed(article, content).await;
        self.newsroom.publish(&self.ask(article), content, seen).await
    }

    /// Publishes, and expects the page to be live.
    pub(super) async fn publish(&self, article: ArticleId, content: &Content) -> ArticleAuthority {
        let authority = self.try_publish(article, content).await.unwrap();
        assert!(authority.is_live && authority.failure.is_none(), "{authority:?}");
        authority
    }

    /// A file of the site as text.
    pub(super) fn page(&self, address: &str) -> Option<String> {
        fs::read_to_string(self.site().join(address.trim_start_matches('/'))).ok()
    }

    /// Every file of the site, hidden ones too.
    pub(super) fn files(&self) -> BTreeMap<String, Vec<u8>> {
        files_below(&self.site())
    }

    /// The pages of articles, without their packed forms; beside each stands its ninjs.
    pub(super) fn article_files(&self) -> BTreeSet<String> {
        let files: BTreeSet<String> = self
            .files()
            .into_keys()
            .filter_map(|path| path.strip_prefix("articles/").map(str::to_owned))
            .filter(|path| !path.ends_with(".gz") && !path.ends_with(".br"))
            .collect();
        let (pages, others): (BTreeSet<String>, BTreeSet<String>) =
            files.into_iter().partition(|file| file.ends_with(".html"));
        let beside = |page: &String| page.replace(".html", ".ninjs.json");
        assert_eq!(pages.iter().map(beside).collect::<BTreeSet<_>>(), others);
        pages
    }

    /// A question to the records, past the newsroom.
    pub(super) fn count(&self, sql: &str) -> i64 {
        let records = rusqlite::Connection::open(self.library().join("newsroom.sqlite")).unwrap();
        records.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    /// The same, for a word.
    pub(super) fn text(&self, sql: &str) -> String {
        let records = rusqlite::Connection::open(self.library().join("newsroom.sqlite")).unwrap();
        records.query_row(sql, [], |row| row.get(0)).unwrap()
    }
}

pub(super) fn files_below(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![root.to_owned()];
    while let Some(folder) = folders.pop() {
        let Ok(entries) = fs::read_dir(&folder) else { continue };
        for entry in entries {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().replace('\\', "/");
            files.insert(name, fs::read(&path).unwrap());
        }
    }
    files
}

pub(super) fn article(n: u128) -> ArticleId {
    ArticleId(Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0000 + n))
}

/// An article that may be published as it stands.
pub(super) fn flood(slug: &str) -> Content {
    Content {
        headline: format!("汛期通报（{slug}）"),
        slug: slug.to_owned(),
        section: "news".to_owned(),
        source: galley_model::Source { name: "县融媒体中心".to_owned(), ..Default::default() },
        contributors: vec![Contributor {
            id: ContributorId(Uuid::from_u128(1)),
            name: "王记者".to_owned(),
            role: "记者".to_owned(),
            unit: String::new(),
        }],
        summary: "县水务局通报汛情。".to_owned(),
        keywords: vec!["防汛".to_owned()],
        body: "县水务局昨日通报，**“洪峰”**已过境。\n\n两岸居民已返回家中。\n".to_owned(),
        ..Content::default()
    }
}

/// A photo of these bytes, standing in the body.
pub(super) fn add_photo(content: &mut Content, n: u128, sha256: Sha256) {
    let id = PhotoId(Uuid::from_u128(n));
    content.photos.push(Photo {
        id,
        sha256,
        mime: "image/jpeg".to_owned(),
        width: 4,
        height: 3,
        caption: "洪峰过境".to_owned(),
        credit: Default::default(),
        alt: "大桥".to_owned(),
        focal: None,
        digital_source: Default::default(),
    });
    content.body.push_str(&format!("\n![](photo:{id})\n"));
}

/// The codes of a refusal.
#[track_caller]
pub(super) fn refused<T: std::fmt::Debug>(result: Result<T, NewsroomError>) -> Vec<ReasonCode> {
    match result.unwrap_err() {
        NewsroomError::Refused { reasons, .. } => reasons.iter().map(|reason| reason.code).collect(),
        other => panic!("not a refusal: {other:?}"),
    }
}
