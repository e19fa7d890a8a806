//! The real window, from end to end: Galley itself under a virtual screen, driven through WebDriver.

mod bad_days;
mod bare_window;
mod chinese_input;
mod page_proof;
pub mod rig;
mod theme;
mod two_windows;
mod write_and_publish;

use std::path::{Path, PathBuf};

use rig::{Desktop, Galley};

/// One test's desktop and library.
struct Bench {
    desktop: Desktop,
    library: tempfile::TempDir,
    log: PathBuf,
}

impl Bench {
    fn new(test: &str) -> Self {
        let log = rig::output_folder("e2e").join(format!("{test}.log"));
        std::fs::write(&log, "").expect("the target folder can be written");
        let desktop = Desktop::start(&log);
        Self { desktop, library: tempfile::tempdir().expect("there is room"), log }
    }

    fn open(&self, language: &str) -> Galley {
        Galley::open(&self.desktop, program(), self.library.path(), language, &self.log)
    }
}

fn program() -> &'static Path {
    Path::new(env!("CARGO_BIN_EXE_galley"))
}
