//! Text and query as terms of the index.
//!
//! Scripts without spaces give every pair of neighbouring characters, and the last character of a run alone:
//! each character then begins exactly one term, so that a single one is found by its prefix. Words of spaced
//! scripts and numbers are terms as they are.

use super::fold;

/// Words are indexed by their beginning; longer ones are junk, and told apart by the text itself.
const LONGEST_WORD: usize = 40;
/// Pairs of one query that ask the index; the text itself is compared in full.
const MOST_PAIRS: usize = 24;

/// What a character is to search.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Of a spaced script, or a digit.
    Word,
    /// Of a script without spaces.
    Pair,
    /// Blanks, marks, symbols.
    Between,
}

fn kind(c: char) -> Kind {
    match c {
        'a'..='z' | '0'..='9' => Kind::Word,
        '\0'..='\x7f' => Kind::Between,
        _ if !c.is_alphanumeric() => Kind::Between,
        // Thai to Myanmar, Jamo, Khmer, CJK to Yi, Hangul, compatibility Han, half-width kana, the further planes.
        '\u{e00}'..='\u{109f}'
        | '\u{1100}'..='\u{11ff}'
        | '\u{1780}'..='\u{17ff}'
        | '\u{2e80}'..='\u{a4cf}'
        | '\u{a960}'..='\u{a97f}'
        | '\u{ac00}'..='\u{d7ff}'
        | '\u{f900}'..='\u{faff}'
        | '\u{ff66}'..='\u{ffdc}'
        | '\u{16fe0}'..='\u{18cff}'
        | '\u{1aff0}'..='\u{1b2ff}'
        | '\u{20000}'..='\u{3ffff}' => Kind::Pair,
        _ => Kind::Word,
    }
}

/// Runs of one kind in a folded text, without what lies between.
fn runs(folded: &str) -> impl Iterator<Item = (Kind, &str)> {
    let mut rest = folded;
    std::iter::from_fn(move || {
        loop {
            let first = kind(rest.chars().next()?);
            let end = rest.find(|c| kind(c) != first).unwrap_or(rest.len());
            let (run, after) = rest.split_at(end);
            rest = after;
            if first != Kind::Between {
                return Some((first, run));
            }
        }
    })
}

/// The neighbours of a run of pairs, and whether each is a single last character.
fn pairs(run: &str) -> impl Iterator<Item = &str> {
    let starts = run.char_indices().map(|(at, _)| at);
    starts.map(|at| {
        let rest = run.get(at..).unwrap_or_default();
        let end = rest.char_indices().nth(2).map_or(rest.len(), |(end, _)| end);
        rest.get(..end).unwrap_or_default()
    })
}

fn beginning(word: &str) -> (&str, bool) {
    match word.char_indices().nth(LONGEST_WORD) {
        Some((end, _)) => (word.get(..end).unwrap_or(word), true),
        None => (word, false),
    }
}

/// The terms of a folded text, separated by blanks, for the index's own tokenizer, which splits at ASCII
/// marks and takes every other character as it is.
pub fn terms(folded: &str) -> String {
    let mut terms = String::with_capacity(folded.len() * 2);
    let mut push = |term: &str| {
        terms.push_str(term);
        terms.push(' ');
    };
    for (kind, run) in runs(folded) {
        match kind {
            Kind::Pair => pairs(run).for_each(&mut push),
            _ => push(beginning(run).0),
        }
    }
    terms
}

/// A query: what the text must hold, and what to ask the index for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Folded; all must occur.
    parts: Vec<String>,
    /// In the index's own language; empty when the index cannot help (a query of symbols).
    pub matching: String,
}

impl Query {
    /// Nothing when there is nothing to look for.
    pub fn new(typed: &str) -> Option<Self> {
        let folded = fold::fold(typed);
        let parts: Vec<String> = folded.split_whitespace().map(str::to_owned).collect();
        if parts.is_empty() {
            return None;
        }
        let mut terms = Vec::new();
        for part in &parts {
            terms_of(part, &mut terms);
        }
        terms.sort();
        terms.dedup();
        terms.truncate(MOST_PAIRS);
        Some(Self { parts, matching: terms.join(" AND ") })
    }

    /// Where each part first occurs in a folded text, or nothing when one does not.
    pub fn find(&self, folded: &str) -> Option<Vec<usize>> {
        self.parts.iter().map(|part| find_part(folded, part, 0)).collect()
    }

    /// Where any part first occurs at or after a byte.
    pub fn find_any(&self, folded: &str, from: usize) -> Option<usize> {
        self.parts.iter().filter_map(|part| find_part(folded, part, from)).min()
    }
}

/// A part that begins with a letter of a spaced script or a digit occurs only where such a word begins.
fn find_part(folded: &str, part: &str, from: usize) -> Option<usize> {
    let word = part.chars().next().is_some_and(|c| kind(c) == Kind::Word);
    let mut rest = folded.get(from..)?.match_indices(part);
    let inside = |at: usize| {
        folded.get(..at).and_then(|before| before.chars().next_back()).is_some_and(|c| kind(c) == Kind::Word)
    };
    rest.find(|(at, _)| !word || !inside(from + at)).map(|(at, _)| from + at)
}

/// What the index must hold for a part to occur. A word at the part's end may go on in the text.
fn terms_of(part: &str, terms: &mut Vec<String>) {
    let open = part.chars().next_back().is_some_and(|c| kind(c) == Kind::Word);
    let mut words = runs(part).peekable();
    while let Some((kind, run)) = words.next() {
        let last = words.peek().is_none();
        match kind {
            Kind::Word => {
                let (word, cut) = beginning(run);
                let prefix = if open && last && !cut { " *" } else { "" };
                terms.push(format!("\"{word}\"{prefix}"));
            }
            _ if run.chars().nth(1).is_none() => terms.push(format!("\"{run}\" *")),
            _ => {
                let whole = pairs(run).filter(|pair| pair.chars().nth(1).is_some());
                terms.extend(whole.map(|pair| format!("\"{pair}\"")));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Query;
    use crate::search::fold;

    #[test]
    fn a_text_becomes_pairs_and_words() {
        let check =
            |text: &str, terms: &str| assert_eq!(super::terms(&fold(text)).trim_end(), terms, "{text}");
        check("市水务局", "市水 水务 务局 局");
        check("水", "水");
        check("5G网络，Wi-Fi 6", "5g 网络 络 wi fi 6");
        check("𠮷野家", "𠮷野 野家 家");
        check(&"x".repeat(60), &"x".repeat(40));
        check("——“”😀", "");
    }

    #[test]
    fn a_query_asks_the_index_for_what_its_parts_need() {
        let check = |typed: &str, matching: &str| {
            assert_eq!(Query::new(typed).map(|query| query.matching).as_deref(), Some(matching), "{typed}");
        };
        check("水", "\"水\" *");
        check("水务", "\"水务\"");
        check("水务局 Gov", "\"gov\" * AND \"务局\" AND \"水务\"");
        check("5G网", "\"5g\" AND \"网\" *");
        check("wi-fi", "\"fi\" * AND \"wi\"");
        check("wi-", "\"wi\"");
        check("😀", "");
        assert_eq!(Query::new(" \u{3000}\n"), None);
    }

    #[test]
    fn a_part_is_found_where_its_words_begin() {
        let check = |typed: &str, text: &str, found: bool| {
            assert_eq!(Query::new(typed).unwrap().find(&fold(text)).is_some(), found, "{typed} in {text}");
        };
        check("ater", "Water", false);
        check("wat", "cold Water", true);
        check("wat", "冷Water", true);
        check("务局 水务", "市水务局", true);
        check("水局", "市水务局", false);
        check("G网", "5G网", false);
        check("5g网", "x 5G网络", true);
    }
}
