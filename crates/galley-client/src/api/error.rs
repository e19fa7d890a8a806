//! How a command may fail.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Every way a command may fail. A code exists only if someone acts on it; the window holds the sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// No room on the disk. Nothing typed is lost while the window stays open; free space.
    DiskFull,
    /// The library cannot be written.
    ReadOnly,
    /// Another Galley has this library open.
    LibraryInUse,
    /// The library was made by a newer Galley.
    LibraryTooNew,
    /// The library cannot be read, and could not be rebuilt.
    LibraryDamaged,
    /// Something else lies where the library should be (`path`).
    LibraryForeign,
    /// No such article.
    ArticleMissing,
    /// The article cannot be read; what could be saved is shown.
    ArticleDamaged,
    /// The window's text and the core's differ; the window must load again. Nothing is lost.
    OutOfStep,
    /// A text over the limit of the field (`max`, `field`).
    TooLong,
    /// The photo cannot be read.
    PhotoUnreadable,
    /// The photo is too large (`megapixels`, `max`).
    PhotoTooLarge,
    /// The photo's format is not supported (`format`).
    PhotoFormat,
    /// The page changed since it was previewed; look again.
    PageChanged,
    /// Something is missing; `problems` of the preview say what.
    NotReady,
    /// The address is taken (`slug`, `proposal`).
    SlugTaken,
    /// The site folder is gone or cannot be written (`folder`).
    SiteFolder,
    /// The object store of the site did not do what was asked (`place`, `detail`; `reason`: `no_bucket`, `denied`,
    /// `full`, `busy`, `unreachable`, `refused`, `foreign`, `other_newsroom`, `vanished`, `no_secret`).
    SiteStore,
    /// A template of the page is broken (`file`, `line`, `detail`).
    Template,
    /// The theme is larger than a server takes (`max`, bytes).
    ThemeTooLarge,
    /// Something lies in the folder of the newsroom's own theme already (`folder`).
    ThemeExists,
    /// The setting cannot be (`field`).
    InvalidSetting,
    /// Somebody else saved the site's settings meanwhile (`current`, `name`, which may be empty); nothing was changed.
    SettingsMoved,
    /// The text is not the one that was shown any more; nothing was signed.
    TextMoved,
    /// The version is not there any more.
    RevisionMissing,
    /// Nobody is signed in, or not any more; everything is kept.
    SignedOut,
    /// No such name, or not its code or password.
    WrongSecret,
    /// Too many tries; wait (`seconds`).
    SlowDown,
    /// The library belongs to another newsroom (`newsroom`); a new library can be made for this one.
    OtherNewsroom,
    /// The server was not reached.
    Offline,
    /// The server asks for a newer Galley (`min`), or is older than this one can use.
    TooOld,
    /// The server does not answer as a publishing server does (`detail`).
    Server,
    /// The person may not do this.
    NotPermitted,
    /// A fault of Galley's own (`detail`).
    Internal,
}

/// What went wrong, what to do, and whether a retry can help.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct ApiError {
    /// Which.
    pub code: ErrorCode,
    /// Values for the window's sentence.
    pub values: BTreeMap<String, String>,
    /// Whether the same call may succeed later.
    pub retry: bool,
}
