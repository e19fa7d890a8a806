//! GIF: a header, then blocks. Comments, text and unknown extensions go; loops and frames stay.
//!
//! No crate at hand edits GIF blocks without decoding the frames, and the structure is small.

use super::strip::{Fresh, Metadata};

const XMP: &[u8] = b"XMP DataXMP";
/// Applications whose blocks are kept: how often the animation runs, and the colour profile.
const KEPT: [&[u8]; 3] = [b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012"];

/// A block of the file.
enum Block<'a> {
    /// To be kept as it is.
    Kept(&'a [u8]),
    /// An application's; its name and what follows the name.
    Application { name: &'a [u8], data: &'a [u8], whole: &'a [u8] },
    /// Comment or text.
    Dropped,
    /// The end of the picture; what follows is not part of it.
    End,
}

pub(super) fn read(bytes: &[u8]) -> Option<Metadata> {
    let (_, mut rest) = header(bytes)?;
    let mut metadata = Metadata::default();
    loop {
        let (block, after) = next(rest)?;
        match block {
            Block::End => return Some(metadata),
            Block::Application { name, data, .. } if name == XMP => {
                // The packet stands there in one piece, followed by 257 bytes that mend the block structure.
                metadata.xmp = data.get(..data.len().saturating_sub(258)).map(<[u8]>::to_vec);
            }
            _ => {}
        }
        rest = after;
    }
}

pub(super) fn write(bytes: &[u8], fresh: &Fresh) -> Option<Vec<u8>> {
    let (start, mut rest) = header(bytes)?;
    let mut file = start.to_vec();
    if let Some(xmp) = &fresh.xmp {
        file.extend(b"\x21\xff\x0b");
        file.extend(XMP);
        file.extend(xmp);
        file.push(1);
        file.extend((0..=255).rev());
        file.push(0);
    }
    loop {
        let (block, after) = next(rest)?;
        match block {
            Block::Kept(whole) => file.extend(whole),
            Block::Application { name, whole, .. } if KEPT.contains(&name) => file.extend(whole),
            Block::End => {
                file.push(b';');
                return Some(file);
            }
            Block::Application { .. } | Block::Dropped => {}
        }
        rest = after;
    }
}

/// Signature, screen, and the colours that all frames share.
fn header(bytes: &[u8]) -> Option<(&[u8], &[u8])> {
    let flags = *bytes.get(10)?;
    bytes.split_at_checked(13 + colours(flags))
}

/// Length of the colour table that flags announce.
fn colours(flags: u8) -> usize {
    if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) }
}

/// A file that was cut off has no next block.
fn next(bytes: &[u8]) -> Option<(Block<'_>, &[u8])> {
    match bytes {
        [b';', ..] => Some((Block::End, &[])),
        [0x21, label, ..] => {
            let length = 2 + sub_blocks(bytes.get(2..)?)?;
            let (whole, after) = bytes.split_at_checked(length)?;
            let block = match label {
                // Timing and transparency of the next frame.
                0xf9 => Block::Kept(whole),
                0xff => {
                    let (name, data) = whole.get(3..)?.split_at_checked(usize::from(*whole.get(2)?))?;
                    Block::Application { name, data, whole }
                }
                _ => Block::Dropped,
            };
            Some((block, after))
        }
        [b',', ..] => {
            // Place, flags, colours, then the width of the codes before the coded pixels.
            let before = 10 + colours(*bytes.get(9)?) + 1;
            let (whole, after) = bytes.split_at_checked(before + sub_blocks(bytes.get(before..)?)?)?;
            Some((Block::Kept(whole), after))
        }
        _ => None,
    }
}

/// Length of a chain of sub-blocks with its end.
fn sub_blocks(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1 + length;
        if length == 0 {
            return (at <= bytes.len()).then_some(at);
        }
    }
}
