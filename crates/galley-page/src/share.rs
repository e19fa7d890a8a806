//! What other sites and apps show when an article is shared: Open Graph and Twitter cards.

use galley_model::Content;
use galley_model::site::SiteSettings;
use serde::Serialize;

use crate::facts::{PageFacts, photo_of};
use crate::plain::excerpt_of;
use crate::templates::ArticleBlock;
use crate::view;

/// Characters of a page's description.
const DESCRIPTION: usize = 120;

/// The card of a shared article, exactly as the page's head tells it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ShareCard {
    /// The headline.
    pub title: String,
    /// The summary, or the text's beginning.
    pub description: String,
    /// Name of the publication.
    pub site_name: String,
    /// The page's absolute address; none while the site has none.
    pub address: Option<String>,
    /// `zh_CN`, as Open Graph writes languages.
    pub locale: String,
    /// The first photo of the page; none without one, or while the site has no absolute address.
    pub image: Option<ShareImage>,
}

/// The picture of a shared article.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ShareImage {
    /// Absolute.
    pub address: String,
    /// Pixels; 0 when unknown.
    pub width: u32,
    /// Pixels; 0 when unknown.
    pub height: u32,
    /// Its text for those who do not see it, else its caption.
    pub alt: String,
}

/// The card of an article.
pub fn share_card(
    content: &Content,
    facts: &PageFacts,
    site: &SiteSettings,
    block: &ArticleBlock,
) -> ShareCard {
    let language = view::page_language(content, site);
    let photo = block.photos.first().and_then(|id| photo_of(content, *id, language));
    let image = photo.and_then(|photo| {
        Some(ShareImage {
            address: view::absolute(site, &photo.address)?,
            width: photo.width,
            height: photo.height,
            alt: if photo.alt.is_empty() { photo.caption } else { photo.alt },
        })
    });
    ShareCard {
        title: content.headline.trim().to_owned(),
        description: excerpt_of(content, block.text.as_str(), DESCRIPTION),
        site_name: site.name.trim().to_owned(),
        address: view::absolute(site, &facts.address),
        locale: locale(view::language_tag(content, site)),
        image,
    }
}

/// A language tag as Open Graph wants it: language and territory.
pub(crate) fn locale(tag: &str) -> String {
    let mut parts = tag.split('-');
    let language = parts.next().unwrap_or_default().to_ascii_lowercase();
    let rest: Vec<&str> = parts.collect();
    let is_region = |part: &&&str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_alphabetic());
    if let Some(region) = rest.iter().find(is_region) {
        return format!("{language}_{}", region.to_ascii_uppercase());
    }
    let is_traditional = rest.iter().any(|part| part.eq_ignore_ascii_case("hant"));
    match (language.as_str(), is_traditional) {
        ("zh", true) => "zh_TW".to_owned(),
        ("zh", false) => "zh_CN".to_owned(),
        ("en", _) => "en_US".to_owned(),
        _ => language,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn languages_are_written_as_open_graph_writes_them() {
        for (tag, expected) in [
            ("zh-Hans", "zh_CN"),
            ("zh", "zh_CN"),
            ("zh-Hant", "zh_TW"),
            ("zh-Hant-HK", "zh_HK"),
            ("en", "en_US"),
            ("en-GB", "en_GB"),
            ("bo", "bo"),
            ("und", "und"),
        ] {
            assert_eq!(locale(tag), expected, "{tag}");
        }
    }
}
