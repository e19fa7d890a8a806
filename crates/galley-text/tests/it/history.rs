//! History: what the journal and the snapshots hold is the document, at every moment it had.

use std::collections::BTreeMap;

use galley_model::Meta;
use galley_text::{Authored, Document, Splice, Update, Version, splice};
use proptest::collection::vec;
use proptest::prelude::*;

const REPORTER: u64 = 20;
const EDITOR: u64 = 30;
const LATER: u64 = 40;

/// One step of a session, its numbers taken modulo what there is.
#[derive(Clone, Debug)]
enum Step {
    Replace { from: usize, len: usize, insert: String },
    Set(BTreeMap<String, String>),
    Rewrite(String),
    Restore(usize),
}

fn text() -> impl Strategy<Value = String> {
    vec(prop::sample::select(vec!["汛", "𠮷", "👏🏽", "，", "。", "\n", "word ", "3", "的"]), 0..6)
        .prop_map(|parts| parts.concat())
}

fn step() -> impl Strategy<Value = Step> {
    let key = prop::sample::select(vec![
        "headline".to_owned(),
        "keyword/防汛".to_owned(),
        "contributor/0192d3a0-0000-7000-8000-000000000001/name".to_owned(),
    ]);
    prop_oneof![
        6 => (any::<usize>(), 0_usize..4, text())
            .prop_map(|(from, len, insert)| Step::Replace { from, len, insert }),
        2 => prop::collection::btree_map(key, text(), 1..3).prop_map(Step::Set),
        1 => text().prop_map(Step::Rewrite),
        1 => any::<usize>().prop_map(Step::Restore),
    ]
}

/// A moment as it should be found again.
struct Moment {
    version: Version,
    body: String,
    meta: Meta,
}

fn moment(document: &Document) -> Moment {
    Moment {
        version: document.version().unwrap(),
        body: document.body().unwrap(),
        meta: document.meta().unwrap(),
    }
}

/// UTF-16 offsets between characters.
fn boundaries(text: &str) -> Vec<usize> {
    let mut at = 0;
    let ends = text.chars().map(|c| {
        at += c.len_utf16();
        at
    });
    std::iter::once(0).chain(ends).collect()
}

/// Plays a session: the journal rows it made, and the moment after each.
fn play(document: &mut Document, steps: &[Step]) -> (Vec<Update>, Vec<Moment>) {
    let mut journal = Vec::new();
    let mut moments = vec![moment(document)];
    for step in steps {
        let body = document.body().unwrap();
        let update = match step {
            Step::Replace { from, len, insert } => {
                let places = boundaries(&body);
                let from = from % places.len();
                let to = (from + len).min(places.len() - 1);
                document.edit(&[Splice::new(places[from], places[to], insert.as_str())]).unwrap()
            }
            Step::Set(fields) => document.set_meta(fields).unwrap(),
            Step::Rewrite(text) => shown(&body, document.replace_body(text).unwrap(), text),
            Step::Restore(to) => {
                let then = &moments[to % moments.len()];
                let restored = document.restore(&then.version).unwrap();
                let update = shown(&body, restored, &then.body);
                assert_eq!(document.meta().unwrap(), then.meta, "restored to the letter");
                update
            }
        };
        if let Some(update) = update {
            let before = journal.last().map_or(0, |last: &Update| last.end);
            assert_eq!((update.peer, update.start), (document.peer(), before), "one row follows the other");
            assert!(update.end > update.start);
            journal.push(update);
            moments.push(moment(document));
        }
    }
    (journal, moments)
}

/// The splices handed to the window lead from the old text to the new one.
fn shown(before: &str, outcome: Option<(Update, Vec<Splice>)>, after: &str) -> Option<Update> {
    let (update, splices) = outcome?;
    assert_eq!(splice::apply(before, &splices).unwrap(), after);
    Some(update)
}

fn bytes(updates: &[Update]) -> Vec<Vec<u8>> {
    updates.iter().map(|update| update.bytes.clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn snapshot_and_updates_load_as_the_document(steps in vec(step(), 0..25), fold in any::<usize>(), keep in any::<usize>()) {
        let mut document = Document::new(REPORTER).unwrap();
        let (journal, moments) = play(&mut document, &steps);
        // Folded after some rows, and opened with some of the folded rows still in the journal.
        let fold = fold % (journal.len() + 1);
        let rows = bytes(&journal);
        let folded = Document::load(None, &rows[..fold], EDITOR).unwrap().snapshot().unwrap();
        let mut tail = rows[keep % (fold + 1)..].to_vec();
        tail.reverse();
        let loaded = Document::load(Some(&folded), &tail, LATER).unwrap();
        let last = moments.last().unwrap();
        prop_assert_eq!(&loaded.body().unwrap(), &last.body);
        prop_assert_eq!(&loaded.meta().unwrap(), &last.meta);
        prop_assert_eq!(&loaded.version().unwrap(), &last.version);
        for then in &moments {
            let (body, meta) = loaded.at(&then.version).unwrap();
            prop_assert_eq!(&body, &then.body);
            prop_assert_eq!(&meta, &then.meta);
        }
        prop_assert_eq!(&loaded.body().unwrap(), &last.body, "looking back changes nothing");
    }

    #[test]
    fn restoring_any_version_is_exact_and_a_new_edit(steps in vec(step(), 1..15), to in any::<usize>()) {
        let mut document = Document::new(REPORTER).unwrap();
        let (_, moments) = play(&mut document, &steps);
        let then = &moments[to % moments.len()];
        let now = moment(&document);
        document.restore(&then.version).unwrap();
        prop_assert_eq!(&document.body().unwrap(), &then.body);
        prop_assert_eq!(&document.meta().unwrap(), &then.meta);
        prop_assert_eq!(document.at(&now.version).unwrap(), (now.body.clone(), now.meta.clone()));
        document.restore(&now.version).unwrap();
        prop_assert_eq!(document.body().unwrap(), now.body);
        prop_assert_eq!(document.meta().unwrap(), now.meta);
    }

    #[test]
    fn an_import_says_what_it_changed(mine in vec(step(), 0..12), theirs in vec(step(), 0..12)) {
        let mut first = Document::new(1).unwrap();
        first.edit(&[Splice::new(0, 0, "𠮷田村。word 👏🏽")]).unwrap();
        let start = first.snapshot().unwrap();
        let mut reporter = Document::load(Some(&start), &[], REPORTER).unwrap();
        let mut editor = Document::load(Some(&start), &[], EDITOR).unwrap();
        let (mine, _) = play(&mut reporter, &mine);
        let (theirs, _) = play(&mut editor, &theirs);
        for (document, arrived) in [(&mut reporter, theirs), (&mut editor, mine)] {
            let before = moment(document);
            let imported = document.import(&bytes(&arrived)).unwrap();
            let after = moment(document);
            prop_assert_eq!(splice::apply(&before.body, &imported.splices).unwrap(), after.body);
            let differ = |key: &&String| before.meta.get(*key) != after.meta.get(*key);
            let mut keys: Vec<String> =
                before.meta.keys().chain(after.meta.keys()).filter(differ).cloned().collect();
            keys.sort();
            keys.dedup();
            prop_assert_eq!(&imported.meta_changed, &keys);
            prop_assert_eq!(document.import(&bytes(&arrived)).unwrap(), Default::default(), "known already");
        }
        prop_assert_eq!(reporter.body().unwrap(), editor.body().unwrap());
        prop_assert_eq!(reporter.meta().unwrap(), editor.meta().unwrap());
    }
}

#[test]
fn an_import_says_where_the_other_typed() {
    let mut reporter = Document::new(REPORTER).unwrap();
    let first = reporter.edit(&[Splice::new(0, 0, "𠮷𠮷𠮷")]).unwrap().unwrap();
    let mut editor = Document::load(None, &[first.bytes], EDITOR).unwrap();
    let typed = editor.edit(&[Splice::new(2, 2, "𠮷")]).unwrap().unwrap();
    // The texts alone do not tell which of four equal characters is new; a caret between them has to know.
    assert_eq!(reporter.import(&[typed.bytes]).unwrap().splices, [Splice::new(2, 2, "𠮷")]);
}

#[test]
fn everyone_is_known_by_what_they_wrote() {
    let mut reporter = Document::new(REPORTER).unwrap();
    let first = reporter.edit(&[Splice::new(0, 0, "甲𠮷乙。")]).unwrap().unwrap();
    let draft = reporter.version().unwrap();
    let mut editor = Document::load(None, &[first.bytes], EDITOR).unwrap();
    editor.replace_body("甲𠮷𡃁丁。").unwrap();
    let run = |from, to, peer| Authored { from, to, peer: Some(peer) };
    assert_eq!(editor.attribution(&draft).unwrap(), [run(0, 5, REPORTER)]);
    let now = editor.version().unwrap();
    assert_eq!(
        editor.attribution(&now).unwrap(),
        [run(0, 3, REPORTER), run(3, 6, EDITOR), run(6, 7, REPORTER)]
    );
    let empty = Document::new(LATER).unwrap();
    assert_eq!(empty.attribution(&empty.version().unwrap()).unwrap(), []);
}

#[test]
fn a_restored_list_has_no_blank_entries() {
    let mut document = Document::new(REPORTER).unwrap();
    document.edit(&[Splice::new(0, 0, "稿")]).unwrap();
    let alone = document.version().unwrap();
    let contributor = "contributor/0192d3a0-0000-7000-8000-000000000001/name".to_owned();
    document.set_meta(&BTreeMap::from([(contributor, "周敏".to_owned())])).unwrap();
    assert_eq!(document.content().unwrap().contributors.len(), 1);
    document.restore(&alone).unwrap();
    assert_eq!(document.content().unwrap().contributors, []);
}
