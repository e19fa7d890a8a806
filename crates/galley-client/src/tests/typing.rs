//! The protocol between window and core: nothing doubled, nothing lost, whatever is sent twice or too late.

use std::collections::BTreeMap;

use galley_model::meta::field;

use super::{View, open};
use crate::api::{
    CompareRequest, ErrorCode, FieldsRequest, ListName, ListRequest, PreviewRequest, PushAnswer,
    SearchRequest,
};

async fn body(galley: &crate::Galley, article: galley_model::ArticleId) -> String {
    galley.open_article(article).await.unwrap().body
}

#[tokio::test]
async fn what_was_acknowledged_is_there_after_a_restart_without_a_close() {
    let dir = tempfile::tempdir().unwrap();
    let id = {
        let desk = open(dir.path()).await;
        let article = desk.galley.create_article().await.unwrap();
        let mut view = View::of(&article, "view");
        view.types(&desk.galley, &[(0, 0, "入汛以来，")]).await;
        view.types(&desk.galley, &[(5, 5, "全县降雨偏多。𠮷")]).await;
        desk.galley.save_view(article.id, 3, 40).await.unwrap();
        desk.crash().await;
        article.id
    };
    let desk = open(dir.path()).await;
    let article = desk.galley.open_article(id).await.unwrap();
    assert_eq!(article.body, "入汛以来，全县降雨偏多。𠮷");
    assert_eq!((article.caret, article.scroll), (3, 40));
    assert_eq!(desk.galley.start().await.unwrap().last_article, Some(id));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_judgement_names_as_seen_is_the_very_text_that_it_judges() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path()).await;
    let article = desk.galley.create_article().await.unwrap().id;
    let session = desk.galley.open_session(article).await.unwrap();
    let writing = session.clone();
    let write = move || {
        for _ in 0..2_000 {
            let mut state = writing.state();
            let splice = galley_text::Splice::new(0, 0, "水");
            writing
                .with_document(&mut state, |document| document.edit(std::slice::from_ref(&splice)))
                .unwrap();
        }
    };
    // Each character is one operation: both grow alike, however often they are read.
    let read = async || {
        let now = desk.galley.revision_now(&session, "signed", "").await.unwrap();
        i64::from(now.have.values().sum::<i32>()) - i64::try_from(now.content.body.chars().count()).unwrap()
    };
    let at_first = read().await;
    let writer = tokio::task::spawn_blocking(write);
    while !writer.is_finished() {
        assert_eq!(read().await, at_first);
    }
    writer.await.unwrap();
}

#[tokio::test]
async fn an_update_sent_again_after_a_lost_answer_is_confirmed_and_not_doubled() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path()).await;
    let article = desk.galley.create_article().await.unwrap();
    let mut view = View::of(&article, "view");
    let request = view.request(&[(0, 0, "七")]);
    desk.galley.push_edits(request.clone()).await.unwrap();
    let again = desk.galley.push_edits(request).await.unwrap();
    let PushAnswer::Stale { rev, updates } = again else { panic!("expected what the window has not seen") };
    assert_eq!(rev, article.rev + 1);
    assert_eq!(updates.iter().map(|u| (u.view.as_str(), u.view_seq)).collect::<Vec<_>>(), [("view", 1)]);
    assert_eq!(body(&desk.galley, article.id).await, "七");
}

#[tokio::test]
async fn a_push_on_an_old_revision_changes_nothing_and_is_told_what_it_missed() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path()).await;
    let article = desk.galley.create_article().await.unwrap();
    let (mut one, mut other) = (View::of(&article, "one"), View::of(&article, "other"));
    one.types(&desk.galley, &[(0, 0, "甲")]).await;
    let answer = desk.galley.push_edits(other.request(&[(0, 0, "乙")])).await.unwrap();
    assert!(matches!(answer, PushAnswer::Stale { ref updates, .. } if updates.len() == 1), "{answer:?}");
    assert_eq!(body(&desk.galley, article.id).await, "甲");
}

#[tokio::test]
async fn a_gap_or_an_offset_that_cannot_be_is_refused_and_the_text_stays() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path()).await;
    let article = desk.galley.create_article().await.unwrap();
    let mut view = View::of(&article, "view");
    view.types(&desk.galley, &[(0, 0, "甲𠮷乙")]).await;
    for splices in [[(2, 2, "破")], [(9, 9, "外")], [(3, 1, "反")]] {
        let mut copy = View { name: "view".to_owned(), ..view };
        let refused = desk.galley.push_edits(copy.request(&splices)).await.unwrap_err();
        assert_eq!(refused.code, ErrorCode::OutOfStep, "{splices:?}");
    }
    view.next += 1;
    let refused = desk.galley.push_edits(view.request(&[(0, 0, "缺")])).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::OutOfStep);
    assert_eq!(body(&desk.galley, article.id).await, "甲𠮷乙");
}

#[tokio::test]
async fn a_field_being_typed_survives_a_crash_and_becomes_one_fact() {
    let dir = tempfile::tempdir().unwrap();
    let fields = |text: &str| BTreeMap::from([(field::HEADLINE.to_owned(), text.to_owned())]);
    let id = {
        let desk = open(dir.path()).await;
        let article = desk.galley.create_article().await.unwrap().id;
        desk.galley.draft_fields(FieldsRequest { article, fields: fields("秋粮") }).await.unwrap();
        desk.galley.draft_fields(FieldsRequest { article, fields: fields("秋粮收购") }).await.unwrap();
        desk.crash().await;
        article
    };
    let desk = open(dir.path()).await;
    let article = desk.galley.open_article(id).await.unwrap();
    assert_eq!(article.meta.get(field::HEADLINE).map(String::as_str), Some("秋粮收购"));
    desk.galley.close().await.unwrap();
    desk.crash().await;
    let desk = open(dir.path()).await;
    let list = ListRequest { list: ListName::Drafts, offset: 0, limit: 50 };
    let rows = desk.galley.list_articles(list).await.unwrap().rows;
    assert!(rows.iter().any(|row| row.id == id && row.headline == "秋粮收购"), "{rows:?}");
}

#[tokio::test]
async fn a_composition_cut_off_by_a_crash_is_offered_again() {
    let dir = tempfile::tempdir().unwrap();
    let id = {
        let desk = open(dir.path()).await;
        let article = desk.galley.create_article().await.unwrap().id;
        desk.galley.draft_composition(article, "xin wen".to_owned()).await.unwrap();
        desk.crash().await;
        article
    };
    let desk = open(dir.path()).await;
    assert_eq!(desk.galley.open_article(id).await.unwrap().unfinished_composition, "xin wen");
}

#[tokio::test]
async fn a_restore_is_a_new_edit_that_windows_receive_and_history_keeps_what_was_replaced() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path()).await;
    let article = desk.galley.create_article().await.unwrap();
    let mut view = View::of(&article, "view");
    view.types(&desk.galley, &[(0, 0, "第一稿写了三十厘米。")]).await;
    let first = desk.galley.name_revision(article.id, "初稿".to_owned()).await.unwrap();
    view.types(&desk.galley, &[(5, 7, "五十")]).await;
    let compared = desk
        .galley
        .compare(CompareRequest { article: article.id, from: Some(first.id), to: None })
        .await
        .unwrap();
    let runs: Vec<_> = compared.body.iter().map(|run| (run.kind.as_str(), run.text.as_str())).collect();
    assert_eq!(
        runs,
        [("same", "第一稿写了"), ("deleted", "三"), ("inserted", "五"), ("same", "十厘米。")],
        "only what changed is marked"
    );
    let restored = desk.galley.restore(article.id, first.id).await.unwrap();
    assert_eq!(restored.body, "第一稿写了三十厘米。");
    assert!(restored.rev > view.rev, "windows must take part in the change");
    let reasons: Vec<_> =
        desk.galley.revisions(article.id).await.unwrap().into_iter().map(|row| row.reason).collect();
    assert_eq!(reasons, ["restore", "named"]);
}

#[tokio::test]
async fn the_preview_follows_the_text_and_says_only_what_changed() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path()).await;
    let article = desk.galley.create_article().await.unwrap();
    let mut view = View::of(&article, "view");
    view.types(&desk.galley, &[(0, 0, "第一段。\n\n第二段。\n\n第三段。")]).await;
    let ask = |have| PreviewRequest {
        article: article.id,
        view: String::new(),
        view_seq: 0,
        have,
        correction: None,
    };
    // The time on the page of an unpublished article is that of looking, to the minute.
    let minute = || crate::clock::now().0 / 60_000;
    let begun = minute();
    let whole = desk.galley.preview(ask(0)).await.unwrap();
    assert!(whole.page.as_deref().is_some_and(|page| page.contains("第二段。")));
    view.types(&desk.galley, &[(6, 8, "二大")]).await;
    let changed = desk.galley.preview(ask(whole.version)).await.unwrap();
    let patch = changed.patch.clone().expect("one block changed");
    assert_eq!((patch.at, patch.remove, patch.insert.len()), (1, 1, 1), "{patch:?}");
    assert!(changed.page.is_none() && changed.foot.is_none(), "{changed:?}");
    assert!(changed.head.is_none() || begun != minute(), "{changed:?}");
    assert_ne!(changed.page_hash, whole.page_hash);
    let same = desk.galley.preview(ask(changed.version)).await.unwrap();
    assert!(same.patch.is_none() && same.page.is_none());
}

#[tokio::test]
async fn what_was_typed_is_found_by_one_and_by_two_characters() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path()).await;
    let article = desk.galley.create_article().await.unwrap();
    let mut view = View::of(&article, "view");
    view.types(&desk.galley, &[(0, 0, "老街夜市重新开张，Nightmarket 首晚客流过万。")]).await;
    desk.galley.close_article(article.id).await.unwrap();
    for query in ["夜市", "夜", "nightm", "客流过万"] {
        let request = SearchRequest { query: query.to_owned(), offset: 0, limit: 20 };
        let found = desk.galley.search_articles(request).await.unwrap();
        assert!(found.rows.iter().any(|row| row.id == article.id), "{query}");
    }
}
