use proptest::prelude::*;

use super::*;

#[test]
fn words_are_counted_as_word_and_wps_count_them() {
    #[derive(Deserialize)]
    struct Group {
        about: String,
        cases: Vec<(String, u32)>,
    }
    let groups: Vec<Group> = serde_json::from_str(include_str!("../../tests/fixtures/words.json")).unwrap();
    assert!(groups.iter().map(|group| group.cases.len()).sum::<usize>() >= 61);
    for group in groups {
        for (text, words) in group.cases {
            assert_eq!(count(&text).words, words, "{}: {text:?}", group.about);
        }
    }
}

#[test]
fn the_other_counts_say_what_their_labels_say() {
    let check = |text: &str, expected: Counts| assert_eq!(count(text), expected, "{text:?}");
    check("", Counts::default());
    check(
        "今天 Hello, world！\r\n\r\n  \n第二段𠮷",
        Counts {
            words: 9,
            characters: 22,
            characters_without_spaces: 18,
            han: 6,
            latin_words: 2,
            paragraphs: 2,
        },
    );
    check(
        "It’s 3.5 km — e.g. don't.\u{2028}x",
        Counts {
            words: 7,
            characters: 26,
            characters_without_spaces: 21,
            han: 0,
            latin_words: 6,
            paragraphs: 1,
        },
    );
    check(
        "カタカナ안녕 세계",
        Counts {
            words: 6,
            characters: 9,
            characters_without_spaces: 8,
            han: 0,
            latin_words: 2,
            paragraphs: 1,
        },
    );
    check("\u{feff}", Counts { characters: 1, characters_without_spaces: 1, ..Counts::default() });
}

fn sum(a: Counts, b: Counts) -> Counts {
    Counts {
        words: a.words + b.words,
        characters: a.characters + b.characters,
        characters_without_spaces: a.characters_without_spaces + b.characters_without_spaces,
        han: a.han + b.han,
        latin_words: a.latin_words + b.latin_words,
        paragraphs: a.paragraphs + b.paragraphs,
    }
}

/// Text in which every class of character meets every other.
fn mixed() -> impl Strategy<Value = String> {
    let pieces = proptest::sample::select(vec![
        "中", "𠮷", "，", "a", "Z", "7", " ", "\t", "’", "“", "—", "…", "·", "😀", "\u{200d}", "\u{fe0f}",
        "🇨", "가", "カ", "é", "\u{301}", ".", "_", "℃", "◇", "\r", "\u{3000}", "\u{feff}", "Ａ",
    ]);
    proptest::collection::vec(pieces, 0..40).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn counts_are_the_sum_over_paragraphs(a in mixed(), b in mixed()) {
        prop_assert_eq!(count(&format!("{a}\n{b}")), sum(count(&a), count(&b)));
    }

    #[test]
    fn counts_stay_between_han_and_characters(text in mixed()) {
        let counts = count(&text);
        prop_assert!(counts.han <= counts.words);
        prop_assert!(counts.words <= counts.characters_without_spaces);
        prop_assert!(counts.characters_without_spaces <= counts.characters);
        prop_assert!(counts.latin_words <= counts.characters);
    }

    /// The common Han are counted by a shorter way than the rare, which are counted like all else.
    #[test]
    fn common_and_rare_han_count_alike(text in proptest::collection::vec(mixed(), 1..3), han in "[一-龥]{0,9}") {
        let text = text.join(&han);
        let rare = text.replace(|c| matches!(c, '\u{4e00}'..='\u{9fff}'), "㐀");
        prop_assert_eq!(count(&text), count(&rare));
    }

    #[test]
    fn any_text_can_be_counted(text in any::<String>()) {
        let counts = count(&text);
        prop_assert!(counts.words <= counts.characters_without_spaces);
    }

    #[test]
    fn plain_words_are_found_as_the_segmenter_finds_them(text in mixed()) {
        let segmented = text
            .split(|c| c == '\n' || class_of(c) == Class::EastAsian)
            .flat_map(str::unicode_words)
            .filter(|word| word.chars().any(|c| class_of(c) == Class::Other && c.is_alphanumeric()))
            .count();
        prop_assert_eq!(count(&text).latin_words as usize, segmented);
    }
}
