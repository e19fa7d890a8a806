//! The command line and the environment, read into what to do. Pure: the environment is passed in.

use std::ffi::OsString;
use std::path::PathBuf;

use crate::language::{Language, Sentence};

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Wish {
    /// Open the window.
    Window(Options),
    /// Print the version.
    Version,
    /// Print the usage.
    Help,
}

/// How to open the window.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    /// Where the library lives, when it was said.
    pub(crate) data_dir: Option<PathBuf>,
    /// The language of the window, when it was said.
    pub(crate) language: Option<Language>,
}

/// A command line that cannot be followed.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Misuse {
    UnknownOption(String),
    MissingValue(String),
    UnknownLanguage(String),
}

impl Misuse {
    pub(crate) fn sentence(&self) -> Sentence<'_> {
        match self {
            Self::UnknownOption(option) => Sentence::UnknownOption { option },
            Self::MissingValue(option) => Sentence::MissingValue { option },
            Self::UnknownLanguage(value) => Sentence::UnknownLanguage { value },
        }
    }
}

/// Reads the arguments (without the program's name); what they leave open is taken from the environment.
pub(crate) fn read(
    arguments: impl Iterator<Item = OsString>,
    environment: impl Fn(&str) -> Option<OsString>,
) -> Result<Wish, Misuse> {
    let mut data_dir = None;
    let mut language = None;
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        let text = argument.to_string_lossy().into_owned();
        let (option, joined) = match text.split_once('=') {
            Some((option, value)) if option.starts_with("--") => {
                (option.to_owned(), Some(OsString::from(value)))
            }
            _ => (text, None),
        };
        let mut value = || joined.clone().or_else(|| arguments.next()).filter(|value| !value.is_empty());
        match option.as_str() {
            "--help" | "-h" => return Ok(Wish::Help),
            "--version" | "-V" => return Ok(Wish::Version),
            "--data" => data_dir = Some(value().ok_or(Misuse::MissingValue(option))?),
            "--lang" => language = Some(value().ok_or(Misuse::MissingValue(option))?),
            _ => return Err(Misuse::UnknownOption(option)),
        }
    }
    let said = |name| environment(name).filter(|value| !value.is_empty());
    let language = language.or_else(|| said("GALLEY_LANG")).map(known_language).transpose()?;
    let data_dir = data_dir.or_else(|| said("GALLEY_DATA_DIR")).map(PathBuf::from);
    Ok(Wish::Window(Options { data_dir, language }))
}

fn known_language(value: OsString) -> Result<Language, Misuse> {
    match value.to_string_lossy().to_ascii_lowercase().as_str() {
        "zh-hans" | "zh" | "zh-cn" => Ok(Language::ZhHans),
        "en" => Ok(Language::En),
        _ => Err(Misuse::UnknownLanguage(value.to_string_lossy().into_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(arguments: &[&str], environment: &[(&str, &str)], expected: Result<Wish, Misuse>) {
        let read = read(arguments.iter().map(OsString::from), |name| {
            environment.iter().find(|(key, _)| *key == name).map(|(_, value)| OsString::from(value))
        });
        assert_eq!(read, expected, "{arguments:?} {environment:?}");
    }

    fn window(data_dir: Option<&str>, language: Option<Language>) -> Result<Wish, Misuse> {
        Ok(Wish::Window(Options { data_dir: data_dir.map(PathBuf::from), language }))
    }

    #[test]
    fn the_command_line_comes_before_the_environment() {
        check(&[], &[], window(None, None));
        check(&["--data", "/a"], &[("GALLEY_DATA_DIR", "/b")], window(Some("/a"), None));
        check(&["--data=/a b"], &[], window(Some("/a b"), None));
        check(
            &[],
            &[("GALLEY_DATA_DIR", "/b"), ("GALLEY_LANG", "en")],
            window(Some("/b"), Some(Language::En)),
        );
        check(&["--lang", "zh-Hans"], &[("GALLEY_LANG", "en")], window(None, Some(Language::ZhHans)));
        check(&[], &[("GALLEY_DATA_DIR", ""), ("GALLEY_LANG", "")], window(None, None));
    }

    #[test]
    fn help_and_version_win_over_everything_after_them() {
        check(&["--help", "--nonsense"], &[], Ok(Wish::Help));
        check(&["--version"], &[("GALLEY_LANG", "xx")], Ok(Wish::Version));
    }

    #[test]
    fn a_command_line_that_cannot_be_followed_is_named() {
        check(&["--dta", "/a"], &[], Err(Misuse::UnknownOption("--dta".to_owned())));
        check(&["--data"], &[], Err(Misuse::MissingValue("--data".to_owned())));
        check(&["--data="], &[], Err(Misuse::MissingValue("--data".to_owned())));
        check(&["--lang", "fr"], &[], Err(Misuse::UnknownLanguage("fr".to_owned())));
        check(&[], &[("GALLEY_LANG", "fr")], Err(Misuse::UnknownLanguage("fr".to_owned())));
    }
}
