//! `.galley-site`: the file that says whose site a folder is, so that nobody else's files are ever overwritten.

use std::fs;
use std::io;
use std::path::Path;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::SiteError;
use crate::write::replace_file;

pub(crate) const MARKER: &str = ".galley-site";

#[derive(Serialize, Deserialize)]
struct Marker {
    format: u32,
    newsroom: Uuid,
}

/// What a folder says of itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// Nothing is there that anyone could miss.
    Nobody,
    /// A newsroom's site.
    Newsroom(Uuid),
    /// Other files, or a marker that cannot be read.
    Foreign,
}

/// Files that systems leave in any folder: nobody misses them.
const LITTER: [&str; 4] = [".DS_Store", "Thumbs.db", "desktop.ini", "lost+found"];

/// Reads whose site this folder is.
pub(crate) fn holder(root: &Path) -> io::Result<Holder> {
    match fs::read(root.join(MARKER)) {
        Ok(bytes) => return Ok(read(&bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    for entry in fs::read_dir(root)? {
        let name = entry?.file_name();
        let unmissed = name.to_str().is_some_and(|name| LITTER.contains(&name) || name == temporary_marker());
        if !unmissed {
            return Ok(Holder::Foreign);
        }
    }
    Ok(Holder::Nobody)
}

/// Whose site a marker says this is.
pub(crate) fn read(bytes: &[u8]) -> Holder {
    let marker = serde_json::from_slice::<Marker>(bytes).ok();
    marker.map_or(Holder::Foreign, |marker| Holder::Newsroom(marker.newsroom))
}

/// What the marker of a newsroom's site holds.
pub(crate) fn bytes(newsroom: Uuid) -> Vec<u8> {
    serde_json::to_vec(&Marker { format: 1, newsroom }).unwrap_or_default()
}

/// Marks a folder that is nobody's.
pub(crate) fn mark(root: &Path, newsroom: Uuid) -> Result<(), SiteError> {
    let marked =
        replace_file(&root.join(MARKER), &bytes(newsroom)).and_then(|_| crate::write::sync_folder(root));
    marked.map_err(|error| crate::write::classify(root, error))
}

/// What a crash while marking leaves behind.
fn temporary_marker() -> String {
    crate::write::temporary_name(MARKER)
}
