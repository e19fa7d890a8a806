//! What moved, on its way to the device: the feed, updates, and what the server has.

use std::collections::BTreeMap;

use galley_model::workflow::{PolicyRef, Role};
use galley_model::{ArticleId, Sha256};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Bytes, Have, Site, Standing};

/// Most articles of one answer to [`ChangesRequest`].
pub const MAX_CHANGES: u32 = 500;

/// Where a device stands in the feed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Cursor {
    /// Whose feed.
    pub newsroom: Uuid,
    /// Of which records.
    pub epoch: Uuid,
    /// The last number that was taken; 0 for none.
    pub n: i64,
}

/// `POST /changes`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangesRequest {
    /// After which.
    pub cursor: Cursor,
    /// At most so many articles; [`MAX_CHANGES`] at most.
    pub limit: u32,
    /// The version of the site's settings that the device has; 0 for none.
    #[serde(default)]
    pub site: u32,
    /// The look that the device has with them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub look: Option<Sha256>,
}

/// What moved after a cursor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ChangesAnswer {
    /// In the order of their newest feed number, each article once.
    pub articles: Vec<Change>,
    /// Where the device stands once it has taken them.
    pub cursor: Cursor,
    /// There is more.
    pub more: bool,
    /// The site, when the device has another version or look of it.
    #[serde(default)]
    pub site: Option<Box<Site>>,
    /// Who one is here now; a server of an earlier version does not say.
    #[serde(default)]
    pub you: Option<Box<You>>,
}

/// Who one is here, and what new articles pass: said with every answer, so that a device learns of another name, of
/// other roles and of another policy without signing in again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct You {
    /// The person's name.
    pub name: String,
    /// What they may do.
    pub roles: Vec<Role>,
    /// What new articles pass.
    pub policy: PolicyRef,
    /// The newsroom's name.
    pub newsroom_name: String,
}

/// How an article stands now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub enum Change {
    /// Readable.
    Standing(Box<Standing>),
    /// Not readable for this person any more.
    Withdrawn {
        /// Which.
        article: ArticleId,
    },
    /// Deleted for good.
    Deleted {
        /// Which.
        article: ArticleId,
    },
}

/// `POST /updates`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdatesRequest {
    /// In order of need.
    pub wants: Vec<Want>,
}

/// The updates of an article after one that a device has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Want {
    /// Which.
    pub article: ArticleId,
    /// The last that it has; 0 for none.
    pub after: i64,
}

/// As many updates as fit, in the order of the wants; what is left out is asked for again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UpdatesAnswer {
    /// Articles that were reached.
    pub articles: Vec<ArticleUpdates>,
}

/// Updates of one article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ArticleUpdates {
    /// Which.
    pub article: ArticleId,
    /// Everything up to [`ArticleUpdates::upto`] at once, instead of updates.
    #[serde(default)]
    pub snapshot: Option<Bytes>,
    /// In order.
    #[serde(default)]
    pub updates: Vec<Bytes>,
    /// The device has everything up to this number now.
    pub upto: i64,
    /// There is more.
    pub more: bool,
}

/// `POST /versions`: what the server has of some articles.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionsRequest {
    /// Which; at most [`MAX_CHANGES`].
    pub articles: Vec<ArticleId>,
}

/// The answer to [`VersionsRequest`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct VersionsAnswer {
    /// Those that it has and this person may read.
    pub articles: BTreeMap<ArticleId, Have>,
}
