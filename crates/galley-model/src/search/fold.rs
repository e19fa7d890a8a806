//! How text and query are made alike: width, case and diacritics do not matter, everything else does.

use unicode_normalization::char::decompose_compatible;

/// Gives every character of a text as search sees it, with the byte it comes from. A character may give none
/// (a diacritic) or several (a ligature).
pub(super) fn each(text: &str, mut give: impl FnMut(usize, char)) {
    for (at, c) in text.char_indices() {
        match c {
            '\0'..='\x7f' => give(at, c.to_ascii_lowercase()),
            // What has no width, case or diacritics, and would fall apart: kana, Han, Hangul.
            '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{ac00}'..='\u{d7a3}' => give(at, c),
            _ => decompose_compatible(c, |part| {
                if !is_diacritic(part) {
                    part.to_lowercase().filter(|part| !is_diacritic(*part)).for_each(|part| {
                        give(at, if part == 'ς' { 'σ' } else { part });
                    });
                }
            }),
        }
    }
}

/// A text as search sees it.
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    each(text, |_, c| folded.push(c));
    folded
}

/// Combining marks of the Latin, Greek and Cyrillic scripts.
fn is_diacritic(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

#[cfg(test)]
mod tests {
    use super::fold;

    #[test]
    fn width_case_and_diacritics_do_not_matter() {
        let check = |typed: &str, seen: &str| assert_eq!(fold(typed), seen, "{typed}");
        check("Ｇ２０峰会", "g20峰会");
        check("Café Übergröße", "cafe ubergroße");
        check("cafe\u{301}", "cafe");
        check("ﾃﾚﾋ", "テレヒ");
        check("が한글々〇", "が한글々〇");
        check("ΣΊΣΥΦΟΣ ς", "σισυφοσ σ");
        check("İstanbul", "istanbul");
        check("水\u{3000}位，“升”", "水 位,“升”");
        check("㎡ ﬁ", "m2 fi");
    }
}
