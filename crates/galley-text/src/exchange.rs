//! What a document has of each writer, and handing a part of it to another copy.

use std::collections::BTreeMap;

use loro::cursor::{Cursor, PosType, Side};

use crate::engine;
use crate::{Document, TextError};

/// How far each peer's operations go: one past the last, counted from 0.
pub type Have = BTreeMap<u64, i32>;

impl Document {
    /// What this document holds of each peer.
    pub fn have(&self) -> Result<Have, TextError> {
        self.engine.call(|doc| {
            let version = doc.oplog_vv();
            Ok(version.iter().map(|(peer, end)| (*peer, *end)).filter(|(_, end)| *end > 0).collect())
        })
    }

    /// The operations `[start, end)` of one peer, for [`Document::import`] of a copy that has what they build on.
    ///
    /// # Errors
    /// `UnknownVersion` when the document does not hold all of them.
    pub fn export_range(&self, peer: u64, start: i32, end: i32) -> Result<Vec<u8>, TextError> {
        self.engine.call(|doc| {
            if start < 0 || start >= end || engine::counter(doc, peer) < end {
                return Err(TextError::UnknownVersion);
            }
            engine::export_span(doc, peer, start, end).map_err(|_| TextError::Poisoned)
        })
    }

    /// A lasting mark before the character at a UTF-16 offset, or one that keeps to the end of a span: text
    /// that is inserted inside two such marks stays inside.
    pub fn mark(&self, offset: usize, side: MarkSide) -> Result<Vec<u8>, TextError> {
        self.engine.call(|doc| {
            let text = engine::body(doc);
            let len = text.len_utf16();
            let scalars = text
                .convert_pos(offset, PosType::Utf16, PosType::Unicode)
                .ok_or(TextError::OutOfRange { offset, len })?;
            let side = match side {
                MarkSide::Before => Side::Left,
                MarkSide::After => Side::Right,
            };
            let cursor = text.get_cursor(scalars, side).ok_or(TextError::OutOfRange { offset, len })?;
            Ok(cursor.encode())
        })
    }

    /// Where a mark stands now, as a UTF-16 offset.
    ///
    /// # Errors
    /// `UnknownVersion` when it is no mark of this document.
    pub fn place_of(&self, mark: &[u8]) -> Result<usize, TextError> {
        self.engine.call(|doc| {
            let cursor = Cursor::decode(mark).map_err(|_| TextError::UnknownVersion)?;
            let place = doc.get_cursor_pos(&cursor).map_err(|_| TextError::UnknownVersion)?;
            let text = engine::body(doc);
            text.convert_pos(place.current.pos, PosType::Unicode, PosType::Utf16)
                .ok_or(TextError::UnknownVersion)
        })
    }
}

/// Whether two marks keep to the same side of the same character, wherever it stood when they were made. Never so of
/// bytes that are no mark.
#[must_use]
pub fn is_same_mark(one: &[u8], other: &[u8]) -> bool {
    let kept = |mark| Cursor::decode(mark).map(|cursor| (cursor.id, cursor.container, cursor.side)).ok();
    kept(one).is_some_and(|one| kept(other).is_some_and(|other| one == other))
}

/// Which side of its place a mark keeps to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkSide {
    /// The beginning of a span: to the character behind it.
    Before,
    /// The end of a span.
    After,
}

#[cfg(test)]
mod tests {
    use crate::{Document, MarkSide, Splice, is_same_mark};

    fn write(document: &mut Document, from: usize, to: usize, text: &str) -> Vec<u8> {
        document.edit(&[Splice::new(from, to, text)]).unwrap().unwrap().bytes
    }

    #[test]
    fn a_range_of_one_writer_is_taken_by_a_copy_that_has_the_rest() {
        let mut reporter = Document::new(1).unwrap();
        write(&mut reporter, 0, 0, "昨日七时");
        let middle = reporter.have().unwrap()[&1];
        write(&mut reporter, 4, 4, "，桥通车");
        let end = reporter.have().unwrap()[&1];
        let mut editor = Document::new(2).unwrap();
        editor.import(&[reporter.export_range(1, 0, middle).unwrap()]).unwrap();
        assert_eq!((editor.body().unwrap().as_str(), editor.have().unwrap()[&1]), ("昨日七时", middle));
        editor.import(&[reporter.export_range(1, middle, end).unwrap()]).unwrap();
        assert_eq!(editor.body().unwrap(), "昨日七时，桥通车");
        assert_eq!(editor.have().unwrap(), reporter.have().unwrap());
        for (from, to) in [(0, end + 1), (-1, 1), (3, 3)] {
            assert!(reporter.export_range(1, from, to).is_err(), "{from}..{to}");
        }
        assert!(reporter.export_range(9, 0, 1).is_err());
    }

    #[test]
    fn marks_hold_a_span_while_others_write_around_and_inside_it() {
        let mut document = Document::new(1).unwrap();
        write(&mut document, 0, 0, "甲𠮷三十厘米乙");
        let (from, to) =
            (document.mark(3, MarkSide::Before).unwrap(), document.mark(7, MarkSide::After).unwrap());
        let span = |document: &Document| (document.place_of(&from).unwrap(), document.place_of(&to).unwrap());
        assert_eq!(span(&document), (3, 7));
        write(&mut document, 0, 0, "𠮷𠮷");
        assert_eq!(span(&document), (7, 11));
        write(&mut document, 8, 8, "余");
        assert_eq!(span(&document), (7, 12));
        write(&mut document, 7, 12, "");
        assert_eq!(span(&document), (7, 7));
        let copy = Document::load(Some(&document.snapshot().unwrap()), &[], 2).unwrap();
        assert_eq!(span(&copy), (7, 7));
        assert!(document.place_of(b"nonsense").is_err());
        assert!(document.mark(99, MarkSide::Before).is_err());
    }
    #[test]
    fn a_mark_is_the_same_as_long_as_its_character_stands() {
        let mut document = Document::new(1).unwrap();
        write(&mut document, 0, 0, "甲七时，乙七时");
        let before = |document: &Document, offset| document.mark(offset, MarkSide::Before).unwrap();
        let second = before(&document, 5);
        assert!(!is_same_mark(&second, &before(&document, 1)));
        assert!(!is_same_mark(&second, &document.mark(5, MarkSide::After).unwrap()));
        write(&mut document, 0, 0, "今日");
        assert!(is_same_mark(&second, &before(&document, 7)));
        write(&mut document, 7, 8, "");
        write(&mut document, 7, 7, "七");
        assert!(!is_same_mark(&second, &before(&document, 7)), "it reads the same and is another");
        assert!(!is_same_mark(b"nonsense", b"nonsense"));
    }
}
