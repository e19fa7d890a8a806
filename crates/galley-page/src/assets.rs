//! Files that the pages link, named by their content so that they may be cached for ever.

use galley_model::Sha256;
use galley_model::site::{MAX_LOGO_BYTES, SiteLogo};

use crate::theme::MAX_THEME_ASSET;

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

/// Kinds of files that a theme may bring, by the ends of their names, with how their bytes begin.
const KINDS: [(&str, &str, &[u8]); 6] = [
    ("png", "image/png", b"\x89PNG\r\n\x1a\n"),
    ("jpg", "image/jpeg", b"\xff\xd8\xff"),
    ("jpeg", "image/jpeg", b"\xff\xd8\xff"),
    ("webp", "image/webp", b"RIFF"),
    ("woff2", "font/woff2", b"wOF2"),
    ("svg", "image/svg+xml", b""),
];

/// A style sheet under its content-hashed name.
pub(crate) fn style_sheet(css: String) -> Asset {
    let bytes = css.into_bytes();
    Asset { path: address("site", "css", &bytes), mime: "text/css; charset=utf-8", bytes }
}

/// The publisher's logo under its content-hashed name; none of a picture that is no logo.
pub(crate) fn logo(logo: &SiteLogo) -> Option<Asset> {
    if logo.bytes.len() > MAX_LOGO_BYTES {
        return None;
    }
    checked(&format!("logo.{}", logo.extension()?), &logo.bytes).ok()
}

/// Whether a picture may be a site's logo: of the kind that it says, and no longer than
/// [`galley_model::site::MAX_LOGO_BYTES`].
pub fn is_logo(picture: &SiteLogo) -> bool {
    logo(picture).is_some()
}

/// A theme's asset under its content-hashed name.
///
/// # Errors
/// What is wrong with it.
pub(crate) fn checked(name: &str, bytes: &[u8]) -> Result<Asset, String> {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-_".contains(&byte);
    let Some((stem, ext)) = name.rsplit_once('.') else { return Err(not_a_kind()) };
    if stem.is_empty() || stem.len() > 80 || !stem.bytes().all(plain) {
        return Err("the name of an asset is letters, digits, hyphens and underscores".to_owned());
    }
    let Some((_, mime, start)) = KINDS.iter().find(|(kind, ..)| *kind == ext) else {
        return Err(not_a_kind());
    };
    if bytes.len() > MAX_THEME_ASSET {
        return Err(format!("{} bytes; at most {MAX_THEME_ASSET}", bytes.len()));
    }
    let is_kind = bytes.starts_with(start) && (ext != "webp" || bytes.get(8..12) == Some(b"WEBP"));
    if !is_kind {
        return Err(format!("the file is no {ext}"));
    }
    if ext == "svg" {
        check_drawing(bytes)?;
    }
    Ok(Asset { path: address(stem, ext, bytes), mime, bytes: bytes.to_vec() })
}

fn not_a_kind() -> String {
    let kinds = KINDS.map(|(kind, ..)| kind).join(", ");
    format!("assets are of these kinds: {kinds}")
}

/// A drawing runs nothing and loads nothing when somebody opens it by its own address.
fn check_drawing(bytes: &[u8]) -> Result<(), String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "the drawing is not UTF-8".to_owned())?;
    let lower = text.to_ascii_lowercase();
    if !lower.contains("<svg") {
        return Err("the file is no svg".to_owned());
    }
    let active = ["<script", "<foreignobject", "<!entity", "<?xml-stylesheet", "javascript:", "@import"];
    if let Some(active) = active.iter().find(|active| lower.contains(**active)) {
        return Err(format!("a drawing holds no {active}"));
    }
    let mut words = lower.split(|c: char| c.is_ascii_whitespace() || c == '"' || c == '\'' || c == '/');
    let handler = |word: &str| {
        word.split_once('=').is_some_and(|(name, _)| {
            name.len() > 2 && name.starts_with("on") && name.bytes().all(|byte| byte.is_ascii_lowercase())
        })
    };
    match words.find(|word| handler(word)) {
        Some(word) => Err(format!("a drawing holds no event attributes: {word}")),
        None => Ok(()),
    }
}

fn address(stem: &str, ext: &str, bytes: &[u8]) -> String {
    let hash = Sha256::of(bytes).to_string();
    let short: String = hash.chars().take(16).collect();
    format!("/assets/{stem}-{short}.{ext}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn assets_are_of_a_closed_list_of_kinds_by_their_bytes() {
        let check = |name: &str, bytes: &[u8], says: Option<&str>| match (checked(name, bytes), says) {
            (Ok(_), None) => {}
            (Err(detail), Some(says)) => assert!(detail.contains(says), "{name}: {detail}"),
            (result, _) => panic!("{name}: {result:?}"),
        };
        check("logo.svg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"><path d=\"M0 0h1\"/></svg>", None);
        check("a.png", b"\x89PNG\r\n\x1a\n", None);
        check("a.jpg", b"\xff\xd8\xff\xe0", None);
        check("a.webp", b"RIFF\0\0\0\0WEBP", None);
        check("Han-Serif_1.woff2", b"wOF2", None);
        check("a.webp", b"RIFF\0\0\0\0WAVE", Some("no webp"));
        check("a.png", b"<svg>", Some("no png"));
        check("a.js", b"1", Some("these kinds"));
        check("a.html", b"1", Some("these kinds"));
        check("a", b"1", Some("these kinds"));
        check("../a.png", b"\x89PNG\r\n\x1a\n", Some("name"));
        check("b/a.png", b"\x89PNG\r\n\x1a\n", Some("name"));
        check("a.svg", b"<html>", Some("no svg"));
        check("a.svg", b"<svg><script>1</script></svg>", Some("<script"));
        check("a.svg", b"<svg onload='x()'/>", Some("event"));
        check("a.svg", b"<svg><a href='javascript:x'/></svg>", Some("javascript:"));
        check("a.svg", b"<!DOCTYPE svg [<!ENTITY x 'y'>]><svg/>", Some("<!entity"));
    }

    #[test]
    fn a_logo_is_a_small_picture_of_the_kind_that_it_says() {
        let of = |mime: &str, bytes: &[u8]| {
            logo(&SiteLogo { mime: mime.to_owned(), bytes: bytes.to_vec(), ..SiteLogo::default() })
        };
        let png = b"\x89PNG\r\n\x1a\n";
        let asset = of("image/png", png).unwrap();
        assert!(asset.path.starts_with("/assets/logo-") && asset.path.ends_with(".png"), "{}", asset.path);
        assert_eq!((asset.mime, asset.bytes.as_slice()), ("image/png", png.as_slice()));
        assert_eq!(of("image/jpeg", png), None);
        assert_eq!(of("image/svg+xml", b"<svg></svg>"), None);
        assert_eq!(of("image/png", &[png.as_slice(), &vec![0; MAX_LOGO_BYTES]].concat()), None);
    }

    #[test]
    fn an_asset_is_named_by_its_content() {
        let one = checked("a.png", b"\x89PNG\r\n\x1a\n1").unwrap();
        let two = checked("a.png", b"\x89PNG\r\n\x1a\n2").unwrap();
        assert!(one.path.starts_with("/assets/a-") && one.path.ends_with(".png"));
        assert_ne!(one.path, two.path);
    }
}
