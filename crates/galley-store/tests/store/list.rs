//! Lists and their counts, and the marks of what is behind.

use galley_store::{List, Projection, Publication, StoreError};
use proptest::prelude::*;

use crate::common::{NOON, append, article, fields, open, prepared};

#[test]
fn a_projection_shows_in_the_list_and_takes_the_mark_of_what_it_covers() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    library.create_article(article(1), NOON).wait().unwrap();
    library.append(append(article(1), 1, 5)).wait().unwrap();
    let project = |upto_seq, publication| {
        let projection = Projection {
            headline: "水位回落".to_owned(),
            excerpt: "市水务局".to_owned(),
            words: 4,
            search_text: "水位回落\n市水务局".to_owned(),
            publication,
            upto_seq,
        };
        library.write_projection(article(1), projection).wait().unwrap();
    };
    project(4, None);
    assert_eq!(library.dirty_articles().unwrap(), [article(1)], "row 5 is not in it");
    project(5, Some(Publication::LiveChanged));
    assert_eq!(library.dirty_articles().unwrap(), []);
    project(5, None);
    let row = library.list_row(article(1)).unwrap();
    assert_eq!((row.headline.as_str(), row.excerpt.as_str(), row.words), ("水位回落", "市水务局", 4));
    assert_eq!((row.publication, row.updated_at.0), (Publication::LiveChanged, NOON.0 + 5));
    assert!(matches!(library.list_row(article(2)), Err(StoreError::NoArticle(_))));
}

#[test]
fn the_newest_change_comes_first_and_typing_does_not_move_it() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    library.import_bulk((0..250).map(|n| prepared(n, ""))).unwrap();
    let pages: Vec<_> = (0..5)
        .flat_map(|page| library.list(List::Drafts, page * 60, 60).unwrap())
        .map(|row| row.id)
        .collect();
    assert_eq!(pages, (0..250).rev().map(article).collect::<Vec<_>>());
    library.set_drafts(article(3), fields(&[("headline", "x")]), NOON).wait().unwrap();
    assert_eq!(library.list(List::Drafts, 0, 1).unwrap()[0].id, article(249));
    library.set_list(article(249), List::Trash).wait().unwrap();
    assert_eq!(library.list(List::Drafts, 0, 1).unwrap()[0].id, article(248));
    assert_eq!(library.list(List::Trash, 0, 9).unwrap().len(), 1);
}

#[derive(Clone, Debug)]
enum Step {
    Create(u128),
    Move(u128, List),
    Delete(u128),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let list = prop::sample::select(&List::ALL[..]);
    let step = prop_oneof![
        (0..12u128).prop_map(Step::Create),
        ((0..12u128), list).prop_map(|(n, list)| Step::Move(n, list)),
        (0..12u128).prop_map(Step::Delete),
    ];
    prop::collection::vec(step, 0..60)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_count_is_the_length_of_its_list(steps in steps()) {
        let folder = tempfile::tempdir().unwrap();
        let library = open(folder.path());
        for step in steps {
            // A step on an article that is not there is refused.
            let _ = match step {
                Step::Create(n) => library.create_article(article(n), NOON),
                Step::Move(n, list) => library.set_list(article(n), list),
                Step::Delete(n) => library.delete_article(article(n), NOON),
            }.wait();
        }
        for (list, count) in library.counts().unwrap() {
            prop_assert_eq!(library.list(list, 0, 100).unwrap().len() as u32, count);
        }
    }
}
