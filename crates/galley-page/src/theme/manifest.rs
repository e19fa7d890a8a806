//! `theme.toml`: what a theme is called, what it builds on, and the options it has.
//!
//! Not here: the values that a site sets its options to (`options`).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use crate::error::{PageError, line_of};
use crate::options;

/// Name of the manifest among a theme's files.
pub(crate) const MANIFEST: &str = "theme.toml";

/// Version of the interface between Galley and themes: it grows when a theme that worked could break.
pub const THEME_INTERFACE: u32 = 1;

/// No theme has more options.
const MAX_OPTIONS: usize = 64;
/// No text of a manifest is longer, in characters.
const MAX_TEXT: usize = 400;

/// A text in each language, by its tag (`zh-Hans`, `en`).
pub type Labels = BTreeMap<String, String>;

/// What a theme says of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Lower-case letters, digits and hyphens; none of the built-in themes' names.
    pub name: String,
    /// Its name for people.
    pub title: Labels,
    /// The interface that it was written for, [`THEME_INTERFACE`].
    pub galley: u32,
    /// The theme's own version, as its makers count.
    pub version: String,
    /// The built-in theme whose files serve where this one has none; only built-in themes have none.
    pub base: Option<String>,
    /// The style sheets in the order in which they become one; the base's where a theme names none. With the base's
    /// layout, `parts.css` is among them.
    pub styles: Vec<String>,
    /// What a site may set.
    pub options: Vec<ThemeOption>,
}

/// Something that a site may set about its theme.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThemeOption {
    /// Lower-case letters, digits and underscores: `option.<id>` in templates.
    pub id: String,
    /// What its values are.
    pub kind: OptionKind,
    /// The value of a site that set none; always a good one.
    pub default: String,
    /// What a choice may be.
    pub choices: Vec<Choice>,
    /// Bounds of a number, both included.
    pub min: Option<i64>,
    /// Bounds of a number, both included.
    pub max: Option<i64>,
    /// A colour must be readable on this one, with a contrast of 4.5 to 1 (WCAG 2.2, 1.4.3).
    pub on: Option<String>,
    /// What it is called.
    pub label: Labels,
}

/// What values an option takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OptionKind {
    /// `true` or `false`.
    Bool,
    /// One of the choices.
    Choice,
    /// `#rrggbb`.
    Colour,
    /// A line of text, at most 200 characters.
    #[default]
    Text,
    /// A whole number.
    Number,
}

/// One value of a choice.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// Lower-case letters, digits, underscores and hyphens.
    pub value: String,
    /// What it is called.
    pub label: Labels,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    name: Spanned<String>,
    #[serde(default)]
    title: Labels,
    galley: Spanned<u32>,
    #[serde(default)]
    version: String,
    base: Option<Spanned<String>>,
    #[serde(default)]
    styles: Vec<Spanned<String>>,
    #[serde(default)]
    options: Vec<Spanned<WrittenOption>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenOption {
    id: Spanned<String>,
    kind: OptionKind,
    default: Spanned<Scalar>,
    #[serde(default)]
    choices: Vec<Spanned<WrittenChoice>>,
    min: Option<i64>,
    max: Option<i64>,
    on: Option<Spanned<String>>,
    #[serde(default)]
    label: Labels,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenChoice {
    value: String,
    #[serde(default)]
    label: Labels,
}

/// A value as TOML writes it.
#[derive(Deserialize)]
#[serde(untagged)]
enum Scalar {
    Bool(bool),
    Number(i64),
    Text(String),
}

impl Scalar {
    fn text(&self) -> String {
        match self {
            Self::Bool(value) => value.to_string(),
            Self::Number(value) => value.to_string(),
            Self::Text(value) => value.clone(),
        }
    }
}

/// Reads a manifest and checks every word of it.
///
/// # Errors
/// The first thing that is wrong, with its line.
pub(crate) fn parse(source: &str) -> Result<Manifest, PageError> {
    let written: Written = toml::from_str(source).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        wrong(source, at, error.message().trim().to_owned())
    })?;
    check_written(source, &written)?;
    let options =
        written.options.iter().map(|option| read_option(source, option)).collect::<Result<Vec<_>, _>>()?;
    for (n, option) in options.iter().enumerate() {
        if options.iter().take(n).any(|other| other.id == option.id) {
            let at = written.options.get(n).map_or(0, |option| option.get_ref().id.span().start);
            return Err(wrong(source, at, format!("two options are called {:?}", option.id)));
        }
    }
    Ok(Manifest {
        name: written.name.into_inner(),
        title: written.title,
        galley: written.galley.into_inner(),
        version: written.version,
        base: written.base.map(Spanned::into_inner),
        styles: written.styles.into_iter().map(Spanned::into_inner).collect(),
        options,
    })
}

fn wrong(source: &str, at: usize, detail: String) -> PageError {
    PageError::Manifest { file: MANIFEST.to_owned(), line: line_of(source, at), detail }
}

fn check_written(source: &str, written: &Written) -> Result<(), PageError> {
    let refuse = |at: usize, detail: String| Err(wrong(source, at, detail));
    if !is_word(written.name.get_ref(), '-') {
        return refuse(
            written.name.span().start,
            "a name is lower-case letters, digits and hyphens".to_owned(),
        );
    }
    if *written.galley.get_ref() != THEME_INTERFACE {
        let detail = format!("this Galley takes themes of interface {THEME_INTERFACE}");
        return refuse(written.galley.span().start, detail);
    }
    if written.options.len() > MAX_OPTIONS {
        return refuse(0, format!("more than {MAX_OPTIONS} options"));
    }
    let too_long = |text: &String| text.chars().count() > MAX_TEXT;
    let labels = written.options.iter().flat_map(|option| option.get_ref().label.values());
    if written.title.values().chain(labels).any(too_long) || too_long(&written.version) {
        return refuse(0, format!("a text is longer than {MAX_TEXT} characters"));
    }
    for style in &written.styles {
        if !style.get_ref().ends_with(".css") || style.get_ref().contains('/') {
            return refuse(style.span().start, "a style sheet is a .css file beside theme.toml".to_owned());
        }
    }
    Ok(())
}

/// Lower-case ASCII letters, digits and one mark, beginning with a letter, at most 40.
fn is_word(word: &str, mark: char) -> bool {
    word.starts_with(|c: char| c.is_ascii_lowercase())
        && word.len() <= 40
        && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == mark)
}

fn read_option(source: &str, spanned: &Spanned<WrittenOption>) -> Result<ThemeOption, PageError> {
    let written = spanned.get_ref();
    let (start, id) = (spanned.span().start, written.id.get_ref());
    let refuse = |at: usize, detail: String| Err(wrong(source, at, detail));
    if !is_word(id, '_') {
        let detail = "an option's id is lower-case letters, digits and underscores".to_owned();
        return refuse(written.id.span().start, detail);
    }
    for choice in &written.choices {
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || "-_".contains(c);
        if choice.get_ref().value.is_empty() || !choice.get_ref().value.chars().all(plain) {
            let detail = "a choice's value is lower-case letters, digits, hyphens and underscores".to_owned();
            return refuse(choice.span().start, detail);
        }
    }
    let (is_choice, is_number) = (written.kind == OptionKind::Choice, written.kind == OptionKind::Number);
    if is_choice == written.choices.is_empty() {
        return refuse(start, format!("option {id:?}: an option of kind choice has choices, no other does"));
    }
    if !is_number && (written.min.is_some() || written.max.is_some()) {
        return refuse(start, format!("option {id:?}: min and max are for numbers"));
    }
    if let Some(on) = &written.on {
        let at = on.span().start;
        if written.kind != OptionKind::Colour || options::colour(on.get_ref()).is_none() {
            return refuse(at, format!("option {id:?}: `on` is a colour that a colour must be readable on"));
        }
    }
    let option = ThemeOption {
        id: id.clone(),
        kind: written.kind,
        default: written.default.get_ref().text(),
        choices: written
            .choices
            .iter()
            .map(Spanned::get_ref)
            .map(|choice| Choice { value: choice.value.clone(), label: choice.label.clone() })
            .collect(),
        min: written.min,
        max: written.max,
        on: written.on.as_ref().map(|on| on.get_ref().clone()),
        label: written.label.clone(),
    };
    match options::checked(&option, &option.default) {
        Ok(default) => Ok(ThemeOption { default, ..option }),
        Err(why) => refuse(written.default.span().start, format!("option {id:?}: the default {why}")),
    }
}
