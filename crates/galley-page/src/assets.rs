//! Files that the pages link, named by their content so that they may be cached for ever.

use galley_model::Sha256;

/// Name of the style sheet among a theme's files.
pub(crate) const STYLE_SHEET: &str = "site.css";

/// A file beside the pages.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asset {
    /// `/assets/site-<hash>.css`
    pub path: String,
    /// MIME type.
    pub mime: &'static str,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// The assets of the built-in theme.
pub fn assets() -> Vec<Asset> {
    vec![style_sheet(include_str!("templates/site.css"))]
}

/// A style sheet under its content-hashed name.
pub(crate) fn style_sheet(css: &str) -> Asset {
    let hash = Sha256::of(css.as_bytes()).to_string();
    let short: String = hash.chars().take(16).collect();
    Asset {
        path: format!("/assets/site-{short}.css"),
        mime: "text/css; charset=utf-8",
        bytes: css.as_bytes().to_vec(),
    }
}
