//! The one window: where it stands, what it may show, how it is raised and closed.

use std::fs;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use tauri::webview::{Color, NewWindowResponse};
use tauri::{
    AppHandle, Manager, Runtime, Theme, Url, WebviewUrl, WebviewWindow, WebviewWindowBuilder, WindowEvent,
};

use crate::desk::Desk;

/// The window's label.
pub(crate) const MAIN: &str = "main";
const TITLE: &str = "清样 Galley";
const SIZE: (f64, f64) = (1440.0, 900.0);
const SMALLEST: (f64, f64) = (800.0, 600.0);
/// The colour of paper, so that the first moment is not glaring white.
const PAPER: Color = Color(0xfa, 0xf8, 0xf4, 0xff);
/// The same by night; the menu bar stands on it.
const PAPER_BY_NIGHT: Color = Color(0x1b, 0x1a, 0x18, 0xff);

/// Where the window stood, in logical pixels; kept in the library's folder.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct Place {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
    maximized: bool,
}

impl Place {
    /// Whether enough of the window's upper edge lies on a screen to move it by.
    fn can_be_grasped_on(&self, screen: &Screen) -> bool {
        let (left, right) = (self.x.max(screen.x), (self.x + self.width).min(screen.x + screen.width));
        let on_height = self.y >= screen.y - 1.0 && self.y + GRASP.1 <= screen.y + screen.height;
        right - left >= GRASP.0 && on_height
    }
}

/// A screen, in logical pixels.
struct Screen {
    x: f64,
    y: f64,
    width: f64,
    height: f64,
}

/// So much of a window's upper edge is enough to move it by, in logical pixels.
const GRASP: (f64, f64) = (120.0, 40.0);

/// The screens there are; none when the system does not say.
fn screens<R: Runtime>(app: &tauri::App<R>) -> Vec<Screen> {
    let monitors = app.available_monitors().unwrap_or_default();
    let logical = |monitor: &tauri::Monitor| {
        let position = monitor.position().to_logical::<f64>(monitor.scale_factor());
        let size = monitor.size().to_logical::<f64>(monitor.scale_factor());
        Screen { x: position.x, y: position.y, width: size.width, height: size.height }
    };
    monitors.iter().map(logical).collect()
}

/// Builds the window.
pub(crate) fn open<R: Runtime>(app: &tauri::App<R>) -> tauri::Result<WebviewWindow<R>> {
    let desk = app.state::<Desk>().inner().clone();
    let mut builder = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        .title(TITLE)
        .inner_size(SIZE.0, SIZE.1)
        .min_inner_size(SMALLEST.0, SMALLEST.1)
        .prevent_overflow()
        .background_color(PAPER)
        .data_directory(desk.data_dir().join("webkit"))
        // The window itself takes dropped photos, as web pages do.
        .disable_drag_drop_handler()
        .on_navigation(may_show)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false);
    if let Some(place) = read_place(desk.data_dir()) {
        builder = builder.inner_size(place.width, place.height).maximized(place.maximized);
        // A screen that is not there any more takes no window with it.
        if screens(app).iter().any(|screen| place.can_be_grasped_on(screen)) {
            builder = builder.position(place.x, place.y);
        }
    }
    #[cfg(target_os = "macos")]
    {
        // WebKit's data cannot lie in the library on macOS; it gets a store of its own for each library.
        builder = builder.data_store_identifier(crate::platform::store_identifier(desk.data_dir()));
    }
    let window = builder.build()?;
    lay_paper(&window, window.theme()?);
    let same = window.clone();
    window.on_window_event(move |event| match event {
        WindowEvent::CloseRequested { api, .. } => {
            api.prevent_close();
            close(&same);
        }
        WindowEvent::ThemeChanged(theme) => lay_paper(&same, *theme),
        _ => {}
    });
    Ok(window)
}

fn lay_paper<R: Runtime>(window: &WebviewWindow<R>, theme: Theme) {
    let paper = if theme == Theme::Dark { PAPER_BY_NIGHT } else { PAPER };
    if let Err(error) = window.set_background_color(Some(paper)) {
        tracing::warn!(%error, "the window kept its colour");
    }
}

/// Shows the window above the others.
pub(crate) fn raise<R: Runtime>(app: &AppHandle<R>) {
    let Some(window) = app.get_webview_window(MAIN) else { return };
    for step in [window.unminimize(), window.show(), window.set_focus()] {
        if let Err(error) = step {
            tracing::warn!(%error, "the window was not raised");
        }
    }
}

/// Leaves as if the window had been closed.
pub(crate) fn leave<R: Runtime>(app: &AppHandle<R>) {
    match app.get_webview_window(MAIN) {
        Some(window) => close(&window),
        None => app.exit(0),
    }
}

/// Hides the window, waits until all it said is on the disk, and leaves. What cannot be written keeps Galley
/// open, once: whoever closes it again after having been told leaves without it.
pub(crate) fn close<R: Runtime>(window: &WebviewWindow<R>) {
    let app = window.app_handle().clone();
    let desk = app.state::<Desk>().inner().clone();
    keep_place(window, desk.data_dir());
    if let Err(error) = window.hide() {
        tracing::warn!(%error, "the window was not hidden");
    }
    tauri::async_runtime::spawn(async move {
        if desk.close().await.is_err() && !desk.told_at_exit() {
            return raise(&app);
        }
        app.exit(0);
    });
}

/// Whether the window or a frame in it may show this: Galley's own pages, the library's files and the preview.
pub(crate) fn may_show(url: &Url) -> bool {
    match url.scheme() {
        "tauri" | crate::scheme::NAME => url.host_str() == Some("localhost"),
        // Windows has no schemes of one's own: there they are hosts.
        "http" | "https" => {
            cfg!(windows) && matches!(url.host_str(), Some("tauri.localhost" | "galley.localhost"))
        }
        "about" => matches!(url.path(), "blank" | "srcdoc"),
        _ => false,
    }
}

fn place_file(data_dir: &Path) -> PathBuf {
    data_dir.join("window.json")
}

fn read_place(data_dir: &Path) -> Option<Place> {
    let place: Place = serde_json::from_slice(&fs::read(place_file(data_dir)).ok()?).ok()?;
    let sane = [place.x, place.y, place.width, place.height].iter().all(|length| length.abs() < 32_768.0);
    (sane && place.width >= SMALLEST.0 && place.height >= SMALLEST.1).then_some(place)
}

/// Losing the window's place is not worth a word to the writer.
fn keep_place<R: Runtime>(window: &WebviewWindow<R>, data_dir: &Path) {
    let kept = place_of(window).map_err(|error| error.to_string()).and_then(|place| {
        let place = match read_place(data_dir) {
            // Maximised or full screen, the window has no size of its own to keep.
            Some(before) if place.maximized => Place { maximized: true, ..before },
            _ => place,
        };
        let json = serde_json::to_vec(&place).map_err(|error| error.to_string())?;
        let fresh = place_file(data_dir).with_extension("json.new");
        fs::write(&fresh, json)
            .and_then(|()| fs::rename(&fresh, place_file(data_dir)))
            .map_err(|e| e.to_string())
    });
    if let Err(error) = kept {
        tracing::debug!(error, "the window's place was not kept");
    }
}

fn place_of<R: Runtime>(window: &WebviewWindow<R>) -> tauri::Result<Place> {
    let scale = window.scale_factor()?;
    let position = window.outer_position()?.to_logical::<f64>(scale);
    let size = window.inner_size()?.to_logical::<f64>(scale);
    let maximized = window.is_maximized()? || window.is_fullscreen()?;
    Ok(Place { x: position.x, y: position.y, width: size.width, height: size.height, maximized })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_shows_nothing_but_its_own() {
        let check = |url: &str, expected: bool| {
            let parsed = Url::parse(url);
            assert_eq!(parsed.is_ok_and(|url| may_show(&url)), expected, "{url}");
        };
        for url in [
            "tauri://localhost/",
            "tauri://localhost/index.html",
            "galley://localhost/media/0a",
            "about:srcdoc",
        ] {
            check(url, true);
        }
        for url in [
            "https://news.example/",
            "http://127.0.0.1:8080/articles/a.html",
            "http://tauri.localhost.example/",
            "file:///etc/passwd",
            "data:text/html,<script>alert(1)</script>",
            "javascript:alert(1)",
            "blob:tauri://localhost/0",
            "tauri://elsewhere/",
            "galley://elsewhere/media/0a",
            "about:config",
        ] {
            check(url, false);
        }
    }

    #[test]
    fn a_window_does_not_return_to_a_screen_that_is_gone() {
        let check = |x: f64, y: f64, screens: &[(f64, f64)], expected: bool| {
            let place = Place { x, y, width: 1200.0, height: 800.0, maximized: false };
            let screen = |(x, y): &(f64, f64)| Screen { x: *x, y: *y, width: 1920.0, height: 1080.0 };
            let seen = screens.iter().map(screen).any(|screen| place.can_be_grasped_on(&screen));
            assert_eq!(seen, expected, "{x}, {y} on {screens:?}");
        };
        let one = [(0.0, 0.0)];
        check(100.0, 50.0, &one, true);
        check(0.0, 0.0, &one, true);
        check(-1000.0, 50.0, &one, true);
        check(-1200.0, 50.0, &one, false);
        check(-1200.0, 50.0, &[(-1920.0, 0.0), (0.0, 0.0)], true);
        check(2000.0, 50.0, &one, false);
        check(100.0, 1070.0, &one, false);
        check(100.0, -500.0, &one, false);
        check(100.0, 50.0, &[], false);
    }

    #[test]
    fn a_kept_place_is_used_only_when_a_window_fits_it() {
        let folder = tempfile::tempdir().unwrap();
        let check = |json: &str, usable: bool| {
            fs::write(place_file(folder.path()), json).unwrap();
            assert_eq!(read_place(folder.path()).is_some(), usable, "{json}");
        };
        check(r#"{"x":10,"y":20,"width":1200,"height":800,"maximized":false}"#, true);
        check(r#"{"x":-1200,"y":20,"width":1200,"height":800,"maximized":true}"#, true);
        check(r#"{"x":10,"y":20,"width":10,"height":800,"maximized":false}"#, false);
        check(r#"{"x":1e300,"y":20,"width":1200,"height":800,"maximized":false}"#, false);
        check(r#"{"x":10"#, false);
        check("", false);
    }
}
