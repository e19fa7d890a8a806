//! What the window and the preview frame load: photos, thumbnails and the page's style sheet.

use std::io;

use galley_model::{Rendition, Sha256};

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
    /// Reads `/media/<sha256>[.ext]`, a rendition by its address, `/thumb/<sha256>` or `/assets/<name>`; none for
    /// anything else. Blocks: a rendition is made when it is first asked for.
    pub fn resource(&self, path: &str) -> Option<Resource> {
        if let Some(rendition) = Rendition::of_address(path) {
            return self.rendition(rendition);
        }
        let path = path.trim_start_matches('/');
        if let Some(name) = path.strip_prefix("assets/") {
            // Of the theme in use here, or of a server's.
            let path = format!("/assets/{name}");
            let own = self.newsroom().templates().asset(&path);
            let asset = own.or_else(|| self.servers_templates_now()?.asset(&path));
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

    /// The same bytes that are published.
    fn rendition(&self, rendition: Rendition) -> Option<Resource> {
        let media = self.library().media();
        let read = || media.read(rendition.sha256).map(|(_, bytes)| bytes).map_err(io::Error::other);
        let made = self.renditions().get(rendition, read);
        if let Err(error) = &made {
            tracing::warn!(%error, photo = %rendition.sha256, "a rendition could not be made");
        }
        Some(Resource { mime: rendition.format.mime().to_owned(), bytes: made.ok()? })
    }
}
