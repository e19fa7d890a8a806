//! The authority of a newsroom: who is responsible, what was signed, what readers have, and the site itself.
//!
//! It runs inside the app or in a server. A device asks by intent; each is answered exactly once per id, with
//! its effect in the same transaction. What is published is a stored revision with the bytes of its article
//! block; the site folder is written by jobs that can be run again, so that a crash between any two steps is
//! mended at the next start.
//!
//! Not here: the text engine and its merging, the network, and the clock: every call that needs the time is given
//! it. Accounts and photos stand beside the newsroom, for a server to use; inside the app there are none.

mod accounts;
mod authorship;
mod build;
mod bulk;
mod caller;
mod content;
pub mod decoder;
mod error;
mod intents;
mod jobs;
mod lists;
mod logo;
mod media;
mod newsroom;
mod plan;
mod preview;
mod printing;
mod pull;
mod render;
mod renditions;
mod search;
mod secret;
mod serve;
mod settings;
mod settle;
mod sign_off;
mod site;
mod storage;
#[cfg(test)]
mod tests;
mod text;
mod theme;
mod theme_folder;
mod verify;
mod wishes;

use galley_model::Instant;
use uuid::{Builder, Uuid};

pub use accounts::{AccountError, Accounts, NewDevice, OneTimeCode};
pub use bulk::Published;
pub use caller::Caller;
pub use error::NewsroomError;
pub use galley_destinations::{
    Patience, PhotoSource, SiteError, SiteOutput, SiteStore, StoreAddress, StoreKeys, StoreProblem,
};
pub use galley_sync::wire;
/// Names the text engine whose bytes this newsroom gives out.
pub use galley_text::ENGINE;
pub use intents::Ask;
pub use logo::LogoFault;
pub use media::{Media, MediaError, StoredMedia};
pub use newsroom::{ArticleAuthority, Newsroom};
pub use preview::index_of_known;
pub use renditions::Renditions;
pub use search::SiteSearch;
pub use serve::{Departure, Departures, Served, SiteServer, Told, public_router, serve, serve_routes};
pub use site::SiteReport;
pub use storage::{
    AccountStorage, Answer, ArticleFile, ArticleRecord, Attempt, Commit, Committed, Corrected, DeviceRecord,
    DocumentEffect, DocumentRecord, Documents, Effect, Entry, Failure, Found, Identity, Job, JudgedText,
    Known, LateRecord, ListRecord, Listed, ListedPhoto, Listing, Lists, Moved, NewSignIn, OpenLate,
    PageRecord, PeerRecord, PersonRecord, Places, PublicationRecord, RawRevision, Recovery, RetractionRecord,
    Revision, RunRecord, SavedBy, Sent, SignedInDevice, SiteRecord, SqliteStorage, Stand, Storage,
    StorageError, StoredBytes, StoredUpdate, UpdatesAfter, Work,
};
pub use theme::{ThemeError, Themes};
pub use theme_folder::{ThemeFolderError, theme_in_folder};
pub use verify::{TextDamage, TextReport};

/// A UUIDv7 of this instant.
pub(crate) fn new_id(at: Instant) -> Uuid {
    let random = Uuid::new_v4().into_bytes();
    let tail: [u8; 10] = std::array::from_fn(|n| random.get(n + 6).copied().unwrap_or_default());
    Builder::from_unix_timestamp_millis(u64::try_from(at.0).unwrap_or_default(), &tail).into_uuid()
}
