use uuid::Uuid;

use super::*;
use crate::id::{ArticleId, RevisionId};
use crate::time::Instant;
use crate::workflow::{Method, NoEffect, SignOffId};

const AUTHOR: u128 = 1;
const CO_AUTHOR: u128 = 2;
const EDITOR: u128 = 3;
const CHIEF: u128 = 4;

fn person(n: u128) -> PersonId {
    PersonId(Uuid::from_u128(n))
}

fn hash(text: &str) -> Sha256 {
    Sha256::of(text.as_bytes())
}

fn actor(n: u128, roles: &[Role]) -> Actor {
    Actor { person: person(n), name: format!("{n}"), roles: roles.iter().copied().collect() }
}

fn reporter() -> Actor {
    actor(AUTHOR, &[Role::Reporter, Role::ResponsibleEditor])
}

fn editor() -> Actor {
    actor(EDITOR, &[Role::ResponsibleEditor])
}

fn signed(n: u128, stage: u8, verdict: Verdict, content: &str, page: Option<&str>) -> SignOff {
    SignOff {
        id: SignOffId(Uuid::from_u128(9)),
        article: ArticleId(Uuid::from_u128(9)),
        stage: Stage::Review(stage),
        policy: Policy::two_eyes().reference(),
        revision: RevisionId(Uuid::from_u128(9)),
        content_hash: hash(content),
        page_hash: page.map(hash),
        verdict,
        comment: String::new(),
        person: person(n),
        name: String::new(),
        role: Role::ResponsibleEditor,
        on_behalf_of: None,
        method: Method::App,
        outside_approver: None,
        evidence: None,
        device: String::new(),
        client_time: Instant(1),
        server_time: Instant(1),
        offline: false,
    }
}

/// A case that a test bends.
struct Bench {
    actor: Actor,
    policy: Policy,
    stage: Stage,
    co_authors: BTreeSet<PersonId>,
    claimed_by: Option<PersonId>,
    sign_offs: Vec<SignOff>,
    n_contests: usize,
    was_handed_in: bool,
    is_live: bool,
}

impl Bench {
    fn new(actor: Actor, stage: Stage) -> Self {
        Self {
            actor,
            policy: Policy::two_eyes(),
            stage,
            co_authors: [person(CO_AUTHOR)].into(),
            claimed_by: None,
            sign_offs: Vec::new(),
            n_contests: 0,
            was_handed_in: stage != Stage::Draft,
            is_live: false,
        }
    }

    fn case(&self) -> ReviewCase<'_> {
        ReviewCase {
            actor: &self.actor,
            policy: &self.policy,
            stage: self.stage,
            item_status: ItemStatus::Usable,
            author: person(AUTHOR),
            co_authors: &self.co_authors,
            claimed_by: self.claimed_by.map(|holder| (holder, "李编辑")),
            sign_offs: &self.sign_offs,
            content_hash: hash("content"),
            n_contests: self.n_contests,
            was_handed_in: self.was_handed_in,
            is_live: self.is_live,
        }
    }
}

#[track_caller]
fn check(found: Vec<Finding>, expected: &[ReasonCode]) {
    let codes: Vec<_> = found.into_iter().map(|finding| finding.reason.code).collect();
    assert_eq!(codes, expected);
}

fn adopt() -> Judgement<'static> {
    Judgement {
        content_hash: hash("content"),
        page_hash: Some(hash("page")),
        verdict: Verdict::Adopt,
        comment: "",
        stage: None,
    }
}

use ReasonCode::*;

#[test]
fn who_reads_and_who_writes() {
    use Writing::{Hidden, Late, Merges};
    let observer = || actor(5, &[Role::Observer]);
    let colleague = || actor(6, &[Role::Reporter]);
    let co_author = || actor(CO_AUTHOR, &[Role::Contributor]);
    let table = [
        (Stage::Draft, [Merges, Merges, Hidden, Hidden, Hidden]),
        (Stage::Submitted, [Merges, Merges, Merges, Late, Hidden]),
        (Stage::Review(1), [Merges, Merges, Merges, Late, Hidden]),
        (Stage::Returned, [Merges, Merges, Merges, Late, Hidden]),
        (Stage::Approved, [Late, Late, Merges, Late, Hidden]),
        (Stage::Held, [Late, Late, Merges, Late, Hidden]),
        (Stage::Spiked, [Late, Late, Late, Late, Hidden]),
    ];
    for (stage, expected) in table {
        let people = [reporter(), co_author(), editor(), observer(), colleague()];
        for (actor, expected) in people.into_iter().zip(expected) {
            let bench = Bench::new(actor, stage);
            assert_eq!(bench.case().writing(), expected, "{stage} {:?}", bench.actor);
            assert_eq!(bench.case().may_read(), expected != Hidden);
        }
    }
    let mut solo = Bench::new(reporter(), Stage::Approved);
    solo.policy = Policy::solo();
    assert_eq!(solo.case().writing(), Merges, "alone, nobody waits for anybody");
}

#[test]
fn submitting() {
    let of = |bench: &Bench| submit_findings(&bench.case(), &[]);
    for (stage, expected) in [
        (Stage::Draft, &[][..]),
        (Stage::Returned, &[]),
        (Stage::Submitted, &[WrongStage]),
        (Stage::Review(1), &[WrongStage]),
        (Stage::Approved, &[WrongStage]),
        (Stage::Spiked, &[WrongStage]),
    ] {
        check(of(&Bench::new(reporter(), stage)), expected);
    }
    check(of(&Bench::new(actor(CO_AUTHOR, &[Role::Reporter]), Stage::Draft)), &[NotPermitted]);
    let mut solo = Bench::new(reporter(), Stage::Draft);
    solo.policy = Policy::solo();
    check(of(&solo), &[WrongStage]);
}

#[test]
fn what_an_article_lacks_keeps_it_from_being_handed_in() {
    let problem = |code: &'static str, hard: bool| Problem {
        code,
        field: "headline".to_owned(),
        hard,
        values: Default::default(),
    };
    let bench = Bench::new(reporter(), Stage::Draft);
    let of = |problems: &[Problem]| submit_findings(&bench.case(), problems);
    check(of(&[problem("too_long", true), problem("body_empty", true)]), &[TooLong, BodyMissing]);
    check(
        of(&[problem("headline_missing", true), problem("slug_reserved", true)]),
        &[HeadlineMissing, SlugInvalid],
    );
    check(of(&[problem("long", false), problem("section_missing", false)]), &[]);
    check(of(&[problem("embargoed", true), problem("responsible_editor_missing", true)]), &[]);
    check(of(&[problem("something_new", true)]), &[NotApproved]);
}

#[test]
fn withdrawing() {
    let mut bench = Bench::new(reporter(), Stage::Submitted);
    check(withdraw_findings(&bench.case()), &[]);
    bench.claimed_by = Some(person(EDITOR));
    check(withdraw_findings(&bench.case()), &[Claimed]);
    check(withdraw_findings(&Bench::new(editor(), Stage::Submitted).case()), &[NotPermitted]);
    check(withdraw_findings(&Bench::new(reporter(), Stage::Draft).case()), &[WrongStage]);
}

#[test]
fn claiming_and_releasing() {
    for (actor, stage, expected) in [
        (editor(), Stage::Submitted, &[][..]),
        (editor(), Stage::Review(1), &[]),
        (editor(), Stage::Draft, &[WrongStage]),
        (editor(), Stage::Approved, &[WrongStage]),
        (reporter(), Stage::Submitted, &[OwnArticle]),
        (actor(CO_AUTHOR, &[Role::DeskEditor]), Stage::Submitted, &[OwnArticle]),
        (actor(6, &[Role::Reporter]), Stage::Submitted, &[NotPermitted]),
    ] {
        check(claim_findings(&Bench::new(actor, stage).case()), expected);
    }
    for (actor, expected) in [
        (editor(), &[][..]),
        (actor(6, &[Role::ResponsibleEditor]), &[Claimed]),
        (actor(CHIEF, &[Role::EditorInChief]), &[]),
    ] {
        let mut bench = Bench::new(actor, Stage::Review(1));
        bench.claimed_by = Some(person(EDITOR));
        check(claim_findings(&bench.case()), expected);
        check(release_findings(&bench.case()), expected);
    }
    check(release_findings(&Bench::new(editor(), Stage::Review(1)).case()), &[WrongStage]);
}

#[test]
fn signing_off_under_two_eyes() {
    let of = |bench: &Bench, judged: Judgement<'_>| sign_off_findings(&bench.case(), &judged, hash("page"));
    let judged = |verdict, comment| Judgement { verdict, comment, ..adopt() };
    let reviewed = || Bench::new(editor(), Stage::Review(1));
    check(of(&reviewed(), adopt()), &[]);
    check(of(&reviewed(), judged(Verdict::Advance, "")), &[WrongStage]);
    check(of(&reviewed(), judged(Verdict::Hold, "")), &[]);
    check(of(&reviewed(), judged(Verdict::Return, "导语不清")), &[]);
    check(of(&reviewed(), judged(Verdict::Return, " ")), &[CommentMissing]);
    check(of(&reviewed(), judged(Verdict::Reject, "")), &[CommentMissing]);
    check(of(&reviewed(), Judgement { content_hash: hash("other"), ..adopt() }), &[ContentChanged]);
    check(of(&reviewed(), Judgement { page_hash: Some(hash("other")), ..adopt() }), &[PageChanged]);
    check(of(&reviewed(), Judgement { page_hash: None, ..adopt() }), &[PageChanged]);
    let (long, longest) = ("长".repeat(2_001), "长".repeat(2_000));
    check(of(&reviewed(), judged(Verdict::Return, &long)), &[TooLong]);
    check(of(&reviewed(), judged(Verdict::Return, &longest)), &[]);
    let mut contested = reviewed();
    contested.n_contests = 2;
    check(of(&contested, adopt()), &[ContestOpen]);
    check(of(&contested, judged(Verdict::Return, "请先定稿")), &[]);
    check(of(&Bench::new(reporter(), Stage::Review(1)), adopt()), &[OwnArticle]);
    check(
        of(&Bench::new(actor(CO_AUTHOR, &[Role::EditorInChief]), Stage::Review(1)), adopt()),
        &[OwnArticle],
    );
    check(of(&Bench::new(actor(6, &[Role::Publisher]), Stage::Review(1)), adopt()), &[NotPermitted]);
    for stage in [Stage::Draft, Stage::Submitted, Stage::Approved, Stage::Returned, Stage::Spiked] {
        check(of(&Bench::new(editor(), stage), adopt()), &[WrongStage]);
    }
    check(of(&Bench::new(editor(), Stage::Held), adopt()), &[]);
    check(of(&Bench::new(editor(), Stage::Approved), judged(Verdict::Return, "有误")), &[]);
    check(of(&Bench::new(editor(), Stage::Approved), judged(Verdict::Reject, "有误")), &[WrongStage]);
}

#[test]
fn holding_and_resuming() {
    let hold = |bench: &Bench| {
        let judged = Judgement { verdict: Verdict::Hold, page_hash: None, ..adopt() };
        sign_off_findings(&bench.case(), &judged, hash("page"))
    };
    check(hold(&Bench::new(editor(), Stage::Approved)), &[]);
    check(hold(&Bench { is_live: true, ..Bench::new(editor(), Stage::Approved) }), &[WrongStage]);
    check(hold(&Bench::new(editor(), Stage::Held)), &[WrongStage]);
    check(hold(&Bench::new(editor(), Stage::Submitted)), &[WrongStage]);
    check(hold(&Bench::new(reporter(), Stage::Approved)), &[OwnArticle]);
    // The stage is the server's to say.
    for (stage, claimed) in [
        (Stage::Review(1), Stage::Approved),
        (Stage::Review(1), Stage::Held),
        (Stage::Approved, Stage::Review(1)),
        (Stage::Approved, Stage::Submitted),
    ] {
        let judged = Judgement { verdict: Verdict::Hold, stage: Some(claimed), ..adopt() };
        let bench = Bench::new(editor(), stage);
        check(sign_off_findings(&bench.case(), &judged, hash("page")), &[WrongStage]);
    }
    let resume = |bench: &Bench| resume_findings(&bench.case());
    check(resume(&Bench::new(editor(), Stage::Held)), &[]);
    check(resume(&Bench::new(actor(CHIEF, &[Role::DeskEditor]), Stage::Held)), &[]);
    check(resume(&Bench::new(reporter(), Stage::Held)), &[OwnArticle]);
    check(resume(&Bench::new(actor(6, &[Role::Publisher]), Stage::Held)), &[NotPermitted]);
    check(resume(&Bench::new(editor(), Stage::Approved)), &[WrongStage]);
    // The record of the hold says where it came from.
    let mut held = Bench::new(editor(), Stage::Held);
    assert_eq!(stage_after_resume(&held.case()), Stage::Review(1));
    held.sign_offs = vec![signed(EDITOR, 1, Verdict::Adopt, "content", Some("page"))];
    let record = signed(EDITOR, 1, Verdict::Hold, "content", None);
    held.sign_offs.push(SignOff { stage: Stage::Approved, ..record });
    assert_eq!(stage_after_resume(&held.case()), Stage::Approved);
}

#[test]
fn what_waits_for_whose_judgement() {
    for (actor, stage, expected) in [
        (editor(), Stage::Submitted, true),
        (editor(), Stage::Review(1), true),
        (editor(), Stage::Held, false),
        (editor(), Stage::Approved, false),
        (reporter(), Stage::Submitted, false),
        (actor(CO_AUTHOR, &[Role::EditorInChief]), Stage::Submitted, false),
        (actor(6, &[Role::Observer]), Stage::Review(1), false),
    ] {
        let bench = Bench::new(actor, stage);
        assert_eq!(bench.case().may_judge_now(), expected, "{stage} {:?}", bench.actor);
    }
    let first = signed(EDITOR, 1, Verdict::Advance, "content", None);
    let all = [Role::ResponsibleEditor, Role::DeskEditor];
    let second = |n| Bench {
        policy: Policy::three_reviews(),
        sign_offs: vec![first.clone()],
        ..Bench::new(actor(n, &all), Stage::Review(2))
    };
    assert!(!second(EDITOR).case().may_judge_now(), "who judged before");
    assert!(second(CHIEF).case().may_judge_now());
}

#[test]
fn signing_off_under_three_reviews() {
    let bench = |actor: Actor, stage: u8, sign_offs: &[SignOff]| Bench {
        policy: Policy::three_reviews(),
        sign_offs: sign_offs.to_vec(),
        ..Bench::new(actor, Stage::Review(stage))
    };
    let of = |bench: &Bench, verdict| {
        sign_off_findings(&bench.case(), &Judgement { verdict, ..adopt() }, hash("page"))
    };
    let all = [Role::ResponsibleEditor, Role::DeskEditor, Role::EditorInChief];
    check(of(&bench(editor(), 1, &[]), Verdict::Advance), &[]);
    check(of(&bench(editor(), 1, &[]), Verdict::Adopt), &[WrongStage, NotApproved, NotApproved]);
    check(of(&bench(editor(), 2, &[]), Verdict::Advance), &[NotPermitted]);
    let first = signed(EDITOR, 1, Verdict::Advance, "content", None);
    let second = signed(5, 2, Verdict::Advance, "content", None);
    let stale = signed(5, 2, Verdict::Advance, "older", None);
    check(of(&bench(actor(EDITOR, &all), 2, std::slice::from_ref(&first)), Verdict::Advance), &[OwnArticle]);
    check(of(&bench(actor(CHIEF, &all), 3, &[first.clone(), second]), Verdict::Adopt), &[]);
    check(of(&bench(actor(CHIEF, &all), 3, &[first, stale]), Verdict::Adopt), &[NotApproved]);
    let case = bench(editor(), 1, &[]);
    assert_eq!(stage_after(&case.case(), Verdict::Advance), Stage::Review(2));
}

#[test]
fn publishing_needs_a_judgement_of_exactly_this() {
    let of = |bench: &Bench, seen: &str, page: &str| {
        review_publish_findings(&bench.case(), hash(seen), hash(page))
    };
    let mut bench = Bench::new(actor(CHIEF, &[Role::Publisher]), Stage::Approved);
    check(of(&bench, "content", "page"), &[NotApproved]);
    bench.sign_offs = vec![signed(EDITOR, 1, Verdict::Adopt, "older", Some("page"))];
    check(of(&bench, "content", "page"), &[NotApproved]);
    bench.sign_offs = vec![signed(EDITOR, 1, Verdict::Return, "content", Some("page"))];
    check(of(&bench, "content", "page"), &[NotApproved]);
    bench.sign_offs = vec![signed(EDITOR, 1, Verdict::Adopt, "content", Some("page"))];
    check(of(&bench, "content", "page"), &[]);
    check(of(&bench, "content", "another page"), &[PageChanged]);
    check(of(&bench, "other", "page"), &[ContentChanged]);
    bench.n_contests = 1;
    check(of(&bench, "content", "page"), &[ContestOpen]);
}

#[test]
fn the_rest_of_the_table() {
    check(assign_findings(&Bench::new(editor(), Stage::Review(1)).case()), &[]);
    check(assign_findings(&Bench::new(actor(6, &[Role::Reporter]), Stage::Draft).case()), &[NotPermitted]);
    check(assign_findings(&Bench::new(reporter(), Stage::Draft).case()), &[NotPermitted]);
    check(assign_findings(&Bench::new(editor(), Stage::Approved).case()), &[WrongStage]);
    check(co_author_findings(&Bench::new(reporter(), Stage::Draft).case(), true), &[]);
    check(co_author_findings(&Bench::new(reporter(), Stage::Draft).case(), false), &[NoSuchPerson]);
    check(co_author_findings(&Bench::new(editor(), Stage::Submitted).case(), true), &[NotPermitted]);
    let desk = || actor(CHIEF, &[Role::DeskEditor]);
    check(co_author_findings(&Bench::new(desk(), Stage::Submitted).case(), true), &[]);
    check(co_author_findings(&Bench::new(desk(), Stage::Draft).case(), true), &[NotPermitted]);
    let settle = |bench: Bench, is_open| settle_findings(&bench.case(), is_open, ContestSettled);
    check(settle(Bench::new(editor(), Stage::Review(1)), true), &[]);
    check(settle(Bench::new(editor(), Stage::Review(1)), false), &[ContestSettled]);
    check(settle(Bench::new(reporter(), Stage::Approved), true), &[NotPermitted]);
    check(delete_findings(&Bench::new(reporter(), Stage::Draft).case()), &[]);
    check(delete_findings(&Bench::new(editor(), Stage::Draft).case()), &[NotPermitted]);
    check(delete_findings(&Bench::new(reporter(), Stage::Submitted).case()), &[WrongStage]);
    let was = Bench { was_handed_in: true, ..Bench::new(reporter(), Stage::Draft) };
    check(delete_findings(&was.case()), &[WrongStage]);
}

#[test]
fn a_change_takes_an_approval_back_and_nothing_else() {
    for (stage, expected) in [
        (Stage::Draft, Stage::Draft),
        (Stage::Submitted, Stage::Submitted),
        (Stage::Review(2), Stage::Review(2)),
        (Stage::Returned, Stage::Returned),
        (Stage::Approved, Stage::Review(1)),
        (Stage::Held, Stage::Review(1)),
    ] {
        assert_eq!(stage_after_change(&Policy::two_eyes(), stage), expected);
        assert_eq!(stage_after_change(&Policy::solo(), stage), stage);
    }
}

#[test]
fn a_judgement_that_came_too_late_is_kept_with_why_and_one_that_could_not_be_is_not() {
    let late = |bench: &Bench, judged: Judgement<'_>| {
        let refused = sign_off_findings(&bench.case(), &judged, hash("page"));
        no_effect(&bench.case(), &judged, &refused)
    };
    let of = |stage| Judgement { stage: Some(stage), ..adopt() };
    let of_first = || of(Stage::Review(1));
    let other = |judged| Judgement { content_hash: hash("other"), ..judged };
    let at = |stage| Bench::new(editor(), stage);
    use NoEffect::*;
    for (stage, judged, expected) in [
        (Stage::Review(1), of_first(), None),
        (Stage::Review(1), other(of_first()), Some(ContentChanged)),
        (Stage::Review(1), Judgement { page_hash: None, ..of_first() }, Some(PageChanged)),
        (Stage::Approved, of_first(), Some(Passed)),
        (Stage::Approved, other(of_first()), Some(Passed)),
        (Stage::Held, of_first(), Some(Passed)),
        (Stage::Returned, of_first(), Some(Returned)),
        (Stage::Submitted, of_first(), Some(Returned)),
        (Stage::Submitted, other(of_first()), Some(ContentChanged)),
        (Stage::Draft, of_first(), Some(Returned)),
        (Stage::Spiked, of_first(), Some(Spiked)),
        // What the device took for approved or held is in review again.
        (Stage::Review(1), Judgement { verdict: Verdict::Hold, ..of(Stage::Approved) }, Some(Passed)),
        (Stage::Review(1), other(of(Stage::Held)), Some(ContentChanged)),
        (Stage::Approved, Judgement { verdict: Verdict::Hold, ..of(Stage::Held) }, Some(Passed)),
        // A device that does not say which review it judged.
        (Stage::Approved, adopt(), Some(Passed)),
        (Stage::Submitted, adopt(), None),
        (Stage::Draft, adopt(), None),
        (Stage::Review(1), Judgement { verdict: Verdict::Advance, ..adopt() }, None),
    ] {
        assert_eq!(late(&at(stage), judged), expected, "{stage} {judged:?}");
    }
    for nobody in [reporter(), actor(5, &[Role::Observer])] {
        assert_eq!(late(&Bench::new(nobody, Stage::Approved), of_first()), None);
    }
    let mute = Judgement { verdict: Verdict::Return, ..of_first() };
    assert_eq!(late(&at(Stage::Spiked), mute), None, "a return has to say why");
    let long = "长".repeat(2_001);
    assert_eq!(late(&at(Stage::Spiked), Judgement { comment: &long, ..of_first() }), None);
    let taken_back = Bench { was_handed_in: true, ..at(Stage::Draft) };
    assert_eq!(late(&taken_back, adopt()), Some(Returned));
    let solo = Bench { policy: Policy::solo(), ..at(Stage::Approved) };
    assert_eq!(late(&solo, of_first()), None);
}
