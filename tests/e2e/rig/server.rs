//! A publishing server as a process of its own, as a newsroom runs it.

use std::io::{BufRead as _, BufReader};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::process::Process;
use super::wait_for;

/// A running `galley-server` over a data folder.
pub struct Server {
    process: Option<Process>,
    data: PathBuf,
    addr: SocketAddr,
    log: PathBuf,
}

impl Server {
    /// Serves the newsroom in `data`, a new one where there is none, on a port that is free.
    pub fn start(data: &Path, log: &Path) -> Self {
        let any: SocketAddr = ([127, 0, 0, 1], 0).into();
        let mut server = Self { process: None, data: data.to_owned(), addr: any, log: log.to_owned() };
        server.start_again();
        server
    }

    /// Where it listens; the same after it was started again.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// What it keeps.
    pub fn data(&self) -> &Path {
        &self.data
    }

    /// Ends it as a power cut would.
    pub fn kill(&mut self) {
        self.process = None;
    }

    /// Starts it at the address it had.
    pub fn start_again(&mut self) {
        self.addr = wait_for("galley-server listens", || {
            let mut command = Command::new(program());
            command.args(["serve", "--listen", &self.addr.to_string(), "--data"]).arg(&self.data);
            let (process, said) = Process::start_reading(command, &self.log);
            let mut line = String::new();
            BufReader::new(said).read_line(&mut line).ok()?;
            self.process = Some(process);
            line.trim().strip_prefix("listening on http://")?.parse().ok()
        });
    }

    /// Adds a person with roles and answers the code for their first sign-in.
    pub fn add_person(&self, name: &str, roles: &[&str]) -> String {
        let roles = roles.iter().flat_map(|role| ["--role", role]);
        let said = self.run(&["person", "add", name].into_iter().chain(roles).collect::<Vec<_>>());
        said.lines().last().expect("a code is printed").to_owned()
    }

    /// Runs a command of the program beside the server; what it printed.
    pub fn run(&self, arguments: &[&str]) -> String {
        let output = Command::new(program()).args(arguments).arg("--data").arg(&self.data).output();
        let output = output.expect("galley-server can be run");
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }
}

/// The program, where cargo puts it beside this test.
fn program() -> PathBuf {
    let test = std::env::current_exe().expect("a test is a program");
    let profile = test.ancestors().find(|folder| folder.join(".fingerprint").exists());
    let program = profile.expect("a test lies in the target folder").join("galley-server");
    assert!(program.is_file(), "{} is not built; `cargo build --workspace` does", program.display());
    program
}
