//! `galley-server`: see `galley-server --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    galley_server::run(std::env::args_os().skip(1).collect())
}
