//! A theme: a folder of templates, style sheets, texts, assets and a manifest, read from bytes and checked.
//!
//! Not here: compiling the templates (`templates`), and where a theme's files come from.

mod built_in;
mod guard;
mod manifest;
mod style;
mod texts;

use std::borrow::Cow;
use std::collections::BTreeMap;

use galley_model::Sha256;
use galley_model::site::COUNTY;

use crate::RENDERER;
use crate::assets::{self, Asset};
use crate::error::{PageError, line_of};
use crate::words::PageLanguage;

pub(crate) use built_in::NAMES as BUILT_IN;
pub use manifest::{Choice, Labels, Manifest, OptionKind, THEME_INTERFACE, ThemeOption};
pub(crate) use texts::Texts;

/// The files of a theme by path (`site.css`, `texts/en.toml`, `assets/logo.svg`); bytes, so that pictures may be
/// among them.
pub type ThemeFiles = BTreeMap<String, Vec<u8>>;

/// The template around every page, and the style sheet without which the built-in one has icons as tall as a page.
const LAYOUT: &str = "layout.html";
const PARTS: &str = "parts.css";

/// A theme has no more files.
pub const MAX_THEME_FILES: usize = 200;
/// A template, style sheet, manifest or file of texts is no longer, in bytes.
pub const MAX_THEME_TEXT: usize = 1 << 20;
/// An asset is no longer, in bytes.
pub const MAX_THEME_ASSET: usize = 4 << 20;
/// All files of a theme together are no longer, in bytes.
pub const MAX_THEME_BYTES: usize = 24 << 20;

/// A theme that could be read: every file is of a kind that themes have, and what can be checked without rendering
/// was.
#[derive(Clone, Debug)]
pub struct Theme {
    manifest: Manifest,
    files: ThemeFiles,
    templates: BTreeMap<String, Cow<'static, str>>,
    sheets: BTreeMap<String, Cow<'static, str>>,
    css: String,
    texts: Texts,
    assets: BTreeMap<String, Asset>,
    id: Sha256,
    is_built_in: bool,
}

impl Theme {
    /// A theme that Galley brings: [`galley_model::site::COUNTY`] or [`galley_model::site::DAILY`].
    pub fn built_in(name: &str) -> Option<Self> {
        built_in::files(name).and_then(|files| read(files, Cow::Borrowed, true).ok())
    }

    /// The built-in theme of a site in this language.
    pub fn of_language(language: &str) -> Option<Self> {
        Self::built_in(match PageLanguage::of(language) {
            PageLanguage::Chinese => COUNTY,
            PageLanguage::English => galley_model::site::DAILY,
        })
    }

    /// A newsroom's own theme. Files that it does not have are its base's; without a manifest that is the county
    /// news site, and the theme is called `own`. Notes (`*.md`, `*.txt`) and hidden files are passed over.
    ///
    /// # Errors
    /// The first file that is wrong, with its line; nothing of the theme is taken then.
    pub fn from_files(files: &ThemeFiles) -> Result<Self, PageError> {
        let total: usize = files.values().map(Vec::len).sum();
        let refuse = |detail: String| Err(PageError::File { file: manifest::MANIFEST.to_owned(), detail });
        if files.len() > MAX_THEME_FILES {
            return refuse(format!("the theme has {} files; at most {MAX_THEME_FILES}", files.len()));
        }
        if total > MAX_THEME_BYTES {
            return refuse(format!("the theme has {total} bytes; at most {MAX_THEME_BYTES}"));
        }
        let files: BTreeMap<&str, &[u8]> = files
            .iter()
            .filter(|(path, _)| !is_note(path))
            .map(|(path, bytes)| (path.as_str(), bytes.as_slice()))
            .collect();
        read(files, |text: &str| Cow::Owned(text.to_owned()), false)
    }

    /// What it says of itself; the base's options are among its own, behind them.
    pub fn manifest(&self) -> &Manifest {
        &self.manifest
    }

    /// Its own files, without the base's: what is kept and sent to have the theme again.
    pub fn files(&self) -> &ThemeFiles {
        &self.files
    }

    /// Names it by all that it is made of: its files, the base's, and the renderer.
    pub fn id(&self) -> Sha256 {
        self.id
    }

    pub(crate) fn templates(&self) -> impl Iterator<Item = (String, Cow<'static, str>)> + '_ {
        self.templates.iter().map(|(name, source)| (name.clone(), source.clone()))
    }

    pub(crate) fn css(&self) -> &str {
        &self.css
    }

    pub(crate) fn texts(&self) -> &Texts {
        &self.texts
    }

    /// By their paths below `assets/`.
    pub(crate) fn assets(&self) -> &BTreeMap<String, Asset> {
        &self.assets
    }

    pub(crate) fn is_built_in(&self) -> bool {
        self.is_built_in
    }
}

fn is_note(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.starts_with('.') || [".md", ".txt"].iter().any(|end| name.ends_with(end))
}

/// Reads a theme from its own files.
fn read<'a>(
    files: BTreeMap<&'a str, &'a [u8]>,
    owned: impl Fn(&'a str) -> Cow<'static, str>,
    is_built_in: bool,
) -> Result<Theme, PageError> {
    let manifest = match files.get(manifest::MANIFEST) {
        Some(bytes) => {
            let source = text_of(manifest::MANIFEST, bytes)?;
            let manifest = manifest::parse(source)?;
            check_names(source, &manifest, is_built_in)?;
            manifest
        }
        None => without_manifest(),
    };
    let base = manifest.base.as_deref().and_then(Theme::built_in);
    let mut theme = Theme {
        manifest,
        files: files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec())).collect(),
        templates: BTreeMap::new(),
        sheets: BTreeMap::new(),
        css: String::new(),
        texts: Texts::default(),
        assets: BTreeMap::new(),
        id: Sha256([0; 32]),
        is_built_in,
    };
    if let Some(base) = &base {
        theme.templates.clone_from(&base.templates);
        theme.sheets.clone_from(&base.sheets);
        theme.texts.clone_from(&base.texts);
        theme.assets.clone_from(&base.assets);
        inherit(&mut theme.manifest, &base.manifest);
    }
    for (path, bytes) in &files {
        take_file(&mut theme, path, bytes, &owned)?;
    }
    let with_parts = add_parts(&mut theme);
    theme.css = style_sheet(&theme)?;
    theme.id = id(&theme, base.as_ref(), with_parts);
    Ok(theme)
}

fn without_manifest() -> Manifest {
    Manifest {
        name: "own".to_owned(),
        galley: THEME_INTERFACE,
        base: Some(COUNTY.to_owned()),
        ..Manifest::default()
    }
}

/// A newsroom's theme has a name of its own and a base that exists.
fn check_names(source: &str, manifest: &Manifest, is_built_in: bool) -> Result<(), PageError> {
    let wrong = |field: &str, detail: String| {
        let starts = |line: &&str| line.trim_start().starts_with(field);
        let line = source.lines().position(|line| starts(&line)).map_or(0, |at| at + 1);
        let line = u32::try_from(line).unwrap_or_default();
        Err(PageError::Manifest { file: manifest::MANIFEST.to_owned(), line, detail })
    };
    if is_built_in {
        return Ok(());
    }
    if BUILT_IN.contains(&manifest.name.as_str()) {
        return wrong("name", format!("{:?} is the name of a theme that Galley brings", manifest.name));
    }
    match manifest.base.as_deref() {
        Some(base) if BUILT_IN.contains(&base) => Ok(()),
        Some(base) => wrong("base", format!("there is no built-in theme {base:?}")),
        None => wrong("name", format!("`base` is missing: one of {}", BUILT_IN.join(", "))),
    }
}

/// The base's templates ask for the base's options, and its style sheets stand where the theme names none.
fn inherit(manifest: &mut Manifest, base: &Manifest) {
    if manifest.styles.is_empty() {
        manifest.styles.clone_from(&base.styles);
    }
    for option in &base.options {
        if !manifest.options.iter().any(|own| own.id == option.id) {
            manifest.options.push(option.clone());
        }
    }
}

/// The base's layout needs its sheet of parts also where a theme lists other sheets: those of a time when there was no
/// such sheet. It stands first, so that what the theme says of the same things rules. True when it was added.
fn add_parts(theme: &mut Theme) -> bool {
    let Theme { manifest, files, is_built_in, .. } = theme;
    let lacks = !*is_built_in && !files.contains_key(LAYOUT) && !manifest.styles.iter().any(|it| it == PARTS);
    if lacks {
        manifest.styles.insert(0, PARTS.to_owned());
    }
    lacks
}

fn take_file<'a>(
    theme: &mut Theme,
    path: &str,
    bytes: &'a [u8],
    owned: &impl Fn(&'a str) -> Cow<'static, str>,
) -> Result<(), PageError> {
    if let Some(name) = path.strip_prefix("assets/") {
        let asset = assets::checked(name, bytes)
            .map_err(|detail| PageError::File { file: path.to_owned(), detail })?;
        theme.assets.insert(name.to_owned(), asset);
        return Ok(());
    }
    let text = text_of(path, bytes)?;
    match path.rsplit_once('.') {
        _ if path == manifest::MANIFEST => {}
        Some((name, "html")) if is_plain(name) => {
            guard::check(path, text)?;
            theme.templates.insert(path.to_owned(), owned(text));
        }
        Some((name, "css")) if is_plain(name) => {
            theme.sheets.insert(path.to_owned(), owned(text));
        }
        _ if theme.texts.take(path, text)? => {}
        _ => {
            let detail = "a theme has no such file: templates and style sheets stand beside theme.toml, \
                          texts in texts/, everything else in assets/";
            return Err(PageError::File { file: path.to_owned(), detail: detail.to_owned() });
        }
    }
    Ok(())
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
}

fn text_of<'a>(path: &str, bytes: &'a [u8]) -> Result<&'a str, PageError> {
    let refuse = |detail: String| PageError::File { file: path.to_owned(), detail };
    if bytes.len() > MAX_THEME_TEXT {
        return Err(refuse(format!("{} bytes; at most {MAX_THEME_TEXT}", bytes.len())));
    }
    let text = std::str::from_utf8(bytes)
        .map_err(|error| refuse(format!("line {} is not UTF-8", line_in(bytes, error.valid_up_to()))))?;
    Ok(text.strip_prefix('\u{feff}').unwrap_or(text))
}

fn line_in(bytes: &[u8], at: usize) -> u32 {
    let valid = bytes.get(..at).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default();
    line_of(valid, valid.len())
}

/// The theme's style sheets as one.
fn style_sheet(theme: &Theme) -> Result<String, PageError> {
    let address = |name: &str| theme.assets.get(name).map(|asset| asset.path.clone());
    let mut css = String::new();
    for name in &theme.manifest.styles {
        let Some(sheet) = theme.sheets.get(name) else {
            let detail = format!("there is no style sheet {name:?}");
            return Err(PageError::Manifest { file: manifest::MANIFEST.to_owned(), line: 0, detail });
        };
        css.push_str(&style::prepare(name, sheet, &address)?);
    }
    Ok(css)
}

/// Over the renderer's version and every file as it stands, the base's included; and over the sheet that was added, so
/// that a site whose pages lacked it is set anew.
fn id(theme: &Theme, base: Option<&Theme>, with_parts: bool) -> Sha256 {
    let mut bytes = format!("galley-page {RENDERER} {THEME_INTERFACE}").into_bytes();
    if with_parts {
        bytes.extend(PARTS.as_bytes());
    }
    if let Some(base) = base {
        bytes.extend(base.id.0);
    }
    for part in theme.files.iter().flat_map(|(path, file)| [path.as_bytes(), file.as_slice()]) {
        bytes.extend((part.len() as u64).to_be_bytes());
        bytes.extend(part);
    }
    Sha256::of(&bytes)
}
