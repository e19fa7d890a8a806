//! A reporter off line, an editor elsewhere, one article: two real windows and a real server, with lines that break.

use std::path::Path;

use galley_testkit::proxy::{Proxy, Way};
use tempfile::TempDir;

use super::program;
use super::rig::{Desktop, Galley, Server, keys, output_folder, wait_for, wait_until};
use super::write_and_publish::{FIELDS, PHOTO, read, read_bytes, saved};

const PASSWORD: &str = "long enough 2026";
/// Not that of the sample, which stands in the same list.
const HEADLINE: &str = "湖心岛步道提前一天开放";
const FIRST: &str = "今天上午九时，湖心岛环湖步道正式开放。";
const SECOND: &str = "沿线设有十二处休息点。";

/// One person at one computer of the desktop, with a line of their own to the server.
struct Seat<'a> {
    desktop: &'a Desktop,
    library: TempDir,
    line: Proxy,
    log: &'a Path,
    language: &'static str,
}

impl<'a> Seat<'a> {
    fn new(desktop: &'a Desktop, server: &Server, log: &'a Path, language: &'static str) -> Self {
        let line = Proxy::start(server.addr()).unwrap();
        Self { desktop, library: tempfile::tempdir().unwrap(), line, log, language }
    }

    fn open(&self) -> Galley {
        Galley::open(self.desktop, program(), self.library.path(), self.language, self.log)
    }

    fn address(&self) -> String {
        format!("http://{}", self.line.addr())
    }
}

#[test]
fn a_reporter_off_line_and_an_editor_elsewhere_bring_one_article_to_its_readers() {
    let log = output_folder("e2e").join("two_windows.log");
    std::fs::write(&log, "").unwrap();
    let folder = tempfile::tempdir().unwrap();
    let server = Server::start(&folder.path().join("newsroom"), &log);
    let reporters_code = server.add_person("林一舟", &["reporter"]);
    let editors_code = server.add_person("周晓河", &["responsible_editor", "publisher"]);
    let desktop = Desktop::start(&log);
    let (here, there) =
        (Seat::new(&desktop, &server, &log, "zh-Hans"), Seat::new(&desktop, &server, &log, "en"));

    // Off line, with every field and a photo.
    here.line.set(Way::Down);
    let reporter = here.open();
    write(&reporter);
    reporter.picture("two_windows_written");
    reporter.click("button", "登录");
    for (field, text) in [("服务器地址", here.address()), ("姓名", "林一舟".to_owned())] {
        reporter.replace(field, &text);
    }
    reporter.click("radio", "一次性登录码");
    reporter.fill("一次性登录码", &reporters_code);
    reporter.fill("设一个新密码", PASSWORD);
    let go = || reporter.click_in("dialog", "登录编辑部", "登录");
    go();
    wait_until("the dialog says that nobody is reached", || {
        reporter.reads("dialog", "登录编辑部").contains("连不上服务器")
    });
    reporter.picture("two_windows_offline");
    // The network wants to be signed in to itself: not a server either, and nothing is lost.
    here.line.set(Way::Portal);
    go();
    wait_until("the button can be pressed again", || reporter.is_enabled("button", "登录"));
    here.line.set(Way::Fair);
    go();
    wait_until("somebody is signed in", || reporter.status().contains("已同步"));
    reporter.picture("two_windows_drafts");
    reporter.click("checkbox", HEADLINE);
    reporter.click("button", "上传 1 篇");
    wait_until("the draft is on the server", || reporter.status().contains("已同步"));
    reporter.click("button", "提交");
    wait_until("the newsroom has it", || reporter.chips().contains("已提交"));

    // The editor finds it among what waits for them, with its photo.
    let editor = there.open();
    sign_in(&editor, &there.address(), &editors_code);
    editor.click("button", "For me to review");
    editor.click("option", HEADLINE);
    wait_until("the text is here", || editor.text_of("textbox", "Body").contains(FIRST));
    for (field, text) in [("Kicker", FIELDS[0].1), ("Headline", HEADLINE), ("Summary", FIELDS[4].1)] {
        assert_eq!(editor.value_of("textbox", field), text, "{field}");
    }
    wait_until("the photo is in the preview", || photo_width(&editor) > 0);
    editor.click("button", "Claim");
    wait_until("it is claimed", || editor.reads("main", "Text of the article").contains("Claimed by you"));

    // Both type, each where the other is not; nobody's caret moves.
    put_caret(&reporter, "正文", keys::END, keys::LEFT, "十二处休息点。".chars().count());
    put_caret(&editor, "Body", keys::HOME, keys::RIGHT, "今天上午九时，".chars().count());
    for (one, other) in ["照", "明", "齐", "备", "的"].into_iter().zip(["在", "晨", "光", "里", "，"])
    {
        reporter.type_keys(one);
        editor.type_keys(other);
    }
    let both = |galley: &Galley, body: &str| {
        let text = galley.text_of("textbox", body);
        text.contains("九时，在晨光里，湖心岛") && text.contains("沿线设有照明齐备的十二处")
    };
    wait_until("the reporter reads both", || both(&reporter, "正文"));
    wait_until("the editor reads both", || both(&editor, "Body"));

    // The line breaks, the reporter writes on, and the laptop dies.
    here.line.set(Way::Down);
    reporter.type_keys("宽敞的");
    wait_until("it is on the disk", || saved(&reporter));
    reporter.kill();
    editor.type_keys("人们看到");
    let reporter = here.open();
    wait_until("the article is open again, with all that was typed", || {
        reporter.text_of("textbox", "正文").contains("照明齐备的宽敞的十二处")
    });
    wait_until("the window says that it is off line", || reporter.status().contains("离线"));
    reporter.type_keys("新建");
    here.line.set(Way::Fair);
    // As the system says it when a network is back: nobody waits for the next try.
    reporter.script("window.dispatchEvent(new Event('online'))", &[]);
    let whole = |galley: &Galley, body: &str| {
        let text = galley.text_of("textbox", body);
        text.contains("九时，在晨光里，人们看到湖心岛") && text.contains("照明齐备的宽敞的新建十二处")
    };
    wait_until("the reporter reads all", || whole(&reporter, "正文"));
    wait_until("the editor reads all", || whole(&editor, "Body"));
    let texts = [reporter.text_of("textbox", "正文"), editor.text_of("textbox", "Body")];
    assert_eq!(texts[0], texts[1], "one text");
    reporter.picture("two_windows_reporter");
    editor.picture("two_windows_editor");

    // The responsible editor is assigned, the text signed, the page published.
    editor.fill("Responsible editor", &format!("周晓河{}", keys::ENTER));
    wait_until("the newsroom has the name", || {
        preview_text(&editor).contains("周晓河")
            && !editor.reads("main", "Text of the article").contains("waits for")
    });
    wait_until("the editor's Galley is in step", || editor.status().contains("On the server"));
    editor.click("button", "Sign off");
    editor.click_in("dialog", "Sign off", "Sign off");
    wait_until("it can be published", || editor.is_enabled("button", "Publish"));
    editor.picture("two_windows_signed");
    editor.click("button", "Publish");
    editor.click_in("dialog", "Publish this article?", "Publish");
    editor.click("button", "Done");
    wait_until("readers have it", || editor.look("button", "Open page").is_some());
    assert!(editor.look("button", "Publish").is_none(), "there is nothing to publish again");
    editor.click("tab", "Details");
    let address = wait_for("the page has an address", || {
        let links =
            "return [...document.querySelectorAll('aside button')].map((one) => one.textContent.trim())";
        let links = editor.script(links, &[]);
        let links = links.as_array()?.iter().filter_map(|link| link.as_str());
        links.into_iter().find(|link| link.starts_with("http://")).map(str::to_owned)
    });
    editor.picture("two_windows_published");
    wait_until("the reporter sees that it is out", || reporter.chips().contains("已发"));
    reporter.picture("two_windows_reporter_published");

    let page = read(&address);
    let words = fields().chain(PHOTO.iter().copied()).map(|(_, text)| text).chain([
        "本报讯（记者 林一舟）",
        "周晓河",
        "九时，在晨光里，人们看到湖心岛环湖步道正式开放。",
        "沿线设有照明齐备的宽敞的新建十二处休息点。",
        "<figure",
    ]);
    for word in words {
        assert!(page.contains(word), "the page at {address} holds “{word}”:\n{page}");
    }
    let photo =
        page.split("src=\"").filter_map(|rest| rest.split('"').next()).find(|src| src.contains("/media/"));
    let site = address.split_once("/articles/").unwrap().0;
    assert!(read_bytes(&format!("{site}{}", photo.unwrap())).len() > 500, "the photo is on the site");
    reporter.close(&desktop);
    editor.close(&desktop);
}

/// Fields with a label of their own, and what is typed into them.
fn fields() -> impl Iterator<Item = (&'static str, &'static str)> {
    FIELDS.iter().map(|(field, text)| (*field, if *field == "标题" { HEADLINE } else { *text }))
}

/// Every field of the form and a photo.
fn write(galley: &Galley) {
    galley.click("button", "新建稿件");
    for (field, text) in fields() {
        galley.fill(field, text);
    }
    galley.click("button", "添加作者");
    galley.fill("姓名", "林一舟");
    galley.choose("体裁", "消息");
    galley.fill("关键词", &format!("湖心岛{0}步道{0}", keys::ENTER));
    galley.click("button", "更多");
    galley.fill("消息头", "本报讯（记者 林一舟）");
    galley.fill("正文", &format!("{FIRST}{0}{0}{SECOND}", keys::ENTER));
    galley.add_photo("湖心岛.png");
    wait_until("the photo is in the preview", || photo_width(galley) > 0);
    galley.click("button", "图片");
    for (field, text) in PHOTO {
        galley.fill(field, text);
    }
    galley.click("button", "完成");
    wait_until("all is on the disk", || saved(galley));
}

fn sign_in(galley: &Galley, address: &str, code: &str) {
    galley.click("button", "Sign in");
    galley.replace("Server address", address);
    galley.replace("Name", "周晓河");
    galley.click("radio", "One-time code");
    galley.fill("One-time code", code);
    galley.fill("New password", PASSWORD);
    galley.click_in("dialog", "Sign in to a newsroom", "Sign in");
    galley.click("button", "None for now");
}

/// Gives the body the focus, and walks its caret some characters from its beginning or its end: by keys, since the
/// windows share one desktop and only one of them has its focus.
fn put_caret(galley: &Galley, body: &str, from: &str, step: &str, n: usize) {
    let element = galley.find("textbox", body).to_value();
    galley.script("arguments[0].focus()", &[element]);
    galley.chord(&[keys::CONTROL, from]);
    galley.type_keys(&step.repeat(n));
}

fn photo_width(galley: &Galley) -> u64 {
    let shown = "return document.querySelector('iframe').contentDocument.querySelector('figure img')?.naturalWidth ?? 0";
    galley.script(shown, &[]).as_u64().unwrap_or_default()
}

fn preview_text(galley: &Galley) -> String {
    let page = "return document.querySelector('iframe').contentDocument.body.innerText";
    galley.script(page, &[]).as_str().unwrap_or_default().to_owned()
}
