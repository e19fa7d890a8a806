//! RSS 2.0 with full text, one creator per person, and photos with their credits.
//!
//! Rules: the RSS 2.0 specification, its best-practices profile (`atom:link rel="self"`, `content:encoded`,
//! `dc:creator`), and Media RSS.

use galley_model::site::SiteSettings;

use super::{FeedEntry, FeedPhoto, RSS_ADDRESS, full_address, last_change};
use crate::times;
use crate::view::site_language_tag;
use crate::xml::Xml;

const NAMESPACES: [(&str, &str); 5] = [
    ("version", "2.0"),
    ("xmlns:atom", "http://www.w3.org/2005/Atom"),
    ("xmlns:content", "http://purl.org/rss/1.0/modules/content/"),
    ("xmlns:dc", "http://purl.org/dc/elements/1.1/"),
    ("xmlns:media", "http://search.yahoo.com/mrss/"),
];

/// The RSS feed of these entries, newest first.
pub fn rss(entries: &[FeedEntry], site: &SiteSettings) -> String {
    let mut xml = Xml::new("rss", &NAMESPACES);
    xml.open("channel", &[]);
    xml.text("title", site.name.trim());
    xml.text("link", &full_address(site, "/"));
    xml.text("description", site.name.trim());
    xml.text("language", site_language_tag(site));
    xml.text_if_any("copyright", &site.copyright);
    if let Some(at) = last_change(entries).and_then(|at| times::rfc822(at, &site.time_zone)) {
        xml.text("lastBuildDate", &at);
    }
    let own = full_address(site, RSS_ADDRESS);
    xml.empty("atom:link", &[("rel", "self"), ("type", "application/rss+xml"), ("href", &own)]);
    entries.iter().for_each(|entry| item(&mut xml, entry, site));
    xml.finish()
}

fn item(xml: &mut Xml, entry: &FeedEntry, site: &SiteSettings) {
    xml.open("item", &[]);
    xml.text("title", &entry.headline);
    xml.text("link", &full_address(site, &entry.address));
    xml.text_with("guid", &[("isPermaLink", "false")], &entry.urn());
    if let Some(at) = entry.published_at.and_then(|at| times::rfc822(at, &site.time_zone)) {
        xml.text("pubDate", &at);
    }
    entry.authors.iter().for_each(|author| xml.text("dc:creator", &author.name));
    xml.text("dc:language", &entry.language);
    entry.section.iter().chain(&entry.keywords).for_each(|name| xml.text_if_any("category", name));
    xml.text("description", &entry.summary);
    xml.text("content:encoded", &entry.standalone(site));
    entry.photos.iter().for_each(|photo| media(xml, photo, site));
    xml.close();
}

fn media(xml: &mut Xml, photo: &FeedPhoto, site: &SiteSettings) {
    let FeedPhoto { photo, photographer } = photo;
    let url = full_address(site, &photo.address);
    let (width, height) = (photo.width.to_string(), photo.height.to_string());
    let mut attributes = vec![("url", url.as_str()), ("medium", "image")];
    attributes.extend(mime(&photo.address).map(|mime| ("type", mime)));
    if photo.width > 0 && photo.height > 0 {
        attributes.extend([("width", width.as_str()), ("height", height.as_str())]);
    }
    xml.open("media:content", &attributes);
    if !photo.caption.is_empty() {
        xml.text_with("media:description", &[("type", "plain")], &photo.caption);
    }
    if !photo.alt.trim().is_empty() {
        xml.text_with("media:title", &[("type", "plain")], photo.alt.trim());
    }
    match (photographer.as_str(), photo.credit.as_str()) {
        ("", "") => {}
        ("", credit) => xml.text("media:credit", credit),
        (name, _) => {
            xml.text_with("media:credit", &[("role", "photographer"), ("scheme", "urn:ebu")], name);
        }
    }
    xml.close();
}

/// The type of a photo by the ending of its address.
pub(crate) fn mime(address: &str) -> Option<&'static str> {
    match address.rsplit_once('.')?.1 {
        "jpg" => Some("image/jpeg"),
        "png" => Some("image/png"),
        "webp" => Some("image/webp"),
        "gif" => Some("image/gif"),
        _ => None,
    }
}
