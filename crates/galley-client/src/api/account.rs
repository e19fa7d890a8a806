//! Who is signed in where, and what waits to be sent.

use galley_model::{ArticleId, Instant};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The status line of the sync.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct SyncState {
    /// `signed_out`, `offline`, `waiting`, `syncing`, `up_to_date`, or `stopped`.
    pub state: String,
    /// Why it stopped: `other_newsroom`, `too_old`, `not_permitted`; empty otherwise.
    pub reason: String,
}

/// Who is signed in where.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct AccountState {
    /// Address of the server.
    pub server: String,
    /// The newsroom's name.
    pub newsroom: String,
    /// The person's name.
    pub name: String,
    /// What they may do, by the words of the model.
    pub roles: Vec<String>,
    /// False after signing out: the text stays, and nothing is sent.
    pub signed_in: bool,
    /// Where the token lies: `keychain` or `file`; the window says so when it is a file.
    pub token_in: String,
    /// How the sync stands.
    pub sync: SyncState,
}

/// Signs in.
#[derive(Clone, Deserialize, TS)]
pub struct SignIn {
    /// Address of the server.
    pub server: String,
    /// The person's name.
    pub name: String,
    /// The password; with a code, the one to be set.
    pub password: String,
    /// The one-time code, empty to sign in by the password.
    pub code: String,
    /// What people call this computer.
    pub device_name: String,
    /// The drafts that go up. Others stay private.
    pub drafts: Vec<ArticleId>,
}

impl std::fmt::Debug for SignIn {
    /// Never a secret.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("SignIn")
            .field("server", &self.server)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}

/// A row of the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct OutboxRow {
    /// Its number.
    pub id: i64,
    /// `photo`, `content` or `intent`.
    pub kind: String,
    /// The kind of an intent, such as `submit`; empty otherwise.
    pub intent: String,
    /// About which article.
    pub article: ArticleId,
    /// Its headline here; empty when it is not here any more.
    pub headline: String,
    /// `waiting`, `sent` or `refused`.
    pub state: String,
    /// Why it was refused or last failed: codes, joined with blanks.
    pub reason: String,
    /// What can be done: `nothing`, `wait`, `look_again`, `retry`, or `see_copy`.
    pub advice: String,
    /// How often it was sent in vain.
    pub attempts: u32,
    /// When it was put in.
    pub created: Instant,
}
