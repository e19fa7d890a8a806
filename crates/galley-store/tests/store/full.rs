//! A disk that is full, a library that cannot be written, another program that holds it: no answer is given for
//! what was not kept, and all goes on when it can.

use std::path::Path;
use std::process::Command;

use galley_store::{Library, OpenError, StoreError, faults};

use crate::child::{command, command_of, listen, say};
use crate::common::{NOON, append, article, open, text};

/// A long row, so that a disk fills soon.
fn append_long(library: &Library, seq: i64) -> Result<i64, StoreError> {
    let mut append = append(article(1), seq, seq);
    append.updates[0].bytes = [&append.updates[0].bytes[..], &[b'.'; 3000]].concat();
    library.append(append).wait().map(|committed| committed.seq_last)
}

/// Types until it cannot; returns the last number that was acknowledged.
fn until_it_fails(library: &Library, expected: fn(&StoreError) -> bool) -> i64 {
    let first = library.load(article(1)).unwrap().last_seq + 1;
    for seq in first..first + 2000 {
        if let Err(error) = append_long(library, seq) {
            assert!(expected(&error), "{error:?}");
            return seq - 1;
        }
    }
    panic!("nothing failed");
}

fn assert_all_there(library: &Library, last: i64) {
    let stored = library.load(article(1)).unwrap();
    assert_eq!((stored.last_seq, stored.damage.clone()), (last, None));
    let typed: String = (1..=last).map(|seq| format!("<{seq}>")).collect();
    assert_eq!(text(&stored).replace('.', ""), typed);
}

#[test]
fn a_full_disk_keeps_what_was_acknowledged_and_works_again_with_room() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    library.create_article(article(1), NOON).wait().unwrap();
    for _ in 0..3 {
        let pages = faults::pages(&library).unwrap();
        faults::pragma(&library, &format!("max_page_count = {}", pages + 20)).unwrap();
        let last = until_it_fails(&library, |error| matches!(error, StoreError::DiskFull));
        assert_all_there(&library, last);
        faults::pragma(&library, "max_page_count = 1000000").unwrap();
        assert_eq!(append_long(&library, last + 1).unwrap(), last + 1, "the same keystroke, sent again");
    }
    let last = library.load(article(1)).unwrap().last_seq;
    library.close().unwrap();
    assert_all_there(&open(folder.path()), last);
}

#[test]
fn a_large_request_that_does_not_fit_sinks_no_other() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    library.create_article(article(1), NOON).wait().unwrap();
    let pages = faults::pages(&library).unwrap();
    faults::pragma(&library, &format!("max_page_count = {}", pages + 10)).unwrap();
    let mut huge = append(article(1), 1, 1);
    huge.updates[0].bytes = vec![b'x'; 1 << 20];
    // Whether or not they come into one group, the small ones are committed.
    let pending: Vec<_> = (1..=21)
        .map(
            |i| if i == 11 { library.append(huge.clone()) } else { library.append(append(article(1), i, i)) },
        )
        .collect();
    let answers: Vec<_> = pending.into_iter().map(|pending| pending.wait()).collect();
    for (i, answer) in (1..).zip(answers) {
        assert_eq!(answer.is_ok(), i != 11, "{i}: {answer:?}");
    }
    assert_eq!(library.load(article(1)).unwrap().updates.len(), 20);
}

/// In a process whose files may not grow beyond a limit.
pub(crate) fn type_until_full(folder: &Path) {
    let library = open(folder);
    library.create_article(article(1), NOON).wait().unwrap();
    let last = until_it_fails(&library, |error| matches!(error, StoreError::DiskFull));
    assert_all_there(&library, last);
    // It fails again, and again changes nothing.
    assert!(matches!(append_long(&library, last + 1), Err(StoreError::DiskFull)));
    assert_all_there(&library, last);
    say(&last.to_string());
}

#[cfg(unix)]
#[test]
fn a_limit_on_the_size_of_files_is_a_full_disk() {
    let folder = tempfile::tempdir().unwrap();
    // 600 kB in the shell's unit of 512 bytes; the signal that would end the process is ignored.
    let confined = ["sh", "-c", "trap '' XFSZ; ulimit -f 1200; exec \"$0\" \"$@\""];
    let mut child = command("type until full", folder.path(), &confined).spawn().unwrap();
    let said: Vec<String> = listen(&mut child).collect();
    let last: i64 = said.first().expect("it says how far it came").parse().unwrap();
    assert!(child.wait().unwrap().success());
    assert!(last > 20, "{last}");
    let library = open(folder.path());
    assert_all_there(&library, last);
    assert_eq!(append_long(&library, last + 1).unwrap(), last + 1, "with room again");
}

#[test]
fn another_program_that_holds_the_database_makes_a_keystroke_wait_and_then_fail() {
    let folder = tempfile::tempdir().unwrap();
    let library = open(folder.path());
    library.create_article(article(1), NOON).wait().unwrap();
    append_long(&library, 1).unwrap();
    let other = rusqlite::Connection::open(folder.path().join("library.sqlite")).unwrap();
    other.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(matches!(append_long(&library, 2), Err(StoreError::Busy)));
    assert_all_there(&library, 1);
    other.execute_batch("ROLLBACK").unwrap();
    append_long(&library, 2).unwrap();
    assert_all_there(&library, 2);
}

/// Says how opening went.
pub(crate) fn try_to_open(folder: &Path) {
    match Library::open(folder, NOON) {
        Ok(_) => say("opened"),
        Err(OpenError::ReadOnly) => say("read-only"),
        Err(error) => say(&error.to_string()),
    }
}

#[cfg(unix)]
#[test]
fn a_library_that_cannot_be_written_is_refused_and_untouched() {
    use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
    use std::os::unix::process::CommandExt as _;

    let folder = tempfile::tempdir().unwrap();
    let library = folder.path().join("library");
    open(&library).close().unwrap();
    let before = std::fs::read(library.join("library.sqlite")).unwrap();
    let permit = |path: &Path, mode| {
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
    };
    permit(folder.path(), 0o755);
    // Nobody may enter the home folder of the superuser, where this program can have been built.
    let program = folder.path().join("program");
    std::fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    permit(&program, 0o755);
    let attempt = |mut command: Command| {
        let mut child = command.spawn().unwrap();
        let said = listen(&mut child).collect::<Vec<_>>().pop();
        child.wait().unwrap();
        said
    };
    let root = std::fs::metadata(folder.path()).unwrap().uid() == 0;
    // Permissions do not stop the superuser, who becomes nobody for this.
    let as_nobody = |mut command: Command| {
        if root {
            command.uid(65534).gid(65534);
        }
        command
    };
    for (folder_mode, file_mode) in [(0o555, 0o444), (0o755, 0o444), (0o700, 0o600)] {
        if !root && folder_mode != 0o555 {
            continue;
        }
        permit(&library, folder_mode);
        for entry in std::fs::read_dir(&library).unwrap() {
            let path = entry.unwrap().path();
            permit(&path, if path.is_dir() { folder_mode } else { file_mode });
        }
        let said = attempt(as_nobody(command_of(&program, "open", &library, &[])));
        assert_eq!(said.as_deref(), Some("read-only"), "{folder_mode:o}");
    }
    permit(&library, 0o700);
    assert_eq!(std::fs::read(library.join("library.sqlite")).unwrap(), before);
}
