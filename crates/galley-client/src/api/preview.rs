//! The proof beside the text, with its counts and what is to be mended.

use std::collections::BTreeMap;

use galley_model::workflow::CorrectionNote;
use galley_model::{ArticleId, Sha256};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Asks for the preview of what the core holds.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct PreviewRequest {
    /// Which article.
    pub article: ArticleId,
    /// Wait until the core has applied this update of this view; empty and 0 for none.
    pub view: String,
    /// See `view`.
    pub view_seq: u32,
    /// `version` of the preview the window shows, 0 for none.
    pub have: u32,
    /// A correction that the page is to be shown with, as *Publish* would add it.
    #[serde(default)]
    pub correction: Option<CorrectionNote>,
}

/// The preview: a whole page, or what changed since the one the window shows.
#[derive(Clone, Debug, Serialize, TS)]
pub struct Preview {
    /// Number of this rendering.
    pub version: u32,
    /// The page exactly as it will be published, when the window shows none or the frame changed.
    pub page: Option<String>,
    /// The article block before the body's first block, when it changed.
    pub head: Option<String>,
    /// The article block after the body's last block, when it changed.
    pub foot: Option<String>,
    /// Blocks of the body that changed: `remove` blocks at `at` make way for `insert`.
    pub patch: Option<BlockPatch>,
    /// For every block of the body, the first UTF-16 offset of its source, when it changed.
    pub block_starts: Option<Vec<u32>>,
    /// The hash *Publish* carries.
    pub page_hash: Sha256,
    /// Counts of the body.
    pub counts: Counts,
    /// What would keep this article from being published, in the order of the fields.
    pub problems: Vec<Problem>,
}

/// One contiguous change of the list of body blocks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct BlockPatch {
    /// First block.
    pub at: u32,
    /// How many go.
    pub remove: u32,
    /// What comes: each is one element.
    pub insert: Vec<String>,
}

/// Something to mend before publishing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Problem {
    /// Names the sentence in the window's language, such as `headline_missing`.
    pub code: String,
    /// The field or photo it points at.
    pub field: String,
    /// True: *Publish* refuses. False: told, and the writer decides.
    pub hard: bool,
    /// Values for the sentence.
    pub values: BTreeMap<String, String>,
}

/// Counts of a text.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, TS)]
pub struct Counts {
    /// 字数 by the rule of Word and WPS.
    pub words: u32,
    /// 字符数（计空格）
    pub characters: u32,
    /// 字符数（不计空格）
    pub characters_without_spaces: u32,
    /// 汉字
    pub han: u32,
    /// Words of spaced scripts by UAX #29.
    pub latin_words: u32,
    /// Paragraphs that are not empty.
    pub paragraphs: u32,
}

/// A page of the site that a publication of an article changes, beside the article's own.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct SitePage {
    /// Where it stands: `/sections/news.html`.
    pub address: String,
    /// Of what it is the page.
    pub kind: SitePageKind,
    /// Of the section or the person; empty for the home page.
    pub name: String,
}

/// Of what a page of the site is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SitePageKind {
    /// 首页
    Home,
    /// 栏目
    Section,
    /// 作者
    Author,
    /// 责任编辑
    Editor,
    /// 更正
    Corrections,
}
