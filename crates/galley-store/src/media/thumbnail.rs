//! A small upright JPEG of a photo, in the photo's own colours.

use std::io::Cursor;

use image::codecs::jpeg::JpegEncoder;
use image::{DynamicImage, ImageDecoder as _, ImageEncoder as _, Rgb, RgbImage};

use super::format::Format;

const QUALITY: u8 = 82;

/// At most `px` pixels a side; nothing when the photo cannot be decoded.
pub(super) fn make(bytes: &[u8], format: Format, px: u32) -> Option<Vec<u8>> {
    let mut decoder = super::reader(bytes, format).into_decoder().ok()?;
    let orientation = decoder.orientation().ok()?;
    // A profile of another colour space, such as a printer's, means nothing for what is decoded to RGB.
    let profile = decoder.icc_profile().ok()?.filter(|profile| profile.get(16..20) == Some(b"RGB "));
    let mut small = DynamicImage::from_decoder(decoder).ok()?.thumbnail(px, px);
    small.apply_orientation(orientation);
    let small = on_white(&small);
    let mut file = Cursor::new(Vec::new());
    let mut encoder = JpegEncoder::new_with_quality(&mut file, QUALITY);
    if let Some(profile) = profile {
        encoder.set_icc_profile(profile).ok()?;
    }
    encoder.encode_image(&small).ok()?;
    Some(file.into_inner())
}

/// JPEG has no transparency.
fn on_white(image: &DynamicImage) -> RgbImage {
    if !image.color().has_alpha() {
        return image.to_rgb8();
    }
    let image = image.to_rgba8();
    RgbImage::from_fn(image.width(), image.height(), |x, y| {
        let [r, g, b, a] = image.get_pixel(x, y).0;
        let over = |c: u8| ((u16::from(c) * u16::from(a) + 255 * (255 - u16::from(a))) / 255) as u8;
        Rgb([over(r), over(g), over(b)])
    })
}
