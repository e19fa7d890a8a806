//! Judges merges. Documents converge by themselves, and converging is not the same as right: of eight newsroom
//! conflicts the engine silently prints wrong copy in six. So every merge is also made a second time, as a
//! three-way merge of the texts; where that conflicts, or reads differently, a person has to choose.
//!
//! A suggestion is never applied here, nor by any device on its own: two devices applying it would double it.

use std::collections::BTreeSet;
use std::ops::Range;

use galley_model::Meta;
use serde::{Deserialize, Serialize};

use crate::diff::{Hunk, hunks, offsets};
use crate::merge::{Kind, Stretch, stretches};
use crate::token::tokens;

/// What a second look at a merge found. Nothing contested: the merge reads as it should.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Places where a person has to choose, in order.
    pub contests: Vec<Contest>,
    /// The whole text as it should probably read, when every contest has a suggestion and there is one.
    pub suggestion: Option<String>,
}

/// A contested span of the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contest {
    /// Where `result` stands in the merged text, UTF-16. Replacing it by the chosen text settles the contest.
    pub at: Range<usize>,
    /// What stood there when both began.
    pub base: String,
    /// What one made of it.
    pub mine: String,
    /// What the other made of it.
    pub theirs: String,
    /// What the document says now.
    pub result: String,
    /// What it should probably say; none when the two sides truly conflict.
    pub suggestion: Option<String>,
}

/// A contested fact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldContest {
    /// Key of the meta map.
    pub key: String,
    /// What stood there when both began.
    pub base: String,
    /// What one made of it.
    pub mine: String,
    /// What the other made of it.
    pub theirs: String,
    /// What the document says now: the last writer's.
    pub result: String,
    /// What it should say; none when the two sides truly conflict.
    pub suggestion: Option<String>,
}

/// Judges the merge of two texts that began from `base` and became `merged`.
pub fn three_way(base: &str, mine: &str, theirs: &str, merged: &str) -> Verdict {
    if mine == theirs && mine == merged {
        return Verdict::default();
    }
    let text =
        Texts { base: tokens(base), mine: tokens(mine), theirs: tokens(theirs), merged: tokens(merged) };
    let expected = Expected::new(&text);
    let differences = hunks(&expected.tokens, &text.merged);
    let at = offsets(&text.merged);
    let contests: Vec<Contest> = contested(&expected, &differences)
        .into_iter()
        .map(|place| contest(&text, &expected, &differences, &at, place))
        .collect();
    let suggestion = (!contests.is_empty() && contests.iter().all(|contest| contest.suggestion.is_some()))
        .then(|| expected.tokens.concat());
    Verdict { contests, suggestion }
}

/// Judges the facts of the same merge, key by key. A fact that is not there counts as empty.
pub fn fields(base: &Meta, mine: &Meta, theirs: &Meta, merged: &Meta) -> Vec<FieldContest> {
    let keys: BTreeSet<&String> = [base, mine, theirs, merged].into_iter().flat_map(Meta::keys).collect();
    let of = |meta: &Meta, key: &String| meta.get(key).cloned().unwrap_or_default();
    keys.into_iter()
        .filter_map(|key| {
            let [base, mine, theirs, result] = [base, mine, theirs, merged].map(|meta| of(meta, key));
            let suggestion = match (mine == base, theirs == base) {
                (true, _) => Some(theirs.clone()),
                (_, true) => Some(mine.clone()),
                _ => (mine == theirs).then(|| mine.clone()),
            };
            let settled = suggestion.as_ref() == Some(&result);
            (!settled).then(|| FieldContest { key: key.clone(), base, mine, theirs, result, suggestion })
        })
        .collect()
}

/// At most so many pieces between two contested places, and they are shown as one.
const CLOSE: usize = 8;

struct Texts<'a> {
    base: Vec<&'a str>,
    mine: Vec<&'a str>,
    theirs: Vec<&'a str>,
    merged: Vec<&'a str>,
}

/// The three-way merge as a text of its own. A conflict is held by one side's text, so that it has a place.
struct Expected<'a> {
    tokens: Vec<&'a str>,
    /// Where each stretch lies in `tokens`.
    stretches: Vec<(Range<usize>, Stretch)>,
}

impl<'a> Expected<'a> {
    fn new(text: &Texts<'a>) -> Self {
        let mut merged = Vec::with_capacity(text.merged.len());
        let place = |stretch: Stretch| {
            let pieces = match stretch.kind {
                Kind::Theirs => text.theirs.get(stretch.theirs.clone()),
                _ => text.mine.get(stretch.mine.clone()),
            };
            let start = merged.len();
            merged.extend_from_slice(pieces.unwrap_or_default());
            (start..merged.len(), stretch)
        };
        let stretches = stretches(&text.base, &text.mine, &text.theirs).into_iter().map(place).collect();
        Self { tokens: merged, stretches }
    }

    /// The stretches that touch a place, empty ones at its edges too.
    fn touching(&self, place: &Range<usize>) -> impl Iterator<Item = &(Range<usize>, Stretch)> {
        let first = self.stretches.partition_point(|(at, _)| at.end < place.start);
        let end = place.end;
        self.stretches.iter().skip(first).take_while(move |(at, _)| at.start <= end)
    }

    /// A place of this text in one of the three it was made of. The edges of a place lie at the edges of changed
    /// stretches or inside unchanged ones, where all four texts run in step.
    fn in_side(&self, place: &Range<usize>, side: impl Fn(&Stretch) -> &Range<usize>) -> Range<usize> {
        let step = |(at, stretch): &(Range<usize>, Stretch), to: usize| match stretch.kind {
            Kind::Same => Some(side(stretch).start + to.saturating_sub(at.start)),
            _ => None,
        };
        let first = self.touching(place).next();
        let last = self.touching(place).last();
        let start = first.map_or(0, |found| step(found, place.start).unwrap_or(side(&found.1).start));
        let end = last.map_or(0, |found| step(found, place.end).unwrap_or(side(&found.1).end));
        start..end
    }
}

/// Where to ask: every conflict, and every difference from the document with the whole of the changes it touches.
/// Places of one line that lie close together are one question.
fn contested(expected: &Expected<'_>, differences: &[Hunk]) -> Vec<Range<usize>> {
    let conflicts = expected.stretches.iter().filter(|(_, stretch)| stretch.kind == Kind::Conflict);
    let mut places: Vec<Range<usize>> = conflicts.map(|(at, _)| at.clone()).collect();
    for hunk in differences {
        places.push(hunk.old.clone());
        let changed = expected.touching(&hunk.old).filter(|(_, stretch)| stretch.kind != Kind::Same);
        places.extend(changed.map(|(at, _)| at.clone()));
    }
    let close = |before: &Range<usize>, after: &Range<usize>| {
        let between = expected.tokens.get(before.end..after.start).unwrap_or_default();
        between.len() <= CLOSE && !between.contains(&"\n")
    };
    places.sort_by_key(|place| (place.start, place.end));
    let mut joined: Vec<Range<usize>> = Vec::new();
    for place in places {
        match joined.last_mut().filter(|last| close(last, &place)) {
            Some(last) => last.end = last.end.max(place.end),
            None => joined.push(place),
        }
    }
    joined
}

fn contest(
    text: &Texts<'_>,
    expected: &Expected<'_>,
    differences: &[Hunk],
    at: &[usize],
    place: Range<usize>,
) -> Contest {
    let join = |pieces: &[&str], range: Range<usize>| pieces.get(range).unwrap_or_default().concat();
    let merged = in_merged(differences, &place);
    let conflict = expected.touching(&place).any(|(_, stretch)| stretch.kind == Kind::Conflict);
    let offset = |index: usize| at.get(index).copied().unwrap_or_default();
    Contest {
        at: offset(merged.start)..offset(merged.end),
        base: join(&text.base, expected.in_side(&place, |stretch| &stretch.base)),
        mine: join(&text.mine, expected.in_side(&place, |stretch| &stretch.mine)),
        theirs: join(&text.theirs, expected.in_side(&place, |stretch| &stretch.theirs)),
        result: join(&text.merged, merged),
        suggestion: (!conflict).then(|| join(&expected.tokens, place)),
    }
}

/// A place of the expected text in the document's. Its edges never lie inside a difference.
fn in_merged(differences: &[Hunk], place: &Range<usize>) -> Range<usize> {
    let grown = |before: usize| {
        let last = before.checked_sub(1).and_then(|index| differences.get(index));
        last.map_or(0, |hunk| hunk.new.end.cast_signed() - hunk.old.end.cast_signed())
    };
    let first = differences.partition_point(|hunk| hunk.old.start < place.start);
    let last = differences.partition_point(|hunk| hunk.old.start <= place.end);
    place.start.saturating_add_signed(grown(first))..place.end.saturating_add_signed(grown(last))
}
