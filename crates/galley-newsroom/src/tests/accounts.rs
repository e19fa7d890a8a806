//! Signing in, being signed in, and what a stolen copy of the records is worth.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::atomic::{AtomicI64, Ordering};

use galley_model::Instant;
use galley_model::workflow::Role;
use galley_sync::wire::{Secret, SignInRequest};
use tempfile::TempDir;

use crate::{AccountError, Accounts, NewDevice, Newsroom};

const PASSWORD: &str = "汛期通报 2026 年";
const SECOND: i64 = 1000;
const DAY: i64 = 24 * 60 * 60 * SECOND;

struct Door {
    accounts: Accounts,
    newsroom: Newsroom,
    folder: TempDir,
    clock: AtomicI64,
}

impl Door {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let newsroom = Newsroom::open(folder.path(), Instant(DAY)).await.unwrap();
        let accounts = Accounts::of(newsroom.clone());
        Self { accounts, newsroom, folder, clock: AtomicI64::new(DAY) }
    }

    fn now(&self) -> Instant {
        Instant(self.clock.load(Ordering::Relaxed))
    }

    fn passes(&self, milliseconds: i64) {
        self.clock.fetch_add(milliseconds, Ordering::Relaxed);
    }

    async fn person(&self, name: &str) -> String {
        let roles = BTreeSet::from([Role::Reporter]);
        self.accounts.add_person(name, roles, self.now()).await.unwrap().code
    }

    /// A person who signed in once, with [`PASSWORD`].
    async fn settled(&self, name: &str) -> NewDevice {
        let code = self.person(name).await;
        self.sign_in(by_code(name, &code), 1).await.unwrap()
    }

    async fn sign_in(&self, request: SignInRequest, from: u8) -> Result<NewDevice, AccountError> {
        let from = IpAddr::V4(Ipv4Addr::new(192, 0, 2, from));
        self.accounts.sign_in(&request, from, self.now()).await
    }
}

fn by(name: &str, secret: Secret) -> SignInRequest {
    let name = name.to_owned();
    SignInRequest { name, secret, device_name: "前台电脑".to_owned(), device: None, token: None }
}

fn by_code(name: &str, code: &str) -> SignInRequest {
    by(name, Secret::Code { code: code.to_owned(), password: PASSWORD.to_owned() })
}

fn by_password(name: &str, password: &str) -> SignInRequest {
    by(name, Secret::Password { password: password.to_owned() })
}

#[track_caller]
fn assert_wrong(answer: Result<NewDevice, AccountError>) {
    assert!(matches!(answer, Err(AccountError::WrongSecret)), "{:?}", answer.err());
}

#[track_caller]
fn wait_of(answer: Result<NewDevice, AccountError>) -> u64 {
    match answer {
        Err(AccountError::SlowDown { wait }) => wait.as_secs(),
        other => panic!("no wait: {:?}", other.err()),
    }
}

#[tokio::test]
async fn a_code_works_once_and_sets_the_password() {
    let door = Door::new().await;
    let code = door.person("王记者").await;
    assert_wrong(door.sign_in(by_password("王记者", PASSWORD), 1).await);
    assert_wrong(door.sign_in(by_code("王记者", "0000-0000-0000-0000"), 1).await);
    let typed = code.to_lowercase().replace('-', " ");
    let first = door.sign_in(by_code("王记者", &typed), 1).await.unwrap();
    assert_eq!(door.accounts.caller(&first.token).await.unwrap(), first.caller);
    assert_wrong(door.sign_in(by_code("王记者", &code), 1).await);
    let second = door.sign_in(by_password("王记者", PASSWORD), 1).await.unwrap();
    assert_ne!(second.caller.device, first.caller.device);
    assert_eq!(second.caller.actor.roles, BTreeSet::from([Role::Reporter]));
}

#[tokio::test]
async fn two_who_use_a_code_at_once_are_one_who_signs_in() {
    let door = Door::new().await;
    let code = door.person("王记者").await;
    let (one, other) =
        tokio::join!(door.sign_in(by_code("王记者", &code), 1), door.sign_in(by_code("王记者", &code), 2));
    assert_eq!([one.is_ok(), other.is_ok()].iter().filter(|signed_in| **signed_in).count(), 1);
}

#[tokio::test]
async fn a_code_is_its_persons_alone_lives_seven_days_and_is_voided_by_the_next() {
    let door = Door::new().await;
    let (wang, li) = (door.person("王记者").await, door.person("李编辑").await);
    assert_wrong(door.sign_in(by_code("李编辑", &wang), 1).await);
    door.passes(7 * DAY);
    assert_wrong(door.sign_in(by_code("王记者", &wang), 1).await);
    let newer = door.accounts.give_code("李编辑", door.now()).await.unwrap().code;
    assert_wrong(door.sign_in(by_code("李编辑", &li), 1).await);
    door.sign_in(by_code("李编辑", &newer), 1).await.unwrap();
}

#[tokio::test]
async fn whatever_is_wrong_is_answered_in_one_way() {
    let door = Door::new().await;
    door.settled("王记者").await;
    door.person("李编辑").await;
    door.settled("赵编辑").await;
    door.accounts.deactivate("赵编辑", door.now()).await.unwrap();
    for (n, (name, password)) in [
        ("王记者", "not the password"),
        ("nobody by this name", PASSWORD),
        ("李编辑", PASSWORD),
        ("赵编辑", PASSWORD),
        ("", PASSWORD),
    ]
    .into_iter()
    .enumerate()
    {
        let from = u8::try_from(n).unwrap() + 10;
        assert_wrong(door.sign_in(by_password(name, password), from).await);
    }
    for short in ["", "九个字的密码不够长"] {
        let answer = door.sign_in(by_password("王记者", short), 20).await;
        assert!(matches!(answer, Err(AccountError::Invalid { field: "password" })));
    }
}

/// The same work is done for every name: one password is hashed, with the same parameters. Time itself is not
/// judged here, only that no case is answered without that work.
#[tokio::test]
async fn a_name_that_does_not_exist_costs_the_same_work() {
    let door = Door::new().await;
    door.settled("王记者").await;
    let mut shortest = Vec::new();
    for name in ["王记者", "nobody by this name"] {
        let mut times = Vec::new();
        for from in 0..4 {
            let begun = std::time::Instant::now();
            assert_wrong(door.sign_in(by_password(name, "not the password"), from).await);
            times.push(begun.elapsed());
        }
        shortest.push(times.into_iter().min().unwrap());
    }
    // Without the hash the second would take less than a hundredth.
    assert!(shortest[1] * 4 > shortest[0], "{shortest:?}");
}

#[tokio::test]
async fn after_five_failures_a_name_waits_and_longer_each_time() {
    let door = Door::new().await;
    door.settled("王记者").await;
    for from in 0..5 {
        assert_wrong(door.sign_in(by_password("王记者", "not the password"), from).await);
    }
    // Even the right password waits: whoever guesses must not learn that it was.
    assert_eq!(wait_of(door.sign_in(by_password("王记者", PASSWORD), 99).await), 30);
    door.passes(29 * SECOND);
    assert_eq!(wait_of(door.sign_in(by_password("王记者", PASSWORD), 99).await), 1);
    door.passes(SECOND);
    assert_wrong(door.sign_in(by_password("王记者", "not the password"), 99).await);
    assert_eq!(wait_of(door.sign_in(by_password("王记者", PASSWORD), 99).await), 60);
    door.passes(60 * SECOND);
    door.sign_in(by_password("王记者", PASSWORD), 99).await.unwrap();
    // Forgiven: five for nothing again.
    for from in 0..5 {
        assert_wrong(door.sign_in(by_password("王记者", "not the password"), from).await);
    }
}

#[tokio::test]
async fn names_that_do_not_exist_wait_too() {
    let door = Door::new().await;
    for from in 0..5 {
        assert_wrong(door.sign_in(by_password("nobody by this name", PASSWORD), from).await);
    }
    assert_eq!(wait_of(door.sign_in(by_password("nobody by this name", PASSWORD), 9).await), 30);
}

#[tokio::test]
async fn after_ten_failures_an_address_waits_whatever_names_it_tries() {
    let door = Door::new().await;
    door.settled("王记者").await;
    for n in 0..10 {
        assert_wrong(door.sign_in(by_password(&format!("somebody {n}"), PASSWORD), 7).await);
    }
    assert_eq!(wait_of(door.sign_in(by_password("王记者", PASSWORD), 7).await), 30);
    door.sign_in(by_password("王记者", PASSWORD), 8).await.unwrap();
}

#[tokio::test]
async fn guesses_at_once_are_counted_before_they_are_answered() {
    let door = Door::new().await;
    door.settled("王记者").await;
    let guesses = (0..20).map(|from| door.sign_in(by_password("王记者", "not the password"), from));
    let mut answers = Vec::new();
    // All are begun before any is awaited to its end.
    let guesses: Vec<_> = guesses.map(Box::pin).collect();
    for guess in join_all(guesses).await {
        answers.push(guess);
    }
    let n_tried = answers.iter().filter(|answer| matches!(answer, Err(AccountError::WrongSecret))).count();
    assert_eq!(n_tried, 5);
}

/// Polls all of them in turn until each has answered.
async fn join_all<F: Future + Unpin>(mut futures: Vec<F>) -> Vec<F::Output> {
    let mut answers: Vec<Option<F::Output>> = futures.iter().map(|_| None).collect();
    std::future::poll_fn(|context| {
        for (future, answer) in futures.iter_mut().zip(&mut answers) {
            if answer.is_none()
                && let std::task::Poll::Ready(given) = std::pin::Pin::new(future).poll(context)
            {
                *answer = Some(given);
            }
        }
        if answers.iter().all(Option::is_some) {
            std::task::Poll::Ready(())
        } else {
            std::task::Poll::Pending
        }
    })
    .await;
    answers.into_iter().flatten().collect()
}

#[tokio::test]
async fn a_library_is_continued_only_with_its_own_token() {
    let door = Door::new().await;
    let wang = door.settled("王记者").await;
    let li = door.settled("李编辑").await;
    let again = |token: Option<&str>| SignInRequest {
        device: Some(wang.caller.device),
        token: token.map(str::to_owned),
        ..by_password("王记者", PASSWORD)
    };
    for token in [None, Some(&*li.token), Some("")] {
        let other = door.sign_in(again(token), 1).await.unwrap();
        assert_ne!(other.caller.device, wang.caller.device, "{token:?}");
    }
    let continued = door.sign_in(again(Some(&wang.token)), 1).await.unwrap();
    assert_eq!(continued.caller.device, wang.caller.device);
    assert!(matches!(door.accounts.caller(&wang.token).await, Err(AccountError::SignedOut)));
    door.accounts.caller(&continued.token).await.unwrap();
    // Somebody else at the same computer is another device.
    let request = SignInRequest {
        device: Some(continued.caller.device),
        token: Some(continued.token.clone()),
        ..by_password("李编辑", PASSWORD)
    };
    assert_ne!(door.sign_in(request, 1).await.unwrap().caller.device, wang.caller.device);
    door.accounts.caller(&continued.token).await.unwrap();
}

#[tokio::test]
async fn a_revoked_device_and_a_person_switched_off_are_signed_out_at_once() {
    let door = Door::new().await;
    let wang = door.settled("王记者").await;
    let li = door.settled("李编辑").await;
    door.accounts.caller(&wang.token).await.unwrap();
    door.accounts.revoke_device(wang.caller.device, door.now()).await.unwrap();
    assert!(matches!(door.accounts.caller(&wang.token).await, Err(AccountError::SignedOut)));
    door.accounts.caller(&li.token).await.unwrap();
    door.accounts.deactivate("李编辑", door.now()).await.unwrap();
    assert!(matches!(door.accounts.caller(&li.token).await, Err(AccountError::SignedOut)));
    assert_wrong(door.sign_in(by_password("李编辑", PASSWORD), 1).await);
    assert!(matches!(door.accounts.give_code("李编辑", door.now()).await, Err(AccountError::NoSuchPerson)));
}

#[tokio::test]
async fn another_process_adds_people_while_this_one_runs() {
    let door = Door::new().await;
    let beside = Accounts::of(Newsroom::open(door.folder.path(), door.now()).await.unwrap());
    let code = beside.add_person("陈主任", BTreeSet::from([Role::DeskEditor]), door.now()).await.unwrap();
    door.sign_in(by_code("陈主任", &code.code), 1).await.unwrap();
    let taken = beside.add_person("陈主任", BTreeSet::from([Role::Admin]), door.now()).await;
    assert!(matches!(taken, Err(AccountError::NameTaken)));
    for (name, roles) in [("", BTreeSet::from([Role::Admin])), ("无职", BTreeSet::new())] {
        let refused = beside.add_person(name, roles, door.now()).await;
        assert!(matches!(refused, Err(AccountError::Invalid { .. })), "{name}");
    }
}

#[tokio::test]
async fn a_stolen_copy_of_the_records_signs_nobody_in() {
    let door = Door::new().await;
    let wang = door.settled("王记者").await;
    let code = door.person("李编辑").await;
    assert_wrong(door.sign_in(by_password("typed a password here", "not the password"), 1).await);
    door.newsroom.backup_when_due(door.now()).await.unwrap().unwrap();
    let bare = code.replace('-', "");
    for (path, bytes) in super::desk::files_below(door.folder.path()) {
        for secret in [&*wang.token, PASSWORD, &*code, &*bare, "typed a password here"] {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "{path} holds a secret");
        }
    }
    let stolen = rusqlite::Connection::open(door.folder.path().join("newsroom.sqlite")).unwrap();
    let column = |sql: &str| {
        let mut statement = stolen.prepare(sql).unwrap();
        let rows = statement.query_map([], |row| row.get::<_, String>(0)).unwrap();
        rows.map(Result::unwrap).collect::<Vec<_>>()
    };
    for token in column("SELECT token_sha256 FROM token") {
        assert!(matches!(door.accounts.caller(&token).await, Err(AccountError::SignedOut)));
    }
    for hash in column("SELECT password FROM person WHERE password <> ''") {
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
        assert_wrong(door.sign_in(by_password("王记者", &hash), 30).await);
    }
    for hash in column("SELECT code_sha256 FROM one_time_code") {
        assert_wrong(door.sign_in(by_code("李编辑", &hash), 31).await);
    }
}
