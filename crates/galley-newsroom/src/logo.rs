//! A logo that somebody sends: measured here, and refused with metadata in it, whatever its sender says of it.
//!
//! The app cleans a logo before it sends it (`galley-store`), so what it sends passes; it passes as it is, byte for
//! byte, so that every device shows what the server publishes. Not here: how long a logo may be and of which kinds it
//! is (`galley-page`).

use galley_model::site::SiteLogo;

use crate::renditions;

/// Why a logo is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LogoFault {
    /// It cannot be decoded, or has more pixels than a photo may have.
    #[error("cannot be read; send another PNG, JPEG or WebP")]
    Unreadable,
    /// It holds more than a picture, its colours and which way up it is.
    #[error("holds metadata or other bytes beside its picture; remove them and send it again")]
    Metadata,
}

/// The logo with its size as it is, upright. Blocks while the picture is decoded.
///
/// # Errors
/// See [`LogoFault`].
pub(crate) fn checked(logo: SiteLogo) -> Result<SiteLogo, LogoFault> {
    let (width, height) = renditions::measured(&logo.bytes).map_err(|_| LogoFault::Unreadable)?;
    let is_clean = match logo.extension() {
        Some("jpg") => is_clean_jpeg(&logo.bytes),
        Some("png") => is_clean_png(&logo.bytes),
        Some("webp") => is_clean_webp(&logo.bytes),
        _ => None,
    };
    // A structure that cannot be followed hides something.
    if is_clean != Some(true) {
        return Err(LogoFault::Metadata);
    }
    Ok(SiteLogo { width, height, ..logo })
}

/// An Exif that says which way up the picture is, as the library writes it, and nothing else.
fn is_orientation(exif: &[u8]) -> bool {
    let start = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0";
    matches!(exif.strip_prefix(start), Some([2..=8, 0, 0, 0, 0, 0, 0, 0]))
}

fn is_clean_png(bytes: &[u8]) -> Option<bool> {
    const XMP: &[u8] = b"XML:com.adobe.xmp\0\0\0\0\0";
    /// Pixels, palette, transparency, colour, size of a pixel, animation.
    const KEPT: [&[u8; 4]; 20] = [
        b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"sBIT", b"bKGD",
        b"pHYs", b"cICP", b"mDCV", b"mDCv", b"cLLI", b"cLLi", b"acTL", b"fcTL", b"fdAT",
    ];
    let mut rest = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?;
    loop {
        let (length, after) = rest.split_first_chunk::<4>()?;
        let (kind, after) = after.split_first_chunk::<4>()?;
        let (contents, after) = after.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        let (_checksum, after) = after.split_first_chunk::<4>()?;
        let may_stand = match kind {
            b"eXIf" => is_orientation(contents),
            b"iTXt" => contents.strip_prefix(XMP).is_some_and(renditions::is_packet),
            _ => KEPT.contains(&kind),
        };
        if kind == b"IEND" || !may_stand {
            return Some(may_stand && after.is_empty());
        }
        rest = after;
    }
}

fn is_clean_webp(bytes: &[u8]) -> Option<bool> {
    /// Header, colour profile, animation, pixels.
    const KEPT: [&[u8; 4]; 6] = [b"VP8X", b"ICCP", b"ANIM", b"ALPH", b"VP8 ", b"VP8L"];
    const KEPT_IN_FRAME: [&[u8; 4]; 3] = [b"ALPH", b"VP8 ", b"VP8L"];
    /// Bytes of a frame before its chunks.
    const FRAME_HEADER: usize = 16;
    let (length, rest) = bytes.strip_prefix(b"RIFF")?.split_first_chunk::<4>()?;
    let chunks = rest.strip_prefix(b"WEBP")?;
    if u32::from_le_bytes(*length) as usize != rest.len() {
        return Some(false);
    }
    all_chunks(chunks, |kind, contents| match kind {
        b"EXIF" => Some(is_orientation(contents)),
        b"XMP " => Some(renditions::is_packet(contents)),
        b"ANMF" => all_chunks(contents.get(FRAME_HEADER..)?, |kind, _| Some(KEPT_IN_FRAME.contains(&kind))),
        _ => Some(KEPT.contains(&kind)),
    })
}

/// Whether every chunk of a RIFF may stand where it does; none when they cannot be followed.
fn all_chunks(chunks: &[u8], may_stand: impl Fn(&[u8; 4], &[u8]) -> Option<bool>) -> Option<bool> {
    let mut rest = chunks;
    while !rest.is_empty() {
        let (kind, after) = rest.split_first_chunk::<4>()?;
        let (length, after) = after.split_first_chunk::<4>()?;
        let (contents, after) = after.split_at_checked(u32::from_le_bytes(*length) as usize)?;
        if !may_stand(kind, contents)? {
            return Some(false);
        }
        // Chunks have an even length.
        rest = if contents.len().is_multiple_of(2) { after } else { after.strip_prefix(&[0])? };
    }
    Some(true)
}

fn is_clean_jpeg(bytes: &[u8]) -> Option<bool> {
    const START_OF_SCAN: u8 = 0xda;
    let mut rest = bytes.strip_prefix(&[0xff, 0xd8])?;
    let mut is_scan = false;
    loop {
        let at = memchr::memchr(0xff, rest)?;
        let (coded, marked) = rest.split_at_checked(at)?;
        if !is_scan && !coded.is_empty() {
            return Some(false);
        }
        rest = match marked {
            [_, 0xd9, after @ ..] => return Some(after.is_empty()),
            // Fill before a marker.
            [_, 0xff, ..] => marked.get(1..)?,
            // A coded 0xff, or a restart inside a scan.
            [_, 0 | 0xd0..=0xd7, after @ ..] if is_scan => after,
            [_, marker, length @ ..] => {
                let (length, segment) = length.split_first_chunk::<2>()?;
                let length = usize::from(u16::from_be_bytes(*length)).checked_sub(2)?;
                let (contents, after) = segment.split_at_checked(length)?;
                if !may_stand_in_jpeg(*marker, contents) {
                    return Some(false);
                }
                is_scan = *marker == START_OF_SCAN;
                after
            }
            _ => return None,
        };
    }
}

/// What decodes the pixels, and their colours.
fn may_stand_in_jpeg(marker: u8, contents: &[u8]) -> bool {
    let after = |prefix: &[u8]| contents.strip_prefix(prefix);
    match marker {
        // A header without a thumbnail.
        0xe0 => contents.len() == 14 && contents.starts_with(b"JFIF\0") && contents.ends_with(&[0, 0]),
        0xe1 => {
            after(b"Exif\0\0").is_some_and(is_orientation)
                || after(b"http://ns.adobe.com/xap/1.0/\0").is_some_and(renditions::is_packet)
        }
        0xe2 => contents.starts_with(b"ICC_PROFILE\0"),
        0xee => contents.starts_with(b"Adobe"),
        0xe3..=0xef | 0xfe => false,
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use galley_testkit::photos::{Format, Photo};

    use super::*;

    fn logo(format: Format, bytes: Vec<u8>) -> SiteLogo {
        let mime = match format {
            Format::Jpeg => "image/jpeg",
            Format::Png => "image/png",
            Format::WebP => "image/webp",
            Format::Gif => "image/gif",
        };
        SiteLogo { mime: mime.to_owned(), width: 9000, height: 1, bytes }
    }

    #[test]
    fn a_logo_is_measured_and_nothing_may_hide_in_it() {
        for format in [Format::Jpeg, Format::Png, Format::WebP] {
            let clean = Photo { metadata: false, ..Photo::default() }.file(format);
            let taken = checked(logo(format, clean.clone())).unwrap();
            assert_eq!((taken.width, taken.height, &taken.bytes), (320, 200, &clean), "{format:?}");
            let photo = Photo::default().file(format);
            assert_eq!(checked(logo(format, photo)), Err(LogoFault::Metadata), "{format:?}");
            let appended = [clean.as_slice(), b"PK\x03\x04"].concat();
            assert_eq!(checked(logo(format, appended)), Err(LogoFault::Metadata), "{format:?}");
            let cut_off = clean[..clean.len() / 3].to_vec();
            assert!(checked(logo(format, cut_off)).is_err(), "{format:?}");
        }
        let unreadable = Err(LogoFault::Unreadable);
        assert_eq!(checked(logo(Format::Png, b"\x89PNG\r\n\x1a\n and no more".to_vec())), unreadable);
        let gif = Photo::default().file(Format::Gif);
        assert_eq!(checked(logo(Format::Gif, gif)), Err(LogoFault::Metadata), "no logo is one");
    }

    #[test]
    fn the_librarys_own_facts_may_stay_and_others_may_not() {
        let upright = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0\x06\0\0\0\0\0\0\0";
        assert!(is_orientation(upright));
        assert!(
            !is_orientation(&upright[..20]) && !is_orientation(&[upright.as_slice(), b"31,14N"].concat())
        );
        assert!(may_stand_in_jpeg(0xe2, b"ICC_PROFILE\0\x01\x01"));
        for (marker, contents) in [(0xfe, "a comment"), (0xed, "Photoshop 3.0\0"), (0xe1, "Exif\0\0II*\0")] {
            assert!(!may_stand_in_jpeg(marker, contents.as_bytes()), "{contents}");
        }
    }
}
