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
    /// decoded anyway. Blocks for as long as that takes. `photo` gives the photo's own bytes.
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
        let made = make_all(&photo, wanted)?;
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
        let Rendition { sha256, width, format } = rendition;
        self.folder.join(format!("{sha256}-{width}.{}", format.extension()))
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

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// Every rendition that pages name of this photo, and the one that is wanted.
fn make_all(photo: &[u8], wanted: Rendition) -> io::Result<Vec<(Rendition, Vec<u8>)>> {
    let picture = Picture::decode(photo)?;
    let packet = packet::find(photo);
    let formats = [RenditionFormat::Jpeg, RenditionFormat::WebP];
    let named =
        |format| rendition_widths(picture.size(), format).into_iter().map(move |width| (width, format));
    let mut sizes: Vec<(u32, RenditionFormat)> = formats.into_iter().flat_map(named).collect();
    if !sizes.contains(&(wanted.width, wanted.format)) {
        sizes.push((wanted.width, wanted.format));
    }
    let sha256 = wanted.sha256;
    let make = |(width, format)| {
        let fitting = picture.fitting(width, format);
        let bytes = if fitting == picture.size() {
            encode::encode(&picture, format, packet)?
        } else {
            encode::encode(&picture.scaled(fitting), format, packet)?
        };
        Ok((Rendition { sha256, width, format }, bytes))
    };
    sizes.into_iter().map(make).collect()
}

#[cfg(test)]
mod tests;
