//! Several people write at once, in text full of characters beyond the basic plane.

use galley_text::{Document, Splice, TextError, splice};

use crate::prose::Dice;

const START: &str = "甲乙𠮷𡃁𪚥👏🏽丙，Reuters 2024。\n👨‍👩‍👧丁🇨🇳";
const TYPED: &[&str] = &["𠮷", "👏🏽", "市水务局", "a", "\n", "𪚥乙", "2024 年", "", ""];
/// A reporter, an editor, and the sub-editor at the desk.
const NEWSROOM: [u64; 3] = [20, 30, 40];

/// An edit at random offsets, good and bad: up to three replacements, some beyond the end, some inside a pair.
fn random_edit(dice: &mut Dice, len: usize) -> Vec<Splice> {
    let mut offsets: Vec<usize> = (0..2 * (1 + dice.below(3))).map(|_| dice.below(len + 2)).collect();
    if dice.below(10) > 0 {
        offsets.sort_unstable();
    }
    let pairs = offsets.chunks_exact(2);
    pairs.map(|pair| Splice::new(pair[0], pair[1].min(pair[0] + dice.below(4)), dice.pick(TYPED))).collect()
}

/// Types into one document and into a plain string beside it: both take or refuse the same.
fn type_once(document: &mut Document, dice: &mut Dice) -> (bool, Option<Vec<u8>>) {
    let before = document.body().unwrap();
    let edit = random_edit(dice, splice::len_utf16(&before));
    let model = splice::apply(&before, &edit);
    let outcome = document.edit(&edit);
    let after = document.body().unwrap();
    match (model, outcome) {
        (Ok(text), Ok(update)) => {
            assert_eq!(after, text, "{edit:?} on {before:?}");
            (true, update.map(|update| update.bytes))
        }
        (Err(model), Err(real)) => {
            assert_eq!(after, before, "refused, and the text is untouched");
            assert_eq!(
                std::mem::discriminant(&model),
                std::mem::discriminant(&real),
                "{edit:?} on {before:?}"
            );
            (false, None)
        }
        (model, real) => panic!("{edit:?} on {before:?}: {model:?} and {real:?}"),
    }
}

#[test]
fn three_writers_converge_and_no_character_is_torn() {
    let (mut n_taken, mut n_refused) = (0, 0);
    for seed in 0..60 {
        let mut dice = Dice::new(seed);
        let mut first = Document::new(1).unwrap();
        first.edit(&[Splice::new(0, 0, START)]).unwrap();
        let snapshot = first.snapshot().unwrap();
        let mut newsroom = NEWSROOM.map(|peer| Document::load(Some(&snapshot), &[], peer).unwrap());
        for round in 0..12 {
            let mut sent: [Vec<Vec<u8>>; 3] = Default::default();
            for (document, sent) in newsroom.iter_mut().zip(&mut sent) {
                for _ in 0..4 {
                    let (taken, update) = type_once(document, &mut dice);
                    *(if taken { &mut n_taken } else { &mut n_refused }) += 1;
                    sent.extend(update);
                }
            }
            for (reader, document) in newsroom.iter_mut().enumerate() {
                let mut arrived = sent.concat();
                // In an order of each reader's own; the own ones come back too.
                let turn = dice.below(arrived.len() + 1);
                arrived.rotate_left(turn);
                let before = document.body().unwrap();
                let imported = document.import(&arrived).unwrap();
                let after = document.body().unwrap();
                let shown = splice::apply(&before, &imported.splices).unwrap();
                assert_eq!(shown, after, "seed {seed} round {round} reader {reader}");
                assert!(!document.is_incomplete());
            }
            let texts = newsroom.each_ref().map(|document| document.body().unwrap());
            assert!(texts.iter().all(|text| *text == texts[0]), "seed {seed} round {round}: {texts:?}");
            assert!(!texts[0].contains('\u{FFFD}'), "seed {seed} round {round}: {:?}", texts[0]);
            let versions = newsroom.each_ref().map(|document| document.version().unwrap());
            assert!(versions.iter().all(|version| *version == versions[0]));
        }
    }
    assert!(n_taken > 1_000 && n_refused > 1_000, "{n_taken} taken, {n_refused} refused: both are tried");
}

#[test]
fn nobody_invents_or_loses_a_character() {
    for seed in 100..130 {
        let mut dice = Dice::new(seed);
        let mut first = Document::new(1).unwrap();
        first.edit(&[Splice::new(0, 0, "底稿")]).unwrap();
        let snapshot = first.snapshot().unwrap();
        let mut updates = Vec::new();
        let mut typed: Vec<String> = Vec::new();
        for peer in NEWSROOM {
            let mut document = Document::load(Some(&snapshot), &[], peer).unwrap();
            for n in 0..dice.below(40) {
                let word = format!("⟨{peer}𠮷{n}⟩");
                let ends: Vec<usize> = offsets_of_ends(&document.body().unwrap());
                let at = ends[dice.below(ends.len())];
                updates.push(document.edit(&[Splice::new(at, at, word.as_str())]).unwrap().unwrap().bytes);
                typed.push(word);
            }
        }
        let merged = Document::load(Some(&snapshot), &updates, 99).unwrap().body().unwrap();
        for word in &typed {
            assert_eq!(merged.matches(word.as_str()).count(), 1, "seed {seed}: {word} in {merged}");
        }
        let n_scalars: usize = typed.iter().map(|word| word.chars().count()).sum();
        assert_eq!(merged.chars().count(), 2 + n_scalars, "seed {seed}");
    }
}

/// Places where a word may be put without splitting another: the start, and after every `⟩`.
fn offsets_of_ends(text: &str) -> Vec<usize> {
    let ends = text.char_indices().filter(|(_, c)| *c == '⟩');
    let after = ends.map(|(at, c)| splice::len_utf16(text.split_at(at + c.len_utf8()).0));
    std::iter::once(0).chain(after).collect()
}

#[test]
fn an_offset_that_fits_no_character_is_refused_by_name() {
    let mut document = Document::new(20).unwrap();
    document.edit(&[Splice::new(0, 0, "甲𠮷乙")]).unwrap();
    let version = document.version().unwrap();
    let mut check = |splices: &[Splice], wanted: &str| {
        let error = document.edit(splices).unwrap_err();
        let name = match error {
            TextError::InsidePair { offset } => format!("inside a pair at {offset}"),
            TextError::OutOfRange { offset, len } => format!("{offset} of {len}"),
            TextError::Disordered { index } => format!("order at {index}"),
            other => panic!("{other:?}"),
        };
        assert_eq!(name, wanted, "{splices:?}");
        assert_eq!(document.body().unwrap(), "甲𠮷乙");
        assert_eq!(document.version().unwrap(), version, "nothing entered the history");
    };
    check(&[Splice::new(2, 2, "x")], "inside a pair at 2");
    check(&[Splice::new(0, 2, "")], "inside a pair at 2");
    check(&[Splice::new(2, 3, "")], "inside a pair at 2");
    check(&[Splice::new(5, 5, "x")], "5 of 4");
    check(&[Splice::new(0, 5, "x")], "5 of 4");
    check(&[Splice::new(usize::MAX, usize::MAX, "x")], "18446744073709551615 of 4");
    check(&[Splice::new(3, 1, "x")], "order at 0");
    check(&[Splice::new(0, 3, "x"), Splice::new(1, 4, "y")], "order at 1");
    check(&[Splice::new(3, 3, "x"), Splice::new(1, 1, "y")], "order at 1");
    check(&[Splice::new(0, 1, "好"), Splice::new(2, 2, "坏")], "inside a pair at 2");
}
