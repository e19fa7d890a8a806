//! WebP: RIFF chunks, whose first says what the others are.

use img_parts::riff::{RiffChunk, RiffContent};
use img_parts::webp::WebP;
use img_parts::{Bytes, ImageEXIF as _};

use super::strip::{Fresh, Metadata};

/// Header, colour profile, animation, pixels.
const KEPT: [&[u8; 4]; 7] = [b"VP8X", b"ICCP", b"ANIM", b"ANMF", b"ALPH", b"VP8 ", b"VP8L"];
/// What stands in a frame of an animation.
const KEPT_IN_FRAME: [&[u8; 4]; 3] = [b"ALPH", b"VP8 ", b"VP8L"];
/// Bytes of a frame before its chunks.
const FRAME_HEADER: usize = 16;
/// Bits of the first chunk that announce Exif and XMP.
const EXIF: u8 = 0x08;
const XMP: u8 = 0x04;

pub(super) fn read(bytes: &[u8]) -> Option<Metadata> {
    let webp = WebP::from_bytes(Bytes::copy_from_slice(bytes)).ok()?;
    let xmp = webp.chunk_by_id(*b"XMP ").and_then(|chunk| chunk.content().data()).map(|xmp| xmp.to_vec());
    Some(Metadata { exif: webp.exif().map(|exif| exif.to_vec()), xmp, iptc: None })
}

/// A file without the extended header carried no metadata and gets none.
pub(super) fn write(bytes: &[u8], fresh: &Fresh) -> Option<Vec<u8>> {
    let mut webp = WebP::from_bytes(Bytes::copy_from_slice(bytes)).ok()?;
    webp.chunks_mut().retain(|chunk| KEPT.contains(&&chunk.id()));
    webp.chunks_mut().iter_mut().filter(|chunk| chunk.id() == *b"ANMF").for_each(strip_frame);
    let header = webp.chunks_mut().iter_mut().find(|chunk| chunk.id() == *b"VP8X");
    if let Some(RiffContent::Data(data)) = header.map(RiffChunk::content_mut) {
        let announced = fresh.exif.as_ref().map_or(0, |_| EXIF) | fresh.xmp.as_ref().map_or(0, |_| XMP);
        let mut header = data.to_vec();
        *header.first_mut()? = header.first()? & !(EXIF | XMP) | announced;
        *data = header.into();
        let mut add = |id: &[u8; 4], contents: &Option<Vec<u8>>| {
            let chunk = contents.clone().map(|data| RiffChunk::new(*id, RiffContent::Data(data.into())));
            webp.chunks_mut().extend(chunk);
        };
        add(b"EXIF", &fresh.exif);
        add(b"XMP ", &fresh.xmp);
    }
    Some(webp.encoder().bytes().to_vec())
}

/// Leaves the pixels of one frame. Chunks that cannot be followed are left to the decoder to judge.
fn strip_frame(chunk: &mut RiffChunk) {
    let RiffContent::Data(data) = chunk.content_mut() else { return };
    let Some((header, mut rest)) = data.split_at_checked(FRAME_HEADER) else { return };
    let mut frame = header.to_vec();
    while let [a, b, c, d, l0, l1, l2, l3, ..] = rest {
        let length = u32::from_le_bytes([*l0, *l1, *l2, *l3]) as usize;
        let Some((chunk, after)) = rest.split_at_checked((8 + length).next_multiple_of(2)) else { return };
        if KEPT_IN_FRAME.contains(&&[*a, *b, *c, *d]) {
            frame.extend_from_slice(chunk);
        }
        rest = after;
    }
    *data = frame.into();
}
