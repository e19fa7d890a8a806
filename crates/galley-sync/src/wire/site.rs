//! The site: what its pages are made with, and how an administrator changes that.

use std::collections::BTreeMap;

use galley_model::Sha256;
use galley_model::site::SiteSettings;
use serde::{Deserialize, Serialize};

use super::Bytes;

/// Most bytes of a theme's files together that a server takes: base64 makes a third more of them, and a body holds it.
pub const MAX_THEME_BYTES: usize = 2_900_000;

/// `GET /site`, and what pages are made with beside the articles: with it a device previews them as the server will
/// publish them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Site {
    /// Version of the settings.
    pub version: u32,
    /// The settings.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub settings: SiteSettings,
    /// The id of the theme, which names the renderer too: `GET /themes/{id}` gives the files of one that is the
    /// newsroom's own. A device that cannot make this look shows pages that only resemble the server's.
    pub look: Sha256,
}

/// `PUT /site`: replaces the settings of the site, whose pages follow. An administrator alone may. The same settings
/// sent again are answered as they were.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SiteRequest {
    /// The version that was edited; another one by now is refused as `settings_moved`.
    pub version: u32,
    /// All of them. A theme that they name is one that Galley brings, or the newsroom's own that the server has.
    #[cfg_attr(feature = "openapi", schema(value_type = Object))]
    pub settings: SiteSettings,
}

/// The answer to `GET /themes/{id}`: a newsroom's own theme, whose id the files give again.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ThemeFiles {
    /// By their paths, such as `site.css` and `assets/logo.svg`.
    pub files: BTreeMap<String, Bytes>,
}

/// `PUT /theme`: sets the site in another theme. An administrator alone may.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ThemeRequest {
    /// The name of a theme that Galley brings; of one's own, its manifest says it.
    pub theme: String,
    /// The files of a theme of the newsroom's own, at most [`MAX_THEME_BYTES`](super::MAX_THEME_BYTES); none for one
    /// that Galley brings.
    #[serde(default)]
    pub files: BTreeMap<String, Bytes>,
    /// The theme's options that are set.
    #[serde(default)]
    pub options: BTreeMap<String, String>,
}

/// The answer to [`ThemeRequest`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct ThemeAnswer {
    /// The look of the site's pages from now on.
    pub look: Sha256,
    /// Version of the settings that name it.
    pub site: u32,
}
