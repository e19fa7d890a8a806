//! The words of a theme, in each language: `texts/zh-Hans.toml` and `texts/en.toml`.
//!
//! Flat: `key = "words"`. A theme's own words take the place of its base's, key by key.

use std::collections::BTreeMap;

use minijinja::Value;

use crate::error::{PageError, line_of};
use crate::words::PageLanguage;

/// A text is no longer, in characters.
const MAX_TEXT: usize = 1_000;

/// The words of a theme.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Texts {
    chinese: BTreeMap<String, String>,
    english: BTreeMap<String, String>,
}

impl Texts {
    /// Takes a file of texts; false when the path is none's.
    pub(crate) fn take(&mut self, path: &str, source: &str) -> Result<bool, PageError> {
        let texts = match path {
            "texts/zh-Hans.toml" => &mut self.chinese,
            "texts/en.toml" => &mut self.english,
            _ => return Ok(false),
        };
        let wrong = |line: u32, detail: String| PageError::Texts { file: path.to_owned(), line, detail };
        let read: BTreeMap<toml::Spanned<String>, toml::Spanned<String>> =
            toml::from_str(source).map_err(|error| {
                let at = error.span().map_or(0, |span| span.start);
                wrong(line_of(source, at), error.message().trim().to_owned())
            })?;
        for (key, text) in read {
            let line = line_of(source, key.span().start);
            let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
            if key.get_ref().is_empty() || !key.get_ref().bytes().all(plain) {
                let detail = "a key is lower-case letters, digits and underscores".to_owned();
                return Err(wrong(line, detail));
            }
            if text.get_ref().chars().count() > MAX_TEXT {
                return Err(wrong(line, format!("a text is longer than {MAX_TEXT} characters")));
            }
            texts.insert(key.into_inner(), text.into_inner());
        }
        Ok(true)
    }

    /// The texts of one language, as templates see them.
    pub(crate) fn value(&self, language: PageLanguage) -> Value {
        Value::from(self.of(language).clone())
    }

    pub(crate) fn of(&self, language: PageLanguage) -> &BTreeMap<String, String> {
        match language {
            PageLanguage::Chinese => &self.chinese,
            PageLanguage::English => &self.english,
        }
    }
}
