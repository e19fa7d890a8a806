//! The window itself: it opens, shows its own pages and nothing else, and leaves when it is closed.

use serde_json::json;

use super::rig::wait_until;
use super::{Bench, program};

#[test]
fn the_window_opens_and_leaves_when_it_is_closed() {
    let bench = Bench::new("the_window_opens");
    let galley = bench.open("zh-Hans");
    let address = galley.script("return location.href", &[]);
    assert!(address.as_str().unwrap().starts_with("tauri://localhost"), "{address}");
    galley.close(&bench.desktop);
    assert!(bench.library.path().join("webkit").is_dir(), "WebKit's data lies in the library");
    assert!(bench.library.path().join("window.json").is_file(), "the window's place is kept");
}

#[test]
fn a_second_start_raises_the_first_window_and_leaves_and_the_end_of_a_session_closes_it() {
    let bench = Bench::new("a_second_start");
    let galley = bench.open("en");
    galley.click("button", "New article");
    galley.fill("Headline", "Bridge opens a day early");
    let window =
        bench.desktop.xdotool(&["search", "--onlyvisible", "--pid", &galley.process_id().to_string()]);
    let window = window.lines().last().unwrap().to_owned();
    bench.desktop.xdotool(&["windowminimize", &window]);
    wait_until("the window is gone from the screen", || !galley.is_visible(&bench.desktop));
    let mut second = bench.desktop.command(&program().to_string_lossy());
    let second = second.arg("--data").arg(bench.library.path()).args(["--lang", "en"]).output().unwrap();
    assert!(second.status.success(), "{second:?}");
    assert!(String::from_utf8_lossy(&second.stdout).contains("open"), "it says why it leaves: {second:?}");
    wait_until("the first window stands on the screen again", || galley.is_visible(&bench.desktop));
    galley.picture("english");
    // A session that ends asks once; what stood in a field a moment ago is on the disk.
    galley.end_session();
    let galley = bench.open("en");
    wait_until("the article is open again", || {
        galley
            .look("textbox", "Headline")
            .is_some_and(|_| galley.value_of("textbox", "Headline") == "Bridge opens a day early")
    });
    galley.close(&bench.desktop);
}

#[test]
fn the_window_goes_nowhere_and_runs_no_script_but_its_own() {
    let bench = Bench::new("the_window_goes_nowhere");
    let galley = bench.open("en");
    galley.script(
        r#"
        window.heard = [];
        document.addEventListener("securitypolicyviolation", (event) => window.heard.push(event.violatedDirective));
        const frame = document.createElement("iframe");
        frame.setAttribute("sandbox", "allow-same-origin");
        frame.title = "proof";
        frame.srcdoc = `<base href="galley://localhost/"><link rel="stylesheet" href="/assets/none.css">
            <p style="color: rgb(1, 2, 3)">proof</p><img src="x" onerror="parent.ran = 1">
            <script>parent.ran = 2</script><a href="https://elsewhere.test/">link</a>`;
        document.body.append(frame);
        const script = document.createElement("script");
        script.textContent = "window.ran = 3";
        document.body.append(script);
        "#,
        &[],
    );
    let proof = "return document.querySelector('iframe[title=proof]').contentDocument";
    wait_until("the frame shows its page", || {
        galley.script(&format!("{proof}?.querySelector('p')?.textContent ?? ''"), &[]) == "proof"
    });
    let link = galley.script(&format!("{proof}.querySelector('a').href"), &[]);
    assert_eq!(link, "https://elsewhere.test/");
    galley.script(&format!("{proof}.querySelector('a').click()"), &[]);
    galley.script("location.href = 'https://elsewhere.test/'", &[]);
    galley.script("window.open('https://elsewhere.test/')", &[]);
    // Whatever was going to happen has happened once the page has painted twice and hears a message again.
    let settled =
        "const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => done(true)))";
    assert_eq!(galley.session().script_async(settled, &[]).unwrap(), json!(true));
    let state = galley
        .script(&format!("{proof}.URL + ' ' + location.href + ' ' + (window.ran ?? 'ran nothing')"), &[]);
    let state = state.as_str().unwrap();
    assert!(state.starts_with("about:srcdoc tauri://localhost"), "{state}");
    assert!(state.ends_with("ran nothing"), "{state}");
    let heard = galley.script("return window.heard", &[]);
    assert!(heard.to_string().contains("script-src"), "the inline script was refused by the policy: {heard}");
}
