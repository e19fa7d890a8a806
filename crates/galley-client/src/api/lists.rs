//! The lists of articles, and search.

use galley_model::{ArticleId, Instant};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::PublicationState;

/// The lists of the window's first column. Without a newsroom's server only drafts, published and trash hold
/// anything. An article stands in one: what waits for this person's judgement in that of theirs, what readers have,
/// be it the notice of a retraction, among the published, everything else by its stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum ListName {
    /// 草稿
    Drafts,
    /// 退回修改
    SentBack,
    /// 审核中
    InReview,
    /// 待我审
    ForMe,
    /// 待发
    Approved,
    /// 待用
    Held,
    /// 已发
    Published,
    /// 未采用
    Declined,
    /// 回收站
    Trash,
}

/// How many articles a list holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ListCount {
    /// Which list.
    pub list: ListName,
    /// Its length.
    pub count: u32,
}

/// Which rows of a list to read.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct ListRequest {
    /// Which list.
    pub list: ListName,
    /// First row, from 0, newest first.
    pub offset: u32,
    /// At most 200.
    pub limit: u32,
}

/// Search in all articles.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct SearchRequest {
    /// Words; all must occur. One Han character is enough; a Latin word matches by its beginning.
    pub query: String,
    /// First hit.
    pub offset: u32,
    /// At most 200.
    pub limit: u32,
}

/// Rows of a list or hits of a search.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ArticleRows {
    /// How many there are in all; for a search at least this many.
    pub total: u32,
    /// True when `total` is where counting stopped.
    pub more: bool,
    /// The rows asked for.
    pub rows: Vec<ArticleRow>,
}

/// One article in a list.
#[derive(Clone, Debug, Serialize, TS)]
pub struct ArticleRow {
    /// Which.
    pub id: ArticleId,
    /// May be empty.
    pub headline: String,
    /// Beginning of the text, or the text around the hit.
    pub excerpt: String,
    /// Where it stands.
    pub list: ListName,
    /// Publication on this computer's site.
    pub publication: PublicationState,
    /// Last change.
    pub updated_at: Instant,
    /// 字数
    pub words: u32,
    /// How it stands in the newsroom; none for an article of this computer alone.
    pub standing: Option<RowStanding>,
}

/// How an article of the newsroom stands, as a list shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct RowStanding {
    /// `draft`, `submitted`, `review[1]` …, `approved`, `returned`, `held`, `spiked`.
    pub stage: String,
    /// How many reviews the article passes.
    pub reviews: u32,
    /// Whose it is, empty for this person's own.
    pub author: String,
    /// Who reviews it now, empty for nobody.
    pub claimed_by: String,
    /// `withdrawn`, `deleted`, or empty while the newsroom shows it.
    pub access: String,
}
