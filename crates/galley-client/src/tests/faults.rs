//! Faults below the window: the answer is clear, the text is kept, and the work goes on when the fault ends.

use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Command, Stdio};

use galley_model::ArticleId;

use super::{View, open, try_open};
use crate::api::{ErrorCode, PreviewRequest, PushAnswer};

const CHILD_DIR: &str = "GALLEY_FULL_DISK_DIR";
const CHILD_ARTICLE: &str = "GALLEY_FULL_DISK_ARTICLE";

#[tokio::test]
async fn a_panic_of_the_engine_while_typing_loses_nothing() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path()).await;
    let article = desk.galley.create_article().await.unwrap();
    let mut view = View::of(&article, "view");
    view.types(&desk.galley, &[(0, 0, "入汛以来，")]).await;
    let session = desk.galley.open_session(article.id).await.unwrap();
    for call in 0..3 {
        session.state().document.panic_in_next_call();
        let at = 5 + call;
        view.types(&desk.galley, &[(at, at, "雨")]).await;
    }
    session.state().document.panic_in_next_call();
    let ask =
        PreviewRequest { article: article.id, view: String::new(), view_seq: 0, have: 0, correction: None };
    let preview = desk.galley.preview(ask).await.unwrap();
    assert!(preview.page.unwrap().contains("入汛以来，雨雨雨"));
    assert_eq!(desk.galley.open_article(article.id).await.unwrap().body, "入汛以来，雨雨雨");
}

#[tokio::test]
async fn a_second_galley_on_the_library_is_told_and_the_first_is_raised() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path()).await;
    let refused = try_open(dir.path()).await.err().unwrap();
    assert_eq!(refused.code, ErrorCode::LibraryInUse);
    assert!(desk.events.lock().unwrap().iter().any(|event| event.name() == "raise"));
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_and_the_text_stays() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path()).await;
    let article = desk.galley.create_article().await.unwrap();
    let mut view = View::of(&article, "view");
    view.types(&desk.galley, &[(0, 0, "甲")]).await;
    let huge = "字".repeat(5 * 1024 * 1024 / 3);
    let refused = desk.galley.push_edits(view.request(&[(1, 1, &huge)])).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::TooLong);
    assert_eq!(refused.values.get("field").map(String::as_str), Some("body"));
    assert_eq!(desk.galley.open_article(article.id).await.unwrap().body, "甲");
}

#[tokio::test]
async fn a_long_chinese_paste_within_the_limit_is_taken_and_so_is_one_over_the_whole_text() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path()).await;
    let article = desk.galley.create_article().await.unwrap();
    let mut view = View::of(&article, "view");
    let long = "汛".repeat(150_000);
    view.types(&desk.galley, &[(0, 0, &long)]).await;
    let other = "旱".repeat(199_000);
    view.types(&desk.galley, &[(0, 150_000, &other)]).await;
    assert!(desk.galley.open_article(article.id).await.unwrap().body == other);
}

#[tokio::test]
async fn a_photo_that_is_none_is_refused_with_the_reason() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path()).await;
    let article = desk.galley.create_article().await.unwrap().id;
    let heic = [b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".as_slice(), &[0; 64]].concat();
    let cases = [
        (heic, ErrorCode::PhotoFormat),
        (b"<html>not a photo</html>".to_vec(), ErrorCode::PhotoUnreadable),
        (b"\xFF\xD8\xFF\xE0 cut off".to_vec(), ErrorCode::PhotoUnreadable),
    ];
    for (bytes, code) in cases {
        let refused = desk.galley.add_photo(article, "IMG_1.JPG".to_owned(), bytes).await.unwrap_err();
        assert_eq!(refused.code, code);
    }
    assert!(
        desk.galley.open_article(article).await.unwrap().meta.keys().all(|key| !key.starts_with("photo/"))
    );
}

/// Not a test of its own: the process whose files may not grow. Without its environment it has nothing to do.
#[tokio::test]
async fn writer_of_the_full_disk_test() {
    let Ok(dir) = std::env::var(CHILD_DIR) else { return };
    let article: ArticleId = std::env::var(CHILD_ARTICLE).unwrap().parse().unwrap();
    let desk = open(Path::new(&dir)).await;
    let opened = desk.galley.open_article(article).await.unwrap();
    let mut view = View::of(&opened, "view");
    let mut stdout = std::io::stdout();
    writeln!(stdout, "ready").unwrap();
    let mut go = String::new();
    std::io::stdin().read_line(&mut go).unwrap();
    let (mut typed, mut refused) = (0, None);
    while refused.is_none() {
        let request = view.request(&[(typed, typed, "汛")]);
        typed += 1;
        match desk.galley.push_edits(request.clone()).await {
            Ok(PushAnswer::Accepted { rev, .. }) => view.rev = rev,
            Ok(stale) => panic!("{stale:?}"),
            Err(error) => refused = Some((request, error)),
        }
    }
    let (request, error) = refused.unwrap();
    assert_eq!((error.code, error.retry), (ErrorCode::DiskFull, true), "{error:?}");
    let again = desk.galley.push_edits(request.clone()).await.unwrap_err();
    assert_eq!(again.code, ErrorCode::DiskFull, "still no room, and still no acknowledgement");
    let leaving = desk.galley.close().await.unwrap_err();
    assert_eq!(leaving.code, ErrorCode::DiskFull, "nobody leaves with words that are not on the disk");
    writeln!(stdout, "full after {typed}").unwrap();
    std::io::stdin().read_line(&mut go).unwrap();
    let now = desk.galley.push_edits(request).await.unwrap();
    assert!(matches!(now, PushAnswer::Stale { ref updates, .. } if !updates.is_empty()), "{now:?}");
    writeln!(stdout, "saved {typed}").unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn typing_on_a_full_disk_is_not_acknowledged_and_goes_on_when_there_is_room() {
    let dir = tempfile::tempdir().unwrap();
    let article = {
        let desk = open(dir.path()).await;
        let article = desk.galley.create_article().await.unwrap().id;
        desk.galley.close().await.unwrap();
        desk.crash().await;
        article
    };
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "tests::faults::writer_of_the_full_disk_test", "--nocapture", "--test-threads=1"])
        .env(CHILD_DIR, dir.path())
        .env(CHILD_ARTICLE, article.to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut until = |word: &str| {
        let mut said = lines.by_ref().map(Result::unwrap);
        said.find_map(|line| line.rsplit_once(word).map(|(_, rest)| rest.trim().to_owned()))
            .unwrap_or_else(|| panic!("the writer ended before it said {word:?}"))
    };
    until("ready");
    // No file may grow beyond what the journal reaches within a few hundred keys.
    limit(child.id(), "262144");
    stdin.write_all(b"go\n").unwrap();
    let typed: usize = until("full after ").parse().unwrap();
    limit(child.id(), "unlimited");
    stdin.write_all(b"go\n").unwrap();
    until("saved ");
    assert!(child.wait().unwrap().success());
    let desk = open(dir.path()).await;
    let body = desk.galley.open_article(article).await.unwrap().body;
    assert_eq!(body, "汛".repeat(typed), "each key once, the refused one too");
}

#[cfg(target_os = "linux")]
fn limit(process: u32, bytes: &str) {
    let set = Command::new("prlimit")
        .args(["--pid", &process.to_string(), &format!("--fsize={bytes}:unlimited")])
        .status();
    assert!(set.unwrap().success());
}
