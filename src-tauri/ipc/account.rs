//! The newsroom's server: signing in, and what goes to it.

use galley_client::api::{AccountState, OutboxRow, SignIn, SyncState};
use galley_model::ArticleId;
use serde::Deserialize;

use super::{Answer, OfArticle, Request, TheDesk};

#[tauri::command]
pub(crate) async fn account(desk: TheDesk<'_>) -> Answer<Option<AccountState>> {
    desk.core().await?.account()
}

#[tauri::command]
pub(crate) async fn sign_in(desk: TheDesk<'_>, request: Request<SignIn>) -> Answer<AccountState> {
    desk.core().await?.sign_in(request.0).await
}

#[tauri::command]
pub(crate) async fn sign_out(desk: TheDesk<'_>) -> Answer<()> {
    desk.core().await?.sign_out().await
}

#[derive(Deserialize)]
pub(crate) struct DraftsRequest {
    drafts: Vec<ArticleId>,
}

#[tauri::command]
pub(crate) async fn let_drafts_up(desk: TheDesk<'_>, request: Request<DraftsRequest>) -> Answer<()> {
    desk.core().await?.let_drafts_up(request.0.drafts).await
}

#[tauri::command]
pub(crate) async fn sync_now(desk: TheDesk<'_>) -> Answer<()> {
    desk.core().await?.sync_now();
    Ok(())
}

#[tauri::command]
pub(crate) async fn sync_state(desk: TheDesk<'_>) -> Answer<SyncState> {
    Ok(desk.core().await?.sync_state())
}

#[tauri::command]
pub(crate) async fn woke_up(desk: TheDesk<'_>) -> Answer<()> {
    desk.core().await?.woke_up();
    Ok(())
}

#[tauri::command]
pub(crate) async fn network_returned(desk: TheDesk<'_>) -> Answer<()> {
    desk.core().await?.network_returned();
    Ok(())
}

#[derive(Deserialize)]
pub(crate) struct OutboxRequest {
    offset: u32,
    limit: u32,
}

#[tauri::command]
pub(crate) async fn outbox(desk: TheDesk<'_>, request: Request<OutboxRequest>) -> Answer<Vec<OutboxRow>> {
    let OutboxRequest { offset, limit } = request.0;
    desk.core().await?.outbox(offset, limit)
}

#[tauri::command]
pub(crate) async fn retry(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<()> {
    desk.core().await?.retry(request.0.article).await
}
