//! `cargo xtask bench`: every figure in a release build, each beside a limit or a peer measured in the same run.
//!
//! The programs that measure are examples of the crates they measure. A line of theirs with four parts set apart by
//! tabs is read here: name, ratio, `aim` and a number, and `value / peer`. Times are printed and never judged by a
//! test.

use crate::packages::{self, Purpose};
use crate::shell::{cargo, program, run, run_hearing};
use crate::steps::{Steps, say};
use crate::{Outcome, built, front_end, target, tools};

/// What measures: package, example, arguments.
const PROGRAMS: &[(&str, &str, &[&str])] = &[
    ("galley", "typing_figures", &[]),
    ("galley-page", "render_figures", &[]),
    ("galley-newsroom", "site_figures", &[]),
    ("galley-newsroom", "serve_figures", &[]),
    ("galley-newsroom", "search_figures", &[]),
    ("galley-server", "sync_figures", &[]),
    ("galley-server", "server_figures", &[]),
    ("galley", "window_figures", &[]),
];

/// One line of the table.
#[derive(Debug, PartialEq)]
struct Figure {
    name: String,
    value: String,
    peer: String,
    ratio: String,
    aim: String,
}

pub(crate) fn bench(arguments: &[String]) -> Outcome {
    let chosen: Vec<_> = PROGRAMS
        .iter()
        .filter(|(_, example, _)| arguments.is_empty() || arguments.iter().any(|a| a == example))
        .collect();
    if chosen.is_empty() {
        let names: Vec<_> = PROGRAMS.iter().map(|(_, example, _)| *example).collect();
        return Err(format!("there is no such figure; there are: {}", names.join(", ")));
    }
    let mut steps = Steps::new(7 + chosen.len());
    steps.step("System packages", || packages::see_to(Purpose::Bench))?;
    steps.step("Front end: its packages (npm ci)", front_end::packages)?;
    steps.step("Front end: build (vite)", front_end::build)?;
    steps.step("tauri-driver", tools::tauri_driver)?;
    let nginx = steps.step("nginx", tools::nginx)?;
    let build = ["build", "--release", "--locked", "--workspace", "--bins", "--examples"];
    steps.step("Build for release (cargo; minutes the first time)", || run(cargo(&build)))?;
    let mut figures = Vec::new();
    for (_, example, arguments) in chosen {
        steps.step(&format!("Measuring: {example}"), || {
            let path = built("release/examples", example);
            let mut measuring = program(&path.to_string_lossy(), arguments);
            measuring.env("GALLEY_NGINX", &nginx);
            measuring.env("GALLEY_PROGRAM", built("release", "galley"));
            measuring.env("GALLEY_EMPTY_WINDOW", built("release/examples", "empty_window"));
            run_hearing(measuring, |line| figures.extend(figure(line)))
        })?;
    }
    steps.step("The table", || {
        let table = table(&figures);
        say(&table);
        let file = target().join("figures.txt");
        std::fs::write(&file, table).map_err(|error| format!("{}: {error}", file.display()))
    })
}

fn figure(line: &str) -> Option<Figure> {
    let mut parts = line.split('\t').map(str::trim);
    let (name, ratio) = (parts.next()?, parts.next()?);
    let aim = parts.next()?.strip_prefix("aim ")?;
    let (value, peer) = parts.next()?.split_once(" / ")?;
    let [name, value, peer, ratio, aim] = [name, value, peer, ratio, aim].map(str::to_owned);
    Some(Figure { name, value, peer, ratio, aim: format!("≤ {aim}") })
}

/// Whether a ratio such as `1.27` meets an aim such as `≤ 1.5`.
fn met(ratio: &str, aim: &str) -> &'static str {
    let number = |text: &str| -> Option<f64> {
        let digits: String = text.chars().filter(|c| c.is_ascii_digit() || matches!(c, '.' | '-')).collect();
        digits.parse().ok()
    };
    match (number(ratio), number(aim)) {
        (Some(ratio), Some(aim)) if ratio <= aim => "met",
        (Some(_), Some(_)) => "NOT MET",
        _ => "",
    }
}

fn table(figures: &[Figure]) -> String {
    let heads = ["figure", "value", "peer or limit", "ratio", "aim", ""].map(str::to_owned);
    let rows: Vec<[String; 6]> = std::iter::once(heads)
        .chain(figures.iter().map(|f| {
            let verdict = met(&f.ratio, &f.aim).to_owned();
            [f.name.clone(), f.value.clone(), f.peer.clone(), f.ratio.clone(), f.aim.clone(), verdict]
        }))
        .collect();
    let width =
        |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..6).map(|column| width(column).unwrap_or_default()).collect();
    let line = |row: &[String; 6]| {
        let cells = row
            .iter()
            .zip(&widths)
            .map(|(cell, width)| format!("{cell}{}", " ".repeat(width - cell.chars().count())));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned() + "\n"
    };
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ratio_is_held_against_its_aim() {
        for (ratio, aim, verdict) in [
            ("1.27", "≤ 1.5", "met"),
            ("1.27 ×", "≤ 1.2 ×", "NOT MET"),
            ("58 MB", "≤ 60 MB", "met"),
            ("", "≤ 2", ""),
        ] {
            assert_eq!(met(ratio, aim), verdict, "{ratio} {aim}");
        }
    }

    #[test]
    fn only_figures_are_read() {
        let read = figure("splice p50\t1.33\taim 2.0\t1.2 ms / 0.9 ms").unwrap();
        assert_eq!(
            (read.name.as_str(), read.peer.as_str(), read.aim.as_str()),
            ("splice p50", "0.9 ms", "≤ 2.0")
        );
        assert_eq!(figure("splice p50\t1.33\t2.0\t1.2 ms / 0.9 ms"), None);
        assert_eq!(figure("splice p50"), None);
        let lines: Vec<usize> = table(&[read]).lines().map(|line| line.find("0.9").unwrap_or(0)).collect();
        assert_eq!(lines.len(), 2);
    }
}
