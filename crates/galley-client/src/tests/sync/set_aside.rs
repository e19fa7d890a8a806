//! Texts that cannot go the plain way: refused, late, and of a forked peer.

use super::*;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_that_is_refused_keeps_nobody_else_back() {
    let laptop = tempfile::tempdir().unwrap();
    let newsroom = Newsroom::new();
    let mut reporter = Device::signed_in(laptop.path(), &newsroom, "王记者", Vec::new()).await;
    let (bad, _) = reporter.draft("坏").await;
    let (good, _) = reporter.draft("好").await;
    newsroom.refuse(bad);
    reporter.galley.let_drafts_up(vec![bad, good]).await.unwrap();
    reporter.galley.submit(bad).await.unwrap();
    reporter.galley.submit(good).await.unwrap();
    reporter.sync_through().await;
    assert_eq!(newsroom.text(good).as_deref(), Some("好"));
    assert_eq!((newsroom.submitted(bad), newsroom.submitted(good)), (0, 1));
    let refused: Vec<_> =
        reporter.galley.outbox(0, 50).unwrap().into_iter().filter(|row| row.state == "refused").collect();
    assert_eq!(refused.len(), 2, "{refused:?}");
    assert_eq!(reporter.galley.standing(bad).unwrap().upload, "stuck");
    newsroom.refuse(ArticleId(uuid::Uuid::nil()));
    reporter.galley.retry(bad).await.unwrap();
    reporter.sync_through().await;
    assert_eq!(newsroom.text(bad).as_deref(), Some("坏"));
}

/// More of them than one request holds, each sent behind the other.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn texts_that_are_put_off_are_passed_over_until_the_next_cycle() {
    let laptop = tempfile::tempdir().unwrap();
    let newsroom = Newsroom::new();
    let mut reporter = Device::signed_in(laptop.path(), &newsroom, "王记者", Vec::new()).await;
    let mut drafts = Vec::new();
    for n in 0..9 {
        drafts.push(reporter.draft(&format!("第{n}篇")).await.0);
    }
    let (odd, good) = (&drafts[..7], &drafts[7..]);
    newsroom.is_puzzled_by(odd);
    reporter.galley.let_drafts_up(drafts.clone()).await.unwrap();
    let before = newsroom.requests();
    reporter.sync().await;
    assert!(newsroom.requests() - before < 3 * drafts.len(), "{}", newsroom.requests() - before);
    assert!(good.iter().all(|article| newsroom.text(*article).is_some()));
    assert!(odd.iter().all(|article| newsroom.text(*article).is_none()));
    newsroom.is_puzzled_by(&[]);
    reporter.sync_through().await;
    assert!(odd.iter().all(|article| newsroom.text(*article).is_some()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_text_becomes_a_private_draft_and_the_article_is_the_servers() {
    let laptop = tempfile::tempdir().unwrap();
    let newsroom = Newsroom::new();
    let mut reporter = Device::signed_in(laptop.path(), &newsroom, "王记者", Vec::new()).await;
    let (article, _) = reporter.draft("五十厘米").await;
    reporter.galley.let_drafts_up(vec![article]).await.unwrap();
    reporter.sync_through().await;
    newsroom.approve(article);
    reporter.types(article, 4, "，又改").await;
    reporter.sync_through().await;
    assert_eq!(reporter.text(article).await, "五十厘米");
    assert_eq!(newsroom.text(article).as_deref(), Some("五十厘米"));
    let list = crate::api::ListRequest { list: crate::api::ListName::Drafts, offset: 0, limit: 50 };
    let rows = reporter.galley.list_articles(list).await.unwrap().rows;
    let copies: Vec<_> = rows
        .iter()
        .filter(|row| reporter.galley.standing(row.id).unwrap().copy_of == Some(article))
        .collect();
    assert_eq!(copies.len(), 1);
    assert_eq!(reporter.text(copies[0].id).await, "五十厘米，又改");
    assert_eq!(reporter.galley.standing(copies[0].id).unwrap().upload, "private");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_late_text_waits_for_the_servers_and_no_wish_waits_for_it() {
    let laptop = tempfile::tempdir().unwrap();
    let newsroom = Newsroom::new();
    let mut reporter = Device::signed_in(laptop.path(), &newsroom, "王记者", Vec::new()).await;
    let (article, _) = reporter.draft("五十厘米").await;
    reporter.galley.let_drafts_up(vec![article]).await.unwrap();
    reporter.sync_through().await;
    newsroom.approve(article);
    reporter.types(article, 4, "，又改").await;
    reporter.galley.submit(article).await.unwrap();
    newsroom.give_updates(false);
    reporter.sync().await;
    assert_eq!(reporter.text(article).await, "五十厘米，又改");
    let waits = |reporter: &Device| {
        reporter.galley.outbox(0, 50).unwrap().iter().filter(|row| row.state == "waiting").count()
    };
    assert_eq!(waits(&reporter), 2, "the text and the wish");
    newsroom.give_updates(true);
    reporter.sync_through().await;
    assert_eq!(reporter.text(article).await, "五十厘米");
    assert_eq!(waits(&reporter), 0, "what made way is waited for by nobody");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forked_peer_is_left_and_no_text_is_lost() {
    let laptop = tempfile::tempdir().unwrap();
    let newsroom = Newsroom::new();
    let mut reporter = Device::signed_in(laptop.path(), &newsroom, "王记者", Vec::new()).await;
    let (article, _) = reporter.draft("昨日七时，桥通车。").await;
    reporter.galley.let_drafts_up(vec![article]).await.unwrap();
    reporter.sync_through().await;
    newsroom.fork_next(article);
    reporter.types(article, 2, "早上").await;
    reporter.types(article, 11, "又讯").await;
    reporter.sync_through().await;
    let text = reporter.text(article).await;
    assert_eq!(newsroom.text(article).as_deref(), Some(text.as_str()));
    assert!(text.contains("早上") && text.contains("又讯") && text.matches("昨日").count() == 1, "{text}");
    assert_eq!(reporter.galley.library().quarantined().unwrap().len(), 1, "what was here is kept");
}
