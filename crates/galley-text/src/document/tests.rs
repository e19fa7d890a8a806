//! The document from outside: what is returned to the journal rebuilds it, what is refused leaves it alone.

use std::collections::BTreeMap;
use std::sync::Arc;

use galley_model::Meta;

use super::*;

const REPORTER: u64 = 11;
const EDITOR: u64 = 22;
const LATER: u64 = 33;

/// A document with a text, and the updates that made it.
fn with_body(peer: u64, body: &str) -> (Document, Vec<Vec<u8>>) {
    let mut document = Document::new(peer).unwrap();
    let update = document.edit(&[Splice::new(0, 0, body)]).unwrap().unwrap();
    (document, vec![update.bytes])
}

fn facts(pairs: &[(&str, &str)]) -> Meta {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// What others hold after the document is lost: only what was returned.
fn reload(journal: &[Vec<u8>]) -> Document {
    Document::load(None, journal, LATER).unwrap()
}

fn body(document: &Document) -> String {
    document.body().unwrap()
}

#[test]
fn the_updates_returned_rebuild_the_document() {
    let (mut document, mut journal) = with_body(REPORTER, "入汛以来，𠮷田村三次转移。");
    let typed = document.edit(&[Splice::new(0, 2, "进入汛期"), Splice::new(5, 7, "")]).unwrap().unwrap();
    assert_eq!(typed.start, 13, "counters go on where the last update ended");
    journal.push(typed.bytes);
    journal.push(document.set_meta(&facts(&[("headline", "防汛"), ("slug", "x")])).unwrap().unwrap().bytes);

    let loaded = Document::load(None, &journal, LATER).unwrap();
    assert_eq!(body(&loaded), body(&document));
    assert_eq!(loaded.meta().unwrap(), facts(&[("headline", "防汛"), ("slug", "x")]));
    assert_eq!(loaded.version().unwrap(), document.version().unwrap());

    let folded = Document::load(Some(&document.snapshot().unwrap()), &journal, LATER).unwrap();
    assert_eq!(body(&folded), body(&document), "rows that the snapshot holds already do no harm");
}

#[test]
fn what_changes_nothing_makes_no_update() {
    let (mut document, _) = with_body(REPORTER, "甲");
    document.set_meta(&facts(&[("slug", "x")])).unwrap();
    assert_eq!(document.edit(&[]).unwrap(), None);
    assert_eq!(document.edit(&[Splice::new(1, 1, "")]).unwrap(), None);
    assert_eq!(document.edit(&[Splice::new(0, 1, "甲")]).unwrap(), None);
    assert_eq!(document.set_meta(&facts(&[("slug", "x"), ("kicker", "")])).unwrap(), None);
    assert_eq!(document.set_meta(&BTreeMap::new()).unwrap(), None);
    assert_eq!(document.replace_body("甲").unwrap(), None);
    assert_eq!(document.restore(&document.version().unwrap()).unwrap(), None);
}

#[test]
fn a_cleared_field_stays_a_fact() {
    let mut document = Document::new(REPORTER).unwrap();
    document.set_meta(&facts(&[("slug", "x")])).unwrap();
    assert!(document.set_meta(&facts(&[("slug", "")])).unwrap().is_some());
    assert_eq!(document.meta().unwrap(), facts(&[("slug", "")]));
}

type Call = fn(&mut Document) -> Result<(), TextError>;

const CALLS: &[(&str, Call)] = &[
    ("body", |document| document.body().map(drop)),
    ("len_utf16", |document| document.len_utf16().map(drop)),
    ("meta", |document| document.meta().map(drop)),
    ("content", |document| document.content().map(drop)),
    ("edit", |document| document.edit(&[Splice::new(0, 1, "丙")]).map(drop)),
    ("set_meta", |document| document.set_meta(&facts(&[("slug", "new")])).map(drop)),
    ("replace_body", |document| document.replace_body("丁").map(drop)),
    ("restore", |document| document.restore(&Version(vec![0])).map(drop)),
    ("import", |document| document.import(&[]).map(drop)),
    ("version", |document| document.version().map(drop)),
    ("at", |document| document.at(&Version(vec![0])).map(drop)),
    ("attribution", |document| document.attribution(&Version(vec![0])).map(drop)),
    ("snapshot", |document| document.snapshot().map(drop)),
];

#[test]
fn a_panic_in_any_call_ends_the_document_and_nothing_that_was_returned_is_lost() {
    for (name, call) in CALLS {
        let (mut document, mut journal) = with_body(REPORTER, "甲乙");
        journal.push(document.set_meta(&facts(&[("slug", "x")])).unwrap().unwrap().bytes);
        document.panic_in_next_call();
        assert!(matches!(call(&mut document), Err(TextError::Poisoned)), "{name}");
        for (later, call) in CALLS {
            assert!(matches!(call(&mut document), Err(TextError::Poisoned)), "{later} after {name}");
        }
        drop(document);
        let loaded = reload(&journal);
        assert_eq!((body(&loaded), loaded.meta().unwrap()), ("甲乙".to_owned(), facts(&[("slug", "x")])));
    }
}

#[test]
fn an_edit_that_was_not_answered_is_made_again_once() {
    let (mut document, mut journal) = with_body(REPORTER, "甲乙");
    let lost = [Splice::new(1, 1, "𠮷")];
    // The panic comes when the edit has been applied and committed in memory, before the bytes are handed out.
    document.edit(&[]).unwrap();
    document.engine.call(|doc| write_body(doc, &lost).map_err(|_| TextError::Poisoned)).unwrap();
    document.panic_in_next_call();
    assert!(matches!(document.edit(&lost), Err(TextError::Poisoned)));
    drop(document);
    let mut loaded = reload(&journal);
    assert_eq!(body(&loaded), "甲乙", "what was not answered is not there");
    journal.push(loaded.edit(&lost).unwrap().unwrap().bytes);
    assert_eq!(body(&Document::load(None, &journal, EDITOR).unwrap()), "甲𠮷乙");
}

/// Does something at every commit, inside the engine, as long as the document lives; the count tells whether it does.
fn at_commit(document: &Document, act: impl Fn() + Send + Sync + 'static) -> Arc<()> {
    let alive = Arc::new(());
    let held = Arc::clone(&alive);
    let callback = Box::new(move |_: &_| {
        let _alive = &held;
        act();
        true
    });
    let subscribe = |doc: &LoroDoc| Ok(doc.subscribe_pre_commit(callback));
    document.engine.call(subscribe).unwrap().detach();
    alive
}

#[test]
fn a_panic_deep_inside_the_engine_is_survived() {
    // Inside a commit the engine holds its locks, so this poisons them, as a real fault would.
    let (mut document, journal) = with_body(REPORTER, "甲乙");
    let alive = at_commit(&document, || std::panic::panic_any("injected by a test"));
    assert!(matches!(document.edit(&[Splice::new(0, 0, "丙")]), Err(TextError::Poisoned)));
    assert!(matches!(document.body(), Err(TextError::Poisoned)));
    drop(document);
    assert_eq!(Arc::strong_count(&alive), 2, "forgotten, since its drop may abort");
    assert_eq!(body(&reload(&journal)), "甲乙");
}

#[test]
fn a_document_that_never_failed_gives_its_memory_back() {
    let (mut document, _) = with_body(REPORTER, "甲乙");
    let alive = at_commit(&document, || {});
    document.edit(&[Splice::new(0, 0, "丙")]).unwrap();
    assert_eq!(Arc::strong_count(&alive), 2);
    drop(document);
    assert_eq!(Arc::strong_count(&alive), 1);
}

#[test]
fn a_peer_id_is_used_once() {
    let (mut document, journal) = with_body(REPORTER, "甲");
    let in_use = |outcome: Result<Document, TextError>| {
        matches!(outcome, Err(TextError::PeerInUse { peer: REPORTER }))
    };
    assert!(in_use(Document::load(None, &journal, REPORTER)));
    assert!(in_use(Document::load(Some(&document.snapshot().unwrap()), &[], REPORTER)));
    assert!(matches!(Document::new(u64::MAX), Err(TextError::PeerInUse { peer: u64::MAX })));

    // A profile copied to another machine: the other one writes on under the same id.
    let mut copy = Document::new(REPORTER).unwrap();
    let forked = copy.edit(&[Splice::new(0, 0, "甲乙丙")]).unwrap().unwrap();
    let refused = document.import(&[forked.bytes]);
    assert!(matches!(refused, Err(TextError::PeerInUse { peer: REPORTER })), "{refused:?}");
    assert_eq!(body(&document), "甲", "nothing of it came in");
}

#[test]
fn a_damaged_row_is_named_and_never_read_as_something_else() {
    let (mut document, mut journal) = with_body(REPORTER, "甲");
    for word in ["乙", "丙", "丁"] {
        journal.push(document.edit(&[Splice::new(1, 1, word)]).unwrap().unwrap().bytes);
    }
    let whole = body(&document);
    // Twelve bytes of the engine's header mean nothing and may say anything; all others are checked.
    let read_anyway = |outcome: Result<Document, TextError>, named: &dyn Fn(&TextError) -> bool| match outcome
    {
        Ok(loaded) => {
            assert_eq!(body(&loaded), whole);
            true
        }
        Err(error) => {
            assert!(named(&error), "{error:?}");
            false
        }
    };
    for row in 0..journal.len() {
        let named = |error: &TextError| match error {
            TextError::DamagedUpdate { index, .. } => *index == row,
            error => matches!(error, TextError::TooNew),
        };
        let mut n_read = 0;
        for byte in 0..journal[row].len() {
            let mut damaged = journal.clone();
            damaged[row][byte] ^= 0x20;
            if read_anyway(Document::load(None, &damaged, LATER), &named) {
                n_read += 1;
                continue;
            }
            let (mut other, _) = with_body(EDITOR, "别的");
            let before = other.version().unwrap();
            assert!(named(&other.import(&damaged).unwrap_err()));
            assert_eq!(
                (body(&other), other.version().unwrap()),
                ("别的".to_owned(), before),
                "all or nothing"
            );
            assert!(other.edit(&[Splice::new(2, 2, "，还能写")]).is_ok());
        }
        assert_eq!(n_read, 12, "row {row}");
    }
    let snapshot = document.snapshot().unwrap();
    let named = |error: &TextError| matches!(error, TextError::DamagedSnapshot(_) | TextError::TooNew);
    for byte in 0..snapshot.len() {
        let mut damaged = snapshot.clone();
        damaged[byte] ^= 0x20;
        read_anyway(Document::load(Some(&damaged), &[], LATER), &named);
    }
    assert!(matches!(Document::load(Some(b""), &[], LATER), Err(TextError::DamagedSnapshot(_))));
    assert!(matches!(
        Document::load(None, &[Vec::new()], LATER),
        Err(TextError::DamagedUpdate { index: 0, .. })
    ));
}

#[test]
fn updates_with_a_gap_wait_and_are_not_folded_away() {
    let (mut document, mut journal) = with_body(REPORTER, "甲");
    journal.push(document.edit(&[Splice::new(1, 1, "乙")]).unwrap().unwrap().bytes);
    journal.push(document.edit(&[Splice::new(2, 2, "丙")]).unwrap().unwrap().bytes);
    let missing = journal.remove(1);
    let mut loaded = reload(&journal);
    assert!(loaded.is_incomplete());
    assert_eq!(body(&loaded), "甲");
    assert!(matches!(loaded.snapshot(), Err(TextError::Incomplete)));
    let imported = loaded.import(&[missing]).unwrap();
    assert_eq!(imported.splices, [Splice::new(1, 1, "乙丙")]);
    assert!(!loaded.is_incomplete());
    assert!(loaded.snapshot().is_ok());
}

#[test]
fn a_version_of_another_document_is_unknown() {
    let (document, _) = with_body(REPORTER, "甲");
    let (mut other, _) = with_body(EDITOR, "乙");
    let foreign = other.version().unwrap();
    let unknown = |version: &Version| matches!(document.at(version), Err(TextError::UnknownVersion));
    assert!(unknown(&foreign));
    assert!(unknown(&Version::from_bytes(vec![0xFF; 3])));
    assert!(matches!(other.restore(&document.version().unwrap()), Err(TextError::UnknownVersion)));
    assert_eq!(body(&document), "甲", "asking did no harm");
    let read_back = Version::from_bytes(foreign.as_bytes().to_vec());
    assert_eq!(other.at(&read_back).unwrap().0, "乙");
}

#[test]
fn a_replacement_keeps_the_characters_it_does_not_change() {
    let (mut document, _) = with_body(REPORTER, "居民把问题反映给市水务局。");
    let start = document.version().unwrap();
    document.edit(&[Splice::new(8, 12, "市水利局")]).unwrap().unwrap();
    let mine = |document: &Document| -> Vec<_> {
        document
            .attribution(&document.version().unwrap())
            .unwrap()
            .iter()
            .map(|run| (run.from, run.to))
            .collect()
    };
    assert_eq!(mine(&document), [(0, 13)]);
    let update = document.edit(&[Splice::new(0, 13, "居民把意见反映给市水利局。")]).unwrap().unwrap();
    assert_eq!(update.end - update.start, 4, "two characters out, two in");
    assert_eq!(document.at(&start).unwrap().0, "居民把问题反映给市水务局。");
}

#[test]
fn a_document_may_be_held_by_any_thread_and_shows_no_text() {
    fn check<T: Send + Sync>() {}
    check::<Document>();
    let (document, _) = with_body(REPORTER, "机密");
    assert_eq!(format!("{document:?}"), "Document { peer: 11, .. }");
}
