//! Taking in what devices wrote: what is taken, what is refused and why, and how merges are judged.

use std::collections::BTreeMap;

use galley_text::foreign::{Foreign, Held, Place, Refusal, Taken};
use galley_text::{Document, Splice, Update};
use loro::{ExportMode, LoroDoc};

use super::conflicts::{CONFLICTS, Judged, Way, change};

const REPORTER: u64 = 20;
const EDITOR: u64 = 30;

fn push(peer: u64, start: i32, end: i32, bytes: &[u8]) -> Foreign<'_> {
    Foreign { peer, start, end, bytes }
}

/// An update, as its device sends it.
fn of(update: &Update) -> Foreign<'_> {
    push(update.peer, update.start, update.end, &update.bytes)
}

/// Everything a document's own peer wrote, as one update.
pub(super) fn all_of(document: &Document) -> (i32, Vec<u8>) {
    let end = document.have().unwrap()[&document.peer()];
    (end, document.export_range(document.peer(), 0, end).unwrap())
}

pub(super) fn take(held: &mut Held, document: &Document) -> Result<Taken, Refusal> {
    let (end, bytes) = all_of(document);
    held.take(&push(document.peer(), 0, end, &bytes))
}

pub(super) fn wrote(peer: u64, text: &str) -> Document {
    let mut document = Document::new(peer).unwrap();
    document.edit(&[Splice::new(0, 0, text)]).unwrap();
    document.set_meta(&[("headline".to_owned(), "桥通车".to_owned())].into()).unwrap();
    document
}

/// A copy of what is held, to be written on by another peer.
pub(super) fn copy(held: &Held, peer: u64) -> Document {
    Document::load(held.snapshot().unwrap().as_deref(), &[], peer).unwrap()
}

fn empty() -> Held {
    Held::open(None, &[]).unwrap()
}

#[test]
fn what_one_device_wrote_is_taken_and_handed_on_as_our_own_bytes() {
    let mut held = empty();
    let taken = take(&mut held, &wrote(REPORTER, "昨日七时，𠮷桥通车。")).unwrap();
    assert_eq!(taken.body, "昨日七时，𠮷桥通车。");
    assert_eq!(taken.meta["headline"], "桥通车");
    assert_eq!(taken.judgement, None, "nobody wrote beside it");
    let mut clean = Document::new(EDITOR).unwrap();
    clean.import(std::slice::from_ref(&taken.bytes)).unwrap();
    assert_eq!(clean.body().unwrap(), taken.body);
    assert_eq!(clean.have().unwrap(), taken.have);
    let again = Held::open(None, &[taken.bytes]).unwrap();
    assert_eq!(again.read().unwrap(), (taken.body, taken.meta));
}

#[test]
fn trying_on_leaves_the_article_as_it_is() {
    let mut held = empty();
    take(&mut held, &wrote(REPORTER, "甲")).unwrap();
    let mut late = copy(&held, EDITOR);
    late.edit(&[Splice::new(1, 1, "乙")]).unwrap();
    let (end, bytes) = all_of(&late);
    let tried = held.try_on(&push(EDITOR, 0, end, &bytes)).unwrap();
    assert_eq!((tried.body.as_str(), held.read().unwrap().0.as_str()), ("甲乙", "甲"));
}

#[test]
fn what_builds_on_others_waits_for_them() {
    let mut held = empty();
    let reporter = wrote(REPORTER, "甲");
    let mut editor = Document::load(Some(&reporter.snapshot().unwrap()), &[], EDITOR).unwrap();
    editor.edit(&[Splice::new(1, 1, "乙")]).unwrap();
    match take(&mut held, &editor) {
        Err(Refusal::Missing { have }) => assert!(have.is_empty()),
        other => panic!("{other:?}"),
    }
    take(&mut held, &reporter).unwrap();
    assert_eq!(take(&mut held, &editor).unwrap().body, "甲乙");
    match take(&mut held, &editor) {
        Err(Refusal::Missing { have }) => assert_eq!(have.len(), 2, "and is not taken twice"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_not_what_it_is_said_to_be_is_refused() {
    let reporter = wrote(REPORTER, "昨日七时桥通车");
    let (end, bytes) = all_of(&reporter);
    let check = |why: &str, push: Foreign<'_>| {
        let mut held = empty();
        match held.take(&push) {
            Err(Refusal::Unreadable) => assert_eq!(held.snapshot().unwrap(), None, "{why}"),
            other => panic!("{why}: {other:?}"),
        }
    };
    check("another peer", push(EDITOR, 0, end, &bytes));
    check("another end", push(REPORTER, 0, end + 1, &bytes));
    check("a shorter end", push(REPORTER, 0, end - 1, &bytes));
    check("another start", push(REPORTER, 1, end, &bytes));
    check("nothing", push(REPORTER, 0, 0, &bytes));
    check("no bytes", push(REPORTER, 0, end, &[]));
    check("cut off", push(REPORTER, 0, end, &bytes[..bytes.len() - 1]));
    check("a snapshot", push(REPORTER, 0, end, &reporter.snapshot().unwrap()));
    let mut two = Document::load(Some(&reporter.snapshot().unwrap()), &[], EDITOR).unwrap();
    two.edit(&[Splice::new(0, 0, "乙")]).unwrap();
    let doc = LoroDoc::new();
    doc.import(&two.snapshot().unwrap()).unwrap();
    let both = doc.export(ExportMode::all_updates()).unwrap();
    check("two peers", push(REPORTER, 0, end, &both));
}

#[test]
fn only_text_and_facts_are_taken() {
    let check = |what: &str, expected: Option<&str>, write: fn(&LoroDoc)| {
        let doc = LoroDoc::new();
        doc.set_peer_id(REPORTER).unwrap();
        write(&doc);
        doc.commit();
        let end = doc.oplog_vv().get(&REPORTER).copied().unwrap();
        let bytes = doc.export(ExportMode::all_updates()).unwrap();
        let found = empty().take(&push(REPORTER, 0, end, &bytes));
        match expected {
            Some(body) => assert_eq!(found.unwrap().body, body, "{what}"),
            None => assert!(matches!(found, Err(Refusal::Operation)), "{what}: {found:?}"),
        }
    };
    check("text", Some("甲"), |doc| doc.get_text("body").insert(0, "甲").unwrap());
    check("a fact", Some(""), |doc| doc.get_map("meta").insert("slug", "a").unwrap());
    check("a fact taken out", Some(""), |doc| doc.get_map("meta").delete("slug").unwrap_or_default());
    check("another text", None, |doc| doc.get_text("notes").insert(0, "甲").unwrap());
    check("another map", None, |doc| doc.get_map("facts").insert("slug", "a").unwrap());
    check("a number", None, |doc| doc.get_map("meta").insert("urgency", 3).unwrap());
    check("a map called body", None, |doc| doc.get_map("body").insert("a", "b").unwrap());
    check("a list", None, |doc| doc.get_list("body").push("a").unwrap());
    check("a tree", None, |doc| {
        doc.get_tree("meta").create(None).unwrap();
    });
    check("a movable list", None, |doc| doc.get_movable_list("meta").push("a").unwrap());
    check("a text inside the facts", None, |doc| {
        drop(doc.get_map("meta").insert_container("a", loro::LoroText::new()).unwrap());
    });
    check("a mark", None, |doc| {
        let text = doc.get_text("body");
        text.insert(0, "甲乙").unwrap();
        doc.config_default_text_style(Some(loro::StyleConfig::new()));
        text.mark(0..1, "bold", true).unwrap();
    });
}

#[test]
fn limits_are_held() {
    let check = |what: &str, text: &str, is: fn(&Refusal) -> bool| {
        let reporter = wrote(REPORTER, text);
        let found = take(&mut empty(), &reporter).unwrap_err();
        assert!(is(&found), "{what}: {found:?}");
    };
    check("too many bytes", &"防汛".repeat(180_000), |found| matches!(found, Refusal::TooLarge));
    check("too many operations", &"a".repeat(300_001), |found| matches!(found, Refusal::TooLarge));
    check("too long a text", &"a".repeat(200_001), |found| matches!(found, Refusal::TooLong));
    assert!(take(&mut empty(), &wrote(REPORTER, &"汛".repeat(200_000))).is_ok());
    let mut held = empty();
    take(&mut held, &wrote(REPORTER, &"a".repeat(150_000))).unwrap();
    let mut editor = copy(&held, EDITOR);
    editor.edit(&[Splice::new(0, 0, "b".repeat(60_000))]).unwrap();
    assert!(matches!(take(&mut held, &editor), Err(Refusal::TooLong)), "both together");
}

#[test]
fn the_conflicts_that_ask_a_person_ask_one_here_too() {
    for conflict in CONFLICTS {
        for (way, judged) in [(Way::DeleteAndInsert, conflict.raw.1), (Way::Words, conflict.words.1)] {
            let mut held = empty();
            let mut base = Document::new(1).unwrap();
            base.edit(&[Splice::new(0, 0, conflict.base)]).unwrap();
            take(&mut held, &base).unwrap();
            let (mut reporter, mut editor) = (copy(&held, REPORTER), copy(&held, EDITOR));
            change(&mut reporter, conflict.reporter, way, &conflict.after(conflict.reporter));
            change(&mut editor, conflict.editor, way, &conflict.after(conflict.editor));
            assert_eq!(take(&mut held, &editor).unwrap().judgement, None, "{}", conflict.name);
            let taken = take(&mut held, &reporter).unwrap();
            let judgement = taken.judgement.unwrap();
            assert_eq!(judgement.unknown_to_writer, [EDITOR]);
            let asked = !judgement.contests.is_empty();
            assert_eq!(asked, judged != Judged::Silent, "{} {way:?}: {}", conflict.name, taken.body);
            // The marks hold what is quoted, and choosing writes it once.
            let document = copy(&held, 99);
            for marked in &judgement.contests {
                let from = document.place_of(&marked.from).unwrap();
                let to = document.place_of(&marked.to).unwrap();
                assert_eq!(from..to, marked.contest.at, "{} {way:?}", conflict.name);
            }
            if let [marked] = judgement.contests.as_slice() {
                let place = Place::Body { from: &marked.from, to: &marked.to };
                let unseen = held.write(76, place, "别的", &marked.contest.mine).unwrap_err();
                assert!(matches!(unseen, Refusal::Moved { now } if now == marked.contest.result));
                let place = Place::Body { from: &marked.from, to: &marked.to };
                let written = held.write(77, place, &marked.contest.result, &marked.contest.mine).unwrap();
                let expected = galley_text::splice::apply(
                    &taken.body,
                    &[Splice::new(marked.contest.at.start, marked.contest.at.end, &*marked.contest.mine)],
                );
                assert_eq!(written.body, expected.unwrap(), "{} {way:?}", conflict.name);
            }
        }
    }
}

#[test]
fn two_headlines_are_a_contest_of_the_field() {
    let mut held = empty();
    take(&mut held, &wrote(1, "甲")).unwrap();
    let headline = |document: &mut Document, text: &str| {
        let fields: BTreeMap<String, String> = [("headline".to_owned(), text.to_owned())].into();
        document.set_meta(&fields).unwrap();
    };
    let (mut reporter, mut editor) = (copy(&held, REPORTER), copy(&held, EDITOR));
    headline(&mut reporter, "应急响应升为二级");
    headline(&mut editor, "七次启动响应");
    take(&mut held, &editor).unwrap();
    let judgement = take(&mut held, &reporter).unwrap().judgement.unwrap();
    let [field] = judgement.fields.as_slice() else { panic!("{judgement:?}") };
    assert_eq!((field.key.as_str(), field.base.as_str()), ("headline", "桥通车"));
    assert_eq!((field.mine.as_str(), field.theirs.as_str()), ("应急响应升为二级", "七次启动响应"));
    let other = held.write(77, Place::Field("headline"), "别的标题", "应急响应升为二级").unwrap_err();
    assert!(matches!(other, Refusal::Moved { now } if now == field.result), "nobody saw what stands there");
    let written = held.write(77, Place::Field("headline"), &field.result, "应急响应升为二级").unwrap();
    assert_eq!(written.meta["headline"], "应急响应升为二级");
    let again = held.write(78, Place::Field("headline"), "应急响应升为二级", "应急响应升为二级").unwrap();
    assert_eq!((again.end, again.bytes.len()), (0, 0), "it says so already");
}

#[test]
fn an_article_that_was_emptied_can_be_judged() {
    let mut held = empty();
    take(&mut held, &wrote(1, "甲乙丙")).unwrap();
    let (mut reporter, mut editor) = (copy(&held, REPORTER), copy(&held, EDITOR));
    reporter.edit(&[Splice::new(0, 3, "")]).unwrap();
    editor.edit(&[Splice::new(0, 3, "")]).unwrap();
    take(&mut held, &editor).unwrap();
    let taken = take(&mut held, &reporter).unwrap();
    assert_eq!((taken.body.as_str(), taken.judgement.unwrap().contests.len()), ("", 0));
    let mut deleter = copy(&held, 40);
    deleter.edit(&[Splice::new(0, 0, "全文")]).unwrap();
    take(&mut held, &deleter).unwrap();
    let (mut reporter, mut editor) = (copy(&held, 41), copy(&held, 42));
    editor.edit(&[Splice::new(0, 2, "")]).unwrap();
    reporter.edit(&[Splice::new(0, 2, "")]).unwrap();
    reporter.edit(&[Splice::new(0, 0, "另一稿")]).unwrap();
    take(&mut held, &reporter).unwrap();
    assert!(take(&mut held, &editor).is_ok());
}

#[test]
fn whatever_two_people_write_at_once_is_taken_and_every_mark_holds_its_quote() {
    let words = ["汛", "𠮷", "三十厘米", "\n", "a bc", "👏🏽", "，", "消防员到场。\n"];
    let mut n_contests = 0;
    for seed in 1..=150_u64 {
        let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
        let mut random = |below: usize| {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            usize::try_from(state % u64::try_from(below.max(1)).unwrap()).unwrap()
        };
        let mut held = empty();
        let text: String = (0..random(40)).map(|_| words[random(words.len())]).collect();
        take(&mut held, &wrote(1, &text)).unwrap();
        let mut writers = [copy(&held, REPORTER), copy(&held, EDITOR)];
        for writer in &mut writers {
            for _ in 0..=random(6) {
                let body = writer.body().unwrap();
                let mut edges: Vec<usize> =
                    body.chars().scan(0, |at, c| Some(std::mem::replace(at, *at + c.len_utf16()))).collect();
                edges.push(galley_text::splice::len_utf16(&body));
                let (one, two) = (edges[random(edges.len())], edges[random(edges.len())]);
                writer.edit(&[Splice::new(one.min(two), one.max(two), words[random(words.len())])]).unwrap();
            }
            writer.set_meta(&[("slug".to_owned(), format!("s{}", random(3)))].into()).unwrap();
        }
        let [reporter, editor] = writers;
        take(&mut held, &editor).unwrap();
        let taken = take(&mut held, &reporter).unwrap();
        let document = copy(&held, 99);
        let body: Vec<u16> = taken.body.encode_utf16().collect();
        for marked in taken.judgement.unwrap().contests {
            n_contests += 1;
            let (from, to) =
                (document.place_of(&marked.from).unwrap(), document.place_of(&marked.to).unwrap());
            assert_eq!(String::from_utf16(&body[from..to]).unwrap(), marked.contest.result, "seed {seed}");
        }
    }
    assert!(n_contests > 50, "{n_contests}");
}

#[test]
fn what_one_typed_in_pieces_is_contested_as_a_whole() {
    let mut held = empty();
    let mut base = Document::new(1).unwrap();
    base.edit(&[Splice::new(0, 0, "昨日七点，桥通车。")]).unwrap();
    take(&mut held, &base).unwrap();
    let (mut reporter, mut editor) = (copy(&held, REPORTER), copy(&held, EDITOR));
    editor.edit(&[Splice::new(2, 3, "八")]).unwrap();
    take(&mut held, &editor).unwrap();
    // Each key is a piece of its own: 七点 becomes 九时整.
    let keys = [
        Splice::new(2, 4, "九"),
        Splice::new(3, 3, "时"),
        Splice::new(4, 4, "整"),
        Splice::new(10, 10, "记者李明"),
    ];
    let judged: Vec<_> = keys
        .into_iter()
        .map(|key| held.take(&of(&reporter.edit(&[key]).unwrap().unwrap())).unwrap().judgement.unwrap())
        .collect();
    let mine: Vec<_> =
        judged.iter().map(|found| (found.since, found.contests[0].contest.mine.as_str())).collect();
    assert_eq!(mine, [(0, "九"), (0, "九时"), (0, "九时整"), (0, "九时整")]);
    let last = &judged[3].contests;
    assert_eq!(last.len(), 1, "what was added beside it is nobody's business");
    assert_eq!((last[0].contest.base.as_str(), last[0].contest.theirs.as_str()), ("七点", "八点"));
}

#[test]
fn whoever_opens_an_article_in_the_middle_of_a_change_judges_the_whole_of_it_too() {
    let check = |pieces: &[&[Splice]]| {
        let mut held = empty();
        take(&mut held, &wrote(1, "昨日七点，桥通车。")).unwrap();
        let (mut reporter, mut editor) = (copy(&held, REPORTER), copy(&held, EDITOR));
        // Known by both, before the change that is judged.
        let known = reporter.edit(&[Splice::new(9, 9, "记者")]).unwrap().unwrap();
        held.take(&of(&known)).unwrap();
        editor.edit(&[Splice::new(2, 3, "八")]).unwrap();
        take(&mut held, &editor).unwrap();
        let pieces: Vec<_> = pieces.iter().map(|keys| reporter.edit(keys).unwrap().unwrap()).collect();
        let mut since = None;
        for piece in &pieces {
            let mut opened = Held::open(held.snapshot().unwrap().as_deref(), &[]).unwrap();
            if let Some(since) = since {
                opened.resume(REPORTER, since).unwrap();
            }
            let judged = opened.take(&of(piece)).unwrap().judgement;
            assert_eq!(judged, held.take(&of(piece)).unwrap().judgement, "as whoever saw all of it judges");
            since = judged.map(|judged| judged.since);
        }
        assert_eq!(since, Some(pieces[0].start));
    };
    check(&[&[Splice::new(2, 4, "九")], &[Splice::new(3, 3, "时")], &[Splice::new(4, 4, "整")]]);
    // A change elsewhere comes first, and one that takes the contested words back.
    check(&[&[Splice::new(0, 1, "前")], &[Splice::new(2, 3, "九")], &[Splice::new(2, 3, "七")]]);
}

#[test]
fn whoever_learnt_of_the_other_between_two_pieces_is_judged_for_the_first_alone() {
    let mut held = empty();
    take(&mut held, &wrote(1, "昨日七时，桥通车。")).unwrap();
    let (mut reporter, mut editor) = (copy(&held, REPORTER), copy(&held, EDITOR));
    editor.edit(&[Splice::new(0, 1, "今")]).unwrap();
    take(&mut held, &editor).unwrap();
    let first = reporter.edit(&[Splice::new(0, 1, "前")]).unwrap().unwrap();
    reporter.import(&[all_of(&editor).1]).unwrap();
    let second = reporter.edit(&[Splice::new(2, 2, "早")]).unwrap().unwrap();
    let asked = held.take(&of(&first)).unwrap().judgement.unwrap();
    assert_eq!((asked.contests.len(), asked.contests[0].contest.mine.as_str()), (1, "前"));
    assert_eq!(held.take(&of(&second)).unwrap().judgement, None);
}
