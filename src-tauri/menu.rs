//! The native menu bar, made from the window's own table of commands and its words.
//!
//! A chosen item goes to the window as the event `menu`; only what belongs to the system (close, quit, the
//! clipboard) is done here. Keys are handled in the window, where an input method is known to be composing: outside
//! macOS the menu bar shows them and does not take them, but for those of the system's own items.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;
use tauri::menu::{Menu, MenuEvent, MenuItemBuilder, PredefinedMenuItem, SubmenuBuilder};
use tauri::{AppHandle, Emitter, Manager, Runtime};

use crate::{Language, platform, window};

const COMMANDS: &str = include_str!("../ui/src/commands.json");
const CHINESE: &str = include_str!("../ui/src/words/zh-Hans.json");
const ENGLISH: &str = include_str!("../ui/src/words/en.json");

/// The table of commands, as the window reads it.
#[derive(Deserialize)]
struct Table {
    menus: Vec<MenuRow>,
    commands: Vec<CommandRow>,
}

#[derive(Deserialize)]
struct MenuRow {
    id: String,
    word: String,
}

/// A command that stands in a menu; items of another group are set apart by a line.
#[derive(Deserialize)]
struct CommandRow {
    id: String,
    menu: String,
    group: u32,
    #[serde(rename = "where")]
    place: String,
    key: String,
    mac: String,
    word: String,
}

/// Who does what a command says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Doer {
    Window,
    Close,
    Quit,
    /// An editing command of the web view.
    Editing(&'static str),
}

/// The language the menu bar is in.
struct Bar(Mutex<Option<Language>>);

/// Makes the menu bar; windows built after this have it, and `follow_language` changes it.
pub(crate) fn install<R: Runtime>(app: &AppHandle<R>, language: Language) {
    app.manage(Bar(Mutex::new(None)));
    app.on_menu_event(chosen);
    follow_language(app, language);
}

/// Changes the language of the menu bar, when there is one and it differs.
pub(crate) fn follow_language<R: Runtime>(app: &AppHandle<R>, language: Language) {
    let Some(bar) = app.try_state::<Bar>() else { return };
    if bar.0.lock().unwrap_or_else(PoisonError::into_inner).replace(language) == Some(language) {
        return;
    }
    let shown = read(COMMANDS)
        .and_then(|table| build(app, &table, &words(language)).map_err(|error| error.to_string()))
        .and_then(|menu| app.set_menu(menu).map_err(|error| error.to_string()));
    match shown {
        Ok(_) => platform::show_keys(app, &keys(language)),
        Err(error) => tracing::error!(error, "the menu bar was not made"),
    }
}

/// Shows the keys in the menu bar of a window that was just built.
pub(crate) fn window_was_built<R: Runtime>(app: &AppHandle<R>, language: Language) {
    platform::show_keys(app, &keys(language));
}

fn read(table: &str) -> Result<Table, String> {
    serde_json::from_str(table).map_err(|error| format!("commands.json: {error}"))
}

fn words(language: Language) -> BTreeMap<String, serde_json::Value> {
    let text = match language {
        Language::ZhHans => CHINESE,
        Language::En => ENGLISH,
    };
    serde_json::from_str(text).unwrap_or_default()
}

/// The word for a key, or the key itself, so that a missing word is seen and nothing is hidden by it.
fn word<'a>(words: &'a BTreeMap<String, serde_json::Value>, key: &'a str) -> &'a str {
    words.get(key).and_then(serde_json::Value::as_str).unwrap_or(key)
}

/// Each item's label with the key to show beside it.
fn keys(language: Language) -> BTreeMap<String, String> {
    let words = words(language);
    let rows = read(COMMANDS).map(|table| table.commands).unwrap_or_default();
    rows.iter()
        .filter(|row| !row.key.is_empty())
        .map(|row| (word(&words, &row.word).to_owned(), row.key.clone()))
        .collect()
}

fn build<R: Runtime>(
    app: &AppHandle<R>,
    table: &Table,
    words: &BTreeMap<String, serde_json::Value>,
) -> tauri::Result<Menu<R>> {
    let bar = Menu::new(app)?;
    if cfg!(target_os = "macos") {
        bar.append(&application_menu(app)?)?;
    }
    for menu in &table.menus {
        let mut submenu = SubmenuBuilder::new(app, word(words, &menu.word));
        let mut group = None;
        for row in table.commands.iter().filter(|row| row.menu == menu.id) {
            if group.is_some_and(|group| group != row.group) {
                submenu = submenu.separator();
            }
            group = Some(row.group);
            let label = word(words, &row.word);
            submenu = match predefined(app, row, label)? {
                Some(item) => submenu.item(&item),
                None => submenu.item(&item(app, row, label)?),
            };
        }
        bar.append(&submenu.build()?)?;
    }
    Ok(bar)
}

/// macOS puts a menu named after the program first.
fn application_menu<R: Runtime>(app: &AppHandle<R>) -> tauri::Result<tauri::menu::Submenu<R>> {
    let menu = SubmenuBuilder::new(app, "Galley").services().separator();
    menu.hide().hide_others().show_all().separator().quit().build()
}

/// The clipboard's items are the system's own where it has them.
fn predefined<R: Runtime>(
    app: &AppHandle<R>,
    row: &CommandRow,
    label: &str,
) -> tauri::Result<Option<PredefinedMenuItem<R>>> {
    if cfg!(target_os = "linux") {
        return Ok(None);
    }
    match row.id.as_str() {
        "cut" => PredefinedMenuItem::cut(app, Some(label)).map(Some),
        "copy" => PredefinedMenuItem::copy(app, Some(label)).map(Some),
        "paste" => PredefinedMenuItem::paste(app, Some(label)).map(Some),
        "select-all" => PredefinedMenuItem::select_all(app, Some(label)).map(Some),
        _ => Ok(None),
    }
}

fn item<R: Runtime>(
    app: &AppHandle<R>,
    row: &CommandRow,
    label: &str,
) -> tauri::Result<tauri::menu::MenuItem<R>> {
    let takes_key = matches!(doer(row.id.as_str()), Doer::Close | Doer::Quit) && row.place == "system";
    let (label, key) = match () {
        () if cfg!(target_os = "macos") => (label.to_owned(), row.mac.as_str()),
        () if takes_key => (label.to_owned(), row.key.as_str()),
        // Windows sets what follows a tab at the right.
        () if cfg!(target_os = "windows") && !row.key.is_empty() => (format!("{label}\t{}", row.key), ""),
        () => (label.to_owned(), ""),
    };
    let item = MenuItemBuilder::with_id(row.id.as_str(), label);
    if key.is_empty() { item.build(app) } else { item.accelerator(key).build(app) }
}

/// Who does it.
fn doer(command: &str) -> Doer {
    match command {
        "close-window" => Doer::Close,
        "quit" => Doer::Quit,
        "cut" => Doer::Editing("Cut"),
        "copy" => Doer::Editing("Copy"),
        "paste" => Doer::Editing("Paste"),
        "select-all" => Doer::Editing("SelectAll"),
        _ => Doer::Window,
    }
}

#[derive(Clone, serde::Serialize)]
struct Chosen<'a> {
    command: &'a str,
}

fn chosen<R: Runtime>(app: &AppHandle<R>, event: MenuEvent) {
    let command = event.id().as_ref();
    let Some(main) = app.get_webview_window(window::MAIN) else { return };
    let done = match doer(command) {
        Doer::Window => app.emit_to(window::MAIN, "menu", Chosen { command }),
        // There is one window, so to close it is to quit.
        Doer::Close | Doer::Quit => {
            window::close(&main);
            Ok(())
        }
        Doer::Editing(editing) => platform::edit(&main, editing),
    };
    if let Err(error) = done {
        tracing::warn!(%error, command, "a menu item was not carried out");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_item_has_a_menu_and_a_word_in_both_languages() {
        let table = read(COMMANDS).unwrap();
        for language in [Language::ZhHans, Language::En] {
            let words = words(language);
            for menu in &table.menus {
                assert!(words.contains_key(&menu.word), "{} in {}", menu.word, language.tag());
            }
            for row in &table.commands {
                assert!(words.contains_key(&row.word), "{} in {}", row.word, language.tag());
                assert!(
                    table.menus.iter().any(|menu| menu.id == row.menu),
                    "{}: no menu {}",
                    row.id,
                    row.menu
                );
            }
        }
    }

    #[test]
    fn what_is_the_systems_has_someone_to_do_it() {
        for row in read(COMMANDS).unwrap().commands {
            assert_eq!(row.place == "system", doer(&row.id) != Doer::Window, "{}", row.id);
        }
    }
}
