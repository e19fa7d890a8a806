//! The desktop shell of Galley: one window over one library, the only place that names tauri.
//!
//! Every command of the window is passed on to `galley-client`; the shell itself only knows the window, its menu
//! bar, the command line and the platform. No article, no file of the library and no network is touched here.

mod command_line;
mod desk;
mod ipc;
mod language;
mod log;
mod menu;
mod platform;
mod scheme;
mod start;
mod window;

pub use desk::{Desk, Opener};
pub use ipc::COMMANDS;
pub use language::Language;
pub use platform::paint_without_emulation;
pub use start::{assemble, context, main};
