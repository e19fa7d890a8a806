//! The site folder: taking it, rebuilding it, and running what waits. A job can be run again at any time, so
//! that a crash between two of its steps is mended by running it at the next start.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use galley_destinations::{Change, PhotoSource, SiteError, SiteFolder, SiteOutput};
use galley_model::Instant;

use crate::error::NewsroomError;
use crate::newsroom::Newsroom;
use crate::plan::Output;
use crate::render;
use crate::storage::{Commit, Effect, Job, SiteRecord, Storage, Work};

/// The place of the site and the photos that go into it.
pub(crate) struct OpenSite {
    pub(crate) output: Arc<dyn SiteOutput>,
    pub(crate) photos: Arc<dyn PhotoSource>,
}

/// How the site was found.
#[derive(Debug)]
pub struct SiteReport {
    /// Why the folder cannot be written; [`Newsroom::rebuild_site`] makes it anew.
    pub problem: Option<SiteError>,
    /// Pages are to be written again: call [`Newsroom::work`], which may take a while on a large site.
    pub work_waits: bool,
}

impl<S: Storage> Newsroom<S> {
    /// Takes a folder as the site, and completes what a crash left half done. A folder that was the site before
    /// and is gone is not made again: that could be a disk which is not mounted.
    ///
    /// # Errors
    /// `Site` when another folder than before cannot be taken; nothing was changed then. `Page`, `Storage`.
    pub async fn open_site(
        &self,
        folder: &Path,
        photos: Arc<dyn PhotoSource>,
        now: Instant,
    ) -> Result<SiteReport, NewsroomError> {
        let folder = SiteFolder::claimed(folder, self.0.identity.newsroom);
        self.open_site_with(Arc::new(folder), photos, now).await
    }

    /// Takes a place of any kind as the site, as [`Newsroom::open_site`] takes a folder. The place has to be
    /// made with this newsroom's [`identity`](Newsroom::identity).
    ///
    /// # Errors
    /// As [`Newsroom::open_site`].
    pub async fn open_site_with(
        &self,
        output: Arc<dyn SiteOutput>,
        photos: Arc<dyn PhotoSource>,
        now: Instant,
    ) -> Result<SiteReport, NewsroomError> {
        let named = output.name();
        let known = self.0.storage.site().await?;
        let is_known = known.as_ref().is_some_and(|site| site.folder == named);
        let mut site = self.0.site.lock().await;
        let place = output.clone();
        let found = blocking(move || if is_known { place.check() } else { place.take() }).await?;
        let problem = match found {
            Err(problem) if !is_known => return Err(problem.into()),
            found => found.err(),
        };
        self.set_photos(photos.clone());
        self.0.answers_readers.store(output.answers_readers(), Ordering::Relaxed);
        *site = Some(OpenSite { output, photos });
        drop(site);
        if problem.is_some() {
            return Ok(SiteReport { problem, work_waits: true });
        }
        if !is_known {
            // Its look is on record once everything was written.
            let taken = SiteRecord { folder: named, look: String::new() };
            self.write(now, vec![Effect::Site(taken)]).await?;
        }
        self.follow_look(now).await?;
        // Before anything is written that shows lists: records of an earlier version have none.
        let problem = match self.run_jobs_that(now, |work| !matches!(work, Work::Site { .. })).await {
            Ok(()) => None,
            Err(NewsroomError::Site(problem)) => Some(problem),
            Err(error) => return Err(error),
        };
        let work_waits = !self.0.storage.jobs().await?.is_empty();
        Ok(SiteReport { problem, work_waits })
    }

    /// The name of the place that was the site last; none when there was none yet.
    ///
    /// # Errors
    /// `Storage`.
    pub async fn site_place(&self) -> Result<Option<String>, NewsroomError> {
        Ok(self.0.storage.site().await?.map(|site| site.folder))
    }

    /// The name of the place that is open now, also when it could not be put on record; none when there is none.
    pub async fn open_place(&self) -> Option<String> {
        self.0.site.lock().await.as_ref().map(|site| site.output.name())
    }

    /// Writes the whole site again, into its folder or a new one where that vanished, and removes what does not
    /// belong on it.
    ///
    /// # Errors
    /// `NoSite`, `Site`, `Page`, `Storage`.
    pub async fn rebuild_site(&self, now: Instant) -> Result<(), NewsroomError> {
        let site = self.0.site.lock().await;
        let output = site.as_ref().ok_or(NewsroomError::NoSite)?.output.clone();
        blocking(move || output.take()).await??;
        self.write(now, vec![Effect::Queue(Work::Site { after: None, list: None })]).await?;
        drop(site);
        self.work(now).await
    }

    /// Does everything that waits on the site; publishing goes on between its steps.
    ///
    /// # Errors
    /// The first of `NoSite`, `Site`, `Page`, `Storage`; what could not be done waits for the next call.
    pub async fn work(&self, now: Instant) -> Result<(), NewsroomError> {
        self.follow_look(now).await?;
        self.run_jobs_that(now, |_| true).await?;
        self.follow_time(now).await
    }

    /// Writes the map of the last two days again when an article became older than that.
    async fn follow_time(&self, now: Instant) -> Result<(), NewsroomError> {
        if self.news_due().is_some_and(|due| now < due) {
            return Ok(());
        }
        let site = self.0.site.lock().await;
        let site = site.as_ref().ok_or(NewsroomError::NoSite)?;
        let press = self.press().await?;
        let change = self.print(&press, &[Output::NewsMap].into(), now).await?;
        // No job stands for it: one that was not written stays due.
        self.apply(site, change).await.inspect_err(|_| self.set_news_due(Instant(i64::MIN)))
    }

    /// Does what readers wait for: pages, take-downs and what shows them, not the whole site.
    pub(crate) async fn run_jobs(&self, now: Instant) -> Result<(), NewsroomError> {
        self.run_jobs_that(now, |work| !matches!(work, Work::Site { .. } | Work::Relist { .. })).await
    }

    /// Runs each job of a kind until none is left but those that failed. One that fails holds up no other.
    async fn run_jobs_that(
        &self,
        now: Instant,
        is_wanted: impl Fn(&Work) -> bool,
    ) -> Result<(), NewsroomError> {
        let mut failed = BTreeSet::new();
        let mut first = None;
        loop {
            let site = self.0.site.lock().await;
            let site = site.as_ref().ok_or(NewsroomError::NoSite)?;
            let jobs = self.0.storage.jobs().await?;
            let next = jobs.into_iter().find(|job| is_wanted(&job.work) && !failed.contains(&job.id));
            let Some(job) = next else { return first.map_or(Ok(()), Err) };
            let id = job.id;
            match self.run(site, job, now).await {
                Ok(()) => {}
                Err(NewsroomError::CutOff) => return Err(NewsroomError::CutOff),
                Err(error) => {
                    failed.insert(id);
                    first.get_or_insert(error);
                }
            }
        }
    }

    /// Has every page written again when renderer or theme are not those it was written with.
    async fn follow_look(&self, now: Instant) -> Result<(), NewsroomError> {
        self.follow_sections(now).await?;
        let look = render::look(&self.templates())?;
        match self.0.storage.site().await? {
            Some(site) if site.look != look => {}
            _ => return Ok(()),
        }
        let waits = |job: &Job| job.work == Work::Site { after: None, list: None };
        if self.0.storage.jobs().await?.iter().any(waits) {
            return Ok(());
        }
        self.write(now, vec![Effect::Queue(Work::Site { after: None, list: None })]).await
    }

    /// Has every article listed again when sections or language are not those that it was listed by.
    async fn follow_sections(&self, now: Instant) -> Result<(), NewsroomError> {
        let listed_by = render::listed_by(&self.settings().await?.1);
        let waits = |job: &Job| matches!(job.work, Work::Relist { .. });
        if self.0.storage.listed_by().await? == listed_by || self.0.storage.jobs().await?.iter().any(waits) {
            return Ok(());
        }
        self.write(now, vec![Effect::Queue(Work::Relist { after: None })]).await
    }

    /// Whether the site can be written now.
    pub(crate) async fn check_site(&self) -> Result<(), NewsroomError> {
        let site = self.0.site.lock().await;
        let output = site.as_ref().ok_or(NewsroomError::NoSite)?.output.clone();
        Ok(blocking(move || output.check()).await??)
    }

    /// Writes a change of the site on a thread that may wait for the disk.
    pub(crate) async fn apply(&self, site: &OpenSite, change: Change) -> Result<(), NewsroomError> {
        let (output, photos) = (site.output.clone(), site.photos.clone());
        #[cfg(test)]
        let stop_at = self.0.stop_at.clone();
        let applied = blocking(move || {
            output.apply(&change, &*photos, &mut |_step| {
                #[cfg(test)]
                stop_at.reached(crate::tests::name_of(_step))?;
                Ok(())
            })?;
            #[cfg(test)]
            stop_at.misread(&change).map_or(Ok(()), |path| Err(SiteError::Verify { path }))?;
            Ok(())
        });
        match applied.await? {
            Err(SiteError::Stopped(_)) => Err(NewsroomError::CutOff),
            applied => Ok(applied?),
        }
    }

    /// Writes records that are about no single article.
    pub(crate) async fn write(&self, now: Instant, effects: Vec<Effect>) -> Result<(), NewsroomError> {
        self.commit(vec![Commit { at: now, article: None, answer: None, effects }]).await?;
        Ok(())
    }

    /// A place where tests cut the newsroom off, as a crash would.
    pub(crate) fn stop_at(&self, _step: &'static str) -> Result<(), NewsroomError> {
        #[cfg(test)]
        self.0.stop_at.reached(_step).map_err(|_| NewsroomError::CutOff)?;
        Ok(())
    }
}

/// Runs what may wait for the disk where it holds nobody up.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, NewsroomError> {
    tokio::task::spawn_blocking(work).await.map_err(|_| NewsroomError::CutOff)
}
