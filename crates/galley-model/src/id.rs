//! Identities: UUIDs made on the device, so that nothing is ever created twice.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// What was not a UUID in its one spelling.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id is written as a UUID in lower case with hyphens")]
pub struct NotAnId;

/// A UUID with one spelling: two texts are the same id only when they are the same bytes, so that keys,
/// file names and addresses made of ids never double.
macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ts_rs::TS)]
        #[serde(into = "String", try_from = "String")]
        #[ts(type = "string")]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        #[cfg_attr(feature = "openapi", schema(value_type = String, format = "uuid"))]
        pub struct $name(pub Uuid);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                let id = Uuid::try_parse(text).map_err(|_| NotAnId)?;
                if id.as_hyphenated().to_string() == text { Ok(Self(id)) } else { Err(NotAnId) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = NotAnId;
            fn try_from(text: String) -> Result<Self, NotAnId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    };
}

id!(
    /// An article: a UUIDv7 made on the device that created it, published as `urn:uuid:…`.
    ArticleId
);
id!(
    /// A photo within one article; its bytes are named by their SHA-256.
    PhotoId
);
id!(
    /// One entry of an article's contributors.
    ContributorId
);
id!(
    /// A named version of an article.
    RevisionId
);
id!(
    /// A person of the newsroom.
    PersonId
);

/// Crockford's base 32 in lower case: no i, l, o, u, so that an address can be read aloud.
const BASE32: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

impl ArticleId {
    /// The name of the article everywhere outside: `urn:uuid:…`.
    pub fn urn(&self) -> String {
        self.0.urn().to_string()
    }

    /// The address an article gets when its slug is empty: 12 base32 characters of the id's random part
    /// (its lowest 60 bits), see `docs/decisions`.
    pub fn default_slug(&self) -> String {
        base32(self.0.as_u128() as u64)
    }
}

/// The lowest 60 bits of a number as 12 characters.
pub(crate) fn base32(bits: u64) -> String {
    let digit = |i: u32| BASE32.get(((bits >> (i * 5)) & 31) as usize).map(|byte| char::from(*byte));
    (0..12).rev().filter_map(digit).collect()
}
