//! The words of the protocol, one type per body. A form that was released is read by every later version: fields
//! are added with a default, words of a closed list with [`Other`](ContentResult::Other), and frozen examples in
//! `tests/fixtures/wire/` say so.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

mod content;
mod failure;
mod feed;
mod intents;
mod media;
mod sign_in;
mod site;
mod standing;

pub use content::{
    AuthorWord, ContentAnswer, ContentRequest, ContentResult, MAX_SPAN, MAX_UPDATE_BYTES, Push, refusal,
};
pub use failure::{Failure, code};
pub use feed::{
    ArticleUpdates, Change, ChangesAnswer, ChangesRequest, Cursor, MAX_CHANGES, UpdatesAnswer,
    UpdatesRequest, VersionsAnswer, VersionsRequest, Want, You,
};
pub use intents::{IntentItem, IntentResult, IntentsAnswer, IntentsRequest};
pub use media::{MAX_CHUNK_BYTES, MAX_MEDIA_BYTES, MediaAnswer, MediaRequest, UPLOAD_OFFSET};
pub use sign_in::{Hello, Me, Member, PeopleAnswer, Secret, SignInRequest, SignedIn};
pub use site::{MAX_THEME_BYTES, Site, SiteRequest, ThemeAnswer, ThemeFiles, ThemeRequest};
pub use standing::{
    Contest, ContestPlace, Correction, JudgedText, Late, PeerPerson, Person, PublicationStanding, Standing,
};

/// What every route begins with.
pub const BASE: &str = "/api/v1";
/// Largest body of a request or an answer, in bytes of JSON, chunks of photos apart.
pub const MAX_BODY_BYTES: usize = 4 << 20;

/// Bytes: in JSON, standard base64 with padding; in a binary form, as they are.
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, format = Byte))]
pub struct Bytes(pub Vec<u8>);

impl fmt::Debug for Bytes {
    /// Never the contents.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Bytes({})", self.0.len())
    }
}

impl Serialize for Bytes {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.serialize_str(&STANDARD.encode(&self.0))
        } else {
            serializer.serialize_bytes(&self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Bytes {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return deserializer.deserialize_byte_buf(Raw);
        }
        let text = String::deserialize(deserializer)?;
        STANDARD.decode(text).map(Self).map_err(de::Error::custom)
    }
}

/// Bytes as a binary form has them.
struct Raw;

impl de::Visitor<'_> for Raw {
    type Value = Bytes;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("bytes")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Bytes, E> {
        Ok(Bytes(bytes.to_vec()))
    }

    fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Bytes, E> {
        Ok(Bytes(bytes))
    }
}

/// Who writes into one article during one run of the app; a decimal text in JSON, a number in a binary form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[cfg_attr(feature = "openapi", schema(value_type = String, pattern = "^[0-9]{1,20}$"))]
pub struct Peer(pub u64);

impl Serialize for Peer {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if serializer.is_human_readable() {
            serializer.collect_str(&self.0)
        } else {
            serializer.serialize_u64(self.0)
        }
    }
}

impl<'de> Deserialize<'de> for Peer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        if !deserializer.is_human_readable() {
            return u64::deserialize(deserializer).map(Self);
        }
        String::deserialize(deserializer)?.parse().map(Self).map_err(de::Error::custom)
    }
}

/// How far each peer's operations go: one past the last, counted from 0.
pub type Have = BTreeMap<Peer, i32>;
