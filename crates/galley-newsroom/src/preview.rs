//! Pages of the site beside an article's own, as they will be once it is published as it is previewed.

use std::sync::Arc;

use galley_destinations::SiteFile;
use galley_model::site::{Section, SiteSettings};
use galley_model::{Content, PhotoId};
use galley_page::{PageError, PageFacts, Templates};

use crate::error::NewsroomError;
use crate::lists::{self, FRONT, List, PER_SECTION, PICTURES, top_sections};
use crate::newsroom::Newsroom;
use crate::render::{self, HomeParts, Press};
use crate::storage::{Corrected, ListRecord, Listed, Places, Storage};

/// The front page at this address as it will be once an article is published, on a site whose records are elsewhere:
/// made of the live articles that are known. What else the site lists is not on it, and it leads to no older pages.
///
/// # Errors
/// `Address` for an address that is no front page of the site; `Page`.
pub fn index_of_known(
    address: &str,
    coming: (&Content, &PageFacts),
    known: &[(Content, PageFacts)],
    templates: Arc<Templates>,
    settings: Arc<SiteSettings>,
) -> Result<String, NewsroomError> {
    let nothing = || NewsroomError::Address(address.to_owned());
    let list = list_at(address).ok_or_else(nothing)?;
    let known = Known::of(Press { templates, settings }, coming, known)?;
    let page = match &list {
        List::Home => Some(known.home()?),
        List::Corrections => Some(known.corrections()?),
        _ => known.front(&list)?,
    };
    String::from_utf8(page.ok_or_else(nothing)?.bytes).map_err(|_| nothing())
}

/// Articles that are known of a site, newest first, with the facts of their pages.
struct Known<'a> {
    press: Press,
    shown: Vec<(Coming, &'a PageFacts)>,
}

impl<'a> Known<'a> {
    /// One of the known that cannot be rendered is left out: it is not what is previewed.
    fn of(
        press: Press,
        (content, facts): (&'a Content, &'a PageFacts),
        known: &'a [(Content, PageFacts)],
    ) -> Result<Self, NewsroomError> {
        let of = |content: &Content, facts: &'a PageFacts| {
            let block = press.templates.article(content, facts, &press.settings)?;
            Ok::<_, PageError>((Coming::of(content, facts, &block.photos, &press.settings), facts))
        };
        let mut shown = vec![of(content, facts)?];
        for (content, facts) in known {
            match of(content, facts) {
                Ok(one) => shown.push(one),
                Err(error) => {
                    tracing::warn!(article = %facts.id, %error, "an article is left out of the preview of an index");
                }
            }
        }
        shown.sort_by_key(|(one, _)| std::cmp::Reverse((one.listed.published_at, one.listed.article)));
        Ok(Self { press, shown })
    }

    fn newest(&self, list: &List, limit: u32) -> Vec<Listed> {
        let name = list.to_string();
        let is_in = |one: &Coming| one.places.entries.iter().any(|entry| entry.list == name);
        let of_list = self.shown.iter().filter(|(one, _)| is_in(one));
        of_list.take(limit as usize).map(|(one, _)| one.listed.clone()).collect()
    }

    fn home(&self) -> Result<SiteFile, NewsroomError> {
        let settings = &self.press.settings;
        let pictures = self.newest(&List::Pictures, PICTURES + 1);
        let chosen = self.shown.iter().find(|(one, _)| Some(one.listed.article) == settings.home_lead);
        let lead = chosen.map(|(one, _)| one.listed.clone()).or_else(|| pictures.first().cloned());
        let of = |section: &Section| {
            (section.clone(), self.newest(&List::Section(section.slug.clone()), PER_SECTION))
        };
        let sections = top_sections(settings).map(of).collect();
        let latest = self.newest(&List::Home, FRONT);
        self.press.home(&HomeParts { lead, pictures, latest, older: None, sections })
    }

    fn corrections(&self) -> Result<SiteFile, NewsroomError> {
        let of = |(one, facts): &(Coming, &PageFacts)| -> Vec<Corrected> {
            let listed = || one.listed.clone();
            let made = facts.corrections.iter().cloned();
            made.map(|correction| Corrected { listed: listed(), correction, is_retraction: false }).collect()
        };
        let mut corrected: Vec<Corrected> = self.shown.iter().flat_map(of).collect();
        // What is not published yet has no date, and is the newest.
        corrected.sort_by_key(|one| match one.correction.at.0 {
            ..=0 => i64::MIN,
            at => -at,
        });
        corrected.truncate(FRONT as usize);
        self.press.corrections(&ListRecord::default(), None, corrected, None)
    }

    /// The first page of a section's or a person's list.
    fn front(&self, list: &List) -> Result<Option<SiteFile>, NewsroomError> {
        let (name, listed) = (list.to_string(), self.newest(list, FRONT));
        let mut entries = self.shown.iter().flat_map(|(one, _)| &one.places.entries);
        // As it was first spelled.
        let title = entries.rfind(|entry| entry.list == name).map(|entry| entry.title.clone());
        let record =
            ListRecord { title: title.unwrap_or_default(), is_live: !listed.is_empty(), last_page: 0, name };
        self.press.list(list, &record, None, &listed, None)
    }
}

/// An article as lists will show it.
struct Coming {
    listed: Listed,
    places: Places,
}

impl<S: Storage> Newsroom<S> {
    /// The front page at this address (the home page, a section's index, a person's, the corrections) as it will be
    /// once an article of this content and these facts is published.
    ///
    /// # Errors
    /// `Address` for an address that is no front page of the site; `Page`, `Storage`.
    pub async fn preview_index(
        &self,
        address: &str,
        content: &Content,
        facts: &PageFacts,
    ) -> Result<String, NewsroomError> {
        let nothing = || NewsroomError::Address(address.to_owned());
        let list = list_at(address).ok_or_else(nothing)?;
        let press = self.press().await?;
        let block = press.templates.article(content, facts, &press.settings)?;
        let coming = Coming::of(content, facts, &block.photos, &press.settings);
        let page = match &list {
            List::Home => Some(press.home(&self.home_with(&press, &coming).await?)?),
            List::Corrections => {
                let (corrected, older) = self.corrected_with(facts, &coming).await?;
                let record = self.0.storage.list(list.to_string()).await?;
                Some(press.corrections(&record, None, corrected, older)?)
            }
            _ => {
                let (listed, older) = self.newest_with(&list, FRONT, &coming).await?;
                let record = self.record_with(&list, &coming, !listed.is_empty()).await?;
                press.list(&list, &record, None, &listed, older)?
            }
        };
        let page = page.ok_or_else(nothing)?;
        String::from_utf8(page.bytes).map_err(|_| nothing())
    }

    /// The newest of a list with the article among them, and the numbered page of the first that is left out.
    async fn newest_with(
        &self,
        list: &List,
        limit: u32,
        coming: &Coming,
    ) -> Result<(Vec<Listed>, Option<u32>), NewsroomError> {
        let name = list.to_string();
        // One more than are needed, for the article may stand among them already.
        let mut ranked = self.0.storage.ranked(name.clone(), limit.saturating_add(2)).await?;
        let at = ranked.iter().position(|(listed, _)| listed.article == coming.listed.article);
        let before = at.map(|at| ranked.remove(at));
        if coming.places.entries.iter().any(|entry| entry.list == name) {
            let page = match before {
                Some((_, page)) => page,
                None => self.0.storage.list(name).await?.last_page.max(1),
            };
            ranked.push((coming.listed.clone(), page));
        }
        ranked.sort_by_key(|(listed, _)| std::cmp::Reverse((listed.published_at, listed.article)));
        let older = ranked.get(limit as usize).map(|(_, page)| *page);
        ranked.truncate(limit as usize);
        Ok((ranked.into_iter().map(|(listed, _)| listed).collect(), older))
    }

    async fn home_with(&self, press: &Press, coming: &Coming) -> Result<HomeParts, NewsroomError> {
        let (pictures, _) = self.newest_with(&List::Pictures, PICTURES + 1, coming).await?;
        let (latest, older) = self.newest_with(&List::Home, FRONT, coming).await?;
        let mut sections = Vec::new();
        for section in top_sections(&press.settings).cloned().collect::<Vec<_>>() {
            let list = List::Section(section.slug.clone());
            sections.push((section, self.newest_with(&list, PER_SECTION, coming).await?.0));
        }
        let lead = match press.settings.home_lead {
            Some(lead) if lead == coming.listed.article => Some(coming.listed.clone()),
            _ => self.chosen_lead(press).await?,
        };
        Ok(HomeParts { lead: lead.or_else(|| pictures.first().cloned()), pictures, latest, older, sections })
    }

    async fn record_with(
        &self,
        list: &List,
        coming: &Coming,
        is_live: bool,
    ) -> Result<ListRecord, NewsroomError> {
        let record = self.0.storage.list(list.to_string()).await?;
        let own = coming.places.entries.iter().find(|entry| entry.list == record.name);
        let title = match (record.title.is_empty(), own) {
            (true, Some(entry)) => entry.title.clone(),
            _ => record.title.clone(),
        };
        Ok(ListRecord { title, is_live, ..record })
    }

    async fn corrected_with(
        &self,
        facts: &PageFacts,
        coming: &Coming,
    ) -> Result<(Vec<Corrected>, Option<u32>), NewsroomError> {
        let (mut corrected, mut older) = self.0.storage.corrected(None, FRONT).await?;
        for one in corrected.iter_mut().filter(|one| one.listed.article == coming.listed.article) {
            one.listed = coming.listed.clone();
        }
        // What is not published yet is the newest.
        let new = facts.corrections.iter().filter(|correction| correction.at.0 <= 0).cloned();
        let new: Vec<Corrected> = new
            .map(|correction| Corrected { listed: coming.listed.clone(), correction, is_retraction: false })
            .collect();
        if corrected.len() + new.len() > FRONT as usize {
            older = older.or(Some(self.0.storage.list(List::Corrections.to_string()).await?.last_page));
        }
        corrected.splice(0..0, new);
        corrected.truncate(FRONT as usize);
        Ok((corrected, older))
    }
}

impl Coming {
    fn of(content: &Content, facts: &PageFacts, photos: &[PhotoId], settings: &SiteSettings) -> Self {
        let published_at = facts.published_at.unwrap_or_default();
        let listed = render::listed_as(content, facts, photos, published_at, settings);
        let places = lists::places(&listed, &content.keywords, settings);
        Self { listed, places }
    }
}

/// The list whose front page stands at an address.
fn list_at(address: &str) -> Option<List> {
    let named = |folder: &str| {
        let name = address.strip_prefix(folder)?.strip_suffix(".html")?;
        (!name.contains('/')).then(|| name.to_owned())
    };
    match address {
        "/" | "/index.html" => return Some(List::Home),
        "/corrections.html" => return Some(List::Corrections),
        _ => {}
    }
    let section = named("/sections/").map(List::Section);
    section.or_else(|| named("/authors/").map(List::Author)).or_else(|| named("/editors/").map(List::Editor))
}
