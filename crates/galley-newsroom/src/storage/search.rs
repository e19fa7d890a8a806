//! The index of what readers can find, kept with the lists in one transaction, and asked without waiting for them.
//!
//! The index holds terms and no text: every hit is read in the live revision and compared in full. What a term is,
//! and what a hit is, stands in [`galley_model::search`].

use galley_model::search::{Query, excerpt, fold, terms};
use galley_model::{ArticleId, Content, Instant, PhotoId};
use rusqlite::{Connection, OptionalExtension as _, Transaction};
use serde::de::DeserializeOwned;

use super::read::SITE;
use super::sqlite::storage_error;
use super::write::execute;
use super::{Effect, Listed, StorageError};
use crate::search::text_of;

/// Articles that may be first published in one millisecond: room for a whole site that is taken over at once.
const SAME_TIME: i64 = 1 << 20;
/// Most texts that one search reads, and most bytes of them.
const MOST_TEXTS: u32 = 1_000;
const MOST_BYTES: usize = 16 << 20;
/// Hits are counted this far, and no reader goes further.
pub(crate) const MOST_HITS: u32 = 200;

/// What a search found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Found {
    /// The hits asked for, the newest first publication first, each with the text around the hit.
    pub hits: Vec<(Listed, String)>,
    /// How many were counted.
    pub n_found: u32,
    /// Counting stopped there, since the work of a search is bounded.
    pub more: bool,
    /// How many texts were read for it: the measure of its work.
    pub texts_read: u32,
}

const HIT: &str = "SELECT content, photos, listed
    FROM searched
    JOIN publication ON publication.article = searched.article AND destination = ?2
    JOIN revision ON revision.id = publication.live
    JOIN listed ON listed.article = searched.article
    WHERE searched.n = ?1";
const LIVE: &str = "SELECT content, photos, published_at
    FROM publication JOIN revision ON revision.id = publication.live JOIN listed USING (article)
    WHERE publication.article = ?1 AND destination = ?2 AND live <> ''";
const LAST_OF_A_TIME: &str = "SELECT max(n) FROM searched WHERE n BETWEEN ?1 AND ?2";

/// For the test that each goes along a key.
#[cfg(test)]
pub(crate) fn questions() -> [&'static str; 3] {
    [HIT, LIVE, LAST_OF_A_TIME]
}

/// Follows what these effects did to the lists.
pub(crate) fn follow(
    transaction: &Transaction<'_>,
    article: Option<ArticleId>,
    effects: &[Effect],
) -> Result<(), StorageError> {
    let moved = effects.iter().any(|effect| matches!(effect, Effect::List { .. }));
    match article.filter(|_| moved) {
        Some(article) => index(transaction, &article.to_string()),
        None => Ok(()),
    }
}

/// Indexes every live article, for records of before there was an index.
pub(crate) fn index_all(transaction: &Transaction<'_>) -> Result<(), StorageError> {
    let sql = "SELECT article FROM publication WHERE destination = ? AND live <> '' ORDER BY published_at";
    let articles: Vec<String> = {
        let mut live = transaction.prepare(sql).map_err(storage_error)?;
        let rows = live.query_map([SITE], |row| row.get(0)).map_err(storage_error)?;
        rows.collect::<Result<_, _>>().map_err(storage_error)?
    };
    articles.iter().try_for_each(|article| index(transaction, article))
}

/// Search finds the article as readers have it, or not at all when they do not.
fn index(transaction: &Transaction<'_>, article: &str) -> Result<(), StorageError> {
    let before: Option<i64> = transaction
        .prepare_cached("DELETE FROM searched WHERE article = ? RETURNING n")
        .and_then(|mut searched| searched.query_row([article], |row| row.get(0)).optional())
        .map_err(storage_error)?;
    if let Some(n) = before {
        execute(transaction, "DELETE FROM search_term WHERE rowid = ?", [n])?;
    }
    let live: Option<([String; 2], i64)> = transaction
        .prepare_cached(LIVE)
        .and_then(|mut live| {
            live.query_row((article, SITE), |row| Ok(([row.get(0)?, row.get(1)?], row.get(2)?))).optional()
        })
        .map_err(storage_error)?;
    let Some((revision, published_at)) = live else { return Ok(()) };
    let text = revision_text(&revision)?;
    let n = number(transaction, Instant(published_at))?;
    execute(transaction, "INSERT INTO searched (n, article) VALUES (?, ?)", (n, article))?;
    let sql = "INSERT INTO search_term (rowid, text) VALUES (?, ?)";
    execute(transaction, sql, (n, terms(&fold(&text)))).map(drop)
}

/// A number that none has, which sorts by the time.
fn number(transaction: &Transaction<'_>, at: Instant) -> Result<i64, StorageError> {
    let most = i64::MAX / SAME_TIME - 1;
    let first = at.0.clamp(-most, most) * SAME_TIME;
    let last: Option<i64> = transaction
        .prepare_cached(LAST_OF_A_TIME)
        .and_then(|mut last| last.query_row((first, first + SAME_TIME - 1), |row| row.get(0)))
        .map_err(storage_error)?;
    Ok(last.map_or(first, |last| last + 1))
}

fn revision_text([content, photos]: &[String; 2]) -> Result<String, StorageError> {
    let (content, photos): (Content, Vec<PhotoId>) = (json(content)?, json(photos)?);
    Ok(text_of(&content, &photos))
}

fn json<T: DeserializeOwned>(text: &str) -> Result<T, StorageError> {
    serde_json::from_str(text).map_err(|error| StorageError::Damaged(error.to_string()))
}

/// What readers find by this query: every part of it occurs. The newest first, `limit` of them after `offset`.
pub(crate) fn search(
    connection: &Connection,
    typed: &str,
    offset: u32,
    limit: u32,
) -> Result<Found, StorageError> {
    let Some(query) = Query::new(typed) else { return Ok(Found::default()) };
    let proposed = if query.matching.is_empty() {
        "SELECT n FROM searched WHERE ?1 = '' ORDER BY n DESC"
    } else {
        "SELECT rowid FROM search_term WHERE search_term MATCH ?1 ORDER BY rowid DESC"
    };
    let mut proposed = connection.prepare_cached(proposed).map_err(storage_error)?;
    let mut proposed = proposed.query([&query.matching]).map_err(storage_error)?;
    let mut search = Search { connection, query: &query, offset, limit, bytes: 0, found: Found::default() };
    while !search.found.more
        && let Some(row) = proposed.next().map_err(storage_error)?
    {
        search.consider(row.get(0).map_err(storage_error)?)?;
    }
    Ok(search.found)
}

struct Search<'a> {
    connection: &'a Connection,
    query: &'a Query,
    offset: u32,
    limit: u32,
    bytes: usize,
    found: Found,
}

impl Search<'_> {
    /// Reads one text and compares it.
    fn consider(&mut self, n: i64) -> Result<(), StorageError> {
        let row = |row: &rusqlite::Row<'_>| Ok(([row.get(0)?, row.get(1)?], row.get::<_, String>(2)?));
        let hit = self.connection.prepare_cached(HIT).map_err(storage_error)?.query_row((n, SITE), row);
        let Some((revision, listed)) = hit.optional().map_err(storage_error)? else { return Ok(()) };
        let text = revision_text(&revision)?;
        self.found.texts_read += 1;
        self.bytes += text.len();
        let folded = fold(&text);
        if let Some(places) = self.query.find(&folded) {
            if self.found.n_found >= MOST_HITS {
                self.found.more = true;
                return Ok(());
            }
            self.found.n_found += 1;
            if self.found.n_found > self.offset && self.found.hits.len() < self.limit as usize {
                self.found.hits.push((json(&listed)?, self.around(&text, &folded, &places)));
            }
        }
        self.found.more = self.found.texts_read >= MOST_TEXTS || self.bytes >= MOST_BYTES;
        Ok(())
    }

    /// The text around a hit; after the headline, which the result shows anyway, if there is one.
    fn around(&self, text: &str, folded: &str, places: &[usize]) -> String {
        let headline = folded.find('\n').unwrap_or_default();
        let place = self.query.find_any(folded, headline).or(places.first().copied());
        excerpt(text, place.unwrap_or_default())
    }
}
