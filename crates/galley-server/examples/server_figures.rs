//! What a server bears: two hundred devices that each push a change every second, alone and with two thousand streams
//! of events open, and whether its memory stays flat meanwhile.
//!
//! `cargo xtask bench server_figures` loads it for half a minute each; `server_figures 600` for ten minutes each.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a measurement fails by panicking, and the figures are what is printed"
)]

mod rig;

use std::io::Write as _;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use galley_client::sync::Transport as _;
use rig::{Server, Writer, figure, memory_mb, ms, quantile};

const WRITER: &str = "林一舟";
const DEVICES: u64 = 200;
const STREAMS: usize = 2_000;
const LIMIT_MS: f64 = 50.0;
/// How much more a server may hold at the end of the load than after its first part.
const FLAT_MB: f64 = 32.0;
const SECONDS: u64 = 30;

fn main() {
    let seconds = std::env::args().nth(1).and_then(|seconds| seconds.parse().ok()).unwrap_or(SECONDS);
    let folder = tempfile::tempdir().unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let server = Server::start(&folder.path().join("server"));
        let mut code = server.add(WRITER, "reporter");
        let mut writers = Vec::new();
        for n in 0..DEVICES {
            let mut writer = Writer::new(&server, WRITER, &code, n).await;
            code.clear();
            let first = writer.write(0, &"水位今晨回落，环城路积水已经退去。".repeat(80));
            writer.send(vec![first]).await;
            writers.push(writer);
        }
        println!("{DEVICES} devices, one push a second each, for {seconds} s; SQLite, WAL, synchronous=FULL");
        let writers = under_load(&server, writers, seconds, "").await;
        let mut streams = Vec::with_capacity(STREAMS);
        for (n, writer) in writers.iter().cycle().take(STREAMS).enumerate() {
            let heard = writer.http.listen(&writer.token).await;
            streams.push(heard.unwrap_or_else(|error| panic!("stream {n}: {error}")));
        }
        under_load(&server, writers, seconds, &format!(", {STREAMS} streams of events open")).await;
        drop(streams);
    });
}

async fn under_load(server: &Server, writers: Vec<Writer>, seconds: u64, with: &str) -> Vec<Writer> {
    let waits = Arc::new(Mutex::new(Vec::new()));
    let begun = Instant::now();
    let disk = std::thread::spawn(move || bare_syncs(begun, seconds));
    let loads: Vec<_> = (0..)
        .zip(writers)
        .map(|(n, writer)| tokio::spawn(load(n, writer, begun, seconds, waits.clone())))
        .collect();
    tokio::time::sleep(Duration::from_secs(seconds).mul_f64(0.25)).await;
    let warm = memory_mb(server.id());
    let mut writers = Vec::with_capacity(loads.len());
    for load in loads {
        writers.push(load.await.unwrap());
    }
    let grown = memory_mb(server.id()) - warm;
    let mut waits = std::mem::take(&mut *waits.lock().unwrap());
    let n_pushes = waits.len();
    let [p50, p99] = [50, 99].map(|part| quantile(&mut waits, part));
    let name = format!("{DEVICES} devices push each second, p99{with}");
    let told = format!("{p99:.0} ms (p50 {p50:.1} ms, {n_pushes} pushes) / limit {LIMIT_MS:.0} ms");
    figure(&name, p99, LIMIT_MS, 1.0, &told);
    let mut bare = disk.join().unwrap();
    let [p50, p99] = [50, 99].map(|part| quantile(&mut bare, part));
    println!("  meanwhile a bare sync of 8 KB on the same disk: p50 {p50:.1} ms, p99 {p99:.1} ms");
    let told = format!("{grown:.0} MB from {warm:.0} MB / limit {FLAT_MB:.0} MB");
    figure(&format!("the same, memory after the first quarter{with}"), grown.max(0.0), FLAT_MB, 1.0, &told);
    writers
}

/// What the disk alone takes for a commit: a push cannot be faster.
fn bare_syncs(begun: Instant, seconds: u64) -> Vec<f64> {
    let mut file = tempfile::tempfile().unwrap();
    let mut times = Vec::new();
    while begun.elapsed() < Duration::from_secs(seconds) {
        std::thread::sleep(Duration::from_millis(50));
        let begun = Instant::now();
        file.write_all(&[0; 8_192]).unwrap();
        file.sync_data().unwrap();
        times.push(ms(begun.elapsed()));
    }
    times
}

/// Pushes once a second, at a moment of its own, whether or not the push before took long.
async fn load(
    n: u64,
    mut writer: Writer,
    begun: Instant,
    seconds: u64,
    waits: Arc<Mutex<Vec<f64>>>,
) -> Writer {
    let offset = Duration::from_millis(n * 1_000 / DEVICES);
    for second in 0..seconds {
        let due = begun + offset + Duration::from_secs(second);
        tokio::time::sleep_until(due.into()).await;
        let push = writer.write(0, "字");
        writer.send(vec![push]).await;
        // From when it was due, so that waiting for the push before counts.
        waits.lock().unwrap().push(ms(due.elapsed()));
    }
    writer
}
