//! A damaged library is set aside and rebuilt from itself, the last backup and the day log.

use std::fs;
use std::path::Path;

use galley_store::{Library, List, OpenReport, RestsOn, StoreError, Stretch};

use crate::common::{NOON, alone, append, article, crashed, fields, folded, open, text, typed};

const PAGE: usize = 4096;

/// Forty articles of many pages: folded, with tails, drafts and lists.
fn library() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    for n in 1..=40 {
        library.create_article(article(n), NOON).wait().unwrap();
        for upto in [10, 20, 30] {
            library.append(append(article(n), upto - 9, upto)).wait().unwrap();
            library.fold(article(n), upto, folded(upto), NOON).wait().unwrap();
        }
        library.append(append(article(n), 31, 40)).wait().unwrap();
        library.begin_session(article(n), 5, "王芳", NOON).wait().unwrap();
        library.set_drafts(article(n), fields(&[("slug", "a")]), NOON).wait().unwrap();
    }
    library.set_list(article(7), List::Trash).wait().unwrap();
    library.set_setting("theme", "dark").wait().unwrap();
    library.close().unwrap();
    folder
}

fn assert_whole(library: &Library, what: &str) {
    for n in 1..=40 {
        let stored = library.load(article(n)).unwrap_or_else(|error| panic!("{what}: {n}: {error}"));
        assert_eq!(text(&stored), typed(40), "{what}: {n}");
        assert_eq!(stored.drafts, fields(&[("slug", "a")]), "{what}: {n}");
        assert_eq!(library.sessions(article(n)).unwrap().len(), 1, "{what}: {n}");
    }
    assert_eq!(library.list_row(article(7)).unwrap().list, List::Trash, "{what}");
    assert_eq!(library.setting("theme").unwrap().as_deref(), Some("dark"), "{what}");
    let counts: u32 = library.counts().unwrap().iter().map(|(_, count)| count).sum();
    assert_eq!(counts, 40, "{what}");
    library.check().unwrap();
}

/// Opens as the app does: what a check or a load finds damaged is rebuilt by the next open.
fn open_and_rebuild(folder: &Path) -> (Library, OpenReport) {
    let (library, report) = Library::open(folder, NOON).unwrap();
    let loaded = (1..=40).try_for_each(|n| library.load(article(n)).map(drop));
    if library.check().and(loaded.clone()).is_ok() || report.salvaged.is_some() {
        return (library, report);
    }
    drop(library);
    Library::open(folder, NOON).unwrap()
}

fn zero_page(folder: &Path, page: usize) {
    let path = folder.join("library.sqlite");
    let mut file = fs::read(&path).unwrap();
    file[page * PAGE..(page + 1) * PAGE].fill(0);
    fs::write(path, file).unwrap();
}

#[test]
fn any_lost_page_comes_back_from_the_day_log_or_the_backup() {
    let folder = library();
    let pages = fs::metadata(folder.path().join("library.sqlite")).unwrap().len() as usize / PAGE;
    let backed_up = crashed(folder.path());
    open(backed_up.path()).backup(NOON).unwrap();
    fs::remove_dir_all(backed_up.path().join("daylog")).unwrap();
    let mut rebuilt = 0;
    for page in (0..pages).step_by(3) {
        for (source, name) in [(&folder, "day log"), (&backed_up, "backup")] {
            let damaged = crashed(source.path());
            zero_page(damaged.path(), page);
            let (library, report) = open_and_rebuild(damaged.path());
            assert_whole(&library, &format!("page {page} by {name}"));
            if let Some(salvaged) = report.salvaged {
                rebuilt += 1;
                assert!(salvaged.set_aside.join("library.sqlite").exists());
                assert_eq!(salvaged.articles, 40);
                // Without a day log nobody knows whether something followed the last row.
                let lost =
                    |stretch: &&Stretch| stretch.rests_on == RestsOn::Nothing && stretch.from != stretch.to;
                assert_eq!(salvaged.stretches.iter().find(lost), None);
                assert!(
                    name == "backup"
                        || salvaged.stretches.iter().all(|stretch| stretch.rests_on != RestsOn::Nothing)
                );
            }
        }
    }
    assert!(rebuilt > pages / 3, "{rebuilt} of {pages} pages");
}

#[test]
fn a_library_alone_gives_back_what_is_readable_and_says_what_is_not() {
    let folder = library();
    alone(folder.path());
    let pages = fs::metadata(folder.path().join("library.sqlite")).unwrap().len() as usize / PAGE;
    for page in (1..pages).step_by(4) {
        let damaged = crashed(folder.path());
        zero_page(damaged.path(), page);
        let (library, report) = open_and_rebuild(damaged.path());
        let Some(salvaged) = report.salvaged else { continue };
        for n in 1..=40 {
            let Ok(stored) = library.load(article(n)) else { continue };
            let told = salvaged.stretches.iter().any(|stretch| stretch.article == article(n));
            assert!(text(&stored) == typed(40) || told || stored.last_seq == 0, "page {page}: {n}");
        }
        let whole =
            (1..=40).filter(|n| library.load(article(*n)).is_ok_and(|stored| text(&stored) == typed(40)));
        // One page holds rows of a few articles; the roots hold all of a table.
        let whole = whole.count();
        assert!(whole == 0 || whole >= 20, "page {page}: {whole}");
    }
}

#[test]
fn a_file_that_is_no_database_any_more_is_rebuilt_before_the_window_opens() {
    let folder = library();
    for (name, garbage) in [("text", "not a database ".repeat(900).into_bytes()), ("cut", vec![0; 700])] {
        let damaged = crashed(folder.path());
        fs::write(damaged.path().join("library.sqlite"), garbage).unwrap();
        let (library, report) = Library::open(damaged.path(), NOON).unwrap();
        let salvaged = report.salvaged.unwrap();
        assert_whole(&library, name);
        assert!(salvaged.stretches.iter().any(|stretch| stretch.rests_on == RestsOn::DayLog));
        assert!(fs::read_dir(damaged.path().join("set-aside")).unwrap().count() == 1);
    }
}

#[test]
fn a_wrong_byte_in_the_header_costs_nothing() {
    let folder = library();
    alone(folder.path());
    for at in [0, 5, 16, 18, 21, 44, 47, 56, 59] {
        let damaged = crashed(folder.path());
        crate::common::flip(&damaged.path().join("library.sqlite"), at);
        let (library, _) = open_and_rebuild(damaged.path());
        assert_whole(&library, &format!("byte {at}"));
    }
}

#[test]
fn a_missing_library_is_rebuilt_from_the_backup_and_the_day_log() {
    let folder = library();
    let library = open(folder.path());
    library.backup(NOON).unwrap();
    library.append(append(article(1), 41, 41)).wait().unwrap();
    library.close().unwrap();
    fs::remove_file(folder.path().join("library.sqlite")).unwrap();
    let (library, report) = Library::open(folder.path(), NOON).unwrap();
    assert!(report.salvaged.is_some());
    assert_eq!(text(&library.load(article(1)).unwrap()), typed(41));
    assert_eq!(text(&library.load(article(40)).unwrap()), typed(40));
}

#[test]
fn a_rebuild_that_was_interrupted_is_taken_up_again() {
    let folder = library();
    fs::write(folder.path().join("library.sqlite"), "not a database ".repeat(900)).unwrap();
    // As a crash leaves it: the note is written, the file set aside, the new one half made.
    let aside = folder.path().join("set-aside/then");
    fs::create_dir_all(&aside).unwrap();
    fs::write(folder.path().join("salvage"), "then").unwrap();
    let half = crashed(folder.path());
    fs::rename(folder.path().join("library.sqlite"), aside.join("library.sqlite")).unwrap();
    fs::write(folder.path().join("rebuilt.sqlite"), "half").unwrap();
    for folder in [folder, half] {
        let (library, report) = Library::open(folder.path(), NOON).unwrap();
        assert!(report.salvaged.unwrap().set_aside.ends_with("then"));
        assert_whole(&library, "resumed");
        assert!(!folder.path().join("salvage").exists());
        assert!(!folder.path().join("rebuilt.sqlite").exists());
    }
}

#[test]
fn a_deleted_article_does_not_come_back() {
    let folder = library();
    let library = open(folder.path());
    library.backup(NOON).unwrap();
    library.delete_article(article(9), NOON).wait().unwrap();
    library.close().unwrap();
    let without_file = crashed(folder.path());
    fs::write(without_file.path().join("library.sqlite"), "x".repeat(5000)).unwrap();
    fs::write(folder.path().join("salvage"), "").unwrap();
    for folder in [folder, without_file] {
        let (library, report) = Library::open(folder.path(), NOON).unwrap();
        assert_eq!(report.salvaged.unwrap().articles, 39);
        assert!(matches!(library.load(article(9)), Err(StoreError::NoArticle(_))));
    }
}
