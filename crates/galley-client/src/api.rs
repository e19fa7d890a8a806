//! What the window and the core say to each other: plain data, one struct per answer.
//!
//! `ui/src/host/generated.ts` is written from these types by `cargo xtask generate`; positions are UTF-16
//! offsets, times are milliseconds since the epoch, ids are UUIDs as text.

mod account;
mod article;
mod edits;
mod error;
mod history;
mod lists;
mod preferences;
mod preview;
mod site;
mod standing;
mod start;

pub use account::{AccountState, OutboxRow, SignIn, SyncState};
pub use article::{AddedPhoto, Authority, OpenArticle, PublicationState};
pub use edits::{CoreUpdate, FieldsRequest, PushAnswer, PushRequest, Saved, Splice, ViewUpdate};
pub use error::{ApiError, ErrorCode};
pub use galley_model::workflow::CorrectionNote;
pub use history::{ChangesSince, CompareRequest, Comparison, DiffRun, FieldDiff, RevisionRow};
pub use lists::{ArticleRow, ArticleRows, ListCount, ListName, ListRequest, RowStanding, SearchRequest};
pub use preferences::{Preferences, SiteBucket};
pub use preview::{BlockPatch, Counts, Preview, PreviewRequest, Problem, SitePage, SitePageKind};
pub use site::{PublishRequest, SiteSettingsVersion, ThemeInfo, ThemeList, ThemeOptionInfo, ThemeOptionKind};
pub use standing::{ArticleStanding, Colleague, ContestRow, LateRow, NewsroomWord, NextStep, SignOffRow};
pub use start::{Notice, StartState};
