//! Linux: GTK and WebKitGTK.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use gtk::prelude::*;
use tauri::{AppHandle, Manager, Runtime, WebviewWindow};
use webkit2gtk::{InputMethodContextExt, WebViewExt};

/// GTK tries the display it is told of; doing it here, before tauri, turns a panic into a sentence.
pub(super) fn has_display() -> bool {
    let told_of = ["DISPLAY", "WAYLAND_DISPLAY"]
        .iter()
        .any(|name| std::env::var_os(name).is_some_and(|v| !v.is_empty()));
    told_of && gtk::init().is_ok()
}

/// Without a graphics processor (an old computer, a virtual machine, a remote desktop) WebKit would emulate one:
/// each frame of the window then takes many times as long as painting what changed, and the emulation holds more
/// memory than all of Galley.
pub(super) fn paint_without_emulation() {
    // Looked at when WebKit starts: the setting that a web view has for it comes after the emulation was made.
    const NAME: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";
    if has_graphics(&|name| Path::new(name).exists(), &|name| std::env::var_os(name)) {
        return;
    }
    #[expect(unsafe_code, reason = "WebKit can be told only by the environment")]
    // SAFETY: called first in the program, when no other thread is there that could read the environment.
    unsafe {
        std::env::set_var(NAME, "1");
    }
}

/// Whether there is a processor that draws: one that Linux itself knows, NVIDIA's own, or the one of the Windows
/// around this Linux; and nobody asked for the emulation.
fn has_graphics(exists: &dyn Fn(&str) -> bool, said: &dyn Fn(&str) -> Option<OsString>) -> bool {
    let emulated =
        said("LIBGL_ALWAYS_SOFTWARE").is_some_and(|v| !matches!(v.to_str(), Some("" | "0" | "false")));
    let nodes = (128..144).map(|n| format!("/dev/dri/renderD{n}"));
    let others = ["/dev/nvidiactl", "/dev/dxg"].map(str::to_owned);
    !emulated && nodes.chain(others).any(|node| exists(&node))
}

pub(super) fn set_up<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<()> {
    window.with_webview(|webview| {
        // wry switches inline composition off (wry#1724), and what is being composed would be invisible.
        if let Some(input_method) = webview.inner().input_method_context() {
            input_method.set_enable_preedit(true);
        }
    })
}

pub(super) fn edit<R: Runtime>(window: &WebviewWindow<R>, command: &'static str) -> tauri::Result<()> {
    window.with_webview(move |webview| webview.inner().execute_editing_command(command))
}

/// A key set on the label alone is drawn at the right of the item, as GTK does, and is not listened for.
pub(super) fn show_keys<R: Runtime>(app: &AppHandle<R>, keys: &BTreeMap<String, String>) {
    let (handle, keys) = (app.clone(), keys.clone());
    let shown = app.run_on_main_thread(move || {
        for window in handle.webview_windows().values() {
            let Ok(content) = window.default_vbox() else { continue };
            for menu_bar in content.children().iter().filter_map(|child| child.downcast_ref::<gtk::MenuBar>())
            {
                label_keys(menu_bar.upcast_ref(), &keys);
            }
        }
    });
    if let Err(error) = shown {
        tracing::debug!(%error, "the menu bar shows no keys");
    }
}

fn label_keys(menu: &gtk::MenuShell, keys: &BTreeMap<String, String>) {
    for item in menu.children().iter().filter_map(|child| child.downcast_ref::<gtk::MenuItem>()) {
        if let Some(submenu) = item.submenu().and_downcast::<gtk::Menu>() {
            label_keys(submenu.upcast_ref(), keys);
        }
        let key = item.label().and_then(|label| keys.get(label.as_str()));
        let label = item.child().and_downcast::<gtk::AccelLabel>();
        if let (Some(key), Some(label)) = (key, label) {
            let (key, modifiers) = gtk::accelerator_parse(&gtk_key(key));
            label.set_accel(key, modifiers);
        }
    }
}

/// `Ctrl+Shift+I` in GTK's own writing: `<Ctrl><Shift>i`.
fn gtk_key(key: &str) -> String {
    let (modifiers, key) = key.rsplit_once('+').unwrap_or(("", key));
    let key = match key {
        "," => "comma",
        "=" => "equal",
        "-" => "minus",
        "/" => "slash",
        "Enter" => "Return",
        key => key,
    };
    let modifiers: String =
        modifiers.split('+').filter(|name| !name.is_empty()).map(|name| format!("<{name}>")).collect();
    format!("{modifiers}{key}")
}

pub(super) fn default_data_dir(said: &dyn Fn(&str) -> Option<PathBuf>) -> Option<PathBuf> {
    let data_home = said("XDG_DATA_HOME").or_else(|| said("HOME").map(|home| home.join(".local/share")));
    data_home.map(|data_home| data_home.join("galley"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_written_as_gtk_reads_them() {
        for (key, gtk) in [
            ("Ctrl+N", "<Ctrl>N"),
            ("Ctrl+Shift+Enter", "<Ctrl><Shift>Return"),
            ("Ctrl+,", "<Ctrl>comma"),
            ("F11", "F11"),
        ] {
            assert_eq!(gtk_key(key), gtk);
        }
    }

    #[test]
    fn a_window_is_painted_by_a_graphics_processor_only_where_there_is_one() {
        let check = |nodes: &[&str], variables: &[(&str, &str)], expected: bool| {
            let said =
                |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, v)| OsString::from(v));
            assert_eq!(
                has_graphics(&|node| nodes.contains(&node), &said),
                expected,
                "{nodes:?} {variables:?}"
            );
        };
        check(&[], &[], false);
        check(&["/dev/dri/card0"], &[], false);
        check(&["/dev/dri/renderD128"], &[], true);
        check(&["/dev/dri/renderD129"], &[("LIBGL_ALWAYS_SOFTWARE", "0")], true);
        check(&["/dev/dri/renderD128"], &[("LIBGL_ALWAYS_SOFTWARE", "1")], false);
        check(&["/dev/nvidiactl"], &[], true);
    }

    #[test]
    fn the_library_lies_where_programs_keep_their_data() {
        let check = |variables: &[(&str, &str)], expected: Option<&str>| {
            let said =
                |name: &str| variables.iter().find(|(key, _)| *key == name).map(|(_, v)| PathBuf::from(v));
            assert_eq!(default_data_dir(&said), expected.map(PathBuf::from));
        };
        check(&[("HOME", "/home/lin")], Some("/home/lin/.local/share/galley"));
        check(&[("HOME", "/home/lin"), ("XDG_DATA_HOME", "/data")], Some("/data/galley"));
        check(&[], None);
    }
}
