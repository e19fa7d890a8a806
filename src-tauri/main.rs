//! The desktop program `galley`.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::process::ExitCode;

fn main() -> ExitCode {
    galley_desktop::main(std::env::args_os().skip(1))
}
