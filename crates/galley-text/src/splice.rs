//! Replacements in UTF-16 offsets, as the editor counts.

use serde::{Deserialize, Serialize};

use crate::TextError;

/// One replacement, in the coordinates of the text before the edit it belongs to. The splices of one edit are
/// sorted and do not overlap.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Splice {
    /// UTF-16, inclusive.
    pub from: usize,
    /// UTF-16, exclusive.
    pub to: usize,
    /// What stands there now.
    pub insert: String,
}

impl Splice {
    /// A replacement of `from..to`.
    pub fn new(from: usize, to: usize, insert: impl Into<String>) -> Self {
        Self { from, to, insert: insert.into() }
    }

    /// True when it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.from == self.to && self.insert.is_empty()
    }
}

/// UTF-16 length of a text.
pub fn len_utf16(text: &str) -> usize {
    text.chars().map(char::len_utf16).sum()
}

/// The text after the splices, or why they do not fit it.
pub fn apply(text: &str, splices: &[Splice]) -> Result<String, TextError> {
    check_order(splices)?;
    let mut out = String::with_capacity(text.len());
    let mut rest = text.chars();
    let mut at = 0;
    // Moves to an offset, handing every character passed to `pass`.
    let mut advance = |rest: &mut std::str::Chars<'_>, offset: usize, pass: &mut dyn FnMut(char)| {
        while at < offset {
            let Some(next) = rest.next() else {
                return Err(TextError::OutOfRange { offset, len: at });
            };
            at += next.len_utf16();
            pass(next);
        }
        if at == offset { Ok(()) } else { Err(TextError::InsidePair { offset }) }
    };
    for splice in splices {
        advance(&mut rest, splice.from, &mut |kept| out.push(kept))?;
        advance(&mut rest, splice.to, &mut |_| {})?;
        out.push_str(&splice.insert);
    }
    out.push_str(rest.as_str());
    Ok(out)
}

/// Sorted, not overlapping, none ending before it starts.
pub(crate) fn check_order(splices: &[Splice]) -> Result<(), TextError> {
    let mut end = 0;
    for (index, splice) in splices.iter().enumerate() {
        if splice.from < end || splice.to < splice.from {
            return Err(TextError::Disordered { index });
        }
        end = splice.to;
    }
    Ok(())
}
