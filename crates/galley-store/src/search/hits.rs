//! A search: candidates from what the index has not seen and from the index, each read and compared in full.

use galley_model::search::{Query, excerpt, fold};
use rusqlite::{Connection, OptionalExtension as _};

use super::SearchResults;
use crate::error::StoreError;
use crate::library::Library;
use crate::list::{ListRow, ROW, list_row};
use crate::packed::Unpacker;

/// Most texts that one search reads, and most bytes of them.
const MOST_TEXTS: u32 = 2_000;
const MOST_BYTES: usize = 16 << 20;
/// Hits are counted at least this far.
const COUNTED: u32 = 200;

impl Library {
    /// Articles in which every part of the query occurs, newest change first. Case, width and diacritics do not
    /// matter; a part that begins with a letter of a spaced script occurs only where a word begins.
    pub fn search(&self, query: &str, offset: u32, limit: u32) -> Result<SearchResults, StoreError> {
        let Some(query) = Query::new(query) else { return Ok(SearchResults::default()) };
        self.index().read(|index| {
            // The index was read before the library, so nothing falls between the two.
            self.read(|library| {
                let mut search = Search::new(library, &query, offset, limit)?;
                let upto = index.map_or(0, |(_, upto)| upto);
                search.read_after(upto)?;
                match index {
                    Some((index, _)) if !query.matching.is_empty() => search.ask(index)?,
                    Some((_, upto)) => search.read_before(upto)?,
                    None => {}
                }
                Ok(search.results)
            })
        })
    }

    /// Waits until the index has every search text that is committed now: after a bulk import, before a
    /// measurement. A search does not need it.
    pub fn finish_index(&self) -> Result<(), StoreError> {
        self.index().catch_up()
    }
}

struct Search<'a> {
    library: &'a Connection,
    query: &'a Query,
    offset: u32,
    limit: u32,
    unpacker: Unpacker,
    bytes: usize,
    results: SearchResults,
}

impl<'a> Search<'a> {
    fn new(library: &'a Connection, query: &'a Query, offset: u32, limit: u32) -> Result<Self, StoreError> {
        let (unpacker, results) = (Unpacker::new()?, SearchResults::default());
        Ok(Self { library, query, offset, limit, unpacker, bytes: 0, results })
    }

    /// Reads what the index has not seen.
    fn read_after(&mut self, upto: i64) -> Result<(), StoreError> {
        self.walk("SELECT change FROM plain WHERE change > ?1 ORDER BY change DESC", upto)
    }

    /// Reads all that the index has seen, for a query that it cannot help with.
    fn read_before(&mut self, upto: i64) -> Result<(), StoreError> {
        self.walk("SELECT change FROM plain WHERE change <= ?1 ORDER BY change DESC", upto)
    }

    fn walk(&mut self, changes: &str, upto: i64) -> Result<(), StoreError> {
        let mut changes = self.library.prepare_cached(changes)?;
        self.take(changes.query([upto])?)
    }

    /// Reads what the index proposes.
    fn ask(&mut self, index: &Connection) -> Result<(), StoreError> {
        let mut changes =
            index.prepare_cached("SELECT rowid FROM term WHERE term MATCH ?1 ORDER BY rowid DESC")?;
        self.take(changes.query([&self.query.matching])?)
    }

    fn take(&mut self, mut changes: rusqlite::Rows<'_>) -> Result<(), StoreError> {
        while !self.results.more
            && let Some(row) = changes.next()?
        {
            self.consider(row.get(0)?)?;
        }
        Ok(())
    }

    /// Reads one text; a change that the library has no more was superseded.
    fn consider(&mut self, change: i64) -> Result<(), StoreError> {
        let mut text = self.library.prepare_cached("SELECT article, text FROM plain WHERE change = ?1")?;
        let found =
            text.query_row([change], |row| Ok((row.get(0)?, row.get::<_, Vec<u8>>(1)?))).optional()?;
        let Some((n, packed)) = found else { return Ok(()) };
        let text = self.unpacker.unpack(&packed).unwrap_or_default();
        self.results.texts_read += 1;
        self.bytes += text.len();
        let folded = fold(&text);
        if let Some(places) = self.query.find(&folded) {
            if self.results.total >= self.offset.saturating_add(self.limit.max(COUNTED)) {
                self.results.more = true;
                return Ok(());
            }
            self.results.total += 1;
            if self.results.total > self.offset && self.results.rows.len() < self.limit as usize {
                let row = self.row(n, &text, &folded, &places)?;
                self.results.rows.extend(row);
            }
        }
        self.results.more = self.results.texts_read >= MOST_TEXTS || self.bytes >= MOST_BYTES;
        Ok(())
    }

    fn row(&self, n: i64, text: &str, folded: &str, places: &[usize]) -> Result<Option<ListRow>, StoreError> {
        let mut row = self.library.prepare_cached(ROW)?;
        let Some(mut row) = row.query_row([n], list_row).optional()? else { return Ok(None) };
        // The headline stands in the row already: show a place in the text, if there is one.
        let after_headline = if text.starts_with(&row.headline) { fold(&row.headline).len() } else { 0 };
        let place =
            self.query.find_any(folded, after_headline).or(places.first().copied()).unwrap_or_default();
        row.excerpt = excerpt(text, place);
        Ok(Some(row))
    }
}
