//! What differs between the systems: where a library lives by default, whether there is a display, and how the
//! web view is set up.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::PathBuf;

use tauri::{AppHandle, Runtime, WebviewWindow};

#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod system;
#[cfg(target_os = "macos")]
#[path = "macos.rs"]
mod system;
#[cfg(target_os = "windows")]
#[path = "windows.rs"]
mod system;

#[cfg(target_os = "macos")]
pub(crate) use system::store_identifier;

/// Keeps the web view from emulating a graphics processor that is not there. To be called before anything else.
pub fn paint_without_emulation() {
    system::paint_without_emulation();
}

/// Whether a window can be shown at all.
pub(crate) fn has_display() -> bool {
    system::has_display()
}

/// Sets the built window's web view up.
pub(crate) fn set_up<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<()> {
    system::set_up(window)
}

/// Carries out an editing command (`Cut`, `Copy`, `Paste`, `SelectAll`) where the focus is.
pub(crate) fn edit<R: Runtime>(window: &WebviewWindow<R>, command: &'static str) -> tauri::Result<()> {
    system::edit(window, command)
}

/// Shows keys beside the items of the menu bar with these labels, without taking them.
pub(crate) fn show_keys<R: Runtime>(app: &AppHandle<R>, keys: &BTreeMap<String, String>) {
    system::show_keys(app, keys);
}

/// Where the library lives when nobody said: the system's folder for a program's own data.
pub(crate) fn default_data_dir(environment: impl Fn(&str) -> Option<OsString>) -> Option<PathBuf> {
    let said = |name: &str| environment(name).map(PathBuf::from).filter(|path| path.is_absolute());
    system::default_data_dir(&said)
}

/// The system's language, as a BCP 47 tag or a POSIX locale.
pub(crate) fn system_language() -> String {
    sys_locale::get_locale().unwrap_or_default()
}

/// Calls back whenever the system, or somebody at a terminal, asks Galley to leave: a session that ends asks so, and
/// kills what does not. Windows closes the window instead, which is heard there.
#[cfg(unix)]
pub(crate) fn when_asked_to_leave(leave: impl Fn() + Send + 'static) {
    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

    let listening = signal_hook::iterator::Signals::new([SIGHUP, SIGINT, SIGTERM]).and_then(|mut signals| {
        let listen = move || signals.forever().for_each(|_| leave());
        std::thread::Builder::new().name("leave".to_owned()).spawn(listen)
    });
    if let Err(error) = listening {
        tracing::warn!(%error, "the end of a session will not be heard");
    }
}

/// See the other systems'.
#[cfg(not(unix))]
pub(crate) fn when_asked_to_leave(_leave: impl Fn() + Send + 'static) {}

/// Opens an address or a folder in the program the system has for it.
pub(crate) fn open_outside(target: &str) -> Result<(), String> {
    tauri_plugin_opener::open_url(target, None::<&str>).map_err(|error| error.to_string())
}
