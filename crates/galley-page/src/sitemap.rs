//! Site maps for search engines (sitemaps.org 0.9, and Google's extension for news), and `robots.txt`.
//!
//! An article belongs to the map of its number for ever: maps are numbered from the oldest, so that a new article
//! rewrites the newest map and the index alone. Not here: who keeps the numbers. A site without an address of its
//! own has empty maps, since they hold absolute addresses only.

use galley_model::Instant;
use galley_model::site::SiteSettings;
use serde::{Deserialize, Serialize};

use crate::times;
use crate::view::{absolute, is_public};
use crate::xml::Xml;

/// Where the index of the site maps stands.
pub const SITEMAP_ADDRESS: &str = "/sitemap.xml";
/// Where the map of the last two days' articles stands.
pub const NEWS_SITEMAP_ADDRESS: &str = "/news-sitemap.xml";
/// Where crawlers ask first.
pub const ROBOTS_ADDRESS: &str = "/robots.txt";

/// The most addresses of one map: 50,000 are allowed; few, so that one article rewrites little.
pub const SITEMAP_ENTRIES: usize = 1_000;
/// The most articles of the news map, as Google documents it.
pub const NEWS_ENTRIES: usize = 1_000;
/// How long an article stands in the news map, in milliseconds: two days, as Google documents it.
pub const NEWS_MILLISECONDS: i64 = 2 * 24 * 60 * 60 * 1_000;

const NAMESPACE: (&str, &str) = ("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9");

/// One address of a site map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SitemapEntry {
    /// `/articles/x.html`
    pub address: String,
    /// The last change that a reader can see.
    pub modified_at: Option<Instant>,
}

/// One site map as the index names it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SitemapPart {
    /// Its number, from 1 at the oldest.
    pub number: u32,
    /// The last change of anything in it.
    pub modified_at: Option<Instant>,
}

/// One article of the news map.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewsEntry {
    /// `/articles/x.html`
    pub address: String,
    /// As printed.
    pub headline: String,
    /// BCP 47.
    pub language: String,
    /// First publication.
    pub published_at: Instant,
}

/// Where the map of this number stands.
pub fn sitemap_address(number: u32) -> String {
    format!("/sitemaps/{number}.xml")
}

/// The number of the map that the `n`-th article of a site belongs to, counted from 0 at the first ever published.
pub fn sitemap_number(n: u64) -> u32 {
    u32::try_from(n / SITEMAP_ENTRIES as u64).unwrap_or(u32::MAX).saturating_add(1)
}

/// One site map.
pub fn sitemap(entries: &[SitemapEntry], site: &SiteSettings) -> String {
    let mut xml = Xml::new("urlset", &[NAMESPACE]);
    for entry in entries {
        place(&mut xml, "url", &entry.address, entry.modified_at, site);
    }
    xml.finish()
}

/// The index of the site maps.
pub fn sitemap_index(parts: &[SitemapPart], site: &SiteSettings) -> String {
    let mut xml = Xml::new("sitemapindex", &[NAMESPACE]);
    for part in parts {
        place(&mut xml, "sitemap", &sitemap_address(part.number), part.modified_at, site);
    }
    xml.finish()
}

fn place(xml: &mut Xml, name: &'static str, address: &str, at: Option<Instant>, site: &SiteSettings) {
    let Some(address) = absolute(site, address) else { return };
    xml.open(name, &[]);
    xml.text("loc", &address);
    if let Some(at) = at.and_then(|at| times::machine(at, &site.time_zone)) {
        xml.text("lastmod", &at);
    }
    xml.close();
}

/// The map of the articles first published in the two days before `now`, the newest [`NEWS_ENTRIES`] of them,
/// newest first. Form: Google's documentation of news sitemaps.
pub fn news_sitemap(entries: &[NewsEntry], site: &SiteSettings, now: Instant) -> String {
    let namespaces = [NAMESPACE, ("xmlns:news", "http://www.google.com/schemas/sitemap-news/0.9")];
    let mut xml = Xml::new("urlset", &namespaces);
    let first = now.0.saturating_sub(NEWS_MILLISECONDS);
    let is_new = |entry: &&NewsEntry| (first..=now.0).contains(&entry.published_at.0);
    let mut entries: Vec<&NewsEntry> = entries.iter().filter(is_new).collect();
    entries.sort_by(|a, b| (b.published_at, &a.address).cmp(&(a.published_at, &b.address)));
    for entry in entries.into_iter().take(NEWS_ENTRIES) {
        news(&mut xml, entry, site);
    }
    xml.finish()
}

fn news(xml: &mut Xml, entry: &NewsEntry, site: &SiteSettings) {
    let Some(address) = absolute(site, &entry.address) else { return };
    let Some(at) = times::machine(entry.published_at, &site.time_zone) else { return };
    xml.open("url", &[]);
    xml.text("loc", &address);
    xml.open("news:news", &[]);
    xml.open("news:publication", &[]);
    xml.text("news:name", site.name.trim());
    xml.text("news:language", &news_language(&entry.language));
    xml.close();
    xml.text("news:publication_date", &at);
    xml.text("news:title", entry.headline.trim());
    xml.close();
    xml.close();
}

/// ISO 639, except for Chinese, of which Google wants to know how it is written: `zh-cn` or `zh-tw`.
fn news_language(tag: &str) -> String {
    let tag = tag.to_ascii_lowercase();
    let mut parts = tag.split('-');
    match parts.next().unwrap_or_default() {
        "zh" if parts.any(|part| matches!(part, "hant" | "tw" | "hk" | "mo")) => "zh-tw".to_owned(),
        "zh" => "zh-cn".to_owned(),
        primary => primary.to_owned(),
    }
}

/// `robots.txt`: everything may be read, and here are the maps; a site that is on this computer alone keeps robots
/// out.
pub fn robots(site: &SiteSettings) -> String {
    if !is_public(site) {
        return "User-agent: *\nDisallow: /\n".to_owned();
    }
    let maps = [SITEMAP_ADDRESS, NEWS_SITEMAP_ADDRESS].into_iter();
    let maps = maps.filter_map(|map| Some(format!("Sitemap: {}\n", absolute(site, map)?)));
    format!("User-agent: *\nAllow: /\n\n{}", maps.collect::<String>())
}
