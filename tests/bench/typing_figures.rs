//! What a key costs before it is safe: a splice arriving in the core → committed and synced, in a Chinese article
//! of 50,000 characters with 20,000 edits behind it, interleaved with a bare insert of a row of the same size into
//! a database of the same settings on the same disk.
//!
//! `cargo xtask bench typing_figures`, or `typing_figures [folder]`.
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stdout,
    reason = "a measurement fails by panicking, and the figures are what is printed"
)]

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use galley_client::api::{PushAnswer, PushRequest, Splice, ViewUpdate};
use galley_client::{Galley, OpenOptions};
use galley_model::ArticleId;
use galley_testkit::typing::{Edit, typing};
use rusqlite::Connection;

const CHARACTERS: usize = 50_000;
const EDITS: usize = 20_000;
const MEASURED: usize = 1_000;
/// Bytes of a journal row of one typed word, its numbers included.
const ROW: usize = 145;

fn main() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = std::env::args().nth(1).map_or_else(|| temporary.path().to_owned(), PathBuf::from);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let (mut ours, mut bare) = runtime.block_on(measure(&folder));
    for (name, part, aim) in [("p50", 50, 2.0), ("p99", 99, 3.0)] {
        let (ours, bare) = (quantile(&mut ours, part), quantile(&mut bare, part));
        let ratio = ours / bare;
        println!(
            "splice → committed and synced, {name}\t{ratio:.2}\taim {aim:.1}\t{ours:.2} ms / {bare:.2} ms"
        );
    }
}

async fn measure(folder: &Path) -> (Vec<Duration>, Vec<Duration>) {
    let options = OpenOptions {
        data_dir: folder.join("library"),
        language: Some("zh-Hans".to_owned()),
        system_language: String::new(),
    };
    let galley = Galley::open(options, |_| {}).await.unwrap();
    let opened = galley.create_article().await.unwrap();
    let copy = typing(1, CHARACTERS, EDITS + MEASURED);
    let mut writer = Writer { galley, article: opened.id, rev: opened.rev, n_typed: 0 };
    let (history, rest) = copy.edits.split_at(EDITS);
    for edits in history.chunks(100) {
        writer.push(edits).await;
    }
    let peer = bare_table(&folder.join("bare.sqlite"));
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for (number, edit) in (EDITS..).zip(rest.iter().take(MEASURED)) {
        let begun = Instant::now();
        writer.push(std::slice::from_ref(edit)).await;
        ours.push(begun.elapsed());
        let begun = Instant::now();
        insert(&peer, number);
        bare.push(begun.elapsed());
    }
    writer.galley.close().await.unwrap();
    (ours, bare)
}

struct Writer {
    galley: Galley,
    article: ArticleId,
    rev: u32,
    n_typed: u32,
}

impl Writer {
    async fn push(&mut self, edits: &[Edit]) {
        let updates = (self.n_typed + 1..).zip(edits).map(|(view_seq, edit)| {
            let splice = Splice { from: number(edit.from), to: number(edit.to), insert: edit.insert.clone() };
            ViewUpdate { view_seq, splices: vec![splice] }
        });
        let push = PushRequest {
            article: self.article,
            view: "figures".to_owned(),
            base_rev: self.rev,
            updates: updates.collect(),
            caret: 0,
        };
        match self.galley.push_edits(push).await.unwrap() {
            PushAnswer::Accepted { rev, .. } => self.rev = rev,
            PushAnswer::Stale { .. } => unreachable!("one writer is never behind"),
        }
        self.n_typed += number(edits.len());
    }
}

fn bare_table(path: &Path) -> Connection {
    let connection = Connection::open(path).unwrap();
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON;
             CREATE TABLE row (seq INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;
             BEGIN;",
        )
        .unwrap();
    for number in 0..EDITS {
        insert(&connection, number);
    }
    connection.execute_batch("COMMIT").unwrap();
    connection
}

fn insert(connection: &Connection, number: usize) {
    let bytes: Vec<u8> = (0..ROW).map(|at| u8::try_from((at ^ number) & 0xff).unwrap()).collect();
    let mut insert = connection.prepare_cached("INSERT INTO row (seq, bytes) VALUES (?1, ?2)").unwrap();
    insert.execute(rusqlite::params![i64::try_from(number).unwrap(), bytes]).unwrap();
}

fn number(length: usize) -> u32 {
    u32::try_from(length).unwrap()
}

/// Milliseconds.
fn quantile(times: &mut [Duration], part: usize) -> f64 {
    times.sort();
    times[(times.len() - 1) * part / 100].as_secs_f64() * 1000.0
}
