//! An article as the newsroom speaks of it, read out of the document's body and facts.

use std::collections::BTreeMap;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::hash::Sha256;
use crate::id::{ContributorId, PhotoId};
use crate::meta::{Meta, field};
use crate::time::Instant;

/// Everything a writer fills in. Authority facts (stage, responsible editor, sign-offs, publications) are the
/// newsroom's and never here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Content {
    /// The headline, as typed.
    pub headline: String,
    /// Line above the headline.
    pub kicker: String,
    /// Line below the headline.
    pub subheadline: String,
    /// For lists and phones.
    pub short_headline: String,
    /// As typed; empty means the default of the article's id. Outside the content hash: the address is a
    /// fact of the page.
    pub slug: String,
    /// The [`crate::site::Section::slug`] of where it stands; [`crate::site::SiteSettings::section`] finds the
    /// section, whose names are a fact of the page.
    pub section: String,
    /// Genre by name.
    pub genre: String,
    /// Who is credited.
    pub source: Source,
    /// In order.
    pub contributors: Vec<Contributor>,
    /// Overrides the composed byline when not empty.
    pub byline: String,
    /// Overrides the composed dateline when not empty.
    pub dateline: String,
    /// Excerpt.
    pub summary: String,
    /// In order.
    pub keywords: Vec<String>,
    /// Markdown.
    pub body: String,
    /// In order; a photo stands in the body as `![…](photo:<id>)`, the lead photo above it.
    pub photos: Vec<Photo>,
    /// Which photo leads.
    pub lead_photo: Option<PhotoId>,
    /// How the text came about.
    pub digital_source: DigitalSource,
    /// BCP 47; empty means the site's.
    pub language: String,
    /// 1 to 9; 0 when unset. Outside the content hash.
    pub urgency: u8,
    /// Not before. Outside the content hash.
    pub embargo: Option<Instant>,
    /// Why not before. Never published, outside the content hash.
    pub embargo_reason: String,
    /// Never published, outside the content hash.
    pub editor_note: String,
}

/// Who is credited, and how the text reached the newsroom.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Source {
    /// The credited name.
    pub name: String,
    /// How it came.
    pub category: SourceCategory,
    /// For reprints.
    pub original_title: String,
    /// For reprints.
    pub original_author: String,
    /// For reprints.
    pub original_url: String,
}

/// 自采, 通讯员来稿, 通稿, 部门供稿, 转载.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceCategory {
    /// 自采
    #[default]
    Staff,
    /// 通讯员来稿
    Contributor,
    /// 通稿
    Wire,
    /// 部门供稿
    Handout,
    /// 转载
    Reprint,
}

impl SourceCategory {
    /// The word that stands in the document and in the content hash.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Staff => "staff",
            Self::Contributor => "contributor",
            Self::Wire => "wire",
            Self::Handout => "handout",
            Self::Reprint => "reprint",
        }
    }
}

/// One person who made the article. A name needs no account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contributor {
    /// Which entry; never published, outside the content hash.
    pub id: ContributorId,
    /// As printed.
    pub name: String,
    /// A configurable word such as 记者 or 通讯员.
    #[serde(default)]
    pub role: String,
    /// The unit they belong to.
    #[serde(default)]
    pub unit: String,
}

/// A photo of an article; `sha256` names its stripped bytes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Photo {
    /// Which photo: what `photo:<id>` in the body and [`Content::lead_photo`] point at.
    pub id: PhotoId,
    /// Of the stripped bytes.
    pub sha256: Sha256,
    /// `image/jpeg`, `image/png`, `image/webp` or `image/gif`. Like the size, a property of the bytes and so
    /// not in the content hash beside their name.
    #[serde(default)]
    pub mime: String,
    /// Pixels, after orientation.
    #[serde(default)]
    pub width: u32,
    /// Pixels, after orientation.
    #[serde(default)]
    pub height: u32,
    /// 图片说明
    #[serde(default)]
    pub caption: String,
    /// 图片署名
    #[serde(default)]
    pub credit: PhotoCredit,
    /// 替代文字
    #[serde(default)]
    pub alt: String,
    /// Parts of a thousand from the left and the top, 0 to 1000.
    #[serde(default)]
    pub focal: Option<(u16, u16)>,
    /// How the picture came about.
    #[serde(default)]
    pub digital_source: DigitalSource,
}

/// 图片署名: a name and how it is worded (摄, 供图, 资料图, AI生成).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PhotoCredit {
    /// Photographer or provider.
    pub name: String,
    /// `photo` 摄, `courtesy` 供图, `file` 资料图, `ai` AI生成; empty means `photo`.
    pub kind: String,
}

/// IPTC digitalSourceType, the three that the window offers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DigitalSource {
    /// Made by people.
    #[default]
    Human,
    /// AI-assisted.
    AiAssisted,
    /// AI-generated.
    AiGenerated,
}

impl DigitalSource {
    /// The word that stands in the document and in the content hash.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Human => "human",
            Self::AiAssisted => "ai_assisted",
            Self::AiGenerated => "ai_generated",
        }
    }
}

impl Content {
    /// Reads an article out of its document. Never fails: what cannot be read (a photo without a hash, an
    /// unknown category, an entry whose id is not an id) and what says nothing yet (a contributor without a
    /// name) is left out or takes its default, and stays untouched in the document.
    pub fn from_parts(body: &str, meta: &Meta) -> Self {
        let text = |name: &str| meta.get(name).cloned().unwrap_or_default();
        let photos = photos(meta);
        let lead_photo = meta.get(field::LEAD_PHOTO).and_then(|id| id.parse().ok());
        Self {
            headline: text(field::HEADLINE),
            kicker: text(field::KICKER),
            subheadline: text(field::SUBHEADLINE),
            short_headline: text(field::SHORT_HEADLINE),
            slug: text(field::SLUG),
            section: text(field::SECTION),
            genre: text(field::GENRE),
            source: Source {
                name: text(field::SOURCE),
                category: word(meta, field::SOURCE_CATEGORY),
                original_title: text(field::ORIGINAL_TITLE),
                original_author: text(field::ORIGINAL_AUTHOR),
                original_url: text(field::ORIGINAL_URL),
            },
            contributors: contributors(meta),
            byline: text(field::BYLINE),
            dateline: text(field::DATELINE),
            summary: text(field::SUMMARY),
            keywords: keywords(meta),
            body: body.to_owned(),
            lead_photo: lead_photo.filter(|lead| photos.iter().any(|photo| photo.id == *lead)),
            photos,
            digital_source: word(meta, field::DIGITAL_SOURCE),
            language: text(field::LANGUAGE),
            urgency: number(meta, field::URGENCY).filter(|n| (1..=9).contains(n)).unwrap_or_default(),
            embargo: number(meta, field::EMBARGO).map(Instant),
            embargo_reason: text(field::EMBARGO_REASON),
            editor_note: text(field::EDITOR_NOTE),
        }
    }
}

/// An enum by its serde name, its default when absent or unknown.
fn word<T: Default + serde::de::DeserializeOwned>(meta: &Meta, key: &str) -> T {
    meta.get(key)
        .and_then(|name| serde_json::from_value(serde_json::Value::String(name.clone())).ok())
        .unwrap_or_default()
}

fn number<T: FromStr>(meta: &Meta, key: &str) -> Option<T> {
    meta.get(key)?.parse().ok()
}

/// Groups `prefix/<id>/<what>` by id, without the removed, in the order of `order` and then id.
fn entries(meta: &Meta, prefix: &str) -> Vec<(String, Meta)> {
    let mut by_id: BTreeMap<String, Meta> = BTreeMap::new();
    let start = format!("{prefix}/");
    for (key, value) in meta.range(start.clone()..).take_while(|(key, _)| key.starts_with(&start)) {
        let mut parts = key.splitn(3, '/').skip(1);
        if let (Some(id), Some(what)) = (parts.next(), parts.next()) {
            by_id.entry(id.to_owned()).or_default().insert(what.to_owned(), value.clone());
        }
    }
    let mut entries: Vec<_> =
        by_id.into_iter().filter(|(_, entry)| entry.get("removed").is_none_or(String::is_empty)).collect();
    entries.sort_by(|(a_id, a), (b_id, b)| (a.get("order"), a_id).cmp(&(b.get("order"), b_id)));
    entries
}

fn contributors(meta: &Meta) -> Vec<Contributor> {
    let of = |(id, mut entry): (String, Meta)| {
        let mut take = |what: &str| entry.remove(what).unwrap_or_default();
        let contributor =
            Contributor { id: id.parse().ok()?, name: take("name"), role: take("role"), unit: take("unit") };
        (!contributor.name.trim().is_empty()).then_some(contributor)
    };
    entries(meta, "contributor").into_iter().filter_map(of).collect()
}

fn photos(meta: &Meta) -> Vec<Photo> {
    let of = |(id, entry): (String, Meta)| {
        let text = |what: &str| entry.get(what).cloned().unwrap_or_default();
        Some(Photo {
            id: id.parse().ok()?,
            sha256: entry.get("sha")?.parse().ok()?,
            mime: text("mime"),
            width: number(&entry, "width").unwrap_or_default(),
            height: number(&entry, "height").unwrap_or_default(),
            caption: text("caption"),
            credit: PhotoCredit { name: text("credit"), kind: text("credit_kind") },
            alt: text("alt"),
            focal: entry.get("focal").and_then(|at| focal(at)),
            digital_source: word(&entry, "digital_source"),
        })
    };
    entries(meta, "photo").into_iter().filter_map(of).collect()
}

fn focal(at: &str) -> Option<(u16, u16)> {
    let (x, y) = at.split_once(',')?;
    let part = |text: &str| text.parse().ok().filter(|part: &u16| *part <= 1000);
    Some((part(x)?, part(y)?))
}

fn keywords(meta: &Meta) -> Vec<String> {
    let mut words: Vec<(&String, &str)> = meta
        .iter()
        .filter_map(|(key, order)| Some((order, key.strip_prefix("keyword/")?)))
        .filter(|(order, word)| !order.is_empty() && !word.trim().is_empty())
        .collect();
    words.sort();
    words.into_iter().map(|(_, word)| word.to_owned()).collect()
}
