//! The theme of this computer's site: chosen, copied, edited, broken and mended.

use std::path::Path;

use galley_model::site::SiteSettings;

use super::{Desk, open};
use crate::Event;
use crate::api::{ErrorCode, Notice, PreviewRequest, SiteSettingsVersion};

/// Sets the site in a theme, with options.
pub(super) async fn choose(desk: &Desk, theme: &str, options: &[(&str, &str)]) {
    let site = desk.galley.site_settings().await.unwrap();
    let theme_options = options.iter().map(|(id, value)| ((*id).to_owned(), (*value).to_owned())).collect();
    let settings = SiteSettings { theme: theme.to_owned(), theme_options, ..site.settings };
    desk.galley.save_site_settings(SiteSettingsVersion { settings, ..site }).await.unwrap();
}

async fn page(desk: &Desk) -> String {
    let article = desk.galley.create_article().await.unwrap().id;
    let ask = PreviewRequest { article, view: String::new(), view_seq: 0, have: 0, correction: None };
    desk.galley.preview(ask).await.unwrap().page.unwrap()
}

fn told(desk: &Desk) -> Vec<Notice> {
    let events = std::mem::take(&mut *desk.events.lock().unwrap());
    let notice = |event| if let Event::Notice(notice) = event { Some(notice) } else { None };
    events.into_iter().filter_map(notice).collect()
}

fn edit(folder: &Path, change: impl Fn(String) -> String) {
    let path = folder.join("theme/article.html");
    let text = std::fs::read_to_string(&path).unwrap();
    // At once, as most editors do: nobody who looks meanwhile sees half of it.
    let aside = folder.join("theme/.article.html");
    std::fs::write(&aside, change(text)).unwrap();
    std::fs::rename(aside, path).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_copy_of_a_built_in_theme_sets_the_same_pages_and_is_followed_while_it_is_edited() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path()).await;
    let before = page(&desk).await;
    let name = desk.galley.copy_theme("county").await.unwrap();
    assert_eq!(page(&desk).await.len(), before.len(), "a copy that nobody chose changes nothing");
    choose(&desk, &name, &[]).await;
    let list = desk.galley.themes().await.unwrap();
    let own = list.themes.iter().find(|theme| theme.is_own).unwrap();
    assert_eq!((own.name.as_str(), list.problem.is_some()), (name.as_str(), false));
    let county = list.themes.iter().find(|theme| theme.name == "county").unwrap();
    assert_eq!(own.options.len(), county.options.len());
    for (language, title) in [("zh-Hans", "县域新闻网（副本）"), ("en", "County news site (copy)")] {
        assert_eq!(own.title[language], title);
    }
    let sheet = |page: &str| page.split("/assets/").nth(1).unwrap().split('"').next().unwrap().to_owned();
    assert_eq!(sheet(&page(&desk).await), sheet(&before), "the copy looks as the original");

    desk.galley.start().await.unwrap();
    told(&desk);
    edit(dir.path(), |text| text.replace("<article", "<article data-edited=\"湖心\""));
    desk.galley.follow_theme().await;
    assert!(page(&desk).await.contains("data-edited=\"湖心\""));
    assert!(told(&desk).is_empty());

    edit(dir.path(), |text| format!("{{% if %}}\n{text}"));
    desk.galley.follow_theme().await;
    let notices = told(&desk);
    let [broken] = notices.as_slice() else { panic!("{notices:?}") };
    assert_eq!(broken.code, "template_broken");
    assert_eq!((broken.values["file"].as_str(), broken.values["line"].as_str()), ("article.html", "1"));
    assert!(page(&desk).await.contains("data-edited=\"湖心\""), "the last good page stays");
    let problem = desk.galley.themes().await.unwrap().problem.unwrap();
    assert_eq!(problem.values["line"], "1");

    edit(dir.path(), |text| text.replace("{% if %}\n", "").replace("湖心", "湖心岛"));
    desk.galley.follow_theme().await;
    assert_eq!(told(&desk).iter().map(|notice| notice.code.as_str()).collect::<Vec<_>>(), ["theme_mended"]);
    assert!(page(&desk).await.contains("data-edited=\"湖心岛\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_an_editor_writes_twice_leaves_the_preview_whole() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path()).await;
    let name = desk.galley.copy_theme("county").await.unwrap();
    choose(&desk, &name, &[]).await;
    desk.galley.start().await.unwrap();
    let path = dir.path().join("theme/article.html");
    let marked = |mark: &str| std::fs::read_to_string(&path).unwrap().replacen("<article", mark, 1);
    let (first, second) = (marked("<article data-n=\"1\""), marked("<article data-n=\"2\""));
    // Half of it first; then the whole, and another whole under the same time and of the same length.
    std::fs::write(&path, &first.as_bytes()[..first.len() / 2]).unwrap();
    desk.galley.glance_at_theme().await;
    assert!(!page(&desk).await.contains("data-n"), "the last good page stays");
    std::fs::write(&path, first).unwrap();
    let time = std::fs::metadata(&path).unwrap().modified().unwrap();
    desk.galley.glance_at_theme().await;
    assert!(page(&desk).await.contains("data-n=\"1\""));
    std::fs::write(&path, second).unwrap();
    std::fs::File::options().write(true).open(&path).unwrap().set_modified(time).unwrap();
    desk.galley.glance_at_theme().await;
    assert!(page(&desk).await.contains("data-n=\"2\""));
    assert!(desk.galley.themes().await.unwrap().problem.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_in_the_folder_is_ever_overwritten() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path()).await;
    desk.galley.copy_theme("county").await.unwrap();
    edit(dir.path(), |text| format!("{text}<!-- 自己的 -->"));
    let refused = desk.galley.copy_theme("daily").await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::ThemeExists);
    assert!(std::fs::read_to_string(dir.path().join("theme/article.html")).unwrap().contains("自己的"));
    assert_eq!(desk.galley.copy_theme("nowhere").await.unwrap_err().code, ErrorCode::InvalidSetting);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_settings_choose_the_theme_and_its_options_and_both_come_back_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path()).await;
    let list = desk.galley.themes().await.unwrap();
    let daily = list.themes.iter().find(|theme| theme.name == "daily").unwrap();
    let colour = daily.options.iter().find(|option| option.kind == crate::api::ThemeOptionKind::Colour);
    let colour = colour.map(|option| option.id.clone());
    let set: Vec<(&str, &str)> = colour.iter().map(|id| (id.as_str(), "#0a4c6a")).collect();
    choose(&desk, "daily", &set).await;
    let check = async |desk: &Desk| {
        assert_eq!(desk.galley.newsroom().templates().manifest().name, "daily");
        let page = page(desk).await;
        let path =
            page.split("href=\"").find_map(|rest| rest.split('"').next().filter(|it| it.ends_with(".css")));
        let sheet = desk.galley.resource(path.unwrap()).unwrap();
        if colour.is_some() {
            assert!(String::from_utf8(sheet.bytes).unwrap().contains("#0a4c6a"));
        }
    };
    check(&desk).await;
    desk.galley.close().await.unwrap();
    drop(desk);
    check(&open(dir.path()).await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_theme_folder_that_is_emptied_keeps_the_last_look_and_says_so() {
    let dir = tempfile::tempdir().unwrap();
    let desk = open(dir.path()).await;
    let name = desk.galley.copy_theme("county").await.unwrap();
    edit(dir.path(), |text| text.replace("<article", "<article data-own"));
    choose(&desk, &name, &[]).await;
    std::fs::remove_dir_all(dir.path().join("theme")).unwrap();
    desk.galley.close().await.unwrap();
    drop(desk);
    let desk = open(dir.path()).await;
    let notices = desk.galley.start().await.unwrap().notices;
    assert!(notices.iter().any(|notice| notice.code == "theme_missing"), "{notices:?}");
    assert!(page(&desk).await.contains("data-own"));
}

/// Measured, not guessed: a look at a folder of forty files, twice a second, is far below a thousandth of a core.
#[test]
fn a_look_at_an_unchanged_folder_costs_next_to_nothing() {
    let dir = tempfile::tempdir().unwrap();
    for n in 0..40 {
        std::fs::write(dir.path().join(format!("part-{n}.html")), "x").unwrap();
    }
    let known = crate::theme::look(dir.path());
    let begun = std::time::Instant::now();
    let n_looks: u32 = 200;
    for _ in 0..n_looks {
        assert_eq!(crate::theme::look(dir.path()), known);
    }
    let each = begun.elapsed() / n_looks;
    println!("a look at 40 files: {each:?}");
    assert!(each < std::time::Duration::from_millis(10), "{each:?}");
}
