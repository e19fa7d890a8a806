//! The use cases of the window: one function per command, over the store, the text, the page and the newsroom
//! inside the app.
//!
//! Not here: the window system (no tauri), SQL, rendering, merging. The clock is read here and nowhere below.

mod account;
pub mod api;
mod articles;
pub mod clock;
mod error;
mod events;
mod galley;
mod history;
mod intents;
mod limits;
mod lists;
pub mod peers;
mod photos;
mod preview;
mod projection;
mod publishing;
mod remote_photos;
mod resource;
mod sample;
mod servers_page;
mod session;
mod settings;
mod site_pages;
mod site_place;
mod standing;
pub mod sync;
#[cfg(test)]
mod tests;
mod theme;

pub use events::Event;
pub use galley::{Galley, OpenOptions};
pub use resource::Resource;
