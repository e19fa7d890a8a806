//! The files of a site as the server has seen them: hashed once, small ones kept in memory, and looked at again on
//! every request, so that a file which anyone changed is never served old.
//!
//! Packed forms are used only when they unpack to their file's bytes. What is remembered is bounded in bytes.

use std::collections::{HashMap, VecDeque};
use std::fs::{self, File, Metadata};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime};

use axum::body::Bytes;
use axum::http::HeaderValue;
use galley_destinations::{Encoding, SitePath};
use sha2::Digest as _;

/// Larger files are read from the disk for every reader.
const KEPT: u64 = 1 << 19;
/// Larger files are never read as a whole, and so their packed forms are not believed.
const WHOLE: u64 = 64 << 20;
/// What a file costs in memory beside its bytes, about.
const OVERHEAD: usize = 1 << 10;
/// A second write so soon after the first may leave a file with the same times; systems count in such steps.
const FINE: Duration = Duration::from_millis(100);
/// The same where the times of files are whole milliseconds or more: some count in steps of two seconds.
const COARSE: Duration = Duration::from_millis(2100);
/// Packed forms that were not there may have come: a change brings them just after their file.
const LOOK_AGAIN: Duration = Duration::from_secs(2);
/// So often is a file read again that changes while it is read.
const TRIES: usize = 8;

/// What is remembered of a site's files.
pub(super) struct Files {
    root: PathBuf,
    budget: usize,
    kept: RwLock<HashMap<SitePath, Arc<Seen>>>,
    order: Mutex<Order>,
    /// Held while a file is read, so that a crowd reads it once; by the path's hash.
    reading: [tokio::sync::Mutex<()>; 16],
}

/// In which order files came, and what they weigh together.
#[derive(Default)]
struct Order {
    queue: VecDeque<Arc<Seen>>,
    weight: usize,
}

/// A file as it was at one moment.
pub(super) struct Seen {
    pub(super) path: SitePath,
    /// When it was written, to the second, unless it may be written again within that second.
    pub(super) modified: Option<SystemTime>,
    /// The same as it is sent.
    pub(super) modified_header: Option<HeaderValue>,
    pub(super) plain: Form,
    packed: [Option<Form>; Encoding::ALL.len()],
    place: PathBuf,
    identity: Identity,
    /// Whether it had been left alone for long enough that any later write shows in its times.
    is_settled: bool,
    looked_at: Instant,
    was_used: AtomicBool,
}

/// One form of a file.
pub(super) struct Form {
    pub(super) len: u64,
    /// Strong, with its quotes.
    pub(super) etag: HeaderValue,
    /// None of a large one.
    pub(super) bytes: Option<Bytes>,
    on_disk: OnDisk,
}

/// Where a form lies, and how it was.
#[derive(Clone)]
pub(super) struct OnDisk {
    place: PathBuf,
    identity: Identity,
}

/// What tells one state of a file from another without reading it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Identity {
    len: u64,
    modified: Option<SystemTime>,
    #[cfg(unix)]
    inode: (u64, u64),
    #[cfg(unix)]
    changed: (i64, i64),
}

impl Files {
    /// Remembers at most about so many bytes.
    pub(super) fn of(root: &Path, budget: usize) -> Self {
        Self {
            root: root.to_owned(),
            budget,
            kept: RwLock::default(),
            order: Mutex::default(),
            reading: Default::default(),
        }
    }

    /// The file at a path as it is now; none when there is no plain file.
    ///
    /// # Errors
    /// It is there and cannot be read.
    pub(super) async fn get(self: &Arc<Self>, path: &SitePath) -> io::Result<Option<Arc<Seen>>> {
        if let Some(seen) = self.known(path) {
            return Ok(Some(seen));
        }
        let at = path.as_str().bytes().fold(0_usize, |hash, byte| hash.wrapping_mul(31) + usize::from(byte));
        let _reading = match self.reading.get(at % self.reading.len()) {
            Some(lock) => lock.lock().await,
            None => return Ok(None),
        };
        // Whoever was before has read it.
        if let Some(seen) = self.known(path) {
            return Ok(Some(seen));
        }
        let (files, path) = (self.clone(), path.clone());
        tokio::task::spawn_blocking(move || {
            let seen = look(&files.root, &path)?.map(Arc::new);
            files.keep(&path, seen.clone());
            Ok(seen)
        })
        .await
        .map_err(io::Error::other)?
    }

    /// What is remembered of a file, while it is as it was. Asks the system once, which for a file that was just
    /// served is a matter of memory, not of the disk.
    fn known(&self, path: &SitePath) -> Option<Arc<Seen>> {
        let seen = self.kept.read().unwrap_or_else(PoisonError::into_inner).get(path).cloned()?;
        if !seen.is_settled || seen.lacks_a_form() && seen.looked_at.elapsed() > LOOK_AGAIN {
            return None;
        }
        let found = fs::symlink_metadata(&seen.place).ok()?;
        if !found.is_file() || Identity::of(&found) != seen.identity {
            return None;
        }
        seen.was_used.store(true, Ordering::Relaxed);
        Some(seen)
    }

    fn keep(&self, path: &SitePath, seen: Option<Arc<Seen>>) {
        let mut order = self.order.lock().unwrap_or_else(PoisonError::into_inner);
        let mut kept = self.kept.write().unwrap_or_else(PoisonError::into_inner);
        let Some(seen) = seen else {
            kept.remove(path);
            return;
        };
        order.weight += seen.weight();
        order.queue.push_back(seen.clone());
        kept.insert(path.clone(), seen);
        while order.weight > self.budget {
            let Some(oldest) = order.queue.pop_front() else { return };
            let is_current = kept.get(&oldest.path).is_some_and(|seen| Arc::ptr_eq(seen, &oldest));
            if is_current && oldest.was_used.swap(false, Ordering::Relaxed) {
                order.queue.push_back(oldest);
                continue;
            }
            if is_current {
                kept.remove(&oldest.path);
            }
            order.weight -= oldest.weight();
        }
    }
}

impl Seen {
    /// The form in an encoding, when there is one.
    pub(super) fn form(&self, encoding: Option<Encoding>) -> Option<&Form> {
        match encoding {
            None => Some(&self.plain),
            Some(encoding) => {
                let forms = Encoding::ALL.into_iter().zip(&self.packed);
                forms.into_iter().find(|(of, _)| *of == encoding).and_then(|(_, form)| form.as_ref())
            }
        }
    }

    fn lacks_a_form(&self) -> bool {
        self.path.is_text() && self.packed.iter().any(Option::is_none)
    }

    fn weight(&self) -> usize {
        let forms = self.packed.iter().flatten().chain([&self.plain]);
        forms.filter_map(|form| form.bytes.as_ref()).map(Bytes::len).sum::<usize>() + OVERHEAD
    }
}

impl Form {
    /// Where it lies.
    pub(super) fn on_disk(&self) -> OnDisk {
        self.on_disk.clone()
    }
}

impl OnDisk {
    /// Opens it, while it is as it was; none when it is not.
    ///
    /// # Errors
    /// It cannot be opened.
    pub(super) fn open(&self) -> io::Result<Option<File>> {
        Ok(opened(&self.place)?.filter(|(_, identity)| *identity == self.identity).map(|(file, _)| file))
    }
}

impl Identity {
    fn of(found: &Metadata) -> Self {
        #[cfg(unix)]
        use std::os::unix::fs::MetadataExt as _;
        Self {
            len: found.len(),
            modified: found.modified().ok(),
            #[cfg(unix)]
            inode: (found.dev(), found.ino()),
            #[cfg(unix)]
            changed: (found.ctime(), found.ctime_nsec()),
        }
    }

    /// Whether a write after this moment is bound to show.
    fn is_settled(&self, now: SystemTime) -> bool {
        let Some(modified) = self.modified else { return false };
        let since = modified.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        let step = if since.subsec_nanos().is_multiple_of(1_000_000) { COARSE } else { FINE };
        let is_past = |at: SystemTime| now.duration_since(at).is_ok_and(|age| age > step);
        #[cfg(unix)]
        {
            let seconds = Duration::from_secs(u64::try_from(self.changed.0).unwrap_or_default());
            let rest = Duration::from_nanos(u64::try_from(self.changed.1).unwrap_or_default());
            is_past(modified) && is_past(SystemTime::UNIX_EPOCH + seconds + rest)
        }
        #[cfg(not(unix))]
        is_past(modified)
    }
}

/// Reads a file with its packed forms.
fn look(root: &Path, path: &SitePath) -> io::Result<Option<Seen>> {
    for _ in 0..TRIES {
        let looked_at = (Instant::now(), SystemTime::now());
        let place = path.under(root);
        if !folders_are_real(root, &place)? {
            return Ok(None);
        }
        let Some((mut file, identity)) = opened(&place)? else { return Ok(None) };
        let Some((plain, whole)) = read(path, &place, &mut file, identity)? else { continue };
        let packed = match &whole {
            Some(whole) if path.is_text() => {
                let [first, second] = Encoding::ALL.map(|encoding| packed(&place, encoding, whole));
                [first?, second?]
            }
            _ => [None, None],
        };
        let seconds = identity.modified.and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
        let modified = seconds.map(|since| SystemTime::UNIX_EPOCH + Duration::from_secs(since.as_secs()));
        let is_over = |at: &SystemTime| looked_at.1.duration_since(*at).is_ok_and(|age| age > COARSE);
        let modified = modified.filter(is_over);
        return Ok(Some(Seen {
            path: path.clone(),
            modified,
            modified_header: modified.and_then(|at| HeaderValue::try_from(httpdate::fmt_http_date(at)).ok()),
            plain,
            packed,
            place,
            identity,
            is_settled: identity.is_settled(looked_at.1),
            looked_at: looked_at.0,
            was_used: AtomicBool::new(false),
        }));
    }
    Err(io::Error::other("the file changes all the time"))
}

/// Hashes an open file; with its bytes where they are small enough, or needed to look at packed forms. None when
/// it changed meanwhile.
fn read(
    path: &SitePath,
    place: &Path,
    file: &mut File,
    identity: Identity,
) -> io::Result<Option<(Form, Option<Bytes>)>> {
    let is_wanted = identity.len <= KEPT || (path.is_text() && identity.len <= WHOLE);
    let mut bytes = Vec::new();
    let mut hash = sha2::Sha256::new();
    let mut len = 0;
    let mut buffer = vec![0; 1 << 16];
    loop {
        let n = match file.read(&mut buffer) {
            Ok(n) => n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        let read = buffer.get(..n).unwrap_or_default();
        if read.is_empty() {
            break;
        }
        hash.update(read);
        len += n as u64;
        if is_wanted {
            bytes.extend_from_slice(read);
        }
        if len > identity.len {
            return Ok(None);
        }
    }
    if len != identity.len || Identity::of(&file.metadata()?) != identity {
        return Ok(None);
    }
    let whole = is_wanted.then(|| Bytes::from(bytes));
    let etag = etag(&hash.finalize());
    let bytes = whole.clone().filter(|_| len <= KEPT);
    let on_disk = OnDisk { place: place.to_owned(), identity };
    Ok(Some((Form { len, etag, bytes, on_disk }, whole)))
}

/// The packed form of a file, when there is one that unpacks to it.
fn packed(place: &Path, encoding: Encoding, whole: &[u8]) -> io::Result<Option<Form>> {
    let place = encoding.place(place);
    let Some((mut file, identity)) = opened(&place)? else { return Ok(None) };
    if identity.len >= whole.len() as u64 {
        return Ok(None);
    }
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes)?;
    if bytes.len() as u64 != identity.len || !encoding.unpacks_to(&bytes, whole) {
        return Ok(None);
    }
    let etag = etag(&sha2::Sha256::digest(&bytes));
    let len = identity.len;
    let bytes = (len <= KEPT).then(|| Bytes::from(bytes));
    Ok(Some(Form { len, etag, bytes, on_disk: OnDisk { place, identity } }))
}

/// Another form has other bytes, and so another tag.
fn etag(hash: &[u8]) -> HeaderValue {
    let digits: String = hash.iter().take(16).map(|byte| format!("{byte:02x}")).collect();
    // Digits and quotes are fit for a header; without a tag a file would only be sent more often.
    HeaderValue::try_from(format!("\"{digits}\"")).unwrap_or(HeaderValue::from_static("\"\""))
}

/// Opens a plain file, never through a link.
fn opened(place: &Path) -> io::Result<Option<(File, Identity)>> {
    let found = match fs::symlink_metadata(place) {
        Ok(found) if found.is_file() => found,
        Ok(_) => return Ok(None),
        Err(error) if is_nothing_there(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    let file = match File::open(place) {
        Ok(file) => file,
        Err(error) if is_nothing_there(&error) => return Ok(None),
        Err(error) => return Err(error),
    };
    let identity = Identity::of(&file.metadata()?);
    // Something else took its place between the two; it is looked at when it is asked for again.
    #[cfg(unix)]
    if identity.inode != Identity::of(&found).inode && !fs::symlink_metadata(place)?.is_file() {
        return Ok(None);
    }
    #[cfg(not(unix))]
    let _ = found;
    Ok(Some((file, identity)))
}

/// Whether the folders between the root and a file are folders. The root itself may be a link of its owner's.
fn folders_are_real(root: &Path, place: &Path) -> io::Result<bool> {
    for folder in place.ancestors().skip(1).take_while(|folder| *folder != root) {
        match fs::symlink_metadata(folder) {
            Ok(found) if found.is_dir() => {}
            Ok(_) => return Ok(false),
            Err(error) if is_nothing_there(&error) => return Ok(false),
            Err(error) => return Err(error),
        }
    }
    Ok(true)
}

fn is_nothing_there(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_remembered_is_bounded_and_what_is_asked_for_often_stays() {
        let place = tempfile::tempdir().unwrap();
        let budget = 20 * (10_000 + OVERHEAD);
        let files = Arc::new(Files::of(place.path(), budget));
        let path = |n: usize| -> SitePath { format!("/a-{n}.txt").parse().unwrap() };
        let old = SystemTime::now() - Duration::from_secs(60);
        for n in 0..200 {
            let at = path(n).under(place.path());
            fs::write(&at, vec![b'a'; 10_000]).unwrap();
            File::options().write(true).open(&at).unwrap().set_modified(old).unwrap();
        }
        for n in 1..200 {
            for n in [0, n] {
                assert_eq!(files.get(&path(n)).await.unwrap().unwrap().plain.len, 10_000);
            }
            let (weight, n_kept) = (files.order.lock().unwrap().weight, files.kept.read().unwrap().len());
            assert!(weight <= budget && n_kept <= 20, "{weight} bytes, {n_kept} files");
        }
        assert!(files.kept.read().unwrap().len() > 5);
        assert!(files.get(&path(200)).await.unwrap().is_none());
    }
}
