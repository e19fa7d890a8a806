//! A device: a library on the disk, the real core, and a line whose bytes are counted.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use galley_client::api::{PushAnswer, PushRequest, SignIn, Splice, ViewUpdate};
use galley_client::sync::{
    Answering, Driver, Http, HttpRequest, HttpResponse, Secrets, Transport, TransportError, Wiring,
};
use galley_client::{Event, Galley, OpenOptions};
use galley_model::{ArticleId, Instant};
use galley_store::Library;
use galley_testkit::articles::{Planted, SampleArticle, article};
use tokio::sync::mpsc;

use super::{PASSWORD, Server};

/// Bytes of an article's text.
const BYTES: usize = 4_096;
const NEWEST: Instant = Instant(1_795_500_000_000);

pub(crate) struct Device {
    pub(crate) galley: Galley,
    driver: Option<Driver>,
    sent: Arc<AtomicU64>,
}

/// Tokens in memory.
#[derive(Default)]
struct Purse(Mutex<HashMap<String, String>>);

impl Secrets for Purse {
    fn keep(&self, account: &str, token: &str) -> std::io::Result<String> {
        self.0.lock().unwrap().insert(account.to_owned(), token.to_owned());
        Ok("keychain".to_owned())
    }

    fn find(&self, account: &str, _place: &str) -> Option<String> {
        self.0.lock().unwrap().get(account).cloned()
    }

    fn forget(&self, account: &str) {
        self.0.lock().unwrap().remove(account);
    }
}

/// The app's own way to a server, with its bodies counted in both directions.
struct Counted {
    http: Http,
    bytes: Arc<AtomicU64>,
}

impl Transport for Counted {
    fn send(&self, request: HttpRequest) -> Answering<'_, HttpResponse> {
        Box::pin(async move {
            self.bytes.fetch_add(request.body.len() as u64, Ordering::Relaxed);
            let answer = self.http.send(request).await?;
            self.bytes.fetch_add(answer.body.len() as u64, Ordering::Relaxed);
            Ok(answer)
        })
    }

    fn listen(&self, token: &str) -> Answering<'_, mpsc::Receiver<()>> {
        self.http.listen(token)
    }
}

/// Makes a library of so many new articles of 4 KB.
pub(crate) fn library_of(folder: &Path, n_articles: u64, seed: u64) -> Vec<ArticleId> {
    let planted = Planted { word: String::new(), in_articles: 0, of: n_articles };
    let articles: Vec<SampleArticle> = (0..n_articles)
        .map(|number| {
            let made = article(seed, number, NEWEST, &planted);
            let mut body = made.body.clone();
            while body.len() < BYTES {
                body = format!("{body}\n\n{}", made.body);
            }
            body.truncate(body.floor_char_boundary(BYTES));
            SampleArticle { body, ..made }
        })
        .collect();
    let (library, _) = Library::open(folder, NEWEST).unwrap();
    let prepared = articles
        .iter()
        .zip(1..)
        .map(|(article, peer)| galley_testkit::library::prepare(article, (seed << 32) + peer).unwrap());
    library.import_bulk(prepared).unwrap();
    library.finish_index().unwrap();
    library.close().unwrap();
    articles.into_iter().map(|article| article.id).collect()
}

impl Device {
    /// Opens a library; its sync is played by hand, unless it `runs_by_itself`.
    pub(crate) async fn open(
        folder: &Path,
        runs_by_itself: bool,
        on_event: impl Fn(Event) + Send + Sync + 'static,
    ) -> Self {
        let sent = Arc::new(AtomicU64::new(0));
        let bytes = sent.clone();
        let connect = move |server: &str| -> Result<Arc<dyn Transport>, TransportError> {
            Ok(Arc::new(Counted { http: Http::new(server)?, bytes: bytes.clone() }))
        };
        let wiring = Wiring {
            connect: Arc::new(connect),
            secrets: Some(Arc::new(Purse::default())),
            runs_by_itself,
            serves_site: false,
            ..Wiring::default()
        };
        let options = OpenOptions {
            data_dir: folder.to_owned(),
            language: Some("zh-Hans".to_owned()),
            system_language: String::new(),
        };
        let galley = Galley::open_with(options, wiring, on_event).await.unwrap();
        Self { galley, driver: None, sent }
    }

    /// Signs in by a code, or by the password that everybody has.
    pub(crate) async fn sign_in(&mut self, server: &Server, name: &str, code: &str) {
        let request = SignIn {
            server: server.address.clone(),
            name: name.to_owned(),
            password: PASSWORD.to_owned(),
            code: code.to_owned(),
            device_name: "figures".to_owned(),
            drafts: Vec::new(),
        };
        self.galley.sign_in(request).await.unwrap();
        self.driver = self.galley.driver().await.unwrap();
    }

    /// Begins to sync, and does everything there is to do.
    pub(crate) async fn begin(&mut self) {
        self.driver.as_mut().unwrap().begin().await;
    }

    /// One cycle. Answers the bytes of all bodies.
    pub(crate) async fn sync(&mut self) -> u64 {
        let before = self.sent.load(Ordering::Relaxed);
        let driver = self.driver.as_mut().unwrap();
        driver.play(galley_sync::engine::Event::SyncNow).await;
        assert_eq!(driver.status(), galley_sync::engine::Status::UpToDate);
        self.sent.load(Ordering::Relaxed) - before
    }

    /// Types at the beginning of an article.
    pub(crate) async fn type_into(&self, article: ArticleId, view: &str, text: &str) {
        let open = self.galley.open_article(article).await.unwrap();
        let splices = vec![Splice { from: 0, to: 0, insert: text.to_owned() }];
        let request = PushRequest {
            article,
            view: view.to_owned(),
            base_rev: open.rev,
            updates: vec![ViewUpdate { view_seq: 1, splices }],
            caret: 0,
        };
        let answer = self.galley.push_edits(request).await.unwrap();
        assert!(matches!(answer, PushAnswer::Accepted { .. }));
    }

    /// The names of both stores' settings.
    pub(crate) const SETTINGS: &str = "Galley: SQLite, WAL, synchronous=FULL on the device and on the server";
}
