//! Backups are read back before they count, and only then may the day log go.

use std::fs;
use std::path::Path;

use galley_model::Instant;
use galley_store::Library;

use crate::common::{NOON, append, article, crashed, flip, folded, open, text, typed};

const DAY: i64 = 24 * 60 * 60 * 1000;

fn names(folder: &Path, of: &str) -> Vec<String> {
    let entries = fs::read_dir(folder.join(of)).unwrap();
    let mut names: Vec<String> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn type_on(library: &Library, seq: i64, day: i64) {
    let mut append = append(article(1), seq, seq);
    append.at = Instant(NOON.0 + day * DAY);
    library.append(append).wait().unwrap();
}

#[test]
fn seven_backups_are_kept_and_the_day_log_of_finished_days_goes() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    library.create_article(article(1), NOON).wait().unwrap();
    for day in 0..10 {
        type_on(&library, day + 1, day);
        // The day log is written after the answer: wait for the next one.
        library.set_setting("day", &day.to_string()).wait().unwrap();
        let backup = library.backup(Instant(NOON.0 + day * DAY)).unwrap();
        assert_eq!(backup.damaged, []);
        assert_eq!(names(folder.path(), "daylog").len(), 1, "only today's");
    }
    let backups = names(folder.path(), "backups");
    assert_eq!(backups.len(), 7);
    assert!(backups.iter().all(|name| name.starts_with("library-2025-1")), "{backups:?}");
    library.close().unwrap();

    // A backup is a library.
    let restored = tempfile::tempdir().unwrap();
    let newest = folder.path().join("backups").join(backups.last().unwrap());
    fs::copy(newest, restored.path().join("library.sqlite")).unwrap();
    assert_eq!(text(&open(restored.path()).load(article(1)).unwrap()), typed(10));
}

#[test]
fn a_backup_mends_what_is_damaged_and_keeps_the_old_ones_when_it_cannot() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    library.create_article(article(1), NOON).wait().unwrap();
    (1..=4).for_each(|seq| type_on(&library, seq, 0));
    library.fold(article(1), 4, folded(4), NOON).wait().unwrap();
    type_on(&library, 5, 1);
    library.close().unwrap();
    let file = fs::read(folder.path().join("library.sqlite")).unwrap();
    let row = file.windows(3).rposition(|bytes| bytes == b"<5>").unwrap();
    flip(&folder.path().join("library.sqlite"), row);
    let without_log = crashed(folder.path());
    fs::remove_dir_all(without_log.path().join("daylog")).unwrap();

    let library = open(folder.path());
    assert_eq!(library.backup(NOON).unwrap().damaged, []);
    assert_eq!(text(&library.load(article(1)).unwrap()), typed(5));

    let library = open(without_log.path());
    type_on(&library, 6, 2);
    type_on(&library, 7, 3);
    library.set_setting("a", "b").wait().unwrap();
    let backup = library.backup(NOON).unwrap();
    assert_eq!(backup.damaged, [article(1)]);
    assert!(backup.path.ends_with(&names(without_log.path(), "backups")[0]));
    assert_eq!(names(without_log.path(), "daylog").len(), 2, "kept, for it may be needed");
}

#[test]
fn a_backup_that_fails_leaves_nothing_half() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    library.create_article(article(1), NOON).wait().unwrap();
    fs::write(folder.path().join("backups"), "in the way").unwrap();
    assert!(library.backup(NOON).is_err());
    fs::remove_file(folder.path().join("backups")).unwrap();
    library.backup(NOON).unwrap();
    assert_eq!(names(folder.path(), "backups").len(), 1);
}
