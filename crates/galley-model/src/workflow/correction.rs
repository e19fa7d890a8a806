//! What is said to readers about an article that was wrong: a correction in its page, or a notice in its place.

use serde::{Deserialize, Serialize};

/// What kind of note stands with a corrected article.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS,
)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum CorrectionKind {
    /// 更正: something was wrong.
    #[default]
    Correction,
    /// 说明: something was right and could be misread.
    Clarification,
    /// 编者按: the newsroom says something about the article.
    EditorsNote,
    /// 更新: something happened since.
    Update,
}
