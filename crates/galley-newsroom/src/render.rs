//! From stored records to the files of the site: pure, by the templates of `galley-page`.

mod cards;

use std::sync::Arc;

use galley_destinations::{MediaBytes, MediaFile, SiteFile, SitePath};
use galley_model::site::{Section, SiteSettings};
use galley_model::{ArticleId, Content, Instant, Photo, PhotoId, Sha256};
use galley_page::{
    ArticleBlock, Asset, Card, CorrectionEntry, CorrectionsPage, FeedEntry, Frame, HomeListing, Listing,
    NewsEntry, PageError, PageFacts, PersonKind, PersonListing, PhotoForm, Retraction, SearchPage,
    SitemapEntry, SitemapPart, Templates, photo_files, plain_text,
};

use self::cards::language_of;
use crate::error::NewsroomError;
use crate::lists::{List, indexed_sections};
use crate::storage::{
    Corrected, ListRecord, Listed, PageRecord, RawRevision, RetractionRecord, Revision, StorageError,
};

pub(crate) use cards::{ListedFrame, card, listed, listed_as, listed_by, looks_alike};

/// What a page is made of.
pub(crate) struct Printable {
    pub(crate) content: Content,
    pub(crate) facts: PageFacts,
    pub(crate) block: ArticleBlock,
}

impl Printable {
    /// A stored revision, understood.
    pub(crate) fn of_raw(raw: RawRevision) -> Result<Self, NewsroomError> {
        fn read<T: serde::de::DeserializeOwned>(json: &str) -> Result<T, StorageError> {
            serde_json::from_str(json).map_err(|error| StorageError::Damaged(error.to_string()))
        }
        let content: Content = read(&raw.content)?;
        let block = stored_block(raw.block, read(&raw.photos)?, &content);
        Ok(Self { facts: read(&raw.facts)?, content, block })
    }

    pub(crate) fn of(revision: &Revision) -> Self {
        let block = stored_block(revision.block.clone(), revision.photos.clone(), &revision.content);
        Self { content: revision.content.clone(), facts: revision.facts.clone(), block }
    }
}

/// The bytes as they were signed stand for the whole block.
fn stored_block(html: String, photos: Vec<galley_model::PhotoId>, content: &Content) -> ArticleBlock {
    let text = plain_text(&content.body).into();
    ArticleBlock { head: html, blocks: Vec::new(), foot: String::new(), photos, n_missing_photos: 0, text }
}

/// What one job prints with: the same templates and settings for all its files.
#[derive(Clone)]
pub(crate) struct Press {
    pub(crate) templates: Arc<Templates>,
    pub(crate) settings: Arc<SiteSettings>,
}

impl Press {
    /// The page of an article within the site as it is now, and the article for machines.
    pub(crate) fn page(&self, page: &Printable, frame: &Frame) -> Result<[SiteFile; 2], NewsroomError> {
        let Printable { content, facts, block } = page;
        let html = self.templates.page(content, facts, &self.settings, frame, block)?;
        let ninjs = galley_page::ninjs(content, facts, &self.settings, block);
        Ok([file(&facts.address, html)?, file(&ninjs_of(&facts.address), ninjs)?])
    }

    /// The same of a live page as it was read, with the photos that it shows.
    pub(crate) fn page_of(
        &self,
        record: PageRecord,
    ) -> Result<([SiteFile; 2], Vec<MediaFile>), NewsroomError> {
        let card = |listed: &Arc<Listed>| card(listed, &self.settings);
        let frame = Frame {
            previous: record.previous.as_ref().map(card),
            next: record.next.as_ref().map(card),
            related: record.related.iter().map(card).collect(),
        };
        let page = Printable::of_raw(record.revision)?;
        Ok((self.page(&page, &frame)?, media(&page.content, &page.block.photos, &page.block.head)?))
    }

    /// The notice in the place of a retracted article, and the same for machines.
    pub(crate) fn retracted(
        &self,
        listed: &Listed,
        record: &RetractionRecord,
    ) -> Result<[SiteFile; 2], NewsroomError> {
        let retraction = Retraction {
            id: listed.article,
            address: listed.address.clone(),
            headline: listed.headline.clone(),
            notice: record.notice.clone(),
            at: record.at,
            published_at: Some(listed.published_at),
        };
        let html = self.templates.retracted(&retraction, &self.settings)?;
        let ninjs = galley_page::ninjs_retracted(&retraction, &self.settings);
        Ok([file(&listed.address, html)?, file(&ninjs_of(&listed.address), ninjs)?])
    }

    /// The page of an address that leads to another.
    pub(crate) fn redirect(&self, slug: &str, to: &str) -> Result<SiteFile, NewsroomError> {
        file(&page_of_slug(slug), self.templates.redirect(&page_of_slug(to), &self.settings)?)
    }

    /// The home page.
    pub(crate) fn home(&self, home: &HomeParts) -> Result<SiteFile, NewsroomError> {
        let settings = &*self.settings;
        let cards =
            |listed: &[Listed]| listed.iter().map(|listed| card(listed, settings)).collect::<Vec<_>>();
        let lead = home.lead.as_ref();
        let is_other = |listed: &&Listed| lead.is_none_or(|lead| lead.article != listed.article);
        let others = |listed: &[Listed], n: u32| {
            listed.iter().filter(is_other).take(n as usize).map(|listed| card(listed, settings)).collect()
        };
        let listing = HomeListing {
            lead: lead.map(|lead| card(lead, settings)),
            pictures: others(&home.pictures, crate::lists::PICTURES),
            latest: others(&home.latest, crate::lists::FRONT),
            sections: home
                .sections
                .iter()
                .filter(|(_, listed)| !listed.is_empty())
                .map(|(section, listed)| (section.clone(), cards(listed)))
                .collect(),
            older: home.older.and_then(|page| List::Home.numbered(page)),
        };
        file("/index.html", self.templates.home(&listing, settings)?)
    }

    /// A page of a list of articles; none of a list that has no pages, as of a section that is gone.
    pub(crate) fn list(
        &self,
        list: &List,
        record: &ListRecord,
        page: Option<u32>,
        listed: &[Listed],
        older: Option<u32>,
    ) -> Result<Option<SiteFile>, NewsroomError> {
        let (Some(front), Some(address)) = (list.address(), address_of(list, page)) else { return Ok(None) };
        let settings = &*self.settings;
        let listing = Listing {
            cards: listed.iter().map(|listed| card(listed, settings)).collect(),
            newer: newer(list, page, record.last_page),
            older: older.and_then(|older| list.numbered(older)),
            page,
        };
        let person = |kind| PersonListing {
            name: record.title.clone(),
            kind,
            address: front,
            listing: listing.clone(),
        };
        let html = match list {
            List::Home => self.templates.latest(&listing, settings)?,
            List::Section(slug) => {
                let sections = indexed_sections(settings);
                let Some(section) = sections.into_iter().find(|section| section.slug == *slug) else {
                    return Ok(None);
                };
                self.templates.section_index(section, &listing, settings)?
            }
            List::Author(_) if record.is_live => {
                self.templates.person_index(&person(PersonKind::Author), settings)?
            }
            List::Editor(_) if record.is_live => {
                self.templates.person_index(&person(PersonKind::ResponsibleEditor), settings)?
            }
            _ => return Ok(None),
        };
        file(&address, html).map(Some)
    }

    /// A page of the list of corrections.
    pub(crate) fn corrections(
        &self,
        record: &ListRecord,
        page: Option<u32>,
        corrected: Vec<Corrected>,
        older: Option<u32>,
    ) -> Result<SiteFile, NewsroomError> {
        let list = List::Corrections;
        let entry = |one: Corrected| CorrectionEntry {
            card: Card { photo: None, ..card(&one.listed, &self.settings) },
            correction: one.correction,
            is_retraction: one.is_retraction,
        };
        let listing = CorrectionsPage {
            entries: corrected.into_iter().map(entry).collect(),
            newer: newer(&list, page, record.last_page),
            older: older.and_then(|older| list.numbered(older)),
            page,
        };
        let html = self.templates.corrections(&listing, &self.settings)?;
        file(&address_of(&list, page).unwrap_or_default(), html)
    }

    /// The search page as a file: all articles of a small site, none where there are too many, and a form where a
    /// server answers it.
    pub(crate) fn search(&self, all: Option<&[Listed]>, has_server: bool) -> Result<SiteFile, NewsroomError> {
        let page = SearchPage {
            all: all.into_iter().flatten().map(|listed| card(listed, &self.settings)).collect(),
            is_too_many: all.is_none(),
            has_server,
            ..SearchPage::default()
        };
        file("/search.html", self.templates.search(&page, &self.settings)?)
    }

    /// The three feeds of the newest articles.
    pub(crate) fn feeds(&self, newest: Vec<RawRevision>) -> Result<[SiteFile; 3], NewsroomError> {
        let settings = &*self.settings;
        let entry = |raw| {
            let Printable { content, facts, block } = Printable::of_raw(raw)?;
            Ok(FeedEntry::of(&content, &facts, settings, &block))
        };
        let entries: Vec<FeedEntry> = newest.into_iter().map(entry).collect::<Result<_, NewsroomError>>()?;
        Ok([
            file(galley_page::RSS_ADDRESS, galley_page::rss(&entries, settings))?,
            file(galley_page::ATOM_ADDRESS, galley_page::atom(&entries, settings))?,
            file(galley_page::JSON_FEED_ADDRESS, galley_page::json_feed(&entries, settings))?,
        ])
    }

    /// A site map.
    pub(crate) fn site_map(&self, n: u32, pages: Vec<(String, Instant)>) -> Result<SiteFile, NewsroomError> {
        let entry = |(address, at)| SitemapEntry { address, modified_at: Some(at) };
        let entries: Vec<SitemapEntry> = pages.into_iter().map(entry).collect();
        file(&galley_page::sitemap_address(n), galley_page::sitemap(&entries, &self.settings))
    }

    /// The index of the site maps.
    pub(crate) fn site_maps(&self, maps: Vec<(u32, Instant)>) -> Result<SiteFile, NewsroomError> {
        let part = |(number, at)| SitemapPart { number, modified_at: Some(at) };
        let parts: Vec<SitemapPart> = maps.into_iter().map(part).collect();
        file(galley_page::SITEMAP_ADDRESS, galley_page::sitemap_index(&parts, &self.settings))
    }

    /// The map of what was published in the last two days.
    pub(crate) fn news_map(&self, newest: &[Listed], now: Instant) -> Result<SiteFile, NewsroomError> {
        let entry = |listed: &Listed| NewsEntry {
            address: listed.address.clone(),
            headline: listed.headline.clone(),
            language: language_of(listed, &self.settings).to_owned(),
            published_at: listed.published_at,
        };
        let entries: Vec<NewsEntry> = newest.iter().map(entry).collect();
        file(galley_page::NEWS_SITEMAP_ADDRESS, galley_page::news_sitemap(&entries, &self.settings, now))
    }

    /// What crawlers are told.
    pub(crate) fn robots(&self) -> Result<SiteFile, NewsroomError> {
        file(galley_page::ROBOTS_ADDRESS, galley_page::robots(&self.settings))
    }

    /// The page for addresses where nothing is.
    pub(crate) fn not_found(&self) -> Result<SiteFile, NewsroomError> {
        file("/404.html", self.templates.not_found(&self.settings)?)
    }

    /// What every page links.
    pub(crate) fn assets(&self) -> Result<Vec<SiteFile>, NewsroomError> {
        let file = |asset: Asset| Ok(SiteFile { path: site_path(&asset.path)?, bytes: asset.bytes });
        self.templates.assets(&self.settings).into_iter().map(file).collect()
    }
}

/// What the home page is made of.
#[derive(Default)]
pub(crate) struct HomeParts {
    pub(crate) lead: Option<Listed>,
    /// One more than are shown: the lead may be among them.
    pub(crate) pictures: Vec<Listed>,
    pub(crate) latest: Vec<Listed>,
    pub(crate) older: Option<u32>,
    pub(crate) sections: Vec<(Section, Vec<Listed>)>,
}

/// The address of a list's front page, or of a numbered one.
pub(crate) fn address_of(list: &List, page: Option<u32>) -> Option<String> {
    match page {
        Some(page) => list.numbered(page),
        None if *list == List::Home => Some("/index.html".to_owned()),
        None => list.address(),
    }
}

/// What stands before a page: the next numbered one, and before the newest of those the front page.
fn newer(list: &List, page: Option<u32>, last_page: u32) -> Option<String> {
    let page = page?;
    if page < last_page { list.numbered(page + 1) } else { list.address() }
}

/// The page of an article under this slug.
pub(crate) fn page_of_slug(slug: &str) -> String {
    format!("/articles/{slug}.html")
}

/// The article for machines, beside its page.
pub(crate) fn ninjs_of(address: &str) -> String {
    format!("{}.ninjs.json", address.strip_suffix(".html").unwrap_or(address))
}

fn file(address: &str, text: String) -> Result<SiteFile, NewsroomError> {
    Ok(SiteFile { path: site_path(address)?, bytes: text.into_bytes() })
}

/// The files of the photos that a page shows: those that its article block names, whatever the settings are now,
/// those of the lead photo that cards name, and the cuts of the first photo that search engines are told of.
pub(crate) fn media(
    content: &Content,
    photos: &[galley_model::PhotoId],
    block: &str,
) -> Result<Vec<MediaFile>, NewsroomError> {
    let mut files = Vec::new();
    for photo in content.photos.iter().filter(|photo| photos.contains(&photo.id)) {
        let is_lead = content.lead_photo == Some(photo.id);
        let is_first = photos.first() == Some(&photo.id);
        for (address, form) in photo_files(photo) {
            let (made, is_named) = match form {
                PhotoForm::Original => (MediaBytes::Original, block.contains(&address)),
                PhotoForm::Rendition(cut) if cut.cut.is_some() => (MediaBytes::Rendition(cut), is_first),
                PhotoForm::Rendition(whole) => {
                    (MediaBytes::Rendition(whole), is_lead || block.contains(&address))
                }
            };
            if is_named {
                files.push(MediaFile { path: site_path(&address)?, sha256: photo.sha256, made });
            }
        }
    }
    files.sort();
    files.dedup();
    Ok(files)
}

/// The same of a revision.
pub(crate) fn media_of(revision: &Revision) -> Result<Vec<MediaFile>, NewsroomError> {
    media(&revision.content, &revision.photos, &revision.block)
}

/// An address of the site as the path of a file.
pub(crate) fn site_path(address: &str) -> Result<SitePath, NewsroomError> {
    address.parse().map_err(|_| NewsroomError::Address(address.to_owned()))
}

/// Names how the renderer and theme make pages: another look means that every page is to be written again.
pub(crate) fn look(templates: &Templates) -> Result<String, PageError> {
    let photo = Photo {
        id: PhotoId(Default::default()),
        sha256: Sha256::of(b""),
        mime: "image/jpeg".to_owned(),
        width: 1600,
        height: 1200,
        caption: "清样".to_owned(),
        credit: Default::default(),
        alt: String::new(),
        focal: Some((250, 750)),
        digital_source: Default::default(),
    };
    let content = Content {
        headline: "清样 Galley".to_owned(),
        section: "news".to_owned(),
        keywords: vec!["清样".to_owned()],
        body: "**“清样”**的 *proof*\n\n> 1\n\n- 2\n\n## 3\n\n| 4 |\n|---|\n".to_owned(),
        lead_photo: Some(photo.id),
        photos: vec![photo],
        ..Content::default()
    };
    let facts = PageFacts {
        id: ArticleId(Default::default()),
        address: "/articles/galley.html".to_owned(),
        responsible_editor: "清样".to_owned(),
        stage_signers: Default::default(),
        corrections: Vec::new(),
        published_at: Some(Instant(1)),
        modified_at: Some(Instant(2)),
        settings_version: 0,
    };
    let near = Card::of(&content, &facts.address, facts.published_at, &SiteSettings::chinese());
    let frame = Frame { previous: Some(near.clone()), next: Some(near.clone()), related: vec![near.clone()] };
    let listing = HomeListing { latest: vec![near], ..HomeListing::default() };
    let mut look = templates.look().to_string();
    for settings in [SiteSettings::chinese(), SiteSettings::english()] {
        let settings = SiteSettings { base_url: "https://news.example".to_owned(), ..settings };
        let block = templates.article(&content, &facts, &settings)?;
        look.push_str(&templates.page(&content, &facts, &settings, &frame, &block)?);
        look.push_str(&templates.home(&listing, &settings)?);
        look.push_str(&templates.not_found(&settings)?);
    }
    Ok(Sha256::of(look.as_bytes()).to_string())
}
