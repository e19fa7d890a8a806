//! Where an article stands on its site (◆ frozen): `/articles/{slug}.html`.
//!
//! The section is not in the address, so that moving an article breaks no link. Not here: who has taken which
//! slug, and freezing at first publication; both are the newsroom's.

use crate::hash::Sha256;
use crate::id::{ArticleId, base32};

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

/// The article as ninjs 3.1, beside its page.
pub fn ninjs_address(slug: &str, id: ArticleId) -> String {
    format!("/articles/{}.ninjs.json", slug_or_default(slug, id))
}

/// The index of what a person of this name wrote; none for a name that says nothing.
pub fn author_address(name: &str) -> Option<String> {
    Some(format!("/authors/{}.html", person_key(name)?))
}

/// The index of what a responsible editor of this name answers for; none for a name that says nothing.
pub fn editor_address(name: &str) -> Option<String> {
    Some(format!("/editors/{}.html", person_key(name)?))
}

/// The `n`-th page of an index, counted from 1 at its oldest end, so that a new article rewrites the newest page
/// alone: `/sections/news.html` → `/sections/news/3.html`; of the home page `/latest/3.html`.
pub fn numbered_address(index: &str, n: u32) -> String {
    match index.strip_suffix(".html") {
        Some(index) => format!("{index}/{n}.html"),
        None => format!("/latest/{n}.html"),
    }
}

/// A name as part of an address: 60 bits of its SHA-256 in 12 characters, so that it needs no transliteration and
/// two people of one name share a page, as they share a byline. Spaces around and between do not count: 李 明 is
/// 李明. None for a name that says nothing.
pub fn person_key(name: &str) -> Option<String> {
    let name: String = name.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_spaced = name.chars().any(|c| c.is_ascii_alphabetic());
    let name = if is_spaced { name.to_lowercase() } else { name.replace(' ', "") };
    let [a, b, c, d, e, f, g, h, ..] = Sha256::of(name.as_bytes()).0;
    (!name.is_empty()).then(|| base32(u64::from_be_bytes([a, b, c, d, e, f, g, h])))
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
    fn a_name_has_one_address_however_it_is_spaced() {
        let key = |name: &str| person_key(name);
        assert_eq!(key("李 明"), key("李明"));
        assert_eq!(key(" Lin  Yizhou "), key("lin yizhou"));
        assert_ne!(key("Lin Yizhou"), key("Linyi Zhou"));
        assert_ne!(key("李明"), key("李鸣"));
        assert_eq!(key(" \u{3000}"), None);
        let address = author_address("林一舟").unwrap_or_default();
        assert_eq!(address.len(), "/authors/".len() + 12 + ".html".len());
        assert_eq!(editor_address("林一舟"), Some(address.replace("authors", "editors")));
    }

    #[test]
    fn an_index_numbers_its_pages_below_itself() {
        assert_eq!(numbered_address(&section_address("news"), 3), "/sections/news/3.html");
        assert_eq!(numbered_address("/", 1), "/latest/1.html");
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
