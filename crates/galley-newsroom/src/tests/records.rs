//! The records themselves: one transaction per write, numbers without gaps, and what a damaged file does.

use std::collections::BTreeMap;
use std::path::Path;

use galley_destinations::SiteError;
use galley_model::workflow::{Method, SignOff, Verdict};
use galley_model::{Instant, content_hash};

use super::desk::{Desk, article, flood};
use crate::{Commit, Committed, Effect, Newsroom, NewsroomError, SqliteStorage, Storage as _, StorageError};

#[tokio::test]
async fn every_write_has_its_number_and_none_is_left_out() {
    let desk = Desk::new().await;
    desk.publish(article(1), &flood("flood")).await;
    desk.newsroom.assign_responsible_editor(&desk.ask(article(1)), "李编辑").await.unwrap();
    desk.newsroom.take_down(&desk.ask(article(1)), "失实").await.unwrap();
    drop(desk.try_publish(article(2), &flood("Bad Slug")).await);
    let n = desk.count("SELECT n FROM feed");
    assert_eq!(desk.count("SELECT count(*) FROM change_feed"), n);
    assert_eq!(desk.count("SELECT max(n) FROM change_feed"), n);
    assert_eq!(desk.count("SELECT count(DISTINCT feed) FROM intent"), 4);
    assert_eq!(desk.count("SELECT count(*) FROM feed"), 1);
}

/// As a command of the server does while the server writes.
#[test]
fn records_are_opened_beside_somebody_who_writes() {
    let place = tempfile::tempdir().unwrap();
    drop(SqliteStorage::open(place.path(), Instant(1)).unwrap());
    let other = rusqlite::Connection::open(place.path().join("newsroom.sqlite")).unwrap();
    // Commits that take no time leave the others their turns.
    other.pragma_update(None, "synchronous", "OFF").unwrap();
    for round in 0..50 {
        std::thread::scope(|scope| {
            let opening = scope.spawn(|| SqliteStorage::open(place.path(), Instant(1)).map(drop));
            while !opening.is_finished() {
                other.execute("UPDATE newsroom SET created_at = created_at + 1", []).unwrap();
                std::thread::yield_now();
            }
            let opened = opening.join().unwrap();
            assert!(opened.is_ok(), "round {round}: {opened:?}");
        });
    }
}

#[tokio::test]
async fn what_was_decided_on_an_older_record_changes_nothing() {
    let place = tempfile::tempdir().unwrap();
    let records = SqliteStorage::open(place.path(), Instant(1)).unwrap();
    let assign = |name: &str, wf_rev| Commit {
        at: Instant(1),
        article: Some((article(1), wf_rev)),
        answer: None,
        effects: vec![Effect::ResponsibleEditor(name.to_owned())],
    };
    assert_eq!(records.commit(assign("李编辑", 0)).await.unwrap(), Committed::At(1));
    for stale in [0, 2] {
        assert_eq!(records.commit(assign("赵编辑", stale)).await.unwrap(), Committed::Moved);
    }
    let record = records.article(article(1)).await.unwrap();
    assert_eq!((record.responsible_editor.as_str(), record.wf_rev), ("李编辑", 1));
    assert_eq!(records.commit(assign("赵编辑", 1)).await.unwrap(), Committed::At(2), "and took no number");
}

#[tokio::test]
async fn a_solo_publication_is_signed_for_exactly_what_readers_have() {
    let desk = Desk::new().await;
    let (id, content) = (article(1), flood("flood"));
    let seen = desk.previewed(id, &content).await;
    let ask = desk.ask(id);
    desk.newsroom.publish(&ask, &content, seen).await.unwrap();
    let records = rusqlite::Connection::open(desk.library().join("newsroom.sqlite")).unwrap();
    let record: String = records.query_row("SELECT record FROM sign_off", [], |row| row.get(0)).unwrap();
    let signed: SignOff = serde_json::from_str(&record).unwrap();
    assert_eq!((signed.content_hash, signed.page_hash), (content_hash(&content), Some(seen)));
    assert_eq!((signed.verdict, signed.method), (Verdict::Adopt, Method::Automatic));
    assert_eq!((signed.person, signed.name.as_str()), (ask.actor.person, "王记者"));
    assert_eq!(signed.policy.id, "solo");
    assert!(!signed.comment.is_empty(), "a reason is on record");
    let revision: String = records.query_row("SELECT id FROM revision", [], |row| row.get(0)).unwrap();
    assert_eq!(signed.revision.to_string(), revision);
}

#[tokio::test]
async fn the_records_are_a_safe_database_that_only_its_owner_reads() {
    let desk = Desk::new().await;
    let file = desk.library().join("newsroom.sqlite");
    let records = rusqlite::Connection::open(&file).unwrap();
    let pragma = |name: &str| records.pragma_query_value(None, name, |row| row.get::<_, String>(0));
    assert_eq!(pragma("journal_mode").unwrap(), "wal");
    assert_eq!(pragma("integrity_check").unwrap(), "ok");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        for name in ["newsroom.sqlite", "newsroom.sqlite-wal"] {
            let mode = std::fs::metadata(desk.library().join(name)).unwrap().permissions().mode();
            assert_eq!(mode & 0o077, 0, "{name}");
        }
    }
}

#[tokio::test]
async fn identity_and_settings_are_the_same_in_the_next_run() {
    let desk = Desk::new().await;
    let (identity, settings) = (desk.newsroom.identity(), desk.newsroom.settings().await.unwrap());
    let desk = desk.reopened().await;
    assert_eq!(desk.newsroom.identity(), identity);
    assert_eq!(desk.newsroom.settings().await.unwrap(), settings);
}

/// T29: what each version wrote, kept as it was. A token that it gave still stands for its person.
#[tokio::test]
async fn records_of_every_version_so_far_are_opened_with_all_they_hold() {
    const TOKEN: &str = "01c38106ef1f11d8191f3347a1d0aa12704d803f4183d7e5c66da6c53dda9405";
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/records");
    for written in std::fs::read_dir(fixtures).unwrap() {
        let written = written.unwrap().path();
        let place = tempfile::tempdir().unwrap();
        let old = rusqlite::Connection::open(place.path().join("newsroom.sqlite")).unwrap();
        old.execute_batch(&std::fs::read_to_string(&written).unwrap()).unwrap();
        drop(old);
        let newsroom = Newsroom::open(place.path(), Instant(1)).await.unwrap();
        let identity = newsroom.identity();
        assert_eq!(identity.epoch.to_string(), "6f06c27b-b909-4072-a1e2-d579b479bfd7", "{written:?}");
        let caller = crate::Accounts::of(newsroom.clone()).caller(TOKEN).await.unwrap();
        assert_eq!(caller.actor.name, "林一舟");
        let cursor = galley_sync::wire::Cursor { newsroom: identity.newsroom, epoch: identity.epoch, n: 0 };
        let request = galley_sync::wire::ChangesRequest { cursor, limit: 10, site: 0, look: None };
        let changes = newsroom.changes(&caller, request).await.unwrap().articles;
        let [galley_sync::wire::Change::Standing(standing)] = changes.as_slice() else {
            panic!("{changes:?}")
        };
        assert_eq!(
            (standing.author.name.as_str(), standing.stage.to_string()),
            ("林一舟", "submitted".to_owned())
        );
        assert!(standing.author_word.is_some(), "the word is given from now on");
        assert_eq!(newsroom.text_of(standing.article).await.unwrap().headline, "桥通车");
        newsroom.check_records().await.unwrap();
    }
}

#[tokio::test]
async fn records_of_a_newer_galley_are_left_as_they_are() {
    let place = tempfile::tempdir().unwrap();
    let file = place.path().join("newsroom.sqlite");
    Newsroom::open(place.path(), Instant(1)).await.unwrap().close().await;
    rusqlite::Connection::open(&file).unwrap().pragma_update(None, "user_version", 99).unwrap();
    let before = std::fs::read(&file).unwrap();
    let error = Newsroom::open(place.path(), Instant(1)).await.err().unwrap();
    assert!(matches!(error, NewsroomError::Storage(StorageError::TooNew { found: 99, .. })), "{error:?}");
    assert_eq!(std::fs::read(&file).unwrap(), before);
    assert_eq!(std::fs::read_dir(place.path()).unwrap().count(), 1, "nothing was set aside");
}

#[tokio::test]
async fn records_that_cannot_be_read_are_set_aside_and_the_last_copy_takes_their_place() {
    type Spoil = fn(&Path);
    let spoilt: [(&str, Spoil); 3] = [
        ("no database", |file| std::fs::write(file, "x".repeat(8192)).unwrap()),
        ("someone else's database", |file| {
            rusqlite::Connection::open(file).unwrap().pragma_update(None, "application_id", 7).unwrap();
        }),
        ("a damaged page", |file| {
            let mut bytes = std::fs::read(file).unwrap();
            bytes[4096..].fill(0x55);
            std::fs::write(file, bytes).unwrap();
        }),
    ];
    for (what, spoil) in spoilt {
        let desk = Desk::new().await;
        desk.publish(article(1), &flood("flood")).await;
        let copy = desk.newsroom.backup_when_due(desk.now()).await.unwrap().unwrap();
        desk.publish(article(2), &flood("later")).await;
        let before = desk.newsroom.identity();
        let files = desk.files();
        desk.newsroom.close().await;
        spoil(&desk.library().join("newsroom.sqlite"));
        let damaged = std::fs::read(desk.library().join("newsroom.sqlite")).unwrap();

        let desk = desk.reopened().await;
        let recovery = desk.newsroom.recovery().unwrap_or_else(|| panic!("{what}: opened")).clone();
        assert_eq!(recovery.restored_from, Some(copy), "{what}");
        assert_eq!(std::fs::read(&recovery.set_aside).unwrap(), damaged, "{what}");
        let after = desk.newsroom.identity();
        assert_eq!(after.newsroom, before.newsroom, "{what}");
        assert_ne!(after.epoch, before.epoch, "{what}: who follows the feed must know");

        // What readers have stays, also what the copy does not know, and can be published again.
        assert!(desk.open_site().await.problem.is_none(), "{what}");
        desk.newsroom.rebuild_site(desk.now()).await.unwrap();
        // A shorter feed may not be worth packing.
        let plain = |files: BTreeMap<String, Vec<u8>>| {
            let is_packed = |path: &String| path.ends_with(".br") || path.ends_with(".gz");
            files.into_keys().filter(|path| !is_packed(path)).collect::<Vec<_>>()
        };
        assert_eq!(plain(desk.files()), plain(files), "{what}");
        assert!(desk.newsroom.authority(article(1)).await.unwrap().is_live, "{what}");
        assert!(!desk.newsroom.authority(article(2)).await.unwrap().is_live, "{what}");
        desk.publish(article(2), &flood("later")).await;

        let desk = desk.reopened().await;
        assert_eq!(desk.newsroom.recovery(), None, "{what}: mended once");
        assert_eq!(desk.newsroom.identity(), after, "{what}");
    }
}

#[tokio::test]
async fn damage_that_shows_later_is_mended_at_the_next_start() {
    let desk = Desk::new().await;
    desk.publish(article(1), &flood("flood")).await;
    desk.newsroom.backup_when_due(desk.now()).await.unwrap().unwrap();
    desk.newsroom.close().await;
    // The revision's own page is damaged; nothing at the start reads it.
    let file = desk.library().join("newsroom.sqlite");
    let records = rusqlite::Connection::open(&file).unwrap();
    let sql = "SELECT rootpage FROM sqlite_schema WHERE name = 'revision'";
    let page: u32 = records.query_row(sql, [], |row| row.get(0)).unwrap();
    let page = page as usize;
    let mut bytes = std::fs::read(&file).unwrap();
    bytes[(page - 1) * 4096..page * 4096].fill(0x55);
    std::fs::write(&file, bytes).unwrap();
    drop(records);

    let desk = desk.reopened().await;
    assert_eq!(desk.newsroom.recovery(), None);
    desk.newsroom.open_site(&desk.site(), desk.photos.clone(), desk.now()).await.unwrap();
    let error = desk.newsroom.rebuild_site(desk.now()).await.unwrap_err();
    assert!(matches!(error, NewsroomError::Storage(StorageError::Damaged(_))), "{error:?}");
    let desk = desk.reopened().await;
    assert!(desk.newsroom.recovery().unwrap().restored_from.is_some());
    desk.open_site().await;
    desk.publish(article(1), &flood("flood")).await;
}

#[tokio::test]
async fn without_a_copy_the_newsroom_begins_anew_and_leaves_the_old_site_alone() {
    let desk = Desk::new().await;
    desk.publish(article(1), &flood("flood")).await;
    let (before, files) = (desk.newsroom.identity(), desk.files());
    desk.newsroom.close().await;
    std::fs::write(desk.library().join("newsroom.sqlite"), "x".repeat(8192)).unwrap();
    let desk = desk.reopened().await;
    assert_eq!(desk.newsroom.recovery().unwrap().restored_from, None);
    assert_ne!(desk.newsroom.identity().newsroom, before.newsroom);
    let opened = desk.newsroom.open_site(&desk.site(), desk.photos.clone(), desk.now()).await;
    assert!(matches!(opened, Err(NewsroomError::Site(SiteError::OtherNewsroom { .. }))), "{opened:?}");
    assert!(desk.files() == files);
}

#[tokio::test]
async fn a_copy_is_made_once_a_day_and_seven_are_kept() {
    let desk = Desk::new().await;
    let copies = |desk: &Desk| {
        let folder = desk.library().join("newsroom-backups");
        let mut names: Vec<_> = std::fs::read_dir(folder)
            .unwrap()
            .map(|entry| entry.unwrap().file_name().into_string().unwrap())
            .collect();
        names.sort();
        names
    };
    let mut made = Vec::new();
    for _ in 0..9 {
        let copy = desk.newsroom.backup_when_due(desk.now()).await.unwrap().unwrap();
        made.push(copy.file_name().unwrap().to_str().unwrap().to_owned());
        desk.minutes_pass(23 * 60);
        assert_eq!(desk.newsroom.backup_when_due(desk.now()).await.unwrap(), None);
        desk.minutes_pass(60);
    }
    assert_eq!(copies(&desk), made[2..]);
}

#[tokio::test]
async fn a_closed_newsroom_answers_that_it_is_closed() {
    let desk = Desk::new().await;
    desk.newsroom.close().await;
    let error = desk.newsroom.settings().await.unwrap_err();
    assert!(matches!(error, NewsroomError::Storage(StorageError::Closed)), "{error:?}");
    assert!(!desk.library().join("newsroom.sqlite-wal").exists(), "the log is folded into the file");
}

#[tokio::test]
async fn a_missing_folder_is_told() {
    let place = tempfile::tempdir().unwrap();
    let error = SqliteStorage::open(&place.path().join("nowhere"), Instant(1)).err().unwrap();
    assert!(matches!(error, StorageError::ReadOnly(_)), "{error:?}");
}

#[tokio::test]
async fn questions_that_readers_wait_for_never_walk_a_whole_table() {
    let desk = Desk::new().await;
    let records = rusqlite::Connection::open(desk.library().join("newsroom.sqlite")).unwrap();
    for sql in crate::storage::questions() {
        let mut plan = records.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let n_params = plan.parameter_count();
        let nothing = rusqlite::params_from_iter(std::iter::repeat_n("", n_params));
        let steps: Vec<String> =
            plan.query_map(nothing, |row| row.get(3)).unwrap().collect::<Result<_, _>>().unwrap();
        for step in &steps {
            assert!(!step.starts_with("SCAN") && !step.contains("TEMP B-TREE"), "{sql}\n{steps:?}");
        }
        // Nor through a whole list, for what is asked of one article or of one page.
        let goes_by = |key: &str| steps.first().is_some_and(|step| step.contains(key));
        let is_of_article = sql.contains("FROM entry WHERE article = ?");
        assert!(!is_of_article || goes_by("(article=?"), "{sql}\n{steps:?}");
        assert!(!sql.contains("AND page = ?") || goes_by("(list=? AND page=?)"), "{sql}\n{steps:?}");
    }
}
