//! Figures of the real window, each beside a peer measured in the same run: start, key to paint, a library of
//! 100,000 articles against one of 1,000, memory.
//!
//! `cargo xtask bench window_figures`, or by hand with GALLEY_PROGRAM and GALLEY_EMPTY_WINDOW set to the two
//! programs: `window_figures [articles] [folder for the libraries]`. Linux only.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a measurement fails by panicking"
)]
#![expect(clippy::print_stdout, reason = "the figures are what is printed")]
#![expect(unreachable_pub, dead_code, reason = "the rig is shared with the tests")]

#[cfg(target_os = "linux")]
#[path = "../e2e/rig/mod.rs"]
#[expect(unused_imports, reason = "the rig is shared with the tests")]
mod rig;

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("The real window is measured on Linux only.");
}

#[cfg(target_os = "linux")]
fn main() {
    measure::all();
}

#[cfg(target_os = "linux")]
mod measure {
    use std::path::{Path, PathBuf};
    use std::time::{SystemTime, UNIX_EPOCH};

    use galley_model::Instant;
    use galley_testkit::articles::Planted;
    use galley_testkit::library::{Wanted, generate};
    use serde_json::{Value, json};

    use super::rig::{Desktop, Galley, output_folder, wait_until};

    const PLANTED: &str = "琉璃井";
    const STARTS: usize = 7;
    const KEYS: usize = 300;
    const CHARACTERS: usize = 10_000;
    /// How long a picture stands on a screen of 60 Hz.
    const SCREEN_FRAME_MS: f64 = 1_000.0 / 60.0;
    /// Milliseconds between two keys.
    const PACE: &str = "70";

    pub fn all() {
        let mut arguments = std::env::args().skip(1);
        let articles: u64 = arguments.next().map_or(100_000, |articles| articles.parse().unwrap());
        let temporary = tempfile::tempdir().unwrap();
        let folder = arguments.next().map_or_else(|| temporary.path().to_owned(), PathBuf::from);
        let (small, large) = (folder.join("1000"), folder.join(articles.to_string()));
        make(&small, 1_000);
        make(&large, articles);
        let log = output_folder("e2e").join("window_figures.log");
        let desktop = Desktop::start(&log);
        let bench = Bench { desktop, log, empty: folder.join("empty") };
        bench.first_starts(&[&small, &large]);
        bench.start(&large, articles);
        bench.lists_and_search(&small, &large, articles);
        bench.keys(&small);
    }

    fn make(folder: &Path, articles: u64) {
        if folder.exists() {
            return;
        }
        println!("making a library of {articles} articles");
        let newest =
            i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap();
        let planted = Planted { word: PLANTED.to_owned(), in_articles: 20, of: articles };
        generate(folder, &Wanted { seed: 1, planted, newest: Instant(newest) }, |_| {}).unwrap();
    }

    struct Bench {
        desktop: Desktop,
        log: PathBuf,
        empty: PathBuf,
    }

    impl Bench {
        fn galley(&self, library: &Path) -> Galley {
            let program = PathBuf::from(std::env::var_os("GALLEY_PROGRAM").expect("GALLEY_PROGRAM is set"));
            Galley::open(&self.desktop, &program, library, "zh-Hans", &self.log)
        }

        fn empty_window(&self, arguments: &[&str]) -> Galley {
            let program = std::env::var_os("GALLEY_EMPTY_WINDOW").expect("GALLEY_EMPTY_WINDOW is set");
            std::fs::create_dir_all(&self.empty).unwrap();
            Galley::open_with(&self.desktop, Path::new(&program), &self.empty, arguments, &self.log)
        }

        /// The first start of a library makes what later ones find; an article is left open in each.
        fn first_starts(&self, libraries: &[&Path]) {
            for library in libraries {
                let galley = self.galley(library);
                let rows =
                    invoke(&galley, "list_articles", &json!({ "list": "drafts", "offset": 0, "limit": 1 }));
                invoke(&galley, "open_article", &json!({ "article": rows["rows"][0]["id"] }));
                galley.close(&self.desktop);
            }
            drop(self.empty_window(&[]));
        }

        fn start(&self, library: &Path, articles: u64) {
            let (mut ours, mut bare, mut alike) = (Vec::new(), Vec::new(), Vec::new());
            let (mut our_memory, mut bare_memory, mut alike_memory) = (0.0, 0.0, 0.0);
            for _ in 0..STARTS {
                let empty = self.empty_window(&[]);
                bare.push(ready_after(&empty));
                bare_memory = memory(&empty);
                drop(empty);
                let empty = self.empty_window(&["--alike"]);
                alike.push(ready_after(&empty));
                alike_memory = memory(&empty);
                drop(empty);
                let galley = self.galley(library);
                ours.push(ready_after(&galley));
                our_memory = memory(&galley);
                galley.close(&self.desktop);
            }
            let [ours, bare, alike] = [ours, bare, alike].map(|mut times| quantile(&mut times, 0.5));
            let name = format!("start → ready to type, {articles} articles (p50 of {STARTS})");
            ratio(&name, ours, bare, 1.3);
            let name = format!("memory with {articles} articles, less an empty window's");
            let more = our_memory - bare_memory;
            println!("{name}\t{more:.0} MB\taim 60 MB\t{our_memory:.0} MB / {bare_memory:.0} MB");
            // Where there is no graphics processor, Galley does without the one that an empty window emulates.
            println!("an empty window painted as Galley is: {alike:.1} ms, {alike_memory:.0} MB");
        }

        fn lists_and_search(&self, small: &Path, large: &Path, articles: u64) {
            let [few, many] = [small, large].map(|library| {
                let galley = self.galley(library);
                ready_after(&galley);
                let figures = calls(&galley);
                galley.close(&self.desktop);
                figures
            });
            for ((name, few), (_, many)) in few.into_iter().zip(many) {
                ratio(&format!("{name}, {articles} against 1000 articles"), many, few, 1.5);
            }
        }

        /// Real keys into the body; each is timed from its event to the second frame after the preview changed.
        fn keys(&self, library: &Path) {
            let galley = self.galley(library);
            ready_after(&galley);
            galley.click("button", "新建稿件");
            galley.click("textbox", "正文");
            let paragraph = "湖心岛步道今日开放，三公里全程无障碍，市民可以从南门进入。";
            let text =
                format!("{}\n\n", paragraph.repeat(2)).repeat(CHARACTERS / (paragraph.chars().count() * 2));
            galley.script("document.execCommand('insertText', false, arguments[0])", &[json!(text)]);
            wait_until("the preview holds the text", || {
                let length = "return document.querySelector('iframe').contentDocument.body.innerText.length";
                galley.script(length, &[]).as_u64().is_some_and(|length| length >= CHARACTERS as u64)
            });
            let frame = frame(&galley);
            let mut through = self.press_keys(&galley, WATCH_PREVIEW);
            let mut direct = self.press_keys(&galley, PATCH_DIRECTLY);
            galley.close(&self.desktop);
            let (ours, theirs) = (quantile(&mut through, 0.95), quantile(&mut direct, 0.95));
            // A screen shows sixty pictures a second; without one, the web view draws more than anybody could see.
            let frames = (ours - theirs) / frame.max(SCREEN_FRAME_MS);
            println!(
                "a frame lasts {frame:.1} ms here and at least {SCREEN_FRAME_MS:.1} ms on a screen; p50 {:.1} and {:.1} ms",
                quantile(&mut through, 0.5),
                quantile(&mut direct, 0.5)
            );
            let name = format!(
                "key → preview painted, {KEYS} keys, {CHARACTERS} characters (p95), in frames over a direct patch"
            );
            println!("{name}\t{frames:.2}\taim 2.0\t{ours:.0} ms / {theirs:.0} ms");
        }

        fn press_keys(&self, galley: &Galley, watch: &str) -> Vec<f64> {
            galley.script(watch, &[]);
            let keys: String = "abcdefghij".chars().cycle().take(KEYS).collect();
            self.desktop.xdotool(&["type", "--delay", PACE, &keys]);
            wait_until("every key is painted", || {
                galley.script("return window.figures.painted.length", &[]).as_u64() == Some(KEYS as u64)
            });
            let measured = galley.script("window.figures.stop(); return window.figures", &[]);
            numbers(&measured["painted"])
        }
    }

    /// How long a frame of the screen lasts, milliseconds. Taken while nothing happens: a key makes frames of its
    /// own, sooner than the screen shows them.
    fn frame(galley: &Galley) -> f64 {
        let body = r#"
        const [done] = arguments;
        const frames = [];
        let last = 0;
        const frame = (now) => {
            if (last) frames.push(now - last);
            last = now;
            frames.length < 60 ? requestAnimationFrame(frame) : done(frames);
        };
        requestAnimationFrame(frame);
        "#;
        quantile(&mut numbers(&galley.session().script_async(body, &[]).unwrap()), 0.5)
    }

    /// Notes for each key when the preview that shows it has been painted.
    const WATCH_PREVIEW: &str = r#"
    const page = document.querySelector("iframe").contentDocument;
    const figures = window.figures = { painted: [] };
    const waiting = [];
    const down = (event) => waiting.push(event.timeStamp);
    const changed = () => {
        const keys = waiting.splice(0);
        requestAnimationFrame(() => requestAnimationFrame(() => {
            for (const key of keys) figures.painted.push(performance.now() - key);
        }));
    };
    const observer = new MutationObserver(changed);
    observer.observe(page.body, { childList: true, subtree: true, characterData: true });
    document.addEventListener("keydown", down, true);
    figures.stop = () => { observer.disconnect(); document.removeEventListener("keydown", down, true); };
    "#;

    /// The limit: the key itself puts a letter into the preview, and nothing else happens.
    const PATCH_DIRECTLY: &str = r#"
    const page = document.querySelector("iframe").contentDocument;
    const block = [...page.querySelectorAll("p")].at(-1);
    const figures = window.figures = { painted: [] };
    const down = (event) => {
        event.preventDefault();
        event.stopImmediatePropagation();
        const key = event.timeStamp;
        const text = block.textContent + event.key;
        block.textContent = text;
        requestAnimationFrame(() => requestAnimationFrame(() => figures.painted.push(performance.now() - key)));
    };
    window.addEventListener("keydown", down, true);
    figures.stop = () => { window.removeEventListener("keydown", down, true); };
    "#;

    /// What the window asks of the core, timed in the window.
    fn calls(galley: &Galley) -> Vec<(&'static str, f64)> {
        let middle = invoke(galley, "list_articles", &json!({ "list": "drafts", "offset": 500, "limit": 1 }));
        let article = &middle["rows"][0]["id"];
        let list = json!({ "list": "drafts", "offset": 0, "limit": 100 });
        let search = json!({ "query": PLANTED, "offset": 0, "limit": 50 });
        let found = invoke(galley, "search_articles", &search);
        assert_eq!(found["total"], 20, "the planted word");
        vec![
            ("open list", timed(galley, "list_articles", &list)),
            ("open article", timed(galley, "open_article", &json!({ "article": article }))),
            ("search a planted word", timed(galley, "search_articles", &search)),
        ]
    }

    /// Each time is that of many calls: the window's clock ticks in whole milliseconds.
    fn timed(galley: &Galley, command: &str, request: &Value) -> f64 {
        let body = r#"
        const [command, request, done] = arguments;
        (async () => {
            const times = [];
            for (let i = 0; i < 15; i++) {
                const begun = performance.now();
                for (let n = 0; n < 20; n++) await window.__TAURI_INTERNALS__.invoke(command, { request });
                times.push((performance.now() - begun) / 20);
            }
            return times;
        })().then(done, (error) => done({ error }));
        "#;
        let times = galley.session().script_async(body, &[json!(command), request.clone()]).unwrap();
        quantile(&mut numbers(&times), 0.5)
    }

    fn invoke(galley: &Galley, command: &str, request: &Value) -> Value {
        let body = r#"
        const [command, request, done] = arguments;
        window.__TAURI_INTERNALS__.invoke(command, { request }).then(done, (error) => done({ error }));
        "#;
        let answer = galley.session().script_async(body, &[json!(command), request.clone()]).unwrap();
        assert!(answer["error"].is_null(), "{command}: {answer}");
        answer
    }

    /// Milliseconds from the start of the process until the page says that one can type.
    fn ready_after(galley: &Galley) -> f64 {
        let ready = "return performance.getEntriesByName('ready')[0]?.startTime ?? null";
        wait_until("the page is ready", || galley.script(ready, &[]).is_number());
        let at = galley.script(&format!("{ready} + performance.timeOrigin").replace("?? null", ""), &[]);
        at.as_f64().unwrap() - started_at(galley.process_id())
    }

    /// When a process was started, milliseconds since the epoch: the kernel counts in hundredths of a second.
    fn started_at(id: u32) -> f64 {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
        let after_name = stat.rsplit_once(')').unwrap().1;
        let ticks: f64 = after_name.split_whitespace().nth(19).unwrap().parse().unwrap();
        let uptime = std::fs::read_to_string("/proc/uptime").unwrap();
        let uptime: f64 = uptime.split_whitespace().next().unwrap().parse().unwrap();
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs_f64();
        (now - uptime + ticks / 100.0) * 1000.0
    }

    /// The memory of a window and the web view's processes that belong to it, each shared page counted once, MB.
    fn memory(galley: &Galley) -> f64 {
        let mut ids = vec![galley.process_id()];
        let mut all = 0.0;
        while let Some(id) = ids.pop() {
            let smaps = std::fs::read_to_string(format!("/proc/{id}/smaps_rollup")).unwrap_or_default();
            let pss = smaps.lines().find_map(|line| line.strip_prefix("Pss:"));
            all += pss.and_then(|pss| pss.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0)
                / 1024.0;
            for task in std::fs::read_dir(format!("/proc/{id}/task")).into_iter().flatten().flatten() {
                let children = std::fs::read_to_string(task.path().join("children")).unwrap_or_default();
                ids.extend(children.split_whitespace().filter_map(|child| child.parse::<u32>().ok()));
            }
        }
        all
    }

    fn ratio(name: &str, ours: f64, theirs: f64, aim: f64) {
        println!("{name}\t{:.2}\taim {aim:.1}\t{ours:.1} ms / {theirs:.1} ms", ours / theirs);
    }

    fn numbers(list: &Value) -> Vec<f64> {
        list.as_array().unwrap().iter().filter_map(Value::as_f64).collect()
    }

    fn quantile(values: &mut [f64], q: f64) -> f64 {
        values.sort_by(f64::total_cmp);
        let last = values.len().saturating_sub(1) as f64;
        values.get((last * q).round() as usize).copied().unwrap_or(f64::NAN)
    }
}
