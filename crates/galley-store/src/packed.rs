//! Plain text as the library stores it: one zstd frame that says its length.

use std::cell::RefCell;
use std::io;

use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe::get_frame_content_size;

/// No text of the library is longer; a frame that says so is damaged.
const LONGEST: u64 = 256 << 20;

/// Packs a text. Level 1 for what is written while typing, 3 for what is kept.
pub(crate) fn pack(text: &str, level: i32) -> io::Result<Vec<u8>> {
    // Making the working memory takes longer than packing a short text.
    thread_local!(static PACKER: RefCell<Option<Compressor<'static>>> = const { RefCell::new(None) });
    PACKER.with_borrow_mut(|packer| {
        let packer = match packer {
            Some(packer) => packer,
            None => packer.insert(Compressor::new(level)?),
        };
        packer.set_compression_level(level)?;
        packer.compress(text.as_bytes())
    })
}

/// Unpacks many texts with one working memory.
pub(crate) struct Unpacker(Decompressor<'static>);

impl Unpacker {
    pub(crate) fn new() -> io::Result<Self> {
        Decompressor::new().map(Self)
    }

    pub(crate) fn unpack(&mut self, packed: &[u8]) -> io::Result<String> {
        let length = get_frame_content_size(packed).ok().flatten().filter(|length| *length <= LONGEST);
        let length = length.ok_or(io::ErrorKind::InvalidData)?;
        let text = self.0.decompress(packed, length as usize)?;
        String::from_utf8(text).map_err(|_| io::ErrorKind::InvalidData.into())
    }
}
