//! A process of a test and everything it starts, ended with the test whether that passes or panics.

use std::io::Read;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};

/// A running process, the leader of a process group of its own.
pub struct Process {
    child: Child,
}

impl Process {
    /// Starts a command; what it says is written to `log`.
    pub fn start(command: Command, log: &Path) -> Self {
        Self::spawn(command, Stdio::from(append(log)), log)
    }

    /// Starts a command whose standard output the caller reads.
    pub fn start_reading(command: Command, log: &Path) -> (Self, ChildStdout) {
        let mut process = Self::spawn(command, Stdio::piped(), log);
        let stdout = process.child.stdout.take().expect("stdout is piped");
        (process, stdout)
    }

    fn spawn(command: Command, stdout: Stdio, log: &Path) -> Self {
        let name = command.get_program().to_string_lossy().into_owned();
        // Should the test itself be killed, the kernel ends this process too.
        let mut kept = Command::new("setpriv");
        kept.args(["--pdeathsig", "KILL", "--"]).arg(&name).args(command.get_args());
        for (key, value) in command.get_envs() {
            match value {
                Some(value) => kept.env(key, value),
                None => kept.env_remove(key),
            };
        }
        kept.stdin(Stdio::null()).stdout(stdout).stderr(append(log)).process_group(0);
        let child = kept.spawn().unwrap_or_else(|error| panic!("{name} was not started: {error}"));
        Self { child }
    }

    /// Whether it has ended.
    pub fn has_ended(&mut self) -> bool {
        self.child.try_wait().is_ok_and(|status| status.is_some())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        signal("KILL", &format!("-{}", self.child.id()));
        self.child.wait().ok();
    }
}

/// Sends a signal to a process, or with a minus before the number to a process group.
pub fn signal(signal: &str, target: &str) {
    let kill = format!("kill -s {signal} -- {target}");
    Command::new("sh").args(["-c", &kill]).stderr(Stdio::null()).status().expect("there is a shell");
}

/// The numbers of all processes whose command line holds every one of these words.
pub fn running(words: &[&str]) -> Vec<u32> {
    let entries = std::fs::read_dir("/proc").expect("Linux has /proc");
    let ids = entries.flatten().filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let mut found: Vec<u32> = ids
        .filter(|id| {
            let mut line = Vec::new();
            std::fs::File::open(format!("/proc/{id}/cmdline"))
                .and_then(|mut f| f.read_to_end(&mut line))
                .ok();
            let line = String::from_utf8_lossy(&line).replace('\0', " ");
            !line.is_empty() && words.iter().all(|word| line.contains(word))
        })
        .collect();
    found.sort_unstable();
    found
}

fn append(log: &Path) -> std::fs::File {
    std::fs::File::options().create(true).append(true).open(log).expect("the log can be written")
}
