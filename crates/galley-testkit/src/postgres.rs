//! A PostgreSQL server of a test's own, in a folder that goes with it, spoken to by `psql` over a socket in that
//! folder. `cargo xtask test` installs it on Debian and Ubuntu.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// A running server with one empty database. It waits for the disk at every commit, as it does by itself.
pub struct Postgres {
    server: Child,
    programs: PathBuf,
    folder: PathBuf,
}

impl Postgres {
    /// Makes and starts a server, and waits until it answers.
    ///
    /// # Panics
    /// It is not installed, or does not start.
    pub fn start() -> Self {
        let programs = programs().expect("PostgreSQL is not here; `cargo xtask test` installs it");
        let made = shell(&["mktemp", "-d"]).output().expect("mktemp");
        let folder = PathBuf::from(String::from_utf8_lossy(&made.stdout).trim());
        assert!(folder.is_dir(), "no folder of its own: {}", String::from_utf8_lossy(&made.stderr));
        let data = folder.join("data");
        let made = shell(&[
            &text(&programs.join("initdb")),
            "--pgdata",
            &text(&data),
            "--username=galley",
            "--auth=trust",
            "--encoding=UTF8",
            "--no-locale",
        ])
        .output()
        .expect("initdb");
        assert!(made.status.success(), "initdb: {}", String::from_utf8_lossy(&made.stderr));
        let server = shell(&[
            &text(&programs.join("postgres")),
            "-D",
            &text(&data),
            "-c",
            "listen_addresses=",
            "-c",
            &format!("unix_socket_directories={}", folder.display()),
        ])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("postgres");
        let mut running = Self { server, programs, folder };
        loop {
            let ready = running.program("pg_isready").arg("--quiet").status().expect("pg_isready");
            if ready.success() {
                return running;
            }
            let ended = running.server.try_wait().expect("the server's process");
            assert!(ended.is_none(), "PostgreSQL ended before it answered: {ended:?}");
            std::thread::yield_now();
        }
    }

    /// Runs statements, and answers what they print: columns apart by `|`, a row a line.
    ///
    /// # Panics
    /// A statement fails.
    pub fn run(&self, sql: &str) -> String {
        let done = finished(self.begin(sql));
        String::from_utf8_lossy(&done.stdout).trim().to_owned()
    }

    /// Begins to run statements on a connection of their own; [`finished`] waits for them.
    ///
    /// # Panics
    /// `psql` cannot be started.
    pub fn begin(&self, sql: &str) -> Child {
        let mut psql = self
            .program("psql")
            .args(["--quiet", "--no-align", "--tuples-only", "--no-psqlrc", "--set=ON_ERROR_STOP=1"])
            .arg("postgres")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("psql");
        let mut statements = psql.stdin.take().expect("a pipe to psql");
        statements.write_all(sql.as_bytes()).expect("psql reads");
        psql
    }

    fn program(&self, name: &str) -> Command {
        let mut program = Command::new(self.programs.join(name));
        program.arg("--host").arg(&self.folder).arg("--username=galley");
        program
    }
}

impl Drop for Postgres {
    /// Ends the server at once, and its folder with it.
    fn drop(&mut self) {
        // Only who started it may signal it.
        let stop = [&text(&self.programs.join("pg_ctl")), "stop", "--mode=immediate", "--pgdata"];
        let data = text(&self.folder.join("data"));
        drop(shell(&[&stop[..], &[data.as_str()]].concat()).output());
        drop(self.server.wait());
        drop(shell(&["rm", "-rf", &text(&self.folder)]).output());
    }
}

/// What statements that were begun printed.
///
/// # Panics
/// A statement failed.
pub fn finished(statements: Child) -> Output {
    let done = statements.wait_with_output().expect("psql ends");
    assert!(done.status.success(), "psql: {}", String::from_utf8_lossy(&done.stderr));
    done
}

/// Where the newest installed server's programs lie: Debian keeps them out of the path.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().filter_map(Result::ok);
    let newest = versions
        .filter_map(|version| Some((version.file_name().to_str()?.parse::<u32>().ok()?, version.path())))
        .max();
    let of_debian = newest.map(|(_, path)| path.join("bin"));
    let path = std::env::var_os("PATH").unwrap_or_default();
    of_debian.into_iter().chain(std::env::split_paths(&path)).find(|folder| folder.join("postgres").exists())
}

/// A command as somebody else than root, whom the server refuses.
fn shell(words: &[&str]) -> Command {
    let is_root = Command::new("id").arg("-u").output().is_ok_and(|id| id.stdout == b"0\n");
    let mut command = match (is_root, words) {
        (false, [first, rest @ ..]) => {
            let mut command = Command::new(first);
            command.args(rest);
            command
        }
        _ => {
            let mut command = Command::new("setpriv");
            command.args(["--reuid=postgres", "--regid=postgres", "--init-groups"]).args(words);
            command
        }
    };
    command.current_dir("/").stdin(Stdio::null());
    command
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}
