//! What the end-to-end tests and the figures of the real window stand on: a desktop session, WebDriver, and a
//! Galley in it that is found by role and accessible name.
//!
//! Linux only. Nothing outside the test's own folders is touched, and every process ends with the test.

mod desktop;
mod galley;
pub mod process;
mod server;
pub mod webdriver;

use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

pub use desktop::Desktop;
pub use galley::{Galley, keys};
pub use server::Server;
pub use webdriver::agent;

/// How long something that must happen may take on a slow machine before the test gives up.
const PATIENCE: Duration = Duration::from_secs(60);
const POLL: Duration = Duration::from_millis(25);

/// Waits for an observable state.
pub fn wait_until(what: &str, mut holds: impl FnMut() -> bool) {
    wait_for(what, || holds().then_some(()));
}

/// Waits for something to be there.
pub fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(begun.elapsed() < PATIENCE, "waited {} s in vain until {what}", PATIENCE.as_secs());
        std::thread::sleep(POLL);
    }
}

/// A port of this computer that is free now.
pub fn free_port() -> u16 {
    let socket = TcpListener::bind(("127.0.0.1", 0)).expect("a port is free");
    socket.local_addr().expect("it has an address").port()
}

/// Where pictures and logs of the tests are left, in the target folder.
pub fn output_folder(kind: &str) -> PathBuf {
    let program = std::env::current_exe().expect("a test is a program");
    // Cargo tags a target folder only when it made it itself, but keeps fingerprints in every profile's folder.
    let profile = program.ancestors().find(|folder| folder.join(".fingerprint").exists());
    let target = profile.and_then(Path::parent).expect("a test lies in the target folder");
    let folder = target.join(kind);
    std::fs::create_dir_all(&folder).expect("the target folder can be written");
    folder
}
