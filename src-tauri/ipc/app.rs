//! The app itself: its start, and what it has the system open.

use galley_client::api::StartState;
use serde::Deserialize;
use tauri::{AppHandle, Runtime};

use super::{Answer, Request, TheDesk};
use crate::menu;

#[tauri::command]
pub(crate) async fn start<R: Runtime>(app: AppHandle<R>, desk: TheDesk<'_>) -> Answer<StartState> {
    let state = desk.core().await?.start().await?;
    menu::follow_language(&app, crate::Language::of(&state.language));
    Ok(state)
}

#[derive(Deserialize)]
pub(crate) struct AddressRequest {
    url: String,
}

#[tauri::command]
pub(crate) async fn open_address(desk: TheDesk<'_>, request: Request<AddressRequest>) -> Answer<()> {
    desk.open_address(&request.0.url)
}

#[tauri::command]
pub(crate) async fn show_data_folder(desk: TheDesk<'_>) -> Answer<()> {
    desk.show_data_folder()
}
