//! Who gets in, and what everyone else is told.

use std::time::Duration;

use galley_model::workflow::Role;
use galley_server::Limits;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt as _;

use crate::events::hear;
use crate::house::{House, by_code, by_password, program, read, wide};

#[tokio::test]
async fn a_person_signs_in_with_a_code_then_with_the_password_and_out_again() {
    let house = House::new().await;
    let code = house.code("王记者", Role::Reporter).await;
    let first: Value = house.post("/api/v1/sign-in", "", &by_code("王记者", &code)).await.json();
    let me: Value = house.get("/api/v1/me", first["token"].as_str().unwrap()).await.json();
    assert_eq!(me, first["me"]);
    assert_eq!((&me["name"], &me["roles"]), (&json!("王记者"), &json!(["reporter"])));
    assert_eq!((&me["policy"]["id"], &me["next_intent"]), (&json!("two_eyes"), &json!(1)));
    let hello: Value = house.get("/api/v1/hello", "").await.json();
    assert_eq!((&hello["newsroom"], &hello["epoch"]), (&me["newsroom"], &me["epoch"]));
    let request = by_password("王记者", crate::house::PASSWORD);
    let second: Value = house.post("/api/v1/sign-in", "", &request).await.json();
    let token = second["token"].as_str().unwrap();
    assert_ne!(second["device"], first["device"]);
    assert_eq!(house.ask("DELETE", "/api/v1/sign-in", token, "", b"").await.status, 204);
    assert_eq!(house.get("/api/v1/me", token).await.failure(), (401, "signed_out".to_owned()));
    assert_eq!(house.get("/api/v1/me", first["token"].as_str().unwrap()).await.status, 200);
}

#[tokio::test]
async fn every_wrong_try_is_answered_word_for_word_the_same() {
    let house = House::new().await;
    house.signed_in("王记者", Role::Reporter).await;
    house.code("李编辑", Role::DeskEditor).await;
    let mut answers = Vec::new();
    for request in [
        by_password("王记者", "not the password"),
        by_password("nobody by this name", "not the password"),
        by_password("李编辑", "not the password"),
        by_code("王记者", "0000-0000-0000-0000"),
        by_code("nobody by this name", "0000-0000-0000-0000"),
    ] {
        let reply = house.post("/api/v1/sign-in", "", &request).await;
        assert_eq!(reply.failure(), (401, "wrong_secret".to_owned()), "{request}");
        answers.push(reply.body);
    }
    answers.dedup();
    assert_eq!(answers.len(), 1);
}

#[tokio::test]
async fn guessing_is_slowed_down_by_name_and_by_the_address_that_the_proxy_says() {
    let house = House::new().await;
    house.signed_in("王记者", Role::Reporter).await;
    let guess = async |name: &str, from: &str| {
        let body = serde_json::to_vec(&by_password(name, "not the password")).unwrap();
        let from = format!("x-forwarded-for: 198.51.100.9, {from}\r\n");
        house.ask("POST", "/api/v1/sign-in", "", &from, &body).await
    };
    for n in 0..5 {
        assert_eq!(guess("王记者", &format!("192.0.2.{n}")).await.status, 401);
    }
    let reply = guess("王记者", "192.0.2.77").await;
    assert_eq!(reply.failure(), (429, "slow_down".to_owned()));
    assert!((1..=30).contains(&reply.headers["retry-after"].parse::<u32>().unwrap()));
    for n in 0..10 {
        assert_eq!(guess(&format!("somebody {n}"), "192.0.2.88").await.status, 401);
    }
    assert_eq!(guess("somebody else", "192.0.2.88").await.status, 429);
    assert_eq!(guess("somebody else", "192.0.2.89").await.status, 401);
}

#[tokio::test]
async fn a_token_that_is_revoked_in_the_middle_works_no_more() {
    let house = House::new().await;
    let token = house.signed_in("王记者", Role::Reporter).await;
    assert_eq!(house.get("/api/v1/me", &token).await.status, 200);
    house.app.accounts().deactivate("王记者", crate::house::now()).await.unwrap();
    let empty = json!({ "items": [] });
    assert_eq!(house.post("/api/v1/content", &token, &empty).await.failure(), (401, "signed_out".to_owned()));
    let stream = house.open("GET", "/api/v1/events", &token, "", None).await;
    assert_eq!(crate::house::read(stream).await.status, 401);
}

#[tokio::test]
async fn one_device_is_held_to_its_pace_and_others_are_not() {
    let limits = Limits { burst: 5, per_second: 1, ..wide() };
    let house = House::with(limits, (program(), vec!["decode".to_owned()])).await;
    let (wang, li) =
        (house.signed_in("王记者", Role::Reporter).await, house.signed_in("李编辑", Role::DeskEditor).await);
    let mut slowed = 0;
    for _ in 0..10 {
        let reply = house.get("/api/v1/me", &wang).await;
        if reply.status == 429 {
            assert_eq!(reply.headers["retry-after"], "1");
            slowed += 1;
        }
    }
    assert!((3..=5).contains(&slowed), "{slowed}");
    assert_eq!(house.get("/api/v1/me", &li).await.status, 200);
}

#[tokio::test]
async fn a_large_body_waits_for_others_and_a_small_one_does_not() {
    let wait = Duration::from_millis(50);
    let limits = Limits { at_once: 2, large_at_once: 1, wait, ..wide() };
    let house = House::with(limits, (program(), vec!["decode".to_owned()])).await;
    let token = house.signed_in("王记者", Role::Reporter).await;
    let large = format!("{{\"items\": []}}{}", " ".repeat(100_000)).into_bytes();
    let send = async |body: &[u8]| {
        let json = "content-type: application/json\r\n";
        house.ask("POST", "/api/v1/content", &token, json, body).await
    };
    // The server asks for the body once there is a place for it.
    let head = "content-type: application/json\r\nexpect: 100-continue\r\n";
    let mut slow = house.open("POST", "/api/v1/content", &token, head, Some(large.len())).await;
    hear(&mut slow, &mut String::new(), "100 Continue\r\n\r\n").await;
    assert_eq!(send(&large).await.failure(), (503, "unavailable".to_owned()));
    assert_eq!(send(b"{\"items\": []}").await.status, 200);
    slow.write_all(&large).await.unwrap();
    assert_eq!(read(slow).await.status, 200);
    assert_eq!(send(&large).await.status, 200);
}

#[tokio::test]
async fn whatever_is_wrong_is_told_in_the_protocols_form() {
    let house = House::new().await;
    let token = house.signed_in("王记者", Role::Reporter).await;
    let large = vec![b' '; (4 << 20) + 1];
    let json = "content-type: application/json\r\n";
    let check = async |method: &str, path: &str, token: &str, body: &[u8], expected: (u16, &str)| {
        let reply = house.ask(method, path, token, json, body).await;
        let (status, code) = reply.failure();
        assert_eq!((status, code.as_str()), expected, "{method} {path}");
        assert_eq!(reply.headers["content-type"], "application/json", "{method} {path}");
        assert_eq!(reply.headers["cache-control"], "no-store", "{method} {path}");
        assert_eq!(reply.headers["x-content-type-options"], "nosniff", "{method} {path}");
    };
    check("GET", "/api/v1/nothing", &token, b"", (404, "not_found")).await;
    check("GET", "/api", &token, b"", (404, "not_found")).await;
    check("POST", "/api/v2/content", &token, b"{}", (404, "not_found")).await;
    check("PUT", "/api/v1/content", &token, b"{}", (405, "invalid")).await;
    check("GET", "/api/v1/content", &token, b"", (405, "invalid")).await;
    check("POST", "/api/v1/content", "", b"{}", (401, "signed_out")).await;
    check("POST", "/api/v1/content", "0123", b"{}", (401, "signed_out")).await;
    check("POST", "/api/v1/content", &token, b"{\"items\":", (422, "invalid")).await;
    check("POST", "/api/v1/content", &token, b"\xff\xfe", (422, "invalid")).await;
    check("POST", "/api/v1/content", &token, b"[]", (422, "invalid")).await;
    check("POST", "/api/v1/content", &token, &large, (413, "too_large")).await;
    check("GET", "/api/v1/media/zz", &token, b"", (404, "not_found")).await;
    check("PATCH", "/api/v1/uploads/zz", &token, b"", (410, "gone")).await;
    check("POST", "/api/v1/sign-in", "", b"{}", (422, "invalid")).await;
    // Without a length, the limit holds all the same.
    let mut stream =
        house.open("POST", "/api/v1/content", &token, "transfer-encoding: chunked\r\n", None).await;
    let chunk = [format!("{:x}\r\n", large.len()).as_bytes(), &large, b"\r\n0\r\n\r\n"].concat();
    drop(tokio::io::AsyncWriteExt::write_all(&mut stream, &chunk).await);
    assert_eq!(crate::house::read(stream).await.failure(), (413, "too_large".to_owned()));
}

#[tokio::test]
async fn the_site_is_served_under_any_name_and_the_api_is_no_part_of_it() {
    let house = House::new().await;
    let home = house.get("/", "").await;
    assert_eq!((home.status, &*home.headers["content-type"]), (200, "text/html; charset=utf-8"));
    assert!(home.headers["content-security-policy"].contains("default-src 'none'"));
    assert_eq!(house.get("/newsroom.sqlite", "").await.status, 404);
    assert_eq!(house.get("/../newsroom.sqlite", "").await.status, 404);
    assert_eq!(house.get("/.galley-site", "").await.status, 404);
    let health = house.get("/healthz", "").await;
    assert_eq!((health.status, health.body.as_slice()), (200, &b"ok\n"[..]));
}
