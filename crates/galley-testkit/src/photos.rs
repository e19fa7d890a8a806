//! Photos made by code: real pictures with everything a camera and an agency write into them, and files that
//! only look like photos.
//!
//! Every private word in the metadata holds `SECRET`, so that a test finds a leak by looking for
//! [`PRIVATE_MARKS`] in bytes; what must survive stripping is [`CAPTION`], [`PHOTOGRAPHER`], [`CREDIT`] and
//! [`COPYRIGHT`].

mod bad;
mod metadata;

use std::io::Cursor;

use image::codecs::gif::GifEncoder;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::PngEncoder;
use image::codecs::webp::WebPEncoder;
use image::{Delay, ExtendedColorType, Frame, ImageEncoder, ImageResult, Rgb, RgbImage};

pub use bad::{BadFile, bad_files};

use crate::random::Random;

/// The description in Exif, IPTC and XMP.
pub const CAPTION: &str = "市民在湖心岛新步道上散步。";
/// The creator.
pub const PHOTOGRAPHER: &str = "林一舟";
/// The credit line.
pub const CREDIT: &str = "云溪县融媒体中心";
/// The copyright notice.
pub const COPYRIGHT: &str = "© 2026 云溪县融媒体中心";
/// The alternative text in XMP.
pub const ALT: &str = "湖边的步道，远处是山";

/// Bytes that must not be in anything published: serial numbers, a maker's note, a comment, the place (as the
/// first number of its latitude in Exif, in both byte orders, and as XMP writes it), the hidden thumbnail.
pub const PRIVATE_MARKS: [&[u8]; 5] = [
    b"SECRET",
    &314_159_265_u32.to_le_bytes(),
    &314_159_265_u32.to_be_bytes(),
    b"31,14.159N",
    b"GPSLatitude",
];

/// A format a photo is made in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// With Exif, IPTC, XMP, a colour profile, a comment and bytes after its end.
    Jpeg,
    /// With Exif, XMP and text chunks.
    Png,
    /// With Exif.
    WebP,
    /// Two frames.
    Gif,
}

/// A photo of a lake, differing by seed.
#[derive(Clone, Copy, Debug)]
pub struct Photo {
    /// Which lake.
    pub seed: u64,
    /// Pixels as stored, before orientation.
    pub width: u32,
    /// Pixels as stored, before orientation.
    pub height: u32,
    /// Exif orientation, 1 to 8.
    pub orientation: u8,
    /// Whether the file carries metadata.
    pub metadata: bool,
}

impl Default for Photo {
    fn default() -> Self {
        Self { seed: 1, width: 320, height: 200, orientation: 1, metadata: true }
    }
}

/// A small JPEG as a camera and a picture desk leave it.
pub fn jpeg(seed: u64) -> Vec<u8> {
    Photo { seed, ..Photo::default() }.file(Format::Jpeg)
}

/// A small PNG with metadata.
pub fn png(seed: u64) -> Vec<u8> {
    Photo { seed, ..Photo::default() }.file(Format::Png)
}

impl Photo {
    /// The bytes of the file.
    ///
    /// # Panics
    /// When the encoder refuses, which a size of at least one pixel does not bring about.
    #[expect(clippy::expect_used, reason = "test data: a picture of some pixels is always encoded")]
    pub fn file(&self, format: Format) -> Vec<u8> {
        self.encode(format).expect("the picture can be encoded")
    }

    fn encode(&self, format: Format) -> ImageResult<Vec<u8>> {
        let picture = self.picture();
        let mut bytes = Vec::new();
        match format {
            Format::Jpeg => {
                JpegEncoder::new_with_quality(&mut bytes, 82).encode_image(&picture)?;
                if self.metadata {
                    bytes = metadata::into_jpeg(&bytes, self.orientation);
                }
            }
            Format::Png => {
                let (width, height) = picture.dimensions();
                let encoder = PngEncoder::new(&mut bytes);
                encoder.write_image(picture.as_raw(), width, height, image::ExtendedColorType::Rgb8)?;
                if self.metadata {
                    bytes = metadata::into_png(&bytes, self.orientation);
                }
            }
            Format::WebP => {
                let (width, height) = picture.dimensions();
                let mut encoder = WebPEncoder::new_lossless(&mut bytes);
                if self.metadata {
                    // The format has room for it; an encoder that has not says so.
                    encoder.set_exif_metadata(metadata::exif(self.orientation)).ok();
                }
                encoder.write_image(picture.as_raw(), width, height, image::ExtendedColorType::Rgb8)?;
            }
            Format::Gif => {
                let second = Self { seed: self.seed + 1, ..*self }.picture();
                let mut encoder = GifEncoder::new(Cursor::new(&mut bytes));
                for frame in [picture, second] {
                    let frame = image::DynamicImage::from(frame).into_rgba8();
                    encoder.encode_frame(Frame::from_parts(
                        frame,
                        0,
                        0,
                        Delay::from_numer_denom_ms(500, 1),
                    ))?;
                }
            }
        }
        Ok(bytes)
    }

    /// Sky above, a hill, a lake with some light on it. The upper left corner is always redder than the others,
    /// so that a wrong orientation is seen.
    fn picture(&self) -> RgbImage {
        let mut random = Random::new(self.seed);
        let colour = u8::try_from(random.below(60)).unwrap_or_default();
        let (hill, lake) = (random.between(30, 50), random.between(55, 70));
        let corner = |x: u32, y: u32| x * 8 < self.width && y * 8 < self.height;
        let percent = |y: u32| usize::try_from(y * 100 / self.height.max(1)).unwrap_or_default();
        RgbImage::from_fn(self.width, self.height, |x, y| {
            let light = u8::try_from((x * 7 + y * 13) % 24).unwrap_or_default();
            match percent(y) {
                _ if corner(x, y) => Rgb([220, 30 + light, 30]),
                at if at < hill => Rgb([150 + colour / 2, 190 + light, 225]),
                at if at < lake => Rgb([70 + colour, 110 + light, 80]),
                _ => Rgb([60 + light, 120 + colour, 150 + light]),
            }
        })
    }
}

/// A PNG of so many pixels that does not compress: three bytes a pixel, for tests that need a large file.
pub fn heavy_png(seed: u64, width: u32, height: u32) -> Vec<u8> {
    let mut random = Random::new(seed);
    let length = width as usize * height as usize * 3;
    let pixels: Vec<u8> =
        std::iter::repeat_with(|| random.next().to_le_bytes()).flatten().take(length).collect();
    let mut file = Vec::new();
    let written = PngEncoder::new(&mut file).write_image(&pixels, width, height, ExtendedColorType::Rgb8);
    drop(written);
    file
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(bytes: &[u8], mark: &[u8]) -> bool {
        bytes.windows(mark.len()).any(|window| window == mark)
    }

    #[test]
    fn every_format_can_be_read_and_has_the_size_it_says() {
        for (format, image_format) in [
            (Format::Jpeg, image::ImageFormat::Jpeg),
            (Format::Png, image::ImageFormat::Png),
            (Format::WebP, image::ImageFormat::WebP),
            (Format::Gif, image::ImageFormat::Gif),
        ] {
            for metadata in [true, false] {
                let bytes = Photo { metadata, ..Photo::default() }.file(format);
                assert_eq!(image::guess_format(&bytes).ok(), Some(image_format));
                let picture = image::load_from_memory(&bytes).unwrap();
                assert_eq!((picture.width(), picture.height()), (320, 200), "{format:?}");
                let corner = picture.to_rgb8().get_pixel(2, 2).0;
                assert!(corner[0] > corner[2] + 100, "{format:?} {corner:?}");
            }
        }
    }

    #[test]
    fn a_photo_with_metadata_carries_what_must_not_get_out() {
        for mark in
            [PRIVATE_MARKS[0], PRIVATE_MARKS[1], PRIVATE_MARKS[3], CAPTION.as_bytes(), CREDIT.as_bytes()]
        {
            assert!(holds(&jpeg(1), mark), "{}", String::from_utf8_lossy(mark));
            assert!(holds(&png(1), mark), "{}", String::from_utf8_lossy(mark));
        }
        let plain = Photo { metadata: false, ..Photo::default() };
        for format in [Format::Jpeg, Format::Png, Format::WebP, Format::Gif] {
            let bytes = plain.file(format);
            assert!(PRIVATE_MARKS.iter().all(|mark| !holds(&bytes, mark)), "{format:?}");
        }
    }

    #[test]
    fn the_orientation_is_one_that_readers_of_exif_find() {
        use image::ImageDecoder;
        for orientation in 1..=8 {
            let photo = Photo { orientation, ..Photo::default() };
            let expected = image::metadata::Orientation::from_exif(orientation);
            let jpeg = photo.file(Format::Jpeg);
            let mut decoder = image::codecs::jpeg::JpegDecoder::new(Cursor::new(&jpeg)).unwrap();
            assert_eq!(decoder.orientation().ok(), expected);
            let png = photo.file(Format::Png);
            let mut decoder = image::codecs::png::PngDecoder::new(Cursor::new(&png)).unwrap();
            assert_eq!(decoder.orientation().ok(), expected);
        }
    }

    #[test]
    fn photos_of_two_seeds_differ() {
        assert_eq!(jpeg(3), jpeg(3));
        assert_ne!(jpeg(3), jpeg(4));
    }
}
