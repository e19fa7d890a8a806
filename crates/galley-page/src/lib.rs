//! From an article to its page: Markdown to safe HTML, the article block that is signed, the complete page of the
//! site around it, and the page's hash. Byte for byte the same wherever it runs.
//!
//! Pure: no clock, no files, no sockets. Not here: where pages are written (`galley-destinations`), when, and by
//! whose authority (`galley-newsroom`), and the patching of the preview (`galley-client` and the window).

mod assets;
mod body;
mod characters;
mod credits;
#[cfg(test)]
mod documented;
mod embeds;
mod emphasis;
mod error;
mod escape;
mod facts;
mod feeds;
mod figures;
mod footnotes;
mod links;
mod ninjs;
mod options;
mod pages;
mod photo;
mod plain;
mod qr;
mod quote;
mod rights;
mod ruby;
mod share;
mod sitemap;
mod structured;
mod table;
mod templates;
mod theme;
mod times;
mod trial;
mod view;
mod words;
mod xml;

pub use assets::{Asset, is_logo};
pub use body::{Block, Body, render_body};
pub use credits::{compose_byline, compose_dateline};
pub use embeds::content_policy;
pub use error::PageError;
pub use facts::{
    Card, Correction, CorrectionEntry, CorrectionsPage, Frame, HomeListing, Listing, PageFacts, PersonKind,
    PersonListing, Retraction, SearchPage,
};
pub use feeds::{
    ATOM_ADDRESS, FEED_ENTRIES, FeedAuthor, FeedEntry, FeedPhoto, JSON_FEED_ADDRESS, RSS_ADDRESS, atom,
    json_feed, rss,
};
pub use ninjs::{ninjs, ninjs_retracted};
pub use options::OptionProblem;
pub use photo::{PagePhoto, PhotoForm, media_address, photo_cuts, photo_files};
pub use plain::{BodyText, excerpt, plain_text};
pub use share::{ShareCard, ShareImage, share_card};
pub use sitemap::{
    NEWS_ENTRIES, NEWS_MILLISECONDS, NEWS_SITEMAP_ADDRESS, NewsEntry, ROBOTS_ADDRESS, SITEMAP_ADDRESS,
    SITEMAP_ENTRIES, SitemapEntry, SitemapPart, news_sitemap, robots, sitemap, sitemap_address,
    sitemap_index, sitemap_number,
};
pub use templates::{ArticleBlock, Templates};
pub use theme::{
    Choice, Labels, MAX_THEME_ASSET, MAX_THEME_BYTES, MAX_THEME_FILES, MAX_THEME_TEXT, Manifest, OptionKind,
    THEME_INTERFACE, Theme, ThemeFiles, ThemeOption,
};
pub use words::PageLanguage;

/// Version of the renderer: it grows when the same content, facts, settings and theme give other bytes of an article
/// block than before (◆, see `docs/decisions`).
pub const RENDERER: u32 = 2;

/// Class of the element whose children are the body's blocks.
pub const BODY_CLASS: &str = "article-body";

/// Where an article stands on its site. A slug that is not one (refused before publication) counts as none, so
/// that an address is always an address.
pub fn article_address(content: &galley_model::Content, id: galley_model::ArticleId) -> String {
    let slug = content.slug.trim();
    let slug = if galley_model::address::check_slug(slug).is_ok() { slug } else { "" };
    galley_model::address::article_address(slug, id)
}
