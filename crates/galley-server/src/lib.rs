//! The publishing server: the protocol of `docs/PROTOCOL.md` and the published site over HTTP.
//!
//! Everything that is decided is decided by the newsroom; here are routes, limits, failures, the listener, the
//! child that decodes foreign bytes, and the commands of the program. Invariants: bytes of a device are never
//! decoded in this process; every failure of the API is a [`Failure`](galley_newsroom::wire::Failure); nothing
//! that is logged holds text of an article, a token or a password.

mod answer;
mod app;
mod cli;
pub mod clock;
mod decode;
mod events;
mod follow;
mod limits;
mod listen;
mod logs;
mod media;
mod openapi;
mod routes;
mod session;
mod site;
mod sync;
mod theme;
mod upkeep;

pub use app::{App, Settings, StartError, StoredSite};
pub use cli::run;
pub use decode::Children;
pub use limits::Limits;
pub use listen::{Listening, Tls};
pub use routes::router;
