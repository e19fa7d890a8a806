//! The local library of one writer: a SQLite file and what lies beside it. Nothing that was acknowledged is
//! ever lost.
//!
//! | in the library folder | what |
//! |---|---|
//! | `library.sqlite` | articles, journal, snapshots, drafts, revisions, settings: the truth |
//! | `search.sqlite` | the search index, made anew when it is missing |
//! | `daylog/` | every committed update once more, as plain checksummed lines |
//! | `media/`, `originals/`, `thumbs/` | photos without metadata, as they came, and small |
//! | `backups/` | verified copies, seven kept |
//! | `set-aside/` | damaged libraries, renamed and never deleted |
//! | `lock`, `door`, `running` | one Galley per library, how a newcomer calls it, and that it was not closed |
//!
//! Not here: the meaning of an update (the text engine decodes it), the clock (every instant is passed in),
//! the network. A write returns a [`Pending`] that resolves after the commit is on the disk.

mod article;
mod backup;
mod bulk;
mod connection;
mod daylog;
mod draft;
mod error;
#[doc(hidden)]
pub mod faults;
mod files;
mod header;
mod journal;
mod library;
mod list;
mod load;
mod lock;
mod media;
mod packed;
mod pending;
mod pieces;
mod readers;
mod repair;
mod revision;
mod salvage;
mod schema;
mod search;
mod session;
mod setting;
mod sync;
mod upkeep;
mod writer;

pub use backup::Backup;
pub use bulk::PreparedArticle;
pub use error::{OpenError, StoreError};
pub use journal::{Append, Committed, Folded, JournalRow};
pub use library::{Library, OpenReport};
pub use list::{List, ListRow, ListStanding, Projection, Publication};
pub use load::{Damage, PlainText, StoredArticle};
pub use media::{CleanPicture, ImportedPhoto, Media, MediaError, clean_picture};
pub use pending::Pending;
pub use revision::Revision;
pub use salvage::{RestsOn, Salvaged, Stretch};
pub use search::SearchResults;
pub use session::Session;
pub use sync::*;
