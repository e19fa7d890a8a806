//! From stored records to the files of the site: pure, by the templates of `galley-page`.

use std::sync::Arc;

use galley_destinations::{MediaBytes, MediaFile, SiteFile, SitePath};
use galley_model::address::{check_slug, section_address};
use galley_model::site::{Section, SiteSettings};
use galley_model::{ArticleId, Content, Instant, Sha256};
use galley_page::{
    ArticleBlock, Asset, Card, Frame, HomeListing, Listing, PageError, PageFacts, PagePhoto, PhotoForm,
    Templates, photo_files, plain_text,
};

use crate::error::NewsroomError;
use crate::storage::{Listed, ListedPhoto, Places, Revision};

/// The home page's list: every live article.
pub(crate) const HOME: &str = "";

/// What stands around an article, with the ids that [`Frame`] has no place for.
#[derive(Clone, Debug, Default)]
pub(crate) struct ListedFrame {
    pub(crate) previous: Option<Listed>,
    pub(crate) next: Option<Listed>,
    pub(crate) related: Vec<Listed>,
}

impl ListedFrame {
    pub(crate) fn frame(&self, settings: &SiteSettings) -> Frame {
        Frame {
            previous: self.previous.as_ref().map(|listed| card(listed, settings)),
            next: self.next.as_ref().map(|listed| card(listed, settings)),
            related: self.related.iter().map(|listed| card(listed, settings)).collect(),
        }
    }

    /// The articles whose cards the page shows.
    pub(crate) fn shows(&self) -> Vec<ArticleId> {
        let near = self.previous.iter().chain(&self.next);
        near.chain(&self.related).map(|listed| listed.article).collect()
    }
}

/// Where a live article is found: in its section's list and the home page's, and under its keywords.
pub(crate) fn places(content: &Content, settings: &SiteSettings) -> Places {
    let own = own_list(content, settings);
    let lists = if own == HOME { vec![own] } else { vec![HOME.to_owned(), own] };
    Places { lists, keywords: content.keywords.clone() }
}

/// The list that an article's neighbours are taken from: its section's, or the home page's without one.
pub(crate) fn own_list(content: &Content, settings: &SiteSettings) -> String {
    settings.section(content.section.trim()).map(|section| section.slug.clone()).unwrap_or_default()
}

/// The lists whose articles stand on a section's index: its own and those of the sections below it.
pub(crate) fn lists_below(section: &Section, settings: &SiteSettings) -> Vec<String> {
    let below = settings.sections.iter().filter(|other| other.path.starts_with(&section.path));
    below.map(|section| section.slug.clone()).collect()
}

/// What one job prints with: the same templates and settings for all its files.
pub(crate) struct Press {
    pub(crate) templates: Arc<Templates>,
    pub(crate) settings: SiteSettings,
}

impl Press {
    /// The page of a revision within the site as it is now.
    pub(crate) fn page(&self, revision: &Revision, frame: &ListedFrame) -> Result<SiteFile, NewsroomError> {
        let block = ArticleBlock {
            head: revision.block.clone(),
            blocks: Vec::new(),
            foot: String::new(),
            photos: revision.photos.clone(),
            n_missing_photos: 0,
            text: plain_text(&revision.content.body),
        };
        let (content, facts, settings) = (&revision.content, &revision.facts, &self.settings);
        let html = self.templates.page(content, facts, settings, &frame.frame(settings), &block)?;
        Ok(SiteFile { path: site_path(&facts.address)?, bytes: html.into_bytes() })
    }

    /// The home page.
    pub(crate) fn home(&self, newest: &[Listed]) -> Result<SiteFile, NewsroomError> {
        let html = self.templates.home(&home(newest, &self.settings), &self.settings)?;
        Ok(SiteFile { path: site_path("/index.html")?, bytes: html.into_bytes() })
    }

    /// The index of a section that has an address.
    pub(crate) fn section_index(
        &self,
        section: &Section,
        newest: &[Listed],
    ) -> Result<SiteFile, NewsroomError> {
        let listing = listing(newest, &self.settings);
        let html = self.templates.section_index(section, &listing, &self.settings)?;
        Ok(SiteFile { path: site_path(&section_address(&section.slug))?, bytes: html.into_bytes() })
    }

    /// The page for addresses where nothing is.
    pub(crate) fn not_found(&self) -> Result<SiteFile, NewsroomError> {
        let html = self.templates.not_found(&self.settings)?;
        Ok(SiteFile { path: site_path("/404.html")?, bytes: html.into_bytes() })
    }

    /// What every page links.
    pub(crate) fn assets(&self) -> Result<Vec<SiteFile>, NewsroomError> {
        let file = |asset: Asset| Ok(SiteFile { path: site_path(&asset.path)?, bytes: asset.bytes });
        self.templates.assets(&self.settings).into_iter().map(file).collect()
    }
}

/// The files of the photos that a revision's page shows: those that its block names, whatever the settings are now,
/// and those of the lead photo that cards name.
pub(crate) fn media(revision: &Revision) -> Result<Vec<MediaFile>, NewsroomError> {
    let mut files = Vec::new();
    for photo in revision.content.photos.iter().filter(|photo| revision.photos.contains(&photo.id)) {
        let is_lead = revision.content.lead_photo == Some(photo.id);
        for (address, form) in photo_files(photo) {
            let made = match form {
                PhotoForm::Original => MediaBytes::Original,
                PhotoForm::Rendition { width, format } => MediaBytes::Rendition { width, format },
            };
            if revision.block.contains(&address) || is_lead && made != MediaBytes::Original {
                files.push(MediaFile { path: site_path(&address)?, sha256: photo.sha256, made });
            }
        }
    }
    files.sort();
    files.dedup();
    Ok(files)
}

/// How lists show a revision.
pub(crate) fn listed(revision: &Revision, settings: &SiteSettings) -> Listed {
    let published_at = revision.facts.published_at.unwrap_or(revision.made_at);
    let card = Card::of(&revision.content, &revision.facts.address, Some(published_at), settings);
    Listed {
        article: revision.article,
        address: card.address,
        headline: card.headline,
        section: own_list(&revision.content, settings),
        published_at,
        summary: card.summary,
        photo: card.photo.filter(|_| shows_lead_photo(revision)).map(|photo| ListedPhoto {
            address: photo.address,
            alt: photo.alt,
            width: photo.width,
            height: photo.height,
            caption: photo.caption,
            credit: photo.credit,
        }),
    }
}

fn shows_lead_photo(revision: &Revision) -> bool {
    revision.content.lead_photo.is_some_and(|lead| revision.photos.contains(&lead))
}

pub(crate) fn card(listed: &Listed, settings: &SiteSettings) -> Card {
    let section = settings.section(&listed.section).and_then(|section| section.path.last());
    Card {
        address: listed.address.clone(),
        headline: listed.headline.clone(),
        section: section.cloned().unwrap_or_default(),
        published_at: Some(listed.published_at),
        summary: listed.summary.clone(),
        photo: listed.photo.clone().map(|photo| PagePhoto {
            alt: photo.alt,
            caption: photo.caption,
            credit: photo.credit,
            ..PagePhoto::of_address(&photo.address, photo.width, photo.height)
        }),
        ..Card::default()
    }
}

fn listing(newest: &[Listed], settings: &SiteSettings) -> Listing {
    let cards = newest.iter().map(|listed| card(listed, settings)).collect();
    Listing { cards, ..Listing::default() }
}

fn home(newest: &[Listed], settings: &SiteSettings) -> HomeListing {
    HomeListing { latest: listing(newest, settings).cards, ..HomeListing::default() }
}

/// The sections that have an index of their own; the first of two with the same slug.
pub(crate) fn indexed_sections(settings: &SiteSettings) -> Vec<&Section> {
    let mut sections: Vec<&Section> = Vec::new();
    for section in &settings.sections {
        let known = sections.iter().any(|other| other.slug == section.slug);
        if !known && !section.path.is_empty() && check_slug(&section.slug).is_ok() {
            sections.push(section);
        }
    }
    sections
}

/// An address of the site as the path of a file.
pub(crate) fn site_path(address: &str) -> Result<SitePath, NewsroomError> {
    address.parse().map_err(|_| NewsroomError::Address(address.to_owned()))
}

/// Names how the renderer and theme make pages: another look means that every page is to be written again.
pub(crate) fn look(templates: &Templates) -> Result<String, PageError> {
    let content = Content {
        headline: "清样 Galley".to_owned(),
        section: "news".to_owned(),
        keywords: vec!["清样".to_owned()],
        body: "**“清样”**的 *proof*\n\n> 1\n\n- 2\n\n## 3\n\n| 4 |\n|---|\n".to_owned(),
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
    let mut look = String::new();
    for settings in [SiteSettings::chinese(), SiteSettings::english()] {
        let block = templates.article(&content, &facts, &settings)?;
        look.push_str(&templates.page(&content, &facts, &settings, &frame, &block)?);
        look.push_str(&templates.home(&listing, &settings)?);
        look.push_str(&templates.not_found(&settings)?);
    }
    Ok(Sha256::of(look.as_bytes()).to_string())
}

/// Settings that would break an address or leave the site without a name are refused.
pub(crate) fn check_settings(settings: &SiteSettings) -> Result<(), NewsroomError> {
    let invalid = |field: String| Err(NewsroomError::InvalidSetting { field });
    if settings.name.trim().is_empty() {
        return invalid("name".to_owned());
    }
    let base = settings.base_url.as_str();
    let is_web = base.strip_prefix("https://").or_else(|| base.strip_prefix("http://"));
    let is_plain = |rest: &str| {
        !rest.is_empty()
            && !rest.ends_with('/')
            && !rest.contains(|c: char| c.is_whitespace() || "?#\"<>".contains(c))
    };
    if !base.is_empty() && !is_web.is_some_and(is_plain) {
        return invalid("base_url".to_owned());
    }
    for (n, section) in settings.sections.iter().enumerate() {
        let is_name = |name: &String| !name.trim().is_empty() && !name.contains('/');
        if section.path.is_empty() || !section.path.iter().all(is_name) {
            return invalid(format!("sections.{n}.path"));
        }
        let others = settings.sections.iter().take(n);
        if check_slug(&section.slug).is_err() || others.clone().any(|other| other.slug == section.slug) {
            return invalid(format!("sections.{n}.slug"));
        }
        if others.clone().any(|other| other.path == section.path) {
            return invalid(format!("sections.{n}.path"));
        }
    }
    Ok(())
}
