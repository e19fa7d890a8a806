//! What is said to readers about an article that was wrong: corrections in its page, and a notice in its place.

use galley_model::workflow::{CorrectionKind, CorrectionNote, ItemStatus, Publication, ReasonCode};
use galley_model::{ArticleId, Content};

use super::desk::{Desk, article, flood, refused};
use crate::{ArticleAuthority, Ask, NewsroomError};

const NOTE: &str = "水位应为 27.4 米。";
const NOTICE: &str = "本文内容失实，现予撤回，向读者致歉。";

/// What a page tells search engines.
fn json_ld(page: &str) -> serde_json::Value {
    let (_, rest) = page.split_once("<script type=\"application/ld+json\">").unwrap();
    serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
}

async fn retract(desk: &Desk, ask: &Ask) -> Result<ArticleAuthority, NewsroomError> {
    desk.newsroom.retract(ask, "来函查实", NOTICE).await
}

#[tokio::test]
async fn a_correction_stands_with_its_article_wherever_readers_and_machines_find_it() {
    let desk = Desk::new().await;
    let published = desk.publish(article(1), &flood("flood")).await;
    desk.publish(article(2), &flood("other")).await;
    let edited = Content { body: "水位 27.4 米。\n".to_owned(), ..flood("flood") };
    let said = desk.correct(article(1), &edited, NOTE).await.unwrap();
    assert_eq!((said.publication, said.corrections.len()), (Publication::Live, 1));
    assert_eq!(said.published_at, published.published_at);
    assert_eq!(said.modified_at, Some(said.corrections[0].at));
    for path in ["articles/flood.html", "corrections.html", "corrections/1.html", "feed.xml", "feed.json"] {
        assert!(desk.page(path).unwrap().contains(NOTE), "{path}");
    }
    let graph = json_ld(&desk.page("articles/flood.html").unwrap());
    let correction = &graph["@graph"][0]["correction"][0];
    assert_eq!(correction["text"], NOTE);
    assert_eq!(correction["datePublished"], graph["@graph"][0]["dateModified"]);
    // It stays when the article is published again, and is said once.
    desk.publish(article(1), &edited).await;
    assert_eq!(
        desk.page("articles/flood.html").unwrap().matches(NOTE).count(),
        2,
        "on the page and in its JSON-LD"
    );
    // While nobody can read the article, nobody is sent there.
    desk.newsroom.take_down(&desk.ask(article(1)), "核实").await.unwrap();
    assert!(!desk.page("corrections.html").unwrap().contains(NOTE));
    desk.newsroom.put_back(&desk.ask(article(1))).await.unwrap();
    assert!(desk.page("corrections.html").unwrap().contains(NOTE));
}

#[tokio::test]
async fn the_page_that_was_previewed_with_the_note_is_the_one_that_is_published() {
    let desk = Desk::new().await;
    desk.publish(article(1), &flood("flood")).await;
    let note = CorrectionNote { kind: CorrectionKind::Clarification, text: NOTE.to_owned() };
    let without = desk.previewed(article(1), &flood("flood")).await;
    let ask = desk.ask(article(1));
    let result = desk.newsroom.publish_with(&ask, &flood("flood"), without, Some(note.clone())).await;
    assert_eq!(refused(result), [ReasonCode::PageChanged]);
    let seen = desk.previewed_with(article(1), &flood("flood"), Some(&note)).await;
    let ask = desk.ask(article(1));
    desk.newsroom.publish_with(&ask, &flood("flood"), seen, Some(note.clone())).await.unwrap();
    // The same press heard twice says it once; with another note it is another question.
    desk.newsroom.publish_with(&ask, &flood("flood"), seen, Some(note)).await.unwrap();
    assert_eq!(desk.count("SELECT count(*) FROM correction"), 1);
    let other = desk.newsroom.publish(&ask, &flood("flood"), seen).await;
    assert!(matches!(other, Err(NewsroomError::IntentReused)), "{other:?}");
}

#[tokio::test]
async fn a_note_without_words_or_without_readers_is_refused() {
    let desk = Desk::new().await;
    assert_eq!(refused(desk.correct(article(1), &flood("flood"), NOTE).await), [ReasonCode::NotLive]);
    desk.publish(article(1), &flood("flood")).await;
    assert_eq!(
        refused(desk.correct(article(1), &flood("flood"), " ").await),
        [ReasonCode::CorrectionMissing]
    );
    assert_eq!(desk.count("SELECT count(*) FROM correction"), 0);
}

/// The files that name an article or lead to it.
fn naming(desk: &Desk, slug: &str) -> Vec<String> {
    let name = format!("/articles/{slug}.");
    let files = desk.files().into_iter();
    files.filter(|(_, bytes)| String::from_utf8_lossy(bytes).contains(&name)).map(|(path, _)| path).collect()
}

async fn check_retracted(desk: &Desk, id: ArticleId) {
    let said = desk.newsroom.authority(id).await.unwrap();
    assert_eq!(
        (said.publication, said.item_status, said.is_live),
        (Publication::Retracted, ItemStatus::Canceled, false)
    );
    let page = desk.page("articles/flood.html").unwrap();
    assert!(page.contains(NOTICE) && page.contains("汛期通报") && !page.contains("来函查实"));
    assert!(!page.contains("县水务局昨日通报"));
    let ninjs: serde_json::Value =
        serde_json::from_str(&desk.page("articles/flood.ninjs.json").unwrap()).unwrap();
    assert_eq!(ninjs["pubStatus"], "canceled");
    // Its own address aside, only the corrections name it.
    let expected =
        ["articles/flood.html", "articles/flood.ninjs.json", "corrections.html", "corrections/1.html"];
    let named = naming(desk, "flood");
    assert!(named.iter().all(|path| expected.contains(&path.as_str())), "{named:?}");
    let corrections = desk.page("corrections.html").unwrap();
    assert!(corrections.contains(NOTICE));
    let entry = corrections.split("<li").find(|entry| entry.contains(NOTICE)).unwrap();
    assert!(entry.contains(">声明撤稿</span>") && !entry.contains(">更正</span>"), "{entry}");
    for result in [
        desk.try_publish(id, &flood("flood")).await,
        desk.newsroom.put_back(&desk.ask(id)).await,
        retract(desk, &desk.ask(id)).await,
    ] {
        assert_eq!(refused(result), [ReasonCode::Canceled]);
    }
    assert_eq!(refused(desk.newsroom.take_down(&desk.ask(id), "再撤").await), [ReasonCode::NotLive]);
}

#[tokio::test]
async fn a_retracted_article_leaves_a_notice_at_its_address_and_everything_else() {
    for was_down in [false, true] {
        let desk = Desk::new().await;
        desk.publish(article(2), &flood("other")).await;
        desk.publish(article(1), &flood("flood")).await;
        desk.correct(article(1), &flood("flood"), NOTE).await.unwrap();
        if was_down {
            desk.newsroom.take_down(&desk.ask(article(1)), "核实").await.unwrap();
        }
        retract(&desk, &desk.ask(article(1))).await.unwrap();
        check_retracted(&desk, article(1)).await;
        assert!(
            desk.page("corrections.html").unwrap().contains(NOTE),
            "what was corrected before stays on record"
        );
        let (before, reopened) = (desk.files(), desk.reopened().await);
        reopened.open_site().await;
        reopened.newsroom.rebuild_site(reopened.now()).await.unwrap();
        assert!(reopened.files() == before);
    }
}

#[tokio::test]
async fn a_retraction_in_the_millisecond_of_a_correction_is_told_beside_it() {
    let desk = Desk::new().await;
    desk.publish(article(1), &flood("flood")).await;
    let corrected = desk.correct(article(1), &flood("flood"), NOTE).await.unwrap().corrections.remove(0);
    retract(&desk, &Ask { at: corrected.at, ..desk.ask(article(1)) }).await.unwrap();
    let page = desk.page("corrections.html").unwrap();
    let (notice, note) = (page.find(NOTICE).unwrap(), page.find(NOTE).unwrap());
    assert!(notice < note, "the retraction came last");
    assert!(desk.page("corrections/1.html").unwrap().contains(NOTICE));
}

#[tokio::test]
async fn what_was_never_published_is_not_retracted_and_a_notice_is_not_empty() {
    let desk = Desk::new().await;
    assert_eq!(refused(retract(&desk, &desk.ask(article(1))).await), [ReasonCode::NotLive]);
    desk.publish(article(1), &flood("flood")).await;
    let result = desk.newsroom.retract(&desk.ask(article(1)), " ", "\n").await;
    assert_eq!(refused(result), [ReasonCode::ReasonMissing, ReasonCode::NoticeMissing]);
    assert!(desk.newsroom.authority(article(1)).await.unwrap().is_live);
}
