//! What the tests share: a library in a folder of its own, and updates that say what they are.

use std::collections::BTreeMap;
use std::path::Path;

use galley_model::{ArticleId, Instant};
use galley_store::{Append, Folded, JournalRow, Library, List, PreparedArticle, Publication, StoredArticle};
use tempfile::TempDir;
use uuid::Uuid;

pub(crate) const NOON: Instant = Instant(1_764_000_000_000);
pub(crate) const PEER: u64 = 0xfedc_ba98_7654_3210;

pub(crate) fn open(folder: &Path) -> Library {
    Library::open(folder, NOON).unwrap().0
}

pub(crate) fn article(n: u128) -> ArticleId {
    ArticleId(Uuid::from_u128(n))
}

/// The `seq`th update: its bytes say its number, so that a text is the list of its updates.
pub(crate) fn row(seq: i64) -> JournalRow {
    JournalRow {
        peer: PEER,
        start: seq as i32 - 1,
        end: seq as i32,
        bytes: format!("<{seq}>").into_bytes(),
        view: "a view".to_owned(),
        view_seq: seq as u32,
    }
}

/// An append of the updates `from..=to`.
pub(crate) fn append(article: ArticleId, from: i64, to: i64) -> Append {
    let updates = (from..=to).map(row).collect();
    Append { updates, ..Append::new(article, Instant(NOON.0 + to)) }
}

/// What a document of the updates `1..=upto` folds into.
pub(crate) fn folded(upto: i64) -> Folded {
    let body: String = (1..=upto).map(|seq| format!("<{seq}>")).collect();
    Folded {
        snapshot: body.clone().into_bytes(),
        body,
        meta_json: r#"{"headline":"水"}"#.to_owned(),
        version: upto.to_le_bytes().to_vec(),
        engine: "test-1".to_owned(),
    }
}

/// The text that a stored article stands for.
pub(crate) fn text(stored: &StoredArticle) -> String {
    let snapshot = stored.snapshot.iter().chain(&stored.updates);
    snapshot.map(|bytes| String::from_utf8(bytes.clone()).unwrap()).collect()
}

pub(crate) fn fields(of: &[(&str, &str)]) -> BTreeMap<String, String> {
    of.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// An article for a bulk import.
pub(crate) fn prepared(n: u128, text: &str) -> PreparedArticle {
    PreparedArticle {
        id: article(n),
        list: List::Drafts,
        publication: Publication::None,
        created_at: NOON,
        updated_at: Instant(NOON.0 + n as i64),
        headline: String::new(),
        excerpt: String::new(),
        words: 0,
        search_text: text.to_owned(),
        folded: folded(1),
    }
}

/// The folder as a killed process leaves it: a copy of the files of a library that is open and idle.
pub(crate) fn crashed(folder: &Path) -> TempDir {
    fn copy(from: &Path, to: &Path) {
        std::fs::create_dir_all(to).unwrap();
        for entry in std::fs::read_dir(from).unwrap() {
            let path = entry.unwrap().path();
            let name = to.join(path.file_name().unwrap());
            if path.is_dir() {
                copy(&path, &name);
            } else {
                std::fs::copy(&path, name).unwrap();
            }
        }
    }
    let copied = tempfile::tempdir().unwrap();
    copy(folder, copied.path());
    copied
}

/// Removes the day log and the backups, so that the library stands alone.
pub(crate) fn alone(folder: &Path) {
    for name in ["daylog", "backups"] {
        let _ = std::fs::remove_dir_all(folder.join(name));
    }
}

/// The text of the updates `1..=last`.
pub(crate) fn typed(last: i64) -> String {
    (1..=last).map(|seq| format!("<{seq}>")).collect()
}

/// Changes one byte of a file.
pub(crate) fn flip(path: &Path, at: usize) {
    let mut bytes = std::fs::read(path).unwrap();
    bytes[at] ^= 0x41;
    std::fs::write(path, bytes).unwrap();
}
