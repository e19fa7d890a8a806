//! What the window and the preview frame load: photos, thumbnails and the page's style sheet.

use galley_model::Sha256;

use crate::Galley;

/// Bytes with their type.
#[derive(Clone, Debug)]
pub struct Resource {
    /// MIME type.
    pub mime: String,
    /// The bytes.
    pub bytes: Vec<u8>,
}

/// Longer side of a thumbnail, pixels.
const THUMBNAIL: u32 = 480;

impl Galley {
    /// Reads `/media/<sha256>[.ext]`, `/thumb/<sha256>` or `/assets/<name>`; none for anything else.
    pub fn resource(&self, path: &str) -> Option<Resource> {
        let path = path.trim_start_matches('/');
        if let Some(name) = path.strip_prefix("assets/") {
            // Of the theme in use, which may be the newsroom's own.
            let asset = self.newsroom().templates().asset(&format!("/assets/{name}"));
            return asset.map(|asset| Resource { mime: asset.mime.to_owned(), bytes: asset.bytes });
        }
        let (kind, name) = path.split_once('/')?;
        let sha: Sha256 = name.split('.').next()?.parse().ok()?;
        let media = self.library().media();
        match kind {
            "media" => media.read(sha).ok().map(|(mime, bytes)| Resource { mime, bytes }),
            "thumb" => media
                .thumbnail(sha, THUMBNAIL)
                .ok()
                .map(|bytes| Resource { mime: "image/jpeg".to_owned(), bytes }),
            _ => None,
        }
    }
}
