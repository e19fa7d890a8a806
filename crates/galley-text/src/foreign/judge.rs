//! A second look at a merge, when an update was written without knowing everything that was there.

use galley_model::Meta;
use loro::{Frontiers, ID, LoroDoc, VersionVector};

use super::Foreign;
use crate::contest::{self, Contest, FieldContest};
use crate::document::read_meta;
use crate::{Document, MarkSide, TextError, engine};

/// How a merge reads. Nothing contested: as it should.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Judgement {
    /// The first operation that is judged: pieces of one peer that came one after another are judged together, and
    /// the judgement of the last stands for all of them.
    pub since: i32,
    /// Places of the text where a person has to choose, in order.
    pub contests: Vec<MarkedContest>,
    /// Facts where a person has to choose.
    pub fields: Vec<FieldContest>,
    /// The peers whose operations the writer did not know.
    pub unknown_to_writer: Vec<u64>,
}

/// A contested place between two lasting marks.
#[derive(Clone, Debug, PartialEq)]
pub struct MarkedContest {
    /// What stands against what.
    pub contest: Contest,
    /// Before its first character.
    pub from: Vec<u8>,
    /// After its last.
    pub to: Vec<u8>,
}

/// The article before the update came.
#[derive(Clone)]
pub(super) struct Before {
    version: VersionVector,
    body: String,
    meta: Meta,
}

impl Before {
    pub(super) fn of(document: &Document) -> Result<Self, TextError> {
        let version = document.engine.call(|doc| Ok(doc.oplog_vv()))?;
        Ok(Self { version, body: document.body()?, meta: document.meta()? })
    }
}

/// What one peer wrote piece by piece, without learning anything of others between the pieces: one change of the
/// article, and judged as one.
#[derive(Clone)]
pub(super) struct Run {
    peer: u64,
    /// One past the last operation so far.
    end: i32,
    /// The article before the first piece.
    before: Before,
    /// What the writer knew of it.
    common: VersionVector,
}

impl Run {
    /// The run that a piece, now part of `merged`, goes on, or else the one that it begins.
    ///
    /// # Errors
    /// `UnknownVersion` when the piece is not in `merged`.
    pub(super) fn with(
        last: Option<&Self>,
        merged: &Document,
        before: Before,
        push: &Foreign<'_>,
    ) -> Result<Self, TextError> {
        let known = known(merged, push.peer, push.end)?;
        let goes_on = last.filter(|last| {
            last.peer == push.peer
                && last.end == push.start
                && common(&last.before.version, &known) == last.common
        });
        Ok(match goes_on {
            Some(last) => Self { end: push.end, ..last.clone() },
            None => {
                let common = common(&before.version, &known);
                Self { peer: push.peer, end: push.end, before, common }
            }
        })
    }

    /// The run that this peer's newest operations, from `since` on, are: everything that came after the first of
    /// them is of this peer. None when there is no such operation.
    pub(super) fn resumed(document: &Document, peer: u64, since: i32) -> Result<Option<Self>, TextError> {
        let now = document.engine.call(|doc| Ok(doc.oplog_vv()))?;
        let end = now.get(&peer).copied().unwrap_or(0);
        if since >= end {
            return Ok(None);
        }
        let mut version = VersionVector::new();
        for (other, counter) in now.iter() {
            let counter = if *other == peer { since } else { *counter };
            if counter > 0 {
                version.insert(*other, counter);
            }
        }
        let known = known(document, peer, end)?;
        let (body, meta) = document.engine.call(|doc| text_at(doc, &doc.vv_to_frontiers(&version)))?;
        let common = common(&version, &known);
        Ok(Some(Self { peer, end, before: Before { version, body, meta }, common }))
    }

    /// The first operation of the run.
    fn start(&self) -> i32 {
        self.before.version.get(&self.peer).copied().unwrap_or(0)
    }

    /// Judges what the run became, with what was there before it. None when its writer knew all of that.
    pub(super) fn judge(&self, merged: &Document) -> Result<Option<Judgement>, TextError> {
        let unknown_to_writer = unknown_peers(&self.before.version, &self.common);
        if unknown_to_writer.is_empty() {
            return Ok(None);
        }
        let written = Frontiers::from(ID::new(self.peer, self.end - 1));
        let (base, mine) = merged
            .engine
            .call(|doc| Ok((text_at(doc, &doc.vv_to_frontiers(&self.common))?, text_at(doc, &written)?)))?;
        let body = merged.body()?;
        let contests = contest::three_way(&base.0, &mine.0, &self.before.body, &body).contests;
        let marked = |contest: Contest| {
            let from = merged.mark(contest.at.start, MarkSide::Before)?;
            let to = merged.mark(contest.at.end, MarkSide::After)?;
            Ok(MarkedContest { contest, from, to })
        };
        Ok(Some(Judgement {
            since: self.start(),
            contests: contests.into_iter().map(marked).collect::<Result<_, TextError>>()?,
            fields: contest::fields(&base.1, &mine.1, &self.before.meta, &merged.meta()?),
            unknown_to_writer,
        }))
    }
}

/// What the writer of a piece that ends here knew when it was written, the piece with it.
fn known(merged: &Document, peer: u64, end: i32) -> Result<VersionVector, TextError> {
    let written = Frontiers::from(ID::new(peer, end - 1));
    merged.engine.call(|doc| doc.frontiers_to_vv(&written).ok_or(TextError::UnknownVersion))
}

fn unknown_peers(there: &VersionVector, known: &VersionVector) -> Vec<u64> {
    let is_unknown = |peer: &u64, end: i32| end > known.get(peer).copied().unwrap_or(0);
    let mut peers: Vec<u64> =
        there.iter().filter(|(peer, end)| is_unknown(peer, **end)).map(|(peer, _)| *peer).collect();
    peers.sort_unstable();
    peers
}

/// What both had: of each peer the lesser.
fn common(one: &VersionVector, other: &VersionVector) -> VersionVector {
    let mut common = VersionVector::new();
    for (peer, end) in one.iter() {
        let end = (*end).min(other.get(peer).copied().unwrap_or(0));
        if end > 0 {
            common.insert(*peer, end);
        }
    }
    common
}

fn text_at(doc: &LoroDoc, version: &Frontiers) -> Result<(String, Meta), TextError> {
    if version.is_empty() {
        return Ok(Default::default());
    }
    let then = doc.fork_at(version).map_err(|_| TextError::UnknownVersion)?;
    Ok((engine::body(&then).to_string(), read_meta(&then)))
}
