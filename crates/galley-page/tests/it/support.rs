//! Fixtures, and a browser's eyes.

use std::fs;
use std::path::{Path, PathBuf};

use galley_model::site::SiteSettings;
use galley_model::{Content, Photo};
use galley_page::{ArticleBlock, Card, Frame, PageFacts, PageLanguage, Templates, render_body};
use scraper::{Html, Selector};
use serde::de::DeserializeOwned;

use crate::pages::{Site, all_pages};

/// A complete article with everything around it.
pub(crate) struct Fixture {
    pub(crate) content: Content,
    pub(crate) facts: PageFacts,
    pub(crate) site: SiteSettings,
    pub(crate) frame: Frame,
    /// Other articles of the site, newest first.
    pub(crate) cards: Vec<Card>,
}

impl Fixture {
    /// `zh` or `en`: an article with every field.
    pub(crate) fn read(name: &str) -> Self {
        let folder = fixtures().join(name);
        Self {
            content: json(&folder.join("content.json")),
            facts: json(&folder.join("facts.json")),
            site: json(&folder.join("settings.json")),
            frame: json(&folder.join("frame.json")),
            cards: json(&folder.join("cards.json")),
        }
    }

    pub(crate) fn block(&self) -> ArticleBlock {
        templates().article(&self.content, &self.facts, &self.site).unwrap()
    }

    pub(crate) fn page(&self) -> String {
        templates().page(&self.content, &self.facts, &self.site, &self.frame, &self.block()).unwrap()
    }
}

impl Fixture {
    /// Every kind of page, with its name.
    pub(crate) fn all_pages(&self) -> Vec<(String, String)> {
        let Self { content, facts, site, frame, .. } = self;
        let mut cards = self.cards.clone();
        cards.insert(0, Card::of(content, &facts.address, facts.published_at, site));
        all_pages(&templates(), &Site { content, facts, site, frame, cards }).unwrap()
    }
}

/// The files of a built-in theme.
pub(crate) fn folder_of(theme: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src/themes").join(theme)
}

pub(crate) fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures")
}

pub(crate) fn json<T: DeserializeOwned>(path: &Path) -> T {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

pub(crate) fn templates() -> Templates {
    Templates::built_in().unwrap()
}

/// The blocks of a body without photos, joined.
pub(crate) fn body(markdown: &str) -> String {
    body_with(markdown, &[])
}

pub(crate) fn body_with(markdown: &str, photos: &[Photo]) -> String {
    let body = render_body(markdown, photos, "", PageLanguage::Chinese, &SiteSettings::chinese());
    body.blocks.iter().map(|block| block.html.as_str()).collect()
}

pub(crate) fn select(html: &Html, css: &str) -> Vec<String> {
    let selector = Selector::parse(css).unwrap();
    html.select(&selector).map(|element| element.text().collect::<String>()).collect()
}
