//! Documents written by earlier versions, which every later one must read: ◆ the root containers `body` and
//! `meta`, and the layout of `meta`. Each folder of `tests/fixtures` is one version of the engine (see
//! `examples/golden.rs`).

use std::fs;
use std::path::Path;

use galley_text::{Document, Splice};
use loro::ToJson;
use serde_json::{Value, json};

/// One version's vector.
struct Vector {
    name: String,
    snapshot: Vec<u8>,
    update: Vec<u8>,
    expected: Value,
}

fn vectors() -> Vec<Vector> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let read = |folder: fs::DirEntry| {
        let file = |name: &str| fs::read(folder.path().join(name)).unwrap();
        Vector {
            name: folder.file_name().into_string().unwrap(),
            snapshot: file("snapshot.bin"),
            update: file("update.bin"),
            expected: serde_json::from_slice(&file("expected.json")).unwrap(),
        }
    };
    let vectors: Vec<Vector> = fs::read_dir(fixtures).unwrap().map(|folder| read(folder.unwrap())).collect();
    assert!(!vectors.is_empty());
    vectors
}

fn said(document: &Document) -> Value {
    json!({ "body": document.body().unwrap(), "meta": document.meta().unwrap() })
}

#[test]
fn every_released_document_is_read() {
    for Vector { name, snapshot, update, expected } in vectors() {
        let folded = Document::load(Some(&snapshot), &[], 99).unwrap();
        assert_eq!(said(&folded), expected["snapshot"], "{name}");
        let whole = Document::load(Some(&snapshot), &[update], 99).unwrap();
        assert_eq!(said(&whole), expected["with_update"], "{name}");
        let again = Document::load(Some(&whole.snapshot().unwrap()), &[], 99).unwrap();
        assert_eq!(said(&again), expected["with_update"], "{name}: folded by this version");
    }
}

#[test]
fn the_containers_are_named_body_and_meta() {
    for Vector { name, snapshot, expected, .. } in vectors() {
        // The engine alone, without a word of this crate: names and kinds are in the bytes, times are not.
        let check = |snapshot: &[u8]| {
            let raw = loro::LoroDoc::from_snapshot(snapshot).unwrap();
            assert_eq!(raw.get_deep_value().to_json_value(), expected["snapshot"], "{name}");
            assert_eq!(raw.get_text("body").to_string(), expected["snapshot"]["body"].as_str().unwrap());
            for id in raw.oplog_frontiers().iter() {
                assert_eq!(raw.get_change(id).unwrap().timestamp, 0, "{name}");
            }
        };
        check(&snapshot);
        // And as this version writes it, with a new edit on top.
        let mut now = Document::load(Some(&snapshot), &[], 99).unwrap();
        now.edit(&[Splice::new(0, 0, "新")]).unwrap();
        now.edit(&[Splice::new(0, 1, "")]).unwrap();
        check(&now.snapshot().unwrap());
    }
}

#[test]
fn the_engine_in_use_has_a_vector() {
    assert!(loro::LORO_VERSION.starts_with(galley_text::ENGINE.trim_start_matches("loro-")));
    assert!(vectors().iter().any(|vector| vector.name == galley_text::ENGINE));
}
