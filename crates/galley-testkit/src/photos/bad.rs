//! Files that are offered as photos and are none, or none that can be used.

use super::{Format, Photo, jpeg, metadata, png};

/// A file with what is wrong about it.
#[derive(Clone, Debug)]
pub struct BadFile {
    /// What is wrong.
    pub wrong: &'static str,
    /// What the writer's file was called.
    pub file_name: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Whether the picture is nevertheless whole, so that importing it under its true type is right.
    pub readable: bool,
}

fn bad(wrong: &'static str, file_name: &'static str, bytes: Vec<u8>) -> BadFile {
    BadFile { wrong, file_name, bytes, readable: false }
}

/// All of them.
pub fn bad_files() -> Vec<BadFile> {
    let plain = Photo { metadata: false, ..Photo::default() };
    let half = |bytes: &[u8]| bytes.iter().copied().take(bytes.len() / 2).collect::<Vec<u8>>();
    let mut damaged = plain.file(Format::Png);
    let middle = damaged.len() / 2;
    damaged.splice(middle..middle + 4, *b"oops");
    vec![
        bad("nothing in it", "空.jpg", Vec::new()),
        bad("text", "说明.jpg", "这不是图片".as_bytes().to_vec()),
        bad("a web page", "page.jpg", b"<!doctype html><script>alert(1)</script>".to_vec()),
        bad(
            "a drawing that can run scripts",
            "标志.svg",
            b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>".to_vec(),
        ),
        bad("a program", "photo.jpg.exe", b"MZ\x90\0\x03\0\0\0".to_vec()),
        bad("an archive", "图片.zip", b"PK\x03\x04\x14\0\0\0".to_vec()),
        bad(
            "HEIC, as phones make it",
            "IMG_0001.HEIC",
            b"\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\x08mdat".to_vec(),
        ),
        bad("AVIF", "photo.avif", b"\0\0\0\x1cftypavif\0\0\0\0avifmif1miaf\0\0\0\x08mdat".to_vec()),
        bad("HEIC that says it is JPEG", "IMG_0002.jpg", b"\0\0\0\x18ftypheic\0\0\0\0mif1heic".to_vec()),
        bad("half a JPEG head", "半张.jpg", jpeg(1).into_iter().take(40).collect()),
        bad("half a PNG", "半张.png", half(&plain.file(Format::Png))),
        bad("PNG with a damaged middle", "坏.png", damaged),
        bad("a head of JPEG and nothing more", "头.jpg", vec![0xff, 0xd8, 0xff, 0xd9]),
        bad("PNG that says it has 100 megapixels", "大.png", png_that_claims(12_500, 8_000)),
        bad("PNG that says it has four gigapixels", "巨大.png", png_that_claims(65_535, 65_535)),
        bad("PNG that says it is wider than wide", "宽.png", png_that_claims(u32::MAX >> 1, 1)),
        bad("PNG of no width", "零.png", png_that_claims(0, 10)),
        bad("JPEG that says it has four gigapixels", "巨大.jpg", jpeg_that_claims(65_500, 65_500)),
        BadFile { readable: true, ..bad("PNG that says it is JPEG", "其实是.jpg", png(2)) },
        BadFile { readable: true, ..bad("JPEG without an ending in its name", "照片", jpeg(2)) },
        BadFile { readable: true, ..bad("a name that is a path", "../../etc/passwd.jpg", jpeg(3)) },
    ]
}

/// A head with valid checksums, and no picture behind it.
fn png_that_claims(width: u32, height: u32) -> Vec<u8> {
    let head = [width.to_be_bytes().as_slice(), &height.to_be_bytes(), &[8, 2, 0, 0, 0]].concat();
    [
        b"\x89PNG\r\n\x1a\n".as_slice(),
        &metadata::chunk(b"IHDR", &head),
        // An empty deflate stream.
        &metadata::chunk(b"IDAT", &[0x78, 0x9c, 0x03, 0, 0, 0, 0, 1]),
        &metadata::chunk(b"IEND", &[]),
    ]
    .concat()
}

/// A real JPEG whose frame head was given another size.
fn jpeg_that_claims(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = Photo { metadata: false, ..Photo::default() }.file(Format::Jpeg);
    let frame = bytes.windows(2).position(|pair| pair == [0xff, 0xc0]);
    if let Some(at) = frame {
        // Marker, length, precision; then height and width.
        let size = [height.to_be_bytes(), width.to_be_bytes()].concat();
        bytes.splice(at + 5..at + 9, size);
    }
    bytes
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;

    #[test]
    fn a_bad_file_cannot_be_read_within_sensible_limits() {
        for file in bad_files() {
            let mut limits = image::Limits::default();
            limits.max_alloc = Some(64 << 20);
            let mut reader = image::ImageReader::new(Cursor::new(&file.bytes)).with_guessed_format().unwrap();
            reader.limits(limits);
            assert_eq!(reader.decode().is_ok(), file.readable, "{}", file.wrong);
        }
    }

    #[test]
    fn what_a_file_claims_is_what_a_reader_sees_first() {
        let size = |wrong: &str| {
            let file = bad_files().into_iter().find(|file| file.wrong == wrong).unwrap();
            image::ImageReader::new(Cursor::new(file.bytes))
                .with_guessed_format()
                .unwrap()
                .into_dimensions()
                .ok()
        };
        assert_eq!(size("PNG that says it has 100 megapixels"), Some((12_500, 8_000)));
        assert_eq!(size("JPEG that says it has four gigapixels"), Some((65_500, 65_500)));
    }
}
