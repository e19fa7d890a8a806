//! Differences of two texts by pieces (one Han character, one word of a spaced script), fast whatever the texts.
//!
//! Work is bounded by a heuristic histogram difference; no exact shortest difference, which takes minutes on two
//! unrelated articles, is ever computed.

use std::hash::Hash;
use std::ops::Range;

use imara_diff::{Algorithm, Diff, InternedInput, Interner};
use serde::{Deserialize, Serialize};

use crate::Authored;
use crate::splice::{Splice, len_utf16};
use crate::token::{sentences, tokens};

/// The edit that turns `old` into `new`: sorted, not overlapping, empty when they are equal. When hardly
/// anything survives it is one block, so that no salad of chance matches is left of the old text.
pub fn splices(old: &str, new: &str) -> Vec<Splice> {
    let pair = Pair::new(old, new);
    let hunks = pair.hunks();
    let hunks = if pair.survives(&hunks) { hunks } else { pair.block() };
    let old_at = offsets(&pair.old);
    hunks
        .iter()
        .map(|hunk| Splice {
            from: at(&old_at, hunk.old.start),
            to: at(&old_at, hunk.old.end),
            insert: pair.new_text(hunk.new.clone()),
        })
        .collect()
}

/// A run of a comparison of two texts. All runs but the inserted ones, joined, are the old text; all but the
/// deleted ones, the new.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Run {
    /// What became of it.
    pub kind: RunKind,
    /// The characters.
    pub text: String,
    /// Who inserted it, when it was inserted and that is known.
    pub peer: Option<u64>,
}

/// What became of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RunKind {
    /// In both texts.
    Same,
    /// In the old one only.
    Deleted,
    /// In the new one only.
    Inserted,
}

/// The comparison of two texts to read: what was deleted stands before what was inserted in its place, and short
/// chance matches between changes are left out. `authors` tells who wrote `new` (see
/// [`crate::Document::attribution`]); empty when unknown.
pub fn runs(old: &str, new: &str, authors: &[Authored]) -> Vec<Run> {
    let pair = Pair::new(old, new);
    let hunks = pair.hunks_to_read();
    let new_at = offsets(&pair.new);
    let mut runs = Runs::default();
    let mut old_index = 0;
    for hunk in &hunks {
        runs.push(RunKind::Same, pair.old_text(old_index..hunk.old.start), None);
        runs.push(RunKind::Deleted, pair.old_text(hunk.old.clone()), None);
        let range = at(&new_at, hunk.new.start)..at(&new_at, hunk.new.end);
        runs.push_authored(&pair.new_text(hunk.new.clone()), range, authors);
        old_index = hunk.old.end;
    }
    runs.push(RunKind::Same, pair.old_text(old_index..pair.old.len()), None);
    runs.0
}

/// Runs as they are collected: none empty, none like the one before it.
#[derive(Default)]
struct Runs(Vec<Run>);

impl Runs {
    fn push(&mut self, kind: RunKind, text: String, peer: Option<u64>) {
        if text.is_empty() {
            return;
        }
        match self.0.last_mut().filter(|last| last.kind == kind && last.peer == peer) {
            Some(last) => last.text.push_str(&text),
            None => self.0.push(Run { kind, text, peer }),
        }
    }

    /// An insertion, cut where the author changes.
    fn push_authored(&mut self, text: &str, range: Range<usize>, authors: &[Authored]) {
        let mut author_idx = authors.partition_point(|author| author.to <= range.start);
        let mut offset = range.start;
        for c in text.chars() {
            while authors.get(author_idx).is_some_and(|author| author.to <= offset) {
                author_idx += 1;
            }
            let peer = authors.get(author_idx).and_then(|author| author.peer);
            self.push(RunKind::Inserted, c.to_string(), peer);
            offset += c.len_utf16();
        }
    }
}

/// So many equal pieces in a row are a match even between two long changes; fewer may be chance.
const NEVER_CHANCE: usize = 8;

/// A changed place: pieces `old` of the one became pieces `new` of the other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Hunk {
    pub(crate) old: Range<usize>,
    pub(crate) new: Range<usize>,
}

/// Two texts in pieces.
pub(crate) struct Pair<'a> {
    pub(crate) old: Vec<&'a str>,
    pub(crate) new: Vec<&'a str>,
}

impl<'a> Pair<'a> {
    pub(crate) fn new(old: &'a str, new: &'a str) -> Self {
        Self { old: tokens(old), new: tokens(new) }
    }

    /// The changed places, in order.
    pub(crate) fn hunks(&self) -> Vec<Hunk> {
        hunks(&self.old, &self.new)
    }

    /// The changed places for a reader: joined across matches so short that they are chance. A match that holds a line
    /// break always stands: it keeps paragraphs apart.
    fn hunks_to_read(&self) -> Vec<Hunk> {
        let found = self.hunks();
        if !self.survives(&found) {
            return self.block();
        }
        let mut joined: Vec<Hunk> = Vec::with_capacity(found.len());
        for hunk in found {
            let mut hunk = hunk;
            // Joining makes a change longer, and with it the matches before it that are short beside it.
            while let Some(last) = joined.pop_if(|last| self.is_chance(last, &hunk)) {
                hunk = Hunk { old: last.old.start..hunk.old.end, new: last.new.start..hunk.new.end };
            }
            joined.push(hunk);
        }
        joined
    }

    /// Whether what is the same between two changes is no longer than either.
    fn is_chance(&self, before: &Hunk, after: &Hunk) -> bool {
        let between = before.old.end..after.old.start;
        between.len() <= before.size().min(after.size()).min(NEVER_CHANCE)
            && !self.old.get(between).unwrap_or_default().contains(&"\n")
    }

    fn old_text(&self, range: Range<usize>) -> String {
        self.old.get(range).unwrap_or_default().concat()
    }

    fn new_text(&self, range: Range<usize>) -> String {
        self.new.get(range).unwrap_or_default().concat()
    }

    /// One change from the first to the last difference.
    fn block(&self) -> Vec<Hunk> {
        let same_start = self.old.iter().zip(&self.new).take_while(|(a, b)| a == b).count();
        let most = self.old.len().min(self.new.len()) - same_start;
        let same_end =
            self.old.iter().rev().zip(self.new.iter().rev()).take(most).take_while(|(a, b)| a == b).count();
        vec![Hunk { old: same_start..self.old.len() - same_end, new: same_start..self.new.len() - same_end }]
    }

    /// Whether three tenths of the smaller text are left standing, chance matches not counted.
    fn survives(&self, hunks: &[Hunk]) -> bool {
        let smaller = self.old.len().min(self.new.len());
        let mut kept = 0;
        let (mut start, mut before) = (0, None);
        for after in hunks.iter().map(Some).chain([None]) {
            let end = after.map_or(self.old.len(), |hunk| hunk.old.start);
            let beside = [before, after].into_iter().flatten().map(Hunk::size).min().unwrap_or(0);
            if end - start >= beside.min(NEVER_CHANCE) {
                kept += end - start;
            }
            start = after.map_or(end, |hunk| hunk.old.end);
            before = after;
        }
        kept * 10 >= smaller * 3
    }
}

impl Hunk {
    /// The longer of its sides, in pieces.
    fn size(&self) -> usize {
        self.old.len().max(self.new.len())
    }
}

/// The changed places between two lists of pieces, in order: first by whole sentences, which hardly ever match by
/// chance, then inside what differs. Pieces alone go astray in a long text whose every piece is frequent.
pub(crate) fn hunks(old: &[&str], new: &[&str]) -> Vec<Hunk> {
    let (old_sentences, new_sentences) = (sentences(old), sentences(new));
    let (old_at, new_at) = (starts(&old_sentences), starts(&new_sentences));
    let range = |starts: &[usize], of: &Range<usize>| at(starts, of.start)..at(starts, of.end);
    let mut found = Vec::new();
    for hunk in changed(&old_sentences, &new_sentences) {
        let (old_range, new_range) = (range(&old_at, &hunk.old), range(&new_at, &hunk.new));
        let (old, new) = (old.get(old_range.clone()), new.get(new_range.clone()));
        let moved = |of: &Range<usize>, by: usize| of.start + by..of.end + by;
        found.extend(changed(old.unwrap_or_default(), new.unwrap_or_default()).into_iter().map(|hunk| {
            Hunk { old: moved(&hunk.old, old_range.start), new: moved(&hunk.new, new_range.start) }
        }));
    }
    found
}

fn changed<T: Copy + Eq + Hash>(old: &[T], new: &[T]) -> Vec<Hunk> {
    let mut input = InternedInput { before: Vec::new(), after: Vec::new(), interner: Interner::new(1024) };
    input.update_before(old.iter().copied());
    input.update_after(new.iter().copied());
    let wide = |range: Range<u32>| range.start as usize..range.end as usize;
    let diff = Diff::compute(Algorithm::Histogram, &input);
    diff.hunks().map(|hunk| Hunk { old: wide(hunk.before), new: wide(hunk.after) }).collect()
}

/// Index of the first piece of every sentence, and the end.
fn starts(sentences: &[&[&str]]) -> Vec<usize> {
    let ends = sentences.iter().scan(0, |at, sentence| {
        *at += sentence.len();
        Some(*at)
    });
    std::iter::once(0).chain(ends).collect()
}

/// UTF-16 offset of every piece, and the end.
pub(crate) fn offsets(tokens: &[&str]) -> Vec<usize> {
    let mut at = 0;
    let mut offsets = Vec::with_capacity(tokens.len() + 1);
    offsets.push(0);
    for token in tokens {
        at += len_utf16(token);
        offsets.push(at);
    }
    offsets
}

fn at(offsets: &[usize], index: usize) -> usize {
    offsets.get(index).or(offsets.last()).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_changes_words_and_nothing_else() {
        let check = |old: &str, new: &str, wanted: &[Splice]| {
            assert_eq!(splices(old, new), wanted, "{old:?} to {new:?}");
        };
        check("", "", &[]);
        check("甲", "甲", &[]);
        check("", "甲𠮷", &[Splice::new(0, 0, "甲𠮷")]);
        check("甲𠮷", "", &[Splice::new(0, 3, "")]);
        check("市水务局", "市水利局", &[Splice::new(2, 3, "利")]);
        check(
            "𠮷水务局和𠮷水务局",
            "𠮷水利局和𠮷水利局",
            &[Splice::new(3, 4, "利"), Splice::new(9, 10, "利")],
        );
        check("in 2023 the", "in 2024 the", &[Splice::new(3, 7, "2024")]);
        check("共1200人", "共1300人", &[Splice::new(1, 5, "1300")]);
        check("第一段。\n第二段。\n", "第二段。\n", &[Splice::new(0, 5, "")]);
    }

    #[test]
    fn what_hardly_survives_is_one_block() {
        let old = "昨晨暴雨，城南桥下积水，十余名群众被困。";
        let new = "交响乐团，上演了马勒的作品，听众起立，掌声不断。";
        assert_eq!(splices(old, new), [Splice::new(0, 19, "交响乐团，上演了马勒的作品，听众起立，掌声不断")]);
    }

    fn read(runs: &[Run]) -> String {
        let show = |run: &Run| {
            let by = run.peer.map(|peer| peer.to_string()).unwrap_or_default();
            match run.kind {
                RunKind::Same => run.text.clone(),
                RunKind::Deleted => format!("[-{}]", run.text),
                RunKind::Inserted => format!("[+{}{by}]", run.text),
            }
        };
        runs.iter().map(show).collect()
    }

    #[test]
    fn a_comparison_reads_as_an_editor_marks_it() {
        let check = |old: &str, new: &str, wanted: &str| {
            let runs = runs(old, new, &[]);
            assert_eq!(read(&runs), wanted);
            let side = |left_out: RunKind| -> String {
                runs.iter().filter(|run| run.kind != left_out).map(|run| run.text.as_str()).collect()
            };
            assert_eq!((side(RunKind::Inserted).as_str(), side(RunKind::Deleted).as_str()), (old, new));
        };
        check("", "", "");
        check("同", "同", "同");
        check("约三十厘米。", "约三十二厘米。", "约三十[+二]厘米。");
        check("转移二百人", "疏散三百人", "[-转移二][+疏散三]百人");
        check("一。\n二。\n三。\n", "一。\n三。\n", "一。\n[-二。\n]三。\n");
        check("旧一\n旧二", "新一\n新二", "[-旧][+新]一\n[-旧][+新]二");
        check("甲\n乙", "丙\n丁", "[-甲][+丙]\n[-乙][+丁]");
        // Ten characters in a row stand between two changes longer than they are.
        check(
            "水位持续上涨并且越过警戒，市防汛指挥部连夜开会研究转移方案和路线安排",
            "雨势在清晨六时前后减弱了，市防汛指挥部连夜开会决定解除二级应急响应",
            "[-水位持续上涨并且越过警戒][+雨势在清晨六时前后减弱了]，市防汛指挥部连夜开会[-研究转移方案和路线安排][+决定解除二级应急响应]",
        );
        // Of two rewritten clauses, the lone shared comma is no match worth reading.
        check("水位上涨，全线告急", "雨势减弱，险情解除", "[-水位上涨，全线告急][+雨势减弱，险情解除]");
    }

    #[test]
    fn insertions_are_told_apart_by_their_authors() {
        let author = |from, to, peer| Authored { from, to, peer: Some(peer) };
        let authors = [author(0, 2, 1), author(2, 5, 2), author(5, 6, 3), author(6, 7, 1)];
        let read = read(&runs("甲乙。", "甲乙𠮷丁戊。", &authors));
        assert_eq!(read, "甲乙[+𠮷丁2][+戊3]。");
    }
}
