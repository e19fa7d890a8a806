//! The text around a hit.

use super::fold;

/// Characters of the excerpt before and after the beginning of the hit.
const AROUND: (usize, usize) = (20, 80);

/// The text around a byte of its folded form, on one line; ellipses tell that there is more.
pub fn excerpt(text: &str, folded_place: usize) -> String {
    let (mut folded, mut place) = (0, text.len());
    fold::each(text, |at, c| {
        if folded <= folded_place {
            place = at;
        }
        folded += c.len_utf8();
    });
    let before = text.get(..place).unwrap_or_default();
    let start = before.char_indices().rev().nth(AROUND.0).map_or(0, |(at, c)| at + c.len_utf8());
    let after = text.get(place..).unwrap_or_default();
    let end = after.char_indices().nth(AROUND.1).map_or(text.len(), |(at, _)| place + at);
    let words: Vec<&str> = text.get(start..end).unwrap_or_default().split_whitespace().collect();
    let (head, tail) = (if start > 0 { "…" } else { "" }, if end < text.len() { "…" } else { "" });
    format!("{head}{}{tail}", words.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_excerpt_shows_the_hit_and_says_where_it_was_cut() {
        let check = |text: &str, typed: &str, expected: &str| {
            let folded = fold::fold(text);
            let place = folded.find(typed).unwrap();
            assert_eq!(excerpt(text, place), expected);
        };
        check("市水务局\n说", "水", "市水务局 说");
        check(
            &format!("{}Ｇ２０峰会{}", "前".repeat(30), "后".repeat(100)),
            "g20",
            &format!("…{}Ｇ２０峰会{}…", "前".repeat(20), "后".repeat(75)),
        );
        check("cafe\u{301} 湖", "湖", "cafe\u{301} 湖");
    }
}
