//! What a change of one article touches: a plan that can be printed, made from numbers alone and carried out
//! elsewhere.
//!
//! The site is a graph: each output is made of articles as they stand at some places, and a change is told by the
//! places that moved. An output is touched when a place that it shows moved; nothing is compared and nothing else is
//! made again. Not here: reading where things stand, and rendering.

use std::collections::BTreeSet;

use galley_model::site::SiteSettings;
use galley_model::{ArticleId, Instant};
use galley_page::{FEED_ENTRIES, NEWS_MILLISECONDS};

use crate::lists::{FRONT, List, PER_SECTION, PICTURES, SEARCHED, map_of, top_sections};
use crate::storage::{Moved, Stand};

/// Something of the site that is written as one.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Output {
    /// What stands at an article's address: its page, or the notice that it was retracted; with its ninjs.
    Article(ArticleId),
    /// What stands at an address that an article left before it was published.
    Redirect(String),
    /// The front page of a list, the home page among them.
    Front(List),
    /// A numbered page of a list.
    Numbered(List, u32),
    /// RSS, Atom and JSON.
    Feeds,
    /// A site map.
    SiteMap(u32),
    /// The index of the site maps.
    SiteMaps,
    /// The map of the last two days.
    NewsMap,
    /// The search page as a file.
    Search,
    /// What crawlers are told.
    Robots,
    /// The page for addresses where nothing is.
    NotFound,
}

/// All that decides what a change touches.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Reach<'a> {
    /// The article that changed.
    pub(crate) article: ArticleId,
    /// What of it moved.
    pub(crate) moved: &'a Moved,
    /// Where its entries stand, those that moved among them, and its place in the list of all.
    pub(crate) stands: &'a [Stand],
    /// Pages whose neighbour it is or was.
    pub(crate) near: &'a [ArticleId],
    /// Pages among whose related articles it may be or have been.
    pub(crate) relating: &'a [ArticleId],
    /// Addresses that lead to it while it is live.
    pub(crate) former: &'a [String],
    /// Live articles; no more are counted than decide anything.
    pub(crate) n_articles: u32,
    /// Of the site.
    pub(crate) settings: &'a SiteSettings,
    /// The clock.
    pub(crate) now: Instant,
}

/// What is to be written again, beside the article's own page.
pub(crate) fn touched(reach: &Reach<'_>) -> BTreeSet<Output> {
    let mut outputs = BTreeSet::new();
    for stand in reach.stands {
        let Ok(list) = stand.list.parse::<List>() else { continue };
        let place = (stand.list.clone(), stand.at);
        if reach.moved.entries.contains(&place) {
            if shows_on_home(reach, &list, stand) {
                outputs.insert(Output::Front(List::Home));
            }
            touch_pages(&mut outputs, list.clone(), stand, reach.moved.joined.contains(&place));
        }
        if list == List::Home {
            touch_whole_site(&mut outputs, reach, stand);
        }
    }
    let pages = reach.near.iter().chain(reach.relating).filter(|page| **page != reach.article);
    outputs.extend(pages.copied().map(Output::Article));
    if reach.moved.went {
        outputs.extend(reach.former.iter().cloned().map(Output::Redirect));
    }
    outputs
}

fn shows_on_home(reach: &Reach<'_>, list: &List, stand: &Stand) -> bool {
    let is_lead = reach.settings.home_lead == Some(reach.article);
    match list {
        List::Home => is_lead || stand.n_newer <= FRONT,
        // One of the newest may be the lead.
        List::Pictures => stand.n_newer <= PICTURES,
        List::Section(slug) => {
            stand.n_newer < PER_SECTION && top_sections(reach.settings).any(|section| section.slug == *slug)
        }
        _ => false,
    }
}

/// The pages of a list that show an entry, or say what stands beyond it.
fn touch_pages(outputs: &mut BTreeSet<Output>, list: List, stand: &Stand, joined: bool) {
    if list.address().is_none() {
        return;
    }
    if list != List::Home && stand.n_newer <= FRONT {
        outputs.insert(Output::Front(list.clone()));
    }
    let came_or_went = stand.n_live == 0 || (stand.n_live == 1 && stand.live);
    if list.is_persons() && came_or_went {
        outputs.insert(Output::Front(list.clone()));
        outputs.extend((1..=stand.last_page).map(|page| Output::Numbered(list.clone(), page)));
        return;
    }
    // The page before the newest links to it once it is there.
    if stand.begins && joined && stand.page > 1 {
        outputs.insert(Output::Numbered(list.clone(), stand.page - 1));
    }
    outputs.insert(Output::Numbered(list, stand.page));
}

/// What tells of every article, wherever it stands.
fn touch_whole_site(outputs: &mut BTreeSet<Output>, reach: &Reach<'_>, stand: &Stand) {
    outputs.extend([Output::SiteMap(map_of(stand.page)), Output::SiteMaps]);
    if (stand.n_newer as usize) < FEED_ENTRIES {
        outputs.insert(Output::Feeds);
    }
    let shows_otherwise = reach.moved.card || reach.moved.went;
    if shows_otherwise && stand.at.0 >= reach.now.0.saturating_sub(NEWS_MILLISECONDS) {
        outputs.insert(Output::NewsMap);
    }
    if shows_otherwise && reach.n_articles <= SEARCHED + 1 {
        outputs.insert(Output::Search);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    const DAYS: i64 = 24 * 60 * 60 * 1000;

    fn id(n: u128) -> ArticleId {
        ArticleId(Uuid::from_u128(n))
    }

    fn stand(list: &str, n_newer: u32, page: u32) -> Stand {
        Stand {
            list: list.to_owned(),
            at: Instant(100 * DAYS),
            page,
            begins: false,
            live: true,
            n_newer,
            last_page: 9,
            n_live: 2,
        }
    }

    /// An article of the news section, of which everything moved or only what its page says.
    fn check(went: bool, n_newer: u32, change: impl Fn(&mut Vec<Stand>), expected: &[Output]) {
        let mut stands =
            vec![stand("", n_newer, 5), stand("section/news", n_newer, 3), stand("author/abc", n_newer, 2)];
        change(&mut stands);
        let all: Vec<_> = stands.iter().map(|stand| (stand.list.clone(), stand.at)).collect();
        let moved = Moved {
            entries: if went { all.clone() } else { Vec::new() },
            joined: if went { all } else { Vec::new() },
            keywords: Vec::new(),
            card: went,
            went,
        };
        let reach = Reach {
            article: id(1),
            moved: &moved,
            stands: &stands,
            near: if went { &[id(2)] } else { &[] },
            relating: if went { &[id(1), id(3)] } else { &[] },
            former: &[],
            n_articles: 1000,
            settings: &SiteSettings::chinese(),
            now: Instant(101 * DAYS),
        };
        let expected: BTreeSet<Output> = expected.iter().cloned().collect();
        assert_eq!(touched(&reach), expected, "went {went}, {n_newer} newer");
    }

    fn author() -> List {
        List::Author("abc".to_owned())
    }

    fn news() -> List {
        List::Section("news".to_owned())
    }

    #[test]
    fn a_new_article_touches_its_lists_its_neighbours_and_what_tells_of_all() {
        use Output::{Article, Feeds, Front, NewsMap, Numbered, SiteMap, SiteMaps};
        let map = map_of(5);
        check(
            true,
            0,
            |_| {},
            &[
                Article(id(2)),
                Article(id(3)),
                Front(List::Home),
                Front(news()),
                Front(author()),
                Numbered(List::Home, 5),
                Numbered(news(), 3),
                Numbered(author(), 2),
                Feeds,
                SiteMap(map),
                SiteMaps,
                NewsMap,
            ],
        );
    }

    #[test]
    fn an_old_article_that_changed_within_touches_its_site_map_alone() {
        check(false, 60, |_| {}, &[Output::SiteMap(map_of(5)), Output::SiteMaps]);
        check(false, 0, |_| {}, &[Output::SiteMap(map_of(5)), Output::SiteMaps, Output::Feeds]);
    }

    #[test]
    fn a_page_that_begins_is_linked_from_the_one_before() {
        use Output::{Article, NewsMap, Numbered, SiteMap, SiteMaps};
        check(
            true,
            60,
            |stands| {
                stands.truncate(1);
                stands[0].begins = true;
            },
            &[
                Article(id(2)),
                Article(id(3)),
                Numbered(List::Home, 4),
                Numbered(List::Home, 5),
                SiteMap(map_of(5)),
                SiteMaps,
                NewsMap,
            ],
        );
        check(true, 60, |stands| *stands = vec![stand("own/news", 60, 1)], &[Article(id(2)), Article(id(3))]);
    }

    #[test]
    fn a_persons_pages_come_with_the_first_article_and_go_with_the_last() {
        use Output::{Article, Front, Numbered};
        for (n_live, live) in [(0, false), (1, true)] {
            let alone = Stand { n_live, live, last_page: 2, ..stand("author/abc", 0, 2) };
            check(
                true,
                60,
                |stands| *stands = vec![alone.clone()],
                &[
                    Article(id(2)),
                    Article(id(3)),
                    Front(author()),
                    Numbered(author(), 1),
                    Numbered(author(), 2),
                ],
            );
        }
    }
}
