//! Whose newsroom a library is, and who is signed in.

use super::*;

/// T29: the newsroom went on to a protocol that this app does not speak.
#[tokio::test]
async fn a_server_that_wants_a_newer_app_stops_the_sync_and_never_the_writing() {
    let dir = tempfile::tempdir().unwrap();
    let newsroom = Newsroom::new();
    let mut writer = Device::signed_in(dir.path(), &newsroom, "林一舟", Vec::new()).await;
    let (article, _) = writer.draft("昨日七时，").await;
    writer.galley.let_drafts_up(vec![article]).await.unwrap();
    writer.sync().await;
    newsroom.want_newer(true);
    writer.types(article, 5, "桥下积水").await;
    writer.sync().await;
    let too_old = Status::Stopped(galley_sync::engine::Problem::TooOld);
    assert_eq!(writer.driver.as_ref().unwrap().status(), too_old);
    // Everything of the writing goes on, over a restart too.
    writer.types(article, 9, "约三十厘米").await;
    writer.crash().await;
    let mut writer = Device::open(dir.path(), &newsroom, 7).await;
    assert_eq!(writer.text(article).await, "昨日七时，桥下积水约三十厘米");
    assert_eq!(newsroom.text(article).unwrap(), "昨日七时，");
    newsroom.want_newer(false);
    writer.sync_through().await;
    assert_eq!(newsroom.text(article).unwrap(), "昨日七时，桥下积水约三十厘米");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_newsrooms_server_is_refused_and_signing_out_keeps_the_text() {
    let laptop = tempfile::tempdir().unwrap();
    let (newsroom, other) = (Newsroom::new(), Newsroom::new());
    let mut reporter = Device::signed_in(laptop.path(), &newsroom, "王记者", Vec::new()).await;
    let (article, _) = reporter.draft("桥").await;
    reporter.galley.let_drafts_up(vec![article]).await.unwrap();
    reporter.sync_through().await;
    reporter.galley.sign_out().await.unwrap();
    assert!(!reporter.galley.account().unwrap().unwrap().signed_in);
    assert_eq!(reporter.text(article).await, "桥");
    reporter.crash().await;
    let mut reporter = Device::open(laptop.path(), &other, 2).await;
    assert_eq!(reporter.sign_in("王记者", Vec::new()).await.unwrap_err().code, ErrorCode::OtherNewsroom);
    assert_eq!(other.requests(), 1, "only who it is was asked");
    reporter.crash().await;
    let mut reporter = Device::open(laptop.path(), &newsroom, 2).await;
    reporter.types(article, 1, "通").await;
    reporter.sign_in("王记者", Vec::new()).await.unwrap();
    reporter.sync_through().await;
    assert_eq!(newsroom.text(article).as_deref(), Some("桥通"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_of_one_person_is_not_taken_for_who_signed_in_since() {
    let dir = tempfile::tempdir().unwrap();
    let newsroom = Newsroom::new();
    let device = Device::signed_in(dir.path(), &newsroom, "林一舟", Vec::new()).await;
    let library = device.galley.library();
    let before = library.account().unwrap().unwrap();
    let former = galley_model::PersonId(uuid::Uuid::from_u128(99));
    let said = galley_sync::wire::You {
        name: "别人".to_owned(),
        roles: vec![galley_model::workflow::Role::EditorInChief],
        policy: galley_model::workflow::Policy::solo().reference(),
        newsroom_name: before.newsroom_name.clone(),
    };
    device.galley.take_word_on_person(Some(former), said.clone()).await.unwrap();
    // Signed in between the look and the commit.
    let late = galley_store::Account { person: former, name: said.name, roles: said.roles, ..before.clone() };
    library.note_person(late).await.unwrap();
    let after = library.account().unwrap().unwrap();
    assert_eq!((after.name, after.roles), (before.name, before.roles));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_newsroom_at_the_address_signs_nobody_out_and_all_goes_up_once_ours_is_back() {
    let laptop = tempfile::tempdir().unwrap();
    let (newsroom, other) = (Newsroom::new(), Newsroom::new());
    let mut reporter = Device::signed_in(laptop.path(), &newsroom, "王记者", Vec::new()).await;
    let (article, _) = reporter.draft("桥").await;
    reporter.galley.let_drafts_up(vec![article]).await.unwrap();
    reporter.sync_through().await;
    let stopped = |device: &Device| {
        let state = device.galley.sync_state();
        (state.state, state.reason, device.galley.account().unwrap().unwrap().signed_in)
    };
    let others = ("stopped".to_owned(), "other_newsroom".to_owned(), true);

    newsroom.trade_places(&other);
    reporter.types(article, 1, "通").await;
    reporter.play(Happening::Changed).await;
    assert_eq!(stopped(&reporter), others);
    let notices = reporter.galley.notices().clone();
    let told = notices.iter().filter(|it| it.code == "sync_stopped").map(|it| it.values["reason"].as_str());
    assert_eq!(told.collect::<Vec<_>>(), ["other_newsroom"]);
    // Over a restart of the app too.
    reporter.crash().await;
    let mut reporter = Device::open(laptop.path(), &newsroom, 3).await;
    assert_eq!(stopped(&reporter), others);
    reporter.types(article, 2, "车").await;
    newsroom.trade_places(&other);
    reporter.sync_through().await;
    assert_eq!(newsroom.text(article).as_deref(), Some("桥通车"));
    assert_eq!(other.text(article), None);

    // What our own newsroom says is taken.
    newsroom.revoke_all();
    reporter.types(article, 3, "了").await;
    reporter.play(Happening::Changed).await;
    assert_eq!(stopped(&reporter), ("signed_out".to_owned(), String::new(), false));
    assert_eq!(reporter.text(article).await, "桥通车了");
}
