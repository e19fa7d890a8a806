//! A proxy that serves a few pages, and writes down everything else that is asked of it.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// Longer than any browser takes to start and load, on a machine that does much else.
const PATIENCE: Duration = Duration::from_secs(400);

pub(crate) struct Proxy {
    address: String,
    verdict: Receiver<String>,
    asked: Arc<Mutex<Asked>>,
}

/// What was asked, in order.
#[derive(Default)]
struct Asked {
    all: Vec<String>,
    /// What is none of the pages, nor what browsers ask for of themselves.
    in_vain: Vec<String>,
}

type Pages = Arc<BTreeMap<String, (&'static str, Vec<u8>)>>;

impl Proxy {
    /// Serves pages by their paths, on a free port of this computer.
    pub(crate) fn serve(pages: Vec<(String, &'static str, Vec<u8>)>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let pages: Pages =
            Arc::new(pages.into_iter().map(|(path, mime, bytes)| (path, (mime, bytes))).collect());
        let asked: Arc<Mutex<Asked>> = Arc::default();
        let (tell, verdict) = channel();
        let written = Arc::clone(&asked);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let (pages, written, tell) = (Arc::clone(&pages), Arc::clone(&written), tell.clone());
                std::thread::spawn(move || answer(stream, &pages, &written, &tell));
            }
        });
        Self { address, verdict, asked }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// What the page of frames told when it was done.
    pub(crate) fn verdict(&self) -> String {
        self.verdict.recv_timeout(PATIENCE).unwrap_or_else(|_| {
            let asked = &self.asked.lock().unwrap().all;
            let last = &asked[asked.len().saturating_sub(20)..];
            panic!("the browser did not come to the end after {} requests, the last: {last:#?}", asked.len())
        })
    }

    /// What was asked for and is none of the pages, nor what browsers ask for of themselves.
    pub(crate) fn asked_in_vain(&self) -> Vec<String> {
        self.asked.lock().unwrap().in_vain.clone()
    }
}

fn answer(stream: TcpStream, pages: &Pages, asked: &Mutex<Asked>, tell: &Sender<String>) -> Option<()> {
    let mut reader = BufReader::new(stream.try_clone().ok()?);
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).ok()? == 0 {
            return None;
        }
        let mut length = 0;
        loop {
            let mut header = String::new();
            reader.read_line(&mut header).ok()?;
            let (name, value) = header.split_once(':').unwrap_or_default();
            if name.eq_ignore_ascii_case("content-length") {
                length = value.trim().parse().ok()?;
            }
            if header.trim().is_empty() {
                break;
            }
        }
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
        asked.lock().unwrap().all.push(line.trim().to_owned());
        let target = line.split(' ').nth(1).unwrap_or_default();
        let path = target.strip_prefix("http://site.example").unwrap_or(target);
        let (status, mime, bytes) = match pages.get(path) {
            Some((mime, bytes)) => ("200 OK", *mime, bytes.as_slice()),
            None if path == "/verdict" => {
                tell.send(String::from_utf8_lossy(&body).into_owned()).ok();
                ("204 No Content", "text/plain", &[][..])
            }
            None if path == "/turn" => ("204 No Content", "text/plain", &[][..]),
            None => {
                // Every host of a text ends in `.example`; browsers also ask for things of their makers.
                let is_own = path == "/favicon.ico" || !target.contains(".example") && !path.starts_with('/');
                if !is_own {
                    asked.lock().unwrap().in_vain.push(line.trim().to_owned());
                }
                ("404 Not Found", "text/plain", &[][..])
            }
        };
        let mut stream = &stream;
        let head =
            format!("HTTP/1.1 {status}\r\nContent-Type: {mime}\r\nContent-Length: {}\r\n\r\n", bytes.len());
        stream.write_all(head.as_bytes()).ok()?;
        stream.write_all(bytes).ok()?;
    }
}
