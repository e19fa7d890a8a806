//! Photos: files named by the SHA-256 of their bytes without metadata.
//!
//! What comes in is looked at and never trusted by its name. Every metadata segment is dropped without touching
//! a pixel; the colour profile stays, the orientation is written anew alone, and creator, credit and copyright
//! become one fresh XMP packet. The original stays on this device under `originals/`.
//!
//! Not here: which article shows a photo, and captions as they are edited; those are facts of the document.

mod caption;
mod format;
mod gif;
mod iptc;
mod jpeg;
mod orientation;
mod png;
mod strip;
mod thumbnail;
mod webp;
mod xmp;

use std::fs;
use std::io::{self, Cursor};
use std::path::{Path, PathBuf};

use galley_model::Sha256;
use image::{ImageReader, Limits};
use rusqlite::params;

use crate::error::StoreError;
use crate::files;
use crate::library::Library;
use format::{Format, Sniffed};

/// Most pixels of a photo, in millions.
const MOST_MEGAPIXELS: u32 = 80;
/// Most bytes of a photo, in MB.
const MOST_MEGABYTES: u32 = 60;

/// Why a photo was not taken, or cannot be shown.
#[derive(Clone, Debug, thiserror::Error)]
pub enum MediaError {
    /// Not a picture, or a broken one.
    #[error("the photo cannot be read")]
    Unreadable,
    /// Over the limit of pixels or bytes.
    #[error("a photo of {megapixels} megapixels and {megabytes} MB")]
    TooLarge {
        /// The photo's, rounded up; 0 when only its bytes were looked at.
        megapixels: u32,
        /// The limit.
        max_megapixels: u32,
        /// The photo's, rounded up.
        megabytes: u32,
        /// The limit.
        max_megabytes: u32,
    },
    /// A picture of a format that is not supported.
    #[error("{format} is not supported")]
    Format {
        /// Its usual name, such as `HEIC`.
        format: String,
    },
    /// No photo of that name in the library.
    #[error("no photo {0}")]
    Missing(Sha256),
    /// The library.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl From<io::Error> for MediaError {
    fn from(error: io::Error) -> Self {
        Self::Store(error.into())
    }
}

/// A photo that is in the library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ImportedPhoto {
    /// Of the stripped bytes: the photo's name everywhere.
    pub sha256: Sha256,
    /// `image/jpeg`, `image/png`, `image/webp` or `image/gif`, as it really is.
    pub mime: String,
    /// Pixels, after orientation.
    pub width: u32,
    /// Pixels, after orientation.
    pub height: u32,
    /// Bytes, stripped.
    pub size: u64,
    /// What the file says it shows, or empty.
    pub caption: String,
    /// Who took it, or empty.
    pub creator: String,
    /// How it is to be credited; the creator when the file gives no credit line.
    pub credit: String,
    /// Whose it is, or empty.
    pub copyright: String,
}

/// A picture without its metadata, but for who made it and whose it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CleanPicture {
    /// `image/jpeg`, `image/png`, `image/webp` or `image/gif`, as it really is.
    pub mime: String,
    /// Pixels, after orientation.
    pub width: u32,
    /// Pixels, after orientation.
    pub height: u32,
    /// The same pixels.
    pub bytes: Vec<u8>,
}

/// Takes the metadata out of a picture that is kept elsewhere than among the photos, such as a logo. Blocks; the
/// picture is decoded once to see that it can be.
///
/// # Errors
/// `Unreadable`, `Format`, `TooLarge`.
pub fn clean_picture(bytes: &[u8]) -> Result<CleanPicture, MediaError> {
    let Examined { format, stripped, width, height } = examined(bytes)?;
    Ok(CleanPicture { mime: format.mime().to_owned(), width, height, bytes: stripped.bytes })
}

/// A picture that could be read.
struct Examined {
    format: Format,
    stripped: strip::Stripped,
    /// After orientation.
    width: u32,
    height: u32,
}

fn examined(bytes: &[u8]) -> Result<Examined, MediaError> {
    let format = match format::sniff(bytes) {
        Sniffed::Supported(format) => format,
        Sniffed::Known(name) => return Err(MediaError::Format { format: name.to_owned() }),
        Sniffed::Unknown => return Err(MediaError::Unreadable),
    };
    check_size(bytes.len(), 0, 0)?;
    // Stripped first: broken metadata are no reason to refuse the picture.
    let stripped = strip::strip(bytes, format).ok_or(MediaError::Unreadable)?;
    let size = reader(&stripped.bytes, format).into_dimensions();
    let (width, height) = size.map_err(|_| MediaError::Unreadable)?;
    check_size(bytes.len(), width, height)?;
    let decoded = reader(&stripped.bytes, format).decode();
    drop(decoded.map_err(|_| MediaError::Unreadable)?);
    let (width, height) = if stripped.orientation.turns() { (height, width) } else { (width, height) };
    Ok(Examined { format, stripped, width, height })
}

/// The photos of a library.
#[derive(Clone, Debug)]
pub struct Media(Library);

impl Library {
    /// The photos of this library.
    pub fn media(&self) -> Media {
        Media(self.clone())
    }
}

impl Media {
    /// Takes a photo in. `name` is only kept as a word for people. Blocks; the photo is decoded once to see that
    /// it can be.
    pub fn import(&self, bytes: &[u8], name: &str) -> Result<ImportedPhoto, MediaError> {
        let Examined { format, stripped, width, height } = examined(bytes)?;
        let facts = stripped.facts;
        let photo = ImportedPhoto {
            sha256: Sha256::of(&stripped.bytes),
            mime: format.mime().to_owned(),
            width,
            height,
            size: stripped.bytes.len() as u64,
            credit: if facts.credit.is_empty() { facts.creator.clone() } else { facts.credit },
            caption: facts.caption,
            creator: facts.creator,
            copyright: facts.copyright,
        };
        self.keep(&photo, format, &stripped.bytes, bytes, name)?;
        Ok(photo)
    }

    /// Takes in a photo that another device stripped, as it is. Blocks.
    ///
    /// # Errors
    /// `Unreadable` when the bytes are not what their name says, or no picture; `TooLarge`, `Format`, `Store`.
    pub fn receive(&self, sha256: Sha256, bytes: &[u8]) -> Result<(), MediaError> {
        check_size(bytes.len(), 0, 0)?;
        if Sha256::of(bytes) != sha256 {
            return Err(MediaError::Unreadable);
        }
        let format = match format::sniff(bytes) {
            Sniffed::Supported(format) => format,
            Sniffed::Known(name) => return Err(MediaError::Format { format: name.to_owned() }),
            Sniffed::Unknown => return Err(MediaError::Unreadable),
        };
        let size = reader(bytes, format).into_dimensions();
        let (width, height) = size.map_err(|_| MediaError::Unreadable)?;
        check_size(bytes.len(), width, height)?;
        let photo = ImportedPhoto {
            sha256,
            mime: format.mime().to_owned(),
            width,
            height,
            size: bytes.len() as u64,
            caption: String::new(),
            creator: String::new(),
            credit: String::new(),
            copyright: String::new(),
        };
        self.keep(&photo, format, bytes, bytes, "")
    }

    /// Writes the two files, then the row that names them.
    fn keep(
        &self,
        photo: &ImportedPhoto,
        format: Format,
        stripped: &[u8],
        original: &[u8],
        name: &str,
    ) -> Result<(), MediaError> {
        let original_sha256 = Sha256::of(original);
        if original_sha256 != photo.sha256 {
            write_once(&self.folder("originals")?.join(file_name(original_sha256, format)), original)?;
        }
        write_once(&self.folder("media")?.join(file_name(photo.sha256, format)), stripped)?;
        let (photo, name) = (photo.clone(), name.to_owned());
        let noted = self.0.writer().write(move |connection, _| {
            connection
                .prepare_cached(
                    "INSERT INTO media (sha256, mime, width, height, size, name, original_sha256)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (sha256) DO NOTHING",
                )?
                .execute(params![
                    photo.sha256.0,
                    photo.mime,
                    photo.width,
                    photo.height,
                    photo.size as i64,
                    name,
                    original_sha256.0
                ])?;
            Ok(())
        });
        Ok(noted.wait()?)
    }

    /// Where a photo's stripped bytes lie, and their type.
    pub fn path(&self, sha256: Sha256) -> Result<(PathBuf, String), MediaError> {
        let folder = self.0.folder().join("media");
        let found = Format::ALL.into_iter().find_map(|format| {
            let path = folder.join(file_name(sha256, format));
            path.is_file().then(|| (path, format.mime().to_owned()))
        });
        found.ok_or(MediaError::Missing(sha256))
    }

    /// Whether a photo is in the library.
    pub fn has(&self, sha256: Sha256) -> bool {
        self.path(sha256).is_ok()
    }

    /// A photo's type and stripped bytes. Bytes that are not what their name says are not given out.
    pub fn read(&self, sha256: Sha256) -> Result<(String, Vec<u8>), MediaError> {
        let (path, mime) = self.path(sha256)?;
        let bytes = fs::read(path)?;
        if Sha256::of(&bytes) == sha256 { Ok((mime, bytes)) } else { Err(MediaError::Unreadable) }
    }

    /// A JPEG of at most `px` pixels a side, upright; made when it is first asked for. Blocks.
    pub fn thumbnail(&self, sha256: Sha256, px: u32) -> Result<Vec<u8>, MediaError> {
        let px = px.clamp(16, 2048);
        let cached = self.0.folder().join("thumbs").join(format!("{sha256}-{px}.jpg"));
        if let Ok(bytes) = fs::read(&cached) {
            return Ok(bytes);
        }
        let (_, bytes) = self.read(sha256)?;
        let Sniffed::Supported(format) = format::sniff(&bytes) else { return Err(MediaError::Unreadable) };
        let small = thumbnail::make(&bytes, format, px).ok_or(MediaError::Unreadable)?;
        // A full disk costs the cache, not the picture.
        if let Err(error) = self.folder("thumbs").and_then(|_| Ok(files::write_for_now(&cached, &small)?)) {
            tracing::warn!(%error, "a thumbnail could not be kept");
        }
        Ok(small)
    }

    fn folder(&self, name: &str) -> Result<PathBuf, MediaError> {
        let folder = self.0.folder().join(name);
        files::private_dir(&folder)?;
        Ok(folder)
    }
}

fn file_name(sha256: Sha256, format: Format) -> String {
    format!("{sha256}.{}", format.extension())
}

/// Writes a file that is named by its hash, unless it is there.
fn write_once(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let there = fs::metadata(path).is_ok_and(|file| file.len() == bytes.len() as u64);
    if there { Ok(()) } else { files::write_whole(path, bytes) }
}

fn check_size(bytes: usize, width: u32, height: u32) -> Result<(), MediaError> {
    let pixels = u64::from(width) * u64::from(height);
    let up = |number: u64| u32::try_from(number.div_ceil(1_000_000)).unwrap_or(u32::MAX);
    let (megapixels, megabytes) = (up(pixels), up(bytes as u64));
    if megapixels > MOST_MEGAPIXELS || megabytes > MOST_MEGABYTES {
        let (max_megapixels, max_megabytes) = (MOST_MEGAPIXELS, MOST_MEGABYTES);
        return Err(MediaError::TooLarge { megapixels, max_megapixels, megabytes, max_megabytes });
    }
    Ok(())
}

/// Reads the bytes as the format they are, with bounded memory.
fn reader(bytes: &[u8], format: Format) -> ImageReader<Cursor<&[u8]>> {
    let mut reader = ImageReader::with_format(Cursor::new(bytes), format.decoder());
    let mut limits = Limits::default();
    // Four bytes of sixteen bits for each pixel, and room to work.
    limits.max_alloc = Some(u64::from(MOST_MEGAPIXELS) * 1_000_000 * 8 + (64 << 20));
    reader.limits(limits);
    reader
}
