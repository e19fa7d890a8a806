//! Real devices and a real server in a process of its own, over real sockets that break: whatever is cut, swallowed
//! or answered by somebody else, everything arrives once.

use std::path::Path;
use std::time::{Duration, Instant};

use galley_client::api::{ErrorCode, PushRequest, SignIn, Splice, ViewUpdate};
use galley_client::sync::{FileSecrets, Wiring};
use galley_client::{Galley, OpenOptions};
use galley_model::ArticleId;
use galley_testkit::photos::heavy_png;
use galley_testkit::proxy::{Proxy, Way};
use tempfile::TempDir;

use super::e2e::rig::{Server, output_folder};

const PATIENCE: Duration = Duration::from_secs(90);
const PASSWORD: &str = "汛期通报 2026 年";
/// Of the large photo: more than one chunk.
const PHOTO: (u32, u32) = (1_400, 1_100);

/// A server, and the way to it.
struct House {
    server: Server,
    proxy: Proxy,
    _folder: TempDir,
}

impl House {
    fn new(test: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let log = output_folder("wire").join(format!("{test}.log"));
        std::fs::write(&log, "").unwrap();
        let server = Server::start(&folder.path().join("data"), &log);
        let proxy = Proxy::start(server.addr()).unwrap();
        Self { server, proxy, _folder: folder }
    }

    fn address(&self) -> String {
        format!("http://{}", self.proxy.addr())
    }

    /// A reporter who has just signed in.
    async fn reporter(&self, name: &str) -> Device {
        let code = self.server.add_person(name, &["reporter"]);
        let device = Device::open().await;
        device.galley.sign_in(self.request(name, &code)).await.unwrap();
        device
    }

    fn request(&self, name: &str, code: &str) -> SignIn {
        SignIn {
            server: self.address(),
            name: name.to_owned(),
            password: PASSWORD.to_owned(),
            code: code.to_owned(),
            device_name: "笔记本".to_owned(),
            drafts: Vec::new(),
        }
    }
}

/// One computer.
struct Device {
    galley: Galley,
    _folder: TempDir,
}

impl Device {
    async fn open() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let wiring = Wiring {
            // The keychain of this machine is nobody's business.
            secrets: Some(std::sync::Arc::new(FileSecrets { folder: folder.path().to_owned() })),
            serves_site: false,
            ..Wiring::default()
        };
        let options = OpenOptions {
            data_dir: folder.path().to_owned(),
            language: Some("zh-Hans".to_owned()),
            system_language: "zh_CN.UTF-8".to_owned(),
        };
        let galley = Galley::open_with(options, wiring, |_| {}).await.unwrap();
        Self { galley, _folder: folder }
    }

    /// Types at the beginning of an article.
    async fn types(&self, article: ArticleId, text: &str) {
        let open = self.galley.open_article(article).await.unwrap();
        let splice = Splice { from: 0, to: 0, insert: text.to_owned() };
        let request = PushRequest {
            article,
            view: uuid::Uuid::new_v4().to_string(),
            base_rev: open.rev,
            updates: vec![ViewUpdate { view_seq: 1, splices: vec![splice] }],
            caret: 0,
        };
        self.galley.push_edits(request).await.unwrap();
    }

    /// A draft that goes up.
    async fn draft(&self, text: &str) -> ArticleId {
        let article = self.galley.create_article().await.unwrap().id;
        self.types(article, text).await;
        self.galley.let_drafts_up(vec![article]).await.unwrap();
        article
    }

    async fn text(&self, article: ArticleId) -> Option<String> {
        self.galley.open_article(article).await.ok().map(|open| open.body)
    }

    fn state(&self) -> String {
        self.galley.sync_state().state
    }

    /// Nothing waits, and nothing was refused.
    fn has_sent_all(&self) -> bool {
        let rows = self.galley.outbox(0, 200).unwrap();
        assert!(rows.iter().all(|row| row.state != "refused"), "{rows:?}");
        self.state() == "up_to_date" && rows.iter().all(|row| row.state == "sent")
    }

    /// Waits until everything has gone; the waits between tries are cut short, as by a network that returned.
    async fn sends_all(&self, what: &str) {
        until(what, || {
            if self.state() == "offline" {
                self.galley.network_returned();
            }
            self.has_sent_all()
        })
        .await;
    }

    /// Waits until the text is here.
    async fn reads(&self, article: ArticleId, text: &str) {
        let begun = Instant::now();
        loop {
            let here = self.text(article).await;
            if here.as_deref() == Some(text) {
                return;
            }
            assert!(begun.elapsed() < PATIENCE, "{} characters are here", here.unwrap_or_default().len());
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }
}

/// Waits for an observable state.
async fn until(what: &str, mut holds: impl FnMut() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(begun.elapsed() < PATIENCE, "waited in vain until {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// About three bytes a character on the wire, four in base64.
fn long(marker: &str) -> String {
    format!("{marker}{}", "桥通车了，积水已退。".repeat(1_000))
}

fn files_in(folder: &Path) -> Vec<std::path::PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        if entry.path().is_dir() { found.extend(files_in(&entry.path())) } else { found.push(entry.path()) }
    }
    found
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_push_that_is_cut_in_the_middle_or_whose_answer_is_lost_arrives_once() {
    let house = House::new("cut_push");
    let reporter = house.reporter("王记者").await;
    let article = reporter.draft("开头。").await;
    reporter.sends_all("the beginning has arrived").await;
    let ways = [
        Way::CutAsking(9_000),
        Way::CutAnswer { told: 9_000, heard: 0 },
        Way::CutAsking(31_000),
        // Headers and the beginning of the answer.
        Way::CutAnswer { told: 9_000, heard: 150 },
    ];
    for (n, way) in ways.into_iter().enumerate() {
        house.proxy.set(way);
        reporter.types(article, &long(&format!("第{n}段。"))).await;
        until("the connection was cut", || {
            if reporter.state() == "offline" {
                reporter.galley.network_returned();
            }
            house.proxy.n_cut() == n + 1
        })
        .await;
        reporter.sends_all("everything has arrived after the cut").await;
    }
    let text = reporter.text(article).await.unwrap();
    for n in 0..4 {
        assert_eq!(text.matches(&format!("第{n}段。")).count(), 1);
    }
    let second = Device::open().await;
    second.galley.sign_in(house.request("王记者", "")).await.unwrap();
    second.reads(article, &text).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_that_is_cut_goes_on_where_it_was_also_after_the_server_was_killed() {
    let mut house = House::new("cut_upload");
    let reporter = house.reporter("王记者").await;
    let article = reporter.draft("带图的稿件。").await;
    reporter.sends_all("the text has arrived").await;
    let bytes = heavy_png(7, PHOTO.0, PHOTO.1);
    let size = bytes.len();
    house.proxy.set(Way::CutAsking(size - 200_000));
    let told_before = house.proxy.n_bytes_told();
    let photo = reporter.galley.add_photo(article, "桥.png".to_owned(), bytes).await.unwrap();
    until("the upload was cut", || house.proxy.n_cut() == 1).await;
    house.server.kill();
    let data = house.server.data().to_owned();
    let parts = || files_in(&data.join("uploads"));
    assert!(parts().iter().any(|path| path.extension().is_some_and(|end| end == "part")), "{:?}", parts());
    until("the device says that nobody is there", || reporter.state() == "offline").await;
    house.server.start_again();
    reporter.sends_all("the photo and the text have arrived").await;
    let told = house.proxy.n_bytes_told() - told_before;
    assert!(told < size + 1_000_000, "what was there was not sent again: {told} bytes for {size}");
    let kept = files_in(&data.join("media"));
    assert_eq!(kept.len(), 1, "{kept:?}");
    assert!(parts().is_empty(), "{:?}", parts());
    // A second computer shows it: fetched when it is asked for, and kept.
    let second = Device::open().await;
    second.galley.sign_in(house.request("王记者", "")).await.unwrap();
    second.reads(article, &reporter.text(article).await.unwrap()).await;
    until("it is in step", || second.has_sent_all()).await;
    let address = format!("/media/{}", photo.sha256);
    let shown = second.galley.resource_or_fetched(&address).await.unwrap();
    assert_eq!(
        (shown.mime.as_str(), shown.bytes.len()),
        ("image/png", std::fs::metadata(&kept[0]).unwrap().len() as usize)
    );
    house.proxy.set(Way::Down);
    assert!(second.galley.resource(&address).is_some(), "it is here now, with or without a network");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_portal_and_a_dead_line_are_no_server_and_lose_nothing() {
    let house = House::new("portal");
    let code = house.server.add_person("王记者", &["reporter"]);
    let device = Device::open().await;
    for way in [Way::Portal, Way::Down] {
        house.proxy.set(way);
        let refused = device.galley.sign_in(house.request("王记者", &code)).await.unwrap_err();
        assert_eq!((refused.code, refused.retry), (ErrorCode::Offline, true), "{way:?}");
        assert!(device.galley.account().unwrap().is_none(), "{way:?}: nobody is signed in");
    }
    house.proxy.set(Way::Fair);
    device.galley.sign_in(house.request("王记者", &code)).await.unwrap();
    let article = device.draft("第一句。").await;
    device.sends_all("the first sentence has arrived").await;
    for (n, way) in [Way::Portal, Way::Down].into_iter().enumerate() {
        house.proxy.set(way);
        device.types(article, &format!("断网{n}。")).await;
        until("the line is off", || device.state() == "offline").await;
        assert!(device.galley.account().unwrap().unwrap().signed_in, "{way:?} signs nobody out");
        assert!(device.galley.outbox(0, 50).unwrap().iter().all(|row| row.state != "refused"), "{way:?}");
        house.proxy.set(Way::Slow { piece: 2_000, late: Duration::from_millis(2) });
        device.sends_all("what was typed has arrived").await;
    }
    let text = device.text(article).await.unwrap();
    assert_eq!(text, "断网1。断网0。第一句。");
    house.proxy.set(Way::Fair);
    let second = Device::open().await;
    second.galley.sign_in(house.request("王记者", "")).await.unwrap();
    second.reads(article, &text).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_persons_edit_comes_by_the_servers_word_and_colleagues_are_known_by_name() {
    let house = House::new("events");
    let reporter = house.reporter("王记者").await;
    let colleague = house.reporter("赵记者").await;
    let article = reporter.draft("共同的稿件。").await;
    reporter.sends_all("it has arrived").await;
    assert!(colleague.text(article).await.is_none(), "a draft is its author's");
    let people = reporter.galley.colleagues().await.unwrap();
    let names: Vec<_> = people.iter().map(|person| (person.name.as_str(), person.roles.join(" "))).collect();
    assert_eq!(names, [("王记者", "reporter".to_owned()), ("赵记者", "reporter".to_owned())]);
    let zhao = people.iter().find(|person| person.name == "赵记者").unwrap().id;
    reporter.galley.add_co_author(article, zhao).await.unwrap();
    colleague.reads(article, "共同的稿件。").await;
    colleague.types(article, "赵：").await;
    reporter.reads(article, "赵：共同的稿件。").await;
    house.proxy.set(Way::Down);
    until("the line is off", || {
        reporter.galley.sync_now();
        reporter.state() == "offline"
    })
    .await;
    assert_eq!(reporter.galley.colleagues().await.unwrap(), people, "as they were said last");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn whoever_is_signed_out_from_afar_while_typing_keeps_every_word() {
    let house = House::new("revoked");
    let reporter = house.reporter("王记者").await;
    let article = reporter.draft("之前。").await;
    reporter.sends_all("it has arrived").await;
    let devices = house.server.run(&["person", "devices", "王记者"]);
    assert!(devices.trim().ends_with("笔记本"), "{devices}");
    house.server.run(&["person", "revoke", "王记者", "--device", "笔记本"]);
    reporter.types(article, "之后。").await;
    until("the server has refused", || {
        reporter.galley.sync_now();
        !reporter.galley.account().unwrap().unwrap().signed_in
    })
    .await;
    until("the window knows", || reporter.state() == "signed_out").await;
    reporter.types(article, "还在写。").await;
    assert_eq!(reporter.text(article).await.unwrap(), "还在写。之后。之前。");
    // The person is who they were: they sign in again, and all of it goes up.
    reporter.galley.sign_in(house.request("王记者", "")).await.unwrap();
    reporter.sends_all("what was typed meanwhile has arrived").await;
}
