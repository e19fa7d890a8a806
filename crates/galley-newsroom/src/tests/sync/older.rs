//! Records of the version before the last migration, made by its own code and kept as they were.

use std::path::Path;
use std::sync::Arc;

use galley_model::workflow::Stage;
use galley_sync::wire::ContentResult;

use super::super::desk::{Desk, article};
use super::{Person, Room};

/// A room over the records that a version wrote.
async fn room_of(version: u32) -> (tempfile::TempDir, Room) {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/newsrooms");
    let place = tempfile::tempdir().unwrap();
    let old = rusqlite::Connection::open(place.path().join("newsroom.sqlite")).unwrap();
    old.execute_batch(&std::fs::read_to_string(fixtures.join(format!("{version}.sql"))).unwrap()).unwrap();
    let found: u32 = old.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(found, version);
    drop(old);
    let desk = Desk::in_library(place.path(), Arc::default()).await;
    (place, Room { desk, ids: std::sync::atomic::AtomicU64::new(900) })
}

#[tokio::test]
async fn the_version_before_is_brought_forward_with_every_text() {
    let (_place, room) = room_of(7).await;
    let (reporter, editor) = (Person::reporter(), Person::editor());
    // Contested, live, long, approved with a late edit, and deleted.
    let short = "昨日七时，桥下积水约三十厘米，车辆绕行。\n今晨退去。\n";
    let long: String = (0..70).map(|n| format!("第{n}句。")).collect();
    let body = async |n| room.content(article(n)).await.body;
    assert_eq!(body(1).await, "昨日八九点整，桥下积水约三十厘米，车辆绕行。\n今晨退去。\n");
    assert_eq!([body(2).await, body(3).await, body(4).await], [short, long.as_str(), short]);
    assert_eq!(body(5).await, "");
    let texts = room.newsroom().verify_texts().await.unwrap();
    assert_eq!((texts.n_articles, texts.damaged), (4, Vec::new()));
    room.newsroom().check_records().await.unwrap();
    let stages = [room.stage(article(1)).await, room.stage(article(2)).await, room.stage(article(4)).await];
    assert_eq!(stages, [Stage::Submitted, Stage::Approved, Stage::Approved]);
    let late = room.standing(&editor, article(4)).await.late;
    assert_eq!((late.len(), late[0].body.as_str()), (1, short.replace("三十", "五十").as_str()));
    assert_eq!(room.desk.count("SELECT count(*) FROM searched"), 1);
    assert_eq!(room.desk.count("SELECT count(*) FROM text_snapshot"), 1);

    // What was contested stays as it was asked, and people go on writing: nothing says of an older update which change
    // it is part of.
    let before = room.standing(&editor, article(1)).await.contests;
    assert!(!before.is_empty());
    let mut copy = room.copy(article(1), 700).await;
    copy.replace("今晨", "昨夜");
    assert!(matches!(room.send(&reporter, &mut copy).await, ContentResult::Stored { .. }));
    assert_eq!(room.standing(&editor, article(1)).await.contests, before);
}
