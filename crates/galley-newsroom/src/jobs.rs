//! What each job does on the site, and what it leaves on record.

use std::collections::BTreeSet;

use galley_destinations::{Change, SiteFile, SitePath};
use galley_model::site::SiteSettings;
use galley_model::workflow::{ItemStatus, Publication};
use galley_model::{ArticleId, Content, Instant, RevisionId};

use crate::error::NewsroomError;
use crate::newsroom::Newsroom;
use crate::render::{self, HOME, ListedFrame, Press};
use crate::site::{OpenSite, blocking};
use crate::storage::{
    ArticleRecord, Commit, Committed, Effect, Job, Places, PublicationRecord, Revision, SiteRecord, Storage,
    StorageError, Work,
};

/// Articles on the home page and on a section's index.
const LISTED: u32 = 100;
/// Related articles on a page.
const RELATED: u32 = 5;
/// Pages written in one go while the whole site is.
const CHUNK: u32 = if cfg!(test) { 3 } else { 50 };

impl<S: Storage> Newsroom<S> {
    pub(crate) async fn run(&self, site: &OpenSite, job: Job, now: Instant) -> Result<(), NewsroomError> {
        match job.work {
            Work::Page { revision, article } => self.run_page(site, job.id, revision, article, now).await,
            Work::TakeDown { article } => self.run_take_down(site, job.id, article, now).await,
            Work::Frame { article, places, dropped } => {
                self.run_frame(site, job.id, article, places, dropped, now).await
            }
            Work::Site { after } => self.run_site(site, job.id, after, now).await,
        }
    }

    /// Writes a revision's page with what it needs, and then says that readers have it.
    async fn run_page(
        &self,
        site: &OpenSite,
        job: i64,
        id: RevisionId,
        article: ArticleId,
        now: Instant,
    ) -> Result<(), NewsroomError> {
        let revision = self.revision(id).await?;
        let press = self.press().await?;
        let shows = match self.write_page(site, &revision, &press).await {
            Ok(shows) => shows,
            Err(NewsroomError::CutOff) => return Err(NewsroomError::CutOff),
            Err(error) => return self.fail(site, job, article, error, now).await,
        };
        self.stop_at("page written")?;
        let media = render::media(&revision)?;
        let media: Vec<String> = media.iter().map(|file| file.path.to_string()).collect();
        let mut dropped = self.0.storage.media_only_of(article).await?;
        dropped.retain(|path| !media.contains(path));
        let places = render::places(&revision.content, &press.settings);
        let before = self.0.storage.places(article).await?;
        let touched = Places {
            lists: union(before.lists, &places.lists),
            keywords: union(before.keywords, &places.keywords),
        };
        self.settle(article, now, |record| {
            let publication = PublicationRecord {
                state: Publication::Live,
                wanted: Some(id),
                live: Some(id),
                published_at: revision.facts.published_at,
                modified_at: revision.facts.modified_at,
                live_content_hash: Some(revision.content_hash),
                failure: None,
            };
            vec![
                Effect::Publication(publication),
                Effect::Standing(record.stage, ItemStatus::Usable),
                Effect::FreezeSlug,
                Effect::List {
                    listed: Box::new(render::listed(&revision, &press.settings)),
                    places: places.clone(),
                    media: media.clone(),
                },
                Effect::Shows { page: article, shows: shows.clone() },
                Effect::Done(job),
                Effect::Queue(Work::Frame { article, places: touched.clone(), dropped: dropped.clone() }),
            ]
        })
        .await?;
        self.stop_at("page recorded")
    }

    /// Removes an article's page and the photos that only it showed, and then says so.
    async fn run_take_down(
        &self,
        site: &OpenSite,
        job: i64,
        article: ArticleId,
        now: Instant,
    ) -> Result<(), NewsroomError> {
        let record = self.0.storage.article(article).await?;
        let Some(live) = record.publication.live else {
            return self.write(now, vec![Effect::Done(job)]).await;
        };
        let address = render::site_path(&self.revision(live).await?.facts.address)?;
        let mut removed = vec![address.clone()];
        for path in self.0.storage.media_only_of(article).await? {
            removed.push(render::site_path(&path)?);
        }
        match self.apply(site, Change { removed, ..Change::default() }).await {
            Ok(()) => {}
            Err(NewsroomError::CutOff) => return Err(NewsroomError::CutOff),
            Err(error) => return self.fail(site, job, article, error, now).await,
        }
        self.stop_at("page removed")?;
        let places = self.0.storage.places(article).await?;
        self.settle(article, now, |record| {
            let publication = PublicationRecord {
                state: Publication::TakenDown,
                wanted: record.publication.live.or(record.publication.wanted),
                live: None,
                failure: None,
                ..record.publication.clone()
            };
            vec![
                Effect::Publication(publication),
                Effect::Standing(record.stage, ItemStatus::Withheld),
                Effect::Unlist,
                Effect::Done(job),
                Effect::Queue(Work::Frame { article, places: places.clone(), dropped: Vec::new() }),
            ]
        })
        .await?;
        self.stop_at("take-down recorded")
    }

    /// Writes again what shows an article: pages with its card, its neighbours, its lists.
    async fn run_frame(
        &self,
        site: &OpenSite,
        job: i64,
        article: ArticleId,
        places: Places,
        mut dropped: Vec<String>,
        now: Instant,
    ) -> Result<(), NewsroomError> {
        let press = self.press().await?;
        let mut pages: BTreeSet<ArticleId> =
            self.0.storage.pages_showing(article).await?.into_iter().collect();
        let publication = self.0.storage.article(article).await?.publication;
        let place = (publication.published_at.unwrap_or_default(), article);
        pages.extend(self.0.storage.pages_relating(place, places.keywords).await?);
        if let Some(live) = publication.live {
            let revision = self.revision(live).await?;
            let near = self.listed_frame(&revision.content, place, &press.settings).await?;
            pages.extend(near.previous.iter().chain(&near.next).map(|listed| listed.article));
        }
        // Shown again meanwhile by a newer version, or by another article.
        let in_use = self.0.storage.media_in_use(dropped.clone()).await?;
        dropped.retain(|path| !in_use.contains(path));
        let pages: Vec<ArticleId> = pages.into_iter().collect();
        let (mut change, mut effects) = self.pages_again(&pages, &press).await?;
        // A theme may have changed since these pages were written; their photos are there.
        change.assets = press.assets()?;
        change.media.clear();
        change.lists = self.lists_again(&press, |list| places.lists.contains(list)).await?;
        change.removed = dropped.iter().map(|path| render::site_path(path)).collect::<Result<_, _>>()?;
        self.apply(site, change).await?;
        self.stop_at("frame written")?;
        effects.push(Effect::Done(job));
        self.write(now, effects).await
    }

    /// Writes the next pages of the whole site; after the last, its lists, and removes what does not belong.
    async fn run_site(
        &self,
        site: &OpenSite,
        job: i64,
        after: Option<ArticleId>,
        now: Instant,
    ) -> Result<(), NewsroomError> {
        let press = self.press().await?;
        let assets = press.assets()?;
        let pages = self.0.storage.live_after(after, CHUNK).await?;
        if let Some(last) = pages.last().copied() {
            let (change, mut effects) = self.pages_again(&pages, &press).await?;
            self.apply(site, Change { assets, ..change }).await?;
            self.stop_at("pages written")?;
            effects.push(Effect::Progress(job, Work::Site { after: Some(last) }));
            return self.write(now, effects).await;
        }
        let mut lists = self.lists_again(&press, |_| true).await?;
        lists.push(press.not_found()?);
        let removed = self.strangers(site, &press.settings).await?;
        self.apply(site, Change { assets, lists, removed, ..Change::default() }).await?;
        self.stop_at("site written")?;
        let folder = site.output.name();
        let look = render::look(&press.templates)?;
        self.write(now, vec![Effect::Site(SiteRecord { folder, look }), Effect::Done(job)]).await
    }

    /// Renders live pages within the site as it is now, with what is to be recorded once they are written.
    async fn pages_again(
        &self,
        pages: &[ArticleId],
        press: &Press,
    ) -> Result<(Change, Vec<Effect>), NewsroomError> {
        let (mut change, mut effects) = (Change::default(), Vec::new());
        for page in pages {
            let Some(live) = self.0.storage.article(*page).await?.publication.live else { continue };
            let revision = self.revision(live).await?;
            let (file, shows) = self.page_of(&revision, press).await?;
            change.media.extend(render::media(&revision)?);
            change.pages.push(file);
            effects.push(Effect::Shows { page: *page, shows });
        }
        Ok((change, effects))
    }

    /// Renders the indexes that show a list which is wanted.
    async fn lists_again(
        &self,
        press: &Press,
        is_wanted: impl Fn(&String) -> bool,
    ) -> Result<Vec<SiteFile>, NewsroomError> {
        let mut files = Vec::new();
        for section in render::indexed_sections(&press.settings) {
            let lists = render::lists_below(section, &press.settings);
            if lists.iter().any(&is_wanted) {
                let newest = self.0.storage.newest(lists, LISTED).await?;
                files.push(press.section_index(section, &newest)?);
            }
        }
        let home = HOME.to_owned();
        if is_wanted(&home) {
            let newest = self.0.storage.newest(vec![home], LISTED).await?;
            files.push(press.home(&newest)?);
        }
        Ok(files)
    }

    /// Files in the site's folders that do not belong there: left by a folder that was away during a take-down,
    /// or by a section that is gone. Records that are a restored copy do not know all that readers have, and
    /// condemn only what they know to be down.
    async fn strangers(
        &self,
        site: &OpenSite,
        settings: &SiteSettings,
    ) -> Result<Vec<SitePath>, NewsroomError> {
        let live: BTreeSet<String> = self.0.storage.live_addresses().await?.into_iter().collect();
        let media: BTreeSet<String> = self.0.storage.live_media().await?.into_iter().collect();
        let known: BTreeSet<String> = self.0.storage.known_addresses().await?.into_iter().collect();
        let indexes: BTreeSet<String> = render::indexed_sections(settings)
            .iter()
            .map(|section| galley_model::address::section_address(&section.slug))
            .collect();
        let knows_all = !self.0.identity.was_restored;
        let mut strangers = self.files(site, "/articles").await?;
        strangers
            .retain(|file| !live.contains(file.as_str()) && (knows_all || known.contains(file.as_str())));
        let sections = self.files(site, "/sections").await?;
        strangers.extend(sections.into_iter().filter(|file| !indexes.contains(file.as_str())));
        if knows_all {
            let photos = self.files(site, "/media").await?;
            strangers.extend(photos.into_iter().filter(|file| !media.contains(file.as_str())));
        }
        Ok(strangers)
    }

    async fn files(&self, site: &OpenSite, folder: &str) -> Result<Vec<SitePath>, NewsroomError> {
        let (output, folder) = (site.output.clone(), render::site_path(folder)?);
        Ok(blocking(move || output.files(&folder)).await??)
    }

    /// Writes the page of a revision with what it needs, and says whose cards it shows.
    async fn write_page(
        &self,
        site: &OpenSite,
        revision: &Revision,
        press: &Press,
    ) -> Result<Vec<ArticleId>, NewsroomError> {
        let (page, shows) = self.page_of(revision, press).await?;
        let (assets, media) = (press.assets()?, render::media(revision)?);
        self.apply(site, Change { assets, media, pages: vec![page], ..Change::default() }).await?;
        Ok(shows)
    }

    async fn page_of(
        &self,
        revision: &Revision,
        press: &Press,
    ) -> Result<(SiteFile, Vec<ArticleId>), NewsroomError> {
        let place = (revision.facts.published_at.unwrap_or_default(), revision.article);
        let frame = self.listed_frame(&revision.content, place, &press.settings).await?;
        Ok((press.page(revision, &frame)?, frame.shows()))
    }

    /// The templates and settings of now.
    async fn press(&self) -> Result<Press, NewsroomError> {
        Ok(Press { templates: self.templates(), settings: self.settings().await?.1 })
    }

    /// Neighbours in the article's own section, and older articles that share its keywords.
    pub(crate) async fn listed_frame(
        &self,
        content: &Content,
        place: (Instant, ArticleId),
        settings: &SiteSettings,
    ) -> Result<ListedFrame, NewsroomError> {
        let list = render::own_list(content, settings);
        let (previous, next) = self.0.storage.neighbours(list, place).await?;
        let related = match content.keywords.is_empty() {
            true => Vec::new(),
            false => self.0.storage.related(place, content.keywords.clone(), RELATED).await?,
        };
        Ok(ListedFrame { previous, next, related })
    }

    /// Records that a try failed, after setting right what it may have left on the site.
    async fn fail(
        &self,
        site: &OpenSite,
        job: i64,
        article: ArticleId,
        error: NewsroomError,
        now: Instant,
    ) -> Result<(), NewsroomError> {
        tracing::warn!(%article, %error, "a page could not be written");
        if let Err(error) = self.set_right(site, article).await {
            tracing::warn!(%article, %error, "what the failed try left could not be set right");
        }
        self.settle(article, now, |record| {
            let state = match record.item_status {
                ItemStatus::Withheld => Publication::TakenDown,
                _ => Publication::Failed,
            };
            let failure = Some(error.failure());
            let publication = PublicationRecord { state, failure, ..record.publication.clone() };
            vec![Effect::Publication(publication), Effect::ReleaseSlug, Effect::Done(job)]
        })
        .await
    }

    /// Readers have what the records say: the page that was live, or none.
    async fn set_right(&self, site: &OpenSite, article: ArticleId) -> Result<(), NewsroomError> {
        let publication = self.0.storage.article(article).await?.publication;
        if let Some(live) = publication.live {
            let press = self.press().await?;
            return self.write_page(site, &self.revision(live).await?, &press).await.map(drop);
        }
        let Some(wanted) = publication.wanted else { return Ok(()) };
        let removed = vec![render::site_path(&self.revision(wanted).await?.facts.address)?];
        self.apply(site, Change { removed, ..Change::default() }).await
    }

    /// Commits effects on the article's record as it stands at that moment.
    async fn settle(
        &self,
        article: ArticleId,
        now: Instant,
        effects: impl Fn(&ArticleRecord) -> Vec<Effect>,
    ) -> Result<(), NewsroomError> {
        loop {
            let record = self.0.storage.article(article).await?;
            let commit = Commit {
                at: now,
                article: Some((article, record.wf_rev)),
                answer: None,
                effects: effects(&record),
            };
            if self.commit(vec![commit]).await? != Committed::Moved {
                return Ok(());
            }
        }
    }

    async fn revision(&self, id: RevisionId) -> Result<Revision, NewsroomError> {
        let found = self.0.storage.revision(id).await?;
        Ok(found.ok_or_else(|| StorageError::Damaged(format!("no revision {id}")))?)
    }
}

/// What stands in either, sorted.
fn union(mut some: Vec<String>, others: &[String]) -> Vec<String> {
    some.extend(others.iter().cloned());
    some.sort();
    some.dedup();
    some
}
