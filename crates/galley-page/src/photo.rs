//! Photos as the page shows them: addresses of their renditions, caption, credit.
//!
//! Named by the photo and widths alone: no pixel is looked at, so that a page is made anywhere. Not here: the bytes
//! of renditions (`galley-newsroom`).

use std::fmt::Write as _;

use galley_model::rendition::{rendition_height, rendition_widths};
use galley_model::site::SiteSettings;
use galley_model::{DigitalSource, Photo, Rendition, RenditionFormat, Sha256};
use serde::{Deserialize, Serialize};

use crate::words::PageLanguage;

/// A photo ready for a template: only what readers may see.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PagePhoto {
    /// For who knows no `srcset`: the widest JPEG, or a GIF as it was handed in.
    pub address: String,
    /// The JPEGs with their widths, as `srcset` has them; empty when the photo has one form alone.
    pub srcset: String,
    /// The WebPs likewise.
    pub webp: String,
    /// The photo as it was handed in, to be linked; none where the site does not publish it.
    pub original: Option<String>,
    /// Text for those who do not see it.
    pub alt: String,
    /// Of what `address` names, pixels; 0 when unknown.
    pub width: u32,
    /// Of what `address` names, pixels; 0 when unknown.
    pub height: u32,
    /// 图片说明
    pub caption: String,
    /// The credit as printed, without its brackets.
    pub credit: String,
    /// Classes that keep the photo's point in sight where a card cuts it (`focus-x3 focus-y7`, tenths of its width
    /// and height); empty when no point was set.
    pub focus: String,
}

impl PagePhoto {
    /// None when the photo is of a kind that pages do not show. Its original is not linked.
    pub fn of(photo: &Photo, language: PageLanguage) -> Option<Self> {
        Some(Self {
            alt: photo.alt.clone(),
            caption: photo.caption.trim().to_owned(),
            credit: credit(photo, language),
            focus: photo.focal.map(focus).unwrap_or_default(),
            ..Self::unnamed(photo)?
        })
    }

    /// The same with its original linked, where the site publishes originals.
    pub(crate) fn with_original(self, photo: &Photo, site: &SiteSettings) -> Self {
        let original = site.publish_originals.then(|| media_address(photo.sha256, &photo.mime)).flatten();
        Self { original: original.filter(|original| *original != self.address), ..self }
    }

    /// A photo out of its main address and that one's size, as lists keep them: all its forms, and no words.
    pub fn of_address(address: &str, width: u32, height: u32) -> Self {
        let mut photo = Self { address: address.to_owned(), width, height, ..Self::default() };
        let Some(widest) =
            Rendition::of_address(address).filter(|it| it.cut.is_none() && width > 0 && height > 0)
        else {
            return photo;
        };
        photo.srcset = srcset(widest.sha256, (width, height), RenditionFormat::Jpeg);
        photo.webp = srcset(widest.sha256, (width, height), RenditionFormat::WebP);
        photo
    }

    fn unnamed(photo: &Photo) -> Option<Self> {
        let size = (photo.width, photo.height);
        let original = media_address(photo.sha256, &photo.mime)?;
        if photo.mime == GIF {
            return Some(Self { address: original, width: size.0, height: size.1, ..Self::default() });
        }
        let width = rendition_widths(size, RenditionFormat::Jpeg).pop()?;
        let address = Rendition::whole(photo.sha256, width, RenditionFormat::Jpeg).address();
        if size.0 == 0 || size.1 == 0 {
            return Some(Self { address, ..Self::default() });
        }
        Some(Self::of_address(&address, width, rendition_height(size, width)))
    }
}

/// A policy without inline styles has no place for a percentage: the style sheet has a class for each tenth.
fn focus((x, y): (u16, u16)) -> String {
    let tenth = |thousandths: u16| (thousandths.min(1000) + 50) / 100;
    format!("focus-x{} focus-y{}", tenth(x), tenth(y))
}

/// Shown as it is: it may move.
const GIF: &str = "image/gif";

fn srcset(sha256: Sha256, size: (u32, u32), format: RenditionFormat) -> String {
    let widths = rendition_widths(size, format);
    let mut srcset = String::with_capacity(widths.len() * 96);
    for width in widths {
        let comma = if srcset.is_empty() { "" } else { ", " };
        let _ = write!(srcset, "{comma}{} {width}w", Rendition::whole(sha256, width, format).address());
    }
    srcset
}

/// How the bytes of a published photo are made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum PhotoForm {
    /// As it was handed in, without its metadata.
    Original,
    /// Scaled, or cut, and encoded anew.
    Rendition(Rendition),
}

/// Every file that pages may name for a photo: its renditions, its cuts, and its original where the site publishes
/// originals. What a page does name is published with it, and nothing else.
pub fn photo_files(photo: &Photo) -> Vec<(String, PhotoForm)> {
    let Some(original) = media_address(photo.sha256, &photo.mime) else { return Vec::new() };
    let mut files = vec![(original, PhotoForm::Original)];
    if photo.mime != GIF {
        for format in [RenditionFormat::Jpeg, RenditionFormat::WebP] {
            for width in rendition_widths((photo.width, photo.height), format) {
                let rendition = Rendition::whole(photo.sha256, width, format);
                files.push((rendition.address(), PhotoForm::Rendition(rendition)));
            }
        }
    }
    files.extend(photo_cuts(photo).into_iter().map(|cut| (cut.address(), PhotoForm::Rendition(cut))));
    files
}

/// The cuts of an article's first photo that search engines are told of, the widest first: as many as it has pixels
/// for. Not of a GIF, and not of a photo of unknown size.
pub fn photo_cuts(photo: &Photo) -> Vec<Rendition> {
    let is_cut = photo.mime != GIF && media_address(photo.sha256, &photo.mime).is_some();
    if !is_cut {
        return Vec::new();
    }
    Rendition::cuts(photo.sha256, (photo.width, photo.height), photo.focal)
}

/// `/media/<sha256>.<ext>`: a photo as it was handed in; none when pages do not show this kind (a closed list).
pub fn media_address(sha256: Sha256, mime: &str) -> Option<String> {
    let ext = match mime {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/webp" => "webp",
        GIF => "gif",
        _ => return None,
    };
    Some(format!("/media/{sha256}.{ext}"))
}

/// 林一舟 摄; Photo: Lin Yizhou. A picture that no person made says so, whatever its credit.
fn credit(photo: &Photo, language: PageLanguage) -> String {
    let name = photo.credit.name.trim();
    let kind = photo.credit.kind.as_str();
    let named = !name.is_empty();
    let credit = match (language, kind) {
        (PageLanguage::Chinese, "courtesy") if named => format!("{name} 供图"),
        (PageLanguage::Chinese, "file") if named => format!("{name} 资料图"),
        (PageLanguage::Chinese, "file") => "资料图".to_owned(),
        (PageLanguage::Chinese, "ai") if named => format!("{name} AI生成"),
        (PageLanguage::Chinese, "ai") => "AI生成".to_owned(),
        (PageLanguage::Chinese, "photo" | "") if named => format!("{name} 摄"),
        (PageLanguage::English, "courtesy") if named => format!("Courtesy of {name}"),
        (PageLanguage::English, "file") if named => format!("File photo: {name}"),
        (PageLanguage::English, "file") => "File photo".to_owned(),
        (PageLanguage::English, "ai") if named => format!("AI-generated: {name}"),
        (PageLanguage::English, "ai") => "AI-generated".to_owned(),
        (PageLanguage::English, "photo" | "") if named => format!("Photo: {name}"),
        _ => name.to_owned(),
    };
    let words = language.words();
    let made = match photo.digital_source {
        DigitalSource::AiGenerated if kind != "ai" => words.ai_generated,
        DigitalSource::AiAssisted if kind != "ai" => words.ai_assisted,
        _ => return credit,
    };
    match (credit.is_empty(), language) {
        (true, _) => made.to_owned(),
        (false, PageLanguage::Chinese) => format!("{credit}，{made}"),
        (false, PageLanguage::English) => format!("{credit}; {made}"),
    }
}

#[cfg(test)]
mod tests {
    use galley_model::{PhotoCredit, PhotoId};

    use super::*;

    fn photo(mime: &str, width: u32, height: u32) -> Photo {
        Photo {
            id: PhotoId(Default::default()),
            sha256: Sha256::of(b""),
            mime: mime.to_owned(),
            width,
            height,
            caption: String::new(),
            credit: PhotoCredit::default(),
            alt: String::new(),
            focal: None,
            digital_source: DigitalSource::Human,
        }
    }

    #[test]
    fn a_page_names_the_files_that_are_published_and_no_others() {
        let site = |publish_originals| SiteSettings { publish_originals, ..SiteSettings::chinese() };
        let check = |mime: &str, (width, height): (u32, u32), size: (u32, u32), ends: &[&str]| {
            let photo = photo(mime, width, height);
            for publish_originals in [false, true] {
                let site = site(publish_originals);
                let shown =
                    PagePhoto::of(&photo, PageLanguage::Chinese).unwrap().with_original(&photo, &site);
                assert_eq!((shown.width, shown.height), size);
                let mut named: Vec<String> = [&shown.srcset, &shown.webp]
                    .into_iter()
                    .flat_map(|srcset| srcset.split(", "))
                    .filter_map(|entry| entry.split_once(' ').map(|(address, _)| address.to_owned()))
                    .chain([shown.address.clone()])
                    .chain(shown.original.clone())
                    .collect();
                named.sort();
                named.dedup();
                let cuts = photo_cuts(&photo);
                let is_named = |form: &PhotoForm| !cuts.iter().any(|cut| *form == PhotoForm::Rendition(*cut));
                let mut files: Vec<String> = photo_files(&photo)
                    .into_iter()
                    .filter(|(_, form)| is_named(form))
                    .map(|(address, _)| address)
                    .collect();
                files.sort();
                if publish_originals {
                    assert_eq!(named, files, "{mime} {width} x {height}");
                } else {
                    let mut ends: Vec<String> =
                        ends.iter().map(|end| format!("/media/{}{end}", photo.sha256)).collect();
                    ends.sort();
                    assert_eq!(named, ends, "{mime} {width} x {height}");
                }
                let again = PagePhoto::of_address(&shown.address, shown.width, shown.height);
                assert_eq!((again.srcset, again.webp), (shown.srcset, shown.webp), "lists show the same");
            }
        };
        let wide = ["-480.jpg", "-960.jpg", "-1600.jpg", "-480.webp", "-960.webp", "-1600.webp"];
        check("image/jpeg", (4000, 3000), (1600, 1200), &wide);
        check("image/png", (500, 400), (500, 400), &["-500.jpg", "-500.webp"]);
        check("image/webp", (0, 0), (0, 0), &["-1600.jpg"]);
        check("image/jpeg", (640, 0), (0, 0), &["-1600.jpg"]);
        check("image/png", (1080, 30_000), (1080, 30_000), &["-480.jpg", "-1080.jpg", "-480.webp"]);
        check("image/gif", (640, 480), (640, 480), &[".gif"]);
        assert_eq!(photo_files(&photo("image/svg+xml", 1, 1)), []);
    }

    #[test]
    fn a_photo_is_cut_around_its_point_where_it_has_pixels_for_it() {
        let check = |mime: &str, size: (u32, u32), focal: Option<(u16, u16)>, ends: &[&str]| {
            let photo = Photo { focal, ..photo(mime, size.0, size.1) };
            let cuts: Vec<String> = photo_cuts(&photo).iter().map(Rendition::address).collect();
            let ends: Vec<String> = ends.iter().map(|end| format!("/media/{}-{end}", photo.sha256)).collect();
            assert_eq!(cuts, ends, "{mime} {size:?}");
            let files = photo_files(&photo);
            assert!(ends.iter().all(|end| files.iter().any(|(address, _)| address == end)));
        };
        let all = ["1200x675-123-987.jpg", "1200x900-123-987.jpg", "1200x1200-123-987.jpg"];
        check("image/jpeg", (4000, 3000), Some((123, 987)), &all);
        check("image/png", (300, 200), None, &["300x169-500-500.jpg", "266x200-500-500.jpg"]);
        check("image/jpeg", (0, 0), None, &[]);
        check("image/gif", (4000, 3000), None, &[]);
        check("image/svg+xml", (4000, 3000), None, &[]);
    }

    #[test]
    fn a_point_is_told_in_tenths() {
        let shown =
            |focal| PagePhoto::of(&Photo { focal, ..photo("image/jpeg", 4, 3) }, PageLanguage::Chinese);
        for (focal, focus) in [
            (None, ""),
            (Some((0, 0)), "focus-x0 focus-y0"),
            (Some((49, 50)), "focus-x0 focus-y1"),
            (Some((500, 333)), "focus-x5 focus-y3"),
            (Some((1000, u16::MAX)), "focus-x10 focus-y10"),
        ] {
            assert_eq!(shown(focal).unwrap().focus, focus);
        }
    }

    #[test]
    fn a_credit_is_worded_by_its_kind_and_tells_what_no_person_made() {
        use DigitalSource::{AiAssisted, AiGenerated, Human};
        let check = |name: &str, kind: &str, made: DigitalSource, chinese: &str, english: &str| {
            let credit_line = PhotoCredit { name: name.to_owned(), kind: kind.to_owned() };
            let photo = Photo { credit: credit_line, digital_source: made, ..photo("image/jpeg", 0, 0) };
            assert_eq!(credit(&photo, PageLanguage::Chinese), chinese);
            assert_eq!(credit(&photo, PageLanguage::English), english);
        };
        check("林一舟", "", Human, "林一舟 摄", "Photo: 林一舟");
        check("林一舟", "photo", AiAssisted, "林一舟 摄，AI辅助生成", "Photo: 林一舟; AI-assisted");
        check("县教育局", "courtesy", Human, "县教育局 供图", "Courtesy of 县教育局");
        check("", "courtesy", Human, "", "");
        check("", "file", Human, "资料图", "File photo");
        check("", "ai", AiGenerated, "AI生成", "AI-generated");
        check("", "", AiGenerated, "AI生成", "AI-generated");
        check("何敏", "unknown", Human, "何敏", "何敏");
    }

    #[test]
    fn only_four_kinds_of_picture_have_an_address() {
        let sha256 = Sha256::of(b"");
        for (mime, ext) in
            [("image/jpeg", "jpg"), ("image/png", "png"), ("image/webp", "webp"), ("image/gif", "gif")]
        {
            assert_eq!(media_address(sha256, mime), Some(format!("/media/{sha256}.{ext}")));
        }
        for mime in ["image/svg+xml", "text/html", "", "image/jpeg/../../x"] {
            assert_eq!(media_address(sha256, mime), None);
        }
    }
}
