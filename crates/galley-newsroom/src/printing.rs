//! From a plan to the files of the site: what each output is made of is read, and rendered as it is.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use futures_util::future::try_join_all;
use galley_destinations::{Change, SiteFile, SitePath};
use galley_model::{ArticleId, Instant};
use galley_page::{FEED_ENTRIES, NEWS_ENTRIES, NEWS_MILLISECONDS};

use crate::error::NewsroomError;
use crate::lists::{FRONT, List, PER_SECTION, PICTURES, SEARCHED, own_list, pages_of_map, top_sections};
use crate::newsroom::Newsroom;
use crate::plan::{Output, Reach, touched};
use crate::render::{HomeParts, ListedFrame, Press, address_of, ninjs_of, site_path};
use crate::site::blocking;
use crate::storage::{ListRecord, Listed, Moved, Storage};

/// Related articles on a page.
pub(crate) const RELATED: u32 = 5;

impl<S: Storage> Newsroom<S> {
    /// The templates and settings of now.
    pub(crate) async fn press(&self) -> Result<Press, NewsroomError> {
        Ok(Press { templates: self.templates(), settings: self.settings().await?.1.into() })
    }

    /// What a change of an article touches.
    pub(crate) async fn plan_of(
        &self,
        article: ArticleId,
        moved: &Moved,
        press: &Press,
        now: Instant,
    ) -> Result<BTreeSet<Output>, NewsroomError> {
        let storage = &self.0.storage;
        let publication = storage.article(article).await?.publication;
        let place = (publication.published_at.unwrap_or_default(), article);
        let home = (List::Home.to_string(), place.0);
        let mut entries = moved.entries.clone();
        if !entries.contains(&home) {
            entries.push(home);
        }
        let stands = storage.stands(article, entries).await?;
        let near = self.near(article, moved, press).await?;
        let relating = match moved.keywords.is_empty() {
            true => Vec::new(),
            false => storage.pages_relating(place, moved.keywords.clone()).await?,
        };
        let former = if moved.went { storage.former_addresses(article).await? } else { Vec::new() };
        let n_articles = storage.n_live_up_to(List::Home.to_string(), SEARCHED + 2).await?;
        Ok(touched(&Reach {
            article,
            moved,
            stands: &stands,
            near: &near,
            relating: &relating,
            former: &former,
            n_articles,
            settings: &press.settings,
            now,
        }))
    }

    /// The pages whose neighbour an article is or was: those beside it in a list that neighbours are taken from.
    async fn near(
        &self,
        article: ArticleId,
        moved: &Moved,
        press: &Press,
    ) -> Result<Vec<ArticleId>, NewsroomError> {
        let mut near = Vec::new();
        for (name, at) in &moved.entries {
            let is_own = |listed: &Listed| own_list(&listed.section, &press.settings).to_string() == *name;
            if !matches!(name.parse(), Ok(List::Home | List::Own(_))) {
                continue;
            }
            let (older, newer) = self.0.storage.neighbours(name.clone(), (*at, article)).await?;
            // In the list of all stand many that have their neighbours elsewhere.
            near.extend(older.into_iter().chain(newer).filter(is_own).map(|listed| listed.article));
        }
        Ok(near)
    }

    /// Renders the outputs of a plan.
    pub(crate) async fn print(
        &self,
        press: &Press,
        outputs: &BTreeSet<Output>,
        now: Instant,
    ) -> Result<Change, NewsroomError> {
        let mut change = Change::default();
        let articles: Vec<ArticleId> = outputs
            .iter()
            .filter_map(|output| if let Output::Article(article) = output { Some(*article) } else { None })
            .collect();
        change.pages = self.pages(press, articles).await?;
        let mut wanted = Vec::new();
        for output in outputs {
            match output {
                Output::Article(_) => {}
                Output::Redirect(slug) => self.print_redirect(press, slug, &mut change).await?,
                Output::Front(List::Home) => change.lists.push(press.home(&self.home_parts(press).await?)?),
                Output::Front(list @ List::Corrections) => {
                    change.lists.push(self.print_corrections(press, list, None).await?)
                }
                Output::Numbered(list @ List::Corrections, page) => {
                    change.lists.push(self.print_corrections(press, list, Some(*page)).await?)
                }
                Output::Front(list) => wanted.push((list, None)),
                Output::Numbered(list, page) => wanted.push((list, Some(*page))),
                other => change.lists.extend(self.print_alone(press, other, now).await?),
            }
        }
        // Asked for all at once: the records' thread does not wait for each to be picked up.
        let read = try_join_all(wanted.into_iter().map(|(list, page)| self.read_list(list, page))).await?;
        let press = press.clone();
        let printed = blocking(move || on_all_cores(read, |read| print_list(&press, &read))).await??;
        for printed in printed {
            match printed {
                Printed::File(file) => change.lists.push(file),
                Printed::Gone(path) => change.removed.push(path),
            }
        }
        Ok(change)
    }

    /// The pages of live articles, and the notices in the places of those that were retracted.
    async fn pages(&self, press: &Press, articles: Vec<ArticleId>) -> Result<Vec<SiteFile>, NewsroomError> {
        let mut retracted = Vec::new();
        let records = self.0.storage.pages_of(articles.clone(), RELATED).await?;
        for article in articles {
            if !records.iter().any(|record| record.article == article) {
                retracted.extend(self.notice(press, article).await?.into_iter().flatten());
            }
        }
        let press = press.clone();
        let pages = blocking(move || {
            let pages = records.into_iter().map(|record| press.page_of(record));
            pages.collect::<Result<Vec<_>, NewsroomError>>()
        });
        // Their photos are there.
        Ok(pages.await??.into_iter().flat_map(|(pages, _)| pages).chain(retracted).collect())
    }

    /// The notice of a retraction that was carried out or is to be.
    pub(crate) async fn notice(
        &self,
        press: &Press,
        article: ArticleId,
    ) -> Result<Option<[SiteFile; 2]>, NewsroomError> {
        let Some(record) = self.0.storage.retraction(article).await? else { return Ok(None) };
        let Some(listed) = self.0.storage.shown_as(article).await? else { return Ok(None) };
        press.retracted(&listed, &record).map(Some)
    }

    async fn print_redirect(
        &self,
        press: &Press,
        slug: &str,
        change: &mut Change,
    ) -> Result<(), NewsroomError> {
        if let Some(to) = self.0.storage.leads_to(slug.to_owned()).await? {
            change.lists.push(press.redirect(slug, &to)?);
            return Ok(());
        }
        // Where another article stands by now, its page stays.
        for file in self.0.storage.strangers(vec![format!("{slug}.html")], true).await? {
            change.removed.push(site_path(&format!("/articles/{file}"))?);
        }
        Ok(())
    }

    async fn print_corrections(
        &self,
        press: &Press,
        list: &List,
        page: Option<u32>,
    ) -> Result<SiteFile, NewsroomError> {
        let record = self.0.storage.list(list.to_string()).await?;
        let (corrected, older) = self.0.storage.corrected(page, FRONT).await?;
        press.corrections(&record, page, corrected, page.map_or(older, below))
    }

    /// What a page of a list is made of.
    async fn read_list(&self, list: &List, page: Option<u32>) -> Result<ReadList, NewsroomError> {
        let (storage, name) = (&self.0.storage, list.to_string());
        let record = storage.list(name.clone()).await?;
        let (listed, older) = match page {
            None => storage.newest(name, FRONT).await?,
            Some(page) => (storage.on_page(name, page).await?, below(page)),
        };
        Ok(ReadList { list: list.clone(), record, page, listed, older })
    }

    /// What the home page shows now.
    pub(crate) async fn home_parts(&self, press: &Press) -> Result<HomeParts, NewsroomError> {
        let storage = &self.0.storage;
        let (pictures, _) = storage.newest(List::Pictures.to_string(), PICTURES + 1).await?;
        let lead = self.chosen_lead(press).await?.or_else(|| pictures.first().cloned());
        let (latest, older) = storage.newest(List::Home.to_string(), FRONT).await?;
        let mut sections = Vec::new();
        for section in top_sections(&press.settings).cloned().collect::<Vec<_>>() {
            let list = List::Section(section.slug.clone()).to_string();
            sections.push((section, storage.newest(list, PER_SECTION).await?.0));
        }
        Ok(HomeParts { lead, pictures, latest, older, sections })
    }

    /// The article that the settings have lead the home page, while it is live.
    pub(crate) async fn chosen_lead(&self, press: &Press) -> Result<Option<Listed>, NewsroomError> {
        let Some(lead) = press.settings.home_lead else { return Ok(None) };
        let is_live = self.0.storage.article(lead).await?.publication.live.is_some();
        Ok(if is_live { self.0.storage.shown_as(lead).await? } else { None })
    }

    /// What the site has once.
    async fn print_alone(
        &self,
        press: &Press,
        output: &Output,
        now: Instant,
    ) -> Result<Vec<SiteFile>, NewsroomError> {
        let storage = &self.0.storage;
        let home = || List::Home.to_string();
        Ok(match output {
            Output::Feeds => {
                let limit = u32::try_from(FEED_ENTRIES).unwrap_or(u32::MAX);
                let newest = storage.newest_revisions(limit).await?;
                let press = press.clone();
                blocking(move || press.feeds(newest)).await??.into()
            }
            Output::SiteMap(n) => vec![press.site_map(*n, storage.mapped(pages_of_map(*n)).await?)?],
            Output::SiteMaps => vec![press.site_maps(storage.site_maps().await?)?],
            Output::NewsMap => vec![self.print_news_map(press, now).await?],
            Output::Search => {
                let (all, more) = storage.newest(home(), SEARCHED).await?;
                let has_server = self.0.answers_readers.load(Ordering::Relaxed);
                vec![press.search(if more.is_some() { None } else { Some(&all) }, has_server)?]
            }
            Output::Robots => vec![press.robots()?],
            Output::NotFound => vec![press.not_found()?],
            Output::Article(_) | Output::Redirect(_) | Output::Front(_) | Output::Numbered(..) => Vec::new(),
        })
    }

    /// The map of the last two days, and when it has to be made anew though nothing changed.
    async fn print_news_map(&self, press: &Press, now: Instant) -> Result<SiteFile, NewsroomError> {
        let limit = u32::try_from(NEWS_ENTRIES).unwrap_or(u32::MAX);
        let since = Instant(now.0.saturating_sub(NEWS_MILLISECONDS));
        let newest = self.0.storage.listed_since(List::Home.to_string(), since, limit).await?;
        let oldest = newest.last().map_or(i64::MAX, |listed| listed.published_at.0);
        let map = press.news_map(&newest, now)?;
        self.set_news_due(Instant(oldest.saturating_add(NEWS_MILLISECONDS + 1)));
        Ok(map)
    }

    /// Neighbours in the article's own section, and older articles that share its keywords.
    pub(crate) async fn listed_frame(
        &self,
        section: &str,
        keywords: &[String],
        place: (Instant, ArticleId),
        press: &Press,
    ) -> Result<ListedFrame, NewsroomError> {
        let list = own_list(section, &press.settings).to_string();
        let (previous, next) = self.0.storage.neighbours(list, place).await?;
        let related = match keywords.is_empty() {
            true => Vec::new(),
            false => self.0.storage.related(place, keywords.to_vec(), RELATED).await?,
        };
        Ok(ListedFrame { previous, next, related })
    }
}

/// A page of a list, as it was read.
struct ReadList {
    list: List,
    record: ListRecord,
    page: Option<u32>,
    listed: Vec<Listed>,
    older: Option<u32>,
}

/// What becomes of a page of a list.
enum Printed {
    File(SiteFile),
    Gone(SitePath),
}

fn print_list(press: &Press, read: &ReadList) -> Result<Printed, NewsroomError> {
    let ReadList { list, record, page, listed, older } = read;
    Ok(match press.list(list, record, *page, listed, *older)? {
        Some(file) => Printed::File(file),
        None => Printed::Gone(site_path(&address_of(list, *page).unwrap_or_default())?),
    })
}

fn below(page: u32) -> Option<u32> {
    Some(page - 1).filter(|page| *page > 0)
}

/// Does something with each on all cores, in their order.
///
/// # Errors
/// The first of its errors; `CutOff` when it broke.
pub(crate) fn on_all_cores<T: Send, A: Send>(
    all: Vec<T>,
    each: impl Fn(T) -> Result<A, NewsroomError> + Sync,
) -> Result<Vec<A>, NewsroomError> {
    let done = galley_model::cores::on_all_cores(all, each);
    done.into_iter().map(|one| one.unwrap_or(Err(NewsroomError::CutOff))).collect()
}

/// The files of an article that is gone.
pub(crate) fn files_of_page(address: &str) -> Result<[SitePath; 2], NewsroomError> {
    Ok([site_path(address)?, site_path(&ninjs_of(address))?])
}
