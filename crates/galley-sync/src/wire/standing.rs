//! What the newsroom knows of an article beside its text.

use std::collections::BTreeMap;

use galley_model::workflow::{CorrectionKind, ItemStatus, Opinion, PolicyRef, Publication, SignOff, Stage};
use galley_model::{ArticleId, Instant, PersonId, RevisionId, Sha256};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{AuthorWord, Bytes, Peer};

/// What the newsroom knows of an article beside its text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Standing {
    /// Which.
    pub article: ArticleId,
    /// Its newest feed number.
    pub n: i64,
    /// Grows with each decision about it.
    pub wf_rev: i64,
    /// Number of its last update.
    pub last_seq: i64,
    /// Of the text as the server has it.
    pub content_hash: Sha256,
    /// First axis.
    pub stage: Stage,
    /// Third axis.
    pub item_status: ItemStatus,
    /// Which reviews it passes.
    pub policy: PolicyRef,
    /// Whose it is, and who writes with them.
    pub author: Person,
    /// To be kept, and shown if the records are ever lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author_word: Option<AuthorWord>,
    /// 合作者
    #[serde(default)]
    pub co_authors: Vec<Person>,
    /// Who reviews it now.
    #[serde(default)]
    pub claimed_by: Option<Person>,
    /// 责任编辑
    pub responsible_editor: String,
    /// Second axis, on the site.
    pub publication: PublicationStanding,
    /// Judgements, oldest first.
    #[serde(default)]
    pub sign_offs: Vec<SignOff>,
    /// Judgements that came too late to have an effect, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub opinions: Vec<Opinion>,
    /// Open ones.
    #[serde(default)]
    pub contests: Vec<Contest>,
    /// Undecided ones, for who may decide them.
    #[serde(default)]
    pub late: Vec<Late>,
    /// Who sat behind which peer, newest last.
    #[serde(default)]
    pub peers: Vec<PeerPerson>,
}

/// Publication on the server's site.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PublicationStanding {
    /// Where it stands.
    pub state: Publication,
    /// Whether readers have it now.
    pub is_live: bool,
    /// Its whole address, once it was published.
    #[serde(default)]
    pub address: Option<String>,
    /// When readers first had it.
    #[serde(default)]
    pub published_at: Option<Instant>,
    /// When it last changed for readers.
    #[serde(default)]
    pub modified_at: Option<Instant>,
    /// What readers have.
    #[serde(default)]
    pub live_content_hash: Option<Sha256>,
    /// Why the last try failed: `site_folder`, `disk_full`, `photo`, `template`, `internal`, or `site_store_` and
    /// the word of a store's problem.
    #[serde(default)]
    pub failure: Option<String>,
    /// What was said to readers about the article, oldest first; a page shows it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub corrections: Vec<Correction>,
}

/// A note that stands with an article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Correction {
    /// When it was published.
    pub at: Instant,
    /// What kind.
    pub kind: CorrectionKind,
    /// For readers.
    pub text: String,
}

/// A person as others see them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Person {
    /// Who.
    pub id: PersonId,
    /// Their name now.
    pub name: String,
}

/// Who sat behind a peer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct PeerPerson {
    /// Which.
    pub peer: Peer,
    /// Who, by name.
    pub name: String,
    /// Brought back by this person after the server's records were replaced.
    #[serde(default)]
    pub recovered: bool,
}

/// A place where a person has to choose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Contest {
    /// Which.
    pub id: Uuid,
    /// Where.
    pub place: ContestPlace,
    /// What stood there when both began.
    pub base: String,
    /// What the writer made of it whose text arrived later.
    pub mine: String,
    /// What the text said that the server had.
    pub theirs: String,
    /// What the document says.
    pub result: String,
    /// What it should probably say; none when the two truly conflict.
    #[serde(default)]
    pub suggestion: Option<String>,
    /// Who wrote `mine`.
    pub mine_by: String,
    /// Who wrote `theirs`, by name, several joined with `、`.
    pub theirs_by: String,
}

/// Where a contest stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "in", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum ContestPlace {
    /// A span of the text.
    Body {
        /// Cursor before its first character, of the text engine.
        from: Bytes,
        /// Cursor after its last character.
        to: Bytes,
    },
    /// A fact.
    Field {
        /// Its key.
        key: String,
    },
}

/// What came too late to merge by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Late {
    /// Which.
    pub id: Uuid,
    /// Who wrote it.
    pub by: Person,
    /// When it arrived, by the server's clock.
    pub at: Instant,
    /// The text with it.
    pub body: String,
    /// The facts with it.
    pub meta: BTreeMap<String, String>,
}

/// `GET /articles/{article}/judged/{content_hash}`: a text that somebody judged, so that what was changed since can be
/// shown. Answered to who may read the article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct JudgedText {
    /// As the sign-offs of this text name it.
    pub revision: RevisionId,
    /// The text.
    pub body: String,
    /// The facts.
    pub meta: BTreeMap<String, String>,
}
