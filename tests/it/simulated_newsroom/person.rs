//! One person at one computer: a real library, the real core, and a driver that is played step by step.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use galley_client::api::{ErrorCode, OpenArticle, PushAnswer, PushRequest, SignIn, Splice, ViewUpdate};
use galley_client::sync::{Driver, Secrets, Wiring};
use galley_client::{Galley, OpenOptions};
use galley_model::{ArticleId, PersonId};
use galley_sync::engine::{Event, Status};

use super::network::{Crash, Network};

/// Tokens in memory: the keychain of this machine is nobody's business.
#[derive(Default)]
struct Purse(Mutex<HashMap<String, String>>);

impl Secrets for Purse {
    fn keep(&self, account: &str, token: &str) -> std::io::Result<String> {
        self.tokens().insert(account.to_owned(), token.to_owned());
        Ok("keychain".to_owned())
    }

    fn find(&self, account: &str, _place: &str) -> Option<String> {
        self.tokens().get(account).cloned()
    }

    fn forget(&self, account: &str) {
        self.tokens().remove(account);
    }
}

impl Purse {
    fn tokens(&self) -> std::sync::MutexGuard<'_, HashMap<String, String>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub struct Person {
    pub name: &'static str,
    /// As the server calls them.
    pub id: PersonId,
    /// How wrong the clock of their computer is, in milliseconds.
    pub clock: i64,
    device: usize,
    seed: u64,
    folder: PathBuf,
    network: Network,
    purse: Arc<Purse>,
    galley: Option<Galley>,
    driver: Option<Driver>,
    views: u64,
    /// It began as a copy of somebody's profile.
    pub is_copy: bool,
    /// The step in which the library was copied.
    pub copied_at: Option<usize>,
}

impl Person {
    pub async fn new(
        name: &'static str,
        id: PersonId,
        device: usize,
        seed: u64,
        folder: PathBuf,
        network: Network,
    ) -> Self {
        let purse = Arc::default();
        let mut person = Self {
            name,
            id,
            clock: 0,
            device,
            seed,
            folder,
            network,
            purse,
            galley: None,
            driver: None,
            views: 0,
            is_copy: false,
            copied_at: None,
        };
        person.start().await;
        person
    }

    /// Opens the library, as a start of the app does.
    async fn start(&mut self) {
        self.sit_down();
        let (network, device) = (self.network.clone(), self.device);
        for _ in 0..100_000 {
            let network = network.clone();
            let wiring = Wiring {
                connect: Arc::new(move |_| Ok(Arc::new(network.line(device)))),
                secrets: Some(self.purse.clone()),
                seed: self.seed ^ device as u64,
                // On every other seed nearly each row is a request of its own, sent behind the one before.
                request_bytes: if self.seed.is_multiple_of(2) { 2_800_000 } else { 700 },
                runs_by_itself: false,
                serves_site: false,
            };
            let options = OpenOptions {
                data_dir: self.folder.clone(),
                language: Some("zh-Hans".to_owned()),
                system_language: "zh_CN.UTF-8".to_owned(),
            };
            match Galley::open_with(options, wiring, |_| {}).await {
                Ok(galley) => {
                    self.driver = galley.driver().await.unwrap();
                    self.galley = Some(galley);
                    if let Some(driver) = &mut self.driver {
                        driver.begin().await;
                    }
                    return;
                }
                Err(error) if error.code == ErrorCode::LibraryInUse => tokio::task::yield_now().await,
                Err(error) => panic!("{}: {error:?}", self.name),
            }
        }
        panic!("{}: the library was never let go of", self.name)
    }

    /// From now on it is their clock that is read, and their peers that are drawn.
    fn sit_down(&self) {
        galley_client::clock::set_wrong_by(self.clock);
        let (network, device) = (self.network.clone(), self.device);
        galley_client::peers::draw_with(move || network.peer(device));
    }

    /// Their Galley.
    pub fn galley(&self) -> &Galley {
        self.sit_down();
        self.galley.as_ref().unwrap()
    }

    pub async fn sign_in(&mut self, code: String) {
        let request = SignIn {
            server: "https://news.example".to_owned(),
            name: self.name.to_owned(),
            password: "correct horse battery".to_owned(),
            code,
            device_name: format!("{}的电脑", self.name),
            drafts: Vec::new(),
        };
        self.galley().sign_in(request).await.unwrap();
        self.driver = self.galley().driver().await.unwrap();
        self.driver().begin().await;
    }

    fn driver(&mut self) -> &mut Driver {
        self.sit_down();
        self.driver.as_mut().unwrap()
    }

    /// One cycle.
    pub async fn sync(&mut self) {
        self.driver().play(Event::SyncNow).await;
    }

    /// A cycle that is cut off by a crash, if it comes so far. Whether it did.
    pub async fn sync_and_crash(&mut self, crash: Crash) -> bool {
        let (network, device) = (self.network.clone(), self.device);
        let played = network.until_crash(device, crash, self.driver().play(Event::SyncNow)).await;
        if played.is_none() {
            self.crash().await;
        }
        played.is_none()
    }

    /// The power goes, and comes back.
    pub async fn crash(&mut self) {
        self.stop().await;
        self.start().await;
    }

    /// The power goes.
    async fn stop(&mut self) {
        self.driver = None;
        self.galley = None;
        while Galley::is_held(&self.folder) {
            tokio::task::yield_now().await;
        }
    }

    fn copy(&self) -> PathBuf {
        self.folder.with_extension("copy")
    }

    /// Somebody copies the library's folder while the app is closed.
    pub async fn keep_a_copy(&mut self, step: usize) {
        self.stop().await;
        copy_folder(&self.folder, &self.copy());
        self.copied_at = Some(step);
        self.start().await;
    }

    /// The library comes back as it was copied, if it was: since which step.
    pub async fn roll_back(&mut self) -> Option<usize> {
        let since = self.copied_at?;
        self.stop().await;
        copy_folder(&self.copy(), &self.folder);
        self.start().await;
        Some(since)
    }

    /// The profile on a second machine, under the same name and with the same token.
    pub async fn copied_to(&mut self, device: usize, folder: PathBuf) -> Self {
        self.stop().await;
        copy_folder(&self.folder, &folder);
        self.start().await;
        let purse = Arc::new(Purse(Mutex::new(self.purse.tokens().clone())));
        let mut copied = Self {
            name: self.name,
            id: self.id,
            clock: 0,
            device,
            seed: self.seed,
            folder,
            network: self.network.clone(),
            purse,
            galley: None,
            driver: None,
            views: 0,
            is_copy: true,
            copied_at: None,
        };
        copied.start().await;
        copied
    }

    pub fn status(&self) -> Status {
        self.driver.as_ref().unwrap().status()
    }

    pub async fn open(&self, article: ArticleId) -> Option<OpenArticle> {
        self.galley().open_article(article).await.ok()
    }

    /// Replaces a place of the text; true once it is on the disk.
    pub async fn write(&mut self, article: &OpenArticle, from: u32, to: u32, insert: &str) -> bool {
        self.views += 1;
        let view = format!("{}-{}-{}", self.device, self.seed, self.views);
        let splices = vec![Splice { from, to, insert: insert.to_owned() }];
        let request = PushRequest {
            article: article.id,
            view,
            base_rev: article.rev,
            updates: vec![ViewUpdate { view_seq: 1, splices }],
            caret: from,
        };
        matches!(self.galley().push_edits(request).await, Ok(PushAnswer::Accepted { .. }))
    }

    /// What the newsroom says of an article, as this device knows it.
    pub fn standing(&self, article: ArticleId) -> Option<galley_sync::wire::Standing> {
        let standing = self.galley().standing(article).ok()?.standing?;
        Some(serde_json::from_str(&standing).unwrap())
    }

    /// How an article stands with the server.
    pub fn upload(&self, article: ArticleId) -> String {
        self.galley().standing(article).unwrap().upload
    }
}

/// Copies a folder in place of another.
fn copy_folder(from: &Path, to: &Path) {
    let _ = std::fs::remove_dir_all(to);
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
