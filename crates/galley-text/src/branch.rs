//! What one copy has and another lacks, and beginning again from a moment that both know.

use galley_model::Meta;
use loro::{ID, VersionVector};

use crate::exchange::Have;
use crate::{Document, TextError};

/// Operations of one peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Span {
    /// Who.
    pub peer: u64,
    /// First operation.
    pub start: i32,
    /// One past the last.
    pub end: i32,
}

impl Document {
    /// What this document holds beyond `have`, in an order in which nothing builds on what comes later.
    pub fn spans_after(&self, have: &Have) -> Result<Vec<Span>, TextError> {
        self.engine.call(|doc| {
            let mut changes = Vec::new();
            for (peer, end) in doc.oplog_vv().iter() {
                let mut at = have.get(peer).copied().unwrap_or_default().max(0);
                while at < *end {
                    let change = doc.get_change(ID::new(*peer, at)).ok_or(TextError::UnknownVersion)?;
                    let next = (change.id.counter + i32::try_from(change.len).unwrap_or(i32::MAX)).min(*end);
                    if next <= at {
                        return Err(TextError::UnknownVersion);
                    }
                    let lamport = i64::from(change.lamport) + i64::from(at - change.id.counter);
                    changes.push((lamport, Span { peer: *peer, start: at, end: next }));
                    at = next;
                }
            }
            // What a change builds on has a smaller Lamport time than its first operation.
            changes.sort_by_key(|(lamport, span)| (*lamport, span.peer));
            let mut spans: Vec<Span> = Vec::new();
            for (_, span) in changes {
                match spans.last_mut() {
                    Some(last) if last.peer == span.peer && last.end == span.start => last.end = span.end,
                    _ => spans.push(span),
                }
            }
            Ok(spans)
        })
    }

    /// Text and facts of the moment when the peers had come to `have`, as far as this document knows them.
    pub fn at_have(&self, have: &Have) -> Result<(String, Meta), TextError> {
        self.branch(have, u64::MAX - 1)?.both()
    }

    /// A document of that moment, to be written on under a fresh peer; what is written there is taken by
    /// [`Document::import`] of any copy that has the moment.
    pub fn branch(&self, have: &Have, peer: u64) -> Result<Document, TextError> {
        let snapshot = self.engine.call(|doc| {
            let mut moment = VersionVector::new();
            for (of, end) in doc.oplog_vv().iter() {
                let end = have.get(of).copied().unwrap_or_default().min(*end);
                if end > 0 {
                    moment.insert(*of, end);
                }
            }
            let forked = doc.fork_at(&doc.vv_to_frontiers(&moment)).map_err(|_| TextError::UnknownVersion)?;
            forked.export(loro::ExportMode::Snapshot).map_err(|_| TextError::Poisoned)
        })?;
        Document::load(Some(&snapshot), &[], peer)
    }

    fn both(&self) -> Result<(String, Meta), TextError> {
        Ok((self.body()?, self.meta()?))
    }
}

/// A moment that both copies know, peer by peer.
pub fn common(one: &Have, other: &Have) -> Have {
    let both = one.iter().filter_map(|(peer, end)| Some((*peer, *end.min(other.get(peer)?))));
    both.collect()
}

#[cfg(test)]
mod tests {
    use crate::{Document, Splice, common};

    fn write(document: &mut Document, at: usize, text: &str) -> Vec<u8> {
        document.edit(&[Splice::new(at, at, text)]).unwrap().unwrap().bytes
    }

    #[test]
    fn spans_come_in_an_order_that_a_copy_can_take_one_by_one() {
        let (mut reporter, mut editor) = (Document::new(9).unwrap(), Document::new(2).unwrap());
        for round in 0..5 {
            let text = write(&mut reporter, round, "甲");
            editor.import(&[text]).unwrap();
            let text = write(&mut editor, 0, "乙");
            reporter.import(&[text]).unwrap();
        }
        let spans = reporter.spans_after(&Default::default()).unwrap();
        assert!(spans.len() >= 9, "they wrote in turns: {spans:?}");
        let mut copy = Document::new(3).unwrap();
        for span in &spans {
            copy.import(&[reporter.export_range(span.peer, span.start, span.end).unwrap()]).unwrap();
            assert!(!copy.is_incomplete(), "{span:?} builds on what comes later");
        }
        assert_eq!(copy.body().unwrap(), reporter.body().unwrap());
        assert_eq!(reporter.spans_after(&copy.have().unwrap()).unwrap(), []);
    }

    #[test]
    fn a_branch_from_a_common_moment_brings_the_difference_home() {
        let mut mine = Document::new(1).unwrap();
        let first = write(&mut mine, 0, "昨日七时，桥通车。");
        let mut server = Document::new(2).unwrap();
        server.import(&[first]).unwrap();
        write(&mut server, 9, "记者李明");
        write(&mut mine, 2, "早上");
        let moment = common(&mine.have().unwrap(), &server.have().unwrap());
        assert_eq!(mine.at_have(&moment).unwrap().0, "昨日七时，桥通车。");
        let mut branch = server.branch(&moment, 7).unwrap();
        let (update, _) = branch.replace_body(&mine.body().unwrap()).unwrap().unwrap();
        server.import(&[update.bytes]).unwrap();
        assert_eq!(server.body().unwrap(), "昨日早上七时，桥通车。记者李明");
    }
}
