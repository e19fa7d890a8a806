//! Many who listen and hear nothing, and are all told at once.

use std::time::Duration;

use galley_model::workflow::Role;
use galley_server::Limits;
use tokio::io::AsyncReadExt as _;
use tokio::net::TcpStream;

use crate::house::{House, program, wide};

/// Reads until this was heard.
pub(crate) async fn hear(stream: &mut TcpStream, heard: &mut String, what: &str) {
    let mut buffer = [0; 4096];
    while !heard.contains(what) {
        let n = tokio::time::timeout(Duration::from_secs(20), stream.read(&mut buffer)).await.unwrap();
        let n = n.unwrap();
        assert!(n > 0, "the stream ended before {what}: {heard}");
        heard.push_str(&String::from_utf8_lossy(&buffer[..n]));
    }
}

async fn house(heartbeat: Duration) -> House {
    House::with(Limits { heartbeat, ..wide() }, (program(), vec!["decode".to_owned()])).await
}

#[tokio::test]
async fn two_hundred_idle_listeners_are_kept_alive_and_work_goes_on() {
    let mut house = house(Duration::from_millis(300)).await;
    let token = house.signed_in("王记者", Role::Reporter).await;
    let mut listeners = Vec::new();
    for _ in 0..200 {
        listeners.push((house.open("GET", "/api/v1/events", &token, "", None).await, String::new()));
    }
    for (stream, heard) in &mut listeners {
        hear(stream, heard, "text/event-stream").await;
        hear(stream, heard, "event: changed\ndata: ").await;
        hear(stream, heard, "\r\n:\n\n").await;
    }
    assert_eq!(house.get("/api/v1/me", &token).await.status, 200);
    // A stop ends them all, and does not wait for its grace.
    let begun = std::time::Instant::now();
    house.stop().await;
    assert!(begun.elapsed() < Duration::from_secs(4), "{:?}", begun.elapsed());
    for (stream, _) in &mut listeners {
        let mut rest = Vec::new();
        tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await.unwrap().unwrap();
    }
}

#[tokio::test]
async fn a_listener_whose_token_is_revoked_hears_nothing_more() {
    let house = house(Duration::from_millis(100)).await;
    let token = house.signed_in("王记者", Role::Reporter).await;
    let mut stream = house.open("GET", "/api/v1/events", &token, "", None).await;
    hear(&mut stream, &mut String::new(), "event: changed").await;
    house.app.accounts().deactivate("王记者", crate::house::now()).await.unwrap();
    let mut rest = Vec::new();
    tokio::time::timeout(Duration::from_secs(5), stream.read_to_end(&mut rest)).await.unwrap().unwrap();
}

#[tokio::test]
async fn whoever_listens_is_told_when_their_roles_are_changed_by_another_process() {
    let house = house(Duration::from_millis(100)).await;
    let token = house.signed_in("王记者", Role::Reporter).await;
    let mut stream = house.open("GET", "/api/v1/events", &token, "", None).await;
    hear(&mut stream, &mut String::new(), "event: changed").await;
    let data = house.folder.path().join("data");
    let run = move || {
        let roles = ["person", "roles", "王记者", "--role", "reporter", "--role", "publisher", "--data"];
        std::process::Command::new(program()).args(roles).arg(data).output().unwrap()
    };
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    assert!(output.status.success(), "{output:?}");
    hear(&mut stream, &mut String::new(), "event: changed").await;
    let me: serde_json::Value = house.get("/api/v1/me", &token).await.json();
    assert_eq!(me["roles"], serde_json::json!(["reporter", "publisher"]));
}

#[tokio::test]
async fn there_are_so_many_streams_and_no_more() {
    let limits = Limits { streams: 2, ..wide() };
    let house = House::with(limits, (program(), vec!["decode".to_owned()])).await;
    let token = house.signed_in("王记者", Role::Reporter).await;
    let mut open = Vec::new();
    for _ in 0..2 {
        let mut stream = house.open("GET", "/api/v1/events", &token, "", None).await;
        hear(&mut stream, &mut String::new(), "event: changed").await;
        open.push(stream);
    }
    let reply = house.get("/api/v1/events", &token).await;
    assert_eq!(reply.failure(), (503, "unavailable".to_owned()));
    assert_eq!(reply.headers["retry-after"], "5");
}
