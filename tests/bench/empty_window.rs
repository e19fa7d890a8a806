//! An empty window: the least that tauri and the web view do, which Galley's own start and memory are held
//! against. `--data DIR` is where the web view keeps its data; with `--alike` it is painted as Galley is.

use tauri::http::{Request, Response, header};
use tauri::{UriSchemeContext, WebviewUrl, WebviewWindowBuilder, Wry};

/// A page with a place to type, which notes when it has been painted.
const PAGE: &str = r#"<!doctype html><meta charset="utf-8"><title>Empty</title><textarea autofocus></textarea>
<script>addEventListener("load", () => requestAnimationFrame(() => requestAnimationFrame(() => performance.mark("ready"))))</script>"#;

fn main() -> tauri::Result<()> {
    if std::env::args_os().any(|argument| argument == "--alike") {
        galley_desktop::paint_without_emulation();
    }
    let data_dir = std::env::args_os().skip_while(|argument| argument != "--data").nth(1);
    let page = |_: UriSchemeContext<'_, Wry>, _: Request<Vec<u8>>| {
        let mut response = Response::new(PAGE.as_bytes().to_vec());
        response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("text/html"));
        response
    };
    tauri::Builder::default()
        .register_uri_scheme_protocol("empty", page)
        .setup(move |app| {
            let address = if cfg!(windows) { "http://empty.localhost/" } else { "empty://localhost/" };
            let url = WebviewUrl::CustomProtocol(address.parse()?);
            let mut window = WebviewWindowBuilder::new(app, "main", url).inner_size(1440.0, 900.0);
            if let Some(data_dir) = data_dir {
                window = window.data_directory(data_dir.into());
            }
            window.build()?;
            Ok(())
        })
        .run(galley_desktop::context())
}
