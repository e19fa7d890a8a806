//! The whole site: every live article listed, every page and list written, and what does not belong removed.
//!
//! Pages are read in batches on the records' own thread while those of the batch before are rendered on all cores, so
//! that neither waits for the other and memory holds two batches. Each step leaves on record how far it got.

use std::collections::BTreeSet;

use galley_destinations::{Change, SitePath};
use galley_model::{ArticleId, Instant};

use crate::error::NewsroomError;
use crate::lists::{self, List, indexed_sections};
use crate::newsroom::Newsroom;
use crate::plan::Output;
use crate::printing::{RELATED, on_all_cores};
use crate::render::{self, Press, address_of};
use crate::site::{OpenSite, blocking};
use crate::storage::{Commit, Committed, Effect, ListRecord, PageRecord, SiteRecord, Storage, Work};

/// Pages written in one go.
const CHUNK: u32 = if cfg!(test) { 3 } else { 512 };
/// How often before it is somebody else's turn.
const CHUNKS: u32 = if cfg!(test) { 1 } else { 4 };
/// Pages of lists written in one go.
const LIST_CHUNK: u32 = if cfg!(test) { 2 } else { 256 };
/// Articles listed in one transaction.
const RELISTED: u32 = if cfg!(test) { 3 } else { 500 };
/// Files of a folder that are looked up at once.
const LOOKED_UP: usize = 500;

impl<S: Storage> Newsroom<S> {
    /// Writes the next part of the whole site, and leaves the rest for the next turn, so that publishing goes on
    /// between them; after the last, removes what does not belong.
    pub(crate) async fn run_site(
        &self,
        site: &OpenSite,
        job: i64,
        after: Option<ArticleId>,
        list: Option<(String, u32)>,
        now: Instant,
    ) -> Result<(), NewsroomError> {
        let press = self.press().await?;
        if list.is_none() && self.write_pages(site, job, &press, after, now).await? {
            return Ok(());
        }
        if let Some(list) = self.write_lists(site, &press, list, now).await? {
            return self
                .write(now, vec![Effect::Progress(job, Work::Site { after, list: Some(list) })])
                .await;
        }
        self.write_rest(site, &press, now).await?;
        self.stop_at("site written")?;
        let look = render::look(&press.templates)?;
        let taken = SiteRecord { folder: site.output.name(), look };
        self.write(now, vec![Effect::Site(taken), Effect::Done(job)]).await
    }

    /// Some of the live pages in the order of ids, from the one after `after`; whether there were any.
    async fn write_pages(
        &self,
        site: &OpenSite,
        job: i64,
        press: &Press,
        after: Option<ArticleId>,
        now: Instant,
    ) -> Result<bool, NewsroomError> {
        let mut records = self.0.storage.pages_after(after, CHUNK, RELATED).await?;
        let mut assets = press.assets()?;
        let mut written = None;
        for n_left in (0..CHUNKS).rev() {
            let Some(last) = records.last().map(|record| record.article) else {
                self.came_to(job, written, now).await?;
                return Ok(n_left + 1 < CHUNKS);
            };
            let rendering = press.clone();
            let next = async {
                let limit = if n_left > 0 { CHUNK } else { 0 };
                self.0.storage.pages_after(Some(last), limit, RELATED).await
            };
            // How far it got is put on record while the next are rendered: a crash between writes some of them again.
            let (change, next, recorded) = tokio::join!(
                blocking(move || rendered(&rendering, records)),
                next,
                self.came_to(job, written.take(), now),
            );
            recorded?;
            let assets = std::mem::take(&mut assets);
            self.apply(site, Change { assets, ..change?? }).await?;
            self.stop_at("pages written")?;
            written = Some(last);
            records = next?;
        }
        self.came_to(job, written, now).await?;
        Ok(true)
    }

    /// Puts on record that the pages up to this one are written.
    async fn came_to(&self, job: i64, last: Option<ArticleId>, now: Instant) -> Result<(), NewsroomError> {
        let Some(last) = last else { return Ok(()) };
        let progress = Effect::Progress(job, Work::Site { after: Some(last), list: None });
        self.write(now, vec![progress]).await
    }

    /// Some pages of the lists that come next, and up to where; none after the last list.
    async fn write_lists(
        &self,
        site: &OpenSite,
        press: &Press,
        mut done: Option<(String, u32)>,
        now: Instant,
    ) -> Result<Option<(String, u32)>, NewsroomError> {
        let (mut outputs, mut n_left, mut came) = (BTreeSet::new(), LIST_CHUNK, None);
        while n_left > 0 {
            let Some((record, page)) = self.next_list(done).await? else { break };
            let mut upto = record.last_page.min(page.saturating_add(n_left));
            match record.name.parse::<List>() {
                Ok(list) if list.address().is_some() => {
                    outputs.extend((page == 0).then(|| Output::Front(list.clone())));
                    outputs.extend((page + 1..=upto).map(|page| Output::Numbered(list.clone(), page)));
                    n_left = n_left.saturating_sub(upto - page + u32::from(page == 0));
                }
                // One without pages.
                _ => upto = record.last_page,
            }
            done = Some((record.name, upto));
            came.clone_from(&done);
        }
        if !outputs.is_empty() {
            let change = self.print(press, &outputs, now).await?;
            self.apply(site, change).await?;
        }
        Ok(came)
    }

    /// The list that comes next, and its pages that are written: the rest of the last one, or the one after it.
    async fn next_list(
        &self,
        done: Option<(String, u32)>,
    ) -> Result<Option<(ListRecord, u32)>, NewsroomError> {
        let storage = &self.0.storage;
        if let Some((name, written)) = &done {
            let record = storage.list(name.clone()).await?;
            if record.last_page > *written {
                return Ok(Some((record, *written)));
            }
        }
        let next = storage.lists_after(done.map(|(name, _)| name), 1).await?.into_iter().next();
        Ok(next.map(|record| (record, 0)))
    }

    /// What the site has once, sections that nothing was ever listed in, notices, and what is to be gone.
    async fn write_rest(&self, site: &OpenSite, press: &Press, now: Instant) -> Result<(), NewsroomError> {
        let storage = &self.0.storage;
        let mut outputs: BTreeSet<Output> = [
            Output::Front(List::Corrections),
            Output::Feeds,
            Output::SiteMaps,
            Output::NewsMap,
            Output::Search,
            Output::Robots,
            Output::NotFound,
        ]
        .into();
        let sections = indexed_sections(&press.settings).into_iter();
        outputs.extend(sections.map(|section| Output::Front(List::Section(section.slug.clone()))));
        outputs.extend(storage.site_maps().await?.into_iter().map(|(map, _)| Output::SiteMap(map)));
        outputs.extend(storage.all_leading().await?.into_iter().map(|(slug, _)| Output::Redirect(slug)));
        outputs.extend(storage.all_retracted().await?.into_iter().map(Output::Article));
        let mut change = self.print(press, &outputs, now).await?;
        change.assets = press.assets()?;
        change.removed.extend(self.strangers(site, press).await?);
        self.apply(site, change).await
    }

    /// Files in the site's folders that do not belong there: left by a folder that was away during a take-down,
    /// by a section that is gone, or by a logo or theme before this one. Records that are a restored copy do not know all that readers have, and
    /// condemn only what they know to be down.
    async fn strangers(&self, site: &OpenSite, press: &Press) -> Result<Vec<SitePath>, NewsroomError> {
        let knows_all = !self.0.identity.was_restored;
        let mut strangers = Vec::new();
        for files in self.files(site, "/articles").await?.chunks(LOOKED_UP) {
            let names = files.iter().filter_map(|file| file.parts().last().map(str::to_owned)).collect();
            for name in self.0.storage.strangers(names, knows_all).await? {
                strangers.push(render::site_path(&format!("/articles/{name}"))?);
            }
        }
        if !knows_all {
            return Ok(strangers);
        }
        for files in self.files(site, "/media").await?.chunks(LOOKED_UP) {
            let paths = files.iter().map(ToString::to_string).collect();
            let in_use: BTreeSet<String> = self.0.storage.media_in_use(paths).await?.into_iter().collect();
            strangers.extend(files.iter().filter(|file| !in_use.contains(file.as_str())).cloned());
        }
        let maps: BTreeSet<String> = self
            .0
            .storage
            .site_maps()
            .await?
            .into_iter()
            .map(|(map, _)| galley_page::sitemap_address(map))
            .collect();
        let of_maps = self.files(site, "/sitemaps").await?;
        strangers.extend(of_maps.into_iter().filter(|file| !maps.contains(file.as_str())));
        // Every page is written by now, and refers to these alone.
        let assets: BTreeSet<SitePath> = press.assets()?.into_iter().map(|asset| asset.path).collect();
        let of_assets = self.files(site, "/assets").await?;
        strangers.extend(of_assets.into_iter().filter(|file| !assets.contains(file)));
        strangers.extend(self.strange_lists(site, press).await?);
        Ok(strangers)
    }

    /// Pages of lists that are not there any more.
    async fn strange_lists(&self, site: &OpenSite, press: &Press) -> Result<Vec<SitePath>, NewsroomError> {
        let mut known: BTreeSet<String> = indexed_sections(&press.settings)
            .into_iter()
            .filter_map(|section| address_of(&List::Section(section.slug.clone()), None))
            .collect();
        let mut folders: BTreeSet<String> =
            ["/sections", "/authors", "/editors", "/latest", "/corrections"].map(str::to_owned).into();
        let mut done = None;
        loop {
            let records = self.0.storage.lists_after(done.clone(), 500).await?;
            let Some(last) = records.last() else { break };
            done = Some(last.name.clone());
            for record in &records {
                let Ok(list) = record.name.parse::<List>() else { continue };
                let is_there = match &list {
                    List::Section(slug) => {
                        indexed_sections(&press.settings).iter().any(|section| section.slug == *slug)
                    }
                    list => !list.is_persons() || record.is_live,
                };
                let pages = std::iter::once(None).chain((1..=record.last_page).map(Some));
                let addresses = pages.filter_map(|page| address_of(&list, page));
                known.extend(addresses.filter(|_| is_there));
                let numbered = list.numbered(1).unwrap_or_default();
                folders.extend(numbered.rsplit_once('/').map(|(folder, _)| folder.to_owned()));
            }
        }
        let mut strangers = Vec::new();
        for folder in folders.iter().filter(|folder| !folder.is_empty()) {
            let files = self.files(site, folder).await?;
            strangers.extend(files.into_iter().filter(|file| !known.contains(file.as_str())));
        }
        Ok(strangers)
    }

    async fn files(&self, site: &OpenSite, folder: &str) -> Result<Vec<SitePath>, NewsroomError> {
        let (output, folder) = (site.output.clone(), render::site_path(folder)?);
        Ok(blocking(move || output.files(&folder)).await??)
    }

    /// Lists the next live articles by the settings of now, oldest first, so that they get their pages in order.
    pub(crate) async fn run_relist(
        &self,
        job: i64,
        mut after: Option<(Instant, ArticleId)>,
        now: Instant,
    ) -> Result<(), NewsroomError> {
        let press = self.press().await?;
        loop {
            let live = self.0.storage.live_in_order(after, RELISTED).await?;
            let Some((at, last, _)) = live.last().copied() else { break };
            let mut commits = Vec::new();
            for (_, article, id) in live {
                let record = self.0.storage.article(article).await?;
                let revision = self.revision(id).await?;
                let listed = render::listed(&revision, &press.settings);
                let places = lists::places(&listed, &revision.content.keywords, &press.settings);
                let media = render::media_of(&revision)?.iter().map(|file| file.path.to_string()).collect();
                let effects = vec![Effect::List { listed: Some(Box::new(listed)), places, media }];
                commits.push(Commit {
                    at: now,
                    article: Some((article, record.wf_rev)),
                    answer: None,
                    effects,
                });
            }
            after = Some((at, last));
            let progress = vec![Effect::Progress(job, Work::Relist { after })];
            commits.push(Commit { at: now, article: None, answer: None, effects: progress });
            if self.commit(commits).await? == Committed::Moved {
                // One of them was published or written meanwhile: the same again.
                return Ok(());
            }
            self.stop_at("relisted")?;
        }
        let settings = render::listed_by(&press.settings);
        self.write(now, vec![Effect::ListedBy(settings), Effect::Done(job)]).await
    }
}

/// Renders pages on all cores.
fn rendered(press: &Press, records: Vec<PageRecord>) -> Result<Change, NewsroomError> {
    let mut change = Change::default();
    for (pages, media) in on_all_cores(records, |record| press.page_of(record))? {
        change.pages.extend(pages);
        change.media.extend(media);
    }
    change.media.sort();
    change.media.dedup();
    Ok(change)
}
