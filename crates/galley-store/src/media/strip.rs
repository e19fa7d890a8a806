//! One photo in, the same pixels out: without its metadata, with what the newsroom keeps of them.

use super::caption::{self, Facts};
use super::format::Format;
use super::orientation::Orientation;
use super::{gif, jpeg, png, webp, xmp};

/// What a file carries beside its pixels, as its container gave it.
#[derive(Debug, Default)]
pub(super) struct Metadata {
    /// Without the container's prefix.
    pub(super) exif: Option<Vec<u8>>,
    /// The packet.
    pub(super) xmp: Option<Vec<u8>>,
    /// IPTC-IIM records.
    pub(super) iptc: Option<Vec<u8>>,
}

/// What the stripped file gets instead.
#[derive(Debug)]
pub(super) struct Fresh {
    pub(super) exif: Option<Vec<u8>>,
    pub(super) xmp: Option<Vec<u8>>,
}

/// A stripped photo and what was read before.
pub(super) struct Stripped {
    pub(super) bytes: Vec<u8>,
    pub(super) orientation: Orientation,
    pub(super) facts: Facts,
}

/// Nothing for a file whose structure cannot be followed.
pub(super) fn strip(bytes: &[u8], format: Format) -> Option<Stripped> {
    let metadata = match format {
        Format::Jpeg => jpeg::read(bytes),
        Format::Png => png::read(bytes),
        Format::WebP => webp::read(bytes),
        Format::Gif => gif::read(bytes),
    }?;
    let exif = metadata.exif.as_ref().and_then(|exif| read_exif(exif));
    let orientation = exif.as_ref().map_or(Orientation::UPRIGHT, Orientation::of);
    let facts = caption::read(&metadata, exif.as_ref());
    let fresh = Fresh { exif: orientation.exif(), xmp: xmp::packet(&facts) };
    let bytes = match format {
        Format::Jpeg => jpeg::write(bytes, &fresh),
        Format::Png => png::write(bytes, &fresh),
        Format::WebP => webp::write(bytes, &fresh),
        Format::Gif => gif::write(bytes, &fresh),
    }?;
    Some(Stripped { bytes, orientation, facts })
}

/// What can be read of an Exif; cameras and tools often break some of it.
fn read_exif(bytes: &[u8]) -> Option<exif::Exif> {
    let read = exif::Reader::new().continue_on_error(true).read_raw(bytes.to_vec());
    read.or_else(|error| error.distill_partial_result(|_| {})).ok()
}
