//! The newsroom's records in `newsroom.sqlite`: one writing thread, two reading threads that never wait for it,
//! one of them for what strangers search.

use std::path::{Path, PathBuf};

use galley_model::site::SiteSettings;
use galley_model::workflow::IntentId;
use galley_model::{ArticleId, Instant, RevisionId};
use galley_page::Correction;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, OptionalExtension as _, Transaction, TransactionBehavior};
use uuid::Uuid;

use super::backup::{self, Recovery};
use super::lane::Lane;
use super::{
    Answer, ArticleRecord, Commit, Committed, Identity, Job, RetractionRecord, Revision, SavedBy, SiteRecord,
    Storage, StorageError, read, schema, search, write,
};

/// Records in one SQLite file.
pub struct SqliteStorage {
    writer: Lane,
    reader: Lane,
    searcher: Lane,
    identity: Identity,
    folder: PathBuf,
    recovery: Option<Recovery>,
}

pub(crate) const FILE: &str = "newsroom.sqlite";
/// How old the newest copy may become.
const BACKUP_EVERY: i64 = 24 * 60 * 60 * 1000;
/// Statements that a connection keeps prepared: all that a push needs, and what a wish needs besides.
const STATEMENTS: usize = 128;

impl SqliteStorage {
    /// Opens `newsroom.sqlite` in this folder, making it when it is not there. Records that cannot be read are
    /// set aside, and the newest whole copy takes their place. Blocks.
    ///
    /// # Errors
    /// `TooNew`, `ReadOnly`, `DiskFull`, `Busy`; the file is as it was then.
    pub fn open(folder: &Path, now: Instant) -> Result<Self, StorageError> {
        match Self::open_file(folder, now) {
            Err(StorageError::Damaged(detail)) => {
                tracing::error!(detail, "the newsroom's records are damaged");
                let recovery = backup::recover(folder, now)?;
                Ok(Self { recovery: Some(recovery), ..Self::open_file(folder, now)? })
            }
            opened => opened,
        }
    }

    fn open_file(folder: &Path, now: Instant) -> Result<Self, StorageError> {
        let file = folder.join(FILE);
        let mut connection =
            connect(&file, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE)?;
        prepare(&connection)?;
        backup::check_when_suspect(&connection, folder)?;
        schema::migrate(&mut connection)?;
        let identity = identity(&mut connection, now)?;
        let reading = reader(&file)?;
        let searching = reader(&file)?;
        Ok(Self {
            writer: Lane::start("newsroom-write", connection)?,
            reader: Lane::start("newsroom-read", reading)?,
            searcher: Lane::start("newsroom-search", searching)?,
            identity,
            folder: folder.to_owned(),
            recovery: None,
        })
    }

    /// What was done at this start because the records could not be read.
    pub fn recovery(&self) -> Option<&Recovery> {
        self.recovery.as_ref()
    }

    /// Makes a verified copy beside the records when the newest is a day old; seven are kept.
    ///
    /// # Errors
    /// `DiskFull`, `ReadOnly`, `Damaged`; the copies before stay.
    pub async fn backup_when_due(&self, now: Instant) -> Result<Option<PathBuf>, StorageError> {
        let newest = backup::all(&self.folder).first().map(|(_, made_at)| *made_at);
        let is_due = newest.is_none_or(|made_at| !(0..BACKUP_EVERY).contains(&(now.0 - made_at.0)));
        if !is_due {
            return Ok(None);
        }
        let folder = self.folder.clone();
        // On a connection of its own: previews do not wait for it.
        let copied = tokio::task::spawn_blocking(move || {
            let connection = connect(&folder.join(FILE), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
            backup::backup(&connection, &folder, now)
        });
        self.watched(copied.await.unwrap_or(Err(StorageError::Closed))).map(Some)
    }

    /// Copies the records to a file and checks the copy.
    ///
    /// # Errors
    /// `DiskFull`, `ReadOnly`, `Damaged`; what stood there stays.
    pub async fn copy_to(&self, file: &Path) -> Result<(), StorageError> {
        let (folder, file) = (self.folder.clone(), file.to_owned());
        let copied = tokio::task::spawn_blocking(move || {
            let connection = connect(&folder.join(FILE), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
            backup::copy(&connection, &file)
        });
        self.watched(copied.await.unwrap_or(Err(StorageError::Closed)))
    }

    /// Reads the whole file, and holds the feed's counter against its rows.
    ///
    /// # Errors
    /// `Damaged`, with the first that is wrong.
    pub async fn check(&self) -> Result<(), StorageError> {
        self.read(|connection| {
            backup::check(connection)?;
            let sql = "
                SELECT feed.n, (SELECT count(*) FROM change_feed), (SELECT ifnull(max(n), 0) FROM change_feed)
                FROM feed";
            let counts: [i64; 3] = connection
                .query_row(sql, [], |row| Ok([row.get(0)?, row.get(1)?, row.get(2)?]))
                .map_err(storage_error)?;
            match counts {
                [n, rows, newest] if n == rows && n == newest => Ok(()),
                [n, rows, newest] => Err(StorageError::Damaged(format!(
                    "the feed stands at {n}, with {rows} rows up to {newest}"
                ))),
            }
        })
        .await
    }

    pub(super) async fn read<T: Send + 'static>(
        &self,
        question: impl FnOnce(&Connection) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, StorageError> {
        self.watched(self.reader.run(move |connection| question(connection)).await)
    }

    pub(super) async fn write<T: Send + 'static>(
        &self,
        change: impl FnOnce(&mut Connection) -> Result<T, StorageError> + Send + 'static,
    ) -> Result<T, StorageError> {
        self.watched(self.writer.run(change).await)
    }

    /// Writes commits inside a transaction that others may share.
    pub(super) async fn share(
        &self,
        write: impl FnMut(&Transaction<'_>) -> Result<Committed, StorageError> + Send + 'static,
    ) -> Result<Committed, StorageError> {
        self.watched(self.writer.share(write, write::stays).await)
    }

    fn watched<T>(&self, answer: Result<T, StorageError>) -> Result<T, StorageError> {
        if matches!(answer, Err(StorageError::Damaged(_))) {
            backup::suspect(&self.folder);
        }
        answer
    }
}

impl Storage for SqliteStorage {
    async fn identity(&self) -> Result<Identity, StorageError> {
        Ok(self.identity)
    }

    async fn settings(&self) -> Result<(u32, SiteSettings), StorageError> {
        self.read(read::settings).await
    }

    async fn settings_saved_by(&self, version: u32) -> Result<Option<SavedBy>, StorageError> {
        self.read(move |connection| read::settings_saved_by(connection, version)).await
    }

    async fn article(&self, id: ArticleId) -> Result<ArticleRecord, StorageError> {
        self.read(move |connection| read::article(connection, id)).await
    }

    async fn answer(&self, id: IntentId) -> Result<Option<Answer>, StorageError> {
        self.read(move |connection| read::answer(connection, id)).await
    }

    async fn slug_holder(&self, slug: String) -> Result<Option<ArticleId>, StorageError> {
        self.read(move |connection| read::slug_holder(connection, &slug)).await
    }

    async fn revision(&self, id: RevisionId) -> Result<Option<Revision>, StorageError> {
        self.read(move |connection| read::revision(connection, id)).await
    }

    async fn media_only_of(&self, article: ArticleId) -> Result<Vec<String>, StorageError> {
        self.read(move |connection| read::media_only_of(connection, article)).await
    }

    async fn media_in_use(&self, paths: Vec<String>) -> Result<Vec<String>, StorageError> {
        self.read(move |connection| read::media_in_use(connection, &paths)).await
    }

    async fn live_media(&self) -> Result<Vec<String>, StorageError> {
        self.read(read::live_media).await
    }

    async fn search(&self, query: String, offset: u32, limit: u32) -> Result<super::Found, StorageError> {
        let found = self.searcher.run(move |connection| search::search(connection, &query, offset, limit));
        self.watched(found.await)
    }

    async fn jobs(&self) -> Result<Vec<Job>, StorageError> {
        self.read(read::jobs).await
    }

    async fn strangers(&self, files: Vec<String>, knows_all: bool) -> Result<Vec<String>, StorageError> {
        self.read(move |connection| read::strangers(connection, files, knows_all)).await
    }

    async fn corrections(&self, article: ArticleId) -> Result<Vec<Correction>, StorageError> {
        self.read(move |connection| read::corrections(connection, article)).await
    }

    async fn retraction(&self, article: ArticleId) -> Result<Option<RetractionRecord>, StorageError> {
        self.read(move |connection| read::retraction(connection, article)).await
    }

    async fn site(&self) -> Result<Option<SiteRecord>, StorageError> {
        self.read(read::site).await
    }

    async fn commit(&self, commit: Commit) -> Result<Committed, StorageError> {
        self.share(move |transaction| write::commit_all(transaction, std::slice::from_ref(&commit))).await
    }

    async fn close(&self) {
        // The readers first: the last connection to close folds the log into the file.
        self.searcher.stop();
        self.reader.stop();
        self.writer.stop();
    }
}

fn connect(file: &Path, flags: OpenFlags) -> Result<Connection, StorageError> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(file, flags).map_err(storage_error)?;
    connection.busy_timeout(std::time::Duration::from_secs(5)).map_err(storage_error)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    // Else a statement is compiled anew for every value that is put into it, since it might get another plan.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true).map_err(storage_error)?;
    owner_only(file)?;
    Ok(connection)
}

fn reader(file: &Path) -> Result<Connection, StorageError> {
    let connection = connect(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    connection.pragma_update(None, "query_only", true).map_err(storage_error)?;
    Ok(connection)
}

/// Readable by the owner alone; SQLite gives its log the same mode.
pub(crate) fn owner_only(file: &Path) -> Result<(), StorageError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::Permissions::from_mode(0o600);
        let found = std::fs::metadata(file).map_err(|error| StorageError::Other(error.to_string()))?;
        if found.permissions().mode() & 0o077 != 0 {
            std::fs::set_permissions(file, mode)
                .map_err(|error| StorageError::ReadOnly(error.to_string()))?;
        }
    }
    #[cfg(not(unix))]
    let _ = file;
    Ok(())
}

fn prepare(connection: &Connection) -> Result<(), StorageError> {
    let set = |name: &str, value: &str| connection.pragma_update(None, name, value).map_err(storage_error);
    set("journal_mode", "WAL")?;
    set("synchronous", "FULL")?;
    set("foreign_keys", "ON")?;
    // A plain sync on macOS leaves the bytes in the drive's cache.
    set("fullfsync", "ON")
}

/// Reads who this newsroom is, or gives a new one its identity and first settings. Notes the epoch it lives in.
fn identity(connection: &mut Connection, now: Instant) -> Result<Identity, StorageError> {
    // The right to write is taken first: who reads before, and writes after somebody else did, is refused at once.
    let transaction =
        connection.transaction_with_behavior(TransactionBehavior::Immediate).map_err(storage_error)?;
    let identity = read_or_make(&transaction, now)?;
    let note = "INSERT OR IGNORE INTO epoch (id) SELECT epoch FROM newsroom";
    transaction.execute(note, []).map_err(storage_error)?;
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| StorageError::Other(error.to_string()))?;
    let seal = "UPDATE newsroom SET seal = ? WHERE seal = x''";
    transaction.execute(seal, [key]).map_err(storage_error)?;
    transaction.commit().map_err(storage_error)?;
    Ok(identity)
}

fn read_or_make(transaction: &Transaction<'_>, now: Instant) -> Result<Identity, StorageError> {
    let found = transaction
        .query_row("SELECT id, epoch, local_person, restored_at FROM newsroom", [], |row| {
            let words: [String; 3] = [row.get(0)?, row.get(1)?, row.get(2)?];
            Ok((words, row.get::<_, i64>(3)?))
        })
        .optional()
        .map_err(storage_error)?;
    if let Some(([newsroom, epoch, person], restored_at)) = found {
        return Ok(Identity {
            newsroom: read::stored(&newsroom)?,
            epoch: read::stored(&epoch)?,
            local_person: read::stored(&person)?,
            was_restored: restored_at != 0,
        });
    }
    let identity = Identity {
        newsroom: crate::new_id(now),
        epoch: Uuid::new_v4(),
        local_person: galley_model::PersonId(crate::new_id(now)),
        was_restored: false,
    };
    let row =
        (identity.newsroom.to_string(), identity.epoch.to_string(), identity.local_person.to_string(), now.0);
    let insert = "INSERT INTO newsroom (one, id, epoch, local_person, created_at) VALUES (1, ?, ?, ?, ?)";
    transaction.execute(insert, row).map_err(storage_error)?;
    let first = serde_json::to_string(&SiteSettings::default()).unwrap_or_default();
    let insert = "INSERT INTO site_settings (version, settings, saved_at) VALUES (1, ?, ?)";
    transaction.execute(insert, (first, now.0)).map_err(storage_error)?;
    Ok(identity)
}

/// Names the situation that an error of the database stands for.
pub(crate) fn storage_error(error: rusqlite::Error) -> StorageError {
    match error.sqlite_error_code() {
        Some(ErrorCode::DiskFull) => StorageError::DiskFull,
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => StorageError::Busy,
        Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
            StorageError::Damaged(error.to_string())
        }
        Some(ErrorCode::ReadOnly | ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => {
            StorageError::ReadOnly(error.to_string())
        }
        _ => StorageError::Other(error.to_string()),
    }
}
