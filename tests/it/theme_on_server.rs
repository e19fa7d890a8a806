//! A newsroom's own theme: an administrator sends it to the server, and every device's preview is the server's page.

use galley_client::api::{
    ErrorCode, ListName, PublicationState, PublishRequest, SitePageKind, SiteSettingsVersion,
};
use galley_model::site::SiteSettings;
use galley_model::workflow::{Policy, Role};

use super::house::{Device, House, open};

impl Device {
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
    let house = House::new(Policy::solo().reference()).await;
    let mut chief = house.device(0, "程总编", &[Role::Admin, Role::EditorInChief]).await;
    let mut reporter = house.device(1, "林一舟", &[Role::Reporter, Role::Publisher]).await;
    reporter.sync().await;
    chief.own_theme("湖心岛").await;
    chief.galley.send_theme().await.unwrap();

    let article = reporter.draft("步道今日开放", "三公里，**“全程无障碍”**。").await;
    reporter.sets(article, &[("section", "news"), ("source", "本地晚报"), ("slug", "lake")]).await;
    reporter.sync().await;

    let preview = reporter.preview(article).await;
    assert!(preview.page.unwrap().contains("data-mark=\"湖心岛\""), "the device has the server's theme");
    let intent = uuid::Uuid::now_v7().to_string();
    let page_hash = preview.page_hash;
    let request = PublishRequest { article, page_hash, intent, correction: None };
    reporter.galley.publish(request).await.unwrap();
    reporter.sync().await;
    let authority = reporter.galley.open_article(article).await.unwrap().authority;
    assert_eq!(authority.publication, PublicationState::Live, "{:?}", reporter.galley.outbox(0, 9));

    let published = house.read("/articles/lake.html").await;
    let shown = reporter.preview(article).await;
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
    let page = reporter.preview(article).await.page.unwrap();
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
    let house = House::new(Policy::solo().reference()).await;
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

#[tokio::test(flavor = "multi_thread")]
async fn an_index_shows_others_articles_as_readers_have_them_though_they_were_changed_since() {
    let house = House::new(Policy::solo().reference()).await;
    let mut reporter = house.device(0, "林一舟", &[Role::Reporter, Role::Publisher]).await;
    reporter.sync().await;
    let facts = |slug: &'static str| [("section", "news"), ("source", "本地晚报"), ("slug", slug)];
    let lake = reporter.draft("步道今日开放", "三公里，全程无障碍。").await;
    reporter.sets(lake, &facts("lake")).await;
    reporter.sync().await;
    let page_hash = reporter.preview(lake).await.page_hash;
    let intent = uuid::Uuid::now_v7().to_string();
    let request = PublishRequest { article: lake, page_hash, intent, correction: None };
    reporter.galley.publish(request).await.unwrap();
    reporter.sync().await;
    let published = house.read("/").await;
    assert!(published.contains("步道今日开放"));

    // A new headline that nobody has published yet, and another article whose pages are previewed.
    reporter.sets(lake, &[("headline", "步道明日关闭")]).await;
    let next = reporter.draft("桥通车", "今晨七时，桥通车。").await;
    reporter.sets(next, &facts("bridge")).await;
    reporter.sync().await;
    let home = async || reporter.galley.preview_index(next, "/", None).await.unwrap();
    let shown = home().await;
    assert!(shown.contains("步道今日开放") && !shown.contains("步道明日关闭"), "{shown}");
    // Open or not, it is the same.
    reporter.galley.close_article(lake).await.unwrap();
    assert_eq!(home().await, shown);
}
