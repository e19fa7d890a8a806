//! The boundary: every error of the layers below becomes one closed code with what the window's sentence needs.

use std::collections::BTreeMap;
use std::fmt::Display;

use galley_model::workflow::{Reason, ReasonCode};
use galley_newsroom::{NewsroomError, SiteError, StorageError};
use galley_page::PageError;
use galley_store::{MediaError, OpenError, StoreError};
use galley_text::TextError;

use crate::api::{ApiError, ErrorCode};

/// An error of this code without values. A retry can help where the cause lies outside Galley.
pub(crate) fn fail(code: ErrorCode) -> ApiError {
    let retry = matches!(
        code,
        ErrorCode::DiskFull | ErrorCode::ReadOnly | ErrorCode::SiteFolder | ErrorCode::SiteStore
    );
    ApiError { code, values: BTreeMap::new(), retry }
}

/// A fault of Galley's own: logged here, once, and told with its cause.
pub(crate) fn internal(what: &str, cause: impl Display) -> ApiError {
    tracing::error!(%cause, "{what}");
    fail(ErrorCode::Internal).with("detail", format!("{what}: {cause}"))
}

impl ApiError {
    /// Adds a value for the window's sentence.
    pub(crate) fn with(mut self, name: &str, value: impl Display) -> Self {
        self.values.insert(name.to_owned(), value.to_string());
        self
    }
}

impl From<TextError> for ApiError {
    fn from(error: TextError) -> Self {
        match error {
            TextError::OutOfRange { .. } | TextError::InsidePair { .. } | TextError::Disordered { .. } => {
                fail(ErrorCode::OutOfStep)
            }
            TextError::DamagedSnapshot(_) | TextError::DamagedUpdate { .. } | TextError::Incomplete => {
                tracing::error!(%error, "an article cannot be read");
                fail(ErrorCode::ArticleDamaged)
            }
            TextError::TooNew => fail(ErrorCode::LibraryTooNew),
            TextError::UnknownVersion => fail(ErrorCode::RevisionMissing),
            TextError::Poisoned | TextError::PeerInUse { .. } => internal("the document engine", error),
        }
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::DiskFull => fail(ErrorCode::DiskFull),
            StoreError::ReadOnly => fail(ErrorCode::ReadOnly),
            StoreError::Damaged { detail } => fail(ErrorCode::LibraryDamaged).with("detail", detail),
            StoreError::NoArticle(_) => fail(ErrorCode::ArticleMissing),
            StoreError::Busy => ApiError { retry: true, ..internal("the library is busy", error) },
            StoreError::OtherNewsroom { newsroom } => {
                fail(ErrorCode::OtherNewsroom).with("newsroom", newsroom)
            }
            StoreError::SignedOut => fail(ErrorCode::SignedOut),
            StoreError::PeerTaken(_) | StoreError::Closed | StoreError::Io(_) | StoreError::Sqlite(_) => {
                internal("the library", error)
            }
        }
    }
}

impl From<OpenError> for ApiError {
    fn from(error: OpenError) -> Self {
        match error {
            OpenError::InUse { raised } => fail(ErrorCode::LibraryInUse).with("raised", raised),
            OpenError::TooNew { found, known } => {
                fail(ErrorCode::LibraryTooNew).with("found", found).with("known", known)
            }
            OpenError::ReadOnly => fail(ErrorCode::ReadOnly),
            OpenError::DiskFull => fail(ErrorCode::DiskFull),
            OpenError::Foreign { path } => fail(ErrorCode::LibraryForeign).with("path", path.display()),
            OpenError::Damaged { set_aside, detail } => fail(ErrorCode::LibraryDamaged)
                .with("folder", set_aside.unwrap_or_default().display())
                .with("detail", detail),
            OpenError::Io { path, source } => internal(&path.display().to_string(), source),
            OpenError::Store(error) => error.into(),
        }
    }
}

impl From<PageError> for ApiError {
    fn from(error: PageError) -> Self {
        let (file, line, detail) = error.place();
        fail(ErrorCode::Template).with("file", file).with("line", line).with("detail", detail)
    }
}

impl From<NewsroomError> for ApiError {
    fn from(error: NewsroomError) -> Self {
        match error {
            NewsroomError::Refused { reasons, .. } => refused(&reasons),
            NewsroomError::Site(error) => site(error),
            NewsroomError::Page(error) => error.into(),
            NewsroomError::SettingsMoved { current, by } => {
                fail(ErrorCode::SettingsMoved).with("current", current).with("name", by)
            }
            NewsroomError::InvalidSetting { field } => fail(ErrorCode::InvalidSetting).with("field", field),
            NewsroomError::Logo(_) => fail(ErrorCode::InvalidSetting).with("field", "logo"),
            NewsroomError::Storage(StorageError::DiskFull) => fail(ErrorCode::DiskFull),
            NewsroomError::Storage(StorageError::ReadOnly(_)) => fail(ErrorCode::ReadOnly),
            NewsroomError::Storage(StorageError::TooNew { found, known }) => {
                fail(ErrorCode::LibraryTooNew).with("found", found).with("known", known)
            }
            NewsroomError::Storage(StorageError::Damaged(detail)) => {
                fail(ErrorCode::LibraryDamaged).with("detail", detail)
            }
            NewsroomError::NoSite => fail(ErrorCode::SiteFolder),
            NewsroomError::IntentReused
            | NewsroomError::OtherNewsroom
            | NewsroomError::OtherEpoch
            | NewsroomError::NoDecoder
            | NewsroomError::CutOff
            | NewsroomError::Address(_)
            | NewsroomError::Storage(_) => internal("the newsroom", error),
        }
    }
}

/// One code for all reasons of a refusal; the window shows each by its own word.
fn refused(reasons: &[Reason]) -> ApiError {
    let has = |code| reasons.iter().find(|reason| reason.code == code);
    if has(ReasonCode::PageChanged).is_some() && reasons.len() == 1 {
        return fail(ErrorCode::PageChanged);
    }
    let (code, values) = match has(ReasonCode::SlugTaken) {
        Some(taken) => (ErrorCode::SlugTaken, taken.values.clone()),
        None => (ErrorCode::NotReady, reasons.iter().flat_map(|reason| reason.values.clone()).collect()),
    };
    let words: Vec<&str> = reasons.iter().map(|reason| reason.code.word()).collect();
    ApiError { values, ..fail(code) }.with("reason", words.join(" "))
}

/// What an object store did not do, by the word of its problem. The same words stand in records of failures.
pub(crate) fn store_problem(problem: &str, place: &str) -> ApiError {
    fail(ErrorCode::SiteStore).with("reason", problem).with("place", place)
}

fn site(error: SiteError) -> ApiError {
    if let Some((place, problem)) = error.of_store() {
        let detail =
            if let SiteError::Store { source, .. } = &error { source.to_string() } else { String::new() };
        return store_problem(problem, &place).with("detail", detail);
    }
    let folder = |folder: &std::path::Path| folder.display().to_string();
    match &error {
        SiteError::DiskFull { folder: at, .. } => fail(ErrorCode::DiskFull).with("folder", folder(at)),
        SiteError::Photo { .. } => fail(ErrorCode::PhotoUnreadable),
        SiteError::Vanished { folder: at } => {
            fail(ErrorCode::SiteFolder).with("folder", folder(at)).with("reason", "vanished")
        }
        SiteError::Foreign { folder: at } | SiteError::OtherNewsroom { folder: at } => {
            fail(ErrorCode::SiteFolder).with("folder", folder(at)).with("reason", "foreign")
        }
        SiteError::NotAFolder { folder: at } | SiteError::Unwritable { folder: at, .. } => {
            fail(ErrorCode::SiteFolder).with("folder", folder(at)).with("reason", "unwritable")
        }
        SiteError::InTheWay { path } => fail(ErrorCode::SiteFolder).with("folder", folder(path)),
        SiteError::Store { .. } | SiteError::Verify { .. } | SiteError::Stopped(_) => {
            fail(ErrorCode::SiteFolder).with("detail", &error)
        }
    }
}

impl From<MediaError> for ApiError {
    fn from(error: MediaError) -> Self {
        match error {
            MediaError::Unreadable | MediaError::Missing(_) => fail(ErrorCode::PhotoUnreadable),
            MediaError::TooLarge { megapixels, max_megapixels, megabytes, max_megabytes } => {
                fail(ErrorCode::PhotoTooLarge)
                    .with("megapixels", megapixels)
                    .with("max_megapixels", max_megapixels)
                    .with("megabytes", megabytes)
                    .with("max_megabytes", max_megabytes)
            }
            MediaError::Format { format } => fail(ErrorCode::PhotoFormat).with("format", format),
            MediaError::Store(error) => error.into(),
        }
    }
}
