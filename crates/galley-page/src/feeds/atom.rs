//! Atom (RFC 4287) with full text. `updated` moves when an article is corrected; its `id` never does.

use galley_model::Instant;
use galley_model::site::SiteSettings;

use super::{ATOM_ADDRESS, FeedEntry, full_address, last_change};
use crate::times;
use crate::view::site_language_tag;
use crate::xml::Xml;

/// The Atom feed of these entries, newest first.
pub fn atom(entries: &[FeedEntry], site: &SiteSettings) -> String {
    let language = site_language_tag(site);
    let mut xml = Xml::new("feed", &[("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", language)]);
    let (home, own) = (full_address(site, "/"), full_address(site, ATOM_ADDRESS));
    xml.text("id", &own);
    xml.text("title", site.name.trim());
    xml.empty("link", &[("rel", "self"), ("type", "application/atom+xml"), ("href", &own)]);
    xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &home)]);
    // Required, even of a feed without entries.
    updated(&mut xml, last_change(entries).unwrap_or_default(), site);
    xml.open("author", &[]);
    xml.text("name", site.name.trim());
    xml.text("uri", &home);
    xml.close();
    xml.text_if_any("rights", &site.copyright);
    entries.iter().for_each(|one| entry(&mut xml, one, site));
    xml.finish()
}

fn updated(xml: &mut Xml, at: Instant, site: &SiteSettings) {
    let at = times::machine(at, &site.time_zone).unwrap_or_else(|| "1970-01-01T00:00:00Z".to_owned());
    xml.text("updated", &at);
}

fn entry(xml: &mut Xml, entry: &FeedEntry, site: &SiteSettings) {
    xml.open("entry", &[("xml:lang", &entry.language)]);
    xml.text("id", &entry.urn());
    xml.text("title", &entry.headline);
    let page = full_address(site, &entry.address);
    xml.empty("link", &[("rel", "alternate"), ("type", "text/html"), ("href", &page)]);
    if let Some(original) = &entry.original {
        xml.empty("link", &[("rel", "via"), ("href", original)]);
    }
    if let Some(at) = entry.published_at.and_then(|at| times::machine(at, &site.time_zone)) {
        xml.text("published", &at);
    }
    updated(xml, entry.updated_at.unwrap_or_default(), site);
    for author in &entry.authors {
        xml.open("author", &[]);
        xml.text("name", &author.name);
        if let Some(address) = &author.address {
            xml.text("uri", &full_address(site, address));
        }
        xml.close();
    }
    for name in entry.section.iter().chain(&entry.keywords).filter(|name| !name.trim().is_empty()) {
        xml.empty("category", &[("term", name.trim())]);
    }
    xml.text_if_any("rights", &site.copyright);
    xml.text("summary", &entry.summary);
    xml.text_with("content", &[("type", "html")], &entry.standalone(site));
    xml.close();
}
