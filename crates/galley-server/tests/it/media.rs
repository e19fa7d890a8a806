//! Photos over HTTP.

use std::time::Duration;

use galley_model::Sha256;
use galley_model::workflow::Role;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;

use crate::house::{House, Reply, read};

/// Begins like a PNG; large enough for several chunks.
fn photo() -> Vec<u8> {
    let rest = (0..300_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8);
    b"\x89PNG\r\n\x1a\n".iter().copied().chain(rest).collect()
}

async fn announce(house: &House, token: &str, bytes: &[u8]) -> Value {
    let request = json!({ "sha256": Sha256::of(bytes), "size": bytes.len(), "mime": "image/png" });
    let reply = house.post("/api/v1/media", token, &request).await;
    assert_eq!(reply.status, 200, "{reply:?}");
    reply.json()
}

async fn patch(house: &House, token: &str, id: &str, offset: usize, chunk: &[u8]) -> Reply {
    let offset = format!("upload-offset: {offset}\r\n");
    house.ask("PATCH", &format!("/api/v1/uploads/{id}"), token, &offset, chunk).await
}

async fn offset(house: &House, token: &str, id: &str) -> (u16, usize) {
    let reply = house.ask("HEAD", &format!("/api/v1/uploads/{id}"), token, "", b"").await;
    (reply.status, reply.headers.get("upload-offset").map_or(0, |offset| offset.parse().unwrap()))
}

#[tokio::test]
async fn a_photo_arrives_in_chunks_and_is_served_to_who_is_signed_in() {
    let house = House::new().await;
    let token = house.signed_in("王记者", Role::Reporter).await;
    let bytes = photo();
    let upload = announce(&house, &token, &bytes).await;
    let id = upload["id"].as_str().unwrap();
    assert_eq!((&upload["media"], &upload["offset"]), (&json!("upload"), &json!(0)));
    let mut at = 0;
    for chunk in bytes.chunks(70_000) {
        let wrong = patch(&house, &token, id, at + 1, chunk).await;
        assert_eq!(wrong.failure(), (409, "offset".to_owned()));
        assert_eq!(wrong.json::<Value>()["values"]["offset"], at.to_string());
        let reply = patch(&house, &token, id, at, chunk).await;
        at += chunk.len();
        assert_eq!((reply.status, reply.headers["upload-offset"].as_str()), (204, at.to_string().as_str()));
    }
    assert_eq!(announce(&house, &token, &bytes).await, json!({ "media": "present" }));
    let path = format!("/api/v1/media/{}", Sha256::of(&bytes));
    let served = house.get(&path, &token).await;
    assert_eq!((served.status, served.headers["content-type"].as_str()), (200, "image/png"));
    assert_eq!(served.body, bytes);
    assert_eq!(house.get(&path, "").await.failure(), (401, "signed_out".to_owned()));
    assert_eq!(house.get(&format!("/media/{}.png", Sha256::of(&bytes)), "").await.status, 404);
}

#[tokio::test]
async fn a_connection_that_is_cut_in_a_chunk_leaves_what_was_before_it() {
    let house = House::new().await;
    let token = house.signed_in("王记者", Role::Reporter).await;
    let bytes = photo();
    let id = announce(&house, &token, &bytes).await["id"].as_str().unwrap().to_owned();
    assert_eq!(patch(&house, &token, &id, 0, &bytes[..100_000]).await.status, 204);
    for sent in [0, 1, 50_000] {
        let head = "upload-offset: 100000\r\n";
        let path = format!("/api/v1/uploads/{id}");
        let mut stream = house.open("PATCH", &path, &token, head, Some(100_000)).await;
        stream.write_all(&bytes[100_000..100_000 + sent]).await.unwrap();
        drop(stream);
        assert_eq!(offset(&house, &token, &id).await, (204, 100_000), "{sent}");
    }
    assert_eq!(patch(&house, &token, &id, 100_000, &bytes[100_000..]).await.status, 204);
    assert_eq!(offset(&house, &token, &id).await.0, 410);
    assert_eq!(announce(&house, &token, &bytes).await, json!({ "media": "present" }));
}

#[tokio::test]
async fn wrong_bytes_and_wrong_sizes_are_refused() {
    let house = House::new().await;
    let (wang, li) =
        (house.signed_in("王记者", Role::Reporter).await, house.signed_in("李编辑", Role::DeskEditor).await);
    let bytes = photo();
    let id = announce(&house, &wang, &bytes).await["id"].as_str().unwrap().to_owned();
    assert_eq!(patch(&house, &li, &id, 0, &bytes).await.failure(), (410, "gone".to_owned()));
    let mut wrong = bytes.clone();
    wrong[200_000] ^= 1;
    assert_eq!(patch(&house, &wang, &id, 0, &wrong).await.failure(), (460, "wrong_bytes".to_owned()));
    assert_eq!(offset(&house, &wang, &id).await.0, 410);
    let check = async |request: Value, expected: (u16, &str)| {
        let reply = house.post("/api/v1/media", &wang, &request).await;
        let (status, code) = reply.failure();
        assert_eq!((status, code.as_str()), expected, "{request}");
    };
    let sha256 = Sha256::of(&bytes);
    check(json!({ "sha256": sha256, "size": 60_000_001, "mime": "image/png" }), (413, "too_large")).await;
    check(json!({ "sha256": sha256, "size": 10, "mime": "image/svg+xml" }), (422, "invalid")).await;
    check(json!({ "sha256": "zz", "size": 10, "mime": "image/png" }), (422, "invalid")).await;
}

#[tokio::test]
async fn a_server_that_is_asked_to_stop_lets_an_upload_end() {
    let mut house = House::new().await;
    let token = house.signed_in("王记者", Role::Reporter).await;
    let bytes = photo();
    let id = announce(&house, &token, &bytes).await["id"].as_str().unwrap().to_owned();
    let path = format!("/api/v1/uploads/{id}");
    let mut chunk = house.open("PATCH", &path, &token, "upload-offset: 0\r\n", Some(bytes.len())).await;
    chunk.write_all(&bytes[..1000]).await.unwrap();
    // The server has begun to read once it has answered something else that came later.
    assert_eq!(house.get("/healthz", "").await.status, 200);
    let addr = house.addr;
    let send = async {
        // New connections are refused before the rest of the chunk is sent.
        while tokio::net::TcpStream::connect(addr).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        chunk.write_all(&bytes[1000..]).await.unwrap();
        read(chunk).await
    };
    let media = galley_newsroom::Media::open(&house.folder.path().join("data")).unwrap();
    // What is not there when the server has stopped would be lost with its process.
    let stop = async {
        house.stop().await;
        media.verify().unwrap()
    };
    let (reply, kept) = tokio::join!(send, stop);
    assert_eq!((reply.status, kept), (204, (1, Vec::new())));
}
