//! The newsroom is cut off between any two steps, and mended at the next start.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;

use galley_model::workflow::{CorrectionKind, CorrectionNote, IntentId, Publication};
use galley_model::{ArticleId, Content, Sha256};
use uuid::Uuid;

use super::Stop;
use super::desk::{Desk, add_photo, article, files_below, flood};
use crate::{ArticleAuthority, Ask, Newsroom, NewsroomError};

/// Everything that may be asked of the article under test, which stands between two others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Press {
    Publish,
    PublishAgain,
    TakeDown,
    PutBack,
    Correct,
    Retract,
}

const STEPS: [&str; 14] = [
    "decided",
    "recorded",
    "asset",
    "media",
    "page",
    "page written",
    "page recorded",
    "list",
    "remove",
    "page removed",
    "take-down recorded",
    "notice written",
    "retraction recorded",
    "frame written",
];

const PRESSES: [Press; 6] =
    [Press::Publish, Press::PublishAgain, Press::TakeDown, Press::PutBack, Press::Correct, Press::Retract];

fn note(press: Press) -> Option<CorrectionNote> {
    let text = "水位应为 27.4 米。".to_owned();
    (press == Press::Correct).then_some(CorrectionNote { kind: CorrectionKind::Correction, text })
}

fn under_test() -> ArticleId {
    article(2)
}

/// The article before and after its edit; the second shows another photo.
fn content(press: Press) -> Content {
    let mut content = flood("flood");
    match press {
        Press::PublishAgain => add_photo(&mut content, 2, Sha256::of(b"river")),
        _ => add_photo(&mut content, 1, Sha256::of(b"bridge")),
    }
    if press == Press::PublishAgain {
        content.headline = "汛情解除".to_owned();
    }
    content
}

/// A desk at the moment before the press.
async fn desk_before(press: Press) -> Desk {
    let desk = Desk::new().await;
    desk.photos.add(b"bridge");
    desk.photos.add(b"river");
    desk.publish(article(1), &flood("first")).await;
    if press != Press::Publish {
        desk.publish(under_test(), &content(Press::Publish)).await;
    }
    desk.publish(article(3), &flood("third")).await;
    if press == Press::PutBack {
        desk.newsroom.take_down(&desk.ask(under_test()), "失实").await.unwrap();
    }
    desk
}

async fn do_press(
    newsroom: &Newsroom,
    press: Press,
    ask: &Ask,
    seen: Sha256,
) -> Result<ArticleAuthority, NewsroomError> {
    match press {
        Press::Publish | Press::PublishAgain | Press::Correct => {
            newsroom.publish_with(ask, &content(press), seen, note(press)).await
        }
        Press::Retract => newsroom.retract(ask, "失实", "本文内容失实，现予撤回。").await,
        Press::TakeDown => newsroom.take_down(ask, "失实").await,
        Press::PutBack => newsroom.put_back(ask).await,
    }
}

/// What readers and the window have in the end.
type End = (ArticleAuthority, BTreeMap<String, Vec<u8>>);

async fn end(desk: &Desk) -> End {
    (desk.newsroom.authority(under_test()).await.unwrap(), pages(desk))
}

/// The site without its marker, which differs from newsroom to newsroom.
fn pages(desk: &Desk) -> BTreeMap<String, Vec<u8>> {
    let mut files = desk.files();
    assert!(files.remove(".galley-site").is_some());
    files
}

async fn undisturbed(press: Press) -> End {
    let desk = desk_before(press).await;
    let seen = desk.previewed_with(under_test(), &content(press), note(press).as_ref()).await;
    do_press(&desk.newsroom, press, &desk.ask(under_test()), seen).await.unwrap();
    end(&desk).await
}

#[tokio::test]
async fn cut_off_at_any_step_the_next_start_ends_as_if_nothing_had_happened() {
    let mut reached = BTreeMap::new();
    for press in PRESSES {
        let expected = undisturbed(press).await;
        for step in STEPS {
            let desk = desk_before(press).await;
            let seen = desk.previewed_with(under_test(), &content(press), note(press).as_ref()).await;
            let ask = desk.ask(under_test());
            desk.newsroom.0.stop_at.set(Some(Stop::CutOff(step)));
            let Err(error) = do_press(&desk.newsroom, press, &ask, seen).await else { continue };
            assert!(matches!(error, NewsroomError::CutOff), "{press:?} at {step}: {error:?}");
            *reached.entry(press as u8).or_insert(0) += 1;

            let desk = desk.reopened().await;
            desk.open_site().await;
            if step != "decided" {
                assert!(pages(&desk) == expected.1, "{press:?} at {step}: readers wait for a second press");
            }
            // The window never heard an answer and sends the same intent again.
            do_press(&desk.newsroom, press, &ask, seen).await.unwrap();
            let ended = end(&desk).await;
            assert_eq!(ended.0, expected.0, "{press:?} at {step}");
            assert!(ended.1 == expected.1, "{press:?} at {step}: {:?}", ended.1.keys());
            assert_eq!(desk.count("SELECT count(*) FROM job"), 0, "{press:?} at {step}");
        }
    }
    // Each press passes the steps that are its own; publishing again also removes the photo it dropped.
    assert_eq!(reached, BTreeMap::from([(0, 9), (1, 10), (2, 9), (3, 9), (4, 9), (5, 9)]));
}

#[tokio::test]
async fn cut_off_twice_at_the_same_step_it_still_ends_well() {
    for step in STEPS {
        let expected = undisturbed(Press::Publish).await;
        let desk = desk_before(Press::Publish).await;
        let seen = desk.previewed(under_test(), &content(Press::Publish)).await;
        let ask = desk.ask(under_test());
        desk.newsroom.0.stop_at.set(Some(Stop::CutOff(step)));
        if do_press(&desk.newsroom, Press::Publish, &ask, seen).await.is_ok() {
            continue;
        }
        let desk = desk.reopened().await;
        desk.newsroom.0.stop_at.set(Some(Stop::CutOff(step)));
        drop(desk.newsroom.open_site(&desk.site(), desk.photos.clone(), desk.now()).await);
        let desk = desk.reopened().await;
        desk.open_site().await;
        do_press(&desk.newsroom, Press::Publish, &ask, seen).await.unwrap();
        let ended = end(&desk).await;
        assert_eq!(ended.0, expected.0, "{step}");
        assert!(ended.1 == expected.1, "{step}");
    }
}

/// Where a child process is told what to do; absent in every other run of this binary.
const CHILD_STEP: &str = "GALLEY_TEST_ABORT_AT";
const CHILD_LIBRARY: &str = "GALLEY_TEST_LIBRARY";

/// Runs in the child: publishes and aborts at the step it was told.
#[tokio::test]
async fn the_child_of_the_kill_test_publishes_until_it_dies() {
    let (Ok(step), Ok(library)) = (std::env::var(CHILD_STEP), std::env::var(CHILD_LIBRARY)) else { return };
    let step = STEPS.into_iter().find(|known| *known == step).unwrap();
    let desk = Desk::in_library(library.as_ref(), Arc::default()).await;
    desk.photos.add(b"bridge");
    desk.open_site().await;
    let seen = desk.previewed(under_test(), &content(Press::Publish)).await;
    desk.newsroom.0.stop_at.set(Some(Stop::Abort(step)));
    let ask = Ask { intent: IntentId(Uuid::from_u128(77)), ..desk.ask(under_test()) };
    drop(do_press(&desk.newsroom, Press::Publish, &ask, seen).await);
}

#[tokio::test]
async fn killed_at_any_step_the_next_start_has_exactly_one_page() {
    let mut killed = 0;
    for step in STEPS {
        let place = tempfile::tempdir().unwrap();
        let child = Command::new(std::env::current_exe().unwrap())
            .args([
                "--exact",
                "tests::faults::the_child_of_the_kill_test_publishes_until_it_dies",
                "--nocapture",
            ])
            .env(CHILD_STEP, step)
            .env(CHILD_LIBRARY, place.path())
            .output()
            .unwrap();
        if child.status.success() {
            continue;
        }
        killed += 1;
        let desk = Desk::in_library(place.path(), Arc::default()).await;
        desk.photos.add(b"bridge");
        desk.open_site().await;
        let seen = desk.previewed(under_test(), &content(Press::Publish)).await;
        let ask = Ask { intent: IntentId(Uuid::from_u128(77)), ..desk.ask(under_test()) };
        let ended = do_press(&desk.newsroom, Press::Publish, &ask, seen).await.unwrap();
        assert_eq!(ended.publication, Publication::Live, "{step}");
        let files = files_below(&place.path().join("site"));
        let pages: Vec<&String> =
            files.keys().filter(|path| path.starts_with("articles/") && path.ends_with(".html")).collect();
        assert_eq!(pages, ["articles/flood.html"], "{step}");
        assert!(files.keys().all(|path| !path.contains("galley-tmp")), "{step}: {:?}", files.keys());
        assert_eq!(desk.count("SELECT count(*) FROM revision"), 1, "{step}");
        assert_eq!(desk.count("SELECT count(*) FROM job"), 0, "{step}");
        let home = desk.page("index.html").unwrap();
        assert_eq!(home.matches("<a href=\"/articles/flood.html\"").count().min(1), 1, "{step}");
    }
    assert_eq!(killed, 9, "the child died at every step of a publication");
}

#[tokio::test]
async fn a_rebuild_that_was_cut_off_goes_on_where_it_was() {
    let desk = Desk::new().await;
    for n in 1..=8 {
        desk.publish(article(n), &flood(&format!("flood-{n}"))).await;
    }
    let expected = desk.files();
    std::fs::remove_dir_all(desk.site()).unwrap();
    desk.newsroom.0.stop_at.set(Some(Stop::CutOff("pages written")));
    assert!(matches!(desk.newsroom.rebuild_site(desk.now()).await, Err(NewsroomError::CutOff)));
    let desk = desk.reopened().await;
    let report = desk.open_site().await;
    assert!(report.work_waits);
    assert!(desk.files() == expected);
}
