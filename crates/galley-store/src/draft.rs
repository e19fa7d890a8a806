//! What was typed and is not yet part of the document: form fields, the text being composed, and where the
//! writer was looking.

use std::collections::BTreeMap;

use galley_model::{ArticleId, Instant};
use rusqlite::{Connection, params};

use crate::daylog::{Entry, Line};
use crate::error::StoreError;
use crate::journal;
use crate::library::Library;
use crate::pending::Pending;

impl Library {
    /// Keeps fields as they stand in the form. An empty text is a field that was emptied. [`crate::Append`]
    /// settles them.
    pub fn set_drafts(
        &self,
        article: ArticleId,
        fields: BTreeMap<String, String>,
        at: Instant,
    ) -> Pending<()> {
        self.writer().write(move |connection, entries| {
            // The empty key is the composition's.
            let mut fields = fields.iter().filter(|(key, _)| !key.is_empty());
            fields.try_for_each(|(key, text)| put(connection, article, key, Some(text), at, entries))
        })
    }

    /// Keeps the text that is being composed in the body; an empty text when nothing is.
    pub fn set_composition(&self, article: ArticleId, text: String, at: Instant) -> Pending<()> {
        self.writer().write(move |connection, entries| {
            let text = Some(text.as_str()).filter(|text| !text.is_empty());
            put(connection, article, "", text, at, entries)
        })
    }

    /// Remembers the caret (UTF-16) and the first visible pixel.
    pub fn save_view_state(&self, article: ArticleId, caret: u32, scroll: u32) -> Pending<()> {
        self.writer().write(move |connection, _| {
            let n = crate::article::number(connection, article)?;
            connection
                .prepare_cached("UPDATE state SET scroll = ?2 WHERE article = ?1")?
                .execute(params![n, scroll])?;
            journal::note_caret(connection, n, caret)
        })
    }
}

/// Writes or removes one draft under the article's next change number, and tells the day log.
pub(crate) fn put(
    connection: &Connection,
    article: ArticleId,
    key: &str,
    value: Option<&str>,
    at: Instant,
    entries: &mut Vec<Entry>,
) -> Result<(), StoreError> {
    let (n, no) = crate::article::next_change(connection, article)?;
    write(connection, n, key, value, at)?;
    let (key, value) = (key.to_owned(), value.map(str::to_owned));
    entries.push(Entry::Line(Line::Draft { article, no, key, value, at }));
    Ok(())
}

/// The row alone.
pub(crate) fn write(
    connection: &Connection,
    n: i64,
    key: &str,
    value: Option<&str>,
    at: Instant,
) -> Result<(), StoreError> {
    match value {
        Some(value) => connection
            .prepare_cached(
                "INSERT INTO draft (article, key, value, at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (article, key) DO UPDATE SET value = excluded.value, at = excluded.at",
            )?
            .execute(params![n, key, value, at.0])?,
        None => connection
            .prepare_cached("DELETE FROM draft WHERE article = ?1 AND key = ?2")?
            .execute(params![n, key])?,
    };
    Ok(())
}
