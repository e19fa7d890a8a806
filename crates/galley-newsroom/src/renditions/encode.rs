//! Pixels into files: JPEG with halved colour, WebP by libwebp.

use std::io;

use galley_model::RenditionFormat;
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, SamplingFactor};
use webp::{PixelLayout, WebPConfig};

use super::picture::{Picture, Pixels, unreadable};

const JPEG_QUALITY: u8 = 82;
const WEBP_QUALITY: f32 = 80.0;

/// Says to a JPEG reader that a packet follows.
const JPEG_PACKET: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

/// Bits of a WebP's extended header.
const WEBP_PACKET: u8 = 0x04;
const WEBP_ALPHA: u8 = 0x10;

/// The bytes of the file, the same for the same picture.
///
/// # Errors
/// `Unsupported` when the format cannot hold the picture's size.
pub(super) fn encode(
    picture: &Picture,
    format: RenditionFormat,
    packet: Option<&[u8]>,
) -> io::Result<Vec<u8>> {
    let (width, height) = picture.size();
    if width.max(height) > format.max_side() {
        return Err(io::ErrorKind::Unsupported.into());
    }
    match format {
        RenditionFormat::Jpeg => jpeg(picture, packet),
        RenditionFormat::WebP => webp(picture, packet),
    }
}

/// Whether a file begins and ends as its format says.
pub(super) fn is_whole(bytes: &[u8], format: RenditionFormat) -> bool {
    match format {
        RenditionFormat::Jpeg => bytes.starts_with(b"\xff\xd8\xff") && bytes.ends_with(b"\xff\xd9"),
        RenditionFormat::WebP => {
            let length = bytes.get(4..8).and_then(|length| <[u8; 4]>::try_from(length).ok());
            let length = length.map(u32::from_le_bytes);
            bytes.starts_with(b"RIFF") && length.is_some_and(|length| length as usize + 8 == bytes.len())
        }
    }
}

fn jpeg(picture: &Picture, packet: Option<&[u8]>) -> io::Result<Vec<u8>> {
    let image = picture.on_white();
    let side = |pixels: u32| u16::try_from(pixels).map_err(unreadable);
    let (width, height) = (side(image.width())?, side(image.height())?);
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, JPEG_QUALITY);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    if let Some(packet) = packet {
        encoder.add_app_segment(1, [JPEG_PACKET, packet].concat()).map_err(unreadable)?;
    }
    encoder.encode(image.as_raw(), width, height, ColorType::Rgb).map_err(unreadable)?;
    Ok(bytes)
}

/// A drawing in whichever way is smaller, with sharp edges or without; a photo with loss.
fn webp(picture: &Picture, packet: Option<&[u8]>) -> io::Result<Vec<u8>> {
    let lossy = webp_of(picture, false)?;
    let smaller = match picture.is_graphic {
        true => [webp_of(picture, true)?, lossy].into_iter().min_by_key(Vec::len).unwrap_or_default(),
        false => lossy,
    };
    match packet {
        Some(packet) => with_packet(&smaller, picture, packet),
        None => Ok(smaller),
    }
}

fn webp_of(picture: &Picture, is_lossless: bool) -> io::Result<Vec<u8>> {
    let (width, height) = picture.size();
    let (layout, pixels) = match &picture.pixels {
        Pixels::Opaque(image) => (PixelLayout::Rgb, image.as_raw()),
        Pixels::Transparent(image) => (PixelLayout::Rgba, image.as_raw()),
    };
    let mut config = WebPConfig::new().map_err(|()| unreadable("libwebp of another version"))?;
    config.lossless = i32::from(is_lossless);
    config.quality = if is_lossless { 75.0 } else { WEBP_QUALITY };
    config.alpha_compression = 1;
    let encoder = webp::Encoder::new(pixels, layout, width, height);
    let encoded =
        encoder.encode_advanced(&config).map_err(|error| unreadable(format!("libwebp: {error:?}")))?;
    Ok(encoded.to_vec())
}

/// Adds the packet as the last chunk, and the header that announces it.
fn with_packet(file: &[u8], picture: &Picture, packet: &[u8]) -> io::Result<Vec<u8>> {
    let chunks = file.get(12..).ok_or_else(|| unreadable("no WebP"))?;
    let (width, height) = picture.size();
    let mut body = b"WEBP".to_vec();
    if let Some(rest) = chunks.strip_prefix(b"VP8X".as_slice()) {
        let mut header = rest.to_vec();
        if let Some(flags) = header.get_mut(4) {
            *flags |= WEBP_PACKET;
        }
        body.extend(b"VP8X");
        body.extend(header);
    } else {
        let alpha = if matches!(picture.pixels, Pixels::Transparent(_)) { WEBP_ALPHA } else { 0 };
        let mut header = vec![WEBP_PACKET | alpha, 0, 0, 0];
        for side in [width, height] {
            let [a, b, c, _] = (side - 1).to_le_bytes();
            header.extend([a, b, c]);
        }
        push_chunk(&mut body, b"VP8X", &header);
        body.extend(chunks);
    }
    push_chunk(&mut body, b"XMP ", packet);
    let mut whole = b"RIFF".to_vec();
    whole.extend(u32::try_from(body.len()).map_err(unreadable)?.to_le_bytes());
    whole.extend(body);
    Ok(whole)
}

fn push_chunk(out: &mut Vec<u8>, id: &[u8; 4], data: &[u8]) {
    out.extend(id);
    out.extend((data.len() as u32).to_le_bytes());
    out.extend(data);
    if data.len() % 2 == 1 {
        out.push(0);
    }
}
