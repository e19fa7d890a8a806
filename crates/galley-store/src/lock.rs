//! One Galley per library: an OS lock, and a door on the loopback where a newcomer knocks.
//!
//! The lock is the operating system's, so a killed Galley leaves none behind. The door's port and a random
//! word lie in a file that only the owner reads; a newcomer that says the word makes the holder call back.

use std::fmt;
use std::fs::{File, TryLockError};
use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::error::OpenError;
use crate::files;

/// How long a newcomer and the holder wait for each other.
const PATIENCE: Duration = Duration::from_secs(2);
/// What the holder answers to the right word.
const COMING: &[u8] = b"coming\n";

type Callback = Box<dyn Fn() + Send + Sync>;

#[derive(Default)]
struct Bell {
    callback: Mutex<Option<Callback>>,
    /// Someone knocked before there was a callback.
    waiting: AtomicBool,
    closed: AtomicBool,
}

/// The held lock; dropping it lets the next Galley in.
pub(crate) struct Lock {
    bell: Arc<Bell>,
    door: Option<(SocketAddr, JoinHandle<()>)>,
    _file: File,
}

impl fmt::Debug for Lock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lock").field("door", &self.door).finish_non_exhaustive()
    }
}

impl Lock {
    /// Takes the library in `folder`, or asks who has it to come forward.
    pub(crate) fn take(folder: &Path) -> Result<Self, OpenError> {
        let path = folder.join("lock");
        let opened = files::private_file().read(true).write(true).truncate(false).open(&path);
        let file = opened.map_err(|error| OpenError::at(&path, error))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(OpenError::InUse { raised: knock(folder).is_ok() }),
            Err(TryLockError::Error(error)) => return Err(OpenError::at(&path, error)),
        }
        let bell = Arc::new(Bell::default());
        // Without a door the lock still holds; a newcomer just cannot call.
        let door = open_door(folder, Arc::clone(&bell));
        if let Err(error) = &door {
            tracing::warn!(%error, "no newcomer can call this window");
        }
        Ok(Self { bell, door: door.ok(), _file: file })
    }

    /// Whether another Galley has the library in `folder`; it is asked to come forward then.
    pub(crate) fn is_held(folder: &Path) -> bool {
        // Nobody has what is not there, and opening it says why it cannot be read.
        let Ok(file) = File::open(folder.join("lock")) else { return false };
        // Shared, so that two newcomers do not take each other for the holder.
        let held = matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock));
        if held && let Err(error) = knock(folder) {
            tracing::warn!(%error, "whoever has the library did not answer");
        }
        held
    }

    /// What to do when a newcomer knocks; called at once when one did before.
    pub(crate) fn on_raise(&self, callback: Callback) {
        let mut slot = self.bell.callback.lock().unwrap_or_else(PoisonError::into_inner);
        if self.bell.waiting.swap(false, Ordering::SeqCst) {
            callback();
        }
        *slot = Some(callback);
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        self.bell.closed.store(true, Ordering::SeqCst);
        if let Some((address, thread)) = self.door.take() {
            // Wakes the thread, which then sees that the door is closed.
            if TcpStream::connect_timeout(&address, PATIENCE).is_ok() {
                let _ = thread.join();
            }
        }
    }
}

fn open_door(folder: &Path, bell: Arc<Bell>) -> io::Result<(SocketAddr, JoinHandle<()>)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    let address = listener.local_addr()?;
    let word = uuid::Uuid::new_v4().simple().to_string();
    files::write_for_now(&folder.join("door"), format!("{} {word}", address.port()).as_bytes())?;
    let thread = std::thread::Builder::new().name("galley-door".to_owned()).spawn(move || {
        for visitor in listener.incoming() {
            if bell.closed.load(Ordering::SeqCst) {
                return;
            }
            // A visitor that leaves in the middle is no concern of ours.
            let _ = visitor.and_then(|visitor| answer(visitor, &word, &bell));
        }
    })?;
    Ok((address, thread))
}

fn answer(mut visitor: TcpStream, word: &str, bell: &Bell) -> io::Result<()> {
    visitor.set_read_timeout(Some(PATIENCE))?;
    visitor.set_write_timeout(Some(PATIENCE))?;
    let mut said = vec![0; word.len()];
    visitor.read_exact(&mut said)?;
    if said != word.as_bytes() {
        return Ok(());
    }
    let callback = bell.callback.lock().unwrap_or_else(PoisonError::into_inner);
    match callback.as_ref() {
        Some(callback) => callback(),
        None => bell.waiting.store(true, Ordering::SeqCst),
    }
    drop(callback);
    visitor.write_all(COMING)
}

/// Asks the holder to come forward.
fn knock(folder: &Path) -> io::Result<()> {
    let door = std::fs::read_to_string(folder.join("door"))?;
    let (port, word) = door.split_once(' ').ok_or(io::ErrorKind::InvalidData)?;
    let port: u16 = port.parse().map_err(|_| io::ErrorKind::InvalidData)?;
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let mut holder = TcpStream::connect_timeout(&address, PATIENCE)?;
    holder.set_read_timeout(Some(PATIENCE))?;
    holder.write_all(word.as_bytes())?;
    let mut answer = Vec::new();
    holder.take(COMING.len() as u64).read_to_end(&mut answer)?;
    if answer == COMING { Ok(()) } else { Err(io::ErrorKind::InvalidData.into()) }
}
