//! Judgements that came too late are kept as opinions, and the text that was judged is kept beside every judgement.

use galley_model::workflow::{IntentKind, NoEffect, Outcome, Policy, ReasonCode, Role, Stage, Verdict};
use galley_model::{ArticleId, content_hash};
use galley_sync::wire::ContentResult;

use super::{Copy, Person, Room, codes};

/// A judgement of what a copy says, as a device makes it off line.
async fn off_line(room: &Room, copy: &Copy, verdict: Verdict, stage: u8) -> IntentKind {
    let content = copy.document.content().unwrap();
    IntentKind::SignOff {
        content_hash: content_hash(&content),
        page_hash: Some(room.desk.previewed(copy.article, &content).await),
        verdict,
        comment: "可以".to_owned(),
        stage: Some(Stage::Review(stage)),
        offline: true,
    }
}

/// In review, claimed by the editor; with the editor's own copy of it.
async fn in_review(room: &Room, reporter: &Person, editor: &Person) -> (Copy, Copy) {
    let copy = room.draft(reporter, 1).await;
    room.submit(reporter, copy.article).await;
    Room::accepted(room.wish(editor, copy.article, IntentKind::Claim).await);
    let theirs = room.copy(copy.article, 50).await;
    (copy, theirs)
}

async fn opinions(room: &Room, reader: &Person, article: ArticleId) -> Vec<(String, NoEffect)> {
    let kept = room.standing(reader, article).await.opinions;
    kept.into_iter().map(|kept| (kept.record.name, kept.why)).collect()
}

#[tokio::test]
async fn a_signature_of_an_older_text_is_kept_with_that_text_and_can_be_given_again() {
    let room = Room::new().await;
    let (reporter, editor) = (Person::reporter(), Person::editor());
    let (mut copy, seen) = in_review(&room, &reporter, &editor).await;
    let judged = off_line(&room, &seen, Verdict::Adopt, 1).await;
    copy.replace("三十", "五十");
    assert!(matches!(room.send(&reporter, &mut copy).await, ContentResult::Stored { .. }));
    let outcome = room.judges(&editor, copy.article, judged.clone(), &seen).await;
    assert!(matches!(outcome, Outcome::Stale { .. }), "{outcome:?}");
    assert_eq!(codes(&outcome)[0], ReasonCode::ContentChanged);
    let standing = room.standing(&reporter, copy.article).await;
    assert_eq!((standing.stage, standing.sign_offs.len()), (Stage::Review(1), 0), "it signs nothing");
    let [kept] = standing.opinions.as_slice() else { panic!("{:?}", standing.opinions) };
    assert_eq!(kept.why, NoEffect::ContentChanged);
    let record = &kept.record;
    assert_eq!((record.name.as_str(), record.role), ("李编辑", Role::ResponsibleEditor));
    assert_eq!((record.stage, record.offline), (Stage::Review(1), true));
    // What the difference is shown from.
    let newsroom = room.newsroom();
    let text =
        newsroom.judged_text(&editor.caller, copy.article, record.content_hash).await.unwrap().unwrap();
    assert!(text.body.contains("三十") && !text.body.contains("五十"), "{}", text.body);
    assert_eq!((text.revision, text.meta["headline"].as_str()), (record.revision, "桥通车"));
    // Pressed twice, it is one opinion.
    room.judges(&editor, copy.article, judged, &seen).await;
    assert_eq!(room.standing(&reporter, copy.article).await.opinions.len(), 1);
    let again = off_line(&room, &room.copy(copy.article, 51).await, Verdict::Adopt, 1).await;
    Room::accepted(room.judges(&editor, copy.article, again, &room.copy(copy.article, 51).await).await);
    let standing = room.standing(&reporter, copy.article).await;
    assert_eq!(
        (standing.stage, standing.opinions.len()),
        (Stage::Approved, 1),
        "the opinion stays on record"
    );
}

#[tokio::test]
async fn every_signature_names_the_text_that_it_judged() {
    let room = Room::new().await;
    let (reporter, editor, stranger) = (Person::reporter(), Person::editor(), Person::colleague());
    let copy = room.approved(&reporter, &editor, 1).await;
    let signed = room.standing(&reporter, copy.article).await.sign_offs.remove(0);
    let read = |who: &Person| {
        let (newsroom, caller) = (room.newsroom().clone(), who.caller.clone());
        async move { newsroom.judged_text(&caller, copy.article, signed.content_hash).await.unwrap() }
    };
    let text = read(&reporter).await.unwrap();
    assert_eq!(text.revision, signed.revision);
    assert_eq!(galley_model::Content::from_parts(&text.body, &text.meta), room.content(copy.article).await);
    assert!(read(&stranger).await.is_none(), "not for the eyes of who may not read the article");
    // Two judgements of one text name one text.
    let hold = room.judgement(copy.article, Verdict::Hold).await;
    Room::accepted(room.wish(&editor, copy.article, hold).await);
    assert_eq!(room.desk.count("SELECT count(*) FROM judged_text"), 1);
}

#[tokio::test]
async fn what_happened_meanwhile_is_why_a_judgement_has_no_effect() {
    type Meanwhile = (Verdict, NoEffect, Stage);
    let cases: [Meanwhile; 4] = [
        (Verdict::Adopt, NoEffect::Passed, Stage::Approved),
        (Verdict::Return, NoEffect::Returned, Stage::Returned),
        (Verdict::Reject, NoEffect::Spiked, Stage::Spiked),
        (Verdict::Hold, NoEffect::Passed, Stage::Held),
    ];
    for (by_chief, why, stage) in cases {
        let room = Room::new().await;
        let (reporter, editor, chief) = (Person::reporter(), Person::editor(), Person::chief());
        let (copy, seen) = in_review(&room, &reporter, &editor).await;
        let judged = off_line(&room, &seen, Verdict::Adopt, 1).await;
        let first = off_line(&room, &seen, by_chief, 1).await;
        Room::accepted(room.judges(&chief, copy.article, first, &seen).await);
        let outcome = room.judges(&editor, copy.article, judged, &seen).await;
        assert_eq!(codes(&outcome), [ReasonCode::WrongStage], "{why:?}");
        assert_eq!(opinions(&room, &reporter, copy.article).await, [("李编辑".to_owned(), why)]);
        assert_eq!(room.stage(copy.article).await, stage, "{why:?}: nothing moved");
        assert_eq!(room.desk.count("SELECT count(*) FROM sign_off"), 1, "{why:?}");
    }
}

#[tokio::test]
async fn what_was_retracted_meanwhile_stays_so() {
    let room = Room::new().await;
    let (reporter, editor, chief) = (Person::reporter(), Person::editor(), Person::chief());
    let copy = room.approved(&reporter, &editor, 1).await;
    let seen = room.copy(copy.article, 50).await;
    let judged = off_line(&room, &seen, Verdict::Return, 1).await;
    let publication = room.publication(copy.article).await;
    Room::accepted(room.wish(&chief, copy.article, publication).await);
    let retract =
        IntentKind::Retract { reason: "失实".to_owned(), notice: "本文已撤回。".to_owned() };
    Room::accepted(room.wish(&chief, copy.article, retract).await);
    assert!(room.judges(&editor, copy.article, judged, &seen).await != Outcome::Accepted);
    assert_eq!(opinions(&room, &reporter, copy.article).await, [("李编辑".to_owned(), NoEffect::Retracted)]);
}

#[tokio::test]
async fn what_its_author_took_back_keeps_the_opinion_of_who_judged_it() {
    let room = Room::new().await;
    let (reporter, editor) = (Person::reporter(), Person::editor());
    let copy = room.draft(&reporter, 1).await;
    room.submit(&reporter, copy.article).await;
    let seen = room.copy(copy.article, 50).await;
    let judged = off_line(&room, &seen, Verdict::Adopt, 1).await;
    Room::accepted(room.wish(&reporter, copy.article, IntentKind::Withdraw).await);
    let outcome = room.judges(&editor, copy.article, judged, &seen).await;
    assert_eq!(codes(&outcome), [ReasonCode::NoSuchArticle], "and is told nothing of what it is now");
    assert_eq!(opinions(&room, &reporter, copy.article).await, [("李编辑".to_owned(), NoEffect::Returned)]);
    assert_eq!(room.stage(copy.article).await, Stage::Draft);
    // Somebody who never could read it learns nothing.
    let claim = room.wish(&editor, copy.article, IntentKind::Claim).await;
    assert_eq!(codes(&claim), [ReasonCode::NoSuchArticle]);
}

#[tokio::test]
async fn nobody_heaps_up_opinions_on_an_article() {
    let room = Room::new().await;
    let (reporter, editor) = (Person::reporter(), Person::editor());
    let (mut copy, seen) = in_review(&room, &reporter, &editor).await;
    let judged = off_line(&room, &seen, Verdict::Adopt, 1).await;
    copy.replace("三十", "五十");
    room.send(&reporter, &mut copy).await;
    for n in 0..20 {
        let mut another = judged.clone();
        if let IntentKind::SignOff { comment, .. } = &mut another {
            *comment = format!("第{n}次");
        }
        assert!(matches!(room.judges(&editor, copy.article, another, &seen).await, Outcome::Stale { .. }));
    }
    assert_eq!(opinions(&room, &reporter, copy.article).await.len(), 16);
}

#[tokio::test]
async fn a_judgement_of_one_stage_is_never_taken_for_the_next() {
    let room = Room::new().await;
    let newsroom = room.newsroom();
    newsroom.set_new_policy(Policy::three_reviews().reference(), room.desk.now()).await.unwrap();
    let (reporter, editor) = (Person::reporter(), Person::editor());
    let both = Person::new(7, "周主任", &[Role::ResponsibleEditor, Role::DeskEditor]);
    let (copy, seen) = in_review(&room, &reporter, &editor).await;
    let judged = off_line(&room, &seen, Verdict::Advance, 1).await;
    Room::accepted(room.judges(&editor, copy.article, judged.clone(), &seen).await);
    // Of the first review, by somebody who may judge the second one too.
    let outcome = room.judges(&both, copy.article, judged, &seen).await;
    assert_eq!(codes(&outcome), [ReasonCode::WrongStage]);
    assert_eq!(room.stage(copy.article).await, Stage::Review(2));
    assert_eq!(opinions(&room, &reporter, copy.article).await, [("周主任".to_owned(), NoEffect::Passed)]);
}

#[tokio::test]
async fn who_could_not_have_judged_it_leaves_no_opinion() {
    let room = Room::new().await;
    let (reporter, editor) = (Person::reporter(), Person::editor());
    let (mut copy, seen) = in_review(&room, &reporter, &editor).await;
    copy.replace("三十", "五十");
    room.send(&reporter, &mut copy).await;
    let judged = off_line(&room, &seen, Verdict::Adopt, 1).await;
    let proofreader = Person::new(8, "钱校对", &[Role::Proofreader]);
    for person in [&reporter, &proofreader] {
        assert!(room.judges(person, copy.article, judged.clone(), &seen).await != Outcome::Accepted);
    }
    // A return that says nothing could not have been given.
    let mut mute = off_line(&room, &seen, Verdict::Return, 1).await;
    if let IntentKind::SignOff { comment, .. } = &mut mute {
        comment.clear();
    }
    assert!(room.judges(&editor, copy.article, mute, &seen).await != Outcome::Accepted);
    assert!(opinions(&room, &reporter, copy.article).await.is_empty());
}

#[tokio::test]
async fn a_version_that_does_not_say_what_was_judged_is_not_kept_as_it() {
    let room = Room::new().await;
    let (reporter, editor) = (Person::reporter(), Person::editor());
    let (mut copy, seen) = in_review(&room, &reporter, &editor).await;
    let mut own = room.copy(copy.article, 60).await;
    own.replace("今晨", "昨夜");
    let judged = off_line(&room, &own, Verdict::Adopt, 1).await;
    copy.replace("三十", "五十");
    room.send(&reporter, &mut copy).await;
    // The text that was judged never arrived; another version is named.
    assert!(matches!(room.judges(&editor, copy.article, judged, &seen).await, Outcome::Stale { .. }));
    let kept = room.standing(&reporter, copy.article).await.opinions.remove(0);
    let text = room.newsroom().judged_text(&editor.caller, copy.article, kept.record.content_hash).await;
    assert_eq!(text.unwrap(), None);
}
