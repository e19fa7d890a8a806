//! One byte of a snapshot or a row is wrong: the text is right all the same, or it is said that it is not.

use std::fs;
use std::path::Path;

use galley_store::{Library, StoreError};

use crate::common::{NOON, alone, append, article, crashed, flip, folded, open, text, typed};

/// An article of 30 rows in two generations and a tail, in a library that was closed.
fn library() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    library.create_article(article(1), NOON).wait().unwrap();
    for (from, to) in [(1, 8), (9, 20), (21, 30)] {
        library.append(append(article(1), from, to)).wait().unwrap();
        if to < 30 {
            library.fold(article(1), to, folded(to), NOON).wait().unwrap();
        }
    }
    library.close().unwrap();
    folder
}

/// Where some bytes stand in the library's file; all places.
fn places(folder: &Path, needle: &str) -> Vec<usize> {
    let file = fs::read(folder.join("library.sqlite")).unwrap();
    let places = file.windows(needle.len()).enumerate().filter(|(_, bytes)| *bytes == needle.as_bytes());
    places.map(|(at, _)| at).collect()
}

/// Opens a library with one wrong byte and loads the article.
fn with_flipped(folder: &Path, at: usize, check: impl FnOnce(&Library, galley_store::StoredArticle)) {
    let damaged = crashed(folder);
    flip(&damaged.path().join("library.sqlite"), at);
    let library = open(damaged.path());
    let stored = library.load(article(1)).unwrap();
    check(&library, stored);
}

#[test]
fn a_wrong_byte_in_a_snapshot_makes_way_for_the_older_one() {
    let folder = library();
    alone(folder.path());
    // The newest snapshot alone holds row 20 beside the row itself.
    let newest = places(folder.path(), &typed(20));
    assert_eq!(newest.len(), 1);
    for at in (newest[0]..newest[0] + typed(20).len()).step_by(5) {
        with_flipped(folder.path(), at, |_, stored| {
            assert_eq!(text(&stored), typed(30), "{at}");
            let damage = stored.damage.unwrap();
            assert_eq!((damage.snapshots, stored.snapshot_seq), (1, 8));
            assert!(damage.lost.is_empty());
        });
    }
    let older: Vec<usize> =
        places(folder.path(), &typed(8)).into_iter().filter(|at| !newest.contains(at)).collect();
    for at in older {
        with_flipped(folder.path(), at, |_, stored| {
            assert_eq!(text(&stored), typed(30), "{at}");
            assert_eq!(stored.snapshot_seq, 20);
        });
    }
}

#[test]
fn a_wrong_byte_in_a_row_is_mended_from_the_day_log_or_told() {
    let folder = library();
    let stand_alone = crashed(folder.path());
    alone(stand_alone.path());
    for seq in [9, 20, 21, 30] {
        let needle = format!("a view<{seq}>");
        // The row's bytes stand behind its numbers; go from before them to behind.
        let row: Vec<usize> = places(folder.path(), &format!("<{seq}>")).into_iter().rev().take(1).collect();
        assert!(!row.is_empty(), "{needle}");
        for at in row[0] - 24..row[0] + 12 {
            if at % 3 == 0 {
                with_flipped_or_salvaged(folder.path(), at, |stored| {
                    assert_eq!(text(stored), typed(30), "{seq} at {at}");
                });
            }
            with_flipped_or_salvaged(stand_alone.path(), at, |stored| {
                let right = text(stored) == typed(30);
                let told = stored.damage.as_ref().is_some_and(|damage| !damage.lost.is_empty());
                assert!(right || told, "{seq} at {at}: {} {:?}", text(stored), stored.damage);
                if told {
                    let plain = stored.damage.as_ref().and_then(|damage| damage.plain.clone()).unwrap();
                    assert_eq!(plain.body, typed(plain.upto_seq));
                }
            });
        }
    }
}

/// As the app does it: a library that turns out damaged is opened once more, which rebuilds it.
fn with_flipped_or_salvaged(folder: &Path, at: usize, check: impl FnOnce(&galley_store::StoredArticle)) {
    let damaged = crashed(folder);
    flip(&damaged.path().join("library.sqlite"), at);
    let library = open(damaged.path());
    match library.load(article(1)) {
        Ok(stored) => check(&stored),
        Err(StoreError::Damaged { .. }) => {
            drop(library);
            let (library, report) = Library::open(damaged.path(), NOON).unwrap();
            assert!(report.salvaged.is_some(), "{at}");
            check(&library.load(article(1)).unwrap());
        }
        Err(error) => panic!("{at}: {error}"),
    }
}

#[test]
fn what_was_mended_is_written_back() {
    let folder = library();
    let at = places(folder.path(), "<25>").into_iter().next_back().unwrap();
    flip(&folder.path().join("library.sqlite"), at + 1);
    let library = open(folder.path());
    let damage = library.load(article(1)).unwrap().damage.unwrap();
    assert_eq!((damage.restored, damage.lost), (1, vec![]));
    library.append(append(article(1), 31, 31)).wait().unwrap();
    let stored = library.load(article(1)).unwrap();
    assert_eq!((text(&stored), stored.damage), (typed(31), None));
    library.close().unwrap();
    alone(folder.path());
    assert_eq!(text(&open(folder.path()).load(article(1)).unwrap()), typed(31));
}

#[test]
fn a_lost_only_snapshot_comes_back_from_the_backup() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    library.import_bulk([crate::common::prepared(1, "水")]).unwrap();
    library.append(append(article(1), 2, 3)).wait().unwrap();
    library.backup(NOON).unwrap();
    library.append(append(article(1), 4, 5)).wait().unwrap();
    library.close().unwrap();
    let place = places(folder.path(), "<1>").into_iter().next().unwrap();
    flip(&folder.path().join("library.sqlite"), place);
    let alone_folder = crashed(folder.path());
    alone(alone_folder.path());

    let library = open(folder.path());
    let stored = library.load(article(1)).unwrap();
    assert_eq!(text(&stored), typed(5));
    assert_eq!(stored.damage.unwrap().restored, 1);
    // It is written back before anything that is asked for later.
    library.set_setting("later", "").wait().unwrap();
    let stored = library.load(article(1)).unwrap();
    assert_eq!((text(&stored), stored.damage), (typed(5), None));

    let stored = open(alone_folder.path()).load(article(1)).unwrap();
    let damage = stored.damage.unwrap();
    assert_eq!((damage.lost, damage.snapshots), (vec![1], 1));
    assert_eq!(damage.plain.unwrap().body, "<1>");
}
