//! Where an article stands on its site (◆ frozen): `/articles/{slug}.html`.
//!
//! The section is not in the address, so that moving an article breaks no link. Not here: who has taken which
//! slug, and freezing at first publication; both are the newsroom's.

use crate::id::ArticleId;

/// The longest slug, in characters. File systems hold 255 bytes; a link should be read at a glance.
pub const MAX_SLUG: usize = 80;

/// The address of an article on its site: from its slug, or from its id when that is empty.
pub fn article_address(slug: &str, id: ArticleId) -> String {
    format!("/articles/{}.html", slug_or_default(slug, id))
}

/// The address of a section's index.
pub fn section_address(section_slug: &str) -> String {
    format!("/sections/{section_slug}.html")
}

/// The slug as typed, or the default of the id when none was.
pub fn slug_or_default(slug: &str, id: ArticleId) -> String {
    if slug.is_empty() { id.default_slug() } else { slug.to_owned() }
}

/// Why a text is not a slug.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SlugError {
    /// Other characters than lower-case ASCII letters, digits and single hyphens between them.
    #[error("a slug is made of a-z, 0-9 and single hyphens between them")]
    Characters,
    /// More than [`MAX_SLUG`] characters.
    #[error("a slug has at most {MAX_SLUG} characters")]
    TooLong,
    /// A name that a web server or a file system keeps for itself.
    #[error("this name is reserved")]
    Reserved,
}

/// Checks a slug that is not empty. Upper case is refused because some file systems do not tell it from lower
/// case, and other scripts because they travel percent-encoded.
pub fn check_slug(slug: &str) -> Result<(), SlugError> {
    let part = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    if !slug.split('-').all(part) {
        return Err(SlugError::Characters);
    }
    if slug.len() > MAX_SLUG {
        return Err(SlugError::TooLong);
    }
    // `index` would be served for the folder; the others cannot be file names on Windows.
    let numbered = |name: &str| slug.strip_prefix(name).is_some_and(|n| n.len() == 1 && n != "0");
    if ["index", "con", "prn", "aux", "nul"].contains(&slug) || numbered("com") || numbered("lpt") {
        return Err(SlugError::Reserved);
    }
    Ok(())
}

/// The first of `slug-2`, `slug-3`, … that is not taken, for the answer that refuses a taken one.
pub fn propose_slug(slug: &str, taken: impl Fn(&str) -> bool) -> String {
    let numbered = |n: u32| {
        let end = format!("-{n}");
        let kept: String = slug.chars().take(MAX_SLUG.saturating_sub(end.len())).collect();
        format!("{}{end}", kept.trim_end_matches('-'))
    };
    (2..).map(numbered).find(|proposal| !taken(proposal)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slug_is_checked_before_it_becomes_a_file_name_and_a_link() {
        use SlugError::{Characters, Reserved, TooLong};
        let long = "a".repeat(MAX_SLUG);
        let longer = "a".repeat(MAX_SLUG + 1);
        let cases: [(&str, Result<(), SlugError>); 19] = [
            ("lake-path-opens", Ok(())),
            ("2026", Ok(())),
            ("com10", Ok(())),
            ("com0", Ok(())),
            (&long, Ok(())),
            (&longer, Err(TooLong)),
            ("", Err(Characters)),
            ("-a", Err(Characters)),
            ("a-", Err(Characters)),
            ("a--b", Err(Characters)),
            ("Lake", Err(Characters)),
            ("湖心岛", Err(Characters)),
            ("a/b", Err(Characters)),
            ("..", Err(Characters)),
            ("a.html", Err(Characters)),
            ("a b", Err(Characters)),
            ("index", Err(Reserved)),
            ("nul", Err(Reserved)),
            ("com1", Err(Reserved)),
        ];
        for (slug, expected) in cases {
            assert_eq!(check_slug(slug), expected, "{slug}");
        }
    }

    #[test]
    fn a_taken_slug_gets_a_proposal_that_is_free_and_valid() {
        let check = |slug: &str, taken: &[&str], expected: &str| {
            let proposal = propose_slug(slug, |slug| taken.contains(&slug));
            assert_eq!(proposal, expected);
            assert_eq!(check_slug(&proposal), Ok(()));
        };
        check("lake", &["lake"], "lake-2");
        check("lake", &["lake", "lake-2", "lake-3"], "lake-4");
        check(&"a".repeat(MAX_SLUG), &[], &format!("{}-2", "a".repeat(MAX_SLUG - 2)));
        check(&format!("{}-b", "a".repeat(MAX_SLUG - 3)), &[], &format!("{}-2", "a".repeat(MAX_SLUG - 3)));
    }
}
