//! Writes a golden vector: a document as this version of the engine stores it, and what it says.
//!
//! `cargo run -p galley-text --example golden -- crates/galley-text/tests/fixtures/loro-X.Y` once for each new
//! version of the engine, into a folder of its own; folders of older versions are never written again.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::PathBuf;
use std::{env, fs};

use galley_text::{Document, Splice};

const PHOTO: &str = "photo/0192d3a0-0000-7000-8000-0000000000aa";
const CONTRIBUTOR: &str = "contributor/0192d3a0-0000-7000-8000-0000000000bb";

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(env::args().nth(1).ok_or("which folder?")?);
    // Only a new folder: what is there already is what later versions have to read.
    fs::create_dir(&folder)?;
    let (snapshot, folded) = folded_document()?;
    let mut editor = Document::load(Some(&snapshot), &[], 30)?;
    let (update, _) = editor.replace_body("# 汛情\n\n𠮷田村三次转移，👏🏽无人伤亡。\n")?.ok_or("no change")?;
    fs::write(folder.join("snapshot.bin"), &snapshot)?;
    fs::write(folder.join("update.bin"), &update.bytes)?;
    let expected = serde_json::json!({ "snapshot": folded, "with_update": said(&editor)? });
    fs::write(folder.join("expected.json"), serde_json::to_string_pretty(&expected)? + "\n")?;
    Ok(())
}

/// A document with a past: two writers, a cleared field, a fact taken out again by a restore.
fn folded_document() -> Result<(Vec<u8>, serde_json::Value), Box<dyn Error>> {
    let mut reporter = Document::new(20)?;
    let typed = reporter.edit(&[Splice::new(0, 0, "𠮷田村两次转移，无人伤亡。\n")])?.ok_or("no change")?;
    let fields = [
        ("headline", "防汛  一线"),
        ("slug", ""),
        ("kicker", "连线"),
        ("keyword/防汛", "a0"),
        (&format!("{PHOTO}/caption"), "堤上"),
        (&format!("{PHOTO}/order"), "a0"),
        (&format!("{CONTRIBUTOR}/name"), "周敏"),
        (&format!("{CONTRIBUTOR}/order"), "a0"),
    ];
    let facts = reporter.set_meta(&map(&fields))?.ok_or("no change")?;
    let mut editor = Document::load(None, &[typed.bytes, facts.bytes], 29)?;
    let cleared =
        editor.set_meta(&map(&[("kicker", ""), ("headline", "防汛  一线直击")]))?.ok_or("no change")?;
    let version = reporter.version()?;
    reporter.set_meta(&map(&[("editor_note", "待核")]))?;
    reporter.restore(&version)?;
    reporter.edit(&[Splice::new(4, 5, "三")])?;
    reporter.import(&[cleared.bytes])?;
    Ok((reporter.snapshot()?, said(&reporter)?))
}

fn map(fields: &[(&str, &str)]) -> BTreeMap<String, String> {
    fields.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

fn said(document: &Document) -> Result<serde_json::Value, Box<dyn Error>> {
    Ok(serde_json::json!({ "body": document.body()?, "meta": document.meta()? }))
}
