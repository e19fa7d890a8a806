//! The publisher's logo. It is a part of the settings, so that whoever has a version of them has its picture too.
//!
//! Not here: looking into the picture (`galley-store`), and where it is published (`galley-page`).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

/// Most bytes of a logo: every version of the settings holds it.
pub const MAX_LOGO_BYTES: usize = 100_000;

/// A picture that stands for the publisher: at the head of every page, and in what search engines are told.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize, ts_rs::TS)]
#[serde(default)]
pub struct SiteLogo {
    /// `image/png`, `image/jpeg` or `image/webp`.
    pub mime: String,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
    /// The file, as standard base64; without metadata.
    #[serde(serialize_with = "to_base64", deserialize_with = "from_base64")]
    #[ts(type = "string")]
    pub bytes: Vec<u8>,
}

impl SiteLogo {
    /// The end of its file's name; none for a kind that a logo is not.
    pub fn extension(&self) -> Option<&'static str> {
        match self.mime.as_str() {
            "image/png" => Some("png"),
            "image/jpeg" => Some("jpg"),
            "image/webp" => Some("webp"),
            _ => None,
        }
    }
}

impl fmt::Debug for SiteLogo {
    /// Never the picture.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SiteLogo({}, {} × {}, {} bytes)", self.mime, self.width, self.height, self.bytes.len())
    }
}

fn to_base64<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&STANDARD.encode(bytes))
}

fn from_base64<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
    STANDARD.decode(String::deserialize(deserializer)?).map_err(de::Error::custom)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_logo_is_written_with_its_bytes_in_base64_and_told_without_them() {
        let logo = SiteLogo { mime: "image/png".to_owned(), width: 2, height: 1, bytes: vec![0, 255, 62] };
        let json = serde_json::to_string(&logo).unwrap();
        assert_eq!(json, r#"{"mime":"image/png","width":2,"height":1,"bytes":"AP8+"}"#);
        assert_eq!(serde_json::from_str::<SiteLogo>(&json).unwrap(), logo);
        assert!(serde_json::from_str::<SiteLogo>(r#"{"bytes":"?"}"#).is_err());
        assert_eq!(format!("{logo:?}"), "SiteLogo(image/png, 2 × 1, 3 bytes)");
    }

    #[test]
    fn a_logo_is_of_three_kinds() {
        for (mime, extension) in [
            ("image/png", Some("png")),
            ("image/jpeg", Some("jpg")),
            ("image/webp", Some("webp")),
            ("image/svg+xml", None),
            ("image/gif", None),
            ("", None),
        ] {
            assert_eq!(SiteLogo { mime: mime.to_owned(), ..SiteLogo::default() }.extension(), extension);
        }
    }
}
