//! The templates of a theme, compiled once. What each kind of page is given stands in `pages`.

use std::sync::{Arc, PoisonError, RwLock};

use galley_model::site::{SiteLogo, SiteSettings};
use galley_model::{PhotoId, Sha256};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Kwargs, Serde};
use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, Value, context};

use crate::assets::{self, Asset, style_sheet};
use crate::body::Block;
use crate::error::PageError;
use crate::options::{OptionProblem, Options};
use crate::plain::BodyText;
use crate::theme::{Manifest, Theme, ThemeFiles};
use crate::words::PageLanguage;
use crate::{escape, trial, view};

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
    /// The body's text: for counts, excerpts, search.
    pub text: BodyText,
}

impl ArticleBlock {
    /// The whole block.
    pub fn html(&self) -> String {
        html(&self.head, &self.blocks, &self.foot)
    }
}

pub(crate) fn html(head: &str, blocks: &[Block], foot: &str) -> String {
    let n_bytes = blocks.iter().map(|block| block.html.len()).sum::<usize>();
    let mut html = String::with_capacity(head.len() + n_bytes + foot.len());
    html.push_str(head);
    blocks.iter().for_each(|block| html.push_str(&block.html));
    html.push_str(foot);
    html
}

/// Looks that settings gave a theme lately are kept: no more than this many.
const MAX_DRESSES: usize = 8;

/// Compiled templates of one theme.
pub struct Templates {
    environment: Environment<'static>,
    theme: Theme,
    chinese: Value,
    english: Value,
    dresses: RwLock<Vec<Arc<Dress>>>,
    sites: RwLock<Vec<KnownSite>>,
}

/// What templates are given of a site with these settings.
struct KnownSite {
    settings: SiteSettings,
    /// Whether its own terms stand on the page.
    is_own: bool,
    value: Value,
}

/// The theme under some settings: its options' values, the style sheet that begins with them, and the logo.
struct Dress {
    set: std::collections::BTreeMap<String, String>,
    set_logo: Option<SiteLogo>,
    logo: Option<Asset>,
    option: Value,
    problems: Vec<OptionProblem>,
    style_sheet: Asset,
}

impl Templates {
    /// The theme of a Chinese county news site, which is every other theme's last resort.
    ///
    /// # Errors
    /// Never, while the tests pass.
    pub fn built_in() -> Result<Self, PageError> {
        Self::for_settings(&SiteSettings::chinese())
    }

    /// The built-in theme that the settings name, or the one of their language when they name another.
    ///
    /// # Errors
    /// Never, while the tests pass.
    pub fn for_settings(site: &SiteSettings) -> Result<Self, PageError> {
        let theme = Theme::built_in(site.theme.trim()).or_else(|| Theme::of_language(site.language.trim()));
        let nothing =
            || PageError::File { file: site.theme.clone(), detail: "there is no such theme".to_owned() };
        Self::of(&theme.ok_or_else(nothing)?)
    }

    /// The templates of a newsroom's own theme, from its files.
    ///
    /// # Errors
    /// The first file that is wrong; see [`Theme::from_files`] and [`Templates::of`].
    pub fn of_files(files: &ThemeFiles) -> Result<Self, PageError> {
        Self::of(&Theme::from_files(files)?)
    }

    /// The templates of a theme. One that Galley does not bring is tried out, on every kind of page with
    /// everything and with nothing in each language, before it is taken.
    ///
    /// # Errors
    /// The first template that does not compile or does not render.
    pub fn of(theme: &Theme) -> Result<Self, PageError> {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
            environment.set_syntax(syntax);
        }
        environment.set_formatter(|out, _, value| Ok(write_value(out, value)?));
        environment.add_filter("fill", fill);
        let assets = theme.assets().clone();
        environment.add_function("asset", move |name: &str| match assets.get(name) {
            Some(asset) => Ok(asset.path.clone()),
            None => Err(Error::new(ErrorKind::InvalidOperation, format!("the theme has no assets/{name}"))),
        });
        for (name, source) in theme.templates() {
            environment.add_template_owned(name.clone(), source).map_err(|error| broken(&name, &error))?;
        }
        let templates = Self {
            environment,
            chinese: theme.texts().value(PageLanguage::Chinese),
            english: theme.texts().value(PageLanguage::English),
            theme: theme.clone(),
            dresses: RwLock::default(),
            sites: RwLock::default(),
        };
        if !theme.is_built_in() {
            trial::try_out(&templates)?;
        }
        Ok(templates)
    }

    /// Names how pages are made: it changes with the renderer and with any file of the theme. (What options and
    /// other settings change, changes with the settings.)
    pub fn look(&self) -> Sha256 {
        self.theme.id()
    }

    /// What the theme says of itself.
    pub fn manifest(&self) -> &Manifest {
        self.theme.manifest()
    }

    /// The theme.
    pub fn theme(&self) -> &Theme {
        &self.theme
    }

    /// The files that pages with these settings link, with their content-hashed addresses.
    pub fn assets(&self, site: &SiteSettings) -> Vec<Asset> {
        let own = self.theme.assets().values().cloned();
        let dress = self.dress(site);
        std::iter::once(dress.style_sheet.clone()).chain(dress.logo.clone()).chain(own).collect()
    }

    /// One of the files that pages link, by its address; a style sheet and a logo only of settings that a page was
    /// rendered with lately.
    pub fn asset(&self, path: &str) -> Option<Asset> {
        let own = self.theme.assets().values().find(|asset| asset.path == path).cloned();
        own.or_else(|| {
            let dresses = self.dresses.read().unwrap_or_else(PoisonError::into_inner);
            let files =
                dresses.iter().flat_map(|dress| std::iter::once(&dress.style_sheet).chain(&dress.logo));
            files.into_iter().find(|file| file.path == path).cloned()
        })
    }

    /// Values of options that are wrong under these settings, and take their defaults.
    pub fn option_problems(&self, site: &SiteSettings) -> Vec<OptionProblem> {
        self.dress(site).problems.clone()
    }

    fn dress(&self, site: &SiteSettings) -> Arc<Dress> {
        let dresses = self.dresses.read().unwrap_or_else(PoisonError::into_inner);
        let is_it = |dress: &&Arc<Dress>| dress.set == site.theme_options && dress.set_logo == site.logo;
        if let Some(dress) = dresses.iter().find(is_it) {
            return dress.clone();
        }
        drop(dresses);
        let options = Options::of(self.theme.manifest(), site);
        let dress = Arc::new(Dress {
            set: site.theme_options.clone(),
            set_logo: site.logo.clone(),
            logo: site.logo.as_ref().and_then(assets::logo),
            option: options.value(),
            style_sheet: style_sheet(options.css() + self.theme.css()),
            problems: options.problems,
        });
        let mut dresses = self.dresses.write().unwrap_or_else(PoisonError::into_inner);
        if dresses.len() >= MAX_DRESSES {
            dresses.remove(0);
        }
        dresses.push(dress.clone());
        dress
    }

    /// What every template is given: the words of the page's language, and the values of the options.
    pub(crate) fn words(&self, language: PageLanguage, site: &SiteSettings) -> Value {
        context! { text => self.text(language), option => self.dress(site).option.clone() }
    }

    /// What every template of a whole page is given.
    pub(crate) fn common(&self, lang: &str, site: &SiteSettings) -> Value {
        self.common_of(lang, site, true)
    }

    /// The same for a page of what is the site's own, or of what others have the rights in: there the site's terms of
    /// use are left out.
    pub(crate) fn common_of(&self, lang: &str, site: &SiteSettings, is_own: bool) -> Value {
        let dress = self.dress(site);
        context! {
            lang => lang,
            text => self.text(PageLanguage::of(lang)),
            site_text => self.text(PageLanguage::of(&site.language)),
            option => dress.option.clone(),
            css => dress.style_sheet.path.as_str(),
            site => self.site(site, &dress, is_own),
        }
    }

    /// What templates are given of the site: the same for all pages of the same settings whose terms stand there too,
    /// or not.
    fn site(&self, site: &SiteSettings, dress: &Dress, is_own: bool) -> Value {
        let sites = self.sites.read().unwrap_or_else(PoisonError::into_inner);
        let is_it = |known: &&KnownSite| known.is_own == is_own && known.settings == *site;
        if let Some(known) = sites.iter().find(is_it) {
            return known.value.clone();
        }
        drop(sites);
        let value = Value::from(Serde(view::site(site, self.theme.assets(), dress.logo.as_ref(), is_own)));
        let mut sites = self.sites.write().unwrap_or_else(PoisonError::into_inner);
        if sites.len() >= MAX_DRESSES {
            sites.remove(0);
        }
        sites.push(KnownSite { settings: site.clone(), is_own, value: value.clone() });
        value
    }

    /// Where the publisher's logo stands, when there is one.
    pub(crate) fn logo_address(&self, site: &SiteSettings) -> Option<String> {
        self.dress(site).logo.as_ref().map(|logo| logo.path.clone())
    }

    fn text(&self, language: PageLanguage) -> Value {
        match language {
            PageLanguage::Chinese => self.chinese.clone(),
            PageLanguage::English => self.english.clone(),
        }
    }

    pub(crate) fn render(&self, name: &str, context: Value) -> Result<String, PageError> {
        #[cfg(test)]
        crate::documented::record(name, &context);
        let template = self.environment.get_template(name).map_err(|error| broken(name, &error))?;
        template.render(context).map_err(|error| broken(name, &error))
    }
}

/// `{{ text.n_found|fill(n=12) }}`: puts values into the places of a text, `{n}`.
fn fill(text: &str, values: Kwargs) -> Result<String, Error> {
    let mut filled = text.to_owned();
    for name in values.args() {
        let value: Value = values.get(name)?;
        filled = filled.replace(&format!("{{{name}}}"), &value.to_string());
    }
    Ok(filled)
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
