//! A path on a site, checked when it is made, so that no write and no request ever leaves the folder.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

/// A file of the site, such as `/articles/flood.html`: one to four parts of lower-case ASCII letters, digits,
/// `-`, `_` and `.`, none beginning or ending with a dot. So there is no parent, no hidden file, no drive, no
/// second spelling of the same file, and nothing to decode. Packed forms (`.gz`, `.br`) are no files of their own.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SitePath(String);

/// What cannot be a path on a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a path on a site")]
pub struct NotASitePath;

const MAX_PARTS: usize = 4;
const MAX_PART_LEN: usize = 128;

impl SitePath {
    /// With its leading slash.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Its parts, at least one.
    pub fn parts(&self) -> impl Iterator<Item = &str> {
        self.0.split('/').skip(1)
    }

    /// Where it lies in a folder.
    pub fn under(&self, root: &Path) -> PathBuf {
        self.parts().fold(root.to_owned(), |path, part| path.join(part))
    }
}

impl FromStr for SitePath {
    type Err = NotASitePath;

    fn from_str(text: &str) -> Result<Self, NotASitePath> {
        let parts = text.strip_prefix('/').ok_or(NotASitePath)?;
        let is_packed = parts.ends_with(".gz") || parts.ends_with(".br");
        let fits = !is_packed && parts.split('/').count() <= MAX_PARTS && parts.split('/').all(is_part);
        if fits { Ok(Self(text.to_owned())) } else { Err(NotASitePath) }
    }
}

fn is_part(part: &str) -> bool {
    let allowed =
        |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'-' | b'_' | b'.');
    (1..=MAX_PART_LEN).contains(&part.len())
        && part.bytes().all(allowed)
        && !part.starts_with('.')
        && !part.ends_with('.')
        && !is_device_name(part)
}

/// Names that Windows keeps for devices, whatever ending follows.
fn is_device_name(part: &str) -> bool {
    let stem = part.split('.').next().unwrap_or_default();
    let numbered = |name: &str| stem.strip_prefix(name).is_some_and(|n| n.len() == 1);
    matches!(stem, "con" | "prn" | "aux" | "nul") || numbered("com") || numbered("lpt")
}

impl fmt::Display for SitePath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(text: &str, fits: bool) {
        assert_eq!(text.parse::<SitePath>().is_ok(), fits, "{text:?}");
    }

    #[test]
    fn the_paths_of_a_site_are_paths() {
        for text in [
            "/index.html",
            "/404.html",
            "/articles/flood-2026.html",
            "/sections/news.html",
            "/assets/page-1a2b3c.css",
            "/articles/com0x.html",
            "/sections/news/3.html",
            "/sitemaps/1.xml",
            "/articles/flood.ninjs.json",
            "/feed.xml",
            "/authors/0a1b2c3d4e5f/2.html",
            "/media/2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824-480.webp",
            "/media/2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824.jpeg",
        ] {
            check(text, true);
        }
    }

    #[test]
    fn nothing_leaves_the_folder_or_hides_in_it() {
        for text in [
            "",
            "/",
            "index.html",
            "//index.html",
            "/a//b",
            "/a/",
            "/..",
            "/../a",
            "/a/../b",
            "/a/..",
            "/.",
            "/./a",
            "/.galley-site",
            "/a/.hidden",
            "/a.",
            "/a /b",
            "/A.html",
            "/a%2e%2e",
            "/a\\b",
            "/c:",
            "/a\0b",
            "/a\nb",
            "/洪水.html",
            "/nul",
            "/nul.html",
            "/com1.html",
            "/a/b/c/d/e",
            "/a?b",
            "/a#b",
            "/~a",
            "/a:b",
            "/a*b",
            "/index.html.gz",
            "/assets/page-1a.css.br",
        ] {
            check(text, false);
        }
        check(&format!("/{}", "a".repeat(129)), false);
    }

    proptest! {
        #[test]
        fn whatever_is_accepted_lies_below_the_root(text in "/?([a-z0-9._/\\\\%-]|\\.\\./){0,40}") {
            if let Ok(path) = text.parse::<SitePath>() {
                let root = Path::new("root");
                let under = path.under(root);
                prop_assert!(under.starts_with(root));
                prop_assert!(under.components().all(|part| matches!(part, std::path::Component::Normal(_))));
                prop_assert_eq!(under.components().count(), path.parts().count() + 1);
            }
        }
    }
}
