//! Makes a library of so many articles in a folder, a word planted in some of them.
//!
//! `generate_library --articles 100000 --dir DIR [--planted 琉璃井 --planted-in 20] [--seed 1]
//! [--newest MILLISECONDS]`

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use galley_model::Instant;
use galley_testkit::articles::Planted;
use galley_testkit::library::{Wanted, generate};

const USAGE: &str =
    "generate_library --articles N --dir DIR [--planted WORD] [--planted-in N] [--seed N] [--newest MS]";

fn main() -> ExitCode {
    let mut error = std::io::stderr();
    let (wanted, folder) = match wanted(std::env::args().skip(1)) {
        Ok(wanted) => wanted,
        Err(wrong) => {
            let _ = writeln!(error, "{wrong}\n{USAGE}");
            return ExitCode::from(2);
        }
    };
    let started = std::time::Instant::now();
    let every = (wanted.planted.of / 20).max(1);
    let result = generate(&folder, &wanted, |n| {
        if n % every == 0 {
            let _ =
                writeln!(error, "{n} of {} articles, {} s", wanted.planted.of, started.elapsed().as_secs());
        }
    });
    match result {
        Ok(added) => {
            let folder = folder.display();
            let _ = writeln!(error, "{added} articles in {folder}, {} s", started.elapsed().as_secs());
            ExitCode::SUCCESS
        }
        Err(failure) => {
            let _ = writeln!(error, "{failure}: {failure:?}");
            ExitCode::FAILURE
        }
    }
}

fn wanted(arguments: impl Iterator<Item = String>) -> Result<(Wanted, PathBuf), String> {
    let mut given: BTreeMap<String, String> = BTreeMap::new();
    let mut arguments = arguments;
    while let Some(name) = arguments.next() {
        let known = ["--articles", "--dir", "--planted", "--planted-in", "--seed", "--newest"];
        if !known.contains(&name.as_str()) {
            return Err(format!("unknown: {name}"));
        }
        let value = arguments.next().ok_or_else(|| format!("{name} needs a value"))?;
        given.insert(name, value);
    }
    let number = |name: &str, default: Option<u64>| match given.get(name) {
        Some(text) => text.parse().map_err(|_| format!("{name} needs a number")),
        None => default.ok_or_else(|| format!("{name} is missing")),
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let planted = Planted {
        word: given.get("--planted").cloned().unwrap_or_else(|| "琉璃井".to_owned()),
        in_articles: number("--planted-in", Some(20))?,
        of: number("--articles", None)?,
    };
    let newest = number("--newest", u64::try_from(now).ok())?;
    let newest = Instant(i64::try_from(newest).map_err(|_| "--newest is too late".to_owned())?);
    let folder = given.get("--dir").map(PathBuf::from).ok_or("--dir is missing")?;
    Ok((Wanted { seed: number("--seed", Some(1))?, planted, newest }, folder))
}
