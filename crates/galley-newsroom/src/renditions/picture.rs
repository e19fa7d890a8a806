//! Pixels of a photo: decoded within limits, upright, in the colours of the web, and scaled.

use std::io::{self, Cursor};

use galley_model::RenditionFormat;
use galley_model::rendition::{Cut, MAX_RENDITION_WIDTH, rendition_height};
use image::imageops::{FilterType, crop_imm, resize, thumbnail};
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, Rgb, RgbImage, RgbaImage};
use moxcms::{ColorProfile, DataColorSpace, Layout, TransformOptions};

/// As the library takes photos in.
const MOST_PIXELS: u64 = 80_000_000;

/// An upright picture of eight bits a colour.
#[derive(Clone, Debug)]
pub(super) struct Picture {
    pub(super) pixels: Pixels,
    /// Drawn rather than taken: its format keeps edges as they are.
    pub(super) is_graphic: bool,
}

#[derive(Clone, Debug)]
pub(super) enum Pixels {
    Opaque(RgbImage),
    Transparent(RgbaImage),
}

/// What reads a picture within the limits.
fn opened(bytes: &[u8]) -> io::Result<(ImageFormat, impl ImageDecoder)> {
    let format = image::guess_format(bytes).map_err(unreadable)?;
    if !matches!(format, ImageFormat::Jpeg | ImageFormat::Png | ImageFormat::WebP | ImageFormat::Gif) {
        return Err(unreadable(format!("a picture of format {format:?}")));
    }
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format);
    let mut limits = Limits::default();
    // Four bytes of sixteen bits for each pixel, and room to work.
    limits.max_alloc = Some(MOST_PIXELS * 8 + (64 << 20));
    reader.limits(limits);
    let decoder = reader.into_decoder().map_err(unreadable)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(unreadable(format!("a picture of {width} × {height} pixels")));
    }
    Ok((format, decoder))
}

/// Width and height of a picture that can be decoded, upright.
pub(super) fn measured(bytes: &[u8]) -> io::Result<(u32, u32)> {
    let (_, mut decoder) = opened(bytes)?;
    let (width, height) = decoder.dimensions();
    let orientation = decoder.orientation().map_err(unreadable)?;
    drop(DynamicImage::from_decoder(decoder).map_err(unreadable)?);
    Ok(if matches!(orientation.to_exif(), 5..=8) { (height, width) } else { (width, height) })
}

impl Picture {
    /// Decodes a JPEG, PNG, WebP or GIF (of several frames the first), at once scaled to what the widest rendition
    /// needs.
    ///
    /// # Errors
    /// `InvalidData` for anything else, and for what is larger than the limits.
    pub(super) fn decode(bytes: &[u8]) -> io::Result<Self> {
        let (format, mut decoder) = opened(bytes)?;
        let (width, height) = decoder.dimensions();
        let orientation = decoder.orientation().map_err(unreadable)?;
        let profile = decoder.icc_profile().ok().flatten();
        let decoded = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
        let is_graphic = matches!(format, ImageFormat::Png | ImageFormat::Gif);
        let mut picture = Self { pixels: Pixels::of(decoded), is_graphic };
        // Lying pictures are scaled lying: turned afterwards, there is less to turn.
        let is_turned = matches!(orientation.to_exif(), 5..=8);
        let upright = if is_turned { (height, width) } else { (width, height) };
        let widest = upright.0.min(MAX_RENDITION_WIDTH);
        if widest < upright.0 {
            let size = (widest, rendition_height(upright, widest));
            picture = picture.scaled(if is_turned { (size.1, size.0) } else { size });
        }
        let mut turned = picture.pixels.into_image();
        turned.apply_orientation(orientation);
        let mut pixels = Pixels::of(turned);
        pixels.turn_to_web_colours(profile.as_deref());
        Ok(Self { pixels, is_graphic })
    }

    /// Width and height.
    pub(super) fn size(&self) -> (u32, u32) {
        match &self.pixels {
            Pixels::Opaque(image) => image.dimensions(),
            Pixels::Transparent(image) => image.dimensions(),
        }
    }

    /// The size at which it fits a width and a format's limits, never larger than it is.
    pub(super) fn fitting(&self, width: u32, format: RenditionFormat) -> (u32, u32) {
        let size = self.size();
        let width = width.clamp(1, size.0);
        let height = rendition_height(size, width);
        if height <= format.max_side() {
            return (width, height);
        }
        let narrower = u64::from(size.0) * u64::from(format.max_side()) / u64::from(size.1.max(1));
        (u32::try_from(narrower).unwrap_or(width).max(1), format.max_side())
    }

    /// The part of it that a cut shows.
    pub(super) fn cut(&self, cut: Cut) -> Self {
        let ((x, y), (width, height)) = cut.place(self.size());
        let pixels = match &self.pixels {
            Pixels::Opaque(image) => Pixels::Opaque(crop_imm(image, x, y, width, height).to_image()),
            Pixels::Transparent(image) => {
                Pixels::Transparent(crop_imm(image, x, y, width, height).to_image())
            }
        };
        Self { pixels, is_graphic: self.is_graphic }
    }

    /// The same picture, smaller.
    pub(super) fn scaled(&self, (width, height): (u32, u32)) -> Self {
        let pixels = match &self.pixels {
            Pixels::Opaque(image) => Pixels::Opaque(shrink(image, width, height)),
            Pixels::Transparent(image) => {
                // What is transparent has colours too, which must not shine through at the edges.
                let mut image = image.clone();
                image.pixels_mut().for_each(|pixel| pixel.0 = weighted(pixel.0));
                let mut small = shrink(&image, width, height);
                small.pixels_mut().for_each(|pixel| pixel.0 = unweighted(pixel.0));
                Pixels::Transparent(small)
            }
        };
        Self { pixels, is_graphic: self.is_graphic }
    }

    /// Without transparency, on white as on paper.
    pub(super) fn on_white(&self) -> RgbImage {
        match &self.pixels {
            Pixels::Opaque(image) => image.clone(),
            Pixels::Transparent(image) => RgbImage::from_fn(image.width(), image.height(), |x, y| {
                let [r, g, b, a] = image.get_pixel(x, y).0;
                let over =
                    |c: u8| ((u16::from(c) * u16::from(a) + 255 * (255 - u16::from(a)) + 127) / 255) as u8;
                Rgb([over(r), over(g), over(b)])
            }),
        }
    }
}

impl Pixels {
    fn of(image: DynamicImage) -> Self {
        if !image.color().has_alpha() {
            return Self::Opaque(image.into_rgb8());
        }
        let image = image.into_rgba8();
        if image.pixels().all(|pixel| pixel.0[3] == 255) {
            Self::Opaque(DynamicImage::ImageRgba8(image).into_rgb8())
        } else {
            Self::Transparent(image)
        }
    }

    fn into_image(self) -> DynamicImage {
        match self {
            Self::Opaque(image) => DynamicImage::ImageRgb8(image),
            Self::Transparent(image) => DynamicImage::ImageRgba8(image),
        }
    }

    /// From the colours of the photo's own profile to sRGB. A profile of another kind of colours (a printer's), or
    /// one that cannot be followed, means nothing for what was decoded to RGB.
    fn turn_to_web_colours(&mut self, profile: Option<&[u8]>) {
        let Some(profile) = profile.and_then(|profile| ColorProfile::new_from_slice(profile).ok()) else {
            return;
        };
        if profile.color_space != DataColorSpace::Rgb {
            return;
        }
        let (layout, from) = match self {
            Self::Opaque(image) => (Layout::Rgb, image.as_raw().clone()),
            Self::Transparent(image) => (Layout::Rgba, image.as_raw().clone()),
        };
        let web = ColorProfile::new_srgb();
        let Ok(transform) = profile.create_transform_8bit(layout, &web, layout, TransformOptions::default())
        else {
            return;
        };
        let mut to = vec![0; from.len()];
        if transform.transform(&from, &mut to).is_err() {
            return;
        }
        match self {
            Self::Opaque(image) => image.copy_from_slice(&to),
            Self::Transparent(image) => image.copy_from_slice(&to),
        }
    }
}

/// Averages first where the picture is several times as large, which is quick and loses nothing that the filter
/// after it would have kept.
fn shrink<P>(
    image: &image::ImageBuffer<P, Vec<u8>>,
    width: u32,
    height: u32,
) -> image::ImageBuffer<P, Vec<u8>>
where
    P: image::Pixel<Subpixel = u8> + 'static,
{
    let halfway = (width.saturating_mul(2), height.saturating_mul(2));
    if halfway.0 < image.width() && halfway.1 < image.height() {
        return resize(&thumbnail(image, halfway.0, halfway.1), width, height, FilterType::Lanczos3);
    }
    resize(image, width, height, FilterType::Lanczos3)
}

/// Colours by as much as they are seen.
fn weighted([r, g, b, a]: [u8; 4]) -> [u8; 4] {
    let by = |c: u8| ((u16::from(c) * u16::from(a) + 127) / 255) as u8;
    [by(r), by(g), by(b), a]
}

fn unweighted([r, g, b, a]: [u8; 4]) -> [u8; 4] {
    let by = |c: u8| ((u32::from(c) * 255 + u32::from(a) / 2) / u32::from(a).max(1)).min(255) as u8;
    [by(r), by(g), by(b), a]
}

pub(super) fn unreadable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, error)
}
