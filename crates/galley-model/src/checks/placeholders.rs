//! Leftovers that say "to come": `TK`, `XX`, `X月X日`, （待核）, [TODO].
//!
//! Few and sure rather than many: 有待核实 and 李×× are newspaper language, `XXL` and an address with `/XX/` in
//! it are not leftovers.

/// A leftover in a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Placeholder<'a> {
    /// As it stands there.
    pub text: &'a str,
    /// Where, in UTF-16 units.
    pub at_utf16: usize,
}

/// All leftovers of a text, in order.
pub fn placeholders(text: &str) -> Vec<Placeholder<'_>> {
    let mut found = Vec::new();
    let (mut at, mut at_utf16) = (0, 0);
    let mut before = None;
    while let Some(rest) = text.get(at..) {
        let Some(c) = rest.chars().next() else { break };
        let length = if starts_one(c) { length_at(rest, before) } else { None };
        if let Some(text) = length.and_then(|length| rest.get(..length)) {
            found.push(Placeholder { text, at_utf16 });
        }
        let seen = rest.get(..length.unwrap_or(c.len_utf8())).unwrap_or_default();
        before = seen.chars().next_back();
        at += seen.len();
        at_utf16 += seen.encode_utf16().count();
    }
    found
}

fn starts_one(c: char) -> bool {
    matches!(c, 'T' | 'X' | 'x' | 'F' | 'L' | 'l' | '×' | '（' | '(' | '【' | '[' | '〔' | '［')
}

/// How many bytes of leftover a text begins with, after this character.
fn length_at(rest: &str, before: Option<char>) -> Option<usize> {
    bracketed(rest).or_else(|| word(rest, before)).or_else(|| date(rest, before))
}

/// （待核）, 【待补充】, [此处配图]: a bracket that holds nothing but what is to be done.
fn bracketed(rest: &str) -> Option<usize> {
    const TO_DO: [&str; 16] = [
        "待核",
        "待核实",
        "待核对",
        "待查",
        "待查证",
        "待补",
        "待补充",
        "待定",
        "待确认",
        "待改",
        "待续写",
        "待采访",
        "待配图",
        "此处配图",
        "此处插图",
        "存疑",
    ];
    let mut chars = rest.chars();
    let closing = match chars.next()? {
        '（' => '）',
        '(' => ')',
        '【' => '】',
        '[' => ']',
        '〔' => '〕',
        '［' => '］',
        _ => return None,
    };
    let inner = chars.as_str();
    let (held, _) = inner.split_once(closing)?;
    let is_one = TO_DO.contains(&held.trim());
    is_one.then_some(rest.len() - inner.len() + held.len() + closing.len_utf8())
}

/// `TK`, `TKTK`, `XX`, `TODO`, `FIXME`, `TBC`, `TBD`, and the printer's Latin, as words of their own.
fn word(rest: &str, before: Option<char>) -> Option<usize> {
    let touches = |c: char| c.is_ascii_alphanumeric() || "/.-_=&@#%:'’".contains(c);
    if before.is_some_and(touches) {
        return None;
    }
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
    let (word, after) = rest.split_at_checked(end)?;
    let repeats = |unit: &str| !word.is_empty() && word.replace(unit, "").is_empty();
    let printers_latin = "Lorem ipsum";
    if rest.get(..printers_latin.len()).is_some_and(|start| start.eq_ignore_ascii_case(printers_latin)) {
        return Some(printers_latin.len());
    }
    let is_one =
        ["TODO", "FIXME", "TBC", "TBD"].contains(&word) || repeats("TK") || (repeats("X") && word.len() > 1);
    // A full stop may end the sentence; anything else that touches makes it part of a name or an address.
    let mut following = after.chars();
    let next = following.next();
    let goes_on =
        next.is_some_and(touches) && !(next == Some('.') && following.next().is_none_or(|c| !touches(c)));
    (is_one && !goes_on).then_some(end)
}

/// `X月X日`, `××年`, `xx时`: a run of crosses before a unit of time.
fn date(rest: &str, before: Option<char>) -> Option<usize> {
    if before.is_some_and(|c| c.is_ascii_alphanumeric() || is_cross(c)) {
        return None;
    }
    let crosses: usize = rest.chars().take_while(|c| is_cross(*c)).map(char::len_utf8).sum();
    let unit = rest.get(crosses..)?.chars().next()?;
    (crosses > 0 && "年月日时".contains(unit)).then_some(crosses + unit.len_utf8())
}

fn is_cross(c: char) -> bool {
    matches!(c, 'x' | 'X' | '×' | 'Ｘ' | 'ｘ')
}
