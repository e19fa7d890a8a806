//! The language of the newsroom: article fields, identities, hashes, roles, policies and stages, as plain
//! data and pure functions.
//!
//! Not here: clocks, files, sockets, databases, rendering, and the article's text engine. Everything that
//! needs the time or randomness is given it.

pub mod address;
pub mod checks;
pub mod content;
pub mod cores;
pub mod counts;
pub mod hash;
pub mod id;
pub mod meta;
pub mod order;
pub mod rendition;
pub mod search;
pub mod site;
pub mod time;
pub mod workflow;

pub use content::{Content, Contributor, DigitalSource, Photo, PhotoCredit, Source, SourceCategory};
pub use counts::Counts;
pub use hash::{Sha256, content_hash};
pub use id::{ArticleId, ContributorId, PersonId, PhotoId, RevisionId};
pub use meta::Meta;
pub use rendition::{Rendition, RenditionFormat};
pub use time::Instant;
