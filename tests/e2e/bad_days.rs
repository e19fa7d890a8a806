//! A reporter's bad days, in the real window against a real server: what is told, what to do, and that no word is lost.

use std::fs;
use std::path::Path;
use std::time::Duration;

use galley_testkit::proxy::{Proxy, Way};

use super::Bench;
use super::rig::{Galley, Server, keys, wait_until};
use super::write_and_publish::saved;

const PASSWORD: &str = "long enough 2026";
const SIGN_IN: &str = "登录编辑部";

#[test]
fn slow_lines_old_backups_other_newsrooms_and_signing_out_lose_no_word() {
    let bench = Bench::new("bad_days");
    let folder = tempfile::tempdir().unwrap();
    let [data, aside, backup] = ["newsroom", "aside", "backup"].map(|name| folder.path().join(name));
    let mut server = Server::start(&data, &bench.log);
    let code = server.add_person("林一舟", &["reporter"]);
    let line = Proxy::start(server.addr()).unwrap();
    let galley = bench.open("zh-Hans");

    // A password that cannot be one is told before anyone is asked; then the line is slow.
    line.set(Way::Slow { piece: 1_024, late: Duration::from_millis(150) });
    galley.click("button", "登录");
    galley.replace("服务器地址", &format!("http://{}", line.addr()));
    galley.replace("姓名", "林一舟");
    galley.click("radio", "一次性登录码");
    galley.fill("一次性登录码", &code);
    galley.fill("设一个新密码", "short");
    press_sign_in(&galley, "现在是 5 个");
    galley.replace("设一个新密码", PASSWORD);
    galley.click_in("dialog", SIGN_IN, "登录");
    galley.click("button", "先都不传");
    assert!(!galley.status().contains("未登录"), "{}", galley.status());
    galley.click("button", "新建稿件");
    galley.fill("标题", "水位今天上涨");
    write(&galley, "慢线上写的。");
    line.set(Way::Fair);
    wait_until("it can be handed in", || galley.is_enabled("button", "提交"));
    in_step(&galley);
    galley.click("button", "提交");
    wait_until("the newsroom has it", || galley.chips().contains("已提交"));

    // The server comes back as it was before the last sentence.
    server.kill();
    copy(&data, &backup);
    server.start_again();
    write(&galley, "备份以后写的。");
    in_step(&galley);
    server.kill();
    fs::remove_dir_all(&data).unwrap();
    fs::rename(&backup, &data).unwrap();
    server.start_again();
    write(&galley, "恢复以后写的。");
    in_step(&galley);
    assert!(!galley.status().contains("没有送成"), "{}", galley.status());

    // Somebody else's newsroom at the same address: nobody is signed out, and ours coming back is all that it takes.
    server.kill();
    fs::rename(&data, &aside).unwrap();
    server.start_again();
    server.add_person("郑记者", &["reporter"]);
    write(&galley, "地址上是别人的时候写的。");
    wait_until("the window says who answers", || {
        online(&galley);
        galley.status().contains("那里是另一家编辑部")
    });
    galley.picture("bad_days_other_newsroom");
    server.kill();
    trade(&data, &aside);
    server.start_again();
    in_step(&galley);

    // Signing out leaves the text. Another newsroom is refused, and what was written goes up once it is the right one.
    galley.click("button", "林一舟 · 记者 我的新闻网");
    galley.click("button", "退出登录");
    galley.click_in("dialog", "退出登录？", "退出登录");
    wait_until("nobody is signed in", || galley.reads("dialog", "账号").contains("稿件都还在这台电脑上"));
    galley.click("button", "关闭");
    write(&galley, "退出以后写的。");
    server.kill();
    trade(&data, &aside);
    server.start_again();
    open_sign_in(&galley);
    galley.fill("密码", PASSWORD);
    press_sign_in(&galley, "不能登录另一家编辑部");
    server.kill();
    trade(&data, &aside);
    server.start_again();
    galley.replace("密码", "not this one");
    press_sign_in(&galley, "密码或登录码不对");
    galley.replace("密码", PASSWORD);
    galley.click_in("dialog", SIGN_IN, "登录");
    galley.click("button", "先都不传");
    in_step(&galley);
    let body = galley.text_of("textbox", "正文");
    for sentence in ["慢线上", "备份以后", "恢复以后", "地址上是别人的时候", "退出以后"]
    {
        assert_eq!(body.matches(sentence).count(), 1, "{sentence}: {body}");
    }
    galley.close(&bench.desktop);
}

/// Adds a sentence to the end of the body, and waits until it is on the disk.
fn write(galley: &Galley, sentence: &str) {
    let body = galley.find("textbox", "正文").to_value();
    galley.script("arguments[0].focus()", &[body]);
    galley.chord(&[keys::CONTROL, keys::END]);
    galley.type_keys(sentence);
    wait_until("it is on the disk", || saved(galley) && galley.text_of("textbox", "正文").contains(sentence));
}

/// As the system says it when a network is back.
fn online(galley: &Galley) {
    galley.script("window.dispatchEvent(new Event('online'))", &[]);
}

fn in_step(galley: &Galley) {
    online(galley);
    wait_until("all is on the server", || {
        let status = galley.status();
        status.contains("已同步") && !status.contains("待上传")
    });
}

/// Presses the button of the dialog, and waits for what it says then.
fn press_sign_in(galley: &Galley, told: &str) {
    galley.click_in("dialog", SIGN_IN, "登录");
    wait_until(&format!("the dialog says “{told}”"), || galley.reads("dialog", SIGN_IN).contains(told));
}

/// From the account that was signed out.
fn open_sign_in(galley: &Galley) {
    galley.click("button", "登录");
    galley.click_in("dialog", "账号", "登录");
    wait_until("the dialog is there", || galley.look("dialog", SIGN_IN).is_some());
}

/// Each folder takes the other's name.
fn trade(one: &Path, other: &Path) {
    let between = one.with_extension("between");
    fs::rename(one, &between).unwrap();
    fs::rename(other, one).unwrap();
    fs::rename(&between, other).unwrap();
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let to = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).unwrap();
        }
    }
}
