//! Versions of an article, and how two of them differ.

use galley_model::{ArticleId, Instant, RevisionId, Sha256};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A version of an article.
#[derive(Clone, Debug, Serialize, TS)]
pub struct RevisionRow {
    /// Which.
    pub id: RevisionId,
    /// When.
    pub at: Instant,
    /// `opened`, `named`, `pause`, `restore`, `publish`, `signed`, `replace`.
    pub reason: String,
    /// The writer's own name for it, or empty.
    pub label: String,
    /// Who, or empty.
    pub author: String,
    /// 字数
    pub words: u32,
    /// The headline then.
    pub headline: String,
}

/// Which two versions to compare; none stands for the text as it is now.
#[derive(Clone, Debug, Deserialize, TS)]
pub struct CompareRequest {
    /// Which article.
    pub article: ArticleId,
    /// The older.
    pub from: Option<RevisionId>,
    /// The newer.
    pub to: Option<RevisionId>,
}

/// What differs between two versions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct Comparison {
    /// The whole text in runs: kept, deleted, inserted.
    pub body: Vec<DiffRun>,
    /// Facts that differ: key, before, after.
    pub fields: Vec<FieldDiff>,
}

/// What was changed since somebody judged a text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct ChangesSince {
    /// From what was judged to the text here.
    pub comparison: Comparison,
    /// Of the text here as the comparison shows it: who signs it again signs this and nothing newer.
    pub content_hash: Sha256,
}

/// A run of a comparison.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct DiffRun {
    /// `same`, `deleted` or `inserted`.
    pub kind: String,
    /// The characters.
    pub text: String,
    /// Who wrote (inserted) it, or empty when not known.
    pub author: String,
}

/// A fact that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, TS)]
pub struct FieldDiff {
    /// Key of the meta map.
    pub key: String,
    /// In the older.
    pub before: String,
    /// In the newer.
    pub after: String,
}
