//! Questions about the site's lists, one function each.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::Arc;

use galley_model::workflow::CorrectionKind;
use galley_model::{ArticleId, Instant};
use galley_page::Correction;
use rusqlite::{Connection, Row};

use super::{Corrected, ListRecord, Listed, Listing, PageRecord, RawRevision, Stand};
use crate::lists::{COUNTED, List, words};
use crate::storage::read::{SITE, json_of, many, one, stored, text};
use crate::storage::{RevisionId, StorageError};

type Read<T> = Result<T, StorageError>;

const OLDER: &str = "SELECT listed FROM entry JOIN listed USING (article)
    WHERE list = ?1 AND live = 1 AND (at, article) < (?2, ?3) ORDER BY at DESC, article DESC LIMIT 1";
const NEWER: &str = "SELECT listed FROM entry JOIN listed USING (article)
    WHERE list = ?1 AND live = 1 AND (at, article) > (?2, ?3) ORDER BY at, article LIMIT 1";
const OLDER_ID: &str = "SELECT article FROM entry
    WHERE list = ?1 AND live = 1 AND (at, article) < (?2, ?3) ORDER BY at DESC, article DESC LIMIT 1";
const NEWER_ID: &str = "SELECT article FROM entry
    WHERE list = ?1 AND live = 1 AND (at, article) > (?2, ?3) ORDER BY at, article LIMIT 1";
const NEWEST: &str = "SELECT listed, page FROM entry JOIN listed USING (article)
    WHERE list = ? AND live = 1 ORDER BY at DESC, article DESC LIMIT ?";
const SINCE: &str = "SELECT listed FROM entry JOIN listed USING (article)
    WHERE list = ? AND live = 1 AND at >= ? ORDER BY at DESC, article DESC LIMIT ?";
// Left to choose, SQLite goes through the whole list in its order, and looks for the page.
const ON_PAGE: &str = "SELECT listed FROM entry INDEXED BY entry_page JOIN listed USING (article)
    WHERE list = ? AND page = ? AND live = 1 ORDER BY at DESC, article DESC";
const RELATED: &str = "SELECT published_at, article FROM keyword
    WHERE word = ?1 AND (published_at, article) < (?2, ?3)
    ORDER BY published_at DESC, article DESC LIMIT ?4";
const NEWER_WITH_WORD: &str = "SELECT article FROM keyword
    WHERE word = ?1 AND (published_at, article) > (?2, ?3)
    ORDER BY published_at, article LIMIT ?4";
const ENTRIES_OF: &str = "SELECT list, at FROM entry WHERE article = ? AND live = 1 ORDER BY list, at";
// Without the sign SQLite goes through the whole list, whose index it need not leave.
const PAGES_OF: &str = "SELECT page FROM entry WHERE article = ? AND +list = ?";
const KEYWORDS_OF: &str = "SELECT word FROM keyword WHERE article = ? ORDER BY word";
const SHOWN_AS: &str = "SELECT listed FROM listed WHERE article = ?";
const STAND: &str = "SELECT page, begins, live FROM entry WHERE list = ? AND at = ? AND article = ?";
const N_NEWER: &str = "SELECT 1 FROM entry
    WHERE list = ?1 AND live = 1 AND (at, article) > (?2, ?3) ORDER BY at, article LIMIT ?4";
const N_LIVE: &str = "SELECT 1 FROM entry WHERE list = ? AND live = 1 LIMIT 2";
const N_LIVE_UP_TO: &str = "SELECT 1 FROM entry WHERE list = ? AND live = 1 LIMIT ?";
const LIST: &str = "SELECT name, title, last_page FROM list WHERE name = ?";
const LISTS_AFTER: &str = "SELECT name, title, last_page FROM list WHERE name > ? ORDER BY name LIMIT ?";
const CORRECTED: &str =
    "SELECT listed, entry.at, ifnull(kind, ''), ifnull(correction.text, ''), ifnull(notice, ''), page
    FROM entry JOIN listed USING (article)
    LEFT JOIN correction ON correction.article = entry.article AND correction.at = entry.at
    LEFT JOIN retraction ON retraction.article = entry.article AND retraction.at = entry.at
    WHERE list = 'corrections' AND live = 1 ORDER BY entry.at DESC, entry.article DESC LIMIT ?";
const CORRECTED_ON: &str =
    "SELECT listed, entry.at, ifnull(kind, ''), ifnull(correction.text, ''), ifnull(notice, ''), page
    FROM entry INDEXED BY entry_page JOIN listed USING (article)
    LEFT JOIN correction ON correction.article = entry.article AND correction.at = entry.at
    LEFT JOIN retraction ON retraction.article = entry.article AND retraction.at = entry.at
    WHERE list = 'corrections' AND page = ? AND live = 1 ORDER BY entry.at DESC, entry.article DESC";
const MAPPED: &str = "SELECT slug, max(published_at, modified_at) FROM entry
    JOIN address USING (article) JOIN publication USING (article)
    WHERE list = '' AND page BETWEEN ? AND ? AND entry.live = 1 AND destination = ?
    ORDER BY page, at, entry.article";
const LEADS_TO: &str = "SELECT address.slug FROM former_address
    JOIN publication USING (article) JOIN address USING (article)
    WHERE former_address.slug = ?1 AND destination = ?2 AND live <> '' AND frozen = 1
        AND NOT EXISTS (SELECT 1 FROM address AS own WHERE own.slug = ?1)
    ORDER BY former_address.article LIMIT 1";
const FORMER: &str = "SELECT slug FROM former_address WHERE article = ?1
    AND slug <> ifnull((SELECT slug FROM address WHERE article = ?1), '') ORDER BY slug";
const FORMER_OF_OTHERS: &str = "SELECT slug FROM former_address
    WHERE slug = (SELECT slug FROM address WHERE article = ?1) AND article <> ?1 LIMIT 1";
const LIVE_PAGES_AFTER: &str = "SELECT article, live, published_at FROM publication
    WHERE destination = ? AND live <> '' AND article > ? ORDER BY article LIMIT ?";
const LIVE_PAGE: &str = "SELECT article, live, published_at FROM publication
    WHERE article = ? AND destination = ? AND live <> ''";
const RAW_REVISION: &str = "SELECT content, facts, block, photos FROM revision WHERE id = ?";
const NEWEST_REVISIONS: &str = "SELECT content, facts, block, photos FROM entry
    JOIN publication ON publication.article = entry.article AND destination = ?
    JOIN revision ON revision.id = publication.live
    WHERE list = '' AND entry.live = 1 ORDER BY entry.at DESC, entry.article DESC LIMIT ?";
const OWN_LIST: &str =
    "SELECT list FROM entry WHERE article = ? AND list > 'own/' AND list < 'own0' AND live = 1";

/// For the test that each goes along a key, whatever the size of the site.
#[cfg(test)]
pub(crate) fn questions() -> Vec<&'static str> {
    vec![
        OLDER,
        NEWER,
        OLDER_ID,
        NEWER_ID,
        NEWEST,
        SINCE,
        ON_PAGE,
        RELATED,
        NEWER_WITH_WORD,
        ENTRIES_OF,
        PAGES_OF,
        KEYWORDS_OF,
        SHOWN_AS,
        STAND,
        N_NEWER,
        N_LIVE,
        N_LIVE_UP_TO,
        LIST,
        LISTS_AFTER,
        CORRECTED,
        CORRECTED_ON,
        LEADS_TO,
        FORMER,
        FORMER_OF_OTHERS,
        LIVE_PAGES_AFTER,
        LIVE_PAGE,
        RAW_REVISION,
        NEWEST_REVISIONS,
        OWN_LIST,
    ]
}

pub(crate) fn neighbours(
    connection: &Connection,
    list: &str,
    (at, article): (Instant, ArticleId),
) -> Read<(Option<Listed>, Option<Listed>)> {
    let place = (list, at.0, article.to_string());
    let of = |sql| one(connection, sql, place.clone(), text)?.map(|json| json_of(&json)).transpose();
    Ok((of(OLDER)?, of(NEWER)?))
}

/// The pages of a list on which an article stands or stood.
pub(crate) fn stands_on(connection: &Connection, article: &str, list: &str) -> Read<Vec<u32>> {
    many(connection, PAGES_OF, (article, list), |row| row.get(0))
}

pub(crate) fn newest(connection: &Connection, list: &str, limit: u32) -> Read<(Vec<Listed>, Option<u32>)> {
    let mut ranked = ranked(connection, list, limit.saturating_add(1))?;
    let next = ranked.split_off(ranked.len().min(limit as usize)).first().map(|(_, page)| *page);
    Ok((ranked.into_iter().map(|(listed, _)| listed).collect(), next))
}

pub(crate) fn ranked(connection: &Connection, list: &str, limit: u32) -> Read<Vec<(Listed, u32)>> {
    let row = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?));
    let rows = many(connection, NEWEST, (list, limit), row)?;
    rows.iter().map(|(json, page)| Ok((json_of(json)?, *page))).collect()
}

pub(crate) fn listed_since(
    connection: &Connection,
    list: &str,
    since: Instant,
    limit: u32,
) -> Read<Vec<Listed>> {
    many(connection, SINCE, (list, since.0, limit), text)?.iter().map(|json| json_of(json)).collect()
}

pub(crate) fn on_page(connection: &Connection, list: &str, page: u32) -> Read<Vec<Listed>> {
    many(connection, ON_PAGE, (list, page), text)?.iter().map(|json| json_of(json)).collect()
}

pub(crate) fn corrected(
    connection: &Connection,
    page: Option<u32>,
    limit: u32,
) -> Read<(Vec<Corrected>, Option<u32>)> {
    let row = |row: &Row<'_>| {
        let texts: [String; 4] = [row.get(0)?, row.get(2)?, row.get(3)?, row.get(4)?];
        Ok((row.get::<_, i64>(1)?, texts, row.get::<_, u32>(5)?))
    };
    let mut rows = match page {
        Some(page) => many(connection, CORRECTED_ON, [page], row)?,
        None => many(connection, CORRECTED, [limit.saturating_add(1)], row)?,
    };
    let kept = if page.is_some() { rows.len() } else { rows.len().min(limit as usize) };
    let next = rows.split_off(kept).first().map(|(_, _, page)| *page);
    let corrected = rows.into_iter().map(|(at, texts, _)| corrected_at(Instant(at), texts));
    Ok((corrected.collect::<Read<Vec<_>>>()?.into_iter().flatten().collect(), next))
}

/// What one entry says, the newest first: an article may be corrected and retracted in the same millisecond.
fn corrected_at(at: Instant, [listed, kind, text, notice]: [String; 4]) -> Read<Vec<Corrected>> {
    let listed: Listed = json_of(&listed)?;
    let said = |kind, text, is_retraction| Corrected {
        listed: listed.clone(),
        correction: Correction { at, kind, text },
        is_retraction,
    };
    let mut all = Vec::new();
    if kind.is_empty() || !notice.is_empty() {
        all.push(said(CorrectionKind::default(), notice, true));
    }
    if !kind.is_empty() {
        all.push(said(json_of(&kind)?, text, false));
    }
    Ok(all)
}

/// Words of an article and articles per word that are looked at: a word that every article has costs no more
/// than a rare one, and a change of one article reaches only so many pages.
const RELATED_WORDS: usize = 12;
const RELATED_PER_WORD: u32 = 10;

pub(crate) fn related(
    connection: &Connection,
    place: (Instant, ArticleId),
    keywords: &[String],
    limit: u32,
) -> Read<Vec<Listed>> {
    let ids = related_ids(connection, place, keywords, limit)?;
    let listed = ids.iter().map(|id| shown_as(connection, id));
    listed.filter_map(Result::transpose).collect()
}

fn related_ids(
    connection: &Connection,
    (at, article): (Instant, ArticleId),
    keywords: &[String],
    limit: u32,
) -> Read<Vec<String>> {
    let id = article.to_string();
    let mut shared: BTreeMap<(i64, String), u32> = BTreeMap::new();
    for word in words(keywords).iter().take(RELATED_WORDS) {
        let place = (word, at.0, &id, RELATED_PER_WORD);
        for older in many(connection, RELATED, place, |row| Ok((row.get(0)?, row.get(1)?)))? {
            *shared.entry(older).or_default() += 1;
        }
    }
    // Most words in common first, and the newest of those.
    let mut ranked: Vec<_> = shared.into_iter().map(|(place, n_words)| Reverse((n_words, place))).collect();
    ranked.sort();
    Ok(ranked.into_iter().take(limit as usize).map(|Reverse((_, (_, id)))| id).collect())
}

pub(crate) fn pages_relating(
    connection: &Connection,
    (at, article): (Instant, ArticleId),
    keywords: &[String],
) -> Read<Vec<ArticleId>> {
    let id = article.to_string();
    let mut pages = Vec::new();
    for word in keywords {
        for page in many(connection, NEWER_WITH_WORD, (word, at.0, &id, RELATED_PER_WORD), text)? {
            pages.push(stored(&page)?);
        }
    }
    Ok(pages)
}

pub(crate) fn shown_as(connection: &Connection, article: &str) -> Read<Option<Listed>> {
    one(connection, SHOWN_AS, [article], text)?.map(|json| json_of(&json)).transpose()
}

pub(crate) fn listing(connection: &Connection, article: ArticleId) -> Read<Listing> {
    let id = article.to_string();
    let entries = entries_of(connection, &id)?;
    let listed = if entries.is_empty() { None } else { shown_as(connection, &id)? };
    Ok(Listing { listed, entries, keywords: many(connection, KEYWORDS_OF, [&id], text)? })
}

pub(crate) fn entries_of(connection: &Connection, article: &str) -> Read<Vec<(String, Instant)>> {
    many(connection, ENTRIES_OF, [article], |row| Ok((row.get(0)?, Instant(row.get(1)?))))
}

pub(crate) fn stands(
    connection: &Connection,
    article: ArticleId,
    entries: &[(String, Instant)],
) -> Read<Vec<Stand>> {
    let id = article.to_string();
    let mut stands = Vec::with_capacity(entries.len());
    for (name, at) in entries {
        let row = |row: &Row<'_>| Ok((row.get::<_, u32>(0)?, row.get::<_, bool>(1)?, row.get::<_, bool>(2)?));
        let Some((page, begins, live)) = one(connection, STAND, (name, at.0, &id), row)? else { continue };
        let newer = many(connection, N_NEWER, (name, at.0, &id, COUNTED), |_| Ok(()))?;
        stands.push(Stand {
            list: name.clone(),
            at: *at,
            page,
            begins,
            live,
            n_newer: u32::try_from(newer.len()).unwrap_or(u32::MAX),
            last_page: list(connection, name)?.last_page,
            n_live: u32::try_from(n_live(connection, name)?).unwrap_or(u32::MAX),
        });
    }
    Ok(stands)
}

fn n_live(connection: &Connection, list: &str) -> Read<usize> {
    Ok(many(connection, N_LIVE, [list], |_| Ok(()))?.len())
}

pub(crate) fn list(connection: &Connection, name: &str) -> Read<ListRecord> {
    let found = one(connection, LIST, [name], list_row)?;
    let list = found.unwrap_or_else(|| ListRecord { name: name.to_owned(), ..ListRecord::default() });
    Ok(ListRecord { is_live: n_live(connection, name)? > 0, ..list })
}

fn list_row(row: &Row<'_>) -> rusqlite::Result<ListRecord> {
    Ok(ListRecord { name: row.get(0)?, title: row.get(1)?, last_page: row.get(2)?, is_live: false })
}

pub(crate) fn lists_after(connection: &Connection, after: Option<&str>, limit: u32) -> Read<Vec<ListRecord>> {
    let mut lists = Vec::new();
    // Nothing stands before the name of the home page's list, which is empty.
    if after.is_none() {
        lists.push(list(connection, "")?);
    }
    for found in many(connection, LISTS_AFTER, (after.unwrap_or_default(), limit), list_row)? {
        let is_live = n_live(connection, &found.name)? > 0;
        lists.push(ListRecord { is_live, ..found });
    }
    Ok(lists)
}

pub(crate) fn mapped(connection: &Connection, (first, last): (u32, u32)) -> Read<Vec<(String, Instant)>> {
    let row = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, Instant(row.get(1)?)));
    let rows = many(connection, MAPPED, (first, last, SITE), row)?;
    Ok(rows.into_iter().map(|(slug, at)| (format!("/articles/{slug}.html"), at)).collect())
}

pub(crate) fn site_maps(connection: &Connection) -> Read<Vec<(u32, Instant)>> {
    let sql = "SELECT number, modified_at FROM site_map ORDER BY number";
    many(connection, sql, [], |row| Ok((row.get(0)?, Instant(row.get(1)?))))
}

pub(crate) fn leads_to(connection: &Connection, slug: &str) -> Read<Option<String>> {
    one(connection, LEADS_TO, (slug, SITE), text)
}

/// Those that an article left, and its own when another had left it before.
pub(crate) fn former_addresses(connection: &Connection, article: ArticleId) -> Read<Vec<String>> {
    let mut slugs = many(connection, FORMER, [article.to_string()], text)?;
    slugs.extend(one(connection, FORMER_OF_OTHERS, [article.to_string()], text)?);
    Ok(slugs)
}

pub(crate) fn all_leading(connection: &Connection) -> Read<Vec<(String, String)>> {
    let slugs = many(connection, "SELECT DISTINCT slug FROM former_address ORDER BY slug", [], text)?;
    let leading = slugs.into_iter().map(|slug| Ok(leads_to(connection, &slug)?.map(|to| (slug, to))));
    leading.filter_map(Result::transpose).collect()
}

pub(crate) fn all_gone(connection: &Connection) -> Read<Vec<String>> {
    let sql = "SELECT slug FROM article JOIN address ON address.article = article.id
               JOIN publication ON publication.article = article.id
               WHERE item_status = 'withheld' AND frozen = 1 AND live = '' AND destination = ? ORDER BY slug";
    many(connection, sql, [SITE], text)
}

pub(crate) fn live_in_order(
    connection: &Connection,
    after: Option<(Instant, ArticleId)>,
    limit: u32,
) -> Read<Vec<(Instant, ArticleId, RevisionId)>> {
    let sql = "SELECT published_at, article, live FROM publication
               WHERE destination = ?1 AND live <> '' AND (published_at, article) > (?2, ?3)
               ORDER BY published_at, article LIMIT ?4";
    let (at, id) = after.map_or((i64::MIN, String::new()), |(at, article)| (at.0, article.to_string()));
    let row = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?));
    let rows = many(connection, sql, (SITE, at, id, limit), row)?;
    rows.into_iter().map(|(at, article, live)| Ok((Instant(at), stored(&article)?, stored(&live)?))).collect()
}

pub(crate) fn all_retracted(connection: &Connection) -> Read<Vec<ArticleId>> {
    let sql = "SELECT retraction.article FROM retraction JOIN publication USING (article)
               WHERE destination = ? AND state = 'retracted' ORDER BY retraction.article";
    many(connection, sql, [SITE], text)?.iter().map(|id| stored(id)).collect()
}

pub(crate) fn n_live_up_to(connection: &Connection, list: &str, limit: u32) -> Read<u32> {
    let rows = many(connection, N_LIVE_UP_TO, (list, limit), |_| Ok(()))?;
    Ok(u32::try_from(rows.len()).unwrap_or(u32::MAX))
}

pub(crate) fn listed_by(connection: &Connection) -> Read<String> {
    Ok(one(connection, "SELECT listed_by FROM newsroom", [], text)?.unwrap_or_default())
}

pub(crate) fn newest_revisions(connection: &Connection, limit: u32) -> Read<Vec<RawRevision>> {
    many(connection, NEWEST_REVISIONS, (SITE, limit), raw_revision)
}

fn raw_revision(row: &Row<'_>) -> rusqlite::Result<RawRevision> {
    Ok(RawRevision { content: row.get(0)?, facts: row.get(1)?, block: row.get(2)?, photos: row.get(3)? })
}

/// An article, what readers have of it, and since when.
type LivePage = (String, String, i64);

pub(crate) fn pages_after(
    connection: &Connection,
    after: Option<ArticleId>,
    limit: u32,
    related: u32,
) -> Read<Vec<PageRecord>> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    let pages = many(connection, LIVE_PAGES_AFTER, (SITE, after, limit), live_page)?;
    Cards::new(connection, related).pages(pages)
}

pub(crate) fn pages_of(
    connection: &Connection,
    articles: &[ArticleId],
    related: u32,
) -> Read<Vec<PageRecord>> {
    let of = |article: &ArticleId| one(connection, LIVE_PAGE, (article.to_string(), SITE), live_page);
    let pages = articles.iter().map(of).filter_map(Result::transpose).collect::<Read<_>>()?;
    Cards::new(connection, related).pages(pages)
}

fn live_page(row: &Row<'_>) -> rusqlite::Result<LivePage> {
    Ok((row.get(0)?, row.get(1)?, row.get(2)?))
}

/// Cards that pages of one batch show, each read once: neighbours in time show the same.
struct Cards<'a> {
    connection: &'a Connection,
    related: u32,
    known: BTreeMap<String, Arc<Listed>>,
}

impl<'a> Cards<'a> {
    fn new(connection: &'a Connection, related: u32) -> Self {
        Self { connection, related, known: BTreeMap::new() }
    }

    fn pages(mut self, pages: Vec<LivePage>) -> Read<Vec<PageRecord>> {
        pages.into_iter().map(|page| self.page(page)).collect()
    }

    fn page(&mut self, (id, live, at): LivePage) -> Read<PageRecord> {
        let article: ArticleId = stored(&id)?;
        let revision = one(self.connection, RAW_REVISION, [&live], raw_revision)?
            .ok_or_else(|| StorageError::Damaged(format!("no revision {live}")))?;
        let own = one(self.connection, OWN_LIST, [&id], text)?.unwrap_or_else(|| List::Home.to_string());
        let near = |sql| one(self.connection, sql, (&own, at, &id), text);
        let (previous, next) = (near(OLDER_ID)?, near(NEWER_ID)?);
        let keywords = many(self.connection, KEYWORDS_OF, [&id], text)?;
        let related = related_ids(self.connection, (Instant(at), article), &keywords, self.related)?;
        Ok(PageRecord {
            article,
            revision,
            previous: self.card(previous)?,
            next: self.card(next)?,
            related: related
                .into_iter()
                .map(|id| self.card(Some(id)))
                .filter_map(Result::transpose)
                .collect::<Read<_>>()?,
        })
    }

    fn card(&mut self, id: Option<String>) -> Read<Option<Arc<Listed>>> {
        let Some(id) = id else { return Ok(None) };
        if let Some(known) = self.known.get(&id) {
            return Ok(Some(known.clone()));
        }
        let found = shown_as(self.connection, &id)?.map(Arc::new);
        if let Some(found) = &found {
            self.known.insert(id, found.clone());
        }
        Ok(found)
    }
}
