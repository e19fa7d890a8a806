//! What a file really is, by its first bytes.

use image::ImageFormat;

/// Formats that are taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Format {
    Jpeg,
    Png,
    WebP,
    Gif,
}

impl Format {
    pub(super) const ALL: [Self; 4] = [Self::Jpeg, Self::Png, Self::WebP, Self::Gif];

    pub(super) fn mime(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Gif => "image/gif",
        }
    }

    pub(super) fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::Png => "png",
            Self::WebP => "webp",
            Self::Gif => "gif",
        }
    }

    pub(super) fn decoder(self) -> ImageFormat {
        match self {
            Self::Jpeg => ImageFormat::Jpeg,
            Self::Png => ImageFormat::Png,
            Self::WebP => ImageFormat::WebP,
            Self::Gif => ImageFormat::Gif,
        }
    }
}

/// What the first bytes say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sniffed {
    Supported(Format),
    /// A picture or document that people know by this name.
    Known(&'static str),
    Unknown,
}

/// Beginnings of files; those that say more are looked at below.
const BEGINNINGS: [(&[u8], Sniffed); 15] = [
    (b"\xff\xd8\xff", Sniffed::Supported(Format::Jpeg)),
    (b"\x89PNG\r\n\x1a\n", Sniffed::Supported(Format::Png)),
    (b"GIF87a", Sniffed::Supported(Format::Gif)),
    (b"GIF89a", Sniffed::Supported(Format::Gif)),
    (b"II*\0", Sniffed::Known("TIFF")),
    (b"MM\0*", Sniffed::Known("TIFF")),
    (b"BM", Sniffed::Known("BMP")),
    (b"8BPS", Sniffed::Known("PSD")),
    (b"%PDF", Sniffed::Known("PDF")),
    (b"%!PS", Sniffed::Known("EPS")),
    (b"<svg", Sniffed::Known("SVG")),
    (b"\0\0\x01\0", Sniffed::Known("ICO")),
    (b"\xff\x0a", Sniffed::Known("JPEG XL")),
    (b"\0\0\0\x0cJXL ", Sniffed::Known("JPEG XL")),
    (b"\0\0\0\x0cjP  ", Sniffed::Known("JPEG 2000")),
];

pub(super) fn sniff(bytes: &[u8]) -> Sniffed {
    let at = |from: usize| bytes.get(from..from + 4).unwrap_or_default();
    if at(0) == b"RIFF" && at(8) == b"WEBP" {
        return Sniffed::Supported(Format::WebP);
    }
    if at(4) == b"ftyp" {
        return brand(bytes);
    }
    let beginning = BEGINNINGS.iter().find(|(beginning, _)| bytes.starts_with(beginning));
    beginning.map_or(Sniffed::Unknown, |(_, sniffed)| *sniffed)
}

/// Files of the MP4 family name their kinds in brands of four letters: the main one, then those they also are.
fn brand(bytes: &[u8]) -> Sniffed {
    let length = bytes.first_chunk::<4>().map_or(0, |length| u32::from_be_bytes(*length) as usize);
    let brands = bytes.get(8..length.clamp(12, 256).min(bytes.len())).unwrap_or_default();
    let has =
        |names: &[&[u8; 4]]| brands.chunks_exact(4).any(|brand| names.iter().any(|name| brand == *name));
    if has(&[b"avif", b"avis"]) {
        Sniffed::Known("AVIF")
    } else if has(&[b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"]) {
        Sniffed::Known("HEIC")
    } else if has(&[b"crx "]) {
        Sniffed::Known("CR3")
    } else {
        Sniffed::Known("MP4")
    }
}

#[cfg(test)]
mod tests {
    use super::{Format, Sniffed, sniff};

    #[test]
    fn a_file_is_what_its_first_bytes_say() {
        let check = |bytes: &[u8], expected| assert_eq!(sniff(bytes), expected, "{bytes:?}");
        check(b"\xff\xd8\xff\xe0", Sniffed::Supported(Format::Jpeg));
        check(b"RIFF\x10\0\0\0WEBPVP8 ", Sniffed::Supported(Format::WebP));
        check(b"RIFF\x10\0\0\0WAVE", Sniffed::Unknown);
        check(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", Sniffed::Known("HEIC"));
        check(b"\0\0\0\x18ftypmif1\0\0\0\0mif1heic", Sniffed::Known("HEIC"));
        check(b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf", Sniffed::Known("AVIF"));
        check(b"\0\0\0\x14ftypqt  \0\0\0\0qt  ", Sniffed::Known("MP4"));
        check(b"\0\0\0\x08ftyp", Sniffed::Known("MP4"));
        check(b"II*\0", Sniffed::Known("TIFF"));
        check(b"", Sniffed::Unknown);
        check("一张照片".as_bytes(), Sniffed::Unknown);
    }
}
