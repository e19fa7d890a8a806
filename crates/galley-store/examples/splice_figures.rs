//! p50 and p99 of an append, from the request to the answer after the sync, interleaved with a bare insert of a
//! row of the same size under the same settings, so that both meet the same disk.
//!
//! `cargo run --release -p galley-store --example splice_figures -- [rounds] [folder]`

use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant as Clock};

use galley_model::{ArticleId, Instant};
use galley_store::{Append, Folded, JournalRow, Library};
use rusqlite::Connection;
use uuid::Uuid;

/// What a typed character's update takes.
const ROW_BYTES: usize = 100;
/// Edits of history before the measurement.
const HISTORY: i32 = 20_000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let rounds = arguments.next().map_or(Ok(3000), |rounds| rounds.parse())?;
    let temporary = tempfile::tempdir()?;
    let folder = arguments.next().map_or_else(|| temporary.path().to_owned(), std::path::PathBuf::from);

    let (library, _) = Library::open(&folder.join("library"), Instant(0))?;
    let article = ArticleId(Uuid::from_u128(1));
    library.create_article(article, Instant(0)).wait()?;
    write_history(&library, article)?;
    let bare = bare_table(&folder.join("bare.sqlite"))?;

    let (mut appends, mut inserts) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let append = append_of(article, HISTORY + round);
        appends.push(timed(|| library.append(append).wait().map(drop))?);
        inserts.push(timed(|| insert(&bare, HISTORY + round))?);
    }
    let [append, insert] = [&mut appends, &mut inserts].map(|times| figures(times));
    let mut out = std::io::stdout().lock();
    use std::io::Write as _;
    writeln!(out, "append      p50 {:>8.1?}  p99 {:>8.1?}", append.0, append.1)?;
    writeln!(out, "bare insert p50 {:>8.1?}  p99 {:>8.1?}", insert.0, insert.1)?;
    writeln!(
        out,
        "ratio       p50 {:>7.2}x  p99 {:>7.2}x",
        append.0.as_secs_f64() / insert.0.as_secs_f64(),
        append.1.as_secs_f64() / insert.1.as_secs_f64()
    )?;
    library.close()?;
    Ok(())
}

/// A journal of a long article, folded twice as the app folds it.
fn write_history(library: &Library, article: ArticleId) -> Result<(), Box<dyn Error>> {
    for edit in 0..HISTORY {
        let pending = library.append(append_of(article, edit));
        if edit % 200 == 199 {
            pending.wait()?;
        }
        if edit % 5_000 == 4_999 {
            let body = "水".repeat(50_000);
            let folded = Folded {
                snapshot: vec![b'x'; 83_000],
                body,
                meta_json: "{}".to_owned(),
                version: vec![0; 12],
                engine: "figures".to_owned(),
            };
            library.fold(article, i64::from(edit) + 1, folded, Instant(0)).wait()?;
        }
    }
    Ok(())
}

fn append_of(article: ArticleId, edit: i32) -> Append {
    let row = JournalRow {
        peer: 0x0123_4567_89ab_cdef,
        start: edit,
        end: edit + 1,
        bytes: (0..ROW_BYTES).map(|i| (i as i32 ^ edit) as u8).collect(),
        view: "d3b07384d113".to_owned(),
        view_seq: edit as u32,
    };
    Append { updates: vec![row], caret: Some(edit as u32), ..Append::new(article, Instant(i64::from(edit))) }
}

fn bare_table(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA fullfsync = ON;
         CREATE TABLE row (article INTEGER, seq INTEGER, bytes BLOB NOT NULL, PRIMARY KEY (article, seq))
           WITHOUT ROWID;",
    )?;
    for edit in 0..HISTORY {
        if edit % 200 == 0 {
            connection.execute_batch("BEGIN")?;
        }
        insert(&connection, edit).map_err(|_| rusqlite::Error::InvalidQuery)?;
        if edit % 200 == 199 {
            connection.execute_batch("COMMIT")?;
        }
    }
    Ok(connection)
}

/// The update with the numbers that stand beside it in the journal.
fn insert(connection: &Connection, edit: i32) -> Result<(), Box<dyn Error>> {
    let bytes: Vec<u8> = (0..ROW_BYTES + 45).map(|i| (i as i32 ^ edit) as u8).collect();
    connection
        .prepare_cached("INSERT INTO row (article, seq, bytes) VALUES (1, ?1, ?2)")?
        .execute(rusqlite::params![edit, bytes])?;
    Ok(())
}

fn timed<E>(run: impl FnOnce() -> Result<(), E>) -> Result<Duration, E> {
    let start = Clock::now();
    run()?;
    Ok(start.elapsed())
}

/// p50 and p99.
fn figures(times: &mut [Duration]) -> (Duration, Duration) {
    times.sort();
    let at = |part: usize| times.get(times.len() * part / 100).copied().unwrap_or_default();
    (at(50), at(99))
}
