//! JSON Feed 1.1 with full text.

use galley_model::site::SiteSettings;
use serde_json::{Value, json};

use super::{FeedAuthor, FeedEntry, JSON_FEED_ADDRESS, full_address};
use crate::escape::visible;
use crate::times;
use crate::view::site_language_tag;

/// The JSON feed of these entries, newest first.
pub fn json_feed(entries: &[FeedEntry], site: &SiteSettings) -> String {
    let items: Vec<Value> = entries.iter().map(|entry| item(entry, site)).collect();
    let home = full_address(site, "/");
    let feed = json!({
        "version": "https://jsonfeed.org/version/1.1",
        "title": visible(site.name.trim()),
        "home_page_url": home,
        "feed_url": full_address(site, JSON_FEED_ADDRESS),
        "language": site_language_tag(site),
        "authors": [{ "name": visible(site.name.trim()), "url": home }],
        "items": items,
    });
    feed.to_string()
}

fn item(entry: &FeedEntry, site: &SiteSettings) -> Value {
    let time = |at: Option<_>| at.and_then(|at| times::machine(at, &site.time_zone));
    let author = |author: &FeedAuthor| {
        let mut person = json!({ "name": visible(&author.name) });
        if let (Some(person), Some(address)) = (person.as_object_mut(), &author.address) {
            person.insert("url".to_owned(), json!(full_address(site, address)));
        }
        person
    };
    let tags = entry.section.iter().chain(&entry.keywords).filter(|name| !name.trim().is_empty());
    let image = entry.photos.first().map(|photo| full_address(site, &photo.photo.address));
    let fields = [
        ("id", json!(entry.urn())),
        ("url", json!(full_address(site, &entry.address))),
        ("external_url", json!(entry.original)),
        ("title", json!(visible(&entry.headline))),
        ("content_html", json!(entry.standalone(site))),
        ("summary", json!(visible(&entry.summary))),
        ("image", json!(image)),
        ("date_published", json!(time(entry.published_at))),
        ("date_modified", json!(time(entry.updated_at))),
        ("authors", entry.authors.iter().map(author).collect()),
        ("tags", tags.map(|tag| json!(visible(tag.trim()))).collect()),
        ("language", json!(entry.language)),
    ];
    let fields = fields.into_iter().filter(|(_, value)| !value.is_null());
    Value::Object(fields.map(|(name, value)| (name.to_owned(), value)).collect())
}
