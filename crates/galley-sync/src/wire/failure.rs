//! How a request fails.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// Any failure. `code` is one of [`code`]; nobody acts on `message`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Failure {
    /// What a program acts on.
    pub code: String,
    /// What a person who mends it reads.
    #[serde(default)]
    pub message: String,
    /// For the window's sentence.
    #[serde(default)]
    pub values: BTreeMap<String, String>,
}

/// The codes of [`Failure`].
pub mod code {
    /// 401: the token is not valid any more.
    pub const SIGNED_OUT: &str = "signed_out";
    /// 401: no such name, or not its code or password.
    pub const WRONG_SECRET: &str = "wrong_secret";
    /// 403
    pub const NOT_PERMITTED: &str = "not_permitted";
    /// 404
    pub const NOT_FOUND: &str = "not_found";
    /// 409: the cursor is another newsroom's.
    pub const OTHER_NEWSROOM: &str = "other_newsroom";
    /// 409: the cursor is of records that were replaced by a copy.
    pub const OTHER_EPOCH: &str = "other_epoch";
    /// 409: somebody else saved the settings meanwhile (`current`, `name`).
    pub const SETTINGS_MOVED: &str = "settings_moved";
    /// 409: an upload stands at another offset (`offset`).
    pub const OFFSET: &str = "offset";
    /// 410
    pub const GONE: &str = "gone";
    /// 413 (`max`)
    pub const TOO_LARGE: &str = "too_large";
    /// 422: a file of a theme is wrong (`file`, `line`, `detail`).
    pub const THEME: &str = "theme";
    /// 422
    pub const INVALID: &str = "invalid";
    /// 426 (`min`)
    pub const TOO_OLD: &str = "too_old";
    /// 429
    pub const SLOW_DOWN: &str = "slow_down";
    /// 460: the whole file is not what its name says.
    pub const WRONG_BYTES: &str = "wrong_bytes";
    /// 500
    pub const INTERNAL: &str = "internal";
    /// 503
    pub const UNAVAILABLE: &str = "unavailable";
}
