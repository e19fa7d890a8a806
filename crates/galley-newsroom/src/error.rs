//! Every way the newsroom says no or cannot.

use galley_destinations::SiteError;
use galley_model::workflow::Reason;
use galley_page::PageError;

use crate::logo::LogoFault;
use crate::storage::{Failure, StorageError};

/// Why the newsroom did not do what was asked.
#[derive(Debug, thiserror::Error)]
pub enum NewsroomError {
    /// The intent was answered with a refusal, which is on record under its id.
    #[error("refused: {}", codes(reasons))]
    Refused {
        /// All of them.
        reasons: Vec<Reason>,
        /// What the person saw is not what stands now: look again.
        stale: bool,
    },
    /// Another intent has this id.
    #[error("another intent has this id")]
    IntentReused,
    /// No site folder was opened.
    #[error("no site folder was opened")]
    NoSite,
    /// The site folder cannot be written; nothing was begun, the same intent may be sent again.
    #[error(transparent)]
    Site(#[from] SiteError),
    /// A template is broken; nothing was begun, the same intent may be sent again.
    #[error(transparent)]
    Page(#[from] PageError),
    /// The settings were changed by someone else meanwhile.
    #[error("the settings are of version {current} by now")]
    SettingsMoved {
        /// The newest version.
        current: u32,
        /// Who saved it, by name; empty when nobody was on record.
        by: String,
    },
    /// An address that no site can have; the guards keep it from ever being asked for.
    #[error("no site can have the address {0}")]
    Address(String),
    /// A setting cannot be.
    #[error("the setting {field} cannot be")]
    InvalidSetting {
        /// Which, such as `sections.2.slug`.
        field: String,
    },
    /// The logo of the settings cannot be.
    #[error("the logo {0}")]
    Logo(#[from] LogoFault),
    /// The records cannot be read or written.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The cursor is another newsroom's.
    #[error("the cursor is another newsroom's")]
    OtherNewsroom,
    /// The cursor is of records that were replaced by a copy.
    #[error("the cursor is of records that were replaced")]
    OtherEpoch,
    /// Nobody can look at what devices wrote; the same may be asked again later.
    #[error("nobody can look at what devices wrote")]
    NoDecoder,
    /// A task was cut off, as by the end of the program.
    #[error("cut off")]
    CutOff,
}

impl NewsroomError {
    /// As it stands in the record of a try that failed.
    pub fn failure(&self) -> Failure {
        let place = |folder: &std::path::Path| folder.display().to_string();
        if let Self::Site(error) = self
            && let Some((place, problem)) = error.of_store()
        {
            return Failure { code: format!("site_store_{problem}"), detail: self.to_string(), place };
        }
        let (code, place) = match self {
            Self::Site(SiteError::DiskFull { folder, .. }) => ("disk_full", place(folder)),
            Self::Site(SiteError::Photo { sha256, .. }) => ("photo", sha256.to_string()),
            Self::Site(
                SiteError::Vanished { folder }
                | SiteError::NotAFolder { folder }
                | SiteError::Foreign { folder }
                | SiteError::OtherNewsroom { folder }
                | SiteError::Unwritable { folder, .. },
            ) => ("site_folder", place(folder)),
            Self::Site(SiteError::InTheWay { path }) => ("site_folder", place(path)),
            Self::Site(SiteError::Verify { path }) => ("site_folder", path.to_string()),
            Self::Page(_) => ("template", String::new()),
            _ => ("internal", String::new()),
        };
        Failure { code: code.to_owned(), detail: self.to_string(), place }
    }
}

fn codes(reasons: &[Reason]) -> String {
    reasons.iter().map(|reason| reason.code.word()).collect::<Vec<_>>().join(", ")
}
