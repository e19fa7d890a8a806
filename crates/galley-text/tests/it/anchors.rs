//! T19: anchors of comments and the marks of contests keep their place, whatever is written, taken away, put back or
//! read from a copy.

use std::collections::BTreeSet;

use galley_text::anchor::Anchor;
use galley_text::{Document, Splice, splice};

use super::prose::Dice;

const SEEDS: u64 = 60;
const ROUNDS: usize = 30;

/// Characters that are typed once each, every third beyond the basic plane.
struct Fresh(u32);

impl Fresh {
    fn text(&mut self, n: usize) -> String {
        let one = |n: u32| char::from_u32(if n.is_multiple_of(3) { 0x20000 } else { 0x4e00 } + n).unwrap();
        (0..n)
            .map(|_| {
                self.0 += 1;
                one(self.0)
            })
            .collect()
    }
}

/// A place between two characters, in UTF-16.
fn place(dice: &mut Dice, body: &str) -> usize {
    let n = dice.below(body.chars().count() + 1);
    body.chars().take(n).map(char::len_utf16).sum()
}

/// The end of the character that begins there.
fn next_place(body: &str, from: usize) -> usize {
    let mut upto = 0;
    let ends = body.chars().map(|c| {
        upto += c.len_utf16();
        upto
    });
    ends.into_iter().find(|end| *end > from).unwrap_or(from)
}

fn span(dice: &mut Dice, body: &str) -> std::ops::Range<usize> {
    let (one, other) = (place(dice, body), place(dice, body));
    one.min(other)..one.max(other)
}

/// What has to be true of an anchor in a document.
fn check(document: &Document, anchor: &Anchor, why: &str) -> (std::ops::Range<usize>, String) {
    let found = document.anchored(anchor).unwrap();
    let body = document.body().unwrap();
    assert!(found.at.end <= splice::len_utf16(&body), "{why}");
    let inside: BTreeSet<char> = found.text.chars().collect();
    let survivors: BTreeSet<char> = anchor.quote.chars().filter(|c| body.contains(*c)).collect();
    assert!(survivors.is_subset(&inside), "{why}: {survivors:?} are not all in {:?}", found.text);
    assert_eq!(found.is_orphan(), found.text.is_empty(), "{why}");
    (found.at, found.text)
}

#[test]
fn anchors_keep_to_the_words_they_were_put_on_in_every_copy() {
    let (mut orphans, mut grown) = (0, 0);
    for seed in 0..SEEDS {
        let (mut dice, mut fresh) = (Dice::new(seed), Fresh(0));
        let mut one = Document::new(10).unwrap();
        one.edit(&[Splice::new(0, 0, fresh.text(40))]).unwrap();
        let mut other = Document::load(Some(&one.snapshot().unwrap()), &[], 20).unwrap();
        let mut anchors: Vec<Anchor> = Vec::new();
        for round in 0..ROUNDS {
            let why = format!("seed {seed} round {round}");
            let mut sent: Vec<Vec<u8>> = Vec::new();
            for document in [&mut one, &mut other] {
                let body = document.body().unwrap();
                let at = span(&mut dice, &body);
                // Mostly small deletions, sometimes the whole of what an anchor holds.
                let at = match (dice.below(8), anchors.is_empty()) {
                    (0, false) => document.anchored(&anchors[dice.below(anchors.len())]).unwrap().at,
                    (1..4, _) => at.start..at.start,
                    _ => at.start..next_place(&body, at.start),
                };
                let n_fresh = 1 + dice.below(3);
                let text = fresh.text(n_fresh);
                let update = document.edit(&[Splice::new(at.start, at.end, text)]).unwrap();
                sent.extend(update.map(|update| update.bytes));
            }
            if round % 5 == 0 {
                let body = one.body().unwrap();
                let at = span(&mut dice, &body);
                if !at.is_empty() {
                    anchors.push(one.anchor(at).unwrap());
                }
            }
            for anchor in &anchors {
                check(&one, anchor, &why);
            }
            one.import(&sent).unwrap();
            other.import(&sent).unwrap();
            let loaded = Document::load(Some(&one.snapshot().unwrap()), &[], 30).unwrap();
            for anchor in &anchors {
                let here = check(&one, anchor, &why);
                assert_eq!(here, check(&other, anchor, &why), "{why}: the copies differ");
                assert_eq!(here, check(&loaded, anchor, &why), "{why}: read again, it differs");
                orphans += usize::from(here.0.is_empty());
                grown += usize::from(here.1.chars().any(|c| !anchor.quote.contains(c)));
            }
        }
    }
    assert!(orphans > 50 && grown > 500, "the edits reach the anchors: {orphans} orphans, {grown} grown");
}

#[test]
fn what_is_undone_is_inside_its_anchor_again() {
    let mut document = Document::new(1).unwrap();
    document.edit(&[Splice::new(0, 0, "昨日七时，桥下积水约三十厘米，车辆绕行。")]).unwrap();
    let anchor = document.anchor(10..14).unwrap();
    assert_eq!(anchor.quote, "三十厘米");
    document.edit(&[Splice::new(10, 12, "")]).unwrap();
    assert_eq!(document.anchored(&anchor).unwrap().text, "厘米");
    // The editor's undo writes the words anew, between the same two marks or not at all.
    document.edit(&[Splice::new(10, 10, "三十")]).unwrap();
    assert!(document.anchored(&anchor).unwrap().text.ends_with("厘米"));
    document.edit(&[Splice::new(8, 16, "")]).unwrap();
    let gone = document.anchored(&anchor).unwrap();
    assert_eq!((gone.is_orphan(), gone.at), (true, 8..8));
}

#[test]
fn an_anchor_is_put_on_whole_characters_alone() {
    let mut document = Document::new(1).unwrap();
    document.edit(&[Splice::new(0, 0, "甲𠮷乙")]).unwrap();
    for (span, is_good) in
        [(0..4, true), (1..3, true), (1..2, false), (2..4, false), (3..5, false), (0..0, true)]
    {
        assert_eq!(document.anchor(span.clone()).is_ok(), is_good, "{span:?}");
    }
}
