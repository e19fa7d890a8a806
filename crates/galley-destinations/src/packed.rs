//! Files in packed form, made once when they are written so that no reader waits for it.
//!
//! Whether a packed form is that of a file is found by unpacking it: nothing else about it is believed, neither
//! its age nor its name. Levels and limits were measured (docs/decisions/0012).

use std::io::{self, Read, Write as _};
use std::path::{Path, PathBuf};

use brotli::enc::BrotliEncoderParams;
use flate2::Compression;
use flate2::bufread::GzDecoder;
use flate2::write::GzEncoder;

use crate::SitePath;

/// How bytes are packed, the smaller first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Encoding {
    /// RFC 7932
    Brotli,
    /// RFC 1952
    Gzip,
}

/// Below this many bytes a file goes out in one packet anyway.
const MIN_BYTES: usize = 860;
/// A packed form that saves less than one part in so many is not worth a file of its own.
const MIN_SAVING: usize = 8;
const BUFFER: usize = 1 << 14;

impl Encoding {
    /// All of them, in the order in which they are preferred.
    pub const ALL: [Self; 2] = [Self::Brotli, Self::Gzip];

    /// Its name in HTTP.
    pub fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// What the name of a file in this form ends with, after a dot.
    pub fn ending(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gz",
        }
    }

    /// Where the packed form of the file at a place stands: beside it.
    pub fn place(self, file: &Path) -> PathBuf {
        let mut name = file.as_os_str().to_owned();
        name.push(".");
        name.push(self.ending());
        PathBuf::from(name)
    }

    /// Packs a file of the site, unless that would not pay. The same bytes give the same bytes.
    pub fn pack(self, path: &SitePath, plain: &[u8]) -> Option<Vec<u8>> {
        if !is_packable(path, plain.len()) {
            return None;
        }
        // What is named by its content is packed once and read for a year; the rest is written at every change.
        let is_kept = path.is_named_by_content();
        let packed = match self {
            Self::Gzip => gzip(plain, if is_kept { 9 } else { 6 }),
            Self::Brotli => brotli(plain, if is_kept { 11 } else { 5 }),
        };
        // Both write to memory and cannot fail; a file that is not packed is served as it is.
        packed.ok().filter(|packed| packed.len() + plain.len() / MIN_SAVING < plain.len())
    }

    /// Whether this unpacks to exactly these bytes. Stops at the first that differs, whatever it would grow to.
    pub fn unpacks_to(self, packed: &[u8], plain: &[u8]) -> bool {
        match self {
            Self::Gzip => {
                let mut unpacked = GzDecoder::new(packed);
                reads_as(&mut unpacked, plain) && unpacked.into_inner().is_empty()
            }
            Self::Brotli => reads_as(&mut brotli::Decompressor::new(packed, BUFFER), plain),
        }
    }
}

/// Whether a file of this path and size may have packed forms.
pub(crate) fn is_packable(path: &SitePath, len: usize) -> bool {
    path.is_text() && len >= MIN_BYTES
}

fn gzip(plain: &[u8], level: u32) -> io::Result<Vec<u8>> {
    let mut packed = GzEncoder::new(Vec::with_capacity(plain.len() / 2), Compression::new(level));
    packed.write_all(plain)?;
    packed.finish()
}

fn brotli(plain: &[u8], quality: i32) -> io::Result<Vec<u8>> {
    // A window of 256 KiB holds a page as well as one of 4 MiB does, and is made ready in half the time.
    let lgwin = if plain.len() < 1 << 18 { 18 } else { 22 };
    let params =
        BrotliEncoderParams { quality, lgwin, size_hint: plain.len(), ..BrotliEncoderParams::default() };
    let mut packed = Vec::with_capacity(plain.len() / 2);
    brotli::BrotliCompress(&mut &*plain, &mut packed, &params)?;
    Ok(packed)
}

fn reads_as(unpacked: &mut impl Read, plain: &[u8]) -> bool {
    let mut rest = plain;
    let mut buffer = [0; BUFFER];
    loop {
        let read = match unpacked.read(&mut buffer) {
            Ok(0) => return rest.is_empty(),
            Ok(read) => buffer.get(..read).unwrap_or_default(),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(_) => return false,
        };
        match rest.strip_prefix(read) {
            Some(after) => rest = after,
            None => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> SitePath {
        text.parse().unwrap()
    }

    #[test]
    fn what_is_packed_unpacks_to_the_same_and_to_nothing_else() {
        let page = "湖心岛步道今日开放。".repeat(500).into_bytes();
        for encoding in Encoding::ALL {
            for at in ["/articles/flood.html", "/assets/page-1a.css"] {
                let packed = encoding.pack(&path(at), &page).unwrap();
                assert_eq!(encoding.pack(&path(at), &page).unwrap(), packed, "the same bytes");
                assert!(encoding.unpacks_to(&packed, &page));
                let mut other = page.clone();
                *other.last_mut().unwrap() ^= 1;
                let longer = [&page[..], b"."].concat();
                for (what, packed, plain) in [
                    ("other bytes", &packed[..], &other[..]),
                    ("more bytes", &packed, &longer),
                    ("fewer bytes", &packed, &page[..page.len() - 1]),
                    ("none", &packed, b""),
                    ("torn", &packed[..packed.len() - 3], &page),
                    ("empty", b"", &page),
                    ("not packed", &page, &page),
                ] {
                    assert!(!encoding.unpacks_to(packed, plain), "{encoding:?}: {what}");
                }
            }
        }
    }

    #[test]
    fn what_does_not_pay_is_not_packed() {
        let noise: Vec<u8> =
            (0..400_u32).flat_map(|n| galley_model::Sha256::of(&n.to_le_bytes()).0).collect();
        let text = "清样".repeat(1000).into_bytes();
        for (at, bytes, is_packed) in [
            ("/articles/flood.html", &text[..], true),
            ("/feed.xml", &text, true),
            ("/articles/flood.html", &text[..600], false),
            ("/articles/flood.html", &noise, false),
            ("/media/1a.jpg", &text, false),
            ("/assets/song.woff2", &text, false),
        ] {
            for encoding in Encoding::ALL {
                let packed = encoding.pack(&path(at), bytes);
                assert_eq!(packed.is_some(), is_packed, "{at} of {} bytes", bytes.len());
            }
        }
    }

    #[test]
    fn a_bomb_is_left_at_its_first_wrong_byte() {
        let bomb = vec![0_u8; 64 << 20];
        for (encoding, packed) in
            [(Encoding::Gzip, gzip(&bomb, 1).unwrap()), (Encoding::Brotli, brotli(&bomb, 1).unwrap())]
        {
            assert!(packed.len() < 1 << 20);
            assert!(!encoding.unpacks_to(&packed, b"page"));
        }
    }
}
