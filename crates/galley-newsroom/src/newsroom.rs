//! The newsroom as a whole: what it knows, and what a preview needs of it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use galley_destinations::PhotoSource;
use galley_model::address::{article_address, propose_slug, slug_or_default};
use galley_model::checks::{CheckContext, Problem, problems};
use galley_model::workflow::review::problem_findings;
use galley_model::workflow::{
    Actor, CorrectionNote, Finding, ItemStatus, Policy, PolicyRef, Publication, PublishCase, ReasonCode,
    ResponsibleEditorRule, Role, Stage, is_valid_slug, publish_findings,
};
use galley_model::{ArticleId, Content, Instant, PhotoId, Sha256};
use galley_page::{ArticleBlock, Correction, Frame, PageFacts, Templates};
use tokio::sync::watch;

use crate::authorship::Seal;
use crate::decoder::{Decoder, InProcess};
use crate::error::NewsroomError;
use crate::render::{page_of_slug, site_path};
use crate::serve::{Departure, Told};
use crate::site::OpenSite;
use crate::storage::{ArticleRecord, Commit, Committed, Failure, Identity, Recovery, SqliteStorage, Storage};

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

/// What the newsroom says of one article.
#[derive(Clone, Debug, PartialEq)]
pub struct ArticleAuthority {
    /// Which.
    pub article: ArticleId,
    /// First axis.
    pub stage: Stage,
    /// Second axis, on the site.
    pub publication: Publication,
    /// Third axis.
    pub item_status: ItemStatus,
    /// Which reviews it passes.
    pub policy: PolicyRef,
    /// 责任编辑
    pub responsible_editor: String,
    /// Whether readers have it now, whatever became of the last try.
    pub is_live: bool,
    /// The page's address on the site once it was published; it stays.
    pub address: Option<String>,
    /// When readers first had it.
    pub published_at: Option<Instant>,
    /// When it last changed for readers, none before the first change.
    pub modified_at: Option<Instant>,
    /// The content of what readers have; another hash now means that the draft has changed since.
    pub live_content_hash: Option<Sha256>,
    /// Why the last try failed.
    pub failure: Option<Failure>,
    /// What was said to readers about the article, oldest first.
    pub corrections: Vec<Correction>,
    /// Version of the site's settings that a page is rendered with now.
    pub settings_version: u32,
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

    /// What the newsroom says of one article.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn authority(&self, article: ArticleId) -> Result<ArticleAuthority, NewsroomError> {
        let record = self.0.storage.article(article).await?;
        let corrections = self.0.storage.corrections(article).await?;
        let (settings_version, _) = self.settings().await?;
        Ok(ArticleAuthority::of(article, record, corrections, settings_version))
    }

    /// The facts that a page of this content is rendered from now. Pure: for every key of a preview.
    pub fn facts(&self, article: ArticleId, content: &Content, authority: &ArticleAuthority) -> PageFacts {
        facts(article, content, authority)
    }

    /// The same with a note that is to be published with it: the preview of exactly that, without the date that it
    /// will get, as a page that was never published has none.
    pub fn facts_with(
        &self,
        article: ArticleId,
        content: &Content,
        authority: &ArticleAuthority,
        note: Option<&CorrectionNote>,
    ) -> PageFacts {
        with_note(facts(article, content, authority), note, UNDATED)
    }

    /// What stands around the article now: its neighbours and related articles on the site.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn frame(&self, article: ArticleId, content: &Content) -> Result<Frame, NewsroomError> {
        let published_at = self.0.storage.article(article).await?.publication.published_at;
        let press = self.press().await?;
        // What was never published stands after everything that was.
        let place = (published_at.unwrap_or(Instant(i64::MAX)), article);
        let frame = self.listed_frame(&content.section, &content.keywords, place, &press).await?;
        Ok(frame.frame(&press.settings))
    }

    /// What stands in the way of publishing this content, rendered as this block, now; and what the writer
    /// should know.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn findings(
        &self,
        article: ArticleId,
        content: &Content,
        block: &ArticleBlock,
        now: Instant,
    ) -> Result<Vec<Finding>, NewsroomError> {
        let record = self.0.storage.article(article).await?;
        let missing_photos = self.missing_photos(content, block).await;
        self.findings_of(article, &record, content, (&missing_photos, block.n_missing_photos), now).await
    }

    pub(crate) async fn findings_of(
        &self,
        article: ArticleId,
        record: &ArticleRecord,
        content: &Content,
        (missing_photos, n_unknown_photos): (&[(PhotoId, Sha256)], usize),
        now: Instant,
    ) -> Result<Vec<Finding>, NewsroomError> {
        let frozen = record.slug.as_ref().filter(|(_, frozen)| *frozen).map(|(slug, _)| slug.as_str());
        let proposal =
            if frozen.is_some() { None } else { self.proposal_when_taken(article, content).await? };
        let policy = policy(&record.policy);
        let mut findings = publish_findings(&PublishCase {
            article,
            content,
            responsible_editor: &record.responsible_editor,
            policy: &policy,
            stage: record.stage,
            item_status: record.item_status,
            frozen_slug: frozen,
            slug_taken: proposal.as_deref(),
            missing_photos,
            n_unknown_photos,
            now,
        });
        // What the article itself lacks, beside what is named above.
        let lacks = self.lacks(record, &policy, content, now).await?.into_iter();
        findings.extend(
            lacks.filter(|found| matches!(found.reason.code, ReasonCode::TooLong | ReasonCode::BodyMissing)),
        );
        Ok(findings)
    }

    /// The hard problems of the article itself.
    async fn lacks(
        &self,
        record: &ArticleRecord,
        policy: &Policy,
        content: &Content,
        now: Instant,
    ) -> Result<Vec<Finding>, NewsroomError> {
        Ok(problem_findings(&self.problems(record, policy, content, now).await?))
    }

    /// Everything that the checks say of an article.
    pub(crate) async fn problems(
        &self,
        record: &ArticleRecord,
        policy: &Policy,
        content: &Content,
        now: Instant,
    ) -> Result<Vec<Problem>, NewsroomError> {
        let context = CheckContext {
            responsible_editor: record.responsible_editor.clone(),
            responsible_editor_required: policy.responsible_editor == ResponsibleEditorRule::Required,
            now,
        };
        let (_, settings) = self.settings().await?;
        Ok(problems(content, &settings, &context))
    }

    /// A free slug like the one that the content asks for, when another article has that one.
    async fn proposal_when_taken(
        &self,
        article: ArticleId,
        content: &Content,
    ) -> Result<Option<String>, NewsroomError> {
        let wanted = slug_or_default(content.slug.trim(), article);
        if !is_valid_slug(&wanted) || !self.is_taken(&wanted, article).await? {
            return Ok(None);
        }
        let mut taken = vec![wanted.clone()];
        loop {
            let proposal = propose_slug(&wanted, |slug| taken.iter().any(|known| known == slug));
            if !self.is_taken(&proposal, article).await? {
                return Ok(Some(proposal));
            }
            taken.push(proposal);
        }
    }

    async fn is_taken(&self, slug: &str, article: ArticleId) -> Result<bool, NewsroomError> {
        Ok(self.0.storage.slug_holder(slug.to_owned()).await?.is_some_and(|holder| holder != article))
    }

    /// Photos of the page whose bytes are not there.
    pub(crate) async fn missing_photos(
        &self,
        content: &Content,
        block: &ArticleBlock,
    ) -> Vec<(PhotoId, Sha256)> {
        let shown = content.photos.iter().filter(|photo| block.photos.contains(&photo.id));
        let photos: Vec<_> = shown.map(|photo| (photo.id, photo.sha256)).collect();
        if photos.is_empty() {
            return photos;
        }
        let Some(source) = self.photos() else { return photos };
        let missing = move || photos.into_iter().filter(|(_, sha256)| !source.has(*sha256)).collect();
        tokio::task::spawn_blocking(missing).await.unwrap_or_default()
    }

    /// Tells whoever serves the site which addresses are gone and which lead elsewhere, as the records say; later
    /// changes are told as they are made.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn tell_departures(&self) -> Result<(), NewsroomError> {
        // Whoever writes the site waits, so that nothing is told late.
        let _nobody_writes = self.0.site.lock().await;
        let mut all = BTreeMap::new();
        for slug in self.0.storage.all_gone().await? {
            all.insert(site_path(&page_of_slug(&slug))?, Departure::Gone);
        }
        for (slug, to) in self.0.storage.all_leading().await? {
            let to = Departure::MovedTo(site_path(&page_of_slug(&to))?);
            all.insert(site_path(&page_of_slug(&slug))?, to);
        }
        self.0.told.departures().replace(all);
        Ok(())
    }

    /// Tells the server of an article that came, went, or came back.
    pub(crate) async fn tell_departure(&self, article: ArticleId) -> Result<(), NewsroomError> {
        let departures = self.0.told.departures();
        let record = self.0.storage.article(article).await?;
        let mut slugs = self.0.storage.former_addresses(article).await?;
        slugs.extend(record.slug.as_ref().map(|(slug, _)| slug.clone()));
        let is_gone = record.item_status == ItemStatus::Withheld && record.publication.live.is_none();
        for slug in slugs {
            let is_own = record.slug.as_ref().is_some_and(|(own, _)| *own == slug);
            let departure = match self.0.storage.leads_to(slug.clone()).await? {
                Some(to) => Some(Departure::MovedTo(site_path(&page_of_slug(&to))?)),
                None => (is_own && is_gone).then_some(Departure::Gone),
            };
            departures.set(site_path(&page_of_slug(&slug))?, departure);
        }
        Ok(())
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

impl ArticleAuthority {
    pub(crate) fn of(
        article: ArticleId,
        record: ArticleRecord,
        corrections: Vec<Correction>,
        settings_version: u32,
    ) -> Self {
        let publication = record.publication;
        let frozen = record.slug.filter(|(_, frozen)| *frozen);
        Self {
            article,
            stage: record.stage,
            publication: publication.state,
            item_status: record.item_status,
            policy: record.policy,
            responsible_editor: record.responsible_editor,
            is_live: publication.live.is_some(),
            address: frozen.map(|(slug, _)| article_address(&slug, article)),
            published_at: publication.published_at,
            modified_at: publication.modified_at,
            live_content_hash: publication.live_content_hash,
            failure: publication.failure,
            corrections,
            settings_version,
        }
    }
}

/// The facts that a page of this content is rendered from now.
pub(crate) fn facts(article: ArticleId, content: &Content, authority: &ArticleAuthority) -> PageFacts {
    PageFacts {
        id: article,
        address: authority
            .address
            .clone()
            .unwrap_or_else(|| article_address(&slug_of(article, content), article)),
        responsible_editor: authority.responsible_editor.clone(),
        stage_signers: Default::default(),
        corrections: authority.corrections.clone(),
        published_at: authority.published_at,
        modified_at: authority.modified_at,
        settings_version: authority.settings_version,
    }
}

/// Stands for the date that a note gets when it is published.
pub(crate) const UNDATED: Instant = Instant(0);

/// Facts with a note of this date, behind all others.
pub(crate) fn with_note(mut facts: PageFacts, note: Option<&CorrectionNote>, at: Instant) -> PageFacts {
    let note = note.map(|note| Correction { at, kind: note.kind, text: note.text.trim().to_owned() });
    facts.corrections.extend(note);
    facts
}

/// The slug that the content asks for; the article's own while what was typed cannot stand.
pub(crate) fn slug_of(article: ArticleId, content: &Content) -> String {
    let typed = content.slug.trim();
    slug_or_default(if is_valid_slug(typed) { typed } else { "" }, article)
}

/// The policy that a record names. One that this version does not know is as strict as any that it does.
pub(crate) fn policy(reference: &PolicyRef) -> Policy {
    [Policy::solo(), Policy::two_eyes()]
        .into_iter()
        .find(|policy| policy.reference() == *reference)
        .unwrap_or_else(Policy::three_reviews)
}
