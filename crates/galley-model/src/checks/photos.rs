//! Checks of the photos: what each lacks, and whether body and list agree.

use super::{Problem, text};
use crate::content::{Content, DigitalSource};
use crate::id::PhotoId;
use crate::meta::photo_key;

pub(super) fn problems(found: &mut Vec<Problem>, content: &Content) {
    let marks = marks(&content.body);
    for (id, at_utf16) in &marks {
        if !content.photos.iter().any(|photo| photo.id == *id) {
            found.push(Problem::soft("photo_gone", "body").with("at", at_utf16));
        }
    }
    for (n, photo) in (1..).zip(&content.photos) {
        let key = |what: &str| photo_key(photo.id, what);
        let mut lacks = |code: &'static str, what: &str| {
            found.push(Problem::soft(code, key(what)).with("n", n));
        };
        let stands = content.lead_photo == Some(photo.id) || marks.iter().any(|(id, _)| *id == photo.id);
        if !stands {
            lacks("photo_unused", "sha");
        }
        if photo.caption.trim().is_empty() {
            lacks("photo_caption_missing", "caption");
        }
        if photo.credit.name.trim().is_empty() && photo.credit.kind != "ai" {
            lacks("photo_credit_missing", "credit");
        }
        if photo.alt.trim().is_empty() {
            lacks("photo_alt_missing", "alt");
        }
        if photo.credit.kind == "ai" && photo.digital_source == DigitalSource::Human {
            lacks("photo_origin_unclear", "digital_source");
        }
        text(found, &key("caption"), &photo.caption);
        text(found, &key("credit"), &photo.credit.name);
        text(found, &key("alt"), &photo.alt);
    }
}

/// The photos that the body points at, with where (UTF-16).
fn marks(body: &str) -> Vec<(PhotoId, usize)> {
    const MARK: &str = "](photo:";
    const ID_LENGTH: usize = 36;
    let (mut at_utf16, mut measured) = (0, 0);
    let mut marks = Vec::new();
    for (at, mark) in body.match_indices(MARK) {
        let start = at + mark.len();
        let Some(id) = body.get(start..start + ID_LENGTH).and_then(|id| id.parse().ok()) else { continue };
        at_utf16 += body.get(measured..at).unwrap_or_default().encode_utf16().count();
        measured = at;
        marks.push((id, at_utf16));
    }
    marks
}
