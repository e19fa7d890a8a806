//! A newsroom, and a library, that came back from a copy.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_newsroom_that_came_from_a_copy_gets_back_what_it_lacks() {
    let (laptop, desk) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let newsroom = Newsroom::new();
    let mut reporter = Device::signed_in(laptop.path(), &newsroom, "王记者", Vec::new()).await;
    let mut editor = Device::signed_in(desk.path(), &newsroom, "李编辑", Vec::new()).await;
    let (article, _) = reporter.draft("桥").await;
    reporter.galley.let_drafts_up(vec![article]).await.unwrap();
    reporter.sync_through().await;
    let copy = newsroom.copy();
    editor.sync_through().await;
    editor.types(article, 1, "通车").await;
    editor.sync_through().await;
    reporter.sync_through().await;
    reporter.types(article, 3, "了").await;
    reporter.sync_through().await;
    newsroom.restore(copy);
    assert_eq!(newsroom.text(article).as_deref(), Some("桥"));
    // The reporter alone brings back what both wrote.
    reporter.sync_through().await;
    assert_eq!(newsroom.text(article).as_deref(), Some("桥通车了"));
    assert!(newsroom.recovered() > 0);
    editor.sync_through().await;
    assert_eq!(editor.text(article).await, "桥通车了");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_comparison_that_was_cut_off_is_made_again_and_one_that_ended_is_not() {
    let laptop = tempfile::tempdir().unwrap();
    let newsroom = Newsroom::new();
    let mut reporter = Device::signed_in(laptop.path(), &newsroom, "王记者", Vec::new()).await;
    let (article, _) = reporter.draft("桥").await;
    reporter.galley.let_drafts_up(vec![article]).await.unwrap();
    reporter.sync_through().await;
    let copy = newsroom.copy();
    reporter.types(article, 1, "通车了").await;
    reporter.sync_through().await;
    newsroom.restore(copy);
    newsroom.weather(Weather::DeafTo("/versions"));
    reporter.sync().await;
    newsroom.weather(Weather::Fair);
    reporter.sync_through().await;
    assert_eq!(newsroom.text(article).as_deref(), Some("桥通车了"));
    // Were it compared again in each cycle, a deaf way would keep the next words back.
    newsroom.weather(Weather::DeafTo("/versions"));
    reporter.types(article, 4, "。").await;
    reporter.sync().await;
    assert_eq!(newsroom.text(article).as_deref(), Some("桥通车了。"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_library_that_was_rolled_back_sends_what_is_typed_afterwards() {
    let (laptop, kept) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let newsroom = Newsroom::new();
    let mut reporter = Device::signed_in(laptop.path(), &newsroom, "王记者", Vec::new()).await;
    let (article, _) = reporter.draft("一").await;
    reporter.galley.let_drafts_up(vec![article]).await.unwrap();
    reporter.sync_through().await;
    reporter.galley.close().await.unwrap();
    reporter.crash().await;
    copy_folder(laptop.path(), kept.path());
    let mut reporter = Device::open(laptop.path(), &newsroom, 3).await;
    reporter.types(article, 1, "二").await;
    reporter.sync_through().await;
    reporter.crash().await;
    // T10: the disk forgot everything since; T11: the same profile, opened as if on another machine.
    let mut rolled_back = Device::open(kept.path(), &newsroom, 4).await;
    rolled_back.types(article, 0, "零").await;
    rolled_back.galley.submit(article).await.unwrap();
    rolled_back.sync_through().await;
    let mut first = Device::open(laptop.path(), &newsroom, 5).await;
    first.types(article, 0, "负").await;
    first.sync_through().await;
    rolled_back.sync_through().await;
    let text = newsroom.text(article).unwrap();
    let mut letters: Vec<char> = text.chars().collect();
    letters.sort_unstable();
    let mut all = ['一', '二', '零', '负'];
    all.sort_unstable();
    assert_eq!(letters, all, "{text}");
    assert_eq!(rolled_back.text(article).await, text);
    assert_eq!(first.text(article).await, text);
}

fn copy_folder(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy_folder(&entry.path(), &target);
        } else if entry.file_type().unwrap().is_file() {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
