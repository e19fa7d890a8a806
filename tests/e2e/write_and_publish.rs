//! The main job: write, be killed, go on writing, publish, and read the page as a reader's browser does.

use std::path::Path;
use std::process::Command;

use super::Bench;
use super::rig::{Galley, agent, keys, output_folder, wait_for, wait_until};

/// Fields with a label of their own, and what is typed into them.
pub(super) const FIELDS: &[(&str, &str)] = &[
    ("引题", "城市更新进行时"),
    ("标题", "湖心岛步道今日开放 三公里全程无障碍"),
    ("副题", "夜间照明采用感应灯"),
    ("来源", "本地晚报"),
    ("摘要", "湖心岛环湖步道正式开放，全长三公里。"),
];
pub(super) const PHOTO: &[(&str, &str)] =
    &[("图片说明", "市民在步道上散步。"), ("图片署名", "林一舟"), ("替代文字", "晨光里的环湖步道")];
const FIRST: &str = "今天上午九时，湖心岛环湖步道正式开放。";
const SECOND: &str = "**“坡度不超过百分之五”**的要求写进了设计。";

#[test]
fn what_was_written_survives_a_kill_and_is_published_with_every_field() {
    let bench = Bench::new("write_and_publish");
    let galley = bench.open("zh-Hans");
    galley.click("button", "新建稿件");
    for (field, text) in FIELDS {
        galley.fill(field, text);
    }
    galley.click("button", "添加作者");
    galley.fill("姓名", "林一舟");
    galley.choose("栏目", "新闻中心");
    galley.choose("体裁", "消息");
    galley.fill("责任编辑", &format!("周晓河{}", keys::ENTER));
    galley.fill("关键词", &format!("湖心岛{0}步道{0}", keys::ENTER));
    galley.click("button", "更多");
    galley.fill("消息头", "本报讯（记者 林一舟）");
    galley.fill("正文", &format!("{FIRST}{0}{0}{SECOND}", keys::ENTER));
    // The last words go into the middle of the first paragraph, where the caret stays.
    galley.chord(&[keys::CONTROL, keys::HOME]);
    for _ in "今天上午九时，".chars() {
        galley.type_keys(keys::RIGHT);
    }
    galley.type_keys("在鼓声中，");
    wait_until("all is on the disk", || saved(&galley));
    galley.picture("writing");
    galley.kill();

    let galley = bench.open("zh-Hans");
    wait_until("the article is open again", || {
        galley.text_of("textbox", "正文").contains("环湖步道正式开放")
    });
    for (field, text) in FIELDS {
        assert_eq!(galley.value_of("textbox", field), *text, "{field} after the kill");
    }
    // The caret is where it was, and nothing has to be clicked.
    galley.type_keys("人们看到，");
    let first = FIRST.replace("九时，", "九时，在鼓声中，人们看到，");
    wait_until("typing goes on where it stopped", || galley.text_of("textbox", "正文").contains(&first));
    galley.add_photo("湖心岛.png");
    wait_until("the photo is in the preview", || {
        let shown = "return document.querySelector('iframe').contentDocument.querySelector('figure img')?.naturalWidth ?? 0";
        galley.script(shown, &[]).as_u64().is_some_and(|width| width > 0)
    });
    galley.click("button", "图片");
    for (field, text) in PHOTO {
        galley.fill(field, text);
    }
    galley.picture("photo");
    galley.click("button", "完成");
    wait_until("all is on the disk", || saved(&galley));
    galley.picture("before_publishing");

    galley.click("button", "发布");
    galley.click("button", "发布");
    let address = wait_for("the page has an address", || {
        let said = galley.script(
            "return [...document.querySelectorAll('dialog[open] button')].map((b) => b.textContent.trim())",
            &[],
        );
        said.as_array()?
            .iter()
            .filter_map(|one| one.as_str())
            .find(|one| one.starts_with("http://"))
            .map(str::to_owned)
    });
    galley.picture("published");

    let page = read(&address);
    let words = FIELDS.iter().chain(PHOTO).map(|(_, text)| *text).chain([
        "本报讯（记者 林一舟）",
        "步道",
        "记者 林一舟",
        "责编",
        "周晓河",
        "新闻中心",
        "在鼓声中，人们看到，湖心岛环湖步道正式开放。",
        "<strong>“坡度不超过百分之五”</strong>的要求",
        "<figure",
    ]);
    for word in words {
        assert!(page.contains(word), "the page at {address} holds “{word}”:\n{page}");
    }
    assert!(!page.contains("<script>"), "the page runs no script");
    let photo =
        page.split("src=\"").filter_map(|rest| rest.split('"').next()).find(|src| src.contains("/media/"));
    let site = address.split_once("/articles/").unwrap().0;
    assert!(
        read_bytes(&format!("{site}{}", photo.unwrap())).starts_with(b"\xff\xd8\xff"),
        "the photo is on the site"
    );
    assert!(read(&format!("{site}/")).contains(FIELDS[1].1), "the home page names the article");
    look_at(&bench, &address);
    galley.close(&bench.desktop);
}

/// A reader's browser opens the page; the picture is left in `target/screenshots`.
fn look_at(bench: &Bench, address: &str) {
    let picture = output_folder("screenshots").join("published_page.png");
    std::fs::remove_file(&picture).ok();
    let names = ["chromium", "chromium-browser", "google-chrome"];
    let there =
        |name: &&str| Command::new(name).arg("--version").output().is_ok_and(|said| said.status.success());
    let browser = names.into_iter().find(there).expect("a Chromium is installed");
    let profile = bench.desktop.home().join("chromium");
    let mut command = bench.desktop.command(browser);
    command.args([
        "--headless",
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--hide-scrollbars",
    ]);
    command.args(["--disable-background-networking", "--disable-component-update", "--disable-sync"]);
    command.args(["--window-size=1000,1400", "--virtual-time-budget=5000"]);
    command.arg(format!("--user-data-dir={}", profile.display()));
    command.arg(format!("--screenshot={}", picture.display())).arg(address);
    let said = command.output().expect("the browser starts");
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    assert!(is_a_full_picture(&picture), "{} shows the page", picture.display());
}

/// A page of text and a photo does not compress to almost nothing.
fn is_a_full_picture(path: &Path) -> bool {
    path.metadata().is_ok_and(|picture| picture.len() > 20_000)
}

pub(super) fn saved(galley: &Galley) -> bool {
    galley
        .script("return document.querySelector('footer').innerText", &[])
        .as_str()
        .is_some_and(|said| said.contains("已存本机 ") && !said.contains("正在存"))
}

pub(super) fn read(address: &str) -> String {
    String::from_utf8(read_bytes(address)).unwrap()
}

pub(super) fn read_bytes(address: &str) -> Vec<u8> {
    let mut answer = agent().get(address).call().unwrap();
    assert_eq!(answer.status(), 200, "{address}");
    answer.body_mut().read_to_vec().unwrap()
}
