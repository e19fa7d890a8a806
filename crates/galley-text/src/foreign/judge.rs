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

/// Judges what the update became, with what was there before. None when its writer knew all of that.
pub(super) fn judge(
    merged: &Document,
    before: &Before,
    push: &Foreign<'_>,
) -> Result<Option<Judgement>, TextError> {
    let written = Frontiers::from(ID::new(push.peer, push.end - 1));
    let sides = merged.engine.call(|doc| {
        let known = doc.frontiers_to_vv(&written).ok_or(TextError::UnknownVersion)?;
        let unknown = unknown_peers(&before.version, &known);
        if unknown.is_empty() {
            return Ok(None);
        }
        let common = common(&before.version, &known);
        Ok(Some((text_at(doc, &doc.vv_to_frontiers(&common))?, text_at(doc, &written)?, unknown)))
    })?;
    let Some((base, mine, unknown_to_writer)) = sides else { return Ok(None) };
    let body = merged.body()?;
    let contests = contest::three_way(&base.0, &mine.0, &before.body, &body).contests;
    let marked = |contest: Contest| {
        let from = merged.mark(contest.at.start, MarkSide::Before)?;
        let to = merged.mark(contest.at.end, MarkSide::After)?;
        Ok(MarkedContest { contest, from, to })
    };
    Ok(Some(Judgement {
        contests: contests.into_iter().map(marked).collect::<Result<_, TextError>>()?,
        fields: contest::fields(&base.1, &mine.1, &before.meta, &merged.meta()?),
        unknown_to_writer,
    }))
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
