//! Search finds exactly what stands in the text, from the index or without it.

use galley_model::ArticleId;
use galley_store::{Library, Projection};
use proptest::prelude::*;

use crate::common::{NOON, append, article, open};

/// Writes an article's search text as the core does.
fn put(library: &Library, n: u128, text: &str) {
    if library.list_row(article(n)).is_err() {
        library.create_article(article(n), NOON).wait().unwrap();
    }
    let headline = text.lines().next().unwrap_or_default().to_owned();
    let projection = Projection { headline, search_text: text.to_owned(), ..Projection::default() };
    library.write_projection(article(n), projection).wait().unwrap();
}

fn found(library: &Library, query: &str) -> Vec<ArticleId> {
    let results = library.search(query, 0, 200).unwrap();
    assert!(!results.more);
    assert_eq!(results.total as usize, results.rows.len());
    results.rows.into_iter().map(|row| row.id).collect()
}

#[test]
fn chinese_is_found_by_any_part_and_latin_by_its_beginning() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    put(&library, 1, "水位回落\n市水务局昨日通报，Wi-Fi 与５Ｇ网络恢复。");
    put(&library, 2, "Flood water recedes\nThe Café reopened; 𠮷野家 too.");
    put(&library, 3, "市水利局回应\n务必留意水务");
    let check = |query: &str, expected: &[u128]| {
        let expected: Vec<ArticleId> = expected.iter().map(|n| article(*n)).collect();
        assert_eq!(found(&library, query), expected, "{query}");
    };
    for indexed in [false, true] {
        if indexed {
            library.finish_index().unwrap();
        }
        check("水", &[3, 1]);
        check("水务", &[3, 1]);
        check("水务局", &[1]);
        check("局 水", &[3, 1]);
        check("落 局", &[1]);
        check("WI-FI", &[1]);
        check("5g网", &[1]);
        check("g网", &[]);
        check("wat rec", &[2]);
        check("ater", &[]);
        check("cafe", &[2]);
        check("𠮷", &[2]);
        check("野家", &[2]);
        check("；", &[2]);
        check("，", &[1]);
        check("", &[]);
        check("  ", &[]);
        check("\"水务\" OR *", &[]);
    }
}

#[test]
fn a_search_is_never_behind_an_edit_or_a_deletion() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    put(&library, 1, "旧词");
    put(&library, 2, "旧词");
    library.finish_index().unwrap();
    put(&library, 1, "新词");
    assert_eq!(found(&library, "旧词"), [article(2)]);
    assert_eq!(found(&library, "新词"), [article(1)]);
    library.delete_article(article(2), NOON).wait().unwrap();
    assert_eq!(found(&library, "旧词"), []);
    library.finish_index().unwrap();
    assert_eq!(found(&library, "旧词"), []);
    assert_eq!(found(&library, "新词"), [article(1)]);
    library.close().unwrap();
    let index = rusqlite::Connection::open(folder.path().join("search.sqlite")).unwrap();
    let held: i64 = index.query_row("SELECT count(*) FROM held", [], |row| row.get(0)).unwrap();
    assert_eq!(held, 1, "the index forgets what was deleted");
}

#[test]
fn the_newest_change_comes_first_and_pages_join() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    (1..=30).for_each(|n| put(&library, n, "水"));
    library.finish_index().unwrap();
    put(&library, 7, "水水");
    let mut expected: Vec<u128> = vec![7];
    expected.extend((1..=30).rev().filter(|n| *n != 7));
    let pages: Vec<ArticleId> =
        (0..4).flat_map(|page| library.search("水", page * 10, 10).unwrap().rows).map(|row| row.id).collect();
    assert_eq!(pages, expected.into_iter().map(article).collect::<Vec<_>>());
    assert_eq!(library.search("水", 10, 10).unwrap().total, 30);
}

#[test]
fn the_excerpt_shows_the_hit_on_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let filling = "一二三四五六七八九十".repeat(20);
    put(&library, 1, &format!("水位\n{filling}\nＷａｔｅｒ 水位回落{filling}"));
    let excerpt = |query: &str| library.search(query, 0, 1).unwrap().rows.remove(0).excerpt;
    let shown = excerpt("水位");
    assert!(shown.starts_with('…') && shown.ends_with('…') && shown.contains("水位回落"), "{shown}");
    assert!(excerpt("water").contains("Ｗａｔｅｒ"));
    assert!(!excerpt("十 Ｗ").contains('\n'));
    put(&library, 2, "只有标题");
    assert_eq!(excerpt("标题"), "只有标题");
}

#[test]
fn the_work_of_a_search_is_bounded() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    // Both pairs of the query stand in every text, and the query in none.
    let articles = (0..2_500).map(|n| crate::common::prepared(n, "水务，务局"));
    library.import_bulk(articles).unwrap();
    library.finish_index().unwrap();
    let results = library.search("水务局", 0, 10).unwrap();
    assert_eq!((results.total, results.more, results.texts_read), (0, true, 2_000));
    let results = library.search("水务", 0, 10).unwrap();
    assert_eq!((results.total, results.more, results.texts_read), (200, true, 201));
}

#[test]
fn a_damaged_or_foreign_index_is_made_anew() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("search.sqlite");
    let library = open(folder.path());
    put(&library, 1, "水位");
    library.finish_index().unwrap();
    library.close().unwrap();
    for damage in
        ["not a database, but long enough to be looked at as if it were one ".repeat(20), String::new()]
    {
        std::fs::write(&path, damage).unwrap();
        let library = open(folder.path());
        assert_eq!(found(&library, "水"), [article(1)]);
        library.finish_index().unwrap();
        assert_eq!(found(&library, "水"), [article(1)]);
        library.close().unwrap();
    }
    let other = tempfile::tempdir().unwrap();
    let library = open(other.path());
    put(&library, 1, "别处");
    library.finish_index().unwrap();
    library.close().unwrap();
    std::fs::copy(other.path().join("search.sqlite"), &path).unwrap();
    let library = open(folder.path());
    assert_eq!(found(&library, "别处"), []);
    library.finish_index().unwrap();
    assert_eq!(found(&library, "水"), [article(1)]);
}

#[test]
fn typing_does_not_ask_the_index() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    put(&library, 1, "水位");
    library.append(append(article(1), 1, 1)).wait().unwrap();
    assert_eq!(library.dirty_articles().unwrap(), [article(1)]);
    assert_eq!(found(&library, "水"), [article(1)], "as of the last projection");
}

/// Texts of few characters, so that much is found by chance.
fn texts() -> impl Strategy<Value = Vec<String>> {
    prop::collection::vec("[水务局市a1Bé，ｘ𠮷 ]{0,14}", 1..12)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn chinese_hits_are_exactly_the_substrings(texts in texts(), queries in prop::collection::vec("[水务局市𠮷]{1,4}", 12)) {
        let folder = tempfile::tempdir().unwrap();
        let library = open(folder.path());
        (0..).zip(&texts).for_each(|(n, text)| put(&library, n, text));
        library.finish_index().unwrap();
        for query in queries {
            let mut expected: Vec<ArticleId> =
                (0..).zip(&texts).filter(|(_, text)| text.contains(&query)).map(|(n, _)| article(n)).collect();
            expected.reverse();
            prop_assert_eq!(found(&library, &query), expected, "{}", query);
        }
    }

    #[test]
    fn the_index_changes_no_result(texts in texts(), queries in prop::collection::vec("[水务局市a1bE，x𠮷 ]{1,5}", 12)) {
        let folder = tempfile::tempdir().unwrap();
        let library = open(folder.path());
        (0..).zip(&texts).for_each(|(n, text)| put(&library, n, text));
        let without: Vec<_> = queries.iter().map(|query| found(&library, query)).collect();
        library.finish_index().unwrap();
        let with: Vec<_> = queries.iter().map(|query| found(&library, query)).collect();
        prop_assert_eq!(with, without);
    }
}
