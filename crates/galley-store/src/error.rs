//! Every way the store may fail, named by the situation. Nothing matches on message text.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;

use galley_model::ArticleId;
use rusqlite::ErrorCode;

/// Why a read or a write did not happen. A failed write changed nothing.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// No room: a full disk, a quota, or a limit on the size of files. A retry helps once there is room.
    #[error("no room on the disk")]
    DiskFull,
    /// The library cannot be written.
    #[error("the library cannot be written")]
    ReadOnly,
    /// Another program holds the database. A retry helps.
    #[error("another program is using the library")]
    Busy,
    /// SQLite found the file damaged; the next open rebuilds it.
    #[error("the library is damaged: {detail}")]
    Damaged {
        /// What SQLite says.
        detail: String,
    },
    /// No such article.
    #[error("no article {0}")]
    NoArticle(ArticleId),
    /// A session of this article already has this peer; using it again would lose text silently.
    #[error("the peer {0} was used before")]
    PeerTaken(u64),
    /// The library belongs to another newsroom than the server asked.
    #[error("the library belongs to the newsroom {newsroom}")]
    OtherNewsroom {
        /// Whose library it is.
        newsroom: uuid::Uuid,
    },
    /// The library was never signed in.
    #[error("the library has no account")]
    SignedOut,
    /// The library was closed.
    #[error("the library was closed")]
    Closed,
    /// The file system, beside the database.
    #[error("the file system: {0}")]
    Io(#[source] Arc<io::Error>),
    /// Anything else SQLite says.
    #[error("the database: {0}")]
    Sqlite(#[source] Arc<rusqlite::Error>),
}

impl From<rusqlite::Error> for StoreError {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::DiskFull,
            Some(ErrorCode::ReadOnly | ErrorCode::PermissionDenied) => Self::ReadOnly,
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked) => Self::Busy,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => {
                Self::Damaged { detail: error.to_string() }
            }
            _ => Self::Sqlite(Arc::new(error)),
        }
    }
}

impl From<io::Error> for StoreError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::DiskFull
            }
            io::ErrorKind::ReadOnlyFilesystem | io::ErrorKind::PermissionDenied => Self::ReadOnly,
            _ => Self::Io(Arc::new(error)),
        }
    }
}

/// Why the library could not be opened. Nothing was changed, except where a damaged file was set aside.
#[derive(Clone, Debug, thiserror::Error)]
pub enum OpenError {
    /// Another Galley has it open and was asked to come forward.
    #[error("another Galley has this library open")]
    InUse {
        /// Whether it answered.
        raised: bool,
    },
    /// Made by a newer Galley; not a byte was touched.
    #[error("the library has version {found}, this Galley knows {known}")]
    TooNew {
        /// The library's.
        found: u32,
        /// The newest this Galley reads.
        known: u32,
    },
    /// The folder or the file cannot be written.
    #[error("the library cannot be written")]
    ReadOnly,
    /// No room on the disk.
    #[error("no room on the disk")]
    DiskFull,
    /// Some other program's database lies at the library's name, or a file where its folder should be.
    #[error("{path} is not a Galley library")]
    Foreign {
        /// Which file.
        path: PathBuf,
    },
    /// Damaged, and rebuilding it failed; the damaged file is where it says.
    #[error("the library is damaged and could not be rebuilt: {detail}")]
    Damaged {
        /// Where the damaged file lies now.
        set_aside: Option<PathBuf>,
        /// Why.
        detail: String,
    },
    /// The folder cannot be read or made.
    #[error("{path}: {source}")]
    Io {
        /// Which file or folder.
        path: PathBuf,
        /// Why.
        #[source]
        source: Arc<io::Error>,
    },
    /// Anything else.
    #[error(transparent)]
    Store(StoreError),
}

impl OpenError {
    /// Names the situation of an IO error at a path.
    pub(crate) fn at(path: &std::path::Path, error: io::Error) -> Self {
        match StoreError::from(error) {
            StoreError::Io(source)
                if matches!(source.kind(), io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists) =>
            {
                Self::Foreign { path: path.to_owned() }
            }
            StoreError::Io(source) => Self::Io { path: path.to_owned(), source },
            other => other.into(),
        }
    }
}

impl From<StoreError> for OpenError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DiskFull => Self::DiskFull,
            StoreError::ReadOnly => Self::ReadOnly,
            StoreError::Damaged { detail } => Self::Damaged { set_aside: None, detail },
            other => Self::Store(other),
        }
    }
}

impl From<rusqlite::Error> for OpenError {
    fn from(error: rusqlite::Error) -> Self {
        StoreError::from(error).into()
    }
}
