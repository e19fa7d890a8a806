//! Cuts a text into the pieces that a difference is made of: one Han character or punctuation mark, one word
//! or number of a spaced script, one line break, one run of blanks.
//!
//! A newsroom reads differences in words: `2023` to `2024` is one change of one number, 三十 to 五十 one change
//! of one character. Scripts without spaces are cut by character, since where their words end is an opinion.

/// The pieces of a text in order; joined they are the text.
pub(crate) fn tokens(text: &str) -> Vec<&str> {
    let mut tokens = Vec::with_capacity(text.len() / 3 + 1);
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let kind = kind(first);
        let len = match kind {
            Kind::Single => first.len_utf8(),
            Kind::Word | Kind::Blank => rest.find(|c| self::kind(c) != kind).unwrap_or(rest.len()),
        };
        let (token, after) = rest.split_at(len);
        tokens.push(token);
        rest = after;
    }
    tokens
}

/// Groups the pieces of a text into sentences, each with the marks, quotes and line breaks that close it.
pub(crate) fn sentences<'t, 'a>(tokens: &'t [&'a str]) -> Vec<&'t [&'a str]> {
    let ends = |token: &str| matches!(token, "。" | "！" | "？" | "；" | "…" | "." | "!" | "?" | ";" | "\n");
    let closes = |token: &str| matches!(token, "”" | "’" | "」" | "』" | "）" | "\"");
    let mut ended = false;
    tokens
        .chunk_by(|before, after| {
            ended = ends(before) || (ended && closes(before));
            !ended || ends(after) || closes(after)
        })
        .collect()
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Single,
    Word,
    Blank,
}

fn kind(c: char) -> Kind {
    match c {
        '\n' => Kind::Single,
        _ if c.is_whitespace() => Kind::Blank,
        _ if c.is_alphanumeric() && !is_unspaced(c) => Kind::Word,
        _ => Kind::Single,
    }
}

/// Letters of scripts that are written without spaces.
fn is_unspaced(c: char) -> bool {
    matches!(u32::from(c),
        0x0E00..=0x0EFF        // Thai, Lao
        | 0x1000..=0x109F      // Myanmar
        | 0x1780..=0x17FF      // Khmer
        | 0x2E80..=0x9FFF      // radicals, kana, bopomofo, Han, Yi start
        | 0xA000..=0xA4CF      // Yi
        | 0xF900..=0xFAFF      // compatibility Han
        | 0xFF01..=0xFF60      // full-width letters and digits
        | 0xFF66..=0xFF9F      // half-width kana
        | 0x16FE0..=0x1B2FF    // Tangut, kana supplements
        | 0x20000..=0x3FFFF    // Han extensions
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_cut_where_a_reader_would() {
        let check = |text: &str, wanted: &str| {
            let tokens = tokens(text);
            assert_eq!(tokens.join("|"), wanted);
            assert_eq!(tokens.concat(), text);
        };
        check("", "");
        check("𠮷田村，三次", "𠮷|田|村|，|三|次");
        check("Reuters 2024年，don't", "Reuters| |2024|年|，|don|'|t");
        check("1,200  袋\u{3000}沙\t土", "1|,|200|  |袋|\u{3000}|沙|\t|土");
        check("a\n\n b", "a|\n|\n| |b");
        check("カタカナ한국어Ｇ３ ไทย", "カ|タ|カ|ナ|한국어|Ｇ|３| |ไ|ท|ย");
        check("naïve café", "naïve| |café");
    }

    #[test]
    fn a_sentence_ends_with_its_marks_and_quotes() {
        let check = |text: &str, wanted: &[&str]| {
            let tokens = tokens(text);
            let sentences: Vec<String> =
                sentences(&tokens).iter().map(|sentence| sentence.concat()).collect();
            assert_eq!(sentences, wanted);
        };
        check("", &[]);
        check("无标点", &["无标点"]);
        check(
            "他说：“走吧！”随后出发。\n\n次日，雨停。",
            &["他说：“走吧！”", "随后出发。\n\n", "次日，雨停。"],
        );
        check("真的？！好……走", &["真的？！", "好……", "走"]);
        check("“引文”之后不断", &["“引文”之后不断"]);
    }
}
