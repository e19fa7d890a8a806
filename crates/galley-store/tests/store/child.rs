//! Parts of tests that run in a process of their own, to be killed or confined: the test binary runs itself
//! again, and this test, which does nothing otherwise, plays the part.

use std::io::{BufRead as _, BufReader, Lines};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};

const PART: &str = "GALLEY_TEST_PART";
const FOLDER: &str = "GALLEY_TEST_FOLDER";

/// What a process does in the library's folder.
type Part = fn(&Path);

/// Parts by name.
const PARTS: [(&str, Part); 4] = [
    ("type and fold", crate::kill::type_and_fold),
    ("type until full", crate::full::type_until_full),
    ("open", crate::full::try_to_open),
    ("hold", crate::lock::hold),
];

#[test]
fn plays_the_part_that_another_test_asks_for() {
    let Some(part) = std::env::var_os(PART) else { return };
    let folder = PathBuf::from(std::env::var_os(FOLDER).unwrap());
    let (_, play) = PARTS.iter().find(|(name, _)| part == *name).unwrap();
    play(&folder);
}

/// What a part says to its test: lines that nobody else writes.
pub(crate) fn say(line: &str) {
    println!("\n> {line}");
}

/// This binary, playing a part; `before` stands before it on the command line.
pub(crate) fn command(part: &str, folder: &Path, before: &[&str]) -> Command {
    command_of(&std::env::current_exe().unwrap(), part, folder, before)
}

/// The same of a copy of this binary, for who may not enter the folder it was built in.
pub(crate) fn command_of(binary: &Path, part: &str, folder: &Path, before: &[&str]) -> Command {
    let mut command = match before {
        [] => Command::new(binary),
        [program, arguments @ ..] => {
            let mut command = Command::new(program);
            command.args(arguments).arg(binary);
            command
        }
    };
    command.args(["child::plays_the_part_that_another_test_asks_for", "--exact", "--nocapture"]);
    command.env(PART, part).env(FOLDER, folder).stdout(Stdio::piped()).stderr(Stdio::null());
    command
}

/// What a child says.
pub(crate) struct Said(Lines<BufReader<ChildStdout>>);

pub(crate) fn listen(child: &mut Child) -> Said {
    Said(BufReader::new(child.stdout.take().unwrap()).lines())
}

impl Iterator for Said {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        self.0.by_ref().map_while(Result::ok).find_map(|line| line.strip_prefix("> ").map(str::to_owned))
    }
}
