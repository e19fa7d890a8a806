//! A publishing server and real devices in one process, over a way that a test cuts at will.

use std::path::Path;
use std::sync::{Arc, Mutex};

use galley_client::api::{
    FieldsRequest, OpenArticle, Preview, PreviewRequest, PushRequest, SignIn, Splice, ViewUpdate,
};
use galley_client::sync::{Driver, FileSecrets, Wiring};
use galley_client::{Event as Told, Galley, OpenOptions};
use galley_model::workflow::{PolicyRef, Role};
use galley_model::{ArticleId, Instant};
use galley_newsroom::decoder::InProcess;
use galley_server::{App, Limits, Settings};
use galley_sync::engine::Event;
use tempfile::TempDir;

use super::simulated_newsroom::network::Network;
use super::simulated_newsroom::world::now;

pub struct House {
    pub folder: TempDir,
    pub app: App,
    pub network: Network,
    /// How wrong the server's clock is, in milliseconds.
    wrong_by: i64,
}

pub struct Device {
    pub galley: Galley,
    pub driver: Driver,
    /// What the window was told.
    pub told: Arc<Mutex<Vec<Told>>>,
}

impl House {
    /// A newsroom where new articles pass these reviews, with three lines for devices.
    pub async fn new(policy: PolicyRef) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let app = open(folder.path()).await;
        app.newsroom().set_new_policy(policy, now()).await.unwrap();
        let network = Network::new(1, 3);
        network.trust(true);
        network.connect(Some(galley_server::router(&app)));
        Self { folder, app, network, wrong_by: 0 }
    }

    /// The server's clock is wrong by so much from now on, where everything runs on this thread.
    pub fn set_clock(&mut self, wrong_by: i64) {
        galley_server::clock::set_wrong_by(wrong_by);
        self.wrong_by = wrong_by;
    }

    /// Now, by the server's clock.
    pub fn now(&self) -> Instant {
        Instant(now().0 + self.wrong_by)
    }

    /// Somebody's computer, signed in and in step.
    pub async fn device(&self, n: usize, name: &str, roles: &[Role]) -> Device {
        let data_dir = self.folder.path().join(format!("device-{n}"));
        let network = self.network.clone();
        let wiring = Wiring {
            connect: Arc::new(move |_| Ok(Arc::new(network.line(n)))),
            secrets: Some(Arc::new(FileSecrets { folder: data_dir.clone() })),
            seed: 7,
            runs_by_itself: false,
            serves_site: false,
            ..Wiring::default()
        };
        let options = OpenOptions {
            data_dir,
            language: Some("zh-Hans".to_owned()),
            system_language: "zh_CN.UTF-8".to_owned(),
        };
        let told = Arc::new(Mutex::new(Vec::new()));
        let kept = told.clone();
        let hear = move |event| kept.lock().unwrap().push(event);
        let galley = Galley::open_with(options, wiring, hear).await.unwrap();
        let code =
            self.app.accounts().add_person(name, roles.iter().copied().collect(), self.now()).await.unwrap();
        let request = SignIn {
            server: "https://news.example".to_owned(),
            name: name.to_owned(),
            password: "correct horse battery".to_owned(),
            code: code.code,
            device_name: name.to_owned(),
            drafts: Vec::new(),
        };
        // From now on the window is told at once.
        galley.start().await.unwrap();
        galley.sign_in(request).await.unwrap();
        let mut driver = galley.driver().await.unwrap().unwrap();
        driver.begin().await;
        Device { galley, driver, told }
    }

    /// What readers get at an address.
    pub async fn read(&self, address: &str) -> String {
        use tower::ServiceExt as _;
        let request =
            axum::http::Request::get(address).header("host", "127.0.0.1").body(axum::body::Body::empty());
        let response = galley_server::router(&self.app).oneshot(request.unwrap()).await.unwrap();
        assert_eq!(response.status(), 200, "{address}");
        let body = axum::body::to_bytes(response.into_body(), 8 << 20).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }
}

pub async fn open(folder: &Path) -> App {
    let settings = Settings {
        data: folder.join("server"),
        address: None,
        behind_proxy: false,
        store: None,
        decoder: (std::path::PathBuf::new(), Vec::new()),
        limits: Limits { burst: 1_000_000, per_second: 1_000_000, ..Limits::default() },
    };
    let app = App::open_with_decoder(settings, Arc::new(InProcess)).await.unwrap();
    app.newsroom().work(now()).await.unwrap();
    app
}

impl Device {
    /// Cycles until nothing of a newsroom at rest is left to do.
    pub async fn sync(&mut self) {
        for _ in 0..4 {
            self.driver.play(Event::SyncNow).await;
        }
    }

    /// A draft with a headline and a text, that goes up.
    pub async fn draft(&self, headline: &str, text: &str) -> ArticleId {
        let article = self.galley.create_article().await.unwrap().id;
        self.sets(article, &[("headline", headline)]).await;
        self.types(article, 0, text).await;
        self.galley.let_drafts_up(vec![article]).await.unwrap();
        article
    }

    pub async fn sets(&self, article: ArticleId, facts: &[(&str, &str)]) {
        let fields = facts.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect();
        self.galley.set_fields(FieldsRequest { article, fields }).await.unwrap();
    }

    /// Types at a place into the text as it stands.
    pub async fn types(&self, article: ArticleId, at: u32, text: &str) {
        let opened = self.open(article).await;
        let splice = Splice { from: at, to: at, insert: text.to_owned() };
        let request = PushRequest {
            article,
            view: uuid::Uuid::new_v4().to_string(),
            base_rev: opened.rev,
            updates: vec![ViewUpdate { view_seq: 1, splices: vec![splice] }],
            caret: 0,
        };
        self.galley.push_edits(request).await.unwrap();
    }

    pub async fn open(&self, article: ArticleId) -> OpenArticle {
        self.galley.open_article(article).await.unwrap()
    }

    pub async fn preview(&self, article: ArticleId) -> Preview {
        let request = PreviewRequest { article, view: String::new(), view_seq: 0, have: 0, correction: None };
        self.galley.preview(request).await.unwrap()
    }
}
