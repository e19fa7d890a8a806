//! The tables of `newsroom.sqlite` and their migrations. A released migration is never changed, a column never
//! repurposed, an id never reused.

mod accounts;
mod authorship;
mod documents;
mod record;
mod runs;
mod search;
mod site;

use rusqlite::{Connection, Transaction, TransactionBehavior};

use super::StorageError;
use super::sqlite::storage_error;

/// Says that a file is a newsroom's: "gnws".
const APPLICATION_ID: i32 = 0x676e_7773;

/// In order; the database's version is how many were applied.
const MIGRATIONS: &[&str] = &[
    V1,
    documents::DOCUMENTS,
    accounts::ACCOUNTS,
    authorship::AUTHORSHIP,
    site::SITE,
    search::SEARCH,
    record::RECORD,
    runs::RUNS,
];

const V1: &str = "
-- Who this newsroom is. The epoch changes when a backup is restored, so that no cursor outlives its feed.
CREATE TABLE newsroom (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id TEXT NOT NULL,
    epoch TEXT NOT NULL,
    local_person TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    restored_at INTEGER NOT NULL DEFAULT 0
) STRICT;

-- ONE row, advanced inside every writing transaction: the order of commits is the order of numbers.
CREATE TABLE feed (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    n INTEGER NOT NULL
) STRICT;
INSERT INTO feed (one, n) VALUES (1, 0);

-- What moved at each number, for readers that follow.
CREATE TABLE change_feed (
    n INTEGER PRIMARY KEY,
    article TEXT NOT NULL DEFAULT '',
    what TEXT NOT NULL,
    at INTEGER NOT NULL
) STRICT;

-- Every version of the site's settings, so that an old page can be rendered again.
CREATE TABLE site_settings (
    version INTEGER PRIMARY KEY,
    settings TEXT NOT NULL,
    saved_at INTEGER NOT NULL
) STRICT;

-- What belongs to the newsroom and not to the text.
CREATE TABLE article (
    id TEXT PRIMARY KEY,
    wf_rev INTEGER NOT NULL,
    stage TEXT NOT NULL,
    item_status TEXT NOT NULL,
    policy TEXT NOT NULL,
    policy_version INTEGER NOT NULL,
    responsible_editor TEXT NOT NULL DEFAULT ''
) STRICT;

-- One address, one article, for good once it was published.
CREATE TABLE address (
    slug TEXT PRIMARY KEY,
    article TEXT NOT NULL UNIQUE REFERENCES article (id),
    frozen INTEGER NOT NULL DEFAULT 0
) STRICT;

-- Each wish and its answer, exactly once per id.
CREATE TABLE intent (
    id TEXT PRIMARY KEY,
    article TEXT NOT NULL,
    kind TEXT NOT NULL,
    intent TEXT NOT NULL,
    outcome TEXT NOT NULL,
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    feed INTEGER NOT NULL,
    answered_at INTEGER NOT NULL
) STRICT;
CREATE INDEX intent_article ON intent (article, feed);

-- Append-only.
CREATE TABLE sign_off (
    id TEXT PRIMARY KEY,
    article TEXT NOT NULL REFERENCES article (id),
    content_hash TEXT NOT NULL,
    feed INTEGER NOT NULL,
    record TEXT NOT NULL
) STRICT;
CREATE INDEX sign_off_article ON sign_off (article, feed);

-- What was published: enough to write the same page again. Append-only.
CREATE TABLE revision (
    id TEXT PRIMARY KEY,
    article TEXT NOT NULL REFERENCES article (id),
    content TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    facts TEXT NOT NULL,
    block TEXT NOT NULL,
    photos TEXT NOT NULL,
    page_hash TEXT NOT NULL,
    made_at INTEGER NOT NULL
) STRICT;
CREATE INDEX revision_article ON revision (article, made_at);

-- An axis of its own, per destination. Empty and 0 stand for none.
CREATE TABLE publication (
    article TEXT NOT NULL REFERENCES article (id),
    destination TEXT NOT NULL,
    state TEXT NOT NULL,
    wanted TEXT NOT NULL DEFAULT '',
    live TEXT NOT NULL DEFAULT '',
    published_at INTEGER NOT NULL DEFAULT 0,
    modified_at INTEGER NOT NULL DEFAULT 0,
    live_content_hash TEXT NOT NULL DEFAULT '',
    failure TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (article, destination)
) STRICT;
CREATE INDEX publication_live ON publication (destination, article) WHERE live <> '';

-- What waits to be done on the site; a crash leaves it here.
CREATE TABLE job (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    priority INTEGER NOT NULL,
    article TEXT NOT NULL DEFAULT '',
    work TEXT NOT NULL
) STRICT;

-- How lists show a live article.
CREATE TABLE listed (
    article TEXT PRIMARY KEY REFERENCES article (id),
    listed TEXT NOT NULL
) STRICT;

-- The lists of live articles: one per section, by its slug, and '' for the home page.
CREATE TABLE listing (
    list TEXT NOT NULL,
    published_at INTEGER NOT NULL,
    article TEXT NOT NULL REFERENCES article (id),
    PRIMARY KEY (list, published_at, article)
) STRICT, WITHOUT ROWID;
CREATE INDEX listing_article ON listing (article, list);

-- Live articles by keyword, for related ones.
CREATE TABLE keyword (
    word TEXT NOT NULL,
    published_at INTEGER NOT NULL,
    article TEXT NOT NULL REFERENCES article (id),
    PRIMARY KEY (word, published_at, article)
) STRICT, WITHOUT ROWID;
CREATE INDEX keyword_article ON keyword (article, word);

-- Which page shows a card of which article: what must be written again when that one changes.
CREATE TABLE shown (
    shows TEXT NOT NULL,
    page TEXT NOT NULL,
    PRIMARY KEY (shows, page)
) STRICT, WITHOUT ROWID;
CREATE INDEX shown_page ON shown (page);

-- Which live page uses which photo, so that a take-down removes what only it showed.
CREATE TABLE media_use (
    path TEXT NOT NULL,
    article TEXT NOT NULL REFERENCES article (id),
    PRIMARY KEY (path, article)
) STRICT, WITHOUT ROWID;
CREATE INDEX media_use_article ON media_use (article, path);

-- Where the site was set up, so that a folder that vanished is told from one that was never there.
CREATE TABLE destination (
    name TEXT PRIMARY KEY,
    folder TEXT NOT NULL,
    look TEXT NOT NULL
) STRICT;
";

/// Brings a database to the newest version, and says whether it is new. Check, change and version share one
/// transaction.
pub(crate) fn migrate(connection: &mut Connection) -> Result<bool, StorageError> {
    let found = version(connection)?;
    let known = u32::try_from(MIGRATIONS.len()).unwrap_or(u32::MAX);
    if found == known {
        return Ok(false);
    }
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(storage_error)?;
    let found = version(&transaction)?;
    if found > known {
        return Err(StorageError::TooNew { found, known });
    }
    apply(&transaction, found)?;
    transaction.pragma_update(None, "application_id", APPLICATION_ID).map_err(storage_error)?;
    transaction.pragma_update(None, "user_version", known).map_err(storage_error)?;
    transaction.commit().map_err(storage_error)?;
    Ok(found == 0)
}

fn apply(transaction: &Transaction<'_>, found: u32) -> Result<(), StorageError> {
    for migration in MIGRATIONS.iter().skip(found as usize) {
        transaction.execute_batch(migration).map_err(storage_error)?;
        // Terms are made by the program, not by the database.
        if *migration == search::SEARCH {
            super::search::index_all(transaction)?;
        }
    }
    Ok(())
}

/// The version of a newsroom's database, 0 of an empty one.
fn version(connection: &Connection) -> Result<u32, StorageError> {
    let pragma = |name: &str| connection.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let version = pragma("user_version").map_err(storage_error)?;
    let application = pragma("application_id").map_err(storage_error)?;
    let empty = version == 0 && application == 0;
    if empty || application == APPLICATION_ID {
        return u32::try_from(version).map_err(|_| StorageError::Damaged(format!("version {version}")));
    }
    Err(StorageError::Damaged("not a newsroom's database".to_owned()))
}
