//! `galley-server serve` on a free port.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// The program beside which this one was built.
fn program() -> PathBuf {
    let of_this = std::env::current_exe().unwrap();
    of_this.parent().unwrap().with_file_name(format!("galley-server{}", std::env::consts::EXE_SUFFIX))
}

pub(crate) struct Server {
    child: Child,
    data: PathBuf,
    pub(crate) address: String,
}

impl Server {
    pub(crate) fn start(data: &Path) -> Self {
        let mut serve = Command::new(program());
        serve.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(data);
        let log = std::fs::File::create(data.with_extension("log")).unwrap();
        let mut child = serve.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on ").unwrap().to_owned();
        let server = Self { child, data: data.to_owned(), address };
        server.settle();
        server
    }

    /// Waits until the first pages of its empty site are made and packed.
    fn settle(&self) {
        let mut before = None;
        loop {
            let now = processor_ticks(self.id());
            if before == Some(now) {
                return;
            }
            before = Some(now);
            std::thread::sleep(std::time::Duration::from_millis(300));
        }
    }

    /// A new person's one-time code.
    pub(crate) fn add(&self, name: &str, role: &str) -> String {
        let mut add = Command::new(program());
        let told =
            add.args(["person", "add", name, "--role", role, "--data"]).arg(&self.data).output().unwrap();
        let told = String::from_utf8(told.stdout).unwrap();
        told.lines().last().unwrap().split_whitespace().last().unwrap().to_owned()
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Hundredths of a second that a process has had of all processors; 0 where nobody says.
fn processor_ticks(process: u32) -> u64 {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    let fields = stat.rsplit_once(") ").map(|(_, fields)| fields).unwrap_or_default();
    fields.split(' ').skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum()
}

/// What a process and its children hold in memory; 0 where nobody says.
pub(crate) fn memory_mb(process: u32) -> f64 {
    let field = |id: u32, file: &str, name: &str| -> Option<u64> {
        let text = std::fs::read_to_string(format!("/proc/{id}/{file}")).ok()?;
        let line = text.lines().find_map(|line| line.strip_prefix(name))?;
        line.split_whitespace().next()?.parse().ok()
    };
    let all = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let ids = all.filter_map(|entry| entry.file_name().to_str()?.parse::<u32>().ok());
    let own = |id: &u32| *id == process || field(*id, "status", "PPid:") == Some(u64::from(process));
    let kilobytes: u64 = ids.filter(own).filter_map(|id| field(id, "status", "VmRSS:")).sum();
    kilobytes as f64 / 1024.0
}
