//! A way between a device and a server that a test makes bad: it cuts, swallows, slows down, or answers itself as a
//! captive portal does.
//!
//! Plain sockets on loopback and one thread for each direction of a connection; nothing here knows the protocol.

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

/// How the way is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    /// Everything passes.
    Fair,
    /// Connections end as soon as they begin.
    Down,
    /// Every request is answered with a page: a network that wants to be signed in to first.
    Portal,
    /// Everything is taken, and nothing is ever said.
    Silent,
    /// Everything passes in small pieces, each of them this late.
    Slow {
        /// Bytes at a time.
        piece: usize,
        /// How late.
        late: Duration,
    },
    /// After so many more bytes towards the server everything is cut, once; then it is fair again.
    CutAsking(usize),
    /// The server hears everything; of what it answers on the first connection over which it was told more than
    /// `told` bytes, only the first `heard` bytes come back. Then it is fair again.
    CutAnswer {
        /// Bytes towards the server.
        told: usize,
        /// Bytes from it.
        heard: usize,
    },
}

/// A way to one server, at an address of its own. Dropping it ends all connections.
pub struct Proxy {
    addr: SocketAddr,
    state: Arc<Mutex<State>>,
}

struct State {
    way: Way,
    to: SocketAddr,
    open: Vec<TcpStream>,
    n_cut: usize,
    n_asked: usize,
    n_bytes_told: usize,
    has_ended: bool,
}

/// Towards whom bytes go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Towards {
    Server,
    Device,
}

/// What becomes of some bytes.
enum Passage {
    All,
    /// So many pass, and then the connection ends.
    Cut(usize),
    Swallowed,
    Late(usize, Duration),
}

impl Proxy {
    /// A fair way to the server at this address.
    ///
    /// # Errors
    /// No port is free.
    pub fn start(to: SocketAddr) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", 0))?;
        let addr = listener.local_addr()?;
        let state = State {
            way: Way::Fair,
            to,
            open: Vec::new(),
            n_cut: 0,
            n_asked: 0,
            n_bytes_told: 0,
            has_ended: false,
        };
        let state = Arc::new(Mutex::new(state));
        let shared = Arc::clone(&state);
        thread::spawn(move || {
            for device in listener.incoming().flatten() {
                if lock(&shared).has_ended {
                    return;
                }
                let shared = Arc::clone(&shared);
                thread::spawn(move || drop(serve(&shared, device)));
            }
        });
        Ok(Self { addr, state })
    }

    /// The address of this way.
    pub fn addr(&self) -> SocketAddr {
        self.addr
    }

    /// Makes the way good or bad; what was under way on a way that was another is cut.
    pub fn set(&self, way: Way) {
        let mut state = lock(&self.state);
        state.way = way;
        state.end_all();
    }

    /// How often [`Way::CutAsking`] and [`Way::CutAnswer`] have cut.
    pub fn n_cut(&self) -> usize {
        lock(&self.state).n_cut
    }

    /// How many bytes devices have sent that the server got.
    pub fn n_bytes_told(&self) -> usize {
        lock(&self.state).n_bytes_told
    }

    /// How many connections devices have begun.
    pub fn n_asked(&self) -> usize {
        lock(&self.state).n_asked
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        let mut state = lock(&self.state);
        state.has_ended = true;
        state.end_all();
        // Whoever accepts looks once more.
        drop(TcpStream::connect(self.addr));
    }
}

impl State {
    fn end_all(&mut self) {
        for stream in self.open.drain(..) {
            drop(stream.shutdown(Shutdown::Both));
        }
    }

    /// What becomes of `n` bytes on a connection over which the server was told so many before.
    fn passage(&mut self, towards: Towards, n: usize, n_told: &AtomicUsize) -> Passage {
        let passage = self.judged(towards, n, n_told);
        if towards == Towards::Server && !matches!(passage, Passage::Swallowed) {
            let passes = if let Passage::Cut(passes) = passage { passes } else { n };
            n_told.fetch_add(passes, Ordering::SeqCst);
            self.n_bytes_told += passes;
        }
        passage
    }

    fn judged(&mut self, towards: Towards, n: usize, n_told: &AtomicUsize) -> Passage {
        let left = match (&mut self.way, towards) {
            (Way::CutAsking(left), Towards::Server) => left,
            (Way::CutAnswer { told, heard }, Towards::Device) if n_told.load(Ordering::SeqCst) > *told => {
                heard
            }
            (Way::Silent, _) => return Passage::Swallowed,
            (Way::Slow { piece, late }, _) => return Passage::Late((*piece).max(1), *late),
            _ => return Passage::All,
        };
        if n <= *left {
            *left -= n;
            return Passage::All;
        }
        let passes = *left;
        self.way = Way::Fair;
        self.n_cut += 1;
        Passage::Cut(passes)
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

fn serve(shared: &Arc<Mutex<State>>, device: TcpStream) -> io::Result<()> {
    let (way, to) = {
        let mut state = lock(shared);
        state.n_asked += 1;
        state.open.push(device.try_clone()?);
        (state.way, state.to)
    };
    match way {
        Way::Down => return device.shutdown(Shutdown::Both),
        Way::Portal => return answer_as_a_portal(device),
        _ => {}
    }
    // Where no server listens the device is told, and does not wait.
    let server = TcpStream::connect(to).inspect_err(|_| drop(device.shutdown(Shutdown::Both)))?;
    lock(shared).open.push(server.try_clone()?);
    let (back_from, back_to) = (server.try_clone()?, device.try_clone()?);
    let (back, n_told) = (Arc::clone(shared), Arc::new(AtomicUsize::new(0)));
    let told = Arc::clone(&n_told);
    thread::spawn(move || pass(&back, back_from, back_to, Towards::Device, &told));
    pass(shared, device, server, Towards::Server, &n_told);
    Ok(())
}

/// Passes bytes on until one side ends.
fn pass(
    shared: &Mutex<State>,
    mut from: TcpStream,
    mut to: TcpStream,
    towards: Towards,
    n_told: &AtomicUsize,
) {
    let mut buffer = vec![0; 16 << 10];
    while let Ok(n) = from.read(&mut buffer) {
        let Some(bytes) = buffer.get(..n).filter(|bytes| !bytes.is_empty()) else { break };
        let passage = lock(shared).passage(towards, n, n_told);
        let done = match passage {
            Passage::All => to.write_all(bytes),
            Passage::Swallowed => Ok(()),
            Passage::Late(piece, late) => bytes.chunks(piece).try_for_each(|piece| {
                thread::sleep(late);
                to.write_all(piece)
            }),
            Passage::Cut(passes) => {
                drop(to.write_all(bytes.get(..passes).unwrap_or_default()));
                Err(io::ErrorKind::ConnectionAborted.into())
            }
        };
        if done.is_err() {
            break;
        }
    }
    drop((from.shutdown(Shutdown::Both), to.shutdown(Shutdown::Both)));
}

const PORTAL: &str = "<!doctype html><title>Welcome</title><form>Please sign in to this network.</form>";

/// Reads one request and answers it with a page, whatever it asks.
fn answer_as_a_portal(mut device: TcpStream) -> io::Result<()> {
    let mut asked = Vec::new();
    let mut buffer = [0; 4 << 10];
    let head = loop {
        let n = device.read(&mut buffer)?;
        asked.extend_from_slice(buffer.get(..n).unwrap_or_default());
        if let Some(end) = asked.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
        if n == 0 {
            return Ok(());
        }
    };
    let text = String::from_utf8_lossy(asked.get(..head).unwrap_or_default()).to_ascii_lowercase();
    let length = text.lines().find_map(|line| line.strip_prefix("content-length:")?.trim().parse().ok());
    let mut left = length.unwrap_or(0_usize).saturating_sub(asked.len() - head);
    while left > 0 {
        let n = device.read(&mut buffer)?;
        if n == 0 {
            break;
        }
        left = left.saturating_sub(n);
    }
    let length = PORTAL.len();
    write!(
        device,
        "HTTP/1.1 200 OK\r\ncontent-type: text/html\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{PORTAL}"
    )?;
    device.shutdown(Shutdown::Both)
}

#[cfg(test)]
mod tests {

    use super::*;

    /// A server that says back what it hears.
    fn echo() -> SocketAddr {
        let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
        let addr = listener.local_addr().unwrap();
        thread::spawn(move || {
            for mut stream in listener.incoming().flatten() {
                thread::spawn(move || {
                    let mut copy = stream.try_clone().unwrap();
                    drop(io::copy(&mut copy, &mut stream));
                });
            }
        });
        addr
    }

    /// What comes back of what is sent, until all came or the connection ends.
    fn heard(addr: SocketAddr, said: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(addr).unwrap();
        drop(stream.write_all(said));
        let mut heard = Vec::new();
        let mut buffer = [0; 1024];
        while heard.len() < said.len() {
            match stream.read(&mut buffer) {
                Ok(n) if n > 0 => heard.extend_from_slice(buffer.get(..n).unwrap()),
                _ => break,
            }
        }
        heard
    }

    #[test]
    fn a_fair_way_passes_everything_and_a_cut_one_its_beginning_once() {
        let proxy = Proxy::start(echo()).unwrap();
        let said = vec![7; 50_000];
        assert_eq!(heard(proxy.addr(), &said), said);
        for way in [Way::CutAsking(20_000), Way::CutAnswer { told: 4_000, heard: 20_000 }] {
            proxy.set(way);
            let cut = heard(proxy.addr(), &said);
            assert!(cut.len() <= 20_000, "{way:?}: {}", cut.len());
            assert_eq!(heard(proxy.addr(), &said), said, "{way:?} cuts once");
        }
        assert_eq!(proxy.n_cut(), 2);
        proxy.set(Way::Slow { piece: 20_000, late: Duration::from_millis(1) });
        assert_eq!(heard(proxy.addr(), &said), said);
    }

    #[test]
    fn a_way_that_is_down_says_nothing_and_a_portal_a_page() {
        let proxy = Proxy::start(echo()).unwrap();
        proxy.set(Way::Down);
        assert_eq!(heard(proxy.addr(), b"hello"), b"");
        proxy.set(Way::Portal);
        let mut stream = TcpStream::connect(proxy.addr()).unwrap();
        stream.write_all(b"POST /x HTTP/1.1\r\nContent-Length: 5\r\n\r\nhello").unwrap();
        let mut page = String::new();
        stream.read_to_string(&mut page).unwrap();
        assert!(page.starts_with("HTTP/1.1 200") && page.ends_with(PORTAL), "{page}");
        assert_eq!(proxy.n_asked(), 2);
    }
}
