//! The theme in the real window: chosen, set, copied, broken, mended, and what is published is what was previewed.

use std::fs;

use serde_json::{Value, json};

use super::Bench;
use super::rig::{Galley, agent, wait_for, wait_until};

/// What the frame of the proof computes for a selector.
fn computed(galley: &Galley, selector: &str, property: &str) -> String {
    let look = "const one = document.querySelector('iframe')?.contentDocument?.querySelector(arguments[0]);
        return one ? one.ownerDocument.defaultView.getComputedStyle(one).getPropertyValue(arguments[1]) : ''";
    let said = galley.script(look, &[json!(selector), json!(property)]);
    said.as_str().unwrap_or_default().to_owned()
}

/// The page as the core gives it to the window.
fn previewed(galley: &Galley) -> String {
    let ask = "const [article, done] = arguments;
        const request = { article, view: '', view_seq: 0, have: 0, correction: null };
        window.__TAURI_INTERNALS__.invoke('preview', { request }).then((it) => done(it.page), (no) => done(String(no)))";
    let page = galley.session().script_async(ask, &[json!(article(galley))]).unwrap();
    page.as_str().unwrap().to_owned()
}

fn article(galley: &Galley) -> String {
    let ask = "const done = arguments[0];
        const request = { list: 'drafts', offset: 0, limit: 1 };
        const of = (list) => window.__TAURI_INTERNALS__.invoke('list_articles', { request: { ...request, list } });
        of('published').then((live) => live.rows.length ? live : of('drafts')).then((rows) => done(rows.rows[0].id))";
    galley.session().script_async(ask, &[]).unwrap().as_str().unwrap().to_owned()
}

fn click_radio(galley: &Galley, name: &str) {
    // The sign lies over its own label, where a click would be caught.
    let radio = galley.find("radio", name);
    galley.script("arguments[0].click()", &[radio.to_value()]);
}

#[test]
fn a_theme_is_chosen_set_broken_and_mended_and_the_page_is_what_was_previewed() {
    let bench = Bench::new("theme");
    let galley = bench.open("en");
    galley.click("button", "New article");
    galley.fill("Headline", "Lake path opens, step-free for all three kilometres");
    galley.fill("Body", "The path around the lake island opened at nine this morning.");

    galley.click("button", "Settings");
    galley.click("tab", "Theme");
    click_radio(&galley, "English daily");
    let size = galley.find("spinbutton", "Size of the text (pixels)").to_value();
    let set = "arguments[0].value = '21'; arguments[0].dispatchEvent(new Event('change', { bubbles: true }))";
    galley.script(set, &[size]);
    galley.picture("theme_settings");
    galley.click("button", "Save");
    wait_until("the proof is set in the size that was chosen", || {
        computed(&galley, ".article-body p", "font-size") == "21px"
    });
    galley.picture("theme_daily");

    galley.click("button", "Settings");
    galley.click("tab", "Theme");
    galley.click("button", "Make my own copy");
    wait_until("the copy is there", || bench.library.path().join("theme/theme.toml").is_file());
    galley.click("button", "Save");
    let file = bench.library.path().join("theme/article.html");
    let whole = fs::read_to_string(&file).unwrap();
    fs::write(&file, whole.replacen("<article", "<article data-own=\"lake\"", 1)).unwrap();
    let mark = "return document.querySelector('iframe').contentDocument.querySelector('[data-own]')?.dataset.own ?? ''";
    wait_until("an edited file is seen in the preview", || galley.script(mark, &[]) == "lake");

    fs::write(&file, format!("{{% if %}}\n{whole}")).unwrap();
    let banner = wait_for("the banner names file and line", || {
        let said = galley
            .script("return [...document.querySelectorAll('[role=status]')].map((it) => it.innerText)", &[]);
        let said: Vec<Value> = said.as_array().cloned().unwrap_or_default();
        said.iter().filter_map(Value::as_str).find(|it| it.contains("article.html")).map(str::to_owned)
    });
    assert!(banner.contains("line 1"), "{banner}");
    assert_eq!(galley.script(mark, &[]), "lake", "the last good page stays");
    galley.picture("theme_broken");

    fs::write(&file, whole.replacen("<article", "<article data-own=\"island\"", 1)).unwrap();
    wait_until("the mended theme is in the preview", || galley.script(mark, &[]) == "island");
    wait_until("the banner is gone", || {
        let said = galley.script("return document.body.innerText", &[]);
        !said.as_str().unwrap_or_default().contains("article.html")
    });

    for view in ["Desktop", "Print", "Card"] {
        click_radio(&galley, view);
        let drawn =
            "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(true)))";
        galley.session().script_async(drawn, &[]).unwrap();
        galley.picture(&format!("preview_{}", view.to_lowercase()));
    }
    click_radio(&galley, "Phone");

    galley.click("button", "Publish");
    galley.click("button", "Publish");
    let address = wait_for("the page has an address", || {
        let said = galley.script(
            "return [...document.querySelectorAll('dialog[open] button')].map((b) => b.textContent.trim())",
            &[],
        );
        said.as_array()?
            .iter()
            .filter_map(Value::as_str)
            .find(|one| one.starts_with("http://"))
            .map(str::to_owned)
    });
    let published = agent().get(&address).call().unwrap().body_mut().read_to_string().unwrap();
    assert!(published.contains("data-own=\"island\""), "{published}");
    assert_eq!(previewed(&galley), published, "what is published is what is previewed, byte for byte");
    galley.close(&bench.desktop);
}
