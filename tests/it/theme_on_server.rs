//! A newsroom's own theme: an administrator sends it to the server, and every device's preview is the server's page.

use std::path::Path;
use std::sync::Arc;

use galley_client::api::{
    ErrorCode, FieldsRequest, ListName, PreviewRequest, PublicationState, PublishRequest, SignIn,
    SitePageKind, SiteSettingsVersion,
};
use galley_client::sync::{Driver, FileSecrets, Wiring};
use galley_client::{Galley, OpenOptions};
use galley_model::site::SiteSettings;
use galley_model::workflow::{Policy, Role};
use galley_newsroom::decoder::InProcess;
use galley_server::{App, Limits, Settings};
use galley_sync::engine::Event;
use tempfile::TempDir;

use super::simulated_newsroom::network::Network;
use super::simulated_newsroom::world::now;

struct House {
    folder: TempDir,
    app: App,
    network: Network,
}

struct Device {
    galley: Galley,
    driver: Driver,
}

impl House {
    async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let app = open(folder.path()).await;
        app.newsroom().set_new_policy(Policy::solo().reference(), now()).await.unwrap();
        let network = Network::new(1, 2);
        network.trust(true);
        network.connect(Some(galley_server::router(&app)));
        Self { folder, app, network }
    }

    async fn device(&self, n: usize, name: &str, roles: &[Role]) -> Device {
        let data_dir = self.folder.path().join(format!("device-{n}"));
        let network = self.network.clone();
        let wiring = Wiring {
            connect: Arc::new(move |_| Ok(Arc::new(network.line(n)))),
            secrets: Some(Arc::new(FileSecrets { folder: data_dir.clone() })),
            seed: 7,
            runs_by_itself: false,
            serves_site: false,
        };
        let options = OpenOptions {
            data_dir,
            language: Some("zh-Hans".to_owned()),
            system_language: "zh_CN.UTF-8".to_owned(),
        };
        let galley = Galley::open_with(options, wiring, |_| {}).await.unwrap();
        let code =
            self.app.accounts().add_person(name, roles.iter().copied().collect(), now()).await.unwrap();
        let request = SignIn {
            server: "https://news.example".to_owned(),
            name: name.to_owned(),
            password: "correct horse battery".to_owned(),
            code: code.code,
            device_name: name.to_owned(),
            drafts: Vec::new(),
        };
        galley.sign_in(request).await.unwrap();
        let mut driver = galley.driver().await.unwrap().unwrap();
        driver.begin().await;
        Device { galley, driver }
    }

    /// What readers get at an address.
    async fn read(&self, address: &str) -> String {
        use tower::ServiceExt as _;
        let request =
            axum::http::Request::get(address).header("host", "127.0.0.1").body(axum::body::Body::empty());
        let response = galley_server::router(&self.app).oneshot(request.unwrap()).await.unwrap();
        assert_eq!(response.status(), 200, "{address}");
        let body = axum::body::to_bytes(response.into_body(), 8 << 20).await.unwrap();
        String::from_utf8(body.to_vec()).unwrap()
    }
}

async fn open(folder: &Path) -> App {
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
    async fn sync(&mut self) {
        for _ in 0..4 {
            self.driver.play(Event::SyncNow).await;
        }
    }

    /// Sets this computer's site in a copy of the county theme whose articles carry a mark.
    async fn own_theme(&self, mark: &str) {
        let name = self.galley.copy_theme("county").await.unwrap();
        self.edit("<article", &format!("<article data-mark=\"{mark}\""));
        let site = self.galley.site_settings().await.unwrap();
        let settings = SiteSettings { theme: name, ..site.settings };
        self.galley.save_site_settings(SiteSettingsVersion { settings, ..site }).await.unwrap();
    }

    fn edit(&self, from: &str, to: &str) {
        let file = self.galley.theme_folder().join("article.html");
        let text = std::fs::read_to_string(&file).unwrap();
        std::fs::write(file, text.replacen(from, to, 1)).unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_theme_of_its_own_the_device_previews_the_very_page_that_the_server_publishes() {
    let house = House::new().await;
    let mut chief = house.device(0, "程总编", &[Role::Admin, Role::EditorInChief]).await;
    let mut reporter = house.device(1, "林一舟", &[Role::Reporter, Role::Publisher]).await;
    reporter.sync().await;
    chief.own_theme("湖心岛").await;
    chief.galley.send_theme().await.unwrap();

    let article = reporter.galley.create_article().await.unwrap().id;
    let facts = [("headline", "步道今日开放"), ("section", "news"), ("source", "本地晚报"), ("slug", "lake")];
    let fields = facts.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect();
    reporter.galley.set_fields(FieldsRequest { article, fields }).await.unwrap();
    let view = galley_client::api::PushRequest {
        article,
        view: "one".to_owned(),
        base_rev: 0,
        updates: vec![galley_client::api::ViewUpdate {
            view_seq: 1,
            splices: vec![galley_client::api::Splice {
                from: 0,
                to: 0,
                insert: "三公里，**“全程无障碍”**。".to_owned(),
            }],
        }],
        caret: 0,
    };
    reporter.galley.push_edits(view).await.unwrap();
    reporter.galley.let_drafts_up(vec![article]).await.unwrap();
    reporter.sync().await;

    let ask = || PreviewRequest { article, view: String::new(), view_seq: 0, have: 0, correction: None };
    let preview = reporter.galley.preview(ask()).await.unwrap();
    assert!(preview.page.unwrap().contains("data-mark=\"湖心岛\""), "the device has the server's theme");
    let intent = uuid::Uuid::now_v7().to_string();
    let page_hash = preview.page_hash;
    let request = PublishRequest { article, page_hash, intent, correction: None };
    reporter.galley.publish(request).await.unwrap();
    reporter.sync().await;
    let authority = reporter.galley.open_article(article).await.unwrap().authority;
    assert_eq!(authority.publication, PublicationState::Live, "{:?}", reporter.galley.outbox(0, 9));

    let published = house.read("/articles/lake.html").await;
    let shown = reporter.galley.preview(ask()).await.unwrap();
    assert_eq!(shown.page.unwrap(), published, "the whole page, byte for byte");
    assert_eq!(shown.page_hash, page_hash);

    // Its style sheet too is what readers load.
    let sheet =
        published.split("href=\"").find_map(|rest| rest.split('"').next().filter(|it| it.ends_with(".css")));
    let sheet = sheet.unwrap();
    let here = reporter.galley.resource(sheet).unwrap().bytes;
    assert_eq!(String::from_utf8(here).unwrap(), house.read(sheet).await);

    // The pages that list it are the server's too, as far as its articles are here.
    let pages = reporter.galley.site_pages(article).await.unwrap();
    assert!(pages.len() >= 3, "{pages:?}");
    for page in pages.iter().filter(|page| page.kind != SitePageKind::Corrections) {
        let shown = reporter.galley.preview_index(article, &page.address, None).await.unwrap();
        assert_eq!(shown, house.read(&page.address).await, "{}", page.address);
    }

    // Another version of the theme reaches every device with the next cycle, and a restart of the server keeps it.
    chief.edit("data-mark=\"湖心岛\"", "data-mark=\"东湖\"");
    chief.galley.send_theme().await.unwrap();
    reporter.sync().await;
    let page = reporter.galley.preview(ask()).await.unwrap().page.unwrap();
    assert!(page.contains("data-mark=\"东湖\""));
    // Retracted, it is so on the device too, with nothing left to do.
    reporter.galley.retract(article, "失实".to_owned(), "现予撤回。".to_owned()).await.unwrap();
    reporter.sync().await;
    let opened = reporter.galley.open_article(article).await.unwrap();
    assert_eq!(
        (opened.authority.publication, opened.list),
        (PublicationState::Retracted, ListName::Published)
    );
    let steps = reporter.galley.article_standing(article).await.unwrap().word.unwrap().steps;
    assert_eq!(steps, []);
    let look = house.app.newsroom().templates().look();
    house.network.connect(None);
    house.app.newsroom().close().await;
    let again = open(house.folder.path()).await;
    assert_eq!(again.newsroom().templates().look(), look);
    assert_eq!(again.newsroom().settings().await.unwrap().1.theme, "county-own");
    chief.sync().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_theme_is_refused_with_its_file_and_line_and_only_an_administrator_is_heard() {
    let house = House::new().await;
    let look = house.app.newsroom().templates().look();
    let chief = house.device(0, "程总编", &[Role::Admin]).await;
    let reporter = house.device(1, "林一舟", &[Role::Reporter]).await;
    reporter.own_theme("x").await;
    assert_eq!(reporter.galley.send_theme().await.unwrap_err().code, ErrorCode::NotPermitted);
    chief.own_theme("x").await;
    chief.edit("<article", "{% for x in %}\n<article");
    let refused = chief.galley.send_theme().await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::Template);
    assert_eq!(refused.values["file"], "article.html", "{refused:?}");
    assert!(refused.values["line"].parse::<u32>().unwrap() >= 1, "{refused:?}");
    assert_eq!(house.app.newsroom().templates().look(), look, "the site stays as it is");
    house.network.connect(None);
    assert_eq!(chief.galley.send_theme().await.unwrap_err().code, ErrorCode::Offline);
}
