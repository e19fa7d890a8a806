//! The photos of a server: received in chunks, named by their SHA-256, and served to who is signed in.
//!
//! Everything is in files, so that a crash leaves either a partial upload that goes on or a whole photo:
//! `uploads/<device>-<upload>.part` beside `.json`, and `media/<first two digits>/<rest>`. A photo gets its name
//! only once its bytes were synced and hashed. `renditions/` can be made again at any time. Not here: what photos
//! show, and stripping metadata, which the device does before a photo has an id.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use galley_destinations::PhotoSource;
use galley_model::{Rendition, Sha256};
use galley_sync::wire::{MAX_CHUNK_BYTES, MAX_MEDIA_BYTES, MediaAnswer, MediaRequest};
use serde::{Deserialize, Serialize};
use sha2::Digest as _;
use uuid::{Builder, Uuid};

use crate::renditions::Renditions;

/// Partial uploads live so long after their last chunk.
const UPLOAD_LIVES: Duration = Duration::from_secs(7 * 24 * 60 * 60);
/// Uploads that one device may have open.
const OPEN_UPLOADS: usize = 64;

/// The photos in one folder. Cheap to clone; every method may wait for the disk.
#[derive(Clone)]
pub struct Media(Arc<Inner>);

struct Inner {
    media: PathBuf,
    uploads: PathBuf,
    renditions: Renditions,
    /// Uploads that a chunk is being written to.
    busy: Mutex<BTreeSet<Uuid>>,
}

/// A photo that is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredMedia {
    /// Where its bytes are.
    pub path: PathBuf,
    /// By its first bytes.
    pub mime: &'static str,
    /// In bytes.
    pub size: u64,
}

/// Why a photo was not taken.
#[derive(Debug, thiserror::Error)]
pub enum MediaError {
    /// No such upload of this device, or it expired.
    #[error("no such upload, or it expired")]
    Gone,
    /// The upload stands at another offset.
    #[error("the upload stands at {offset}")]
    Offset {
        /// Where it goes on.
        offset: u64,
    },
    /// Larger than a photo or a chunk may be, or than it was said to be.
    #[error("larger than {max} bytes")]
    TooLarge {
        /// The limit.
        max: u64,
    },
    /// Not a kind of picture that articles have.
    #[error("not a JPEG, PNG or WebP")]
    Kind,
    /// The whole is not what its name or its kind says; the upload was removed.
    #[error("the bytes are not what was announced")]
    WrongBytes,
    /// This device has too many uploads open.
    #[error("too many uploads are open")]
    TooMany,
    /// No room on the disk.
    #[error("no room on the disk for photos")]
    DiskFull,
    /// The disk said something else.
    #[error("photos cannot be read or written: {0}")]
    Io(io::Error),
}

impl From<io::Error> for MediaError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge => {
                Self::DiskFull
            }
            _ => Self::Io(error),
        }
    }
}

/// What was announced of an upload, beside its bytes.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Announced {
    sha256: Sha256,
    size: u64,
    mime: String,
}

impl Media {
    /// The photos in this folder, which is made when it is not there.
    ///
    /// # Errors
    /// `DiskFull`, `Io`.
    pub fn open(folder: &Path) -> Result<Self, MediaError> {
        let (media, uploads) = (folder.join("media"), folder.join("uploads"));
        for folder in [&media, &uploads] {
            fs::create_dir_all(folder)?;
        }
        let renditions = Renditions::new(folder.join("renditions"));
        Ok(Self(Arc::new(Inner { media, uploads, renditions, busy: Mutex::default() })))
    }

    /// Announces a photo: it is there, or is to be sent from an offset. Asking again is free and answers the
    /// same upload.
    ///
    /// # Errors
    /// `TooLarge`, `Kind`, `TooMany`, `DiskFull`, `Io`.
    pub fn begin(&self, device: Uuid, request: &MediaRequest) -> Result<MediaAnswer, MediaError> {
        if request.size > MAX_MEDIA_BYTES || request.size == 0 {
            return Err(MediaError::TooLarge { max: MAX_MEDIA_BYTES });
        }
        if ![JPEG, PNG, WEBP].contains(&request.mime.as_str()) {
            return Err(MediaError::Kind);
        }
        if self.stored(request.sha256).is_some() {
            return Ok(MediaAnswer::Present);
        }
        let id = upload_id(device, request.sha256, request.size);
        let _mine = self.hold(id).ok_or(MediaError::Offset { offset: self.length(device, id) })?;
        let part = self.part(device, id);
        if self.announced(device, id).is_none() {
            if self.n_open(device)? >= OPEN_UPLOADS {
                return Err(MediaError::TooMany);
            }
            let announced =
                Announced { sha256: request.sha256, size: request.size, mime: request.mime.clone() };
            File::create(&part)?;
            let text = serde_json::to_vec(&announced).map_err(|error| MediaError::Io(error.into()))?;
            fs::write(part.with_extension("json"), text)?;
        }
        Ok(MediaAnswer::Upload { id, offset: self.length(device, id) })
    }

    /// How much of an upload is there.
    ///
    /// # Errors
    /// `Gone`.
    pub fn offset(&self, device: Uuid, id: Uuid) -> Result<u64, MediaError> {
        self.announced(device, id).ok_or(MediaError::Gone)?;
        Ok(self.length(device, id))
    }

    /// Appends a chunk, and answers how much is there now. The last one makes it a photo.
    ///
    /// # Errors
    /// `Gone`, `Offset`, `TooLarge`; `WrongBytes` when the whole is not what was announced, with the upload
    /// removed; `DiskFull`, `Io`, after which the upload goes on where [`Media::offset`] says.
    pub fn append(&self, device: Uuid, id: Uuid, offset: u64, chunk: &[u8]) -> Result<u64, MediaError> {
        let Some(_mine) = self.hold(id) else {
            return Err(MediaError::Offset { offset: self.length(device, id) });
        };
        let announced = self.announced(device, id).ok_or(MediaError::Gone)?;
        if chunk.len() > MAX_CHUNK_BYTES {
            return Err(MediaError::TooLarge { max: MAX_CHUNK_BYTES as u64 });
        }
        let there = self.length(device, id);
        if there != offset {
            return Err(MediaError::Offset { offset: there });
        }
        let after = offset + chunk.len() as u64;
        if after > announced.size {
            return Err(MediaError::TooLarge { max: announced.size });
        }
        let path = self.part(device, id);
        let mut part = OpenOptions::new().read(true).write(true).open(&path)?;
        part.seek(SeekFrom::Start(offset))?;
        if let Err(error) = part.write_all(chunk).and_then(|()| part.sync_data()) {
            // What was written in part is written again.
            part.set_len(offset)?;
            return Err(error.into());
        }
        if after < announced.size {
            return Ok(after);
        }
        self.complete(&announced, &path, &mut part)?;
        Ok(after)
    }

    /// Checks the whole and gives it its name.
    fn complete(&self, announced: &Announced, path: &Path, part: &mut File) -> Result<(), MediaError> {
        let (sha256, mime) = examined(part)?;
        if sha256 != announced.sha256 || mime != Some(announced.mime.as_str()) {
            remove_upload(path)?;
            return Err(MediaError::WrongBytes);
        }
        let name = self.path(sha256);
        let folder = name.parent().unwrap_or(&self.0.media);
        fs::create_dir_all(folder)?;
        part.sync_all()?;
        // The same photo from two devices: the same bytes under the same name.
        fs::rename(path, &name)?;
        sync_folder(folder)?;
        sync_folder(&self.0.media)?;
        remove_upload(path)?;
        Ok(())
    }

    /// A photo that is there.
    pub fn stored(&self, sha256: Sha256) -> Option<StoredMedia> {
        let path = self.path(sha256);
        let mut file = File::open(&path).ok()?;
        let size = file.metadata().ok()?.len();
        let mut head = [0; 16];
        file.read_exact(&mut head).ok()?;
        let mime = sniffed(&head)?;
        Some(StoredMedia { path, mime, size })
    }

    /// Removes partial uploads that nobody went on with for seven days, and says how many.
    ///
    /// # Errors
    /// `Io`.
    pub fn expire(&self, now: SystemTime) -> Result<usize, MediaError> {
        let mut n_removed = 0;
        for entry in fs::read_dir(&self.0.uploads)? {
            let path = entry?.path();
            let touched = fs::metadata(&path).and_then(|found| found.modified());
            let is_old = |at| now.duration_since(at).is_ok_and(|age| age > UPLOAD_LIVES);
            if path.extension().is_some_and(|ending| ending == "part") && touched.is_ok_and(is_old) {
                remove_upload(&path)?;
                n_removed += 1;
            }
        }
        Ok(n_removed)
    }

    /// Reads every photo, and answers how many there are and which are not what their name says.
    ///
    /// # Errors
    /// `Io`.
    pub fn verify(&self) -> Result<(usize, Vec<PathBuf>), MediaError> {
        let (mut n_photos, mut damaged) = (0, Vec::new());
        for folder in fs::read_dir(&self.0.media)? {
            let folder = folder?.path();
            for entry in fs::read_dir(&folder)? {
                let path = entry?.path();
                let sha256 = examined(&mut File::open(&path)?)?.0;
                n_photos += 1;
                if self.path(sha256) != path {
                    damaged.push(path);
                }
            }
        }
        damaged.sort();
        Ok((n_photos, damaged))
    }

    fn path(&self, sha256: Sha256) -> PathBuf {
        let name = sha256.to_string();
        let (folder, rest) = name.split_at(2);
        self.0.media.join(folder).join(rest)
    }

    fn part(&self, device: Uuid, id: Uuid) -> PathBuf {
        self.0.uploads.join(format!("{}-{}.part", device.as_simple(), id.as_simple()))
    }

    fn length(&self, device: Uuid, id: Uuid) -> u64 {
        fs::metadata(self.part(device, id)).map(|found| found.len()).unwrap_or_default()
    }

    fn announced(&self, device: Uuid, id: Uuid) -> Option<Announced> {
        let part = self.part(device, id);
        let announced = fs::read(part.with_extension("json")).ok()?;
        part.exists().then(|| serde_json::from_slice(&announced).ok()).flatten()
    }

    fn n_open(&self, device: Uuid) -> Result<usize, MediaError> {
        let beginning = device.as_simple().to_string();
        let entries = fs::read_dir(&self.0.uploads)?.flatten();
        let is_mine = |path: PathBuf| {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            name.starts_with(&beginning) && name.ends_with(".part")
        };
        Ok(entries.filter(|entry| is_mine(entry.path())).count())
    }

    /// Holds an upload until the answer is dropped; none when another request does.
    fn hold(&self, id: Uuid) -> Option<Hold<'_>> {
        let mut busy = self.0.busy.lock().unwrap_or_else(PoisonError::into_inner);
        busy.insert(id).then_some(Hold { busy: &self.0.busy, id })
    }
}

impl PhotoSource for Media {
    fn open(&self, sha256: Sha256) -> io::Result<Vec<u8>> {
        fs::read(self.path(sha256))
    }

    fn rendition(&self, rendition: Rendition) -> io::Result<Vec<u8>> {
        self.0.renditions.get(rendition, || self.open(rendition.sha256))
    }

    fn has(&self, sha256: Sha256) -> bool {
        self.path(sha256).is_file()
    }
}

struct Hold<'a> {
    busy: &'a Mutex<BTreeSet<Uuid>>,
    id: Uuid,
}

impl Drop for Hold<'_> {
    fn drop(&mut self) {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.id);
    }
}

/// One upload per device and photo, without a table that says which.
fn upload_id(device: Uuid, sha256: Sha256, size: u64) -> Uuid {
    let Sha256(hash) = Sha256::of(format!("{device}\0{sha256}\0{size}").as_bytes());
    let first: [u8; 16] = std::array::from_fn(|n| hash.get(n).copied().unwrap_or_default());
    Builder::from_custom_bytes(first).into_uuid()
}

fn remove_upload(part: &Path) -> Result<(), MediaError> {
    for path in [part.to_owned(), part.with_extension("json")] {
        match fs::remove_file(path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            _ => {}
        }
    }
    Ok(())
}

/// The hash of a whole file and what kind of picture it is.
fn examined(file: &mut File) -> Result<(Sha256, Option<&'static str>), MediaError> {
    file.seek(SeekFrom::Start(0))?;
    let mut hash = sha2::Sha256::new();
    let mut mime = None;
    let mut buffer = vec![0; 1 << 16];
    let mut is_first = true;
    loop {
        let n = file.read(&mut buffer)?;
        let bytes = buffer.get(..n).unwrap_or_default();
        if bytes.is_empty() {
            return Ok((Sha256(hash.finalize().into()), mime));
        }
        if std::mem::take(&mut is_first) {
            mime = sniffed(bytes);
        }
        hash.update(bytes);
    }
}

const JPEG: &str = "image/jpeg";
const PNG: &str = "image/png";
const WEBP: &str = "image/webp";

/// What kind of picture begins like this.
fn sniffed(head: &[u8]) -> Option<&'static str> {
    let is_webp = head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP");
    match head {
        [0xff, 0xd8, 0xff, ..] => Some(JPEG),
        [0x89, b'P', b'N', b'G', 0x0d, 0x0a, 0x1a, 0x0a, ..] => Some(PNG),
        _ if is_webp => Some(WEBP),
        _ => None,
    }
}

/// Makes a new name last; where folders cannot be synced, the system sees to it.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
