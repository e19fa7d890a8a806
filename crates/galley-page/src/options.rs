//! What a site set its theme's options to, checked: a wrong value takes the default and is reported.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use galley_model::site::SiteSettings;
use minijinja::Value;

use crate::theme::{Manifest, OptionKind, ThemeOption};

/// The least contrast of text (WCAG 2.2, 1.4.3).
const CONTRAST: f64 = 4.5;
/// A text is no longer, in characters.
const MAX_TEXT: usize = 200;

/// A value of an option that is not one, or an option that the theme does not have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OptionProblem {
    /// The option's id.
    pub option: String,
    /// What is wrong with the value, in English: it takes the default.
    pub detail: String,
}

/// The value of every option of a theme under some settings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Options {
    values: BTreeMap<String, (OptionKind, String)>,
    pub(crate) problems: Vec<OptionProblem>,
}

impl Options {
    pub(crate) fn of(manifest: &Manifest, site: &SiteSettings) -> Self {
        let mut options = Self::default();
        for option in &manifest.options {
            let set = site.theme_options.get(&option.id).map(|set| checked(option, set));
            let value = match set {
                Some(Ok(value)) => value,
                Some(Err(detail)) => {
                    options.problems.push(OptionProblem { option: option.id.clone(), detail });
                    option.default.clone()
                }
                None => option.default.clone(),
            };
            options.values.insert(option.id.clone(), (option.kind, value));
        }
        let unknown = site.theme_options.keys().filter(|id| !options.values.contains_key(*id));
        let unknown = unknown
            .map(|id| OptionProblem { option: id.clone(), detail: "is no option of this theme".to_owned() });
        options.problems.extend(unknown.collect::<Vec<_>>());
        options
    }

    /// As templates see them.
    pub(crate) fn value(&self) -> Value {
        let value = |(id, (kind, value)): (&String, &(OptionKind, String))| {
            let value = match kind {
                OptionKind::Bool => Value::from(value == "true"),
                OptionKind::Number => Value::from(value.parse::<i64>().unwrap_or_default()),
                OptionKind::Choice | OptionKind::Colour | OptionKind::Text => Value::from(value.clone()),
            };
            (id.clone(), value)
        };
        Value::from(self.values.iter().map(value).collect::<BTreeMap<String, Value>>())
    }

    /// Colours and numbers as custom properties, for the start of the style sheet.
    pub(crate) fn css(&self) -> String {
        let mut css = String::new();
        for (id, (kind, value)) in &self.values {
            if matches!(kind, OptionKind::Colour | OptionKind::Number) {
                let _ = write!(css, "--option-{}:{value};", id.replace('_', "-"));
            }
        }
        if css.is_empty() { css } else { format!(":root{{{css}}}\n") }
    }
}

/// The value in the form in which it is used.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn checked(option: &ThemeOption, value: &str) -> Result<String, String> {
    let value = value.trim();
    match option.kind {
        OptionKind::Bool if matches!(value, "true" | "false") => Ok(value.to_owned()),
        OptionKind::Bool => Err("is neither true nor false".to_owned()),
        OptionKind::Choice if option.choices.iter().any(|choice| choice.value == value) => {
            Ok(value.to_owned())
        }
        OptionKind::Choice => Err("is none of the choices".to_owned()),
        OptionKind::Colour => checked_colour(option, value),
        OptionKind::Text if value.chars().count() > MAX_TEXT => {
            Err(format!("is longer than {MAX_TEXT} characters"))
        }
        OptionKind::Text if value.contains(char::is_control) => Err("is not one line".to_owned()),
        OptionKind::Text => Ok(value.to_owned()),
        OptionKind::Number => {
            let number: i64 = value.parse().map_err(|_| "is not a whole number".to_owned())?;
            match (option.min, option.max) {
                (Some(min), _) if number < min => Err(format!("is less than {min}")),
                (_, Some(max)) if number > max => Err(format!("is more than {max}")),
                _ => Ok(number.to_string()),
            }
        }
    }
}

fn checked_colour(option: &ThemeOption, value: &str) -> Result<String, String> {
    let Some(colour) = colour(value) else { return Err("is not a colour like #b02a18".to_owned()) };
    if let Some(ground) = option.on.as_deref().and_then(self::colour) {
        let reached = contrast(colour, ground);
        if reached < CONTRAST {
            return Err(format!("has a contrast of {reached:.1} to 1; letters need {CONTRAST} to 1"));
        }
    }
    Ok(value.to_ascii_lowercase())
}

/// The parts of `#rrggbb`.
pub(crate) fn colour(text: &str) -> Option<[u8; 3]> {
    let digits = text.strip_prefix('#')?;
    if digits.len() != 6 || !digits.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    let part = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    Some([part(0)?, part(2)?, part(4)?])
}

/// The contrast ratio of two colours (WCAG 2.2), from 1 to 21.
pub(crate) fn contrast(one: [u8; 3], other: [u8; 3]) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

fn luminance([red, green, blue]: [u8; 3]) -> f64 {
    let linear = |part: u8| {
        let part = f64::from(part) / 255.0;
        if part <= 0.04045 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::theme::Choice;

    fn option(kind: OptionKind) -> ThemeOption {
        ThemeOption {
            id: "x".to_owned(),
            kind,
            choices: vec![Choice { value: "wide".to_owned(), ..Choice::default() }],
            min: Some(16),
            max: Some(22),
            on: Some("#ffffff".to_owned()),
            ..ThemeOption::default()
        }
    }

    #[test]
    fn a_value_is_what_its_kind_says_or_it_is_told_why_not() {
        use OptionKind::{Bool, Choice, Colour, Number, Text};
        let good = |kind: OptionKind, value: &str, expected: &str| {
            assert_eq!(checked(&option(kind), value), Ok(expected.to_owned()), "{kind:?} {value:?}");
        };
        let bad = |kind: OptionKind, value: &str, says: &str| {
            let why = checked(&option(kind), value).unwrap_err();
            assert!(why.contains(says), "{kind:?} {value:?}: {why}");
        };
        good(Bool, " true ", "true");
        bad(Bool, "yes", "neither true nor false");
        good(Choice, "wide", "wide");
        bad(Choice, "narrow", "none of the choices");
        good(Colour, "#B3261E", "#b3261e");
        for colour in ["red", "#fff", "#b3261e;x", "#ggggggg", "#b3261", "b3261e", "#é261e", ""] {
            bad(Colour, colour, "not a colour");
        }
        bad(Colour, "#ffff00", "contrast of 1.1 to 1");
        good(Text, " 湖城 一家 ", "湖城 一家");
        bad(Text, "a\nb", "not one line");
        bad(Text, &"湖".repeat(201), "longer than 200");
        good(Number, "18", "18");
        for (number, says) in
            [("15", "less than 16"), ("23", "more than 22"), ("1.5", "not a whole"), ("", "not a whole")]
        {
            bad(Number, number, says);
        }
    }

    #[test]
    fn contrast_is_as_the_guidelines_count_it() {
        let check = |one: &str, other: &str, expected: f64| {
            let reached = contrast(colour(one).unwrap(), colour(other).unwrap());
            assert!((reached - expected).abs() < 0.01, "{one} on {other}: {reached}");
        };
        check("#000000", "#ffffff", 21.0);
        check("#767676", "#ffffff", 4.54);
        check("#ffffff", "#ffffff", 1.0);
    }
}
