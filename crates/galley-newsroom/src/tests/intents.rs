//! Each wish is answered exactly once.

use galley_model::Content;
use galley_model::workflow::{Actor, Publication, ReasonCode, Role};

use super::desk::{Desk, article, flood, refused};
use crate::{Ask, NewsroomError};

const REVISIONS: &str = "SELECT count(*) FROM revision";
const SIGN_OFFS: &str = "SELECT count(*) FROM sign_off";
const INTENTS: &str = "SELECT count(*) FROM intent";

#[tokio::test]
async fn an_intent_that_is_sent_again_is_answered_and_not_done_again() {
    let desk = Desk::new().await;
    let (id, content) = (article(1), flood("flood"));
    let seen = desk.previewed(id, &content).await;
    let ask = desk.ask(id);
    let first = desk.newsroom.publish(&ask, &content, seen).await.unwrap();
    let files = desk.files();
    for minutes in [0, 60] {
        desk.minutes_pass(minutes);
        let late = Ask { at: desk.now(), ..ask.clone() };
        assert_eq!(desk.newsroom.publish(&late, &content, seen).await.unwrap(), first);
    }
    assert_eq!((desk.count(REVISIONS), desk.count(SIGN_OFFS), desk.count(INTENTS)), (1, 1, 1));
    assert_eq!(desk.files(), files);

    let down = desk.ask(id);
    desk.newsroom.take_down(&down, "失实").await.unwrap();
    desk.newsroom.put_back(&desk.ask(id)).await.unwrap();
    // The take-down's answer arrives late and is asked for again: the page stays.
    let said = desk.newsroom.take_down(&down, "失实").await.unwrap();
    assert_eq!(said.publication, Publication::Live);
    assert_eq!(desk.files(), files);
}

#[tokio::test]
async fn the_same_intent_sent_eight_times_at_once_has_one_effect() {
    let desk = Desk::new().await;
    let (id, content) = (article(1), flood("flood"));
    let seen = desk.previewed(id, &content).await;
    let ask = desk.ask(id);
    let mut tries = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let (newsroom, ask, content) = (desk.newsroom.clone(), ask.clone(), content.clone());
        tries.spawn(async move { newsroom.publish(&ask, &content, seen).await });
    }
    while let Some(tried) = tries.join_next().await {
        tried.unwrap().unwrap();
    }
    assert_eq!((desk.count(REVISIONS), desk.count(SIGN_OFFS), desk.count(INTENTS)), (1, 1, 1));
    assert_eq!(desk.newsroom.authority(id).await.unwrap().publication, Publication::Live);
    assert_eq!(desk.article_files(), ["flood.html".to_owned()].into());
}

#[tokio::test]
async fn two_articles_that_want_one_address_at_once_get_one_each() {
    let desk = Desk::new().await;
    let content = flood("flood");
    let mut tries = tokio::task::JoinSet::new();
    for n in 1..=6 {
        let seen = desk.previewed(article(n), &content).await;
        let (newsroom, ask, content) = (desk.newsroom.clone(), desk.ask(article(n)), content.clone());
        tries.spawn(async move { newsroom.publish(&ask, &content, seen).await });
    }
    let (mut live, mut taken) = (0, 0);
    while let Some(tried) = tries.join_next().await {
        match tried.unwrap() {
            Ok(_) => live += 1,
            refusal => {
                assert_eq!(refused(refusal), [ReasonCode::SlugTaken]);
                taken += 1;
            }
        }
    }
    assert_eq!((live, taken), (1, 5));
}

#[tokio::test]
async fn a_refusal_stays_under_its_id_and_a_new_press_is_a_new_question() {
    let desk = Desk::new().await;
    let id = article(1);
    let unready = Content { headline: String::new(), ..flood("flood") };
    let seen = desk.previewed(id, &unready).await;
    let ask = desk.ask(id);
    for _ in 0..2 {
        let result = desk.newsroom.publish(&ask, &unready, seen).await;
        assert_eq!(refused(result), [ReasonCode::HeadlineMissing]);
    }
    assert_eq!(desk.count(INTENTS), 1);
    desk.publish(id, &flood("flood")).await;
}

#[tokio::test]
async fn answers_are_known_in_the_next_run() {
    let desk = Desk::new().await;
    let (id, content) = (article(1), flood("flood"));
    let seen = desk.previewed(id, &content).await;
    let ask = desk.ask(id);
    let first = desk.newsroom.publish(&ask, &content, seen).await.unwrap();
    let desk = desk.reopened().await;
    // Known before the site is even opened.
    assert_eq!(desk.newsroom.publish(&ask, &content, seen).await.unwrap(), first);
    assert_eq!(desk.count(REVISIONS), 1);
}

#[tokio::test]
async fn an_id_stands_for_one_question() {
    let desk = Desk::new().await;
    let (id, content) = (article(1), flood("flood"));
    let ask = desk.ask(id);
    desk.newsroom.assign_responsible_editor(&ask, "李编辑").await.unwrap();
    let seen = desk.previewed(id, &content).await;
    let reused = [
        desk.newsroom.publish(&ask, &content, seen).await,
        desk.newsroom.assign_responsible_editor(&ask, "赵编辑").await,
        desk.newsroom.assign_responsible_editor(&Ask { article: article(2), ..ask.clone() }, "李编辑").await,
    ];
    for result in reused {
        assert!(matches!(result, Err(NewsroomError::IntentReused)), "{result:?}");
    }
    assert_eq!(desk.newsroom.authority(id).await.unwrap().responsible_editor, "李编辑");
}

#[tokio::test]
async fn a_responsible_editor_is_assigned_replaced_and_taken_away() {
    let desk = Desk::new().await;
    let id = article(1);
    for name in ["李编辑", "赵编辑", ""] {
        let said = desk.newsroom.assign_responsible_editor(&desk.ask(id), name).await.unwrap();
        assert_eq!(said.responsible_editor, name);
    }
    let result = desk.newsroom.assign_responsible_editor(&desk.ask(id), "李\n编辑").await;
    assert_eq!(refused(result), [ReasonCode::NameInvalid]);
}

#[tokio::test]
async fn who_may_only_read_changes_nothing() {
    let desk = Desk::new().await;
    let id = article(1);
    let observer = Actor { roles: [Role::Observer].into(), ..desk.newsroom.local_actor("督查员") };
    let ask = |desk: &Desk| Ask { actor: observer.clone(), ..desk.ask(id) };
    let content = flood("flood");
    let seen = desk.previewed(id, &content).await;
    assert_eq!(refused(desk.newsroom.publish(&ask(&desk), &content, seen).await), [ReasonCode::NotPermitted]);
    let result = desk.newsroom.assign_responsible_editor(&ask(&desk), "李编辑").await;
    assert_eq!(refused(result), [ReasonCode::NotPermitted]);
    desk.publish(id, &content).await;
    let result = desk.newsroom.take_down(&ask(&desk), "失实").await;
    assert_eq!(refused(result), [ReasonCode::NotPermitted]);
    assert!(desk.page("articles/flood.html").is_some());
}
