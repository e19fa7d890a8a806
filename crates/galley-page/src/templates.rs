//! The pages: templates compiled once, built in, each replaceable by a theme.

use std::borrow::Cow;
use std::collections::BTreeMap;

use galley_model::site::{Section, SiteSettings};
use galley_model::{Content, PhotoId, Sha256};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, UndefinedBehavior, Value, context};

use crate::assets::{Asset, STYLE_SHEET, style_sheet};
use crate::body::{Block, render_body};
use crate::credits::{compose_byline, compose_dateline};
use crate::escape;
use crate::facts::{Frame, Listing, PageFacts};
use crate::plain::excerpt_of;
use crate::words::PageLanguage;
use crate::{RENDERER, qr, structured, trial, view};

/// The part of a page that is signed: everything about the article, nothing about the site around it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArticleBlock {
    /// Before the body's first block; leaves the body's container open.
    pub head: String,
    /// The body's blocks, each one element, direct children of the container.
    pub blocks: Vec<Block>,
    /// After the body's last block; closes the container.
    pub foot: String,
    /// The photos that it shows, each once; their bytes belong to the publication, no others do.
    pub photos: Vec<PhotoId>,
    /// How many pictures stand as a visible note because the article has no such photo.
    pub n_missing_photos: usize,
    /// The body's text, as [`crate::plain_text`] gives it: for counts, excerpts, search.
    pub text: String,
}

impl ArticleBlock {
    /// The whole block.
    pub fn html(&self) -> String {
        html(&self.head, &self.blocks, &self.foot)
    }
}

fn html(head: &str, blocks: &[Block], foot: &str) -> String {
    let n_bytes = blocks.iter().map(|block| block.html.len()).sum::<usize>();
    let mut html = String::with_capacity(head.len() + n_bytes + foot.len());
    html.push_str(head);
    blocks.iter().for_each(|block| html.push_str(&block.html));
    html.push_str(foot);
    html
}

/// Why a page could not be made. Only a theme can be wrong: articles of any content render.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// A template is broken.
    #[error("{file}:{line}: {detail}")]
    Template {
        /// Name of the template.
        file: String,
        /// Line, from 1; 0 when none is known.
        line: u32,
        /// What is wrong.
        detail: String,
    },
}

/// Built-in templates, by name.
const BUILT_IN: [(&str, &str); 11] = [
    ("layout.html", include_str!("templates/layout.html")),
    ("parts.html", include_str!("templates/parts.html")),
    ("zh/article.html", include_str!("templates/zh/article.html")),
    ("zh/page.html", include_str!("templates/zh/page.html")),
    ("zh/listing.html", include_str!("templates/zh/listing.html")),
    ("zh/not_found.html", include_str!("templates/zh/not_found.html")),
    ("en/article.html", include_str!("templates/en/article.html")),
    ("en/page.html", include_str!("templates/en/page.html")),
    ("en/listing.html", include_str!("templates/en/listing.html")),
    ("en/not_found.html", include_str!("templates/en/not_found.html")),
    (STYLE_SHEET, include_str!("templates/site.css")),
];

/// Stands for the body while `article.html` is rendered; escaped text cannot hold it.
const BODY: &str = "\u{FDD0}body\u{FDD0}";

/// Characters of a page's description.
const DESCRIPTION: usize = 120;

/// Compiled templates of one theme.
pub struct Templates {
    environment: Environment<'static>,
    style_sheet: Asset,
    look: Sha256,
}

impl Templates {
    /// The built-in theme.
    ///
    /// # Errors
    /// Never, while the tests pass.
    pub fn built_in() -> Result<Self, PageError> {
        Self::with_overrides(&BTreeMap::new())
    }

    /// The built-in theme with some of its files replaced or added, by name (`zh/article.html`, `site.css`).
    ///
    /// A changed theme is tried out on an article with everything and one with nothing before it is taken.
    ///
    /// # Errors
    /// The first file that does not compile or does not render.
    pub fn with_overrides(files: &BTreeMap<String, String>) -> Result<Self, PageError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
            environment.set_syntax(syntax);
        }
        environment.set_formatter(|out, _, value| Ok(write_value(out, value)?));
        let mut css = Cow::Borrowed("");
        let built_in = BUILT_IN.iter().filter(|(name, _)| !files.contains_key(*name));
        let built_in = built_in.map(|(name, source)| (Cow::Borrowed(*name), Cow::Borrowed(*source)));
        let replaced =
            files.iter().map(|(name, source)| (Cow::Owned(name.clone()), Cow::Owned(source.clone())));
        for (name, source) in built_in.chain(replaced) {
            if name == STYLE_SHEET {
                css = source;
            } else if name.ends_with(".html") {
                environment
                    .add_template_owned(name.clone(), source)
                    .map_err(|error| broken(&name, &error))?;
            }
        }
        let templates = Self { environment, style_sheet: style_sheet(&css), look: look(files) };
        if !files.is_empty() {
            trial::try_out(&templates)?;
        }
        Ok(templates)
    }

    /// Names how pages are made: it changes with the renderer and with any file of the theme.
    pub fn look(&self) -> Sha256 {
        self.look
    }

    /// The files that the pages link, with their content-hashed addresses.
    pub fn assets(&self) -> Vec<Asset> {
        vec![self.style_sheet.clone()]
    }

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
        let (blocks, n_missing_photos, text) = (body.blocks, body.n_missing_photos, body.text);
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
        let photo = block.photos.first().and_then(|id| crate::facts::photo_of(content, *id, language));
        let image = photo.and_then(|photo| view::absolute(site, &photo.address));
        let canonical = view::absolute(site, &facts.address);
        let code = canonical.as_deref().filter(|_| view::is_public(site)).and_then(qr::svg);
        let time = |at| crate::times::print(at, &site.time_zone, language).map(|printed| printed.machine);
        let context = context! {
            article => Value::from_safe_string(block.html()),
            headline => content.headline.trim(),
            description => excerpt_of(content, &block.text, DESCRIPTION),
            keywords => Serde(&content.keywords),
            byline => compose_byline(content),
            section => view::section_path(content, site).last().map(String::as_str),
            published => facts.published_at.and_then(time),
            modified => facts.modified_at.and_then(time),
            canonical => canonical,
            image => image,
            json_ld => Value::from_safe_string(structured::json_ld(content, facts, site, block)),
            previous => Serde(frame.previous.as_ref().map(|card| view::card(card, site, language))),
            next => Serde(frame.next.as_ref().map(|card| view::card(card, site, language))),
            related => Serde(view::cards(&frame.related, site, language)),
            code => code.map(Value::from_safe_string),
            ..self.common(view::language_tag(content, site), site),
        };
        self.render(&format!("{}/page.html", language.folder()), context)
    }

    /// Renders a section's index.
    ///
    /// # Errors
    /// A broken template.
    pub fn section_index(
        &self,
        section: &Section,
        listing: &Listing,
        site: &SiteSettings,
    ) -> Result<String, PageError> {
        let address = galley_model::address::section_address(&section.slug);
        self.listing(Some(section), &address, listing, site)
    }

    /// Renders the home page.
    ///
    /// # Errors
    /// A broken template.
    pub fn home(&self, listing: &Listing, site: &SiteSettings) -> Result<String, PageError> {
        self.listing(None, "/", listing, site)
    }

    /// Renders the page for an address where nothing is.
    ///
    /// # Errors
    /// A broken template.
    pub fn not_found(&self, site: &SiteSettings) -> Result<String, PageError> {
        let language = PageLanguage::of(&site.language);
        let name = format!("{}/not_found.html", language.folder());
        self.render(&name, self.common(view::site_language_tag(site), site))
    }

    fn listing(
        &self,
        section: Option<&Section>,
        address: &str,
        listing: &Listing,
        site: &SiteSettings,
    ) -> Result<String, PageError> {
        let language = PageLanguage::of(&site.language);
        let path = section.map(|section| section.path.as_slice()).unwrap_or_default();
        let context = context! {
            path => Serde(view::breadcrumb(path, site)),
            cards => Serde(view::cards(&listing.cards, site, language)),
            newer => listing.newer.as_deref(),
            older => listing.older.as_deref(),
            canonical => view::absolute(site, address),
            ..self.common(view::site_language_tag(site), site),
        };
        self.render(&format!("{}/listing.html", language.folder()), context)
    }

    fn head_and_foot(
        &self,
        content: &Content,
        facts: &PageFacts,
        site: &SiteSettings,
    ) -> Result<(String, String), PageError> {
        let name = format!("{}/article.html", view::page_language(content, site).folder());
        let context = context! {
            article => Serde(view::article(content, facts, site)),
            body => Value::from_safe_string(BODY.to_owned()),
        };
        let html = self.render(&name, context)?;
        match html.split(BODY).collect::<Vec<_>>().as_slice() {
            [head, foot] => Ok(((*head).to_owned(), (*foot).trim_end().to_owned())),
            _ => Err(PageError::Template {
                file: name,
                line: 0,
                detail: "the template must print {{ body }} exactly once".to_owned(),
            }),
        }
    }

    fn common(&self, lang: &str, site: &SiteSettings) -> Value {
        let colon = PageLanguage::of(lang).words().colon;
        context! { lang => lang, colon => colon, css => self.style_sheet.path.as_str(), site => Serde(view::site(site)) }
    }

    fn render(&self, name: &str, context: Value) -> Result<String, PageError> {
        let template = self.environment.get_template(name).map_err(|error| broken(name, &error))?;
        template.render(context).map_err(|error| broken(name, &error))
    }
}

/// Over the renderer's version and every file as it stands, the built-in ones included.
fn look(files: &BTreeMap<String, String>) -> Sha256 {
    let mut all: BTreeMap<&str, &str> = BUILT_IN.into_iter().collect();
    all.extend(files.iter().map(|(name, source)| (name.as_str(), source.as_str())));
    let mut bytes = format!("galley-page {RENDERER}").into_bytes();
    for part in all.into_iter().flat_map(|(name, source)| [name, source]) {
        bytes.extend((part.len() as u64).to_be_bytes());
        bytes.extend(part.as_bytes());
    }
    Sha256::of(&bytes)
}

/// Escapes every text that is not markup of ours; fit for element content and quoted attributes.
fn write_value(out: &mut minijinja::Output<'_>, value: &Value) -> std::fmt::Result {
    match value.as_str() {
        Some(text) if value.is_safe() => out.write_str(text),
        Some(text) => out.write_str(&escape::attribute(text)),
        None if value.is_none() || value.is_undefined() => Ok(()),
        None => out.write_str(&escape::attribute(&value.to_string())),
    }
}

/// The deepest template error tells the file and line to look at.
fn broken(name: &str, error: &minijinja::Error) -> PageError {
    let mut deepest = error;
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        if let Some(cause) = cause.downcast_ref::<minijinja::Error>() {
            deepest = cause;
        }
        source = cause.source();
    }
    let line = deepest.line().or(error.line()).and_then(|line| u32::try_from(line).ok()).unwrap_or_default();
    let detail = match deepest.detail() {
        Some(detail) => format!("{}: {detail}", deepest.kind()),
        None => deepest.kind().to_string(),
    };
    PageError::Template { file: deepest.name().unwrap_or(name).to_owned(), line, detail }
}
