//! Publishing, and the settings and themes of a site.

use std::collections::BTreeMap;

use galley_model::site::SiteSettings;
use galley_model::workflow::CorrectionNote;
use galley_model::{ArticleId, Sha256};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Notice;

/// Publishes what was previewed.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct PublishRequest {
    /// Which article.
    pub article: ArticleId,
    /// The hash of the preview the writer saw.
    pub page_hash: Sha256,
    /// Made anew for each press of the button, kept when it is sent again.
    pub intent: String,
    /// 更正: a note that stands with the article from this publication on.
    #[serde(default)]
    pub correction: Option<CorrectionNote>,
}

/// The site's settings with their version.
#[derive(Clone, Debug, Serialize, Deserialize, TS)]
pub struct SiteSettingsVersion {
    /// Grows by one with each change.
    pub version: u32,
    /// The settings.
    pub settings: SiteSettings,
}

/// The themes that a site can be set in.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ThemeList {
    /// Those that Galley brings, then the newsroom's own, as it worked last.
    pub themes: Vec<ThemeInfo>,
    /// Where the files of the newsroom's own are, or would be.
    pub folder: String,
    /// What is wrong with them now.
    pub problem: Option<Notice>,
}

/// What a theme says of itself. Texts are by language: `zh-Hans`, `en`.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ThemeInfo {
    /// What the settings name it by.
    pub name: String,
    /// Its name for people.
    pub title: BTreeMap<String, String>,
    /// As its makers count.
    pub version: String,
    /// It lies in the library's folder.
    pub is_own: bool,
    /// What can be set about it.
    pub options: Vec<ThemeOptionInfo>,
}

/// Something that can be set about a theme. Values are texts.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ThemeOptionInfo {
    /// The key in the settings.
    pub id: String,
    /// What its values are.
    pub kind: ThemeOptionKind,
    /// What it is while nothing is set.
    pub default: String,
    /// What a choice may be, and what each is called by language.
    pub choices: Vec<(String, BTreeMap<String, String>)>,
    /// Bounds of a number, both included.
    pub min: Option<i32>,
    /// Bounds of a number, both included.
    pub max: Option<i32>,
    /// What it is called.
    pub label: BTreeMap<String, String>,
}

/// What values an option of a theme takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ThemeOptionKind {
    /// `true` or `false`.
    Bool,
    /// One of the choices.
    Choice,
    /// `#rrggbb`
    Colour,
    /// A line of text.
    Text,
    /// A whole number.
    Number,
}

impl From<galley_page::OptionKind> for ThemeOptionKind {
    fn from(kind: galley_page::OptionKind) -> Self {
        match kind {
            galley_page::OptionKind::Bool => Self::Bool,
            galley_page::OptionKind::Choice => Self::Choice,
            galley_page::OptionKind::Colour => Self::Colour,
            galley_page::OptionKind::Text => Self::Text,
            galley_page::OptionKind::Number => Self::Number,
        }
    }
}
