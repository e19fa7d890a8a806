//! What the library keeps for the sync with a publishing server: the account, what goes up, what waits in the
//! outbox, how far the server's updates were taken, and the newsroom's word on each article.
//!
//! Only what is committed here is ever sent, so a retry sends the same bytes. Not here: the network, the form of
//! the bodies (what the newsroom says of an article is opaque JSON), and when to send.

mod account;
mod article;
mod content;
mod lists;
mod outbox;
mod quarantine;
mod rebase;
mod remote;
mod settle;

pub use account::{Account, Reconcile};
pub use article::ArticleSync;
pub use content::{DAMAGED, NewPush, Unsent, UnsentPeer, Uploads};
pub use outbox::{OutboxItem, OutboxKind, OutboxState, WaitingItem};
pub use quarantine::Quarantined;
pub use rebase::Rebase;
pub use remote::{Behind, RemoteChange, RemoteUpdates, Taken};
pub use settle::Settle;

pub(crate) use account::compare_first;
pub(crate) use content::{mark_unsent, note_folded};

/// The peer of journal rows that came from the server; no session ever writes under it. Their operations are
/// counted by the server's numbers of the update.
pub const SERVER_PEER: u64 = 0;
