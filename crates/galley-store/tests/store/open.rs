//! Opening: what is made, what is refused and left as it is, what is closed.

use std::fs;
use std::path::Path;

use galley_model::{Instant, RevisionId, Sha256};
use galley_store::{Library, List, OpenError, Revision, StoreError};
use uuid::Uuid;

use crate::common::{NOON, alone, append, article, crashed, fields, open, text, typed};

/// Every file of a folder with its bytes, but for the lock and the door, which say nothing of the library.
fn everything(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_file() && !path.ends_with("lock") && !path.ends_with("door"))
        .map(|path| (path.display().to_string(), fs::read(&path).unwrap()))
        .collect();
    files.sort();
    files
}

#[test]
fn a_library_of_a_newer_version_is_refused_and_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    library.create_article(article(1), NOON).wait().unwrap();
    library.close().unwrap();
    let newer = rusqlite::Connection::open(folder.path().join("library.sqlite")).unwrap();
    newer.execute_batch("PRAGMA user_version = 99; CREATE TABLE tomorrow (x)").unwrap();
    // Once with the new version still in the write-ahead log, once in the file.
    for in_log in [true, false] {
        let left = crashed(folder.path());
        if !in_log {
            newer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())).unwrap();
        }
        let left = if in_log { left } else { crashed(folder.path()) };
        let before = everything(left.path());
        let error = Library::open(left.path(), NOON).unwrap_err();
        assert!(matches!(error, OpenError::TooNew { found: 99, known: 2 }), "{error}");
        if !in_log {
            assert_eq!(everything(left.path()), before);
        }
        let kept = rusqlite::Connection::open(left.path().join("library.sqlite")).unwrap();
        let tables: u32 = kept
            .query_row("SELECT count(*) FROM sqlite_schema WHERE name = 'tomorrow'", [], |row| row.get(0))
            .unwrap();
        assert_eq!(tables, 1);
    }
}

#[test]
fn the_database_of_another_program_is_refused_and_untouched() {
    let folder = tempfile::tempdir().unwrap();
    let other = rusqlite::Connection::open(folder.path().join("library.sqlite")).unwrap();
    other.execute_batch("CREATE TABLE theirs (x); PRAGMA user_version = 1").unwrap();
    drop(other);
    let before = everything(folder.path());
    assert!(matches!(Library::open(folder.path(), NOON), Err(OpenError::Foreign { .. })));
    assert_eq!(everything(folder.path()), before);
}

#[cfg(unix)]
#[test]
fn only_the_owner_may_read_what_is_made() {
    use std::os::unix::fs::PermissionsExt as _;
    fn check(path: &Path) {
        let mode = fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, if path.is_dir() { 0o700 } else { 0o600 }, "{}", path.display());
        if path.is_dir() {
            fs::read_dir(path).unwrap().for_each(|entry| check(&entry.unwrap().path()));
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a new").join("library");
    let library = open(&path);
    library.create_article(article(1), NOON).wait().unwrap();
    library.append(append(article(1), 1, 3)).wait().unwrap();
    library.finish_index().unwrap();
    library.backup(NOON).unwrap();
    check(&path);
}

#[test]
fn what_is_set_and_noted_is_there_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    library.create_article(article(1), NOON).wait().unwrap();
    library.set_setting("last_article", "a").wait().unwrap();
    library.set_setting("last_article", "b").wait().unwrap();
    let mut revision = Revision {
        id: RevisionId(Uuid::from_u128(9)),
        article: article(1),
        version: vec![1, 2],
        at: NOON,
        reason: "pause".to_owned(),
        label: String::new(),
        author: "王芳".to_owned(),
        words: 12,
        headline: "水".to_owned(),
        content_hash: Sha256::of(b"content"),
    };
    library.add_revision(revision.clone()).wait().unwrap();
    revision.label = "送审前".to_owned();
    library.add_revision(revision.clone()).wait().unwrap();
    library.save_view_state(article(1), 7, 300).wait().unwrap();
    library.close().unwrap();

    let library = open(folder.path());
    assert_eq!(library.setting("last_article").unwrap().as_deref(), Some("b"));
    assert_eq!(library.setting("none").unwrap(), None);
    assert_eq!(library.revisions(article(1)).unwrap(), [revision.clone()]);
    assert_eq!(library.revision(revision.id).unwrap(), Some(revision));
    let stored = library.load(article(1)).unwrap();
    assert_eq!((stored.caret, stored.scroll), (7, 300));
}

#[test]
fn a_caret_is_the_later_of_typed_and_looked_at() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    library.create_article(article(1), NOON).wait().unwrap();
    let caret = || library.load(article(1)).unwrap().caret;
    let typing = |seq, caret| {
        let mut append = append(article(1), seq, seq);
        append.caret = caret;
        library.append(append).wait().unwrap();
    };
    typing(1, Some(10));
    assert_eq!(caret(), 10);
    library.save_view_state(article(1), 4, 0).wait().unwrap();
    assert_eq!(caret(), 4);
    typing(2, None);
    assert_eq!(caret(), 4);
    typing(3, Some(12));
    assert_eq!(caret(), 12);
    for upto in [3, 4, 5] {
        if upto > 3 {
            typing(upto, None);
        }
        library.fold(article(1), upto, crate::common::folded(upto), NOON).wait().unwrap();
        assert_eq!(caret(), 12, "folded to {upto}");
    }
}

#[test]
fn a_closed_library_answers_that_it_is_closed() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    library.create_article(article(1), NOON).wait().unwrap();
    let clone = library.clone();
    library.close().unwrap();
    clone.close().unwrap();
    assert!(matches!(clone.load(article(1)), Err(StoreError::Closed)));
    assert!(matches!(clone.append(append(article(1), 1, 1)).wait(), Err(StoreError::Closed)));
    assert!(matches!(clone.backup(NOON), Err(StoreError::Closed)));
    assert!(matches!(clone.finish_index(), Err(StoreError::Closed)));
}

#[test]
fn an_answer_can_be_awaited() {
    use std::future::Future as _;
    use std::pin::pin;
    use std::sync::Arc;
    use std::task::{Context, Poll, Wake};
    struct Unpark(std::thread::Thread);
    impl Wake for Unpark {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    library.create_article(article(1), NOON).wait().unwrap();
    let mut answer = pin!(library.append(append(article(1), 1, 2)));
    let waker = Arc::new(Unpark(std::thread::current())).into();
    let committed = loop {
        match answer.as_mut().poll(&mut Context::from_waker(&waker)) {
            Poll::Ready(committed) => break committed.unwrap(),
            Poll::Pending => std::thread::park(),
        }
    };
    assert_eq!((committed.seq_last, committed.at), (2, Instant(NOON.0 + 2)));
}

#[test]
fn a_library_alone_in_its_folder_opens() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    library.create_article(article(1), NOON).wait().unwrap();
    library.close().unwrap();
    alone(folder.path());
    let (library, report) = Library::open(folder.path(), NOON).unwrap();
    assert_eq!((report.unclean, report.created, report.replayed), (false, false, 0));
    library.load(article(1)).unwrap();
}

#[test]
fn the_log_is_copied_into_the_library_while_typing_goes_on() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    library.create_article(article(1), NOON).wait().unwrap();
    let size = |name: &str| fs::metadata(folder.path().join(name)).unwrap().len();
    let before = size("library.sqlite");
    let mut seq = 0;
    while size("library.sqlite") == before {
        seq += 1;
        let mut long = append(article(1), seq, seq);
        long.updates[0].bytes = vec![b'x'; 20_000];
        library.append(long).wait().unwrap();
        assert!(size("library.sqlite-wal") < 400 << 20, "nobody copies it");
    }
    library.check().unwrap();
}

/// T29: what the version before the last step wrote, kept as it was.
#[test]
fn a_library_of_the_version_before_is_brought_forward_with_every_text() {
    let folder = tempfile::tempdir().unwrap();
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/library/1.sql");
    let old = rusqlite::Connection::open(folder.path().join("library.sqlite")).unwrap();
    old.execute_batch(&fs::read_to_string(fixture).unwrap()).unwrap();
    drop(old);
    let (library, report) = Library::open(folder.path(), NOON).unwrap();
    assert_eq!((report.migrated_from, report.salvaged.is_none()), (Some(1), true), "{report:?}");
    // As it was typed; folded, and typed on; in the trash with what was not set yet.
    for (n, last) in [(1, 6), (2, 45), (3, 2)] {
        let stored = library.load(article(n)).unwrap();
        assert_eq!((text(&stored), stored.damage), (typed(last), None), "article {n}");
    }
    assert_eq!(library.load(article(2)).unwrap().snapshot_seq, 40);
    let plain = library.plain_text(article(2)).unwrap().unwrap();
    assert_eq!((plain.body, plain.upto_seq), (typed(40), 40));
    let trashed = library.load(article(3)).unwrap();
    assert_eq!((trashed.list, trashed.composition.as_str()), (List::Trash, "zuotian"));
    assert_eq!(trashed.drafts, fields(&[("headline", "桥通车")]));
    let revisions = library.revisions(article(2)).unwrap();
    assert_eq!((revisions.len(), revisions[0].label.as_str(), revisions[0].words), (1, "初稿", 40));
    assert_eq!(library.setting("preferences").unwrap().unwrap(), "{\"author_name\":\"王记者\"}");
    // A copy was made before anything changed, and the library is one of today: it goes on.
    assert_eq!(backups(folder.path()), 1);
    library.append(append(article(1), 7, 8)).wait().unwrap();
    library.let_up(vec![article(1)]).wait().unwrap();
    assert_eq!(library.unsent(9).unwrap()[0].peers[0].end, 8);
    library.close().unwrap();
    assert_eq!(text(&open(folder.path()).load(article(1)).unwrap()), typed(8));
}

fn backups(folder: &Path) -> usize {
    fs::read_dir(folder.join("backups")).unwrap().count()
}
