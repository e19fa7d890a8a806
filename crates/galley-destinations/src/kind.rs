//! What kind of file a path names: the headers that it is sent with, from the built-in server and from a bucket.

use crate::SitePath;

/// A closed list: what is not on it is sent as bytes that no browser shows as a page.
const TYPES: &[(&str, &str)] = &[
    ("html", "text/html; charset=utf-8"),
    ("css", "text/css; charset=utf-8"),
    ("txt", "text/plain; charset=utf-8"),
    // Feeds and site maps; readers look into the document, not at a narrower type.
    ("xml", "application/xml; charset=utf-8"),
    ("json", "application/json"),
    ("svg", "image/svg+xml"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("png", "image/png"),
    ("webp", "image/webp"),
    ("gif", "image/gif"),
    ("ico", "image/x-icon"),
    ("woff2", "font/woff2"),
    ("mp3", "audio/mpeg"),
    ("m4a", "audio/mp4"),
    ("mp4", "video/mp4"),
    ("webm", "video/webm"),
];

/// Kinds that are text, and so smaller when packed.
const TEXT: [&str; 6] = ["html", "css", "txt", "xml", "json", "svg"];

impl SitePath {
    /// The `Content-Type` of the file.
    pub fn content_type(&self) -> &'static str {
        // The feed of https://www.jsonfeed.org/version/1.1/ has a type of its own.
        if self.as_str() == "/feed.json" {
            return "application/feed+json";
        }
        let known = TYPES.iter().find(|(ending, _)| *ending == self.ending());
        known.map_or("application/octet-stream", |(_, kind)| kind)
    }

    /// The `Cache-Control` of the file: what is named by its content never changes, all else is asked for each
    /// time.
    pub fn cache_control(&self) -> &'static str {
        if self.is_named_by_content() { "public, max-age=31536000, immutable" } else { "no-cache" }
    }

    /// Whether other bytes would have another name.
    pub fn is_named_by_content(&self) -> bool {
        self.as_str().starts_with("/media/") || self.as_str().starts_with("/assets/")
    }

    /// Whether it is text, which may have packed forms.
    pub fn is_text(&self) -> bool {
        TEXT.contains(&self.ending())
    }

    fn ending(&self) -> &str {
        self.as_str().rsplit_once('.').map_or("", |(_, ending)| ending)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_a_site_has_its_kind() {
        for (path, kind, is_kept) in [
            ("/index.html", "text/html; charset=utf-8", false),
            ("/feed.xml", "application/xml; charset=utf-8", false),
            ("/sitemaps/1.xml", "application/xml; charset=utf-8", false),
            ("/feed.json", "application/feed+json", false),
            ("/articles/flood.ninjs.json", "application/json", false),
            ("/robots.txt", "text/plain; charset=utf-8", false),
            ("/assets/song-1a2b.woff2", "font/woff2", true),
            ("/assets/page-1a2b.css", "text/css; charset=utf-8", true),
            ("/media/1a2b-480.webp", "image/webp", true),
            ("/media/1a2b.mp4", "video/mp4", true),
            ("/media/1a2b.exe", "application/octet-stream", true),
            ("/html", "application/octet-stream", false),
        ] {
            let site_path: SitePath = path.parse().unwrap();
            assert_eq!(site_path.content_type(), kind, "{path}");
            assert_eq!(site_path.cache_control().contains("immutable"), is_kept, "{path}");
        }
    }
}
