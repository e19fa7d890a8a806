//! An object store that speaks S3, in a process of its own, and somebody between it and who uses it.
//!
//! The store is moto's server, which `cargo xtask test` installs. It keeps everything in memory and ends with its
//! handle. The middleman passes requests on, counts them, and breaks what a test tells it to break.

use std::io::{self, BufRead as _, BufReader, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

/// Its version, as it is installed.
const MOTO: &str = "5.2.5";

/// A running store.
pub struct Buckets {
    child: Child,
    /// Where it listens.
    pub addr: SocketAddr,
}

/// What came back over HTTP.
#[derive(Debug)]
pub struct Reply {
    /// Its status.
    pub status: u16,
    /// Its lines, names in lower case.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Vec<u8>,
}

impl Reply {
    /// A header of this name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Buckets {
    /// Starts a store and waits until it says where it listens.
    ///
    /// # Panics
    /// It is not installed, or does not start.
    pub fn start() -> Self {
        let python = folder().join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
        let mut child = Command::new(&python)
            .args(["-m", "moto.server", "-H", "127.0.0.1", "-p", "0"])
            .env("MOTO_IAM_LOAD_MANAGED_POLICIES", "false")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("{}: {error}; `cargo xtask test` installs it", python.display()));
        let said = child.stderr.take().map(BufReader::new);
        let mut lines = said.into_iter().flat_map(BufReader::lines).map_while(Result::ok);
        let addr = lines.find_map(|line| line.split_once("http://")?.1.trim().parse().ok());
        let Some(addr) = addr else {
            drop(child.kill());
            panic!("moto ended before it listened");
        };
        // What it says of each request is taken from it, so that it never waits for a reader.
        std::thread::spawn(move || lines.for_each(drop));
        Self { child, addr }
    }

    /// `http://…`, to be reached at.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Makes a bucket that everyone may use.
    ///
    /// # Panics
    /// The store does not.
    pub fn make(&self, bucket: &str) {
        assert_eq!(self.ask("PUT", &format!("/{bucket}"), &[], b"").status, 200);
    }

    /// From now on only who has these keys may do anything: the answer is their id and secret. What they may do in
    /// buckets stands in an action pattern such as `s3:*` or `s3:Get*`.
    ///
    /// # Panics
    /// The store does not.
    pub fn guard(&self, may: &str) -> (String, String) {
        let scope = signed_for("iam");
        let form = [("Authorization", scope.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
        let iam = |question: String| {
            let reply = self.ask("POST", "/", &form, question.as_bytes());
            assert_eq!(reply.status, 200, "{question}");
            String::from_utf8_lossy(&reply.body).into_owned()
        };
        iam("Action=CreateUser&UserName=galley&Version=2010-05-08".to_owned());
        let policy = format!(
            "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%5B%7B%22Effect%22%3A%22Allow%22%2C\
             %22Action%22%3A%22{}%22%2C%22Resource%22%3A%22%2A%22%7D%5D%7D",
            may.replace(':', "%3A").replace('*', "%2A")
        );
        iam(format!(
            "Action=PutUserPolicy&UserName=galley&PolicyName=site&Version=2010-05-08&PolicyDocument={policy}"
        ));
        let keys = iam("Action=CreateAccessKey&UserName=galley&Version=2010-05-08".to_owned());
        let said = |name: &str| {
            let (_, rest) = keys.split_once(&format!("<{name}>")).expect("a key");
            rest.split_once("</").expect("its end").0.to_owned()
        };
        assert_eq!(self.ask("POST", "/moto-api/reset-auth", &[], b"0").status, 200);
        (said("AccessKeyId"), said("SecretAccessKey"))
    }

    /// Asks as the owner of everything, while nobody looks at signatures.
    ///
    /// # Panics
    /// There is no answer.
    pub fn ask(&self, method: &str, path: &str, headers: &[(&str, &str)], body: &[u8]) -> Reply {
        let mut stream = TcpStream::connect(self.addr).expect("the store listens");
        let mut head = format!("{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n", self.addr);
        if !headers.iter().any(|(name, _)| *name == "Authorization") {
            head.push_str(&format!("Authorization: {}\r\n", signed_for("s3")));
        }
        for (name, value) in headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("Content-Length: {}\r\n\r\n", body.len()));
        stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(body)).expect("it listens");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("it answers");
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
        let (head, body) = answer.split_at(end + 4);
        let head = String::from_utf8_lossy(head).into_owned();
        let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).expect("a status");
        let lines = head.lines().skip(1).filter_map(|line| line.split_once(": "));
        let headers = lines.map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned())).collect();
        Reply { status, headers, body: body.to_vec() }
    }

    /// The keys of all objects in a bucket.
    ///
    /// # Panics
    /// There is no answer.
    pub fn keys(&self, bucket: &str) -> Vec<String> {
        let listed = self.ask("GET", &format!("/{bucket}?list-type=2"), &[], b"");
        let text = String::from_utf8_lossy(&listed.body).into_owned();
        let keys = text.split("<Key>").skip(1).filter_map(|rest| rest.split_once("</Key>"));
        keys.map(|(key, _)| key.to_owned()).collect()
    }

    /// Ends it at once, as the power would.
    pub fn kill(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

impl Drop for Buckets {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What names the service that is asked, signed by nobody.
fn signed_for(service: &str) -> String {
    let scope = format!("Credential=any/20260101/us-east-1/{service}/aws4_request");
    format!("AWS4-HMAC-SHA256 {scope}, SignedHeaders=host, Signature=any")
}

/// Where `xtask` installs it.
fn folder() -> PathBuf {
    let said = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = said("XDG_CACHE_HOME").or_else(|| said("HOME").map(|home| home.join(".cache")));
    cache.unwrap_or_default().join("galley/tools").join(format!("moto-{MOTO}"))
}

/// What the middleman does with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// Passes it on.
    Pass,
    /// Answers that it should come slower, and does not pass it on.
    SlowDown,
    /// Ends the connection before passing it on.
    Cut,
    /// Passes it on and ends the connection before the answer.
    Swallow,
    /// Passes it on, and spoils the last byte of the answer.
    Spoil,
}

type Rule = Box<dyn FnMut(&str, &str) -> Treatment + Send>;

/// Somebody between a store and who uses it.
pub struct Middleman {
    addr: SocketAddr,
    rule: Arc<Mutex<Rule>>,
    seen: Arc<Mutex<Vec<String>>>,
    stopped: Arc<Mutex<bool>>,
    task: Option<JoinHandle<()>>,
}

impl Middleman {
    /// Stands before a server; passes everything on until it is told otherwise.
    ///
    /// # Panics
    /// No port can be had.
    pub fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let addr = listener.local_addr().expect("its number");
        let rule: Arc<Mutex<Rule>> = Arc::new(Mutex::new(Box::new(|_, _| Treatment::Pass)));
        let (seen, stopped) = (Arc::new(Mutex::new(Vec::new())), Arc::new(Mutex::new(false)));
        let (rules, notes, ended) = (rule.clone(), seen.clone(), stopped.clone());
        let task = std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                if *lock(&ended) {
                    return;
                }
                let (rules, notes) = (rules.clone(), notes.clone());
                // Whoever breaks a connection off is no failure of the one in between.
                std::thread::spawn(move || drop(converse(&stream, server, &rules, &notes)));
            }
        });
        Self { addr, rule, seen, stopped, task: Some(task) }
    }

    /// `http://…`, to be reached at.
    pub fn endpoint(&self) -> String {
        format!("http://{}", self.addr)
    }

    /// Treats each request by its method and path from now on, and forgets what it saw.
    pub fn treat(&self, rule: impl FnMut(&str, &str) -> Treatment + Send + 'static) {
        *lock(&self.rule) = Box::new(rule);
        lock(&self.seen).clear();
    }

    /// What was asked since, as `PUT /bucket/key`.
    pub fn seen(&self) -> Vec<String> {
        lock(&self.seen).clone()
    }
}

impl Drop for Middleman {
    fn drop(&mut self) {
        *lock(&self.stopped) = true;
        // Wakes it, so that it sees.
        drop(TcpStream::connect(self.addr));
        if let Some(task) = self.task.take() {
            drop(task.join());
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Treats one request of a connection and ends it.
fn converse(
    stream: &TcpStream,
    server: SocketAddr,
    rule: &Mutex<Rule>,
    seen: &Mutex<Vec<String>>,
) -> io::Result<()> {
    let mut reader = BufReader::new(stream);
    let (mut head, mut length) = (Vec::new(), 0);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line)? == 0 {
            return Ok(());
        }
        let (name, value) = line.split_once(':').unwrap_or_default();
        if name.eq_ignore_ascii_case("content-length") {
            length = value.trim().parse().unwrap_or_default();
        }
        if line == "\r\n" {
            break;
        }
        if !name.eq_ignore_ascii_case("connection") {
            head.extend_from_slice(line.as_bytes());
        }
    }
    let first = String::from_utf8_lossy(&head).into_owned();
    let mut words = first.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    lock(seen).push(format!("{method} {path}"));
    let treatment = lock(rule)(method, path);
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let mut back = stream;
    match treatment {
        Treatment::Cut => return stream.shutdown(Shutdown::Both),
        Treatment::SlowDown => {
            let document =
                "<?xml version=\"1.0\"?><Error><Code>SlowDown</Code><Message>slower</Message></Error>";
            return write!(
                back,
                "HTTP/1.1 503 Slow Down\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{document}",
                document.len()
            );
        }
        Treatment::Pass | Treatment::Swallow | Treatment::Spoil => {}
    }
    let mut upstream = TcpStream::connect(server)?;
    upstream.write_all(&head)?;
    upstream.write_all(b"Connection: close\r\n\r\n")?;
    upstream.write_all(&body)?;
    let mut answer = Vec::new();
    upstream.read_to_end(&mut answer)?;
    if treatment == Treatment::Swallow {
        return stream.shutdown(Shutdown::Both);
    }
    if treatment == Treatment::Spoil
        && let Some(last) = answer.last_mut()
    {
        *last ^= 1;
    }
    back.write_all(&answer)
}
