//! What is appended is there, whatever is folded, and in its order.

use galley_store::{List, StoreError};

use crate::common::{NOON, append, article, fields, folded, open, row, text};

#[test]
fn an_article_comes_back_as_it_was_appended_and_folded() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    library.create_article(article(1), NOON).wait().unwrap();
    let mut expected = String::new();
    for (step, to) in [3, 4, 9, 10, 30].into_iter().enumerate() {
        let from = library.load(article(1)).unwrap().last_seq + 1;
        let committed = library.append(append(article(1), from, to)).wait().unwrap();
        assert_eq!(committed.seq_last, to);
        (from..=to).for_each(|seq| expected.push_str(&format!("<{seq}>")));
        if step % 2 == 1 {
            library.fold(article(1), to, folded(to), NOON).wait().unwrap();
        }
        let stored = library.load(article(1)).unwrap();
        assert_eq!(text(&stored), expected);
        assert_eq!(stored.seen_view_seqs["a view"], to as u32);
        assert_eq!(stored.damage, None);
    }
    drop(library);
    assert_eq!(text(&open(folder.path()).load(article(1)).unwrap()), expected);
}

#[test]
fn the_number_of_a_view_survives_the_folding_of_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    library.create_article(article(1), NOON).wait().unwrap();
    for upto in [2, 4, 6] {
        library.append(append(article(1), upto - 1, upto)).wait().unwrap();
        library.fold(article(1), upto, folded(upto), NOON).wait().unwrap();
    }
    let mut other = row(7);
    other.view = "another view".to_owned();
    other.view_seq = 1;
    let mut last = append(article(1), 7, 7);
    last.updates = vec![other];
    library.append(last).wait().unwrap();
    for upto in [7, 8, 9, 10] {
        if upto > 7 {
            let mut more = append(article(1), upto, upto);
            more.updates[0].view = "another view".to_owned();
            library.append(more).wait().unwrap();
        }
        library.fold(article(1), upto, folded(upto), NOON).wait().unwrap();
    }
    let seen = library.load(article(1)).unwrap().seen_view_seqs;
    assert_eq!(seen["a view"], 6);
    assert_eq!(seen["another view"], 10);
}

#[test]
fn a_headline_a_caret_and_settled_drafts_come_with_the_append() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    library.create_article(article(1), NOON).wait().unwrap();
    library.set_drafts(article(1), fields(&[("headline", "水"), ("slug", "")]), NOON).wait().unwrap();
    library.set_composition(article(1), "shui".to_owned(), NOON).wait().unwrap();
    let stored = library.load(article(1)).unwrap();
    assert_eq!(stored.drafts, fields(&[("headline", "水"), ("slug", "")]));
    assert_eq!(stored.composition, "shui");

    let mut settling = append(article(1), 1, 1);
    settling.headline = Some("水位回落".to_owned());
    settling.caret = Some(5);
    settling.clear_drafts = vec!["headline".to_owned()];
    settling.clear_composition = true;
    library.append(settling).wait().unwrap();
    let stored = library.load(article(1)).unwrap();
    assert_eq!(stored.drafts, fields(&[("slug", "")]));
    assert_eq!((stored.composition.as_str(), stored.caret), ("", 5));
    assert_eq!(library.list(List::Drafts, 0, 10).unwrap()[0].headline, "水位回落");
    assert_eq!(library.dirty_articles().unwrap(), [article(1)]);
}

#[test]
fn an_article_that_is_not_there_is_refused_and_sinks_nobody_else() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    library.create_article(article(1), NOON).wait().unwrap();
    let pending: Vec<_> = (1..=40)
        .map(|seq| library.append(append(article(if seq % 4 == 0 { 2 } else { 1 }), seq, seq)))
        .collect();
    for (seq, pending) in (1..).zip(pending) {
        match pending.wait() {
            Ok(_) => assert_ne!(seq % 4, 0),
            Err(error) => {
                assert!(matches!(error, StoreError::NoArticle(id) if id == article(2)), "{error}");
                assert_eq!(seq % 4, 0);
            }
        }
    }
    assert_eq!(library.load(article(1)).unwrap().last_seq, 30);
}

#[test]
fn a_peer_is_never_used_twice() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    library.create_article(article(1), NOON).wait().unwrap();
    library.begin_session(article(1), 7, "王芳", NOON).wait().unwrap();
    let again = library.begin_session(article(1), 7, "王芳", NOON).wait();
    assert!(matches!(again, Err(StoreError::PeerTaken(7))));
    library.append(append(article(1), 1, 1)).wait().unwrap();
    let typed = library.begin_session(article(1), crate::common::PEER, "王芳", NOON).wait();
    assert!(matches!(typed, Err(StoreError::PeerTaken(_))));
    assert_eq!(library.sessions(article(1)).unwrap().len(), 1);
}
