//! The settings of the sites, their themes, and the choices of this computer.

use galley_client::api::{Preferences, SiteBucket, SiteSettingsVersion, ThemeList};
use serde::Deserialize;
use tauri::{AppHandle, Runtime};

use super::{Answer, Request, TheDesk};
use crate::menu;

#[tauri::command]
pub(crate) async fn site_settings(desk: TheDesk<'_>) -> Answer<SiteSettingsVersion> {
    desk.core().await?.site_settings().await
}

#[tauri::command]
pub(crate) async fn save_site_settings(
    desk: TheDesk<'_>,
    request: Request<SiteSettingsVersion>,
) -> Answer<SiteSettingsVersion> {
    desk.core().await?.save_site_settings(request.0).await
}

#[tauri::command]
pub(crate) async fn server_settings(desk: TheDesk<'_>) -> Answer<Option<SiteSettingsVersion>> {
    desk.core().await?.server_settings()
}

#[tauri::command]
pub(crate) async fn save_server_settings(
    desk: TheDesk<'_>,
    request: Request<SiteSettingsVersion>,
) -> Answer<SiteSettingsVersion> {
    desk.core().await?.save_server_settings(request.0).await
}

#[tauri::command]
pub(crate) async fn preferences(desk: TheDesk<'_>) -> Answer<Preferences> {
    desk.core().await?.preferences().await
}

#[derive(Deserialize)]
pub(crate) struct PreferencesRequest {
    preferences: Preferences,
    /// Of the key of the site's bucket; empty leaves the one that is kept.
    store_secret: String,
}

#[tauri::command]
pub(crate) async fn save_preferences<R: Runtime>(
    app: AppHandle<R>,
    desk: TheDesk<'_>,
    request: Request<PreferencesRequest>,
) -> Answer<Preferences> {
    let PreferencesRequest { preferences, store_secret } = request.0;
    let preferences = desk.core().await?.save_preferences(preferences, &store_secret).await?;
    menu::follow_language(&app, desk.language(&preferences.language));
    Ok(preferences)
}

#[derive(Deserialize)]
pub(crate) struct StoreRequest {
    store: SiteBucket,
    secret: String,
}

#[tauri::command]
pub(crate) async fn try_site_store(desk: TheDesk<'_>, request: Request<StoreRequest>) -> Answer<()> {
    let StoreRequest { store, secret } = request.0;
    desk.core().await?.try_site_store(store, &secret).await
}

#[tauri::command]
pub(crate) async fn themes(desk: TheDesk<'_>) -> Answer<ThemeList> {
    desk.core().await?.themes().await
}

#[tauri::command]
pub(crate) async fn server_themes(desk: TheDesk<'_>) -> Answer<ThemeList> {
    desk.core().await?.server_themes().await
}

#[derive(Deserialize)]
pub(crate) struct ThemeNamed {
    name: String,
}

#[tauri::command]
pub(crate) async fn copy_theme(desk: TheDesk<'_>, request: Request<ThemeNamed>) -> Answer<String> {
    desk.core().await?.copy_theme(&request.0.name).await
}

#[tauri::command]
pub(crate) async fn show_theme_folder(desk: TheDesk<'_>) -> Answer<()> {
    let folder = desk.core().await?.theme_folder();
    desk.show_folder(&folder)
}

#[tauri::command]
pub(crate) async fn send_theme(desk: TheDesk<'_>) -> Answer<()> {
    desk.core().await?.send_theme().await
}
