//! The part of a photo that others show who have room of their own shape: search engines ask for three of them
//! (<https://developers.google.com/search/docs/appearance/structured-data/article>).

use super::{MAX_RENDITION_WIDTH, rendition_height};

/// The widest cut, pixels.
pub const MAX_CUT_WIDTH: u32 = 1200;

/// A cut of fewer pixels is not made: search engines do not take it.
pub const MIN_CUT_PIXELS: u32 = 50_000;

/// The middle of a photo, in thousandths.
pub(super) const MIDDLE: (u16, u16) = (500, 500);

/// A shape to which photos are cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Shape {
    /// 16:9
    Wide,
    /// 4:3
    Classic,
    /// 1:1
    Square,
}

impl Shape {
    /// All of them, the widest first.
    pub const ALL: [Self; 3] = [Self::Wide, Self::Classic, Self::Square];

    /// Width to height.
    pub fn ratio(self) -> (u32, u32) {
        match self {
            Self::Wide => (16, 9),
            Self::Classic => (4, 3),
            Self::Square => (1, 1),
        }
    }

    /// The height at a width, pixels, rounded to the nearest.
    pub fn height(self, width: u32) -> u32 {
        let (wide, high) = self.ratio();
        rendition_height((wide, high), width)
    }

    /// The largest part of this shape within a size, pixels; its height is [`Shape::height`] of its width.
    pub fn within(self, (width, height): (u32, u32)) -> (u32, u32) {
        let (wide, high) = self.ratio();
        let reached = u64::from(height) * u64::from(wide) / u64::from(high);
        let width = u32::try_from(reached).unwrap_or(u32::MAX).clamp(1, width.max(1));
        (width, self.height(width))
    }

    /// How wide a cut of a photo of this size is: no wider than [`MAX_CUT_WIDTH`], and of no more pixels than the
    /// widest rendition has. None where it had fewer than [`MIN_CUT_PIXELS`], and for a photo of unknown size.
    pub(super) fn width_within(self, size: (u32, u32)) -> Option<u32> {
        if size.0 == 0 || size.1 == 0 {
            return None;
        }
        let widest = size.0.min(MAX_RENDITION_WIDTH);
        let width = self.within((widest, rendition_height(size, widest))).0.min(MAX_CUT_WIDTH);
        let n_pixels = u64::from(width) * u64::from(self.height(width));
        (n_pixels >= u64::from(MIN_CUT_PIXELS)).then_some(width)
    }
}

/// A cut to a shape around a point.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Cut {
    /// Its shape.
    pub shape: Shape,
    /// What stands in its middle as far as the photo reaches, in thousandths of the photo's width and height.
    pub focal: (u16, u16),
}

impl Cut {
    /// Reads what stands in a name behind the width: `675-500-333`.
    pub(super) fn of_name(width: u32, rest: &str) -> Option<Self> {
        let mut parts = rest.split('-');
        let (height, x, y) = (parts.next()?, parts.next()?, parts.next()?);
        let height: u32 = height.parse().ok()?;
        let focal: (u16, u16) = (x.parse().ok()?, y.parse().ok()?);
        if focal.0 > 1000 || focal.1 > 1000 || parts.next().is_some() {
            return None;
        }
        // Of a width of a few pixels two shapes may have the same height; such cuts are not made.
        let shape = Shape::ALL.into_iter().find(|shape| shape.height(width) == height)?;
        Some(Self { shape, focal })
    }

    /// Where the cut lies in a picture of this size, pixels: its corner at the top left, and its size.
    pub fn place(self, size: (u32, u32)) -> ((u32, u32), (u32, u32)) {
        let part = self.shape.within(size);
        let start = |side: u32, part: u32, focal: u16| {
            let middle = u64::from(side) * u64::from(focal.min(1000)) / 1000;
            let start = middle.saturating_sub(u64::from(part / 2));
            u32::try_from(start).unwrap_or(u32::MAX).min(side.saturating_sub(part))
        };
        ((start(size.0, part.0, self.focal.0), start(size.1, part.1, self.focal.1)), part)
    }
}

#[cfg(test)]
mod tests {
    use super::super::Rendition;
    use super::*;
    use crate::Sha256;

    fn ends(size: (u32, u32), focal: Option<(u16, u16)>) -> Vec<String> {
        let sha256 = Sha256::of(b"photo");
        let cuts = Rendition::cuts(sha256, size, focal);
        cuts.iter()
            .map(|cut| {
                assert_eq!(Rendition::of_address(&cut.address()), Some(*cut), "one address each");
                cut.address().replace(&format!("/media/{sha256}-"), "")
            })
            .collect()
    }

    #[test]
    fn a_photo_is_cut_to_three_shapes_where_it_is_large_enough() {
        let check = |size: (u32, u32), expected: &[&str]| assert_eq!(ends(size, None), expected, "{size:?}");
        let large = ["1200x675-500-500.jpg", "1200x900-500-500.jpg", "1200x1200-500-500.jpg"];
        check((4000, 3000), &large);
        check((3000, 4000), &large);
        check((1600, 1200), &large);
        check((800, 600), &["800x450-500-500.jpg", "800x600-500-500.jpg", "600x600-500-500.jpg"]);
        // A panorama has height for no more.
        check((6000, 1000), &["474x267-500-500.jpg", "356x267-500-500.jpg", "267x267-500-500.jpg"]);
        check((300, 225), &["300x169-500-500.jpg", "300x225-500-500.jpg", "225x225-500-500.jpg"]);
        check((290, 230), &["290x218-500-500.jpg", "230x230-500-500.jpg"]);
        check((230, 230), &["230x230-500-500.jpg"]);
        for small in [(200, 200), (1, 1), (0, 0), (4000, 0), (1, 70_000), (70_000, 1)] {
            check(small, &[]);
        }
    }

    #[test]
    fn the_point_is_in_the_name() {
        assert_eq!(ends((1600, 900), Some((0, 1000)))[0], "1200x675-0-1000.jpg");
    }

    #[test]
    fn a_cut_keeps_its_point_in_sight_and_within_the_photo() {
        let check = |shape: Shape,
                     size: (u32, u32),
                     focal: (u16, u16),
                     start: (u32, u32),
                     part: (u32, u32)| {
            assert_eq!(Cut { shape, focal }.place(size), (start, part), "{shape:?} of {size:?} at {focal:?}");
        };
        check(Shape::Square, (1600, 900), (500, 500), (350, 0), (900, 900));
        check(Shape::Square, (1600, 900), (0, 0), (0, 0), (900, 900));
        check(Shape::Square, (1600, 900), (1000, 1000), (700, 0), (900, 900));
        check(Shape::Square, (1600, 900), (400, 900), (190, 0), (900, 900));
        check(Shape::Wide, (900, 1600), (500, 100), (0, 0), (900, 506));
        check(Shape::Wide, (900, 1600), (500, 400), (0, 387), (900, 506));
        check(Shape::Classic, (1200, 900), (7, 7), (0, 0), (1200, 900));
        check(Shape::Wide, (1, 1), (1000, 1000), (0, 0), (1, 1));
    }

    #[test]
    fn no_other_name_is_a_cut() {
        let sha256 = Sha256::of(b"photo");
        let is_one = |end: &str| Rendition::of_address(&format!("/media/{sha256}-{end}")).is_some();
        assert!(is_one("1200x675-500-500.jpg"));
        for end in [
            "1200x676-500-500.jpg",
            "1201x676-500-500.jpg",
            "1600x900-500-500.jpg",
            "1200x675-1001-500.jpg",
            "1200x675-500-1001.jpg",
            "1200x675-500.jpg",
            "1200x675-500-500-500.jpg",
            "1200x675-0500-500.jpg",
            "1200x675-+500-500.jpg",
            "1200x675.jpg",
            "x-0-0.jpg",
            "0x0-0-0.jpg",
        ] {
            assert!(!is_one(end), "{end}");
        }
    }
}
