//! Photos as readers get them (◆ their names are frozen): `/media/{sha256}-{width}.{jpg|webp}`, in a few widths, and
//! `/media/{sha256}-{width}x{height}-{x}-{y}.{jpg|webp}`, cut to a shape around a point.
//!
//! A rendition is named by the photo, the width and the cut alone, so that a page is made without a look at pixels.
//! Not here: making the bytes (the newsroom's), and which photos a page shows (the renderer's).

use crate::hash::Sha256;

pub use cut::{Cut, MAX_CUT_WIDTH, MIN_CUT_PIXELS, Shape};

mod cut;

/// The widths that are made of a photo, as far as it is as wide; pixels. The last is the widest that is published.
pub const RENDITION_WIDTHS: [u32; 3] = [480, 960, 1600];

/// The widest rendition, and the only one of a photo whose size is not known: at most this many pixels wide.
pub const MAX_RENDITION_WIDTH: u32 = 1600;

/// The formats in which readers get photos.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RenditionFormat {
    /// For every reader, without transparency.
    Jpeg,
    /// For readers whose browsers can: all of today's.
    WebP,
}

impl RenditionFormat {
    /// The end of the file's name.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::WebP => "webp",
        }
    }

    /// Its MIME type.
    pub fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::WebP => "image/webp",
        }
    }

    /// The longest side that the format can hold, pixels.
    pub fn max_side(self) -> u32 {
        match self {
            Self::Jpeg => 65_535,
            Self::WebP => 16_383,
        }
    }
}

/// One rendition of a photo.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rendition {
    /// Of the photo's stripped bytes.
    pub sha256: Sha256,
    /// Pixels; a photo that is narrower keeps its own width, nothing is ever enlarged.
    pub width: u32,
    /// In which format.
    pub format: RenditionFormat,
    /// The part that it shows; none for all of the photo.
    pub cut: Option<Cut>,
}

impl Rendition {
    /// All of a photo at this width.
    pub fn whole(sha256: Sha256, width: u32, format: RenditionFormat) -> Self {
        Self { sha256, width, format, cut: None }
    }

    /// The cuts that are made of a photo of this size (pixels) around a point (thousandths of its width and height;
    /// none is its middle): one JPEG for each [`Shape`] of which it has enough pixels. Of a photo of unknown size
    /// (a side of 0) none.
    pub fn cuts(sha256: Sha256, size: (u32, u32), focal: Option<(u16, u16)>) -> Vec<Self> {
        let cut = |shape: Shape| {
            let cut = Some(Cut { shape, focal: focal.unwrap_or(cut::MIDDLE) });
            Some(Self { sha256, width: shape.width_within(size)?, format: RenditionFormat::Jpeg, cut })
        };
        Shape::ALL.into_iter().filter_map(cut).collect()
    }

    /// How high a cut is, pixels; none of a whole photo, whose height is its own.
    pub fn height(&self) -> Option<u32> {
        self.cut.map(|cut| cut.shape.height(self.width))
    }

    /// Its address on the site.
    pub fn address(&self) -> String {
        format!("/media/{}", self.file_name())
    }

    /// The last part of its address.
    pub fn file_name(&self) -> String {
        let Self { sha256, width, format, cut } = self;
        let extension = format.extension();
        match cut {
            None => format!("{sha256}-{width}.{extension}"),
            Some(Cut { shape, focal: (x, y) }) => {
                format!("{sha256}-{width}x{}-{x}-{y}.{extension}", shape.height(*width))
            }
        }
    }

    /// Reads an address; none for every other one, and for widths that no page asks for.
    pub fn of_address(address: &str) -> Option<Self> {
        let (name, extension) = address.strip_prefix("/media/")?.split_once('.')?;
        let (sha256, size) = name.split_once('-')?;
        let format = match extension {
            "jpg" => RenditionFormat::Jpeg,
            "webp" => RenditionFormat::WebP,
            _ => return None,
        };
        let (width, cut) = match size.split_once('x') {
            None => (size.parse().ok()?, None),
            Some((width, rest)) => {
                let width = width.parse().ok()?;
                (width, Some(Cut::of_name(width, rest)?))
            }
        };
        let rendition = Self { sha256: sha256.parse().ok()?, width, format, cut };
        let widest = if cut.is_some() { MAX_CUT_WIDTH } else { MAX_RENDITION_WIDTH };
        let is_asked_for = (1..=widest).contains(&width);
        // One spelling each: no `+480`, no `0480`, no upper-case digits.
        (is_asked_for && rendition.address() == address).then_some(rendition)
    }
}

/// The widths in which a photo of this size (pixels) is published in a format, ascending: those of
/// [`RENDITION_WIDTHS`] that are clearly smaller than the widest, then the widest, which is the photo's own width up
/// to [`MAX_RENDITION_WIDTH`]. A very long photo has fewer, down to none, as far as the format can hold it. A photo
/// of unknown size (a side of 0) is a JPEG of at most [`MAX_RENDITION_WIDTH`], and nothing else.
pub fn rendition_widths(size: (u32, u32), format: RenditionFormat) -> Vec<u32> {
    if size.0 == 0 || size.1 == 0 {
        return if format == RenditionFormat::Jpeg { vec![MAX_RENDITION_WIDTH] } else { Vec::new() };
    }
    let widest = size.0.min(MAX_RENDITION_WIDTH);
    // A step of less than a fifth is not worth its file.
    let is_smaller = |step: &u32| step * 5 <= widest * 4;
    let steps = RENDITION_WIDTHS.into_iter().filter(is_smaller).chain([widest]);
    steps.filter(|width| rendition_height(size, *width) <= format.max_side()).collect()
}

/// The height of a rendition of this width, pixels, rounded to the nearest and never 0; `size` is the photo's.
pub fn rendition_height(size: (u32, u32), width: u32) -> u32 {
    let (own_width, own_height) = (u64::from(size.0.max(1)), u64::from(size.1));
    let height = (own_height * u64::from(width) + own_width / 2) / own_width;
    u32::try_from(height).unwrap_or(u32::MAX).max(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rendition_has_one_address_and_an_address_one_rendition() {
        let sha256 = Sha256::of(b"photo");
        for (width, format, end) in [
            (480, RenditionFormat::Jpeg, "-480.jpg"),
            (1600, RenditionFormat::WebP, "-1600.webp"),
            (37, RenditionFormat::WebP, "-37.webp"),
        ] {
            let rendition = Rendition::whole(sha256, width, format);
            assert_eq!(rendition.address(), format!("/media/{sha256}{end}"));
            assert_eq!(Rendition::of_address(&rendition.address()), Some(rendition));
        }
        for end in
            ["", ".jpg", "-480", "-0.jpg", "-1601.jpg", "-+480.jpg", "-0480.jpg", "-480.png", "-480.jpg/x"]
        {
            assert_eq!(Rendition::of_address(&format!("/media/{sha256}{end}")), None, "{end}");
        }
        let upper = sha256.to_string().to_uppercase();
        assert_eq!(Rendition::of_address(&format!("/media/{upper}-480.jpg")), None);
        assert_eq!(Rendition::of_address("/media/x-480.jpg"), None);
        assert_eq!(Rendition::of_address(&format!("/thumb/{sha256}-480.jpg")), None);
    }

    #[test]
    fn no_photo_is_enlarged_and_no_two_widths_are_nearly_the_same() {
        for (size, jpeg, webp) in [
            ((0, 0), vec![1600], vec![]),
            ((640, 0), vec![1600], vec![]),
            ((1, 1), vec![1], vec![1]),
            ((480, 300), vec![480], vec![480]),
            ((500, 300), vec![500], vec![500]),
            ((600, 400), vec![480, 600], vec![480, 600]),
            ((1000, 700), vec![480, 1000], vec![480, 1000]),
            ((1200, 800), vec![480, 960, 1200], vec![480, 960, 1200]),
            ((8000, 6000), vec![480, 960, 1600], vec![480, 960, 1600]),
            // 长图
            ((1080, 30_000), vec![480, 1080], vec![480]),
            ((1, 70_000), vec![], vec![]),
        ] {
            assert_eq!(rendition_widths(size, RenditionFormat::Jpeg), jpeg, "{size:?}");
            assert_eq!(rendition_widths(size, RenditionFormat::WebP), webp, "{size:?}");
        }
    }

    #[test]
    fn a_height_keeps_the_shape_and_never_vanishes() {
        for (size, width, height) in [
            ((4000, 3000), 1600, 1200),
            ((3, 2), 3, 2),
            ((1000, 667), 480, 320),
            ((9000, 1), 480, 1),
            ((0, 5), 480, 2400),
        ] {
            assert_eq!(rendition_height(size, width), height, "{size:?} at {width}");
        }
    }
}
