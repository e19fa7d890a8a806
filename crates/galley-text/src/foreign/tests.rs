//! What the engine breaks on in the middle leaves the article as it was.

use super::{Foreign, Held, MAX_UPDATE_BYTES, MAX_UPDATES};
use crate::{Document, Splice};

/// What a peer writes at the beginning of what is held, as a device sends it.
fn written(held: &Held, peer: u64, text: &str) -> (i32, Vec<u8>) {
    let mut document = Document::load(held.snapshot.as_deref(), &held.updates, peer).unwrap();
    let update = document.edit(&[Splice::new(0, 0, text)]).unwrap().unwrap();
    (update.end, update.bytes)
}

fn take(held: &mut Held, peer: u64, text: &str) -> bool {
    let (end, bytes) = written(held, peer, text);
    held.take(&Foreign { peer, start: 0, end, bytes: &bytes }).is_ok()
}

#[test]
fn an_update_on_which_the_held_document_breaks_is_refused_and_the_next_is_taken() {
    let mut held = Held::open(None, &[]).unwrap();
    assert!(take(&mut held, 1, "甲"));
    held.document.panic_in_next_call();
    assert!(!take(&mut held, 2, "乙"));
    assert_eq!(held.read().unwrap().0, "甲");
    assert!(take(&mut held, 3, "丙"));
    assert_eq!(held.read().unwrap().0, "丙甲");
}

#[test]
fn an_article_of_which_no_snapshot_can_be_made_goes_on_from_its_updates() {
    let mut held = Held::open(None, &[]).unwrap();
    for peer in 1..=MAX_UPDATES as u64 {
        assert!(take(&mut held, peer, "字"));
    }
    // One more than copies are made of, on a document whose engine breaks when it exports.
    let (_, bytes) = written(&held, 90, "末");
    held.updates.push(bytes.clone());
    held.document = held.copy().unwrap();
    held.document.panic_in_next_call();
    held.fold();
    assert_eq!((held.snapshot.is_none(), held.updates.len()), (true, MAX_UPDATES + 1));
    assert_eq!(held.read().unwrap().0.chars().count(), MAX_UPDATES + 1);
    assert!(take(&mut held, 91, "再"), "and folds when it can");
    assert_eq!((held.snapshot.is_some(), held.updates.len()), (true, 0));
}

#[test]
fn large_updates_are_folded_before_there_are_many() {
    let mut held = Held::open(None, &[]).unwrap();
    // Nothing that packs well.
    let large: String = (0..60_000_u32).filter_map(|n| char::from_u32(0x4e00 + n * 7919 % 20_000)).collect();
    for peer in 1..=2 {
        assert!(take(&mut held, peer, &large));
    }
    assert!(held.updates.iter().map(Vec::len).sum::<usize>() <= MAX_UPDATE_BYTES);
    assert_eq!(held.read().unwrap().0.chars().count(), 120_000);
}
