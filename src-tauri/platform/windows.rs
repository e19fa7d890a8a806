//! Windows: Win32 and WebView2.

use std::collections::BTreeMap;
use std::path::PathBuf;

use tauri::{AppHandle, Runtime, WebviewWindow};

pub(super) fn has_display() -> bool {
    true
}

/// The system's own web view sees to this.
pub(super) fn paint_without_emulation() {}

pub(super) fn set_up<R: Runtime>(_window: &WebviewWindow<R>) -> tauri::Result<()> {
    Ok(())
}

/// The system's own menu items do this.
pub(super) fn edit<R: Runtime>(_window: &WebviewWindow<R>, _command: &'static str) -> tauri::Result<()> {
    Ok(())
}

/// The menu items show their keys themselves.
pub(super) fn show_keys<R: Runtime>(_app: &AppHandle<R>, _keys: &BTreeMap<String, String>) {}

/// Not the roaming folder: a library is large, and a database must not be copied while it is open.
pub(super) fn default_data_dir(said: &dyn Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    said("LOCALAPPDATA").map(|data| data.join("Galley"))
}
