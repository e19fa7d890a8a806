//! Preview is the page, over HTTP: a thousand articles that a device writes and previews, and that a `galley-server` in
//! a process of its own publishes, are compared with what readers get from it, byte for byte.
//!
//! Neighbours and related articles are the server's alone: a device shows its page without them, and they are taken out
//! of what readers get before the two are compared.

use std::path::Path;
use std::time::{Duration, Instant};

use galley_client::api::{FieldsRequest, PreviewRequest, PublicationState, PublishRequest, SignIn};
use galley_client::sync::{Driver, FileSecrets, Wiring};
use galley_client::{Galley, OpenOptions};
use galley_model::meta::field;
use galley_model::site::{COUNTY, DAILY, SiteSettings};
use galley_model::workflow::{Policy, Role};
use galley_model::{ArticleId, Instant as Moment};
use galley_newsroom::decoder::InProcess;
use galley_server::{App, Limits, Settings};
use galley_sync::engine::Event;
use galley_testkit::articles::{self, SampleArticle};
use galley_testkit::photos;

use super::e2e::rig::{Server, output_folder};
use super::simulated_newsroom::world::now;

const PATIENCE: Duration = Duration::from_secs(120);
const WRITER: &str = "林一舟";
/// On each of the four sites.
const ARTICLES: u64 = 250;

/// A newsroom whose site is set in a theme and a language, and where one person may write and publish; the code for
/// their first sign-in. Nothing of it runs any more.
async fn newsroom(data: &Path, theme: &str, language: &str) -> String {
    let settings = Settings {
        data: data.to_owned(),
        address: Some("https://news.example".to_owned()),
        behind_proxy: false,
        store: None,
        decoder: (std::path::PathBuf::new(), Vec::new()),
        limits: Limits::default(),
    };
    let app = App::open_with_decoder(settings, std::sync::Arc::new(InProcess)).await.unwrap();
    let roles = [Role::Reporter, Role::Publisher];
    let code = app.accounts().add_person(WRITER, roles.into(), now()).await.unwrap();
    app.newsroom().set_new_policy(Policy::solo().reference(), now()).await.unwrap();
    let (version, before) = app.newsroom().settings().await.unwrap();
    let settings = SiteSettings {
        theme: theme.to_owned(),
        base_url: before.base_url,
        ..SiteSettings::for_language(language)
    };
    app.newsroom().save_settings(version, settings, now()).await.unwrap();
    app.newsroom().close().await;
    code.code
}

/// Articles of both languages in all sections, of two paragraphs each: with every publication the server writes the
/// newest fifty into its feeds again, and whole texts are compared in the newsroom's own tests.
fn corpus(first: u64) -> Vec<SampleArticle> {
    let article = |n: u64| {
        let mut made = if n.is_multiple_of(2) { articles::chinese(n) } else { articles::english(n) };
        let section = ["news", "photos", "notices"][n as usize % 3];
        made.meta.insert(field::SECTION.to_owned(), section.to_owned());
        let body = made.body.split("\n\n").take(2).collect::<Vec<_>>().join("\n\n");
        SampleArticle { body, ..made }
    };
    (first..first + ARTICLES).map(article).collect()
}

struct Device {
    galley: Galley,
    driver: Driver,
}

impl Device {
    /// A library with these drafts, signed in; they are on their way up.
    async fn with(data_dir: &Path, drafts: Vec<SampleArticle>, server: &Server, code: String) -> Self {
        let (folder, newest) = (data_dir.to_owned(), Moment(1_795_600_000_000));
        tokio::task::spawn_blocking(move || galley_testkit::library::write(&folder, newest, &drafts))
            .await
            .unwrap()
            .unwrap();
        let wiring = Wiring {
            secrets: Some(std::sync::Arc::new(FileSecrets { folder: data_dir.to_owned() })),
            runs_by_itself: false,
            serves_site: false,
            ..Wiring::default()
        };
        let options = OpenOptions {
            data_dir: data_dir.to_owned(),
            language: Some("zh-Hans".to_owned()),
            system_language: "zh_CN.UTF-8".to_owned(),
        };
        let galley = Galley::open_with(options, wiring, |_| {}).await.unwrap();
        let request = SignIn {
            server: format!("http://{}", server.addr()),
            name: WRITER.to_owned(),
            password: "correct horse battery".to_owned(),
            code,
            device_name: "笔记本".to_owned(),
            drafts: Vec::new(),
        };
        galley.sign_in(request).await.unwrap();
        let mut driver = galley.driver().await.unwrap().unwrap();
        driver.begin().await;
        Self { galley, driver }
    }

    /// Syncs until this holds of every article.
    async fn sync_until(
        &mut self,
        what: &str,
        mut articles: Vec<ArticleId>,
        holds: impl AsyncFn(&Galley, ArticleId) -> bool,
    ) {
        let begun = Instant::now();
        while let Some(next) = articles.last() {
            if holds(&self.galley, *next).await {
                articles.pop();
                continue;
            }
            assert!(begun.elapsed() < PATIENCE, "{} articles wait until {what}", articles.len());
            self.driver.play(Event::SyncNow).await;
        }
    }

    /// The whole page as it is shown here, and its hash.
    async fn preview(&self, article: ArticleId) -> (String, galley_model::Sha256) {
        let ask = PreviewRequest { article, view: String::new(), view_seq: 0, have: 0, correction: None };
        let preview = self.galley.preview(ask).await.unwrap();
        (preview.page.unwrap(), preview.page_hash)
    }

    async fn publish(&self, article: ArticleId) {
        let (_, page_hash) = self.preview(article).await;
        let intent = uuid::Uuid::now_v7().to_string();
        self.galley.publish(PublishRequest { article, page_hash, intent, correction: None }).await.unwrap();
    }
}

/// A page without what only the server knows.
fn without_neighbours(page: &str) -> String {
    let without = |page: String, start: &str, end: &str| {
        let around =
            page.split_once(start).and_then(|(before, rest)| Some((before, rest.split_once(end)?.1)));
        around.map(|(before, after)| format!("{before}{after}")).unwrap_or(page.clone())
    };
    let page = without(page.to_owned(), "<nav class=\"neighbours\"", "</nav>\n");
    without(page, "<section class=\"related\">", "</section>\n")
}

async fn check_corpus(theme: &'static str, language: &'static str, first: u64) {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("server");
    let code = newsroom(&data, theme, language).await;
    let log = output_folder("wire").join(format!("preview_{theme}_{language}.log"));
    std::fs::write(&log, "").unwrap();
    let server = Server::start(&data, &log);
    let drafts = corpus(first);
    let ids: Vec<ArticleId> = drafts.iter().map(|draft| draft.id).collect();
    let mut device = Device::with(&folder.path().join("device"), drafts, &server, code).await;
    for (n, article) in ids.iter().enumerate().step_by(25) {
        let photo = photos::Photo { seed: n as u64, width: 640, height: 480, ..photos::Photo::default() };
        let photo = photo.file(photos::Format::Jpeg);
        let added = device.galley.add_photo(*article, "桥.jpg".to_owned(), photo).await.unwrap();
        let fields = [(field::LEAD_PHOTO.to_owned(), added.id.to_string())].into();
        device.galley.set_fields(FieldsRequest { article: *article, fields }).await.unwrap();
    }
    device.galley.let_drafts_up(ids.clone()).await.unwrap();
    device.driver.play(Event::SyncNow).await;
    // No more than a server publishes within the time that a request has, on a busy computer too.
    for some in ids.chunks(50) {
        for article in some {
            device.publish(*article).await;
        }
        device.driver.play(Event::SyncNow).await;
    }
    let is_live = async |galley: &Galley, article| {
        let open = galley.open_article(article).await.unwrap();
        open.authority.publication == PublicationState::Live
    };
    device.sync_until("readers have them", ids.clone(), is_live).await;
    let mut n_photos = 0;
    for (n, article) in ids.into_iter().enumerate() {
        let address = galley_model::address::article_address("", article);
        let url = format!("http://{}{address}", server.addr());
        let read = move || ureq::get(url).call().unwrap().body_mut().read_to_string().unwrap();
        let published = tokio::task::spawn_blocking(read).await.unwrap();
        n_photos += usize::from(published.contains("<figure class=\"lead\">"));
        let (shown, _) = device.preview(article).await;
        assert_eq!(without_neighbours(&published), shown, "{theme}, {language}: article {n}");
    }
    assert_eq!(n_photos, 10, "photos are among them");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_shows_what_readers_get_in_the_county_theme_in_chinese() {
    check_corpus(COUNTY, "zh-Hans", 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_shows_what_readers_get_in_the_county_theme_in_english() {
    check_corpus(COUNTY, "en", ARTICLES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_shows_what_readers_get_in_the_daily_theme_in_chinese() {
    check_corpus(DAILY, "zh-Hans", 2 * ARTICLES).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_shows_what_readers_get_in_the_daily_theme_in_english() {
    check_corpus(DAILY, "en", 3 * ARTICLES).await;
}
