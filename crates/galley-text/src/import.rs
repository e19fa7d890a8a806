//! What an import changed, as splices of the window's text.
//!
//! The engine's events count Unicode scalars, the window counts UTF-16: a character beyond the basic plane, such
//! as 𠮷, is one there and two here. The old text says which.

use loro::TextDelta;

use crate::diff;
use crate::splice::{self, Splice};

/// The splices that turn `before` into `after`. The engine's own account is taken when it is one event and leads
/// there, since it says what moved where carets stand; otherwise the difference of the texts.
pub(crate) fn splices(before: &str, after: &str, deltas: &[Vec<TextDelta>]) -> Vec<Splice> {
    if let [delta] = deltas {
        let told = in_utf16(before, delta);
        if splice::apply(before, &told).is_ok_and(|text| text == after) {
            return told;
        }
    }
    diff::splices(before, after)
}

/// Converts a delta in scalars of `before`; neighbouring deletions and insertions become one splice.
fn in_utf16(before: &str, delta: &[TextDelta]) -> Vec<Splice> {
    let mut splices = Vec::new();
    let mut chars = before.chars();
    let mut pass = |n_scalars: usize| chars.by_ref().take(n_scalars).map(char::len_utf16).sum::<usize>();
    let mut open = Splice::new(0, 0, "");
    for step in delta {
        match step {
            TextDelta::Retain { retain, .. } => {
                let at = open.to + pass(*retain);
                splices.push(std::mem::replace(&mut open, Splice::new(at, at, "")));
            }
            TextDelta::Insert { insert, .. } => open.insert.push_str(insert),
            TextDelta::Delete { delete } => open.to += pass(*delete),
        }
    }
    splices.push(open);
    splices.retain(|splice| !splice.is_empty());
    splices
}

#[cfg(test)]
mod tests {
    use super::*;

    fn retain(retain: usize) -> TextDelta {
        TextDelta::Retain { retain, attributes: None }
    }

    fn delete(delete: usize) -> TextDelta {
        TextDelta::Delete { delete }
    }

    fn insert(text: &str) -> TextDelta {
        TextDelta::Insert { insert: text.to_owned(), attributes: None }
    }

    #[test]
    fn scalars_become_utf16() {
        let told = in_utf16("甲𠮷👏🏽乙丙", &[retain(4), insert("X"), delete(1), retain(1), insert("𡃁")]);
        assert_eq!(told, [Splice::new(7, 8, "X"), Splice::new(9, 9, "𡃁")]);
    }

    #[test]
    fn an_account_that_leads_elsewhere_is_not_believed() {
        let check = |deltas: &[Vec<TextDelta>]| {
            let splices = splices("甲乙丙", "甲丁丙", deltas);
            assert_eq!(splices, [Splice::new(1, 2, "丁")], "{deltas:?}");
        };
        check(&[]);
        check(&[vec![retain(1), delete(1), insert("丁")]]);
        check(&[vec![retain(1), delete(1), insert("戊")]]);
        check(&[vec![retain(1), delete(1)], vec![retain(1), insert("丁")]]);
    }
}
