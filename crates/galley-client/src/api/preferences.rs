//! The choices of this computer, which are not the newsroom's.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Choices of this computer, not of the newsroom.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct Preferences {
    /// `system`, `zh-Hans` or `en`.
    pub language: String,
    /// `system`, `light` or `dark`.
    pub theme: String,
    /// The writer's own name, put into a new article's first contributor.
    pub author_name: String,
    /// The writer's role, one of the site's contributor roles.
    pub author_role: String,
    /// The source a new article starts with.
    pub default_source: String,
    /// Folder the site is published to; empty means `site` in the library.
    pub site_folder: String,
    /// The bucket that it is published to in place of the folder.
    pub site_store: SiteBucket,
    /// Layout of the window: widths and which columns are folded, by name, as the window likes.
    pub layout: BTreeMap<String, String>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            language: "system".to_owned(),
            theme: "system".to_owned(),
            author_name: String::new(),
            author_role: String::new(),
            default_source: String::new(),
            site_folder: String::new(),
            site_store: SiteBucket::default(),
            layout: BTreeMap::new(),
        }
    }
}

/// A bucket of an object store that speaks S3, as the place of this computer's site. The secret of the key is not
/// among the choices: it lies where this device's token lies.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(default)]
pub struct SiteBucket {
    /// The site is published there; otherwise the rest is only remembered.
    pub used: bool,
    /// `https://…` of a store that is not AWS; empty for AWS.
    pub endpoint: String,
    /// Which part of the world; empty where there is only one.
    pub region: String,
    /// The bucket's name.
    pub bucket: String,
    /// The part of the bucket that is the site; empty is all of it.
    pub prefix: String,
    /// Who asks.
    pub key_id: String,
    /// Where the secret lies: `keychain`, `file`, or empty while there is none. The core alone says it.
    pub secret_in: String,
}
