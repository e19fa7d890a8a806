//! Galley's shell on tauri's mock runtime: the real commands over a real library, without a window.

use std::path::Path;
use std::sync::{Arc, Mutex};

use galley_desktop::{Desk, Language, assemble, context};
use serde_json::{Value, json};
use tauri::ipc::{CallbackFn, InvokeBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder};
use tauri::webview::InvokeRequest;
use tauri::{App, WebviewWindow, WebviewWindowBuilder};

/// A shell over one library.
pub struct Shell {
    window: WebviewWindow<MockRuntime>,
    opened: Arc<Mutex<Vec<String>>>,
    _app: App<MockRuntime>,
}

impl Shell {
    /// Opens the library in `folder`.
    pub fn open(folder: &Path) -> Self {
        let opened: Arc<Mutex<Vec<String>>> = Arc::default();
        let keeper = Arc::clone(&opened);
        let opener = move |target: &str| {
            keeper.lock().unwrap().push(target.to_owned());
            Ok(())
        };
        let (desk, events) = Desk::open(folder, Some(Language::ZhHans), "en_US.UTF-8", Arc::new(opener));
        // Kept, so that the core may tell; nobody listens here.
        std::mem::forget(events);
        let app = assemble(mock_builder(), desk).build(context()).unwrap();
        let window = WebviewWindowBuilder::new(&app, "main", tauri::WebviewUrl::default()).build().unwrap();
        Self { window, opened, _app: app }
    }

    /// Calls a command as the window does.
    pub fn call(&self, command: &str, request: Value) -> Result<Value, Value> {
        self.send(command, InvokeBody::Json(json!({ "request": request })), &[])
    }

    /// Calls a command that must succeed.
    pub fn ask(&self, command: &str, request: Value) -> Value {
        self.call(command, request).unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// Calls a command that must fail; its code.
    pub fn refused(&self, command: &str, request: Value) -> String {
        let error = self.call(command, request).expect_err(command);
        error["code"].as_str().unwrap_or_else(|| panic!("{command} failed with {error}")).to_owned()
    }

    /// Calls a command with a raw body or none.
    pub fn send(
        &self,
        command: &str,
        body: InvokeBody,
        headers: &[(&'static str, &str)],
    ) -> Result<Value, Value> {
        let mut request = InvokeRequest {
            cmd: command.to_owned(),
            callback: CallbackFn(0),
            error: CallbackFn(1),
            url: if cfg!(windows) { "http://tauri.localhost" } else { "tauri://localhost" }.parse().unwrap(),
            body,
            headers: tauri::http::HeaderMap::default(),
            invoke_key: INVOKE_KEY.to_owned(),
        };
        for (name, value) in headers {
            request.headers.insert(*name, value.parse().unwrap());
        }
        get_ipc_response(&self.window, request).map(|answer| answer.deserialize().unwrap())
    }

    /// What was opened outside Galley.
    pub fn opened(&self) -> Vec<String> {
        self.opened.lock().unwrap().clone()
    }
}
