//! macOS: AppKit and WKWebView.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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

pub(super) fn default_data_dir(said: &dyn Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    said("HOME").map(|home| home.join("Library/Application Support/Galley"))
}

/// Names WebKit's store of a library after the library's place: 128 bits of FNV-1a.
pub(crate) fn store_identifier(data_dir: &Path) -> [u8; 16] {
    let path = std::fs::canonicalize(data_dir).unwrap_or_else(|_| data_dir.to_owned());
    let basis: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    let prime: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    path.as_os_str()
        .as_encoded_bytes()
        .iter()
        .fold(basis, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(prime))
        .to_be_bytes()
}
