//! Questions to the database, one function each.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::str::FromStr;

use galley_model::site::SiteSettings;
use galley_model::workflow::{IntentId, ItemStatus, Policy, PolicyRef, Publication, Stage};
use galley_model::{ArticleId, Instant, RevisionId};
use rusqlite::{Connection, OptionalExtension as _, Params, Row};
use serde::de::DeserializeOwned;

use super::sqlite::storage_error;
use super::{
    Answer, ArticleRecord, Job, Listed, Places, PublicationRecord, Revision, SiteRecord, StorageError,
};

/// The destination that every newsroom has.
pub(crate) const SITE: &str = "site";

type Read<T> = Result<T, StorageError>;

// Questions that someone waits for: each goes along a key, whatever the size of the site.
const MEDIA_IN_USE: &str = "SELECT 1 FROM media_use WHERE path = ? LIMIT 1";
const OLDER: &str = "SELECT listed FROM listing JOIN listed USING (article)
    WHERE list = ?1 AND (published_at, article) < (?2, ?3)
    ORDER BY published_at DESC, article DESC LIMIT 1";
const NEWER: &str = "SELECT listed FROM listing JOIN listed USING (article)
    WHERE list = ?1 AND (published_at, article) > (?2, ?3)
    ORDER BY published_at, article LIMIT 1";
const NEWEST: &str = "SELECT listed FROM listing JOIN listed USING (article) WHERE list = ?
    ORDER BY published_at DESC, article DESC LIMIT ?";
const RELATED: &str = "SELECT published_at, article FROM keyword
    WHERE word = ?1 AND (published_at, article) < (?2, ?3)
    ORDER BY published_at DESC, article DESC LIMIT ?4";
const NEWER_WITH_WORD: &str = "SELECT article FROM keyword
    WHERE word = ?1 AND (published_at, article) > (?2, ?3)
    ORDER BY published_at, article LIMIT ?4";
const LISTS_OF: &str = "SELECT list FROM listing WHERE article = ? ORDER BY list";
const KEYWORDS_OF: &str = "SELECT word FROM keyword WHERE article = ? ORDER BY word";
const PAGES_SHOWING: &str = "SELECT page FROM shown WHERE shows = ? ORDER BY page";
const LIVE_AFTER: &str =
    "SELECT article FROM publication WHERE destination = ? AND live <> '' AND article > ?
    ORDER BY article LIMIT ?";
const MEDIA_ONLY_OF: &str = "SELECT path FROM media_use AS mine WHERE article = ?1
    AND NOT EXISTS (SELECT 1 FROM media_use WHERE path = mine.path AND article <> ?1)
    ORDER BY path";
const SLUG: &str = "SELECT slug, frozen FROM address WHERE article = ?";
const ANSWER: &str = "SELECT intent, outcome, person, name FROM intent WHERE id = ?";

/// For the test that they do.
#[cfg(test)]
pub(crate) fn questions() -> Vec<&'static str> {
    vec![
        OLDER,
        NEWER,
        NEWEST,
        RELATED,
        NEWER_WITH_WORD,
        PAGES_SHOWING,
        LIVE_AFTER,
        MEDIA_ONLY_OF,
        SLUG,
        ANSWER,
        MEDIA_IN_USE,
        LISTS_OF,
        KEYWORDS_OF,
    ]
}

pub(crate) fn settings(connection: &Connection) -> Read<(u32, SiteSettings)> {
    let sql = "SELECT version, settings FROM site_settings ORDER BY version DESC LIMIT 1";
    let (version, json) = one(connection, sql, [], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?
        .ok_or_else(|| StorageError::Damaged("no settings".to_owned()))?;
    Ok((version, json_of(&json)?))
}

pub(crate) fn article(connection: &Connection, id: ArticleId) -> Read<ArticleRecord> {
    let sql = "SELECT wf_rev, stage, item_status, policy, policy_version, responsible_editor
               FROM article WHERE id = ?";
    let row = |row: &Row<'_>| {
        let texts: [String; 4] = [row.get(1)?, row.get(2)?, row.get(3)?, row.get(5)?];
        Ok((row.get::<_, i64>(0)?, texts, row.get::<_, u32>(4)?))
    };
    let Some((wf_rev, [stage, item_status, policy, responsible_editor], version)) =
        one(connection, sql, [id.to_string()], row)?
    else {
        return Ok(unknown_article());
    };
    Ok(ArticleRecord {
        wf_rev,
        stage: stored(&stage)?,
        item_status: stored(&item_status)?,
        policy: PolicyRef { id: policy, version },
        responsible_editor,
        slug: slug(connection, id)?,
        publication: publication(connection, id)?,
    })
}

/// What every article starts with.
fn unknown_article() -> ArticleRecord {
    ArticleRecord {
        wf_rev: 0,
        stage: Stage::default(),
        item_status: ItemStatus::default(),
        policy: Policy::solo().reference(),
        responsible_editor: String::new(),
        slug: None,
        publication: PublicationRecord::default(),
    }
}

fn slug(connection: &Connection, id: ArticleId) -> Read<Option<(String, bool)>> {
    one(connection, SLUG, [id.to_string()], |row| Ok((row.get(0)?, row.get(1)?)))
}

fn publication(connection: &Connection, id: ArticleId) -> Read<PublicationRecord> {
    let sql = "SELECT state, wanted, live, live_content_hash, failure, published_at, modified_at
               FROM publication WHERE article = ? AND destination = ?";
    let row = |row: &Row<'_>| {
        let texts: [String; 5] = [row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?];
        Ok((texts, row.get::<_, i64>(5)?, row.get::<_, i64>(6)?))
    };
    let Some(([state, wanted, live, hash, failure], published_at, modified_at)) =
        one(connection, sql, [id.to_string().as_str(), SITE], row)?
    else {
        return Ok(PublicationRecord::default());
    };
    Ok(PublicationRecord {
        state: stored::<Publication>(&state)?,
        wanted: stored_option(&wanted)?,
        live: stored_option(&live)?,
        published_at: instant_option(published_at),
        modified_at: instant_option(modified_at),
        live_content_hash: stored_option(&hash)?,
        failure: if failure.is_empty() { None } else { Some(json_of(&failure)?) },
    })
}

pub(crate) fn answer(connection: &Connection, id: IntentId) -> Read<Option<Answer>> {
    let row = |row: &Row<'_>| Ok([row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?]);
    let found: Option<[String; 4]> = one(connection, ANSWER, [id.to_string()], row)?;
    let Some([intent, outcome, person, name]) = found else { return Ok(None) };
    Ok(Some(Answer {
        intent: json_of(&intent)?,
        outcome: json_of(&outcome)?,
        person: stored(&person)?,
        name,
    }))
}

pub(crate) fn slug_holder(connection: &Connection, slug: &str) -> Read<Option<ArticleId>> {
    let found = one(connection, "SELECT article FROM address WHERE slug = ?", [slug], text)?;
    found.map(|id| stored(&id)).transpose()
}

pub(crate) fn revision(connection: &Connection, id: RevisionId) -> Read<Option<Revision>> {
    let sql = "SELECT article, content, content_hash, facts, block, page_hash, photos, made_at
               FROM revision WHERE id = ?";
    let row = |row: &Row<'_>| {
        let hashed: [String; 3] = [row.get(1)?, row.get(2)?, row.get(5)?];
        let rendered: [String; 4] = [row.get(0)?, row.get(3)?, row.get(4)?, row.get(6)?];
        Ok((hashed, rendered, row.get::<_, i64>(7)?))
    };
    let found = one(connection, sql, [id.to_string()], row)?;
    let Some(([content, content_hash, page_hash], [article, facts, block, photos], made_at)) = found else {
        return Ok(None);
    };
    Ok(Some(Revision {
        id,
        article: stored(&article)?,
        content: json_of(&content)?,
        content_hash: stored(&content_hash)?,
        facts: json_of(&facts)?,
        block,
        photos: json_of(&photos)?,
        page_hash: stored(&page_hash)?,
        made_at: Instant(made_at),
    }))
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

pub(crate) fn newest(connection: &Connection, lists: &[String], limit: u32) -> Read<Vec<Listed>> {
    // List by list along the key: one question for all would sort every article they hold.
    let mut newest: Vec<Listed> = Vec::new();
    for list in lists {
        for json in many(connection, NEWEST, (list, limit), text)? {
            newest.push(json_of(&json)?);
        }
    }
    newest.sort_by_key(|listed| Reverse((listed.published_at, listed.article)));
    newest.dedup_by_key(|listed| listed.article);
    newest.truncate(limit as usize);
    Ok(newest)
}

/// Words of an article and articles per word that are looked at: a word that every article has costs no more
/// than a rare one, and a change of one article reaches only so many pages.
const RELATED_WORDS: usize = 12;
const RELATED_PER_WORD: u32 = 20;

pub(crate) fn related(
    connection: &Connection,
    (at, article): (Instant, ArticleId),
    keywords: &[String],
    limit: u32,
) -> Read<Vec<Listed>> {
    let id = article.to_string();
    let mut shared: BTreeMap<(i64, String), u32> = BTreeMap::new();
    for word in keywords.iter().take(RELATED_WORDS) {
        let place = (word, at.0, &id, RELATED_PER_WORD);
        for older in many(connection, RELATED, place, |row| Ok((row.get(0)?, row.get(1)?)))? {
            *shared.entry(older).or_default() += 1;
        }
    }
    // Most words in common first, and the newest of those.
    let mut ranked: Vec<_> = shared.into_iter().collect();
    ranked.sort_by_key(|(place, n_words)| Reverse((*n_words, place.clone())));
    let mut related = Vec::new();
    for ((_, id), _) in ranked.into_iter().take(limit as usize) {
        let listed = one(connection, "SELECT listed FROM listed WHERE article = ?", [id], text)?;
        related.extend(listed.map(|json| json_of(&json)).transpose()?);
    }
    Ok(related)
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

pub(crate) fn pages_showing(connection: &Connection, article: ArticleId) -> Read<Vec<ArticleId>> {
    many(connection, PAGES_SHOWING, [article.to_string()], text)?.iter().map(|id| stored(id)).collect()
}

pub(crate) fn live_after(
    connection: &Connection,
    after: Option<ArticleId>,
    limit: u32,
) -> Read<Vec<ArticleId>> {
    let after = after.map(|id| id.to_string()).unwrap_or_default();
    many(connection, LIVE_AFTER, (SITE, after, limit), text)?.iter().map(|id| stored(id)).collect()
}

pub(crate) fn live_addresses(connection: &Connection) -> Read<Vec<String>> {
    let sql = "SELECT slug FROM publication JOIN address USING (article)
               WHERE destination = ? AND live <> '' ORDER BY slug";
    let slugs = many(connection, sql, [SITE], text)?;
    Ok(slugs.iter().map(|slug| format!("/articles/{slug}.html")).collect())
}

pub(crate) fn known_addresses(connection: &Connection) -> Read<Vec<String>> {
    let slugs = many(connection, "SELECT slug FROM address ORDER BY slug", [], text)?;
    Ok(slugs.iter().map(|slug| format!("/articles/{slug}.html")).collect())
}

pub(crate) fn media_only_of(connection: &Connection, article: ArticleId) -> Read<Vec<String>> {
    many(connection, MEDIA_ONLY_OF, [article.to_string()], text)
}

pub(crate) fn media_in_use(connection: &Connection, paths: &[String]) -> Read<Vec<String>> {
    let is_used = |path: &String| one(connection, MEDIA_IN_USE, [path], |_| Ok(()));
    let used = paths.iter().map(|path| Ok(is_used(path)?.map(|()| path.clone())));
    used.filter_map(Result::transpose).collect()
}

pub(crate) fn live_media(connection: &Connection) -> Read<Vec<String>> {
    many(connection, "SELECT DISTINCT path FROM media_use ORDER BY path", [], text)
}

pub(crate) fn places(connection: &Connection, article: ArticleId) -> Read<Places> {
    let id = article.to_string();
    Ok(Places {
        lists: many(connection, LISTS_OF, [&id], text)?,
        keywords: many(connection, KEYWORDS_OF, [&id], text)?,
    })
}

pub(crate) fn jobs(connection: &Connection) -> Read<Vec<Job>> {
    let sql = "SELECT id, work FROM job ORDER BY priority, id";
    let rows = many(connection, sql, [], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?;
    rows.into_iter().map(|(id, work)| Ok(Job { id, work: json_of(&work)? })).collect()
}

pub(crate) fn site(connection: &Connection) -> Read<Option<SiteRecord>> {
    let sql = "SELECT folder, look FROM destination WHERE name = ?";
    one(connection, sql, [SITE], |row| Ok(SiteRecord { folder: row.get(0)?, look: row.get(1)? }))
}

/// Reads a stored word; what cannot be read is damage, not a default.
pub(crate) fn stored<T: FromStr>(text: &str) -> Read<T> {
    text.parse().map_err(|_| StorageError::Damaged(format!("cannot read {text:?}")))
}

fn stored_option<T: FromStr>(text: &str) -> Read<Option<T>> {
    if text.is_empty() { Ok(None) } else { stored(text).map(Some) }
}

fn instant_option(at: i64) -> Option<Instant> {
    (at != 0).then_some(Instant(at))
}

pub(crate) fn json_of<T: DeserializeOwned>(json: &str) -> Read<T> {
    serde_json::from_str(json).map_err(|error| StorageError::Damaged(error.to_string()))
}

pub(crate) fn text(row: &Row<'_>) -> rusqlite::Result<String> {
    row.get(0)
}

pub(crate) fn one<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    row: impl FnOnce(&Row<'_>) -> rusqlite::Result<T>,
) -> Read<Option<T>> {
    let mut statement = connection.prepare_cached(sql).map_err(storage_error)?;
    statement.query_row(params, row).optional().map_err(storage_error)
}

pub(crate) fn many<T>(
    connection: &Connection,
    sql: &str,
    params: impl Params,
    row: impl FnMut(&Row<'_>) -> rusqlite::Result<T>,
) -> Read<Vec<T>> {
    let mut statement = connection.prepare_cached(sql).map_err(storage_error)?;
    let rows = statement.query_map(params, row).map_err(storage_error)?;
    rows.collect::<rusqlite::Result<_>>().map_err(storage_error)
}
