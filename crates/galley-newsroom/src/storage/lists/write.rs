//! Putting articles into lists and taking them out, inside the one writing transaction.

use galley_model::{ArticleId, Instant};
use rusqlite::Transaction;

use super::read;
use super::{Entry, Listed, Places};
use crate::lists::{List, PER_PAGE, map_of};
use crate::storage::StorageError;
use crate::storage::write::{execute, json};

type Write<T = ()> = Result<T, StorageError>;

/// Has an article stand in these places and no others, shown like this. It keeps the pages that it has.
pub(crate) fn place(
    transaction: &Transaction<'_>,
    article: ArticleId,
    listed: Option<&Listed>,
    places: &Places,
    at: Instant,
) -> Write {
    let id = article.to_string();
    if let Some(listed) = listed {
        let sql = "INSERT INTO listed (article, listed) VALUES (?, ?)
                   ON CONFLICT (article) DO UPDATE SET listed = excluded.listed";
        execute(transaction, sql, (&id, json(listed)?))?;
    }
    let before = read::entries_of(transaction, &id)?;
    let stays =
        |list: &str, at: Instant| places.entries.iter().any(|entry| entry.list == list && entry.at == at);
    for (list, at) in before.iter().filter(|(list, at)| !stays(list, *at)) {
        set_live(transaction, list, *at, &id, false)?;
    }
    for entry in &places.entries {
        if !before.iter().any(|(list, at)| *list == entry.list && *at == entry.at) {
            enter(transaction, entry, &id)?;
        }
    }
    touch_map(transaction, &id, at)?;
    let published_at = listed.map_or(0, |listed| listed.published_at.0);
    execute(transaction, "DELETE FROM keyword WHERE article = ?", [&id])?;
    for word in &places.keywords {
        let sql = "INSERT OR IGNORE INTO keyword (word, published_at, article) VALUES (?, ?, ?)";
        execute(transaction, sql, (word, published_at, &id))?;
    }
    Ok(())
}

/// An article comes back to its page, or gets the newest one.
fn enter(transaction: &Transaction<'_>, entry: &Entry, article: &str) -> Write {
    if set_live(transaction, &entry.list, entry.at, article, true)? {
        return Ok(());
    }
    let begun = "INSERT INTO list (name, title) VALUES (?, ?) ON CONFLICT (name) DO NOTHING";
    execute(transaction, begun, (&entry.list, &entry.title))?;
    let (last_page, n_on_last): (u32, u32) = transaction
        .prepare_cached("SELECT last_page, n_on_last FROM list WHERE name = ?")
        .and_then(|mut statement| statement.query_row([&entry.list], |row| Ok((row.get(0)?, row.get(1)?))))
        .map_err(crate::storage::sqlite::storage_error)?;
    let begins = last_page == 0 || n_on_last >= PER_PAGE;
    let (page, n) = if begins { (last_page + 1, 1) } else { (last_page, n_on_last + 1) };
    let grown = "UPDATE list SET last_page = ?, n_on_last = ? WHERE name = ?";
    execute(transaction, grown, (page, n, &entry.list))?;
    let sql = "INSERT INTO entry (list, at, article, page, begins, live) VALUES (?, ?, ?, ?, ?, 1)";
    execute(transaction, sql, (&entry.list, entry.at.0, article, page, begins)).map(drop)
}

/// False when there is no such entry.
fn set_live(
    transaction: &Transaction<'_>,
    list: &str,
    at: Instant,
    article: &str,
    live: bool,
) -> Write<bool> {
    let sql = "UPDATE entry SET live = ? WHERE list = ? AND at = ? AND article = ?";
    Ok(execute(transaction, sql, (live, list, at.0, article))? == 1)
}

/// The site map of an article changes with it, also when it goes.
fn touch_map(transaction: &Transaction<'_>, article: &str, at: Instant) -> Write {
    for page in read::stands_on(transaction, article, &List::Home.to_string())? {
        let sql = "INSERT INTO site_map (number, modified_at) VALUES (?1, ?2)
                   ON CONFLICT (number) DO UPDATE SET modified_at = max(modified_at, ?2)";
        execute(transaction, sql, (map_of(page), at.0))?;
    }
    Ok(())
}
