//! A loss of power keeps every acknowledged commit.
//!
//! What a disk surely holds is what was synced. So every sync of the write-ahead log is watched, from inside
//! SQLite's own file calls, and the log is cut where it was last synced before an answer, and at every frame from
//! there on: each time all that had been answered must be there. The same test on a library that syncs less must
//! find it lacking, which shows that it can.

#![cfg(unix)]
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "helpers of tests fail by panicking")]

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use galley_model::{ArticleId, Instant};
use galley_store::{Append, JournalRow, Library, faults};
use uuid::Uuid;

const HEADER: u64 = 32;
const FRAME: u64 = 24 + 4096;
const ROWS: i64 = 25;

fn article() -> ArticleId {
    ArticleId(Uuid::from_u128(1))
}

fn append(seq: i64) -> Append {
    let row = JournalRow {
        peer: 7,
        start: seq as i32,
        end: seq as i32 + 1,
        bytes: format!("<{seq}>").into_bytes(),
        view: String::new(),
        view_seq: 0,
    };
    Append { updates: vec![row], ..Append::new(article(), Instant(seq)) }
}

/// Types, and notes with each answer how much of the log had been synced. Returns the folder as it then is.
fn typed(setting: &str) -> (tempfile::TempDir, BTreeMap<i64, u64>) {
    let folder = tempfile::tempdir().unwrap();
    let library = Library::open(folder.path(), Instant(0)).unwrap().0;
    faults::pragma(&library, setting).unwrap();
    let log = folder.path().join("library.sqlite-wal");
    library.create_article(article(), Instant(0)).wait().unwrap();
    let mut synced = BTreeMap::new();
    for seq in 1..=ROWS {
        library.append(append(seq)).wait().unwrap();
        synced.insert(seq, watch::synced(&log));
    }
    let left = tempfile::tempdir().unwrap();
    for name in ["library.sqlite", "library.sqlite-wal", "running"] {
        fs::copy(folder.path().join(name), left.path().join(name)).unwrap();
    }
    (left, synced)
}

/// How many rows are there when the log ends at this byte, without help from the day log.
fn rows_when_cut(folder: &Path, end: u64) -> i64 {
    let cut = tempfile::tempdir().unwrap();
    for name in ["library.sqlite", "library.sqlite-wal", "running"] {
        fs::copy(folder.join(name), cut.path().join(name)).unwrap();
    }
    let log = fs::OpenOptions::new().write(true).open(cut.path().join("library.sqlite-wal")).unwrap();
    log.set_len(end).unwrap();
    let library = Library::open(cut.path(), Instant(0)).unwrap().0;
    let Ok(stored) = library.load(article()) else { return 0 };
    let text: Vec<u8> = stored.updates.concat();
    let expected: String = (1..=stored.last_seq).map(|seq| format!("<{seq}>")).collect();
    assert_eq!(String::from_utf8(text).unwrap(), expected, "never a gap");
    stored.last_seq
}

/// The answers that some cut would have broken.
fn broken(setting: &str) -> Vec<i64> {
    let (folder, synced) = typed(setting);
    let length = fs::metadata(folder.path().join("library.sqlite-wal")).unwrap().len();
    let frames = (0..).map(|n| HEADER + n * FRAME).take_while(|end| *end <= length);
    // A cut inside a frame is one at its beginning.
    let cuts: BTreeMap<u64, i64> = frames
        .flat_map(|end| [end, (end + FRAME / 2).min(length)])
        .map(|end| (end, rows_when_cut(folder.path(), end)))
        .collect();
    let survives = |seq: i64, synced: u64| {
        cuts.range(..=synced).next_back().is_some_and(|(_, rows)| *rows >= seq)
            && cuts.range(synced..).all(|(_, rows)| *rows >= seq)
    };
    synced.into_iter().filter(|(seq, synced)| !survives(*seq, *synced)).map(|(seq, _)| seq).collect()
}

#[test]
fn every_answer_survives_a_loss_of_power() {
    watch::install();
    assert_eq!(broken("synchronous = FULL"), Vec::<i64>::new());
}

#[test]
fn a_library_that_syncs_less_would_not_pass() {
    watch::install();
    assert_eq!(broken("synchronous = NORMAL"), (1..=ROWS).collect::<Vec<_>>());
}

/// Watches the syncs of SQLite's files.
mod watch {
    #![expect(unsafe_code, reason = "SQLite's file calls are a table of C functions")]

    use std::collections::BTreeMap;
    use std::ffi::{CStr, c_char, c_int};
    use std::path::{Path, PathBuf};
    use std::ptr;
    use std::sync::{Mutex, Once};

    use rusqlite::ffi::{
        SQLITE_OK, sqlite3_file, sqlite3_io_methods, sqlite3_vfs, sqlite3_vfs_find, sqlite3_vfs_register,
    };

    static FILES: Mutex<Files> = Mutex::new(Files { open: BTreeMap::new(), synced: BTreeMap::new() });

    struct Files {
        /// Open files by their address: what is called for them, and their path.
        open: BTreeMap<usize, (&'static sqlite3_io_methods, PathBuf)>,
        /// Bytes that the last sync of a path surely covered.
        synced: BTreeMap<PathBuf, u64>,
    }

    /// Bytes of a file that were synced.
    pub(super) fn synced(path: &Path) -> u64 {
        FILES.lock().unwrap().synced.get(path).copied().unwrap_or_default()
    }

    /// Makes every file that SQLite opens from now on a watched one.
    pub(super) fn install() {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            // SAFETY: the default table lives as long as the process, and so does the copy, which differs from it
            // only by one function and its name.
            unsafe {
                let mut vfs = *sqlite3_vfs_find(ptr::null());
                vfs.zName = c"watched".as_ptr();
                vfs.xOpen = Some(open);
                vfs.pNext = ptr::null_mut();
                assert_eq!(sqlite3_vfs_register(Box::leak(Box::new(vfs)), 1), SQLITE_OK);
            }
        });
    }

    /// SAFETY: called by SQLite with what it would have called the default function with.
    unsafe extern "C" fn open(
        _vfs: *mut sqlite3_vfs,
        name: *const c_char,
        file: *mut sqlite3_file,
        flags: c_int,
        out_flags: *mut c_int,
    ) -> c_int {
        unsafe {
            let original = sqlite3_vfs_find(c"unix".as_ptr());
            let opened = (*original).xOpen.unwrap()(original, name, file, flags, out_flags);
            if opened == SQLITE_OK && !name.is_null() {
                let path = PathBuf::from(CStr::from_ptr(name).to_str().unwrap());
                let methods: &'static sqlite3_io_methods = &*(*file).pMethods;
                let watched = sqlite3_io_methods { xSync: Some(sync), xClose: Some(close), ..*methods };
                FILES.lock().unwrap().open.insert(file as usize, (methods, path));
                (*file).pMethods = Box::leak(Box::new(watched));
            }
            opened
        }
    }

    /// SAFETY: see `open`; `file` is one of those opened there.
    unsafe extern "C" fn sync(file: *mut sqlite3_file, flags: c_int) -> c_int {
        let (methods, path) = FILES.lock().unwrap().open[&(file as usize)].clone();
        unsafe {
            let synced = methods.xSync.unwrap()(file, flags);
            let mut length = 0;
            if synced == SQLITE_OK && methods.xFileSize.unwrap()(file, &raw mut length) == SQLITE_OK {
                FILES.lock().unwrap().synced.insert(path, length as u64);
            }
            synced
        }
    }

    /// SAFETY: see `sync`.
    unsafe extern "C" fn close(file: *mut sqlite3_file) -> c_int {
        let (methods, _) = FILES.lock().unwrap().open.remove(&(file as usize)).unwrap();
        unsafe {
            (*file).pMethods = methods;
            methods.xClose.unwrap()(file)
        }
    }
}
