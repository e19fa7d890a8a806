//! An article as the editor opens it, and what belongs to the newsroom and not to the text.

use std::collections::BTreeMap;

use galley_model::{ArticleId, Instant, Meta, PhotoId, Sha256};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ApiError, ListName, Notice};

/// An article as the editor opens it.
#[derive(Clone, Debug, Serialize, TS)]
pub struct OpenArticle {
    /// Which.
    pub id: ArticleId,
    /// Number of the core's last accepted update in this run; the base of the window's next push.
    pub rev: u32,
    /// The text, lines joined by `\n`.
    pub body: String,
    /// The facts, with what was typed and not yet set laid over them.
    pub meta: Meta,
    /// Text of a composition that was cut off by a crash, to be offered again; empty when none.
    pub unfinished_composition: String,
    /// Where the caret stood, UTF-16.
    pub caret: u32,
    /// First visible pixel.
    pub scroll: u32,
    /// When its last change reached the disk.
    pub saved_at: Instant,
    /// Where it stands.
    pub list: ListName,
    /// The newsroom's facts.
    pub authority: Authority,
    /// It is the server's: sections, language and everything else of the site are those of the server's site.
    pub is_servers: bool,
    /// True while the article is only shown: trash, or a damaged article.
    pub read_only: bool,
    /// What could not be read of this article, if anything.
    pub notices: Vec<Notice>,
}

/// What belongs to the newsroom and not to the text.
#[derive(Clone, Debug, Default, Serialize, TS)]
pub struct Authority {
    /// 责任编辑
    pub responsible_editor: String,
    /// Publication on this computer's site.
    pub publication: PublicationState,
    /// The page's address when it is or was live.
    pub address: Option<String>,
    /// When it first went live.
    pub published_at: Option<Instant>,
    /// When it last changed for readers.
    pub modified_at: Option<Instant>,
    /// Why the last try failed.
    pub failure: Option<ApiError>,
}

/// Publication on one destination: an axis of its own, never a stage.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum PublicationState {
    /// Never published.
    #[default]
    None,
    /// The page is being written.
    Sending,
    /// Anyone who has the address can read it.
    Live,
    /// Live, and the draft has changed since.
    LiveChanged,
    /// Writing failed; nothing changed for readers.
    Failed,
    /// Taken down.
    TakenDown,
    /// Retracted for good: a notice stands at its address, and nothing more can be done with it.
    Retracted,
}

/// A photo that is now in the library and in the article.
#[derive(Clone, Debug, Serialize, TS)]
pub struct AddedPhoto {
    /// Which.
    pub id: PhotoId,
    /// Of its stripped bytes; `galley://localhost/media/<sha256>` shows it, `/thumb/<sha256>` its thumbnail.
    pub sha256: Sha256,
    /// Facts set for it (`photo/<id>/…`), caption and credit taken from the file where it has them.
    pub fields: BTreeMap<String, String>,
}
