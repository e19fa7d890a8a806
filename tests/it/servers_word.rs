//! What a device learns from its server without signing in again: the settings of the site, what its person may do,
//! and what became of a judgement that was made off line.

use galley_client::Event;
use galley_client::api::{ErrorCode, ListName, ListRequest, NewsroomWord, SiteSettingsVersion};
use galley_model::ArticleId;
use galley_model::site::{Section, SiteSettings};
use galley_model::workflow::{Policy, Role, Verdict};

use super::house::{Device, House};
use super::simulated_newsroom::world::now;

impl Device {
    fn server_settings(&self) -> SiteSettingsVersion {
        self.galley.server_settings().unwrap().unwrap()
    }

    async fn word(&self, article: ArticleId) -> NewsroomWord {
        self.galley.article_standing(article).await.unwrap().word.unwrap()
    }

    fn notices(&self) -> Vec<(String, String)> {
        let told = self.told.lock().unwrap();
        let notice = |event: &Event| match event {
            Event::Notice(notice) => {
                Some((notice.code.clone(), notice.values.get("roles").cloned().unwrap_or_default()))
            }
            _ => None,
        };
        told.iter().filter_map(notice).collect()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_edits_the_servers_site_and_every_device_and_page_follows() {
    let house = House::new(Policy::solo().reference()).await;
    let mut chief = house.device(0, "程总编", &[Role::Admin, Role::EditorInChief]).await;
    let mut other = house.device(1, "孙管理员", &[Role::Admin]).await;
    let mut reporter = house.device(2, "林一舟", &[Role::Reporter]).await;
    for device in [&mut chief, &mut other, &mut reporter] {
        device.sync().await;
    }
    let article = reporter.draft("步道今日开放", "三公里。").await;
    assert!(reporter.open(article).await.is_servers);
    let before = chief.server_settings();
    let change = |settings: SiteSettings| SiteSettings {
        name: "临湖新闻网".to_owned(),
        copyright: "© 临湖日报社".to_owned(),
        sections: vec![Section { path: vec!["都市".to_owned()], slug: "city".to_owned() }],
        ..settings
    };
    let next = SiteSettingsVersion { version: before.version, settings: change(before.settings.clone()) };
    assert_eq!(
        reporter.galley.save_server_settings(next.clone()).await.unwrap_err().code,
        ErrorCode::NotPermitted
    );
    let saved = chief.galley.save_server_settings(next.clone()).await.unwrap();
    assert_eq!((saved.version, saved.settings.name.as_str()), (before.version + 1, "临湖新闻网"));
    assert_eq!(chief.server_settings().settings, saved.settings, "here at once");
    assert_ne!(chief.galley.site_settings().await.unwrap().settings.name, "临湖新闻网", "its own site stays");

    // Somebody else still edits the version before: they are told by whom, and have the newest beside what they typed.
    let mut typed = other.server_settings();
    assert_eq!(typed.version, before.version);
    typed.settings.hotline = "12345".to_owned();
    let moved = other.galley.save_server_settings(typed.clone()).await.unwrap_err();
    assert_eq!((moved.code, moved.values["name"].as_str()), (ErrorCode::SettingsMoved, "程总编"));
    let newest = other.server_settings();
    assert_eq!(newest.version, saved.version);
    let merged = SiteSettings { hotline: typed.settings.hotline, ..newest.settings };
    let merged = SiteSettingsVersion { version: newest.version, settings: merged };
    let merged = other.galley.save_server_settings(merged).await.unwrap();
    assert_eq!(
        (merged.settings.copyright.as_str(), merged.settings.hotline.as_str()),
        ("© 临湖日报社", "12345")
    );

    // With the feed it is the reporter's too: sections, preview, and what readers get.
    reporter.sync().await;
    assert_eq!(reporter.server_settings().version, merged.version);
    assert_eq!(reporter.server_settings().settings.sections.len(), 1);
    let page = reporter.preview(article).await.page.unwrap();
    assert!(page.contains("临湖新闻网") && page.contains("© 临湖日报社"), "{page}");
    house.app.newsroom().work(now()).await.unwrap();
    assert!(house.read("/").await.contains("© 临湖日报社"));

    // What cannot be is refused by its name, and without a network nothing is lost.
    let wrong = SiteSettingsVersion {
        version: merged.version,
        settings: SiteSettings { base_url: "news.example".to_owned(), ..merged.settings.clone() },
    };
    let refused = chief.galley.save_server_settings(wrong).await.unwrap_err();
    assert_eq!((refused.code, refused.values["field"].as_str()), (ErrorCode::InvalidSetting, "base_url"));
    house.network.set_offline(0, true);
    let offline = chief.galley.save_server_settings(merged).await.unwrap_err();
    assert_eq!((offline.code, offline.retry), (ErrorCode::Offline, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn roles_and_policy_are_learnt_with_a_sync_and_what_was_typed_stays() {
    let house = House::new(Policy::two_eyes().reference()).await;
    let mut reporter = house.device(0, "林一舟", &[Role::Reporter]).await;
    let mut editor = house.device(1, "李编辑", &[Role::Reporter, Role::ResponsibleEditor]).await;
    let submitted = reporter.draft("桥通车", "积水三十厘米。").await;
    reporter.galley.submit(submitted).await.unwrap();
    reporter.sync().await;
    editor.sync().await;
    let for_me = async |device: &Device| {
        let request = ListRequest { list: ListName::ForMe, offset: 0, limit: 50 };
        device.galley.list_articles(request).await.unwrap().rows.len()
    };
    assert_eq!(for_me(&editor).await, 1);
    let own = editor.draft("手记", "写到一半").await;
    editor.sync().await;

    house.app.accounts().set_roles("李编辑", [Role::Reporter].into(), now()).await.unwrap();
    house.app.newsroom().set_new_policy(Policy::three_reviews().reference(), now()).await.unwrap();
    // Typed before the device knows, and while it learns.
    editor.types(own, 4, "，还在写").await;
    editor.galley.claim(submitted).await.unwrap();
    editor.sync().await;
    let account = editor.galley.account().unwrap().unwrap();
    assert_eq!((account.roles.join(" "), account.signed_in), ("reporter".to_owned(), true));
    assert_eq!(for_me(&editor).await, 0, "nothing waits for their judgement any more");
    assert!(editor.notices().contains(&("roles_taken".to_owned(), "responsible_editor".to_owned())));
    let told = editor
        .told
        .lock()
        .unwrap()
        .iter()
        .any(|event| matches!(event, Event::Account(account) if account.roles == ["reporter"]));
    assert!(told, "the window is told at once");
    assert_eq!(editor.open(own).await.body, "写到一半，还在写");
    let refused = editor.galley.outbox(0, 50).unwrap().into_iter().find(|row| row.intent == "claim").unwrap();
    assert_eq!((refused.state.as_str(), refused.reason.as_str()), ("refused", "no_such_article"));
    // The other way, for somebody who learns nothing but this: a cycle with nothing else to do.
    house.app.accounts().set_roles("林一舟", [Role::Reporter, Role::Publisher].into(), now()).await.unwrap();
    reporter.sync().await;
    assert_eq!(reporter.galley.account().unwrap().unwrap().roles, ["reporter", "publisher"]);
    assert!(reporter.notices().contains(&("roles_given".to_owned(), "publisher".to_owned())));
    let n_told = reporter.notices().len();
    reporter.sync().await;
    assert_eq!(reporter.notices().len(), n_told, "told once");
    // What new articles pass is known too: by it the first step is chosen.
    house.app.newsroom().set_new_policy(Policy::solo().reference(), now()).await.unwrap();
    reporter.sync().await;
    let draft = reporter.galley.create_article().await.unwrap().id;
    assert_eq!(reporter.galley.article_standing(draft).await.unwrap().first_step, "publish");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_hands_in_off_line_and_types_on_hands_in_once_with_the_newest_text() {
    let house = House::new(Policy::two_eyes().reference()).await;
    let mut reporter = house.device(0, "林一舟", &[Role::Reporter]).await;
    let mut editor = house.device(1, "李编辑", &[Role::ResponsibleEditor]).await;
    let article = reporter.draft("桥通车", "积水三十厘米。").await;
    reporter.sync().await;
    house.network.set_offline(0, true);
    reporter.galley.submit(article).await.unwrap();
    reporter.types(article, 2, "约").await;
    reporter.sync().await;
    reporter.types(article, 0, "昨夜").await;
    house.network.set_offline(0, false);
    reporter.sync().await;
    assert_eq!(reporter.word(article).await.stage, "submitted");
    let rows = reporter.galley.outbox(0, 50).unwrap();
    let submits: Vec<_> = rows.into_iter().filter(|row| row.intent == "submit").collect();
    let [submit] = submits.as_slice() else { panic!("{submits:?}") };
    assert_eq!((submit.state.as_str(), submit.reason.as_str()), ("sent", ""));
    editor.sync().await;
    assert_eq!(editor.open(article).await.body, "昨夜积水约三十厘米。");

    // Handed in, its author writes on, and the reviewer signs what then stands there.
    reporter.types(article, 0, "通报：").await;
    reporter.sync().await;
    assert_eq!(reporter.word(article).await.stage, "submitted");
    editor.galley.claim(article).await.unwrap();
    editor.sync().await;
    let seen = Some(editor.preview(article).await.page_hash);
    editor.galley.sign_off(article, Verdict::Adopt, String::new(), seen, None).await.unwrap();
    editor.sync().await;
    assert_eq!(editor.word(article).await.stage, "approved");
    assert_eq!(editor.open(article).await.body, "通报：昨夜积水约三十厘米。");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_made_off_line_for_an_older_text_is_an_opinion_until_it_is_given_again() {
    let house = House::new(Policy::two_eyes().reference()).await;
    let mut reporter = house.device(0, "林一舟", &[Role::Reporter]).await;
    let mut editor = house.device(1, "李编辑", &[Role::ResponsibleEditor]).await;
    let article = reporter.draft("桥通车", "积水三十厘米。").await;
    reporter.galley.submit(article).await.unwrap();
    reporter.sync().await;
    editor.sync().await;
    editor.galley.claim(article).await.unwrap();
    editor.sync().await;

    house.network.set_offline(1, true);
    editor.sync().await;
    let seen = editor.preview(article).await.page_hash;
    editor.galley.sign_off(article, Verdict::Adopt, "可以".to_owned(), Some(seen), None).await.unwrap();
    reporter.types(article, 2, "约").await;
    reporter.sync().await;
    house.network.set_offline(1, false);
    editor.sync().await;
    editor.sync().await;

    assert_eq!(editor.open(article).await.body, "积水约三十厘米。");
    let said = editor.word(article).await;
    assert_eq!((said.stage.as_str(), said.sign_offs.len()), ("review[1]", 0));
    let [kept] = said.opinions.as_slice() else { panic!("{said:?}") };
    assert_eq!((kept.no_effect.as_str(), kept.name.as_str()), ("content_changed", "李编辑"));
    assert!(kept.is_mine && kept.is_stale && kept.offline && kept.may_sign_again, "{kept:?}");
    let inserted = |since: galley_client::api::ChangesSince| {
        let runs = since.comparison.body.into_iter().filter(|run| run.kind != "same");
        runs.map(|run| (run.kind, run.text)).collect::<Vec<_>>()
    };
    let changed = [("inserted".to_owned(), "约".to_owned())];
    let since = editor.galley.difference_since(article, kept.content_hash).await.unwrap();
    let shown = since.content_hash;
    assert_eq!(inserted(since), changed, "from the version that this computer kept");
    // Another computer has it from the server, which keeps what was judged.
    reporter.sync().await;
    let theirs = &reporter.word(article).await.opinions[0];
    assert!(!theirs.is_mine && !theirs.may_sign_again);
    let since = reporter.galley.difference_since(article, theirs.content_hash).await.unwrap();
    assert_eq!(inserted(since), changed);

    // What a colleague writes after the changes were shown is not signed with them.
    reporter.types(article, 0, "昨夜").await;
    reporter.sync().await;
    editor.sync().await;
    let seen = Some(editor.preview(article).await.page_hash);
    let comment = kept.comment.clone();
    let again = editor.galley.sign_off(article, Verdict::Adopt, comment.clone(), seen, Some(shown)).await;
    assert_eq!(again.unwrap_err().code, ErrorCode::TextMoved);
    editor.sync().await;
    assert_eq!(editor.word(article).await.opinions.len(), 1, "nothing was signed");
    let since = editor.galley.difference_since(article, kept.content_hash).await.unwrap();
    let shown = Some(since.content_hash);
    editor.galley.sign_off(article, Verdict::Adopt, comment, seen, shown).await.unwrap();
    editor.sync().await;
    let said = editor.word(article).await;
    assert_eq!((said.stage.as_str(), said.sign_offs.len(), said.opinions.len()), ("approved", 1, 1));
    assert!(!said.opinions[0].may_sign_again, "given again already");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signature_for_what_somebody_returned_meanwhile_is_kept_and_its_signer_is_told_why() {
    let house = House::new(Policy::two_eyes().reference()).await;
    let mut reporter = house.device(0, "林一舟", &[Role::Reporter]).await;
    let mut editor = house.device(1, "李编辑", &[Role::ResponsibleEditor]).await;
    let mut chief = house.device(2, "程总编", &[Role::EditorInChief]).await;
    let article = reporter.draft("桥通车", "积水三十厘米。").await;
    reporter.galley.submit(article).await.unwrap();
    reporter.sync().await;
    editor.sync().await;
    editor.galley.claim(article).await.unwrap();
    editor.sync().await;
    chief.sync().await;
    house.network.set_offline(1, true);
    editor.sync().await;
    let seen = editor.preview(article).await.page_hash;
    editor.galley.sign_off(article, Verdict::Adopt, String::new(), Some(seen), None).await.unwrap();
    chief.galley.sign_off(article, Verdict::Return, "数字不对".to_owned(), None, None).await.unwrap();
    chief.sync().await;
    house.network.set_offline(1, false);
    editor.sync().await;
    let said = editor.word(article).await;
    assert_eq!(said.stage, "returned");
    assert_eq!((said.opinions[0].no_effect.as_str(), said.opinions[0].may_sign_again), ("returned", false));
    assert_eq!(said.sign_offs.len(), 1, "the return alone counts");
}
