//! Where a comment stands: two lasting marks around a span, and the words that stood there. An anchor lies outside
//! the document, and finds its place in every copy of it, whatever was written since.
//!
//! Not here: comments, and finding words again that were cut and pasted: paste makes new characters, and a person says
//! whether they are the same words.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use crate::{Document, MarkSide, Splice, TextError, splice};

/// Two marks and a quotation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Anchor {
    /// Before the first character; opaque.
    pub from: Vec<u8>,
    /// After the last; opaque.
    pub to: Vec<u8>,
    /// What stood between them.
    pub quote: String,
}

/// Where an anchor stands in a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Anchored {
    /// UTF-16; empty where nothing of the span is left, at the place where it was.
    pub at: Range<usize>,
    /// What stands there.
    pub text: String,
}

impl Anchored {
    /// Whether everything that was quoted is gone.
    pub fn is_orphan(&self) -> bool {
        self.at.is_empty()
    }
}

impl Document {
    /// An anchor around a span.
    ///
    /// # Errors
    /// `OutOfRange`, `InsidePair`.
    pub fn anchor(&self, span: Range<usize>) -> Result<Anchor, TextError> {
        let quote = self.slice(span.clone())?;
        let (from, to) = (self.mark(span.start, MarkSide::Before)?, self.mark(span.end, MarkSide::After)?);
        Ok(Anchor { from, to, quote })
    }

    /// Where an anchor of this article stands now.
    ///
    /// # Errors
    /// `UnknownVersion` when it is none of this document.
    pub fn anchored(&self, anchor: &Anchor) -> Result<Anchored, TextError> {
        let (from, to) = (self.place_of(&anchor.from)?, self.place_of(&anchor.to)?);
        let at = from..to.max(from);
        Ok(Anchored { text: self.slice(at.clone())?, at })
    }

    fn slice(&self, span: Range<usize>) -> Result<String, TextError> {
        let body = self.body()?;
        // The checks of a splice: within the text, and no character torn.
        splice::apply(&body, &[Splice::new(span.start, span.end, "")])?;
        let units = body.encode_utf16().skip(span.start).take(span.len());
        Ok(char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect())
    }
}
