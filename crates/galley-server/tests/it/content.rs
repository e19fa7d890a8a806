//! Text over HTTP: sound, mutated, too much, and looked at by children that misbehave.

use galley_model::workflow::Role;
use galley_model::{ArticleId, Sha256};
use galley_newsroom::TextDamage;
use galley_newsroom::wire::{
    Bytes, ContentAnswer, ContentRequest, ContentResult, Peer, Push, UpdatesAnswer, UpdatesRequest, Want,
};
use galley_text::Update;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::hostile::{Dice, memory, mutated, update};
use crate::house::{House, Reply, now, wide};

fn article(n: usize) -> ArticleId {
    ArticleId(Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0000 + n as u128))
}

fn push(article: ArticleId, update: &Update, bytes: Vec<u8>) -> Push {
    Push {
        article,
        peer: Peer(update.peer),
        start: update.start,
        end: update.end,
        sha256: Sha256::of(&bytes),
        bytes: Bytes(bytes),
        at: now(),
        recovered: false,
        author: None,
    }
}

fn sound(article: ArticleId, update: &Update) -> Push {
    push(article, update, update.bytes.clone())
}

async fn send(house: &House, token: &str, items: Vec<Push>) -> Reply {
    let body = serde_json::to_value(ContentRequest { items }).unwrap();
    house.post("/api/v1/content", token, &body).await
}

async fn results(house: &House, token: &str, items: Vec<Push>) -> Vec<ContentResult> {
    let reply = send(house, token, items).await;
    assert_eq!(reply.status, 200, "{}", String::from_utf8_lossy(&reply.body));
    reply.json::<ContentAnswer>().results
}

async fn body_of(house: &House, token: &str, article: ArticleId) -> String {
    let wants = vec![Want { article, after: 0 }];
    let body = serde_json::to_value(UpdatesRequest { wants }).unwrap();
    let reply = house.post("/api/v1/updates", token, &body).await;
    let answer: UpdatesAnswer = reply.json();
    let updates = answer.articles.first().expect("the article");
    let bytes: Vec<Vec<u8>> = updates.updates.iter().map(|bytes| bytes.0.clone()).collect();
    let snapshot = updates.snapshot.as_ref().map(|bytes| bytes.0.as_slice());
    galley_text::Document::load(snapshot, &bytes, 999).unwrap().body().unwrap()
}

fn refused(reason: &str) -> ContentResult {
    ContentResult::Refused { reason: reason.to_owned() }
}

#[tokio::test]
async fn what_was_sent_is_stored_once_and_served_to_its_author() {
    let house = House::new().await;
    let (wang, li) =
        (house.signed_in("王记者", Role::Reporter).await, house.signed_in("李编辑", Role::DeskEditor).await);
    let update = update(7, "县水务局昨日通报。");
    let stored = results(&house, &wang, vec![sound(article(1), &update)]).await;
    assert_eq!(stored, [ContentResult::Stored { seq: 1 }]);
    let again = results(&house, &wang, vec![sound(article(1), &update)]).await;
    assert_eq!(again, [ContentResult::Known { seq: 1 }]);
    assert_eq!(results(&house, &li, vec![sound(article(1), &update)]).await, [ContentResult::NotYours]);
    assert_eq!(body_of(&house, &wang, article(1)).await, "县水务局昨日通报。");
    let changes = async |token: &str| -> Value {
        let me: Value = house.get("/api/v1/me", token).await.json();
        let cursor = json!({ "newsroom": me["newsroom"], "epoch": me["epoch"], "n": 0 });
        house.post("/api/v1/changes", token, &json!({ "cursor": cursor, "limit": 10 })).await.json()
    };
    let seen = changes(&wang).await;
    assert_eq!(seen["articles"][0]["policy"]["id"], "two_eyes", "{seen}");
    assert_eq!(changes(&li).await["articles"].as_array().unwrap().len(), 0);
}

/// T13. As many as `GALLEY_HOSTILE_CASES`, 2,000 unless said otherwise, from the seed `GALLEY_HOSTILE_FROM`;
/// `cargo xtask mutate` sends more.
#[tokio::test]
async fn mutated_updates_are_refused_one_by_one_and_other_articles_go_on() {
    let n_cases = std::env::var("GALLEY_HOSTILE_CASES").map_or(2000, |n| n.parse::<usize>().unwrap());
    let house = House::new().await;
    let hostile = house.signed_in("somebody else", Role::Contributor).await;
    let good = house.signed_in("王记者", Role::Reporter).await;
    let mut dice = Dice(std::env::var("GALLEY_HOSTILE_FROM").map_or(7, |n| n.parse().unwrap()));
    let text = "县水务局昨日通报，𠮷“洪峰”已过境。";
    let (mut n_refused, mut before, mut waits) = (0, 0, Vec::new());
    for round in 0..n_cases / 50 {
        let items = (0..50).map(|n| {
            let update = update(1 + n as u64, text);
            push(article(1_000_000 + round * 50 + n), &update, mutated(&update.bytes, &mut dice))
        });
        let of_somebody_good = async {
            let begun = std::time::Instant::now();
            let stored = results(&house, &good, vec![sound(article(round), &update(5, text))]).await;
            waits.push(begun.elapsed());
            stored
        };
        let (reply, stored) = tokio::join!(send(&house, &hostile, items.collect()), of_somebody_good);
        assert_eq!(reply.status, 200, "round {round}: {}", String::from_utf8_lossy(&reply.body));
        let answers = reply.json::<ContentAnswer>().results;
        assert_eq!(answers.len(), 50);
        n_refused += answers.iter().filter(|a| matches!(a, ContentResult::Refused { .. })).count();
        assert_eq!(stored, [ContentResult::Stored { seq: 1 }], "round {round}");
        if round == 5 {
            before = memory();
        }
    }
    assert!(n_refused > n_cases / 2, "{n_refused}");
    let grown = memory().saturating_sub(before);
    assert!(grown < 96 << 20, "the server grew by {grown} bytes");
    waits.sort_unstable();
    let p99 = waits[waits.len() * 99 / 100];
    println!("{n_cases} cases, {n_refused} refused, grown by {grown} bytes; p99 of somebody good {p99:?}");
    assert_eq!(body_of(&house, &good, article(0)).await, text);
    house.app.newsroom().check_records().await.unwrap();
}

#[tokio::test]
async fn what_is_valid_and_too_much_is_refused_with_its_reason() {
    let house = House::new().await;
    let wang = house.signed_in("王记者", Role::Reporter).await;
    let fine = update(7, "甲乙");
    let large = push(article(1), &fine, vec![0; (1 << 20) + 1]);
    let mut many = update(7, "甲");
    many.end = 300_001;
    let mut wrong_hash = sound(article(4), &fine);
    wrong_hash.sha256 = Sha256::of(b"something else");
    let items = vec![
        large,
        sound(article(2), &many),
        sound(article(3), &update(7, &"长".repeat(200_001))),
        wrong_hash,
        sound(article(5), &fine),
    ];
    let expected = [
        refused("too_large"),
        refused("too_large"),
        refused("too_long"),
        refused("unreadable"),
        ContentResult::Stored { seq: 1 },
    ];
    assert_eq!(results(&house, &wang, items).await, expected);
}

/// A child that is well while there is nothing to do, and misbehaves over the first thing there is.
const MISBEHAVES: &str = r#"
import os, struct, sys
i, o = sys.stdin.buffer, sys.stdout.buffer
while True:
    head = i.read(4)
    if len(head) < 4: break
    asked = i.read(struct.unpack("<I", head)[0])
    nothing = bytes(1)
    if asked != nothing:
        if sys.argv[1] == "kill": os.kill(os.getpid(), 9)
        if sys.argv[1] == "nonsense": asked = b"oops"
        if sys.argv[1] == "too few": asked = nothing
    o.write(struct.pack("<I", len(asked)) + asked); o.flush()
"#;

#[tokio::test]
async fn a_child_that_breaks_refuses_its_item_and_the_server_goes_on() {
    for how in ["kill", "nonsense", "too few"] {
        let arguments = ["-c", MISBEHAVES, how].map(str::to_owned).to_vec();
        let house = House::with(wide(), ("/usr/bin/python3".into(), arguments)).await;
        let wang = house.signed_in("王记者", Role::Reporter).await;
        let items = vec![sound(article(1), &update(7, "甲乙")), sound(article(2), &update(7, "丙丁"))];
        let refusals = [refused("unreadable"), refused("unreadable")];
        assert_eq!(results(&house, &wang, items).await, refusals, "{how}");
        assert_eq!(house.get("/api/v1/me", &wang).await.status, 200, "{how}");
    }
}

#[tokio::test]
async fn where_nobody_can_look_the_device_tries_again_later_and_its_text_is_not_blamed() {
    for (program, line) in [("/nowhere/galley-server", ""), ("/bin/sh", "exit 1")] {
        let arguments = vec!["-c".to_owned(), line.to_owned()];
        let house = House::with(wide(), (program.into(), arguments)).await;
        let wang = house.signed_in("王记者", Role::Reporter).await;
        let reply = send(&house, &wang, vec![sound(article(1), &update(7, "甲乙"))]).await;
        assert_eq!(reply.failure(), (503, "unavailable".to_owned()));
        assert_eq!(reply.headers["retry-after"], "5");
    }
}

#[tokio::test]
async fn who_listens_hears_of_a_change_at_once() {
    let house = House::new().await;
    let wang = house.signed_in("王记者", Role::Reporter).await;
    let mut stream = house.open("GET", "/api/v1/events", &wang, "", None).await;
    let mut heard = String::new();
    crate::events::hear(&mut stream, &mut heard, "event: changed\ndata: ").await;
    let n = heard.matches("event: changed").count();
    results(&house, &wang, vec![sound(article(1), &update(7, "甲乙"))]).await;
    while heard.matches("event: changed").count() == n {
        heard.push('\n');
        let mut more = String::new();
        crate::events::hear(&mut stream, &mut more, "\n\n").await;
        heard.push_str(&more);
    }
}

#[tokio::test]
async fn a_look_at_everything_finds_each_kind_of_damage() {
    let house = House::new().await;
    let wang = house.signed_in("王记者", Role::Reporter).await;
    for n in 1..=4 {
        let stored = results(&house, &wang, vec![sound(article(n), &update(7, "县水务局昨日通报。"))]).await;
        assert_eq!(stored, [ContentResult::Stored { seq: 1 }]);
    }
    let newsroom = house.app.newsroom();
    let found = newsroom.verify_texts().await.unwrap();
    assert_eq!((found.n_articles, found.damaged), (4, Vec::new()));
    let records = rusqlite::Connection::open(house.folder.path().join("data/newsroom.sqlite")).unwrap();
    for (n, sql) in [
        (1, "UPDATE document SET last_seq = 2 WHERE article = ?"),
        (2, "UPDATE document SET body = 'another' WHERE article = ?"),
        (3, "UPDATE text_update SET bytes = x'00' WHERE article = ?"),
        (4, "INSERT OR REPLACE INTO text_snapshot (article, upto, bytes) VALUES (?, 1, x'00')"),
    ] {
        assert_eq!(records.execute(sql, [article(n).to_string()]).unwrap(), 1, "{sql}");
    }
    let found = newsroom.verify_texts().await.unwrap().damaged;
    let kinds = [TextDamage::Numbers, TextDamage::Hash, TextDamage::Updates, TextDamage::Snapshot];
    let expected: Vec<_> = (1..=4).map(article).zip(kinds).collect();
    assert_eq!(found, expected);
    newsroom.mend_text(article(4)).await.unwrap();
    assert_eq!(newsroom.verify_texts().await.unwrap().damaged, expected[..3]);
}
