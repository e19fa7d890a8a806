//! One Galley per library, and a newcomer makes the first one come forward.

use std::path::Path;
use std::sync::mpsc;

use galley_store::{Library, OpenError};

use crate::child::{command, listen, say};
use crate::common::{NOON, open};

#[test]
fn a_newcomer_calls_the_holder_and_leaves() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    let newcomer = || match Library::open(folder.path(), NOON) {
        Err(OpenError::InUse { raised }) => raised,
        other => panic!("{other:?}"),
    };
    assert!(newcomer(), "it is heard before there is a window");
    let (rang, bell) = mpsc::channel();
    library.on_raise(move || rang.send(()).unwrap());
    bell.recv().unwrap();
    assert!(newcomer());
    bell.recv().unwrap();
    assert!(Library::is_held(folder.path()));
    bell.recv().unwrap();
    library.close().unwrap();
    assert!(!Library::is_held(folder.path()));
    open(folder.path()).close().unwrap();
}

#[test]
fn a_visitor_without_the_word_is_not_heard() {
    use std::io::{Read as _, Write as _};
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    library.on_raise(|| panic!("it was heard"));
    let door = std::fs::read_to_string(folder.path().join("door")).unwrap();
    let port: u16 = door.split(' ').next().unwrap().parse().unwrap();
    let mut visitor = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
    visitor.write_all(&[b'x'; 32]).unwrap();
    let mut answer = Vec::new();
    visitor.read_to_end(&mut answer).unwrap();
    assert_eq!(answer, b"");
}

#[test]
fn two_libraries_are_open_side_by_side() {
    let folders = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let libraries = folders.each_ref().map(|folder| open(folder.path()));
    libraries.iter().for_each(|library| library.close().unwrap());
}

/// Opens the library and waits to be killed.
pub(crate) fn hold(folder: &Path) {
    let _library = open(folder);
    say("open");
    loop {
        std::thread::park();
    }
}

#[test]
fn a_killed_holder_leaves_no_lock_behind() {
    let folder = tempfile::tempdir().unwrap();
    let mut child = command("hold", folder.path(), &[]).spawn().unwrap();
    assert_eq!(listen(&mut child).next().as_deref(), Some("open"));
    assert!(matches!(Library::open(folder.path(), NOON), Err(OpenError::InUse { raised: true })));
    child.kill().unwrap();
    child.wait().unwrap();
    let (library, report) = Library::open(folder.path(), NOON).unwrap();
    assert!(report.unclean);
    library.close().unwrap();
    assert!(!Library::open(folder.path(), NOON).unwrap().1.unclean);
}
