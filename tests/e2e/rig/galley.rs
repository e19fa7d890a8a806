//! Galley in a desktop session, driven as a person would: by what stands on its controls.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::process::{Process, running, signal};
use super::webdriver::{ElementId, Session};
use super::{Desktop, free_port, output_folder, wait_for, wait_until};

/// Keys as WebDriver writes them.
pub mod keys {
    pub const CONTROL: &str = "\u{e009}";
    pub const ENTER: &str = "\u{e007}";
    pub const HOME: &str = "\u{e011}";
    pub const END: &str = "\u{e010}";
    pub const LEFT: &str = "\u{e012}";
    pub const RIGHT: &str = "\u{e014}";
}

/// A running Galley.
pub struct Galley {
    session: Session,
    driver: Process,
    program: PathBuf,
    data_dir: PathBuf,
}

impl Galley {
    /// Starts the program over a library and waits until its page is there.
    pub fn open(desktop: &Desktop, program: &Path, data_dir: &Path, language: &str, log: &Path) -> Self {
        Self::open_with(desktop, program, data_dir, &["--lang", language], log)
    }

    /// The same with arguments of one's own.
    pub fn open_with(
        desktop: &Desktop,
        program: &Path,
        data_dir: &Path,
        arguments: &[&str],
        log: &Path,
    ) -> Self {
        let (port, native_port) = (free_port(), free_port());
        let mut driver = desktop.command(&tauri_driver().to_string_lossy());
        driver.args(["--port", &port.to_string(), "--native-port", &native_port.to_string()]);
        let mut driver = Process::start(driver, log);
        wait_until("tauri-driver and WebKitWebDriver listen", || {
            assert!(!driver.has_ended(), "tauri-driver ended; see {}", log.display());
            [port, native_port].iter().all(|port| std::net::TcpStream::connect(("127.0.0.1", *port)).is_ok())
        });
        let data = data_dir.to_string_lossy();
        let arguments = [&["--data", &*data], arguments].concat();
        let options = json!({ "application": program, "args": arguments });
        let capabilities = json!({ "capabilities": { "alwaysMatch": { "tauri:options": options } } });
        let session = Session::start(&format!("http://127.0.0.1:{port}"), &capabilities)
            .unwrap_or_else(|error| panic!("Galley was not started: {error}; see {}", log.display()));
        let galley = Self { session, driver, program: program.to_owned(), data_dir: data_dir.to_owned() };
        wait_until("the page is there", || {
            galley.session.script("return document.readyState", &[]).is_ok_and(|state| state == "complete")
        });
        galley
    }

    /// The WebDriver session, for what has no better word here.
    pub fn session(&self) -> &Session {
        &self.session
    }

    /// Runs a script in the page that must succeed.
    pub fn script(&self, body: &str, arguments: &[Value]) -> Value {
        self.session.script(body, arguments).unwrap_or_else(|error| panic!("{error}"))
    }

    /// The element with this role and accessible name, once there is one.
    pub fn find(&self, role: &str, name: &str) -> ElementId {
        wait_for(&format!("there is a {role} “{name}” (there are: {})", self.inventory(role)), || {
            self.look(role, name)
        })
    }

    /// The element with this role and accessible name, if there is one now.
    pub fn look(&self, role: &str, name: &str) -> Option<ElementId> {
        let candidates = self.session.elements(CANDIDATES, &[json!(role)]).unwrap_or_default();
        candidates.into_iter().find(|element| {
            self.session.role(element).is_ok_and(|computed| same_role(&computed, role))
                && self.session.name(element).is_ok_and(|computed| computed.trim() == name)
        })
    }

    /// Clicks what has this role and name.
    pub fn click(&self, role: &str, name: &str) {
        let mut last = String::new();
        wait_until(&format!("the {role} “{name}” can be clicked"), || {
            self.session.click(&self.find(role, name)).map_err(|error| last = error).is_ok()
        });
    }

    /// Clicks into a field and types there.
    pub fn fill(&self, name: &str, text: &str) {
        self.click("textbox", name);
        self.type_keys(text);
    }

    /// Puts a text into a field in place of what it holds.
    pub fn replace(&self, name: &str, text: &str) {
        self.click("textbox", name);
        self.chord(&[keys::CONTROL, "a"]);
        self.type_keys(text);
    }

    /// Clicks a button inside what has this role and name, such as a dialog whose button is called like one outside.
    pub fn click_in(&self, role: &str, name: &str, button: &str) {
        let mut last = String::new();
        wait_until(&format!("“{button}” in the {role} “{name}” can be clicked"), || {
            let inside = "return [...arguments[0].querySelectorAll('button')]
                .filter((one) => one.textContent.trim() === arguments[1] && !one.disabled)";
            let outer = self.find(role, name).to_value();
            let found = self.session.elements(inside, &[outer, json!(button)]).unwrap_or_default();
            found.first().is_some_and(|one| self.session.click(one).map_err(|error| last = error).is_ok())
        });
    }

    /// Whether there is a control with this role and name that can be used now.
    pub fn is_enabled(&self, role: &str, name: &str) -> bool {
        let enabled =
            |element: ElementId| self.session.script("return !arguments[0].disabled", &[element.to_value()]);
        self.look(role, name).is_some_and(|element| enabled(element).is_ok_and(|is_so| is_so == true))
    }

    /// What a person reads now in the element with this role and name, nothing while it is not there.
    pub fn reads(&self, role: &str, name: &str) -> String {
        // WebDriver's own idea of what is read leaves out what an ellipsis may shorten.
        let text = |element: ElementId| {
            self.session.script("return arguments[0].innerText", &[element.to_value()]).ok()
        };
        let text = self.look(role, name).and_then(text);
        text.and_then(|text| text.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// What the status line says.
    pub fn status(&self) -> String {
        let said = self.session.script("return document.querySelector('footer').innerText", &[]);
        said.ok().and_then(|said| said.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// The states that stand beside the open article and in the list.
    pub fn chips(&self) -> String {
        let said = "return [...document.querySelectorAll('.chip')].map((chip) => chip.innerText).join(' ')";
        let said = self.session.script(said, &[]);
        said.ok().and_then(|said| said.as_str().map(str::to_owned)).unwrap_or_default()
    }

    /// Chooses an option of a drop-down list by what it says.
    pub fn choose(&self, name: &str, option: &str) {
        let list = self.find("combobox", name);
        let said = "return [...arguments[0].options].filter((one) => one.label === arguments[1])";
        let options = self.session.elements(said, &[list.to_value(), json!(option)]).unwrap_or_default();
        let one = options.first().unwrap_or_else(|| panic!("“{name}” offers no “{option}”"));
        self.session.click(one).unwrap_or_else(|error| panic!("{error}"));
    }

    /// Types where the focus is.
    pub fn type_keys(&self, text: &str) {
        self.session.type_keys(text).unwrap_or_else(|error| panic!("{error}"));
    }

    /// Presses keys together.
    pub fn chord(&self, keys: &[&str]) {
        self.session.chord(keys).unwrap_or_else(|error| panic!("{error}"));
    }

    /// What a person reads in the element with this role and name.
    pub fn text_of(&self, role: &str, name: &str) -> String {
        self.session.text(&self.find(role, name)).unwrap_or_default()
    }

    /// What a field holds.
    pub fn value_of(&self, role: &str, name: &str) -> String {
        let value = self.script("return arguments[0].value", &[self.find(role, name).to_value()]);
        value.as_str().unwrap_or_default().to_owned()
    }

    /// Drops a photo, drawn here, into the body.
    pub fn add_photo(&self, file_name: &str) {
        let body = self.find("textbox", "正文").to_value();
        let added = self.session.script_async(DROP_PHOTO, &[body, json!(file_name)]);
        added.unwrap_or_else(|error| panic!("{error}"));
    }

    /// Leaves a picture of the window in `target/screenshots`.
    pub fn picture(&self, name: &str) -> PathBuf {
        // WebKit takes a picture when it next paints, and of a window that rests it never does.
        self.script(PAINTS, &[]);
        let picture = self.session.screenshot().unwrap_or_else(|error| panic!("{error}"));
        let path = output_folder("screenshots").join(format!("{name}.png"));
        std::fs::write(&path, picture).expect("the target folder can be written");
        path
    }

    /// The number of Galley's own process.
    pub fn process_id(&self) -> u32 {
        running_id(&self.program, &self.data_dir).unwrap_or_else(|| panic!("Galley is not running"))
    }

    /// Ends Galley as a power cut would, and waits until it is gone.
    pub fn kill(self) {
        let id = self.process_id();
        signal("KILL", &id.to_string());
        wait_until("Galley is gone", || is_gone(id));
        drop(self.driver);
    }

    /// Asks Galley to leave as the end of a session does, and waits until it has left by itself.
    pub fn end_session(self) {
        let id = self.process_id();
        signal("TERM", &id.to_string());
        wait_until("Galley has left", || is_gone(id));
        drop(self.driver);
    }

    /// Closes the window as a person would, and waits until Galley has left by itself.
    pub fn close(self, desktop: &Desktop) {
        let id = self.process_id();
        // Looking fails when a window of anybody's, such as a hint, goes while it is looked at.
        let window = wait_for("Galley has a window", || {
            let windows =
                desktop.output("xdotool", &["search", "--onlyvisible", "--pid", &id.to_string()])?;
            windows.lines().last().map(str::to_owned)
        });
        wait_until("the window has heard that it is closed", || {
            // Keys that come while the window manager still moves the focus go to nobody.
            let activate = ["windowactivate", "--sync", &window, "key", "alt+F4"];
            desktop.output("timeout", &[&["5", "xdotool"], &activate[..]].concat());
            !self.is_visible(desktop)
        });
        wait_until("Galley has left", || is_gone(id));
        drop(self.driver);
    }

    /// Whether a window of Galley's stands on the screen.
    pub fn is_visible(&self, desktop: &Desktop) -> bool {
        running_id(&self.program, &self.data_dir).is_some_and(|id| {
            let windows = desktop.output("xdotool", &["search", "--onlyvisible", "--pid", &id.to_string()]);
            windows.is_some_and(|windows| !windows.is_empty())
        })
    }

    fn inventory(&self, role: &str) -> String {
        let candidates = self.session.elements(CANDIDATES, &[json!(role)]).unwrap_or_default();
        let told = |element: &ElementId| {
            let name = self.session.name(element).unwrap_or_default();
            format!("{} “{}”", self.session.role(element).unwrap_or_default(), name.trim())
        };
        candidates.iter().map(told).collect::<Vec<_>>().join(", ")
    }
}

/// The number of the process that runs this program over this library.
fn running_id(program: &Path, data_dir: &Path) -> Option<u32> {
    let found = running(&[&program.to_string_lossy(), "--data", &data_dir.to_string_lossy()]);
    found.into_iter().find(|id| std::fs::read_link(format!("/proc/{id}/exe")).is_ok_and(|exe| exe == program))
}

/// A killed process holds its files until its last thread has ended, and its library with them.
fn is_gone(id: u32) -> bool {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).unwrap_or_default();
    status.is_empty() || (status.contains("State:\tZ") && status.contains("Threads:\t1\n"))
}

/// Elements that may have a role: those that say so, and those of a kind that has it by nature. The browser is
/// then asked what each one really is.
const CANDIDATES: &str = r#"
const role = arguments[0];
const natural = {
    button: "button, summary, input[type=button], input[type=submit]",
    link: "a[href]",
    textbox: "textarea, input:not([type]), input[type=text], input[type=email], input[type=url], input[type=tel], input[type=password], [contenteditable=true], [contenteditable='']",
    searchbox: "input[type=search]",
    checkbox: "input[type=checkbox]",
    radio: "input[type=radio]",
    combobox: "select, input[list]",
    listbox: "select[size], select[multiple]",
    option: "option",
    spinbutton: "input[type=number]",
    tab: "[role=tab]",
    heading: "h1, h2, h3, h4, h5, h6",
    list: "ul, ol",
    listitem: "li",
    dialog: "dialog",
    img: "img",
    navigation: "nav",
    main: "main",
    region: "section",
    status: "output",
    table: "table",
    row: "tr",
};
// While a dialog is open, nothing behind it can be reached.
const reachable = [...document.querySelectorAll("dialog[open]")].at(-1) ?? document;
const selector = [`[role~="${role}"]`, natural[role]].filter(Boolean).join(", ");
const found = [...reachable.querySelectorAll(selector)];
if (reachable !== document && reachable.matches(selector)) found.unshift(reachable);
return found.filter((element) => element.getClientRects().length > 0);
"#;

/// Has the window paint for some seconds, one dot in its corner.
const PAINTS: &str = r#"
const dot = document.createElement("i");
dot.style.cssText = "position: fixed; inset: auto 0 0 auto; width: 1px; height: 1px";
(document.querySelector("dialog[open]") ?? document.body).append(dot);
let n = 0;
const timer = setInterval(() => {
    dot.style.background = n++ % 2 ? "white" : "snow";
    if (n > 100) { clearInterval(timer); dot.remove(); }
}, 30);
"#;

/// A drop as the web view reports it; WebDriver itself cannot drag a file.
const DROP_PHOTO: &str = r##"
const [body, name, done] = arguments;
const canvas = document.createElement("canvas");
[canvas.width, canvas.height] = [640, 400];
const pen = canvas.getContext("2d");
for (const [colour, y, height] of [["#c9d5df", 0, 240], ["#8ba08a", 200, 120], ["#5e7762", 300, 100]]) {
    pen.fillStyle = colour;
    pen.fillRect(0, y, 640, height);
}
canvas.toBlob((blob) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([blob], name, { type: "image/png" }));
    const box = body.getBoundingClientRect();
    const place = { clientX: box.left + 20, clientY: box.top + 10, bubbles: true, cancelable: true };
    body.dispatchEvent(new DragEvent("drop", { ...place, dataTransfer: transfer }));
    done(true);
});
"##;

/// WebKit's driver has a few names of its own for ARIA's roles.
fn same_role(computed: &str, role: &str) -> bool {
    let computed = computed.to_ascii_lowercase();
    let also: &[&str] = match role {
        "textbox" => &["textarea", "textfield", "searchbox"],
        "img" => &["image"],
        // A drop-down list is a button that pops a menu up.
        "combobox" => &["button"],
        // A field for a number is a field.
        "spinbutton" => &["textbox", "textfield"],
        _ => &[],
    };
    computed == role || also.contains(&computed.as_str())
}

/// tauri-driver, where `cargo xtask test` puts it.
fn tauri_driver() -> PathBuf {
    let said = std::env::var_os("GALLEY_TAURI_DRIVER").map(PathBuf::from);
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| std::env::var_os("HOME").map(|home| Path::new(&home).join(".cache")));
    let kept = cache.map(|cache| cache.join("galley/tools/bin/tauri-driver"));
    let found = said.into_iter().chain(kept).find(|path| path.exists());
    let found = found.or_else(|| {
        let known = Command::new("tauri-driver").arg("--help").output().is_ok();
        known.then(|| PathBuf::from("tauri-driver"))
    });
    found.expect("tauri-driver is not installed; `cargo xtask test` installs it")
}
