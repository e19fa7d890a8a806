//! Every command, through the real IPC.

use std::collections::BTreeSet;

use galley_desktop::COMMANDS;
use serde_json::{Value, json};
use tauri::ipc::InvokeBody;

use super::shell::Shell;

const PHOTO: &[u8] = include_bytes!("../../src-tauri/icons/128x128.png");

#[test]
fn an_article_goes_from_the_first_key_to_the_page_and_to_the_bin_through_every_command() {
    let library = tempfile::tempdir().unwrap();
    let shell = Shell::open(library.path());
    let called = std::cell::RefCell::new(BTreeSet::new());
    let ask = |command: &'static str, request: Value| {
        called.borrow_mut().insert(command);
        shell.ask(command, request)
    };

    let state = ask("start", Value::Null);
    assert_eq!(state["language"], "zh-Hans");
    assert_eq!(state["version"], env!("CARGO_PKG_VERSION"));

    let article = ask("create_article", Value::Null);
    let (id, rev) = (article["id"].clone(), article["rev"].clone());
    let of_article = json!({ "article": id });

    // Typed, and typed again on an old revision.
    let update = |seq: u32, text: &str| json!({ "view_seq": seq, "splices": [{ "from": 0, "to": 0, "insert": text }] });
    let push = |view: &str, updates: Value| json!({ "article": id, "view": view, "base_rev": rev, "updates": updates, "caret": 3 });
    let accepted = ask("push_edits", push("one", json!([update(1, "湖心岛步道今日开放。")])));
    assert_eq!(accepted["kind"], "accepted");
    let stale = ask("push_edits", push("two", json!([update(1, "三公里")])));
    assert_eq!(stale["kind"], "stale", "{stale}");
    assert_eq!(stale["updates"][0]["splices"][0]["insert"], "湖心岛步道今日开放。");

    ask("draft_fields", json!({ "article": id, "fields": { "headline": "湖心岛" } }));
    let fields = json!({ "headline": "湖心岛步道今日开放", "source": "本地晚报", "section": "新闻中心" });
    ask("set_fields", json!({ "article": id, "fields": fields }));
    ask("draft_composition", json!({ "article": id, "text": "xin wen" }));
    ask("draft_composition", json!({ "article": id, "text": "" }));
    ask("save_view", json!({ "article": id, "caret": 4, "scroll": 20 }));

    called.borrow_mut().insert("add_photo");
    let article_id = id.as_str().unwrap();
    let headers = [("x-article", article_id), ("x-name", "%E6%B9%96.png")];
    let photo = shell.send("add_photo", InvokeBody::Raw(PHOTO.to_vec()), &headers).unwrap();
    assert_eq!(photo["sha256"].as_str().unwrap().len(), 64);

    let named = ask("name_revision", json!({ "article": id, "label": "初稿" }));
    let base = accepted["rev"].clone();
    ask(
        "push_edits",
        json!({ "article": id, "view": "one", "base_rev": base, "updates": [update(2, "今日，")], "caret": 3 }),
    );
    let revisions = ask("revisions", of_article.clone());
    assert!(revisions.as_array().unwrap().iter().any(|one| one["label"] == "初稿"), "{revisions}");
    let comparison = ask("compare", json!({ "article": id, "from": named["id"], "to": null }));
    let inserted = json!({ "kind": "inserted", "text": "今日，", "author": "" });
    assert!(comparison["body"].as_array().unwrap().contains(&inserted), "{comparison}");
    let restored = ask("restore", json!({ "article": id, "revision": named["id"] }));
    assert_eq!(restored["body"], "湖心岛步道今日开放。");

    let authority = ask("assign_responsible_editor", json!({ "article": id, "name": "周晓河" }));
    assert_eq!(authority["responsible_editor"], "周晓河");

    let preferences = ask("preferences", Value::Null);
    assert_eq!(
        ask("save_preferences", json!({ "preferences": preferences.clone(), "store_secret": "" })),
        preferences
    );
    let bucket = json!({ "bucket": "county-news", "key_id": "AKIA" });
    assert_eq!(shell.refused("try_site_store", json!({ "store": bucket, "secret": "" })), "site_store");
    called.borrow_mut().insert("try_site_store");
    let settings = ask("site_settings", Value::Null);
    let mut changed = settings.clone();
    changed["settings"]["name"] = json!("本地新闻网");
    assert_eq!(ask("save_site_settings", changed)["settings"]["name"], "本地新闻网");
    assert_eq!(ask("server_settings", Value::Null), Value::Null, "there is no server");
    let themes = ask("server_themes", Value::Null);
    assert_eq!(themes["themes"].as_array().map(Vec::len), Some(2), "{themes}");
    let themes = ask("themes", Value::Null);
    assert_eq!(themes["themes"][0]["name"], "county", "{themes}");
    let own = ask("copy_theme", json!({ "name": "county" }));
    assert!(library.path().join("theme/theme.toml").is_file(), "{own}");
    assert_eq!(shell.refused("copy_theme", json!({ "name": "county" })), "theme_exists");
    ask("show_theme_folder", Value::Null);

    let preview = ask("preview", json!({ "article": id, "view": "", "view_seq": 0, "have": 0 }));
    let page = preview["page"].as_str().unwrap();
    for word in ["湖心岛步道今日开放", "本地晚报", "周晓河", "本地新闻网"] {
        assert!(page.contains(word), "the page holds {word}");
    }
    let pages = ask("site_pages", of_article.clone());
    assert_eq!(pages[0]["address"], "/", "{pages}");
    let home = ask("preview_index", json!({ "article": id, "address": "/" }));
    assert!(home.as_str().unwrap().contains("湖心岛步道今日开放"), "the home page as it will be: {home}");
    assert_eq!(shell.refused("preview_index", json!({ "article": id, "address": "/x" })), "invalid_setting");
    let intent = "01900000-0000-7000-8000-000000000001";
    let published =
        ask("publish", json!({ "article": id, "page_hash": preview["page_hash"], "intent": intent }));
    assert_eq!(published["publication"], "live", "{published}");
    assert!(published["address"].as_str().unwrap().contains("/articles/"), "{published}");
    assert_eq!(shell.refused("trash", of_article.clone()), "not_ready", "what is live is not thrown away");
    assert_eq!(ask("take_down", json!({ "article": id, "reason": "核实" }))["publication"], "taken_down");
    assert_eq!(ask("put_back", of_article.clone())["publication"], "live");
    std::fs::remove_dir_all(library.path().join("site")).unwrap();
    ask("rebuild_site", Value::Null);
    assert!(library.path().join("site/index.html").exists(), "the site is written again");
    assert_eq!(shell.refused("take_down", json!({ "article": id, "reason": "" })), "not_ready");
    ask("take_down", json!({ "article": id, "reason": "核实" }));

    let listed = ask("list_articles", json!({ "list": "drafts", "offset": 0, "limit": 50 }));
    assert!(listed["rows"].as_array().unwrap().iter().any(|row| row["id"] == id), "{listed}");
    let counts = ask("list_counts", Value::Null);
    let drafts = json!({ "list": "drafts", "count": listed["rows"].as_array().unwrap().len() });
    assert!(counts.as_array().unwrap().contains(&drafts), "{counts}");
    ask("close_article", of_article.clone());
    let found = ask("search_articles", json!({ "query": "步道", "offset": 0, "limit": 50 }));
    assert!(found["rows"].as_array().unwrap().iter().any(|row| row["id"] == id), "{found}");
    let opened = ask("open_article", of_article.clone());
    assert_eq!(opened["meta"]["headline"], "湖心岛步道今日开放");

    // Nobody is signed in: what is the newsroom's own is refused in clear words, and nothing waits.
    assert_eq!(ask("account", Value::Null), Value::Null);
    for command in ["sign_out", "sync_now", "woke_up", "network_returned"] {
        assert_eq!(ask(command, Value::Null), Value::Null, "{command}");
    }
    assert_eq!(ask("sync_state", Value::Null)["state"], "signed_out");
    assert_eq!(ask("outbox", json!({ "offset": 0, "limit": 50 })), json!([]));
    let standing = ask("standing", of_article.clone());
    assert_eq!((&standing["upload"], &standing["word"]), (&json!("private"), &Value::Null));
    ask("let_drafts_up", json!({ "drafts": [] }));
    ask("retry", of_article.clone());
    let refuses = |command: &'static str, request: Value| {
        called.borrow_mut().insert(command);
        assert_eq!(shell.refused(command, request), "signed_out", "{command}");
    };
    for command in ["submit", "withdraw", "claim", "release", "resume"] {
        refuses(command, of_article.clone());
    }
    let verdict =
        json!({ "article": id, "verdict": "return", "comment": "核实", "page_hash": null, "shown": null });
    refuses("sign_off", verdict);
    refuses("resolve_contest", json!({ "article": id, "contest": intent, "text": "三公里" }));
    refuses("send_theme", Value::Null);
    refuses("colleagues", Value::Null);
    for command in ["add_co_author", "remove_co_author"] {
        refuses(command, json!({ "article": id, "person": intent }));
    }
    refuses("accept_late", json!({ "article": id, "late": intent }));
    refuses("refuse_late", json!({ "article": id, "late": intent }));
    refuses("save_server_settings", settings.clone());
    let judged = json!({ "article": id, "content_hash": "cd".repeat(32) });
    called.borrow_mut().insert("difference_since");
    assert_eq!(shell.refused("difference_since", judged), "revision_missing");
    called.borrow_mut().insert("sign_in");
    let nowhere = json!({ "server": "http://127.0.0.1:9", "name": "王记者", "password": "x", "code": "",
        "device_name": "笔记本", "drafts": [] });
    assert_eq!(shell.refused("sign_in", nowhere), "offline");
    let copy = ask("copy_as_draft", of_article.clone());
    assert_eq!(copy["body"], "湖心岛步道今日开放。");
    assert_ne!(copy["id"], id);

    let retraction = json!({ "article": id, "reason": "失实", "notice": "本文内容失实，现予撤回。" });
    assert_eq!(ask("retract", retraction)["publication"], "retracted");
    ask("trash", of_article.clone());
    ask("put_back_from_trash", of_article.clone());
    assert_eq!(shell.refused("delete_for_good", of_article.clone()), "not_ready");
    ask("trash", of_article.clone());
    ask("delete_for_good", of_article.clone());
    assert_eq!(shell.refused("open_article", of_article), "article_missing");

    ask("open_address", json!({ "url": "https://news.example/a.html" }));
    ask("show_data_folder", Value::Null);
    let folder = library.path().to_string_lossy().into_owned();
    let theme = library.path().join("theme").to_string_lossy().into_owned();
    assert_eq!(shell.opened(), [theme, "https://news.example/a.html".to_owned(), folder]);

    let all: BTreeSet<_> = COMMANDS.iter().copied().collect();
    assert_eq!(*called.borrow(), all, "every command is called here");
}

#[test]
fn only_web_and_mail_addresses_are_opened_outside() {
    let library = tempfile::tempdir().unwrap();
    let shell = Shell::open(library.path());
    for url in [
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:text/html,x",
        "galley",
        "",
        "vbscript:x",
        " http://x",
    ] {
        assert_eq!(shell.refused("open_address", json!({ "url": url })), "internal", "{url}");
    }
    shell.ask("open_address", json!({ "url": "MAILTO:desk@news.example" }));
    assert_eq!(shell.opened(), ["MAILTO:desk@news.example"]);
}

#[test]
fn a_request_that_cannot_be_read_is_refused_in_the_shape_of_every_other_failure() {
    let library = tempfile::tempdir().unwrap();
    let shell = Shell::open(library.path());
    let takes_nothing =
        ["start", "create_article", "site_settings", "preferences", "show_data_folder", "rebuild_site"]
            .into_iter()
            .chain([
                "themes",
                "server_themes",
                "server_settings",
                "show_theme_folder",
                "send_theme",
                "colleagues",
                "list_counts",
            ])
            .chain(["account", "sign_out", "sync_now", "sync_state", "woke_up", "network_returned"])
            .map(str::to_owned)
            .collect::<Vec<_>>();
    for command in COMMANDS.iter().filter(|command| !takes_nothing.contains(&(**command).to_owned())) {
        for body in [json!({}), json!({ "request": 7 }), json!({ "request": [{}] }), json!(null)] {
            let told = body.to_string();
            let error = shell.send(command, InvokeBody::Json(body), &[]).expect_err(command);
            assert_eq!(error["code"], "internal", "{command} {told}: {error}");
            assert_eq!(error["retry"], false, "{command} {told}: {error}");
        }
        let error = shell.send(command, InvokeBody::Raw(vec![0, 1, 2]), &[]).expect_err(command);
        assert_eq!(error["code"], "internal", "{command}: {error}");
    }
}

#[test]
fn a_library_that_cannot_be_opened_is_told_to_every_command() {
    let folder = tempfile::tempdir().unwrap();
    let in_the_way = folder.path().join("library");
    std::fs::write(&in_the_way, "a file where a folder should be").unwrap();
    let shell = Shell::open(&in_the_way);
    for command in ["start", "create_article", "preferences"] {
        let code = shell.refused(command, Value::Null);
        assert_eq!(code, "library_foreign", "{command}");
    }
}

/// The window offers what `galley-model` names, with words in each language.
#[test]
fn the_window_offers_every_icon_of_the_footer_in_both_languages() {
    let read =
        |path: &str| std::fs::read_to_string(format!("{}/{path}", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let offered = read("ui/src/article/site.ts");
    let offered = offered.split_once("FOOTER_ICONS = [").unwrap().1.split_once(']').unwrap().0;
    let offered: Vec<&str> = offered.split('\'').skip(1).step_by(2).collect();
    assert_eq!(offered, galley_model::site::FOOTER_ICONS);
    for language in ["en", "zh-Hans"] {
        let words: Value = serde_json::from_str(&read(&format!("ui/src/words/{language}.json"))).unwrap();
        for icon in &offered {
            assert!(words[format!("settings.footer_icon.{icon}")].is_string(), "{language}: {icon}");
        }
    }
}
