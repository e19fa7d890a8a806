//! The second look at merges: silent when it should be, symmetric, and true to the texts.

use std::collections::BTreeMap;

use galley_model::Meta;
use galley_text::contest::{FieldContest, fields, three_way};
use galley_text::{Document, Splice, splice};
use proptest::collection::vec;
use proptest::prelude::*;

use crate::prose::{Dice, Subject, article};

fn text() -> impl Strategy<Value = String> {
    vec(prop::sample::select(vec!["汛", "𠮷", "水", "务", "，", "。", "\n", "word ", "3"]), 0..14)
        .prop_map(|parts| parts.concat())
}

proptest! {
    #[test]
    fn one_sided_and_equal_changes_are_silent(base in text(), mine in text()) {
        prop_assert_eq!(three_way(&base, &mine, &base, &mine), Default::default());
        prop_assert_eq!(three_way(&base, &base, &mine, &mine), Default::default());
        prop_assert_eq!(three_way(&base, &mine, &mine, &mine), Default::default());
    }

    #[test]
    fn a_verdict_is_true_to_the_texts(base in text(), mine in text(), theirs in text(), merged in text()) {
        let verdict = three_way(&base, &mine, &theirs, &merged);
        let mirrored = three_way(&base, &theirs, &mine, &merged);
        prop_assert_eq!(verdict.contests.is_empty(), mirrored.contests.is_empty());
        prop_assert_eq!(&verdict.suggestion, &mirrored.suggestion);

        let replace_by = |choice: &dyn Fn(usize) -> Option<String>| -> Option<Vec<Splice>> {
            let choose = |(index, contest): (usize, &galley_text::contest::Contest)| {
                Some(Splice::new(contest.at.start, contest.at.end, choice(index)?))
            };
            verdict.contests.iter().enumerate().map(choose).collect()
        };
        let own = replace_by(&|index| Some(verdict.contests[index].result.clone())).unwrap();
        prop_assert_eq!(&splice::apply(&merged, &own).unwrap(), &merged, "each result is what stands there");
        for contest in &verdict.contests {
            prop_assert!(base.contains(&contest.base) && mine.contains(&contest.mine));
            prop_assert!(theirs.contains(&contest.theirs));
        }
        let proposed = replace_by(&|index| verdict.contests[index].suggestion.clone());
        match (proposed, &verdict.suggestion) {
            (Some(splices), Some(suggestion)) => {
                prop_assert_eq!(&splice::apply(&merged, &splices).unwrap(), suggestion);
            }
            (Some(splices), None) => prop_assert!(splices.is_empty(), "proposals without a whole"),
            (None, suggestion) => prop_assert_eq!(suggestion, &None),
        }
    }
}

/// Small changes in places of their own: a word put in, or some characters taken out.
fn changes(offsets: &[usize], places: &[usize], dice: &mut Dice) -> Vec<Splice> {
    let change = |place: &usize| {
        let from = place * PLACE + 20 + dice.below(PLACE - 40);
        match dice.below(2) {
            0 => {
                let word = dice.pick(&["据悉", "约", "《通知》", "昨晚", "7"]);
                Splice::new(offsets[from], offsets[from], word)
            }
            _ => Splice::new(offsets[from], offsets[from + 1 + dice.below(3)], ""),
        }
    };
    places.iter().map(change).collect()
}

/// Characters that are one person's to change.
const PLACE: usize = 160;

#[test]
fn changes_in_different_places_merge_in_silence() {
    let base = article(Subject::Flood, 11, 120 * PLACE);
    // UTF-16 offset of every character.
    let offsets: Vec<usize> =
        base.chars().scan(0, |at, c| Some(std::mem::replace(at, *at + c.len_utf16()))).collect();
    let mut first = Document::new(1).unwrap();
    first.edit(&[Splice::new(0, 0, base.as_str())]).unwrap();
    let start = first.snapshot().unwrap();
    for seed in 0..50 {
        let mut dice = Dice::new(seed);
        let (hers, his): (Vec<usize>, Vec<usize>) = (0..120).partition(|_| dice.below(2) == 0);
        let mut updates = Vec::new();
        let mut side = |peer, places: &[usize]| {
            let mut document = Document::load(Some(&start), &[], peer).unwrap();
            updates.push(document.edit(&changes(&offsets, places, &mut dice)).unwrap().unwrap().bytes);
            document.body().unwrap()
        };
        let (mine, theirs) = (side(20, &hers), side(30, &his));
        let merged = Document::load(Some(&start), &updates, 40).unwrap().body().unwrap();
        let verdict = three_way(&base, &mine, &theirs, &merged);
        assert!(verdict.contests.is_empty(), "seed {seed}: {verdict:#?}");
    }
}

#[test]
fn changes_that_touch_are_a_question_and_changes_apart_are_not() {
    let check = |base: &str, mine: &str, theirs: &str, suggestion: Option<&str>| {
        // Whatever the document says, unless it is what is expected, someone is asked.
        let silent = suggestion.is_some_and(|text| three_way(base, mine, theirs, text) == Default::default());
        assert_eq!(silent, suggestion.is_some(), "{mine} and {theirs}");
        let verdict = three_way(base, mine, theirs, base);
        assert_eq!((verdict.contests.is_empty(), verdict.suggestion.as_deref()), (false, suggestion));
    };
    check("转移三百人", "转移四百人", "疏散三百人", None);
    check("转移了三百人", "转移了四百人", "疏散了三百人", Some("疏散了四百人"));
    check("转移三百人", "转移三百余人", "转移三百多人", None);
    check("转移三百人", "转移三百余人", "转移三百余人", Some("转移三百余人"));
    check("转移三百人", "转移三百人", "转移二百人", Some("转移二百人"));
}

#[test]
fn places_close_together_are_one_question_and_lines_are_two() {
    let check = |between: &str, wanted: &[(&str, &str, &str)]| {
        let text = |a: &str, b: &str| format!("{a}{between}{b}");
        let (base, mine, theirs) = (text("旧", "陈"), text("甲", "丙"), text("乙", "丁"));
        let verdict = three_way(&base, &mine, &theirs, &text("甲乙", "丙丁"));
        let found: Vec<_> = verdict
            .contests
            .iter()
            .map(|contest| (contest.mine.as_str(), contest.theirs.as_str(), contest.result.as_str()))
            .collect();
        assert_eq!(found, wanted, "{between:?}");
    };
    let two = [("甲", "乙", "甲乙"), ("丙", "丁", "丙丁")];
    check("，水位", &[("甲，水位丙", "乙，水位丁", "甲乙，水位丙丁")]);
    check("，水位\n", &two);
    check("，水位正在缓慢回落，", &two);
}

fn facts(pairs: &[(&str, &str)]) -> Meta {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect::<BTreeMap<_, _>>()
}

#[test]
fn fields_are_judged_one_by_one() {
    let check = |base: &str, mine: &str, theirs: &str, result: &str, wanted: Option<Option<&str>>| {
        let of = |value: &str| if value == "-" { facts(&[]) } else { facts(&[("headline", value)]) };
        let found = fields(&of(base), &of(mine), &of(theirs), &of(result));
        let text = |value: &str| value.trim_matches('-').to_owned();
        let wanted: Vec<FieldContest> = wanted
            .map(|suggestion| FieldContest {
                key: "headline".to_owned(),
                base: text(base),
                mine: text(mine),
                theirs: text(theirs),
                result: text(result),
                suggestion: suggestion.map(str::to_owned),
            })
            .into_iter()
            .collect();
        assert_eq!(found, wanted, "{base} {mine} {theirs} {result}");
    };
    // Silent: nobody, one side, both to the same.
    check("旧", "旧", "旧", "旧", None);
    check("旧", "新", "旧", "新", None);
    check("旧", "旧", "新", "新", None);
    check("旧", "新", "新", "新", None);
    check("-", "-", "-", "-", None);
    check("-", "", "-", "-", None);
    // The last writer hides the other: a person chooses, whoever was last.
    check("旧", "甲", "乙", "乙", Some(None));
    check("旧", "甲", "乙", "甲", Some(None));
    check("旧", "", "乙", "", Some(None));
    check("-", "甲", "乙", "乙", Some(None));
    // Only one side changed, and the document says something else.
    check("旧", "新", "旧", "旧", Some(Some("新")));
    check("旧", "新", "新", "旧", Some(Some("新")));
}

#[test]
fn different_fields_merge_in_silence() {
    let base = facts(&[("headline", "旧"), ("slug", "flood")]);
    let mine = facts(&[("headline", "新"), ("slug", "flood")]);
    let theirs = facts(&[("headline", "旧"), ("slug", "flood"), ("kicker", "连线")]);
    let merged = facts(&[("headline", "新"), ("slug", "flood"), ("kicker", "连线")]);
    assert_eq!(fields(&base, &mine, &theirs, &merged), []);
}
