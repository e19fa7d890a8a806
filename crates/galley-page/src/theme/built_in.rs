//! The themes that Galley brings.

use std::collections::BTreeMap;

use galley_model::site::{COUNTY, DAILY};

/// Their names.
pub(crate) const NAMES: [&str; 2] = [COUNTY, DAILY];

macro_rules! theme {
    ($name:literal, $($path:literal),+ $(,)?) => {
        &[$(($path, include_bytes!(concat!("../themes/", $name, "/", $path)).as_slice())),+]
    };
}

const COUNTY_FILES: &[(&str, &[u8])] = theme!(
    "county",
    "theme.toml",
    "texts/zh-Hans.toml",
    "texts/en.toml",
    "text.css",
    "site.css",
    "parts.css",
    "layout.html",
    "icons.html",
    "parts.html",
    "article.html",
    "page.html",
    "home.html",
    "listing.html",
    "person.html",
    "corrections.html",
    "search.html",
    "retracted.html",
    "redirect.html",
    "not_found.html",
);

const DAILY_FILES: &[(&str, &[u8])] = theme!("daily", "theme.toml", "site.css");

/// The files of a built-in theme.
pub(crate) fn files(name: &str) -> Option<BTreeMap<&'static str, &'static [u8]>> {
    let files = match name {
        COUNTY => COUNTY_FILES,
        DAILY => DAILY_FILES,
        _ => return None,
    };
    Some(files.iter().copied().collect())
}
