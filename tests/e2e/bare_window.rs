//! The window itself: it opens, shows its own pages and nothing else, and leaves when it is closed.

use serde_json::json;

use super::Bench;
use super::rig::wait_until;

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
