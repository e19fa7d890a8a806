//! The kinds of pages, and what the template of each is given.

use galley_model::address::{numbered_address, section_address};
use galley_model::site::{Section, SiteSettings};
use galley_model::{Content, Sha256};
use minijinja::value::Serde;
use minijinja::{Value, context};

use crate::body::render_body;
use crate::credits::{compose_byline, compose_dateline};
use crate::error::PageError;
use crate::facts::{
    CorrectionsPage, Frame, HomeListing, Listing, PageFacts, PersonKind, PersonListing, Retraction,
    SearchPage,
};
use crate::share::{locale, share_card};
use crate::templates::{ArticleBlock, Templates, html};
use crate::words::PageLanguage;
use crate::{qr, rights, structured, view};

/// Stands for the body while `article.html` is rendered; escaped text cannot hold it.
const BODY: &str = "\u{FDD0}body\u{FDD0}";

impl Templates {
    /// Renders the article block.
    ///
    /// # Errors
    /// A broken template.
    pub fn article(
        &self,
        content: &Content,
        facts: &PageFacts,
        site: &SiteSettings,
    ) -> Result<ArticleBlock, PageError> {
        let language = view::page_language(content, site);
        let dateline = compose_dateline(content, site);
        let body = render_body(&content.body, &content.photos, &dateline, language, site);
        let (head, foot) = self.head_and_foot(content, facts, site)?;
        let lead = content.lead_photo.filter(|id| crate::facts::photo_of(content, *id, language).is_some());
        let in_body = body.photos.into_iter().filter(|id| Some(*id) != lead);
        let photos = lead.into_iter().chain(in_body).collect();
        let (blocks, n_missing_photos, text) = (body.blocks, body.n_missing_photos, body.text.into());
        Ok(ArticleBlock { head, blocks, foot, photos, n_missing_photos, text })
    }

    /// ◆ The hash of the article block with both times unset, as hex digits of its UTF-8 bytes' SHA-256.
    ///
    /// # Errors
    /// A broken template.
    pub fn page_hash(
        &self,
        content: &Content,
        facts: &PageFacts,
        site: &SiteSettings,
    ) -> Result<Sha256, PageError> {
        let timeless = PageFacts { published_at: None, modified_at: None, ..facts.clone() };
        Ok(Sha256::of(self.article(content, &timeless, site)?.html().as_bytes()))
    }

    /// [`Self::page_hash`] of a block that was just rendered from the same content, facts and settings: renders
    /// only what shows the times again.
    ///
    /// # Errors
    /// A broken template.
    pub fn page_hash_of(
        &self,
        block: &ArticleBlock,
        content: &Content,
        facts: &PageFacts,
        site: &SiteSettings,
    ) -> Result<Sha256, PageError> {
        let timeless = PageFacts { published_at: None, modified_at: None, ..facts.clone() };
        let (head, foot) = self.head_and_foot(content, &timeless, site)?;
        Ok(Sha256::of(html(&head, &block.blocks, &foot).as_bytes()))
    }

    fn head_and_foot(
        &self,
        content: &Content,
        facts: &PageFacts,
        site: &SiteSettings,
    ) -> Result<(String, String), PageError> {
        let context = context! {
            article => Serde(view::article(content, facts, site)),
            body => Value::from_safe_string(BODY.to_owned()),
            ..self.words(view::page_language(content, site), site),
        };
        let html = self.render("article.html", context)?;
        match html.split(BODY).collect::<Vec<_>>().as_slice() {
            [head, foot] => Ok(((*head).to_owned(), (*foot).trim_end().to_owned())),
            _ => Err(PageError::Template {
                file: "article.html".to_owned(),
                line: 0,
                detail: "the template must print {{ body }} exactly once".to_owned(),
            }),
        }
    }

    /// Renders the complete page around an article block.
    ///
    /// # Errors
    /// A broken template.
    pub fn page(
        &self,
        content: &Content,
        facts: &PageFacts,
        site: &SiteSettings,
        frame: &Frame,
        block: &ArticleBlock,
    ) -> Result<String, PageError> {
        let language = view::page_language(content, site);
        let share = share_card(content, facts, site, block);
        let code = share.address.as_deref().filter(|_| view::is_public(site)).and_then(qr::svg);
        let time = |at| view::printed(at, site, language).map(|printed| printed.machine);
        let ninjs = facts.address.strip_suffix(".html").map(|stem| format!("{stem}.ninjs.json"));
        let context = context! {
            article => Value::from_safe_string(block.html()),
            share => Serde(&share),
            keywords => Serde(&content.keywords),
            byline => compose_byline(content),
            section => view::section_path(content, site).last().map(String::as_str),
            published => facts.published_at.and_then(time),
            modified => facts.modified_at.and_then(time),
            canonical => share.address.as_deref(),
            ninjs => ninjs,
            json_ld => Value::from_safe_string(structured::json_ld(content, facts, site, block, self.logo_address(site).as_deref())),
            previous => Serde(frame.previous.as_ref().map(|card| view::card(card, site, language))),
            next => Serde(frame.next.as_ref().map(|card| view::card(card, site, language))),
            related => Serde(view::cards(&frame.related, site, language)),
            authors => Serde(view::authors(content)),
            code => code.map(Value::from_safe_string),
            ..self.common_of(view::language_tag(content, site), site, rights::is_own(content.source.category)),
        };
        self.render("page.html", context)
    }

    /// Renders the home page.
    ///
    /// # Errors
    /// A broken template.
    pub fn home(&self, home: &HomeListing, site: &SiteSettings) -> Result<String, PageError> {
        let language = PageLanguage::of(&site.language);
        let sections = home.sections.iter();
        let sections =
            sections.filter_map(|(section, cards)| view::section_cards(section, cards, site, language));
        let context = context! {
            lead => Serde(home.lead.as_ref().map(|card| view::card(card, site, language))),
            pictures => Serde(view::cards(&home.pictures, site, language)),
            latest => Serde(view::cards(&home.latest, site, language)),
            sections => Serde(sections.collect::<Vec<_>>()),
            older => home.older.as_deref(),
            ..self.of_site(site, Some("/"), None),
        };
        self.render("home.html", context)
    }

    /// Renders a page of the list of all articles behind the home page: `/latest/{n}.html`.
    ///
    /// # Errors
    /// A broken template.
    pub fn latest(&self, listing: &Listing, site: &SiteSettings) -> Result<String, PageError> {
        let context = context! { path => Serde(view::breadcrumb(&[], site)), below => Serde(&[] as &[u8]) };
        self.render("listing.html", context! { ..context, ..self.listing("/", listing, site) })
    }

    /// Renders a page of a section's index.
    ///
    /// # Errors
    /// A broken template.
    pub fn section_index(
        &self,
        section: &Section,
        listing: &Listing,
        site: &SiteSettings,
    ) -> Result<String, PageError> {
        let context = context! {
            path => Serde(view::breadcrumb(&section.path, site)),
            below => Serde(view::below(&section.path, site)),
        };
        let address = section_address(&section.slug);
        self.render("listing.html", context! { ..context, ..self.listing(&address, listing, site) })
    }

    /// Renders a page of what one person wrote or answers for.
    ///
    /// # Errors
    /// A broken template.
    pub fn person_index(&self, person: &PersonListing, site: &SiteSettings) -> Result<String, PageError> {
        let context = context! {
            name => person.name.trim(),
            is_author => person.kind == PersonKind::Author,
            ..self.listing(&person.address, &person.listing, site),
        };
        self.render("person.html", context)
    }

    /// Renders a page of the list of corrections.
    ///
    /// # Errors
    /// A broken template.
    pub fn corrections(&self, page: &CorrectionsPage, site: &SiteSettings) -> Result<String, PageError> {
        let language = PageLanguage::of(&site.language);
        let entries = page.entries.iter().map(|entry| view::correction_entry(entry, site, language));
        let context = context! {
            entries => Serde(entries.collect::<Vec<_>>()),
            newer => page.newer.as_deref(),
            older => page.older.as_deref(),
            ..self.of_site(site, Some("/corrections.html"), page.page),
        };
        self.render("corrections.html", context)
    }

    /// Renders the search page.
    ///
    /// # Errors
    /// A broken template.
    pub fn search(&self, page: &SearchPage, site: &SiteSettings) -> Result<String, PageError> {
        let language = PageLanguage::of(&site.language);
        let context = context! {
            query => page.query.as_str(),
            is_answered => page.is_answered,
            has_server => page.has_server,
            n_found => format!("{}{}", page.n_found, if page.is_more { "+" } else { "" }),
            results => Serde(view::cards(&page.results, site, language)),
            all => Serde(view::cards(&page.all, site, language)),
            is_too_many => page.is_too_many,
            newer => page.newer.as_deref(),
            older => page.older.as_deref(),
            ..self.of_site(site, Some("/search.html").filter(|_| !page.is_answered), None),
        };
        self.render("search.html", context)
    }

    /// Renders the notice in the place of a retracted article.
    ///
    /// # Errors
    /// A broken template.
    pub fn retracted(&self, retraction: &Retraction, site: &SiteSettings) -> Result<String, PageError> {
        let language = PageLanguage::of(&site.language);
        let print = |at| view::printed(at, site, language);
        let context = context! {
            headline => retraction.headline.trim(),
            notice => retraction.notice.trim(),
            retracted => Serde(print(retraction.at)),
            published => Serde(retraction.published_at.and_then(print)),
            json_ld => Value::from_safe_string(structured::retraction_json_ld(
                retraction,
                site,
                self.logo_address(site).as_deref(),
            )),
            ..self.of_site(site, Some(&retraction.address), None),
        };
        self.render("retracted.html", context)
    }

    /// Renders a page that leads to another address of the site at once.
    ///
    /// # Errors
    /// A broken template.
    pub fn redirect(&self, to: &str, site: &SiteSettings) -> Result<String, PageError> {
        let to = crate::links::href(to, Default::default()).unwrap_or_else(|| "/".to_owned());
        let context = context! { to => to.as_str(), ..self.of_site(site, Some(&to), None) };
        self.render("redirect.html", context)
    }

    /// Renders the page for an address where nothing is.
    ///
    /// # Errors
    /// A broken template.
    pub fn not_found(&self, site: &SiteSettings) -> Result<String, PageError> {
        self.render("not_found.html", self.of_site(site, None, None))
    }

    fn listing(&self, address: &str, listing: &Listing, site: &SiteSettings) -> Value {
        context! {
            cards => Serde(view::cards(&listing.cards, site, PageLanguage::of(&site.language))),
            newer => listing.newer.as_deref(),
            older => listing.older.as_deref(),
            ..self.of_site(site, Some(address), listing.page),
        }
    }

    /// What the site's own pages are given; `page` counts those of an index.
    fn of_site(&self, site: &SiteSettings, address: Option<&str>, page: Option<u32>) -> Value {
        let numbered = |address: &str| match page {
            Some(n) => numbered_address(address, n),
            None => address.to_owned(),
        };
        let lang = view::site_language_tag(site);
        context! {
            page => page,
            canonical => address.and_then(|address| view::absolute(site, &numbered(address))),
            locale => locale(lang),
            ..self.common(lang, site),
        }
    }
}
