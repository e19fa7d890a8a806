//! A real Chinese input method, in the real window.

use super::Bench;
use super::rig::wait_until;

#[test]
fn fcitx5_types_chinese_into_the_body_and_shows_what_is_composed_in_the_text() {
    let mut bench = Bench::new("chinese_input");
    bench.desktop.start_input_method();
    let galley = bench.open("zh-Hans");
    galley.click("button", "新建稿件");
    galley.click("textbox", "正文");
    let body = || galley.text_of("textbox", "正文");
    wait_until("the input method is on", || {
        bench.desktop.output("fcitx5-remote", &["-s", "pinyin"]);
        bench.desktop.output("fcitx5-remote", &["-n"]).as_deref() == Some("pinyin")
    });
    bench.desktop.xdotool(&["type", "--delay", "80", "xinwen"]);
    wait_until("what is composed stands in the text", || body().replace(['\'', ' '], "").contains("xinwen"));
    galley.picture("composing");
    bench.desktop.xdotool(&["key", "space"]);
    wait_until("新闻 stands in the text", || body().trim() == "新闻");
    // Shortcuts and marks go on working after a composition, and nothing is typed twice.
    bench.desktop.xdotool(&["type", "--delay", "80", "zhongguo"]);
    bench.desktop.xdotool(&["key", "space"]);
    wait_until("中国 follows", || body().trim() == "新闻中国");
    wait_until("the preview shows it", || {
        let page = "return document.querySelector('iframe').contentDocument.body.innerText";
        galley.script(page, &[]).as_str().is_some_and(|page| page.contains("新闻中国"))
    });
    galley.picture("composed");
    galley.close(&bench.desktop);
}
