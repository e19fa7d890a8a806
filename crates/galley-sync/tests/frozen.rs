//! The forms of the protocol, frozen: examples of every body, read by every later version. A new field or word gets
//! a new example beside the old ones, which stay as they are.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::{Path, PathBuf};

use galley_sync::wire;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/wire")
}

/// Every example of this name is read, and what is written again holds all that was read.
fn check<T: Serialize + DeserializeOwned>(name: &str) {
    let text = fs::read_to_string(folder().join(format!("{name}.json"))).unwrap();
    let examples: Vec<Value> = serde_json::from_str(&text).unwrap();
    assert!(!examples.is_empty(), "{name}");
    for example in examples {
        let read: T = serde_json::from_value(example.clone())
            .unwrap_or_else(|error| panic!("{name}: {error}: {example}"));
        let written = serde_json::to_value(&read).unwrap();
        assert!(holds(&written, &example), "{name}: {example} became {written}");
    }
}

/// Whether everything of `less` is in `more`; lists are equal in length.
fn holds(more: &Value, less: &Value) -> bool {
    match (more, less) {
        (Value::Object(more), Value::Object(less)) => {
            less.iter().all(|(key, value)| more.get(key).is_some_and(|other| holds(other, value)))
        }
        (Value::Array(more), Value::Array(less)) => {
            more.len() == less.len() && more.iter().zip(less).all(|(more, less)| holds(more, less))
        }
        (more, less) => more == less,
    }
}

#[test]
fn every_frozen_form_is_read_and_written_again() {
    check::<wire::Failure>("failure");
    check::<wire::Hello>("hello");
    check::<wire::SignInRequest>("sign_in_request");
    check::<wire::SignedIn>("signed_in");
    check::<wire::Me>("me");
    check::<wire::PeopleAnswer>("people_answer");
    check::<wire::ContentRequest>("content_request");
    check::<wire::ContentAnswer>("content_answer");
    check::<wire::IntentsRequest>("intents_request");
    check::<wire::IntentsAnswer>("intents_answer");
    check::<wire::ChangesRequest>("changes_request");
    check::<wire::ChangesAnswer>("changes_answer");
    check::<wire::UpdatesRequest>("updates_request");
    check::<wire::UpdatesAnswer>("updates_answer");
    check::<wire::VersionsRequest>("versions_request");
    check::<wire::VersionsAnswer>("versions_answer");
    check::<wire::MediaRequest>("media_request");
    check::<wire::MediaAnswer>("media_answer");
    check::<wire::JudgedText>("judged_text");
    check::<wire::Site>("site");
    check::<wire::SiteRequest>("site_request");
    check::<wire::ThemeFiles>("theme_files");
    check::<wire::ThemeRequest>("theme_request");
    check::<wire::ThemeAnswer>("theme_answer");
}

#[test]
fn every_frozen_file_is_checked() {
    let source = include_str!("frozen.rs");
    for file in fs::read_dir(folder()).unwrap() {
        let name = file.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned();
        assert!(source.contains(&format!("(\"{name}\")")), "{name}");
    }
}

#[test]
fn words_and_fields_of_a_newer_server_do_not_stop_an_older_device() {
    let answer: wire::ContentAnswer = serde_json::from_str(
        r#"{"results":[{"result":"quarantined","until":5},{"result":"stored","seq":3,"hint":"x"}],"more":1}"#,
    )
    .unwrap();
    assert_eq!(answer.results, [wire::ContentResult::Other, wire::ContentResult::Stored { seq: 3 }]);
    let failure: wire::Failure = serde_json::from_str(r#"{"code":"teapot","help":"tea"}"#).unwrap();
    assert_eq!((failure.code.as_str(), failure.message.as_str()), ("teapot", ""));
}

#[test]
fn what_is_no_base64_and_no_peer_is_refused() {
    assert!(serde_json::from_str::<wire::Bytes>(r#""5rWL""#).is_ok());
    for wrong in [r#""5rW""#, r#""5r-L""#, "[1,2]", r#""5rWL\n""#] {
        assert!(serde_json::from_str::<wire::Bytes>(wrong).is_err(), "{wrong}");
    }
    assert_eq!(serde_json::to_string(&wire::Peer(u64::MAX)).unwrap(), r#""18446744073709551615""#);
    for wrong in ["7", r#""-1""#, r#""18446744073709551616""#, r#""""#] {
        assert!(serde_json::from_str::<wire::Peer>(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn a_secret_is_never_printed() {
    let request = wire::SignInRequest {
        name: "林一舟".to_owned(),
        secret: wire::Secret::Password { password: "hush-hush".to_owned() },
        device_name: "laptop".to_owned(),
        device: None,
        token: Some("token-token".to_owned()),
    };
    let printed = format!("{request:?}");
    assert!(
        printed.contains("林一舟") && !printed.contains("hush") && !printed.contains("token-"),
        "{printed}"
    );
}
