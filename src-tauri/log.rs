//! What the program has to say to who mends it: on the terminal, and in a file of the library that only its owner
//! reads. Never an article's text, a source's name or a password.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;
use std::sync::Mutex;

use tracing::Level;
use tracing_subscriber::fmt::writer::MakeWriterExt;

/// The file in the library's folder.
const NAME: &str = "galley.log";
/// At the start a file longer than this, in bytes, makes way and stays as the older one.
const LONG: u64 = 1 << 20;

/// Begins to write down warnings and errors. A library that cannot be written is told about on the terminal alone.
pub(crate) fn begin(data_dir: &Path) {
    let lines = tracing_subscriber::fmt().with_ansi(false).with_target(true);
    let begun = match file(data_dir) {
        Ok(file) => {
            lines.with_writer(io::stderr.and(Mutex::new(file)).with_max_level(Level::WARN)).try_init()
        }
        Err(_) => lines.with_writer(io::stderr.with_max_level(Level::WARN)).try_init(),
    };
    // Somebody writes down already: a test that starts the window does.
    begun.ok();
}

fn file(data_dir: &Path) -> io::Result<File> {
    fs::create_dir_all(data_dir)?;
    let path = data_dir.join(NAME);
    if fs::metadata(&path).is_ok_and(|file| file.len() > LONG) {
        fs::rename(&path, data_dir.join(format!("{NAME}.old")))?;
    }
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_long_file_makes_way_once_and_only_its_owner_reads_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        file(folder.path()).unwrap().write_all(b"first\n").unwrap();
        file(folder.path()).unwrap().write_all(b"second\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "first\nsecond\n");
        #[cfg(unix)]
        {
            let mode = std::os::unix::fs::PermissionsExt::mode(&fs::metadata(&path).unwrap().permissions());
            assert_eq!(mode & 0o777, 0o600);
        }
        fs::write(&path, vec![b'.'; LONG as usize + 1]).unwrap();
        file(folder.path()).unwrap().write_all(b"third\n").unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), "third\n");
        assert_eq!(fs::metadata(folder.path().join("galley.log.old")).unwrap().len(), LONG + 1);
    }
}
