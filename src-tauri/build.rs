//! Builds the shell's configuration in: capabilities, icons, and the front end from `ui/dist`.
//!
//! The front end is not built here (`cargo xtask run` and `cargo xtask test` do that); its absence is told.

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    println!("cargo:rerun-if-changed=ui/dist");
    if !Path::new("ui/dist/index.html").exists() {
        println!("cargo::error=The front end is not built: ui/dist/index.html is missing.");
        println!("cargo::error=Run `cargo xtask run` or `cargo xtask test`, which build it first,");
        println!("cargo::error=or build it by hand: npm --prefix ui ci && npm --prefix ui run build");
        return ExitCode::FAILURE;
    }
    let attributes = tauri_build::Attributes::new()
        .capabilities_path_pattern("./src-tauri/capabilities/**/*")
        .windows_attributes(
            tauri_build::WindowsAttributes::new().window_icon_path("src-tauri/icons/icon.ico"),
        );
    match tauri_build::try_build(attributes) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            println!("cargo::error=tauri-build: {error:#}");
            ExitCode::FAILURE
        }
    }
}
