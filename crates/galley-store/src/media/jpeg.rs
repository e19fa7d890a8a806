//! JPEG: a row of segments, then scans. What is kept is what decodes the pixels, and the colour profile.

use img_parts::Bytes;
use img_parts::jpeg::{Jpeg, JpegSegment, markers};

use super::iptc;
use super::strip::{Fresh, Metadata};

const EXIF: &[u8] = b"Exif\0\0";
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const ICC: &[u8] = b"ICC_PROFILE\0";
const JFIF: &[u8] = b"JFIF\0";

/// Longest contents of a segment.
const LONGEST: usize = u16::MAX as usize - 2;

pub(super) fn read(bytes: &[u8]) -> Option<Metadata> {
    let jpeg = Jpeg::from_bytes(Bytes::copy_from_slice(bytes)).ok()?;
    let first = |marker: u8, prefix: &[u8]| {
        let mut found =
            jpeg.segments_by_marker(marker).filter_map(|segment| segment.contents().strip_prefix(prefix));
        found.next().map(<[u8]>::to_vec)
    };
    Some(Metadata {
        exif: first(markers::APP1, EXIF),
        xmp: first(markers::APP1, XMP),
        iptc: first(markers::APP13, iptc::PHOTOSHOP).and_then(|resources| iptc::find(&resources)),
    })
}

pub(super) fn write(bytes: &[u8], fresh: &Fresh) -> Option<Vec<u8>> {
    let mut jpeg = Jpeg::from_bytes(Bytes::copy_from_slice(bytes)).ok()?;
    let mut kept: Vec<JpegSegment> = jpeg.segments().iter().filter_map(keep).collect();
    let last = kept.last_mut()?;
    if last.marker() != markers::SOS {
        return None;
    }
    // The crate leaves all that follows the first scan's header as it is: later scans, and what hides behind.
    let length = last.len_with_entropy().checked_sub(last.len())?;
    let scans = scans_alone(bytes.get(bytes.len().checked_sub(length)?..)?);
    *last = JpegSegment::new_with_entropy(markers::SOS, last.contents().clone(), scans.into());
    let at = usize::from(kept.first().is_some_and(|segment| segment.marker() == markers::APP0));
    let added = [(EXIF, &fresh.exif), (XMP, &fresh.xmp)].into_iter().filter_map(|(prefix, contents)| {
        let contents = [prefix, contents.as_ref()?].concat();
        (contents.len() <= LONGEST).then(|| JpegSegment::new_with_contents(markers::APP1, contents.into()))
    });
    kept.splice(at..at, added);
    *jpeg.segments_mut() = kept;
    Some(jpeg.encoder().bytes().to_vec())
}

/// The segment as it is kept, if it is.
fn keep(segment: &JpegSegment) -> Option<JpegSegment> {
    let contents = segment.contents();
    match segment.marker() {
        // The JFIF header without its thumbnail.
        markers::APP0 => {
            let header = contents.get(..12).filter(|header| header.starts_with(JFIF))?;
            Some(JpegSegment::new_with_contents(markers::APP0, [header, b"\0\0"].concat().into()))
        }
        markers::APP2 => contents.starts_with(ICC).then(|| segment.clone()),
        // How the colours are coded.
        markers::APP14 => contents.starts_with(b"Adobe").then(|| segment.clone()),
        markers::APP1..=markers::APP15 | markers::COM => None,
        _ => Some(segment.clone()),
    }
}

/// The scans up to the end of the picture, without metadata between them and without what follows. A picture
/// that was cut off gets its end.
fn scans_alone(data: &[u8]) -> Vec<u8> {
    let mut scans = Vec::with_capacity(data.len());
    let mut rest = data;
    while let Some(at) = rest.iter().position(|byte| *byte == markers::P) {
        let (coded, marked) = rest.split_at(at);
        scans.extend_from_slice(coded);
        let length = match marked {
            // A coded 0xff, or a restart inside a scan.
            [_, markers::Z | markers::RST0..=markers::RST7, ..] => 2,
            // Fill before a marker.
            [_, markers::P, ..] => 1,
            [_, markers::EOI, ..] | [_] | [] => break,
            [_, _, high, low, ..] => 2 + usize::from(u16::from_be_bytes([*high, *low])),
            [_, _, ..] => break,
        };
        let Some((segment, after)) = marked.split_at_checked(length) else { break };
        match marked.get(1).copied() {
            Some(markers::P | markers::APP0..=markers::APP15 | markers::COM) => {}
            _ => scans.extend_from_slice(segment),
        }
        rest = after;
    }
    if !rest.contains(&markers::P) {
        scans.extend_from_slice(rest);
    }
    scans.extend([markers::P, markers::EOI]);
    scans
}
