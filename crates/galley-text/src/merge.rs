//! Three-way merge of texts in pieces: what two people made of one base.
//!
//! Touching changes count as one place, since what stands between two changes without a common piece was written
//! by someone who did not see the other. Nothing here chooses between the two sides of a conflict.

use std::ops::Range;

use crate::diff::{Hunk, hunks};

/// A stretch of the merge. Stretches follow each other without gaps in all three texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Stretch {
    pub(crate) kind: Kind,
    pub(crate) base: Range<usize>,
    pub(crate) mine: Range<usize>,
    pub(crate) theirs: Range<usize>,
}

/// Who changed a stretch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nobody.
    Same,
    /// One side only.
    Mine,
    /// The other side only.
    Theirs,
    /// Both, to the same.
    Both,
    /// Both, differently.
    Conflict,
}

/// Cuts three lists of pieces into stretches.
pub(crate) fn stretches(base: &[&str], mine: &[&str], theirs: &[&str]) -> Vec<Stretch> {
    let mut mine_side = Side::new(base, mine);
    let mut theirs_side = Side::new(base, theirs);
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(start) = [mine_side.next_start(), theirs_side.next_start()].into_iter().flatten().min() {
        if at < start {
            out.push(same(at..start, &mine_side, &theirs_side));
        }
        let before = (mine_side.place(start), theirs_side.place(start));
        let (mut end, mut by_mine, mut by_theirs) = (start, false, false);
        loop {
            let (grown_mine, grown_theirs) = (mine_side.take_touching(end), theirs_side.take_touching(end));
            by_mine |= grown_mine.is_some();
            by_theirs |= grown_theirs.is_some();
            let Some(grown) = grown_mine.max(grown_theirs) else { break };
            end = end.max(grown);
        }
        let (mine_range, theirs_range) = (before.0..mine_side.place(end), before.1..theirs_side.place(end));
        let kind = match (by_mine, by_theirs) {
            (true, true) if mine.get(mine_range.clone()) == theirs.get(theirs_range.clone()) => Kind::Both,
            (true, true) => Kind::Conflict,
            (true, false) => Kind::Mine,
            (false, _) => Kind::Theirs,
        };
        out.push(Stretch { kind, base: start..end, mine: mine_range, theirs: theirs_range });
        at = end;
    }
    if at < base.len() {
        out.push(same(at..base.len(), &mine_side, &theirs_side));
    }
    out
}

fn same(base: Range<usize>, mine: &Side, theirs: &Side) -> Stretch {
    Stretch {
        kind: Kind::Same,
        mine: mine.place(base.start)..mine.place(base.end),
        theirs: theirs.place(base.start)..theirs.place(base.end),
        base,
    }
}

/// One side's changes, walked from left to right.
struct Side {
    hunks: std::iter::Peekable<std::vec::IntoIter<Hunk>>,
    /// How much longer this side is than the base up to here; negative when shorter.
    grown: isize,
}

impl Side {
    fn new(base: &[&str], side: &[&str]) -> Self {
        Self { hunks: hunks(base, side).into_iter().peekable(), grown: 0 }
    }

    fn next_start(&mut self) -> Option<usize> {
        self.hunks.peek().map(|hunk| hunk.old.start)
    }

    /// Where a place of the base, past all changes taken so far, is on this side.
    fn place(&self, base: usize) -> usize {
        base.saturating_add_signed(self.grown)
    }

    /// Takes the next change when it begins at or before `end`, and says where it ends.
    fn take_touching(&mut self, end: usize) -> Option<usize> {
        let hunk = self.hunks.next_if(|hunk| hunk.old.start <= end)?;
        self.grown += hunk.new.len().cast_signed() - hunk.old.len().cast_signed();
        Some(hunk.old.end)
    }
}
