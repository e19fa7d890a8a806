//! PNG: a row of chunks. What is kept is on a list; everything else is metadata or unknown.

use img_parts::png::{Png, PngChunk};
use img_parts::{Bytes, ImageEXIF as _};

use super::strip::{Fresh, Metadata};

/// Pixels, palette, transparency, colour, size of a pixel, animation.
const KEPT: [&[u8; 4]; 20] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD",
    b"pHYs", b"cICP", b"mDCV", b"mDCv", b"cLLI", b"cLLi", b"acTL", b"fcTL", b"fdAT",
];

/// Keyword of an XMP packet, then: not compressed, no language, no translated keyword.
const XMP: &[u8] = b"XML:com.adobe.xmp\0\0\0\0\0";

pub(super) fn read(bytes: &[u8]) -> Option<Metadata> {
    let png = Png::from_bytes(Bytes::copy_from_slice(bytes)).ok()?;
    let mut texts = png.chunks_by_type(*b"iTXt");
    let xmp = texts.find_map(|chunk| chunk.contents().strip_prefix(XMP).map(<[u8]>::to_vec));
    Some(Metadata { exif: png.exif().map(|exif| exif.to_vec()), xmp, iptc: None })
}

pub(super) fn write(bytes: &[u8], fresh: &Fresh) -> Option<Vec<u8>> {
    let mut png = Png::from_bytes(Bytes::copy_from_slice(bytes)).ok()?;
    png.chunks_mut().retain(|chunk| KEPT.contains(&&chunk.kind()));
    png.set_exif(fresh.exif.clone().map(Bytes::from));
    if let Some(xmp) = &fresh.xmp {
        let chunk = PngChunk::new(*b"iTXt", [XMP, xmp].concat().into());
        // After the header.
        let at = png.chunks().len().min(1);
        png.chunks_mut().insert(at, chunk);
    }
    Some(png.encoder().bytes().to_vec())
}
