//! What the library loses with the end of its write-ahead log, the day log gives back.

use std::fs;
use std::io::Write as _;

use galley_model::{RevisionId, Sha256};
use galley_store::{Library, List, ListRow, Publication, Revision};
use proptest::prelude::*;
use uuid::Uuid;

use crate::common::{NOON, append, article, crashed, fields, flip, folded, open, text, typed};

/// A library with a bit of everything, and what it was like before the bit was written.
fn written() -> (tempfile::TempDir, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    (1..=3).for_each(|n| library.create_article(article(n), NOON).wait().unwrap());
    library.append(append(article(1), 1, 4)).wait().unwrap();
    library.set_drafts(article(1), fields(&[("slug", "old"), ("byline", "kept")]), NOON).wait().unwrap();
    let before = crashed(folder.path());

    library.append(append(article(1), 5, 9)).wait().unwrap();
    library.fold(article(1), 9, folded(9), NOON).wait().unwrap();
    library.create_article(article(4), NOON).wait().unwrap();
    library.begin_session(article(4), 77, "王芳", NOON).wait().unwrap();
    library.append(append(article(4), 1, 2)).wait().unwrap();
    library.set_drafts(article(1), fields(&[("headline", "水"), ("slug", "new")]), NOON).wait().unwrap();
    library.set_composition(article(4), "shuiwei".to_owned(), NOON).wait().unwrap();
    let mut settling = append(article(1), 10, 10);
    settling.clear_drafts = vec!["slug".to_owned()];
    library.append(settling).wait().unwrap();
    library.set_list(article(2), List::Published).wait().unwrap();
    library.set_publication(article(2), Publication::Live, vec![5]).wait().unwrap();
    library.delete_article(article(3), NOON).wait().unwrap();
    library.set_setting("last_article", "4").wait().unwrap();
    let revision = Revision {
        id: RevisionId(Uuid::from_u128(1)),
        article: article(4),
        version: vec![3],
        at: NOON,
        reason: "pause".to_owned(),
        label: "一".to_owned(),
        author: String::new(),
        words: 1,
        headline: String::new(),
        content_hash: Sha256::of(b""),
    };
    library.add_revision(revision).wait().unwrap();
    // The day log is written after the answer: one more answer, and it holds all of the above.
    library.set_setting("later", "").wait().unwrap();
    (before, crashed(folder.path()))
}

fn assert_everything_there(library: &Library) {
    let first = library.load(article(1)).unwrap();
    assert_eq!((text(&first), first.last_seq, first.damage), (typed(10), 10, None));
    assert_eq!(first.drafts, fields(&[("headline", "水"), ("byline", "kept")]));
    assert_eq!(first.seen_view_seqs["a view"], 10);
    let fourth = library.load(article(4)).unwrap();
    assert_eq!((text(&fourth), fourth.composition.as_str()), (typed(2), "shuiwei"));
    assert_eq!(library.sessions(article(4)).unwrap().len(), 1);
    assert_eq!(library.revisions(article(4)).unwrap().len(), 1);
    let second = library.load(article(2)).unwrap();
    assert_eq!((second.list, second.publication), (List::Published, Publication::Live));
    assert_eq!(second.live_version, [5]);
    assert!(library.load(article(3)).is_err());
    assert_eq!(library.setting("last_article").unwrap().as_deref(), Some("4"));
    assert!(library.dirty_articles().unwrap().contains(&article(1)));
}

#[test]
fn a_library_that_lost_its_newest_commits_gets_them_back() {
    let (before, after) = written();
    // The old database with the new day log: all that was written since is lost.
    for name in ["library.sqlite", "library.sqlite-wal", "library.sqlite-shm"] {
        let _ = fs::remove_file(after.path().join(name));
        if before.path().join(name).exists() {
            fs::copy(before.path().join(name), after.path().join(name)).unwrap();
        }
    }
    let (library, report) = Library::open(after.path(), NOON).unwrap();
    assert!(report.unclean);
    assert_eq!(report.replayed, 5 + 2 + 2 + 1 + 1 + 1, "rows and changes of drafts");
    assert_everything_there(&library);
    drop(library);
    let (library, report) = Library::open(after.path(), NOON).unwrap();
    assert_eq!(report.replayed, 0, "once is enough");
    assert_everything_there(&library);
}

#[test]
fn a_damaged_byte_anywhere_in_the_write_ahead_log_loses_nothing() {
    let (_before, after) = written();
    let length = fs::metadata(after.path().join("library.sqlite-wal")).unwrap().len() as usize;
    let mut replayed = 0;
    for at in (0..length).step_by(length / 60) {
        let damaged = crashed(after.path());
        flip(&damaged.path().join("library.sqlite-wal"), at);
        let (library, report) = Library::open(damaged.path(), NOON).unwrap();
        replayed += report.replayed;
        assert_everything_there(&library);
        library.check().unwrap();
    }
    assert!(replayed > 100, "{replayed}: the damage was where it hurts");
}

#[test]
fn the_day_log_alone_makes_a_library() {
    let (_before, after) = written();
    for name in ["library.sqlite", "library.sqlite-wal", "library.sqlite-shm"] {
        let _ = fs::remove_file(after.path().join(name));
    }
    let (library, report) = Library::open(after.path(), NOON).unwrap();
    assert!(!report.created && report.replayed > 10, "{report:?}");
    assert_everything_there(&library);
}

#[test]
fn a_line_that_was_cut_off_spoils_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    library.create_article(article(1), NOON).wait().unwrap();
    library.append(append(article(1), 1, 2)).wait().unwrap();
    drop(library);
    let log = fs::read_dir(folder.path().join("daylog")).unwrap().next().unwrap().unwrap().path();
    fs::OpenOptions::new()
        .append(true)
        .open(&log)
        .unwrap()
        .write_all(b"0123456789abcdef {\"kind\":\"upd")
        .unwrap();
    let library = open(folder.path());
    library.append(append(article(1), 3, 4)).wait().unwrap();
    drop(library);
    for name in ["library.sqlite", "library.sqlite-wal"] {
        let _ = fs::remove_file(folder.path().join(name));
    }
    let library = open(folder.path());
    assert_eq!(text(&library.load(article(1)).unwrap()), typed(4));
}

#[test]
fn a_day_log_that_cannot_be_written_is_told_and_stops_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    library.create_article(article(1), NOON).wait().unwrap();
    library.append(append(article(1), 1, 1)).wait().unwrap();
    fs::remove_dir_all(folder.path().join("daylog")).unwrap();
    fs::write(folder.path().join("daylog"), "in the way").unwrap();
    let mut next_day = append(article(1), 2, 2);
    next_day.at.0 += 48 * 60 * 60 * 1000;
    library.append(next_day.clone()).wait().unwrap();
    // The answer comes before the day log is written; what follows comes after.
    library.set_setting("a", "b").wait().unwrap();
    assert!(!library.day_log_works());
    fs::remove_file(folder.path().join("daylog")).unwrap();
    fs::create_dir(folder.path().join("daylog")).unwrap();
    next_day.updates = vec![crate::common::row(3)];
    library.append(next_day).wait().unwrap();
    library.set_setting("a", "c").wait().unwrap();
    library.load(article(1)).unwrap();
    library.close().unwrap();
    assert!(library.day_log_works());
}

/// Something a writer does to one of a few articles.
#[derive(Clone, Debug)]
enum Step {
    Create(u128),
    Type(u128),
    Draft(u128, &'static str, &'static str),
    Settle(u128, &'static str),
    Move(u128, List),
    Publish(u128, Publication),
    Fold(u128),
    Delete(u128),
    Set(&'static str, u8),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let n = 1..4u128;
    let key = prop::sample::select(&["headline", "slug", "byline"][..]);
    let value = prop::sample::select(&["", "水", "x"][..]);
    let list = prop::sample::select(&List::ALL[..]);
    let publication = prop::sample::select(&Publication::ALL[..]);
    let step = prop_oneof![
        2 => n.clone().prop_map(Step::Create),
        6 => n.clone().prop_map(Step::Type),
        3 => (n.clone(), key.clone(), value).prop_map(|(n, key, value)| Step::Draft(n, key, value)),
        2 => (n.clone(), key.clone()).prop_map(|(n, key)| Step::Settle(n, key)),
        1 => (n.clone(), list).prop_map(|(n, list)| Step::Move(n, list)),
        1 => (n.clone(), publication).prop_map(|(n, state)| Step::Publish(n, state)),
        2 => n.clone().prop_map(Step::Fold),
        1 => n.prop_map(Step::Delete),
        1 => (key, any::<u8>()).prop_map(|(key, value)| Step::Set(key, value)),
    ];
    prop::collection::vec(step, 5..40)
}

fn take(library: &Library, step: &Step) {
    let next = |n| library.load(article(n)).map_or(1, |stored| stored.last_seq + 1);
    // A step on an article that is not there is refused.
    let _ = match step {
        Step::Create(n) => library.create_article(article(*n), NOON).wait(),
        Step::Type(n) => library.append(append(article(*n), next(*n), next(*n))).wait().map(drop),
        Step::Draft(n, key, value) => library.set_drafts(article(*n), fields(&[(key, value)]), NOON).wait(),
        Step::Settle(n, key) => {
            let mut settling = append(article(*n), 1, 0);
            settling.clear_drafts = vec![(*key).to_owned()];
            library.append(settling).wait().map(drop)
        }
        Step::Move(n, list) => library.set_list(article(*n), *list).wait(),
        Step::Publish(n, state) => library.set_publication(article(*n), *state, vec![1]).wait(),
        Step::Fold(n) => library.fold(article(*n), next(*n) - 1, folded(next(*n) - 1), NOON).wait(),
        Step::Delete(n) => library.delete_article(article(*n), NOON).wait(),
        Step::Set(key, value) => library.set_setting(key, &value.to_string()).wait(),
    };
}

/// What a writer could tell two libraries apart by.
fn seen(library: &Library) -> Vec<String> {
    let row = |row: &ListRow| format!("{} {:?} {:?}", row.id, row.list, row.publication);
    let mut seen: Vec<String> =
        List::ALL.iter().flat_map(|list| library.list(*list, 0, 9).unwrap()).map(|of| row(&of)).collect();
    seen.extend((1..4).filter_map(|n| library.load(article(n)).ok()).map(|stored| {
        format!("{} {:?} {:?} {:?}", text(&stored), stored.drafts, stored.live_version, stored.damage)
    }));
    seen.extend(["headline", "slug", "byline"].map(|key| format!("{:?}", library.setting(key).unwrap())));
    seen.sort();
    seen
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn an_older_library_and_the_day_log_make_the_newest(steps in steps(), part in 0..100usize) {
        let folder = tempfile::tempdir().unwrap();
        let library = open(folder.path());
        let (before, after) = steps.split_at(steps.len() * part / 100);
        before.iter().for_each(|step| take(&library, step));
        let older = crashed(folder.path());
        after.iter().for_each(|step| take(&library, step));
        library.set_setting("later", "").wait().unwrap();
        fs::remove_dir_all(older.path().join("daylog")).unwrap();
        let newest = crashed(folder.path());
        fs::rename(newest.path().join("daylog"), older.path().join("daylog")).unwrap();
        prop_assert_eq!(seen(&open(older.path())), seen(&library));
    }
}
