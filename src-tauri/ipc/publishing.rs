//! The proof of an article, and its publication.

use galley_client::api::{Authority, CorrectionNote, Preview, PreviewRequest, PublishRequest, SitePage};
use galley_model::ArticleId;
use serde::Deserialize;

use super::{Answer, OfArticle, Request, TheDesk};

#[tauri::command]
pub(crate) async fn preview(desk: TheDesk<'_>, request: Request<PreviewRequest>) -> Answer<Preview> {
    desk.core().await?.preview(request.0).await
}

#[tauri::command]
pub(crate) async fn site_pages(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<Vec<SitePage>> {
    desk.core().await?.site_pages(request.0.article).await
}

#[derive(Deserialize)]
pub(crate) struct IndexRequest {
    article: ArticleId,
    address: String,
    #[serde(default)]
    correction: Option<CorrectionNote>,
}

#[tauri::command]
pub(crate) async fn preview_index(desk: TheDesk<'_>, request: Request<IndexRequest>) -> Answer<String> {
    let IndexRequest { article, address, correction } = request.0;
    desk.core().await?.preview_index(article, &address, correction).await
}

#[derive(Deserialize)]
pub(crate) struct NameRequest {
    article: ArticleId,
    name: String,
}

#[tauri::command]
pub(crate) async fn assign_responsible_editor(
    desk: TheDesk<'_>,
    request: Request<NameRequest>,
) -> Answer<Authority> {
    let NameRequest { article, name } = request.0;
    desk.core().await?.assign_responsible_editor(article, name).await
}

#[tauri::command]
pub(crate) async fn publish(desk: TheDesk<'_>, request: Request<PublishRequest>) -> Answer<Authority> {
    desk.core().await?.publish(request.0).await
}

#[derive(Deserialize)]
pub(crate) struct ReasonRequest {
    article: ArticleId,
    reason: String,
}

#[tauri::command]
pub(crate) async fn take_down(desk: TheDesk<'_>, request: Request<ReasonRequest>) -> Answer<Authority> {
    let ReasonRequest { article, reason } = request.0;
    desk.core().await?.take_down(article, reason).await
}

#[tauri::command]
pub(crate) async fn put_back(desk: TheDesk<'_>, request: Request<OfArticle>) -> Answer<Authority> {
    desk.core().await?.put_back(request.0.article).await
}

#[derive(Deserialize)]
pub(crate) struct RetractRequest {
    article: ArticleId,
    reason: String,
    notice: String,
}

#[tauri::command]
pub(crate) async fn retract(desk: TheDesk<'_>, request: Request<RetractRequest>) -> Answer<Authority> {
    let RetractRequest { article, reason, notice } = request.0;
    desk.core().await?.retract(article, reason, notice).await
}

#[tauri::command]
pub(crate) async fn rebuild_site(desk: TheDesk<'_>) -> Answer<()> {
    desk.core().await?.rebuild_site().await
}
