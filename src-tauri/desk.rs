//! The library while it is being opened and after: the commands of the window wait here for it.
//!
//! The window is built at once and the library is opened beside it, so whichever is ready first waits for the
//! other. At the end the desk knows when the window has nothing more to say.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use galley_client::api::{ApiError, ErrorCode};
use galley_client::{Event, Galley, OpenOptions};
use tokio::sync::{mpsc, watch};

use crate::language::Language;

/// The library, and what the commands of the window need besides it.
#[derive(Clone)]
pub struct Desk {
    galley: watch::Receiver<Option<Result<Galley, ApiError>>>,
    options: OpenOptions,
    opener: Opener,
    traffic: Arc<Traffic>,
    told_at_exit: Arc<AtomicBool>,
}

/// Opens an address or a folder in the program the system has for it.
pub type Opener = Arc<dyn Fn(&str) -> Result<(), String> + Send + Sync>;

/// A command at work: gives the core, and counts until it is dropped.
pub(crate) struct AtWork {
    galley: Galley,
    traffic: Arc<Traffic>,
}

/// How many commands were begun and ended.
struct Traffic {
    begun: AtomicU64,
    running: watch::Sender<u64>,
}

/// The window has said all when no command came for this long…
const QUIET: Duration = Duration::from_millis(120);
/// …and it is not waited for longer than this.
const PATIENCE: Duration = Duration::from_secs(5);

impl Desk {
    /// Begins to open the library in `data_dir`; what the core tells without being asked comes out of the channel.
    pub fn open(
        data_dir: &Path,
        language: Option<Language>,
        system_language: &str,
        opener: Opener,
    ) -> (Self, mpsc::UnboundedReceiver<Event>) {
        let options = OpenOptions {
            data_dir: data_dir.to_owned(),
            language: language.map(|language| language.tag().to_owned()),
            system_language: system_language.to_owned(),
        };
        let (tell, events) = mpsc::unbounded_channel();
        let (opened, galley) = watch::channel(None);
        let opening = Galley::open(options.clone(), move |event| {
            // Nobody listens only after the window is gone.
            tell.send(event).ok();
        });
        tauri::async_runtime::spawn(async move {
            let result = opening.await;
            if let Err(error) = &result {
                tracing::error!(code = ?error.code, values = ?error.values, "the library was not opened");
            }
            opened.send_replace(Some(result));
            // The sender lives as long as someone may still wait.
            opened.closed().await;
        });
        let traffic = Arc::new(Traffic { begun: AtomicU64::new(0), running: watch::Sender::new(0) });
        (Self { galley, options, opener, traffic, told_at_exit: Arc::default() }, events)
    }

    /// The core for one command, as soon as the library is open.
    pub(crate) async fn core(&self) -> Result<AtWork, ApiError> {
        self.traffic.begun.fetch_add(1, Ordering::SeqCst);
        let mut galley = self.galley.clone();
        let opened = galley.wait_for(Option::is_some).await;
        let galley = match opened.ok().and_then(|opened| opened.clone()) {
            Some(opened) => opened?,
            None => return Err(fault("the library was never opened")),
        };
        self.traffic.running.send_modify(|running| *running += 1);
        Ok(AtWork { galley, traffic: Arc::clone(&self.traffic) })
    }

    /// The core, when the library is open already.
    pub(crate) fn core_now(&self) -> Option<Galley> {
        self.galley.borrow().as_ref().and_then(|opened| opened.as_ref().ok()).cloned()
    }

    /// Waits until the library is open or will not be; tells why not.
    pub(crate) async fn opened(&self) -> Option<ApiError> {
        self.core().await.err()
    }

    /// True once it is known that another Galley holds the library.
    pub(crate) fn is_in_use(&self) -> bool {
        matches!(&*self.galley.borrow(), Some(Err(error)) if error.code == ErrorCode::LibraryInUse)
    }

    /// Waits until the window has said all, then closes the library.
    ///
    /// # Errors
    /// Something typed is not on the disk; nothing was closed, and the window was told why.
    pub(crate) async fn close(&self) -> Result<(), ApiError> {
        if tokio::time::timeout(PATIENCE, self.quiet()).await.is_err() {
            tracing::warn!("commands were still running when Galley closed");
        }
        let Some(galley) = self.core_now() else { return Ok(()) };
        let closed = galley.close().await;
        if let Err(error) = &closed {
            tracing::error!(code = ?error.code, values = ?error.values, "the library was not closed cleanly");
        }
        closed
    }

    /// Notes that the writer was told why Galley did not close, and says whether they had been before.
    pub(crate) fn told_at_exit(&self) -> bool {
        self.told_at_exit.swap(true, Ordering::SeqCst)
    }

    async fn quiet(&self) {
        let mut running = self.traffic.running.subscribe();
        loop {
            let begun = self.traffic.begun.load(Ordering::SeqCst);
            let none_running = running.wait_for(|running| *running == 0).await.is_ok();
            tokio::time::sleep(QUIET).await;
            if none_running && begun == self.traffic.begun.load(Ordering::SeqCst) {
                return;
            }
        }
    }

    /// Opens a web or mail address outside Galley; nothing else is ever opened.
    pub(crate) fn open_address(&self, address: &str) -> Result<(), ApiError> {
        let scheme = address.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
        match scheme.as_deref() {
            Some("http" | "https" | "mailto") => (self.opener)(address).map_err(|detail| fault(&detail)),
            _ => Err(fault("only web and mail addresses are opened")),
        }
    }

    /// Shows the library's folder in the system's file browser.
    pub(crate) fn show_data_folder(&self) -> Result<(), ApiError> {
        self.show_folder(self.data_dir())
    }

    /// Shows a folder of the library in the system's file browser.
    pub(crate) fn show_folder(&self, folder: &Path) -> Result<(), ApiError> {
        (self.opener)(&folder.to_string_lossy()).map_err(|detail| fault(&detail))
    }

    /// Where the library lives.
    pub(crate) fn data_dir(&self) -> &PathBuf {
        &self.options.data_dir
    }

    /// The language of the window under these preferences.
    pub(crate) fn language(&self, preferred: &str) -> Language {
        let asked = self.options.language.as_deref().or((preferred != "system").then_some(preferred));
        Language::of(asked.unwrap_or(&self.options.system_language))
    }
}

impl std::ops::Deref for AtWork {
    type Target = Galley;

    fn deref(&self) -> &Galley {
        &self.galley
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.traffic.running.send_modify(|running| *running -= 1);
    }
}

/// A fault of the shell's own.
pub(crate) fn fault(detail: &str) -> ApiError {
    ApiError {
        code: ErrorCode::Internal,
        values: [("detail".to_owned(), detail.to_owned())].into(),
        retry: false,
    }
}
