//! Which way up a photo is: read out of Exif, and written as an Exif of that one fact.
//!
//! Turning the pixels instead would not be lossless for every size of JPEG; browsers and WebKit honour the tag.

use exif::{In, Tag};

/// Exif's numbers: 1 upright, 5 to 8 on a side.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Orientation(u8);

impl Orientation {
    pub(super) const UPRIGHT: Self = Self(1);

    /// Of Exif without its container's prefix; upright when it does not say.
    pub(super) fn of(exif: &exif::Exif) -> Self {
        let number = exif.get_field(Tag::Orientation, In::PRIMARY).and_then(|field| field.value.get_uint(0));
        match number {
            Some(number @ 2..=8) => Self(number as u8),
            _ => Self::UPRIGHT,
        }
    }

    /// Whether width and height change places.
    pub(super) fn turns(self) -> bool {
        self.0 >= 5
    }

    /// An Exif of this fact alone; none for upright.
    pub(super) fn exif(self) -> Option<Vec<u8>> {
        let mut exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
        exif.extend([self.0, 0, 0, 0, 0, 0, 0, 0]);
        (self != Self::UPRIGHT).then_some(exif)
    }
}
