//! From a draft to a page that a browser reads over HTTP, and back.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::TcpStream;

use galley_model::meta::field;
use galley_model::site::{SiteLogo, SiteSettings};
use galley_model::{ArticleId, Sha256};
use galley_store::{List, Publication};
use galley_testkit::photos::{self, PRIVATE_MARKS};

use super::{Desk, View, open};
use crate::api::{
    Authority, ErrorCode, FieldsRequest, ListName, ListRequest, PreviewRequest, PublicationState,
    PublishRequest, SiteSettingsVersion,
};

/// The status and body that the site answers for an address.
fn get(address: &str) -> (u16, String) {
    let (status, body) = get_bytes(address);
    (status, String::from_utf8_lossy(&body).into_owned())
}

fn get_bytes(address: &str) -> (u16, Vec<u8>) {
    let rest = address.strip_prefix("http://").unwrap();
    let (host, path) = rest.split_once('/').unwrap();
    let mut stream = TcpStream::connect(host).unwrap();
    write!(stream, "GET /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let head = answer.windows(4).position(|end| end == b"\r\n\r\n").unwrap();
    let status = String::from_utf8_lossy(&answer[..head]).split(' ').nth(1).unwrap().parse().unwrap();
    (status, answer.split_off(head + 4))
}

pub(super) async fn draft(desk: &Desk) -> (ArticleId, View) {
    let article = desk.galley.create_article().await.unwrap();
    let mut view = View::of(&article, "view");
    view.types(&desk.galley, &[(0, 0, "秋粮收购进入尾声，**“应收尽收”**的要求落到实处。")]).await;
    let facts = [
        (field::HEADLINE, "秋粮收购进入尾声"),
        (field::SOURCE, "本地晚报"),
        (field::SECTION, "新闻中心"),
        (field::BYLINE, "记者 周小禾"),
    ];
    let fields = facts.into_iter().map(|(key, text)| (key.to_owned(), text.to_owned())).collect();
    desk.galley.set_fields(FieldsRequest { article: article.id, fields }).await.unwrap();
    desk.galley.assign_responsible_editor(article.id, "程责编".to_owned()).await.unwrap();
    (article.id, view)
}

pub(super) async fn previewed(desk: &Desk, article: ArticleId) -> Sha256 {
    let ask = PreviewRequest { article, view: String::new(), view_seq: 0, have: 0, correction: None };
    desk.galley.preview(ask).await.unwrap().page_hash
}

pub(super) async fn publish(desk: &Desk, article: ArticleId) -> Authority {
    let page_hash = previewed(desk, article).await;
    let intent = uuid::Uuid::now_v7().to_string();
    desk.galley.publish(PublishRequest { article, page_hash, intent, correction: None }).await.unwrap()
}

async fn list(desk: &Desk, list: ListName) -> Vec<(ArticleId, PublicationState)> {
    let rows = desk.galley.list_articles(ListRequest { list, offset: 0, limit: 50 }).await.unwrap().rows;
    rows.into_iter().map(|row| (row.id, row.publication)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_published_article_is_read_over_http_and_follows_an_edit_when_published_again() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path()).await;
    let (article, mut view) = draft(&desk).await;
    let authority = publish(&desk, article).await;
    assert_eq!(authority.publication, PublicationState::Live);
    let address = authority.address.unwrap();
    let (status, page) = get(&address);
    assert_eq!(status, 200);
    for printed in
        ["秋粮收购进入尾声", "<strong>“应收尽收”</strong>", "本地晚报", "周小禾", "程责编", "新闻中心"]
    {
        assert!(page.contains(printed), "{printed} is missing from\n{page}");
    }
    let site = desk.galley.start().await.unwrap().site_address.unwrap();
    assert!(get(&format!("{site}/")).1.contains("秋粮收购进入尾声"), "the home page lists it");
    assert_eq!(list(&desk, ListName::Published).await, [(article, PublicationState::Live)]);

    view.types(&desk.galley, &[(0, 0, "更新：")]).await;
    let open_again = desk.galley.close_article(article).await;
    open_again.unwrap();
    assert_eq!(list(&desk, ListName::Published).await, [(article, PublicationState::LiveChanged)]);
    assert!(!get(&address).1.contains("更新："), "what is live is what was published, not the draft");
    publish(&desk, article).await;
    assert!(get(&address).1.contains("更新："));
    assert_eq!(list(&desk, ListName::Published).await, [(article, PublicationState::Live)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_changed_since_it_was_previewed_is_not_published() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path()).await;
    let (article, mut view) = draft(&desk).await;
    let seen = previewed(&desk, article).await;
    view.types(&desk.galley, &[(0, 0, "又改了：")]).await;
    let request = PublishRequest {
        article,
        page_hash: seen,
        intent: uuid::Uuid::now_v7().to_string(),
        correction: None,
    };
    let refused = desk.galley.publish(request).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::PageChanged);
    assert!(list(&desk, ListName::Published).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_press_of_the_button_sent_twice_publishes_once() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path()).await;
    let (article, _) = draft(&desk).await;
    let page_hash = previewed(&desk, article).await;
    let request =
        PublishRequest { article, page_hash, intent: uuid::Uuid::now_v7().to_string(), correction: None };
    let first = desk.galley.publish(request.clone()).await.unwrap();
    let second = desk.galley.publish(request).await.unwrap();
    assert_eq!(first.published_at, second.published_at);
    assert_eq!(first.modified_at, second.modified_at);
}

#[tokio::test(flavor = "multi_thread")]
async fn taken_down_the_page_is_gone_and_put_back_it_reads_as_before() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path()).await;
    let (article, _) = draft(&desk).await;
    let address = publish(&desk, article).await.address.unwrap();
    let before = get(&address).1;
    desk.galley.take_down(article, "数字有误".to_owned()).await.unwrap();
    assert_eq!(get(&address).0, 410);
    assert_eq!(
        list(&desk, ListName::Drafts).await.first().map(|row| row.1),
        Some(PublicationState::TakenDown)
    );
    desk.galley.put_back(article).await.unwrap();
    assert_eq!(get(&address), (200, before));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_article_without_its_headline_is_refused_with_what_is_missing() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path()).await;
    let (article, _) = draft(&desk).await;
    let fields = BTreeMap::from([(field::HEADLINE.to_owned(), String::new())]);
    desk.galley.set_fields(FieldsRequest { article, fields }).await.unwrap();
    let ask = PreviewRequest { article, view: String::new(), view_seq: 0, have: 0, correction: None };
    let preview = desk.galley.preview(ask).await.unwrap();
    assert!(
        preview.problems.iter().any(|problem| problem.hard && problem.field == field::HEADLINE),
        "{preview:?}"
    );
    let intent = uuid::Uuid::now_v7().to_string();
    let request = PublishRequest { article, page_hash: preview.page_hash, intent, correction: None };
    assert_eq!(desk.galley.publish(request).await.unwrap_err().code, ErrorCode::NotReady);

    let fields = BTreeMap::from([(field::HEADLINE.to_owned(), "字".repeat(10_000))]);
    desk.galley.set_fields(FieldsRequest { article, fields }).await.unwrap();
    let intent = uuid::Uuid::now_v7().to_string();
    let page_hash = previewed(&desk, article).await;
    let refused = desk
        .galley
        .publish(PublishRequest { article, page_hash, intent, correction: None })
        .await
        .unwrap_err();
    assert_eq!(refused.code, ErrorCode::NotReady);
    assert_eq!(refused.values.get("reason").map(String::as_str), Some("too_long"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_site_folder_that_vanished_is_told_and_written_again_when_asked() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path()).await;
    let (first, _) = draft(&desk).await;
    let address = publish(&desk, first).await.address.unwrap();
    std::fs::remove_dir_all(dir.path().join("site")).unwrap();
    let (second, _) = draft(&desk).await;
    let page_hash = previewed(&desk, second).await;
    let request = PublishRequest {
        article: second,
        page_hash,
        intent: uuid::Uuid::now_v7().to_string(),
        correction: None,
    };
    let refused = desk.galley.publish(request.clone()).await.unwrap_err();
    assert_eq!((refused.code, refused.retry), (ErrorCode::SiteFolder, true), "{refused:?}");
    desk.galley.rebuild_site().await.unwrap();
    assert_eq!(get(&address).0, 200, "what was live is written again");
    let published = desk.galley.publish(request).await.unwrap();
    assert_eq!(get(&published.address.unwrap()).0, 200, "and the same press of the button goes through");
}

/// Every file of the site, by its path.
fn site_files(dir: &std::path::Path) -> BTreeMap<String, Vec<u8>> {
    let mut files = BTreeMap::new();
    let mut folders = vec![dir.join("site")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap().map(Result::unwrap) {
            match entry.file_type().unwrap().is_dir() {
                true => folders.push(entry.path()),
                false => {
                    let name = entry.path().strip_prefix(dir).unwrap().display().to_string();
                    files.insert(name, std::fs::read(entry.path()).unwrap());
                }
            }
        }
    }
    files
}

#[tokio::test(flavor = "multi_thread")]
async fn a_theme_that_breaks_leaves_the_site_as_it_is_over_a_restart_too() {
    let dir = tempfile::tempdir().unwrap();
    let theme = dir.path().join("theme");
    std::fs::create_dir_all(&theme).unwrap();
    std::fs::write(theme.join("site.css"), "body { color: #123456 }").unwrap();
    let desk = open(dir.path()).await;
    // An address of its own: the port of this computer may be another's after a restart.
    let site = desk.galley.site_settings().await.unwrap();
    let settings = SiteSettings {
        base_url: "https://news.example".to_owned(),
        theme: "own".to_owned(),
        ..site.settings
    };
    desk.galley.save_site_settings(SiteSettingsVersion { settings, ..site }).await.unwrap();
    let (article, _) = draft(&desk).await;
    publish(&desk, article).await;
    // What was begun with the settings before may still be under way.
    let sheet =
        |desk: &Desk| desk.galley.newsroom().templates().assets(&SiteSettings::default()).remove(0).path;
    let is_set = |sheet: &str| {
        let pages = site_files(dir.path()).into_iter().filter(|(name, _)| name.ends_with(".html"));
        pages.into_iter().all(|(_, page)| String::from_utf8_lossy(&page).contains(sheet))
    };
    while !is_set(&sheet(&desk)) {
        desk.galley.newsroom().work(crate::clock::now()).await.unwrap();
        tokio::task::yield_now().await;
    }
    desk.galley.close().await.unwrap();
    drop(desk);
    // Nor is anything left for the starts below that a close has cut short.
    let desk = open(dir.path()).await;
    desk.galley.newsroom().work(crate::clock::now()).await.unwrap();
    desk.galley.close().await.unwrap();
    drop(desk);
    let published = site_files(dir.path());
    assert!(
        published.values().any(|file| file.windows(7).any(|part| part == b"#123456")),
        "the theme is used"
    );

    let check = async |file: &str, text: &[u8], code: &str| {
        std::fs::write(theme.join(file), text).unwrap();
        let desk = open(dir.path()).await;
        desk.galley.newsroom().work(crate::clock::now()).await.unwrap();
        let notices = desk.galley.start().await.unwrap().notices;
        assert!(
            notices.iter().any(|notice| notice.code == code && notice.values["file"] == file),
            "{notices:?}"
        );
        let now = site_files(dir.path());
        let differs = |(name, bytes): &(&String, &Vec<u8>)| published.get(*name) != Some(*bytes);
        let moved: Vec<_> = now.iter().filter(differs).map(|(name, _)| name).collect();
        assert!(moved.is_empty() && now.len() == published.len(), "{file} restyles nothing: {moved:?}");
        desk.galley.close().await.unwrap();
        drop(desk);
        std::fs::remove_file(theme.join(file)).unwrap();
    };
    check("page.html", b"{% if %}", "template_broken").await;
    check("article.html", &[0xc7, 0xe5, 0xd1, 0xf9], "template_file").await;
    check("layout.html", &vec![b' '; 2 << 20], "template_file").await;
    // A folder that was emptied restyles nothing either, until the settings name another theme.
    std::fs::remove_file(theme.join("site.css")).unwrap();
    let desk = open(dir.path()).await;
    desk.galley.newsroom().work(crate::clock::now()).await.unwrap();
    assert!(site_files(dir.path()) == published, "an emptied folder restyles nothing");
    super::theme::choose(&desk, "county", &[]).await;
    desk.galley.newsroom().work(crate::clock::now()).await.unwrap();
    assert!(site_files(dir.path()) != published);
}

#[tokio::test(flavor = "multi_thread")]
async fn only_what_was_published_is_called_so_in_the_history() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path()).await;
    let (article, _) = draft(&desk).await;
    let intent = || uuid::Uuid::now_v7().to_string();
    let stale = PublishRequest {
        article,
        page_hash: Sha256::of(b"another page"),
        intent: intent(),
        correction: None,
    };
    assert_eq!(desk.galley.publish(stale).await.unwrap_err().code, ErrorCode::PageChanged);
    let published = async || {
        let revisions = desk.galley.revisions(article).await.unwrap();
        revisions.iter().filter(|revision| revision.reason == "publish").count()
    };
    assert_eq!(published().await, 0);
    publish(&desk, article).await;
    assert_eq!(published().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn readers_and_the_preview_get_the_same_renditions_and_never_the_original() {
    use galley_testkit::photos::{Format, PHOTOGRAPHER, PRIVATE_MARKS, Photo};
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path()).await;
    let (article, mut view) = draft(&desk).await;
    let photo = Photo { width: 700, height: 500, orientation: 6, ..Photo::default() }.file(Format::Jpeg);
    let added = desk.galley.add_photo(article, "湖.jpg".to_owned(), photo).await.unwrap();
    view.types(&desk.galley, &[(0, 0, &format!("![](photo:{})\n\n", added.id))]).await;
    let address = publish(&desk, article).await.address.unwrap();
    let (_, page) = get(&address);
    let (site, _) = address.split_once("/articles/").unwrap();
    let named: std::collections::BTreeSet<&str> =
        page.split(['"', ' ']).filter(|part| part.starts_with("/media/")).collect();
    assert_eq!(named.len(), 2, "upright it is 500 wide, which is one width in two formats: {named:?}");
    assert!(page.contains("width=\"500\" height=\"700\""));
    for path in named {
        let (status, bytes) = get_bytes(&format!("{site}{path}"));
        assert_eq!(status, 200, "{path}");
        let previewed = desk.galley.resource(path).unwrap();
        assert_eq!(previewed.bytes, bytes, "{path}");
        let holds = |mark: &[u8]| bytes.windows(mark.len()).any(|window| window == mark);
        assert!(holds(PHOTOGRAPHER.as_bytes()), "{path} names who took it");
        assert!(!PRIVATE_MARKS.iter().any(|mark| holds(mark)), "{path}");
    }
    assert_eq!(get(&format!("{site}/media/{}.jpg", added.sha256)).0, 404);
    assert!(desk.galley.resource(&format!("/media/{}-9999.jpg", added.sha256)).is_none());
    assert!(desk.galley.resource(&format!("/media/{}-480.jpg", Sha256::of(b"none"))).is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_correction_is_seen_on_the_page_and_on_its_list_before_it_is_published_with_the_article() {
    use galley_model::workflow::{CorrectionKind, CorrectionNote};
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path()).await;
    let (article, _) = draft(&desk).await;
    let address = publish(&desk, article).await.address.unwrap();
    let text = "收购量应为三万吨。";
    let note = CorrectionNote { kind: CorrectionKind::Correction, text: text.to_owned() };
    let ask = |correction| PreviewRequest { article, view: String::new(), view_seq: 0, have: 0, correction };
    let without = desk.galley.preview(ask(None)).await.unwrap();
    let with = desk.galley.preview(ask(Some(note.clone()))).await.unwrap();
    assert!(!without.page.unwrap().contains(text) && with.page.unwrap().contains(text));
    assert_ne!(without.page_hash, with.page_hash);
    let list = desk.galley.preview_index(article, "/corrections.html", Some(note.clone())).await.unwrap();
    assert!(list.contains(text), "{list}");
    // The page without it is not what is asked for.
    let request = |page_hash, correction| {
        let intent = uuid::Uuid::now_v7().to_string();
        PublishRequest { article, page_hash, intent, correction }
    };
    let refused = desk.galley.publish(request(without.page_hash, Some(note.clone()))).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::PageChanged);
    desk.galley.publish(request(with.page_hash, Some(note))).await.unwrap();
    let page = get(&address).1;
    assert!(page.contains(text));
    assert_eq!(desk.galley.preview(ask(None)).await.unwrap().page.unwrap(), page, "dated as readers see it");
    let site = address.split_once("/articles/").unwrap().0;
    assert!(get(&format!("{site}/corrections.html")).1.contains(text));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retraction_puts_its_notice_in_the_place_of_the_page_for_good() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path()).await;
    let (article, _) = draft(&desk).await;
    let address = publish(&desk, article).await.address.unwrap();
    let retract = |notice: &str| desk.galley.retract(article, "失实".to_owned(), notice.to_owned());
    assert_eq!(retract(" ").await.unwrap_err().code, ErrorCode::NotReady);
    retract("本文内容失实，现予撤回。").await.unwrap();
    let page = get(&address).1;
    assert!(page.contains("本文内容失实，现予撤回。") && !page.contains("应收尽收"), "{page}");
    assert_eq!(desk.galley.put_back(article).await.unwrap_err().code, ErrorCode::NotReady);
    // Its notice is what readers have.
    let expected = [(article, PublicationState::Retracted)];
    assert_eq!(list(&desk, ListName::Published).await, expected);
    assert!(list(&desk, ListName::Drafts).await.iter().all(|(id, _)| *id != article));
    desk.galley.trash(article).await.unwrap();
    desk.galley.put_back_from_trash(article).await.unwrap();
    assert_eq!(list(&desk, ListName::Published).await, expected);
    // As a version left it that did not know the word.
    let library = desk.galley.library();
    library.place(vec![(article, List::Drafts, Publication::TakenDown)]).await.unwrap();
    library.set_setting("own_retractions_listed", "").await.unwrap();
    desk.galley.list_own_retractions().await.unwrap();
    assert_eq!(list(&desk, ListName::Published).await, expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_that_a_publication_would_change_are_seen_as_they_will_be() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path()).await;
    let (article, _) = draft(&desk).await;
    let pages = desk.galley.site_pages(article).await.unwrap();
    let addresses: Vec<&str> = pages.iter().map(|page| page.address.as_str()).collect();
    assert_eq!(addresses[..2], ["/", "/sections/news.html"], "{addresses:?}");
    assert!(addresses.iter().any(|address| address.starts_with("/editors/")), "{addresses:?}");
    for address in addresses {
        let page = desk.galley.preview_index(article, address, None).await.unwrap();
        assert!(page.contains("秋粮收购进入尾声"), "{address}");
    }
    let refused = desk.galley.preview_index(article, "/articles/x.html", None).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::InvalidSetting);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_logo_is_looked_at_cleaned_and_published_with_the_settings() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path()).await;
    let (article, _) = draft(&desk).await;
    let address = publish(&desk, article).await.address.unwrap();
    let save = async |mime: &str, bytes: Vec<u8>| {
        let site = desk.galley.site_settings().await.unwrap();
        let logo = Some(SiteLogo { mime: mime.to_owned(), bytes, ..SiteLogo::default() });
        let settings = SiteSettings { logo, ..site.settings };
        desk.galley.save_site_settings(SiteSettingsVersion { settings, ..site }).await
    };
    let photo = photos::Photo { width: 160, height: 120, ..photos::Photo::default() };
    let photo = photo.file(photos::Format::Png);
    let holds = |bytes: &[u8], mark: &[u8]| bytes.windows(mark.len()).any(|part| part == mark);
    let is_private = |bytes: &[u8]| PRIVATE_MARKS.iter().any(|mark| holds(bytes, mark));
    assert!(is_private(&photo));
    // What the window says of its kind does not count.
    let saved = save("image/webp", photo).await.unwrap();
    let logo = saved.settings.logo.clone().unwrap();
    assert_eq!((logo.mime.as_str(), logo.width, logo.height), ("image/png", 160, 120));
    assert!(!is_private(&logo.bytes));
    let site = address.split_once("/articles/").unwrap().0;
    let mut page = get(&address).1;
    while !page.contains("class=\"logo\"") {
        tokio::task::yield_now().await;
        page = get(&address).1;
    }
    let path = page.split('"').find(|part| part.starts_with("/assets/logo-")).unwrap();
    assert_eq!(get_bytes(&format!("{site}{path}")), (200, logo.bytes.clone()));
    assert_eq!(desk.galley.resource(path).unwrap().bytes, logo.bytes, "the preview loads it too");
    assert!(page.contains(&format!("\"url\":\"{site}{path}\"")), "search engines are told");
    // Saved again as it is, nothing moves; what is no logo is refused, and the one that is there stays.
    assert_eq!(desk.galley.save_site_settings(saved.clone()).await.unwrap().version, saved.version);
    let heavy = photos::heavy_png(7, 400, 300);
    assert!(heavy.len() > 100_000);
    for bytes in [b"no picture".to_vec(), heavy, photos::Photo::default().file(photos::Format::Gif)] {
        let refused = save("image/png", bytes).await.unwrap_err();
        assert_eq!((refused.code, refused.values["field"].as_str()), (ErrorCode::InvalidSetting, "logo"));
    }
    assert_eq!(desk.galley.site_settings().await.unwrap().settings, saved.settings);
}
