//! The lists of the site and where an article stands in them: pure, from how it is listed and the settings.
//!
//! A list has a front page with the newest, and numbered pages that begin at the oldest. An article keeps the page
//! that it got when it was first listed, so that what is added or taken away rewrites one page. Not here: who has
//! which page (the storage), and rendering.

use std::fmt;
use std::str::FromStr;

use galley_model::Instant;
use galley_model::address::{check_slug, numbered_address, person_key, section_address};
use galley_model::site::{Section, SiteSettings};

use crate::storage::{Entry, Listed, Places};

/// Articles on the front page of a list.
pub(crate) const FRONT: u32 = if cfg!(test) { 4 } else { 40 };
/// Articles that a numbered page takes up.
pub(crate) const PER_PAGE: u32 = if cfg!(test) { 3 } else { 40 };
/// Numbered pages of the home page's list in one site map.
pub(crate) const PAGES_PER_MAP: u32 = if cfg!(test) { 2 } else { 25 };
/// Picture stories on the home page.
pub(crate) const PICTURES: u32 = if cfg!(test) { 2 } else { 6 };
/// Articles of each section on the home page.
pub(crate) const PER_SECTION: u32 = if cfg!(test) { 2 } else { 6 };
/// A site of more articles has none on its search page as a file.
pub(crate) const SEARCHED: u32 = if cfg!(test) { 8 } else { 300 };

/// How many newer entries of a list are counted at most: more decide nothing.
pub(crate) const COUNTED: u32 = 64;

const _: () = assert!(COUNTED > FRONT && COUNTED as usize > galley_page::FEED_ENTRIES);
const _: () = assert!(cfg!(test) || (PER_PAGE * PAGES_PER_MAP) as usize == galley_page::SITEMAP_ENTRIES);

/// A list of live articles.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum List {
    /// Every article: the home page and what is behind it.
    Home,
    /// Those with a lead photo; for the home page, without pages of its own.
    Pictures,
    /// Those of exactly this section, in which an article's neighbours are looked for; without pages.
    Own(String),
    /// A section's index: its articles and those of the sections below it.
    Section(String),
    /// What a person of this key wrote.
    Author(String),
    /// What a responsible editor of this key answers for.
    Editor(String),
    /// Corrections and retractions, by when they were made.
    Corrections,
}

impl List {
    /// The address of its front page; none of a list without pages.
    pub(crate) fn address(&self) -> Option<String> {
        match self {
            Self::Home => Some("/".to_owned()),
            Self::Section(slug) => Some(section_address(slug)),
            Self::Author(key) => Some(format!("/authors/{key}.html")),
            Self::Editor(key) => Some(format!("/editors/{key}.html")),
            Self::Corrections => Some("/corrections.html".to_owned()),
            Self::Pictures | Self::Own(_) => None,
        }
    }

    /// The address of a numbered page.
    pub(crate) fn numbered(&self, page: u32) -> Option<String> {
        self.address().map(|front| numbered_address(&front, page))
    }

    /// Whether its pages are there only while somebody is listed.
    pub(crate) fn is_persons(&self) -> bool {
        matches!(self, Self::Author(_) | Self::Editor(_))
    }
}

impl fmt::Display for List {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Home => Ok(()),
            Self::Pictures => f.write_str("pictures"),
            Self::Own(slug) => write!(f, "own/{slug}"),
            Self::Section(slug) => write!(f, "section/{slug}"),
            Self::Author(key) => write!(f, "author/{key}"),
            Self::Editor(key) => write!(f, "editor/{key}"),
            Self::Corrections => f.write_str("corrections"),
        }
    }
}

/// What is not the name of a list.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the name of a list")]
pub(crate) struct NotAList;

impl FromStr for List {
    type Err = NotAList;

    fn from_str(name: &str) -> Result<Self, NotAList> {
        match (name, name.split_once('/')) {
            ("", _) => Ok(Self::Home),
            ("pictures", _) => Ok(Self::Pictures),
            ("corrections", _) => Ok(Self::Corrections),
            (_, Some(("own", slug))) => Ok(Self::Own(slug.to_owned())),
            (_, Some(("section", slug))) => Ok(Self::Section(slug.to_owned())),
            (_, Some(("author", key))) => Ok(Self::Author(key.to_owned())),
            (_, Some(("editor", key))) => Ok(Self::Editor(key.to_owned())),
            _ => Err(NotAList),
        }
    }
}

/// Where an article stands, and under which words it is found.
pub(crate) fn places(listed: &Listed, keywords: &[String], settings: &SiteSettings) -> Places {
    let mut entries = vec![entry(&List::Home, listed.published_at, "")];
    if listed.photo.is_some() {
        entries.push(entry(&List::Pictures, listed.published_at, ""));
    }
    if let Some(section) = settings.section(&listed.section) {
        entries.push(entry(&List::Own(section.slug.clone()), listed.published_at, ""));
        let above =
            indexed_sections(settings).into_iter().filter(|above| section.path.starts_with(&above.path));
        entries.extend(above.map(|above| entry(&List::Section(above.slug.clone()), listed.published_at, "")));
    }
    let people = |names: &[String], list: fn(String) -> List| {
        let of = |name: &String| Some(entry(&list(person_key(name)?), listed.published_at, name.trim()));
        names.iter().filter_map(of).collect::<Vec<_>>()
    };
    entries.extend(people(&listed.authors, List::Author));
    entries.extend(people(std::slice::from_ref(&listed.responsible_editor), List::Editor));
    entries.extend(listed.corrected_at.iter().map(|at| entry(&List::Corrections, *at, "")));
    Places { entries: sorted(entries), keywords: words(keywords) }
}

/// Where a retracted article still stands: among the corrections, for good.
pub(crate) fn places_retracted(listed: &Listed, at: Instant) -> Places {
    let all = listed.corrected_at.iter().chain([&at]);
    let entries = all.map(|at| entry(&List::Corrections, *at, "")).collect();
    Places { entries: sorted(entries), keywords: Vec::new() }
}

fn entry(list: &List, at: Instant, title: &str) -> Entry {
    Entry { list: list.to_string(), at, title: title.to_owned() }
}

fn sorted(mut entries: Vec<Entry>) -> Vec<Entry> {
    entries.sort_by(|a, b| (&a.list, a.at).cmp(&(&b.list, b.at)));
    entries.dedup_by(|a, b| a.list == b.list && a.at == b.at);
    entries
}

/// Keywords as related articles are looked for by: each once, sorted.
pub(crate) fn words(keywords: &[String]) -> Vec<String> {
    let mut words: Vec<String> = keywords.to_vec();
    words.sort();
    words.dedup();
    words
}

/// The list that an article's neighbours are taken from: its section's own, or all without one.
pub(crate) fn own_list(section: &str, settings: &SiteSettings) -> List {
    settings.section(section.trim()).map_or(List::Home, |section| List::Own(section.slug.clone()))
}

/// The sections that have an index of their own; the first of two with the same slug.
pub(crate) fn indexed_sections(settings: &SiteSettings) -> Vec<&Section> {
    let mut sections: Vec<&Section> = Vec::new();
    for section in &settings.sections {
        let known = sections.iter().any(|other| other.slug == section.slug);
        if !known && !section.path.is_empty() && check_slug(&section.slug).is_ok() {
            sections.push(section);
        }
    }
    sections
}

/// The sections that the home page shows.
pub(crate) fn top_sections(settings: &SiteSettings) -> impl Iterator<Item = &Section> {
    indexed_sections(settings).into_iter().filter(|section| section.path.len() == 1)
}

/// The site map that a numbered page of the home page's list belongs to.
pub(crate) fn map_of(page: u32) -> u32 {
    page.saturating_sub(1) / PAGES_PER_MAP + 1
}

/// The numbered pages of the home page's list whose articles stand in a site map.
pub(crate) fn pages_of_map(map: u32) -> (u32, u32) {
    let last = map.saturating_mul(PAGES_PER_MAP);
    (last.saturating_sub(PAGES_PER_MAP) + 1, last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_of_a_list_reads_back() {
        for list in [
            List::Home,
            List::Pictures,
            List::Own("news".to_owned()),
            List::Section("news".to_owned()),
            List::Author("abc".to_owned()),
            List::Editor("abc".to_owned()),
            List::Corrections,
        ] {
            assert_eq!(list.to_string().parse(), Ok(list));
        }
        assert_eq!("elsewhere".parse::<List>(), Err(NotAList));
    }

    #[test]
    fn an_article_stands_on_the_indexes_of_its_section_and_of_those_above_it() {
        let listed = Listed {
            section: "photos".to_owned(),
            authors: vec!["王记者".to_owned(), "王 记者".to_owned()],
            responsible_editor: "李编辑".to_owned(),
            corrected_at: vec![Instant(7)],
            published_at: Instant(5),
            ..Listed::default()
        };
        let places =
            places(&listed, &["b".to_owned(), "a".to_owned(), "b".to_owned()], &SiteSettings::chinese());
        let lists: Vec<String> = places
            .entries
            .iter()
            .map(|entry| {
                entry.list.split('/').next().unwrap_or_default().to_owned() + &format!(" {}", entry.at.0)
            })
            .collect();
        assert_eq!(lists, [" 5", "author 5", "corrections 7", "editor 5", "own 5", "section 5", "section 5"]);
        assert_eq!(places.keywords, ["a", "b"]);
    }

    #[test]
    fn a_page_belongs_to_one_map() {
        for page in 1..=9 {
            let (first, last) = pages_of_map(map_of(page));
            assert!((first..=last).contains(&page), "{page}");
        }
        assert_eq!(pages_of_map(1), (1, PAGES_PER_MAP));
    }
}
