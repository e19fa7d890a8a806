//! Questions to the database, one function each.

use std::str::FromStr;

use galley_model::site::SiteSettings;
use galley_model::workflow::{IntentId, ItemStatus, Policy, PolicyRef, Publication, Stage};
use galley_model::{ArticleId, Instant, RevisionId};
use galley_page::Correction;
use rusqlite::{Connection, OptionalExtension as _, Params, Row};
use serde::de::DeserializeOwned;

use super::sqlite::storage_error;
use super::{
    Answer, ArticleRecord, Job, PublicationRecord, RetractionRecord, Revision, SavedBy, SiteRecord,
    StorageError, lists,
};

/// The destination that every newsroom has.
pub(crate) const SITE: &str = "site";

type Read<T> = Result<T, StorageError>;

// Questions that someone waits for: each goes along a key, whatever the size of the site.
const MEDIA_IN_USE: &str = "SELECT 1 FROM media_use WHERE path = ? LIMIT 1";
const MEDIA_ONLY_OF: &str = "SELECT path FROM media_use AS mine WHERE article = ?1
    AND NOT EXISTS (SELECT 1 FROM media_use WHERE path = mine.path AND article <> ?1)
    ORDER BY path";
const SLUG: &str = "SELECT slug, frozen FROM address WHERE article = ?";
const STANDS_AT: &str = "SELECT ifnull(live <> '' OR state = 'retracted', 0) FROM address
    LEFT JOIN publication ON publication.article = address.article AND destination = ? WHERE slug = ?";
const CORRECTIONS: &str = "SELECT at, kind, text FROM correction WHERE article = ? ORDER BY at";
const ANSWER: &str = "SELECT intent, outcome, person, name FROM intent WHERE id = ?";

/// For the test that they do.
#[cfg(test)]
pub(crate) fn questions() -> Vec<&'static str> {
    vec![MEDIA_ONLY_OF, SLUG, ANSWER, MEDIA_IN_USE, STANDS_AT, CORRECTIONS]
}

pub(crate) fn settings(connection: &Connection) -> Read<(u32, SiteSettings)> {
    let sql = "SELECT version, settings FROM site_settings ORDER BY version DESC LIMIT 1";
    let (version, json) = one(connection, sql, [], |row| Ok((row.get(0)?, row.get::<_, String>(1)?)))?
        .ok_or_else(|| StorageError::Damaged("no settings".to_owned()))?;
    Ok((version, json_of(&json)?))
}

pub(crate) fn settings_saved_by(connection: &Connection, version: u32) -> Read<Option<SavedBy>> {
    let sql = "SELECT person, name, device FROM site_settings WHERE version = ?";
    let row = |row: &Row<'_>| Ok([row.get::<_, String>(0)?, row.get(1)?, row.get(2)?]);
    let found = one(connection, sql, [version], row)?.filter(|[person, ..]| !person.is_empty());
    found
        .map(|[person, name, device]| {
            Ok(SavedBy { person: stored(&person)?, name, device: stored_option(&device)? })
        })
        .transpose()
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

/// Files of the folder of articles where nothing stands: a live page, a notice, or what leads to a live page.
pub(crate) fn strangers(connection: &Connection, files: Vec<String>, knows_all: bool) -> Read<Vec<String>> {
    let mut strangers = Vec::new();
    for file in files {
        let of_page = file.strip_suffix(".html");
        let Some(slug) = of_page.or_else(|| file.strip_suffix(".ninjs.json")) else {
            strangers.extend(knows_all.then_some(file));
            continue;
        };
        let stands = one(connection, STANDS_AT, (SITE, slug), |row| row.get::<_, bool>(0))?;
        let leads = of_page.is_some() && lists::read::leads_to(connection, slug)?.is_some();
        let is_known = knows_all || stands.is_some();
        if stands != Some(true) && !leads && is_known {
            strangers.push(file);
        }
    }
    Ok(strangers)
}

pub(crate) fn corrections(connection: &Connection, article: ArticleId) -> Read<Vec<Correction>> {
    let row = |row: &Row<'_>| Ok((row.get::<_, i64>(0)?, row.get::<_, String>(1)?, row.get::<_, String>(2)?));
    let rows = many(connection, CORRECTIONS, [article.to_string()], row)?;
    let correction = |(at, kind, text): (i64, String, String)| {
        Ok(Correction { at: Instant(at), kind: json_of(&kind)?, text })
    };
    rows.into_iter().map(correction).collect()
}

pub(crate) fn retraction(connection: &Connection, article: ArticleId) -> Read<Option<RetractionRecord>> {
    let sql = "SELECT at, reason, notice, person, name FROM retraction WHERE article = ?";
    let row = |row: &Row<'_>| {
        let texts: [String; 4] = [row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?];
        Ok((row.get::<_, i64>(0)?, texts))
    };
    let Some((at, [reason, notice, person, name])) = one(connection, sql, [article.to_string()], row)? else {
        return Ok(None);
    };
    Ok(Some(RetractionRecord { at: Instant(at), reason, notice, person: stored(&person)?, name }))
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
