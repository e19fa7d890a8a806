//! Renditions of photos: the sizes and formats in which readers get them, made when they are first asked for and kept
//! in a folder by their names.
//!
//! Upright, in the colours of the web, and without any metadata but the fresh packet of creator, credit and copyright
//! that the library wrote. The same photo gives the same bytes. The folder may be deleted at any time. Not here: which
//! renditions a page names (`galley-model`, `galley-page`), and the photos themselves.

mod encode;
mod packet;
mod picture;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use galley_model::rendition::rendition_widths;
use galley_model::{Rendition, RenditionFormat, Sha256};

use picture::Picture;

/// What the folder may hold, in bytes; the renditions that were made first go first.
const MOST_BYTES: u64 = 512 << 20;

/// Renditions in a folder of their own.
#[derive(Debug)]
pub struct Renditions {
    folder: PathBuf,
    most_bytes: u64,
    /// One photo is decoded at a time, so that memory stays bounded by the largest.
    making: Mutex<()>,
}

impl Renditions {
    /// Renditions kept in this folder, which is made when the first is.
    pub fn new(folder: PathBuf) -> Self {
        Self { folder, most_bytes: MOST_BYTES, making: Mutex::new(()) }
    }

    /// The whole bytes of a rendition. The first one asked of a photo makes all its others too, since the photo is
    /// decoded anyway, and a cut those around the same point. Blocks for as long as that takes. `photo` gives the
    /// photo's own bytes.
    ///
    /// # Errors
    /// Those of `photo`; `InvalidData` for other bytes than the name says, what is not a picture of a known
    /// format, or too large a one;
    /// `Unsupported` when the format cannot hold it. A folder that cannot be written costs time, not the rendition.
    pub fn get(&self, wanted: Rendition, photo: impl FnOnce() -> io::Result<Vec<u8>>) -> io::Result<Vec<u8>> {
        if let Some(bytes) = self.kept(wanted) {
            return Ok(bytes);
        }
        let _one_at_a_time = self.making.lock().unwrap_or_else(PoisonError::into_inner);
        // Made while we waited.
        if let Some(bytes) = self.kept(wanted) {
            return Ok(bytes);
        }
        let photo = photo()?;
        if Sha256::of(&photo) != wanted.sha256 {
            return Err(picture::unreadable("other bytes than the photo's name says"));
        }
        let made = make_all(&photo, wanted, |other| self.kept(other).is_none())?;
        for (rendition, bytes) in &made {
            if let Err(error) = self.keep(*rendition, bytes) {
                tracing::warn!(%error, "a rendition could not be kept");
            }
        }
        if let Err(error) = self.make_room() {
            tracing::warn!(%error, "old renditions could not be removed");
        }
        let found = made.into_iter().find(|(rendition, _)| *rendition == wanted);
        found.map(|(_, bytes)| bytes).ok_or_else(|| io::ErrorKind::Unsupported.into())
    }

    fn path(&self, rendition: Rendition) -> PathBuf {
        self.folder.join(rendition.file_name())
    }

    /// What an interrupted write or a full disk left half is made anew.
    fn kept(&self, rendition: Rendition) -> Option<Vec<u8>> {
        fs::read(self.path(rendition)).ok().filter(|bytes| encode::is_whole(bytes, rendition.format))
    }

    fn keep(&self, rendition: Rendition, bytes: &[u8]) -> io::Result<()> {
        fs::create_dir_all(&self.folder)?;
        let path = self.path(rendition);
        let temporary = path.with_extension("part");
        fs::write(&temporary, bytes)?;
        fs::rename(&temporary, &path)
    }

    /// Removes what was made first until the folder is within its bounds.
    fn make_room(&self) -> io::Result<()> {
        let mut files = Vec::new();
        let entries = match fs::read_dir(&self.folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let about = entry.metadata()?;
            files.push((about.modified().unwrap_or(SystemTime::UNIX_EPOCH), entry.path(), about.len()));
        }
        let mut n_bytes: u64 = files.iter().map(|(_, _, length)| length).sum();
        files.sort();
        for (_, path, length) in files {
            if n_bytes <= self.most_bytes {
                break;
            }
            remove(&path)?;
            n_bytes = n_bytes.saturating_sub(length);
        }
        Ok(())
    }
}

/// Width and height of a picture, upright; it is decoded to see that it can be.
///
/// # Errors
/// `InvalidData` for what is no picture, and for what is larger than a photo may be.
pub(crate) fn measured(bytes: &[u8]) -> io::Result<(u32, u32)> {
    picture::measured(bytes)
}

/// Whether these bytes are the packet of creator, credit and copyright that the library writes, and nothing else.
pub(crate) fn is_packet(bytes: &[u8]) -> bool {
    packet::find(bytes) == Some(bytes)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// The rendition that is wanted, and those others of this photo that pages may name and that lack.
fn make_all(
    photo: &[u8],
    wanted: Rendition,
    lacks: impl Fn(Rendition) -> bool,
) -> io::Result<Vec<(Rendition, Vec<u8>)>> {
    let picture = Picture::decode(photo)?;
    let packet = packet::find(photo);
    let (size, sha256) = (picture.size(), wanted.sha256);
    let formats = [RenditionFormat::Jpeg, RenditionFormat::WebP];
    let whole = |format| {
        let widths = rendition_widths(size, format).into_iter();
        widths.map(move |width| Rendition::whole(sha256, width, format))
    };
    let cuts = wanted.cut.map(|cut| Rendition::cuts(sha256, size, Some(cut.focal)));
    let others = formats.into_iter().flat_map(whole).chain(cuts.into_iter().flatten());
    let others = others.filter(|other| *other != wanted && lacks(*other));
    let make = |rendition: Rendition| Ok((rendition, make(&picture, rendition, packet)?));
    std::iter::once(wanted).chain(others).map(make).collect()
}

fn make(picture: &Picture, rendition: Rendition, packet: Option<&[u8]>) -> io::Result<Vec<u8>> {
    let Rendition { width, format, cut, .. } = rendition;
    let part = cut.map(|cut| picture.cut(cut));
    let picture = part.as_ref().unwrap_or(picture);
    let fitting = picture.fitting(width, format);
    if fitting == picture.size() {
        encode::encode(picture, format, packet)
    } else {
        encode::encode(&picture.scaled(fitting), format, packet)
    }
}

#[cfg(test)]
mod tests;
