//! Photos as the page shows them: address, caption, credit.

use galley_model::{DigitalSource, Photo, Sha256};
use serde::{Deserialize, Serialize};

use crate::words::PageLanguage;

/// A photo ready for a template: only what readers may see.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PagePhoto {
    /// `/media/<sha256>.<ext>`
    pub address: String,
    /// Text for those who do not see it.
    pub alt: String,
    /// Pixels; 0 when unknown.
    pub width: u32,
    /// Pixels; 0 when unknown.
    pub height: u32,
    /// 图片说明
    pub caption: String,
    /// The credit as printed, without its brackets.
    pub credit: String,
}

impl PagePhoto {
    /// None when the photo is of a kind that pages do not show.
    pub fn of(photo: &Photo, language: PageLanguage) -> Option<Self> {
        Some(Self {
            address: media_address(photo.sha256, &photo.mime)?,
            alt: photo.alt.clone(),
            width: photo.width,
            height: photo.height,
            caption: photo.caption.trim().to_owned(),
            credit: credit(photo, language),
        })
    }
}

/// `/media/<sha256>.<ext>`, or none when pages do not show this kind (a closed list).
pub fn media_address(sha256: Sha256, mime: &str) -> Option<String> {
    let ext = match mime {
        "image/jpeg" => "jpg",
        "image/png" => "png",
        "image/webp" => "webp",
        "image/gif" => "gif",
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

    #[test]
    fn a_credit_is_worded_by_its_kind_and_tells_what_no_person_made() {
        use DigitalSource::{AiAssisted, AiGenerated, Human};
        let check = |name: &str, kind: &str, made: DigitalSource, chinese: &str, english: &str| {
            let photo = Photo {
                id: PhotoId(Default::default()),
                sha256: Sha256::of(b""),
                mime: "image/jpeg".to_owned(),
                width: 0,
                height: 0,
                caption: String::new(),
                credit: PhotoCredit { name: name.to_owned(), kind: kind.to_owned() },
                alt: String::new(),
                focal: None,
                digital_source: made,
            };
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
