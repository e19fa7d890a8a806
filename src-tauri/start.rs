//! From the command line to the running window.

use std::ffi::OsString;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use galley_client::{Event, Galley};
use tauri::{AppHandle, Emitter, Runtime};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::command_line::{self, Options, Wish};
use crate::desk::Desk;
use crate::language::{Language, Sentence};
use crate::{ipc, log, menu, platform, scheme, window};

/// Runs Galley with these arguments (without the program's name) until its window is closed.
pub fn main(arguments: impl Iterator<Item = OsString>) -> ExitCode {
    platform::paint_without_emulation();
    let system = platform::system_language();
    let spoken = Language::of(&system);
    match command_line::read(arguments, |name| std::env::var_os(name)) {
        Ok(Wish::Help) => say(&Sentence::Help.in_language(spoken)),
        Ok(Wish::Version) => say(concat!("galley ", env!("CARGO_PKG_VERSION"))),
        Ok(Wish::Window(options)) => show(options, &system),
        Err(misuse) => complain(misuse.sentence(), spoken, ExitCode::from(2)),
    }
}

/// Puts Galley's commands, its scheme and its library into a builder of any runtime.
pub fn assemble<R: Runtime>(builder: tauri::Builder<R>, desk: Desk) -> tauri::Builder<R> {
    builder
        .manage(desk)
        .invoke_handler(ipc::handler())
        .register_asynchronous_uri_scheme_protocol(scheme::NAME, scheme::answer)
}

/// The configuration and the front end, built in.
pub fn context<R: Runtime>() -> tauri::Context<R> {
    tauri::generate_context!()
}

fn show(options: Options, system: &str) -> ExitCode {
    let spoken = options.language.unwrap_or_else(|| Language::of(system));
    let data_dir = options.data_dir.or_else(|| platform::default_data_dir(|name| std::env::var_os(name)));
    let Some(data_dir) = data_dir else { return complain(Sentence::NoHome, spoken, ExitCode::FAILURE) };
    let data_dir = absolute(&data_dir);
    if Galley::is_held(&data_dir) {
        return say(&already_open(&data_dir).in_language(spoken));
    }
    if !platform::has_display() {
        return complain(Sentence::NoDisplay, spoken, ExitCode::FAILURE);
    }
    log::begin(&data_dir);
    let (desk, events) = Desk::open(&data_dir, options.language, system, Arc::new(platform::open_outside));
    let app = assemble(tauri::Builder::default(), desk.clone())
        .setup(move |app| {
            tauri::async_runtime::spawn(leave_when_in_use(app.handle().clone(), desk.clone(), spoken));
            tauri::async_runtime::spawn(pass_on(app.handle().clone(), events));
            if !desk.is_in_use() {
                menu::install(app.handle(), spoken);
                platform::set_up(&window::open(app)?)?;
                menu::window_was_built(app.handle(), spoken);
                let handle = app.handle().clone();
                platform::when_asked_to_leave(move || window::leave(&handle));
            }
            Ok(())
        })
        .build(context());
    match app {
        Ok(app) => {
            app.run(|_, _| {});
            ExitCode::SUCCESS
        }
        Err(error) => complain(Sentence::NoWindow { detail: &error.to_string() }, spoken, ExitCode::FAILURE),
    }
}

/// A library that another Galley took in the moment between the first look and the opening is shown by that one,
/// which was asked to; this one leaves.
async fn leave_when_in_use<R: Runtime>(app: AppHandle<R>, desk: Desk, spoken: Language) {
    desk.opened().await;
    if desk.is_in_use() {
        say(&already_open(desk.data_dir()).in_language(spoken));
        app.exit(0);
    }
}

/// What the core tells without being asked goes to the window under its own name.
async fn pass_on<R: Runtime>(app: AppHandle<R>, mut events: UnboundedReceiver<Event>) {
    while let Some(event) = events.recv().await {
        if matches!(event, Event::Raise {}) {
            window::raise(&app);
        }
        if let Err(error) = app.emit_to(window::MAIN, event.name(), &event) {
            tracing::warn!(%error, event = event.name(), "an event did not reach the window");
        }
    }
}

fn already_open(data_dir: &Path) -> Sentence<'_> {
    Sentence::AlreadyOpen { data_dir }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}

fn say(sentence: &str) -> ExitCode {
    match writeln!(std::io::stdout(), "{sentence}") {
        Ok(()) => ExitCode::SUCCESS,
        Err(_) => ExitCode::FAILURE,
    }
}

fn complain(sentence: Sentence<'_>, language: Language, code: ExitCode) -> ExitCode {
    // A terminal that is gone cannot be told anything.
    writeln!(std::io::stderr(), "{}", sentence.in_language(language)).ok();
    code
}
