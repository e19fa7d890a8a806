//! What a photo says of itself: XMP first, then IPTC, then Exif.

use exif::{Exif, In, Tag, Value};

use super::strip::Metadata;
use super::{iptc, xmp};

/// Longest text taken over.
const LONGEST: usize = 5_000;

/// Texts of a photo; empty where it says nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) caption: String,
    pub(super) creator: String,
    pub(super) credit: String,
    pub(super) copyright: String,
}

pub(super) fn read(metadata: &Metadata, exif: Option<&Exif>) -> Facts {
    let packet = metadata.xmp.as_deref().map(xmp::read).unwrap_or_default();
    let iptc = |kind| metadata.iptc.as_deref().map(|records| iptc::texts(records, kind).join("、"));
    let exif = |tag| exif.map(|exif| text(exif, tag));
    Facts {
        caption: first([Some(packet.caption), iptc(iptc::CAPTION), exif(Tag::ImageDescription)]),
        creator: first([Some(packet.creator), iptc(iptc::BYLINE), exif(Tag::Artist)]),
        credit: first([Some(packet.credit), iptc(iptc::CREDIT), None]),
        copyright: first([Some(packet.copyright), iptc(iptc::COPYRIGHT), exif(Tag::Copyright)]),
    }
}

/// What cameras write into every picture.
const BY_CAMERAS: [&str; 6] = [
    "OLYMPUS DIGITAL CAMERA",
    "MINOLTA DIGITAL CAMERA",
    "KONICA MINOLTA DIGITAL CAMERA",
    "SONY DSC",
    "DIGITAL CAMERA",
    "Exif_JPEG_PICTURE",
];

/// The first text that says something, without control characters.
fn first(texts: [Option<String>; 3]) -> String {
    let clean = |text: String| -> String {
        let kept = text.chars().filter(|c| !c.is_control() || *c == '\n').take(LONGEST);
        kept.collect::<String>().trim().to_owned()
    };
    texts
        .into_iter()
        .flatten()
        .map(clean)
        .find(|text| !text.is_empty() && !BY_CAMERAS.contains(&text.as_str()))
        .unwrap_or_default()
}

/// Cameras write UTF-8 where the standard asks for ASCII.
fn text(exif: &Exif, tag: Tag) -> String {
    match exif.get_field(tag, In::PRIMARY).map(|field| &field.value) {
        Some(Value::Ascii(lines)) => lines
            .first()
            .map(|line| String::from_utf8_lossy(line).replace('\u{fffd}', ""))
            .unwrap_or_default(),
        _ => String::new(),
    }
}
