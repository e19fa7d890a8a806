//! Lines of JSON on the error output, for whatever collects logs.

use tracing_subscriber::filter::LevelFilter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

/// Logs from now on, once per process.
pub(crate) fn start() {
    let lines = tracing_subscriber::fmt::layer().json().with_writer(std::io::stderr);
    // A test may have begun before.
    drop(tracing_subscriber::registry().with(lines).with(LevelFilter::INFO).try_init());
}
