//! What each job does on the site, and what it leaves on record. The whole site is in `build.rs`.

use std::collections::BTreeSet;

use galley_destinations::{Change, SitePath};
use galley_model::workflow::{ItemStatus, Publication};
use galley_model::{ArticleId, Instant, RevisionId};

use crate::error::NewsroomError;
use crate::lists::{self, List};
use crate::newsroom::Newsroom;
use crate::plan::Output;
use crate::printing::files_of_page;
use crate::render::{self, Press, Printable};
use crate::site::OpenSite;
use crate::storage::{
    ArticleRecord, Commit, Committed, Effect, Job, Listed, Listing, Moved, Places, PublicationRecord,
    Revision, Storage, StorageError, Work,
};

impl<S: Storage> Newsroom<S> {
    pub(crate) async fn run(&self, site: &OpenSite, job: Job, now: Instant) -> Result<(), NewsroomError> {
        match job.work {
            Work::Page { revision, article } => self.run_page(site, job.id, revision, article, now).await,
            Work::TakeDown { article } => self.run_take_down(site, job.id, article, now).await,
            Work::Retract { article } => self.run_retract(site, job.id, article, now).await,
            Work::Follow { article, moved, dropped } => {
                self.run_follow(site, job.id, article, moved, dropped, now).await
            }
            Work::Home => self.run_home(site, job.id, now).await,
            Work::Relist { after } => self.run_relist(job.id, after, now).await,
            Work::Site { after, list } => self.run_site(site, job.id, after, list, now).await,
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
        match self.write_page(site, &revision, &press).await {
            Ok(()) => {}
            Err(NewsroomError::CutOff) => return Err(NewsroomError::CutOff),
            Err(error) => return self.fail(site, job, article, error, now).await,
        }
        self.stop_at("page written")?;
        let media = render::media_of(&revision)?;
        let media: Vec<String> = media.iter().map(|file| file.path.to_string()).collect();
        let mut dropped = self.0.storage.media_only_of(article).await?;
        dropped.retain(|path| !media.contains(path));
        let listed = render::listed(&revision, &press.settings);
        let places = lists::places(&listed, &revision.content.keywords, &press.settings);
        let before = self.0.storage.listing(article).await?;
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
            let moved = moved(&before, Some(&listed), &places);
            vec![
                Effect::Publication(publication),
                Effect::Standing(record.stage, ItemStatus::Usable),
                Effect::FreezeSlug,
                Effect::List {
                    listed: Some(Box::new(listed.clone())),
                    places: places.clone(),
                    media: media.clone(),
                },
                Effect::Done(job),
                Effect::Queue(Work::Follow { article, moved, dropped: dropped.clone() }),
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
        let mut removed: Vec<SitePath> = files_of_page(&self.revision(live).await?.facts.address)?.into();
        for path in self.0.storage.media_only_of(article).await? {
            removed.push(render::site_path(&path)?);
        }
        match self.apply(site, Change { removed, ..Change::default() }).await {
            Ok(()) => {}
            Err(NewsroomError::CutOff) => return Err(NewsroomError::CutOff),
            Err(error) => return self.fail(site, job, article, error, now).await,
        }
        self.stop_at("page removed")?;
        let before = self.0.storage.listing(article).await?;
        self.settle(article, now, |record| {
            let publication = gone(record, Publication::TakenDown);
            let moved = moved(&before, None, &Places::default());
            vec![
                Effect::Publication(publication),
                Effect::Standing(record.stage, ItemStatus::Withheld),
                Effect::List { listed: None, places: Places::default(), media: Vec::new() },
                Effect::Done(job),
                Effect::Queue(Work::Follow { article, moved, dropped: Vec::new() }),
            ]
        })
        .await?;
        self.stop_at("take-down recorded")
    }

    /// Puts the notice in the place of an article's page, and then says so.
    async fn run_retract(
        &self,
        site: &OpenSite,
        job: i64,
        article: ArticleId,
        now: Instant,
    ) -> Result<(), NewsroomError> {
        let press = self.press().await?;
        let (Some(record), Some(listed), Some(notice)) = (
            self.0.storage.retraction(article).await?,
            self.0.storage.shown_as(article).await?,
            self.notice(&press, article).await?,
        ) else {
            return self.write(now, vec![Effect::Done(job)]).await;
        };
        let assets = press.assets()?;
        match self.apply(site, Change { assets, pages: notice.into(), ..Change::default() }).await {
            Ok(()) => {}
            Err(NewsroomError::CutOff) => return Err(NewsroomError::CutOff),
            Err(error) => return self.fail(site, job, article, error, now).await,
        }
        self.stop_at("notice written")?;
        let before = self.0.storage.listing(article).await?;
        let dropped = self.0.storage.media_only_of(article).await?;
        let places = lists::places_retracted(&listed, record.at);
        self.settle(article, now, |record| {
            let moved = moved(&before, None, &places);
            vec![
                Effect::Publication(gone(record, Publication::Retracted)),
                Effect::Standing(record.stage, ItemStatus::Canceled),
                Effect::List { listed: None, places: places.clone(), media: Vec::new() },
                Effect::Done(job),
                Effect::Queue(Work::Follow { article, moved, dropped: dropped.clone() }),
            ]
        })
        .await?;
        self.stop_at("retraction recorded")
    }

    /// Writes again what a change of an article touches.
    async fn run_follow(
        &self,
        site: &OpenSite,
        job: i64,
        article: ArticleId,
        moved: Moved,
        mut dropped: Vec<String>,
        now: Instant,
    ) -> Result<(), NewsroomError> {
        let press = self.press().await?;
        let plan = self.plan_of(article, &moved, &press, now).await?;
        tracing::debug!(%article, ?plan, "following a change");
        let mut change = self.print(&press, &plan, now).await?;
        // A theme may have changed since these pages were written; their photos are there.
        change.assets = press.assets()?;
        // Shown again meanwhile by a newer version, or by another article.
        let in_use = self.0.storage.media_in_use(dropped.clone()).await?;
        dropped.retain(|path| !in_use.contains(path));
        for path in &dropped {
            change.removed.push(render::site_path(path)?);
        }
        self.apply(site, change).await?;
        self.stop_at("frame written")?;
        self.tell_departure(article).await?;
        self.write(now, vec![Effect::Done(job)]).await
    }

    /// Writes the home page again, for another lead.
    async fn run_home(&self, site: &OpenSite, job: i64, now: Instant) -> Result<(), NewsroomError> {
        let press = self.press().await?;
        let mut change = self.print(&press, &[Output::Front(List::Home)].into(), now).await?;
        change.assets = press.assets()?;
        self.apply(site, change).await?;
        self.write(now, vec![Effect::Done(job)]).await
    }

    /// Writes the page of a revision with what it needs.
    pub(crate) async fn write_page(
        &self,
        site: &OpenSite,
        revision: &Revision,
        press: &Press,
    ) -> Result<(), NewsroomError> {
        let place = (revision.facts.published_at.unwrap_or_default(), revision.article);
        let content = &revision.content;
        let frame = self.listed_frame(&content.section, &content.keywords, place, press).await?;
        let pages = press.page(&Printable::of(revision), &frame.frame(&press.settings))?.into();
        let (assets, media) = (press.assets()?, render::media_of(revision)?);
        self.apply(site, Change { assets, media, pages, ..Change::default() }).await
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
        let held = self.0.storage.article(article).await?.slug.filter(|(_, frozen)| !frozen);
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
        .await?;
        // What led on from the address it gave up leads on again.
        if let Some((slug, _)) = held {
            let press = self.press().await?;
            let change = self.print(&press, &[Output::Redirect(slug)].into(), now).await?;
            if let Err(error) = self.apply(site, change).await {
                tracing::warn!(%article, %error, "an address could not be set right");
            }
        }
        Ok(())
    }

    /// Readers have what the records say: the page that was live, or none.
    async fn set_right(&self, site: &OpenSite, article: ArticleId) -> Result<(), NewsroomError> {
        let publication = self.0.storage.article(article).await?.publication;
        if let Some(live) = publication.live {
            let press = self.press().await?;
            return self.write_page(site, &self.revision(live).await?, &press).await;
        }
        let Some(wanted) = publication.wanted else { return Ok(()) };
        let removed = files_of_page(&self.revision(wanted).await?.facts.address)?.into();
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

    pub(crate) async fn revision(&self, id: RevisionId) -> Result<Revision, NewsroomError> {
        let found = self.0.storage.revision(id).await?;
        Ok(found.ok_or_else(|| StorageError::Damaged(format!("no revision {id}")))?)
    }
}

/// Not for readers any more; what they had last can be named.
fn gone(record: &ArticleRecord, state: Publication) -> PublicationRecord {
    PublicationRecord {
        state,
        wanted: record.publication.live.or(record.publication.wanted),
        live: None,
        failure: None,
        ..record.publication.clone()
    }
}

/// What of an article's places moves when it is listed like this from now on.
fn moved(before: &Listing, after: Option<&Listed>, places: &Places) -> Moved {
    let is_home = |entry: &&(String, Instant)| entry.0 == List::Home.to_string();
    let now: BTreeSet<(String, Instant)> =
        places.entries.iter().map(|entry| (entry.list.clone(), entry.at)).collect();
    let then: BTreeSet<(String, Instant)> = before.entries.iter().cloned().collect();
    let went = now.iter().find(is_home).is_some() != then.iter().find(is_home).is_some();
    let card = went
        || match (&before.listed, after) {
            (Some(before), Some(after)) => !render::looks_alike(before, after),
            _ => true,
        };
    let words = |words: &[String]| words.iter().cloned().collect::<BTreeSet<String>>();
    let (new_words, old_words) = (words(&places.keywords), words(&before.keywords));
    // Where it shows as before, only what it joined and left moves.
    let (entries, keywords) = match card {
        true => (&now | &then, &new_words | &old_words),
        false => (&now ^ &then, &new_words ^ &old_words),
    };
    Moved {
        entries: entries.into_iter().collect(),
        joined: now.difference(&then).cloned().collect(),
        keywords: keywords.into_iter().collect(),
        card,
        went,
    }
}
