//! The peer of the sync: PouchDB 9 in Node.js against pouchdb-server 4.2, both over LevelDB, over loopback HTTP.
//! Installed with npm into a folder beside what cargo builds.

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

pub(crate) struct Pouch {
    child: Child,
    cache: PathBuf,
    folder: PathBuf,
    url: String,
}

/// Milliseconds: up, down to a second store, and a sync with nothing to do.
pub(crate) type Times = [f64; 3];

impl Pouch {
    pub(crate) const SETTINGS: &str =
        "PouchDB and pouchdb-server: LevelDB, writes are not synced to the disk";

    /// Installs what is missing and starts the server.
    pub(crate) fn start(folder: &Path) -> Self {
        let cache = std::env::current_exe().unwrap().ancestors().nth(3).unwrap().join("pouchdb-9");
        if !cache.join("node_modules/pouchdb-server").exists() || !cache.join("node_modules/pouchdb").exists()
        {
            std::fs::create_dir_all(&cache).unwrap();
            std::fs::write(cache.join("package.json"), r#"{"private":true}"#).unwrap();
            let mut npm = Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" });
            npm.arg("--prefix").arg(&cache).args(["--no-audit", "--no-fund", "--loglevel=error", "install"]);
            // LevelDB's compiled module lies inside its package.
            npm.args(["--ignore-scripts", "pouchdb@9", "pouchdb-server@4.2.0"]).stdout(Stdio::null());
            assert!(npm.status().unwrap().success(), "the peer cannot be installed");
        }
        std::fs::create_dir_all(folder).unwrap();
        let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut serve = Command::new("node");
        serve.arg(cache.join("node_modules/pouchdb-server/bin/pouchdb-server"));
        serve.args(["--host", "127.0.0.1", "--no-color", "--port", &port.to_string(), "--dir"]).arg(folder);
        serve.arg("--config").arg(folder.join("config.json"));
        let child = serve.stdout(Stdio::null()).stderr(Stdio::null()).current_dir(folder).spawn().unwrap();
        let pouch = Self { child, cache, folder: folder.to_owned(), url: format!("http://127.0.0.1:{port}") };
        let begun = Instant::now();
        while std::net::TcpStream::connect(("127.0.0.1", port)).is_err() {
            assert!(begun.elapsed() < Duration::from_secs(60), "the peer does not start");
            std::thread::yield_now();
        }
        pouch
    }

    /// The better of its usual batches and of larger ones, each figure for itself.
    pub(crate) fn times(&self, n_documents: u64) -> Times {
        let runs = ["100", "1000"].map(|batch| self.run(n_documents, batch));
        std::array::from_fn(|at| runs.iter().map(|times| times[at]).fold(f64::INFINITY, f64::min))
    }

    fn run(&self, n_documents: u64, batch: &str) -> Times {
        let script = self.cache.join("figures.js");
        std::fs::write(&script, include_str!("pouch.js")).unwrap();
        let client = self.folder.with_extension(format!("client-{n_documents}-{batch}"));
        std::fs::create_dir_all(&client).unwrap();
        let mut node = Command::new("node");
        node.arg(script).args([&self.url, &n_documents.to_string()]).arg(client).arg(batch);
        let told = node.stderr(Stdio::inherit()).output().unwrap();
        assert!(told.status.success(), "the peer failed");
        let told = String::from_utf8(told.stdout).unwrap();
        let mut times = told.split_whitespace().map(|time| time.parse().unwrap());
        std::array::from_fn(|_| times.next().unwrap())
    }
}

impl Drop for Pouch {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
